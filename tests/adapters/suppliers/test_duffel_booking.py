"""Buying from Duffel, against its own sandbox: quote, book, look, find, pay, cancel, and all that goes wrong on the way."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from typing import Final

import httpx
import msgspec
import pytest

from adapters.kit import ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages, search
from adapters.kit.failures import Answered, GiveUp, Unknown
from adapters.suppliers.duffel import SUPPLIER
from adapters.suppliers.duffel.booking import BOOK, QUOTE
from adapters.suppliers.duffel.orders import CANCEL, FIND, LOOK, PAY
from adapters.suppliers.duffel.sandbox import create_app
from domain.cancellation import Ladder
from domain.flights import Itinerary
from domain.offers import FlightConditions, Offer
from domain.orders import (
    Cancellation,
    CancellationStatus,
    ChosenExtra,
    Locator,
    Order,
    OrderRequest,
    OrderStatus,
    Quote,
    QuoteRequest,
    QuoteStatus,
    Reason,
)
from domain.queries import FlightQuery
from domain.travellers import Age, Document, Gender, Title, Traveller
from sandbox.outcomes import Wish
from sandbox.world import World
from tests.builders import ATLAS, DEPARTURE, NOW, contact, flight_query, money, traveller
from tests.memory_attempts import MemoryAttempts

REFERENCE: Final = "TH2345ABCDEF"
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=9)
ADA: Final = traveller()
CHILD: Final = traveller(given_name="Bertha", born_on=date(2018, 5, 5), age=Age.CHILD)
INFANT: Final = traveller(given_name="Clara", born_on=date(2026, 5, 5), age=Age.INFANT)


class Line(httpx.AsyncBaseTransport):
    """The way to a pretend Duffel, over a world whose clock stands until it is moved.

    `cut_after` is the path of a call whose answer gets lost on its way back.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.world: Final = World(seed=1, clock=lambda: self.now)
        self.cut_after: str | None = None
        self.moves_after_202 = timedelta()
        self.calls: Final[list[tuple[str, str]]] = []
        self._app: Final = httpx.ASGITransport(app=create_app(self.world))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.method, request.url.path))
        response = await self._app.handle_async_request(request)
        if response.status_code == 202:
            self.now += self.moves_after_202
        if self.cut_after and request.method == "POST" and request.url.path.endswith(self.cut_after):
            self.cut_after = None
            raise httpx.ReadError("the line was cut", request=request)
        return response

    def wish(self, operation: str, outcome: str, *, seconds: float | None = None) -> None:
        """The next call of the operation ends so."""
        self.world.outcomes.add(Wish(supplier="duffel", operation=operation, outcome=outcome, seconds=seconds))

    def sent(self, path: str) -> int:
        return sum(method == "POST" and called == path for method, called in self.calls)


@pytest.fixture
def line() -> Line:
    return Line()


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
        found = await search(self.client, query, ATLAS, deadline=self.deadline)
        assert found.skipped == ()
        return found.offers

    async def offer(self, query: FlightQuery, *, free: bool = False, held: bool = False) -> Offer:
        """The cheapest; `free`: one that costs something to cancel, but not everything; `held`: one that waits."""
        for offer in await self.offers(query):
            terms = offer.conditions
            assert isinstance(terms, FlightConditions)
            waits = offer.supplier_extra["payment"] == "at once or later"
            if (not free or _refunds(terms.cancellation, offer)) and (not held or waits):
                return offer
        raise AssertionError("nobody sells that")

    async def quote(self, offer: Offer, query: FlightQuery) -> Quote:
        request = QuoteRequest(offer=offer, query=query)
        return await ordering.quoted(self.client, request, deadline=self.deadline)

    async def request(
        self,
        query: FlightQuery,
        *travellers: Traveller,
        free: bool = False,
        hold: bool = False,
        extras: int = 0,
        reference: str = REFERENCE,
    ) -> OrderRequest:
        """Everything up to the order itself."""
        offer = await self.offer(query, free=free, held=hold)
        quote = await self.quote(offer, query)
        bags = [name.removeprefix("service ") for name in quote.handle if name.startswith("service ")]
        return OrderRequest(
            reference=reference,
            offer=offer,
            query=query,
            quote=quote,
            travellers=travellers or (ADA,),
            contact=contact(),
            sent_at=NOW,
            extras=tuple(ChosenExtra(code=bag) for bag in bags[:extras]),
            hold=hold,
        )

    async def book(self, request: OrderRequest, *, later: timedelta = timedelta()) -> Order:
        return await ordering.booked(self.client, request, self.books, deadline=self.deadline, now=lambda: NOW + later)

    async def found(self, request: OrderRequest) -> Order | None:
        return await ordering.found(self.client, request, deadline=self.deadline)

    async def look(self, order: Order) -> Order:
        return await ordering.looked(self.client, "flights", order, deadline=self.deadline)

    async def pay(self, order: Order) -> Order:
        readouts = pages(
            self.client,
            PAY.ask(order),
            lambda reply, call: PAY.read(reply, call, order),
            at_most=PAY.at_most,
            deadline=lambda: self.deadline,
        )
        records = [record async for readout in readouts for record in readout.records]
        paid = records[-1]
        assert isinstance(paid, Order)
        return paid

    async def cancel(self, order: Order) -> Cancellation:
        return await ordering.cancelled(self.client, "flights", order, deadline=self.deadline)


def _refunds(ladder: Ladder | None, offer: Offer) -> bool:
    fee = ladder.fee_at(NOW) if ladder else offer.price
    return fee is None or fee < offer.price


@pytest.fixture
async def agency(line: Line) -> AsyncIterator[Agency]:
    access = Access(base_url="http://duffel.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
    client = SupplierClient(SUPPLIER, access, shared=None, over=line, chance=lambda: 0.0)
    yield Agency(line, client)
    await client.aclose()


async def refusal(agency: Agency, request: OrderRequest) -> Reason | None:
    with pytest.raises(Answered) as failure:
        await agency.book(request)
    return failure.value.reason


# ---- the whole way ----


async def test_a_seat_is_quoted_booked_looked_at_found_and_cancelled(agency: Agency) -> None:
    request = await agency.request(flight_query(), free=True)
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    assert request.quote.price_components
    order = await agency.book(request)
    assert (order.status, order.price, order.reference) == (OrderStatus.CONFIRMED, request.quote.price, REFERENCE)
    assert order.id.startswith("ord_")
    (locator,) = order.locators
    assert locator == Locator(issuer=journey(request.offer).segments[0].carrier, code=locator.code)
    assert "electronic_ticket" in order.supplier_extra["tickets"]
    assert await agency.look(order) == order
    assert await agency.found(request) == order
    cancelled = await agency.cancel(order)
    assert cancelled.status is CancellationStatus.CANCELLED
    assert (await agency.look(order)).status is OrderStatus.CANCELLED


async def test_the_fee_of_a_cancellation_is_the_one_that_the_ladder_told(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query(), free=True))
    assert order.cancellation is not None
    assert order.price is not None
    cancelled = await agency.cancel(order)
    assert cancelled.refund is not None
    assert cancelled.fee == order.price - cancelled.refund
    assert cancelled.fee == (order.cancellation.fee_at(NOW) or money("0.00"))


async def test_an_order_tells_the_same_ladder_as_its_offer(agency: Agency) -> None:
    request = await agency.request(flight_query(), free=True)
    order = await agency.book(request)
    terms = request.offer.conditions
    assert isinstance(terms, FlightConditions)
    assert order.cancellation == terms.cancellation


async def test_the_seats_of_a_cancelled_order_can_be_sold_again(agency: Agency) -> None:
    """Somebody buys all seats that are left: only the cancellation makes room for the next one."""
    request = await agency.request(flight_query())
    order = await agency.book(request)
    sell_out(agency.line.world, request.offer)
    late = await agency.offers(flight_query())
    assert same_flights(request.offer) not in map(same_flights, late)
    await agency.cancel(order)
    again = await agency.offers(flight_query())
    assert same_flights(request.offer) in map(same_flights, again)


def same_flights(offer: Offer) -> tuple[object, ...]:
    terms = offer.conditions
    assert isinstance(terms, FlightConditions)
    return offer.product, terms.fare_family


def journey(offer: Offer) -> Itinerary:
    assert isinstance(offer.product, Itinerary)
    return offer.product


def sell_out(world: World, offer: Offer) -> None:
    """Takes every seat of the offer's flights at every fare, for all other sellers."""
    flights = [(one.carrier, str(one.number)) for one in journey(offer).segments]
    for way in world.journeys("LHR", "JFK", DEPARTURE):
        if [(leg.carrier, str(leg.number)) for leg in way.legs] == flights:
            for fare in reversed(world.fares(way, "economy")):
                left = next(one.seats for one in world.fares(way, "economy") if one.family == fare.family)
                if left:
                    assert world.sell(way.id, fare.family, "economy", left)


async def test_a_cancellation_of_what_is_cancelled_is_answered(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    await agency.cancel(order)
    with pytest.raises(Answered) as failure:
        await agency.cancel(order)
    assert failure.value.reason is Reason.ALREADY_CANCELLED


async def test_an_order_that_the_airline_does_not_cancel_stays(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    agency.line.wish("cancel", "not_cancellable")
    with pytest.raises(Answered) as failure:
        await agency.cancel(order)
    assert failure.value.reason is Reason.NOT_CANCELLABLE
    assert (await agency.look(order)).status is OrderStatus.CONFIRMED


async def test_nobody_cancels_a_flight_that_has_left(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    agency.line.now += timedelta(days=60)
    with pytest.raises(Answered) as failure:
        await agency.cancel(order)
    assert failure.value.reason is Reason.NOT_CANCELLABLE


async def test_an_order_that_nobody_made_is_none(agency: Agency) -> None:
    nobody_s = Order(supplier="duffel", id="ord_x", status=OrderStatus.CONFIRMED, handle={"order": "ord_x"})
    for asking in (agency.look(nobody_s), agency.cancel(nobody_s)):
        with pytest.raises(Answered) as failure:
            await asking
        assert failure.value.reason is Reason.NO_SUCH_ORDER


async def test_trap_a_refund_as_airline_credit_is_no_money(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query(origin="LTN", destination="SYD")))
    cancelled = await agency.cancel(order)
    assert (cancelled.status, cancelled.refund, cancelled.fee) == (CancellationStatus.CANCELLED, None, None)


# ---- hold and pay ----


async def test_seats_that_are_held_are_paid_later(agency: Agency) -> None:
    held = await agency.book(await agency.request(flight_query(origin="JFK", destination="EWR"), hold=True))
    assert (held.status, held.hold_until) == (OrderStatus.HELD, NOW + timedelta(hours=72))
    assert held.supplier_extra["price_guaranteed_until"] == (NOW + timedelta(hours=48)).isoformat()
    paid = await agency.pay(held)
    assert (paid.id, paid.status, paid.price, paid.hold_until) == (held.id, OrderStatus.CONFIRMED, held.price, None)
    assert (await agency.pay(paid)).status is OrderStatus.CONFIRMED
    assert agency.line.sent("/air/payments") == 1


async def test_cancelling_what_was_held_costs_nothing(agency: Agency) -> None:
    held = await agency.book(await agency.request(flight_query(origin="JFK", destination="EWR"), hold=True))
    cancelled = await agency.cancel(held)
    assert (cancelled.refund, cancelled.fee) == (money("0.00"), money("0.00"))


async def test_seats_that_are_not_paid_in_time_are_gone(agency: Agency) -> None:
    held = await agency.book(await agency.request(flight_query(origin="JFK", destination="EWR"), hold=True))
    agency.line.now += timedelta(hours=73)
    assert (await agency.pay(held)).status is OrderStatus.CANCELLED
    assert agency.line.sent("/air/payments") == 0


async def test_a_price_that_changed_after_its_guarantee_is_not_paid(agency: Agency) -> None:
    held = await agency.book(await agency.request(flight_query(origin="JFK", destination="EWR"), hold=True))
    dearer = msgspec.structs.replace(held, price=money("1.00"))
    with pytest.raises(Answered) as failure:
        await agency.pay(dearer)
    assert failure.value.reason is Reason.PRICE_CHANGED
    assert agency.line.sent("/air/payments") == 0


async def test_a_payment_that_is_declined_leaves_the_order_held(agency: Agency) -> None:
    held = await agency.book(await agency.request(flight_query(origin="JFK", destination="EWR"), hold=True))
    agency.line.wish("pay", "declined")
    with pytest.raises(Answered) as failure:
        await agency.pay(held)
    assert failure.value.reason is Reason.DECLINED
    assert (await agency.look(held)).status is OrderStatus.HELD


async def test_an_airline_that_wants_its_money_at_once_holds_nothing(agency: Agency) -> None:
    request = await agency.request(flight_query())
    handle = {**request.quote.handle, "payment": "at once"}
    quote = msgspec.structs.replace(request.quote, handle=handle)
    assert await refusal(agency, msgspec.structs.replace(request, quote=quote, hold=True)) is Reason.NOT_POSSIBLE
    assert agency.line.sent("/air/orders") == 0


# ---- the price moves ----


async def test_trap_a_price_that_rises_with_every_look_is_told_by_the_quote(agency: Agency) -> None:
    query = flight_query(origin="LHR", destination="STN")
    offer = await agency.offer(query)
    quote = await agency.quote(offer, query)
    assert quote.status(offer) is QuoteStatus.CHANGED
    assert quote.price == offer.price + money("20.00")  # an offer that was read, and priced


async def test_trap_only_the_last_total_is_taken(agency: Agency) -> None:
    query = flight_query(origin="LHR", destination="STN")
    request = await agency.request(query)
    await agency.quote(request.offer, query)
    assert await refusal(agency, request) is Reason.PRICE_CHANGED
    assert await agency.found(request) is None


@pytest.mark.parametrize("step", ["offer", "price"])
async def test_an_offer_that_is_sold_out_is_no_quote(agency: Agency, step: str) -> None:
    offer = await agency.offer(flight_query())
    agency.line.wish(step, "sold_out")
    with pytest.raises(Answered) as failure:
        await agency.quote(offer, flight_query())
    assert failure.value.reason is Reason.SOLD_OUT


async def test_an_offer_is_gone_after_half_an_hour(agency: Agency) -> None:
    offer = await agency.offer(flight_query())
    agency.line.now += timedelta(minutes=30)
    with pytest.raises(Answered) as failure:
        await agency.quote(offer, flight_query())
    assert failure.value.reason is Reason.SOLD_OUT


async def test_an_offer_that_was_quoted_can_t_be_booked_after_half_an_hour(agency: Agency) -> None:
    request = await agency.request(flight_query())
    agency.line.now += timedelta(minutes=30)
    assert await refusal(agency, request) is Reason.EXPIRED


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("sold_out", Reason.SOLD_OUT),
        ("price_changed", Reason.PRICE_CHANGED),
        ("declined", Reason.DECLINED),
        ("expired", Reason.EXPIRED),
    ],
)
async def test_a_refused_order_leaves_nothing_behind(agency: Agency, outcome: str, reason: Reason) -> None:
    request = await agency.request(flight_query())
    agency.line.wish("book", outcome)
    assert await refusal(agency, request) is reason
    assert await agency.found(request) is None


async def test_a_balance_that_is_too_low_is_a_declined_payment(agency: Agency) -> None:
    request = await agency.request(flight_query(origin="LGW", destination="STN"))
    assert await refusal(agency, request) is Reason.DECLINED


# ---- extras ----


async def test_a_bag_is_priced_with_the_offer_and_booked_with_it(agency: Agency) -> None:
    request = await agency.request(flight_query(), extras=1)
    order = await agency.book(request)
    assert order.price == request.quote.price + money("20.00")
    sold = [words for name, words in request.quote.supplier_extra.items() if name.startswith("service ")]
    assert sold == ["baggage, 23 kg, at most 1, 20.00 EUR"]


async def test_a_service_that_can_t_be_read_is_not_sold_but_counted(agency: Agency) -> None:
    offer = await agency.offer(flight_query())
    request = QuoteRequest(offer=offer, query=flight_query())
    call = QUOTE.ask(request)
    answered = await agency.client.answered(call, deadline=agency.deadline)
    told = msgspec.json.decode(answered.body)
    told["data"]["available_services"].append({"id": 7})
    pricing = QUOTE.read(reply(told), call, request).next
    assert pricing is not None
    priced = await agency.client.answered(pricing, deadline=agency.deadline)
    (quote,) = QUOTE.read(priced, pricing, request).records
    assert quote.supplier_extra["unread_services"] == "1"
    assert len([name for name in quote.handle if name.startswith("service ")]) == 1


async def test_an_extra_that_is_not_sold_is_not_asked_for(agency: Agency) -> None:
    request = await agency.request(flight_query())
    wrong = msgspec.structs.replace(request, extras=(ChosenExtra(code="ase_x"),))
    assert await refusal(agency, wrong) is Reason.NOT_POSSIBLE


async def test_nothing_is_booked_when_the_price_moves_with_its_extras(agency: Agency) -> None:
    request = await agency.request(flight_query(), extras=1)
    agency.line.wish("price", "price_changed")
    assert await refusal(agency, request) is Reason.PRICE_CHANGED
    assert agency.line.sent("/air/orders") == 0


# ---- who travels ----


async def test_trap_passengers_are_named_by_the_ids_of_the_offer(agency: Agency) -> None:
    other = traveller(given_name="Dora", born_on=date(1990, 1, 1))
    request = await agency.request(flight_query(adults=2), ADA, other)
    call = BOOK.ask(request)
    assert call.body is not None
    told = msgspec.json.decode(call.body)["data"]["passengers"]
    assert [one["id"] for one in told] == [words.split("=")[0] for words in request.quote.handle["passengers"].split()]
    assert [one["given_name"] for one in told] == ["Amelia", "Dora"]


async def test_a_family_is_booked_under_its_real_ages(agency: Agency) -> None:
    """Eight and one were searched for; they are eight and nought, so Duffel is asked again before it is told."""
    request = await agency.request(flight_query(children=1, infants=1), ADA, CHILD, INFANT)
    order = await agency.book(request)
    assert (order.status, order.price) == (OrderStatus.CONFIRMED, request.quote.price)
    assert order.handle["offer"] != request.quote.handle["offer"]
    assert await agency.found(request) == order


async def test_an_infant_sits_on_the_lap_of_an_adult(agency: Agency) -> None:
    baby = traveller(given_name="Clara", born_on=date(2026, 1, 5), age=Age.INFANT)
    request = await agency.request(flight_query(infants=1), ADA, baby)
    call = BOOK.ask(request)
    assert call.body is not None
    adult, infant = msgspec.json.decode(call.body)["data"]["passengers"]
    assert adult["infant_passenger_id"] == infant["id"]
    assert "infant_passenger_id" not in infant
    assert (await agency.book(request)).status is OrderStatus.CONFIRMED


async def test_a_twelve_year_old_is_no_adult_to_duffel(agency: Agency) -> None:
    teenager = traveller(given_name="Emma", born_on=date(2012, 6, 1))
    request = await agency.request(flight_query(adults=2), ADA, teenager)
    order = await agency.book(request)
    assert order.status is OrderStatus.CONFIRMED
    assert [path for _, path in agency.line.calls].count("/air/offer_requests") == 2


async def test_a_family_that_costs_more_under_its_real_ages_is_asked_first(agency: Agency) -> None:
    """A child of eight was quoted, and a girl of fourteen pays like an adult."""
    girl = traveller(given_name="Fanny", born_on=date(2013, 1, 1), age=Age.CHILD)
    request = await agency.request(flight_query(children=1), ADA, girl)
    assert await refusal(agency, request) is Reason.PRICE_CHANGED
    assert agency.line.sent("/air/orders") == 0


async def test_a_family_is_not_booked_on_other_terms_than_were_agreed(agency: Agency) -> None:
    """As if the quote had promised a bag more than the offer for the real ages has."""
    request = await agency.request(flight_query(infants=1), ADA, INFANT)
    terms = request.quote.conditions
    assert isinstance(terms, FlightConditions)
    promised = msgspec.structs.replace(terms, checked_bags=9)
    quote = msgspec.structs.replace(request.quote, conditions=promised)
    assert await refusal(agency, msgspec.structs.replace(request, quote=quote)) is Reason.PRICE_CHANGED
    assert agency.line.sent("/air/orders") == 0


async def test_a_family_whose_flight_is_sold_out_meanwhile_is_told_so(agency: Agency) -> None:
    request = await agency.request(flight_query(infants=1), ADA, INFANT)
    agency.line.wish("search", "nothing")
    assert await refusal(agency, request) is Reason.SOLD_OUT


async def test_a_lost_order_of_a_family_is_found_by_its_name_and_our_reference(agency: Agency) -> None:
    request = await agency.request(flight_query(infants=1), ADA, INFANT)
    agency.line.cut_after = "/air/orders"
    with pytest.raises(Unknown):
        await agency.book(request)
    order = await agency.book(request)
    assert (order.reference, agency.line.sent("/air/orders")) == (REFERENCE, 1)


async def test_a_name_that_no_airline_takes_is_the_traveller_s(agency: Agency) -> None:
    request = await agency.request(flight_query(), traveller(given_name="R2-D2"))
    assert await refusal(agency, request) is Reason.INVALID_TRAVELLER


async def test_a_phone_number_that_is_none_is_the_traveller_s(agency: Agency) -> None:
    request = await agency.request(flight_query())
    wrong = msgspec.structs.replace(request, contact=contact(phone="020 8016 0509"))
    assert await refusal(agency, wrong) is Reason.INVALID_TRAVELLER


async def test_a_document_that_is_wanted_is_asked_for_before_anything_is_sent(agency: Agency) -> None:
    request = await agency.request(flight_query(), msgspec.structs.replace(ADA, document=None))
    handle = {**request.quote.handle, "documents": "required passport"}
    quote = msgspec.structs.replace(request.quote, handle=handle)
    assert await refusal(agency, msgspec.structs.replace(request, quote=quote)) is Reason.INVALID_TRAVELLER
    assert agency.line.sent("/air/orders") == 0


@pytest.mark.parametrize(("kinds", "told"), [("passport", True), ("", False), ("tax_id", False)])
async def test_documents_are_told_where_they_are_taken(agency: Agency, kinds: str, *, told: bool) -> None:
    paper = Document(number="X1234567", issued_by="US", expires_on=date(2031, 1, 1))
    request = await agency.request(flight_query(), msgspec.structs.replace(ADA, document=paper))
    quote = msgspec.structs.replace(request.quote, handle={**request.quote.handle, "documents": kinds})
    call = BOOK.ask(msgspec.structs.replace(request, quote=quote))
    assert call.body is not None
    (passenger,) = msgspec.json.decode(call.body)["data"]["passengers"]
    assert ("identity_documents" in passenger) is told


@pytest.mark.parametrize(
    ("title", "gender", "told"),
    [(Title.MX, Gender.MALE, "mr"), (Title.MX, Gender.FEMALE, "ms"), (Title.MRS, Gender.FEMALE, "mrs")],
)
async def test_a_title_that_duffel_does_not_know_is_told_by_the_gender(
    agency: Agency, title: Title, gender: Gender, told: str
) -> None:
    request = await agency.request(flight_query(), traveller(title=title, gender=gender))
    call = BOOK.ask(request)
    assert call.body is not None
    (passenger,) = msgspec.json.decode(call.body)["data"]["passengers"]
    assert (passenger["title"], passenger["gender"]) == (told, "m" if gender is Gender.MALE else "f")


# ---- answers that get lost ----


async def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again(agency: Agency) -> None:
    request = await agency.request(flight_query())
    agency.line.cut_after = "/air/orders"
    with pytest.raises(Unknown):
        await agency.book(request)
    order = await agency.book(request)
    assert (order.reference, order.status) == (REFERENCE, OrderStatus.CONFIRMED)
    assert agency.line.sent("/air/orders") == 1


async def test_trap_a_502_at_the_order_is_neither_yes_nor_no(agency: Agency) -> None:
    """On this route the airline fails and nothing was booked; in doubt, it failed and something was."""
    failed = await agency.request(flight_query(origin="LHR", destination="LGW"))
    with pytest.raises(Unknown):
        await agency.book(failed)
    with pytest.raises(Unknown):
        await agency.book(failed)
    with pytest.raises(Answered) as never:
        await agency.book(failed, later=timedelta(minutes=16))
    assert never.value.reason is Reason.NO_SUCH_ORDER
    assert agency.line.sent("/air/orders") == 1


async def test_an_order_that_was_made_in_doubt_is_found(agency: Agency) -> None:
    request = await agency.request(flight_query())
    agency.line.wish("book", "in_doubt")
    with pytest.raises(Unknown):
        await agency.book(request)
    assert (await agency.book(request)).reference == REFERENCE


async def test_trap_202_is_waited_for_and_not_sent_again(agency: Agency) -> None:
    request = await agency.request(flight_query())
    agency.line.wish("book", "pending", seconds=30)
    agency.line.moves_after_202 = timedelta(seconds=31)
    order = await agency.book(request)
    assert (order.status, order.reference) == (OrderStatus.CONFIRMED, REFERENCE)
    assert agency.line.sent("/air/orders") == 1


def reply(body: object, *, status: int = 200) -> Reply:
    return Reply(status=status, headers={}, body=msgspec.json.encode(body), received_at=NOW)


async def test_an_order_that_takes_its_time_is_pending_until_it_can_be_seen(agency: Agency) -> None:
    request = await agency.request(flight_query())
    call, answered, waited = BOOK.ask(request), reply({"data": {}}, status=202), 0.0
    readout = BOOK.read(answered, call, request)
    while readout.next is not None:
        waited += readout.wait
        readout = BOOK.read(reply({"data": [], "meta": {"after": None}}), readout.next, request)
    (pending,) = readout.records
    assert (pending.status, pending.reference, pending.price) == (OrderStatus.PENDING, REFERENCE, request.quote.price)
    assert waited == 6.0
    assert await agency.look(pending) == pending
    with pytest.raises(Answered) as failure:
        await agency.cancel(pending)
    assert failure.value.reason is Reason.NO_SUCH_ORDER
    await agency.book(request)
    made = await agency.look(pending)
    assert (made.status, made.id[:4]) == (OrderStatus.CONFIRMED, "ord_")
    assert (await agency.cancel(pending)).status is CancellationStatus.CANCELLED


async def test_an_order_that_is_visible_late_is_looked_for_with_patience(agency: Agency) -> None:
    request = await agency.request(flight_query())
    agency.line.wish("book", "visible_late", seconds=60)
    agency.line.cut_after = "/air/orders"
    for _ in range(2):
        with pytest.raises(Unknown):
            await agency.book(request)
    agency.line.now += timedelta(seconds=61)
    assert (await agency.book(request)).reference == REFERENCE


async def test_trap_a_search_is_booked_once(agency: Agency) -> None:
    request = await agency.request(flight_query())
    order = await agency.book(request)
    agency.books.held.clear()
    assert await agency.book(request) == order
    assert len(await everything(agency)) == 1


async def test_another_order_of_the_same_search_is_refused_and_never_taken_for_ours(agency: Agency) -> None:
    request = await agency.request(flight_query())
    await agency.book(request)
    second = msgspec.structs.replace(request, reference="TH9999ZZZZZZ")
    with pytest.raises(Answered) as refused:
        await agency.book(second)
    assert refused.value.reason is Reason.EXPIRED
    assert await agency.found(second) is None


async def everything(agency: Agency) -> list[object]:
    every = msgspec.structs.replace(FIND.ask(await agency.request(flight_query())), params=())
    raw = await agency.client.answered(every, deadline=agency.deadline)
    orders: list[object] = msgspec.json.decode(raw.body)["data"]
    return orders


async def test_a_cancellation_whose_answer_was_lost_is_seen_in_the_order(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    agency.line.cut_after = "/actions/confirm"
    with pytest.raises(Unknown):
        await agency.cancel(order)
    assert (await agency.look(order)).status is OrderStatus.CANCELLED


async def test_a_cancellation_in_doubt_is_seen_in_the_order(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    agency.line.wish("confirm", "in_doubt")
    with pytest.raises(Unknown):
        await agency.cancel(order)
    assert (await agency.look(order)).status is OrderStatus.CANCELLED


async def test_a_lost_quote_of_a_cancellation_has_cancelled_nothing(agency: Agency) -> None:
    order = await agency.book(await agency.request(flight_query()))
    agency.line.cut_after = "/air/order_cancellations"
    with pytest.raises(Unknown):
        await agency.cancel(order)
    assert (agency.line.sent("/air/order_cancellations"), await agency.look(order)) == (1, order)
    assert (await agency.cancel(order)).status is CancellationStatus.CANCELLED


# ---- replies that make no sense ----


def test_an_order_that_can_t_be_read_is_never_taken_for_none() -> None:
    order = Order(
        supplier="duffel", id="off_1", status=OrderStatus.PENDING, reference=REFERENCE, handle={"offer": "off_1"}
    )
    readout = LOOK.read(reply({"data": [{"id": 7}], "meta": {"after": None}}), LOOK.ask(order), order)
    assert [skipped.where for skipped in readout.skipped] == ["data[0]"]


def test_an_amount_in_no_currency_is_given_up_by_name() -> None:
    order = Order(supplier="duffel", id="ord_1", status=OrderStatus.CONFIRMED, handle={"order": "ord_1"})
    told = {"id": "ord_1", "total_amount": "1", "total_currency": "???", "payment_status": {"awaiting_payment": False}}
    with pytest.raises(GiveUp, match="order: '\\?\\?\\?' is not an ISO 4217 currency"):
        LOOK.read(reply({"data": told}), LOOK.ask(order), order)


async def test_flights_that_the_airline_has_moved_are_searched_for_again(agency: Agency) -> None:
    """The offer is still there, but no longer what the traveller has seen."""
    query = flight_query()
    one, other = list(each_journey(await agency.offers(query)))[:2]
    moved = msgspec.structs.replace(one, product=other.product)
    with pytest.raises(Answered) as failure:
        await agency.quote(moved, query)
    assert failure.value.reason is Reason.EXPIRED


def each_journey(offers: tuple[Offer, ...]) -> Iterator[Offer]:
    seen = set()
    for offer in offers:
        if offer.product not in seen:
            seen.add(offer.product)
            yield offer


def test_trap_a_refund_that_is_null_is_not_nothing() -> None:
    order = Order(supplier="duffel", id="ord_1", status=OrderStatus.CONFIRMED, price=money(), handle={"order": "ord_1"})
    call = confirming(order)
    told = {"id": "ore_1", "refund_amount": None, "refund_currency": "EUR", "refund_to": "balance"}
    (cancelled,) = CANCEL.read(reply({"data": {**told, "confirmed_at": str_of(NOW)}}), call, order).records
    assert (cancelled.refund, cancelled.fee) == (None, None)


def test_trap_a_refund_in_another_currency_is_no_part_of_the_price() -> None:
    order = Order(supplier="duffel", id="ord_1", status=OrderStatus.CONFIRMED, price=money(), handle={"order": "ord_1"})
    told = {"id": "ore_1", "refund_amount": "10.00", "refund_currency": "USD", "refund_to": "balance"}
    (cancelled,) = CANCEL.read(reply({"data": {**told, "confirmed_at": None}}), confirming(order), order).records
    assert (cancelled.refund, cancelled.fee) == (money("10.00", "USD"), None)
    assert cancelled.status is CancellationStatus.PENDING


def confirming(order: Order) -> Call:
    quoted = CANCEL.read(reply({"data": {"id": "ore_1"}}), CANCEL.ask(order), order)
    assert quoted.next is not None
    assert quoted.next.body is None  # the confirmation has none
    return quoted.next


def str_of(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
