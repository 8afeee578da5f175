"""What is done when: the plan as data."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Subject
from domain.jobs import (
    DeliverWebhooks,
    DropExpiredOffers,
    DropIdempotencyKeys,
    DropOldFlights,
    DropOldHistory,
    DropOldLetters,
    DropOldReplies,
    DropOldWebhooks,
    ForgetPeople,
    HeedGatewayNotices,
    Job,
    LookAtAlerts,
    MatchHotels,
    PollWatchedFlights,
    Reconcile,
    RefreshIssuers,
    RefreshPopularSearches,
    SendLetters,
    SweepBookings,
    SyncAirlines,
    SyncAirports,
    SyncRates,
    SyncRoutes,
    TurnPriceDays,
)
from storage import reconciling, sync_jobs
from storage.reconciling import Because

MakeJob = Callable[[AsyncConnection, datetime], Awaitable[Job]]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """`when` is a crontab line in UTC, or an interval counted from 1970 on.

    A run by crontab that nobody was there for is made up for, once; a missed interval is not: the next one is near.
    Weekdays in a crontab line are named (`mon`), since APScheduler counts them from another day than cron does.
    `job` makes the job within the transaction that claims the run, so that what it writes stays only with the run.
    """

    name: str
    when: str | timedelta
    job: MakeJob

    @property
    def made_up_for(self) -> bool:
        return isinstance(self.when, str)


Plan = tuple[Entry, ...]


def always(job: Job) -> MakeJob:
    """The same job at each run."""

    async def made(_connection: AsyncConnection, _now: datetime) -> Job:
        return job

    return made


async def sync_airports(connection: AsyncConnection, now: datetime) -> SyncAirports:
    """A sync that is queued or under way is not asked for twice: its own job goes to the queue once more."""
    return SyncAirports(job_id=(await sync_jobs.create(connection, Subject.AIRPORTS, at=now)).id)


async def sync_airlines(connection: AsyncConnection, now: datetime) -> SyncAirlines:
    """As for the airports."""
    return SyncAirlines(job_id=(await sync_jobs.create(connection, Subject.AIRLINES, at=now)).id)


async def sync_routes(connection: AsyncConnection, now: datetime) -> SyncRoutes:
    """As for the airports."""
    return SyncRoutes(job_id=(await sync_jobs.create(connection, Subject.ROUTES, at=now)).id)


async def reconcile_hours(connection: AsyncConnection, now: datetime) -> Reconcile:
    """What changed lately, and what is in doubt. One that is under way is not begun twice, as with syncs."""
    run = await reconciling.ask(connection, Because.HOURLY, back=timedelta(hours=6), settled_for=_SETTLED, now=now)
    return Reconcile(run_id=run.id)


async def reconcile_days(connection: AsyncConnection, now: datetime) -> Reconcile:
    """What changed within days, with every question that there is."""
    run = await reconciling.ask(connection, Because.NIGHTLY, back=timedelta(days=7), settled_for=_SETTLED, now=now)
    return Reconcile(run_id=run.id)


_SETTLED: Final = timedelta(minutes=10)  # longer than any supplier or gateway takes to show what it has done

PLAN: Final[Plan] = (
    Entry(name="sync_airports", when="10 3 * * *", job=sync_airports),
    Entry(name="sync_airlines", when="40 3 * * *", job=sync_airlines),
    Entry(name="sync_routes", when="10 4 * * sun", job=sync_routes),
    # They are published at about 16:00 in Frankfurt on working days; whoever is late is asked again.
    Entry(name="sync_rates", when="20,50 14,15,16 * * mon-fri", job=always(SyncRates())),
    Entry(name="drop_expired_offers", when="0 * * * *", job=always(DropExpiredOffers())),
    Entry(name="drop_old_replies", when="20 * * * *", job=always(DropOldReplies())),
    Entry(name="drop_old_history", when="30 2 * * *", job=always(DropOldHistory())),
    Entry(name="refresh_popular_searches", when=timedelta(minutes=1), job=always(RefreshPopularSearches())),
    Entry(name="turn_price_days", when="40 * * * *", job=always(TurnPriceDays())),
    Entry(name="look_at_alerts", when=timedelta(minutes=1), job=always(LookAtAlerts())),
    Entry(name="poll_watched_flights", when=timedelta(seconds=5), job=always(PollWatchedFlights())),
    # Whatever a job that was given up has left unjudged.
    Entry(name="match_hotels", when="50 * * * *", job=always(MatchHotels())),
    Entry(name="deliver_webhooks", when=timedelta(seconds=5), job=always(DeliverWebhooks())),
    Entry(name="send_letters", when=timedelta(seconds=5), job=always(SendLetters())),
    # Also asked for when a token comes whose key nobody knows.
    Entry(name="refresh_issuers", when=timedelta(minutes=10), job=always(RefreshIssuers())),
    Entry(name="forget_people", when="15 2 * * *", job=always(ForgetPeople())),
    Entry(name="drop_old_letters", when="45 2 * * *", job=always(DropOldLetters())),
    Entry(name="drop_old_webhooks", when="35 2 * * *", job=always(DropOldWebhooks())),
    Entry(name="drop_old_flights", when="40 * * * *", job=always(DropOldFlights())),
    # The web process asks for it at once; this is for what that missed, and for payments that were not known yet.
    Entry(name="heed_gateway_notices", when=timedelta(seconds=10), job=always(HeedGatewayNotices())),
    Entry(name="sweep_bookings", when=timedelta(seconds=5), job=always(SweepBookings())),
    Entry(name="reconcile_hours", when="5 * * * *", job=reconcile_hours),
    Entry(name="reconcile_days", when="35 1 * * *", job=reconcile_days),
    Entry(name="drop_idempotency_keys", when="10 * * * *", job=always(DropIdempotencyKeys())),
)
