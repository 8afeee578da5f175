"""Judging which records of suppliers are one hotel, whenever one of them is new or tells something else."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.jobs import MatchHotels
from domain.matching.hotel_ids import decided
from domain.matching.properties import Group, Key, groups
from storage import matches
from storage.engine import transaction
from storage.matches import Why
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_AT_ONCE: Final = 1_000


async def match_hotels(job: MatchHotels, tools: Tools) -> None:
    """In batches, each its own transaction, until nothing is left to judge; what others left is taken along."""
    if job.seen:
        async with transaction(tools.engine) as connection:
            await matches.note(connection, {record.key: record.told for record in job.seen}, at=tools.now())
    judged = moved = 0
    while True:
        async with transaction(tools.engine) as connection:
            await matches.one_at_a_time(connection)
            batch = await matches.unjudged(connection, at_most=_AT_ONCE)
            moved += await judge(connection, batch, at=tools.now())
        judged += len(batch)
        if not batch:
            break
    _log.info("hotels.matched", seen=len(job.seen), judged=judged, moved=moved)


async def judge(connection: AsyncConnection, keys: Iterable[Key], *, at: datetime) -> int:
    """These records anew, and with them all that are near: how many are of another hotel than before.

    Whoever calls has `one_at_a_time`. Raises Contradiction where people have decided what can't all hold.
    """
    records = await matches.neighbourhood(connection, keys)
    overrides = [decision.override for decision in await matches.decisions(connection)]
    told = {key: record.told for key, record in records.items()}
    found = await asyncio.to_thread(groups, told, overrides)  # a city takes a tenth of a second
    before = {key: record.hotel_id for key, record in records.items() if record.hotel_id is not None}
    born_at = await matches.born_at(connection, set(before.values()))
    hotels = decided(found, before, born_at, at=at)
    return await matches.decide(connection, records, hotels, _reasons(found), at=at)


def _reasons(found: Iterable[Group]) -> Mapping[Key, Why]:
    """The best link of each record: with whom, and why."""
    best: dict[Key, Why] = {}
    for link in (link for group in found for link in group.links):
        for one, other in ((link.left, link.right), (link.right, link.left)):
            if one not in best or link.score > (best[one].score or 0.0):
                best[one] = Why(score=link.score, reasons=(f"like {':'.join(other)}", *link.reasons))
    return best
