"""What is asked about a trip of several parts, and the questions that it is made of."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import wishes
from api.paging import CursorText, Limit
from api.params import Reading
from api.wishes import Bearings, Currency, MarketText, Wait
from domain.bundles import Ground, Trip
from domain.queries import MOST_GUESTS, MOST_ROOMS, Cabin, CarQuery, Fault, FlightQuery, HotelQuery, InvalidQuery

MOST_DAYS_AHEAD: Final = 361  # how far ahead everything is sold
_INFANT_UNTIL: Final = 2  # years; so young they sit on an adult's lap

_Moment = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$",
        description="On the clock at the destination, without an offset.",
        examples=["2027-03-01T10:00"],
    ),
]


class BundleWishes(msgspec.Struct, frozen=True, kw_only=True):
    """A hotel and a car for one trip, and flights there and back where `origin` is set. Dates are local at the destination.

    With flights the stay begins on the local date on which the flight lands, which need not be `check_in`; where
    `departure_date` is told, it begins on `check_in` and not before.
    """

    destination: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["JFK"])]
    check_in: date
    check_out: date
    origin: (
        Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code; no flights if not told.")] | None
    ) = None
    departure_date: Annotated[date, Meta(description="Local at the origin; `check_in` if not told.")] | None = None
    pick_up_at: (
        Annotated[_Moment, Meta(description="Soon after landing, or in the morning of the arrival, if not told.")]
        | None
    ) = None
    drop_off_at: (
        Annotated[
            _Moment, Meta(description="In time for the flight back, or in the morning of the departure, if not told.")
        ]
        | None
    ) = None
    adults: Annotated[int, Meta(ge=1, le=MOST_GUESTS)] = 2
    children_ages: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=17)], ...],
        Meta(max_length=MOST_GUESTS - 1, description="The age of each child on arrival.", examples=[[7, 12]]),
    ] = ()
    rooms: Annotated[int, Meta(ge=1, le=MOST_ROOMS)] = 1
    cabin: Cabin = Cabin.ECONOMY
    driver_age: Annotated[int, Meta(ge=18, le=99)] = 30
    currency: Currency = "EUR"
    market: MarketText | None = None
    wait: Wait = 2.5
    limit: Limit = 50
    cursor: CursorText | None = None


def trip_of(taken: BundleWishes) -> Trip:
    """Who flies and does not say when to leave wants a bed from the landing on."""
    flies_any_time = taken.origin is not None and taken.departure_date is None
    return Trip(
        check_in=None if flies_any_time else taken.check_in,
        check_out=taken.check_out,
        pick_up_at=_moment(taken.pick_up_at),
        drop_off_at=_moment(taken.drop_off_at),
    )


def flights(taken: BundleWishes) -> FlightQuery | None:
    """There and back; None for a trip without flights. Raises InvalidQuery."""
    if taken.origin is None:
        return None
    infants = sum(age < _INFANT_UNTIL for age in taken.children_ages)
    return FlightQuery(
        origin=taken.origin,
        destination=taken.destination,
        departure_date=taken.departure_date or taken.check_in,
        return_date=taken.check_out,
        adults=taken.adults,
        children=len(taken.children_ages) - infants,
        infants=infants,
        cabin=taken.cabin,
        currency=taken.currency,
    )


def stays(taken: BundleWishes, ground: Ground, bearings: Bearings) -> HotelQuery:
    """In the middle of the city that the airport serves. Raises InvalidQuery."""
    centre = bearings.atlas.centre(taken.destination)
    assert centre is not None
    return HotelQuery(
        location=centre,
        check_in=ground.check_in,
        check_out=ground.check_out,
        rooms=taken.rooms,
        adults=taken.adults,
        children_ages=tuple(sorted(taken.children_ages)),
        currency=taken.currency,
        market=taken.market or bearings.market,
    )


def cars(taken: BundleWishes, ground: Ground, bearings: Bearings) -> CarQuery:
    """From the airport and back to it. Raises InvalidQuery."""
    return CarQuery(
        pick_up=taken.destination,
        drop_off=taken.destination,
        pick_up_at=ground.pick_up_at,
        drop_off_at=ground.drop_off_at,
        driver_age=taken.driver_age,
        currency=taken.currency,
        market=taken.market or bearings.market,
    )


# What the parts call what a trip calls otherwise.
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {"return_date": "check_out", "children": "children_ages", "infants": "children_ages"}
)


def faults(read: "Reading[Any]", bearings: Bearings) -> Iterator[Fault]:
    """What the fields say together, and against the map and the calendar. Without airports yet, nothing is unknown."""
    if read.faults:
        return
    taken: BundleWishes = read.made()
    for field in ("pick_up_at", "drop_off_at"):
        if not _is_moment(getattr(taken, field)):
            yield Fault(field=field, detail=f"{getattr(taken, field)} is no day and time of the calendar")
            return
    if len(bearings.atlas):
        for field in ("origin", "destination"):
            yield from wishes.airport_faults(field, getattr(taken, field), bearings.atlas)
        yield from _calendar_faults(taken, bearings)
    yield from _rule_faults(taken, bearings)


def _rule_faults(taken: BundleWishes, bearings: Bearings) -> Iterator[Fault]:
    """Of all parts, each once."""
    told = Ground(
        check_in=taken.check_in,
        check_out=taken.check_out,
        pick_up_at=_moment(taken.pick_up_at) or datetime.combine(taken.check_in, datetime.min.time()),
        drop_off_at=_moment(taken.drop_off_at) or datetime.combine(taken.check_out, datetime.min.time()),
    )
    makers = (
        lambda: flights(taken),
        lambda: stays(taken, told, bearings) if bearings.atlas.centre(taken.destination) else None,
        lambda: cars(taken, told, bearings),
    )
    seen = set()
    for make in makers:
        try:
            make()
        except InvalidQuery as error:
            for fault in error.faults:
                named = Fault(field=_called(fault.field, taken), detail=fault.detail)
                if named.field not in seen:
                    seen.add(named.field)
                    yield named


def _called(field: str, taken: BundleWishes) -> str:
    if field in {"pick_up_at", "drop_off_at"} and getattr(taken, field) is None:
        return "check_out"
    if field == "departure_date" and taken.departure_date is None:
        return "check_in"
    return _FIELDS.get(field, field)


def _calendar_faults(taken: BundleWishes, bearings: Bearings) -> Iterator[Fault]:
    for field, airport in (("check_in", taken.destination), ("departure_date", taken.origin)):
        zone, day = bearings.atlas.zone(airport or ""), getattr(taken, field)
        if zone is not None and day is not None:
            today = bearings.now.astimezone(zone).date()
            if day < today:
                yield Fault(field=field, detail=f"is in the past: it is {today} at {airport}")
            yield from wishes.far_faults(field, day, today, MOST_DAYS_AHEAD)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _is_moment(text: str | None) -> bool:
    try:
        _moment(text)
    except ValueError:
        return False
    return True
