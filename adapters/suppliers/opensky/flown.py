"""What was flown: by one aircraft, from or to one airport, or by all; and the way of one flight."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.failures import GiveUp
from adapters.suppliers.opensky.allowance import FLIGHTS, TRACKS
from adapters.suppliers.opensky.wire import FlightRow, TrackReply, Waypoint
from adapters.suppliers.opensky.words import callsign, instant, seconds
from domain import aviation
from domain.aviation import FlownFlight, Track
from domain.enquiries import Direction, FlightsEnquiry, TrackEnquiry
from domain.places import Atlas, Point
from domain.searches import Outcome, SkippedRecord

_LIVE: Final = "0"
_PATHS: Final[Mapping[Direction, str]] = {
    Direction.DEPARTURES: "/flights/departure",
    Direction.ARRIVALS: "/flights/arrival",
}
_LONGEST_OF_ALL: Final = timedelta(hours=2)
_LONGEST: Final = timedelta(days=2)

_FLIGHTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_FLIGHT: Final = msgspec.json.Decoder(FlightRow)
_TRACK: Final = msgspec.json.Decoder(TrackReply)
_WAYPOINT: Final = msgspec.json.Decoder(Waypoint)


def ask(enquiry: FlightsEnquiry) -> Call:
    """Raises GiveUp for an interval that OpenSky would refuse, before it costs anything."""
    whose, path = _whose(enquiry)
    longest = _LONGEST if whose else _LONGEST_OF_ALL
    if not timedelta() < enquiry.end - enquiry.begin <= longest:
        raise GiveUp(
            f"{enquiry.begin.isoformat()} to {enquiry.end.isoformat()}: OpenSky tells of more than nothing and at most {longest}",
            outcome=Outcome.REFUSED,
        )
    between = ("begin", seconds(enquiry.begin)), ("end", seconds(enquiry.end))
    return Call(operation=FLIGHTS, path=path, params=(*whose, *between))


def _whose(enquiry: FlightsEnquiry) -> tuple[tuple[tuple[str, str], ...], str]:
    if enquiry.icao24 is not None:
        return (("icao24", enquiry.icao24.lower()),), "/flights/aircraft"
    if enquiry.airport is not None:
        return (("airport", enquiry.airport.upper()),), _PATHS[enquiry.direction or Direction.DEPARTURES]
    return (), "/flights/all"


def read(reply: Reply, call: Call, enquiry: FlightsEnquiry, atlas: Atlas) -> Readout[FlownFlight]:  # noqa: ARG001 - a flight that is over says all by itself
    rows: list[msgspec.Raw] = decoded(reply, _FLIGHTS)
    records, skipped = each(rows, _FLIGHT, _flight, "flights")
    return Readout(records=records, skipped=skipped)


def _flight(row: FlightRow) -> FlownFlight:
    return FlownFlight(
        icao24=row.icao24.strip().lower(),
        callsign=callsign(row.callsign),
        origin_icao=row.est_departure_airport or None,
        destination_icao=row.est_arrival_airport or None,
        took_off_at=instant(row.first_seen),
        landed_at=instant(row.last_seen),
    )


def ask_for_track(enquiry: TrackEnquiry) -> Call:
    at = _LIVE if enquiry.at is None else seconds(enquiry.at)
    return Call(operation=TRACKS, path="/tracks/all", params=(("icao24", enquiry.icao24.lower()), ("time", at)))


def read_track(reply: Reply, call: Call, enquiry: TrackEnquiry, atlas: Atlas) -> Readout[Track]:  # noqa: ARG001 - a track says all by itself
    """One track, or none with the reason; a waypoint that can't be read is left out and named."""
    told = decoded(reply, _TRACK)
    waypoints, skipped = each(told.path, _WAYPOINT, _waypoint, "path")
    try:
        track = Track(
            icao24=told.icao24.strip().lower(),
            callsign=callsign(told.callsign or told.calllsign),
            begins_at=instant(told.start_time),
            ends_at=instant(told.end_time),
            waypoints=waypoints,
        )
    except ValueError as error:
        return Readout(records=(), skipped=(*skipped, SkippedRecord(where="track", why=str(error))))
    return Readout(records=(track,), skipped=skipped)


def _waypoint(told: Waypoint) -> aviation.Waypoint:
    located = told.latitude is not None and told.longitude is not None
    return aviation.Waypoint(
        at=instant(told.time),
        location=Point(latitude=told.latitude or 0.0, longitude=told.longitude or 0.0) if located else None,
        pressure_altitude=told.baro_altitude,
        track=told.true_track,
        on_ground=told.on_ground,
    )
