"""Hertz: cars over the partner interface, OpenTravel's vehicle messages of 2007A in XML."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.supplier import Looking, Searching, Selling, Step, Supplier
from adapters.suppliers.hertz import booking, cars, places, reservations
from adapters.suppliers.hertz.messages import AUTH, SANDBOX_SECRETS, SLUG
from adapters.suppliers.hertz.refusals import ERRORS, refusal
from adapters.suppliers.hertz.shapes import PRIVATE, SHAPES
from domain.enquiries import RentalPlaceEnquiry

_EXAMPLE: Final = RentalPlaceEnquiry(airport="LHR")


def check() -> Call:
    """The counters at one airport: no car is looked for."""
    return places.ask(_EXAMPLE)


SUPPLIER: Final = Supplier(
    slug=SLUG,
    title="Hertz",
    documentation="https://github.com/OpenTravel/OpenTravel-Specifications",  # Hertz's own comes with the contract
    live_url="https://vv.xnet.hertz.com",
    auth=AUTH,
    sandbox_secrets=SANDBOX_SECRETS,
    # No limit is public: HERTZ_BUDGET says what your contract allows.
    budget=Budget(windows=(Window(calls=300, seconds=60), Window(calls=20, seconds=1)), concurrency=10),
    refusal=refusal,
    errors=ERRORS,
    offers_live_for=cars.LIVE_FOR,
    searches=MappingProxyType(
        {
            "cars": Searching(
                operations=("availability",),
                ask=cars.ask,
                read=cars.read,
                honours=frozenset({"pick_up", "drop_off", "pick_up_at", "drop_off_at", "driver_age", "market"}),
            )
        }
    ),
    lookups=MappingProxyType(
        {RentalPlaceEnquiry: Looking(operation="locations", ask=places.ask, read=places.read, example=_EXAMPLE)}
    ),
    # No search finds a reservation whose number was lost, and none of their two codes for duplicates has been seen:
    # what was sent is never sent again.
    sells=MappingProxyType(
        {
            "cars": Selling(
                quote=Step(operations=("availability",), ask=booking.ask_quote, read=booking.read_quote),
                book=Step(operations=("book",), ask=booking.ask_booking, read=booking.read_booking),
                look=Step(operations=("retrieve",), ask=reservations.ask_look, read=reservations.read_look),
                cancel=Step(operations=("cancel",), ask=reservations.ask_cancel, read=reservations.read_cancel),
                find=None,
                handle=booking.order_handle,
                refuses_duplicates=False,
            )
        }
    ),
    timeout=timedelta(seconds=15),
    patience=MappingProxyType({"book": timedelta(seconds=60), "cancel": timedelta(seconds=60)}),
    shapes=SHAPES,
    private=PRIVATE,
    check=check,
)
