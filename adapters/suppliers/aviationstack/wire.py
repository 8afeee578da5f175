"""aviationstack's words, as far as we read them.

A field that nobody reads is left out, so that a change in it costs no row; the README names all of them. Numbers in
the rows are text, and null and the empty text both mean unknown.
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
