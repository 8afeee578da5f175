"""The rules of buying, in their order: quoted, agreed, held, authorised, ordered, paid, captured, confirmed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from domain.bookings import (
    CONSENT_WITHIN,
    Booking,
    BookingStatus,
    Charge,
    ChargeStatus,
    Item,
    ItemStatus,
    Patience,
    Refusal,
    charge_reference,
    moved,
    paid_on_site,
)
from domain.ids import short_id
from domain.money import Money
from domain.orders import Reason
from domain.payments import Method
from domain.saga.actions import (
    Action,
    Asking,
    Authorise,
    Book,
    Capture,
    LookAtOrder,
    LookAtPayment,
    PayOrder,
    Quote,
    Turn,
    Void,
    Wait,
)
from domain.saga.parts import (
    alive,
    all_authorised,
    anything_stands,
    awaited,
    holdable,
    over,
    payable,
    payable_in,
    uncharged,
    undone,
    with_charge,
)
from domain.saga.terms import free_to_cancel

Rule = Callable[[Booking, datetime], Action | None]
_B, _C, _I = BookingStatus, ChargeStatus, ItemStatus


def in_time(patience: Patience | None, action: Asking, now: datetime) -> Action:
    """The action, or waiting until it may be tried again."""
    return action if patience is None or patience.next_at <= now else Wait(until=patience.next_at)


def sent(item: Item, *, otherwise: Asking) -> Asking:
    """How to learn what became of an order that was sent: by looking at it where that tells most."""
    known = item.order is not None and not item.abilities.finds
    return LookAtOrder(item=item.number) if item.abilities.looks and (awaited(item) or known) else otherwise


def _consent(booking: Booking, now: datetime) -> Action | None:
    if booking.status is not _B.NEEDS_CONSENT:
        return None
    if booking.consent_until is not None and now < booking.consent_until:
        return Wait(until=booking.consent_until)
    return Turn(booking=undone(booking, _B.EXPIRED))


def _orders_in_doubt(booking: Booking, now: datetime) -> Action | None:
    """Nothing else is bought while it is not known what was."""
    for item in booking.items:
        if item.status is _I.SENT:
            asking = sent(item, otherwise=Book(item=item.number, hold=_holding(booking, item)))
            return in_time(item.patience, asking, now)
    return None


def _payments(booking: Booking, now: datetime) -> Action | None:
    """What was begun with the payer is brought to an end before anything else."""
    for charge in booking.charges:
        if charge.status is _C.OPEN and charge.replaced:
            return Turn(booking=with_charge(booking, charge.id, status=_C.VOIDED))
        if charge.status in (_C.OPEN, _C.ASKED):
            return in_time(charge.patience, Authorise(charge=charge.id), now)
        if charge.replaced and not over(charge):
            return in_time(charge.patience, Void(charge=charge.id), now)
    for charge in booking.charges:
        if charge.status is _C.WAITING:
            return _payer(booking, charge, now)
    return None


def _payer(booking: Booking, charge: Charge, now: datetime) -> Action:
    if charge.waits_until is not None and now >= charge.waits_until:
        return Turn(booking=undone(booking, _B.EXPIRED))
    looking = in_time(charge.patience, LookAtPayment(charge=charge.id), now)
    if isinstance(looking, Wait) and looking.until is not None and charge.waits_until is not None:
        return Wait(until=min(looking.until, charge.waits_until))
    return looking


def _quotes(booking: Booking, now: datetime) -> Action | None:
    """Of everything that is not ordered yet: nothing is bought by an old quote."""
    for item in booking.items:
        if item.status is _I.CHOSEN and (item.quote is None or now >= item.quote.expires_at):
            return in_time(item.patience, Quote(item=item.number), now)
    return None


def _agreement(booking: Booking, now: datetime) -> Action | None:
    """Whoever pays agrees first; when money is held or something ordered, it is too late to ask."""
    changed = [item for item in booking.items if item.status is _I.CHOSEN and differs(booking, item)]
    beyond = _beyond_what_is_held(booking)
    if not changed and beyond is None:
        return None
    if anything_stands(booking):
        why = f"item {changed[0].number} is sold on other terms now" if changed else f"{beyond} were not authorised"
        refusal = Refusal(reason=Reason.PRICE_CHANGED, detail=why, supplier=_seller(changed))
        return Turn(booking=undone(booking, _B.FAILED, refusal))
    return Turn(booking=moved(booking, _B.NEEDS_CONSENT, consent_until=now + CONSENT_WITHIN))


def differs(booking: Booking, item: Item) -> bool:
    """Whether a quote asks for more than the client allows, or on worse terms than the client knows."""
    if item.quote is None:
        return False
    now, agreed = item.quote.quote.price, item.price
    if now.currency != agreed.currency:
        return True
    if now.amount * 100 > agreed.amount * (100 + booking.max_price_increase_percent):
        return True
    before, after = item.agreed or item.offer.conditions, item.quote.quote.conditions
    no_way_back = before.refundable is True and after.refundable is False
    return no_way_back or (paid_on_site(before) and not paid_on_site(after))


def _beyond_what_is_held(booking: Booking) -> Money | None:
    """The first sum that is more than was authorised in its currency."""
    held = {charge.amount.currency: charge.amount for charge in alive(booking)}
    sums = payable(booking.items)
    return next((owed for owed in sums if owed > held.get(owed.currency, owed)), None)


def _seller(items: list[Item]) -> str | None:
    return items[0].offer.supplier if items else None


def _holding(booking: Booking, item: Item) -> bool:
    """Whatever is ordered before it is paid is only held."""
    return holdable(item) and not all_authorised(booking)


def _holds(booking: Booking, now: datetime) -> Action | None:
    """Payers of links take their time: what can be held is held meanwhile."""
    if booking.method is not Method.LINK or all_authorised(booking):
        return None
    for item in booking.items:
        if item.status is _I.CHOSEN and holdable(item):
            return in_time(item.patience, Book(item=item.number, hold=True), now)
    return None


def _charges(booking: Booking, _now: datetime) -> Action | None:
    """One for each currency, of what is paid to us."""
    owed = uncharged(booking)
    if not owed:
        return None
    new = tuple(
        Charge(
            id=short_id(f"{booking.id} payment {number}"),
            reference=charge_reference(booking.id, number),
            gateway=booking.gateway,
            method=booking.method,
            amount=amount,
        )
        for number, amount in enumerate(owed, start=len(booking.charges) + 1)
    )
    return Turn(booking=msgspec.structs.replace(booking, charges=(*booking.charges, *new)))


def _ready(booking: Booking, _now: datetime) -> Action | None:
    return Turn(booking=moved(booking, _B.CONFIRMING)) if booking.status is _B.PENDING else None


def _orders(booking: Booking, now: datetime) -> Action | None:
    """What can be given back for nothing comes first, so that undoing costs nothing when a later one is refused."""
    chosen = [item for item in booking.items if item.status is _I.CHOSEN]
    if not chosen:
        return None
    first = min(chosen, key=lambda item: (not free_to_cancel(item, now), item.number))
    return in_time(first.patience, Book(item=first.number), now)


def _held_orders(booking: Booking, now: datetime) -> Action | None:
    for item in booking.items:
        if item.status is _I.HELD and item.abilities.holds:
            return in_time(item.patience, PayOrder(item=item.number), now)
        if item.status is _I.HELD:
            why = "it was only held, and its supplier tells no way to pay"
            refusal = Refusal(reason=Reason.NOT_POSSIBLE, detail=why, supplier=item.offer.supplier)
            return Turn(booking=undone(booking, _B.FAILED, refusal))
    return None


def _captures(booking: Booking, now: datetime) -> Action | None:
    for charge in alive(booking):
        if charge.status is _C.AUTHORISED:
            owed = charge.capturing or payable_in(booking.items, charge.amount.currency)
            asking = Capture(charge=charge.id, amount=owed) if owed.amount else Void(charge=charge.id)
            return in_time(charge.patience, asking, now)
    return None


def _confirmed(booking: Booking, now: datetime) -> Action | None:
    return Turn(booking=moved(booking, _B.CONFIRMED, confirmed_at=now, token=None))


BUYING: Final[tuple[Rule, ...]] = (
    _consent,
    _orders_in_doubt,
    _payments,
    _quotes,
    _agreement,
    _holds,
    _charges,
    _ready,
    _orders,
    _held_orders,
    _captures,
    _confirmed,
)
