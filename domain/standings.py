"""How the flights of one number stand, told by several suppliers and at several times, and what has changed between two."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.aviation import Aircraft, FlightEnd, FlightNumber, FlightState, FlightStatus
from domain.times import elapsed

_SLIGHT: Final = timedelta(minutes=1)  # a time that moved by no more has not changed
_ONE_LEG: Final = timedelta(hours=3)  # the same two airports again, later than that, are another flight


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How they stand, in the order of departure; no legs where nobody tells of any."""

    legs: tuple[FlightStatus, ...] = ()

    @property
    def flown_as(self) -> FlightNumber | None:
        """The number of whoever flies all of them, where it is another one."""
        numbers = {leg.operated_as for leg in self.legs if leg.operated_as != leg.flight}
        return numbers.pop() if len(numbers) == 1 else None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is no longer as it was, in words: `leg` counts from 0, `field` is such as `departure.gate`."""

    leg: int
    field: str
    before: str | None
    after: str | None


def sold_as(standing: Standing, flight: FlightNumber) -> Standing:
    """The same flights under a partner's number; its airline's name is its own."""
    return Standing(
        legs=tuple(
            msgspec.structs.replace(leg, flight=flight, operated_as=leg.operated_as or leg.flight, airline=None)
            for leg in standing.legs
        )
    )


# What suppliers tell, together


def together(told: Iterable[FlightStatus]) -> Standing:
    """Several suppliers' words: each leg once, gaps of the first who tells of it filled by those after."""
    legs: list[FlightStatus] = []
    for status in told:
        at = next((place for place, leg in enumerate(legs) if _same_leg(leg, status)), None)
        if at is None:
            legs.append(status)
        else:
            legs[at] = _joined(legs[at], status)
    return Standing(legs=tuple(sorted(legs, key=leaves)))


def remembered(before: Standing | None, now: Standing) -> Standing:
    """As it stands now, with what was told before and is passed over in silence.

    Times are not remembered: a cancelled flight is no longer estimated to leave. Who has landed does not take off
    again, whatever a slower source says.
    """
    if before is None:
        return now
    if not now.legs:
        return before
    return Standing(legs=tuple(_remembered(before, leg) for leg in now.legs))


def _same_leg(one: FlightStatus, other: FlightStatus) -> bool:
    first, second = one.departure.scheduled_at, other.departure.scheduled_at
    far = first is not None and second is not None and abs(elapsed(first, second)) > _ONE_LEG
    return not far and _same_end(one.departure, other.departure) and _same_end(one.arrival, other.arrival)


def _same_end(one: FlightEnd, other: FlightEnd) -> bool:
    if one.airport is not None and other.airport is not None:
        return one.airport == other.airport
    return one.airport_icao is not None and one.airport_icao == other.airport_icao


# How far a flight has come: of two words the one that is further on is the later one.
_STAGES: Final[Mapping[FlightState | None, int]] = MappingProxyType(
    {
        None: 0,
        FlightState.SCHEDULED: 1,
        FlightState.ACTIVE: 2,
        FlightState.LANDED: 3,
        FlightState.CANCELLED: 4,
        FlightState.DIVERTED: 4,
        FlightState.INCIDENT: 4,
    }
)


def _joined(one: FlightStatus, other: FlightStatus) -> FlightStatus:
    return msgspec.structs.replace(
        one,
        state=max(one.state, other.state, key=lambda state: _STAGES[state]),
        airline=one.airline or other.airline,
        departure=_filled(one.departure, other.departure),
        arrival=_filled(one.arrival, other.arrival),
        operated_as=one.operated_as or other.operated_as,
        aircraft=_filled(one.aircraft, other.aircraft),
        position=one.position or other.position,
        told_at=min(one.told_at, other.told_at),
    )


_KEPT_OF_AN_END: Final = frozenset({"airport", "airport_icao", "terminal", "gate", "belt", "scheduled_at"})


def _remembered(before: Standing, leg: FlightStatus) -> FlightStatus:
    known = next((old for old in before.legs if _same_leg(old, leg)), None)
    if known is None:
        return leg
    back_in_the_air = known.state is FlightState.LANDED and leg.state in (FlightState.ACTIVE, FlightState.SCHEDULED)
    return msgspec.structs.replace(
        leg,
        state=known.state if leg.state is None or back_in_the_air else leg.state,
        airline=leg.airline or known.airline,
        departure=_filled(leg.departure, known.departure, _KEPT_OF_AN_END),
        arrival=_filled(leg.arrival, known.arrival, _KEPT_OF_AN_END),
        operated_as=leg.operated_as or known.operated_as,
        aircraft=_filled(leg.aircraft, known.aircraft),
    )


def _filled(one: Any, other: Any, fields: frozenset[str] | None = None) -> Any:
    """The struct `one`, with what it lacks taken from `other`; either may be None."""
    if one is None or other is None:
        return one if other is None else other
    lacking = (name for name in fields or one.__struct_fields__ if getattr(one, name) is None)
    return msgspec.structs.replace(one, **{name: getattr(other, name) for name in lacking})


def leaves(leg: FlightStatus) -> datetime:
    """When it should have left, as far as anybody says."""
    return (
        leg.departure.scheduled_at or leg.departure.expected_at or datetime.combine(leg.day, time(), UTC)
    ).astimezone(UTC)


# What has changed

_OF_AN_END: Final = ("terminal", "gate", "belt", "scheduled_at", "estimated_at", "actual_at", "runway_at")
_OF_AN_AIRCRAFT: Final = ("registration", "icao24", "iata_type", "icao_type")


def differences(before: Standing | None, after: Standing) -> tuple[Difference, ...]:
    """Whatever a traveller would want to be told: states, places, times beyond a minute, and who flies in what."""
    old = before.legs if before is not None else ()
    found: list[Difference] = []
    for number, leg in enumerate(after.legs):
        known = next((one for one in old if _same_leg(one, leg)), None)
        if known is None:
            found.append(Difference(leg=number, field="leg", before=None, after=_way(leg)))
        else:
            found.extend(_between(number, known, leg))
    gone = (one for one in old if not any(_same_leg(one, leg) for leg in after.legs))
    found.extend(Difference(leg=number, field="leg", before=_way(one), after=None) for number, one in enumerate(gone))
    return tuple(found)


def _between(number: int, before: FlightStatus, after: FlightStatus) -> Iterator[Difference]:
    for (field, was), (_, now) in zip(_facts(before), _facts(after), strict=True):
        if not _alike(was, now):
            yield Difference(leg=number, field=field, before=_in_words(was), after=_in_words(now))


def _facts(leg: FlightStatus) -> Iterator[tuple[str, Any]]:
    yield "state", leg.state
    for end, told in (("departure", leg.departure), ("arrival", leg.arrival)):
        yield from ((f"{end}.{name}", getattr(told, name)) for name in _OF_AN_END)
    aircraft = leg.aircraft or Aircraft()
    yield from ((f"aircraft.{name}", getattr(aircraft, name)) for name in _OF_AN_AIRCRAFT)
    yield "operated_as", leg.operated_as


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(elapsed(one, other)) <= _SLIGHT
    return bool(one == other)


def _in_words(told: Any) -> str | None:
    return None if told is None else told.isoformat() if isinstance(told, datetime) else str(told)


def _way(leg: FlightStatus) -> str:
    ends = (leg.departure, leg.arrival)
    return "-".join(end.airport or end.airport_icao or "" for end in ends)
