"""Any value of the domain, from the types of its fields; only what has rules of its own is said here."""

import enum
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from domain.aviation import FlightEnd, FlownFlight, Track, Waypoint
from domain.cancellation import CancellationStep, Ladder
from domain.cars import Rental, RentalPlace
from domain.enquiries import Box
from domain.hotels import Stay
from domain.letters import Letter, LetterKind
from domain.places import City
from domain.queries import CarQuery, HotelQuery
from tests.builders import car_query, hotel_query

Strategy = st.SearchStrategy[Any]

words: Final = st.text(max_size=8)
instants: Final = st.integers(0, 30 * 365 * 86_400).map(
    lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
_days: Final = st.dates(date(2020, 1, 1), date(2040, 1, 1))
_addresses: Final = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")
_seconds_in_order: Final = st.lists(st.integers(0, 10**6), max_size=4, unique=True).map(sorted)

_BY_TYPE: Final[dict[Any, Strategy]] = {
    str: words,
    int: st.integers(0, 10**6),
    bool: st.booleans(),
    bytes: st.binary(max_size=16),
    float: st.floats(-1000, 1000).map(lambda number: round(number, 3)),
    Decimal: st.integers(0, 100).map(lambda tenths: Decimal(tenths).scaleb(-1)),
    date: _days,
    time: st.times().map(lambda clock: clock.replace(microsecond=0)),
    datetime: instants,
    type(None): st.none(),
    Any: words | st.booleans() | st.none(),  # what JSON gives back as it got it
    timedelta: st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
    Mapping[str, Decimal]: st.dictionaries(words, st.integers(1, 100).map(Decimal), max_size=2),
}
_BY_NAME: Final[dict[str, Strategy]] = {
    "icao24": _addresses,
    "squawk": st.integers(0, 0o7777).map(lambda number: f"{number:04o}"),
}


def later(start: datetime, seconds: int) -> datetime:
    return start + timedelta(seconds=seconds)


def with_rules(known: Mapping[Any, Strategy]) -> dict[type[Any], Strategy]:
    """The values whose fields depend on each other; `known` are those that are told elsewhere."""
    steps = st.tuples(instants, _seconds_in_order, st.lists(known_money(known), min_size=4, max_size=4))
    places = built(RentalPlace, known)
    waypoints = st.tuples(instants, _seconds_in_order, st.lists(built(Waypoint, known), min_size=4, max_size=4))
    return {
        Ladder: steps.map(
            lambda told: Ladder(
                steps=tuple(
                    CancellationStep(since=later(told[0], seconds), fee=fee)
                    for seconds, fee in zip(told[1], told[2], strict=False)
                )
            )
        ),
        Letter: built(
            Letter, known, kind=st.sampled_from([LetterKind.BOOKING_CONFIRMED, LetterKind.REFUND_MADE]), to=st.none(),
            booking_id=words,
        ),
        City: built(City, known, code=st.sampled_from(["LON", "NYC"])),
        Box: st.builds(
            Box, south=st.floats(-90, -1), north=st.floats(0, 90), west=st.floats(-180, 180), east=st.floats(-180, 180)
        ),
        FlightEnd: built(FlightEnd, known, airport=st.sampled_from(["LHR", "JFK"])),
        FlownFlight: built(
            FlownFlight, known, took_off_at=st.just(datetime(2009, 1, 1, tzinfo=UTC)), landed_at=instants
        ),
        Stay: built(Stay, known, check_in=st.just(date(2019, 1, 1)), check_out=_days),
        Rental: built(
            Rental, known, pick_up=places, drop_off=places,
            pick_up_at=st.just(datetime(2009, 1, 1, tzinfo=UTC)), drop_off_at=instants,
        ),
        Track: st.tuples(built(Track, known, waypoints=st.just(())), waypoints).map(
            lambda told: msgspec.structs.replace(
                told[0],
                waypoints=tuple(
                    msgspec.structs.replace(point, at=later(told[1][0], seconds))
                    for seconds, point in zip(told[1][1], told[1][2], strict=False)
                ),
            )
        ),
        HotelQuery: st.builds(
            hotel_query, adults=st.integers(1, 9), radius_km=st.integers(1, 100),
            children_ages=st.lists(st.integers(0, 17), max_size=3).map(tuple),
        ),
        CarQuery: st.builds(car_query, driver_age=st.integers(18, 99), drop_off=st.sampled_from(["LHR", "LGW"])),
    }  # fmt: skip


def known_money(known: Mapping[Any, Strategy]) -> Strategy:
    return next(strategy for kind, strategy in known.items() if kind.__name__ == "Money")


def built(kind: type[Any], known: Mapping[Any, Strategy], /, **told: Strategy) -> Strategy:
    """A struct whose fields are chosen by their types, where nothing else is `told`."""
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return st.builds(
        kind, **{name: told[name] if name in told else _field(name, of, known) for name, of in fields.items()}
    )


def _field(name: str, of: Any, known: Mapping[Any, Strategy]) -> Strategy:
    named = _BY_NAME.get(name)
    if named is None:
        return of_type(of, known)
    return st.none() | named if type(None) in get_args(of) else named


def of_type(of: Any, known: Mapping[Any, Strategy]) -> Strategy:
    """Raises LookupError for a type that no value has had yet."""
    if (told := known.get(of, _BY_TYPE.get(of))) is not None:
        return told
    if get_origin(of) in {Union, types.UnionType}:
        return st.one_of([of_type(part, known) for part in get_args(of)])
    if (holds := get_origin(of)) in {dict, Mapping, tuple, frozenset}:
        return _several(holds, get_args(of), known)
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return st.sampled_from(of)
    if isinstance(of, type) and issubclass(of, msgspec.Struct):
        return built(of, known)
    raise LookupError(f"no value of the domain had a {of} before")


def _several(holds: Any, of: tuple[Any, ...], known: Mapping[Any, Strategy]) -> Strategy:
    parts = [of_type(part, known) for part in of if part is not ...]
    if holds in {dict, Mapping}:
        return st.dictionaries(*parts, max_size=2)
    if holds is tuple and ... not in of:
        return st.tuples(*parts)
    most = 1 if holds is frozenset else 2  # the order of a set means nothing, and no letter is compared for it
    return st.lists(parts[0], max_size=most).map(holds)
