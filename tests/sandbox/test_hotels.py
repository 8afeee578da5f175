"""The hotels of the pretend world: where they stand, what they are called, and which are easily taken for others."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from sandbox.airports import airports
from sandbox.currencies import RATES
from sandbox.hotels.cities import OUTSKIRTS_KM, City, cities, distance_km
from sandbox.hotels.countries import country
from sandbox.hotels.directory import Hotels
from sandbox.hotels.facts import AMENITIES, Hotel
from sandbox.hotels.tongues import tongues
from sandbox.stations import Rank
from tests.sandbox.travel import Clock

TOLD_BY_ANOTHER_PROCESS = """
from datetime import timedelta
from sandbox.hotels.directory import Hotels
from sandbox.hotels.offers import Guests
from tests.sandbox.travel import DAY, Clock
hotels = Hotels(seed=7, noise=1.0, now=Clock())
for hotel in hotels.in_city("MUC"):
    print(hotel)
    print(hotels.listings("heron", [hotel]))
    print(hotels.rates(hotel, DAY, DAY + timedelta(days=3), [Guests(adults=2)], "heron"))
"""


def told(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TOLD_BY_ANOTHER_PROCESS],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def the_hotels(*, seed: int = 1) -> Hotels:
    return Hotels(seed=seed, noise=1.0, now=Clock())


def every_city() -> list[City]:
    return list({city.code: city for city in cities().values()}.values())


def apart_km(one: Hotel, other: Hotel) -> float:
    return distance_km(one.latitude, one.longitude, other.latitude, other.longitude)


def look_alikes(found: Iterable[Hotel]) -> list[tuple[Hotel, Hotel]]:
    by_id = {hotel.id: hotel for hotel in found}
    return [
        (hotel, by_id[hotel.look_alike]) for hotel in by_id.values() if hotel.look_alike and hotel.id < hotel.look_alike
    ]


def test_two_processes_tell_of_the_same_hotels_listings_and_rates() -> None:
    one, other = told("1"), told("2")
    assert one == other
    assert one.count("Hotel(") > 100
    assert one.count("Listing(") > 80
    assert one.count("Rate(") > 500


def test_another_seed_builds_other_hotels() -> None:
    one, other = ({hotel.name for hotel in the_hotels(seed=seed).in_city("LIS")} for seed in (1, 2))
    assert len(one & other) < len(one) / 2


def test_the_busiest_cities_have_a_hundred_and_twenty_hotels_and_more() -> None:
    busiest = [city for city in every_city() if city.rank is Rank.CROSSROADS]
    counts = [len(the_hotels().in_city(city.code)) for city in busiest]
    assert len(busiest) >= 20
    assert min(counts) >= 120
    assert max(counts) <= 250


def test_other_cities_have_ten_to_sixty_hotels_and_an_airfield_has_four() -> None:
    hotels = the_hotels()
    for city in every_city()[::25]:
        count = len(hotels.in_city(city.code))
        if city.rank is Rank.SMALL and not city.population:
            assert count == 4, city
        elif city.rank < Rank.CROSSROADS:
            assert 10 <= count <= 60, city


def test_a_city_is_found_by_its_own_code_and_by_that_of_each_airport() -> None:
    hotels = the_hotels()
    assert {hotel.city_code for hotel in hotels.in_city("PAR")} == {"PAR"}
    assert hotels.in_city("PAR") == hotels.in_city("CDG") == hotels.in_city("ORY")
    assert hotels.in_city("XXX") == ()
    assert airports().keys() <= cities().keys()


def test_each_hotel_is_found_by_its_id() -> None:
    hotels = the_hotels()
    for hotel in hotels.in_city("VIE"):
        assert hotels.by_id(hotel.id) is hotel
    for nobody in ("VIE999", "XXX000", "vie000", "VIE0", ""):
        assert hotels.by_id(nobody) is None


def test_an_id_names_the_city_and_not_one_of_its_airports() -> None:
    assert the_hotels().by_id("LHR000") is None
    assert the_hotels().by_id("LON000") is not None


def test_no_hotel_stands_beyond_the_outskirts() -> None:
    """Of the city or of one of its airports: that is how far `near` has to look."""
    hotels = the_hotels()
    for city in every_city()[::40]:
        sites = [(city.latitude, city.longitude), *((one.latitude, one.longitude) for one in city.airports)]
        for hotel in hotels.in_city(city.code):
            assert min(distance_km(*site, hotel.latitude, hotel.longitude) for site in sites) < OUTSKIRTS_KM


@pytest.mark.parametrize("code", ["LON", "NYC", "AKL", "SUV", "OSL"])
def test_what_is_near_is_what_is_within_the_radius_nearest_first(code: str) -> None:
    hotels, city = the_hotels(), cities()[code]
    near = hotels.near(city.latitude, city.longitude, 6)
    distances = [distance_km(city.latitude, city.longitude, hotel.latitude, hotel.longitude) for hotel in near]
    assert distances == sorted(distances)
    assert all(km <= 6 for km in distances)
    here = {hotel.id for hotel in hotels.in_city(code)}
    within = {
        hotel.id
        for hotel in hotels.in_city(code)
        if distance_km(city.latitude, city.longitude, hotel.latitude, hotel.longitude) <= 6
    }
    assert within == here & {hotel.id for hotel in near}
    assert len(within) >= 8


def test_a_hotel_is_found_from_its_own_doorstep() -> None:
    hotels = the_hotels()
    for hotel in (*hotels.in_city("LON"), *hotels.in_city("NYC")):
        assert hotel in hotels.near(hotel.latitude, hotel.longitude, 0.01)


def test_near_the_date_line_both_sides_are_looked_at() -> None:
    hotels = the_hotels()
    fiji = hotels.in_city("TVU")  # on an island that the 180th meridian crosses
    assert fiji
    west, east = hotels.near(-16.69, 179.9999, 30), hotels.near(-16.69, -179.9999, 30)
    assert {hotel.id for hotel in west} == {hotel.id for hotel in east}
    assert {hotel.id for hotel in fiji} <= {hotel.id for hotel in west}


def test_in_the_middle_of_the_ocean_there_is_nowhere_to_sleep() -> None:
    assert the_hotels().near(-48.9, -123.4, 100) == ()


def test_hotels_are_dense_in_the_middle_and_cluster_at_the_airport() -> None:
    hotels, city = the_hotels().in_city("MUC"), cities()["MUC"]
    from_centre = [distance_km(city.latitude, city.longitude, one.latitude, one.longitude) for one in hotels]
    inner, ring = sum(km < 2 for km in from_centre), sum(2 <= km < 4 for km in from_centre)
    assert inner / 4 > ring / 12  # by area
    airport = airports()["MUC"]
    at_airport = [
        one for one in hotels if distance_km(airport.latitude, airport.longitude, one.latitude, one.longitude) < 4
    ]
    assert len(at_airport) >= 5


def test_each_country_has_a_tongue_and_a_currency_that_can_be_exchanged() -> None:
    for code in {airport.country for airport in airports().values()}:
        assert country(code).tongue in tongues()
        assert country(code).currency in RATES


def test_names_are_in_the_language_of_the_country() -> None:
    hotels = the_hotels()
    assert any("Gasthof" in hotel.name for hotel in hotels.in_city("MUC"))
    assert any(hotel.name.startswith("Albergo") for hotel in hotels.in_city("ROM"))
    assert any("straße" in hotel.address[0] for hotel in hotels.in_city("BER"))


def test_a_name_belongs_to_one_hotel_of_a_city_except_where_it_is_meant_to_be_hard() -> None:
    hotels = the_hotels().in_city("LON")
    ordinary = [hotel.name for hotel in hotels if hotel.look_alike is None]
    assert len(set(ordinary)) == len(ordinary) > 100


def test_every_hotel_is_complete() -> None:
    for code in ("PAR", "NYC", "TYO", "DXB", "SYD", "FIH", "BOB"):
        for hotel in the_hotels().in_city(code):
            assert hotel.address[0]
            assert "#" not in hotel.address[0]
            assert "*" not in hotel.address[0]
            assert "*" not in hotel.name
            assert hotel.stars is None or 1 <= hotel.stars <= 5
            assert hotel.score is None or 0 <= hotel.score <= 10
            assert (hotel.score is None) is (hotel.reviews == 0)
            assert hotel.rooms
            assert len({room.code for room in hotel.rooms}) == len(hotel.rooms)
            assert all(room.count >= 1 and 1 <= room.adults <= room.sleeps for room in hotel.rooms)
            assert set(hotel.amenities) <= set(AMENITIES)
            assert hotel.phone.startswith("+")


def test_postal_codes_have_the_form_of_the_country() -> None:
    hotels = the_hotels()
    assert all(
        str(hotel.postal_code).isdecimal() and len(hotel.postal_code or "") == 5 for hotel in hotels.in_city("PAR")
    )
    assert all(hotel.postal_code is None for hotel in hotels.in_city("HKG"))
    for hotel in hotels.in_city("AMS"):
        digits, _, letters = (hotel.postal_code or "").partition(" ")
        assert digits.isdecimal()
        assert letters.isalpha()


# ---- hotels that are easily taken for one another ----


def test_look_alikes_point_at_each_other() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert len(pairs) >= 10
    for one, other in pairs:
        assert other.look_alike == one.id


def test_two_houses_of_one_brand_stand_a_hundred_metres_apart() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert any(
        one.brand == other.brand is not None and one.name != other.name and 0.07 < apart_km(one, other) < 0.13
        for one, other in pairs
    )


def test_the_cheaper_brand_stands_beside_its_sister_under_almost_the_same_name() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    beside = [
        (one, other)
        for one, other in pairs
        if one.chain == other.chain is not None and one.brand != other.brand and apart_km(one, other) < 0.05
    ]
    assert beside
    for one, other in beside:
        assert one.name.removeprefix(one.brand or "") == other.name.removeprefix(other.brand or "")


def test_two_flats_share_a_building() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert any(
        one.kind == other.kind == "apartment" and apart_km(one, other) == 0 and one.name != other.name
        for one, other in pairs
    )


def test_a_hotel_has_an_annex_down_the_street() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert any(other.name == f"{one.name} Annexe" and 0.02 < apart_km(one, other) < 0.12 for one, other in pairs)


def test_a_hotel_has_given_its_old_name_to_another() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert any(one.former_name == other.name and one.name != other.name for one, other in pairs)


def test_at_the_airport_two_houses_are_told_apart_by_the_terminal() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    terminals = [(one, other) for one, other in pairs if "Terminal" in one.name]
    assert terminals
    for one, other in terminals:
        assert one.name[:-1] == other.name[:-1]
        assert one.name != other.name
        assert 0.1 < apart_km(one, other) < 0.5


def test_one_name_hangs_over_two_doors_in_different_quarters() -> None:
    pairs = look_alikes(the_hotels().in_city("PAR"))
    assert any(one.name == other.name and one.quarter != other.quarter for one, other in pairs)
