"""Kiwi.com Tequila: flights of carriers that do not sell each other's seats, combined into one journey."""

from typing import Final

from adapters.kit.auth import HeaderKey
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Searching, Supplier
from adapters.suppliers.kiwi.flights import LIVE_FOR, SLUG, ask, read
from adapters.suppliers.kiwi.refusals import ERRORS, refusal

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
                    "currency",
                }
            ),
        )
    },
)
