"""How each supplier stands, for those who run this: is it up, how quick, how true are its prices, and what do searches cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
import structlog
from msgspec import Meta

from api import answers, present
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.services import Services
from domain.latency import Spread
from storage import latencies, order_attempts, prices
from storage import suppliers as standing
from storage.engine import transaction
from storage.failures import StorageDown
from storage.prices import Changes
from storage.suppliers import Standing

_log: Final = structlog.get_logger(__name__)
_PRICES_OF: Final = timedelta(days=7)
_BOOKS_DAYS: Final = 30
_NO_ERROR: Final = frozenset({"answered", "said_no"})  # a definite no is an answer as well


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Of the calls of the last hour half, 95 and 99 of a hundred took at most so long, give or take 15 %.

    `silent` ones got no answer at all; null where they are among those of which one asks.
    """

    calls: int
    silent: int
    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None


class PriceChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Of the prices that were seen again when they were younger than this, and older than the row before, so many had changed.

    Null stands for all ages above.
    """

    vertical: str
    younger_than_seconds: int | None
    seen_again: int
    changed: int
    rate: Annotated[float, Meta(ge=0, le=1)]


class LookToBook(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and what was booked within `days`. `looks` are searches, `calls` all calls; null ratio: no order yet."""

    days: int
    calls: int
    looks: int
    orders: int
    looks_per_order: float | None


class Seller(answers.SupplierStanding, frozen=True, kw_only=True):
    """One supplier, over all processes. `calls_today` counts by how calls ended, `operations` the same for each;
    `errors_today` are those of them that are no answer. A day is one of UTC. `latency` is by operation.

    `waiting_seconds` is how long it has asked us not to call. `price_changes` are of the last seven days; it and
    `look_to_book` are null while PostgreSQL is away.
    """

    errors_today: dict[str, int]
    latency: dict[str, Latency]
    price_changes: tuple[PriceChanges, ...] | None
    look_to_book: LookToBook | None


class Sellers(msgspec.Struct, frozen=True, kw_only=True):
    """`heard_at` is when a worker last told to whom it is connected; null: none has yet."""

    heard_at: answers.Instant | None
    data: tuple[Seller, ...]


class _Books(msgspec.Struct, frozen=True, kw_only=True):
    """What PostgreSQL knows of all suppliers."""

    changes: tuple[Changes, ...]
    orders: Mapping[str, int]


async def suppliers(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """To whom the workers are connected, who is left alone and until when, and what is left of each budget.

    How often prices change with their age is the evidence for how long answers are served.
    """
    told = await standing.roster(services.redis)
    if told is None:
        return reply(services, asked, Sellers(heard_at=None, data=()))
    found = await standing.standings(services.redis, told)
    slugs = [one.slug for one in told.connected]
    spreads = await latencies.spreads(services.redis, slugs, now=asked.now)
    calls = await standing.calls_of(services.redis, until=asked.now.date(), days=_BOOKS_DAYS)
    books = await _books(services, asked.now)
    data = tuple(
        _seller(one, spreads.get(slug, {}), calls.get(slug, {}), books) for slug, one in zip(slugs, found, strict=True)
    )
    return reply(services, asked, Sellers(heard_at=told.at, data=data))


async def _books(services: Services, now: datetime) -> _Books | None:
    """None while PostgreSQL is away: the breakers are told all the same."""
    try:
        async with transaction(services.engine) as connection:
            return _Books(
                changes=await prices.changes(connection, since=now - _PRICES_OF),
                orders=await order_attempts.booked_since(connection, now - timedelta(days=_BOOKS_DAYS)),
            )
    except StorageDown as error:
        _log.warning("suppliers.without_books", error=str(error))
        return None


def _seller(
    one: Standing, spreads: Mapping[str, Spread], calls: Mapping[str, Mapping[str, int]], books: _Books | None
) -> Seller:
    shown = present.supplier(one)
    slug = one.connected.slug
    facts: dict[str, Any] = msgspec.structs.asdict(shown)
    return Seller(
        **facts,
        errors_today={ending: count for ending, count in shown.calls_today.items() if ending not in _NO_ERROR},
        latency={operation: _latency(spread) for operation, spread in spreads.items()},
        price_changes=None if books is None else _changes(books.changes, slug),
        look_to_book=None if books is None else _look_to_book(one, calls, books.orders.get(slug, 0)),
    )


def _latency(spread: Spread) -> Latency:
    return Latency(
        calls=spread.calls,
        silent=spread.silent,
        p50_ms=_milliseconds(spread.p50),
        p95_ms=_milliseconds(spread.p95),
        p99_ms=_milliseconds(spread.p99),
    )


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _changes(every: Iterable[Changes], slug: str) -> tuple[PriceChanges, ...]:
    return tuple(
        PriceChanges(
            vertical=one.vertical,
            younger_than_seconds=None if one.younger_than is None else one.younger_than // timedelta(seconds=1),
            seen_again=one.seen_again,
            changed=one.changed,
            rate=round(one.changed / one.seen_again, 4),
        )
        for one in every
        if one.supplier == slug
    )


def _look_to_book(one: Standing, calls: Mapping[str, Mapping[str, int]], orders: int) -> LookToBook:
    made = Counter({operation: sum(endings.values()) for operation, endings in calls.items()})
    looks = sum(made[operation] for operation in one.connected.looks)
    return LookToBook(
        days=_BOOKS_DAYS,
        calls=made.total(),
        looks=looks,
        orders=orders,
        looks_per_order=round(looks / orders, 1) if orders else None,
    )
