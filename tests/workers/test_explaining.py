"""Archived replies are read once more: by the same readers, in the same order, with the same descriptions at hand."""

from collections.abc import Iterable
from datetime import timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.archive import sealed
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.supplier import Describing, Searching, Supplier
from domain.explaining import Verdict
from domain.fetches import Fetch, fetch
from domain.hotels import Property
from domain.matching.verticals import MERGED
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import HotelQuery
from domain.searches import Outcome, Search, arrived, begun
from storage import offers, properties, replies
from storage.engine import transaction
from storage.replies import KeptReply
from tests.builders import ALBATROSS, ATLAS, NOW, flight_query, hotel, hotel_query, money, report, stay_offer
from tests.workers.conftest import seller
from workers.archiving import archiving, replayed
from workers.explaining import Explained, explained

QUERY = flight_query()
SELLER = seller(ALBATROSS)
SECOND = timedelta(seconds=1)
CALL = SELLER.searches["flights"].ask(QUERY)


def reply(body: str, *, status: int = 200, after: int = 0) -> Reply:
    return Reply(status=status, headers={}, body=body.encode(), received_at=NOW + after * SECOND)


def fares(*prices: str, after: int = 0) -> Reply:
    return reply(msgspec.json.encode({"prices": prices}).decode(), after=after)


async def archive(engine: AsyncEngine, *told: tuple[Call, Reply], about: str = QUERY.id) -> None:
    kept = [
        sealed(ALBATROSS, call, reply, hidden=(), private=frozenset(), about=f"search {about}") for call, reply in told
    ]
    async with transaction(engine) as connection:
        await replies.keep(connection, [KeptReply(**msgspec.structs.asdict(one)) for one in kept])


async def read_again(engine: AsyncEngine, kept: Fetch, supplier: Supplier | None = SELLER) -> Explained:
    async with transaction(engine) as connection:
        known = {} if supplier is None else {ALBATROSS: supplier}
        (part,) = await explained(connection, kept, known, ATLAS)
    return part


def found(told: Iterable[Offer], *, outcome: Outcome = Outcome.OK) -> Search:
    part = report(status=outcome, fetched_at=NOW if outcome is Outcome.OK else None)
    return arrived(begun(QUERY, [ALBATROSS], NOW - SECOND), part, told, merge=MERGED["flights"], now=NOW)


def sold(*prices: str) -> tuple[Offer, ...]:
    """What the supplier's reader makes of these fares."""
    return SELLER.searches["flights"].read(fares(*prices), CALL, QUERY, ATLAS).records


async def test_the_same_replies_give_the_same_offers(engine: AsyncEngine) -> None:
    await archive(engine, (CALL, fares("420.00", "399.00")))
    part = await read_again(engine, fetch(found(sold("420.00", "399.00"))))
    assert (part.compared.verdict, part.compared.kept, part.compared.read_again) == (Verdict.EQUAL, 2, 2)
    (one,) = part.replies
    assert (one.reply.operation, one.reply.status, one.records, one.failure) == ("search", 200, 2, None)
    assert (one.reader or "").startswith("tests.workers.conftest")


async def test_an_answer_that_the_replies_do_not_give_is_found_out(engine: AsyncEngine) -> None:
    (was,) = sold("420.00")
    told = msgspec.structs.replace(was, price=money("1.00"))
    await archive(engine, (CALL, fares("420.00")))
    async with transaction(engine) as connection:
        await offers.keep(connection, [told], query=QUERY)
    part = await read_again(engine, fetch(found([told])))
    assert part.compared.verdict is Verdict.DIFFERS
    assert part.compared.why == f'{told.id} differs at price.amount: "1.00", now "420.00"'


async def test_where_the_offer_itself_is_forgotten_the_difference_is_told_without_the_place(
    engine: AsyncEngine,
) -> None:
    (was,) = sold("420.00")
    await archive(engine, (CALL, fares("420.00")))
    part = await read_again(engine, fetch(found([msgspec.structs.replace(was, price=money("1.00"))])))
    assert part.compared.why == f"{was.id} differs, and what it was like is not kept any more"


async def test_what_was_retried_then_is_passed_over_now(engine: AsyncEngine) -> None:
    await archive(engine, (CALL, reply("{}", status=503)), (CALL, fares("420.00", after=1)))
    later = SELLER.searches["flights"].read(fares("420.00", after=1), CALL, QUERY, ATLAS).records
    part = await read_again(engine, msgspec.structs.replace(fetch(found(later)), suppliers=(report(fetched_at=NOW),)))
    assert part.compared.verdict is Verdict.EQUAL
    assert [one.failure for one in part.replies] == ["status 503", None]


async def test_a_supplier_that_gave_no_answer_gives_none_again(engine: AsyncEngine) -> None:
    await archive(engine, (CALL, reply("{}", status=503)))
    part = await read_again(engine, fetch(found((), outcome=Outcome.ERROR)))
    assert (part.compared.verdict, part.compared.kept, part.compared.read_again) == (Verdict.EQUAL, 0, 0)


async def test_replies_to_another_search_or_of_another_time_are_left_alone(engine: AsyncEngine) -> None:
    await archive(
        engine, (CALL, fares("1.00", after=-3600)), (CALL, fares("420.00")), (CALL, fares("2.00", after=3600))
    )
    await archive(engine, (CALL, fares("3.00")), about="another")
    part = await read_again(engine, fetch(found(sold("420.00"))))
    assert part.compared.verdict is Verdict.EQUAL
    assert len(part.replies) == 1


async def test_without_replies_or_without_a_reader_there_is_no_verdict(engine: AsyncEngine) -> None:
    kept = fetch(found(sold("420.00")))
    gone = await read_again(engine, kept)
    assert (gone.compared.verdict, gone.compared.kept) == (Verdict.UNKNOWN, 1)
    assert "archive" in (gone.compared.why or "")
    await archive(engine, (CALL, fares("420.00")))
    unread = await read_again(engine, kept, None)
    assert (unread.compared.verdict, len(unread.replies)) == (Verdict.UNKNOWN, 1)


# A supplier that sells rooms by number and describes the properties on another page.
STAYS = hotel_query()
ROOMS = Call(operation="rooms", path="/rooms")


def _described(ids: tuple[str, ...]) -> Call:
    return Call(operation="describe", path="/properties", params=tuple(("id", told_id) for told_id in ids))


def _read_rooms(told: Reply, _call: Call, _query: HotelQuery, _atlas: Atlas) -> Readout[Offer]:
    numbers = msgspec.json.decode(told.body, type=list[str])
    rooms = [
        stay_offer(reference=number, at=Property(supplier=ALBATROSS, id=number)) for number in numbers
    ]  # fmt: skip
    return Readout(records=tuple(msgspec.structs.replace(one, fetched_at=told.received_at) for one in rooms))


def _read_properties(told: Reply, _call: Call) -> Readout[Property]:
    names = msgspec.json.decode(told.body, type=dict[str, str])
    return Readout(records=tuple(hotel(number=number, name=name) for number, name in names.items()))


HOTELIER = msgspec.structs.replace(
    SELLER,
    searches={
        "hotels": Searching(
            operations=("rooms",),
            ask=lambda _: ROOMS,
            read=_read_rooms,
            honours=frozenset(),
            describing=Describing(operation="describe", ask=_described, read=_read_properties, at_once=10),
        )
    },
)


def room(number: str, name: str) -> Offer:
    return stay_offer(reference=number, at=hotel(number=number, name=name))


def stays(*told: Offer) -> Fetch:
    begun_then = begun(STAYS, [ALBATROSS], NOW - SECOND)
    return fetch(arrived(begun_then, report(), told, merge=MERGED["hotels"], now=NOW))


async def shelved(engine: AsyncEngine, *told: Property) -> None:
    async with transaction(engine) as connection:
        await properties.keep(connection, told, told_at=NOW - SECOND, good_until=NOW + timedelta(days=7))


async def test_a_property_that_was_asked_for_then_is_read_from_its_reply_and_others_from_the_shelf(
    engine: AsyncEngine,
) -> None:
    await archive(
        engine,
        (ROOMS, reply('["1","2"]')),
        (_described(("2",)), reply('{"2": "Bellevue"}', after=1)),
        about=STAYS.id,
    )
    await shelved(engine, hotel(number="1", name="Astoria"), hotel(number="2", name="Bellevue, told anew"))
    part = await read_again(engine, stays(room("1", "Astoria"), room("2", "Bellevue")), HOTELIER)
    assert (part.compared.verdict, part.compared.why) == (Verdict.EQUAL, None)
    assert [(one.reply.operation, one.records) for one in part.replies] == [("rooms", 2), ("describe", 1)]


async def test_a_description_that_changed_on_the_shelf_shows(engine: AsyncEngine) -> None:
    await archive(engine, (ROOMS, reply('["1"]')), about=STAYS.id)
    told = room("1", "Astoria")
    async with transaction(engine) as connection:
        await offers.keep(connection, [told], query=STAYS)
    await shelved(engine, hotel(number="1", name="Grand Astoria"))
    part = await read_again(engine, stays(told), HOTELIER)
    assert part.compared.why == f'{told.id} differs at product.property.name: "Astoria", now "Grand Astoria"'


async def test_the_archive_keeps_what_is_told_of_a_property_and_hides_what_is_told_of_a_traveller(
    engine: AsyncEngine,
) -> None:
    private = msgspec.structs.replace(HOTELIER, private=frozenset({"phone"}))
    said = '{"phone": "+33 1 23 45 67 89"}'
    async with archiving(engine, {ALBATROSS: private}, every=0.01) as held:
        held.keep(ALBATROSS, _described(("1",)), reply(said), hidden=())
        held.keep(ALBATROSS, Call(operation="book", path="/book"), reply(said, after=1), hidden=())
    async with transaction(engine) as connection:
        kept = [await replies.read(connection, number) for number in (1, 2)]
    bodies = [replayed(one)[1].body for one in kept if one is not None]
    assert [b"+33" in body for body in bodies] == [True, False]
