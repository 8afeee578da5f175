"""When an entry was due last, and the bell that rings for it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.jobs import DropExpiredOffers
from schedules.due import Bell, latest_due, next_due, ringing
from schedules.plan import Entry, always

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
JOB = always(DropExpiredOffers())
DAILY = Entry(name="daily", when="10 3 * * *", job=JOB)
MINUTELY = Entry(name="minutely", when=timedelta(minutes=1), job=JOB)
OFTEN = Entry(name="often", when=timedelta(milliseconds=50), job=JOB)


def test_of_many_missed_days_only_the_latest_counts() -> None:
    assert latest_due(DAILY, after=NOON - timedelta(days=9), now=NOON) == datetime(2027, 3, 1, 3, 10, tzinfo=UTC)


def test_what_has_been_fired_is_not_due_again() -> None:
    today = datetime(2027, 3, 1, 3, 10, tzinfo=UTC)
    assert latest_due(DAILY, after=today, now=NOON) is None
    assert latest_due(DAILY, after=today, now=today + timedelta(days=1)) == today + timedelta(days=1)


def test_a_run_is_due_from_its_very_instant_on() -> None:
    due = datetime(2027, 3, 2, 3, 10, tzinfo=UTC)
    assert latest_due(DAILY, after=NOON, now=due - timedelta(microseconds=1)) is None
    assert latest_due(DAILY, after=NOON, now=due) == due


def test_a_missed_minute_is_forgotten_with_the_next() -> None:
    now = NOON + timedelta(seconds=30)
    for last in (None, NOON - timedelta(days=9), NOON - timedelta(minutes=1)):
        assert latest_due(MINUTELY, after=last, now=now) == NOON
    assert latest_due(MINUTELY, after=NOON, now=now) is None


def test_a_summer_night_has_its_run_too_since_the_plan_is_kept_in_universal_time() -> None:
    march = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
    assert next_due(DAILY, after=march) == march.replace(hour=3, minute=10)


def test_a_plan_that_nobody_looked_at_for_years_is_read_in_a_moment() -> None:
    hourly = Entry(name="hourly", when="0 * * * *", job=JOB)
    assert latest_due(hourly, after=datetime(1970, 1, 1, tzinfo=UTC), now=NOON) == NOON


def test_a_time_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(ValueError, match="fields"):
        next_due(Entry(name="odd", when="every day", job=JOB), after=NOON)


async def test_an_entry_that_rings_twice_before_it_is_heard_counts_once() -> None:
    bell = Bell()
    for entry in (DAILY, MINUTELY, DAILY):
        bell.ring(entry)
    assert [await bell.heard(within=0.01) for _ in range(3)] == [DAILY, MINUTELY, None]


async def test_an_entry_that_is_to_ring_later_rings_once() -> None:
    bell = Bell()
    for _ in range(3):
        bell.ring_in(0.01, DAILY)
    assert await bell.heard(within=5) == DAILY
    assert await bell.heard(within=0.05) is None


async def test_an_entry_that_rings_by_itself_need_not_ring_later() -> None:
    bell = Bell()
    bell.ring_in(0.02, DAILY)
    bell.ring(DAILY)
    assert await bell.heard(within=5) == DAILY
    assert await bell.heard(within=0.1) is None


async def test_a_silenced_bell_stays_silent() -> None:
    bell = Bell()
    bell.ring_in(0.01, DAILY)
    bell.silence()
    assert await bell.heard(within=0.1) is None


async def test_the_bell_rings_at_once_for_what_may_have_been_missed_and_in_time_for_the_rest() -> None:
    with ringing((MINUTELY, DAILY)) as bell:
        assert await bell.heard(within=5) == DAILY
    with ringing((OFTEN,)) as bell:
        assert [await bell.heard(within=5) for _ in range(3)] == [OFTEN, OFTEN, OFTEN]
    await asyncio.sleep(0)  # the scheduler below the bell ends with the next turn of the loop
    assert await bell.heard(within=0.2) is None
