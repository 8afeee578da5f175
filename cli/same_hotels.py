"""Which records of suppliers are one hotel: why, and what a person knows better."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec
from rich.table import Table
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.stops import Stop
from domain.matching.properties import Contradiction, Key, Override
from storage import matches
from storage.engine import create_engine, transaction
from storage.failures import StorageDown
from storage.matches import Decision, Record
from workers.matching import judge

Found = TypeVar("Found")
_DAY: Final = "%Y-%m-%d"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A hotel as it is kept: its records, the ids it had, and what people have decided about its records."""

    id: str
    formerly: tuple[str, ...]
    records: tuple[Record, ...]
    decisions: tuple[Decision, ...]


def record(written: str) -> Key:
    """`supplier:id`. Raises Stop for anything else."""
    supplier, _, told_id = written.partition(":")
    if not (supplier and told_id):
        raise Stop(f"{written!r} names no record: write its supplier, a colon and the supplier's id of the hotel.")
    return supplier, told_id


def hotel(database_url: str, hotel_id: str) -> Shown:
    """Also by an id that it had formerly. Raises Stop."""
    return _done(database_url, lambda connection: _shown(connection, hotel_id))


def ruled(database_url: str, override: Override, *, because: str, by: str) -> tuple[Shown, ...]:
    """The hotels of both records, as they are from now on. Raises Stop, and leaves everything as it was."""
    if not because.strip():
        raise Stop('Whoever comes later wants to know why: --because "both are the same house".')
    if override.left == override.right:
        raise Stop("These are not two records: it is the same one twice.")
    decision = Decision(override=override, because=because.strip(), by=by, at=datetime.now(UTC))
    return _done(database_url, lambda connection: _ruled(connection, decision))


def table(shown: Shown) -> Table:
    """One line for each record."""
    title = f"Hotel {shown.id}" + (f", formerly {', '.join(shown.formerly)}" if shown.formerly else "")
    drawn = Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), title=title, title_justify="left"
    )
    for heading in ("Record", "Name", "Score", "Why"):
        drawn.add_column(heading)
    for each in shown.records:
        score = "" if each.why.score is None else f"{each.why.score:.2f}"
        drawn.add_row(":".join(each.key), each.told.name, score, "; ".join(each.why.reasons))
    return drawn


def sentences(shown: Shown) -> tuple[str, ...]:
    """What people have decided about its records."""
    return tuple(
        f"{':'.join(each.override.left)} and {':'.join(each.override.right)} are "
        f"{'the same' if each.override.same else 'not the same'}, says {each.by} on {each.at:{_DAY}}: {each.because}"
        for each in shown.decisions
    )


async def _ruled(connection: AsyncConnection, decision: Decision) -> tuple[Shown, ...]:
    both = (decision.override.left, decision.override.right)
    await matches.one_at_a_time(connection)
    known = await matches.kept(connection, both)
    for key in both:
        if key not in known:
            raise Stop(f"Nothing is known of {':'.join(key)}: no search has found it yet.")
    await matches.overrule(connection, decision)
    try:
        await judge(connection, both, at=decision.at)
    except Contradiction as error:
        raise Stop(f"That can't be as well: {error}.") from error
    hotels = {kept.hotel_id for kept in (await matches.kept(connection, both)).values()}
    return tuple([await _shown(connection, hotel_id) for hotel_id in sorted(filter(None, hotels))])


async def _shown(connection: AsyncConnection, hotel_id: str) -> Shown:
    records = await matches.of_hotel(connection, hotel_id)
    if not records:
        raise Stop(f"No hotel has the id {hotel_id}, and none ever had.")
    living = next(iter(records.values())).hotel_id or hotel_id
    return Shown(
        id=living,
        formerly=await matches.former_ids(connection, living),
        records=tuple(records[key] for key in sorted(records)),
        decisions=tuple(
            each
            for each in await matches.decisions(connection)
            if records.keys() & {each.override.left, each.override.right}
        ),
    )


def _done(database_url: str, work: Callable[[AsyncConnection], Awaitable[Found]]) -> Found:
    """In one transaction, with every trouble as one sentence."""
    try:
        return asyncio.run(_in_a_transaction(database_url, work))
    except StorageDown as error:
        raise Stop(f"{str(error).strip().rstrip('.')}.") from error
    except ProgrammingError as error:
        raise Stop("This database is not of this version: `travelhub migrate` brings it up to date.") from error
    except ValueError as error:
        raise Stop(f"{error}.") from error


async def _in_a_transaction(database_url: str, work: Callable[[AsyncConnection], Awaitable[Found]]) -> Found:
    engine = create_engine(database_url, connections=1, name="travelhub hotels")
    try:
        async with transaction(engine) as connection:
            return await work(connection)
    finally:
        await engine.dispose()
