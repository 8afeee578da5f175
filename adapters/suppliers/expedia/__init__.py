"""Expedia Group Rapid: rooms of hotels and holiday homes, sold to us as an affiliate who collects."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from adapters.kit.auth import Signature
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Describing, Looking, Searching, Selling, Step, Supplier
from adapters.suppliers.expedia import booking, content, hotels, itineraries, regions
from adapters.suppliers.expedia.links import LIVE_FOR
from adapters.suppliers.expedia.quota import DAY, MINUTE, remaining
from adapters.suppliers.expedia.rates import SLUG
from adapters.suppliers.expedia.refusals import ERRORS, refusal
from adapters.suppliers.expedia.shapes import SHAPES
from domain.enquiries import PlaceEnquiry

_KEY: Final = "EXPEDIA_API_KEY"
_SECRET: Final = "EXPEDIA_SHARED_SECRET"  # noqa: S105 - the variable's name, not its value

_HEATHROW: Final = PlaceEnquiry(text="LHR")

SUPPLIER: Final = Supplier(
    slug=SLUG,
    title="Expedia Group Rapid",
    documentation="https://developers.expediagroup.com/docs/products/rapid",
    live_url="https://api.ean.com",  # without the version: links bring it along
    auth=Signature(
        header="Authorization",
        template="EAN APIKey={key},Signature={signature},timestamp={timestamp}",
        key=_KEY,
        secret=_SECRET,
    ),
    sandbox_secrets=MappingProxyType({_KEY: "sandbox-expedia-key", _SECRET: "sandbox-expedia-secret"}),
    # Quotas are in the contract and not public: EXPEDIA_BUDGET says what yours allows.
    budget=Budget(
        windows=(Window(calls=600, seconds=MINUTE), Window(calls=250_000, seconds=DAY)),
        concurrency=20,
    ),
    refusal=refusal,
    errors=ERRORS,
    timeout=timedelta(seconds=20),
    patience=MappingProxyType({"book": booking.PATIENCE}),
    offers_live_for=LIVE_FOR,
    searches=MappingProxyType(
        {
            "hotels": Searching(
                operations=("geography", "availability"),
                ask=hotels.ask,
                read=hotels.read,
                honours=frozenset(
                    {
                        "location",
                        "radius_km",
                        "check_in",
                        "check_out",
                        "rooms",
                        "adults",
                        "children_ages",
                        "currency",
                        "market",
                    }
                ),
                at_most=hotels.MOST_CALLS,
                describing=Describing(operation="content", ask=content.ask, read=content.read, at_once=hotels.AT_ONCE),
            )
        }
    ),
    lookups=MappingProxyType(
        {
            PlaceEnquiry: Looking(
                operation=regions.OPERATION,
                ask=regions.ask,
                read=regions.read,
                example=_HEATHROW,
                at_most=regions.MOST_PAGES,
            )
        }
    ),
    sells=MappingProxyType(
        {
            "hotels": Selling(
                quote=Step(operations=("price_check",), ask=booking.ask_price, read=booking.read_price),
                book=Step(operations=("book",), ask=booking.ask_booking, read=booking.read_booking),
                look=Step(operations=("retrieve",), ask=itineraries.ask_look, read=itineraries.read_look),
                find=Step(operations=("find",), ask=itineraries.ask_find, read=itineraries.read_find),
                cancel=Step(
                    operations=("retrieve", "cancel_room", "cancel_held"),
                    ask=itineraries.ask_cancel,
                    read=itineraries.read_cancel,
                    at_most=itineraries.MOST_CALLS,
                ),
                handle=booking.order_handle,
                visible_within=itineraries.VISIBLE_WITHIN,
                refuses_duplicates=True,
            )
        }
    ),
    quota=remaining,
    # What travellers and payers are told by; a property's own telephone goes with theirs.
    private=frozenset(
        {
            "email",
            "phone",
            "given_name",
            "family_name",
            "special_request",
            "loyalty",
            "loyalty_id",
            "billing_contact",
            "child_ages",
            "tax_registration_number",
        }
    ),
    shapes=SHAPES,
    check=lambda: regions.ask(_HEATHROW),  # a few places, and no property is touched
)
