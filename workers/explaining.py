"""Reading a search's archived replies once more, through the same readers, to see that they give the same offers."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import httpx
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.kit import conversation
from adapters.kit.access import Access
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Shelf
from adapters.kit.failures import Failure, GiveUp
from adapters.kit.supplier import Searching, Supplier
from adapters.kit.verdicts import failure_in
from domain import explaining
from domain.explaining import Compared, Verdict
from domain.fetches import Fetch, KeptOffer
from domain.freshness import LEAST_LIFE
from domain.hotels import Property
from domain.matching.same import once_each
from domain.offers import Offer
from domain.places import Atlas
from domain.searches import Outcome, SupplierReport
from storage import offers, properties, replies
from storage.replies import KeptReply, ListedReply
from workers.archiving import replayed

_ENOUGH_SECONDS: Final = 60.0  # nothing is waited for: every reply is there
_NOT_KEPT: Final = "no reply to this call is in the archive"


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """One archived reply: who read it, and what that gave. `failure` is what it said instead of an answer."""

    reply: ListedReply
    reader: str | None = None
    records: int = 0
    skipped: int = 0
    failure: str | None = None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier's part of a fetch, read again."""

    report: SupplierReport
    replies: tuple[Reread, ...]
    compared: Compared


async def explained(
    connection: AsyncConnection, fetch: Fetch, suppliers: Mapping[str, Supplier], atlas: Atlas
) -> tuple[Explained, ...]:
    """Every supplier that was asked, in the order in which the fetch names them."""
    return tuple([
        await _explained(connection, fetch, report, suppliers.get(report.supplier), atlas) for report in fetch.suppliers
    ])  # fmt: skip


async def _explained(
    connection: AsyncConnection, fetch: Fetch, report: SupplierReport, supplier: Supplier | None, atlas: Atlas
) -> Explained:
    since, until = explaining.conversation(fetch, report)
    found = await replies.listed(
        connection, about=f"search {fetch.search_id}", supplier=report.supplier, since=since, until=until
    )
    if supplier is None or fetch.query.vertical not in supplier.searches:
        return _unknown(fetch, report, found, "nobody here reads this supplier's replies any more")
    if not found:
        return _unknown(fetch, report, found, "none of its replies are in the archive")
    filed = [(one, kept) for one in found if (kept := await replies.read(connection, one.id)) is not None]
    archive = Archive(supplier, filed)
    again = await archive.read_again(fetch, atlas, _Shelf(connection, archive.described(fetch.query.vertical), since))
    before = [offer for offer in fetch.offers if offer.supplier == report.supplier]
    told = await _located(connection, explaining.compared(before, again), {one.id: one for one in before}, again)
    return Explained(report=report, replies=archive.rereads, compared=told)


async def _located(
    connection: AsyncConnection, told: Compared, before: Mapping[str, KeptOffer], again: Iterable[Offer]
) -> Compared:
    """With the place at which the first offer differs, unless a later search has seen it again, or it is forgotten."""
    if told.offer is None:
        return told
    document = await offers.get(connection, told.offer)
    if document is None or document.fetched_at != before[told.offer].fetched_at:
        return msgspec.structs.replace(told, why=f"{told.why}, and what it was like is not kept any more")
    after = next(offer for offer in again if offer.id == told.offer)
    return msgspec.structs.replace(told, why=f"{told.why} at {explaining.difference(document, after)}")


class Archive:
    """One supplier's replies to one search, each to be read once more."""

    def __init__(self, supplier: Supplier, kept: Iterable[tuple[ListedReply, KeptReply]]) -> None:
        self._supplier: Final = supplier
        self._order: Final[list[ListedReply]] = []
        self._notes: Final[dict[int, Reread]] = {}
        self._waiting: Final[defaultdict[Call, deque[_Filed]]] = defaultdict(deque)
        self._numbers: Final[dict[int, int]] = {}  # by the identity of a reply that was handed out
        for listed, reply in kept:
            call, told = replayed(reply)
            self._order.append(listed)
            self._waiting[call].append(_Filed(listed, told))

    @property
    def rereads(self) -> tuple[Reread, ...]:
        """In the order in which the replies came, those that nobody asked for among them."""
        return tuple(self._notes.get(one.id, Reread(reply=one, failure="nobody asked for it")) for one in self._order)

    def described(self, vertical: str) -> frozenset[str]:
        """The properties that had to be asked for then: they were on no shelf."""
        searching = self._supplier.searches[vertical]
        if searching.describing is None:
            return frozenset()
        read = searching.describing.read
        selling = {*searching.operations} - {searching.describing.operation}
        answers = (
            (call, filed.reply)
            for call, waiting in self._waiting.items()
            for filed in waiting
            if call.operation not in selling and failure_in(filed.reply, self._supplier, {}) is None
        )
        return frozenset(content.id for call, reply in answers for content in read(reply, call).records)

    def take(self, call: Call) -> Reply:
        """The next reply to this call, as it was retried then. Raises Failure where there is none, or only refusals."""
        failure: Failure = GiveUp(_NOT_KEPT, outcome=Outcome.ERROR)
        waiting = self._waiting[call]
        while waiting:
            listed, reply = waiting.popleft()
            told = failure_in(reply, self._supplier, {})
            if told is None:
                self._numbers[id(reply)] = listed.id
                self._notes[listed.id] = Reread(reply=listed)
                return reply
            failure = told
            self._notes[listed.id] = Reread(reply=listed, failure=told.detail)
        raise failure

    async def read_again(self, fetch: Fetch, atlas: Atlas, shelf: Shelf) -> tuple[Offer, ...]:
        """What the supplier has offered, by its own readers; nothing where it gave no answer."""
        vertical = fetch.query.vertical
        searching = self._noting(self._supplier.searches[vertical])
        supplier = msgspec.structs.replace(self._supplier, searches={vertical: searching})
        client = _FromArchive(supplier, self)
        try:
            found = await conversation.search(
                client, fetch.query, atlas,
                deadline=asyncio.get_running_loop().time() + _ENOUGH_SECONDS, shelf=shelf,
            )  # fmt: skip
        except Failure:
            return ()
        finally:
            await client.aclose()
        least = found.replied_at + LEAST_LIFE
        lasting = (offer for offer in once_each(found.offers) if offer.expires_at >= least)
        return tuple(offer for offer in lasting if _could_be_shown(offer, fetch))

    def _noting(self, searching: Searching) -> Searching:
        """The same readers, and who has read what is written down."""
        describing = searching.describing
        if describing is not None:
            describing = msgspec.structs.replace(describing, read=self._noted(describing.read))
        return msgspec.structs.replace(searching, read=self._noted(searching.read), describing=describing)

    def _noted(self, read: "Callable[..., Readout[Any]]") -> "Callable[..., Readout[Any]]":
        def noted(reply: Reply, *rest: Any) -> Readout[Any]:
            number = self._numbers[id(reply)]
            reader = f"{getattr(read, '__module__', '')}.{getattr(read, '__qualname__', type(read).__name__)}"
            try:
                readout = read(reply, *rest)
            except Failure as failure:
                self._notes[number] = msgspec.structs.replace(
                    self._notes[number], reader=reader, failure=failure.detail
                )
                raise
            self._notes[number] = msgspec.structs.replace(
                self._notes[number], reader=reader, records=len(readout.records), skipped=len(readout.skipped)
            )
            return readout

        return noted


class _Filed(NamedTuple):
    listed: ListedReply
    reply: Reply


class _FromArchive(SupplierClient):
    """Asks nobody: every answer is one that came then."""

    def __init__(self, supplier: Supplier, archive: Archive) -> None:
        nowhere = Access(base_url="http://archive.invalid", secrets={}, budget=supplier.budget, live=False)
        super().__init__(supplier, nowhere, shared=None, over=httpx.AsyncBaseTransport())
        self._archive: Final = archive

    async def answered(
        self,
        call: Call,
        *,
        deadline: float,  # noqa: ARG002 -- nothing is waited for
        priority: Priority = Priority.INTERACTIVE,  # noqa: ARG002 -- nor is there a queue
        client: str | None = None,  # noqa: ARG002 -- nor a ledger
    ) -> Reply:
        return self._archive.take(call)


class _Shelf:
    """The descriptions that were at hand then."""

    def __init__(self, connection: AsyncConnection, asked_for: frozenset[str], then: datetime) -> None:
        self._connection: Final = connection
        self._asked_for: Final = asked_for
        self._then: Final = then

    async def held(self, supplier: str, ids: Iterable[str]) -> Mapping[str, Property]:
        wanted = [told_id for told_id in ids if told_id not in self._asked_for]
        return await properties.get(self._connection, supplier, wanted, now=self._then)

    async def keep(self, told: Iterable[Property], *, live_for: timedelta) -> None:
        """What is read again is known already."""


def _could_be_shown(offer: Offer, fetch: Fetch) -> bool:
    """An offer in a currency that nobody told the worth of then was skipped by name."""
    worth = {rate.currency for rate in fetch.rates} | {fetch.query.currency}
    return offer.price.currency in worth


def _unknown(fetch: Fetch, report: SupplierReport, found: tuple[ListedReply, ...], why: str) -> Explained:
    kept = sum(offer.supplier == report.supplier for offer in fetch.offers)
    return Explained(
        report=report,
        replies=tuple(Reread(reply=one) for one in found),
        compared=Compared(verdict=Verdict.UNKNOWN, kept=kept, read_again=0, why=why),
    )
