"""Buying from the pretend Hertz through the kit, whatever is lost or sold out on the way; and what it does by itself."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx
import pytest

from adapters.kit import ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Priority, Window
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Found, search
from adapters.kit.drift import sampled
from adapters.kit.failures import Answered, Failure, GiveUp, Unknown
from adapters.suppliers.hertz import SUPPLIER, cars, places
from adapters.suppliers.hertz.sandbox import OPERATIONS, OUTCOMES, SELLS, create_app, credential, operation_in
from domain.cars import Rental, RentalConditions
from domain.enquiries import RentalPlaceEnquiry
from domain.offers import Offer
from domain.orders import (
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
from sandbox.world import World
from tests.builders import ATLAS, NOW, car_query, contact, money, traveller
from tests.memory_attempts import MemoryAttempts

ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=8)
REFERENCE: Final = "TH0123456789ABCD"
QUERY: Final = car_query()
PATH: Final = "/DirectLinkWEB/handlers/DirectLinkHandler?id=ota2007a"


class Clock:
    def __init__(self) -> None:
        self.shows = NOW

    def __call__(self) -> datetime:
        return self.shows

    def passes(self, time: timedelta) -> None:
        self.shows += time


class Line(httpx.AsyncBaseTransport):
    """To the pretend Hertz, and back unless it is cut: then it hears the call, and nobody hears the answer."""

    def __init__(self, app: Any) -> None:
        self._over: Final = httpx.ASGITransport(app=app)
        self.cut_after: str | None = None
        self.operations: Final[list[str | None]] = []
        self.answers: Final[list[tuple[str, bytes]]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = operation_in(await request.aread())
        self.operations.append(operation)
        response = await self._over.handle_async_request(request)
        body = await response.aread()
        if operation is not None:
            self.answers.append((operation, body))
        if operation is not None and operation == self.cut_after:
            raise httpx.ReadError("the line is dead")
        return httpx.Response(response.status_code, headers=response.headers, content=body)


class Shop:
    """One traveller at one pretend Hertz."""

    def __init__(self) -> None:
        self.clock: Final = Clock()
        self.world: Final = World(seed=1, clock=self.clock)
        self.line: Final = Line(create_app(self.world))
        access = Access(base_url="http://hertz.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
        self.client: Final = SupplierClient(SUPPLIER, access, shared=None, over=self.line, chance=lambda: 0.0)
        self.attempts: Final = MemoryAttempts()

    @staticmethod
    def soon() -> float:
        return asyncio.get_running_loop().time() + 30

    def plays(self, operation: str, outcome: str, seconds: float | None = None) -> None:
        self.world.outcomes.add(Wish(supplier="hertz", operation=operation, outcome=outcome, seconds=seconds))

    async def found(self, query: CarQuery = QUERY) -> Found:
        return await search(self.client, query, ATLAS, deadline=self.soon())

    async def offer(self, *, prepaid: bool = False) -> Offer:
        for told in (await self.found()).offers:
            assert isinstance(told.conditions, RentalConditions)
            if (PaymentTime.NOW in told.conditions.payment) is prepaid:
                return told
        raise LookupError("no such offer")

    async def quote(self, offer: Offer) -> Quote:
        return await ordering.quoted(self.client, QuoteRequest(offer=offer, query=QUERY), deadline=self.soon())

    async def request(self, *, prepaid: bool = False, **changed: Any) -> OrderRequest:
        offer = await self.offer(prepaid=prepaid)
        told = {
            "reference": REFERENCE,
            "offer": offer,
            "query": QUERY,
            "quote": await self.quote(offer),
            "travellers": (traveller(),),
            "contact": contact(),
            "sent_at": self.clock(),
        }
        return OrderRequest(**{**told, **changed})

    async def book(self, request: OrderRequest) -> Order:
        return await ordering.booked(self.client, request, self.attempts, deadline=self.soon(), now=self.clock)

    async def look(self, order: Order) -> Order:
        return await ordering.looked(self.client, "cars", order, deadline=self.soon())

    async def cancel(self, order: Order) -> Any:
        return await ordering.cancelled(self.client, "cars", order, deadline=self.soon())

    async def post(self, body: str, path: str = PATH) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.line, base_url="http://hertz.test") as client:
            return await client.post(path, content=body.encode())


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    shop = Shop()
    yield shop
    await shop.client.aclose()


def rental(offer: Offer) -> Rental:
    assert isinstance(offer.product, Rental)
    return offer.product


def cars_left(shop: Shop, offer: Offer) -> int:
    """Of that class, for those days."""
    station = shop.world.cars.station_of("hertz", rental(offer).pick_up.code)
    assert station is not None
    quotes = shop.world.cars.quotes("hertz", station, station, QUERY.pick_up_at, QUERY.drop_off_at, QUERY.driver_age)
    return next((quote.cars_left for quote in quotes if quote.acriss == rental(offer).car.acriss), 0)


# ---- the whole way ----


async def test_a_search_reads_as_the_world_has_it(shop: Shop) -> None:
    found = await shop.found()
    assert found.skipped == ()
    station = shop.world.cars.station_of("hertz", "LHR")
    assert station is not None
    quotes = shop.world.cars.quotes("hertz", station, station, QUERY.pick_up_at, QUERY.drop_off_at, QUERY.driver_age)
    prices = [price for quote in quotes for price in (quote.pay_later, quote.pay_now) if price]
    assert sorted(offer.price.amount for offer in found.offers) == sorted(price.total for price in prices)
    assert all(offer.price_components for offer in found.offers)


@pytest.mark.parametrize("prepaid", [False, True])
async def test_a_car_is_found_quoted_booked_looked_at_and_cancelled(shop: Shop, *, prepaid: bool) -> None:
    request = await shop.request(prepaid=prepaid)
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    left = cars_left(shop, request.offer)
    order = await shop.book(request)
    assert (order.status, order.price) == (OrderStatus.CONFIRMED, request.offer.price)
    assert re.fullmatch(r"[A-Z][0-9A-Z]{10}", order.id)
    assert order.cancellation == request.offer.conditions.cancellation
    assert cars_left(shop, request.offer) == left - 1
    assert await shop.look(order) == order
    assert (await shop.cancel(order)).status is CancellationStatus.CANCELLED
    assert cars_left(shop, request.offer) == left


async def test_a_car_costs_the_money_of_its_counter_whatever_was_asked_for(shop: Shop) -> None:
    in_euros, in_pounds = await shop.found(car_query(currency="EUR")), await shop.found(car_query())
    assert in_euros.skipped == ()
    assert [offer.price for offer in in_euros.offers] == [offer.price for offer in in_pounds.offers]
    assert {offer.price.currency for offer in in_euros.offers} == {"GBP"}


async def test_a_car_that_is_left_elsewhere_has_both_counters(shop: Shop) -> None:
    (first, *_) = (await shop.found(car_query(drop_off="LGW"))).offers
    told = rental(first)
    assert (told.pick_up.airport, told.drop_off.airport) == ("LHR", "LGW")
    assert told.drop_off.name == "London Gatwick Airport"


async def test_counters_are_listed(shop: Shop) -> None:
    enquiry = RentalPlaceEnquiry(airport="LHR")
    call = places.ask(enquiry)
    reply = await shop.client.answered(call, deadline=shop.soon(), priority=Priority.SYNC)
    readout = places.read(reply, call, enquiry, ATLAS)
    assert readout.skipped == ()
    assert [place.at_airport for place in readout.records] == [True, True, False, False]


async def test_extras_are_in_the_price_of_the_order(shop: Shop) -> None:
    request = await shop.request(extras=(ChosenExtra(code="EQP13"), ChosenExtra(code="VCT40")))
    order = await shop.book(request)
    assert order.price is not None
    assert order.price.amount > request.offer.price.amount
    assert order.supplier_extra["price_expected"] == str(request.offer.price)


# ---- no ----


async def test_an_airport_without_a_counter_is_an_empty_answer(shop: Shop) -> None:
    found = await shop.found(car_query(pick_up="LDH", drop_off="LDH"))
    assert (found.offers, found.skipped) == ((), ())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (car_query(drop_off="JFK"), Reason.NOT_POSSIBLE),
        (car_query(drop_off="CDG"), Reason.NOT_POSSIBLE),
        (
            car_query(
                pick_up_at=datetime(2027, 1, 2, 10),  # noqa: DTZ001 -- on the clock at the counter
                drop_off_at=datetime(2027, 1, 5, 10),  # noqa: DTZ001 -- on the clock at the counter
            ),
            Reason.NOT_POSSIBLE,
        ),
        (car_query(driver_age=18), None),
    ],
    ids=["across an ocean", "across a border", "in the past", "too young"],
)
async def test_what_hertz_does_not_do_is_a_definite_no(shop: Shop, query: CarQuery, reason: Reason | None) -> None:
    with pytest.raises(Answered) as failure:
        await shop.found(query)
    assert failure.value.reason is reason


async def test_sold_out_at_the_search_is_nothing_and_at_the_quote_sold_out(shop: Shop) -> None:
    offer = await shop.offer()
    shop.plays("availability", "sold_out")
    assert (await shop.found()).offers == ()
    shop.plays("availability", "sold_out")
    with pytest.raises(Answered) as failure:
        await shop.quote(offer)
    assert failure.value.reason is Reason.SOLD_OUT


async def test_a_class_whose_last_car_is_gone_is_sold_out_at_the_quote_and_at_the_booking(shop: Shop) -> None:
    request = await shop.request()
    place, acriss = "LHR-T0", rental(request.offer).car.acriss
    while shop.world.cars.take("hertz", place, acriss, QUERY.pick_up_at, QUERY.drop_off_at):
        pass
    with pytest.raises(Answered) as quoting:
        await shop.quote(request.offer)
    with pytest.raises(Answered) as booking:
        await shop.book(request)
    assert (quoting.value.reason, booking.value.reason) == (Reason.SOLD_OUT, Reason.SOLD_OUT)


@pytest.mark.parametrize(("outcome", "reason"), [("sold_out", Reason.SOLD_OUT), ("declined", Reason.DECLINED)])
async def test_a_booking_that_is_refused_takes_no_car(shop: Shop, outcome: str, reason: Reason) -> None:
    request = await shop.request()
    left = cars_left(shop, request.offer)
    shop.plays("book", outcome)
    with pytest.raises(Answered) as failure:
        await shop.book(request)
    assert failure.value.reason is reason
    assert cars_left(shop, request.offer) == left


# ---- prices that move ----


async def test_a_changed_price_shows_in_the_quote(shop: Shop) -> None:
    offer = await shop.offer()
    shop.plays("availability", "price_changed")
    quote = await shop.quote(offer)
    assert quote.status(offer) is QuoteStatus.CHANGED
    assert offer.price < quote.price


async def test_a_price_that_changes_with_the_booking_is_the_orders_own(shop: Shop) -> None:
    request = await shop.request()
    shop.plays("book", "price_changed")
    order = await shop.book(request)
    assert order.price is not None
    assert request.quote.price < order.price
    assert order.supplier_extra["price_expected"] == str(request.quote.price)
    assert "RATE MAY HAVE CHANGED" in order.supplier_extra["warnings"]


async def test_the_reference_keeps_its_price_for_half_an_hour_and_no_longer(shop: Shop) -> None:
    kept = await shop.request()
    shop.clock.passes(timedelta(minutes=29))
    order = await shop.book(kept)
    assert order.price == kept.quote.price
    stale = await shop.request(reference="TH0123456789ABCE")
    shop.clock.passes(timedelta(hours=6))
    late = await shop.book(stale)
    assert "RATE MAY HAVE CHANGED" in late.supplier_extra["warnings"]


# ---- what is lost on the way ----


@pytest.mark.parametrize("loss", ["answer", "system error"])
async def test_a_booking_whose_answer_is_lost_is_unknown_and_never_sent_again(shop: Shop, loss: str) -> None:
    request = await shop.request()
    left = cars_left(shop, request.offer)
    if loss == "answer":
        shop.line.cut_after = "book"
    else:
        shop.plays("book", "stored_then_error")
    for _ in range(3):
        with pytest.raises(Unknown):
            await shop.book(request)
    assert shop.line.operations.count("book") == 1
    assert cars_left(shop, request.offer) == left - 1


async def test_nobody_refuses_a_duplicate_so_two_references_are_two_cars(shop: Shop) -> None:
    request = await shop.request()
    left = cars_left(shop, request.offer)
    one = await shop.book(request)
    same = await shop.book(request)
    assert one == same
    assert cars_left(shop, request.offer) == left - 1


async def test_an_order_that_is_visible_late_is_not_there_at_first(shop: Shop) -> None:
    request = await shop.request()
    shop.plays("book", "visible_late", seconds=30)
    order = await shop.book(request)
    with pytest.raises(Answered) as failure:
        await shop.look(order)
    assert failure.value.reason is Reason.NO_SUCH_ORDER
    shop.clock.passes(timedelta(seconds=31))
    assert (await shop.look(order)).status is OrderStatus.CONFIRMED


async def test_a_cancellation_whose_answer_is_lost_is_unknown_and_tells_itself_when_asked_again(shop: Shop) -> None:
    order = await shop.book(await shop.request())
    shop.line.cut_after = "cancel"
    with pytest.raises(Unknown):
        await shop.cancel(order)
    shop.line.cut_after = None
    with pytest.raises(Answered) as failure:
        await shop.cancel(order)
    assert failure.value.reason is Reason.ALREADY_CANCELLED


# ---- cancelling ----


async def test_who_cancels_twice_is_told_that_it_is_cancelled_and_so_is_who_looks(shop: Shop) -> None:
    order = await shop.book(await shop.request())
    await shop.cancel(order)
    with pytest.raises(Answered) as failure:
        await shop.cancel(order)
    assert failure.value.reason is Reason.ALREADY_CANCELLED
    assert (await shop.look(order)).status is OrderStatus.CANCELLED


@pytest.mark.parametrize(
    "changed",
    [{"id": "Z99999999ZZ"}, {"id": "nonsense"}, {"handle": {"surname": "LINDBERGH", "market": "DE"}}],
    ids=["unknown", "malformed", "another surname"],
)
async def test_an_unknown_reference_or_surname_is_no_such_order(shop: Shop, changed: Mapping[str, Any]) -> None:
    order = await shop.book(await shop.request())
    fields = {name: getattr(order, name) for name in order.__struct_fields__}
    other = Order(**{**fields, **changed})
    for ask in (shop.look, shop.cancel):
        with pytest.raises(Answered) as failure:
            await ask(other)
        assert failure.value.reason is Reason.NO_SUCH_ORDER


@pytest.mark.parametrize("prepaid", [False, True])
@pytest.mark.parametrize("at", [NOW + timedelta(hours=1), datetime(2027, 2, 28, 12, tzinfo=UTC)])
async def test_the_fee_is_the_one_that_the_ladder_names(shop: Shop, at: datetime, *, prepaid: bool) -> None:
    order = await shop.book(await shop.request(prepaid=prepaid))
    shop.clock.shows = at
    assert order.cancellation is not None
    assert order.price is not None
    told = await shop.cancel(order)
    fee = order.cancellation.fee_at(at)
    assert told.fee == fee
    assert told.refund == ((order.price - (fee or money("0.00", "GBP"))) if prepaid else None)


async def test_nothing_is_cancelled_after_the_car_was_to_be_fetched(shop: Shop) -> None:
    order = await shop.book(await shop.request())
    shop.clock.shows = datetime(2027, 3, 1, 10, tzinfo=UTC)
    with pytest.raises(Answered) as failure:
        await shop.cancel(order)
    assert failure.value.reason is Reason.NOT_CANCELLABLE


async def test_a_cancellation_may_be_refused_or_pending_on_request(shop: Shop) -> None:
    order = await shop.book(await shop.request())
    shop.plays("cancel", "not_cancellable")
    with pytest.raises(Answered) as failure:
        await shop.cancel(order)
    assert failure.value.reason is Reason.NOT_CANCELLABLE
    shop.plays("cancel", "pending")
    assert (await shop.cancel(order)).status is CancellationStatus.PENDING


# ---- by itself ----


def question(**changed: str) -> str:
    """A search as a client of another maker may write it."""
    told = {
        "root": "OTA_VehAvailRateRQ",
        "pos": """<Source ISOCountry="GB" AgentDutyCode="sandboxhertzduty"><RequestorID Type="4" ID="sandbox-hertz-vn">
          <CompanyName Code="CP" CodeContext="sandbox-hertz-cp"/></RequestorID></Source>""",
        "core": """<VehRentalCore PickUpDateTime="2027-03-01T10:00:00" ReturnDateTime="2027-03-06T10:00:00">
          <PickUpLocation LocationCode="LHR" CodeContext="IATA"/></VehRentalCore>""",
        "more": "",
    } | changed
    return f"""<{told["root"]} xmlns="http://www.opentravel.org/OTA/2003/05" Version="2.007" SequenceNmbr="77" MaxResponses="3">
      <POS>{told["pos"]}</POS><VehAvailRQCore Status="Available">{told["core"]}{told["more"]}</VehAvailRQCore></{told["root"]}>"""


def told(response: httpx.Response) -> ET.Element:
    assert response.status_code == 200
    root = ET.fromstring(response.content)  # noqa: S314 -- our own sandbox's answer
    for part in root.iter():
        part.tag = part.tag.rpartition("}")[2]
    return root


def refused(response: httpx.Response) -> tuple[str | None, str | None]:
    error = told(response).find("Errors/Error")
    assert error is not None
    return error.get("Type"), error.get("Code")


async def test_an_answer_repeats_the_sequence_number_and_is_a_test(shop: Shop) -> None:
    root = told(await shop.post(question()))
    assert (root.get("SequenceNmbr"), root.get("Target"), root.get("Version")) == ("77", "Test", "2.007")
    assert len(root.findall(".//VehAvail")) == 3


async def test_every_time_carries_the_constant_offset(shop: Shop) -> None:
    body = (await shop.post(question())).text
    times = re.findall(r'DateTime="([^"]+)"', body)
    assert times
    assert {time[-6:] for time in times} == {"-06:00"}


async def test_wishes_narrow_the_answer(shop: Shop) -> None:
    more = '<VehPrefs><VehPref Code="ECMR" CodeContext="SIPP"/></VehPrefs><RateQualifier RateQualifier="0H"/>'
    root = told(await shop.post(question(more=more)))
    assert {vehicle.get("Code") for vehicle in root.iter("Vehicle")} <= {"ECMR"}
    assert {rate.get("RateQualifier") for rate in root.iter("RateQualifier")} == {"0H"}
    seat = '<SpecialEquipPrefs><SpecialEquipPref EquipType="7" Quantity="2"/></SpecialEquipPrefs>'
    assert told(await shop.post(question(more=seat))).find(".//PricedEquip/Charge") is not None


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"pos": ""}, ("4", None)),
        ({"pos": '<Source><RequestorID Type="4" ID="T000"/></Source>'}, ("4", None)),
        ({"pos": '<Source><RequestorID Type="4" ID="sandbox-hertz-vn"/></Source>'}, ("6", None)),
        ({"core": ""}, ("10", "321")),
        ({"core": '<VehRentalCore PickUpDateTime="soon"/>'}, ("3", "320")),
        ({"more": '<DriverType Age="old"/>'}, ("3", "320")),
        ({"more": '<RateQualifier RateQualifier="NONE"/>'}, ("3", "263")),
        ({"more": '<VehPrefs><VehPref Code="XXXX"/></VehPrefs>'}, ("3", "221")),
        ({"more": '<VendorPrefs><VendorPref Code="ZT"/></VendorPrefs>'}, ("3", "221")),
        ({"more": '<DriverType Age="30"/><VendorPrefs/>'}, ("7", None)),
        ({"more": '<SpecialEquipPrefs><SpecialEquipPref EquipType="99"/></SpecialEquipPrefs>'}, ("3", "250")),
        ({"root": "OTA_VehModifyRQ"}, ("2", None)),
    ],
)
async def test_mistakes_are_told_with_status_200(
    shop: Shop, changed: dict[str, str], answer: tuple[str, str | None]
) -> None:
    assert refused(await shop.post(question(**changed))) == answer


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [
        ("what?", PATH, 400),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', PATH, 400),
        ("<a/>", PATH, 404),
        (question(), PATH.replace("2007a", "1999"), 404),
    ],
)
async def test_what_is_no_message_gets_a_page(shop: Shop, body: str, path: str, status: int) -> None:
    response = await shop.post(body, path)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html")


async def test_wrong_credentials_are_given_up(shop: Shop) -> None:
    access = Access(
        base_url="http://hertz.test", secrets=dict.fromkeys(SUPPLIER.auth.secrets, "nobody"), budget=ROOMY, live=False
    )
    client = SupplierClient(SUPPLIER, access, shared=None, over=shop.line)
    with pytest.raises(GiveUp) as failure:
        await client.answered(cars.ask(QUERY), deadline=shop.soon())
    assert failure.value.code == "type 4"
    await client.aclose()


async def test_nothing_in_its_answers_is_a_stranger_to_our_shapes(shop: Shop) -> None:
    for prepaid, reference in ((False, REFERENCE), (True, "TH0123456789ABCE")):
        extras = (ChosenExtra(code="EQP13"),)
        order = await shop.book(await shop.request(prepaid=prepaid, reference=reference, extras=extras))
        await shop.look(order)
        await shop.cancel(order)
        with pytest.raises(Failure):
            await shop.cancel(order)
    await shop.client.answered(places.ask(RentalPlaceEnquiry(airport="LHR")), deadline=shop.soon())
    assert {operation for operation, _ in shop.line.answers} == set(SUPPLIER.shapes)
    for operation, body in shop.line.answers:
        sample = sampled(body, SUPPLIER.shapes[operation])
        assert sample is not None
        assert sample.unknown == {}


def test_the_sandbox_says_what_it_is() -> None:
    assert {operation for _, _, operation in OPERATIONS} == set(SUPPLIER.shapes)
    assert set(OUTCOMES) <= set(SUPPLIER.shapes)
    assert SELLS == ("cars",)
    assert credential({"headers": []}) is None
    assert operation_in(cars.ask(QUERY).body or b"") is None  # before its secrets stand there it is no XML
    assert operation_in(question().encode()) == "availability"
