"""What a client wants to see of a search that is held: filters, order and page. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from api import paging
from domain.money import EXPONENTS, Money
from domain.offers import Offer
from domain.searches import Result, Search


class Sort(StrEnum):
    PRICE = "price"
    DURATION = "duration"
    DEPARTURE = "departure"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that is None filters nothing. What a supplier does not tell passes no filter that asks for it.

    `airlines` sell every segment of an offer that passes; times are of the first slice, on the clock of its airport.
    """

    max_price: Decimal | None = None
    max_stops: int | None = None
    airlines: tuple[str, ...] | None = None
    depart_after: time | None = None
    depart_before: time | None = None
    refundable: bool | None = None
    bags: int | None = None
    sort: Sort = Sort.PRICE
    limit: int = 50
    after: paging.Place | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A result with those of its offers that pass, cheapest first."""

    result: Result
    offers: tuple[Offer, ...]


class AirlineFacet(msgspec.Struct, frozen=True, kw_only=True):
    airline: str
    results: int
    cheapest: Money


class StopsFacet(msgspec.Struct, frozen=True, kw_only=True):
    stops: int
    results: int
    cheapest: Money


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters could be set to, counted over everything that was found, whatever is filtered now."""

    airlines: tuple[AirlineFacet, ...]
    stops: tuple[StopsFacet, ...]
    price: tuple[Money, Money] | None
    duration_minutes: tuple[int, int] | None
    refundable: int
    checked_bags: int


NO_FACETS: Final = Facets(airlines=(), stops=(), price=None, duration_minutes=None, refundable=0, checked_bags=0)


def seen(search: Search, view: View) -> paging.Page[Seen]:
    """One page of what passes, in the order that was asked for."""
    key = _SORT_KEYS[view.sort]
    rows = [(key(passed), passed.result.id, passed) for passed in _passing(search, view)]
    rows.sort(key=lambda row: row[:2])
    return paging.page(rows, sort=view.sort, after=view.after, limit=view.limit)


def facets(search: Search) -> Facets:
    results = search.results
    by_airline: defaultdict[str, list[Money]] = defaultdict(list)
    by_stops: defaultdict[int, list[Money]] = defaultdict(list)
    for result in results:
        for airline, price in _cheapest_by_airline(result).items():
            by_airline[airline].append(price)
        by_stops[result.product.stops].append(result.offers[0].price)
    prices = [offer.price for result in results for offer in result.offers]
    durations = [minutes(result) for result in results]
    having = Counter(trait for result in results for trait in _traits(result))
    return Facets(
        airlines=tuple(
            AirlineFacet(airline=airline, results=len(found), cheapest=min(found))
            for airline, found in sorted(by_airline.items())
        ),
        stops=tuple(
            StopsFacet(stops=stops, results=len(found), cheapest=min(found))
            for stops, found in sorted(by_stops.items())
        ),
        price=(min(prices), max(prices)) if prices else None,
        duration_minutes=(min(durations), max(durations)) if durations else None,
        refundable=having["refundable"],
        checked_bags=having["checked_bags"],
    )


def minutes(result: Result) -> int:
    return int(result.product.duration.total_seconds() // 60)


def _passing(search: Search, view: View) -> Iterator[Seen]:
    for result in search.results:
        if not _product_passes(result, view):
            continue
        offers = tuple(offer for offer in result.offers if _offer_passes(offer, view))
        if offers:
            yield Seen(result=result, offers=offers)


def _product_passes(result: Result, view: View) -> bool:
    product = result.product
    if view.max_stops is not None and product.stops > view.max_stops:
        return False
    leaves = product.slices[0].departs_at.time()
    if view.depart_after is not None and leaves < view.depart_after:
        return False
    return view.depart_before is None or leaves <= view.depart_before


def _offer_passes(offer: Offer, view: View) -> bool:
    conditions = offer.conditions
    if view.max_price is not None and offer.price.amount > view.max_price:
        return False
    if view.airlines is not None and not all(part.carrier in view.airlines for part in offer.product.segments):
        return False
    if view.refundable is not None and conditions.refundable is not view.refundable:
        return False
    return not view.bags or (conditions.checked_bags or 0) >= view.bags


def _cheapest_by_airline(result: Result) -> Mapping[str, Money]:
    """Offers come cheapest first, so the first one of an airline is its cheapest."""
    cheapest: dict[str, Money] = {}
    for offer in result.offers:
        for segment in offer.product.segments:
            cheapest.setdefault(segment.carrier, offer.price)
    return cheapest


def _traits(result: Result) -> Iterable[str]:
    if any(offer.conditions.refundable for offer in result.offers):
        yield "refundable"
    if any(offer.conditions.checked_bags for offer in result.offers):
        yield "checked_bags"


def _price(passed: Seen) -> int:
    price = passed.offers[0].price
    return int(price.amount.scaleb(EXPONENTS[price.currency]))


def _departure(passed: Seen) -> int:
    return int(passed.result.product.slices[0].departs_at.astimezone(UTC).timestamp())


_SORT_KEYS: Final[Mapping[Sort, Callable[[Seen], int]]] = MappingProxyType(
    {Sort.PRICE: _price, Sort.DURATION: lambda passed: minutes(passed.result), Sort.DEPARTURE: _departure}
)
