"""What is done when."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.jobs import (
    TERMS,
    DropExpiredOffers,
    DropOldFlights,
    DropOldReplies,
    Job,
    LookAtAlerts,
    MatchHotels,
    PollWatchedFlights,
    RefreshPopularSearches,
    SyncAirlines,
    SyncAirports,
    SyncRates,
    SyncRoutes,
    TurnPriceDays,
)
from schedules.due import next_due
from schedules.plan import PLAN, Entry
from storage.engine import transaction

SATURDAY = datetime(2027, 2, 27, 22, 15, 30, tzinfo=UTC)
BY_NAME = {entry.name: entry for entry in PLAN}


def times(entry: Entry, count: int) -> list[str]:
    found, instant = [], SATURDAY
    for _ in range(count):
        instant = next_due(entry, after=instant)
        found.append(f"{instant:%d.%m. %H:%M:%S}")
    return found


def test_each_entry_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(PLAN)


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("sync_airports", ["28.02. 03:10:00", "01.03. 03:10:00", "02.03. 03:10:00"]),
        ("sync_airlines", ["28.02. 03:40:00", "01.03. 03:40:00", "02.03. 03:40:00"]),
        ("sync_rates", ["01.03. 14:20:00", "01.03. 14:50:00", "01.03. 15:20:00"]),
        ("drop_expired_offers", ["27.02. 23:00:00", "28.02. 00:00:00", "28.02. 01:00:00"]),
        ("drop_old_replies", ["27.02. 22:20:00", "27.02. 23:20:00", "28.02. 00:20:00"]),
        ("reconcile_hours", ["27.02. 23:05:00", "28.02. 00:05:00", "28.02. 01:05:00"]),
        ("reconcile_days", ["28.02. 01:35:00", "01.03. 01:35:00", "02.03. 01:35:00"]),
        ("refresh_popular_searches", ["27.02. 22:16:00", "27.02. 22:17:00", "27.02. 22:18:00"]),
    ],
)
def test_the_plan_keeps_its_times(name: str, due: list[str]) -> None:
    assert times(BY_NAME[name], 3) == due


def test_the_plan_has_no_other_entries() -> None:
    assert set(BY_NAME) == {
        "sync_airports",
        "sync_airlines",
        "forget_people",
        "refresh_issuers",
        "sync_routes",
        "sync_rates",
        "drop_expired_offers",
        "drop_old_replies",
        "drop_old_history",
        "refresh_popular_searches",
        "turn_price_days",
        "look_at_alerts",
        "poll_watched_flights",
        "drop_old_flights",
        "match_hotels",
        "deliver_webhooks",
        "drop_old_webhooks",
        "send_letters",
        "drop_old_letters",
        "drop_idempotency_keys",
        "heed_gateway_notices",
        "sweep_bookings",
        "reconcile_hours",
        "reconcile_days",
    }


def test_only_an_interval_may_be_missed_for_good() -> None:
    assert {entry.name for entry in PLAN if not entry.made_up_for} == {
        "refresh_popular_searches",
        "refresh_issuers",
        "look_at_alerts",
        "poll_watched_flights",
        "deliver_webhooks",
        "send_letters",
        "heed_gateway_notices",
        "sweep_bookings",
    }


def test_weekdays_in_the_plan_are_named() -> None:
    assert all(
        not any(sign.isdigit() for sign in entry.when.split()[4]) for entry in PLAN if isinstance(entry.when, str)
    )


def test_no_run_is_due_again_before_the_one_before_it_has_given_up() -> None:
    slowest = {
        "refresh_popular_searches": RefreshPopularSearches,
        "drop_expired_offers": DropExpiredOffers,
        "drop_old_replies": DropOldReplies,
        "turn_price_days": TurnPriceDays,
        "look_at_alerts": LookAtAlerts,
        "match_hotels": MatchHotels,
    }
    for name, kind in slowest.items():
        once = next_due(BY_NAME[name], after=SATURDAY)
        assert next_due(BY_NAME[name], after=once) - once >= TERMS[kind].time_limit


async def made(engine: AsyncEngine, name: str) -> Job:
    async with transaction(engine) as connection:
        return await BY_NAME[name].job(connection, SATURDAY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sync_airports", SyncAirports),
        ("sync_airlines", SyncAirlines),
        ("sync_routes", SyncRoutes),
        ("sync_rates", SyncRates),
        ("drop_expired_offers", DropExpiredOffers),
        ("drop_old_replies", DropOldReplies),
        ("refresh_popular_searches", RefreshPopularSearches),
        ("turn_price_days", TurnPriceDays),
        ("look_at_alerts", LookAtAlerts),
        ("poll_watched_flights", PollWatchedFlights),
        ("drop_old_flights", DropOldFlights),
        ("match_hotels", MatchHotels),
    ],
)
async def test_each_entry_makes_its_kind_of_job(engine: AsyncEngine, name: str, kind: type[Job]) -> None:
    assert type(await made(engine, name)) is kind


async def test_a_sync_that_is_under_way_is_not_asked_for_twice(engine: AsyncEngine) -> None:
    airports, again = await made(engine, "sync_airports"), await made(engine, "sync_airports")
    assert airports == again
    assert await made(engine, "sync_airlines") != airports


async def test_a_claim_that_is_given_back_takes_the_sync_with_it(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        first = await BY_NAME["sync_airports"].job(connection, SATURDAY)
        await connection.rollback()
    assert await made(engine, "sync_airports") != first


def test_an_interval_is_counted_the_same_by_every_scheduler() -> None:
    refresh = BY_NAME["refresh_popular_searches"]
    starts = [SATURDAY + timedelta(seconds=seconds) for seconds in (0, 0.5, 17, 29)]
    assert {next_due(refresh, after=start) for start in starts} == {datetime(2027, 2, 27, 22, 16, tzinfo=UTC)}
