"""A whole exchange with a supplier: the first call, the pages or polls that follow, and an end to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

import msgspec

from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, Failure, GiveUp
from adapters.kit.supplier import Describing
from domain.fitting import misfit
from domain.hotels import Property, Stay, StayConditions, described, furnished
from domain.offers import Offer
from domain.orders import Reason
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Outcome, SkippedRecord

Record = TypeVar("Record")

# To a search a sold-out counter is an empty one.
_NOTHING: Final = frozenset({Reason.NOTHING_THERE, Reason.SOLD_OUT})


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that one supplier has for a query.

    `replied_at` is when the first of its replies came, which is the age of the whole; `seconds` passed until the last.
    `cut_short` is why the conversation ended early: what came before is true, but not everything.
    """

    offers: tuple[Offer, ...]
    skipped: tuple[SkippedRecord, ...]
    replied_at: datetime
    seconds: float
    cut_short: Failure | None = None


class Shelf(Protocol):
    """Where descriptions of properties are kept between searches: they change by the week, prices by the minute."""

    async def held(self, supplier: str, ids: Iterable[str]) -> Mapping[str, Property]:
        """Those of the properties that are known and still good."""
        ...

    async def keep(self, told: Iterable[Property], *, live_for: timedelta) -> None: ...


async def pages(
    client: SupplierClient,
    first: Call,
    read: Callable[[Reply, Call], Readout[Record]],
    *,
    at_most: int,
    deadline: Callable[[], float],
    priority: Priority = Priority.INTERACTIVE,
) -> AsyncIterator[Readout[Record]]:
    """One readout after the other; `deadline` gives each call its own, on the running loop's clock.

    Raises GiveUp when a supplier's paging runs in a circle or past `at_most` calls, and whatever a call raises.
    """
    made: set[Call] = set()
    calls = 0
    call: Call | None = first
    while call is not None:
        if call in made or calls >= at_most:
            why = "asks for the same page again" if call in made else f"goes on after {at_most} calls"
            raise GiveUp(f"{call.operation}: paging {why}", outcome=Outcome.ERROR)
        calls += 1
        reply = await client.answered(call, deadline=deadline(), priority=priority)
        readout = read(reply, call)
        yield readout
        if readout.wait:
            await asyncio.sleep(readout.wait)
        else:
            made.add(call)
        call = readout.next


async def search(
    client: SupplierClient,
    query: Query,
    atlas: Atlas,
    *,
    deadline: float,
    shelf: Shelf | None = None,
    priority: Priority = Priority.INTERACTIVE,
) -> Found:
    """What the supplier offers, filtered by us for every wish that it does not honour itself.

    Raises Failure when nothing at all came. The supplier must have declared the query's vertical. Where it says with
    an error that it has nothing, nothing is what was found.
    """
    searching = client.supplier.searches[query.vertical]
    told = _Told()

    def read(reply: Reply, call: Call) -> Readout[Offer]:
        told.replied(reply)
        return searching.read(reply, call, query, atlas)

    try:
        async for readout in pages(
            client, searching.ask(query), read, at_most=searching.at_most, deadline=lambda: deadline, priority=priority
        ):
            told.add(readout)
    except Failure as failure:
        told.end(failure)
    if searching.describing is not None:
        await _describe(client, searching.describing, told, shelf, deadline=deadline, priority=priority)
    return told.found(query)


class _Told:
    """What a supplier has told of a query so far."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._replied_at: datetime | None = None
        self._cut_short: Failure | None = None
        self.offers: list[Offer] = []
        self.skipped: list[SkippedRecord] = []

    def replied(self, reply: Reply) -> None:
        self._last = time.monotonic()
        self._replied_at = self._replied_at or reply.received_at

    def add(self, readout: Readout[Offer]) -> None:
        self.offers.extend(readout.records)
        self.skipped.extend(readout.skipped)

    def end(self, failure: Failure) -> None:
        """An error that means nothing, or nothing any more, is an answer. Raises every other where nothing came before."""
        if isinstance(failure, Answered) and failure.reason in _NOTHING:
            self._last = time.monotonic()
        elif self.offers:
            self._cut_short = failure
        else:
            raise failure

    def found(self, query: Query) -> Found:
        fitting = []
        for offer in self.offers:
            if why := misfit(query, offer):
                self.skipped.append(SkippedRecord(where=offer.id, why=why))
            else:
                fitting.append(offer)
        return Found(
            offers=tuple(fitting),
            skipped=tuple(self.skipped),
            replied_at=self._replied_at or datetime.now(UTC),
            seconds=self._last - self._started,
            cut_short=self._cut_short,
        )


async def _describe(
    client: SupplierClient,
    describing: Describing,
    told: _Told,
    shelf: Shelf | None,
    *,
    deadline: float,
    priority: Priority,
) -> None:
    """Every stay gets what is known of its property, from the shelf where that is still good; without a name it goes."""
    ids = list(dict.fromkeys(_property_of(offer) for offer in told.offers))
    known = dict(await shelf.held(client.supplier.slug, ids)) if shelf and ids else {}
    missing = [told_id for told_id in ids if told_id not in known]
    fetched: list[Property] = []
    for start in range(0, len(missing), describing.at_once):
        call = describing.ask(tuple(missing[start : start + describing.at_once]))
        try:
            async for readout in pages(
                client,
                call,
                describing.read,
                at_most=describing.at_most,
                deadline=lambda: deadline,
                priority=priority,
            ):
                fetched.extend(readout.records)
                told.skipped.extend(readout.skipped)
        except Failure as failure:
            told.skipped.append(SkippedRecord(where=call.operation, why=failure.detail))
    if shelf and fetched:
        await shelf.keep(fetched, live_for=describing.live_for)
    known.update({content.id: content for content in fetched})
    nameless = [offer for offer in told.offers if _property_of(offer) not in known]
    told.skipped.extend(SkippedRecord(where=offer.id, why="its property is not described") for offer in nameless)
    told.offers = [_completed(offer, known[id_]) for offer in told.offers if (id_ := _property_of(offer)) in known]


def _property_of(offer: Offer) -> str:
    """Raises TypeError for an offer that is no stay: only a declaration that is wrong comes here."""
    if not isinstance(offer.product, Stay):
        raise TypeError(f"{offer.id} is no stay, and only a stay has a property")
    return offer.product.property.id


def _completed(offer: Offer, content: Property) -> Offer:
    if not (isinstance(offer.product, Stay) and isinstance(offer.conditions, StayConditions)):
        raise TypeError(f"{offer.id} is no stay, and only a stay has a property")
    return msgspec.structs.replace(
        offer, product=described(offer.product, content), conditions=furnished(offer.conditions, content)
    )
