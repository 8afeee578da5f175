"""What prices were: the cheapest that was seen of a route, a property or a rental, hour by hour or day by day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from api import answers, paging, present
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.services import Services
from api.wishes import MarketText
from domain.money import Money
from domain.places import Point
from domain.prices import subject
from domain.queries import Cabin, CarQuery, Fault, FlightQuery, HotelQuery, InvalidQuery, Query
from storage import matches, prices
from storage.engine import transaction
from storage.prices import Lowest

_BY_TIME: Final = "time"
_Airport = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["LHR"])]
_Moment = Annotated[
    str,
    Meta(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$",
        description="On the clock at the counter, without an offset.",
        examples=["2027-03-01T10:00"],
    ),
]


class Sold(StrEnum):
    """Of what the prices are."""

    FLIGHTS = "flights"
    HOTELS = "hotels"
    CARS = "cars"


class Per(StrEnum):
    """Into how long pieces the time is cut, in UTC."""

    HOUR = "hour"
    DAY = "day"


LONGEST: Final[Mapping[Per, timedelta]] = MappingProxyType({Per.HOUR: timedelta(days=7), Per.DAY: timedelta(days=90)})
_USUAL: Final[Mapping[Per, timedelta]] = MappingProxyType({Per.HOUR: timedelta(days=2), Per.DAY: timedelta(days=30)})


class PriceHistoryWishes(msgspec.Struct, frozen=True, kw_only=True):
    """The question as a search has it, and the time in which prices were seen."""

    vertical: Annotated[Sold, Meta(description="Whose fields are told: a route, a property or a rental.")] = (
        Sold.FLIGHTS
    )
    origin: _Airport | None = None
    destination: _Airport | None = None
    departure_date: date | None = None
    return_date: date | None = None
    cabin: Cabin | None = None
    children: Annotated[int, Meta(ge=0, le=8)] | None = None
    infants: Annotated[int, Meta(ge=0, le=8)] | None = None
    hotel_id: (
        Annotated[str, Meta(pattern="^[a-z2-7]{26}$", description="The id of a result of a search for hotels.")] | None
    ) = None
    check_in: date | None = None
    check_out: date | None = None
    rooms: Annotated[int, Meta(ge=1, le=8)] | None = None
    children_ages: tuple[Annotated[int, Meta(ge=0, le=17)], ...] | None = None
    adults: (
        Annotated[int, Meta(ge=1, le=32, description="As in the search: one for flights, two for hotels.")] | None
    ) = None
    pick_up: _Airport | None = None
    drop_off: _Airport | None = None
    pick_up_at: _Moment | None = None
    drop_off_at: _Moment | None = None
    driver_age: Annotated[int, Meta(ge=18, le=99)] | None = None
    acriss: (
        Annotated[str, Meta(pattern="^[A-Z]{4}$", description="Only cars of this class.", examples=["ECMR"])] | None
    ) = None
    market: MarketText | None = None
    per: Per = Per.DAY
    since: (
        Annotated[date, Meta(description="The first day (UTC); thirty days before the last, or two with `per=hour`.")]
        | None
    ) = None
    until: Annotated[date, Meta(description="The last day (UTC); today if not told.")] | None = None
    limit: Limit = 50
    cursor: CursorText | None = None


class SupplierPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest that one supplier asked for, and how many prices of it were seen."""

    supplier: str
    lowest: answers.Money
    seen: int


class PricePoint(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest in one currency within the hour or day that begins at `since`; the cheapest supplier comes first.

    Prices are as suppliers told them: nothing here is converted, so each currency is a series of its own.
    """

    since: answers.Instant
    currency: str
    lowest: answers.Money
    suppliers: tuple[SupplierPrice, ...]


class PriceHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Hours or days in which nobody looked are left out."""

    vertical: Sold
    per: Per
    since: date
    until: date
    data: tuple[PricePoint, ...]
    page: answers.Page


class _Fields(NamedTuple):
    needed: frozenset[str]
    others: frozenset[str]


_COMMON: Final = frozenset({"vertical", "per", "since", "until", "limit", "cursor"})
_FIELDS: Final[Mapping[Sold, _Fields]] = MappingProxyType(
    {
        Sold.FLIGHTS: _Fields(
            needed=frozenset({"origin", "destination", "departure_date"}),
            others=frozenset({"return_date", "cabin", "adults", "children", "infants"}),
        ),
        Sold.HOTELS: _Fields(
            needed=frozenset({"hotel_id", "check_in", "check_out"}),
            others=frozenset({"rooms", "adults", "children_ages", "market"}),
        ),
        Sold.CARS: _Fields(
            needed=frozenset({"pick_up", "pick_up_at", "drop_off_at"}),
            others=frozenset({"drop_off", "driver_age", "market", "acriss"}),
        ),
    }
)


async def history(services: Services, asked: Asked[PriceHistoryWishes, Nothing]) -> Reply:
    """Every price that a search has seen is in it, for ninety days; asking for it asks no supplier."""
    wished = asked.query
    first, last = _days(wished, asked.now)
    since = datetime.combine(first, time(), UTC)
    until = datetime.combine(last + timedelta(days=1), time(), UTC)
    question = _question(wished, services.default_market)
    async with transaction(services.engine) as connection:
        subjects = await _subjects(connection, question, wished.hotel_id)
        found = await prices.lowest(
            connection, subjects, since=since, until=until, per=wished.per, acriss=wished.acriss
        )
    after = None if wished.cursor is None else paging.place_of(wished.cursor, sort=_BY_TIME)
    points = [(int(begins.timestamp()), currency, rows) for (begins, currency), rows in _by_time(found)]
    page = paging.page(points, sort=_BY_TIME, after=after, limit=wished.limit)
    answer = PriceHistory(
        vertical=wished.vertical,
        per=wished.per,
        since=first,
        until=last,
        data=tuple(_point(rows) for rows in page.items),
        page=answers.Page(next=page.next, total=page.total),
    )
    before = paging.link_before(asked.path, asked.pairs)
    links = () if page.next is None else (("Link", paging.link(before, page.next)),)
    return reply(services, asked, answer, cache_control="no-cache", headers=links)


def history_faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    """What is missing of the vertical that is asked for, and what belongs to another."""
    told, now = read.values, services.clock()
    yield from _cursor_faults(told.get("cursor"))
    if "vertical" not in told:
        return
    sold = told["vertical"]
    fields = _FIELDS[sold]
    missing = sorted(fields.needed - read.names)
    yield from (Fault(field=name, detail=f"is required for the prices of {sold}") for name in missing)
    known = {field.name for field in msgspec.structs.fields(PriceHistoryWishes)}
    strange = sorted((read.names & known) - fields.needed - fields.others - _COMMON)
    yield from (Fault(field=name, detail=f"says nothing about {sold}") for name in strange)
    if not (read.faults or missing or strange):
        wished = read.made()
        yield from _range_faults(wished, now)
        yield from _question_faults(wished, services.default_market)


def _range_faults(wished: PriceHistoryWishes, now: datetime) -> Iterator[Fault]:
    first, last = _days(wished, now)
    if last < first:
        yield Fault(field="until", detail=f"is before {first}")
    elif last - first >= LONGEST[wished.per]:
        yield Fault(field="since", detail=f"is more than {LONGEST[wished.per].days} days before {last}")


def _question_faults(wished: PriceHistoryWishes, market: str) -> Iterator[Fault]:
    try:
        _question(wished, market)
    except InvalidQuery as error:
        yield from error.faults
    except ValueError:  # there is no 30th of February
        yield Fault(field="pick_up_at", detail="both times are days of the calendar with an hour")


def _cursor_faults(text: str | None) -> Iterator[Fault]:
    if text is not None:
        try:
            paging.place_of(text, sort=_BY_TIME)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


def _days(wished: PriceHistoryWishes, now: datetime) -> tuple[date, date]:
    last = wished.until or now.date()
    return wished.since or last - _USUAL[wished.per], last


def _question(wished: PriceHistoryWishes, market: str) -> Query:
    """Raises InvalidQuery."""
    return _QUESTIONS[wished.vertical](wished, wished.market or market)


def _flights(wished: Any, _: str) -> FlightQuery:
    return FlightQuery(
        origin=wished.origin,
        destination=wished.destination,
        departure_date=wished.departure_date,
        return_date=wished.return_date,
        adults=wished.adults or 1,
        children=wished.children or 0,
        infants=wished.infants or 0,
        cabin=wished.cabin or Cabin.ECONOMY,
    )


def _stays(wished: Any, market: str) -> HotelQuery:
    """From where one looked for the property changes nothing."""
    return HotelQuery(
        location=Point(latitude=0, longitude=0),
        check_in=wished.check_in,
        check_out=wished.check_out,
        rooms=wished.rooms or 1,
        adults=wished.adults or 2,
        children_ages=tuple(sorted(wished.children_ages or ())),
        market=market,
    )


def _rentals(wished: Any, market: str) -> CarQuery:
    return CarQuery(
        pick_up=wished.pick_up,
        drop_off=wished.drop_off or wished.pick_up,
        pick_up_at=datetime.fromisoformat(wished.pick_up_at),
        drop_off_at=datetime.fromisoformat(wished.drop_off_at),
        driver_age=wished.driver_age or 30,
        market=market,
    )


_QUESTIONS: Final[Mapping[Sold, Callable[[PriceHistoryWishes, str], Query]]] = MappingProxyType(
    {Sold.FLIGHTS: _flights, Sold.HOTELS: _stays, Sold.CARS: _rentals}
)


async def _subjects(connection: AsyncConnection, question: Query, hotel_id: str | None) -> Collection[bytes]:
    """A hotel under every id that it has had: its prices stay where they were written."""
    if hotel_id is None:
        return (subject(question, hotel_id=""),)
    records = (await matches.of_hotel(connection, hotel_id)).values()
    live = {record.hotel_id for record in records if record.hotel_id is not None}
    former = [name for one in sorted(live) for name in await matches.former_ids(connection, one)]
    return tuple(subject(question, hotel_id=name) for name in {hotel_id, *live, *former})


def _by_time(found: Iterable[Lowest]) -> Iterator[tuple[tuple[datetime, str], tuple[Lowest, ...]]]:
    for key, rows in groupby(found, key=lambda row: (row.since, row.currency)):
        yield key, tuple(rows)


def _point(rows: Collection[Lowest]) -> PricePoint:
    suppliers = tuple(
        SupplierPrice(supplier=row.supplier, lowest=present.priced(Money.of(row.amount, row.currency)), seen=row.seen)
        for row in sorted(rows, key=lambda row: (row.amount, row.supplier))
    )
    first = next(iter(rows))
    return PricePoint(since=first.since, currency=first.currency, lowest=suppliers[0].lowest, suppliers=suppliers)
