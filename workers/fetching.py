"""One fetch of a search: what is young is carried over, all others are asked at once, each arrival is published."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from domain.carrying import Carried, carried
from domain.jobs import Because
from domain.offers import Offer
from domain.queries import Query
from domain.searches import ANSWERED, Outcome, Search, Status, SupplierReport, arrived, begun
from storage.endings import ended
from workers.asking import Errand, parts
from workers.merging import merge_for
from workers.publishing import Publisher
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SOFT_DEADLINE: Final = timedelta(seconds=2.5)  # how long a client waits who says nothing else
_HARD_DEADLINE: Final = timedelta(seconds=20)
_TICK: Final = timedelta(milliseconds=1)  # fetches are told apart by it


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked, and what is carried over of those who are not.

    `served` is the whole answer that clients get meanwhile: only one that misses nobody else may take its place.
    """

    started_at: datetime
    ask: tuple[SupplierClient, ...]
    known: tuple[Carried, ...] = ()
    served: Search | None = None

    @property
    def suppliers(self) -> tuple[str, ...]:
        return (*(client.supplier.slug for client in self.ask), *(part.report.supplier for part in self.known))


def planned(clients: Iterable[SupplierClient], held: Search | None, now: datetime) -> Plan:
    """`held` is the latest state that was published, ended or not."""
    if held is None:
        return Plan(started_at=now, ask=tuple(clients))
    sellers = {client.supplier.slug: client for client in clients}
    known = tuple(part for part in carried(held, now) if part.report.supplier in sellers)
    for part in known:
        del sellers[part.report.supplier]
    return Plan(
        # A later fetch replaces an earlier one, also where the one before us had a clock that is ahead of ours.
        started_at=max(now, held.started_at + _TICK),
        ask=tuple(sellers.values()),
        known=known,
        served=held if held.ended and held.usable(now) else None,
    )


def needed(plan: Plan, because: Because, now: datetime) -> bool:
    """Not where everybody has just been asked, or those who were missing."""
    served = plan.served
    if served is None:
        return True
    if served.fresh(now) and (because is Because.ASKED or served.status is not Status.COMPLETE):
        return False
    return bool(plan.ask)


async def fetched(query: Query, plan: Plan, tools: Tools) -> Search:
    """The ended search. Raises StorageDown when nobody can be told of it."""
    publisher = Publisher(tools.cache)
    search = begun(query, plan.suppliers, plan.started_at)
    for young in plan.known:
        search = await _joined(search, young.report, young.offers, tools)
    errand = Errand(
        query=query,
        atlas=await tools.atlas.current(),
        deadline=asyncio.get_running_loop().time() + _HARD_DEADLINE.total_seconds(),
        priority=Priority.INTERACTIVE if plan.served is None else Priority.REFRESH,
        shelf=tools.shelf,
        exchange=tools.exchange,
    )
    # Closed at once whatever happens in here, so that no call outlives its search.
    async with _awaited(search, plan, publisher), aclosing(parts(errand, plan.ask)) as arriving:
        async for part in arriving:
            search = await _joined(search, part.report, part.offers, tools)
            if plan.served is None and not search.ended:
                await publisher.grew(search)
    if plan.served is None or not plan.served.usable(tools.now()) or _missing(search) <= _missing(plan.served):
        await publisher.ended(search)
    return search


async def _joined(search: Search, report: SupplierReport, offers: tuple[Offer, ...], tools: Tools) -> Search:
    """A part that can't be joined with the others is missing, and the search comes to its end all the same."""
    try:
        merge = await merge_for(search.query, offers, tools)
        return arrived(search, report, offers, merge=merge, now=tools.now())
    except Exception:  # noqa: BLE001 -- an edge: with a mistake in here the same search would be begun for ever
        _log.exception("search.not_merged", search=search.id, supplier=report.supplier)
        lost = SupplierReport(
            supplier=report.supplier,
            status=Outcome.ERROR,
            took_ms=report.took_ms,
            detail="its offers could not be joined",
        )
        return arrived(search, lost, (), merge=lambda _: search.results, now=tools.now())


@asynccontextmanager
async def _awaited(search: Search, plan: Plan, publisher: Publisher) -> AsyncIterator[None]:
    """What is there before anybody is asked is told at once; where nothing is, who is awaited is told a little later."""
    if plan.served is not None or search.ended:
        yield
        return
    if search.arrivals:
        await publisher.grew(search)
    telling = asyncio.create_task(_told_who_is_awaited(search, publisher))
    try:
        yield
    finally:
        await ended([telling])


async def _told_who_is_awaited(search: Search, publisher: Publisher) -> None:
    """No state of a search replaces a later one: after the first arrival this changes nothing."""
    await asyncio.sleep(_SOFT_DEADLINE.total_seconds())
    if not search.arrivals:
        await publisher.grew(msgspec.structs.replace(search, expires_at=search.started_at + 2 * _HARD_DEADLINE))


def _missing(search: Search) -> frozenset[str]:
    return frozenset(report.supplier for report in search.suppliers if report.status not in ANSWERED)
