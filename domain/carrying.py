"""Which parts of an earlier answer need not be asked for again, because what their suppliers said is still young."""

from collections import defaultdict
from datetime import datetime

import msgspec

from domain.freshness import LEAST_LIFE, rulings, strictest, young
from domain.offers import Offer
from domain.searches import Outcome, Search, SupplierReport

_WHOLE = frozenset({Outcome.OK, Outcome.CACHED})


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier said earlier, as a part of the next answer: its age is its own."""

    report: SupplierReport
    offers: tuple[Offer, ...]


def carried(search: Search, now: datetime) -> tuple[Carried, ...]:
    """In the order of the suppliers. A part that failed, or of which something is missing, is never carried over."""
    offers: defaultdict[str, list[Offer]] = defaultdict(list)
    for result in search.results:
        for offer in result.offers:
            offers[offer.supplier].append(offer)
    return tuple(
        Carried(
            report=msgspec.structs.replace(report, status=Outcome.CACHED),
            offers=tuple(offers[report.supplier]),
        )
        for report in search.suppliers
        if _good(search, report, offers[report.supplier], now)
    )


def _good(search: Search, report: SupplierReport, offers: list[Offer], now: datetime) -> bool:
    if report.status not in _WHOLE or report.fetched_at is None:
        return False
    soonest = min((offer.expires_at for offer in offers), default=None)
    found = rulings(search.query, report.fetched_at, nothing_found=not offers, offers_expire_at=soonest)
    lasts = soonest is None or soonest - now >= LEAST_LIFE
    return lasts and young(report.fetched_at, strictest(found), now)
