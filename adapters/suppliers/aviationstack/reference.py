"""The catalogues: ask for a page, read it, and say which page follows."""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.supplier import Refusal
from adapters.suppliers.aviationstack.wire import AirlineRow, AirportRow, Error, Page, Pagination, Trouble
from domain.places import Airline, Airport, Point

PAGE_LIMIT: Final = 100  # the most that Free and Basic plans are given
TOTAL_CAP: Final = 10_000  # a total of exactly this may stand for any larger number

_PAGE: Final = msgspec.json.Decoder(Page)
_AIRPORT: Final = msgspec.json.Decoder(AirportRow)
_AIRLINE: Final = msgspec.json.Decoder(AirlineRow)
_TROUBLE: Final = msgspec.json.Decoder(Trouble)


class _Named(Protocol):
    @property
    def id(self) -> str | None: ...


Row = TypeVar("Row", bound=_Named)
Place = TypeVar("Place", Airport, Airline)


def ask_for_airports() -> Call:
    return _page_call("airports", offset=0)


def ask_for_airlines() -> Call:
    return _page_call("airlines", offset=0)


def read_airports(reply: Reply, call: Call) -> Readout[Airport]:
    return _read(reply, call, _AIRPORT, _airport)


def read_airlines(reply: Reply, call: Call) -> Readout[Airline]:
    return _read(reply, call, _AIRLINE, _airline)


def refusal(reply: Reply) -> Refusal | None:
    """The error that a reply carries, whatever its status says: old plans were refused with a 200."""
    try:
        trouble = _TROUBLE.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # no error body of theirs; the status, or reading the page, says what is wrong
    if trouble.error is not None:
        return Refusal(code=trouble.error.code, message=_sentence(trouble.error))
    if trouble.message is not None:
        return Refusal(code=trouble.message, message=trouble.message)
    return None


def _sentence(error: Error) -> str:
    complaints = (
        f"{parameter}: {complaint.message or complaint.key}"
        for parameter, found in (error.context or {}).items()
        for complaint in found
    )
    return " / ".join((error.message or error.code or "an error without words", *complaints))


def _page_call(catalogue: str, *, offset: int) -> Call:
    params = (("limit", str(PAGE_LIMIT)), ("offset", str(offset)))
    return Call(operation=catalogue, path=f"/{catalogue}", params=params)


def _read(
    reply: Reply, call: Call, decoder: "msgspec.json.Decoder[Row]", make: Callable[[Row], Place]
) -> Readout[Place]:
    page = decoded(reply, _PAGE)
    offset = int(dict(call.params)["offset"])
    records, skipped = each(page.data, decoder, _naming_the_row(make), f"offset {offset} data")
    pagination = page.pagination or Pagination()
    total = None if pagination.total == TOTAL_CAP else pagination.total
    following = offset + len(page.data)
    short = len(page.data) < min(PAGE_LIMIT, pagination.limit or PAGE_LIMIT) or not page.data
    last = short or (total is not None and following >= total)
    return Readout(
        records=records,
        skipped=skipped,
        next=None if last else _page_call(call.operation, offset=following),
        expected=total,
    )


def _naming_the_row(make: Callable[[Row], Place]) -> Callable[[Row], Place]:
    """The same, with the row's own id in front of the reason why nothing could be made of it."""

    def made(row: Row) -> Place:
        try:
            return make(row)
        except ValueError as error:
            raise ValueError(f"id {row.id}: {error}") from error

    return made


def _airport(row: AirportRow) -> Airport:
    """aviationstack tells neither the city's name nor the elevation: its city is a code that /cities explains."""
    return Airport(
        iata=_told(row.iata_code, "iata_code").upper(),
        icao=_code(row.icao_code),
        name=_told(row.airport_name, "airport_name"),
        city="",
        city_code=_code(row.city_iata_code),
        country=_told(row.country_iso2, "country_iso2").upper(),
        subdivision=None,
        timezone=_told(row.timezone, "timezone"),
        location=Point(
            latitude=float(_told(row.latitude, "latitude")), longitude=float(_told(row.longitude, "longitude"))
        ),
        elevation_feet=None,
    )


def _airline(row: AirlineRow) -> Airline:
    status = _known(row.status)
    return Airline(
        iata=_code(row.iata_code),
        icao=_code(row.icao_code),
        name=_told(row.airline_name, "airline_name"),
        country=_code(row.country_iso2),
        callsign=_known(row.callsign),
        active=None if status is None else status.lower() == "active",
    )


def _known(text: str | None) -> str | None:
    """None for null, for empty text and for blanks: all of them are used for unknown."""
    return (text or "").strip() or None


def _code(text: str | None) -> str | None:
    """Codes come in either case, depending on the endpoint."""
    known = _known(text)
    return None if known is None else known.upper()


def _told(text: str | None, field: str) -> str:
    known = _known(text)
    if known is None:
        raise ValueError(f"no {field}")
    return known
