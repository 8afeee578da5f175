"""A travel agency that buys from one supplier at its sandbox, and what the sandbox's own books say of that."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit import ordering
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import search
from adapters.kit.failures import Answered
from adapters.kit.ordering import Attempts
from adapters.kit.supplier import Selling, Step, Supplier
from domain.fitting import misfit
from domain.offers import Offer
from domain.orders import Cancellation, Order, OrderRequest, Quote, QuoteRequest
from domain.queries import Query
from tests.builders import hotel_query
from tests.conformance.exchanges import calling
from tests.conformance.folders import suppliers
from tests.conformance.parts import STEPS, Station, atlas
from tests.conformance.questions import QUERIES, order_request
from tests.conformance.sandboxed import Sandbox
from tests.memory_attempts import MemoryAttempts

# A street or two of hotels are enough to buy from.
_QUERIES: Final[Mapping[str, Query]] = {**QUERIES, "hotels": hotel_query(radius_km=1)}
_NUMBERS: Final = itertools.count(1)
# Shorter than any offer lives, by the sandbox's clock, which goes on from test to test.
_GOOD_FOR: Final = timedelta(minutes=8)
_ORDERS_OF_ONE_SEARCH: Final = 6
_OFFERS_TRIED: Final = 5
_PATIENCE: Final = timedelta(seconds=1)  # with an operation that is known to hang
_DEADLINE_SECONDS: Final = 30.0
_LOOKS_FOR_IT: Final = 600
_LOOK_AGAIN_SECONDS: Final = 0.05

# Step to the operations of its calls, in their order, and whether each only reads.
Rehearsal = Mapping[str, Mapping[str, bool]]


def sellers() -> Iterator[tuple[Supplier, str, Selling]]:
    """Every supplier that sells, once for each vertical."""
    for supplier in suppliers().values():
        for vertical, selling in supplier.sells.items():
            yield supplier, vertical, selling


def desks(*steps: str) -> Iterator[Station]:
    """Every operation of these steps of every seller."""
    for supplier, vertical, selling in sellers():
        for name in steps:
            step: Step | None = getattr(selling, name)
            for operation in dict.fromkeys(step.operations if step else ()):
                yield Station(slug=supplier.slug, part=f"{vertical}.{name}", operation=operation)


def each_seller(where: Callable[[Selling], bool] = lambda _: True) -> pytest.MarkDecorator:
    """A test that takes the fixture `agency` buys from each seller who sells so, at its first desk of booking."""
    stations = [
        Station(slug=supplier.slug, part=f"{vertical}.book", operation=selling.book.operations[0])
        for supplier, vertical, selling in sellers()
        if where(selling)
    ]
    return pytest.mark.parametrize(
        "agency", stations, indirect=True, ids=lambda station: f"{station.slug}-{station.part.partition('.')[0]}"
    )


class Market:
    """The offers of every seller, searched for again when too many of them were sold. One for each test process."""

    def __init__(self, address: str, controls: httpx.Client) -> None:
        self.sandbox: Final = Sandbox(address, controls)
        self._controls: Final = controls
        self._offers: Final[dict[tuple[str, str], list[Offer]]] = {}
        self._good_until: Final[dict[tuple[str, str], datetime]] = {}
        self._left: Final[dict[tuple[str, str], int]] = {}
        self.kept: Final[dict[tuple[str, str], Order]] = {}
        self._rehearsed: Final[dict[tuple[str, str], Rehearsal]] = {}

    def now(self) -> datetime:
        """By the sandbox's clock."""
        return msgspec.convert(self._controls.get("/_world").raise_for_status().json()["now"], datetime)

    async def offers(self, client: SupplierClient, vertical: str) -> list[Offer]:
        """The bookable ones that answer the question, and that nobody has bought."""
        key, query = (client.supplier.slug, vertical), _QUERIES[vertical]
        if self._left.get(key, 0) <= 0 or not self._offers[key] or self.now() > self._good_until[key]:
            found = await search(client, query, atlas(), deadline=Sandbox.soon(_DEADLINE_SECONDS))
            self._offers[key] = [offer for offer in found.offers if offer.bookable and misfit(query, offer) is None]
            self._good_until[key] = self.now() + _GOOD_FOR
            # Some sell only once from one search.
            self._left[key] = 1 if client.supplier.sells[vertical].refuses_duplicates else _ORDERS_OF_ONE_SEARCH
        assert self._offers[key], "there is nothing to buy"
        return self._offers[key]

    def sold(self, offer: Offer, vertical: str) -> None:
        key = offer.supplier, vertical
        self._left[key] -= 1
        self._offers[key].remove(offer)

    async def rehearsed(self, station: Station, client: SupplierClient) -> Rehearsal:
        """Everything bought once and given back, when nothing goes wrong."""
        key = station.slug, station.part.partition(".")[0]
        if key not in self._rehearsed:
            self._rehearsed[key] = await _rehearsal(Agency(self, station, client, {}))
        return self._rehearsed[key]


class Agency:
    """Buys `vertical` from `supplier`. `books` are its own, in memory; `station` is the operation that a test is about."""

    def __init__(
        self,
        market: Market,
        station: Station,
        client: SupplierClient,
        rehearsal: Rehearsal,
        books: MemoryAttempts | None = None,
    ) -> None:
        self.market: Final = market
        self.sandbox: Final = market.sandbox
        self.station: Final = station
        self.vertical: Final = station.part.partition(".")[0]
        self.client: Final = client
        self.rehearsal: Final = rehearsal
        self.books: Final = books or MemoryAttempts(now=market.now())

    @property
    def supplier(self) -> Supplier:
        return self.client.supplier

    @property
    def selling(self) -> Selling:
        return self.supplier.sells[self.vertical]

    @cached_property
    def url(self) -> str:
        return self.sandbox.url_of(self.supplier)

    # ---- buying ----

    async def offer(self) -> Offer:
        """One that nobody has bought: whoever buys it says so to the market."""
        return (await self.market.offers(self.client, self.vertical))[0]

    async def quote(self, offer: Offer, *, seconds: float = _DEADLINE_SECONDS) -> Quote:
        request = QuoteRequest(offer=offer, query=_QUERIES[self.vertical])
        return await ordering.quoted(self.client, request, deadline=Sandbox.soon(seconds))

    async def request(self) -> OrderRequest:
        """For an offer that nobody else buys, at its price of the moment, under a reference of its own."""
        for _ in range(_OFFERS_TRIED):
            offer = await self.offer()
            try:
                quote = await self.quote(offer)
            except Answered:  # sold out to others meanwhile
                self.market.sold(offer, self.vertical)
                continue
            return self.order_request(offer, quote)
        raise AssertionError(f"none of {_OFFERS_TRIED} offers has a quote")

    def order_request(self, offer: Offer, quote: Quote) -> OrderRequest:
        self.market.sold(offer, self.vertical)
        request = order_request(offer, _QUERIES[self.vertical], quote, f"THGOLD{next(_NUMBERS):012d}")
        return msgspec.structs.replace(request, sent_at=self.market.now())

    async def book(
        self,
        request: OrderRequest,
        books: Attempts | None = None,
        *,
        later: timedelta = timedelta(),
        seconds: float = _DEADLINE_SECONDS,
    ) -> Order:
        """`later`: by how much our clock has gone on since the moment of the sandbox's."""
        return await ordering.booked(
            self.client, request, books or self.books, deadline=Sandbox.soon(seconds),
            now=lambda: self.market.now() + later,
        )  # fmt: skip

    async def bought(self) -> Order:
        return await self.book(await self.request())

    async def kept(self) -> Order:
        """One that is bought once for all who only want to look at one."""
        key = self.supplier.slug, self.vertical
        if key not in self.market.kept:
            self.market.kept[key] = await self.bought()
        return self.market.kept[key]

    async def look(self, order: Order, *, seconds: float = _DEADLINE_SECONDS) -> Order:
        return await ordering.looked(self.client, self.vertical, order, deadline=Sandbox.soon(seconds))

    async def find(self, request: OrderRequest) -> Order | None:
        """The only order under the reference: two of them are a failure."""
        return await ordering.found(self.client, request, deadline=Sandbox.soon(_DEADLINE_SECONDS))

    async def cancel(self, order: Order, *, seconds: float = _DEADLINE_SECONDS) -> Cancellation:
        return await ordering.cancelled(self.client, self.vertical, order, deadline=Sandbox.soon(seconds))

    # ---- what goes wrong, and what the sandbox has seen ----

    def breaks(self, operation: str, **fault: Any) -> None:
        self.sandbox.breaks(self.supplier, operation, **fault)

    def plays(self, operation: str, outcome: str, **wish: Any) -> None:
        self.sandbox.plays(self.supplier, operation, outcome, **wish)

    def calls(self, operation: str) -> int:
        """How often the sandbox was asked for it, by its own books."""
        return len(self.sandbox.calls(self.supplier, operation))

    @property
    def creating(self) -> str:
        """The operation that makes an order: the first of booking that changes something."""
        return next(operation for operation, reads_only in self.rehearsal["book"].items() if not reads_only)

    def orders_sent(self) -> int:
        """How many calls that make an order came in, by the sandbox's own books."""
        return self.calls(self.creating)

    async def order_arrives(self) -> None:
        """Until a call that makes an order has come in, which only the sandbox's books can tell."""
        for _ in range(_LOOKS_FOR_IT):
            if self.orders_sent():
                return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        raise AssertionError("nothing was sent")

    @asynccontextmanager
    async def anew(self, *, impatient_with: str | None = None) -> AsyncIterator["Agency"]:
        """The same agency with the same books and a client that remembers nothing."""
        supplier = self.supplier
        if impatient_with is not None:
            patience = {**supplier.patience, impatient_with: _PATIENCE}
            supplier = msgspec.structs.replace(supplier, patience=patience)
        async with calling(supplier, self.url) as client:
            yield Agency(self.market, self.station, client, self.rehearsal, self.books)


@asynccontextmanager
async def open_agency(market: Market, station: Station) -> AsyncIterator[Agency]:
    """At a sandbox with empty books and nothing that goes wrong."""
    market.sandbox.reset()
    supplier = hurried(suppliers()[station.slug])
    async with calling(supplier, market.sandbox.url_of(supplier)) as client:
        rehearsal = await market.rehearsed(station, client)
        market.sandbox.reset()
        yield Agency(market, station, client, rehearsal)


def hurried(supplier: Supplier) -> Supplier:
    """The same supplier, at a sandbox that answers at once: nobody has to wait between two calls."""
    sells = {vertical: _hurried_selling(selling) for vertical, selling in supplier.sells.items()}
    return msgspec.structs.replace(supplier, sells=sells)


def _hurried_selling(selling: Selling) -> Selling:
    steps = {name: step for name in (*STEPS, "pay") if (step := getattr(selling, name)) is not None}
    return msgspec.structs.replace(selling, **{name: _hurried_step(step) for name, step in steps.items()})


def _hurried_step(step: Step) -> Step:
    def read(reply: Reply, call: Call, about: Any) -> Readout[Any]:
        readout = step.read(reply, call, about)
        return msgspec.structs.replace(readout, wait=0.001) if readout.wait else readout

    return msgspec.structs.replace(step, read=read)


async def _rehearsal(agency: Agency) -> Mapping[str, Mapping[str, bool]]:
    told: dict[str, dict[str, bool]] = {name: {} for name in STEPS}

    def noting(name: str, step: Step) -> Step:
        def ask(about: Any) -> Call:
            return note(step.ask(about))

        def read(reply: Reply, call: Call, about: Any) -> Readout[Any]:
            readout = step.read(reply, call, about)
            if readout.next is not None:
                note(readout.next)
            return readout

        def note(call: Call) -> Call:
            told[name][call.operation] = call.reads_only
            return call

        return msgspec.structs.replace(step, ask=ask, read=read)

    steps = {name: noting(name, step) for name in STEPS if (step := getattr(agency.selling, name)) is not None}
    noted = msgspec.structs.replace(agency.selling, **steps)
    supplier = msgspec.structs.replace(agency.supplier, sells={agency.vertical: noted})
    async with calling(supplier, agency.url) as client:
        buyer = Agency(agency.market, agency.station, client, {})
        request = await buyer.request()
        order = await buyer.book(request)
        if noted.look is not None:
            await buyer.look(order)
        if noted.find is not None:
            await buyer.find(request)
        if noted.cancel.operations:
            await buyer.cancel(order)
    return told
