"""The shapes of what we answer about flights as they are flown."""

from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from api.answers import Instant, LocalTime
from domain.aviation import FlightState
from domain.searches import Outcome

Known = Annotated[LocalTime | None, Meta(description="On the clock of the airport, with its offset; null: not told.")]


class FlightEnd(msgspec.Struct, frozen=True, kw_only=True):
    """One end of a flight. Times are at the gate; `runway_at` is take-off or touch-down."""

    airport: Annotated[str | None, Meta(description="IATA code.")]
    airport_icao: str | None
    terminal: str | None
    gate: str | None
    belt: Annotated[str | None, Meta(description="Where bags come out; of arrivals only.")]
    scheduled_at: Known
    estimated_at: Known
    actual_at: Known
    runway_at: Known
    delay_minutes: Annotated[int | None, Meta(description="As the source says, whatever its times say.")]


class Aircraft(msgspec.Struct, frozen=True, kw_only=True):
    icao24: Annotated[str | None, Meta(description="The address of its transponder, in hexadecimal.")]
    registration: str | None
    iata_type: Annotated[str | None, Meta(examples=["77W"])]
    icao_type: Annotated[str | None, Meta(examples=["B77W"])]
    model: str | None


class FlightLeg(msgspec.Struct, frozen=True, kw_only=True):
    """One flight of the number on the day; most have one."""

    state: Annotated[FlightState | None, Meta(description="Null: not told.")]
    airline: str | None
    operated_as: Annotated[str | None, Meta(description="The number of whoever flies it, where it is another one.")]
    departure: FlightEnd
    arrival: FlightEnd
    aircraft: Aircraft | None
    supplier: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is no longer as it was. Times that moved by a minute or less are not told."""

    leg: Annotated[int, Meta(description="Counts from 0.")]
    field: Annotated[str, Meta(examples=["departure.gate"])]
    before: str | None
    after: str | None


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier that told nothing when it was last asked, and why."""

    supplier: str
    status: Outcome
    detail: str


class FlightStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How the flights of one number stand on one day."""

    flight: Annotated[str, Meta(examples=["LX14"])]
    date: Annotated[date, Meta(description="The local date of departure.")]
    legs: tuple[FlightLeg, ...]
    told_at: Annotated[Instant, Meta(description="When this was last heard to be so.")]
    next_look_at: Annotated[
        Instant | None,
        Meta(description="When suppliers are asked next, as long as somebody watches; null when all is over."),
    ]
    troubles: Annotated[tuple[Trouble, ...], Meta(description="Empty where the last look went well.")]


class FlightEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a stream: how the flights stand from then on, and in what that differs from before."""

    flight: str
    date: date
    at: Instant
    differences: tuple[Difference, ...]
    legs: tuple[FlightLeg, ...]


def minutes(delay: timedelta | None) -> int | None:
    return None if delay is None else round(delay.total_seconds() / 60)
