"""Kiwi.com Tequila: flights of carriers that do not sell each other's seats, combined into one journey."""

from datetime import timedelta
from typing import Final

from adapters.kit.auth import HeaderKey
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Looking, Searching, Selling, Supplier
from adapters.suppliers.kiwi import places
from adapters.suppliers.kiwi.booking import BOOK, CANCEL
from adapters.suppliers.kiwi.checking import QUOTE
from adapters.suppliers.kiwi.flights import LIVE_FOR, SLUG, ask, read
from adapters.suppliers.kiwi.refusals import ERRORS, refusal
from adapters.suppliers.kiwi.shapes import PRIVATE, SHAPES
from domain.enquiries import PlaceEnquiry

SUPPLIER: Final = Supplier(
    slug=SLUG,
    title="Kiwi.com Tequila",
    documentation="https://tequila.kiwi.com/portal/docs",
    live_url="https://api.tequila.kiwi.com",
    auth=HeaderKey(header="apikey", secret="KIWI_API_KEY"),  # noqa: S106 - the variable's name, not its value
    sandbox_secrets={"KIWI_API_KEY": "sandbox-kiwi-key"},
    # A quota per minute exists, its size is not public: KIWI_BUDGET says what your contract allows.
    budget=Budget(windows=(Window(calls=600, seconds=60), Window(calls=100, seconds=5)), concurrency=20),
    refusal=refusal,
    errors=ERRORS,
    patience={"save": timedelta(seconds=60), "confirm": timedelta(seconds=60)},  # sent once: better late than unknown
    offers_live_for=LIVE_FOR,
    searches={
        "flights": Searching(
            operations=("search",),
            ask=ask,
            read=read,
            honours=frozenset(
                {
                    "origin",
                    "destination",
                    "departure_date",
                    "return_date",
                    "adults",
                    "children",
                    "infants",
                    "cabin",
                }
            ),
        )
    },
    sells={
        # Kiwi keeps no reference of ours, and has no call that shows or finds a booking.
        "flights": Selling(quote=QUOTE, book=BOOK, cancel=CANCEL, look=None, find=None, refuses_duplicates=False)
    },
    lookups={PlaceEnquiry: Looking(operation="locations", ask=places.ask, read=places.read, example=places.EXAMPLE)},
    private=PRIVATE,
    shapes=SHAPES,
    check=places.check,
)
