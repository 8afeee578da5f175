"""The cities of the world's airports, and how their list is made."""

from pathlib import Path

import airportsdata
import pytest

from adapters.open_data.airports import airports
from adapters.open_data.cities import LINES, cities
from adapters.open_data.refresh_cities import Area, areas, compact, folded, main
from domain.places import Atlas, City, great_circle_km

CITIES = {city.code: city for city in cities()}


def town(
    name: str,
    *,
    latitude: float = 47.0,
    longitude: float = 8.0,
    country: str = "CH",
    population: int = 100_000,
    others: str = "",
) -> str:
    """A line of GeoNames' dump."""
    cells = ["1", name, name, others, str(latitude), str(longitude), "P", "PPL", country]
    return "\t".join((*cells, "", "", "", "", "", str(population), "", "450", "Europe/Zurich", "2026-01-01\n"))


def area(code: str = "XAA", *, named: str = "Heronville", several: bool = False) -> Area:
    """At 47 degrees north and 8 degrees east, in Switzerland."""
    airport = airportsdata.load("IATA")["ZRH"] | {"lat": 47.0, "lon": 8.0}
    return Area(code=code, several=several, airports=(airport,), cities=frozenset({folded(named)}))


def served(*towns: str, **what: str | bool) -> list[str]:
    """The names of the cities that the area's code stands for."""
    lines, _ = compact(towns, [area(**what)])  # type: ignore[arg-type]  # by keyword, each of its own type
    return [line["name"] for line in lines]


def test_every_line_of_the_cities_is_read_and_every_code_stands_once() -> None:
    assert len(CITIES) == len(cities()) > 5_000


@pytest.mark.parametrize(
    ("code", "name", "country"),
    [("LON", "London", "GB"), ("PAR", "Paris", "FR"), ("NYC", "New York City", "US"), ("MUC", "Munich", "DE")],
)
def test_well_known_codes_stand_for_their_cities(code: str, name: str, country: str) -> None:
    assert (CITIES[code].name, CITIES[code].country) == (name, country)


def test_a_city_is_not_far_from_its_airports() -> None:
    atlas = Atlas(airports().records, cities())
    for city in cities():
        there = [airport for airport in (*atlas.of_city(city.code), atlas.airport(city.code)) if airport]
        assert min(great_circle_km(city.location, airport.location) for airport in there) <= 75, city


def test_every_airport_that_we_list_has_a_centre_and_every_metropolis_is_a_city() -> None:
    atlas = Atlas(airports().records, cities())
    assert all(atlas.centre(airport.iata) for airport in atlas)
    assert {airport.city_code for airport in atlas if airport.city_code} <= set(CITIES)


def test_the_city_of_the_airports_own_name_goes_before_a_larger_one() -> None:
    assert served(town("Greater", population=2_000_000), town("Heronville", latitude=47.5)) == ["Heronville"]


def test_a_city_is_known_under_its_other_names_and_without_its_accents() -> None:
    assert served(town("Reiherstadt", others="Heronville,Цапля", latitude=47.5)) == ["Reiherstadt"]
    assert served(town("Héronville", latitude=47.5)) == ["Héronville"]


def test_a_namesake_farther_than_75_km_is_another_city() -> None:
    assert served(town("Heronville", latitude=47.7)) == []


def test_without_a_namesake_the_weightiest_city_near_is_served() -> None:
    near, far = town("Near", latitude=47.05), town("Far", latitude=47.25, population=300_000)
    assert served(near, far) == ["Near"]
    assert served(far) == ["Far"]
    assert served(town("Farther", latitude=47.28)) == []


def test_an_airport_serves_no_city_abroad() -> None:
    assert served(town("Heronville", country="DE")) == []


def test_several_airports_serve_no_village_unless_it_bears_their_name() -> None:
    assert served(town("Village", population=9_000), several=True) == []
    assert served(town("Heronville", population=9_000), several=True) == ["Heronville"]


def test_a_code_without_a_city_is_told() -> None:
    assert compact([], [area("XAA")]) == ([], ["XAA"])


def test_every_airport_belongs_to_one_code() -> None:
    listed = [airport["iata"] for one in areas() for airport in one.airports]
    assert sorted(listed) == sorted(airportsdata.load("IATA"))


def test_a_refresh_writes_the_list_as_it_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump, path = tmp_path / "cities5000.txt", tmp_path / "cities.csv"
    dump.write_text(town("Zürich", latitude=47.3667, longitude=8.55, population=448_664), encoding="utf-8")
    assert main([str(dump)], path) == 0
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header == LINES.read_text(encoding="utf-8").splitlines()[0]
    assert "ZRH,Zürich,CH,47.3667,8.5500,448664,Europe/Zurich" in lines
    assert capsys.readouterr().out.startswith(f"{len(lines)} codes with their cities written to cities.csv")


def test_a_refresh_without_a_file_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "cities5000.txt" in capsys.readouterr().err


def test_a_city_is_a_place_with_a_clock() -> None:
    assert all(isinstance(city, City) and "/" in city.timezone for city in cities())
