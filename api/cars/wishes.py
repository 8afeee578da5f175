"""What is asked and wished for about rental cars."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from api import wishes
from api.cars.money import paid_in
from api.cars.views import CarSort, CarView
from api.params import Reading
from api.wishes import Bearings, MarketText, Wait
from domain.acriss import CATEGORIES, Transmission
from domain.places import Atlas
from domain.queries import LONGEST_RENTAL_DAYS, CarQuery, Fault

MOST_DAYS_AHEAD: Final = 365

_Airport = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["LHR"])]
_Moment = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$",
        description="On the clock at the counter, without an offset.",
        examples=["2027-03-01T10:00"],
    ),
]
_Category = Annotated[str, Meta(pattern=wishes.one_of(CATEGORIES.values()))]


class CarWishes(wishes.SearchWishes, frozen=True, kw_only=True):
    """What to show of a search for cars."""

    sort: Annotated[CarSort, Meta(description="What comes first: the cheapest.")] = CarSort.PRICE
    categories: Annotated[
        tuple[_Category, ...],
        Meta(max_length=len(CATEGORIES), description="Any of these categories.", examples=[["economy", "compact"]]),
    ] = ()
    transmission: Annotated[Transmission, Meta(description="Who changes gears.")] | None = None
    unlimited_mileage: Annotated[bool, Meta(description="Whether any distance is in the price.")] | None = None
    air_conditioning: Annotated[bool, Meta(description="Whether the car has it.")] | None = None


class CarSearch(CarWishes, frozen=True, kw_only=True):
    """A car from the counters of one airport to those of another, or back to the same."""

    pick_up: _Airport
    drop_off: Annotated[_Airport, Meta(description="IATA airport code; where it was picked up if not told.")] | None = (
        None
    )
    pick_up_at: _Moment
    drop_off_at: Annotated[
        _Moment, Meta(description=f"Within {LONGEST_RENTAL_DAYS} days, on the clock at that counter.")
    ]
    driver_age: Annotated[int, Meta(ge=18, le=99)] = 30
    currency: (
        Annotated[
            str,
            Meta(
                pattern="^[A-Z]{3}$",
                description="ISO 4217 code. Prices are compared and sorted in it; one that is charged in another currency "
                "is told as it is, with what it is worth in this one beside it. If not told, the money of the country of "
                "the pick-up, in which hardly any price needs to be converted.",
                examples=["GBP"],
            ),
        ]
        | None
    ) = None
    market: MarketText | None = None


class NewCarSearch(CarSearch, frozen=True, kw_only=True):
    """A search as a resource: the answer comes later, unless it is known or `wait` says otherwise."""

    vertical: Literal["cars"]
    wait: Wait = 0


# What stands in for a field that could not be read; see those of flights. A weekend stands in for both times where
# one is missing, and somewhere for the airport.
_SOMEWHERE: Final = "AAA"
_SOME_DAYS: Final = MappingProxyType(
    {"pick_up_at": datetime(2000, 1, 1), "drop_off_at": datetime(2000, 1, 3)}  # noqa: DTZ001  # on the clock there
)


def faults(read: "Reading[Any]", bearings: Bearings) -> Iterator[Fault]:
    """What the fields say together, and against the map and the calendar. Without airports yet, nothing is unknown."""
    values, atlas = read.values, bearings.atlas
    times: dict[str, datetime] = {}
    for field in _SOME_DAYS:
        if field in values:
            try:
                times[field] = datetime.fromisoformat(values[field])
            except ValueError:
                yield Fault(field=field, detail=f"{values[field]} is no day and time of the calendar")
    pick_up = values.get("pick_up", _SOMEWHERE)
    told = {
        "pick_up": pick_up,
        "drop_off": values.get("drop_off") or pick_up,
        "driver_age": values.get("driver_age", 30),
        "currency": values.get("currency") or "EUR",
        "market": values.get("market") or bearings.market,
        **(times if len(times) == len(_SOME_DAYS) else _SOME_DAYS),
    }
    yield from wishes.rule_faults(CarQuery, told, values)
    if len(atlas):
        for field in ("pick_up", "drop_off"):
            yield from wishes.airport_faults(field, values.get(field), atlas)
        yield from _calendar_faults(values.get("pick_up", ""), times, atlas, bearings.now)


def query(taken: CarSearch, bearings: Bearings) -> CarQuery:
    airport = bearings.atlas.airport(taken.pick_up)
    return CarQuery(
        pick_up=taken.pick_up,
        drop_off=taken.drop_off or taken.pick_up,
        pick_up_at=datetime.fromisoformat(taken.pick_up_at),
        drop_off_at=datetime.fromisoformat(taken.drop_off_at),
        driver_age=taken.driver_age,
        currency=taken.currency or paid_in(airport.country if airport else ""),
        market=taken.market or bearings.market,
    )


def view(taken: CarWishes) -> CarView:
    """Raises BadCursor."""
    return CarView(
        **wishes.common_view(taken, taken.sort),
        categories=tuple(sorted(set(taken.categories))),
        transmission=taken.transmission,
        unlimited_mileage=taken.unlimited_mileage,
        air_conditioning=taken.air_conditioning,
        sort=taken.sort,
    )


def over_at(query: CarQuery, atlas: Atlas) -> datetime:
    """When the hour of the pick-up strikes at the counter."""
    return query.pick_up_at.replace(tzinfo=atlas.zone(query.pick_up) or UTC).astimezone(UTC)


def _calendar_faults(pick_up: str, times: Mapping[str, datetime], atlas: Atlas, now: datetime) -> Iterator[Fault]:
    zone, moment = atlas.zone(pick_up), times.get("pick_up_at")
    if zone is None or moment is None:
        return
    there = now.astimezone(zone).replace(tzinfo=None)
    if moment < there:
        yield Fault(field="pick_up_at", detail=f"is in the past: it is {there:%Y-%m-%dT%H:%M} at {pick_up}")
    yield from wishes.far_faults("pick_up_at", moment.date(), there.date(), MOST_DAYS_AHEAD)
