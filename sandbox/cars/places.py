"""The true places where cars are rented out, made of the airports, their cities and the seed."""

from functools import lru_cache
from random import Random
from typing import Final

from sandbox.airports import AirportFact, airports
from sandbox.cars.counters import Station
from sandbox.cars.countries import currency_in, tax_percent
from sandbox.chance import generator, luck
from sandbox.hotels.cities import City, cities
from sandbox.hotels.countries import country
from sandbox.hotels.quarters import Point, Quarter, postal_code, quarters, spot
from sandbox.hotels.tongues import tongues
from sandbox.stations import Rank, rank

TERMINAL, OFF_AIRPORT, DOWNTOWN = "terminal", "off_airport", "downtown"
_OFF_AIRPORT: Final = {Rank.SMALL: 0, Rank.LARGE: 1, Rank.HUB: 1, Rank.CROSSROADS: 2}
_DOWNTOWN: Final = {Rank.SMALL: 0, Rank.LARGE: 1, Rank.HUB: 2, Rank.CROSSROADS: 3}
_SHUTTLE_KM: Final = (1.2, 4.0)
_SMALL_WITH_A_DESK: Final = 0.45  # share of the airfields where somebody keeps a few cars
_KEPT: Final = 4_096


def stations(iata: str, seed: int) -> tuple[Station, ...]:
    """All that serve the airport, the terminal first; () for an unknown code."""
    if iata not in airports():
        return ()
    return (*stations_in(iata, seed), *(place for place in _downtown(cities()[iata], seed) if place.area != iata))


@lru_cache(maxsize=_KEPT)
def stations_in(area: str, seed: int) -> tuple[Station, ...]:
    """Those with the area's own code: at an airport, or downtown in a city; both where the codes are the same."""
    at_airport = _at_airport(airports()[area], seed) if area in airports() else ()
    city = cities().get(area)
    return (*at_airport, *(_downtown(city, seed) if city and city.code == area else ()))


def station(station_id: str, seed: int) -> Station | None:
    """The id begins with the area."""
    return next((place for place in stations_in(station_id[:3], seed) if place.id == station_id), None)


def _at_airport(airport: AirportFact, seed: int) -> tuple[Station, ...]:
    size = rank(airport.iata)
    if size is Rank.SMALL and luck(seed, "desk", airport.iata) >= _SMALL_WITH_A_DESK:
        return ()
    return (
        _in_the_terminal(airport, seed),
        *(_a_bus_away(airport, number, seed) for number in range(_OFF_AIRPORT[size])),
    )


def _in_the_terminal(airport: AirportFact, seed: int) -> Station:
    city, chance = cities()[airport.iata], generator(seed, "terminal", airport.iata)
    return Station(
        id=f"{airport.iata}-T0",
        kind=TERMINAL,
        area=airport.iata,
        airport=airport.iata,
        name=airport.name,
        street="Arrivals Hall",
        city=city.name,
        postal_code=postal_code(city, chance),
        country=airport.country,
        timezone=airport.timezone,
        latitude=round(airport.latitude, 5),
        longitude=round(airport.longitude, 5),
        currency=currency_in(airport.country),
        tax_percent=tax_percent(airport.country, airport.iata, seed),
    )


def _a_bus_away(airport: AirportFact, number: int, seed: int) -> Station:
    city, chance = cities()[airport.iata], generator(seed, "a bus away", airport.iata, number)
    runway = Point(latitude=airport.latitude, longitude=airport.longitude)
    there = runway.moved(chance.uniform(*_SHUTTLE_KM), chance.uniform(0, 6.28))
    return Station(
        id=f"{airport.iata}-O{number}",
        kind=OFF_AIRPORT,
        area=airport.iata,
        airport=airport.iata,
        name=f"{airport.name} Car Rental Centre {number + 1}",
        street=_street(city, chance),
        city=city.name,
        postal_code=postal_code(city, chance),
        country=airport.country,
        timezone=airport.timezone,
        latitude=round(there.latitude, 5),
        longitude=round(there.longitude, 5),
        currency=currency_in(airport.country),
        tax_percent=tax_percent(airport.country, airport.iata, seed),
    )


@lru_cache(maxsize=_KEPT)
def _downtown(city: City, seed: int) -> tuple[Station, ...]:
    """From the centre outwards, in a city with an airport of some size; around an airfield alone there is no town."""
    if city.population == 0:
        return ()
    in_town = [quarter for quarter in quarters(city, seed) if quarter.airport is None]
    return tuple(
        _in_town(city, quarter, number, seed) for number, quarter in enumerate(in_town[: _DOWNTOWN[city.rank]])
    )


def _in_town(city: City, quarter: Quarter, number: int, seed: int) -> Station:
    chance = generator(seed, "downtown", city.code, number)
    there = spot(quarter, chance)
    busiest = max(city.airports, key=lambda airport: (rank(airport.iata), airport.iata))
    return Station(
        id=f"{city.code}-C{number}",
        kind=DOWNTOWN,
        area=city.code,
        airport=busiest.iata,
        name=f"{city.name} {quarter.name}",
        street=_street(city, chance),
        city=city.name,
        postal_code=quarter.postal_code,
        country=city.country,
        timezone=city.timezone,
        latitude=round(there.latitude, 5),
        longitude=round(there.longitude, 5),
        currency=currency_in(city.country),
        tax_percent=tax_percent(city.country, city.code, seed),
    )


def _street(city: City, chance: Random) -> str:
    """With the number of the house, as the country writes it."""
    tongue = tongues()[country(city.country).tongue]
    road = chance.choice(tongue.road).replace("*", chance.choice(tongue.street))
    return road.replace("#", str(chance.randint(1, 180)))
