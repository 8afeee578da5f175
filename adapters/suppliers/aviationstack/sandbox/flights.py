"""`/flights`: how flights stand, one row for each number under which they are sold."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from adapters.suppliers.aviationstack.sandbox.facts import End, Flown, World
from adapters.suppliers.aviationstack.sandbox.gate import Asked, page

_TOTAL_CAP = 10_000
_LIVE = timedelta(hours=24)  # before and after now
_SHOWN_SHARES = 2  # of the numbers under which partners sell a flight

# IATA type code -> ICAO type code
AIRCRAFT: Mapping[str, str] = {
    "DHT": "DHC6", "AT7": "AT76", "DH4": "DH8D", "E75": "E75L", "CR9": "CRJ9", "E90": "E190", "319": "A319",
    "320": "A320", "738": "B738", "32N": "A20N", "7M8": "B38M", "32Q": "A21N", "788": "B788", "333": "A333",
    "789": "B789", "359": "A359", "77W": "B77W", "388": "A388", "351": "A35K",
}  # fmt: skip


Number = tuple[str, int]
Sold = tuple[Flown, Number]


class _Wanted:
    """What a call asks for, with every code looked up once: `?` is the code of nobody."""

    def __init__(self, world: World, asked: Asked) -> None:
        self.origin, self.destination = (_airport(world, asked, end) for end in ("dep", "arr"))
        self.airline = _airline(world, asked)
        self.flight_number = asked.number("flight_number")
        self.number = _number(world, asked, self.airline)
        self.status = asked.text("flight_status")
        self.delays = [
            (end, asked.number(f"min_delay_{end}") or 0, asked.number(f"max_delay_{end}")) for end in ("dep", "arr")
        ]
        self.day = asked.day("flight_date")
        today = world.now().date()
        self.days = (self.day,) if self.day else tuple(today + timedelta(days=later) for later in (-1, 0, 1))

    def fits(self, world: World, flown: Flown, sold: Number) -> bool:
        return (
            (self.day is not None or abs(flown.departure.scheduled - world.now()) <= _LIVE)
            and self.origin in (None, flown.departure.airport)
            and self.destination in (None, flown.arrival.airport)
            and self.airline in (None, sold[0])
            and self.flight_number in (None, sold[1])
            and self.status in (None, status(world, flown))
            and all(
                least <= (late := (flown.departure if end == "dep" else flown.arrival).delay or 0)
                and (most is None or late <= most)
                for end, least, most in self.delays
            )
        )


def flights(world: World, asked: Asked) -> dict[str, Any]:
    """`total` stops at 10,000, and so does what can be looked at."""
    wanted = _Wanted(world, asked)
    found = ((flown, sold) for flown, sold in _found(world, wanted) if wanted.fits(world, flown, sold))
    rows = list(islice(found, _TOTAL_CAP))
    shown = page(asked, rows)
    return shown | {"data": [_row(world, flown, sold) for flown, sold in shown["data"]]}


def _found(world: World, wanted: _Wanted) -> Iterator[Sold]:
    """The narrowest question goes first: a number, an airport, an airline, and at last everything."""
    aviation = world.aviation
    for day in wanted.days:
        if wanted.number is not None:
            number = wanted.number
            yield from ((flown, number) for flown in aviation.flight(*number, day))
        elif wanted.origin:
            yield from shared(aviation.departures(wanted.origin, day))
        elif wanted.destination:
            lands = [aviation.arrivals(wanted.destination, on) for on in (day, day + timedelta(days=1))]
            yield from shared(flown for landing in lands for flown in landing if flown.day == day)
        elif airline := wanted.airline:
            numbers = sorted({service.number for service in aviation.routes(airline=airline)})
            yield from ((flown, (airline, no)) for no in numbers for flown in aviation.flight(airline, no, day))
        else:
            for iata in world.airports:
                yield from shared(aviation.departures(iata, day))


def shared(flights: Iterable[Flown]) -> Iterator[Sold]:
    """Each flight under its own number, and under those of some partners."""
    for flown in flights:
        yield flown, (flown.carrier, flown.number)
        yield from ((flown, share) for share in flown.codeshares[:_SHOWN_SHARES])


def _number(world: World, asked: Asked, airline: str | None) -> Number | None:
    """An airline and a number: in one word, or in two parameters."""
    iata, icao, number = asked.code("flight_iata"), asked.code("flight_icao"), asked.number("flight_number")
    if iata is not None:
        return _split(iata, 2, {code: code for code in world.airlines})
    if icao is not None:
        return _split(icao, 3, {fact.icao or "": code for code, fact in world.airlines.items()})
    return None if airline is None or number is None else (airline, number)


def _split(word: str, letters: int, airlines: Mapping[str, str]) -> Number:
    """Nobody's flight for a word that is none."""
    number = word[letters:]
    return airlines.get(word[:letters], "?"), int(number) if number.isdecimal() else 0


def _airport(world: World, asked: Asked, end: str) -> str | None:
    icao = asked.code(f"{end}_icao")
    if icao is not None:
        return next((fact.iata for fact in world.airports.values() if fact.icao == icao), "?")
    return asked.code(f"{end}_iata")


def _airline(world: World, asked: Asked) -> str | None:
    name, icao = asked.text("airline_name"), asked.code("airline_icao")
    if icao is not None:
        return next((iata for iata, fact in world.airlines.items() if fact.icao == icao), "?")
    if name is not None:
        return next((iata for iata, fact in world.airlines.items() if fact.name.casefold() == name.casefold()), "?")
    return asked.code("airline_iata")


def status(world: World, flown: Flown) -> str | None:
    """A few of those that landed stay active, and a few have no status at all, as one reads of upstream's."""
    luck = zlib.crc32(f"{world.seed}:{flown.carrier}{flown.number}:{flown.day}".encode()) % 200
    if luck == 0:
        return None
    return "active" if luck == 1 and flown.state == "landed" else str(flown.state)


def _row(world: World, flown: Flown, sold: Number) -> dict[str, Any]:
    carrier, number = sold
    own = flown.own or (flown.carrier, flown.number)
    airline = world.airlines[carrier]
    return {
        "flight_date": flown.day.isoformat(),
        "flight_status": status(world, flown),
        "departure": _end(world, flown.departure),
        "arrival": _end(world, flown.arrival) | {"baggage": flown.arrival.belt},
        "airline": {"name": airline.name, "iata": airline.iata, "icao": airline.icao},
        "flight": {
            "number": str(number), "iata": f"{airline.iata}{number}", "icao": f"{airline.icao}{number}",
            "codeshared": None if sold == own else _codeshared(world, own),
        },
        "aircraft": _aircraft(flown),
        "live": None,
    }  # fmt: skip


def _end(world: World, end: End) -> dict[str, Any]:
    fact = world.airports[end.airport]
    return {
        "airport": fact.name, "timezone": fact.timezone, "iata": end.airport, "icao": end.icao,
        "terminal": end.terminal, "gate": end.gate, "delay": end.delay, "scheduled": _local(end.scheduled),
        "estimated": _local(end.estimated), "actual": _local(end.actual), "estimated_runway": _local(end.runway),
        "actual_runway": _local(end.runway),
    }  # fmt: skip


def _local(told: datetime | None) -> str | None:
    """What the clock on the wall shows, with an offset behind it that is not true."""
    return None if told is None else f"{told:%Y-%m-%dT%H:%M:%S}+00:00"


def _codeshared(world: World, own: Number) -> dict[str, str]:
    """The flight that is flown, all in lower case."""
    carrier, number = own
    airline = world.airlines[carrier]
    told = {
        "airline_name": airline.name, "airline_iata": airline.iata or "", "airline_icao": airline.icao or "",
        "flight_number": str(number), "flight_iata": f"{airline.iata}{number}",
        "flight_icao": f"{airline.icao}{number}",
    }  # fmt: skip
    return {field: text.lower() for field, text in told.items()}


def _aircraft(flown: Flown) -> dict[str, str | None] | None:
    """Mostly null, at times nothing but the transponder's address, seldom everything."""
    if flown.icao24 is None:
        return None
    address = flown.icao24.upper()
    match int(flown.icao24, 16) % 3:
        case 0:
            return {"registration": None, "iata": None, "icao": None, "icao24": address}
        case 1:
            return {
                "registration": flown.registration, "iata": flown.aircraft, "icao": AIRCRAFT.get(flown.aircraft),
                "icao24": address,
            }  # fmt: skip
        case _:
            return {"registration": None, "iata": None, "icao": None, "icao24": None}
