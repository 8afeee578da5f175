"""aviationstack: the world's airports and airlines, a hundred rows at a time."""

from types import MappingProxyType
from typing import Final

from adapters.kit.auth import QueryKey
from adapters.kit.budget import Budget, Window
from adapters.kit.failures import BUSY, DOWN, REFUSED, SPENT
from adapters.kit.supplier import Cataloguing, Supplier
from adapters.suppliers.aviationstack.reference import (
    ask_for_airlines,
    ask_for_airports,
    read_airlines,
    read_airports,
    refusal,
)
from domain.catalogue import Subject

_KEY: Final = "AVIATIONSTACK_ACCESS_KEY"
_MONTH: Final = 30 * 24 * 3600.0  # seconds

SUPPLIER: Final = Supplier(
    slug="aviationstack",
    title="aviationstack",
    documentation="https://aviationstack.com/documentation",
    live_url="https://api.aviationstack.com/v1",
    auth=QueryKey(param="access_key", secret=_KEY),
    sandbox_secrets=MappingProxyType({_KEY: "sandbox-aviationstack-key"}),
    budget=Budget(
        windows=(
            Window(calls=10_000, seconds=_MONTH),  # the Basic plan; Free has 100: set AVIATIONSTACK_BUDGET
            Window(calls=5, seconds=1),  # unverified: the documents name the refusal but not the speed
        ),
        concurrency=2,
    ),
    refusal=refusal,
    errors=MappingProxyType(
        {
            "validation_error": REFUSED,
            "missing_access_key": REFUSED,
            "invalid_access_key": REFUSED,
            "inactive_user": REFUSED,
            "Unauthorized": REFUSED,  # the gateway's own word for a key that it can't read
            "function_access_restricted": REFUSED,
            "https_access_restricted": REFUSED,
            "invalid_api_function": REFUSED,
            "404_not_found": REFUSED,
            "usage_limit_reached": SPENT,
            "rate_limit_reached": BUSY,
            "internal_error": DOWN,
        }
    ),
    # Twice as many pages as the catalogues had in September 2026 (67 and 132): growth is fine, a loop is not.
    catalogues=MappingProxyType(
        {
            Subject.AIRPORTS: Cataloguing(operation="airports", ask=ask_for_airports, read=read_airports, at_most=140),
            Subject.AIRLINES: Cataloguing(operation="airlines", ask=ask_for_airlines, read=read_airlines, at_most=280),
        }
    ),
)
