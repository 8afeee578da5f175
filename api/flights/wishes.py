"""What is asked and wished for about flights."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from api import wishes
from api.flights.views import FlightSort, FlightView
from api.params import Reading
from api.wishes import Bearings, Currency, Wait
from domain.places import Atlas
from domain.queries import MOST_TRAVELLERS, Cabin, Fault, FlightQuery

MOST_DAYS_AHEAD: Final = 361  # how far ahead airlines sell seats

_Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]
_Designator = Annotated[str, Meta(pattern="^[A-Z0-9]{2}$")]


class FlightWishes(wishes.SearchWishes, frozen=True, kw_only=True):
    """What to show of a search for flights."""

    sort: Annotated[FlightSort, Meta(description="What comes first: the cheapest, the shortest or the earliest.")] = (
        FlightSort.PRICE
    )
    max_stops: Annotated[int, Meta(ge=0, le=9, description="The most stops in either direction.")] | None = None
    airlines: Annotated[
        tuple[_Designator, ...],
        Meta(
            max_length=50,
            description="IATA designators; they sell every segment of what is shown.",
            examples=[["BA", "AA"]],
        ),
    ] = ()
    depart_after: Annotated[_Clock, Meta(description="Leaves at or after this local time.")] | None = None
    depart_before: Annotated[_Clock, Meta(description="Leaves at or before this local time.")] | None = None
    refundable: Annotated[bool, Meta(description="Whether the fare can be given back.")] | None = None
    bags: Annotated[int, Meta(ge=0, le=9, description="Checked bags for each traveller, at least.")] | None = None


class FlightSearch(FlightWishes, frozen=True, kw_only=True):
    """One-way, or return where `return_date` is set; dates are local at the place of departure."""

    origin: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["LHR"])]
    destination: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["JFK"])]
    departure_date: Annotated[date, Meta(description=f"From today to {MOST_DAYS_AHEAD} days ahead.")]
    return_date: date | None = None
    adults: Annotated[int, Meta(ge=1, le=MOST_TRAVELLERS)] = 1
    children: Annotated[int, Meta(ge=0, le=MOST_TRAVELLERS - 1)] = 0
    infants: Annotated[int, Meta(ge=0, le=MOST_TRAVELLERS - 1, description="On an adult's lap.")] = 0
    cabin: Cabin = Cabin.ECONOMY
    currency: Currency = "EUR"


class NewFlightSearch(FlightSearch, frozen=True, kw_only=True):
    """A search as a resource: the answer comes later, unless it is known or `wait` says otherwise."""

    vertical: Literal["flights"] = "flights"
    wait: Wait = 0


# What stands in for a field that could not be read, so that the rules between the others are still checked: none of
# these breaks a rule together with a good value of another field.
_STAND_INS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "origin": "",
        "destination": "",
        "departure_date": date.min,
        "return_date": None,
        "adults": MOST_TRAVELLERS,
        "children": 0,
        "infants": 0,
        "cabin": Cabin.ECONOMY,
        "currency": "EUR",
    }
)


def faults(read: "Reading[Any]", bearings: Bearings) -> Iterator[Fault]:
    """What the fields say together, and against the map and the calendar. Without airports yet, nothing is unknown."""
    values, atlas = read.values, bearings.atlas
    yield from wishes.rule_faults(
        FlightQuery, {name: values.get(name, _STAND_INS[name]) for name in _STAND_INS}, values
    )
    if len(atlas):
        for field in ("origin", "destination"):
            yield from wishes.airport_faults(field, values.get(field), atlas)
        yield from _calendar_faults(values, atlas, bearings.now)


def query(taken: FlightSearch, _: Bearings) -> FlightQuery:
    return FlightQuery(
        origin=taken.origin,
        destination=taken.destination,
        departure_date=taken.departure_date,
        return_date=taken.return_date,
        adults=taken.adults,
        children=taken.children,
        infants=taken.infants,
        cabin=taken.cabin,
        currency=taken.currency,
    )


def view(taken: FlightWishes) -> FlightView:
    """Raises BadCursor."""
    return FlightView(
        **wishes.common_view(taken, taken.sort),
        max_stops=taken.max_stops,
        airlines=tuple(sorted(set(taken.airlines))),
        depart_after=_time(taken.depart_after),
        depart_before=_time(taken.depart_before),
        refundable=taken.refundable,
        bags=taken.bags,
        sort=taken.sort,
    )


def over_at(query: FlightQuery, atlas: Atlas) -> datetime:
    """When the day of departure is over at the place of departure."""
    midnight = datetime.combine(query.departure_date + timedelta(days=1), time(), atlas.zone(query.origin) or UTC)
    return midnight.astimezone(UTC)


def _calendar_faults(values: Mapping[str, Any], atlas: Atlas, now: datetime) -> Iterator[Fault]:
    zone = atlas.zone(values.get("origin", ""))
    if zone is None:
        return
    today = now.astimezone(zone).date()
    departure: date | None = values.get("departure_date")
    if departure is not None and departure < today:
        yield Fault(field="departure_date", detail=f"is in the past: it is {today} at {values['origin']}")
    for field in ("departure_date", "return_date"):
        yield from wishes.far_faults(field, values.get(field), today, MOST_DAYS_AHEAD)


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
