"""Payments: what waits for its payer is paid by card, what was taken is looked at and given back."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from api import idempotency
from api.answers import Page
from api.bookings import answers, present
from api.bookings.finding import found, owned_by, owner_of, place_of, put
from api.bookings.looking import before, following, links
from api.bookings.wishes import CardToken, token_faults
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.present import priced
from api.problems import Flaw, Kind, Problem, conflict, invalid, not_there
from api.services import Services
from domain import money
from domain.bookings import Charge, ChargeStatus, RefundWish
from domain.people import Role
from domain.queries import Fault
from domain.saga.wishes import TooMuch, refund_wished
from storage import booking_lists, bookings
from storage.booking_lists import Wanted
from storage.bookings import Kept
from storage.engine import transaction

_A_CHARGE: Final = re.compile("[a-z2-7]{26}")


class NewPayment(msgspec.Struct, frozen=True, kw_only=True):
    """By card, in the place of the link or of the card that waits for its payer."""

    booking_id: Annotated[str, Meta(min_length=1, max_length=64, description="The booking's id or record locator.")]
    token: CardToken


class RefundAmount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the payment, in its own currency."""

    amount: Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$", examples=["25.00"])]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])]


class NewRefund(msgspec.Struct, frozen=True, kw_only=True):
    """How much to give back: all that is left where nothing is told."""

    amount: RefundAmount | None = None


class PaymentListWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How many bookings' payments to answer with at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


async def pay(services: Services, asked: Asked[Nothing, NewPayment]) -> Reply:
    """For a booking whose payment waits: a link that nobody has followed yet, or a card whose bank asks its holder."""
    wished = asked.body
    async with transaction(services.engine) as connection:
        kept = await found(connection, asked, wished.booking_id, locked=True)
        booking = kept.booking
        if booking.undoing is not None or not any(_waits(charge) for charge in booking.charges):
            raise conflict(f"The booking is {booking.status}, and no payment of it waits for its payer.")
        await bookings.wish(connection, booking.id, replace(kept.wishes, token=wished.token), now=asked.now)
        answer = answers.PaymentTaken(
            booking_id=booking.id,
            booking_reference=booking.reference,
            status=booking.status,
            payments=tuple(present.payment(booking, charge) for charge in booking.charges),
        )
        said = await idempotency.done(services, asked, connection, answer, status=202, headers=place_of(booking.id))
    await put(services, booking.id)
    return said


async def listed(services: Services, asked: Asked[PaymentListWishes, Nothing]) -> Reply:
    """Of the newest bookings first; `limit` and `total` count bookings, of which each has a payment for each currency."""
    wanted, limit = Wanted(owner=owned_by(asked), paid=True), asked.query.limit
    async with transaction(services.engine) as connection:
        kept = await booking_lists.listed(connection, wanted, before=before(asked.query.cursor), at_most=limit + 1)
        total = await booking_lists.count(connection, wanted)
    more = following(kept, limit)
    data = tuple(present.payment(one.booking, charge) for one in kept[:limit] for charge in one.booking.charges)
    answer = answers.PaymentList(data=data, page=Page(next=more, total=total))
    return reply(services, asked, answer, headers=links(asked, more))


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        kept, charge = await _charged(connection, asked)
    return reply(services, asked, present.payment(kept.booking, charge))


async def refund(services: Services, asked: Asked[Nothing, NewRefund]) -> Reply:
    """For operators: a part of what was taken, or all that is left. Two refunds of one amount are two refunds.

    Whoever wants money back for a journey cancels it; this is for all that goes beyond. The gateway is asked by a worker:
    look at the payment until the refund is `done`.
    """
    async with transaction(services.engine) as connection:
        kept, charge = await _charged(connection, asked)
        if not asked.role.reaches(Role.OPERATOR):
            raise Problem(Kind.FORBIDDEN, "Operators give money back: cancel the booking, or write to us.")
        kept = await found(connection, asked, kept.booking.id, locked=True)
        booking = kept.booking
        charge = next(one for one in booking.charges if one.id == charge.id)
        if charge.status is not ChargeStatus.CAPTURED:
            raise conflict(f"The payment is {charge.status}: nothing was taken that could be given back.")
        left = _left(kept.wishes.refunds, charge)
        amount = _amount(asked.body.amount) or left
        assert asked.claim is not None
        key = f"{asked.claim.owner} {asked.claim.key} {charge.id}"
        try:
            wishes = refund_wished(
                booking, kept.wishes, charge.id, amount, key=key, asked_by=owner_of(asked), now=asked.now
            )
        except TooMuch as error:
            raise invalid([Flaw(pointer="/amount", detail=str(error))]) from error
        await bookings.wish(connection, booking.id, wishes, now=asked.now)
        told = {"payment_id": charge.id, "amount": msgspec.to_builtins(priced(amount))}
        await bookings.note(connection, booking.id, "payment.refund_asked", told, at=asked.now)
        answer = present.refund(wishes.refunds[-1].refund)
        where = (("Location", f"/v1/payments/{charge.id}"),)
        said = await idempotency.done(services, asked, connection, answer, status=202, headers=where)
    await put(services, booking.id)
    return said


def pay_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    return token_faults(read.values.get("token", ""), "token")


def refund_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    told = read.values.get("amount")
    if told is None:
        return
    digits = money.EXPONENTS.get(told.currency)
    if digits is None:
        yield Fault(field="amount/currency", detail=f"{told.currency} is not an ISO 4217 currency")
    elif len(told.amount.partition(".")[2]) > digits:
        yield Fault(
            field="amount/amount", detail=f"has more than the {digits} digits after the point of {told.currency}"
        )
    elif not Decimal(told.amount):
        yield Fault(field="amount/amount", detail="gives nothing back")


async def _charged(connection: AsyncConnection, asked: Asked[Any, Any]) -> tuple[Kept, Charge]:
    """Raises Problem (404) also for what is somebody else's."""
    charge_id = asked.place["payment_id"]
    kept = None
    if _A_CHARGE.fullmatch(charge_id):
        kept = await bookings.by_charge(connection, charge_id, owner=owned_by(asked))
    charge = None if kept is None else next((one for one in kept.booking.charges if one.id == charge_id), None)
    if kept is None or charge is None:
        raise not_there("There is no such payment of yours.")
    return kept, charge


def _waits(charge: Charge) -> bool:
    return charge.status is ChargeStatus.WAITING and not charge.replaced


def _left(wished: tuple[RefundWish, ...], charge: Charge) -> money.Money:
    """Without what is wished already, and not heeded yet."""
    heeded = {one.id for one in charge.refunds}
    waiting = (one.refund.amount for one in wished if one.charge == charge.id and one.refund.id not in heeded)
    return charge.refundable - money.total(waiting, charge.amount.currency)


def _amount(told: RefundAmount | None) -> money.Money | None:
    return None if told is None else money.Money.of(told.amount, told.currency)
