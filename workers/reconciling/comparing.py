"""One booking, or one payment that nobody knows, in all books: compared, and what came of it written in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.findings import STANDING, FindingKind, FindingState, KeptFinding
from domain.jobs import LookAtBooking
from domain.payments import Payment
from domain.reconciling.books import Books, Verdict
from domain.reconciling.compare import compared
from domain.reconciling.payments import about_payment, stands, unknown_payment
from storage import bookings, findings, reconciling
from storage.bookings import Kept
from storage.engine import transaction
from storage.failures import QueueDown
from storage.reconciling import Counts
from workers.reconciling.asking import Asking, Spent, Unchecked
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_FINDINGS_AT_MOST: Final = 200  # of one booking, and of payments that nobody knows
_GONE: Final = "The books agree again."

Listed = Mapping[tuple[str, str], Payment]


async def compare(booking_id: str, tools: Tools, asking: Asking, listed: Listed, *, settled_at: datetime) -> Counts:
    """What has changed while others were asked is not judged: it is looked at again in the next run."""
    async with transaction(tools.engine) as connection:
        kept = await bookings.get(connection, booking_id)
    if kept is None:
        return Counts()
    orders = await asking.orders(kept)
    payments = await asking.payments(kept.booking, listed)
    books = Books(
        booking=kept.booking,
        due_at=kept.due_at,
        settled=kept.updated_at <= settled_at,
        orders=orders,
        payments=payments,
    )
    verdict = compared(books, tools.now())
    counts = Counts(bookings=1, orders=len(orders), payments=len(payments))
    written = await _written(kept, verdict, tools)
    if written.woken:
        await _look(booking_id, tools)
    return counts.plus(written)


async def _written(kept: Kept, verdict: Verdict, tools: Tools) -> Counts:
    booking_id, now = kept.booking.id, tools.now()
    async with transaction(tools.engine) as connection:
        there = await bookings.locked(connection, booking_id)
        if there is None or there.updated_at != kept.updated_at:
            return Counts()
        news = [finding for finding in verdict.findings if await findings.found(connection, finding, now=now)]
        gone = await _resolved(connection, booking_id, verdict, now)
        if verdict.wake is not None:
            await bookings.wake(connection, booking_id, now=now)
    for finding in news:
        _log.error("reconcile.found", kind=finding.kind, booking=booking_id, about=finding.about, detail=finding.detail)
    if verdict.wake is not None:
        _log.info("reconcile.woken", booking=booking_id, why=verdict.wake)
    return Counts(found=len(news), resolved=gone, woken=int(verdict.wake is not None))


async def _resolved(connection: AsyncConnection, booking_id: str, verdict: Verdict, now: datetime) -> int:
    there = {finding.id for finding in verdict.findings}
    standing = await findings.listed(connection, states=STANDING, booking_id=booking_id, at_most=_FINDINGS_AT_MOST)
    gone = [
        kept
        for kept in standing
        if (kept.finding.kind, kept.finding.about) in verdict.judged and kept.finding.id not in there
    ]
    await _settle(connection, gone, now)
    return len(gone)


async def _settle(connection: AsyncConnection, gone: Iterable[KeptFinding], now: datetime) -> None:
    for kept in gone:
        await findings.settle(connection, kept.finding.id, FindingState.RESOLVED, by=None, note=_GONE, now=now)


async def _look(booking_id: str, tools: Tools) -> None:
    try:
        await tools.queue.put(LookAtBooking(booking_id=booking_id))
    except QueueDown as error:
        _log.warning("reconcile.not_queued", booking=booking_id, error=str(error))  # the sweeper brings it


# ---- payments that no booking knows ----


async def find_strangers(payments: Iterable[Payment], tools: Tools, *, since: datetime) -> Counts:
    """Of these payments, those that hold or took money and that no booking of ours knows."""
    standing = [payment for payment in payments if stands(payment)]
    async with transaction(tools.engine) as connection:
        ours = await reconciling.known_payments(connection, (payment.id for payment in standing))
        strangers = [
            payment
            for payment in standing
            if (payment.gateway, payment.id) not in ours and not await _named(connection, payment, since)
        ]
        news = 0
        for payment in strangers:
            finding = unknown_payment(payment)
            if finding is not None and await findings.found(connection, finding, now=tools.now()):
                _log.error("reconcile.found", kind=finding.kind, about=finding.about, detail=finding.detail)
                news += 1
    return Counts(found=news)


async def forget_strangers(payments: Iterable[Payment], tools: Tools, asking: Asking, *, since: datetime) -> Counts:
    """Findings about payments that have found their booking since, or that hold and took nothing any more."""
    listed = {about_payment(payment): payment for payment in payments}
    async with transaction(tools.engine) as connection:
        standing = await findings.listed(
            connection, states=STANDING, kinds=(FindingKind.UNKNOWN_PAYMENT,), at_most=_FINDINGS_AT_MOST
        )
    gone = [
        kept
        for kept in standing
        if kept.finding.booking_id is None and await _is_no_stranger(kept, listed, tools, asking, since)
    ]
    async with transaction(tools.engine) as connection:
        await _settle(connection, gone, tools.now())
    return Counts(resolved=len(gone))


async def _is_no_stranger(
    kept: KeptFinding, listed: Mapping[str, Payment], tools: Tools, asking: Asking, since: datetime
) -> bool:
    about = kept.finding.about
    payment = listed.get(about)
    if payment is None:
        _, gateway, number = about.split(":", 2)
        try:
            payment = await asking.payment(gateway, number)
        except (Unchecked, Spent):
            return False  # nobody can tell now
    if payment is None or not stands(payment):
        return True
    async with transaction(tools.engine) as connection:
        ours = await reconciling.known_payments(connection, (payment.id,))
        return (payment.gateway, payment.id) in ours or await _named(connection, payment, since)


async def _named(connection: AsyncConnection, payment: Payment, since: datetime) -> bool:
    """Its number may not be written down yet; our reference was, before the gateway heard it."""
    if not payment.reference:
        return False
    return await reconciling.knows_reference(connection, payment.reference, since=since - timedelta(days=1))
