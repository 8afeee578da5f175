"""What the calls take, whatever they are about: parameters and bodies as typed values, and checks that fields share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import paging
from api.paging import CursorText, Limit
from api.params import Reading
from domain.places import Atlas, Point
from domain.queries import Fault, InvalidQuery

Wait = Annotated[
    float, Meta(ge=0, le=20, description="Seconds to wait for suppliers; the answer is what is there by then.")
]
Currency = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{3}$",
        description="ISO 4217 code. Prices are compared and sorted in it; one that is charged in another currency is told "
        "as it is, with what it is worth in this one beside it.",
        examples=["EUR"],
    ),
]
MarketText = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{2}$",
        description="The country where they live, ISO 3166-1 alpha-2: prices differ by it. The server's own if not told.",
        examples=["DE"],
    ),
]
_A_DEGREE: Final = r"-?[0-9]{1,2}(\.[0-9]{1,12})?,-?[0-9]{1,3}(\.[0-9]{1,12})?"
POINT: Final = f"^{_A_DEGREE}$"
CODE_OR_POINT: Final = f"^([A-Z]{{3}}|{_A_DEGREE})$"


class SearchWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What to show of a search that is held; nothing here reaches a supplier. Each vertical adds its own."""

    wait: Wait = 2.5
    limit: Limit = 50
    cursor: CursorText | None = None
    max_price: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$",
                description="The most that an offer costs altogether, in the search's currency.",
                examples=["450.00"],
            ),
        ]
        | None
    ) = None


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
                pattern=POINT,
                description="Latitude and longitude in degrees; the nearest airports come first.",
                examples=["47.37,8.54"],
            ),
        ]
        | None
    ) = None


class Bearings(msgspec.Struct, frozen=True, kw_only=True):
    """What gives a question its meaning: the places that we know, the hour, and the market where none is told."""

    atlas: Atlas
    now: datetime
    market: str


def common_view(taken: SearchWishes, sort: str) -> dict[str, Any]:
    """The arguments that the views of all verticals share. Raises BadCursor."""
    return {
        "max_price": None if taken.max_price is None else Decimal(taken.max_price),
        "limit": taken.limit,
        "after": None if taken.cursor is None else paging.place_of(taken.cursor, sort=sort),
    }


def rule_faults(make: Callable[..., object], told: Mapping[str, Any], sent: Mapping[str, Any]) -> Iterator[Fault]:
    """What the rules of a query find among the fields that were sent. `told` has a stand-in for each of the others."""
    try:
        make(**told)
    except InvalidQuery as error:
        yield from (fault for fault in error.faults if fault.field in sent)


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


def airport_faults(field: str, code: str | None, atlas: Atlas) -> Iterator[Fault]:
    if code is None or atlas.airport(code) is not None:
        return
    if city := atlas.of_city(code):
        airports = ", ".join(sorted(airport.iata for airport in city))
        yield Fault(field=field, detail=f"{code} is a city with several airports; choose one of {airports}")
    else:
        yield Fault(field=field, detail=f"{code} is no airport that we know")


def far_faults(field: str, day: date | None, today: date, most_days: int) -> Iterator[Fault]:
    if day is not None and (day - today).days > most_days:
        yield Fault(field=field, detail=f"is more than {most_days} days ahead")


def point(text: str) -> Point:
    """Raises ValueError for what is no place on Earth."""
    latitude, _, longitude = text.partition(",")
    return Point(latitude=float(latitude), longitude=float(longitude))


def one_of(values: Iterable[str]) -> str:
    """A pattern that these words fit and no others."""
    return f"^({'|'.join(values)})$"
