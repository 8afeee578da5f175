"""What the calls take: parameters and bodies as typed values, and the checks that one field alone can't tell."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from api import paging
from api.paging import CursorText, Limit
from api.params import Reading
from api.views import Sort, View
from domain.places import Atlas, Point
from domain.queries import MOST_TRAVELLERS, Cabin, Fault, FlightQuery, InvalidQuery

MOST_DAYS_AHEAD: Final = 361  # how far ahead airlines sell seats

Wait = Annotated[
    float, Meta(ge=0, le=20, description="Seconds to wait for suppliers; the answer is what is there by then.")
]
_Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]


class SearchWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What to show of a search that is held; nothing here reaches a supplier."""

    wait: Wait = 2.5
    sort: Annotated[Sort, Meta(description="What comes first: the cheapest, the shortest or the earliest.")] = (
        Sort.PRICE
    )
    limit: Limit = 50
    cursor: CursorText | None = None
    max_price: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$",
                description="The most that all travellers pay together, in the search's currency.",
                examples=["450.00"],
            ),
        ]
        | None
    ) = None
    max_stops: Annotated[int, Meta(ge=0, le=9, description="The most stops in either direction.")] | None = None
    airlines: (
        Annotated[
            str,
            Meta(
                pattern="^[A-Z0-9]{2}(,[A-Z0-9]{2}){0,49}$",
                description="IATA designators, separated by commas; they sell every segment of what is shown.",
                examples=["BA,AA"],
            ),
        ]
        | None
    ) = None
    depart_after: Annotated[_Clock, Meta(description="Leaves at or after this local time.")] | None = None
    depart_before: Annotated[_Clock, Meta(description="Leaves at or before this local time.")] | None = None
    refundable: Annotated[bool, Meta(description="Whether the fare can be given back.")] | None = None
    bags: Annotated[int, Meta(ge=0, le=9, description="Checked bags for each traveller, at least.")] | None = None


class FlightSearch(SearchWishes, frozen=True, kw_only=True):
    """One-way, or return where `return_date` is set; dates are local at the place of departure."""

    origin: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["LHR"])]
    destination: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["JFK"])]
    departure_date: Annotated[date, Meta(description=f"From today to {MOST_DAYS_AHEAD} days ahead.")]
    return_date: date | None = None
    adults: Annotated[int, Meta(ge=1, le=MOST_TRAVELLERS)] = 1
    children: Annotated[int, Meta(ge=0, le=MOST_TRAVELLERS - 1)] = 0
    infants: Annotated[int, Meta(ge=0, le=MOST_TRAVELLERS - 1, description="On an adult's lap.")] = 0
    cabin: Cabin = Cabin.ECONOMY
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code of all prices.")] = "EUR"


class NewSearch(FlightSearch, frozen=True, kw_only=True):
    """A search as a resource: the answer comes later, unless it is known or `wait` says otherwise."""

    vertical: Literal["flights"] = "flights"
    wait: Wait = 0


class NameWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What to list, in which country, and how much of it at once."""

    query: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=100,
                description="A code, or the beginning of words of a name; accents and case don't matter.",
                examples=["zurich"],
            ),
        ]
        | None
    ) = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")] | None = None
    limit: Limit = 50
    cursor: CursorText | None = None


class AirportWishes(NameWishes, frozen=True, kw_only=True):
    """`near` sorts by distance and tells it."""

    near: (
        Annotated[
            str,
            Meta(
                pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,12})?,-?[0-9]{1,3}(\.[0-9]{1,12})?$",
                description="Latitude and longitude in degrees; the nearest airports come first.",
                examples=["47.37,8.54"],
            ),
        ]
        | None
    ) = None


def flight_query(taken: FlightSearch) -> FlightQuery:
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


def view(taken: SearchWishes) -> View:
    """Raises BadCursor."""
    return View(
        max_price=None if taken.max_price is None else Decimal(taken.max_price),
        max_stops=taken.max_stops,
        airlines=None if taken.airlines is None else tuple(sorted(set(taken.airlines.split(",")))),
        depart_after=_time(taken.depart_after),
        depart_before=_time(taken.depart_before),
        refundable=taken.refundable,
        bags=taken.bags,
        sort=taken.sort,
        limit=taken.limit,
        after=None if taken.cursor is None else paging.place_of(taken.cursor, sort=taken.sort),
    )


# What stands in for a field that could not be read, so that the rules between the others are still checked: none of
# these breaks a rule together with a good value of another field.
_STAND_INS: Final[Mapping[str, Any]] = {
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


def flight_faults(read: "Reading[Any]", atlas: Atlas, now: datetime) -> Iterator[Fault]:
    """What the fields say together, and against the map and the calendar. Without airports yet, nothing is unknown."""
    values = read.values
    told = {name: values.get(name, stand_in) for name, stand_in in _STAND_INS.items()}
    try:
        FlightQuery(**told)
    except InvalidQuery as error:
        yield from (fault for fault in error.faults if fault.field in values)
    if len(atlas):
        for field in ("origin", "destination"):
            yield from _airport_faults(field, values.get(field), atlas)
        yield from _calendar_faults(values, atlas, now)
    yield from cursor_faults(read)


def cursor_faults(read: "Reading[Any]") -> Iterable[Fault]:
    """Of searches, whose cursors know the sort order."""
    text, sort = read.values.get("cursor"), read.values.get("sort")
    if text is not None and sort is not None:
        try:
            paging.place_of(text, sort=sort)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


def near_faults(read: "Reading[Any]") -> Iterator[Fault]:
    """A pattern can't tell that there is no latitude of 95 degrees."""
    near = read.values.get("near")
    if near is not None:
        try:
            point(near)
        except ValueError as error:
            yield Fault(field="near", detail=str(error))


def point(near: str) -> Point:
    """Raises ValueError for what is no place on Earth."""
    latitude, _, longitude = near.partition(",")
    return Point(latitude=float(latitude), longitude=float(longitude))


def over_at(query: FlightQuery, atlas: Atlas) -> datetime:
    """When the day of departure is over at the place of departure."""
    midnight = datetime.combine(query.departure_date + timedelta(days=1), time(), atlas.zone(query.origin) or UTC)
    return midnight.astimezone(UTC)


def _airport_faults(field: str, code: str | None, atlas: Atlas) -> Iterator[Fault]:
    if code is None or atlas.airport(code) is not None:
        return
    if city := atlas.of_city(code):
        airports = ", ".join(sorted(airport.iata for airport in city))
        yield Fault(field=field, detail=f"{code} is a city with several airports; choose one of {airports}")
    else:
        yield Fault(field=field, detail=f"{code} is no airport that we know")


def _calendar_faults(values: Mapping[str, Any], atlas: Atlas, now: datetime) -> Iterator[Fault]:
    zone = atlas.zone(values.get("origin", ""))
    if zone is None:
        return
    today = now.astimezone(zone).date()
    departure: date | None = values.get("departure_date")
    if departure is not None and departure < today:
        yield Fault(field="departure_date", detail=f"is in the past: it is {today} at {values['origin']}")
    for field in ("departure_date", "return_date"):
        day: date | None = values.get(field)
        if day is not None and (day - today).days > MOST_DAYS_AHEAD:
            yield Fault(field=field, detail=f"is more than {MOST_DAYS_AHEAD} days ahead")


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
