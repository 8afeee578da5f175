"""What payment gateways tell by webhook: the booking is looked at, and a dispute is written down. Nothing else is believed."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.kit.failures import Failure
from domain.bookings import Charge
from domain.findings import Finding, FindingKind
from domain.jobs import HeedGatewayNotices, LookAtBooking
from domain.payments import GatewayNotice, NoticeKind
from storage import bookings, findings, gateway_notices
from storage.bookings import Kept
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from storage.gateway_notices import KeptNotice
from workers.bookings.desk import within
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SECONDS: Final = 10.0  # to ask a gateway which payment it is
# A notice may be quicker than the answer to the call that it tells of; and what is nobody's for days is not ours.
_SOON: Final = timedelta(seconds=2)
_LATE: Final = timedelta(hours=1)
_ASKED_AFTER: Final = timedelta(seconds=5)
_OURS_WITHIN: Final = timedelta(days=3)
_DISPUTED_OURS_WITHIN: Final = timedelta(minutes=10)  # disputes come weeks after payments, and have a deadline


async def heed_gateway_notices(job: HeedGatewayNotices, tools: Tools) -> None:
    """Each of them once, whoever else is at it. The next run is near: what can't be done now is done then."""
    try:
        async with transaction(tools.engine) as connection:
            due = await gateway_notices.due(connection, now=tools.now(), at_most=job.at_most)
            await gateway_notices.drop_old(connection, before=tools.now() - gateway_notices.KEPT_FOR)
        for kept in due:
            if (woken := await _heeded(kept, tools)) is not None:
                await tools.queue.put(LookAtBooking(booking_id=woken))
    except (StorageDown, QueueDown) as error:
        _log.warning("gateway_notices.not_heeded", error=str(error))


async def _heeded(kept: KeptNotice, tools: Tools) -> str | None:
    """The booking that is to be looked at now."""
    notice = kept.notice
    payment_id = await _payment_id(kept, tools)
    async with transaction(tools.engine) as connection:
        if not await gateway_notices.take(connection, notice):
            return None
        now = tools.now()
        booking = await _booking(connection, notice, payment_id)
        if booking is None and _may_be_ours(kept, now):
            await gateway_notices.again(connection, notice, at=now + _pause(kept, now))
            return None
        if notice.kind is NoticeKind.DISPUTE:
            await _disputed(connection, notice, booking, payment_id, now)
        if booking is not None:
            await bookings.wake(connection, booking.booking.id, now=now)
        await gateway_notices.heeded(connection, notice, now=now)
    return booking.booking.id if booking is not None and booking.due_at is not None else None


async def _payment_id(kept: KeptNotice, tools: Tools) -> str | None:
    """As we know it: what is paid by a link may have another number in the notice, which its gateway can tell."""
    notice = kept.notice
    if notice.payment_id is None or notice.kind is NoticeKind.OTHER:
        return None
    async with transaction(tools.engine) as connection:
        known = await bookings.by_payment(connection, notice.gateway, notice.payment_id)
    gateway = tools.gateways.get(notice.gateway)
    waits = notice.kind is NoticeKind.PAYMENT and tools.now() - kept.received_at < _ASKED_AFTER
    if known is not None or gateway is None or waits:
        return notice.payment_id
    try:
        return (await gateway.look(notice.payment_id, deadline=within(_SECONDS))).id
    except Failure as failure:
        _log.info("gateway_notices.not_looked_up", gateway=notice.gateway, notice=notice.id, why=failure.detail)
        return notice.payment_id


async def _booking(connection: AsyncConnection, notice: GatewayNotice, payment_id: str | None) -> Kept | None:
    """Locked, so that nobody else writes into its history meanwhile."""
    if payment_id is None:
        return None
    kept = await bookings.by_payment(connection, notice.gateway, payment_id)
    return None if kept is None else await bookings.locked(connection, kept.booking.id)


async def _disputed(
    connection: AsyncConnection, notice: GatewayNotice, kept: Kept | None, payment_id: str | None, now: datetime
) -> None:
    charge = _charge(notice, kept, payment_id)
    told = {
        "dispute": notice.dispute,
        "amount": None if notice.amount is None else msgspec.to_builtins(notice.amount),
        "reason": notice.reason,
    }
    finding = Finding(
        kind=FindingKind.DISPUTE,
        booking_id=None if kept is None else kept.booking.id,
        about=f"payment:{notice.gateway}:{payment_id}" if charge is None else f"charge:{charge.id}",
        detail=f"{notice.gateway} tells of a dispute of {notice.amount or 'an amount it does not tell'}: "
        f"{notice.reason or 'no reason told'}.",
        document={"gateway": notice.gateway, "payment": payment_id, **told},
    )
    news = await findings.found(connection, finding, now=now)
    if news and kept is not None and charge is not None:
        data = {"payment_id": charge.id, **told}
        await bookings.note(connection, kept.booking.id, "payment.disputed", data, at=now)


def _charge(notice: GatewayNotice, kept: Kept | None, payment_id: str | None) -> Charge | None:
    charges = () if kept is None else kept.booking.charges
    return next((one for one in charges if (one.gateway, one.gateway_id) == (notice.gateway, payment_id)), None)


def _may_be_ours(kept: KeptNotice, now: datetime) -> bool:
    """A payment that is not known yet; what tells of no payment never will be."""
    notice = kept.notice
    about_one = notice.payment_id is not None and notice.kind is not NoticeKind.OTHER
    wait = _DISPUTED_OURS_WITHIN if notice.kind is NoticeKind.DISPUTE else _OURS_WITHIN
    return about_one and now - kept.received_at < wait


def _pause(kept: KeptNotice, now: datetime) -> timedelta:
    return min(max((now - kept.received_at) / 2, _SOON), _LATE)
