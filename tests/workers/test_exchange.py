"""A search in a money that not every supplier takes: what is charged stays, what it is worth is told beside it."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.conversation import Found
from adapters.open_data.rates import Feed
from domain.jobs import AskSuppliers
from domain.offers import Offer
from domain.pricing import DailyRates
from domain.searches import Search, SkippedRecord
from storage import rate_news, rates
from storage.engine import create_engine, transaction
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, money, offer
from tests.workers.conftest import MakeTools, fares
from workers.exchange import ExchangeDesk, exchanged, heed_news
from workers.search import ask_suppliers
from workers.tools import Tools

FEED = Feed(url="http://bank.test/daily.xml", pretend=False)
THURSDAY, FRIDAY = date(2027, 1, 14), date(2027, 1, 15)


async def publish(engine: AsyncEngine, day: date = FRIDAY, **told: str) -> None:
    per_euro = {code: Decimal(units) for code, units in told.items()}
    async with transaction(engine) as connection:
        await rates.keep(connection, DailyRates(day=day, per_euro=per_euro), source="bank.test", pretend=False, at=NOW)


def a_desk(engine: AsyncEngine, feed: Feed | None = FEED) -> ExchangeDesk:
    return ExchangeDesk(engine, feed, now=lambda: NOW)


def found(*offers: Offer) -> Found:
    return Found(offers=offers, skipped=(SkippedRecord(where="a", why="b"),), replied_at=NOW, seconds=0.1)


async def test_an_offer_in_another_money_keeps_its_price_and_says_what_it_is_worth(engine: AsyncEngine) -> None:
    await publish(engine, GBP="0.8000", USD="1.1000")
    (told,) = (await exchanged(found(offer(price=money("80.00", "GBP"))), "USD", a_desk(engine))).offers
    assert told.price == money("80.00", "GBP")
    assert told.converted is not None
    assert (told.converted.amount, told.converted.rate, told.converted.rate_on) == (
        money("110.00", "USD"), Decimal("1.375"), FRIDAY,
    )  # fmt: skip
    assert told.shown_price == money("110.00", "USD")


async def test_an_offer_in_the_money_that_was_asked_for_is_left_alone(engine: AsyncEngine) -> None:
    await publish(engine, GBP="0.8000")
    euros, pounds = offer(), offer(reference="fare-2", price=money("80.00", "GBP"))
    told = await exchanged(found(euros, pounds), "EUR", a_desk(engine))
    assert told.offers[0] is euros
    assert told.offers[1].shown_price == money("100.00", "EUR")
    assert len(told.skipped) == 1


async def test_where_all_is_in_one_money_nobody_looks_for_rates(engine: AsyncEngine) -> None:
    away = create_engine("postgresql://nobody@127.0.0.1:1/nowhere")
    offers = found(offer(), offer(reference="fare-2"))
    assert await exchanged(offers, "EUR", a_desk(away)) is offers
    await away.dispose()


async def test_an_offer_in_money_without_a_rate_is_skipped_by_name(engine: AsyncEngine) -> None:
    await publish(engine, GBP="0.8000")
    pesos = offer(price=money("999.00", "ARS"))
    told = await exchanged(found(pesos, offer(reference="fare-2")), "EUR", a_desk(engine))
    assert [kept.price.currency for kept in told.offers] == ["EUR"]
    assert told.skipped[1:] == (
        SkippedRecord(where=pesos.id, why="priced in ARS, asked for in EUR: there is no rate of ARS"),
    )


async def test_before_the_first_rates_there_is_nothing_to_reckon_with(engine: AsyncEngine) -> None:
    pounds = offer(price=money("80.00", "GBP"))
    told = await exchanged(found(pounds), "EUR", a_desk(engine))
    assert told.offers == ()
    assert told.skipped[-1].why == "priced in GBP, asked for in EUR: there are no rates yet"


async def test_pretend_rates_are_not_reckoned_with_where_true_ones_are_wanted(engine: AsyncEngine) -> None:
    await publish(engine, GBP="0.8000")
    assert await a_desk(engine, Feed(url="http://127.0.0.1:1", pretend=True)).current() is None
    assert await a_desk(engine, None).current() is None
    assert await a_desk(engine).current() is not None


async def test_while_postgresql_does_not_answer_the_last_known_rates_are_good_enough(
    engine: AsyncEngine, database_url: str
) -> None:
    await publish(engine, GBP="0.8000")
    impatient = create_engine(database_url, statement_timeout=timedelta(seconds=1))
    desk = a_desk(impatient)
    held = await desk.current()
    async with transaction(engine) as connection:
        await connection.execute(text("LOCK TABLE exchange_rates IN ACCESS EXCLUSIVE MODE"))
        desk.doubt()
        assert await desk.current() is held is not None
    await impatient.dispose()


async def test_rates_are_remembered_until_there_is_news_of_newer_ones(tools: MakeTools, engine: AsyncEngine) -> None:
    await publish(engine, THURSDAY, GBP="0.8000")
    held = tools(feed=FEED, now=NOW)
    first = await held.exchange.current()
    await publish(engine, FRIDAY, GBP="0.8500")
    assert await held.exchange.current() is first

    heeding = asyncio.create_task(heed_news(held.exchange, held.redis))
    try:
        async with asyncio.timeout(60):
            while (newest := await held.exchange.current()) is first:
                await rate_news.tell(held.redis)
    finally:
        heeding.cancel()
        await asyncio.gather(heeding, return_exceptions=True)
    assert newest is not None
    assert newest.day == FRIDAY


async def test_a_search_shows_everybodys_offers_in_its_own_money_the_cheapest_first(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    await publish(engine, USD="1.1000")
    search = await _searched(tools(_DESKS, feed=FEED, now=NOW), "USD")
    offers = [held for result in search.results for held in result.offers]
    assert [(held.price, held.shown_price) for held in offers] == [
        (money("399.00"), money("438.90", "USD")),
        (money("420.00"), money("462.00", "USD")),
    ]
    assert {report.offers for report in search.suppliers} == {1}


async def test_a_search_without_rates_names_what_it_leaves_out(tools: MakeTools) -> None:
    search = await _searched(tools(_DESKS), "USD")
    assert search.results == ()
    report = search.report(ALBATROSS)
    assert (report.offers, report.skipped_records) == (0, 1)
    assert report.skipped[0].why == "priced in EUR, asked for in USD: there are no rates yet"


_DESKS = {ALBATROSS: fares("420.00"), BLUEBIRD: fares("399.00")}


async def _searched(held: Tools, currency: str) -> Search:
    query = flight_query(currency=currency)
    await ask_suppliers(AskSuppliers(query=query), held)
    search = await held.cache.get(query.id)
    assert search is not None
    return search


async def test_old_rates_are_still_reckoned_with(engine: AsyncEngine) -> None:
    long_ago = (NOW - timedelta(days=40)).date()
    await publish(engine, long_ago, GBP="0.8000")
    (told,) = (await exchanged(found(offer(price=money("80.00", "GBP"))), "EUR", a_desk(engine))).offers
    assert told.converted is not None
    assert told.converted.rate_on == long_ago
