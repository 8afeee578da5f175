"""A whole exchange: pages that follow each other, an end to them, and what we filter ourselves."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import msgspec
import pytest

from adapters.kit import conversation
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Found
from adapters.kit.failures import GiveUp, TryLater
from adapters.kit.supplier import Describing, Searching
from domain.hotels import Property, Stay
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import FlightQuery, HotelQuery
from domain.searches import SkippedRecord
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, Desk, open_desk, says
from tests.builders import (
    ALBATROSS,
    ATLAS,
    direction,
    flight_query,
    hotel,
    hotel_query,
    itinerary,
    offer,
    segment,
    stay_offer,
)


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

    async with open_desk(at or says()) as desk:
        return await search_at(desk, read)


async def search_at(desk: Desk, read: Callable[..., Readout[Offer]], *, at_most: int = 1) -> Found:
    searching = Searching(operations=("search",), ask=ask, read=read, honours=frozenset(), at_most=at_most)
    supplier = declared.supplier(searches={"flights": searching})
    client = SupplierClient(supplier, declared.access(desk.base_url), shared=None, chance=lambda: 0.0)
    try:
        return await conversation.search(client, flight_query(), ATLAS, deadline=soon())
    finally:
        await client.aclose()


async def test_what_the_supplier_did_not_filter_is_filtered_here_and_named() -> None:
    right = offer(reference="right")
    elsewhere = offer(reference="elsewhere", product=itinerary(direction(segment(origin="LGW"))))
    tomorrow = segment(departs="2027-03-02T10:30", arrives="2027-03-02T13:25")
    another_day = offer(reference="tomorrow", product=itinerary(direction(tomorrow)))
    bad = SkippedRecord(where="data[3]", why="no price")
    answer = await found(right, elsewhere, another_day, skipped=(bad,))
    assert answer.offers == (right,)
    assert {record.where for record in answer.skipped} == {elsewhere.id, another_day.id, "data[3]"}
    assert all(record.why for record in answer.skipped)


async def test_a_supplier_that_has_nothing_is_an_answer_too() -> None:
    answer = await found()
    assert (answer.offers, answer.skipped) == ((), ())
    assert answer.replied_at.tzinfo is not None
    assert answer.seconds >= 0


async def test_a_search_that_fails_raises_its_failure() -> None:
    with pytest.raises(TryLater):
        await found(at=says(503))


@pytest.mark.parametrize("code", ["NOTHING", "SOLD_OUT"])
async def test_a_supplier_that_says_by_an_error_that_it_has_nothing_has_answered(code: str) -> None:
    body = msgspec.json.encode({"error": {"code": code, "message": "no seats on that day"}})
    answer = await found(at=says(404, body))
    assert (answer.offers, answer.skipped, answer.cut_short) == ((), (), None)
    assert answer.replied_at.tzinfo is not None


async def test_a_page_that_fails_late_takes_nothing_from_those_before_it() -> None:
    first = offer(reference="on the first page")

    def read(_reply: Reply, call: Call, _query: FlightQuery, _atlas: Atlas) -> Readout[Offer]:
        return Readout(records=(first,), next=page(2))

    async with open_desk(says(), says(503)) as desk:
        answer = await search_at(desk, read, at_most=2)
    assert answer.offers == (first,)
    assert isinstance(answer.cut_short, TryLater)


async def test_a_poll_may_repeat_its_call_and_a_page_may_not() -> None:
    async with open_desk(says()) as desk:
        asked: list[Call] = []

        def read(_reply: Reply, call: Call, _query: FlightQuery, _atlas: Atlas) -> Readout[Offer]:
            asked.append(call)
            return Readout(records=(), next=call if len(asked) < 3 else None, wait=0.001)

        assert (await search_at(desk, read, at_most=3)).offers == ()
        assert len(asked) == 3


class Shelf:
    """Descriptions in memory; `asked` is what was looked for."""

    def __init__(self, *held: Property) -> None:
        self.on_it = {content.id: content for content in held}
        self.asked: list[str] = []

    async def held(self, supplier: str, ids: Iterable[str]) -> dict[str, Property]:
        assert supplier == ALBATROSS
        self.asked.extend(ids)
        return {told_id: self.on_it[told_id] for told_id in self.asked if told_id in self.on_it}

    async def keep(self, told: Iterable[Property], *, live_for: timedelta) -> None:
        assert live_for == timedelta(days=7)
        self.on_it.update({content.id: content for content in told})


def ask_to_describe(ids: tuple[str, ...]) -> Call:
    return declared.call(operation="describe", path="/properties", params=tuple(("id", told_id) for told_id in ids))


def describe(_reply: Reply, call: Call) -> Readout[Property]:
    """Everybody but number 13 is described."""
    return Readout(records=tuple(hotel(number=told_id) for _, told_id in call.params if told_id != "13"))


async def stays(desk: Desk, *ids: str, shelf: Shelf | None = None, at_once: int = 2) -> Found:
    """What is found where properties are told by their numbers alone."""
    offers = tuple(
        stay_offer(reference=f"rate {told_id}", at=Property(supplier=ALBATROSS, id=told_id)) for told_id in ids
    )

    def read(_reply: Reply, _call: Call, _query: HotelQuery, _atlas: Atlas) -> Readout[Offer]:
        return Readout(records=offers)

    searching = Searching(
        operations=("search",),
        ask=lambda _: declared.call(),
        read=read,
        honours=frozenset(),
        describing=Describing(operation="describe", ask=ask_to_describe, read=describe, at_once=at_once),
    )
    client = SupplierClient(
        declared.supplier(searches={"hotels": searching}), declared.access(desk.base_url), shared=None
    )
    try:
        return await conversation.search(client, hotel_query(), ATLAS, deadline=soon(), shelf=shelf)
    finally:
        await client.aclose()


async def test_properties_are_described_so_many_at_a_time_and_then_known() -> None:
    shelf = Shelf()
    async with open_desk(says()) as desk:
        answer = await stays(desk, "1", "2", "3", shelf=shelf)
        assert [asked.target for asked in desk.asked] == ["/flights", "/properties?id=1&id=2", "/properties?id=3"]
        assert {offer.product.property.name for offer in answer.offers if isinstance(offer.product, Stay)} == {
            "Hotel Bellevue"
        }
        await stays(desk, "1", "2", "3", shelf=shelf)
        assert [asked.target for asked in desk.asked][3:] == ["/flights"]


async def test_a_property_that_nobody_describes_is_left_out_and_named() -> None:
    async with open_desk(says()) as desk:
        answer = await stays(desk, "12", "13")
    (stay,) = answer.offers
    assert isinstance(stay.product, Stay)
    assert stay.product.property.id == "12"
    assert [record.why for record in answer.skipped] == ["its property is not described"]


async def test_descriptions_that_do_not_come_take_nobody_elses_stay() -> None:
    async with open_desk(says(), says(), says(404)) as desk:
        answer = await stays(desk, "1", "2", "3")
    assert len(answer.offers) == 2
    assert {record.where for record in answer.skipped} >= {"describe"}
