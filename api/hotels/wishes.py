"""What is asked and wished for about hotels."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from api import wishes
from api.hotels.views import HotelSort, HotelView
from api.params import Reading
from api.wishes import CODE_OR_POINT, Bearings, Currency, MarketText, Wait
from domain.hotels import Amenity, Board
from domain.places import Atlas, Point, is_iata_airport
from domain.queries import FARTHEST_KM, MOST_GUESTS, MOST_NIGHTS, MOST_ROOMS, Fault, HotelQuery

MOST_DAYS_AHEAD: Final = 365  # how far ahead every supplier sells rooms


class HotelWishes(wishes.SearchWishes, frozen=True, kw_only=True):
    """What to show of a search for hotels."""

    sort: Annotated[
        HotelSort, Meta(description="What comes first: the cheapest, the best liked by its guests or the nearest.")
    ] = HotelSort.PRICE
    stars: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=5)], ...],
        Meta(max_length=6, description="Any of these stars; half a star more counts with them.", examples=[[4, 5]]),
    ] = ()
    amenities: Annotated[
        tuple[Amenity, ...],
        Meta(max_length=len(Amenity), description="All of these amenities.", examples=[["wifi", "pool"]]),
    ] = ()
    board: Annotated[
        tuple[Board, ...], Meta(max_length=len(Board), description="Any of these meals.", examples=[["breakfast"]])
    ] = ()
    refundable: Annotated[bool, Meta(description="Whether something comes back to whoever cancels now.")] | None = None
    max_distance_km: (
        Annotated[float, Meta(ge=0, le=FARTHEST_KM, description="From the destination, as the crow flies.")] | None
    ) = None


class HotelSearch(HotelWishes, frozen=True, kw_only=True):
    """Properties around a place; dates are local there. `adults` and `children_ages` are all guests of all rooms."""

    destination: Annotated[
        str,
        Meta(
            pattern=CODE_OR_POINT,
            description="An IATA code, whose city's centre is meant, or latitude and longitude in degrees.",
            examples=["PAR", "48.86,2.35"],
        ),
    ]
    check_in: Annotated[date, Meta(description=f"From today to {MOST_DAYS_AHEAD} days ahead.")]
    check_out: Annotated[date, Meta(description=f"At most {MOST_NIGHTS} nights later.")]
    radius_km: Annotated[int, Meta(ge=1, le=FARTHEST_KM, description="How far from there to search.")] = 15
    rooms: Annotated[int, Meta(ge=1, le=MOST_ROOMS)] = 1
    adults: Annotated[int, Meta(ge=1, le=MOST_GUESTS, description="One for each room at least.")] = 2
    children_ages: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=17)], ...],
        Meta(max_length=MOST_GUESTS - 1, description="The age of each child on arrival.", examples=[[7, 12]]),
    ] = ()
    currency: Currency = "EUR"
    market: MarketText | None = None


class NewHotelSearch(HotelSearch, frozen=True, kw_only=True):
    """A search as a resource: the answer comes later, unless it is known or `wait` says otherwise."""

    vertical: Literal["hotels"]
    wait: Wait = 0


# What stands in for a field that could not be read; see those of flights. Two days stand in for both where one is
# missing, and a guest in each room for the adults.
_STAND_INS: Final[Mapping[str, Any]] = MappingProxyType(
    {"radius_km": 1, "rooms": 1, "adults": 1, "children_ages": (), "currency": "EUR"}
)
_SOME_DAYS: Final = MappingProxyType({"check_in": date(2000, 1, 1), "check_out": date(2000, 1, 2)})
_NOWHERE: Final = Point(latitude=0, longitude=0)


def faults(read: "Reading[Any]", bearings: Bearings) -> Iterator[Fault]:
    """What the fields say together, and against the map and the calendar. Without airports yet, nothing is unknown."""
    values = read.values
    told = {name: values.get(name, _STAND_INS[name]) for name in _STAND_INS}
    told["adults"] = values.get("adults", told["rooms"])
    days = {name: values[name] for name in _SOME_DAYS if name in values}
    told |= days if len(days) == len(_SOME_DAYS) else _SOME_DAYS
    market = values.get("market") or bearings.market
    yield from wishes.rule_faults(HotelQuery, {**told, "location": _NOWHERE, "market": market}, values)
    destination = values.get("destination")
    if destination is None:
        return
    try:
        here = located(destination, bearings.atlas)
    except ValueError as error:
        yield Fault(field="destination", detail=str(error))
        return
    if here is not None:
        yield from _calendar_faults(values, bearings.now.astimezone(bearings.atlas.zone_at(here)).date())


def query(taken: HotelSearch, bearings: Bearings) -> HotelQuery:
    """Only of what has no faults, and once the airports are known."""
    here = located(taken.destination, bearings.atlas)
    assert here is not None
    return HotelQuery(
        location=here,
        check_in=taken.check_in,
        check_out=taken.check_out,
        radius_km=taken.radius_km,
        rooms=taken.rooms,
        adults=taken.adults,
        children_ages=tuple(sorted(taken.children_ages)),
        currency=taken.currency,
        market=taken.market or bearings.market,
    )


def located(destination: str, atlas: Atlas) -> Point | None:
    """Where that is; None for a code as long as we know no airports at all. Raises ValueError for what is nowhere."""
    if not is_iata_airport(destination):
        return wishes.point(destination)
    centre = atlas.centre(destination)
    if centre is None and len(atlas):
        raise ValueError(f"{destination} is no city or airport that we know")
    return centre


def view(taken: HotelWishes) -> HotelView:
    """Raises BadCursor."""
    return HotelView(
        **wishes.common_view(taken, taken.sort),
        stars=tuple(sorted(set(taken.stars))),
        amenities=tuple(sorted(set(taken.amenities))),
        board=tuple(sorted(set(taken.board))),
        refundable=taken.refundable,
        max_distance_km=taken.max_distance_km,
        sort=taken.sort,
    )


def over_at(query: HotelQuery, atlas: Atlas) -> datetime:
    """When the day of arrival is over at the place."""
    midnight = datetime.combine(query.check_in + timedelta(days=1), time(), atlas.zone_at(query.location))
    return midnight.astimezone(UTC)


def _calendar_faults(values: Mapping[str, Any], today: date) -> Iterator[Fault]:
    check_in: date | None = values.get("check_in")
    if check_in is not None and check_in < today:
        yield Fault(field="check_in", detail=f"is in the past: it is {today} there")
    yield from wishes.far_faults("check_in", check_in, today, MOST_DAYS_AHEAD)
