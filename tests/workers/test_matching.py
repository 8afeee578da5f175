"""Hotels that suppliers describe each in their own way are judged once, and a search finds them judged."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from dramatiq import Broker

from domain.hotels import Property
from domain.jobs import MatchHotels, SeenRecord
from domain.matching.hotel_ids import SETTLES_AFTER, own_id
from domain.matching.properties import Key, Override, of
from domain.offers import Offer
from domain.places import Point
from domain.searches import Result
from storage import matches
from storage.engine import create_engine, transaction
from storage.matches import Decision, Record
from tests.builders import ALBATROSS, BLUEBIRD, NOW, PARIS, hotel, hotel_query, stay_offer
from tests.workers.conftest import MakeTools, queued
from tests.workers.test_shelf import Clock
from workers.hotel_book import HotelBook
from workers.matching import judge, match_hotels
from workers.merging import merge_for
from workers.tools import Tools

BELLEVUE = hotel(supplier=ALBATROSS, number="7", name="Hotel Bellevue")
BELLEVUE_TOO = hotel(supplier=BLUEBIRD, number="B7", name="Hôtel Bellevue")
FAR_OFF = Point(latitude=PARIS.latitude + 0.05, longitude=PARIS.longitude)
CENTRAL = hotel(supplier=BLUEBIRD, number="B8", name="Grand Central", location=FAR_OFF)
QUERY = hotel_query()
LATER = NOW + timedelta(hours=1)


def key(told: Property) -> Key:
    return told.supplier, told.id


def seen(*told: Property) -> MatchHotels:
    records = [SeenRecord(key=key(each), told=described) for each in told if (described := of(each))]
    return MatchHotels(seen=tuple(records))


def offered(at: Property) -> Offer:
    return stay_offer(supplier=at.supplier, reference=f"rate of {at.id}", at=at)


async def kept(tools: Tools, *told: Property) -> list[str | None]:
    async with transaction(tools.engine) as connection:
        found = await matches.kept(connection, [key(each) for each in told])
    return [found[key(each)].hotel_id for each in told]


async def records(tools: Tools, hotel_id: str) -> list[Record]:
    async with transaction(tools.engine) as connection:
        return list((await matches.of_hotel(connection, hotel_id)).values())


async def results(tools: Tools, *told: Property) -> tuple[Result, ...]:
    offers = tuple(offered(each) for each in told)
    return (await merge_for(QUERY, offers, tools))(offers)


async def test_two_suppliers_records_of_one_hotel_get_one_id(tools: MakeTools) -> None:
    held = tools()
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO, CENTRAL), held)
    one, too, other = await kept(held, BELLEVUE, BELLEVUE_TOO, CENTRAL)
    assert one == too == own_id(key(BELLEVUE))
    assert other == own_id(key(CENTRAL))


async def test_why_they_are_one_is_kept_with_them(tools: MakeTools) -> None:
    held = tools(now=NOW)
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    for record in await records(held, own_id(key(BELLEVUE))):
        assert record.why.score is not None
        assert record.why.reasons[0] in {"like albatross:7", "like bluebird:B7"}
        assert len(record.why.reasons) > 1
        assert record.judged_at == NOW


async def test_the_id_stays_when_a_record_comes_that_would_have_been_the_first(tools: MakeTools) -> None:
    held = tools(now=LATER)
    await match_hotels(seen(BELLEVUE_TOO), tools(now=NOW))
    await match_hotels(seen(BELLEVUE), held)
    assert set(await kept(held, BELLEVUE, BELLEVUE_TOO)) == {own_id(key(BELLEVUE_TOO))}


async def test_the_search_that_finds_a_hotel_first_and_the_judgement_after_it_agree_on_the_id(tools: MakeTools) -> None:
    held = tools()
    (before,) = await results(held, BELLEVUE_TOO)
    await match_hotels(seen(BELLEVUE_TOO), held)
    (result,) = await results(held, BELLEVUE, BELLEVUE_TOO)
    await match_hotels(seen(BELLEVUE), held)
    assert set(await kept(held, BELLEVUE, BELLEVUE_TOO)) == {result.id}
    assert {record.key for record in await records(held, before.id)} == {key(BELLEVUE), key(BELLEVUE_TOO)}


async def test_a_hotel_is_found_by_any_id_under_which_a_search_showed_it(tools: MakeTools) -> None:
    held = tools()
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    for told in (BELLEVUE, BELLEVUE_TOO):
        assert len(await records(held, own_id(key(told)))) == 2
    assert await records(held, own_id(key(CENTRAL))) == []


async def test_seeing_the_same_again_changes_nothing(tools: MakeTools) -> None:
    held = tools(now=NOW)
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    before = await records(held, own_id(key(BELLEVUE)))
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), tools(now=NOW + timedelta(hours=1)))
    assert await records(held, own_id(key(BELLEVUE))) == before


async def test_a_hotel_that_has_moved_is_judged_anew(tools: MakeTools) -> None:
    held = tools()
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    moved = hotel(supplier=BLUEBIRD, number="B7", name="Hôtel Bellevue", location=FAR_OFF)
    await match_hotels(seen(moved), held)
    assert await kept(held, BELLEVUE, BELLEVUE_TOO) == [own_id(key(BELLEVUE)), own_id(key(BELLEVUE_TOO))]


async def test_hotels_that_turn_out_to_be_one_go_on_under_the_older_id(tools: MakeTools) -> None:
    await match_hotels(seen(CENTRAL), tools(now=NOW - timedelta(days=1)))
    held = tools(now=NOW)
    await match_hotels(seen(BELLEVUE), held)
    await person_decides(held, BELLEVUE, CENTRAL, same=True)
    assert set(await kept(held, BELLEVUE, CENTRAL)) == {own_id(key(CENTRAL))}
    assert len(await records(held, own_id(key(BELLEVUE)))) == 2  # the id that it had is still good
    async with transaction(held.engine) as connection:
        assert await matches.former_ids(connection, own_id(key(CENTRAL))) == (own_id(key(BELLEVUE)),)


async def person_decides(held: Tools, one: Property, other: Property, *, same: bool) -> None:
    override = Override(left=key(one), right=key(other), same=same)
    async with transaction(held.engine) as connection:
        await matches.one_at_a_time(connection)
        await matches.overrule(connection, Decision(override=override, because="I was there", by="Ada", at=NOW))
        await judge(connection, [override.left, override.right], at=NOW)


async def test_what_a_person_has_told_apart_stays_apart_whatever_is_told_later(tools: MakeTools) -> None:
    held = tools()
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    await person_decides(held, BELLEVUE, BELLEVUE_TOO, same=False)
    assert await kept(held, BELLEVUE, BELLEVUE_TOO) == [own_id(key(BELLEVUE)), own_id(key(BELLEVUE_TOO))]
    await match_hotels(seen(hotel(supplier=BLUEBIRD, number="B7", name="Hotel Bellevue")), held)
    assert await kept(held, BELLEVUE, BELLEVUE_TOO) == [own_id(key(BELLEVUE)), own_id(key(BELLEVUE_TOO))]


async def test_an_id_that_was_given_up_is_good_again_when_its_hotel_stands_alone_again(tools: MakeTools) -> None:
    await match_hotels(seen(CENTRAL), tools(now=NOW - timedelta(days=1)))
    held = tools(now=NOW)
    await match_hotels(seen(BELLEVUE), held)
    await person_decides(held, BELLEVUE, CENTRAL, same=True)
    await person_decides(held, BELLEVUE, CENTRAL, same=False)
    assert await kept(held, BELLEVUE, CENTRAL) == [own_id(key(BELLEVUE)), own_id(key(CENTRAL))]
    (alone,) = await records(held, own_id(key(BELLEVUE)))
    assert alone.key == key(BELLEVUE)


async def test_a_search_shows_hotels_under_the_ids_that_are_kept(tools: MakeTools) -> None:
    await match_hotels(seen(BELLEVUE_TOO), tools(now=NOW))
    await match_hotels(seen(BELLEVUE), tools(now=LATER))
    (result,) = await results(tools(now=LATER + SETTLES_AFTER), BELLEVUE, BELLEVUE_TOO)
    assert result.id == own_id(key(BELLEVUE_TOO))
    assert {offer.supplier for offer in result.offers} == {ALBATROSS, BLUEBIRD}


async def test_a_search_joins_what_was_never_judged_and_puts_it_up_for_judgement(
    tools: MakeTools, broker: Broker
) -> None:
    (result,) = await results(tools(), BELLEVUE, BELLEVUE_TOO)
    assert result.id == own_id(key(BELLEVUE))
    assert queued(broker, "housekeeping") == 1


async def test_a_search_puts_nothing_up_that_is_known_as_it_is(tools: MakeTools, broker: Broker) -> None:
    held = tools()
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    await results(held, BELLEVUE, BELLEVUE_TOO)
    assert queued(broker, "housekeeping") == 0
    await results(held, hotel(supplier=ALBATROSS, number="7", name="Hotel Bellevue and Spa"))
    assert queued(broker, "housekeeping") == 1


async def test_without_postgresql_a_search_goes_by_the_looks_of_hotels(tools: MakeTools, broker: Broker) -> None:
    held, nowhere = tools(), create_engine("postgresql://nobody@127.0.0.1:9/nothing")
    alone = msgspec.structs.replace(held, hotels=HotelBook(nowhere, held.queue, now=lambda: NOW))
    await match_hotels(seen(BELLEVUE_TOO), held)
    (result,) = await results(alone, BELLEVUE, BELLEVUE_TOO)
    assert result.id == own_id(key(BELLEVUE))
    assert queued(broker, "housekeeping") == 0
    await nowhere.dispose()


async def test_a_decision_reaches_a_process_that_knew_better_within_five_minutes(tools: MakeTools) -> None:
    clock = Clock()
    held = tools(now=NOW - timedelta(days=1))
    knowing = msgspec.structs.replace(held, hotels=HotelBook(held.engine, held.queue, now=clock))
    await match_hotels(seen(BELLEVUE, BELLEVUE_TOO), held)
    assert len(await results(knowing, BELLEVUE, BELLEVUE_TOO)) == 1
    await person_decides(held, BELLEVUE, BELLEVUE_TOO, same=False)
    assert len(await results(knowing, BELLEVUE, BELLEVUE_TOO)) == 1
    clock.shows += timedelta(minutes=5)
    assert len(await results(knowing, BELLEVUE, BELLEVUE_TOO)) == 2


@pytest.mark.parametrize("nameless", [hotel(name=""), Property(supplier=ALBATROSS, id="9", name="Hotel Nowhere")])
async def test_a_hotel_without_name_or_place_is_one_of_its_own(
    tools: MakeTools, broker: Broker, nameless: Property
) -> None:
    (result,) = await results(tools(), nameless)
    assert result.id == own_id(key(nameless))
    assert queued(broker, "housekeeping") == 0


async def test_two_who_judge_at_once_come_to_one_end(tools: MakeTools) -> None:
    held = tools()
    streets = [Point(latitude=PARIS.latitude + number / 100, longitude=PARIS.longitude) for number in range(20)]
    houses = [
        hotel(supplier=supplier, number=str(number), name=f"Hotel {letter}oulogne", location=street)
        for number, (letter, street) in enumerate(zip("BCDFGHJKLMNPQRSTVWXZ", streets, strict=True))
        for supplier in (ALBATROSS, BLUEBIRD)
    ]
    await asyncio.gather(*(match_hotels(seen(*told), held) for told in (houses, houses[::-1], houses[10:30])))
    assert await kept(held, *houses) == [own_id((ALBATROSS, each.id)) for each in houses]


async def test_content_that_has_changed_is_put_up_once(tools: MakeTools, broker: Broker) -> None:
    held = tools(now=LATER)
    await match_hotels(seen(BELLEVUE), tools(now=NOW))
    await results(held, BELLEVUE)
    for _ in range(3):
        await results(held, hotel(supplier=ALBATROSS, number="7", name="Hotel Bellevue and Spa"))
    assert queued(broker, "housekeeping") == 1
