"""The catalogues of airports, airlines and routes: ask for a page, and read it."""

from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.suppliers.aviationstack.pages import naming_the_row, page_call, read_page
from adapters.suppliers.aviationstack.wire import AirlineRow, AirportRow, RouteRow
from adapters.suppliers.aviationstack.words import clock, code, flight, known, name, told
from domain.aviation import Route
from domain.places import Airline, Airport, Point

_AIRPORT: Final = msgspec.json.Decoder(AirportRow)
_AIRLINE: Final = msgspec.json.Decoder(AirlineRow)
_ROUTE: Final = msgspec.json.Decoder(RouteRow)


def ask_for_airports() -> Call:
    return page_call("airports", "/airports")


def ask_for_airlines() -> Call:
    return page_call("airlines", "/airlines")


def ask_for_routes() -> Call:
    return page_call("routes", "/routes")


def read_airports(reply: Reply, call: Call) -> Readout[Airport]:
    return read_page(reply, call, _AIRPORT, naming_the_row(_airport))


def read_airlines(reply: Reply, call: Call) -> Readout[Airline]:
    return read_page(reply, call, _AIRLINE, naming_the_row(_airline))


def read_routes(reply: Reply, call: Call) -> Readout[Route]:
    return read_page(reply, call, _ROUTE, _route)


def _airport(row: AirportRow) -> Airport:
    """aviationstack tells neither the city's name nor the elevation: its city is a code that /cities explains."""
    return Airport(
        iata=told(row.iata_code, "iata_code").upper(),
        icao=code(row.icao_code),
        name=told(row.airport_name, "airport_name"),
        city="",
        city_code=code(row.city_iata_code),
        country=told(row.country_iso2, "country_iso2").upper(),
        subdivision=None,
        timezone=told(row.timezone, "timezone"),
        location=Point(
            latitude=float(told(row.latitude, "latitude")), longitude=float(told(row.longitude, "longitude"))
        ),
        elevation_feet=None,
    )


def _airline(row: AirlineRow) -> Airline:
    status = known(row.status)
    return Airline(
        iata=code(row.iata_code),
        icao=code(row.icao_code),
        name=told(row.airline_name, "airline_name"),
        country=code(row.country_iso2),
        callsign=known(row.callsign),
        active=None if status is None else status.lower() == "active",
    )


def _route(row: RouteRow) -> Route:
    """The number alone is told, without the airline in front of it, and so are clocks without a day."""
    return Route(
        flight=flight(row.airline.iata or row.airline.icao, row.flight.number),
        airline=name(row.airline.name),
        origin=told(row.departure.iata, "departure.iata").upper(),
        destination=told(row.arrival.iata, "arrival.iata").upper(),
        departs=clock(row.departure.time),
        arrives=clock(row.arrival.time),
        origin_terminal=known(row.departure.terminal),
        destination_terminal=known(row.arrival.terminal),
    )
