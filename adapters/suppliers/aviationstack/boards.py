"""What leaves or lands at an airport on a day: today's board, the past flight by flight, and days to come as planned."""

from collections import Counter
from datetime import UTC, date, timedelta
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.suppliers.aviationstack import status
from adapters.suppliers.aviationstack.pages import offset_of, page_call, read_page
from adapters.suppliers.aviationstack.wire import BoardAircraft, BoardPlace, BoardRow, BoardShare, FlightRow
from adapters.suppliers.aviationstack.words import at, code, delay, flight, is_clock, known, name, on_day, state
from domain.aviation import Aircraft, FlightEnd, FlightNumber, TimetableEntry
from domain.enquiries import Direction, TimetableEnquiry
from domain.places import Atlas
from domain.searches import SkippedRecord

OPERATION: Final = "timetable"
FUTURE_OPERATION: Final = "future"

_TYPES: Final = {Direction.DEPARTURES: "departure", Direction.ARRIVALS: "arrival"}
_PAST_FILTERS: Final = {Direction.DEPARTURES: "dep_iata", Direction.ARRIVALS: "arr_iata"}
_NOT_YET_PLANNED: Final = timedelta(days=7)  # the board of days to come begins behind it
_A_DAY: Final = timedelta(days=1)
_FARTHEST_DAYS: Final = 2  # over the date line the other end may be two days away
_BOARD: Final = msgspec.json.Decoder(BoardRow)


def ask(enquiry: TimetableEnquiry) -> Call:
    """Today's board, which has no date in its question: its rows say which day it is there."""
    return page_call(OPERATION, "/timetable", ("iataCode", enquiry.airport), ("type", _TYPES[enquiry.direction]))


def read(reply: Reply, call: Call, enquiry: TimetableEnquiry, atlas: Atlas) -> Readout[TimetableEntry]:
    """One page of whichever board was asked. Where today's is not about the day, the right one is asked next."""
    if call.operation == status.OPERATION:
        return _past(reply, call, enquiry, atlas)
    readout = read_page(reply, call, _BOARD, lambda row: _entry(row, reply, enquiry, atlas))
    readout = msgspec.structs.replace(readout, expected=None)
    if call.operation == FUTURE_OPERATION:
        return readout
    days = Counter(_day_of(entry, enquiry.direction) for entry in readout.records)
    if enquiry.day in days or offset_of(call) > 0:
        return msgspec.structs.replace(readout, records=_of_the_day(readout, enquiry))
    [(board_day, _)] = days.most_common(1) or [(None, 0)]
    return _elsewhere(readout, board_day or _day_there(reply, enquiry, atlas), enquiry)


def _of_the_day(readout: Readout[TimetableEntry], enquiry: TimetableEnquiry) -> tuple[TimetableEntry, ...]:
    return tuple(entry for entry in readout.records if _day_of(entry, enquiry.direction) == enquiry.day)


def _day_there(reply: Reply, enquiry: TimetableEnquiry, atlas: Atlas) -> date:
    return reply.received_at.astimezone(atlas.zone(enquiry.airport) or UTC).date()


def _elsewhere(readout: Readout[TimetableEntry], today: date, enquiry: TimetableEnquiry) -> Readout[TimetableEntry]:
    """No line of today's board is of the day: what follows is another board, or the reason why there is none."""
    following, skipped = None, readout.skipped
    if enquiry.day < today:
        following = _past_call(
            enquiry, enquiry.day - _A_DAY if enquiry.direction is Direction.ARRIVALS else enquiry.day
        )
    elif enquiry.day > today + _NOT_YET_PLANNED:
        following = _future_call(enquiry)
    elif enquiry.day > today:
        why = f"there is no board of {enquiry.day} on {today}: only of today, and of days more than a week ahead"
        skipped = (*skipped, SkippedRecord(where=OPERATION, why=why))
    else:
        following = readout.next
    return Readout(records=(), skipped=skipped, next=following)


def _future_call(enquiry: TimetableEnquiry) -> Call:
    wishes = ("iataCode", enquiry.airport), ("type", _TYPES[enquiry.direction]), ("date", enquiry.day.isoformat())
    return page_call(FUTURE_OPERATION, "/flightsFuture", *wishes)


def _past_call(enquiry: TimetableEnquiry, day: date) -> Call:
    wishes = (_PAST_FILTERS[enquiry.direction], enquiry.airport), (status.FLIGHT_DATE, day.isoformat())
    return page_call(status.OPERATION, status.PATH, *wishes)


def _past(reply: Reply, call: Call, enquiry: TimetableEnquiry, atlas: Atlas) -> Readout[TimetableEntry]:
    """A date means that of departure: who lands on a day may have left the day before, so both days are asked."""

    def entry(row: FlightRow) -> TimetableEntry:
        found = status.flight_status(row, reply, atlas)
        return TimetableEntry(
            flight=found.flight,
            airline=found.airline,
            day=found.day,
            state=found.state,
            departure=found.departure,
            arrival=found.arrival,
            operated_as=found.operated_as,
            aircraft=found.aircraft,
            supplier=found.supplier,
            told_at=found.told_at,
            supplier_extra=found.supplier_extra,
        )

    readout = read_page(reply, call, status.FLIGHT, entry)
    asked = date.fromisoformat(dict(call.params)[status.FLIGHT_DATE])
    following = readout.next
    if following is None and asked < enquiry.day:
        following = _past_call(enquiry, enquiry.day)
    return msgspec.structs.replace(readout, records=_of_the_day(readout, enquiry), next=following, expected=None)


def _day_of(entry: TimetableEntry, direction: Direction) -> date | None:
    end = entry.departure if direction is Direction.DEPARTURES else entry.arrival
    return None if end.scheduled_at is None else end.scheduled_at.date()


def _entry(row: BoardRow, reply: Reply, enquiry: TimetableEnquiry, atlas: Atlas) -> TimetableEntry:
    """Raises ValueError for a row without a number, an airline or a time of departure."""
    departure, arrival = _ends(row, enquiry, atlas)
    if departure.scheduled_at is None:
        raise ValueError("no departure.scheduledTime")
    return TimetableEntry(
        flight=flight(row.airline.iata_code or row.airline.icao_code, row.flight.number),
        airline=name(row.airline.name),
        day=departure.scheduled_at.date(),
        state=state(row.status),
        departure=departure,
        arrival=arrival,
        operated_as=_operated_as(row.codeshared),
        aircraft=_aircraft(row.aircraft),
        supplier=status.SLUG,
        told_at=reply.received_at,
    )


def _ends(row: BoardRow, enquiry: TimetableEnquiry, atlas: Atlas) -> tuple[FlightEnd, FlightEnd]:
    """A clock without a date is that of the day at the airport that was asked; the other end follows, or comes before."""
    departure, arrival = (_end(place, enquiry.day, atlas) for place in (row.departure, row.arrival))
    days = 0
    while _backwards(departure, arrival) and days < _FARTHEST_DAYS:
        days += 1
        if enquiry.direction is Direction.DEPARTURES and is_clock(row.arrival.scheduled_time):
            arrival = _end(row.arrival, enquiry.day + timedelta(days=days), atlas)
        elif enquiry.direction is Direction.ARRIVALS and is_clock(row.departure.scheduled_time):
            departure = _end(row.departure, enquiry.day - timedelta(days=days), atlas)
    return departure, arrival


def _backwards(departure: FlightEnd, arrival: FlightEnd) -> bool:
    leaves, lands = departure.scheduled_at, arrival.scheduled_at
    return leaves is not None and lands is not None and lands <= leaves


def _end(place: BoardPlace, day: date, atlas: Atlas) -> FlightEnd:
    airport = code(place.iata_code)
    zone = atlas.zone(airport or "")
    late = delay(place.delay)
    return FlightEnd(
        airport=airport,
        airport_icao=code(place.icao_code),
        terminal=code(place.terminal),
        gate=code(place.gate),
        belt=code(place.baggage),
        scheduled_at=at(on_day(place.scheduled_time, day), zone),
        estimated_at=at(on_day(place.estimated_time, day), zone),
        actual_at=at(on_day(place.actual_time, day), zone),
        runway_estimated_at=at(on_day(place.estimated_runway, day), zone),
        runway_at=at(on_day(place.actual_runway, day), zone),
        delay=late if late != timedelta() else None,
    )


def _operated_as(shared: BoardShare | None) -> FlightNumber | None:
    if shared is None:
        return None
    return flight(known(shared.airline.iata_code) or shared.airline.icao_code, shared.flight.number)


def _aircraft(row: BoardAircraft | None) -> Aircraft | None:
    """The code of the model is the ICAO one, in lower case."""
    if row is None or (known(row.model_code) is None and known(row.model_text) is None):
        return None
    return Aircraft(icao_type=code(row.model_code), model=known(row.model_text))
