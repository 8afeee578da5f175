"""aviationstack's words, as far as we read them.

A field that nobody reads is left out, so that a change in it costs no row; the README names all of them. Numbers in
the catalogues are text, and null and the empty text both mean unknown. The endpoints spell one word in three ways:
`iata_code` in the catalogues, `iata` for flights and routes, `iataCode` on the boards.
"""

import msgspec


class Pagination(msgspec.Struct, frozen=True, kw_only=True):
    limit: int | None = None
    offset: int | None = None
    count: int | None = None
    total: int | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    data: list[msgspec.Raw]
    pagination: Pagination | None = None


class AirportRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    iata_code: str | None = None
    icao_code: str | None = None
    city_iata_code: str | None = None
    country_iso2: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    airport_name: str | None = None
    timezone: str | None = None


class AirlineRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    iata_code: str | None = None
    icao_code: str | None = None
    callsign: str | None = None
    country_iso2: str | None = None
    airline_name: str | None = None
    status: str | None = None


class RouteEnd(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`time` is a local clock without a date."""

    iata: str | None = None
    terminal: str | None = None
    time: str | None = None


class FlightAirline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str | None = None
    iata: str | None = None
    icao: str | None = None


class RouteFlight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Without the airline in front of it."""

    number: str | None = None


class RouteRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    departure: RouteEnd
    arrival: RouteEnd
    airline: FlightAirline
    flight: RouteFlight


class FlightPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Times end in a +00:00 that is not true: they are the clock on the airport's wall. `delay` counts minutes."""

    timezone: str | None = None
    iata: str | None = None
    icao: str | None = None
    terminal: str | None = None
    gate: str | None = None
    baggage: str | None = None
    delay: int | str | None = None
    scheduled: str | None = None
    estimated: str | None = None
    actual: str | None = None
    estimated_runway: str | None = None
    actual_runway: str | None = None


class CodeShared(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The flight that is flown, in lower case."""

    airline_iata: str | None = None
    airline_icao: str | None = None
    flight_number: str | None = None


class Flight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    number: str | None = None
    iata: str | None = None
    icao: str | None = None
    codeshared: CodeShared | None = None


class FlightAircraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`icao24` is upper case here."""

    registration: str | None = None
    iata: str | None = None
    icao: str | None = None
    icao24: str | None = None


class FlightRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`live` is nearly always null, and nobody knows its units for certain: it is kept as it came."""

    flight_date: str | None = None
    flight_status: str | None = None
    departure: FlightPlace
    arrival: FlightPlace
    airline: FlightAirline
    flight: Flight
    aircraft: FlightAircraft | None = None
    live: msgspec.Raw = msgspec.Raw(b"null")


class BoardPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Local times without an offset; on the boards of days to come sometimes the clock alone."""

    iata_code: str | None = None
    icao_code: str | None = None
    terminal: str | None = None
    gate: str | None = None
    baggage: str | None = None
    delay: int | str | None = None
    scheduled_time: str | None = None
    estimated_time: str | None = None
    actual_time: str | None = None
    estimated_runway: str | None = None
    actual_runway: str | None = None


class BoardAirline(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    name: str | None = None
    iata_code: str | None = None
    icao_code: str | None = None


class BoardFlight(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    number: str | None = None


class BoardShare(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The flight that is flown."""

    airline: BoardAirline
    flight: BoardFlight


class BoardAircraft(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    model_code: str | None = None
    model_text: str | None = None


class BoardRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of `/timetable`, or of `/flightsFuture`, which has no status but says what is to be flown."""

    status: str | None = None
    departure: BoardPlace
    arrival: BoardPlace
    airline: BoardAirline
    flight: BoardFlight
    codeshared: BoardShare | None = None
    aircraft: BoardAircraft | None = None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    key: str | None = None
    message: str | None = None


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """`context` names the parameters that a validation error is about."""

    code: str | None = None
    message: str | None = None
    context: dict[str, list[Complaint]] | None = None


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A reply read for nothing but its error; the gateway in front of the API sends a bare `message`."""

    error: Error | None = None
    message: str | None = None
