"""Findings, as operators look through them and settle them, and the comparisons that find them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import paging
from api.admin import answers, present
from api.answers import Page
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.problems import not_there
from api.services import Services
from domain.findings import FindingKind, FindingState, KeptFinding
from domain.jobs import Reconcile
from domain.queries import Fault
from storage import findings, reconciling
from storage.engine import transaction
from storage.failures import QueueDown
from storage.reconciling import Because, RunState

_AN_ID: Final = re.compile("[a-z2-7]{26}")
_NEWEST: Final = "newest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_RUNS_SHOWN: Final = 50


class FindingWishes(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them: open and acknowledged ones where no state is told."""

    state: Annotated[tuple[FindingState, ...], Meta(description="Any of these states.")] = (
        FindingState.OPEN,
        FindingState.ACKNOWLEDGED,
    )
    kind: Annotated[tuple[FindingKind, ...], Meta(description="Any of these kinds.")] | None = None
    booking: (
        Annotated[str, Meta(pattern="^[a-z2-7]{26}$", description="The id of a booking: all that differs in it.")]
        | None
    ) = None
    limit: Limit = 50
    cursor: CursorText | None = None


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """`acknowledged`: somebody is at it. `resolved`: it is set right; seen again, it is open again. `dismissed`: it is no
    difference, and stays dismissed for as long as it says the same.
    """

    state: FindingState
    note: Annotated[str, Meta(min_length=1, max_length=1000, description="What was found out, and what was done.")]


class ReconcileWish(msgspec.Struct, frozen=True, kw_only=True):
    """How far back, and how long a booking has to be unchanged before others must show what was done with it."""

    hours: Annotated[int, Meta(ge=1, le=24 * 31)] = 24
    settled_minutes: Annotated[int, Meta(ge=0, le=24 * 60)] = 10


async def listed(services: Services, asked: Asked[FindingWishes, Nothing]) -> Reply:
    """Those that were seen first last come first."""
    wished, limit = asked.query, asked.query.limit
    wanted: dict[str, Any] = {"states": wished.state, "kinds": wished.kind or (), "booking_id": wished.booking}
    async with transaction(services.engine) as connection:
        found = await findings.listed(connection, **wanted, before=_before(wished.cursor), at_most=limit + 1)
        total = await findings.count(connection, **wanted)
    more = _following(found[limit - 1]) if len(found) > limit else None
    answer = answers.FindingList(data=tuple(map(present.finding, found[:limit])), page=Page(next=more, total=total))
    return reply(services, asked, answer, headers=_links(asked, more))


def list_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=_NEWEST)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        kept = await findings.get(connection, _named(asked))
    if kept is None:
        raise _unknown()
    return reply(services, asked, present.finding(kept))


async def settle(services: Services, asked: Asked[Nothing, Settlement]) -> Reply:
    """Whoever settles it stands in it, with the note."""
    async with transaction(services.engine) as connection:
        kept = await findings.settle(
            connection, _named(asked), asked.body.state, by=asked.caller, note=asked.body.note, now=asked.now
        )
    if kept is None:
        raise _unknown()
    return reply(services, asked, present.finding(kept))


def settle_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if read.values.get("state") is FindingState.OPEN:
        yield Fault(field="state", detail="is how it is found: tell how it is settled, or `acknowledged`")


async def reconcile(services: Services, asked: Asked[Nothing, ReconcileWish]) -> Reply:
    """One at a time: the run that is queued or under way is the answer where there is one."""
    async with transaction(services.engine) as connection:
        run = await reconciling.ask(
            connection,
            Because.ASKED,
            back=timedelta(hours=asked.body.hours),
            settled_for=timedelta(minutes=asked.body.settled_minutes),
            now=asked.now,
            asked_by=asked.caller,
        )
    try:
        await services.queue.put(Reconcile(run_id=run.id))
    except QueueDown as error:
        gone = msgspec.structs.replace(run, state=RunState.FAILED, ended_at=asked.now, detail=str(error))
        async with transaction(services.engine) as connection:
            await reconciling.save(connection, gone, now=asked.now)
        raise
    headers = (("Location", f"/v1/admin/reconcile/{run.id}"), ("Retry-After", "1"))
    return reply(services, asked, present.run(run), status=202, headers=headers)


async def runs(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """The last fifty."""
    async with transaction(services.engine) as connection:
        latest = await reconciling.latest(connection, at_most=_RUNS_SHOWN)
    return reply(services, asked, answers.ReconcileRunList(data=tuple(map(present.run, latest))))


async def run(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        found = await reconciling.get(connection, asked.place["run_id"])
    if found is None:
        raise not_there("There is no such comparison.")
    return reply(services, asked, present.run(found))


def _named(asked: Asked[Any, Any]) -> str:
    """Raises Problem (404) for what is no id of ours."""
    if not _AN_ID.fullmatch(asked.place["finding_id"]):
        raise _unknown()
    return asked.place["finding_id"]


def _unknown() -> Exception:
    return not_there("There is no such finding.")


def _before(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    place = paging.place_of(cursor, sort=_NEWEST)
    return _EPOCH + int(place.key) * _MICROSECOND, place.id


def _following(last: KeptFinding) -> str:
    key = (last.first_seen_at - _EPOCH) // _MICROSECOND
    return paging.cursor(paging.Place(sort=_NEWEST, key=key, id=last.finding.id))


def _links(asked: Asked[Any, Any], following: str | None) -> tuple[tuple[str, str], ...]:
    if following is None:
        return ()
    return (("Link", paging.link(paging.link_before(asked.path, asked.pairs), following)),)
