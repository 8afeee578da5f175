"""What a reader may make of a reply that somebody has tampered with: the truth, less than that, or a refusal.

Never another price, never another flight, night or car, and never a promise that the supplier did not make.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from domain.cars import Rental
from domain.flights import Itinerary
from domain.hotels import Stay
from domain.money import Money
from domain.offers import ComponentKind, Offer, PriceComponent
from domain.orders import Order, OrderStatus, Quote

# Charges that a supplier may leave out of a reply where there are none: nobody can miss one.
_MAY_BE_ABSENT: Final = frozenset(
    {
        ComponentKind.TAX, ComponentKind.FEE, ComponentKind.DISCOUNT, ComponentKind.INSURANCE, ComponentKind.EXTRA,
        ComponentKind.ROUNDING,
    }
)  # fmt: skip


_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")


def lies(truth: Iterable[Any], told: Iterable[Any], removed: str, *, gibberish: bool = False) -> list[str]:
    """Every sentence in which `told` contradicts `truth`. `removed` is what the tampered fields said, as text.

    With `gibberish` a name or a code may have been replaced by another text, and is passed on as it was told.
    """
    known = {_key(record): record for record in truth}
    found: list[str] = []
    for record in told:
        match = known.get(_key(record))
        found.extend(_price_lies(record, match, known.values(), removed))
        found.extend(_promises(record, match))
        if match is not None and not gibberish:
            found.extend(f"{name}: {fact}, was {true}" for name, fact, true in _other_facts(match, record))
    return found


def _key(record: Any) -> Any:
    match record:
        case Offer() | Order():
            return record.id
        case Quote():
            return "quote"
        case _:
            return None


def _price_lies(record: Any, match: Any, others: Iterable[Any], removed: str) -> Iterator[str]:
    price = getattr(record, "price", None)
    if not isinstance(price, Money):
        return
    if match is None:
        true = {other.price for other in others}
        if price not in true and not any(_less(record, other, removed) for other in others):
            yield f"a price of {price}, and the supplier only told of {sorted(map(str, true))[:5]}"
    elif match.price is None:
        yield f"a price of {price} where none was told"
    elif price != match.price and not _less(record, match, removed):
        yield f"a price of {price}, was {match.price}"


def _less(record: Any, match: Any, removed: str) -> bool:
    """Whether the price lacks exactly charges that were taken out of the reply, and that may be absent."""
    if not hasattr(record, "price_components") or record.price.currency != match.price.currency:
        return False
    before, after = _parts(match.price_components), _parts(record.price_components)
    gone, new = before - after, after - before
    if any(kind is not ComponentKind.ROUNDING for kind, _ in new):
        return False
    return all(kind in _MAY_BE_ABSENT and _told(amount, removed) for kind, amount in gone)


def _parts(components: tuple[PriceComponent, ...]) -> "Counter[tuple[ComponentKind, Decimal]]":
    return Counter((part.kind, part.amount.amount) for part in components)


def _told(amount: Decimal, removed: str) -> bool:
    """Whether the amount stood in what was taken out, in units or in hundredths."""
    figures = {Decimal(figure) for figure in _FIGURE.findall(removed)}
    return bool(figures & {abs(amount), abs(amount) * 100})


_FALSE_PROMISES: Final[Mapping[str, tuple[Any, ...]]] = {
    "refundable": (True,),
    "changeable": (True,),
    "connection_guaranteed": (True,),
}


def _promises(record: Any, match: Any) -> Iterator[str]:
    """A status or a right that only the supplier can give."""
    statuses = getattr(record, "status", None), getattr(match, "status", None)
    if isinstance(match, Order) and statuses[0] is OrderStatus.CONFIRMED and statuses[0] is not statuses[1]:
        yield f"an order that is {match.status} is told to be confirmed"
    terms, true = getattr(record, "conditions", None), getattr(match, "conditions", None)
    for field, promises in _FALSE_PROMISES.items():
        said = getattr(terms, field, None)
        if said in promises and true is not None and getattr(true, field, None) is False:
            yield f"{field} is promised, and was not"


def _other_facts(match: Any, record: Any) -> Iterator[tuple[str, Any, Any]]:
    """Facts of what is sold that are told otherwise; less may be told."""
    true, told = _facts(match), _facts(record)
    for name, fact in told.items():
        if name in true and fact is not None and true[name] is not None and fact != true[name]:
            yield name, fact, true[name]


def _facts(record: Any) -> dict[str, Any]:
    product = getattr(record, "product", None)
    match product:
        case Itinerary():
            return {
                "flights": tuple(
                    (one.origin, one.destination, one.departs_at, one.arrives_at, one.carrier, one.number)
                    for part in product.slices
                    for one in part.segments
                )
            }
        case Stay():
            return {"property": product.property.id, "check_in": product.check_in, "check_out": product.check_out}
        case Rental():
            return {
                "car": product.car.acriss, "pick_up": (product.pick_up.airport, product.pick_up_at),
                "drop_off": (product.drop_off.airport, product.drop_off_at),
            }  # fmt: skip
        case _:
            return {}


def text_of(values: Iterable[Any]) -> str:
    """What the tampered fields said, to look amounts up in."""
    return " ".join(msgspec.json.encode(value).decode() for value in values)
