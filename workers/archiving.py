"""Keeping what suppliers said, and noticing when they begin to say something else; never in the way of an answer."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit import archive
from adapters.kit.archive import Sealed
from adapters.kit.calls import Call, Reply
from adapters.kit.drift import Sample, sampled
from adapters.kit.supplier import Supplier
from storage import drift, replies
from storage.drift import SeenField, Standing
from storage.engine import transaction
from storage.failures import StorageDown
from storage.replies import KeptReply

_log: Final = structlog.get_logger(__name__)
_SAMPLE_EVERY: Final = 50  # replies of one operation to this process
_BATCH: Final = 100  # replies in one transaction
_OVERHEAD_BYTES: Final = 2_000  # of a reply in memory, beside its body
_FIRST_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 30.0
_FAREWELL_SECONDS: Final = 5.0


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that is not written yet; `sample` says that its words are to be compared."""

    supplier: Supplier
    call: Call
    reply: Reply
    hidden: tuple[str, ...]
    about: str | None
    sample: bool

    @property
    def size(self) -> int:
        return len(self.reply.body) + len(self.call.body or b"") + _OVERHEAD_BYTES


class _Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written of some replies."""

    kept: tuple[KeptReply, ...]
    samples: tuple[tuple[_Waiting, Sample], ...]


class ReplyArchive:
    """The kit's `Archive`: holds replies in memory, at most `most_bytes` of them, until PostgreSQL has them.

    What finds no room is counted in `lost`: an answer is worth more than its explanation. A traveller waits for none of
    this: masking and comparing happen in a thread, writing `every` so many seconds, all that has come together.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        suppliers: Mapping[str, Supplier],
        *,
        most_bytes: int = 64_000_000,
        every: float = 1.0,
    ) -> None:
        self._engine: Final = engine
        self._suppliers: Final = suppliers
        self._most_bytes: Final = most_bytes
        self._every: Final = every
        self._waiting: Final[deque[_Waiting]] = deque()
        self._filled: Final = asyncio.Event()
        self._ending: Final = asyncio.Event()
        self._heard: Final[Counter[tuple[str, str]]] = Counter()
        self._bytes = 0
        self._unsaid = 0  # lost since the last line in the log
        self._trouble = False
        self.lost = 0

    def keep(self, supplier: str, call: Call, reply: Reply, *, hidden: Collection[str]) -> None:
        """Only in the thread of the loop that the archive runs on."""
        told = _Waiting(
            supplier=self._suppliers[supplier],
            call=call,
            reply=reply,
            hidden=tuple(hidden),
            about=archive.subject(),
            sample=self._is_sample(supplier, call, reply),
        )
        if self._bytes + told.size > self._most_bytes:
            self._lose(1, "there is no room until PostgreSQL has taken the others")
            return
        self._bytes += told.size
        self._waiting.append(told)
        self._filled.set()

    async def run(self) -> None:
        """Writes until `end`, and then what is left, as far as PostgreSQL takes it."""
        pause = _FIRST_PAUSE_SECONDS
        try:
            while True:
                await self._filled.wait()
                await self._rest(self._every)  # what comes in the meantime is written with it
                taken = await self._emptied()
                if self._ending.is_set():
                    break
                if not taken:
                    await self._rest(pause)
                pause = _FIRST_PAUSE_SECONDS if taken else min(2 * pause, _LONGEST_PAUSE_SECONDS)
        finally:
            if self._waiting:
                self._lose(len(self._waiting), "the process ends")

    def end(self) -> None:
        self._ending.set()
        self._filled.set()

    async def _emptied(self) -> bool:
        """False where PostgreSQL is away; the replies wait on."""
        while self._waiting:
            batch = tuple(islice(self._waiting, _BATCH))
            try:
                prepared = await asyncio.to_thread(_prepared, batch)
                async with transaction(self._engine) as connection:
                    await replies.keep(connection, prepared.kept)
            except StorageDown as error:
                if not self._trouble:
                    _log.warning("replies.waiting", error=str(error))
                self._trouble = True
                return False
            except Exception:  # noqa: BLE001 -- nobody waits for this task: what can't be written must not end it
                _log.exception("replies.crashed")
                self._lose(len(batch), "they can't be written")
                prepared = _Prepared(kept=(), samples=())
            self._take_off(batch)
            await self._compare(prepared.samples)
        self._filled.clear()
        self._recovered()
        return True

    async def _compare(self, samples: Iterable[tuple[_Waiting, Sample]]) -> None:
        for told, sample in samples:
            try:
                await _noted(self._engine, told, sample)
            except StorageDown as error:
                _log.warning("drift.not_noted", supplier=told.supplier.slug, error=str(error))
            except Exception:  # noqa: BLE001 -- as above
                _log.exception("drift.crashed", supplier=told.supplier.slug, operation=told.call.operation)

    def _is_sample(self, supplier: str, call: Call, reply: Reply) -> bool:
        if call.operation not in self._suppliers[supplier].shapes or not 200 <= reply.status < 300:
            return False
        self._heard[supplier, call.operation] += 1
        return self._heard[supplier, call.operation] % _SAMPLE_EVERY == 1

    def _take_off(self, batch: tuple[_Waiting, ...]) -> None:
        for told in batch:
            self._waiting.popleft()
            self._bytes -= told.size

    def _lose(self, count: int, why: str) -> None:
        if not self._unsaid:
            _log.warning("replies.lost", why=why)
        self._unsaid += count
        self.lost += count

    def _recovered(self) -> None:
        if self._trouble or self._unsaid:
            _log.info("replies.kept_again", lost=self._unsaid)
        self._trouble, self._unsaid = False, 0

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()


@asynccontextmanager
async def archiving(
    engine: AsyncEngine, suppliers: Mapping[str, Supplier], *, most_bytes: int = 64_000_000, every: float = 1.0
) -> AsyncIterator[ReplyArchive]:
    """An archive that writes in the background until the end of the block, and then for a few seconds more."""
    kept = ReplyArchive(engine, suppliers, most_bytes=most_bytes, every=every)
    task = asyncio.create_task(kept.run())
    try:
        yield kept
    finally:
        kept.end()
        await asyncio.wait({task}, timeout=_FAREWELL_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def replayed(kept: KeptReply) -> tuple[Call, Reply]:
    """The call and its reply, for the same `read` to give the same answer as then."""
    return archive.unsealed(Sealed(**msgspec.structs.asdict(kept)))


def _prepared(batch: Iterable[_Waiting]) -> _Prepared:
    kept, samples = [], []
    for told in batch:
        kept.append(_sealed(told))
        if told.sample and told.supplier.refusal(told.reply) is None:
            sample = sampled(told.reply.body, told.supplier.shapes[told.call.operation])
            samples += [(told, sample)] if sample is not None else []
    return _Prepared(kept=tuple(kept), samples=tuple(samples))


def _sealed(told: _Waiting) -> KeptReply:
    """Who only searches, lists or describes is no traveller yet: such replies stay what they were, so that they can be read again."""
    supplier = told.supplier
    nobody = {operation for searching in supplier.searches.values() for operation in searching.operations}
    nobody |= {listing.operation for listing in supplier.catalogues.values()}
    nobody |= {one.describing.operation for one in supplier.searches.values() if one.describing is not None}
    private: frozenset[str] = frozenset() if told.call.operation in nobody else supplier.private
    sealed = archive.sealed(
        supplier.slug, told.call, told.reply, hidden=told.hidden, private=private, about=told.about
    )  # fmt: skip
    return KeptReply(**msgspec.structs.asdict(sealed))


async def _noted(engine: AsyncEngine, told: _Waiting, sample: Sample) -> None:
    """Each finding is logged by the process that is the first to make it."""
    by_standing = (
        (Standing.READ, sample.read),
        (Standing.PASSED_OVER, sample.passed_over),
        (Standing.UNKNOWN, sample.unknown),
    )
    seen = {
        path: SeenField(kind=kind, standing=standing)
        for standing, fields in by_standing
        for path, kind in fields.items()
    }
    slug, operation = told.supplier.slug, told.call.operation
    async with transaction(engine) as connection:
        noted = await drift.note(
            connection, slug, operation, seen=seen, missed=sample.missed, at=told.reply.received_at
        )
    for event, paths in (
        ("supplier.field_unknown", noted.unknown),
        ("supplier.field_gone", noted.gone),
        ("supplier.field_back", noted.back),
    ):
        if paths:
            _log.warning(event, supplier=slug, operation=operation, paths=paths)
