"""Tools as a worker holds them, with pretend suppliers that answer from memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import dramatiq
import httpx
import msgspec
import pytest
import redis.asyncio
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.decode import decoded
from adapters.kit.supplier import Cataloguing, Searching, Supplier
from adapters.mail.mailer import PostOffice
from adapters.mail.registry import post_office
from adapters.open_data.rates import Feed
from adapters.webhooks import Courier
from domain.catalogue import Subject
from domain.offers import Offer
from domain.places import Airport, Atlas
from domain.queries import FlightQuery, Query
from domain.searches import SkippedRecord
from storage import airports, queue
from storage.cache import SearchCache, connect
from storage.engine import transaction
from storage.queue import JobQueue
from storage.vault import Vault, new_key
from tests import builders
from tests.adapters.kit import declared
from workers.atlas import AtlasShelf
from workers.exchange import ExchangeDesk
from workers.hotel_book import HotelBook
from workers.shelf import PropertyShelf
from workers.tools import Tools

# What a pretend supplier's web server does with a request.
Desk = Callable[[httpx.Request], "httpx.Response | asyncio.Future[httpx.Response]"]
MakeTools = Callable[..., Tools]


class Fares(msgspec.Struct):
    """The pretend wire: prices in euro, one fare each; a price of None can't be read."""

    prices: list[str | None] = []


_FARES: Final = msgspec.json.Decoder(Fares)
_AIRPORTS: Final = msgspec.json.Decoder(list[str])


def _ask(query: FlightQuery) -> Call:
    return Call(operation="search", path="/flights", params=(("from", query.origin), ("to", query.destination)))


def _read_as(slug: str) -> Callable[[Reply, Call, Query, Atlas], Readout[Offer]]:
    def read(reply: Reply, _call: Call, _query: Query, _atlas: Atlas) -> Readout[Offer]:
        fares = decoded(reply, _FARES)
        readable = [price for price in fares.prices if price is not None]
        return Readout(
            records=tuple(
                builders.offer(
                    supplier=slug,
                    reference=f"{slug}-{price}",
                    price=builders.money(price),
                    fetched_at=reply.received_at,
                    expires_at=reply.received_at + timedelta(hours=1),
                )
                for price in readable
            ),
            skipped=(SkippedRecord(where="prices", why="has no price"),) * (len(fares.prices) - len(readable)),
        )

    return read


def _read_page(reply: Reply, call: Call) -> Readout[Airport]:
    """Pages of two airports; the code XXX can't be read."""
    codes = decoded(reply, _AIRPORTS)
    page = int(dict(call.params)["page"])
    following = msgspec.structs.replace(call, params=(("page", str(page + 1)),)) if codes else None
    return Readout(
        records=tuple(builders.airport(code) for code in codes if code != "XXX"),
        skipped=tuple(SkippedRecord(where=f"page {page}", why="no time zone") for code in codes if code == "XXX"),
        next=following,
        expected=6,
    )


def seller(slug: str) -> Supplier:
    """Sells flights."""
    flights = Searching(operations=("search",), ask=_ask, read=_read_as(slug), honours=frozenset({"origin"}))
    return msgspec.structs.replace(declared.supplier(searches={"flights": flights}), slug=slug)


def cataloguer(slug: str) -> Supplier:
    """Lists airports."""
    listing = Cataloguing(
        operation="airports",
        ask=lambda: Call(operation="airports", path="/airports", params=(("page", "1"),)),
        read=_read_page,
        at_most=10,
    )
    return msgspec.structs.replace(declared.supplier(), slug=slug, catalogues={Subject.AIRPORTS: listing})


@pytest.fixture
async def shared(redis_url: str) -> "AsyncIterator[redis.asyncio.Redis]":
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def broker(redis_url: str) -> dramatiq.Broker:
    return queue.broker(redis_url)


@pytest.fixture
async def tools(
    engine: AsyncEngine, shared: "redis.asyncio.Redis", broker: dramatiq.Broker
) -> AsyncIterator[MakeTools]:
    """Makes tools with these suppliers connected, each answering from its desk, and the builders' airports stored."""
    clients: list[SupplierClient] = []
    courier, vault = Courier(private=True), Vault([new_key()])
    async with transaction(engine) as connection:
        await airports.upsert(connection, builders.airports(), source="test", seen_at=builders.NOW)

    def make(
        desks: Mapping[str, Desk] | None = None,
        *,
        suppliers: Callable[[str], Supplier] = seller,
        live: bool = False,
        now: datetime | None = None,
        feed: Feed | None = None,
        office: PostOffice | None = None,
    ) -> Tools:
        connected = {
            slug: SupplierClient(
                suppliers(slug),
                msgspec.structs.replace(declared.access("http://pretend.test"), live=live),
                shared=shared,
                over=_AtDesk(desk),
                chance=lambda: 0.0,
            )
            for slug, desk in (desks or {}).items()
        }
        clients.extend(connected.values())
        return Tools(
            engine=engine,
            redis=shared,
            cache=SearchCache(shared),
            queue=JobQueue(broker),
            atlas=AtlasShelf(engine),
            shelf=PropertyShelf(engine, now=lambda: now or datetime.now(UTC)),
            hotels=HotelBook(engine, JobQueue(broker), now=lambda: now or datetime.now(UTC)),
            exchange=ExchangeDesk(engine, feed, now=lambda: now or datetime.now(UTC)),
            clients=connected,
            vault=vault,
            courier=courier,
            post_office=office or post_office({}),
            now=lambda: now or datetime.now(UTC),
        )

    yield make
    await asyncio.gather(courier.aclose(), *(client.aclose() for client in clients))


class _AtDesk(httpx.AsyncBaseTransport):
    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._desk(request)
        return answer if isinstance(answer, httpx.Response) else await answer


def fares(*prices: str | None) -> Desk:
    """A desk that always sells these."""
    return lambda _: httpx.Response(200, json={"prices": list(prices)})


def answering(status: int, *, content: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Desk:
    """A desk that always gives this answer."""
    return lambda _: httpx.Response(status, content=content, headers=headers)


def queued(broker: dramatiq.Broker, name: str) -> int:
    """How many messages wait on a queue."""
    assert isinstance(broker, RedisBroker)
    waiting: int = broker.do_qsize(name)
    return waiting
