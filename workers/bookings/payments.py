"""Gateways asked for a booking: money held, taken, let go, given back."""

from typing import Final

from adapters.kit.failures import Answered, Failure
from adapters.payments.gateway import Gateway, Wanted
from domain.bookings import Booking, Charge
from domain.money import Money
from domain.payments import Method, Payment, PaymentStatus
from domain.saga.actions import Authorise, Capture, Fault, GiveBack, LookAtPayment, LookAtRefund, Result, Trouble, Void
from domain.saga.parts import charge_of
from workers.bookings.desk import Desk, trouble, within

_SECONDS: Final = 30.0


def _gateway(charge: Charge, desk: Desk) -> Gateway | Trouble:
    gateway = desk.tools.gateways.get(charge.gateway)
    return gateway or Trouble(fault=Fault.LATER, detail=f"{charge.gateway} is not connected")


async def authorise(action: Authorise, booking: Booking, desk: Desk) -> Result:
    charge = charge_of(booking, action.charge)
    gateway, people = _gateway(charge, desk), desk.people()
    if isinstance(gateway, Trouble):
        return gateway
    if isinstance(people, Trouble):
        return people
    wanted = Wanted(
        reference=charge.reference,
        amount=charge.amount,
        description=f"Booking {booking.reference}",
        payer=people.contact.email,
        token=booking.token if charge.method is Method.CARD else None,
        waits_until=charge.waits_until,
        return_url=booking.return_url,
        shared=sum(not one.replaced for one in booking.charges) > 1,
    )
    try:
        return await gateway.authorise(wanted, deadline=within(_SECONDS))
    except Failure as failure:
        return trouble(failure)


async def look(action: LookAtPayment, booking: Booking, desk: Desk) -> Result:
    charge = charge_of(booking, action.charge)
    gateway = _gateway(charge, desk)
    if isinstance(gateway, Trouble):
        return gateway
    try:
        return await gateway.look(payment(charge).id, deadline=within(_SECONDS))
    except Failure as failure:
        return trouble(failure)


async def capture(action: Capture, booking: Booking, desk: Desk) -> Result:
    charge = charge_of(booking, action.charge)
    gateway = _gateway(charge, desk)
    if isinstance(gateway, Trouble):
        return gateway
    try:
        return await gateway.capture(payment(charge), action.amount, key=capture_key(charge), deadline=within(_SECONDS))
    except Failure as failure:
        return trouble(failure)


async def void(action: Void, booking: Booking, desk: Desk) -> Result:
    """What can't be voided is looked at: it may be taken, or gone."""
    charge = charge_of(booking, action.charge)
    gateway = _gateway(charge, desk)
    if isinstance(gateway, Trouble):
        return gateway
    try:
        return await _voided(gateway, charge)
    except Failure as failure:
        return trouble(failure)


async def _voided(gateway: Gateway, charge: Charge) -> Payment:
    try:
        return await gateway.void(payment(charge), key=void_key(charge), deadline=within(_SECONDS))
    except Answered:
        return await gateway.look(payment(charge).id, deadline=within(_SECONDS))


async def give_back(action: GiveBack, booking: Booking, desk: Desk) -> Result:
    charge = charge_of(booking, action.charge)
    refund = next(one for one in charge.refunds if one.id == action.refund)
    gateway = _gateway(charge, desk)
    if isinstance(gateway, Trouble):
        return gateway
    try:
        return await gateway.refund(payment(charge), refund.amount, key=refund.key, deadline=within(_SECONDS))
    except Failure as failure:
        return trouble(failure)


async def look_at_refund(action: LookAtRefund, booking: Booking, desk: Desk) -> Result:
    charge = charge_of(booking, action.charge)
    refund = next(one for one in charge.refunds if one.id == action.refund)
    gateway = _gateway(charge, desk)
    if isinstance(gateway, Trouble):
        return gateway
    if refund.gateway_id is None:
        raise LookupError(f"refund {refund.id} has no number at its gateway")
    try:
        return await gateway.look_refund(refund.gateway_id, deadline=within(_SECONDS))
    except Failure as failure:
        return trouble(failure)


def payment(charge: Charge) -> Payment:
    """The charge as its gateway has it in its books. Raises LookupError for one that it never told a number of."""
    if charge.gateway_id is None:
        raise LookupError(f"charge {charge.id} has no number at its gateway")
    return Payment(
        gateway=charge.gateway,
        id=charge.gateway_id,
        reference=charge.reference,
        status=PaymentStatus(charge.status.value),
        amount=charge.amount,
        captured=charge.captured or Money.zero(charge.amount.currency),
        refunded=charge.refunded,
    )


def capture_key(charge: Charge) -> str:
    return f"{charge.reference}-capture"


def void_key(charge: Charge) -> str:
    return f"{charge.reference}-void"
