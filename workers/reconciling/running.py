"""A run of the comparison: page by page, within its calls, and taken up by the next one where it stopped."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec
import structlog

from domain.jobs import Reconcile
from domain.payments import Payment
from domain.reconciling.compare import OVERDUE_AFTER
from storage import reconciling
from storage.endings import ended
from storage.engine import transaction
from storage.reconciling import Because, Counts, Place, Run, RunState
from workers.reconciling.asking import Asking, Spent
from workers.reconciling.comparing import Listed, compare, find_strangers, forget_strangers
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_CALLS: Final[Mapping[Because, int]] = MappingProxyType(
    {Because.HOURLY: 1_000, Because.NIGHTLY: 10_000, Because.ASKED: 5_000}
)
_PAGE: Final = 50
_AT_ONCE: Final = 8
_RESTLESS_AT_MOST: Final = 200
_PAYMENTS_BEFORE: Final = timedelta(days=1)  # a payment may be older than the last change of its booking


async def reconcile(job: Reconcile, tools: Tools) -> None:
    """Every page is written before the next one is asked for, so that another worker can go on."""
    async with transaction(tools.engine) as connection:
        run = await reconciling.start(connection, job.run_id, now=tools.now())
    if run is None:
        _log.info("reconcile.nothing_to_do", run=job.run_id)
        return
    asking = Asking(
        clients=tools.clients,
        gateways=tools.gateways,
        vault=tools.vault,
        thorough=run.because is not Because.HOURLY,
        calls=_CALLS[run.because] - run.counts.calls,
        now=tools.now(),
    )
    run = await _compared(run, tools, asking)
    async with transaction(tools.engine) as connection:
        await reconciling.save(connection, run, now=tools.now())
    _log.info("reconcile.ended", run=run.id, state=run.state, **msgspec.structs.asdict(run.counts))


async def give_up_reconcile(job: Reconcile, why: str, tools: Tools) -> None:
    """The next one of its kind goes on from where this one stood."""
    async with transaction(tools.engine) as connection:
        run = await reconciling.get(connection, job.run_id)
        if run is not None:
            stopped = msgspec.structs.replace(run, state=RunState.STOPPED, ended_at=tools.now(), detail=why)
            await reconciling.save(connection, stopped, now=tools.now())


async def _compared(run: Run, tools: Tools, asking: Asking) -> Run:
    since = run.since - _PAYMENTS_BEFORE
    payments = await asking.listed(since)
    listed = _by_names(payments)
    strangers = (
        await find_strangers(payments, tools, since=since),
        await forget_strangers(payments, tools, asking, since=since),
    )
    run = _on(run, asking, strangers)
    async with transaction(tools.engine) as connection:
        restless = await reconciling.restless(
            connection, overdue=tools.now() - OVERDUE_AFTER, at_most=_RESTLESS_AT_MOST
        )
    run = _on(run, asking, await _each(restless, run, tools, asking, listed))
    while not asking.spent:
        page = await _page(run, tools)
        counts = await _each([place.id for place in page], run, tools, asking, listed, besides=restless)
        done = page[: counts.index(None)] if None in counts else page
        run = _on(run, asking, counts, place=done[-1] if done else None)
        if len(page) < _PAGE and len(done) == len(page):
            return msgspec.structs.replace(run, state=RunState.DONE, ended_at=tools.now())
        async with transaction(tools.engine) as connection:
            await reconciling.save(connection, run, now=tools.now())
    detail = "Its calls were spent: the next one goes on from here."
    return msgspec.structs.replace(run, state=RunState.STOPPED, ended_at=tools.now(), detail=detail)


async def _page(run: Run, tools: Tools) -> tuple[Place, ...]:
    async with transaction(tools.engine) as connection:
        return await reconciling.changed(connection, since=run.since, until=run.until, after=run.place, at_most=_PAGE)


async def _each(
    booking_ids: Iterable[str],
    run: Run,
    tools: Tools,
    asking: Asking,
    listed: Listed,
    *,
    besides: Collection[str] = (),
) -> tuple[Counts | None, ...]:
    """A few at once; the suppliers' budgets hold over all of them. None for those that no call is left for."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(booking_id: str) -> Counts | None:
        async with room:
            if booking_id in besides:
                return Counts()
            try:
                return await compare(booking_id, tools, asking, listed, settled_at=run.until)
            except Spent:
                return None

    under_way = [asyncio.create_task(one(booking_id)) for booking_id in booking_ids]
    try:
        return tuple(await asyncio.gather(*under_way))
    finally:
        await ended(under_way)  # where one has failed, the others are not left running


def _on(run: Run, asking: Asking, counted: Iterable[Counts | None], *, place: Place | None = None) -> Run:
    """The run with what was compared since, and with the calls that this attempt has made for it."""
    counts = run.counts
    for one in counted:
        counts = counts if one is None else counts.plus(one)
    calls, unchecked = asking.taken()
    return msgspec.structs.replace(
        run,
        counts=counts.plus(Counts(calls=calls)),
        unchecked=_added(run.unchecked, unchecked),
        place=place or run.place,
    )


def _added(
    before: Mapping[str, Mapping[str, int]], more: Mapping[str, Mapping[str, int]]
) -> Mapping[str, Mapping[str, int]]:
    added = {who: dict(whys) for who, whys in before.items()}
    for who, whys in more.items():
        for why, count in whys.items():
            counted = added.setdefault(who, {})
            counted[why] = counted.get(why, 0) + count
    return added


def _by_names(payments: Iterable[Payment]) -> Listed:
    """By the gateway's own number and by our reference."""
    listed: dict[tuple[str, str], Payment] = {}
    for payment in payments:
        if payment.reference:
            listed.setdefault((payment.gateway, payment.reference), payment)
        listed[payment.gateway, payment.id] = payment
    return listed
