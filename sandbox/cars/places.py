"""The true places where cars are rented out, made of the airports, their cities and the seed."""

from functools import lru_cache
from typing import Final

from sandbox.airports import airports
from sandbox.cars.counters import Station
from sandbox.cars.countries import currency_in
from sandbox.chance import luck, pick
from sandbox.hotels.cities import City, cities
from sandbox.stations import Rank, rank

TERMINAL, OFF_AIRPORT, DOWNTOWN = "terminal", "off_airport", "downtown"
_LETTERS: Final = {"T": TERMINAL, "O": OFF_AIRPORT, "C": DOWNTOWN}
_OFF_AIRPORT: Final = {Rank.SMALL: 0, Rank.LARGE: 1, Rank.HUB: 1, Rank.CROSSROADS: 2}
_DOWNTOWN: Final = {Rank.SMALL: 0, Rank.LARGE: 1, Rank.HUB: 2, Rank.CROSSROADS: 3}
_SMALL_WITH_A_DESK: Final = 0.45  # share of the airfields where somebody keeps a few cars
_KEPT: Final = 4_096

_STREETS: Final = (
    "Station Road",
    "Airport Way",
    "Market Street",
    "Harbour Road",
    "Ring Road",
    "Park Avenue",
    "Mill Lane",
)


def stations(iata: str, seed: int) -> tuple[Station, ...]:
    """All that serve the airport, the terminal first; () for an unknown code."""
    if iata not in airports():
        return ()
    return (*stations_in(iata, seed), *(place for place in _downtown(cities()[iata], seed) if iata != place.area))


@lru_cache(maxsize=_KEPT)
def stations_in(area: str, seed: int) -> tuple[Station, ...]:
    """Those with the area's own code: at an airport, or downtown in a city; both where the codes are the same."""
    at_airport = _at_airport(area, seed) if area in airports() else ()
    city = cities().get(area)
    return (*at_airport, *(_downtown(city, seed) if city and city.code == area else ()))


def station(station_id: str, seed: int) -> Station | None:
    """The id begins with the area."""
    return next((place for place in stations_in(station_id[:3], seed) if place.id == station_id), None)


def _at_airport(iata: str, seed: int) -> tuple[Station, ...]:
    size = rank(iata)
    if size is Rank.SMALL and luck(seed, "desk", iata) >= _SMALL_WITH_A_DESK:
        return ()
    numbers = (("T", 0), *(("O", number) for number in range(_OFF_AIRPORT[size])))
    return tuple(_beside_runway(iata, letter, number, seed) for letter, number in numbers)


def _beside_runway(iata: str, letter: str, number: int, seed: int) -> Station:
    airport = airports()[iata]
    away = number + 1 if letter == "O" else 0
    where = f"{airport.name} Car Rental Centre" if letter == "O" else airport.name
    return Station(
        id=f"{iata}-{letter}{number}",
        kind=_LETTERS[letter],
        area=iata,
        airport=iata,
        name=where if number == 0 else f"{where} {number + 1}",
        street=f"{pick(180, seed, 'door', iata, letter, number) + 1} Airport Way" if away else "Arrivals Hall",
        city=cities()[iata].name,
        postal_code=_postal_code(iata, letter, number, seed),
        country=airport.country,
        timezone=airport.timezone,
        latitude=round(airport.latitude + away * 0.011, 5),
        longitude=round(airport.longitude - away * 0.008, 5),
        currency=currency_in(airport.country),
    )


@lru_cache(maxsize=_KEPT)
def _downtown(city: City, seed: int) -> tuple[Station, ...]:
    """A city with an airport of some size; where no city is known there is nothing downtown either."""
    if city.population == 0:
        return ()
    return tuple(_in_town(city, number, seed) for number in range(_DOWNTOWN[city.rank]))


def _in_town(city: City, number: int, seed: int) -> Station:
    busiest = max(city.airports, key=lambda airport: (rank(airport.iata), airport.iata))
    street = _STREETS[pick(len(_STREETS), seed, "street", city.code, number)]
    north, east = (luck(seed, axis, city.code, number) * 0.06 - 0.03 for axis in ("north", "east"))
    return Station(
        id=f"{city.code}-C{number}",
        kind=DOWNTOWN,
        area=city.code,
        airport=busiest.iata,
        name=f"{city.name} {street}",
        street=f"{pick(180, seed, 'door', city.code, number) + 1} {street}",
        city=city.name,
        postal_code=_postal_code(city.code, "C", number, seed),
        country=city.country,
        timezone=city.timezone,
        latitude=round(city.latitude + north, 5),
        longitude=round(city.longitude + east, 5),
        currency=currency_in(city.country),
    )


def _postal_code(area: str, letter: str, number: int, seed: int) -> str:
    return f"{10_000 + pick(89_999, seed, 'post', area, letter, number)}"
