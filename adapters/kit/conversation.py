"""A whole exchange with a supplier: the first call, the pages or polls that follow, and an end to it."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import GiveUp
from domain.fitting import misfit
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Outcome, SkippedRecord

Record = TypeVar("Record")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """All that one supplier has for a query.

    `replied_at` is when the first of its replies came, which is the age of the whole; `seconds` passed until the last.
    """

    offers: tuple[Offer, ...]
    skipped: tuple[SkippedRecord, ...]
    replied_at: datetime
    seconds: float


async def pages(
    client: SupplierClient,
    first: Call,
    read: Callable[[Reply, Call], Readout[Record]],
    *,
    at_most: int,
    deadline: Callable[[], float],
) -> AsyncIterator[Readout[Record]]:
    """One readout after the other; `deadline` gives each call its own, on the running loop's clock.

    Raises GiveUp when a supplier's paging runs in a circle or past `at_most` calls, and whatever a call raises.
    """
    made: set[Call] = set()
    call: Call | None = first
    while call is not None:
        if call in made or len(made) >= at_most:
            why = "asks for the same page again" if call in made else f"goes on after {at_most} calls"
            raise GiveUp(f"{call.operation}: paging {why}", outcome=Outcome.ERROR)
        made.add(call)
        reply = await client.answered(call, deadline=deadline())
        readout = read(reply, call)
        yield readout
        call = readout.next


async def search(client: SupplierClient, query: Query, atlas: Atlas, *, deadline: float) -> Found:
    """What the supplier offers, filtered by us for every wish that it does not honour itself.

    Raises Failure. The supplier must have declared the query's vertical.
    """
    searching = client.supplier.searches[query.vertical]
    offers: list[Offer] = []
    skipped: list[SkippedRecord] = []
    replied_at: list[datetime] = []
    started = seconds = time.monotonic()

    def read(reply: Reply, _: Call) -> Readout[Offer]:
        nonlocal seconds
        seconds = time.monotonic() - started
        replied_at.append(reply.received_at)
        return searching.read(reply, query, atlas)

    first = searching.ask(query)
    async for readout in pages(client, first, read, at_most=searching.at_most, deadline=lambda: deadline):
        for offer in readout.records:
            if why := misfit(query, offer):
                skipped.append(SkippedRecord(where=offer.id, why=why))
            else:
                offers.append(offer)
        skipped.extend(readout.skipped)
    return Found(offers=tuple(offers), skipped=tuple(skipped), replied_at=replied_at[0], seconds=seconds)
