"""The places that can be asked for, by the names that are taken for them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.suppliers.kiwi.sandbox.params import unprocessable
from adapters.suppliers.kiwi.sandbox.world import AirportFact


class City(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    code: str
    airports: tuple[Any, ...]


class Gazetteer:
    def __init__(self, airports: Mapping[str, AirportFact]) -> None:
        self.airports: Final = airports
        self.cities: Final = _cities(tuple(airports.values()))
        self._city_of = {airport.iata: city for city in self.cities.values() for airport in city.airports}
        self._countries: dict[str, list[str]] = defaultdict(list)
        self._codes: dict[str, list[str]] = defaultdict(list)
        for iata, airport in airports.items():
            self._countries[airport.country].append(iata)
            self._codes[self._city_of[iata].code].append(iata)

    def city_of(self, iata: str) -> City:
        return self._city_of[iata]

    def airports_of(self, place: str) -> list[str]:
        """airport:LHR, city:LON, london_gb, GB, or a bare code, which is the city where it could be both."""
        kind, _, code = place.rpartition(":")
        airport = [code] if code in self.airports else []
        named = self.cities.get(code)
        city = [at.iata for at in named.airports] if named else self._codes.get(code, [])
        readings = {"airport": airport, "city": city, "": city or airport or self._countries.get(code)}
        found = readings.get(kind)
        if not found:
            raise unprocessable(f"Not recognized location: {place}")
        return found

    def all_of(self, places: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(map(self.airports_of, places))))


@lru_cache(maxsize=1)
def _cities(airports: tuple[AirportFact, ...]) -> Mapping[str, City]:
    """By their ids; every world that is built in a process has the same airports."""
    by_id: dict[str, list[AirportFact]] = defaultdict(list)
    for airport in airports:
        by_id[f"{slug(airport.city)}_{airport.country.lower()}"].append(airport)
    found = {}
    for identifier, served_by in by_id.items():
        code = next((airport.city_code for airport in served_by if airport.city_code), served_by[0].iata)
        found[identifier] = City(id=identifier, code=code, airports=tuple(served_by))
    return MappingProxyType(found)


def folded(text: str) -> str:
    """Without accents and capitals."""
    if text.isascii():
        return text.casefold()
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letters).casefold()


@cache
def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded(text)).strip("-")
