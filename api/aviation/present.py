"""From flights as the domain has them to the shapes that clients see."""

from typing import Final

import msgspec

from api.aviation import answers
from domain import aviation
from domain.standings import Standing
from domain.watching import Change, FlightDay, Followed

_encode: Final = msgspec.json.Encoder().encode


def standing(followed: Followed, change: Change) -> answers.FlightStanding:
    """As it stood after that change, which was heard to be so when suppliers last told anything."""
    return answers.FlightStanding(
        flight=str(followed.flight.flight),
        date=followed.flight.day,
        legs=legs(change.standing),
        told_at=followed.told_at or change.at,
        next_look_at=None if followed.over else followed.look_at,
        troubles=tuple(
            answers.Trouble(supplier=one.supplier, status=one.outcome, detail=one.detail) for one in followed.trouble
        ),
    )


def event(kind: str, flight: FlightDay, change: Change) -> bytes:
    """As it goes over the wire, to everybody who follows the flight. A `status` is not told what it differs in."""
    told = answers.FlightEvent(
        flight=str(flight.flight),
        date=flight.day,
        at=change.at,
        differences=()
        if kind == "status"
        else tuple(
            answers.Difference(leg=one.leg, field=one.field, before=one.before, after=one.after)
            for one in change.differences
        ),
        legs=legs(change.standing),
    )
    head = f"id: {event_id(flight, change.number)}\nevent: {kind}\ndata: ".encode()
    return b"".join((head, _encode(told), b"\n\n"))


def event_id(flight: FlightDay, number: int) -> str:
    """With the day in it: whoever comes back after midnight goes on with the flight of yesterday."""
    return f"{flight.day.isoformat()}.{number}"


def legs(standing: Standing) -> tuple[answers.FlightLeg, ...]:
    return tuple(_leg(leg) for leg in standing.legs)


def _leg(leg: aviation.FlightStatus) -> answers.FlightLeg:
    other = leg.operated_as if leg.operated_as != leg.flight else None
    return answers.FlightLeg(
        state=leg.state,
        airline=leg.airline,
        operated_as=None if other is None else str(other),
        departure=_end(leg.departure),
        arrival=_end(leg.arrival),
        aircraft=None if leg.aircraft is None else answers.Aircraft(**msgspec.structs.asdict(leg.aircraft)),
        supplier=leg.supplier,
    )


def _end(end: aviation.FlightEnd) -> answers.FlightEnd:
    return answers.FlightEnd(
        airport=end.airport,
        airport_icao=end.airport_icao,
        terminal=end.terminal,
        gate=end.gate,
        belt=end.belt,
        scheduled_at=end.scheduled_at,
        estimated_at=end.estimated_at,
        actual_at=end.actual_at,
        runway_at=end.runway_at,
        delay_minutes=answers.minutes(end.delay),
    )
