"""Booking.com Demand API: hotels to search and to book, cars to search."""

from datetime import timedelta
from typing import Final

from adapters.kit.auth import Headers
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Describing, Looking, Searching, Selling, Step, Supplier
from adapters.suppliers.booking_com import asking, cancelling, cars, content, hotels, locations, orders, quoting
from adapters.suppliers.booking_com.refusals import ERRORS, blocked_for, refusal
from adapters.suppliers.booking_com.shapes import PRIVATE, SHAPES
from domain.enquiries import PlaceEnquiry, RentalPlaceEnquiry

_HOTEL_WISHES: Final = frozenset(
    {"location", "radius_km", "check_in", "check_out", "rooms", "adults", "children_ages", "currency", "market"}
)
_CAR_WISHES: Final = frozenset({"pick_up", "drop_off", "pick_up_at", "drop_off_at", "driver_age", "currency", "market"})

SUPPLIER: Final = Supplier(
    slug=asking.SLUG,
    title="Booking.com Demand API",
    documentation="https://developers.booking.com/demand/docs",
    live_url="https://demandapi.booking.com/3.1",
    auth=Headers(
        headers={"authorization": "Bearer {BOOKING_COM_TOKEN}", "x-affiliate-id": "{BOOKING_COM_AFFILIATE_ID}"}
    ),
    sandbox_secrets={"BOOKING_COM_TOKEN": "sandbox-booking-token", "BOOKING_COM_AFFILIATE_ID": "956509"},
    # The quota is agreed for each account and not public: BOOKING_COM_BUDGET says what your contract allows.
    budget=Budget(windows=(Window(calls=600, seconds=60),), concurrency=20),
    refusal=refusal,
    errors=ERRORS,
    retry_after=blocked_for,
    timeout=timedelta(seconds=20),
    patience={"create": timedelta(seconds=90), "cancel": timedelta(seconds=60)},
    offers_live_for=hotels.LIVE_FOR,
    searches={
        "hotels": Searching(
            operations=("search",),
            ask=hotels.ask,
            read=hotels.read,
            honours=_HOTEL_WISHES,
            at_most=hotels.MOST_PAGES,
            describing=Describing(operation="details", ask=content.ask, read=content.read, at_once=content.AT_ONCE),
        ),
        "cars": Searching(
            operations=cars.OPERATIONS, ask=cars.ask, read=cars.read, honours=_CAR_WISHES, at_most=cars.MOST_PAGES
        ),
    },
    lookups={
        PlaceEnquiry: Looking(
            operation="cities",
            ask=locations.ask_cities,
            read=locations.read_cities,
            example=PlaceEnquiry(text="LHR"),
            at_most=locations.MOST_PAGES,
        ),
        RentalPlaceEnquiry: Looking(
            operation="depots",
            ask=locations.ask_depots,
            read=locations.read_depots,
            example=RentalPlaceEnquiry(airport="ADD"),
            at_most=locations.MOST_PAGES,
        ),
    },
    sells={
        "hotels": Selling(
            quote=Step(operations=quoting.OPERATIONS, ask=quoting.ask, read=quoting.read, at_most=quoting.AT_MOST),
            book=Step(operations=("create",), ask=orders.ask_book, read=orders.read_book),
            cancel=Step(
                operations=cancelling.OPERATIONS, ask=cancelling.ask, read=cancelling.read, at_most=cancelling.AT_MOST
            ),
            look=Step(operations=("order_details",), ask=orders.ask_look, read=orders.read_look),
            find=Step(
                operations=("orders", "order_details"),
                ask=orders.ask_find,
                read=orders.read_find,
                at_most=orders.MOST_PAGES,
            ),
            handle=orders.order_handle,
            visible_within=orders.VISIBLE_WITHIN,
        )
    },
    private=PRIVATE,
    shapes=SHAPES,
    check=lambda: asking.call("currencies", {}),
)
