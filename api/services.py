"""What the calls work with, put together once for each process."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from api.admin.watch import BookingsWatch
from api.aviation.following import Following
from api.bodies import Shelf
from api.catalogue import Catalogue
from api.dependencies import Check
from api.enquiring import Enquiring
from api.limits import Limits
from api.memory import Answers
from api.metrics import Metrics
from api.notebook import Notebook
from api.people.credentials import Credentials
from api.people.outside import Outside
from api.people.passwords import Hasher, Passwords, argon2id
from api.people.tokens import TokenRing
from api.search.gazetteer import Gazetteer
from api.searching import Searching
from api.sharing import SharedPages
from api.webhooks.addresses import Addresses
from api.webhooks.listening import Listeners
from domain.issuers import Issuer
from domain.payments import Method, Verify
from storage.cache import SearchCache
from storage.enquiries import EnquiryBook
from storage.login_attempts import LoginAttempts
from storage.pages import PageBook
from storage.queue import JobQueue
from storage.vault import Vault

# Those that TravelHub brings, with the ways in which each lets people pay.
_GATEWAYS: Final[Mapping[str, frozenset[Method]]] = MappingProxyType(
    {"stripe": frozenset(Method), "square": frozenset({Method.CARD})}
)


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """This API as an OpenAPI document and as a page."""

    openapi: bytes = b""
    page: bytes = b""


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """`clock` tells an aware UTC time. `default_market` is the country of travellers who do not tell theirs.

    Of the payment `gateways`, with the ways in which each lets people pay, the first that fits is taken where none is
    asked for; `signatures` tells their webhooks from forged ones. `vault` is None where no key is set: nothing is sold
    then. `checks` are looked at for the health page, by the dependency's name.

    `description` is made by the application from its routes.
    """

    engine: AsyncEngine
    redis: "redis.asyncio.Redis"
    cache: SearchCache
    queue: JobQueue
    catalogue: Catalogue
    gazetteer: Gazetteer
    answers: Answers
    searching: Searching
    pages: SharedPages
    enquiring: Enquiring
    following: Following
    notebook: Notebook
    bookings: BookingsWatch
    outside: Outside
    credentials: Credentials
    public_url: str
    passwords: Passwords
    login_attempts: LoginAttempts
    app_url: str
    shelf: Shelf
    limits: Limits
    metrics: Metrics
    default_market: str
    gateways: Mapping[str, frozenset[Method]]
    signatures: Mapping[str, Verify]
    vault: Vault | None
    addresses: Addresses
    listeners: Listeners
    checks: Mapping[str, Check]
    clock: Callable[[], datetime]
    description: Description = Description()


def services(
    *,
    engine: AsyncEngine,
    redis_client: "redis.asyncio.Redis",
    queue: JobQueue,
    admin_token: str,
    rate_limit: int,
    token_keys: Sequence[str] = (),
    hasher: Hasher | None = None,
    app_url: str = "http://127.0.0.1:8000",
    public_url: str = "http://127.0.0.1:8000",
    believed: Mapping[str, Issuer] = MappingProxyType({}),
    clock: Callable[[], datetime],
    checks: Mapping[str, Check],
    default_market: str = "DE",
    gateways: Mapping[str, frozenset[Method]] = _GATEWAYS,
    signatures: Mapping[str, Verify] | None = None,
    encryption_keys: Sequence[str] = (),
    memory_bytes: int = 512 * 1024 * 1024,
    addresses: Addresses | None = None,
    metrics: Metrics | None = None,
) -> Services:
    """`rate_limit` is requests a minute for each caller, `memory_bytes` what answers may take of this process."""
    cache = SearchCache(redis_client)
    held = Answers(most_bytes=memory_bytes // 2, page_bytes=memory_bytes // 2)
    catalogue = Catalogue(engine)
    outside = Outside(believed, engine=engine, client=redis_client, queue=queue)
    searching = Searching(answers=held, cache=cache, queue=queue, clock=clock)
    return Services(
        engine=engine,
        redis=redis_client,
        cache=cache,
        queue=queue,
        catalogue=catalogue,
        gazetteer=Gazetteer(engine, catalogue),
        answers=held,
        searching=searching,
        pages=SharedPages(answers=held, book=PageBook(redis_client), clock=clock),
        enquiring=Enquiring(book=EnquiryBook(redis_client), queue=queue, clock=clock),
        following=Following(engine=engine, client=redis_client, queue=queue, clock=clock),
        notebook=Notebook(engine=engine, searching=searching),
        bookings=BookingsWatch(engine, clock=clock),
        outside=outside,
        credentials=Credentials(
            ring=TokenRing(token_keys), outside=outside, admin_token=admin_token, engine=engine, clock=clock
        ),
        public_url=public_url.rstrip("/"),
        passwords=Passwords(hasher or argon2id()),
        login_attempts=LoginAttempts(redis_client),
        app_url=app_url.rstrip("/"),
        shelf=Shelf(most_bytes=memory_bytes // 8),
        limits=Limits(rate_limit),
        metrics=metrics or Metrics(),
        default_market=default_market,
        gateways=gateways,
        signatures=signatures or {},
        vault=Vault(encryption_keys) if encryption_keys else None,
        addresses=addresses or Addresses(),
        listeners=Listeners(engine, clock=clock),
        checks=checks,
        clock=clock,
    )
