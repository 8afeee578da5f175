"""Makes cities.csv from a copy of GeoNames' cities5000.txt: for maintainers, once in a while.

python -m adapters.open_data.refresh_cities path/to/cities5000.txt
"""

import csv
import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import airportsdata
import msgspec

from adapters.open_data.cities import LINES
from domain.places import Point, great_circle_km

COLUMNS: Final = ("code", "name", "country", "latitude", "longitude", "population", "timezone")

# A city that bears the name which the airport gives as its own may be this far away, any other only so far.
_NAMED_WITHIN_KM: Final = 75.0
_NEAR_WITHIN_KM: Final = 30.0
# At this distance a city counts for half: a capital an hour away is not yet the town that an airfield serves.
_HALF_AT_KM: Final = 15.0
# No place smaller than this has several airports, unless it bears the name of the area.
_LEAST_OF_SEVERAL: Final = 50_000

# The columns of a line of the dump that are read, in its order.
_NAME, _OTHER_NAMES, _LATITUDE, _LONGITUDE, _COUNTRY, _POPULATION, _TIMEZONE = 1, 3, 4, 5, 8, 14, 17

Square = tuple[int, int]
Line = dict[str, str]


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """One populated place of the dump, under all names that can be written in plain letters, folded."""

    name: str
    names: frozenset[str]
    country: str
    location: Point
    population: int
    timezone: str


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """What goes by one code: the airports of a metropolitan area, or one airport by itself. `cities` are folded names."""

    code: str
    several: bool
    airports: tuple[airportsdata.Airport, ...]
    cities: frozenset[str]


def compact(dump: Iterable[str], areas: Iterable[Area]) -> tuple[list[Line], list[str]]:
    """The lines of cities.csv by code, and the codes that no city is near to."""
    near = _by_square(_towns(dump))
    lines, alone = [], []
    for area in sorted(areas, key=lambda area: area.code):
        town = _served(area, near)
        if town is None:
            alone.append(area.code)
        else:
            lines.append(_line(area.code, town))
    return lines, alone


def areas() -> Iterator[Area]:
    """Every code of airportsdata."""
    listed, several = airportsdata.load("IATA"), airportsdata.load_iata_macs()
    area_of = {iata: code for code, area in several.items() for iata in area["airports"]}
    together: defaultdict[str, list[airportsdata.Airport]] = defaultdict(list)
    for iata, airport in listed.items():
        together[area_of.get(iata, iata)].append(airport)
    for code, airports in together.items():
        names = {airport["city"] for airport in airports} | ({several[code]["name"]} if code in several else set())
        cities = frozenset(map(folded, names)) - {""}
        yield Area(code=code, several=code in several, airports=tuple(airports), cities=cities)


def folded(name: str) -> str:
    """Small plain letters and figures, words apart by one space."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall("[a-z0-9]+", plain))


def _towns(dump: Iterable[str]) -> Iterator[Town]:
    for line in dump:
        cells = line.rstrip("\n").split("\t")
        others = (name for name in cells[_OTHER_NAMES].split(",") if name and name.isascii())
        yield Town(
            name=cells[_NAME],
            names=frozenset(map(folded, (cells[_NAME], *others))),
            country=cells[_COUNTRY],
            location=Point(latitude=float(cells[_LATITUDE]), longitude=float(cells[_LONGITUDE])),
            population=int(cells[_POPULATION]),
            timezone=cells[_TIMEZONE],
        )


def _by_square(towns: Iterable[Town]) -> Mapping[Square, Sequence[Town]]:
    squares: defaultdict[Square, list[Town]] = defaultdict(list)
    for town in towns:
        squares[_square(town.location)].append(town)
    return squares


def _served(area: Area, near: Mapping[Square, Sequence[Town]]) -> Town | None:
    """The town that weighs most; one that bears the area's name goes before all others."""
    best: tuple[tuple[bool, float], Town] | None = None
    for airport in area.airports:
        here = Point(latitude=airport["lat"], longitude=airport["lon"])
        for town in _around(here, near):
            weight = _weight(area, airport["country"], here, town)
            if weight is not None and (best is None or weight > best[0]):
                best = weight, town
    return best[1] if best else None


def _weight(area: Area, country: str, here: Point, town: Town) -> tuple[bool, float] | None:
    """None for a town that the airport does not serve: it is abroad, or too far, or too small."""
    away, named = great_circle_km(here, town.location), bool(area.cities & town.names)
    too_small = area.several and not named and town.population < _LEAST_OF_SEVERAL
    if town.country != country or too_small or away > (_NAMED_WITHIN_KM if named else _NEAR_WITHIN_KM):
        return None
    return named, town.population / (1 + (away / _HALF_AT_KM) ** 2)


def _around(here: Point, near: Mapping[Square, Sequence[Town]]) -> Iterator[Town]:
    """A degree is 111 km from south to north; in the far north the squares are narrow, and so are the towns few."""
    south, west = _square(here)
    for latitude in (south - 1, south, south + 1):
        for longitude in (west - 1, west, west + 1):
            yield from near.get((latitude, longitude), ())


def _square(point: Point) -> Square:
    return math.floor(point.latitude), math.floor(point.longitude)


def _line(code: str, town: Town) -> Line:
    return {
        "code": code,
        "name": town.name,
        "country": town.country,
        "latitude": f"{town.location.latitude:.4f}",
        "longitude": f"{town.location.longitude:.4f}",
        "population": str(town.population),
        "timezone": town.timezone,
    }


def main(arguments: Sequence[str], path: Path = LINES) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Say where your copy of cities5000.txt is.\n")
        return 2
    with Path(arguments[0]).open(encoding="utf-8") as dump:
        lines, alone = compact(dump, areas())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    sys.stdout.write(f"{len(lines)} codes with their cities written to {path.name}, {len(alone)} without a city near\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
