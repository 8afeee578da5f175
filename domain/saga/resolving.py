"""What people found out about an order in doubt, where no supplier could be asked by machine."""

from datetime import datetime

from domain.bookings import Booking, Item, ItemStatus
from domain.orders import Order, OrderStatus, Reason
from domain.saga.orders import ordered, refused
from domain.saga.parts import restood, with_item

IN_DOUBT = frozenset({ItemStatus.SENT, ItemStatus.CANCELLING})


class NotInDoubt(ValueError):
    """What became of the item is known already."""


def resolve_item(booking: Booking, number: int, order: Order | None, now: datetime) -> Booking:
    """The booking as it stands once it is known that the item's order is this one, or (None) that there is none.

    Raises NotInDoubt, and LookupError for an item that the booking does not have.
    """
    item = _item(booking, number)
    if item.status not in IN_DOUBT:
        raise NotInDoubt(f"item {number} is {item.status}")
    if item.status is ItemStatus.CANCELLING:
        return restood(_cancellation_resolved(booking, item, order))
    if order is None:
        return restood(refused(booking, item, Reason.NO_SUCH_ORDER, "its supplier was asked, and has no such order"))
    return restood(ordered(booking, item, order, now))


def _cancellation_resolved(booking: Booking, item: Item, order: Order | None) -> Booking:
    """An order that stands is one that its supplier has not taken back."""
    gone = order is None or order.status in (OrderStatus.CANCELLED, OrderStatus.FAILED)
    status = ItemStatus.CANCELLED if gone else ItemStatus.KEPT
    return with_item(booking, item.number, status=status, order=order or item.order, patience=None)


def _item(booking: Booking, number: int) -> Item:
    found = next((item for item in booking.items if item.number == number), None)
    if found is None:
        raise LookupError(f"booking {booking.id} has no item {number}")
    return found
