"""Offers of one product, side by side: each offer once, the cheapest first, results by their cheapest offer."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from domain.offers import Offer
from domain.searches import Result

Sold = TypeVar("Sold", bound=Offer)


def grouped(
    offers: Iterable[Sold], id_of: Callable[[Sold], str], best: Callable[[tuple[Sold, ...]], Sold]
) -> tuple[Result, ...]:
    """One result for each id; `best` chooses the offer whose description of the product is shown.

    Offers of one search are shown in its currency. Two offers with the same id are one: what was told last.
    """
    groups: dict[str, list[Sold]] = {}
    for offer in once_each(offers):
        groups.setdefault(id_of(offer), []).append(offer)
    results = (_result(result_id, tuple(same), best) for result_id, same in groups.items())
    return tuple(sorted(results, key=lambda result: (result.offers[0].shown_price.amount, result.id)))


def once_each(offers: Iterable[Sold]) -> Collection[Sold]:
    kept: dict[str, Sold] = {}
    for offer in offers:
        other = kept.get(offer.id)
        kept[offer.id] = offer if other is None else max(other, offer, key=_told_last)
    return kept.values()


def _told_last(offer: Offer) -> tuple[datetime, bytes]:
    """Two tellings of one instant have no better or worse; their bytes choose, so that the order of arrival does not."""
    return offer.fetched_at, msgspec.json.encode(offer, order="deterministic")


def _result(result_id: str, offers: tuple[Sold, ...], best: Callable[[tuple[Sold, ...]], Sold]) -> Result:
    cheapest_first = tuple(sorted(offers, key=lambda offer: (offer.shown_price.amount, offer.id)))
    return Result(id=result_id, product=best(offers).product, offers=cheapest_first)
