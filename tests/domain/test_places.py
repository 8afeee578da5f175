"""Airports, airlines and the way between two points."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from domain.places import Atlas, City, Point, great_circle_km, is_iata_airline, is_iata_airport, is_icao_airline
from tests.builders import ATLAS, airline, airport


@pytest.mark.parametrize(
    ("start", "end", "kilometres"),
    [("LHR", "JFK", 5540), ("SYD", "LAX", 12051), ("HNL", "AKL", 7086), ("JFK", "LAX", 3983)],
)
def test_the_way_between_two_airports_is_that_of_the_globe(start: str, end: str, kilometres: int) -> None:
    way = great_circle_km(airport(start).location, airport(end).location)
    assert way == pytest.approx(kilometres, rel=0.01)


def test_samoa_and_american_samoa_are_neighbours_though_the_date_line_runs_between_them() -> None:
    assert great_circle_km(airport("APW").location, airport("PPG").location) < 200
    west, east = Point(latitude=0, longitude=179.9), Point(latitude=0, longitude=-179.9)
    assert great_circle_km(west, east) == pytest.approx(22.2, rel=0.01)


def test_the_far_side_of_the_earth_is_half_its_girth_away() -> None:
    here, there = Point(latitude=40, longitude=-3), Point(latitude=-40, longitude=177)
    assert great_circle_km(here, there) == pytest.approx(20015, rel=0.001)


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (float("nan"), 0)])
def test_a_point_off_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="not a place on Earth"):
        Point(latitude=latitude, longitude=longitude)


@pytest.mark.parametrize("code", ["", "LH", "LHRX", "lhr", "L4R", "ÄÖÜ", "LH "])
def test_only_three_capital_letters_name_an_airport(code: str) -> None:
    assert not is_iata_airport(code)
    with pytest.raises(ValueError, match="IATA airport code"):
        msgspec.structs.replace(airport(), iata=code)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/localtime", "UTC+1", "\0"])
def test_an_airport_without_a_known_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        msgspec.structs.replace(airport(), timezone=zone)


@pytest.mark.parametrize("code", ["BA", "U2", "9W", "4Y"])
def test_two_letters_or_a_letter_and_a_digit_name_an_airline(code: str) -> None:
    assert is_iata_airline(code)
    assert airline(iata=code).iata == code


@pytest.mark.parametrize("code", ["", "B", "BAW", "ba", "u2", "12", "B-", "Ü2"])
def test_other_marks_name_no_airline(code: str) -> None:
    assert not is_iata_airline(code)
    with pytest.raises(ValueError, match="IATA airline designator"):
        airline(iata=code)


@pytest.mark.parametrize("code", ["", "BA", "baw", "BA1", "BAWX"])
def test_the_icao_designator_is_three_capital_letters(code: str) -> None:
    assert is_icao_airline("BAW")
    assert not is_icao_airline(code)
    with pytest.raises(ValueError, match="ICAO airline designator"):
        airline(icao=code)


def test_an_airline_known_by_one_designator_is_enough() -> None:
    assert airline(iata=None).icao == "BAW"
    assert airline(icao=None).iata == "BA"


def test_an_airline_without_any_designator_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        airline(iata=None, icao=None)


def test_the_atlas_finds_an_airport_and_its_clock() -> None:
    assert ATLAS.airport("KTM") == airport("KTM")
    zone = ATLAS.zone("KTM")
    assert zone is not None
    assert zone.key == "Asia/Kathmandu"


def test_the_atlas_does_not_invent_airports() -> None:
    assert ATLAS.airport("QQQ") is None
    assert ATLAS.zone("QQQ") is None
    assert ATLAS.of_city("QQQ") == ()


def test_london_has_several_airports() -> None:
    assert {found.iata for found in ATLAS.of_city("LON")} == {"LHR", "LGW"}


def test_the_later_of_two_entries_for_one_airport_counts() -> None:
    known = Atlas([airport(name="Old name"), airport(name="New name")])
    assert len(known) == 1
    assert [found.name for found in known] == ["New name"]


LONDON = City(
    code="LON",
    name="London",
    country="GB",
    location=Point(latitude=51.5085, longitude=-0.1257),
    population=8_961_989,
    timezone="Europe/London",
)


def test_a_city_and_all_of_its_airports_have_one_centre() -> None:
    known = Atlas([airport("LHR"), airport("LGW")], [LONDON])
    assert known.centre("LON") == known.centre("LHR") == known.centre("LGW") == LONDON.location


def test_an_airport_far_from_any_city_is_a_place_of_its_own() -> None:
    lord_howe = airport("LDH")
    assert Atlas([lord_howe], [LONDON]).centre("LDH") == lord_howe.location


def test_the_atlas_does_not_invent_cities() -> None:
    assert Atlas([airport("LHR")]).centre("LON") is None
    assert ATLAS.centre("QQQ") is None


def test_a_city_has_a_code_of_three_letters() -> None:
    with pytest.raises(ValueError, match="IATA code of a city"):
        msgspec.structs.replace(LONDON, code="London")


@pytest.mark.parametrize(
    ("latitude", "longitude", "january"),
    [
        (51.45, -0.97, 0),  # Reading, by the clock of London
        (27.7, 85.3, 5.75),  # Kathmandu
        (-13.8, -171.8, 13),  # Samoa, west of the date line by the clock and east of it by the map
        (0.0, -140.0, -9),  # at sea, where ships keep the time of their fifteen degrees
        (-30.0, 179.9, 12),
        (-30.0, -179.9, -12),
    ],
)
def test_every_place_on_earth_has_a_clock(latitude: float, longitude: float, january: float) -> None:
    zone = ATLAS.zone_at(Point(latitude=latitude, longitude=longitude))
    assert datetime(2027, 1, 15, tzinfo=zone).utcoffset() == timedelta(hours=january)


def test_the_nearest_clock_is_found_across_the_antimeridian() -> None:
    taveuni = City(
        code="TVU",
        name="Taveuni",
        country="FJ",
        location=Point(latitude=-16.69, longitude=179.88),
        population=9_000,
        timezone="Pacific/Fiji",
    )
    assert Atlas([], [taveuni]).zone_at(Point(latitude=-16.6, longitude=-179.9)) == ZoneInfo("Pacific/Fiji")
