"""Avis Budget Group: rental cars of the brand Avis, to be paid at the counter or at once."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from adapters.kit.auth import TokenByGet
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Looking, Searching, Selling, Step, Supplier
from adapters.suppliers.avis import booking, cars, places, reservations
from adapters.suppliers.avis.asking import SLUG
from adapters.suppliers.avis.refusals import ERRORS, refusal
from adapters.suppliers.avis.shapes import SHAPES
from domain.enquiries import RentalPlaceEnquiry

_CLIENT_ID: Final = "AVIS_CLIENT_ID"
_CLIENT_SECRET: Final = "AVIS_CLIENT_SECRET"  # noqa: S105 - the variable's name, not its value

_HEATHROW: Final = RentalPlaceEnquiry(airport="LHR")

SUPPLIER: Final = Supplier(
    slug=SLUG,
    title="Avis Budget Group",
    documentation="https://developer.avis.com",
    live_url="https://stage.abgapiservices.com",  # the only one they publish; AVIS_BASE_URL has that of production
    auth=TokenByGet(path="/oauth/token/v2", client_id=_CLIENT_ID, client_secret=_CLIENT_SECRET),
    sandbox_secrets=MappingProxyType({_CLIENT_ID: "sandbox-avis-client", _CLIENT_SECRET: "sandbox-avis-secret"}),
    # They name no limit, and answer 429 all the same: AVIS_BUDGET says what yours allows.
    budget=Budget(windows=(Window(calls=300, seconds=60), Window(calls=20, seconds=1)), concurrency=10),
    refusal=refusal,
    errors=ERRORS,
    timeout=timedelta(seconds=20),
    patience=MappingProxyType({"book": booking.PATIENCE, "cancel": reservations.PATIENCE}),
    offers_live_for=cars.LIVE_FOR,
    searches=MappingProxyType(
        {
            "cars": Searching(
                operations=(cars.OPERATION,),
                ask=cars.ask,
                read=cars.read,
                honours=frozenset(
                    {"pick_up", "drop_off", "pick_up_at", "drop_off_at", "driver_age", "currency", "market"}
                ),
            )
        }
    ),
    lookups=MappingProxyType(
        {RentalPlaceEnquiry: Looking(operation=places.OPERATION, ask=places.ask, read=places.read, example=_HEATHROW)}
    ),
    # Two posts are two reservations, and reads want the number that a lost answer would have told: what was sent is
    # never sent again, and nobody can look for it.
    sells=MappingProxyType(
        {
            "cars": Selling(
                quote=Step(operations=("rates",), ask=booking.ask_quote, read=booking.read_quote),
                book=Step(operations=("book",), ask=booking.ask_booking, read=booking.read_booking),
                look=Step(operations=("retrieve",), ask=reservations.ask_look, read=reservations.read_look),
                cancel=Step(operations=("cancel",), ask=reservations.ask_cancel, read=reservations.read_cancel),
                find=None,
                handle=booking.order_handle,
                refuses_duplicates=False,
            )
        }
    ),
    # Everything about who drives stands beneath `customer`; a surname also among the parameters.
    private=frozenset({"customer", "last_name", "first_name", "email", "date_of_birth", "payment_preference"}),
    shapes=SHAPES,
    check=lambda: places.ask(_HEATHROW),  # a few counters, and no car is looked for
)
