"""What is kept of a search to explain it later: who was asked, what each offer looked like, and how long that was to be true."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from domain.cars import Rental
from domain.flights import Itinerary
from domain.freshness import Ruling
from domain.hotels import Stay
from domain.matching.flights import journey_key
from domain.offers import Offer, Product
from domain.queries import Query
from domain.searches import Search, SupplierReport

_PRINT_BYTES: Final = 8


class KeptOffer(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """`print` stands for all that the supplier told of the offer: equal ones mean equal bytes.

    `property` is the supplier's own number of the place where one sleeps, for stays only.
    """

    id: str
    supplier: str
    print: str
    fetched_at: datetime
    expires_at: datetime
    property: str | None = None


class KeptResult(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """One product and who offered it, in the order in which it was shown. `alike` is what the offers have in common."""

    id: str
    alike: str
    offers: tuple[KeptOffer, ...]


class RateUsed(msgspec.Struct, frozen=True, kw_only=True):
    """`rate` is units of `into` for one of `currency`, as it stood on `rate_on`; so many offers were shown at it."""

    currency: str
    into: str
    rate: Decimal
    rate_on: date
    offers: int


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """One time that suppliers were asked a question, and what came of it."""

    query: Query
    started_at: datetime
    version: int
    suppliers: tuple[SupplierReport, ...]
    arrivals: tuple[str, ...]
    fetched_at: datetime | None
    fresh_until: datetime | None
    expires_at: datetime | None
    rulings: tuple[Ruling, ...]
    results: tuple[KeptResult, ...]
    rates: tuple[RateUsed, ...]

    @property
    def search_id(self) -> str:
        return self.query.id

    @property
    def offers(self) -> tuple[KeptOffer, ...]:
        return tuple(offer for result in self.results for offer in result.offers)


def fetch(search: Search) -> Fetch:
    return Fetch(
        query=search.query,
        started_at=search.started_at,
        version=search.version,
        suppliers=search.suppliers,
        arrivals=search.arrivals,
        fetched_at=search.fetched_at,
        fresh_until=search.fresh_until,
        expires_at=search.expires_at,
        rulings=search.rulings,
        results=tuple(
            KeptResult(
                id=result.id, alike=_alike(result.product), offers=tuple(kept_offer(offer) for offer in result.offers)
            )
            for result in search.results
        ),
        rates=_rates(search),
    )


def kept_offer(offer: Offer) -> KeptOffer:
    return KeptOffer(
        id=offer.id,
        supplier=offer.supplier,
        print=hashlib.blake2b(told_bytes(offer), digest_size=_PRINT_BYTES).hexdigest(),
        fetched_at=offer.fetched_at,
        expires_at=offer.expires_at,
        property=offer.product.property.id if isinstance(offer.product, Stay) else None,
    )


def told_bytes(offer: Offer) -> bytes:
    """The offer as bytes that are equal only for equal offers. What we converted the price into is not the supplier's."""
    return msgspec.json.encode(msgspec.structs.replace(offer, converted=None), order="deterministic")


def _alike(product: Product) -> str:
    match product:
        case Itinerary():
            return journey_key(product)
        case Stay():
            return product.property.name or product.property.id
        case Rental():
            times = f"{product.pick_up_at.isoformat()} {product.drop_off_at.isoformat()}"
            counters = f"{product.pick_up.airport} {product.drop_off.airport}"
            return f"{product.vendor} {product.car.acriss} {counters} {times}"


def _rates(search: Search) -> tuple[RateUsed, ...]:
    used: dict[tuple[str, str, date, Decimal], int] = {}
    for offer in (offer for result in search.results for offer in result.offers):
        if (shown := offer.converted) is not None:
            key = offer.price.currency, shown.amount.currency, shown.rate_on, shown.rate
            used[key] = used.get(key, 0) + 1
    return tuple(
        RateUsed(currency=currency, into=into, rate=rate, rate_on=rate_on, offers=count)
        for (currency, into, rate_on, rate), count in sorted(used.items())
    )
