"""What our suppliers sell of one world, joined as a search joins it, and held against the world's own truth."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit import conversation
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.client import SupplierClient
from adapters.kit.registry import suppliers
from adapters.open_data.airports import airports
from domain.matching.verticals import MERGED
from domain.offers import FlightOffer, Offer, RentalOffer
from domain.places import Atlas
from domain.queries import Cabin, CarQuery, FlightQuery, Query
from sandbox.server import create_app
from sandbox.world import World

NOW: Final = datetime(2027, 1, 15, 12, tzinfo=UTC)
DAY: Final = date(2027, 3, 16)
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=8)

# Short and long, with and without partners, in every cabin.
ROUTES: Final = (
    ("LHR", "JFK", Cabin.ECONOMY),
    ("FRA", "BCN", Cabin.ECONOMY),
    ("CDG", "DUS", Cabin.ECONOMY),
    ("AMS", "NRT", Cabin.PREMIUM_ECONOMY),
    ("LHR", "SYD", Cabin.BUSINESS),
    ("SFO", "HND", Cabin.FIRST),
)
# In pounds, euros and dollars: with counters in several terminals, behind a bus and in town.
AIRPORTS: Final = (("LHR", "GBP"), ("CDG", "EUR"), ("JFK", "USD"))


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of offers: joined and truly one, joined and not, one and not joined."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def judged(offers: Sequence[Offer], vertical: str, truth: Mapping[str, Hashable]) -> Judged:
    """`truth` tells by an offer's id what it is of."""
    result_of = {offer.id: result.id for result in MERGED[vertical](offers) for offer in result.offers}
    pairs = Counter(
        (result_of[one.id] == result_of[other.id], truth[one.id] == truth[other.id])
        for one, other in combinations(offers, 2)
    )
    return Judged(right=pairs[True, True], wrong=pairs[True, False], missed=pairs[False, True])


class Market:
    """Every supplier at one world, through its own adapter, and what the world says of itself."""

    def __init__(self, clients: Iterable[SupplierClient], pages: httpx.AsyncClient) -> None:
        self._clients: Final = tuple(clients)
        self._pages: Final = pages
        self._atlas: Final = Atlas(airports().records)

    async def sold(self, query: Query) -> list[Any]:
        until = asyncio.get_running_loop().time() + 60
        asked = [client for client in self._clients if query.vertical in client.supplier.searches]
        found = [await conversation.search(client, query, self._atlas, deadline=until) for client in asked]
        assert all(each.offers and each.cut_short is None for each in found)
        return [offer for each in found for offer in each.offers]

    async def told(self, page: str, **asked: str) -> Any:
        return (await self._pages.get(f"/_world/{page}", params=asked)).raise_for_status().json()


@pytest.fixture
async def market() -> AsyncIterator[Market]:
    app: Any = create_app(world=World(seed=1, clock=lambda: NOW))
    over = httpx.ASGITransport(app)
    async with AsyncExitStack() as stack:
        clients = []
        for slug, supplier in suppliers().items():
            access = Access(
                base_url=f"http://sandbox/{slug}", secrets=supplier.sandbox_secrets, budget=ROOMY, live=False
            )
            clients.append(SupplierClient(supplier, access, shared=None, over=over))
            stack.push_async_callback(clients[-1].aclose)
        pages = await stack.enter_async_context(httpx.AsyncClient(transport=over, base_url="http://sandbox"))
        yield Market(clients, pages)


async def test_flights_are_joined_exactly_where_the_same_aircraft_fly(market: Market) -> None:
    """Both sellers tell carrier, number and cabin of every segment, so nothing may be missed either."""
    across = 0
    for origin, destination, cabin in ROUTES:
        told = await market.told("flights", origin=origin, destination=destination, date=str(DAY))
        flown = dict(flown_as(journey["legs"]) for journey in told["journeys"])
        query = FlightQuery(origin=origin, destination=destination, departure_date=DAY, cabin=cabin, currency="EUR")
        offers = await market.sold(query)
        aircraft_of = {offer.id: flown[as_sold(offer)] for offer in offers}
        found = judged(offers, "flights", aircraft_of)
        assert (found.precision, found.recall) == (1.0, 1.0), f"{origin}-{destination}: {found}"
        across += sum(len({offer.supplier for offer in each.offers}) > 1 for each in MERGED["flights"](offers))
    assert across > 50  # journeys that more than one supplier sells


async def test_cars_are_joined_exactly_where_brand_class_and_counter_are_the_same(market: Market) -> None:
    """No brand is sold by two suppliers here, so the danger is a brand's own counters: terminal, shuttle bus and town."""
    counters = 0
    for airport, currency in AIRPORTS:
        at, until = datetime.combine(DAY, time(10)), datetime.combine(DAY + timedelta(days=5), time(10))
        query = CarQuery(
            pick_up=airport, drop_off=airport, pick_up_at=at, drop_off_at=until,
            driver_age=35, currency=currency, market="DE",
        )  # fmt: skip
        offers = await market.sold(query)
        found = judged(offers, "cars", {offer.id: rented(offer) for offer in offers})
        assert (found.precision, found.recall) == (1.0, 1.0), f"{airport}: {found}"
        told = await market.told("cars", airport=airport, pick_up_at=at.isoformat(), drop_off_at=until.isoformat())
        stations = {(seller, car["station"]["id"]) for car in told["cars"] for seller in car["sold_by"]}
        seen = {rented(offer)[2:4] for offer in offers}
        assert len(seen) <= len(stations)
        counters += len(seen)
    assert counters > 3 * len(AIRPORTS)  # so that there is something to mistake for each other


def as_sold(offer: FlightOffer) -> Hashable:
    return tuple(
        (segment.carrier, segment.number, segment.origin, segment.destination, segment.departs_at.isoformat()[:16])
        for segment in offer.product.segments
    )


def flown_as(legs: list[dict[str, Any]]) -> tuple[Hashable, Hashable]:
    """What is printed on the tickets of a journey, and which aircraft fly it."""
    sold = (
        (leg["carrier"], str(leg["number"]), leg["origin"], leg["destination"], leg["departs"][:16]) for leg in legs
    )
    flown = ((leg["operating_carrier"], leg["operating_number"], leg["origin"], leg["departs"][:10]) for leg in legs)
    return tuple(sold), tuple(flown)


def rented(offer: RentalOffer) -> tuple[str, ...]:
    """What is true of it: a supplier's code names one counter."""
    rental = offer.product
    return rental.vendor, rental.car.acriss, offer.supplier, rental.pick_up.code, rental.drop_off.code
