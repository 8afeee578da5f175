"""How each supplier stands, as the processes that call it have left it in Redis: the breaker, the budget, the books.

What is read here is written by adapters/kit: breaker.py, pacing_rules.py and ledger.py say what their keys hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
import redis.asyncio

from storage.cache import redis_failures

_ROSTER: Final = "travelhub:suppliers"
_BREAKER_SLOTS: Final = 10
_BUDGET_SLOTS: Final = 120

Hash = Mapping[str, str]


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """One window of a budget: `calls` in any `seconds`, of the operations that are named or of all. `id` is the kit's."""

    id: str
    calls: int
    seconds: float
    operations: tuple[str, ...] = ()


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier as a worker is connected to it. `breaker_seconds` is the length of its breaker's window.

    `looks` are the operations with which a search begins.
    """

    slug: str
    title: str
    live: bool
    sells: tuple[str, ...]
    lists: tuple[str, ...]
    allowances: tuple[Allowance, ...]
    concurrency: int
    breaker_seconds: float
    looks: tuple[str, ...] = ()


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """All suppliers that the worker which spoke last is connected to, and when it spoke."""

    at: datetime
    connected: tuple[Connected, ...]


class BreakerStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of the window and those of them that failed; while it is open, the seconds until somebody looks again."""

    open: bool
    opens_in: float | None
    calls: int
    failed: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`left` is what remains of each allowance, in its order. `paused_for` are seconds that the supplier asked us to wait.

    `calls` are those of today (UTC), by operation and by how they ended.
    """

    connected: Connected
    breaker: BreakerStanding
    left: tuple[int, ...]
    under_way: int
    paused_for: float
    calls: Mapping[str, Mapping[str, int]]


async def announce(client: "redis.asyncio.Redis", connected: Iterable[Connected]) -> None:
    """Say who is connected, in place of what was said before. Raises StorageDown."""
    roster = Roster(at=datetime.now(UTC), connected=tuple(connected))
    with redis_failures():
        await client.set(_ROSTER, msgspec.json.encode(roster))


async def roster(client: "redis.asyncio.Redis") -> Roster | None:
    """None as long as no worker has spoken. Raises StorageDown."""
    with redis_failures():
        told = await client.get(_ROSTER)
    return msgspec.json.decode(told, type=Roster) if told else None


async def standings(client: "redis.asyncio.Redis", told: Roster) -> tuple[Standing, ...]:
    """In the order of the roster, by Redis' own clock. Raises StorageDown."""
    with redis_failures():
        seconds, micros = await client.time()
        now = seconds * 1000 + micros // 1000
        today = datetime.fromtimestamp(seconds, UTC).date()
        async with client.pipeline(transaction=False) as pipe:
            pipe.hgetall(f"travelhub:calls:{today.isoformat()}")
            for one in told.connected:
                pipe.hgetall(f"travelhub:breaker:{one.slug}")
                pipe.hgetall(f"travelhub:budget:{one.slug}:slots")
                pipe.zrangebyscore(f"travelhub:budget:{one.slug}:flying", f"({now}", "+inf")
                pipe.hgetall(f"travelhub:budget:{one.slug}:marks")
            books, *parts = await pipe.execute()
    calls = _by_supplier(_texts(books))
    return tuple(
        _standing(one, tuple(parts[4 * number : 4 * number + 4]), calls.get(one.slug, {}), now)
        for number, one in enumerate(told.connected)
    )


async def calls_of(
    client: "redis.asyncio.Redis", *, until: date, days: int
) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Of so many days (UTC), `until` the last of them: by supplier, operation and ending. Raises StorageDown."""
    with redis_failures():
        async with client.pipeline(transaction=False) as pipe:
            for ago in range(days):
                pipe.hgetall(f"travelhub:calls:{(until - timedelta(days=ago)).isoformat()}")
            books = await pipe.execute()
    summed: Counter[str] = Counter()
    for book in books:
        summed.update({line: int(count) for line, count in _texts(book).items()})
    return _by_supplier({line: str(count) for line, count in summed.items()})


def _standing(one: Connected, parts: tuple[object, ...], calls: Mapping[str, Mapping[str, int]], now: int) -> Standing:
    breaker, slots, flying, marks = parts
    assert isinstance(breaker, dict)
    assert isinstance(slots, dict)
    assert isinstance(flying, list)
    assert isinstance(marks, dict)
    flown = [lease.decode() for lease in flying]
    return Standing(
        connected=one,
        breaker=_breaker(_texts(breaker), one.breaker_seconds, now),
        left=_left(one.allowances, _texts(slots), flown, _texts(marks), now),
        under_way=len(flown),
        paused_for=_paused_for(_texts(marks), now),
        calls=calls,
    )


def _breaker(held: Hash, seconds: float, now: int) -> BreakerStanding:
    if "until" in held:
        return BreakerStanding(open=True, opens_in=max(0.0, (int(held["until"]) - now) / 1000), calls=0, failed=0)
    present = int(now * _BREAKER_SLOTS // (seconds * 1000))
    seen: Counter[str] = Counter()
    for field, count in held.items():
        sign, _, slot = field.partition(":")
        if slot.isdecimal() and present - _BREAKER_SLOTS < int(slot) <= present:
            seen[sign] += int(count)
    return BreakerStanding(open=False, opens_in=None, calls=seen.total(), failed=seen["failed"])


def _left(
    allowances: Iterable[Allowance], slots: Hash, flying: Iterable[str], marks: Hash, now: int
) -> tuple[int, ...]:
    """What neither counts any more nor is under way, and never more than the supplier itself says is left."""
    spent, flown = _spent(slots, now), _flown(flying)
    return tuple(
        max(0, min(one.calls - spent[one.id], _told_left(marks, one, now)) - flown[one.id]) for one in allowances
    )


def _spent(slots: Hash, now: int) -> Counter[str]:
    spent: Counter[str] = Counter()
    for field, cost in slots.items():
        window, _, slot = field.rpartition(":")
        length = int(window.partition(".")[0])
        if (int(slot) + 1) * length / _BUDGET_SLOTS + length > now:
            spent[window] += int(cost)
    return spent


def _flown(flying: Iterable[str]) -> Counter[str]:
    """A call under way is `lease|class|cost|window,window`."""
    flown: Counter[str] = Counter()
    for call in flying:
        _, _, cost, windows = call.split("|", 3)
        for window in filter(None, windows.split(",")):
            flown[window] += int(cost)
    return flown


def _told_left(marks: Hash, allowance: Allowance, now: int) -> int:
    told, until = marks.get(f"left|{allowance.id}"), marks.get(f"until|{allowance.id}")
    return int(told) if told and until and int(until) > now else allowance.calls


def _paused_for(marks: Hash, now: int) -> float:
    """The longest pause of any scope; a mark is `end:length`."""
    ends = (int(mark.partition(":")[0]) for field, mark in marks.items() if field.startswith("pause|"))
    return max((0, *(end - now for end in ends))) / 1000


def _by_supplier(books: Hash) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """A line of the books is `[supplier, operation, client, ending]`; who asked is not told apart."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for line, count in sorted(books.items()):
        supplier, operation, _, ending = msgspec.json.decode(line, type=tuple[str, str, str, str])
        found.setdefault(supplier, {}).setdefault(operation, Counter())[ending] += int(count)
    return found


def _texts(held: Mapping[bytes, bytes]) -> Hash:
    return {name.decode(): value.decode() for name, value in held.items()}
