"""Bags: what they cost, how large they may be, and which of them a traveller may take together."""

from decimal import Decimal
from typing import Any, Final

from adapters.suppliers.kiwi.sandbox.numbers import plain, rounded
from adapters.suppliers.kiwi.sandbox.trips import Ticket, Trip

LIMITS: Final = {
    "hold_height": 52,
    "hold_length": 78,
    "hold_width": 28,
    "hold_weight": 23,
    "hold_dimensions_sum": 158,
    "hand_height": 55,
    "hand_length": 40,
    "hand_width": 23,
    "hand_weight": 8,
    "personal_item_height": 30,
    "personal_item_length": 40,
    "personal_item_width": 15,
    "personal_item_weight": 4,
}
_HAND_BAG: Final = Decimal("19.5")
_NOTHING: Final = Decimal(0)
_SEATED: Final = ["adult", "child"]
_ON_A_LAP: Final = ["infant"]

# category -> how its sizes are called above
_SIZES: Final = {"hold_bag": "hold", "cabin_bag": "hand", "personal_item": "personal_item"}


def hold_prices(tickets: tuple[Ticket, ...], kilometres: float) -> tuple[Decimal, Decimal]:
    """In EUR, of one bag and of two. A trip includes what the poorest of its fares includes."""
    included = min(ticket.fare.checked_bags for ticket in tickets)
    first, second = (rounded(Decimal(euros), "EUR") for euros in (20 + kilometres / 250, 45 + kilometres / 150))
    if included >= 2:
        return _NOTHING, _NOTHING
    return (_NOTHING, second) if included else (first, first + second)


def hand_price(tickets: tuple[Ticket, ...]) -> Decimal:
    return _NOTHING if min(ticket.fare.cabin_bags for ticket in tickets) else _HAND_BAG


def bag_prices(trip: Trip, kilometres: float) -> dict[str, Decimal | int]:
    """EUR whatever was asked for."""
    one, two = hold_prices(trip.tickets, kilometres)
    return {"1": plain(one), "2": plain(two), "hand": plain(hand_price(trip.tickets)), "personal_item": 0}


def offered(tickets: tuple[Ticket, ...], kilometres: float) -> dict[str, Any]:
    """Definitions, and the combinations of them by their places. Whoever sits on a lap takes none."""
    one, two = hold_prices(tickets, kilometres)
    hand = hand_price(tickets)
    return {
        "definitions": {
            "hold_bag": [_bag("hold_bag", one), _bag("hold_bag", two - one)],
            "hand_bag": [_bag("personal_item", _NOTHING), _bag("cabin_bag", hand)],
        },
        "combinations": {
            "hold_bag": [
                _combination("hold_bag", [], _NOTHING, _SEATED),
                _combination("hold_bag", [0], one, _SEATED),
                _combination("hold_bag", [0, 1], two, _SEATED),
                _combination("hold_bag", [], _NOTHING, _ON_A_LAP),
            ],
            "hand_bag": [
                _combination("hand_bag", [0], _NOTHING, _SEATED),
                _combination("hand_bag", [0, 1], hand, _SEATED),
                _combination("hand_bag", [], _NOTHING, _ON_A_LAP),
            ],
        },
    }


def _bag(category: str, price: Decimal) -> dict[str, Any]:
    sizes = ("height", "length", "width", "weight")
    restrictions = {size: LIMITS[f"{_SIZES[category]}_{size}"] for size in sizes}
    return {
        "category": category,
        "is_hold": category == "hold_bag",
        "price": _price(price),
        "conditions": {"passenger_groups": _SEATED, "is_priority": []},
        "restrictions": {**restrictions, "dimensions_sum": sum(restrictions[size] for size in sizes[:3])},
    }


def _combination(category: str, indices: list[int], price: Decimal, groups: list[str]) -> dict[str, Any]:
    return {
        "indices": indices,
        "category": category,
        "conditions": {"passenger_groups": groups},
        "price": _price(price),
    }


def _price(amount: Decimal) -> dict[str, Any]:
    told = plain(amount)
    return {"currency": "EUR", "amount": told, "base": told, "service": 0, "service_flat": 0, "merchant": 0}
