"""How a flight stands, by its number and the local date of its departure."""

from datetime import date, timedelta
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.suppliers.aviationstack.pages import offset_of, page_call, read_page
from adapters.suppliers.aviationstack.wire import CodeShared, FlightAircraft, FlightPlace, FlightRow
from adapters.suppliers.aviationstack.words import (
    at,
    code,
    delay,
    flight,
    known,
    name,
    same_flight,
    state,
    told,
    zone_of,
)
from domain.aviation import Aircraft, FlightEnd, FlightNumber, FlightStatus
from domain.enquiries import StatusEnquiry
from domain.places import Atlas, is_iata_airline

SLUG: Final = "aviationstack"
OPERATION: Final = "flights"
PATH: Final = "/flights"
FLIGHT_DATE: Final = "flight_date"
FLIGHT: Final = msgspec.json.Decoder(FlightRow)

_NULL: Final = b"null"


def ask(enquiry: StatusEnquiry) -> Call:
    """What flies these days: every plan may ask for that. A date would make it a question about the past."""
    return page_call(OPERATION, PATH, _named(enquiry))


def _named(enquiry: StatusEnquiry) -> tuple[str, str]:
    field = "flight_iata" if is_iata_airline(enquiry.carrier) else "flight_icao"
    return field, f"{enquiry.carrier}{enquiry.number}"


def read(reply: Reply, call: Call, enquiry: StatusEnquiry, atlas: Atlas) -> Readout[FlightStatus]:
    """The flights of that number on that day: several where an airline uses one number twice, none where it does not fly.

    Rows of other days are passed over. Where there is no other and the day is over, the past is asked next.
    """

    def status(row: FlightRow) -> FlightStatus:
        found = flight_status(row, reply, atlas)
        if not _is_asked(found, row, enquiry):
            raise ValueError(f"is {found.flight}, asked for {enquiry.carrier}{enquiry.number}")
        return found

    readout = read_page(reply, call, FLIGHT, status)
    records = tuple(found for found in readout.records if found.day == enquiry.day)
    following = readout.next
    if (
        not records
        and following is None
        and offset_of(call) == 0
        and not _about_the_past(call)
        and _over(enquiry, reply)
    ):
        following = page_call(OPERATION, PATH, _named(enquiry), (FLIGHT_DATE, enquiry.day.isoformat()))
    return msgspec.structs.replace(readout, records=records, next=following, expected=None)


def _is_asked(found: FlightStatus, row: FlightRow, enquiry: StatusEnquiry) -> bool:
    asked = FlightNumber(carrier=enquiry.carrier, number=enquiry.number)
    return any(
        same_flight(FlightNumber(carrier=carrier, number=found.flight.number), asked)
        for carrier in (code(row.airline.iata), code(row.airline.icao))
        if carrier is not None
    )


def _about_the_past(call: Call) -> bool:
    return any(param == FLIGHT_DATE for param, _ in call.params)


def _over(enquiry: StatusEnquiry, reply: Reply) -> bool:
    """Anywhere on Earth, as far as a reply's own date tells."""
    return enquiry.day <= reply.received_at.date()


def flight_status(row: FlightRow, reply: Reply, atlas: Atlas) -> FlightStatus:
    """Raises ValueError for a row without a date, a number, an airline, or the zone of a clock."""
    live = bytes(row.live)
    return FlightStatus(
        flight=flight(row.airline.iata or row.airline.icao, row.flight.number),
        airline=name(row.airline.name),
        day=date.fromisoformat(told(row.flight_date, FLIGHT_DATE)),
        state=state(row.flight_status),
        departure=_end(row.departure, atlas),
        arrival=_end(row.arrival, atlas),
        operated_as=_operated_as(row.flight.codeshared),
        aircraft=_aircraft(row.aircraft),
        supplier=SLUG,
        told_at=reply.received_at,
        supplier_extra={"live": live.decode()} if live != _NULL else {},
    )


def _end(place: FlightPlace, atlas: Atlas) -> FlightEnd:
    airport = code(place.iata)
    zone = zone_of(place.timezone, airport, atlas)
    late = delay(place.delay)
    return FlightEnd(
        airport=airport,
        airport_icao=code(place.icao),
        terminal=known(place.terminal),
        gate=known(place.gate),
        belt=known(place.baggage),
        scheduled_at=at(place.scheduled, zone),
        estimated_at=at(place.estimated, zone),
        actual_at=at(place.actual, zone),
        runway_estimated_at=at(place.estimated_runway, zone),
        runway_at=at(place.actual_runway, zone),
        delay=late if late != timedelta() else None,
    )


def _operated_as(shared: CodeShared | None) -> FlightNumber | None:
    if shared is None:
        return None
    return flight(known(shared.airline_iata) or shared.airline_icao, shared.flight_number)


def _aircraft(row: FlightAircraft | None) -> Aircraft | None:
    """Often all null, and often nothing but the transponder's address, which is upper case here."""
    if row is None:
        return None
    address = known(row.icao24)
    found = Aircraft(
        icao24=None if address is None else address.lower(),
        registration=known(row.registration),
        iata_type=code(row.iata),
        icao_type=code(row.icao),
    )
    return found if found != Aircraft() else None
