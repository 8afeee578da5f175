"""Which baggage goes into a booking: a combination of hold bags and one of hand bags for everybody, even of none."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from adapters.suppliers.kiwi import wire_booking as wire

_KINDS: Final = ("hold_bag", "hand_bag")
_COMBINATION: Final = msgspec.json.Decoder(wire.Combination)


def chosen(told: wire.Baggage | None, groups: Collection[str]) -> dict[str, str]:
    """For a quote's handle: for each kind and group of travellers what costs least, and of that what is most.

    As it came, since it goes back letter by letter. Raises ValueError where somebody has no choice at all.
    """
    combinations = told.combinations if told else None
    return {
        _name(kind, group): _least(getattr(combinations, kind, []), kind, group) for kind in _KINDS for group in groups
    }


def _least(told: list[msgspec.Raw], kind: str, group: str) -> str:
    fitting = [(raw, one) for raw in told if group in _groups(one := _COMBINATION.decode(raw))]
    if not fitting:
        raise ValueError(f"no combination of {kind}s is told for {group}s")
    raw, _ = min(fitting, key=lambda pair: (pair[1].price.amount, -len(pair[1].indices)))
    return bytes(raw).decode()


def _groups(told: wire.Combination) -> list[str]:
    return told.conditions.passenger_groups if told.conditions else []


def _name(kind: str, group: str) -> str:
    return f"{kind} {group}"


def written(handle: Mapping[str, str], categories: tuple[str, ...]) -> list[dict[str, Any]]:
    """As a booking names it: each combination with the places of those travellers who take it."""
    return [
        {
            "combination": msgspec.Raw(handle[_name(kind, group)].encode()),
            "passengers": [place for place, category in enumerate(categories) if category == group],
        }
        for kind in _KINDS
        for group in dict.fromkeys(categories)
    ]


def spoken(told: wire.Baggage | None) -> Iterator[tuple[str, str]]:
    """What each bag that can be taken along costs and measures, for whoever chooses a fare by it."""
    definitions = told.definitions if told else None
    for kind in _KINDS:
        for place, bag in enumerate(getattr(definitions, kind, [])):
            price = f"{bag.price.amount} {bag.price.currency or 'EUR'}"
            yield f"{kind} {place}", ", ".join((bag.category, price, *_measured(bag.restrictions), *_for_whom(bag)))


def _measured(told: wire.Restrictions | None) -> Iterator[str]:
    if told is not None and told.weight is not None:
        yield f"{told.weight} kg"
    sides = (told.length, told.width, told.height) if told is not None else ()
    if sides and None not in sides:
        yield " x ".join(map(str, sides)) + " cm"


def _for_whom(bag: wire.Bag) -> Iterator[str]:
    if bag.conditions and bag.conditions.passenger_groups:
        yield "for " + " or ".join(bag.conditions.passenger_groups)
