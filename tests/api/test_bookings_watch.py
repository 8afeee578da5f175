"""How the bookings stand as a whole, while PostgreSQL is away."""

from datetime import UTC, datetime, timedelta

from api.admin.watch import BookingsWatch
from storage.bookings_standing import BookingsStanding
from storage.engine import create_engine

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


async def test_nobody_knows_how_bookings_stand_while_postgresql_is_away() -> None:
    away = create_engine("postgresql://nobody@127.0.0.1:9/nothing")
    try:
        assert await BookingsWatch(away, clock=lambda: NOW).standing() is None
    finally:
        await away.dispose()


def test_what_is_due_later_is_not_overdue() -> None:
    facts = {"under_way": 1, "in_doubt": 0, "findings": {}}
    for due, seconds in ((None, 0.0), (NOW + timedelta(minutes=1), 0.0), (NOW - timedelta(minutes=1), 60.0)):
        assert BookingsStanding(due_since=due, **facts).overdue_seconds(NOW) == seconds  # type: ignore[arg-type]  # facts of several types
