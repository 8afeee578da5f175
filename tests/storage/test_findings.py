"""Findings: each difference once, there again when it comes back, and settled by people or by itself."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.findings import MEANINGS, Finding, FindingKind, FindingState, KeptFinding
from storage import findings
from storage.engine import transaction
from tests.builders import NOW

LATER = NOW + timedelta(hours=1)


def gone(**told: object) -> Finding:
    facts: dict[str, object] = {
        "kind": FindingKind.ORDER_GONE,
        "booking_id": "b1",
        "about": "item:1",
        "detail": "heron has cancelled it",
        "document": {"ours": "booked", "theirs": "cancelled"},
    }
    return Finding(**(facts | told))  # type: ignore[arg-type]  # any of them may be told otherwise


async def seen(engine: AsyncEngine, finding: Finding, *, at: timedelta = timedelta()) -> bool:
    async with transaction(engine) as connection:
        return await findings.found(connection, finding, now=NOW + at)


async def settled(engine: AsyncEngine, state: FindingState, *, by: str | None = "ada") -> KeptFinding:
    async with transaction(engine) as connection:
        kept = await findings.settle(connection, gone().id, state, by=by, note="called them", now=LATER)
    assert kept is not None
    return kept


async def only(engine: AsyncEngine) -> KeptFinding:
    async with transaction(engine) as connection:
        (kept,) = await findings.listed(connection, at_most=10)
    return kept


def test_every_kind_says_what_it_means_and_what_to_do() -> None:
    assert set(MEANINGS) == set(FindingKind)


async def test_the_same_difference_seen_twice_is_one_finding_with_a_later_sight(engine: AsyncEngine) -> None:
    assert await seen(engine, gone())
    assert not await seen(engine, gone(detail="heron knows nothing of it"), at=timedelta(hours=1))
    kept = await only(engine)
    assert (kept.state, kept.first_seen_at, kept.last_seen_at) == (FindingState.OPEN, NOW, LATER)
    assert kept.finding == gone(detail="heron knows nothing of it")


async def test_another_item_kind_or_booking_is_another_finding(engine: AsyncEngine) -> None:
    others = gone(), gone(about="item:2"), gone(booking_id="b2"), gone(kind=FindingKind.STUCK), gone(booking_id=None)
    assert [await seen(engine, one) for one in others] == [True] * 5


async def test_what_is_in_somebodys_hands_stays_there_when_seen_again(engine: AsyncEngine) -> None:
    await seen(engine, gone())
    kept = await settled(engine, FindingState.ACKNOWLEDGED)
    assert (kept.settled_at, kept.settled_by, kept.note) == (None, "ada", "called them")
    assert not await seen(engine, gone(), at=timedelta(hours=2))
    assert (await only(engine)).state is FindingState.ACKNOWLEDGED


async def test_a_difference_that_was_gone_and_comes_back_is_open_again(engine: AsyncEngine) -> None:
    await seen(engine, gone())
    assert (await settled(engine, FindingState.RESOLVED, by=None)).settled_at == LATER
    assert await seen(engine, gone(), at=timedelta(hours=2))
    kept = await only(engine)
    assert (kept.state, kept.settled_at, kept.settled_by, kept.note) == (FindingState.OPEN, None, None, None)
    assert kept.first_seen_at == NOW


async def test_what_was_dismissed_stays_dismissed_until_it_says_something_else(engine: AsyncEngine) -> None:
    await seen(engine, gone())
    await settled(engine, FindingState.DISMISSED)
    assert not await seen(engine, gone(), at=timedelta(hours=2))
    assert (await only(engine)).state is FindingState.DISMISSED
    assert await seen(engine, gone(detail="heron says it never was"), at=timedelta(hours=3))
    assert (await only(engine)).state is FindingState.OPEN


async def test_findings_are_listed_by_state_kind_and_booking_the_newest_first(engine: AsyncEngine) -> None:
    for minutes, one in enumerate((gone(), gone(booking_id="b2"), gone(kind=FindingKind.DISPUTE, booking_id="b3"))):
        await seen(engine, one, at=timedelta(minutes=minutes))
    await settled(engine, FindingState.RESOLVED)
    async with transaction(engine) as connection:
        everything = await findings.listed(connection, at_most=2)
        assert [kept.finding.booking_id for kept in everything] == ["b3", "b2"]
        last = everything[-1]
        rest = await findings.listed(connection, before=(last.first_seen_at, last.finding.id), at_most=2)
        assert [kept.finding.booking_id for kept in rest] == ["b1"]
        opened = await findings.listed(connection, states=(FindingState.OPEN,), at_most=9)
        assert {kept.finding.booking_id for kept in opened} == {"b2", "b3"}
        disputed = await findings.listed(connection, kinds=(FindingKind.DISPUTE,), at_most=9)
        assert [kept.finding.booking_id for kept in disputed] == ["b3"]
        assert [kept.finding.booking_id for kept in await findings.listed(connection, booking_id="b2", at_most=9)] == [
            "b2"
        ]
        assert await findings.standing(connection) == {FindingKind.ORDER_GONE: 1, FindingKind.DISPUTE: 1}


@pytest.mark.parametrize("what", ["get", "settle"])
async def test_a_finding_that_nobody_found_is_none(engine: AsyncEngine, what: str) -> None:
    async with transaction(engine) as connection:
        if what == "get":
            assert await findings.get(connection, "nothing") is None
        else:
            kept = await findings.settle(connection, "nothing", FindingState.RESOLVED, by="ada", note=None, now=NOW)
            assert kept is None
