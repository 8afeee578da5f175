"""What money was worth, as it is held."""

from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.pricing import DailyRates
from storage import rates
from storage.engine import transaction
from tests.builders import NOW

THURSDAY = DailyRates(day=date(2027, 1, 14), per_euro={"CHF": Decimal("0.9512"), "USD": Decimal("1.0900")})
FRIDAY = DailyRates(day=date(2027, 1, 15), per_euro={"CHF": Decimal("0.9498"), "JPY": Decimal("163.420")})


async def keep(engine: AsyncEngine, *days: DailyRates, pretend: bool = False) -> None:
    async with transaction(engine) as connection:
        for day in days:
            await rates.keep(connection, day, source="bank.test", pretend=pretend, at=NOW)


async def latest(engine: AsyncEngine, *, pretend: bool = False, until: date | None = None) -> DailyRates | None:
    async with transaction(engine) as connection:
        return await rates.latest(connection, pretend=pretend, until=until)


async def test_the_newest_day_is_told_to_the_digit_with_its_own_currencies_only(engine: AsyncEngine) -> None:
    await keep(engine, FRIDAY, THURSDAY)
    held = await latest(engine)
    assert held == FRIDAY
    assert str(held.per_euro["JPY"]) == "163.420"


async def test_an_older_day_is_still_there(engine: AsyncEngine) -> None:
    await keep(engine, THURSDAY, FRIDAY)
    assert await latest(engine, until=THURSDAY.day) == THURSDAY
    assert await latest(engine, until=date(2027, 2, 1)) == FRIDAY
    assert await latest(engine, until=date(2027, 1, 1)) is None


async def test_a_day_that_is_told_anew_is_corrected(engine: AsyncEngine) -> None:
    corrected = DailyRates(day=FRIDAY.day, per_euro={**FRIDAY.per_euro, "CHF": Decimal("0.9500")})
    await keep(engine, FRIDAY)
    await keep(engine, corrected)
    assert await latest(engine) == corrected


async def test_pretend_rates_never_stand_in_for_true_ones(engine: AsyncEngine) -> None:
    await keep(engine, THURSDAY)
    await keep(engine, FRIDAY, pretend=True)
    assert await latest(engine) == THURSDAY
    assert await latest(engine, pretend=True) == FRIDAY


async def test_nothing_is_held_before_the_first_day(engine: AsyncEngine) -> None:
    assert await latest(engine) is None
