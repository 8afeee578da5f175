"""Old offers and replies go, popular answers stay warm."""

from datetime import UTC, datetime, timedelta

import msgspec
from dramatiq import Broker

from domain.jobs import AskSuppliers, Because, DropExpiredOffers, DropOldReplies, RefreshPopularSearches
from domain.matching.flights import merged
from domain.orders import Quote, QuotedOffer
from domain.queries import Query
from domain.searches import arrived, begun
from storage import drift, offers, quotes, replies
from storage.drift import SeenField, Standing
from storage.engine import transaction
from storage.replies import KeptReply
from tests.builders import ALBATROSS, flight_query, offer, report
from tests.workers.conftest import MakeTools, fares, queued
from workers.housekeeping import drop_expired_offers, drop_old_replies, refresh_popular_searches
from workers.search import ask_suppliers
from workers.tools import Tools

QUERY = flight_query()


async def test_offers_that_expired_the_day_before_yesterday_are_dropped(tools: MakeTools) -> None:
    held, now = tools(), datetime.now(UTC)
    old = offer(reference="old", fetched_at=now - timedelta(days=3), expires_at=now - timedelta(days=2))
    recent = offer(reference="recent", fetched_at=now - timedelta(hours=2), expires_at=now - timedelta(hours=1))
    async with transaction(held.engine) as connection:
        await offers.keep(connection, (old, recent), query=flight_query())

    await drop_expired_offers(DropExpiredOffers(), held)

    async with transaction(held.engine) as connection:
        assert await offers.get(connection, old.id) is None
        assert await offers.get(connection, recent.id) == recent


def said(*, age: timedelta, size: int = 10) -> KeptReply:
    return KeptReply(
        supplier=ALBATROSS,
        operation="search",
        about="any",
        status=200,
        received_at=datetime.now(UTC) - age,
        head=b"",
        body=b"x" * size,
    )


async def kept(held: Tools) -> list[int]:
    """The sizes of the replies in the books, the oldest first."""
    async with transaction(held.engine) as connection:
        numbers = await replies.ids(connection, about="any")
        found = [await replies.read(connection, number) for number in numbers]
    return [len(reply.body) for reply in found if reply is not None]


async def test_replies_go_after_three_days(tools: MakeTools) -> None:
    held = tools()
    async with transaction(held.engine) as connection:
        ages = [timedelta(hours=hours) for hours in (73, 71, *range(80, 2080))]
        await replies.keep(connection, [said(age=age, size=10 + index) for index, age in enumerate(ages)])

    await drop_old_replies(DropOldReplies(), held)

    assert await kept(held) == [11]


async def test_replies_go_when_they_take_too_much_room(tools: MakeTools) -> None:
    held = tools()
    async with transaction(held.engine) as connection:
        await replies.keep(connection, [said(age=timedelta(minutes=size), size=size) for size in (10, 20, 30, 40)])

    await drop_old_replies(DropOldReplies(most_bytes=35), held)

    assert await kept(held) == [20, 10]


async def test_fields_that_no_reply_speaks_of_any_more_are_forgotten(tools: MakeTools) -> None:
    held, now = tools(), datetime.now(UTC)
    async with transaction(held.engine) as connection:
        for path, age in (("old", 100), ("young", 80)):
            seen = {path: SeenField(kind="text", standing=Standing.UNKNOWN)}
            at = now - timedelta(days=age)
            await drift.note(connection, ALBATROSS, path, seen=seen, missed=(), at=at)

    await drop_old_replies(DropOldReplies(), held)

    async with transaction(held.engine) as connection:
        assert [finding.path for finding in await drift.findings(connection)] == ["young"]


async def test_what_is_asked_often_is_refreshed_before_it_grows_stale(tools: MakeTools, broker: Broker) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await asked(held, QUERY, age=timedelta(minutes=59))

    await refresh_popular_searches(RefreshPopularSearches(), held)

    assert queued(broker, "refresh") == 1
    assert await held.cache.claimed(QUERY.id)


async def test_what_is_still_fresh_is_left_alone(tools: MakeTools, broker: Broker) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await asked(held, QUERY, age=timedelta(minutes=1))

    await refresh_popular_searches(RefreshPopularSearches(), held)

    assert queued(broker, "refresh") == 0


async def test_two_housekeepers_refresh_once(tools: MakeTools, broker: Broker) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await asked(held, QUERY, age=timedelta(minutes=59))

    await refresh_popular_searches(RefreshPopularSearches(), held)
    await refresh_popular_searches(RefreshPopularSearches(), held)

    assert queued(broker, "refresh") == 1


async def test_a_refresh_replaces_the_answer_when_it_is_complete(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("399.00")})
    await asked(held, QUERY, age=timedelta(minutes=59))

    await ask_suppliers(AskSuppliers(query=QUERY, because=Because.REFRESH), held)

    search = await held.cache.get(QUERY.id)
    assert search is not None
    assert [held_offer.price.amount for result in search.results for held_offer in result.offers] == [399]


async def asked(tools: Tools, query: Query, *, age: timedelta) -> None:
    """Somebody asked for it just now, and its answer has this age."""
    fetched_at = datetime.now(UTC) - age
    held = offer(fetched_at=fetched_at, expires_at=fetched_at + timedelta(hours=1))
    search = begun(query, (ALBATROSS,), fetched_at)
    answer = arrived(search, report(fetched_at=fetched_at), (held,), merge=merged, now=fetched_at)
    await tools.cache.publish(msgspec.structs.replace(answer, fetched_at=fetched_at))
    await tools.cache.claim(query, patience=timedelta(seconds=1))
    await tools.cache.release(query.id)
    await tools.cache.note_asked({query.id: 3})


async def test_quotes_that_expired_the_day_before_yesterday_are_dropped(tools: MakeTools) -> None:
    held, now = tools(), datetime.now(UTC)
    async with transaction(held.engine) as connection:
        for number, at in (("old", now - timedelta(days=2)), ("recent", now - timedelta(hours=2))):
            await quotes.keep(connection, _quoted(number, at))

    await drop_expired_offers(DropExpiredOffers(), held)

    async with transaction(held.engine) as connection:
        assert await quotes.get(connection, "old") is None
        assert await quotes.get(connection, "recent") is not None


def _quoted(number: str, at: datetime) -> QuotedOffer:
    told = offer()
    quote = Quote(
        supplier=told.supplier, price=told.price, price_components=(), conditions=told.conditions, quoted_at=at,
        expires_at=at,
    )  # fmt: skip
    return QuotedOffer(id=number, offer=told, query=QUERY, quote=quote)
