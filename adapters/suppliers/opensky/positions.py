"""Who is in the air, in a box or everywhere."""

from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded_together, each
from adapters.suppliers.opensky.allowance import STATES
from adapters.suppliers.opensky.wire import StatesReply, StateVector
from adapters.suppliers.opensky.words import callsign, instant
from domain.aviation import Emitter, Position, PositionSource
from domain.enquiries import Box, PositionsEnquiry
from domain.places import Atlas, Point

_EDGE: Final = 180.0  # degrees of longitude
_STATES: Final = msgspec.json.Decoder(StatesReply[StateVector])
_STATES_APART: Final = msgspec.json.Decoder(StatesReply[msgspec.Raw])
_STATE: Final = msgspec.json.Decoder(StateVector)

_SOURCES: Final = {
    0: PositionSource.ADS_B,
    1: PositionSource.RADAR,
    2: PositionSource.MULTILATERATION,
    3: PositionSource.FLARM,
}
_EMITTERS: Final = {int(emitter): emitter for emitter in Emitter}


def ask(enquiry: PositionsEnquiry) -> Call:
    """A box over the antimeridian is asked in two halves, the western one of the box first."""
    return _call(None if enquiry.box is None else _halves(enquiry.box)[0])


def ask_for_little() -> Call:
    """One square degree: the cheapest call there is."""
    return _call(Box(south=47.0, west=8.0, north=48.0, east=9.0))


def _halves(box: Box) -> tuple[Box, ...]:
    if box.west <= box.east:
        return (box,)
    return msgspec.structs.replace(box, east=_EDGE), msgspec.structs.replace(box, west=-_EDGE)


def _call(box: Box | None) -> Call:
    sides = (
        ()
        if box is None
        else (
            ("lamin", str(box.south)),
            ("lomin", str(box.west)),
            ("lamax", str(box.north)),
            ("lomax", str(box.east)),
        )
    )
    return Call(operation=STATES, path="/states/all", params=(*sides, ("extended", "1")))


def read(reply: Reply, call: Call, enquiry: PositionsEnquiry, atlas: Atlas) -> Readout[Position]:  # noqa: ARG001 - positions are in degrees, whatever airports there are
    answer = decoded_together(reply, _STATES, _STATES_APART)
    records, skipped = each(answer.states or (), _STATE, _position, "states")
    return Readout(records=records, skipped=skipped, next=_other_half(call, enquiry))


def _other_half(call: Call, enquiry: PositionsEnquiry) -> Call | None:
    calls = [_call(half) for half in _halves(enquiry.box)] if enquiry.box is not None else []
    return calls[1] if len(calls) == 2 and call == calls[0] else None


def _position(told: StateVector) -> Position:
    """Raises ValueError for a position that is none on Earth, or an address that is none."""
    located = told.latitude is not None and told.longitude is not None
    return Position(
        icao24=told.icao24.strip().lower(),
        callsign=callsign(told.callsign),
        country=told.origin_country or None,
        at=None if told.time_position is None else instant(told.time_position),
        heard_at=instant(told.last_contact),
        location=Point(latitude=told.latitude or 0.0, longitude=told.longitude or 0.0) if located else None,
        pressure_altitude=told.baro_altitude,
        altitude=told.geo_altitude,
        on_ground=told.on_ground,
        speed=told.velocity,
        track=told.true_track,
        climb=told.vertical_rate,
        squawk=told.squawk or None,
        identifies=told.spi,
        source=_SOURCES.get(told.position_source),
        emitter=_EMITTERS.get(told.category),
    )
