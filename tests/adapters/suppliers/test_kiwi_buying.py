"""Buying from Kiwi, against its own sandbox: checked, saved, paid, and all that goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit import ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import search
from adapters.kit.drift import sampled
from adapters.kit.failures import Answered, TryLater, Unknown
from adapters.kit.supplier import Step
from adapters.suppliers.kiwi import SUPPLIER, places
from adapters.suppliers.kiwi.multi import ask_multi, read_multi
from adapters.suppliers.kiwi.sandbox import create_app
from domain.enquiries import PlaceEnquiry
from domain.flights import Itinerary
from domain.offers import Offer
from domain.orders import ChosenExtra, Order, OrderRequest, OrderStatus, Quote, QuoteRequest, QuoteStatus, Reason
from domain.queries import FlightQuery
from domain.travellers import Age, Traveller
from sandbox.outcomes import Wish
from sandbox.world import World
from tests.builders import DEPARTURE, NOW, contact, flight_query, traveller
from tests.conformance.parts import atlas
from tests.memory_attempts import MemoryAttempts

REFERENCE: Final = "TH2345ABCDEF"
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=9)
AMELIA: Final = traveller()
CHILD: Final = traveller(given_name="Bertha", born_on=date(2018, 5, 5), age=Age.CHILD)
INFANT: Final = traveller(given_name="Clara", born_on=date(2026, 5, 5), age=Age.INFANT)
SAVE, CONFIRM = "/v2/booking/save_booking", "/v2/booking/confirm_payment"
CHECK: Final = "/v2/booking/check_flights"


def hurried(step: Step) -> Step:
    """The same step at a sandbox that nobody has to wait for."""

    def read(reply: Reply, call: Call, about: Any) -> Readout[Any]:
        readout = step.read(reply, call, about)
        return msgspec.structs.replace(readout, wait=0.001) if readout.wait else readout

    return msgspec.structs.replace(step, read=read)


SELLING: Final = SUPPLIER.sells["flights"]
HURRIED: Final = msgspec.structs.replace(
    SUPPLIER, sells={"flights": msgspec.structs.replace(SELLING, quote=hurried(SELLING.quote))}
)


class Line(httpx.AsyncBaseTransport):
    """The way to a pretend Tequila, over a world whose clock stands until it is moved.

    `cut_after` is the path of a call whose answer gets lost on its way back. `bodies` are the last answers, by path.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.world: Final = World(seed=1, clock=lambda: self.now)
        self.cut_after: str | None = None
        self.calls: Final[list[str]] = []
        self.bodies: Final[dict[str, bytes]] = {}
        self._app: Final = httpx.ASGITransport(app=create_app(self.world))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.calls.append(path)
        response = await self._app.handle_async_request(request)
        self.bodies[path] = await response.aread()
        if path == self.cut_after:
            self.cut_after = None
            raise httpx.ReadError("the line was cut", request=request)
        return response

    def wish(self, operation: str, outcome: str, *, count: int | None = 1) -> None:
        self.world.outcomes.add(Wish(supplier="kiwi", operation=operation, outcome=outcome, count=count))

    def sent(self, path: str) -> int:
        return self.calls.count(path)

    def told(self, path: str) -> Any:
        return msgspec.json.decode(self.bodies[path])


class Agency:
    """One traveller's agent, with books of its own."""

    def __init__(self, line: Line, client: SupplierClient) -> None:
        self.line: Final = line
        self.client: Final = client
        self.books: Final = MemoryAttempts()

    @property
    def deadline(self) -> float:
        return asyncio.get_running_loop().time() + 30

    async def offers(self, query: FlightQuery) -> tuple[Offer, ...]:
        found = await search(self.client, query, atlas(), deadline=self.deadline)
        assert found.skipped == ()
        return found.offers

    async def quote(self, offer: Offer, query: FlightQuery) -> Quote:
        return await ordering.quoted(self.client, QuoteRequest(offer=offer, query=query), deadline=self.deadline)

    async def request(self, query: FlightQuery | None = None, *travellers: Traveller) -> OrderRequest:
        """Everything up to the booking itself, of the cheapest there is."""
        asked = query or flight_query()
        offer = (await self.offers(asked))[0]
        return OrderRequest(
            reference=REFERENCE,
            offer=offer,
            query=asked,
            quote=await self.quote(offer, asked),
            travellers=travellers or (AMELIA,),
            contact=contact(),
            sent_at=NOW,
        )

    async def book(self, request: OrderRequest) -> Order:
        return await ordering.booked(self.client, request, self.books, deadline=self.deadline, now=lambda: NOW)

    async def no_quote(self, query: FlightQuery | None = None) -> Reason | None:
        """Why the cheapest offer of a search has none."""
        asked = query or flight_query()
        offer = (await self.offers(asked))[0]
        with pytest.raises(Answered) as failure:
            await self.quote(offer, asked)
        return failure.value.reason

    async def no_booking(self, request: OrderRequest) -> Reason | None:
        with pytest.raises(Answered) as failure:
            await self.book(request)
        return failure.value.reason


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def agency(line: Line) -> AsyncIterator[Agency]:
    access = Access(base_url="http://tequila.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
    client = SupplierClient(HURRIED, access, shared=None, over=line, chance=lambda: 0.0)
    yield Agency(line, client)
    await client.aclose()


def changed(request: OrderRequest, **fields: Any) -> OrderRequest:
    return msgspec.structs.replace(request, **fields)


# ---- the whole way ----


async def test_a_seat_is_checked_saved_and_paid_once_each(agency: Agency) -> None:
    request = await agency.request()
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    assert request.quote.expires_at == request.offer.expires_at
    order = await agency.book(request)
    assert (order.supplier, order.price, order.id) == ("kiwi", request.quote.price, order.handle["booking_id"])
    assert (agency.line.sent(SAVE), agency.line.sent(CONFIRM)) == (1, 1)


async def test_what_is_paid_is_pending_since_tickets_are_written_later(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    assert (order.status, order.hold_until) == (OrderStatus.PENDING, None)


async def test_the_parts_of_a_quote_add_up(agency: Agency) -> None:
    quote = (await agency.request()).quote
    assert quote.price_components
    assert sum(part.amount.amount for part in quote.price_components) == quote.price.amount


async def test_a_quote_tells_what_further_bags_cost_and_which_documents_are_wanted(agency: Agency) -> None:
    extra = (await agency.request()).quote.supplier_extra
    assert extra["documents"] == "with the booking"
    assert extra["hold_bag 0"].startswith("hold_bag, ")
    assert "23 kg" in extra["hold_bag 0"]
    assert extra["hand_bag 1"].endswith("for adult or child")


async def test_a_family_flies_there_and_back(agency: Agency) -> None:
    query = flight_query(return_date=DEPARTURE + timedelta(days=7), children=1, infants=1)
    request = await agency.request(query, AMELIA, CHILD, INFANT)
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    order = await agency.book(request)
    assert order.status is OrderStatus.PENDING
    told = agency.line.told(SAVE)
    assert [one["category"] for one in told["passengers"]] == ["adult", "child", "infant"]
    assert len(told["baggage"]) == 6


async def test_a_booking_can_neither_be_looked_at_nor_found(agency: Agency) -> None:
    request = await agency.request()
    order = await agency.book(request)
    with pytest.raises(LookupError):
        await ordering.looked(agency.client, "flights", order, deadline=agency.deadline)
    with pytest.raises(LookupError):
        await ordering.found(agency.client, request, deadline=agency.deadline)


async def test_a_booking_is_cancelled_by_people_however_often_one_asks(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    calls = len(agency.line.calls)
    for _ in range(2):
        with pytest.raises(Answered) as failure:
            await ordering.cancelled(agency.client, "flights", order, deadline=agency.deadline)
        assert failure.value.reason is Reason.NOT_CANCELLABLE
    assert len(agency.line.calls) == calls


async def test_a_booking_that_nobody_knows_is_not_cancelled_either(agency: Agency) -> None:
    stranger = Order(supplier="kiwi", id="1", status=OrderStatus.CONFIRMED)
    with pytest.raises(Answered) as failure:
        await ordering.cancelled(agency.client, "flights", stranger, deadline=agency.deadline)
    assert failure.value.reason is Reason.NOT_CANCELLABLE


# ---- checking ----


async def test_trap_a_check_is_asked_again_until_it_is_final(agency: Agency) -> None:
    await agency.request()
    assert agency.line.sent(CHECK) in (2, 3)


async def test_a_check_that_never_ends_is_left_for_later(agency: Agency) -> None:
    query = flight_query()
    offer = (await agency.offers(query))[0]
    agency.line.wish("check", "pending", count=None)
    with pytest.raises(TryLater):
        await agency.quote(offer, query)
    assert agency.line.sent(CHECK) == SELLING.quote.at_most == 13


async def test_trap_a_quote_is_in_euros_whatever_was_asked_for(agency: Agency) -> None:
    """So is the offer, and the price that was seen is the one that will be charged; what it comes to is told beside it."""
    query = flight_query(currency="GBP")
    request = await agency.request(query)
    assert (request.offer.price.currency, request.quote.price.currency) == ("EUR", "EUR")
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    assert Decimal(request.quote.supplier_extra["about_GBP"]) < request.offer.price.amount
    order = await agency.book(request)
    assert order.price == request.quote.price


async def test_a_flight_that_is_sold_out_meanwhile_has_no_quote(agency: Agency) -> None:
    agency.line.wish("check", "sold_out")
    assert await agency.no_quote() is Reason.SOLD_OUT


async def test_a_flight_whose_last_seats_somebody_else_took_has_no_quote(agency: Agency) -> None:
    query = flight_query()
    offer = (await agency.offers(query))[0]
    sell_out(agency.line.world, offer)
    with pytest.raises(Answered) as failure:
        await agency.quote(offer, query)
    assert failure.value.reason is Reason.SOLD_OUT


async def test_trap_a_token_lives_for_half_an_hour(agency: Agency) -> None:
    query = flight_query()
    offer = (await agency.offers(query))[0]
    agency.line.now += timedelta(minutes=30)
    assert await agency.quote(offer, query)
    agency.line.now += timedelta(seconds=1)
    with pytest.raises(Answered) as failure:
        await agency.quote(offer, query)
    assert failure.value.reason is Reason.EXPIRED


async def test_trap_a_price_that_has_changed_stays_so_for_the_session(agency: Agency) -> None:
    """Whoever agrees to the new price books at it: the flag is still up, and says nothing new."""
    query = flight_query()
    offer = (await agency.offers(query))[0]
    agency.line.wish("check", "price_changed")
    quote = await agency.quote(offer, query)
    assert quote.status(offer) is QuoteStatus.CHANGED
    assert quote.supplier_extra["price_change"] == "true"
    request = OrderRequest(
        reference=REFERENCE,
        offer=offer,
        query=query,
        quote=quote,
        travellers=(AMELIA,),
        contact=contact(),
        sent_at=NOW,
    )
    assert (await agency.book(request)).price == quote.price
    assert agency.line.told(SAVE)["price_change"] is True


# ---- what can go wrong with a booking ----


async def test_nothing_is_paid_when_the_price_moves_at_the_last_moment(agency: Agency) -> None:
    request = await agency.request()
    agency.line.wish("save", "price_changed")
    assert await agency.no_booking(request) is Reason.PRICE_CHANGED
    assert agency.line.sent(CONFIRM) == 0


async def test_nothing_is_paid_when_the_flight_is_sold_out_at_the_last_moment(agency: Agency) -> None:
    request = await agency.request()
    agency.line.wish("save", "sold_out")
    assert await agency.no_booking(request) is Reason.SOLD_OUT
    assert agency.line.sent(CONFIRM) == 0


@pytest.mark.parametrize("wished", [True, False])
async def test_whoever_comes_too_late_has_to_search_again(agency: Agency, *, wished: bool) -> None:
    request = await agency.request()
    if wished:
        agency.line.wish("save", "expired")
    else:
        agency.line.now += timedelta(minutes=31)
    assert await agency.no_booking(request) is Reason.EXPIRED


@pytest.mark.parametrize(("outcome", "reason"), [("declined", Reason.DECLINED), ("expired", Reason.EXPIRED)])
async def test_a_payment_that_fails_is_a_no(agency: Agency, outcome: str, reason: Reason) -> None:
    request = await agency.request()
    agency.line.wish("confirm", outcome)
    assert await agency.no_booking(request) is reason
    assert await agency.no_booking(request) is reason  # from our own books
    assert (agency.line.sent(SAVE), agency.line.sent(CONFIRM)) == (1, 1)


async def test_trap_a_lost_answer_to_a_booking_is_unknown_and_it_is_never_sent_again(agency: Agency) -> None:
    request = await agency.request()
    agency.line.cut_after = SAVE
    for _ in range(2):
        with pytest.raises(Unknown) as doubt:
            await agency.book(request)
        assert doubt.value.order is None
    assert (agency.line.sent(SAVE), agency.line.sent(CONFIRM)) == (1, 0)


async def test_trap_a_lost_answer_to_a_payment_is_unknown_with_the_number_of_the_booking(agency: Agency) -> None:
    request = await agency.request()
    agency.line.cut_after = CONFIRM
    with pytest.raises(Unknown) as doubt:
        await agency.book(request)
    held = doubt.value.order
    assert held is not None
    told = agency.line.told(SAVE)
    assert (held.status, held.id, held.price) == (OrderStatus.HELD, str(told["booking_id"]), request.quote.price)
    assert held.handle["transaction_id"] == told["transaction_id"]
    assert held.hold_until is not None
    with pytest.raises(Unknown):
        await agency.book(request)
    assert (agency.line.sent(SAVE), agency.line.sent(CONFIRM)) == (1, 1)


async def test_nothing_is_held_without_paying(agency: Agency) -> None:
    request = changed(await agency.request(), hold=True)
    assert await agency.no_booking(request) is Reason.NOT_POSSIBLE
    assert agency.line.sent(SAVE) == 0


async def test_extras_are_not_sold(agency: Agency) -> None:
    request = changed(await agency.request(), extras=(ChosenExtra(code="hold_bag 0"),))
    assert await agency.no_booking(request) is Reason.NOT_POSSIBLE
    assert agency.line.sent(SAVE) == 0


async def test_travellers_that_were_not_searched_for_are_not_booked(agency: Agency) -> None:
    for travellers in ((AMELIA, AMELIA), (CHILD,), (AMELIA, INFANT)):
        request = changed(await agency.request(), travellers=travellers)
        assert await agency.no_booking(request) is Reason.INVALID_TRAVELLER
        agency.books.held.clear()
    assert agency.line.sent(SAVE) == 0


# ---- stock ----


async def test_seats_of_a_booking_that_nobody_paid_come_back_after_ninety_minutes(agency: Agency) -> None:
    request = await agency.request()
    agency.line.wish("confirm", "declined")
    await agency.no_booking(request)
    sell_out(agency.line.world, request.offer)
    assert not await sold_again(agency, request.offer)
    agency.line.now += timedelta(minutes=91)
    assert await sold_again(agency, request.offer)


async def test_seats_that_are_paid_do_not_come_back(agency: Agency) -> None:
    request = await agency.request()
    await agency.book(request)
    sell_out(agency.line.world, request.offer)
    agency.line.now += timedelta(minutes=91)
    assert not await sold_again(agency, request.offer)


async def test_a_test_booking_takes_no_seat(agency: Agency) -> None:
    request = await agency.request(flight_query(), traveller(given_name="test", surname="test"))
    order = await agency.book(request)
    told = agency.line.told(SAVE)
    assert told["sandbox"] is True
    assert order.handle["transaction_id"] == f"sandbox_{order.id}"


async def sold_again(agency: Agency, offer: Offer) -> bool:
    """Whether the same flights can be had in any fare."""
    return any(one.product == offer.product for one in await agency.offers(flight_query()))


def sell_out(world: World, offer: Offer) -> None:
    """Takes every seat of the offer's flights, for all other sellers."""
    assert isinstance(offer.product, Itinerary)
    numbers = [(one.carrier, one.number) for one in offer.product.segments]
    for way in world.journeys("LHR", "JFK", DEPARTURE):
        if [(leg.carrier, str(leg.number)) for leg in way.legs] == numbers:
            for fare in reversed(world.fares(way, "economy")):
                left = next(one.seats for one in world.fares(way, "economy") if one.family == fare.family)
                if left:
                    assert world.sell(way.id, fare.family, "economy", left)


# ---- several cities ----


async def test_a_journey_over_several_cities_is_found_and_can_be_bought(agency: Agency) -> None:
    legs = (("LHR", "JFK", DEPARTURE), ("JFK", "LAX", DEPARTURE + timedelta(days=4)))
    call = ask_multi(legs, "EUR")
    reply = await agency.client.answered(call, deadline=agency.deadline)
    found = read_multi(reply, legs, "EUR", atlas())
    assert found.skipped == ()
    assert len(found.records) > 5
    offer = found.records[0]
    assert [(part.origin, part.destination) for part in offer.product.slices] == [("LHR", "JFK"), ("JFK", "LAX")]
    quote = await agency.quote(offer, flight_query())
    assert quote.status(offer) is QuoteStatus.SAME


# ---- places ----


async def test_airports_are_found_by_a_name_and_by_a_code(agency: Agency) -> None:
    for text in ("Heathrow", "LHR"):
        enquiry = PlaceEnquiry(text=text)
        call = places.ask(enquiry)
        reply = await agency.client.answered(call, deadline=agency.deadline)
        found = places.read(reply, call, enquiry, atlas())
        assert found.skipped == ()
        (heathrow,) = [one for one in found.records if one.iata == "LHR"]
        assert (heathrow.country, heathrow.timezone, heathrow.city_code) == ("GB", "Europe/London", "LON")


# ---- words ----


async def test_we_know_every_word_that_the_sandbox_says(agency: Agency) -> None:
    await agency.book(await agency.request(flight_query(return_date=DEPARTURE + timedelta(days=7))))
    legs = (("LHR", "JFK", DEPARTURE), ("JFK", "LAX", DEPARTURE + timedelta(days=4)))
    for call in (ask_multi(legs, "GBP"), places.ask(PlaceEnquiry(text="London"))):
        await agency.client.answered(call, deadline=agency.deadline)
    paths = {
        "search": "/v2/search",
        "multi": "/v2/flights_multi",
        "check": CHECK,
        "save": SAVE,
        "confirm": CONFIRM,
        "locations": "/locations/query",
    }
    assert paths.keys() == SUPPLIER.shapes.keys()
    for operation, path in paths.items():
        told = sampled(agency.line.bodies[path], SUPPLIER.shapes[operation])
        assert told is not None
        assert told.read
        assert told.unknown == {}, operation
