"""The day's rates as a worker takes them down: what is true is kept and told, what can't be is refused and changes nothing."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import redis.asyncio
from dramatiq import Broker

from adapters.kit.failures import GiveUp, TryLater
from adapters.open_data.rates import Feed
from domain.jobs import SyncRates
from domain.pricing import DailyRates
from sandbox.asgi import Receive, Scope, Send, answer
from sandbox.currencies import RATES
from sandbox.server import create_app
from storage import rate_news, rates
from storage.engine import transaction
from tests.sandbox.serving import serving
from tests.sandbox.travel import Clock, a_world
from tests.workers.conftest import MakeTools, queued
from workers.exchange import ask_for_the_first
from workers.rates import sync_rates
from workers.tools import Tools

FRIDAY = date(2027, 1, 15)
EVENING = datetime(2027, 1, 15, 16, 0, tzinfo=UTC)
JOB = SyncRates()


class Bank:
    """Publishes what the test says, behind a real port."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""

    def publish(self, *days: tuple[date, dict[str, str]]) -> None:
        cubes = "".join(
            f"<Cube time='{day}'>" + "".join(f"<Cube currency='{c}' rate='{r}'/>" for c, r in told.items()) + "</Cube>"
            for day, told in days
        )
        self.body = f"<Envelope><Cube>{cubes}</Cube></Envelope>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for word in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{word}.complete"})
            return
        await answer(send, status=self.status, body=self.body, content_type=b"text/xml")


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[Bank, str]]:
    bank = Bank()
    with serving(bank) as url:
        yield bank, f"{url}/daily.xml"


@pytest.fixture
def bank(address: tuple[Bank, str]) -> Bank:
    address[0].status = 200
    address[0].publish((FRIDAY, {"USD": "1.0842", "CHF": "0.9512"}))
    return address[0]


@pytest.fixture
def at_the_bank(address: tuple[Bank, str], tools: MakeTools) -> Tools:
    return tools(feed=Feed(url=address[1], pretend=False), now=EVENING)


async def held(tools: Tools, *, pretend: bool = False) -> DailyRates | None:
    async with transaction(tools.engine) as connection:
        return await rates.latest(connection, pretend=pretend)


def of(day: date, **told: str) -> DailyRates:
    return DailyRates(day=day, per_euro={code: Decimal(units) for code, units in told.items()})


async def test_the_days_rates_are_kept(bank: Bank, at_the_bank: Tools) -> None:
    await sync_rates(JOB, at_the_bank)
    assert await held(at_the_bank) == of(FRIDAY, CHF="0.9512", USD="1.0842")


async def test_rates_that_come_twice_are_kept_once_and_newer_ones_take_over(bank: Bank, at_the_bank: Tools) -> None:
    bank.publish((date(2027, 1, 14), {"USD": "1.0800"}))
    await sync_rates(JOB, at_the_bank)
    await sync_rates(JOB, at_the_bank)
    bank.publish((FRIDAY, {"USD": "1.0842"}), (date(2027, 1, 14), {"USD": "1.0800"}))
    await sync_rates(JOB, at_the_bank)
    assert await held(at_the_bank) == of(FRIDAY, USD="1.0842")


async def test_rates_that_were_corrected_on_their_day_are_taken(bank: Bank, at_the_bank: Tools) -> None:
    await sync_rates(JOB, at_the_bank)
    bank.publish((FRIDAY, {"USD": "1.0850", "CHF": "0.9512"}))
    await sync_rates(JOB, at_the_bank)
    assert await held(at_the_bank) == of(FRIDAY, CHF="0.9512", USD="1.0850")


@pytest.mark.parametrize(
    ("day", "told", "why"),
    [
        (date(2027, 1, 16), {"USD": "1.08", "CHF": "0.95"}, "2027-01-16 are refused: they are of 2027-01-16"),
        (FRIDAY, {"USD": "0", "CHF": "0.95"}, "a euro buys 0 USD"),
        (FRIDAY, {"USD": "1.40", "CHF": "0.95"}, "a euro buys 1.40 USD, and on 2027-01-14 it bought 1.0800"),
        (FRIDAY, {"EUR": "0.92", "CHF": "0.95"}, "in another money than euros"),
    ],
)
async def test_absurd_rates_are_refused_by_name_and_the_old_ones_stay(
    day: date, told: dict[str, str], why: str, bank: Bank, at_the_bank: Tools
) -> None:
    bank.publish((date(2027, 1, 14), {"USD": "1.0800", "CHF": "0.9500"}))
    await sync_rates(JOB, at_the_bank)
    bank.publish((day, told))
    with pytest.raises(GiveUp, match=why):
        await sync_rates(JOB, at_the_bank)
    assert await held(at_the_bank) == of(date(2027, 1, 14), USD="1.0800", CHF="0.9500")


async def test_one_absurd_day_among_ninety_spoils_the_feed_since_nobody_knows_which_one_is_right(
    bank: Bank, at_the_bank: Tools
) -> None:
    bank.publish((date(2027, 1, 13), {"USD": "1.08"}), (date(2027, 1, 14), {"USD": "10.8"}), (FRIDAY, {"USD": "1.08"}))
    with pytest.raises(GiveUp, match="2027-01-14 are refused"):
        await sync_rates(JOB, at_the_bank)
    assert await held(at_the_bank) is None


async def test_a_bank_that_is_down_is_asked_again_later(bank: Bank, at_the_bank: Tools) -> None:
    bank.status = 503
    with pytest.raises(TryLater):
        await sync_rates(JOB, at_the_bank)


async def test_without_a_feed_there_is_nothing_to_do(tools: MakeTools) -> None:
    held_tools = tools()
    await sync_rates(JOB, held_tools)
    assert await held(held_tools) is None


async def test_the_sandboxs_rates_are_kept_as_pretend_ones(tools: MakeTools) -> None:
    app: Any = create_app(world=a_world(clock=Clock(EVENING)), suppliers={})
    with serving(app) as url:
        pretend = tools(feed=Feed(url=f"{url}/_rates/eurofxref-daily.xml", pretend=True), now=EVENING)
        await sync_rates(JOB, pretend)
    told = await held(pretend, pretend=True)
    assert told is not None
    assert (told.day, told.per_euro["CHF"]) == (FRIDAY, RATES["CHF"])
    assert await held(pretend) is None


async def test_everybody_hears_of_new_rates_and_of_old_ones_nobody(
    bank: Bank, at_the_bank: Tools, shared: "redis.asyncio.Redis"
) -> None:
    before = await told_news(shared)
    async with asyncio.timeout(60):
        heard = 0
        async for news in rate_news.news(shared):
            heard += news
            if heard == 2:
                break
            if heard == 1 and news:  # the subscription stands
                await sync_rates(JOB, at_the_bank)
    await sync_rates(JOB, at_the_bank)
    assert await told_news(shared) - before == 1


async def told_news(shared: "redis.asyncio.Redis") -> int:
    """How often anybody told anything since the server started."""
    told: int = (await shared.info("commandstats")).get("cmdstat_publish", {}).get("calls", 0)
    return told


async def test_whoever_has_no_rates_asks_for_them_at_the_start(
    bank: Bank, at_the_bank: Tools, broker: Broker, tools: MakeTools
) -> None:
    await ask_for_the_first(tools().exchange, at_the_bank.queue)
    assert queued(broker, "catalogue") == 0
    await ask_for_the_first(at_the_bank.exchange, at_the_bank.queue)
    assert queued(broker, "catalogue") == 1
    await sync_rates(JOB, at_the_bank)
    at_the_bank.exchange.doubt()
    await ask_for_the_first(at_the_bank.exchange, at_the_bank.queue)
    assert queued(broker, "catalogue") == 1
