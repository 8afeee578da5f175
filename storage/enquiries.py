"""Enquiries in Redis: the answer while it may be looked at, who is asking, and a word to everybody when it is there."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import uuid4

import msgspec
import redis.asyncio
import structlog
import zstandard

from domain.enquiries import Enquiry, enquiry_id
from domain.searches import SupplierReport
from storage.cache import redis_failures
from storage.endings import ended
from storage.failures import StorageDown

Wanted = TypeVar("Wanted")
_log: Final = structlog.get_logger(__name__)
_TOLD: Final = "travelhub:enquiries:told"
_NAP: Final = 5.0  # seconds between two looks at a silent subscription

# A job that no worker has taken up within this long is asked for again by whoever still wants to know: no queue is so
# long while anybody waits for what is in it, so the job is lost.
QUEUED_FOR: Final = timedelta(seconds=20)
# A worker that has not said for this long that it is still at it is dead.
_WORKING_FOR: Final = timedelta(seconds=4)
_STILL_AT_IT_EVERY: Final = 1.0  # seconds

# KEYS: claim, answer. ARGV: token, the stamp that whoever asked had seen, milliseconds. What was answered since then
# needs no answer.
_CLAIM: Final = """
local stamp = redis.call('HGET', KEYS[2], 'stamp')
if stamp and stamp ~= ARGV[2] then return 0 end
return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3]) and 1 or 0
"""
# The same for a worker, which may take what waits on the queue, and never what another one is at.
_TAKE: Final = """
local stamp = redis.call('HGET', KEYS[2], 'stamp')
if stamp and stamp ~= ARGV[2] then return 0 end
local holder = redis.call('GET', KEYS[1])
if holder and string.sub(holder, 1, 8) == 'working:' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
"""
_STILL_AT_IT: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_LET_GO: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
# KEYS: claim, answer. ARGV: token, answer, milliseconds, channel, id. A worker that lost its claim has been overtaken: what
# it heard is older than what the other one will hear. Its token stamps the answer, because nobody has it a second time.
_TELL: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'stamp', ARGV[1], 'told', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an enquiry. `reports` says who was asked last and how that went, the first of them first.

    `records` is a JSON array of what was told at `told_at` by `supplier`, which may be longer ago than `tried_at`:
    whoever fails leaves what was known before standing. Both are None where nothing has ever been told.
    """

    enquiry: Enquiry
    tried_at: datetime
    fresh_until: datetime
    reports: tuple[SupplierReport, ...]
    told_at: datetime | None = None
    supplier: str | None = None
    records: msgspec.Raw = msgspec.Raw(b"[]")

    def of(self, kind: type[Wanted]) -> tuple[Wanted, ...]:
        """The records as they were before they were written. Raises msgspec.ValidationError for another kind."""
        return msgspec.json.decode(self.records, type=tuple[kind, ...])  # type: ignore[valid-type]  # known when it runs


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """How an enquiry stands. `stamp` is another after each answer, and None before the first."""

    stamp: str | None
    told: Told | None
    under_way: bool


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Told).decode


class EnquiryBook:
    """One for each process. All methods raise StorageDown when Redis is away."""

    def __init__(self, client: "redis.asyncio.Redis") -> None:
        self._redis: Final = client
        self._claim: Final = client.register_script(_CLAIM)
        self._take: Final = client.register_script(_TAKE)
        self._still_at_it: Final = client.register_script(_STILL_AT_IT)
        self._let_go: Final = client.register_script(_LET_GO)
        self._tell: Final = client.register_script(_TELL)

    async def latest(self, told_id: str) -> Latest:
        with redis_failures():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hmget(_answer(told_id), "stamp", "told")
                pipe.exists(_claim(told_id))
                (stamp, told), under_way = await pipe.execute()
        return Latest(
            stamp=None if stamp is None else stamp.decode(),
            told=None if told is None else _read(told_id, told),
            under_way=bool(under_way),
        )

    async def claim(self, told_id: str, *, since: str | None) -> str | None:
        """A token for the one caller that may put the job on the queue; everybody else waits for its answer.

        Nobody gets it for what was answered after the stamp `since`.
        """
        token = f"queued:{uuid4().hex}"
        with redis_failures():
            claimed = await self._claim(
                keys=[_claim(told_id), _answer(told_id)], args=[token, since or "", _millis(QUEUED_FOR)]
            )
        return token if claimed else None

    async def release(self, told_id: str, token: str) -> None:
        """There is no job after all."""
        with redis_failures():
            await self._let_go(keys=[_claim(told_id)], args=[token])

    @asynccontextmanager
    async def answering(self, enquiry: Enquiry, *, since: str | None) -> AsyncIterator["Answering | None"]:
        """The right to ask, kept until the end of the block or of the process; None where nothing is left to do.

        `since` is the stamp that whoever asked had seen: who has been answered later has been answered.
        """
        told_id, token = enquiry_id(enquiry), f"working:{uuid4().hex}"
        claim, answer = _claim(told_id), _answer(told_id)
        with redis_failures():
            taken = await self._take(keys=[claim, answer], args=[token, since or "", _millis(_WORKING_FOR)])
        if not taken:
            yield None
            return
        at_it = asyncio.create_task(self._kept(claim, token))
        try:
            yield Answering(self, told_id=told_id, token=token)
        finally:
            await ended([at_it])  # redis-py may swallow a cancellation that meets it while it writes or connects
            await self.release(told_id, token)

    async def tell(self, told_id: str, token: str, told: Told, *, usable: timedelta) -> bool:
        with redis_failures():
            stored = await self._tell(
                keys=[_claim(told_id), _answer(told_id)],
                args=[token, zstandard.compress(_encode(told), 3), _millis(usable), _TOLD, told_id],
            )
        return bool(stored)

    async def answers(self) -> AsyncIterator[str | None]:
        """The id of every enquiry that is answered from now on; None first, when the subscription stands, and in each silence.

        Ends with StorageDown when the connection breaks.
        """
        with redis_failures():
            async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(_TOLD)
                yield None
                while True:
                    message = await subscription.get_message(timeout=_NAP)
                    yield message["data"].decode() if message else None

    async def _kept(self, claim: str, token: str) -> None:
        """A Redis that is away for a moment ends nothing: the claim lives longer than a few missed words."""
        while True:
            await asyncio.sleep(_STILL_AT_IT_EVERY)
            try:
                with redis_failures():
                    await self._still_at_it(keys=[claim], args=[token, _millis(_WORKING_FOR)])
            except StorageDown as error:
                _log.warning("enquiry.claim_not_renewed", error=str(error))


class Answering:
    """The right to ask for one enquiry, held by one worker at a time."""

    def __init__(self, book: EnquiryBook, *, told_id: str, token: str) -> None:
        self._book: Final = book
        self._told_id: Final = told_id
        self._token: Final = token

    async def latest(self) -> Told | None:
        return (await self._book.latest(self._told_id)).told

    async def tell(self, told: Told, *, usable: timedelta) -> bool:
        """Everybody who waits hears it. False where the claim was lost and somebody else answers. Raises StorageDown."""
        return await self._book.tell(self._told_id, self._token, told, usable=usable)


def records(told: Iterable[object]) -> msgspec.Raw:
    """Values of the domain as `Told.records` holds them."""
    return msgspec.Raw(_encode(tuple(told)))


def _read(told_id: str, body: bytes) -> Told | None:
    """None for what another release has written in words that this one does not know: it is asked for again."""
    try:
        return _decode(zstandard.decompress(body))
    except (msgspec.DecodeError, zstandard.ZstdError) as error:
        _log.warning("enquiry.unreadable", enquiry=told_id, error=str(error))
        return None


def _answer(told_id: str) -> str:
    return f"travelhub:enquiry:{told_id}"


def _claim(told_id: str) -> str:
    return f"travelhub:enquiring:{told_id}"


def _millis(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
