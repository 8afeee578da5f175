"""The pretend central bank: rates on working days at four in Frankfurt, in the words of the real one."""

from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from sandbox.currencies import RATES
from sandbox.rates import newest_day
from sandbox.server import create_app
from tests.sandbox.travel import Clock, a_world

CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
FRIDAY_NOON = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


async def asked(path: str, now: datetime = FRIDAY_NOON) -> httpx.Response:
    app: Any = create_app(world=a_world(clock=Clock(now)), suppliers={})
    over = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=over, base_url="http://sandbox.test") as client:
        return await client.get(path)


async def days(path: str, now: datetime = FRIDAY_NOON) -> dict[str, dict[str, str]]:
    answered = await asked(path, now)
    assert (answered.status_code, answered.headers["content-type"]) == (200, "text/xml")
    (every,) = ET.fromstring(answered.content).findall(CUBE)  # noqa: S314 -- written by ourselves
    return {day.attrib["time"]: {row.attrib["currency"]: row.attrib["rate"] for row in day} for day in every}


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (FRIDAY_NOON, date(2027, 1, 14)),
        (datetime(2027, 1, 15, 14, 59, tzinfo=UTC), date(2027, 1, 14)),
        (datetime(2027, 1, 15, 15, 0, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2027, 1, 17, 20, 0, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2027, 1, 18, 9, 0, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2027, 7, 15, 14, 0, tzinfo=UTC), date(2027, 7, 15)),  # summer time
    ],
)
def test_rates_come_at_four_on_working_days(now: datetime, newest: date) -> None:
    assert newest_day(now) == newest


async def test_the_daily_feed_has_one_day_with_what_the_pretend_suppliers_reckon_with() -> None:
    (told,) = (await days("/_rates/eurofxref-daily.xml")).items()
    assert told[0] == "2027-01-14"
    assert len(told[1]) == 29
    assert told[1] == {code: str(RATES[code]) for code in told[1]}
    assert "EUR" not in told[1]


async def test_the_long_feed_has_working_days_and_the_newest_comes_first() -> None:
    told = list(await days("/_rates/eurofxref-hist-90d.xml"))
    assert told[:5] == ["2027-01-14", "2027-01-13", "2027-01-12", "2027-01-11", "2027-01-08"]
    assert len(told) == 64


async def test_another_file_is_not_there() -> None:
    answered = await asked("/_rates/eurofxref.zip")
    assert answered.status_code == 404
    assert "eurofxref-daily.xml" in answered.json()["detail"]
