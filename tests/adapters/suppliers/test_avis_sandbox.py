"""The pretend Avis Budget Group answers as its documents say, and cars can be rented from it through the kit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

import httpx
import msgspec
import pytest

from adapters.kit import conversation, drift, ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, Failure, TryLater, Unknown
from adapters.suppliers.avis import SUPPLIER, places
from adapters.suppliers.avis.sandbox import OPERATIONS, OUTCOMES, SELLS, World, create_app, credential
from domain.cars import Rental, RentalConditions, RentalPlace
from domain.enquiries import RentalPlaceEnquiry
from domain.offers import Offer, RentalOffer
from domain.orders import (
    Cancellation,
    CancellationStatus,
    ChosenExtra,
    Order,
    OrderRequest,
    OrderStatus,
    Quote,
    QuoteRequest,
    QuoteStatus,
    Reason,
)
from domain.payment import PaymentTime
from domain.queries import CarQuery
from sandbox.outcomes import Wish
from sandbox.world import World as WholeWorld
from tests.builders import ATLAS, NOW, car_query, contact, traveller
from tests.memory_attempts import MemoryAttempts

ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=64)
REFERENCE: Final = "TH2B7K9QX4MD"
FIVE_DAYS: Final = car_query()
VEHICLES: Final = "/cars/catalog/v2/vehicles"
RESERVATION: Final = "/cars/reservation/v2"
ASKED: Final = {
    "brand": "Avis",
    "pickup_date": "2027-03-01T10:00:00",
    "pickup_location": "LHR",
    "dropoff_date": "2027-03-06T10:00:00",
    "dropoff_location": "LHR",
    "country_code": "GB",
}


class Losing(httpx.ASGITransport):
    """A line that breaks after the request has come through, as often as told; it remembers what was said."""

    def __init__(self, app: Any) -> None:
        super().__init__(app=app)
        self.lost: dict[str, int] = {}
        self.said: list[tuple[str, str, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        self.said.append((request.method, request.url.path, await response.aread()))
        if self.lost.get(request.method, 0):
            self.lost[request.method] -= 1
            raise httpx.ReadError("the line is dead", request=request)
        return response

    def times(self, method: str, path: str) -> int:
        return [(verb, place) for verb, place, _ in self.said].count((method, path))


class Avis:
    """One pretend Avis, its world, and a client of the kit's that talks to it."""

    def __init__(self) -> None:
        self.time = NOW
        self.world = WholeWorld(seed=1, clock=lambda: self.time)
        self.line = Losing(create_app(self.world))
        access = Access(base_url="http://avis.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
        self.client = SupplierClient(SUPPLIER, access, shared=None, over=self.line, chance=lambda: 0.0)
        self.attempts = MemoryAttempts()

    def wish(self, operation: str, outcome: str, *, count: int | None = 1, seconds: float | None = None) -> None:
        order = Wish(supplier="avis", operation=operation, outcome=outcome, count=count, seconds=seconds)
        self.world.outcomes.add(order)

    async def offers(self, query: CarQuery = FIVE_DAYS) -> tuple[RentalOffer, ...]:
        told = await conversation.search(self.client, query, ATLAS, deadline=soon())
        assert told.cut_short is None
        assert told.skipped == ()
        return cast("tuple[RentalOffer, ...]", told.offers)

    async def offer(
        self, query: CarQuery = FIVE_DAYS, *, paid: PaymentTime = PaymentTime.ON_SITE, acriss: str | None = None
    ) -> RentalOffer:
        """The cheapest that is paid so, or that of the class."""
        return next(
            offer
            for offer in await self.offers(query)
            if offer.conditions.payment == (paid,)
            and not offer.conditions.on_request
            and offer.product.car.acriss == (acriss or offer.product.car.acriss)
        )

    async def quote(self, offer: Offer, query: CarQuery = FIVE_DAYS) -> Quote:
        return await ordering.quoted(self.client, QuoteRequest(offer=offer, query=query), deadline=soon())

    async def request(
        self,
        query: CarQuery = FIVE_DAYS,
        *,
        paid: PaymentTime = PaymentTime.ON_SITE,
        acriss: str | None = None,
        reference: str = REFERENCE,
        **changed: Any,
    ) -> OrderRequest:
        chosen = await self.offer(query, paid=paid, acriss=acriss)
        return OrderRequest(
            reference=reference,
            offer=chosen,
            query=query,
            quote=await self.quote(chosen, query),
            travellers=(traveller(),),
            contact=contact(),
            sent_at=NOW,
            **changed,
        )

    async def book(self, request: OrderRequest) -> Order:
        return await ordering.booked(self.client, request, self.attempts, deadline=soon(), now=lambda: NOW)

    async def look(self, order: Order) -> Order:
        return await ordering.looked(self.client, "cars", order, deadline=soon())

    async def cancel(self, order: Order) -> Cancellation:
        return await ordering.cancelled(self.client, "cars", order, deadline=soon())

    def cars_left(self, acriss: str) -> int:
        """The truth about the yard at Heathrow."""
        heathrow = self.world.cars.stations("LHR")[0]
        pick_up_at, drop_off_at = FIVE_DAYS.pick_up_at, FIVE_DAYS.drop_off_at
        quotes = self.world.cars.quotes("avis", heathrow, heathrow, pick_up_at, drop_off_at, 30)
        return next((quote.cars_left for quote in quotes if quote.acriss == acriss), 0)

    async def raw(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> httpx.Response:
        """A call with a good token, where no other headers are given."""
        if headers is None:
            headers = await self.credentials()
        async with httpx.AsyncClient(transport=self.line, base_url="http://avis.test") as client:
            return await client.request(method, path, headers=headers, **sent)

    async def credentials(self, client: str = "sandbox-avis-client") -> dict[str, str]:
        shown = {"client_id": client, "client_secret": "sandbox-avis-secret"}
        told = (await self.raw("GET", "/oauth/token/v2", headers=shown)).json()
        return {"client_id": client, "authorization": f"Bearer {told['access_token']}"}


async def ways(avis: Avis, request: OrderRequest) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Operation, and how it is come by; what is looked at and cancelled is another order."""
    order = await avis.book(msgspec.structs.replace(request, reference="TH2B7K9QX4ME"))
    search, counters = SUPPLIER.searches["cars"].ask(FIVE_DAYS), places.ask(RentalPlaceEnquiry(airport="LHR"))
    return {
        "availability": lambda: avis.client.answered(search, deadline=soon()),
        "locations": lambda: avis.client.answered(counters, deadline=soon()),
        "rates": lambda: avis.quote(request.offer),
        "book": lambda: avis.book(request),
        "retrieve": lambda: avis.look(order),
        "cancel": lambda: avis.cancel(order),
    }


def acriss_of(request: OrderRequest) -> str:
    assert isinstance(request.offer.product, Rental)
    return request.offer.product.car.acriss


def soon() -> float:
    return asyncio.get_running_loop().time() + 30


@pytest.fixture
async def avis() -> AsyncIterator[Avis]:
    pretend = Avis()
    yield pretend
    await pretend.client.aclose()


def codes(response: httpx.Response) -> list[str]:
    return [error["code"] for error in response.json()["status"]["errors"]]


# ---- search ----


async def test_every_car_of_the_counter_is_offered_in_both_ways(avis: Avis) -> None:
    offers = await avis.offers()
    heathrow = avis.world.cars.stations("LHR")[0]
    truth = {
        quote.acriss: quote
        for quote in avis.world.cars.quotes(
            "avis", heathrow, heathrow, FIVE_DAYS.pick_up_at, FIVE_DAYS.drop_off_at, FIVE_DAYS.driver_age
        )
    }
    assert {offer.product.car.acriss for offer in offers} == truth.keys()
    for offer in offers:
        quote = truth[offer.product.car.acriss]
        price = quote.pay_now if offer.conditions.payment == (PaymentTime.NOW,) else quote.pay_later
        assert price is not None
        assert (offer.price.amount, offer.price.currency) == (price.total, quote.currency)


async def test_prices_come_in_the_currency_of_the_counter_whatever_the_question(avis: Avis) -> None:
    in_yen, in_pounds = await avis.offers(car_query(currency="JPY")), await avis.offers()
    assert [offer.price for offer in in_yen] == [offer.price for offer in in_pounds]
    assert {offer.price.currency for offer in in_yen} == {"GBP"}
    assert all("about_JPY" in offer.supplier_extra for offer in in_yen)


async def test_a_young_driver_pays_more_for_fewer_cars(avis: Avis) -> None:
    young, grown = await avis.offers(car_query(driver_age=21)), await avis.offers()
    assert len(young) < len(grown)
    dearer = {offer.reference.rpartition(",")[0]: offer.price for offer in young}
    assert all(offer.price < dearer[key] for offer in grown if (key := offer.reference.rpartition(",")[0]) in dearer)
    assert "Underage Surcharge" in young[0].supplier_extra["disclaimers"]


async def test_nothing_to_be_had_is_an_empty_answer_and_no_failure(avis: Avis) -> None:
    avis.wish("availability", "nothing_there")
    assert await avis.offers() == ()


async def test_an_airport_without_a_counter_has_no_offers(avis: Avis) -> None:
    assert await avis.offers(car_query(pick_up="LDH", drop_off="LDH", currency="AUD")) == ()


async def test_a_drive_across_the_sea_is_refused_with_its_reason(avis: Avis) -> None:
    with pytest.raises(Answered) as refused:
        await avis.offers(car_query(drop_off="JFK"))
    assert (refused.value.code, refused.value.reason) == ("22224", Reason.NOT_POSSIBLE)


async def test_every_word_of_the_sandbox_is_known(avis: Avis) -> None:
    order = await avis.book(await avis.request(car_query(currency="EUR", driver_age=22)))
    await avis.look(order)
    await avis.cancel(order)
    await avis.client.answered(places.ask(RentalPlaceEnquiry(airport="LHR")), deadline=soon())
    named = {
        ("GET", VEHICLES): "availability",
        ("POST", f"{VEHICLES}/rates"): "rates",
        ("POST", RESERVATION): "book",
        ("GET", RESERVATION): "retrieve",
        ("PUT", RESERVATION): "cancel",
        ("GET", "/cars/locations/v2/keyword"): "locations",
    }
    met = set()
    for method, path, body in avis.line.said:
        if operation := named.get((method, path)):
            sample = drift.sampled(body, SUPPLIER.shapes[operation])
            assert sample is not None
            assert sample.unknown == {}, operation
            met.add(operation)
    assert met == set(named.values())


# ---- locations ----


async def test_the_counters_at_an_airport_and_in_its_city_are_found(avis: Avis) -> None:
    enquiry = RentalPlaceEnquiry(airport="LHR")
    call = places.ask(enquiry)
    readout = places.read(await avis.client.answered(call, deadline=soon()), call, enquiry, ATLAS)
    assert readout.skipped == ()
    first: RentalPlace = readout.records[0]
    assert (first.airport, first.code, first.at_airport, first.address.country) == ("LHR", "LHR", True, "GB")
    assert any(not place.at_airport for place in readout.records)
    assert all(place.location is not None for place in readout.records)


async def test_a_keyword_that_nothing_goes_by_is_404_with_609(avis: Avis) -> None:
    response = await avis.raw("GET", "/cars/locations/v2/keyword", params={"brand": "ALL", "keyword": "Atlantis"})
    assert (response.status_code, codes(response)) == (404, ["609"])


async def test_all_brands_are_found_by_the_name_of_a_city(avis: Avis) -> None:
    response = await avis.raw("GET", "/cars/locations/v2/keyword", params={"brand": "ALL", "keyword": "london"})
    told = response.json()["locations"]
    assert {location["brand"] for location in told} == {"Avis", "Budget", "Payless"}
    heathrow = next(location for location in told if location["code"] == "LHR")
    assert heathrow["hours_of_operation"][0] == {
        "day": "Sun",
        "first_slot_open_time": "0",
        "first_slot_close_time": "2359",
    }


# ---- the whole way ----


@pytest.mark.parametrize("currency", ["GBP", "EUR"])
@pytest.mark.parametrize("paid", [PaymentTime.ON_SITE, PaymentTime.NOW])
async def test_a_car_is_quoted_reserved_looked_at_and_cancelled(avis: Avis, paid: PaymentTime, currency: str) -> None:
    request = await avis.request(car_query(currency=currency), paid=paid)
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    acriss = acriss_of(request)
    before = avis.cars_left(acriss)
    order = await avis.book(request)
    assert (order.status, order.price, order.reference) == (OrderStatus.CONFIRMED, request.quote.price, REFERENCE)
    assert avis.cars_left(acriss) == before - 1
    assert await avis.look(order) == order
    assert (await avis.cancel(order)).status is CancellationStatus.CANCELLED
    assert avis.cars_left(acriss) == before


async def test_a_number_has_eight_digits_a_country_and_a_digit(avis: Avis) -> None:
    number = (await avis.book(await avis.request())).id
    assert (number[:8].isdecimal(), number[8:10], number[10:].isdecimal()) == (True, "GB", True)


async def test_what_is_chosen_raises_the_price_of_the_order(avis: Avis) -> None:
    plain = await avis.request()
    terms = plain.quote.conditions
    assert isinstance(terms, RentalConditions)
    cover = next(cover for cover in terms.coverages if not cover.included)
    assert cover.price is not None
    order = await avis.book(msgspec.structs.replace(plain, extras=(ChosenExtra(code=cover.code),)))
    assert order.price == plain.quote.price + cover.price * 5


async def test_cancelling_twice_is_answered(avis: Avis) -> None:
    order = await avis.book(await avis.request())
    await avis.cancel(order)
    with pytest.raises(Answered) as refused:
        await avis.cancel(order)
    assert (refused.value.code, refused.value.reason) == ("14036", Reason.ALREADY_CANCELLED)


async def test_a_cancelled_reservation_reads_as_before(avis: Avis) -> None:
    order = await avis.book(await avis.request())
    await avis.cancel(order)
    assert (await avis.look(order)).status is OrderStatus.CONFIRMED
    gone = msgspec.structs.replace(order, status=OrderStatus.CANCELLED)
    assert (await avis.look(gone)).status is OrderStatus.CANCELLED


@pytest.mark.parametrize("changed", [{"id": "00000000GB0"}, {"handle": {"brand": "Avis", "surname": "Lindbergh"}}])
async def test_an_unknown_number_and_another_surname_are_no_order(avis: Avis, changed: dict[str, Any]) -> None:
    order = msgspec.structs.replace(await avis.book(await avis.request()), **changed)
    for step in (avis.look, avis.cancel):
        with pytest.raises(Answered) as refused:
            await step(order)
        assert refused.value.reason is Reason.NO_SUCH_ORDER


# ---- what may come of it ----


@pytest.mark.parametrize(
    ("operation", "outcome", "reason"),
    [
        ("availability", "sold_out", Reason.SOLD_OUT),
        ("rates", "sold_out", Reason.SOLD_OUT),
        ("rates", "expired", Reason.EXPIRED),
        ("book", "sold_out", Reason.SOLD_OUT),
        ("book", "expired", Reason.EXPIRED),
        ("book", "declined", Reason.DECLINED),
        ("book", "rejected", None),
        ("cancel", "rejected", None),
    ],
)
async def test_a_definite_no_has_its_reason(avis: Avis, operation: str, outcome: str, reason: Reason | None) -> None:
    request = await avis.request()
    steps = await ways(avis, request)
    avis.wish(operation, outcome)
    with pytest.raises(Answered) as refused:
        await steps[operation]()
    assert refused.value.reason is reason


async def test_a_car_that_went_to_somebody_else_is_sold_out_at_the_quote_and_at_the_booking(avis: Avis) -> None:
    request = await avis.request()
    acriss = acriss_of(request)
    while avis.cars_left(acriss):
        assert avis.world.cars.take("avis", "LHR-T0", acriss, FIVE_DAYS.pick_up_at, FIVE_DAYS.drop_off_at)
    for step in (avis.quote(request.offer), avis.book(request)):
        with pytest.raises(Answered) as refused:
            await step
        assert (refused.value.code, refused.value.reason) == ("223", Reason.SOLD_OUT)


async def test_a_price_that_changed_is_quoted_as_it_is_now_and_kept_for_the_booking(avis: Avis) -> None:
    offer = await avis.offer()
    avis.wish("rates", "price_changed")
    quote = await avis.quote(offer)
    assert quote.status(offer) is QuoteStatus.CHANGED
    assert offer.price < quote.price
    order = await avis.book(msgspec.structs.replace(await avis.request(), offer=offer, quote=quote))
    assert order.price == quote.price


async def test_a_reservation_may_be_made_at_another_price_without_a_word(avis: Avis) -> None:
    """They have no status for it: only the answer's own total tells."""
    request = await avis.request()
    avis.wish("book", "price_changed")
    order = await avis.book(request)
    assert order.price is not None
    assert request.quote.price < order.price


async def test_a_quote_id_keeps_its_price_until_it_runs_out(avis: Avis) -> None:
    offers = await avis.offers()
    prices = {offer.id: offer.price for offer in offers}
    avis.time += timedelta(minutes=25)
    assert all([(await avis.quote(offer)).price == prices[offer.id] for offer in offers[:5]])
    avis.time += timedelta(days=40)
    assert any([(await avis.quote(offer)).price != prices[offer.id] for offer in offers[:5]])


async def test_a_car_on_request_is_pending_until_the_counter_says_yes(avis: Avis) -> None:
    request = await avis.request()
    avis.wish("book", "pending", seconds=90)
    order = await avis.book(request)
    assert order.status is OrderStatus.PENDING
    avis.time += timedelta(seconds=91)
    assert (await avis.look(order)).status is OrderStatus.CONFIRMED


@pytest.mark.parametrize("lost", ["the answer", "the back end"])
async def test_a_reservation_whose_answer_was_lost_stays_unknown_and_is_never_sent_again(avis: Avis, lost: str) -> None:
    """Nobody can look for it: two posts would be two cars."""
    request = await avis.request()
    acriss = acriss_of(request)
    before = avis.cars_left(acriss)
    if lost == "the answer":
        avis.line.lost["POST"] = 1
    else:
        avis.wish("book", "stored_then_500")
    for _ in range(3):
        with pytest.raises(Unknown):
            await avis.book(request)
    assert avis.line.times("POST", RESERVATION) == 1
    assert avis.cars_left(acriss) == before - 1


async def test_a_cancellation_whose_answer_was_lost_is_told_by_the_next_one(avis: Avis) -> None:
    order = await avis.book(await avis.request())
    avis.wish("cancel", "stored_then_500")
    with pytest.raises(Unknown):
        await avis.cancel(order)
    with pytest.raises(Answered) as refused:
        await avis.cancel(order)
    assert refused.value.reason is Reason.ALREADY_CANCELLED


async def test_a_token_that_ends_in_mid_session_is_renewed_and_books_once(avis: Avis) -> None:
    request = await avis.request()
    before = avis.cars_left(acriss_of(request))
    avis.wish("book", "token_expired")
    order = await avis.book(request)
    assert order.status is OrderStatus.CONFIRMED
    assert avis.cars_left(acriss_of(request)) == before - 1
    assert avis.line.times("GET", "/oauth/token/v2") == 2


async def test_429_comes_without_a_header_and_nothing_was_booked(avis: Avis) -> None:
    request = await avis.request()
    avis.wish("book", "throttled")
    with pytest.raises(TryLater) as busy:
        await avis.book(request)
    assert busy.value.retry_after is None
    assert (await avis.book(request)).status is OrderStatus.CONFIRMED


# ---- as its documents have it ----


async def test_posting_twice_makes_two_reservations(avis: Avis) -> None:
    await avis.book(await avis.request())
    await avis.book(await avis.request(reference="TH2B7K9QX4ME"))
    numbers = [
        msgspec.json.decode(body)["reservation"]["confirmation"]["number"]
        for method, path, body in avis.line.said
        if (method, path) == ("POST", RESERVATION)
    ]
    assert len(set(numbers)) == 2


async def test_a_token_is_given_for_get_with_headers(avis: Avis) -> None:
    shown = {"client_id": "sandbox-avis-client", "client_secret": "sandbox-avis-secret"}
    told = (await avis.raw("GET", "/oauth/token/v2", headers=shown)).json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 7140)
    refused = await avis.raw("GET", "/oauth/token/v2", headers={**shown, "client_secret": "nobody-s"})
    assert (refused.status_code, codes(refused)) == (401, ["401"])


async def test_a_token_that_ran_out_is_refused_in_the_words_of_its_host(avis: Avis) -> None:
    shown = await avis.credentials("sandbox-avis-brief")
    assert (await avis.raw("GET", VEHICLES, headers=shown, params=ASKED)).status_code == 200
    avis.time += timedelta(seconds=6)
    response = await avis.raw("GET", VEHICLES, headers=shown, params=ASKED)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_grant")
    assert "Bearer realm=" in response.headers["www-authenticate"]


async def test_the_clients_name_belongs_beside_its_own_token(avis: Avis) -> None:
    shown = await avis.credentials()
    nameless = await avis.raw("GET", VEHICLES, headers={"authorization": shown["authorization"]}, params=ASKED)
    assert (nameless.status_code, codes(nameless)) == (401, ["401"])
    others = await avis.raw("GET", VEHICLES, headers={**shown, "client_id": "sandbox-avis-other"}, params=ASKED)
    assert others.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"brand": "AVIS"}, 400, "400"),
        ({"brand": ""}, 400, "400"),
        ({"pickup_date": "tomorrow"}, 400, "400"),
        ({"pickup_date": "2020-01-01T10:00:00"}, 400, "231"),
        ({"dropoff_date": "2027-02-28T10:00:00"}, 400, "232"),
        ({"dropoff_date": "2028-03-01T10:00:00"}, 400, "221"),
        ({"country_code": "Britain"}, 400, "13213"),
        ({"pickup_location": "lhr!"}, 400, "203"),
        ({"pickup_location": "LDH"}, 404, "225"),
        ({"dropoff_location": "LDH"}, 404, "226"),
        ({"dropoff_location": "JFK"}, 400, "22224"),
        ({"age": "18"}, 404, "500708"),
        ({"vehicle_sipp_codes": "XXXX"}, 404, "500708"),
        ({"requested_rate_currency": "XYZ"}, 400, "400"),
    ],
)
async def test_a_question_that_makes_no_sense_has_its_code(
    avis: Avis, changed: dict[str, str], status: int, code: str
) -> None:
    response = await avis.raw("GET", VEHICLES, params={**ASKED, **changed})
    assert (response.status_code, codes(response)) == (status, [code])
    error = response.json()["status"]["errors"][0]
    assert all(isinstance(error[field], str) for field in ("code", "message", "reason", "details"))


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/cars/locations/v2/keyword", {"keyword": "LHR"}, "400"),
        ("/cars/locations/v2/keyword", {"brand": "Avis"}, "400"),
        (VEHICLES, {**ASKED, "age": "old"}, "400"),
        (VEHICLES, {**ASKED, "date_of_birth": "once"}, "400"),
        (VEHICLES, {**ASKED, "dropoff_date": "2027-03-01T10:30:00"}, "14442"),
        (RESERVATION, {"confirmation_number": "1", "last_name": "E"}, "400"),
        (RESERVATION, {"brand": "Avis", "last_name": "E"}, "220"),
        (RESERVATION, {"brand": "Avis", "confirmation_number": "1"}, "212"),
        ("/terms/v2/location/Avis/FR/LHR/en_US", {}, "609"),
        ("/terms/v2/location/Avis/GB/LHR/en_US", {"format": "pdf"}, "400"),
    ],
)
async def test_what_is_left_out_or_misspelt_has_its_code(
    avis: Avis, path: str, params: dict[str, str], code: str
) -> None:
    response = await avis.raw("GET", path, params=params)
    assert codes(response) == [code]


async def test_a_location_is_found_by_its_own_code(avis: Avis) -> None:
    told = (await avis.raw("GET", "/cars/locations/v2/keyword", params={"brand": "Avis", "keyword": "lhr4"})).json()
    assert [location["code"] for location in told["locations"]] == ["LHR4"]


async def test_two_child_seats_cost_twice_as_much_as_one(avis: Avis) -> None:
    body = await sellable(avis, "pay_later")
    prices = []
    for quantity in (0, 1, 2):
        asked = {**body, "extras": [{"code": "CBS", "quantity": quantity}]}
        told = (await avis.raw("POST", f"{VEHICLES}/rates", json=asked)).json()["reservation"]
        prices.append(round(100 * told["rate_totals"]["totals"]["reservation_total"]))
    assert prices[1] > prices[0]
    assert prices[2] - prices[1] == prices[1] - prices[0]


async def test_a_token_of_nobodys_making_is_refused(avis: Avis) -> None:
    for token in ("nonsense", "bm9ib2R5.x", ""):
        shown = {"client_id": "sandbox-avis-client", "authorization": f"Bearer {token}"}
        assert (await avis.raw("GET", VEHICLES, headers=shown, params=ASKED)).json()["error"] == "invalid_grant"


async def test_a_date_of_birth_does_for_an_age_and_a_filter_filters(avis: Avis) -> None:
    asked = {**ASKED, "date_of_birth": "2005-01-01", "vehicle_sipp_codes": "CDMR,CDAR"}
    told = (await avis.raw("GET", VEHICLES, params=asked)).json()
    assert {vehicle["category"]["sipp_code"] for vehicle in told["vehicles"]} <= {"CDMR", "CDAR"}
    assert told["vehicles"][0]["rate_totals"]["rate"]["under_age_fee_applied"] is True


async def test_a_budget_is_another_brand_with_cars_of_its_own(avis: Avis) -> None:
    told = (await avis.raw("GET", VEHICLES, params={**ASKED, "brand": "Budget"})).json()
    assert told["product"] == {"brand": "Budget"}
    assert told["vehicles"]


def reservation(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "product": {"brand": "Avis"},
        "reservation": {name: value for name, value in ASKED.items() if name not in ("brand", "country_code")},
        "rate_totals": {"rate": {"rate_code": "ZZ", "country_code": "GB"}},
        "customer": {"contact": {"first_name": "Amelia", "last_name": "Earhart"}},
    }
    told["reservation"]["vehicle_sipp_code"] = "CDMR"
    return told | changed


async def sellable(avis: Avis, timing: str) -> dict[str, Any]:
    """The body of a reservation that is taken, but for its payment."""
    told = (await avis.raw("GET", VEHICLES, params=ASKED)).json()
    vehicle = next(each for each in told["vehicles"] if timing in each["rate_totals"])
    body = reservation()
    body["reservation"]["vehicle_sipp_code"] = vehicle["category"]["sipp_code"]
    body["rate_totals"]["rate"]["rate_code"] = vehicle["rate_totals"][timing]["rate_code"]
    return body


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"rate_totals": {"rate": {"rate_code": "ZZ", "country_code": "GB"}}}, "14528"),
        ({"customer": {"contact": {"last_name": "Earhart"}}}, "210"),
        ({"customer": {"contact": {"first_name": "Amelia"}}}, "212"),
        ({"customer": {"contact": {"first_name": "A", "last_name": "E", "email": "nowhere"}}}, "215"),
        (
            {"customer": {"contact": {"first_name": "A", "last_name": "E"}, "address": {"country_code": "Britain"}}},
            "13213",
        ),
        ({"insurance": [{"code": "XYZ"}]}, "14299"),
        ({"extras": [{"code": "XYZ", "quantity": 1}]}, "400"),
        ({"payment_preference": {"type": "Gold"}}, "300111"),
        ({"payment_preference": {"type": "CustomerPaymentCard"}}, "300102"),
    ],
)
async def test_a_reservation_that_lacks_something_has_its_code(avis: Avis, changed: dict[str, Any], code: str) -> None:
    body = {**await sellable(avis, "pay_later"), **changed}
    response = await avis.raw("POST", RESERVATION, json=body)
    assert (response.status_code, codes(response)) == (400, [code])


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        (None, "300111"),
        ({"type": "Voucher", "id": "V1", "amount": 100}, "300100"),
        ({"type": "Voucher", "id": "V1", "currency": "GBP"}, "300101"),
    ],
)
async def test_what_is_prepaid_wants_all_of_its_payment(avis: Avis, payment: Any, code: str) -> None:
    body = {**await sellable(avis, "pay_now"), **({"payment_preference": payment} if payment else {})}
    response = await avis.raw("POST", RESERVATION, json=body)
    assert (response.status_code, codes(response)) == (400, [code])


async def test_a_retrieval_tells_names_in_capitals_and_a_rate_guarantee_on_request(avis: Avis) -> None:
    made = (await avis.raw("POST", RESERVATION, json=await sellable(avis, "pay_later"))).json()["reservation"]
    asked = {"brand": "Avis", "confirmation_number": made["confirmation"]["number"], "last_name": "earhart"}
    told = (await avis.raw("GET", RESERVATION, params={**asked, "modify": "true"})).json()["reservation"]
    assert told["customer"]["contact"]["last_name"] == "EARHART"
    assert told["rate_totals"]["rate"]["rate_guarantee_blob"]


async def test_taxes_fees_and_rent_add_up_to_the_cent(avis: Avis) -> None:
    made = (await avis.raw("POST", RESERVATION, json=await sellable(avis, "pay_later"))).json()["reservation"]
    rate, sums = made["rate_totals"]["rate"], made["rate_totals"]["totals"]
    lines = [*rate["taxes_fees"]["taxes"], *rate["taxes_fees"]["fees"]]
    due = sum(round(100 * line["amount"]) for line in lines if line["included_in_total"])
    assert due == round(100 * sums["taxes_fees_total"])
    assert round(100 * sums["vehicle_total"]) + due == round(100 * sums["reservation_total"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"content-type": "text/plain"}, 415), ({"accept": "text/html", "content-type": "application/json"}, 406)],
)
async def test_only_json_goes_in_and_out(avis: Avis, headers: dict[str, str], status: int) -> None:
    shown = {**await avis.credentials(), **headers}
    response = await avis.raw("POST", RESERVATION, headers=shown, content=b"{}")
    assert (response.status_code, codes(response)) == (status, [str(status)])


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"product": 7}'])
async def test_a_body_that_is_no_reservation_is_400(avis: Avis, body: bytes) -> None:
    shown = {**await avis.credentials(), "content-type": "application/json"}
    response = await avis.raw("PUT", RESERVATION, headers=shown, content=body)
    assert (response.status_code, codes(response)) == (400, ["400"])


async def test_a_path_that_they_do_not_have_is_a_404_without_a_code_of_business(avis: Avis) -> None:
    response = await avis.raw("GET", "/cars/reservation/v1")
    assert (response.status_code, codes(response)) == (404, ["404"])


async def test_what_cancelling_costs_is_told_in_sentences(avis: Avis) -> None:
    response = await avis.raw("GET", "/terms/v2/location/Avis/GB/LHR/en_US", params={"format": "html"})
    (term,) = response.json()["terms"]
    assert (term["header"], term["content"].startswith("<p>")) == ("Cancellation", True)


async def test_an_answer_says_who_asked_and_when(avis: Avis) -> None:
    told = (await avis.raw("GET", VEHICLES, params={**ASKED, "transaction_id": "mine"})).json()
    assert told["transaction"]["transaction_id"] == "mine"
    assert told["status"]["request_time"] == "2027-01-15T12:00:00Z"


def test_the_sandbox_says_what_it_sells_and_what_it_can_play() -> None:
    world: World = WholeWorld(seed=1, clock=lambda: NOW)
    assert world.now() == NOW
    assert SELLS == ("cars",)
    assert set(OUTCOMES) <= {name for _, _, name in OPERATIONS}


def test_who_calls_is_told_by_the_clients_name() -> None:
    assert credential({"headers": [(b"Client_Id", b"sandbox-avis-client")]}) == "sandbox-avis-client"
    assert credential({"headers": []}) is None


@pytest.mark.parametrize("operation", sorted(OUTCOMES))
async def test_a_throttled_read_is_tried_again(avis: Avis, operation: str) -> None:
    """Booking and cancelling are sent once, whatever comes back."""
    steps = await ways(avis, await avis.request())
    avis.wish(operation, "throttled")
    if operation in ("book", "cancel"):
        with pytest.raises(Failure) as busy:
            await steps[operation]()
        assert isinstance(busy.value, TryLater)
    else:
        assert await steps[operation]()
