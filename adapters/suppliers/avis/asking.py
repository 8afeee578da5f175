"""How anything is asked of the Avis Budget Group: one brand, in JSON, times as the clock at the counter shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call
from adapters.kit.failures import GiveUp
from domain.queries import CarQuery
from domain.searches import Outcome

SLUG: Final = "avis"
BRAND: Final = "Avis"  # spelled exactly so: AVIS is refused

_ACCEPT: Final = ("accept", "application/json")
_JSON: Final = ("content-type", "application/json")


def getting(operation: str, path: str, params: Mapping[str, str]) -> Call:
    return Call(operation=operation, path=path, params=tuple(params.items()), headers=(_ACCEPT,))


def sending(operation: str, method: str, path: str, body: Mapping[str, Any], *, reads_only: bool) -> Call:
    return Call(
        operation=operation,
        method=method,
        path=path,
        headers=(_ACCEPT, _JSON),
        body=msgspec.json.encode(body),
        reads_only=reads_only,
    )


def local(moment: datetime) -> str:
    """Without an offset, to the second."""
    return moment.isoformat(timespec="seconds")


def about_cars(query: Any) -> CarQuery:
    """Raises GiveUp for a question about something else: only a mistake of ours comes here."""
    if not isinstance(query, CarQuery):
        raise GiveUp(f"{type(query).__name__} is no question about cars", outcome=Outcome.ERROR)
    return query
