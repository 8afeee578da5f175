"""What money was worth on each day, as published; nothing of it is ever dropped."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.pricing import DailyRates
from storage.tables import EXCHANGE_RATES

_HELD: Final = EXCHANGE_RATES.c


async def keep(connection: AsyncConnection, told: DailyRates, *, source: str, pretend: bool, at: datetime) -> None:
    """Hold a day's rates; one that is told anew takes the place of what was told before. `source` is who told."""
    new = insert(EXCHANGE_RATES)
    replaced = new.on_conflict_do_update(
        index_elements=[_HELD.pretend, _HELD.day, _HELD.currency],
        set_={name: new.excluded[name] for name in ("per_euro", "source", "told_at")},
    )
    rows = [
        {
            "pretend": pretend,
            "day": told.day,
            "currency": currency,
            "per_euro": units,
            "source": source,
            "told_at": at,
        }
        for currency, units in told.per_euro.items()
    ]
    await connection.execute(replaced, rows)


async def latest(connection: AsyncConnection, *, pretend: bool, until: date | None = None) -> DailyRates | None:
    """Of the last day that is held, or the last one up to `until`; None where none is."""
    days = select(func.max(_HELD.day)).where(_HELD.pretend.is_(pretend))
    if until is not None:
        days = days.where(_HELD.day <= until)
    wanted = select(_HELD.day, _HELD.currency, _HELD.per_euro).where(
        _HELD.pretend.is_(pretend), _HELD.day == days.scalar_subquery()
    )
    rows = (await connection.execute(wanted.order_by(_HELD.currency))).all()
    return DailyRates(day=rows[0].day, per_euro={row.currency: row.per_euro for row in rows}) if rows else None
