"""Airports and airlines page by page, and places by the beginning of their name."""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.duffel import wire
from adapters.suppliers.duffel.flights import PAGE, next_page
from domain.enquiries import PlaceEnquiry
from domain.places import Airline, Airport, Atlas, Point

MOST_PAGES: Final = 150  # 30,000 rows: more than the world has airports with a code

_PAGE: Final = msgspec.json.Decoder(wire.Page[msgspec.Raw])
_AIRPORT: Final = msgspec.json.Decoder(wire.Airport)
_AIRLINE: Final = msgspec.json.Decoder(wire.ListedAirline)
_SUGGESTIONS: Final = msgspec.json.Decoder(wire.Single[list[msgspec.Raw]])
_SUGGESTION: Final = msgspec.json.Decoder(wire.Suggestion)

Row = TypeVar("Row")
Place = TypeVar("Place", Airport, Airline)


def ask_for_airports() -> Call:
    return Call(operation="airports", path="/air/airports", params=(("limit", PAGE),))


def ask_for_airlines() -> Call:
    return Call(operation="airlines", path="/air/airlines", params=(("limit", PAGE),))


def check() -> Call:
    """One airline: the least that the token has to be good for."""
    return Call(operation="airlines", path="/air/airlines", params=(("limit", "1"),))


def read_airports(reply: Reply, call: Call) -> Readout[Airport]:
    return _read(reply, call, _AIRPORT, _airport)


def read_airlines(reply: Reply, call: Call) -> Readout[Airline]:
    """One without a code is skipped by name: Duffel knows no other designator."""
    return _read(reply, call, _AIRLINE, _airline)


def _read(
    reply: Reply, call: Call, decoder: "msgspec.json.Decoder[Row]", make: Callable[[Row], Place]
) -> Readout[Place]:
    page = decoded(reply, _PAGE)
    records, skipped = each(page.data, decoder, make, f"{call.operation} data")
    return Readout(records=records, skipped=skipped, next=next_page(call, page.meta))


def ask_for_places(enquiry: PlaceEnquiry) -> Call:
    return Call(operation="places", path="/places/suggestions", params=(("name", enquiry.text),))


def read_places(reply: Reply, _call: Call, _enquiry: PlaceEnquiry, _atlas: Atlas) -> Readout[Airport]:
    """The airports among the suggestions, and those of the cities among them, each once."""
    told = decoded(reply, _SUGGESTIONS).data
    suggested, skipped = each(told, _SUGGESTION, lambda place: tuple(_airports(place)), "data")
    found = {airport.iata: airport for airports in suggested for airport in airports}
    return Readout(records=tuple(found.values()), skipped=skipped)


def _airports(told: wire.Suggestion) -> Iterator[Airport]:
    if told.type != "city":
        yield _airport(told)
    for raw in told.airports or []:
        yield _airport(_AIRPORT.decode(raw))


def _airport(told: wire.Airport) -> Airport:
    """Raises ValueError, with their id, for one that lacks what an airport needs."""
    return Airport(
        iata=_told(told.iata_code, "iata_code", told.id),
        icao=told.icao_code or None,
        name=_told(told.name, "name", told.id),
        city=told.city_name or "",
        city_code=told.iata_city_code or None,
        country=_told(told.iata_country_code, "iata_country_code", told.id),
        subdivision=None,
        timezone=_told(told.time_zone, "time_zone", told.id),
        location=Point(
            latitude=_told(told.latitude, "latitude", told.id), longitude=_told(told.longitude, "longitude", told.id)
        ),
        elevation_feet=None,
    )


def _airline(told: wire.ListedAirline) -> Airline:
    return Airline(
        iata=_told(told.iata_code, "iata_code", told.id),
        icao=None,
        name=_told(told.name, "name", told.id),
        country=None,
        callsign=None,
        active=None,
    )


def _told(value: Any, field: str, row: str | None) -> Any:
    if value is None or value == "":
        raise ValueError(f"{row}: no {field}")
    return value
