"""Offers: held as they were made, found by id, forgotten when nobody can book them any more."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.cancellation import CancellationStep, Ladder
from domain.cars import Coverage, Mileage, Rental, RentalConditions
from domain.flights import Itinerary
from domain.hotels import Amenity, Board, Room, StayConditions
from domain.offers import ComponentKind, FlightConditions, Offer, PriceComponent
from domain.queries import Query
from storage import offers
from storage.engine import transaction
from storage.tables import OFFERS
from tests.builders import (
    NOW,
    direction,
    flight_query,
    hotel_query,
    itinerary,
    money,
    offer,
    rental_offer,
    segment,
    stay_offer,
    wall_clock,
)

HOUR = timedelta(hours=1)


async def keep(engine: AsyncEngine, *some: Offer, query: Query | None = None) -> int:
    async with transaction(engine) as connection:
        return await offers.keep(connection, some, query=query or flight_query())


async def get(engine: AsyncEngine, offer_id: str) -> Offer | None:
    async with transaction(engine) as connection:
        return await offers.get(connection, offer_id)


async def drop(engine: AsyncEngine, *, at_most: int = 10_000) -> int:
    async with transaction(engine) as connection:
        return await offers.drop_expired(connection, before=NOW, at_most=at_most)


async def test_an_offer_comes_back_to_the_cent_and_to_the_minute_on_each_airports_clock(engine: AsyncEngine) -> None:
    over_the_date_line = itinerary(
        direction(
            segment(
                origin="AKL", destination="HNL", departs="2027-03-01T23:55", arrives="2027-03-01T09:45", carrier="HA"
            )
        )
    )
    full = offer(
        product=over_the_date_line,
        price=money("1234.56"),
        price_components=(
            PriceComponent(kind=ComponentKind.BASE_FARE, amount=money("1200.00")),
            PriceComponent(kind=ComponentKind.TAX, amount=money("34.56"), label="YQ"),
        ),
        conditions=FlightConditions(refundable=False, checked_bags=1, fare_family="LIGHT"),
        seats_left=4,
        supplier_extra={"token": "a|b"},
    )
    assert await keep(engine, full, offer(reference="other")) == 2
    held = await get(engine, full.id)
    assert held == full
    assert held is not None
    assert isinstance(held.product, Itinerary)
    flown, told = held.product.segments[0], full.product.segments[0]
    assert flown.departs_at.isoformat() == told.departs_at.isoformat() == "2027-03-01T23:55:00+13:00"
    assert flown.arrives_at.isoformat() == told.arrives_at.isoformat() == "2027-03-01T09:45:00-10:00"
    assert (await get(engine, "unknown")) is None


async def test_the_columns_say_what_the_document_says(engine: AsyncEngine) -> None:
    one = offer(price=money("1230", "JPY"))
    await keep(engine, one, query=flight_query())
    async with transaction(engine) as connection:
        row = (await connection.execute(select(OFFERS))).one()
    assert (row.supplier, row.search_id, row.reference) == (one.supplier, flight_query().id, one.reference)
    assert (row.price_amount, row.currency) == (one.price.amount, "JPY")
    assert (row.fetched_at, row.expires_at) == (one.fetched_at, one.expires_at)


async def test_a_price_that_moved_replaces_the_old_one_and_never_the_other_way(engine: AsyncEngine) -> None:
    before, after = offer(price=money("420.00")), offer(price=money("440.00"), fetched_at=NOW + HOUR)
    await keep(engine, before)
    assert await keep(engine, after) == 1
    assert await keep(engine, before) == 0
    assert await get(engine, after.id) == after


async def test_keeping_the_same_search_twice_is_harmless(engine: AsyncEngine) -> None:
    await asyncio.gather(*(keep(engine, *(offer(reference=f"{n}") for n in range(50))) for _ in range(4)))
    async with transaction(engine) as connection:
        assert len((await connection.execute(select(OFFERS.c.id))).all()) == 50


async def test_expired_offers_go_in_bites_the_oldest_first_and_the_others_stay(engine: AsyncEngine) -> None:
    ages = [offer(reference=f"{n}", fetched_at=NOW - 10 * HOUR, expires_at=NOW - n * HOUR) for n in range(1, 6)]
    open_still = [offer(reference="open"), offer(reference="now", expires_at=NOW)]
    await keep(engine, *ages, *open_still)
    assert await drop(engine, at_most=2) == 2
    assert await get(engine, ages[-1].id) is None
    assert await get(engine, ages[0].id) == ages[0]
    assert await drop(engine, at_most=2) == 2
    assert await drop(engine, at_most=2) == 1
    assert await drop(engine) == 0
    assert [await get(engine, one.id) for one in open_still] == open_still


async def test_two_who_clean_up_at_once_do_not_wait_for_each_other(engine: AsyncEngine) -> None:
    await keep(engine, *(offer(reference=f"{n}", expires_at=NOW - HOUR) for n in range(10)))
    async with transaction(engine) as one, transaction(engine) as other:
        assert await offers.drop_expired(one, before=NOW, at_most=6) == 6
        assert await offers.drop_expired(other, before=NOW, at_most=6) == 4


async def test_what_has_no_place_in_the_model_survives(engine: AsyncEngine) -> None:
    odd = msgspec.structs.replace(offer(), supplier_extra={"clé": "\u2708 \\x00", "": ""})
    await keep(engine, odd)
    assert await get(engine, odd.id) == odd


async def test_a_stay_comes_back_with_its_ladder_and_what_is_paid_on_site(engine: AsyncEngine) -> None:
    ladder = Ladder(steps=(CancellationStep(fee=money("60.00"), since=wall_clock("CDG", "2027-02-26T18:00")),))
    full = msgspec.structs.replace(
        stay_offer(
            conditions=StayConditions(
                rooms=(Room(name="Double room", sleeps=2),), board=Board.BREAKFAST, refundable=True, cancellation=ladder
            )
        ),
        price_components=(
            PriceComponent(kind=ComponentKind.ROOM, amount=money("350.00")),
            PriceComponent(kind=ComponentKind.TAX, amount=money("10.00"), on_site=True),
        ),
    )
    starred = msgspec.structs.replace(full.product.property, stars=Decimal("4.5"), amenities=(Amenity.POOL,))
    full = msgspec.structs.replace(full, product=msgspec.structs.replace(full.product, property=starred))
    assert await keep(engine, full) == 1
    assert await get(engine, full.id) == full


async def test_a_rental_comes_back_by_the_clock_of_its_counter(engine: AsyncEngine) -> None:
    full = rental_offer(
        airport="ADL",
        conditions=RentalConditions(
            mileage=Mileage(unlimited=True), coverages=(Coverage(code="CDW", name="Damage", included=True),)
        ),
    )
    assert await keep(engine, full) == 1
    held = await get(engine, full.id)
    assert held == full
    assert held is not None
    assert isinstance(held.product, Rental)
    assert held.product.pick_up_at.isoformat() == "2027-03-01T10:00:00+10:30"


async def test_an_offer_is_kept_with_the_question_that_it_answered(engine: AsyncEngine) -> None:
    stay, asked = stay_offer(), hotel_query(children_ages=(7,))
    await keep(engine, stay, query=asked)
    async with transaction(engine) as connection:
        assert await offers.kept(connection, stay.id) == offers.KeptOffer(offer=stay, query=asked)


async def test_an_offer_from_before_questions_were_written_down_is_found_and_can_not_be_asked_about(
    engine: AsyncEngine,
) -> None:
    one = offer()
    await keep(engine, one)
    async with transaction(engine) as connection:
        await connection.execute(update(OFFERS).values(query=None))
        assert await offers.kept(connection, one.id) is None
        assert await offers.get(connection, one.id) == one
