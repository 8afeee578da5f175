"""Airports, airlines and routes of the pretend world, in aviationstack's words."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from adapters.suppliers.aviationstack.sandbox.facts import AirlineFact, AirportFact, Service, World
from adapters.suppliers.aviationstack.sandbox.gate import Asked, page

Row = dict[str, str | None]


def listed(rows: Sequence[Callable[[], Row]], asked: Asked) -> dict[str, object]:
    """A page of a catalogue, or of what is found in it."""
    search = asked.text("search")
    if search:
        wanted = search.casefold()
        rows = [row for row in rows if any(wanted in (text or "").casefold() for text in row().values())]
    shown = page(asked, rows)
    return shown | {"data": [row() for row in shown["data"]]}


# A few rows in a thousand are incomplete or odd, as upstream's are; which ones follows from the seed and the code.
_FLAWED_AIRPORTS: Mapping[int, Row] = {
    0: {"timezone": None},
    1: {"icao_code": ""},
    2: {"latitude": None, "longitude": None},
    3: {"country_iso2": ""},
}
_FLAWED_AIRLINES: Mapping[int, Row] = {
    0: {"iata_code": None, "icao_code": ""},
    1: {"status": None},
    2: {"country_iso2": ""},
    3: {"airline_name": ""},
}


def _flaw(flaws: Mapping[int, Row], world: World, code: str) -> Row:
    return flaws.get(zlib.crc32(f"{world.seed}:{code}".encode()) % 1000, {})


def airports(world: World) -> Sequence[Callable[[], Row]]:
    def row(place: int, fact: AirportFact) -> Row:
        return {
            "id": str(9_000_000 + place),
            "gmt": _hours_from_greenwich(fact.timezone, world.now()),
            "airport_id": str(place),
            "iata_code": fact.iata,
            "city_iata_code": fact.city_code or fact.iata,
            "icao_code": fact.icao or "",
            "country_iso2": fact.country,
            "geoname_id": str(6_000_000 + place),
            "latitude": str(fact.latitude),
            "longitude": str(fact.longitude),
            "airport_name": fact.name,
            "country_name": None,
            "phone_number": None,
            "timezone": fact.timezone,
        } | _flaw(_FLAWED_AIRPORTS, world, fact.iata)

    facts = sorted(world.airports.values(), key=lambda fact: fact.iata)
    return [partial(row, place, fact) for place, fact in enumerate(facts, start=1)]


def airlines(world: World) -> Sequence[Callable[[], Row]]:
    def row(place: int, fact: AirlineFact) -> Row:
        return {
            "id": str(8_000_000 + place),
            "fleet_average_age": None,
            "airline_id": str(place),
            "callsign": fact.callsign,
            "hub_code": None,
            "iata_code": fact.iata,
            "icao_code": fact.icao or "",
            "country_iso2": fact.country,
            "date_founded": None,
            "iata_prefix_accounting": None,
            "airline_name": fact.name,
            "country_name": None,
            "fleet_size": None,
            "status": "active",
            "type": "scheduled",
        } | _flaw(_FLAWED_AIRLINES, world, fact.iata or fact.name)

    facts = sorted(world.airlines.values(), key=lambda fact: (fact.name, fact.iata or ""))
    return [partial(row, place, fact) for place, fact in enumerate(facts, start=1)]


def _hours_from_greenwich(timezone: str, now: datetime) -> str:
    """Standard time, as text: "-10", "5.5"."""
    local = now.astimezone(ZoneInfo(timezone))
    standard = (local.utcoffset() or timedelta()) - (local.dst() or timedelta())
    return f"{standard / timedelta(hours=1):g}"


def routes(world: World, asked: Asked) -> dict[str, object]:
    """No dates, no days of the week, no code shares: numbers between places, and clocks."""
    wanted = {
        "airline": _named(asked, "airline", {fact.icao: iata for iata, fact in world.airlines.items()}),
        "origin": _named(asked, "dep", by_icao := {fact.icao: iata for iata, fact in world.airports.items()}),
        "destination": _named(asked, "arr", by_icao),
    }
    found = world.aviation.routes(**wanted)
    number = asked.number("flight_number")
    if number is not None:
        found = [one for one in found if one.number == number]
    shown = page(asked, found)
    return shown | {"data": [_route(world, one) for one in shown["data"]]}


def _named(asked: Asked, whose: str, by_icao: Mapping[str | None, str]) -> str | None:
    """An IATA code, also where the ICAO one was asked for; nobody's code for a code that nobody has."""
    icao = asked.code(f"{whose}_icao")
    return asked.code(f"{whose}_iata") or (None if icao is None else by_icao.get(icao, "?"))


def _route(world: World, service: Service) -> dict[str, object]:
    def end(iata: str, clock: str) -> dict[str, object]:
        fact = world.airports[iata]
        return {
            "airport": fact.name, "timezone": fact.timezone, "iata": iata, "icao": fact.icao, "terminal": None,
            "time": clock,
        }  # fmt: skip

    airline = world.airlines[service.airline]
    return {
        "departure": end(service.origin, service.departs.isoformat()),
        "arrival": end(service.destination, service.arrives.isoformat()),
        "airline": {
            "name": airline.name, "callsign": airline.callsign, "iata": airline.iata, "icao": airline.icao,
        },
        "flight": {"number": str(service.number)},
    }  # fmt: skip
