"""What money is worth: a daily feed in the form in which the European Central Bank publishes its reference rates."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from adapters.kit import transport
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import GiveUp, TryLater
from adapters.kit.xml import decoded_xml
from domain.money import EXPONENTS
from domain.pricing import BASE, DailyRates
from domain.searches import Outcome

_PATIENCE: Final = timedelta(seconds=20)
_LARGEST: Final = 20_000_000  # bytes; all days since 1999 are eight million
_FEED: Final = Call(operation="rates", path="", headers=(("accept", "application/xml, text/xml"),))
_OK: Final = 200
_AT_THE_SANDBOX: Final = "_rates/eurofxref-daily.xml"


class _Rate(msgspec.Struct, frozen=True):
    currency: str
    rate: Decimal


class _Day(msgspec.Struct, frozen=True):
    day: date = msgspec.field(name="time")
    rates: list[_Rate] = msgspec.field(name="Cube")


class _Days(msgspec.Struct, frozen=True):
    days: list[_Day] = msgspec.field(name="Cube")


class _Envelope(msgspec.Struct, frozen=True):
    """Three kinds of Cube, one in another: all days, a day, a currency's rate."""

    cube: _Days = msgspec.field(name="Cube")


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Where rates are published. `pretend` ones are the sandbox's: nobody pays with them."""

    url: str
    pretend: bool

    @property
    def source(self) -> str:
        """Who tells them, without whatever the address holds beside."""
        return urlsplit(self.url).hostname or self.url


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a feed, the oldest first, and the codes in it that we know as no currency."""

    days: tuple[DailyRates, ...]
    unknown: tuple[str, ...]


def feed(environment: Mapping[str, str]) -> Feed | None:
    """RATES_URL, else the sandbox's where there is a sandbox, else None. Raises ValueError for what is no address."""
    if url := environment.get("RATES_URL"):
        told = urlsplit(url)
        if told.scheme not in {"http", "https"} or not told.hostname:
            raise ValueError(f"RATES_URL is {url!r}, but a feed has an address such as https://example.org/daily.xml")
        return Feed(url=url, pretend=False)
    if sandbox := environment.get("SANDBOX_URL"):
        return Feed(url=f"{sandbox.rstrip('/')}/{_AT_THE_SANDBOX}", pretend=True)
    return None


async def published(feed: Feed, *, over: httpx.AsyncBaseTransport | None = None) -> Reply:
    """The feed as it is now. Raises TryLater for every trouble on the way there: a feed that is down comes back."""
    async with transport.client(_PATIENCE, 1, over) as http:
        reply = await transport.sent(http, feed.url, _FEED, largest=_LARGEST)
    if reply.status != _OK:
        raise TryLater(f"rates: the feed answers {reply.status}", outcome=Outcome.ERROR)
    return reply


def read(reply: Reply) -> Told:
    """Of today, of ninety days or of all: they differ in length only. Raises GiveUp for what is no such feed."""
    told = decoded_xml(reply, _Envelope, root="Envelope")
    unknown = {one.currency for day in told.cube.days for one in day.rates if one.currency not in EXPONENTS}
    days = sorted((_daily(day) for day in told.cube.days), key=lambda rates: rates.day)
    if len({rates.day for rates in days}) < len(days):
        raise GiveUp("rates: the feed tells a day twice", outcome=Outcome.ERROR)
    return Told(days=tuple(days), unknown=tuple(sorted(unknown)))


def _daily(told: _Day) -> DailyRates:
    """A feed has no row for its own money; one that has a row says by it which money that is."""
    per_euro = {one.currency: one.rate for one in told.rates if one.currency in EXPONENTS}
    if per_euro.get(BASE) == 1:
        del per_euro[BASE]
    return DailyRates(day=told.day, per_euro=per_euro)
