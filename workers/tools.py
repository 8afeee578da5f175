"""What the handlers work with, opened once in each worker process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import dramatiq
import msgspec
import redis.asyncio
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.identity.oidc import IdentityDesk, identity_desk
from adapters.kit.access import access
from adapters.kit.client import SupplierClient
from adapters.kit.registry import suppliers
from adapters.mail import registry as mail
from adapters.mail.mailer import PostOffice
from adapters.open_data import rates as feeds
from adapters.payments.gateway import Gateway
from adapters.payments.registry import gateways
from adapters.webhooks import Courier
from domain.catalogue import Subject
from domain.jobs import TERMS, SyncRates
from domain.queries import Query
from storage import heartbeats
from storage.cache import SearchCache, connect
from storage.engine import create_engine
from storage.failures import StorageDown
from storage.queue import JobQueue
from storage.suppliers import Connected, announce
from storage.vault import Vault
from workers.archiving import archiving
from workers.atlas import AtlasShelf
from workers.exchange import ExchangeDesk, ask_for_the_first, heed_news
from workers.hotel_book import HotelBook
from workers.roster import roster
from workers.shelf import PropertyShelf

_log: Final = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """`clients` holds every supplier that is connected, live or at the sandbox, by slug.

    `vault` is None where no key is set: nothing sealed can be read then.
    """

    engine: AsyncEngine
    redis: "redis.asyncio.Redis"
    cache: SearchCache
    queue: JobQueue
    atlas: AtlasShelf
    shelf: PropertyShelf
    hotels: HotelBook
    exchange: ExchangeDesk
    clients: Mapping[str, SupplierClient]
    vault: Vault | None
    courier: Courier
    post_office: PostOffice
    gateways: Mapping[str, Gateway] = {}
    identity: IdentityDesk = IdentityDesk({})
    now: Callable[[], datetime]

    def sellers(self, query: Query) -> tuple[SupplierClient, ...]:
        """Everybody who answers searches of the query's vertical."""
        return tuple(client for client in self.clients.values() if query.vertical in client.supplier.searches)

    def cataloguer(self, subject: Subject) -> SupplierClient | None:
        """The supplier whose own key is set and who lists the subject; a sandbox is no source of facts."""
        listing = (client for client in self.clients.values() if subject in client.supplier.catalogues)
        return next((client for client in listing if client.access.live), None)


@asynccontextmanager
async def opened(
    *,
    database_url: str,
    redis_url: str,
    jobs: dramatiq.Broker,
    environment: Mapping[str, str],
    queues: tuple[str, ...],
    encryption_keys: Sequence[str] = (),
    private_webhooks: bool = False,
) -> AsyncIterator[Tools]:
    """The tools, alive until the end of the block; PostgreSQL and Redis may be away at the start."""
    async with AsyncExitStack() as stack:
        engine = create_engine(database_url)
        stack.push_async_callback(engine.dispose)
        client = connect(redis_url)
        stack.push_async_callback(client.aclose)
        archive = await stack.enter_async_context(archiving(engine, suppliers()))
        clients = {}
        for slug, supplier in suppliers().items():
            if connected := access(supplier, environment):
                clients[slug] = SupplierClient(supplier, connected, shared=client, archive=archive)
                stack.push_async_callback(clients[slug].aclose)
        paid_through = gateways(environment)
        for gateway in paid_through.values():
            stack.push_async_callback(gateway.aclose)
        courier = Courier(private=private_webhooks)
        stack.push_async_callback(courier.aclose)
        post_office = mail.post_office(environment)
        stack.push_async_callback(post_office.mailer.aclose)
        tools = Tools(
            engine=engine,
            redis=client,
            cache=SearchCache(client),
            queue=JobQueue(jobs),
            atlas=AtlasShelf(engine),
            shelf=PropertyShelf(engine, now=utc_now),
            hotels=HotelBook(engine, JobQueue(jobs), now=utc_now),
            identity=identity_desk(environment),
            exchange=ExchangeDesk(engine, feeds.feed(environment), now=utc_now),
            clients=clients,
            vault=Vault(encryption_keys) if encryption_keys else None,
            courier=courier,
            post_office=post_office,
            gateways=paid_through,
            now=utc_now,
        )
        try:
            await tools.atlas.current()  # now, so that the first traveller does not wait for it
        except StorageDown as error:
            _log.warning("atlas.not_loaded_yet", error=str(error))
        if TERMS[SyncRates].queue in queues:
            await ask_for_the_first(tools.exchange, tools.queue)
        rate_news = asyncio.create_task(heed_news(tools.exchange, client))
        stack.push_async_callback(_cancelled, rate_news)
        background = asyncio.create_task(_beating(client, queues, roster(clients.values())))
        stack.push_async_callback(_cancelled, background)
        _log.info("worker.ready", suppliers=sorted(clients), queues=queues)
        yield tools


async def _beating(client: "redis.asyncio.Redis", queues: tuple[str, ...], connected: tuple[Connected, ...]) -> None:
    away = False
    while True:
        try:
            await heartbeats.beat(client, "worker", queues=queues)
            await announce(client, connected)
        except StorageDown as error:
            if not away:
                _log.warning("worker.redis_away", error=str(error))
            away = True
        else:
            if away:
                _log.info("worker.redis_back")
            away = False
        await asyncio.sleep(heartbeats.EVERY_SECONDS)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
