"""Finding what somebody means who is still typing."""

import pytest

from api.search.gazetteer import entries
from api.search.index import Entry, Index, Kind
from api.search.misspelt import Beginnings, distance
from domain.places import City, Point
from storage.suggested import KnownHotel
from tests.builders import PARIS, airports


def city(code: str, name: str, population: int, *, country: str = "XX") -> City:
    return City(code=code, name=name, country=country, location=PARIS, population=population, timezone="UTC")


def hotel(name: str, *, city: str = "Paris", reviews: int = 0, suppliers: int = 1) -> KnownHotel:
    return KnownHotel(id=name, name=name, city=city, country="FR", location=PARIS, suppliers=suppliers, reviews=reviews)


CITIES = (
    city("LON", "London", 8_961_989, country="GB"),
    city("LGW", "London", 8_961_989, country="GB"),
    city("YXU", "London", 346_765, country="CA"),
    city("ELS", "East London", 478_676, country="ZA"),
    city("NYC", "New York City", 8_804_190, country="US"),
    city("PAR", "Paris", 2_138_551, country="FR"),
    city("PRX", "Paris", 24_476, country="US"),
    city("ZRH", "Zürich", 341_730, country="CH"),
    city("FRA", "Frankfurt am Main", 650_000, country="DE"),
    city("PKX", "北京", 18_960_744, country="CN"),
)
HOTELS = (
    hotel("Hôtel de la Gare", reviews=10),
    hotel("Hôtel de la Gare du Nord", reviews=4000),
    hotel("Grand Hotel London", city="London", reviews=900),
    hotel("Pension Pariser Hof", city="Berlin"),
)
INDEX = Index(entries(airports(), CITIES, HOTELS, {"LGW": 40}))


def ids(typed: str, *kinds: Kind, limit: int = 10) -> list[str]:
    return [one.entry.id for one in INDEX.found(typed, limit=limit, kinds=kinds or tuple(Kind))]


def edits(typed: str) -> int:
    return INDEX.found(typed, limit=1)[0].edits


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lon", "LON"),
        ("london", "LON"),
        ("LONDON", "LON"),
        ("lond", "LON"),
        ("zurich", "ZRH"),
        ("zuerich", "ZRH"),
        ("Zürich", "ZRH"),
        ("new york", "NYC"),
        ("york new", "NYC"),
        ("newyork", "NYC"),
        ("kjfk", "JFK"),
        ("heathrow", "LHR"),
        ("gare nord", "Hôtel de la Gare du Nord"),
        ("gare paris", "Hôtel de la Gare du Nord"),
        ("hotel de la gare", "Hôtel de la Gare"),
        ("北京", "PKX"),
        ("京", "PKX"),
    ],
)
def test_what_was_typed_means_this_before_all_else(typed: str, meant: str) -> None:
    assert ids(typed)[0] == meant
    assert edits(typed) == 0


@pytest.mark.parametrize(
    ("typed", "meant", "count"),
    [
        ("lodnon", "LON", 1),  # two letters exchanged
        ("londn", "LON", 1),  # one left out
        ("ondon", "LON", 1),  # the first left out
        ("blondon", "LON", 1),  # one too many
        ("zurihc", "ZRH", 1),
        ("zurk", "ZRH", 1),  # only the beginning, and mistyped
        ("frnakfrut", "FRA", 2),
        ("farnkfutr", "FRA", 2),
        ("new yrok", "NYC", 1),
        ("grand hotel lodnon", "Grand Hotel London", 1),
        ("heatrhow", "LHR", 1),
    ],
)
def test_what_was_mistyped_is_found_all_the_same(typed: str, meant: str, count: int) -> None:
    assert ids(typed)[0] == meant
    assert edits(typed) == count


@pytest.mark.parametrize("typed", ["", "  ", "...", "xyz", "lxn", "london paris", "ldn", "qqqqqqqqqq", "frnkfrtt"])
def test_nothing_is_made_of_what_means_nothing(typed: str) -> None:
    assert ids(typed) == []


def test_a_city_comes_before_its_namesakes_and_these_before_what_only_has_its_name_in_it() -> None:
    assert ids("london")[:4] == ["LON", "YXU", "LGW", "LHR"]
    assert set(ids("london")[4:]) == {"Grand Hotel London", "ELS"}
    assert ids("paris")[:2] == ["PAR", "PRX"]


def test_of_two_airports_of_a_city_the_one_with_more_flights_comes_first() -> None:
    assert ids("london", Kind.AIRPORT) == ["LGW", "LHR"]


def test_a_city_that_goes_by_several_codes_is_suggested_once() -> None:
    assert [one.entry.id for one in INDEX.found("london", limit=10, kinds=[Kind.CITY])] == ["LON", "YXU", "ELS"]
    (shown,) = (one for one in INDEX.found("lon", limit=10, kinds=[Kind.CITY]) if one.entry.id == "LON")
    assert shown.entry.serves == ("LGW", "LHR")


def test_of_hotels_of_one_name_that_comes_first_which_most_people_know() -> None:
    assert ids("gare", Kind.HOTEL) == ["Hôtel de la Gare du Nord", "Hôtel de la Gare"]


def test_only_what_was_wished_for_is_suggested_and_no_more_of_it_than_that() -> None:
    assert ids("pari", Kind.HOTEL)[:1] == ["Hôtel de la Gare du Nord"]
    assert set(ids("pari", Kind.CITY)) == {"PAR", "PRX"}
    assert len(ids("l", limit=2)) == 2


def test_a_mistyped_number_is_another_number() -> None:
    index = Index([Entry(kind=Kind.HOTEL, id="1", name="Hotel 1912", titles=("Hotel 1912",))])
    assert [one.entry.id for one in index.found("1912", limit=5)] == ["1"]
    assert index.found("1921", limit=5) == ()


def test_what_more_than_a_thousand_share_is_still_found_with_a_second_word() -> None:
    crowd = [
        Entry(kind=Kind.HOTEL, id=str(number), name=f"Hotel {number}", titles=(f"Hotel {number}",), weight=9)
        for number in range(3000)
    ]
    rare = Entry(kind=Kind.HOTEL, id="rare", name="Hotel Zephyros", titles=("Hotel Zephyros",), weight=0)
    index = Index([*crowd, rare])
    for typed in ("hotel zephyros", "hotel zeph", "zephyros hotel", "hotel zephryos", "hotle zephyros"):
        assert [one.entry.id for one in index.found(typed, limit=5)] == ["rare"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("paris", "paris", 0), ("pairs", "paris", 1), ("pars", "paris", 1), ("ca", "abc", 3), ("", "abc", 3)],
)
def test_an_edit_is_a_letter_more_or_less_or_another_or_two_exchanged(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == distance(other, one) == apart


def test_beginnings_that_nobody_began_are_not_meant() -> None:
    beginnings = Beginnings(["paris", "parma"])
    assert beginnings.meant("pari") == {"pari": 0, "par": 1, "paris": 1, "parm": 1}
    assert beginnings.meant("xyz") == {}
    assert "par" in beginnings
    assert "ari" not in beginnings


def test_points_are_told_where_they_are_known() -> None:
    assert INDEX.found("paris", limit=1)[0].entry.location == Point(latitude=48.8534, longitude=2.3488)
