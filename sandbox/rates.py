"""The feed of rates as a central bank publishes it: XML, a day's rates or those of ninety days, on working days at four."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import falcon
import falcon.asgi

from sandbox.currencies import RATES
from sandbox.pages import Refused, parameters

# Those that the European Central Bank has rates of, so that the pretend world lacks the same ones.
_LISTED: Final = """
USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR
"""

_FRANKFURT: Final = ZoneInfo("Europe/Berlin")
_PUBLISHED: Final = time(16)
_DAYS: Final = {"eurofxref-daily.xml": 1, "eurofxref-hist-90d.xml": 90}  # name of the file, days back from the newest
_SATURDAY: Final = 5

_ENVELOPE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>The pretend bank of the sandbox</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
{days}
\t</Cube>
</gesmes:Envelope>
"""


class RatesPage:
    """`now` is the world's clock. The same rates every day: a price in any currency can be checked."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now: Final = now

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, name: str) -> None:
        parameters(req)
        if name not in _DAYS:
            raise Refused(f"there is no {name!r}, only {' and '.join(_DAYS)}", status=404)
        newest = newest_day(self._now())
        resp.content_type = "text/xml"
        resp.text = _ENVELOPE.format(days="\n".join(_cube(day) for day in _days(newest, _DAYS[name])))


def newest_day(now: datetime) -> date:
    """The last working day that has seen four o'clock in Frankfurt."""
    there = now.astimezone(_FRANKFURT)
    day = there.date() if there.time() >= _PUBLISHED else there.date() - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day


def _days(newest: date, back: int) -> Iterator[date]:
    """Working days, the newest first."""
    for ago in range(back):
        day = newest - timedelta(days=ago)
        if day.weekday() < _SATURDAY:
            yield day


def _cube(day: date) -> str:
    rows = "\n".join(f"\t\t\t<Cube currency='{code}' rate='{RATES[code]}'/>" for code in _LISTED.split())
    return f"\t\t<Cube time='{day}'>\n{rows}\n\t\t</Cube>"
