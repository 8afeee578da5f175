"""Cities to search for hotels in, and counters to pick up cars at."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.hotels.cities import Destinations
from domain.cars import RentalPlace
from domain.enquiries import RentalPlaceEnquiry
from domain.hotels import Address
from domain.places import City, Point
from storage import cities
from storage.engine import transaction
from tests.api.answering import TROUBLE, enquiries, misdescribed, tell
from tests.api.hub import Hub, filled, hub, json, until
from tests.api.search.test_suggestions import known, property_of
from tests.builders import ALBATROSS, PARIS

SYDNEY = Point(latitude=-33.87, longitude=151.21)
CITIES = (
    City(code="PAR", name="Paris", country="FR", location=PARIS, population=2_138_551, timezone="Europe/Paris"),
    City(code="PRX", name="Paris", country="US", location=SYDNEY, population=24_476, timezone="UTC"),
    City(code="SYD", name="Sydney", country="AU", location=SYDNEY, population=4_840_600, timezone="Australia/Sydney"),
)


def near(point: Point, *, north: float = 0.0, east: float = 0.0) -> Point:
    return Point(latitude=point.latitude + north, longitude=point.longitude + east)


def test_a_hotel_belongs_to_the_nearest_city_if_one_is_near() -> None:
    suva = City(code="SUV", name="Suva", country="FJ", location=near(PARIS, north=1), population=1, timezone="UTC")
    hotels = [near(PARIS, north=0.2), near(PARIS, north=0.25), near(PARIS, north=0.9), near(PARIS, north=0.4, east=0.3)]
    assert Destinations([CITIES[0], suva], hotels).hotels == {"PAR": 2, "SUV": 1}


def test_longitudes_go_round() -> None:
    place = Point(latitude=-17, longitude=179.95)
    fiji = City(code="SUV", name="Suva", country="FJ", location=place, population=1, timezone="Pacific/Fiji")
    assert Destinations([fiji], [Point(latitude=-17, longitude=-179.95)]).hotels == {"SUV": 1}


async def listed(api: Hub, wishes: str = "") -> list[tuple[str, int]]:
    await until(lambda: api.services.gazetteer.destinations is not None)
    shown = await api.get(f"/v1/hotels/destinations{wishes}")
    assert shown.status_code == 200, shown.text
    assert misdescribed(shown, "GET", "/v1/hotels/destinations") == []
    return [(row["code"], row["hotels"]) for row in json(shown)["data"]]


async def test_cities_of_which_most_hotels_are_known_come_first_then_large_ones(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    async with transaction(engine) as connection:
        await cities.replace(connection, CITIES)
    await known(engine, property_of(ALBATROSS, "1", "Hôtel Bellevue"))
    async with hub(database_url=database_url, redis_url=redis_url) as api:
        assert await listed(api) == [("PAR", 1), ("SYD", 0), ("PRX", 0)]
        assert await listed(api, "?min_hotels=1") == [("PAR", 1)]
        assert await listed(api, "?query=pari") == [("PAR", 1), ("PRX", 0)]
        assert await listed(api, "?query=paris&country=US") == [("PRX", 0)]
        assert await listed(api, "?limit=1") == [("PAR", 1)]
        following = json(await api.get("/v1/hotels/destinations?limit=2"))["page"]["next"]
        assert await listed(api, f"?limit=2&cursor={following}") == [("PRX", 0)]
        assert (await api.get(f"/v1/hotels/destinations?query=paris&cursor={following}")).status_code == 422


COUNTERS = (
    RentalPlace(
        airport="LHR", code="LHRT1", name="Terminal 1", at_airport=True, address=Address(city="London", country="GB")
    ),
    RentalPlace(airport="LHR", code="LHRC1"),
)


def asking(api: Hub, wishes: str) -> "asyncio.Task[Any]":
    return asyncio.create_task(api.get(f"/v1/cars/locations?{wishes}"))


async def test_counters_at_an_airport_are_asked_for_once_and_told_with_who_told_them(api: Hub) -> None:
    first, second = (asking(api, "airport=LHR&wait=15") for _ in range(2))
    await until(lambda: bool(enquiries(api)))
    await tell(api, enquiries(api)[-1], *COUNTERS)
    for shown in (await first, await second, await api.get("/v1/cars/locations?airport=LHR&wait=0")):
        assert shown.status_code == 200, shown.text
        assert misdescribed(shown, "GET", "/v1/cars/locations") == []
        (place,) = json(shown)["data"]
        assert (place["airport"]["iata"], place["supplier"]) == ("LHR", ALBATROSS)
        assert [(one["code"], one["name"], one["at_airport"]) for one in place["counters"]] == [
            ("LHRT1", "Terminal 1", True),
            ("LHRC1", None, None),
        ]
    assert enquiries(api) == [RentalPlaceEnquiry(airport="LHR")]


async def test_until_a_supplier_has_answered_the_client_comes_back(api: Hub) -> None:
    shown = await api.get("/v1/cars/locations?airport=LHR&wait=0")
    assert (shown.status_code, shown.headers["Location"]) == (202, "/v1/cars/locations?airport=LHR&wait=0")
    assert json(shown)["data"][0]["counters"] is None
    assert misdescribed(shown, "GET", "/v1/cars/locations") == []


async def test_a_supplier_that_fails_is_named(api: Hub) -> None:
    waiting = asking(api, "airport=LHR&wait=15")
    await until(lambda: bool(enquiries(api)))
    await tell(api, enquiries(api)[-1], reports=(TROUBLE,))
    shown = await waiting
    assert shown.status_code == 502
    assert misdescribed(shown, "GET", "/v1/cars/locations") == []


async def test_a_name_finds_airports_and_asks_nobody(api: Hub) -> None:
    await until(lambda: api.services.gazetteer.index is not None)
    shown = json(await api.get("/v1/cars/locations?query=pairs"))["data"]
    assert [(one["airport"]["iata"], one["counters"]) for one in shown] == [("CDG", None), ("ORY", None)]
    assert enquiries(api) == []


@pytest.mark.parametrize("wishes", ["", "airport=LHR&query=london", "airport=LON", "airport=QQQ", "query="])
async def test_either_an_airport_or_a_name_is_wanted(api: Hub, wishes: str) -> None:
    assert (await api.get(f"/v1/cars/locations?{wishes}")).status_code == 422
