"""A whole set of results as columns, for clients that filter and sort by themselves, in a web worker say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import cars, flights, hotels, present, views
from api.calls import Asked, Reply, reply
from api.cars.views import decoded, unlimited
from api.flights.views import minutes
from api.found import ASK_AGAIN_SECONDS, atlas_of, bearings
from api.hotels.views import distance_km
from api.memory import Held
from api.params import Choice, Nothing, fields_of
from api.search import columns
from api.search.columns import Columns, OfferColumns, WordLists, Words
from api.searches import question
from api.services import Services
from api.verticals import NEW_SEARCH, VERTICALS
from api.views import Seen
from api.wishes import SearchWishes, Wait
from domain.offers import Offer
from domain.queries import Query
from domain.searches import Status

_EVERYTHING: Final = 2**31  # results on the only page


class HeldSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search that somebody has asked for within a day, without wishes."""

    search_id: Annotated[str, Meta(pattern="^[a-z2-7]{26}$", description="Its id.")]
    wait: Wait = 0


BODY: Final = Choice(
    field=NEW_SEARCH.field, kinds=NEW_SEARCH.kinds, default=NEW_SEARCH.default, marked={"search_id": HeldSearch}
)


async def optimize(services: Services, asked: Asked[Nothing, Any]) -> Reply:
    """Filters and order of the search are kept; `limit` and `cursor` are not, for this is the whole set."""
    atlas_of(services)
    query, wished = await _meant(services, asked.body)
    if asked.caller is not None:
        services.notebook.note(asked.caller, query.id, asked.now)
    held = await services.searching.answer(query, wait=asked.body.wait)
    if held is None or held.search.status is Status.PENDING:
        headers = (("Location", f"/v1/searches/{query.id}"), ("Retry-After", str(ASK_AGAIN_SECONDS)))
        return reply(services, asked, _columns(query, held, (), asked.now), status=202, headers=headers)
    vertical = VERTICALS[query.vertical]
    view = msgspec.structs.replace(vertical.view(wished), limit=_EVERYTHING, after=None)
    found = views.seen(held.search, view, vertical.lens).items
    return reply(services, asked, _columns(query, held, found, asked.now))


async def _meant(services: Services, body: Any) -> tuple[Query, SearchWishes]:
    """Raises Problem (404) for an id that nobody has asked for."""
    if isinstance(body, HeldSearch):
        query = await question(services, body.search_id)
        return query, VERTICALS[query.vertical].wishes()
    return VERTICALS[body.vertical].query(body, bearings(services)), msgspec.structs.replace(body, cursor=None)


def _columns(query: Query, held: Held | None, found: Sequence[Seen], now: datetime) -> Columns[Any, Any]:
    table = TABLES[query.vertical]
    rows = [(number, offer) for number, seen in enumerate(found) for offer in seen.offers]
    return table.shape(
        search=present.not_begun(query) if held is None else present.head(held.search, now),
        currency=query.currency,
        results=_filled(table.results, [(seen, query) for seen in found], table.result_cells),
        offers=_filled(table.offers, rows, {**_OF_ANY_OFFER, **table.offer_cells}),
    )


Cell = Callable[[Any, Any], Any]


def _filled(shape: type[msgspec.Struct], rows: Iterable[tuple[Any, Any]], cells: Mapping[str, Cell]) -> Any:
    rows = tuple(rows)
    return shape(
        **{name: _packed(field.type, [cells[name](*row) for row in rows]) for name, field in fields_of(shape).items()}
    )


def _packed(kind: Any, values: Sequence[Any]) -> Any:
    """As the shape wants its column: as it is, or as words that are told once."""
    bare = getattr(kind, "__origin__", kind)
    if bare is Words:
        numbers = {word: number for number, word in enumerate(dict.fromkeys(one for one in values if one is not None))}
        return Words(words=tuple(numbers), at=tuple(None if one is None else numbers[one] for one in values))
    if bare is WordLists:
        numbers = {word: number for number, word in enumerate(dict.fromkeys(one for some in values for one in some))}
        return WordLists(words=tuple(numbers), at=tuple(tuple(numbers[one] for one in some) for some in values))
    return tuple(values)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What the columns of a vertical are made of: of a result and the query, and of the result's row and an offer."""

    shape: type[Columns[Any, Any]]
    results: type[msgspec.Struct]
    offers: type[OfferColumns]
    result_cells: Mapping[str, Cell]
    offer_cells: Mapping[str, Cell]


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _charged(offer: Offer) -> str | None:
    return None if offer.converted is None else present.priced(offer.price).amount


def _product(seen: Seen) -> Any:
    return seen.result.product


def _property(seen: Seen) -> Any:
    return _product(seen).property


def _number(told: Any) -> float | None:
    return None if told is None else float(told)


def _kilometres(seen: Seen, query: Any) -> float | None:
    away = distance_km(_property(seen), query)
    return None if away is None else round(away, 3)


def _class(seen: Seen, name: str) -> Any:
    return getattr(decoded(_product(seen).car.acriss), name, None)


def _touched(journey: Any) -> Iterable[str]:
    return (code for part in journey.slices for code in (part.origin, *(one.destination for one in part.segments)))


_OF_ANY_OFFER: Final[dict[str, Cell]] = {
    "id": lambda _, offer: offer.id,
    "result": lambda row, _: row,
    "supplier": lambda _, offer: offer.supplier,
    "price": lambda _, offer: present.priced(offer.shown_price).amount,
    "charged": lambda _, offer: _charged(offer),
    "charged_in": lambda _, offer: None if offer.converted is None else offer.price.currency,
    "expires_at": lambda _, offer: _when(offer.expires_at),
    "bookable": lambda _, offer: offer.bookable,
    "refundable": lambda _, offer: offer.conditions.refundable,
}

_FLIGHTS: Final = Table(
    shape=columns.FlightColumns,
    results=columns.FlightResultColumns,
    offers=columns.FlightOfferColumns,
    result_cells={
        "id": lambda seen, _: seen.result.id,
        "flights": lambda seen, _: [part.flight for part in _product(seen).segments],
        "airports": lambda seen, _: [*_touched(_product(seen))],
        "stops": lambda seen, _: _product(seen).stops,
        "duration_minutes": lambda seen, _: minutes(_product(seen)),
        "departs_at": lambda seen, _: _product(seen).slices[0].departs_at,
        "arrives_at": lambda seen, _: _product(seen).slices[0].arrives_at,
    },
    offer_cells={
        "airlines": lambda _, offer: sorted({part.carrier for part in offer.product.segments}),
        "checked_bags": lambda _, offer: offer.conditions.checked_bags,
        "cabin_bags": lambda _, offer: offer.conditions.cabin_bags,
        "fare_family": lambda _, offer: offer.conditions.fare_family,
        "seats_left": lambda _, offer: offer.seats_left,
    },
)

_STAYS: Final = Table(
    shape=columns.StayColumns,
    results=columns.StayResultColumns,
    offers=columns.StayOfferColumns,
    result_cells={
        "id": lambda seen, _: seen.result.id,
        "name": lambda seen, _: _property(seen).name,
        "stars": lambda seen, _: _number(_property(seen).stars),
        "rating": lambda seen, _: _number(_property(seen).rating),
        "reviews": lambda seen, _: _property(seen).reviews,
        "distance_km": _kilometres,
        "latitude": lambda seen, _: getattr(_property(seen).location, "latitude", None),
        "longitude": lambda seen, _: getattr(_property(seen).location, "longitude", None),
        "amenities": lambda seen, _: _property(seen).amenities,
    },
    offer_cells={
        "board": lambda _, offer: offer.conditions.board,
        "rooms": lambda _, offer: [room.name for room in offer.conditions.rooms],
        "free_until": lambda _, offer: _when(getattr(offer.conditions.cancellation, "free_until", None)),
        "rooms_left": lambda _, offer: offer.conditions.rooms_left,
    },
)

_RENTALS: Final = Table(
    shape=columns.RentalColumns,
    results=columns.RentalResultColumns,
    offers=columns.RentalOfferColumns,
    result_cells={
        "id": lambda seen, _: seen.result.id,
        "vendor": lambda seen, _: _product(seen).vendor,
        "acriss": lambda seen, _: _product(seen).car.acriss,
        "category": lambda seen, _: _class(seen, "category"),
        "transmission": lambda seen, _: _class(seen, "transmission"),
        "air_conditioning": lambda seen, _: _class(seen, "air_conditioning"),
        "example": lambda seen, _: _product(seen).car.example,
        "seats": lambda seen, _: _product(seen).car.seats,
        "large_bags": lambda seen, _: _product(seen).car.large_bags,
    },
    offer_cells={
        "unlimited_mileage": lambda _, offer: unlimited(offer),
        "payment": lambda _, offer: offer.conditions.payment,
        "counter": lambda _, offer: offer.product.pick_up.code,
        "airport": lambda _, offer: offer.product.pick_up.airport,
    },
)


TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {flights.VERTICAL.name: _FLIGHTS, hotels.VERTICAL.name: _STAYS, cars.VERTICAL.name: _RENTALS}
)
