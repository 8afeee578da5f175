"""How the bookings stand as a whole: a few numbers, each from an index that is short when all is well."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import BookingStatus
from domain.findings import MEANINGS, Severity
from storage import findings
from storage.booking_tables import BOOKINGS

_OF: Final = BOOKINGS.c


class BookingsStanding(msgspec.Struct, frozen=True, kw_only=True):
    """`under_way` are those at which somebody looks again, `due_since` is when the first was due that still is.

    `findings` counts those that wait for somebody, with every severity.
    """

    under_way: int
    in_doubt: int
    due_since: datetime | None
    findings: Mapping[Severity, int]

    def overdue_seconds(self, now: datetime) -> float:
        """Zero where nothing is due."""
        return 0.0 if self.due_since is None else round(max((now - self.due_since).total_seconds(), 0.0), 1)


async def standing(connection: AsyncConnection, *, now: datetime) -> BookingsStanding:
    """Whatever is in doubt is due some time, so the index of what is due holds all of it."""
    counted = await connection.execute(
        select(
            func.count(),
            func.count().filter(_OF.status == BookingStatus.IN_DOUBT),
            func.min(_OF.due_at).filter(_OF.due_at <= now),
        ).where(_OF.due_at.is_not(None))
    )
    under_way, in_doubt, due_since = counted.one()
    by_severity = dict.fromkeys(Severity, 0)
    for kind, count in (await findings.standing(connection)).items():
        by_severity[MEANINGS[kind].severity] += count
    return BookingsStanding(under_way=under_way, in_doubt=in_doubt, due_since=due_since, findings=by_severity)
