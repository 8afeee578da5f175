"""What a client wants to see of a search that is held: the filters, order and page of every vertical. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from api import paging
from domain.money import EXPONENTS, Money
from domain.searches import Result, Search

Value = TypeVar("Value")  # anything that has an order
LAST: Final = 2**53  # a sort key behind all others, for what nobody tells


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that is None filters nothing. What a supplier does not tell passes no filter that asks for it."""

    max_price: Decimal | None = None
    limit: int = 50
    after: paging.Place | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A result with those of its offers that pass, cheapest first; all of the vertical that was searched."""

    result: Result
    offers: tuple[Any, ...]


class Lens(msgspec.Struct, frozen=True, kw_only=True):
    """How one vertical looks at its results.

    `fits` judges a product and `passes` an offer by a view; both get the vertical's own view, and `fits` and the
    `orders` the search's query too. An order gives the key to sort by.
    """

    fits: Callable[[Any, Any, Any], bool]
    passes: Callable[[Any, Any], bool]
    orders: Mapping[str, Callable[[Seen, Any], int]]


def seen(search: Search, view: Any, lens: Lens) -> paging.Page[Seen]:
    """One page of what passes, in the order that was asked for. The view is the vertical's own."""
    key = lens.orders[view.sort]
    rows = [(key(passed, search.query), passed.result.id, passed) for passed in _passing(search, view, lens)]
    rows.sort(key=lambda row: row[:2])
    return paging.page(rows, sort=view.sort, after=view.after, limit=view.limit)


def by_price(passed: Seen, _: Any) -> int:
    price = passed.offers[0].shown_price
    return int(price.amount.scaleb(EXPONENTS[price.currency]))


def counted(
    results: Iterable[Result], values: Callable[[Result], Iterable[tuple[Value, Money]]]
) -> list[tuple[Value, int, Money]]:
    """Each value, how many results have it, and the cheapest of them.

    `values` gives a result's values with prices, the cheapest of each first, as offers come.
    """
    found: defaultdict[Value, list[Money]] = defaultdict(list)
    for result in results:
        cheapest: dict[Value, Money] = {}
        for value, price in values(result):
            cheapest.setdefault(value, price)
        for value, price in cheapest.items():
            found[value].append(price)
    return [(value, len(prices), min(prices)) for value, prices in sorted(found.items())]


def prices(results: Sequence[Result]) -> tuple[Money, Money] | None:
    """The lowest and the highest, None where nothing was found."""
    every = [offer.shown_price for result in results for offer in result.offers]
    return (min(every), max(every)) if every else None


def having(results: Iterable[Result], trait: Callable[[Any], bool | int | None]) -> int:
    """How many results have an offer with that trait."""
    return sum(any(trait(offer) for offer in result.offers) for result in results)


def _passing(search: Search, view: View, lens: Lens) -> Iterator[Seen]:
    most = view.max_price
    for result in search.results:
        if not lens.fits(result.product, view, search.query):
            continue
        offers = tuple(
            offer
            for offer in result.offers
            if (most is None or offer.shown_price.amount <= most) and lens.passes(offer, view)
        )
        if offers:
            yield Seen(result=result, offers=offers)
