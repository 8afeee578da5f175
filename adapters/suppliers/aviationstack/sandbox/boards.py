"""`/timetable` and `/flightsFuture`: what leaves and lands at one airport, today and on a day to come."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.suppliers.aviationstack.sandbox.facts import AirlineFact, End, Flown, World
from adapters.suppliers.aviationstack.sandbox.flights import AIRCRAFT, Number, Sold, shared, status
from adapters.suppliers.aviationstack.sandbox.gate import Asked, invalid, page

_TYPES = ("departure", "arrival")
_TOO_SOON = timedelta(days=7)


def timetable(world: World, asked: Asked) -> dict[str, Any]:
    """Of the day that it is at the airport."""
    airport, kind = _place_and_type(world, asked)
    today = world.now().astimezone(ZoneInfo(world.airports[airport].timezone)).date()
    rows = [one for one in shared(_board(world, airport, kind, today)) if _fits(world, one, asked)]
    shown = page(asked, rows)
    return shown | {"data": [_today(world, flown, sold, kind) for flown, sold in shown["data"]]}


def future(world: World, asked: Asked) -> dict[str, Any]:
    """`offset` is null in the answer, whatever was asked."""
    airport, kind = _place_and_type(world, asked)
    day = asked.day("date")
    if day is None:
        asked.needed("date")
    if day is None or day <= world.now().date() + _TOO_SOON:
        raise invalid("date", "invalid_future_date", "The date must be more than 7 days from now.")
    rows = [one for one in shared(_board(world, airport, kind, day)) if _fits(world, one, asked)]
    shown = page(asked, rows)
    shown["pagination"]["offset"] = None
    return shown | {"data": [_planned(world, flown, sold) for flown, sold in shown["data"]]}


def _place_and_type(world: World, asked: Asked) -> tuple[str, str]:
    airport, kind = asked.needed("iataCode").upper(), asked.needed("type")
    if kind not in _TYPES:
        raise invalid("type", "invalid_type", "type must be departure or arrival.")
    if airport not in world.airports:
        raise invalid("iataCode", "invalid_iata_code", "There is no such airport.")
    return airport, kind


def _board(world: World, airport: str, kind: str, day: date) -> Sequence[Flown]:
    return world.aviation.departures(airport, day) if kind == "departure" else world.aviation.arrivals(airport, day)


def _fits(world: World, one: Sold, asked: Asked) -> bool:
    flown, (carrier, number) = one
    return (
        asked.code("airline_iata") in (None, carrier)
        and asked.code("airline_icao") in (None, world.airlines[carrier].icao)
        and asked.number("flight_number") in (None, number)
        and asked.text("status") in (None, status(world, flown))
    )


def _today(world: World, flown: Flown, sold: Number, kind: str) -> dict[str, Any]:
    own = flown.own or (flown.carrier, flown.number)
    airline = world.airlines[sold[0]]
    return {
        "airline": {"name": airline.name, "iataCode": airline.iata, "icaoCode": airline.icao},
        "arrival": _end(flown.arrival) | {"baggage": flown.arrival.belt},
        "codeshared": None if sold == own else _share(world, own),
        "departure": _end(flown.departure) | {"baggage": None},
        "flight": _numbers(airline, sold[1]),
        "status": status(world, flown),
        "type": kind,
    }


def _end(end: End) -> dict[str, Any]:
    """Delays are text here."""
    return {
        "actualRunway": _local(end.runway), "actualTime": _local(end.actual),
        "delay": None if end.delay is None else str(end.delay), "estimatedRunway": _local(end.runway),
        "estimatedTime": _local(end.estimated), "gate": end.gate, "iataCode": end.airport, "icaoCode": end.icao,
        "scheduledTime": _local(end.scheduled), "terminal": end.terminal,
    }  # fmt: skip


def _local(told: datetime | None) -> str | None:
    return None if told is None else f"{told:%Y-%m-%dT%H:%M:%S}.000"


def _planned(world: World, flown: Flown, sold: Number) -> dict[str, Any]:
    """All in lower case, and the empty text for what is unknown; some airports are told with clocks alone."""
    own = flown.own or (flown.carrier, flown.number)
    airline = world.airlines[sold[0]]
    clocks = zlib.crc32(flown.departure.airport.encode()) % 2 == 0

    def end(told: End) -> dict[str, Any]:
        return {
            "iataCode": told.airport.lower(), "icaoCode": told.icao.lower(),
            "terminal": (told.terminal or "").lower(), "gate": "",
            "scheduledTime": f"{told.scheduled:%H:%M}" if clocks else f"{told.scheduled:%Y-%m-%d %H:%M:%S}",
        }  # fmt: skip

    row = {
        "weekday": str(flown.day.isoweekday()),
        "departure": end(flown.departure),
        "arrival": end(flown.arrival),
        "aircraft": {"modelCode": AIRCRAFT.get(flown.aircraft, "").lower(), "modelText": flown.aircraft.lower()},
        "airline": {
            "name": airline.name.lower(),
            "iataCode": (airline.iata or "").lower(),
            "icaoCode": (airline.icao or "").lower(),
        },
        "flight": _lowered(_numbers(airline, sold[1])),
    }
    return row if sold == own else row | {"codeshared": _share(world, own)}


def _share(world: World, own: Number) -> dict[str, Any]:
    airline = world.airlines[own[0]]
    named = {"name": airline.name, "iataCode": airline.iata or "", "icaoCode": airline.icao or ""}
    return {"airline": _lowered(named), "flight": _lowered(_numbers(airline, own[1]))}


def _numbers(airline: AirlineFact, number: int) -> dict[str, str]:
    return {
        "number": str(number), "iataNumber": f"{airline.iata}{number}", "icaoNumber": f"{airline.icao}{number}",
    }  # fmt: skip


def _lowered(told: dict[str, str]) -> dict[str, str]:
    return {field: text.lower() for field, text in told.items()}
