"""A whole exchange: pages that follow each other, an end to them, and what we filter ourselves."""

import asyncio
from collections.abc import Callable

import pytest

from adapters.kit import conversation
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Found
from adapters.kit.failures import GiveUp, TryLater
from adapters.kit.supplier import Searching
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import FlightQuery
from domain.searches import SkippedRecord
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, Desk, open_desk, says
from tests.builders import ATLAS, direction, flight_query, itinerary, money, offer, segment


def soon() -> float:
    return asyncio.get_running_loop().time() + 20


def page(number: int) -> Call:
    return declared.call(params=(("page", str(number)),))


async def read_pages(
    desk: Desk, following: Callable[[Call], Call | None], *, at_most: int = 10
) -> list[tuple[str, ...]]:
    """Each page's records are the number that it was asked for."""
    supplier = declared.supplier()
    client = SupplierClient(supplier, declared.access(desk.base_url), shared=None)

    def read(_: Reply, call: Call) -> Readout[str]:
        return Readout(records=(call.params[0][1],), next=following(call))

    try:
        first = page(1)
        readouts = conversation.pages(client, first, read, at_most=at_most, deadline=soon)
        return [readout.records async for readout in readouts]
    finally:
        await client.aclose()


async def test_one_page_follows_the_other_until_the_last() -> None:
    async with open_desk(says()) as desk:
        read = await read_pages(desk, lambda call: {"1": page(2), "2": page(3)}.get(call.params[0][1]))
        assert read == [("1",), ("2",), ("3",)]
        assert [asked.target for asked in desk.asked] == [f"/flights?page={number}" for number in (1, 2, 3)]


async def test_paging_in_a_circle_is_found_out() -> None:
    async with open_desk(says()) as desk:
        with pytest.raises(GiveUp, match="same page again"):
            await read_pages(desk, lambda call: page(2) if call == page(1) else page(1))
        assert len(desk.asked) == 2


async def test_paging_without_end_is_ended() -> None:
    async with open_desk(says()) as desk:
        with pytest.raises(GiveUp, match="goes on after 4 calls"):
            await read_pages(desk, lambda call: page(int(call.params[0][1]) + 1), at_most=4)
        assert len(desk.asked) == 4


def ask(query: FlightQuery) -> Call:
    return declared.call(params=(("from", query.origin),))


async def found(*offers: Offer, skipped: tuple[SkippedRecord, ...] = (), at: Answer | None = None) -> Found:
    """What is found at a supplier whose replies are all read as these offers."""

    def read(_reply: Reply, _call: Call, _query: FlightQuery, _atlas: Atlas) -> Readout[Offer]:
        return Readout(records=offers, skipped=skipped)

    searching = Searching(operations=("search",), ask=ask, read=read, honours=frozenset())
    async with open_desk(at or says()) as desk:
        supplier = declared.supplier(searches={"flights": searching})
        client = SupplierClient(supplier, declared.access(desk.base_url), shared=None, chance=lambda: 0.0)
        try:
            return await conversation.search(client, flight_query(), ATLAS, deadline=soon())
        finally:
            await client.aclose()


async def test_what_the_supplier_did_not_filter_is_filtered_here_and_named() -> None:
    right = offer(reference="right")
    elsewhere = offer(reference="elsewhere", product=itinerary(direction(segment(origin="LGW"))))
    in_pounds = offer(reference="in pounds", price=money("300.00", "GBP"))
    bad = SkippedRecord(where="data[3]", why="no price")
    answer = await found(right, elsewhere, in_pounds, skipped=(bad,))
    assert answer.offers == (right,)
    assert {record.where for record in answer.skipped} == {elsewhere.id, in_pounds.id, "data[3]"}
    assert all(record.why for record in answer.skipped)


async def test_a_supplier_that_has_nothing_is_an_answer_too() -> None:
    answer = await found()
    assert (answer.offers, answer.skipped) == ((), ())
    assert answer.replied_at.tzinfo is not None
    assert answer.seconds >= 0


async def test_a_search_that_fails_raises_its_failure() -> None:
    with pytest.raises(TryLater):
        await found(at=says(503))
