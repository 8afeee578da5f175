"""Suggestions, as a client sees them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.hotels import Address, Property
from domain.matching.properties import Described, of
from storage import matches, properties, suggested
from storage.engine import transaction
from tests.api.hub import Hub, filled, hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD, PARIS
from workers.matching import judge

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)


def property_of(supplier: str, number: str, name: str, *, reviews: int | None = None) -> Property:
    where = Address(lines=("1 quai de la Seine",), city="Paris", postal_code="75001", country="FR")
    return Property(supplier=supplier, id=number, name=name, location=PARIS, address=where, reviews=reviews)


async def known(engine: AsyncEngine, *told: Property) -> None:
    """As if searches had told of them, and somebody had judged which of them are one hotel."""
    described: dict[tuple[str, str], Described] = {}
    for one in told:
        if (content := of(one)) is not None:
            described[one.supplier, one.id] = content
    async with transaction(engine) as connection:
        await properties.keep(connection, told, told_at=NOW, good_until=NOW)
        await matches.note(connection, described, at=NOW)
        await judge(connection, described, at=NOW)


async def suggested_for(api: Hub, typed: str, **wishes: object) -> list[Any]:
    await until(lambda: api.services.gazetteer.index is not None)
    more = "".join(f"&{name}={value}" for name, value in wishes.items())
    shown = await api.get(f"/v1/search/suggestions?q={typed}{more}")
    assert shown.status_code == 200, shown.text
    rows: list[Any] = json(shown)["data"]
    return rows


async def test_a_city_is_suggested_with_its_airports_and_an_airport_with_its_city(api: Hub) -> None:
    city, *airports = await suggested_for(api, "Paris")
    assert city == {
        "kind": "city", "code": "PAR", "hotel_id": None, "name": "Paris", "city": None, "country": "FR",
        "location": {"latitude": 48.8534, "longitude": 2.3488}, "airports": ["CDG", "ORY"], "edits": 0,
    }  # fmt: skip
    assert [(one["kind"], one["code"], one["city"]) for one in airports] == [
        ("airport", "CDG", "Paris"), ("airport", "ORY", "Paris"),
    ]  # fmt: skip


async def test_what_is_mistyped_says_so(api: Hub) -> None:
    (shown,) = await suggested_for(api, "heatrhow")
    assert (shown["code"], shown["edits"]) == ("LHR", 1)


async def test_kinds_and_limit_are_kept(api: Hub) -> None:
    assert [one["kind"] for one in await suggested_for(api, "paris", kinds="airport", limit=1)] == ["airport"]
    for wrong in ("q=", "", "q=x&kinds=ship", "q=x&limit=51", f"q={'x' * 101}"):
        assert (await api.get(f"/v1/search/suggestions?{wrong}")).status_code == 422


async def test_a_hotel_of_two_suppliers_is_suggested_once_as_most_guests_know_it(engine: AsyncEngine) -> None:
    await known(
        engine,
        property_of(ALBATROSS, "1", "Hotel Bellevue Paris", reviews=10),
        property_of(BLUEBIRD, "b", "Hôtel Bellevue Paris", reviews=900),
        property_of(ALBATROSS, "2", "Pension Quelque Part"),
    )
    async with transaction(engine) as connection:
        first, second = await suggested.hotels(connection)
        (only,) = await suggested.hotels(connection, at_most=1)
        state = await suggested.state(connection)
    assert (first.name, first.suppliers, first.reviews, first.city) == ("Hôtel Bellevue Paris", 2, 900, "Paris")
    assert (second.name, second.suppliers, second.reviews) == ("Pension Quelque Part", 1, 0)
    assert only == first
    assert (state.records, state.judged_at) == (3, NOW)


async def test_hotels_are_suggested_as_soon_as_they_are_known(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    await known(engine, property_of(ALBATROSS, "1", "Hôtel Bellevue"))
    async with hub(database_url=database_url, redis_url=redis_url) as api:
        (hotel,) = await suggested_for(api, "belevue paris")
        assert (hotel["kind"], hotel["name"], hotel["code"], hotel["edits"]) == ("hotel", "Hôtel Bellevue", None, 1)
        async with transaction(engine) as connection:
            assert await matches.of_hotel(connection, hotel["hotel_id"])
        gazetteer = api.services.gazetteer
        assert not await gazetteer.load()
