"""The pretend Demand API over the sandbox's own world, asked through the kit: from a search to a cancellation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

import httpx
import msgspec
import pytest

from adapters.kit import conversation, ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.client import SupplierClient
from adapters.kit.drift import sampled
from adapters.kit.failures import Answered, Failure, GiveUp, Unknown
from adapters.open_data.airports import airports
from adapters.suppliers.booking_com import SUPPLIER, asking, sandbox
from domain.enquiries import PlaceEnquiry, RentalPlaceEnquiry
from domain.hotels import Stay
from domain.offers import StayOffer
from domain.orders import Attempt, Order, OrderRequest, OrderStatus, Quote, QuoteRequest, QuoteStatus, Reason
from domain.payment import PaymentTime
from domain.places import Atlas, Point
from domain.queries import CarQuery, HotelQuery
from sandbox.outcomes import Wish
from sandbox.world import World
from tests.builders import NOW, car_query, contact, hotel_query, traveller

ATLAS: Final = Atlas(airports().records)
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=64)
NAMES: Final = {path: name for _, path, name in sandbox.OPERATIONS}
HEADERS: Final = {"authorization": "Bearer sandbox-booking-token", "x-affiliate-id": "956509"}
SMALL: Final = hotel_query(radius_km=2)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Line(httpx.AsyncBaseTransport):
    """The way to the sandbox. It listens, and loses what it is told to: the answer, or the call itself."""

    def __init__(self, app: Any) -> None:
        self._app: Final = httpx.ASGITransport(app=app)
        self.loses_answers: set[str] = set()
        self.loses_calls: set[str] = set()
        self.heard: Final[list[str]] = []
        self.replies: Final[list[tuple[str, bytes]]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = NAMES[request.url.path]
        if operation in self.loses_calls:
            raise httpx.ConnectError("nobody there")
        self.heard.append(operation)
        response = await self._app.handle_async_request(request)
        body = await response.aread()
        if operation in self.loses_answers:
            raise httpx.ReadError("connection reset")
        if response.status_code == 200:
            self.replies.append((operation, body))
        return response


class Books:
    """Our own attempts, kept for as long as the test runs."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self.attempts: Final[dict[str, Attempt]] = {}

    async def begin(self, _: str, reference: str) -> Attempt | None:
        earlier = self.attempts.get(reference)
        self.attempts.setdefault(reference, Attempt(begun_at=self._clock()))
        return earlier

    async def booked(self, _: str, reference: str, order: Order) -> None:
        self.attempts[reference] = msgspec.structs.replace(self.attempts[reference], order=order)

    async def refused(self, _: str, reference: str, why: str, reason: Reason | None) -> None:
        self.attempts[reference] = msgspec.structs.replace(self.attempts[reference], refused=why, reason=reason)

    async def withdraw(self, _: str, reference: str) -> None:
        del self.attempts[reference]


class Agency:
    """Somebody who searches, books and cancels, over a line to a sandbox of one's own."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.world = World(seed=1, clock=self.clock)
        self.app = sandbox.create_app(self.world)
        self.line = Line(self.app)
        self.books = Books(self.clock)
        access = Access(base_url="http://demand.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
        self.client = SupplierClient(SUPPLIER, access, shared=None, over=self.line, chance=lambda: 0.0)

    def wishes(self, operation: str, outcome: str, seconds: float | None = None) -> None:
        self.world.outcomes.add(Wish(supplier=SUPPLIER.slug, operation=operation, outcome=outcome, seconds=seconds))

    @property
    def deadline(self) -> float:
        return asyncio.get_running_loop().time() + 60

    async def search(self, query: HotelQuery | CarQuery) -> conversation.Found:
        return await conversation.search(self.client, query, ATLAS, deadline=self.deadline)

    async def offers(self, query: HotelQuery = SMALL) -> tuple[StayOffer, ...]:
        found = await self.search(query)
        assert found.skipped == ()
        assert found.offers
        return cast("tuple[StayOffer, ...]", found.offers)

    async def an_offer(
        self, fits: Callable[[StayOffer], bool] = lambda _: True, query: HotelQuery = SMALL
    ) -> StayOffer:
        return next(offer for offer in await self.offers(query) if fits(offer))

    async def quote(self, offer: StayOffer, query: HotelQuery = SMALL) -> Quote:
        return await ordering.quoted(self.client, QuoteRequest(offer=offer, query=query), deadline=self.deadline)

    async def request(
        self, offer: StayOffer | None = None, query: HotelQuery = SMALL, reference: str = "TH01ABCDEF23"
    ) -> OrderRequest:
        offer = offer or await self.an_offer(query=query)
        return OrderRequest(
            reference=reference, offer=offer, query=query, quote=await self.quote(offer, query),
            travellers=(traveller(),), contact=contact(), sent_at=self.clock(),
        )  # fmt: skip

    async def book(self, request: OrderRequest) -> Order:
        return await ordering.booked(self.client, request, self.books, deadline=self.deadline, now=self.clock)

    async def find(self, request: OrderRequest) -> Order | None:
        return await ordering.found(self.client, request, deadline=self.deadline)

    async def look(self, order: Order) -> Order:
        return await ordering.looked(self.client, "hotels", order, deadline=self.deadline)

    async def cancel(self, order: Order) -> Any:
        return await ordering.cancelled(self.client, "hotels", order, deadline=self.deadline)

    async def orders_there(self) -> list[dict[str, Any]]:
        """All that the sandbox has in its books."""
        window = {"from": (NOW - timedelta(days=1)).isoformat(), "to": (NOW + timedelta(days=5)).isoformat()}
        data: list[dict[str, Any]] = (await self.says("/orders/details", created=window, currency="EUR"))["data"]
        return data

    async def raw(self, path: str, body: Any = None, *, method: str = "POST", **more: Any) -> httpx.Response:
        """As somebody would ask who does not use our adapter."""
        told = {"headers": HEADERS, "json": {} if body is None else body, **more}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://d.test") as client:
            return await client.request(method, path, **told)

    async def says(self, path: str, **body: Any) -> dict[str, Any]:
        told: dict[str, Any] = (await self.raw(path, body)).json()
        return told

    async def error(self, path: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        response = await self.raw(path, body, **more)
        (error,) = response.json()["errors"]
        return response.status_code, error["id"], error["message"]


@pytest.fixture
async def agency() -> AsyncIterator[Agency]:
    made = Agency()
    yield made
    await made.client.aclose()


@asynccontextmanager
async def refused_for(reason: Reason) -> AsyncIterator[None]:
    with pytest.raises(Answered) as no:
        yield
    assert no.value.reason is reason


def free_now(offer: StayOffer) -> bool:
    return "free_cancellation_until" in offer.supplier_extra


def prepaid(offer: StayOffer) -> bool:
    return PaymentTime.NOW in offer.conditions.payment


# ---- the whole way ----


async def test_a_stay_is_searched_quoted_booked_looked_at_found_and_cancelled(agency: Agency) -> None:
    request = await agency.request(await agency.an_offer(lambda offer: free_now(offer) and prepaid(offer)))
    order = await agency.book(request)
    assert (order.status, order.reference, order.price) == (
        OrderStatus.CONFIRMED,
        request.reference,
        request.quote.price,
    )
    looked = await agency.look(order)
    assert (looked.status, looked.price, looked.cancellation) == (order.status, order.price, order.cancellation)
    found = await agency.find(request)
    assert found is not None
    assert (found.id, found.handle["paid_online"]) == (order.id, order.handle["paid_online"])
    cancellation = await agency.cancel(order)
    assert str(cancellation.fee.amount) == "0.00"
    assert str(cancellation.refund.amount) == order.handle["paid_online"]
    assert (await agency.look(order)).status is OrderStatus.CANCELLED


@pytest.mark.parametrize(
    "query",
    [
        SMALL,
        hotel_query(radius_km=2, currency="USD"),
        hotel_query(radius_km=2, currency="JPY", adults=1),
        hotel_query(radius_km=2, rooms=2, adults=3, children_ages=(4, 9)),
        hotel_query(location=Point(latitude=40.7128, longitude=-74.006), radius_km=2, currency="EUR"),
    ],
    ids=["two", "in dollars", "in yen", "two rooms", "New York"],
)
async def test_a_quote_is_the_price_of_the_search_while_nothing_changes(agency: Agency, query: HotelQuery) -> None:
    for offer in (await agency.offers(query))[:4]:
        quote = await agency.quote(offer, query)
        assert quote.status(offer) is QuoteStatus.SAME
        assert quote.conditions.board == offer.conditions.board  # type: ignore[union-attr]  # of a stay
        assert quote.conditions.refundable == offer.conditions.refundable
        on_site = [part.amount for part in quote.price_components if part.on_site]
        assert sorted(map(str, on_site)) == sorted(str(part.amount) for part in offer.price_components if part.on_site)


async def test_every_property_comes_with_its_description_and_pages_follow_each_other(agency: Agency) -> None:
    found = await agency.search(hotel_query())
    assert agency.line.heard.count("search") == 2
    stays = [offer.product for offer in found.offers if isinstance(offer.product, Stay)]
    names = [stay.property.name for stay in stays]
    assert len(names) > 100
    assert all(names)
    assert len({stay.property.id for stay in stays}) == len(found.offers)


async def test_a_property_sold_here_is_the_one_that_the_world_knows(agency: Agency) -> None:
    for offer in (await agency.offers())[:5]:
        listing = agency.world.hotels.listed(SUPPLIER.slug, int(offer.product.property.id))
        assert listing is not None
        assert listing.name == offer.product.property.name


async def test_nothing_that_the_sandbox_says_is_news_to_us(agency: Agency) -> None:
    request = await agency.request(query=hotel_query(radius_km=2, currency="USD"))
    order = await agency.book(request)
    await agency.find(request)
    await agency.cancel(order)
    await agency.look(order)
    await agency.search(car_query())
    await agency.client.answered(asking.call("currencies", {}), deadline=agency.deadline)
    await agency.client.answered(asking.call("cities", {"airport": "LHR"}), deadline=agency.deadline)
    await agency.client.answered(asking.call("depots", {}), deadline=agency.deadline)
    assert {operation for operation, _ in agency.line.replies} == set(NAMES.values())
    for operation, body in agency.line.replies:
        sample = sampled(body, SUPPLIER.shapes[operation])
        assert sample is not None
        assert sample.unknown == {}, operation


# ---- what goes wrong on the way ----


@pytest.mark.parametrize("operation", ["availability", "preview"])
async def test_a_room_that_is_gone_when_it_is_quoted_is_sold_out(agency: Agency, operation: str) -> None:
    offer = await agency.an_offer()
    agency.wishes(operation, "sold_out")
    async with refused_for(Reason.SOLD_OUT):
        await agency.quote(offer)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("sold_out", Reason.SOLD_OUT), ("declined", Reason.DECLINED), ("expired", Reason.EXPIRED)],
)
async def test_a_no_to_an_order_leaves_no_order(agency: Agency, outcome: str, reason: Reason) -> None:
    request = await agency.request()
    agency.wishes("create", outcome)
    async with refused_for(reason):
        await agency.book(request)
    assert await agency.orders_there() == []
    assert agency.books.attempts[request.reference].reason is reason


async def test_a_price_that_rises_before_the_quote_is_seen_and_charged_as_quoted(agency: Agency) -> None:
    offer = await agency.an_offer()
    agency.wishes("preview", "price_changed")
    request = await agency.request(offer)
    assert request.quote.status(offer) is QuoteStatus.CHANGED
    assert request.quote.price.amount > offer.price.amount
    order = await agency.book(request)
    assert (await agency.look(order)).price == request.quote.price


async def test_a_token_is_good_for_a_quarter_of_an_hour(agency: Agency) -> None:
    request = await agency.request()
    agency.clock.now += timedelta(minutes=15)
    async with refused_for(Reason.EXPIRED):
        await agency.book(request)


async def test_the_last_room_is_sold_once(agency: Agency) -> None:
    offer = await agency.an_offer()
    requests = [await agency.request(offer, reference=f"TH01ABCDEF{number:02}") for number in range(2)]
    for _ in range(offer.conditions.rooms_left - 1 if offer.conditions.rooms_left else 0):
        listing = agency.world.hotels.listed(SUPPLIER.slug, int(offer.product.property.id))
        assert listing is not None
        room = next(room for room in listing.rooms if f'["{room.id}_' in offer.reference)
        assert agency.world.hotels.take(listing.hotel_id, room.code, SMALL.check_in, SMALL.check_out, 1)
    first = await agency.book(requests[0])
    async with refused_for(Reason.SOLD_OUT):
        await agency.book(requests[1])
    async with refused_for(Reason.SOLD_OUT):
        await agency.quote(offer)
    await agency.cancel(first)
    assert (await agency.quote(offer)).price == offer.price


async def test_an_order_whose_answer_is_lost_is_found_and_never_sent_again(agency: Agency) -> None:
    request = await agency.request()
    agency.line.loses_answers.add("create")
    with pytest.raises(Unknown):
        await agency.book(request)
    agency.line.loses_answers.clear()
    order = await agency.book(request)
    assert agency.line.heard.count("create") == 1
    assert [row["id"] for row in await agency.orders_there()] == [order.id]
    assert await agency.book(request) == order


async def test_an_order_that_shows_late_stays_in_doubt_until_it_shows(agency: Agency) -> None:
    request = await agency.request()
    agency.line.loses_answers.add("create")
    agency.wishes("create", "visible_late", seconds=300)
    with pytest.raises(Unknown):
        await agency.book(request)
    agency.clock.now += timedelta(seconds=299)
    with pytest.raises(Unknown):
        await agency.book(request)
    agency.clock.now += timedelta(seconds=1)
    assert (await agency.book(request)).reference == request.reference
    assert agency.line.heard.count("create") == 1


async def test_an_order_that_never_arrived_is_known_to_be_none_once_it_would_show(agency: Agency) -> None:
    request = await agency.request()
    agency.line.loses_calls.add("create")
    with pytest.raises(Failure):
        await agency.book(request)
    agency.books.attempts.setdefault(request.reference, Attempt(begun_at=agency.clock()))
    agency.line.loses_calls.clear()
    with pytest.raises(Unknown):
        await agency.book(request)
    agency.clock.now += timedelta(minutes=11)
    async with refused_for(Reason.NO_SUCH_ORDER):
        await agency.book(request)
    assert "create" not in agency.line.heard


async def test_a_duplicate_that_they_know_of_is_looked_for(agency: Agency) -> None:
    request = await agency.request()
    agency.wishes("create", "duplicate")
    with pytest.raises(Unknown):
        await agency.book(request)
    assert agency.line.heard[-1] == "orders"


async def test_a_label_is_not_unique_at_theirs_so_two_orders_under_one_are_for_people(agency: Agency) -> None:
    request = await agency.request()
    for _ in range(2):
        await agency.book(request)
        agency.books.attempts.clear()
    assert len(await agency.orders_there()) == 2
    with pytest.raises(GiveUp, match="2 orders"):
        await agency.find(request)


async def test_ours_is_found_on_any_page_of_many_orders(agency: Agency) -> None:
    offer = await agency.an_offer(lambda offer: (offer.conditions.rooms_left or 0) > 15)
    request = await agency.request(offer)
    body = msgspec.json.decode(SUPPLIER.sells["hotels"].book.ask(request).body or b"")
    for number in range(12):
        body["accommodation"]["label"] = request.reference if number == 11 else f"other-{number}"
        assert (await agency.raw("/orders/create", body)).status_code == 200
        agency.clock.now += timedelta(seconds=1)
    window = {"from": NOW.isoformat(), "to": (NOW + timedelta(hours=1)).isoformat()}
    first = await agency.says("/orders/details", created=window, currency="EUR", maximum_results=10)
    assert (len(first["data"]), first["metadata"]["total_results"]) == (10, 12)
    second = await agency.says("/orders/details", page=first["metadata"]["next_page"])
    assert (len(second["data"]), second["metadata"]["next_page"]) == (2, None)
    found = await agency.find(request)
    assert found is not None
    assert found.reference == request.reference


# ---- cancellations ----


async def test_what_is_cancelled_twice_is_answered(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    await agency.cancel(order)
    async with refused_for(Reason.ALREADY_CANCELLED):
        await agency.cancel(order)


async def test_an_order_that_nobody_knows_is_neither_seen_nor_cancelled(agency: Agency) -> None:
    stranger = Order(supplier=SUPPLIER.slug, id="500000000000001", status=OrderStatus.CONFIRMED)
    async with refused_for(Reason.NO_SUCH_ORDER):
        await agency.look(stranger)
    async with refused_for(Reason.NO_SUCH_ORDER):
        await agency.cancel(stranger)


async def test_what_can_not_be_cancelled_stays_booked(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    agency.wishes("cancel", "not_cancellable")
    async with refused_for(Reason.NOT_CANCELLABLE):
        await agency.cancel(order)
    assert (await agency.look(order)).status is OrderStatus.CONFIRMED


async def test_a_lost_answer_to_a_cancellation_is_cleared_up_by_a_look(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    agency.line.loses_answers.add("cancel")
    with pytest.raises(Unknown):
        await agency.cancel(order)
    assert (await agency.look(order)).status is OrderStatus.CANCELLED


async def test_the_fee_is_that_of_the_step_in_force(agency: Agency) -> None:
    offer = await agency.an_offer(free_now)
    order = await agency.book(await agency.request(offer))
    ladder = order.cancellation
    assert ladder is not None
    for step in ladder.steps[1:]:
        assert step.since is not None
        assert ladder.fee_at(step.since) == step.fee
    last = ladder.steps[-1]
    assert last.since is not None
    agency.clock.now = last.since
    assert (await agency.cancel(order)).fee == last.fee
    assert last.fee.amount > 0


async def test_the_order_says_until_when_it_is_free_and_so_did_the_search(agency: Agency) -> None:
    offer = await agency.an_offer(free_now)
    order = await agency.book(await agency.request(offer))
    assert order.cancellation is not None
    assert order.cancellation.free_until is not None
    assert order.cancellation.free_until.isoformat() == offer.supplier_extra["free_cancellation_until"]


# ---- cars and places ----


async def test_cars_are_found_with_brand_class_and_both_prices(agency: Agency) -> None:
    found = await agency.search(car_query())
    assert (found.skipped, found.cut_short) == ((), None)
    assert len({offer.product.vendor for offer in found.offers}) == 3  # type: ignore[union-attr]  # of rentals
    assert {offer.conditions.payment for offer in found.offers} == {  # type: ignore[union-attr]  # of rentals
        (PaymentTime.NOW,),
        (PaymentTime.ON_SITE,),
    }
    assert len({offer.id for offer in found.offers}) == len(found.offers)
    assert not any(offer.bookable for offer in found.offers)


async def test_a_car_costs_what_the_world_asks_for_it(agency: Agency) -> None:
    query = car_query()
    stations = [one for one in agency.world.cars.stations("LHR") if agency.world.cars.listed(SUPPLIER.slug, one)]
    quotes = [
        quote
        for one in stations
        for quote in agency.world.cars.quotes(SUPPLIER.slug, one, one, query.pick_up_at, query.drop_off_at, 30)
    ]
    there = {str(price.total) for quote in quotes for price in (quote.pay_now, quote.pay_later) if price}
    assert {str(offer.price.amount) for offer in (await agency.search(query)).offers} == there


async def test_a_one_way_fee_is_in_the_price_and_named(agency: Agency) -> None:
    found = await agency.search(car_query(pick_up="CDG", drop_off="NCE", currency="EUR"))
    fees = [part for offer in found.offers for part in offer.price_components if part.label == "One-way fee"]
    assert len(fees) == len(found.offers) > 0
    assert all(part.amount.amount > 0 for part in fees)


async def test_a_young_driver_pays_for_it(agency: Agency) -> None:
    found = await agency.search(car_query(driver_age=22))
    assert any(part.label == "Fee for the driver's age" for offer in found.offers for part in offer.price_components)


async def test_counters_and_cities_are_found(agency: Agency) -> None:
    for enquiry, expected in ((RentalPlaceEnquiry(airport="LHR"), 1), (PlaceEnquiry(text="LHR"), 1)):
        looking = SUPPLIER.lookups[type(enquiry)]

        def read(reply: Any, call: Call, enquiry: Any = enquiry, looking: Any = looking) -> Any:
            return looking.read(reply, call, enquiry, ATLAS)

        readouts = conversation.pages(
            agency.client, looking.ask(enquiry), read, at_most=looking.at_most, deadline=lambda: agency.deadline
        )
        records = [record async for readout in readouts for record in readout.records]
        assert len(records) >= expected
        assert all(record.name and record.location for record in records)


# ---- how it wants to be asked ----

STAY: Final = {
    "booker": {"country": "nl", "platform": "desktop"},
    "checkin": "2027-03-01",
    "checkout": "2027-03-04",
    "guests": {"number_of_adults": 2, "number_of_rooms": 1},
}
SEARCH: Final = {**STAY, "coordinates": {"latitude": 48.85, "longitude": 2.35, "radius": 1}}
PATH: Final = "/accommodations/search"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-affiliate-id": "956509"},
        {"authorization": "Bearer sandbox-booking-token"},
        {"authorization": "Bearer somebody", "x-affiliate-id": "956509"},
        {"authorization": "sandbox-booking-token", "x-affiliate-id": "956509"},
        {"authorization": "Bearer sandbox-booking-token", "x-affiliate-id": "nobody"},
    ],
)
async def test_both_credentials_are_wanted_on_every_call(agency: Agency, headers: dict[str, str]) -> None:
    assert (await agency.error(PATH, SEARCH, headers=headers))[:2] == (401, "unauthorized")


async def test_it_takes_posts_with_json_and_without_a_query_string(agency: Agency) -> None:
    assert (await agency.raw(PATH, method="GET")).status_code == 405
    assert (await agency.error(PATH, headers={**HEADERS, "accept": "text/html"}))[0] == 406
    assert (await agency.error("/nowhere"))[0] == 404
    text = await agency.raw(PATH, headers={**HEADERS, "content-type": "text/plain"})
    assert text.status_code == 415
    assert (await agency.error(f"{PATH}?page=1", SEARCH))[:2] == (400, "invalid_request")


@pytest.mark.parametrize(
    ("changed", "error_id", "message"),
    [
        ({"checkin": None}, "missing_parameter", "Parameter 'checkin' is missing."),
        ({"guests": {"number_of_adults": 2}}, "missing_parameter", "Parameter 'guests.number_of_rooms' is missing."),
        ({"coordinates": None}, "missing_parameter", "Parameter 'coordinates' is missing."),
        ({"dummy": 1}, "unknown_parameter", "Parameter 'dummy' does not exist."),
        ({"city": -5}, "conflicting_parameters", "Parameters 'coordinates' and 'city' exclude each other."),
        ({"checkout": "2027-03-01"}, "conflicting_parameters", "Parameter 'checkout' is not after 'checkin'."),
        ({"booker": {"country": "NL", "platform": "desktop"}}, "invalid_parameter", None),
        ({"rows": 15}, "invalid_parameter", None),
        ({"checkin": "2029-03-01", "checkout": "2029-03-02"}, "invalid_parameter", None),
        ({"currency": "XXX"}, "invalid_parameter", None),
        ({"page": "abc"}, "conflicting_parameters", None),
    ],
)
async def test_the_first_mistake_of_a_request_is_named(
    agency: Agency, changed: dict[str, Any], error_id: str, message: str | None
) -> None:
    body = {name: value for name, value in {**SEARCH, **changed}.items() if value is not None}
    status, told, said = await agency.error(PATH, body)
    assert (status, told) == (400, error_id)
    assert message in (None, said)


async def test_what_is_not_json_is_malformed(agency: Agency) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    response = await agency.raw(PATH, headers=headers, json=None, content=b"{")
    assert response.json()["errors"][0]["id"] == "malformed_request"


async def test_every_answer_has_a_number_of_26_letters(agency: Agency) -> None:
    for body in (SEARCH, {}):
        number = (await agency.raw(PATH, body)).json()["request_id"]
        assert len(number) == 26
        assert number == number.lower()


async def test_a_page_token_is_for_one_endpoint_and_three_hours(agency: Agency) -> None:
    wide = {**STAY, "rows": 10, "coordinates": {"latitude": 48.85, "longitude": 2.35, "radius": 5}}
    first = await agency.says(PATH, **wide)
    second = await agency.says(PATH, page=first["next_page"])
    assert not {row["id"] for row in first["data"]} & {row["id"] for row in second["data"]}
    assert (await agency.error("/orders/details", {"page": first["next_page"]}))[1] == "token_endpoint_mismatch"
    assert (await agency.error(PATH, {"page": f"{first['next_page']}x"}))[1] == "invalid_token"
    agency.clock.now += timedelta(hours=3)
    assert await agency.error(PATH, {"page": first["next_page"]}) == (400, "expired_token", "Token 'page' has expired.")


async def test_without_extras_there_are_neither_products_nor_charges(agency: Agency) -> None:
    (row, *_) = (await agency.says(PATH, **SEARCH))["data"]
    assert row["products"] == []
    assert set(row["price"]) == {"book", "total"}


async def test_filters_change_what_is_found(agency: Agency) -> None:
    free = await agency.says(PATH, **SEARCH, cancellation_type="free_cancellation", extras=["products"])
    kinds = {room["policies"]["cancellation"]["type"] for row in free["data"] for room in row["products"]}
    assert kinds == {"free_cancellation"}
    cheapest = await agency.says(PATH, **SEARCH, currency="EUR", sort={"by": "price", "direction": "ascending"})
    prices = [Decimal(str(row["price"]["total"])) for row in cheapest["data"]]
    assert prices == sorted(prices)
    dear = await agency.says(PATH, **SEARCH, currency="EUR", price={"minimum": 150})
    assert 0 < len(dear["data"]) < len(prices)


async def test_an_availability_has_all_rates_of_one_property_and_a_recommendation(agency: Agency) -> None:
    (row, *_) = (await agency.says(PATH, **SEARCH, extras=["products"]))["data"]
    data = (await agency.says("/accommodations/availability", **STAY, accommodation=row["id"]))["data"]
    ids = [room["id"] for room in data["products"]]
    assert len(ids) > 1
    assert row["products"][0]["id"] in ids
    assert data["recommendation"]["products"][0]["id"] == row["products"][0]["id"]
    assert data["products"][0]["policies"]["cancellation"]["schedule"][0]["from"] == "now"
    some = (await agency.says("/accommodations/availability", **STAY, accommodation=row["id"], products=ids[:1]))[
        "data"
    ]
    assert [room["id"] for room in some["products"]] == ids[:1]


async def test_a_product_for_other_guests_does_not_hold_these(agency: Agency) -> None:
    (row, *_) = (await agency.says(PATH, **SEARCH, extras=["products"]))["data"]
    stay = {
        "id": row["id"],
        "checkin": "2027-03-01",
        "checkout": "2027-03-04",
        "products": [{"id": row["products"][0]["id"], "allocation": {"number_of_adults": 1}}],
    }
    body = {"booker": STAY["booker"], "accommodation": stay}
    assert (await agency.error("/orders/preview", body))[:2] == (400, "occupancy_mismatch")


async def test_an_order_is_paid_as_the_preview_offered_and_cards_may_be_refused(agency: Agency) -> None:
    request = await agency.request(await agency.an_offer(lambda offer: offer.conditions.payment == (PaymentTime.NOW,)))
    body = msgspec.json.decode(SUPPLIER.sells["hotels"].book.ask(request).body or b"")
    card = {"cardholder": "A", "number": "4000000000009995", "cvc": "123", "expiry_date": "2030-10"}
    for payment, expected in (
        ({"timing": "pay_at_the_property"}, (400, "invalid_parameter")),
        ({"timing": "pay_online_now"}, (400, "missing_parameter")),
        ({"timing": "pay_online_now", "method": "card"}, (400, "missing_parameter")),
        ({"timing": "pay_online_now", "method": "card", "card": card}, (422, "payment_refused_insufficient_funds")),
        (
            {"timing": "pay_online_now", "method": "card", "card": {**card, "number": "12"}},
            (422, "payment_refused_invalid_card_number"),
        ),
    ):
        assert (await agency.error("/orders/create", {**body, "payment": payment}))[:2] == expected
    others = {**body["accommodation"], "products": [{"id": "another"}]}
    assert (await agency.error("/orders/create", {**body, "accommodation": others}))[:2] == (400, "invalid_parameter")
    assert await agency.orders_there() == []


async def test_orders_are_listed_for_a_week_at_most_and_within_a_year(agency: Agency) -> None:
    for start, end in ((timedelta(), timedelta(days=8)), (timedelta(days=-366), timedelta(days=-365))):
        window = {"from": (NOW + start).isoformat(), "to": (NOW + end).isoformat()}
        assert (await agency.error("/orders/details", {"created": window, "currency": "EUR"}))[:2] == (
            400,
            "invalid_parameter",
        )
    both = {"created": {"from": NOW.isoformat()}, "orders": ["1"], "currency": "EUR"}
    assert (await agency.error("/orders/details", both))[1] == "conflicting_parameters"


async def test_a_second_cancellation_is_a_conflict(agency: Agency) -> None:
    order = await agency.book(await agency.request())
    await agency.cancel(order)
    assert (await agency.error("/orders/cancel", {"order": order.id, "reason": "again"}))[0] == 409


async def test_above_the_quota_nothing_goes_through_until_the_minute_is_over(agency: Agency) -> None:
    for _ in range(600):
        assert (await agency.raw("/common/payments/currencies")).status_code == 200
    busy = await agency.raw("/common/payments/currencies")
    assert busy.status_code == 429
    assert not [name for name in busy.headers if "limit" in name or name == "retry-after"]
    agency.clock.now += timedelta(seconds=60)
    assert (await agency.raw("/common/payments/currencies")).status_code == 200


async def test_the_same_question_has_the_same_answer_in_every_sandbox(agency: Agency) -> None:
    other = Agency()
    for path, body in ((PATH, {**SEARCH, "extras": ["products"]}), ("/cars/details", {})):
        assert (await agency.raw(path, body)).content == (await other.raw(path, body)).content
    await other.client.aclose()
