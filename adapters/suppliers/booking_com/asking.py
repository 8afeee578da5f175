"""How every call to the Demand API is written: a POST with a JSON body, also where it only reads."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call
from adapters.kit.failures import GiveUp
from domain.money import Money
from domain.queries import HotelQuery, Party
from domain.searches import Outcome

SLUG: Final = "booking_com"
LANGUAGE: Final = "en-gb"

_PATHS: Final = {
    "search": "/accommodations/search",
    "availability": "/accommodations/availability",
    "details": "/accommodations/details",
    "constants": "/accommodations/constants",
    "cities": "/common/locations/cities",
    "currencies": "/common/payments/currencies",
    "preview": "/orders/preview",
    "create": "/orders/create",
    "orders": "/orders/details",
    "order_details": "/orders/details/accommodations",
    "cancel": "/orders/cancel",
    "car_search": "/cars/search",
    "car_details": "/cars/details",
    "car_suppliers": "/cars/suppliers",
    "depots": "/cars/depots",
}
_CHANGE_SOMETHING: Final = frozenset({"create", "cancel"})
_HEADERS: Final = (("content-type", "application/json"),)


def call(operation: str, body: Mapping[str, Any], *, notes: tuple[str, ...] = ()) -> Call:
    return Call(
        operation=operation,
        path=_PATHS[operation],
        method="POST",
        headers=_HEADERS,
        body=msgspec.json.encode(body, order="deterministic"),
        reads_only=operation not in _CHANGE_SOMETHING,
        notes=notes,
    )


def page(operation: str, token: str | None, *, notes: tuple[str, ...] = ()) -> Call | None:
    """The page that follows: its token stands for the whole question. None where there is none."""
    return call(operation, {"page": token}, notes=notes) if token else None


def question(told: Call, asked: Call) -> str:
    """What the conversation that this call belongs to began with: the call itself, or the first of its notes.

    No answer of theirs repeats what was asked. Raises GiveUp where that was something else than `asked`.
    """
    begun = told.notes[0] if told.notes else (told.body or b"").decode()
    if begun != (asked.body or b"").decode():
        raise unreadable(f"{told.operation}: an answer to another question")
    return begun


def booker(query: HotelQuery) -> dict[str, str]:
    """Countries are lower case. The platform decides on deals for phones, which nobody else could buy."""
    return {"country": query.market.lower(), "platform": "desktop"}


def guests(query: HotelQuery) -> dict[str, Any]:
    """With the split by room: without it price and rooms may be for another one."""
    return {
        "number_of_adults": query.adults,
        "number_of_rooms": query.rooms,
        "children": list(query.children_ages),
        "allocation": [allocation(party) for party in query.parties],
    }


def allocation(party: Party) -> dict[str, Any]:
    return {"number_of_adults": party.adults, "children": list(party.children_ages)}


def translated(names: Mapping[str, str | None] | str | None) -> str | None:
    """A text in our language, or in any: some answers have it bare."""
    if names is None or isinstance(names, str):
        return names or None
    return names.get(LANGUAGE) or next((text for _, text in sorted(names.items()) if text), None)


def some_money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money.of(amount, currency)


def unreadable(detail: str) -> GiveUp:
    return GiveUp(detail, outcome=Outcome.ERROR)
