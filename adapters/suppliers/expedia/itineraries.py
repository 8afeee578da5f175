"""Orders as Rapid keeps them: looked at, found again by our reference, and cancelled room by room."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.expedia import wire
from adapters.suppliers.expedia.links import TRAVELLER, VERSION, followed
from adapters.suppliers.expedia.penalties import ladder
from adapters.suppliers.expedia.prices import StayPrice, priced
from adapters.suppliers.expedia.rates import SLUG
from domain.cancellation import Ladder
from domain.money import Money, total
from domain.orders import Cancellation, CancellationStatus, Locator, Order, OrderRequest, OrderStatus, Reason
from domain.searches import Outcome

# "Wait a few minutes": so long may a new itinerary be missing, or be no more than its id.
VISIBLE_WITHIN: Final = timedelta(minutes=10)
MOST_CALLS: Final = 10  # eight rooms, and a look before and after

_CANCELED: Final = "canceled"
_ITINERARY: Final = msgspec.json.Decoder(wire.Itinerary)
_ITINERARIES: Final = msgspec.json.Decoder(list[wire.Itinerary])


def handle(email: str, resume: wire.Link | None) -> dict[str, str]:
    """Who booked has to be told with every look. A held itinerary is booked for good by its link to resume."""
    return {"email": email, **({"resume": followed(resume)} if resume else {})}


# ---- look and find ----


def ask_look(order: Order) -> Call:
    return _retrieve(order)


def _retrieve(order: Order, *, notes: tuple[str, ...] = ()) -> Call:
    """By number and email: the link of a booking ends one day, and an itinerary that was found has none."""
    return Call(
        operation="retrieve",
        path=f"{VERSION}/itineraries/{quote(order.id, safe='')}",
        params=(("email", order.handle.get("email", "")),),
        headers=TRAVELLER,
        notes=notes,
    )


def read_look(reply: Reply, _: Call, order: Order) -> Readout[Order]:
    told = decoded(reply, _ITINERARY)
    return Readout(records=(_order(told, order.handle.get("email", ""), reply, before=order),))


def ask_find(request: OrderRequest) -> Call:
    return Call(
        operation="find",
        path=f"{VERSION}/itineraries",
        params=(("affiliate_reference_id", request.reference), ("email", request.contact.email)),
        headers=TRAVELLER,
    )


def read_find(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """Nothing, or the one itinerary under our reference. One that names another reference is not ours."""
    mine = [told for told in decoded(reply, _ITINERARIES) if told.affiliate_reference_id in (None, request.reference)]
    return Readout(
        records=tuple(
            _order(told, request.contact.email, reply, before=None, reference=request.reference) for told in mine
        )
    )


def _order(
    told: wire.Itinerary, email: str, reply: Reply, *, before: Order | None, reference: str | None = None
) -> Order:
    """What a partial answer leaves out stays as it was known before."""
    rooms = told.rooms or []
    links = told.links or wire.ItineraryLinks()
    stay = _price(rooms)
    impacted = told.impacted_fields or []
    steps = _ladder(rooms, stay, reply.received_at)
    return Order(
        supplier=SLUG,
        id=str(told.itinerary_id),
        status=_status(rooms, links),
        price=stay.price if stay else before.price if before else None,
        reference=told.affiliate_reference_id or reference or (before.reference if before else None),
        locators=tuple(_locators(rooms)) or (before.locators if before else ()),
        cancellation=steps if steps is not None or before is None else before.cancellation,
        handle=handle(email, links.resume),
        supplier_extra=_extra(told, rooms, impacted),
    )


def _status(rooms: list[wire.BookedRoom], links: wire.ItineraryLinks) -> OrderStatus:
    """A fresh itinerary has no rooms yet. One canceled room of several leaves the others booked."""
    states = {room.status for room in rooms}
    if states == {_CANCELED}:
        return OrderStatus.CANCELLED
    if links.resume is not None:
        return OrderStatus.HELD
    if not rooms or states - {"booked", _CANCELED}:
        return OrderStatus.PENDING
    return OrderStatus.CONFIRMED


def _price(rooms: list[wire.BookedRoom]) -> StayPrice | None:
    """In the billable currency; None where a room's price is missing."""
    told = [room.rate.pricing for room in rooms if room.rate and room.rate.pricing]
    if not told or len(told) < len(rooms):
        return None
    try:
        return priced(told)
    except (ValueError, ArithmeticError) as error:
        raise GiveUp(f"itinerary: {error}", outcome=Outcome.ERROR) from error


def _ladder(rooms: list[wire.BookedRoom], stay: StayPrice | None, now: datetime) -> Ladder | None:
    """All rooms are of one rate, so the terms of the first are those of all."""
    first = rooms[0] if rooms else None
    if stay is None or first is None or first.rate is None or first.checkin is None:
        return None
    try:
        return ladder(
            first.rate.cancel_penalties,
            first.rate.nonrefundable_date_ranges,
            refundable=first.rate.refundable,
            stay=stay,
            rooms=len(rooms),
            check_in=first.checkin,
            now=now,
        )
    except (ValueError, ArithmeticError) as error:
        raise GiveUp(f"itinerary: {error}", outcome=Outcome.ERROR) from error


def _locators(rooms: list[wire.BookedRoom]) -> list[Locator]:
    """Expedia's number of each room, and the property's, which may come later."""
    numbers = [(room.confirmation_id or wire.Confirmation()) for room in rooms]
    told = [(SLUG, number.expedia) for number in numbers] + [("property", number.property) for number in numbers]
    return [Locator(issuer=issuer, code=code) for issuer, code in dict.fromkeys(told) if code]


def _extra(told: wire.Itinerary, rooms: list[wire.BookedRoom], impacted: list[str]) -> dict[str, str]:
    canceled = sum(room.status == _CANCELED for room in rooms)
    extra = {"created_at": told.creation_date_time} if told.creation_date_time else {}
    if 0 < canceled < len(rooms):
        extra["canceled_rooms"] = f"{canceled} of {len(rooms)}"
    if impacted:
        extra["impacted_fields"] = ", ".join(impacted)
    if refund := _refund(rooms):
        extra["refunded" if canceled == len(rooms) else "refund_if_cancelled_now"] = str(refund)
    if told.adjustment:
        extra["adjustment"] = f"{told.adjustment.value} {told.adjustment.currency}"
    return extra


def _refund(rooms: list[wire.BookedRoom]) -> Money | None:
    """What comes back for all rooms together; None where one does not say. Its sign differs, its meaning does not."""
    told = [room.rate.cancel_refund for room in rooms if room.rate and room.rate.cancel_refund]
    if not told or len(told) < len(rooms):
        return None
    try:
        return total([Money.of(abs(refund.amount), refund.currency) for refund in told], told[0].currency)
    except (ValueError, ArithmeticError) as error:
        raise GiveUp(f"itinerary: {error}", outcome=Outcome.ERROR) from error


# ---- cancel ----

_BEFORE: Final = "before"
_AFTER: Final = "after"
_SILENT: Final = frozenset({202, 204})


def ask_cancel(order: Order) -> Call:
    """The links to cancel are in the itinerary."""
    return _retrieve(order, notes=(_BEFORE,))


def read_cancel(reply: Reply, call: Call, order: Order) -> Readout[Cancellation]:
    """A look, a call for each room, and another look: the calls themselves do not tell the refund."""
    return _CANCELLING[call.operation](reply, call, order)


def _looked(reply: Reply, call: Call, order: Order) -> Readout[Cancellation]:
    told = decoded(reply, _ITINERARY)
    return _begun(told) if call.notes == (_BEFORE,) else _ended(told, call, order)


def _begun(told: wire.Itinerary) -> Readout[Cancellation]:
    rooms = told.rooms or []
    standing = [room for room in rooms if room.status != _CANCELED]
    if rooms and not standing:
        raise Answered("every room is canceled", outcome=Outcome.REFUSED, reason=Reason.ALREADY_CANCELLED)
    links = [room.links.cancel for room in standing if room.links and room.links.cancel]
    operation = "cancel_room"
    if not links and told.links and told.links.cancel:  # held: the whole of it
        links, operation = [told.links.cancel], "cancel_held"
    elif len(links) < len(standing):
        links = []
    if not links:
        raise Answered("there is no link to cancel it", outcome=Outcome.REFUSED, reason=Reason.NOT_CANCELLABLE)
    try:
        paths = tuple(followed(link) for link in links)
    except ValueError as error:
        raise GiveUp(f"itinerary: {error}", outcome=Outcome.ERROR) from error
    refund = _refund(standing)
    promised = "" if refund is None else f"{refund.amount} {refund.currency}"
    return Readout(records=(), next=_delete(operation, paths, promised))


def _delete(operation: str, paths: tuple[str, ...], promised: str) -> Call:
    """The first of the paths; noted is the refund that was promised, and the paths to follow."""
    return Call(
        operation=operation,
        method="DELETE",
        path=paths[0],
        headers=TRAVELLER,
        reads_only=False,
        notes=(promised, *paths[1:]),
    )


def _deleted(reply: Reply, call: Call, order: Order) -> Readout[Cancellation]:
    """204 says done, 202 that nobody knows yet: either way the itinerary itself tells.

    Raises GiveUp for anything else: whoever says more than that is not Rapid.
    """
    if reply.status not in _SILENT or reply.body:
        raise GiveUp(f"{call.operation}: status {reply.status} and {len(reply.body)} bytes", outcome=Outcome.ERROR)
    promised, *paths = call.notes
    if paths:
        return Readout(records=(), next=_delete(call.operation, tuple(paths), promised))
    return Readout(records=(), next=_retrieve(order, notes=(_AFTER, promised)))


def _ended(told: wire.Itinerary, call: Call, order: Order) -> Readout[Cancellation]:
    rooms = told.rooms or []
    if not rooms or any(room.status != _CANCELED for room in rooms):
        return Readout(records=(Cancellation(status=CancellationStatus.PENDING),))
    refund = _refund(rooms) or _noted(call.notes[1])
    stay = _price(rooms)
    comparable = refund is not None and stay is not None and refund.currency == stay.charged.currency
    return Readout(
        records=(
            Cancellation(
                status=CancellationStatus.CANCELLED,
                refund=refund,
                fee=stay.charged - refund if comparable and stay and refund else None,
                number=order.id,
            ),
        )
    )


def _noted(promised: str) -> Money | None:
    amount, _, currency = promised.partition(" ")
    return Money.of(Decimal(amount), currency) if currency else None


_CANCELLING: Final[Mapping[str, Callable[[Reply, Call, Order], Readout[Cancellation]]]] = MappingProxyType(
    {"retrieve": _looked, "cancel_room": _deleted, "cancel_held": _deleted}
)
