"""`travelhub explain`: an answer, its replies read again, and why it is what it is, in words."""

import asyncio
from datetime import timedelta
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from cli import explain
from cli.stops import Stop
from domain.fetches import fetch
from domain.matching.verticals import MERGED
from domain.offers import Conversion, Offer
from domain.searches import Outcome, Search, arrived, begun
from storage import fetches, offers
from storage.engine import create_engine, transaction
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, money, offer, report

QUERY = flight_query()


def search() -> Search:
    """Two sellers of one flight, and nobody's folder behind them: their replies can't be read again."""
    pounds = offer(supplier=BLUEBIRD, price=money("400.00", "GBP"))
    shown = Conversion(amount=money("480.00"), rate=money("1.20").amount, rate_on=NOW.date())
    converted: Offer = msgspec.structs.replace(pounds, converted=shown)
    first = arrived(begun(QUERY, [ALBATROSS, BLUEBIRD, "heron"], NOW), report(offers=1), [offer()], **_how())
    second = arrived(first, report(supplier=BLUEBIRD, offers=1), [converted], **_how())
    missing = report(supplier="heron", status=Outcome.TIMEOUT, fetched_at=None, detail="it gave no answer in time")
    return arrived(second, missing, (), **_how())


def _how() -> dict[str, Any]:
    return {"merge": MERGED["flights"], "now": NOW}


async def _kept(database_url: str) -> None:
    engine = create_engine(database_url, connections=1)
    held = search()
    async with transaction(engine) as connection:
        await fetches.keep(connection, fetch(held))
        await offers.keep(connection, [one for result in held.results for one in result.offers], query=QUERY)
    await engine.dispose()


def printed(told: explain.Explanation) -> str:
    console = Console(file=StringIO(), width=200, markup=False)
    with console.capture() as shown:
        for part in explain.shown(told):
            console.print(part)
    return shown.get()


def test_a_search_is_explained_in_words(database_url: str) -> None:
    asyncio.run(_kept(database_url))
    words = printed(explain.told(database_url, offer="", search=QUERY.id))
    assert f"Search {QUERY.id}, asked at 2027-01-15 12:00:00" in words
    assert "heron timeout: 0 offers, 0 skipped, it gave no answer in time" in words
    assert "unknown: 1 kept, 0 read again, nobody here reads this supplier's replies any more" in words
    assert "Limit: a supplier is missing: fresh until 2027-01-15 12:00:20" in words
    assert "(decides how long it is fresh and usable)" in words
    assert "1 GBP is 1.20 EUR (2027-01-15), for 1 offers." in words
    assert f"2 offers of {ALBATROSS}, {BLUEBIRD}" in words


def test_an_offer_is_explained_with_the_result_that_it_stands_in(database_url: str) -> None:
    asyncio.run(_kept(database_url))
    told = explain.told(database_url, offer=offer().id, search="")
    assert told.result is not None
    assert f"Offer {offer().id} of {ALBATROSS}: 420.00 EUR, told at 2027-01-15 12:00:00." in printed(told)
    assert told.true
    assert msgspec.json.decode(msgspec.json.encode(told))["offer"]["id"] == offer().id


def test_what_is_not_in_the_books_is_said_in_a_sentence(database_url: str) -> None:
    with pytest.raises(Stop, match="No search"):
        explain.told(database_url, offer="", search="nobody")
    with pytest.raises(Stop, match="No offer"):
        explain.told(database_url, offer="nobody", search="")
    with pytest.raises(Stop, match="Tell what to explain"):
        explain.told(database_url, offer="", search="")


def test_an_offer_whose_search_is_forgotten_is_said_so(database_url: str) -> None:
    async def kept_alone() -> None:
        engine = create_engine(database_url, connections=1)
        async with transaction(engine) as connection:
            await offers.keep(connection, [offer(fetched_at=NOW + timedelta(hours=1))], query=QUERY)
        await engine.dispose()

    asyncio.run(kept_alone())
    with pytest.raises(Stop, match="forgotten"):
        explain.told(database_url, offer=offer().id, search="")
