"""Orders: what our books say of an item beside what its supplier has under our references."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from domain.bookings import Item, ItemStatus
from domain.findings import Finding, FindingKind
from domain.money import Money
from domain.orders import Order
from domain.reconciling.books import ORDERS, STANDING, Books, Ruling, Theirs, about_item, difference

_K, _I, _R, _T = FindingKind, ItemStatus, Ruling, Theirs
# How long a doubt may last before a person is asked: a supplier that can be asked answers some day.
DOUBT_FOR: Final = timedelta(hours=2)
DOUBT_WITHOUT_ASKING: Final = timedelta(minutes=15)
HOLD_ENDS_WITHIN: Final = timedelta(hours=2)
_SEEN: Final = (_K.ORDER_GONE, _K.UNKNOWN_ORDER, _K.AMOUNT_DIFFERS)


def worth_asking(item: Item) -> bool:
    """Whether its supplier may have anything of it."""
    return item.order is not None or item.sent_at is not None


def missed(books: Books) -> Iterator[str]:
    """In what a worker is behind."""
    for item in books.booking.items:
        if item.number in books.orders and _ruling(item, books.orders[item.number]) is _R.MISSED:
            yield f"item {item.number} is {item.status} here and {_theirs(books.orders[item.number])} there"


def late(books: Books, now: datetime) -> Iterator[Finding]:
    """What our own books say has waited for too long."""
    for item in books.booking.items:
        if _doubted_too_long(item, now):
            yield difference(
                books,
                _K.ORDER_IN_DOUBT,
                about_item(item.number),
                f"{item.offer.supplier} does not tell what became of {item.reference}",
                ours=_item(item),
                can_be_asked=item.abilities.finds,
            )
        if _hold_ends(item, now):
            yield difference(
                books,
                _K.HOLD_EXPIRING,
                about_item(item.number),
                f"{item.offer.supplier} holds {item.reference} unpaid, and not for long any more",
                ours=_item(item),
            )


def differences(books: Books) -> Iterator[Finding]:
    """Of all items whose suppliers were asked."""
    for item in books.booking.items:
        if item.number in books.orders:
            yield from _of_order(books, item, books.orders[item.number])


def judged(books: Books) -> Iterator[tuple[FindingKind, str]]:
    for item in books.booking.items:
        about = about_item(item.number)
        yield _K.HOLD_EXPIRING, about
        if _doubted_since(item) is None:  # a doubt that lasts was perhaps found by others, who know more
            yield _K.ORDER_IN_DOUBT, about
        if books.settled and item.number in books.orders:
            yield from ((kind, about) for kind in _SEEN)
            yield _K.STUCK, f"{about}:missed"


def _of_order(books: Books, item: Item, orders: tuple[Order, ...]) -> Iterator[Finding]:
    about, seller = about_item(item.number), item.offer.supplier
    documents: dict[str, Any] = {"ours": _item(item), "theirs": [_order(order) for order in orders]}
    standing = [order for order in orders if order.status in STANDING]
    ruling = _ruling(item, orders)
    if len(standing) > 1:
        detail = f"{seller} has {len(standing)} orders for {item.reference}, of which we want at most one"
        yield difference(books, _K.UNKNOWN_ORDER, about, detail, **documents)
    elif ruling is _R.UNWANTED:
        detail = f"{seller} has an order for {item.reference}, which is {item.status} in our books"
        yield difference(books, _K.UNKNOWN_ORDER, about, detail, **documents)
    elif ruling is _R.GONE:
        detail = f"{item.reference} is {item.status} in our books, and {_theirs(orders)} at {seller}"
        yield difference(books, _K.ORDER_GONE, about, detail, **documents)
    elif ruling is _R.MISSED and not books.under_way:
        detail = f"{item.reference} is {item.status} in our books, {_theirs(orders)} at {seller}, and nobody is at it"
        yield difference(books, _K.STUCK, f"{about}:missed", detail, **documents)
    elif standing and (costs := _other_price(item, standing[0])) is not None:
        detail = f"{item.reference} costs {costs[0]} in our books and {costs[1]} at {seller}"
        yield difference(books, _K.AMOUNT_DIFFERS, about, detail, **documents)


def _ruling(item: Item, orders: tuple[Order, ...]) -> Ruling:
    return ORDERS[item.status][_theirs(orders)]


def _theirs(orders: tuple[Order, ...]) -> Theirs:
    if any(order.status in STANDING for order in orders):
        return _T.STANDING
    return _T.ENDED if orders else _T.NOTHING


def _other_price(item: Item, theirs: Order) -> tuple[Money, Money] | None:
    """Only what was told for the order counts: a total by another reckoning (without what the desk asks for) is none."""
    ours = item.order.price if item.order is not None else None
    if ours is None or theirs.price is None or ours == theirs.price:
        return None
    return ours, theirs.price


def _doubted_too_long(item: Item, now: datetime) -> bool:
    since = _doubted_since(item)
    patience = DOUBT_FOR if item.abilities.finds else DOUBT_WITHOUT_ASKING
    return since is not None and since < now - patience


def _doubted_since(item: Item) -> datetime | None:
    if item.patience is not None and item.patience.doubt:
        return item.patience.since
    return item.sent_at if item.status is _I.SENT else None


def _hold_ends(item: Item, now: datetime) -> bool:
    until = item.order.hold_until if item.order is not None else None
    return item.status is _I.HELD and until is not None and until < now + HOLD_ENDS_WITHIN


def _item(item: Item) -> dict[str, Any]:
    return {
        "supplier": item.offer.supplier,
        "reference": item.reference,
        "status": item.status,
        "costs": str(item.costs),
        "order": None if item.order is None else _order(item.order),
    }


def _order(order: Order) -> dict[str, Any]:
    """Without its handle, which may hold a name."""
    return {
        "id": order.id,
        "status": order.status,
        "price": None if order.price is None else str(order.price),
        "locators": [f"{one.issuer} {one.code}" for one in order.locators],
        "hold_until": None if order.hold_until is None else order.hold_until.isoformat(),
    }
