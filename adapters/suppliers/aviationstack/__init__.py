"""aviationstack: airports, airlines and routes page by page, how a flight stands, and an airport's boards."""

from datetime import date
from types import MappingProxyType
from typing import Final

from adapters.kit.auth import QueryKey
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.drift import Shape
from adapters.kit.supplier import Cataloguing, Looking, Supplier
from adapters.suppliers.aviationstack import boards, reference, status, wire
from adapters.suppliers.aviationstack.refusals import ERRORS, refusal
from domain.catalogue import Subject
from domain.enquiries import Direction, StatusEnquiry, TimetableEnquiry

_KEY: Final = "AVIATIONSTACK_ACCESS_KEY"
_MONTH: Final = 30 * 24 * 3600.0  # seconds
_A_DAY: Final = date(2027, 1, 15)  # one on which the flight below is flown


# Beside the number of the flight that is flown.
_SHARED: Final = ("codeshared.flight.iataNumber", "codeshared.flight.icaoNumber")


def _check() -> Call:
    """One row: what counts is the call, of which Free has a hundred in a month."""
    return Call(operation="airlines", path="/airlines", params=(("limit", "1"), ("offset", "0")))


def _rows(row: type[object], *passed_over: str) -> Shape:
    """`pagination` and so on, and the rows below `data`."""
    return Shape(
        type=wire.Page, records={"data[]": row}, passed_over=frozenset(f"data[].{field}" for field in passed_over)
    )


SUPPLIER: Final = Supplier(
    slug=status.SLUG,
    title="aviationstack",
    documentation="https://aviationstack.com/documentation",
    live_url="https://api.aviationstack.com/v1",
    auth=QueryKey(param="access_key", secret=_KEY),
    sandbox_secrets=MappingProxyType({_KEY: "sandbox-aviationstack-key"}),
    budget=Budget(
        windows=(
            Window(calls=10_000, seconds=_MONTH),  # the Basic plan; Free has 100: set AVIATIONSTACK_BUDGET
            Window(calls=5, seconds=1),  # unverified: the documents name the refusal but not the speed
            Window(calls=1, seconds=10, operations=frozenset({boards.OPERATION, boards.FUTURE_OPERATION})),
        ),
        concurrency=2,
    ),
    refusal=refusal,
    errors=ERRORS,
    # Twice as many pages as the catalogues had in September 2026 (67 and 132): growth is fine, a loop is not.
    catalogues=MappingProxyType(
        {
            Subject.AIRPORTS: Cataloguing(
                operation="airports", ask=reference.ask_for_airports, read=reference.read_airports, at_most=140
            ),
            Subject.AIRLINES: Cataloguing(
                operation="airlines", ask=reference.ask_for_airlines, read=reference.read_airlines, at_most=280
            ),
            # Nobody has published how many there are; at a hundred to a page this is room for half a million.
            Subject.ROUTES: Cataloguing(
                operation="routes", ask=reference.ask_for_routes, read=reference.read_routes, at_most=5_000
            ),
        }
    ),
    lookups=MappingProxyType(
        {
            StatusEnquiry: Looking(
                operation=status.OPERATION,
                ask=status.ask,
                read=status.read,
                example=StatusEnquiry(carrier="LX", number="14", day=_A_DAY),
                at_most=6,
            ),
            TimetableEnquiry: Looking(
                operation=boards.OPERATION,
                ask=boards.ask,
                read=boards.read,
                example=TimetableEnquiry(airport="LUG", direction=Direction.DEPARTURES, day=_A_DAY),
                at_most=60,
            ),
        }
    ),
    shapes=MappingProxyType(
        {
            "airports": _rows(
                wire.AirportRow, "gmt", "airport_id", "geoname_id", "country_name", "phone_number"
            ),
            "airlines": _rows(
                wire.AirlineRow, "fleet_average_age", "airline_id", "hub_code", "date_founded", "iata_prefix_accounting",
                "country_name", "fleet_size", "type",
            ),
            "routes": _rows(
                wire.RouteRow, "departure.airport", "departure.timezone", "departure.icao", "arrival.airport",
                "arrival.timezone", "arrival.icao", "airline.callsign",
            ),
            status.OPERATION: _rows(
                wire.FlightRow, "departure.airport", "arrival.airport", "flight.codeshared.airline_name",
                "flight.codeshared.flight_iata", "flight.codeshared.flight_icao",
            ),
            boards.OPERATION: _rows(wire.BoardRow, "type", "flight.iataNumber", "flight.icaoNumber", *_SHARED),
            boards.FUTURE_OPERATION: _rows(wire.BoardRow, "weekday", "flight.iataNumber", "flight.icaoNumber", *_SHARED),
        }
    ),
    check=_check,
)  # fmt: skip
