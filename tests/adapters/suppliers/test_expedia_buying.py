"""Everything that Rapid sells is bought through the kit, whatever goes wrong on the way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from adapters.kit.failures import Answered, Unknown
from adapters.suppliers.expedia import SUPPLIER, itineraries
from domain.hotels import Board
from domain.orders import CancellationStatus, OrderStatus, QuoteStatus, Reason
from domain.places import Point
from domain.queries import HotelQuery
from sandbox.hotels.offers import Guests
from tests.adapters.suppliers.test_expedia_sandbox import BOOKING_HEADERS, REFERENCE, STAY, Rapid, free, reason, stay
from tests.builders import NOW, PARIS, hotel_query
from tests.memory_attempts import MemoryAttempts


@pytest.fixture
async def rapid() -> AsyncIterator[Rapid]:
    rapid = Rapid()
    yield rapid
    await rapid.client.aclose()


# ---- the whole way ----


@pytest.mark.parametrize(
    "query",
    [
        STAY,
        hotel_query(radius_km=2, rooms=2, adults=3, children_ages=(5,)),
        hotel_query(radius_km=2, currency="JPY", adults=1),
        hotel_query(radius_km=2, currency="ISK"),
        hotel_query(location=Point(latitude=40.7128, longitude=-74.006), radius_km=4, currency="USD", market="US"),
    ],
    ids=["two in Paris", "a family in two rooms", "in yen", "in crowns that nobody bills", "fees at the desk"],
)
async def test_what_is_found_is_quoted_booked_seen_found_and_cancelled(rapid: Rapid, query: HotelQuery) -> None:
    request = await rapid.request(query)
    assert request.offer.bookable
    assert request.quote.status(request.offer) is QuoteStatus.SAME
    order = await rapid.book(request)
    assert (order.status, order.price) == (OrderStatus.CONFIRMED, request.offer.price)
    seen = await rapid.look(order)
    assert (seen.id, seen.status, seen.reference) == (order.id, OrderStatus.CONFIRMED, REFERENCE)
    assert len(seen.locators) == 2 * query.rooms
    found = await rapid.find(request)
    assert found is not None
    assert (found.id, found.price) == (order.id, seen.price)
    cancelled = await rapid.cancel(order)
    assert cancelled.status is CancellationStatus.CANCELLED
    assert (await rapid.look(order)).status is OrderStatus.CANCELLED


async def test_a_stay_is_found_with_all_that_one_wants_to_know(rapid: Rapid) -> None:
    offers = await rapid.offers()
    assert len(offers) > 20
    assert all(offer.product.property.name and offer.product.property.location for offer in offers)
    assert {offer.conditions.board for offer in offers} >= {Board.ROOM_ONLY, Board.BREAKFAST}
    assert all(offer.conditions.cancellation is not None for offer in offers)
    assert any(part.on_site for offer in offers for part in offer.price_components)


async def test_every_property_is_within_the_circle_and_none_is_missing(rapid: Rapid) -> None:
    near = rapid.world.hotels.near(PARIS.latitude, PARIS.longitude, 2)
    truth = {str(listing.id) for listing in rapid.world.hotels.listings("expedia", near)}
    call = SUPPLIER.searches["hotels"].ask(STAY)
    told = set((await rapid.answer(call)).json())
    assert truth <= told


async def test_the_price_is_the_worlds_price_with_what_is_due_at_the_desk(rapid: Rapid) -> None:
    offer = (await rapid.offers())[0]
    sold = rapid.world.hotels.rates(rapid.hotel(offer), STAY.check_in, STAY.check_out, [Guests(adults=2)], "expedia")
    assert offer.price.amount in {rate.total_eur + rate.on_site_eur for rate in sold}


async def test_in_a_currency_that_nobody_bills_dollars_are_charged_and_so_is_the_price(rapid: Rapid) -> None:
    request = await rapid.request(hotel_query(radius_km=2, currency="ISK"))
    assert request.offer.price.currency == request.quote.price.currency == "USD"
    assert "about_ISK" in request.offer.supplier_extra
    order = await rapid.look(await rapid.book(request))
    assert order.price is not None
    assert order.price.currency == "USD"


# ---- cancelling ----


async def test_cancelling_in_time_gives_everything_back(rapid: Rapid) -> None:
    request = await rapid.request(refundable=True)
    order = await rapid.book(request)
    cancelled = await rapid.cancel(order)
    assert cancelled.fee is not None
    assert (cancelled.fee.amount, cancelled.refund and cancelled.refund.amount) == (
        0,
        sum(part.amount.amount for part in request.offer.price_components if not part.on_site),
    )


@pytest.mark.parametrize("days_before", [40, 6, 1, 0])
async def test_the_fee_is_that_of_the_ladder(rapid: Rapid, days_before: int) -> None:
    order = await rapid.book(await rapid.request(refundable=True))
    rapid.world_time = datetime(2027, 3, 1, 20, tzinfo=UTC) - timedelta(days=days_before)
    assert order.cancellation is not None
    owed = order.cancellation.fee_at(rapid.world_time)
    cancelled = await rapid.cancel(order)
    assert cancelled.fee is not None
    assert cancelled.fee.amount == (owed.amount if owed else 0)


async def test_cancelling_twice_is_answered(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request())
    await rapid.cancel(order)
    with pytest.raises(Answered) as refused:
        await rapid.cancel(order)
    assert reason(refused) is Reason.ALREADY_CANCELLED


async def test_a_cancellation_may_stay_open(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request())
    rapid.wish("cancel_room", "pending")
    assert (await rapid.cancel(order)).status is CancellationStatus.PENDING
    assert (await rapid.cancel(order)).status is CancellationStatus.CANCELLED


async def test_a_cancellation_whose_answer_is_lost_is_unknown_and_the_next_one_tells(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request())
    rapid.line.lost["DELETE"] = 1
    with pytest.raises(Unknown):
        await rapid.cancel(order)
    with pytest.raises(Answered) as refused:
        await rapid.cancel(order)
    assert reason(refused) is Reason.ALREADY_CANCELLED


async def test_half_a_cancellation_is_finished_by_the_next_one(rapid: Rapid) -> None:
    query = hotel_query(radius_km=2, rooms=2, adults=4)
    order = await rapid.book(await rapid.request(query))
    rapid.line.lost["DELETE"] = 1
    with pytest.raises(Unknown):
        await rapid.cancel(order)
    assert (await rapid.look(order)).supplier_extra["canceled_rooms"] == "1 of 2"
    assert (await rapid.cancel(order)).status is CancellationStatus.CANCELLED


async def test_rooms_are_sold_to_everybody_and_come_back_when_cancelled(rapid: Rapid) -> None:
    request = await rapid.request()
    bought = stay(request.offer)

    async def left() -> int | None:
        same = [
            offer
            for offer in await rapid.offers()
            if (offer.product.property.id, offer.conditions.rooms)
            == (bought.product.property.id, bought.conditions.rooms)
        ]
        return max(offer.conditions.rooms_left or 0 for offer in same)

    before = await left()
    order = await rapid.book(request)
    assert await left() == (before or 0) - 1
    await rapid.cancel(order)
    assert await left() == before


# ---- outcomes ----


async def test_sold_out_at_the_price_check(rapid: Rapid) -> None:
    offer = (await rapid.offers())[0]
    rapid.wish("price_check", "sold_out")
    with pytest.raises(Answered) as refused:
        await rapid.quote(offer)
    assert reason(refused) is Reason.SOLD_OUT


async def test_a_changed_price_is_quoted_and_can_be_booked(rapid: Rapid) -> None:
    rapid.wish("price_check", "price_changed")
    request = await rapid.request()
    assert request.quote.status(request.offer) is QuoteStatus.CHANGED
    order = await rapid.book(request)
    assert (await rapid.look(order)).price == request.quote.price


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("sold_out", Reason.SOLD_OUT), ("price_changed", Reason.PRICE_CHANGED), ("declined", Reason.DECLINED)],
)
async def test_a_booking_is_refused_for_its_reason_and_takes_no_room(
    rapid: Rapid, outcome: str, expected: Reason
) -> None:
    request = await rapid.request()
    rapid.wish("book", outcome)
    with pytest.raises(Answered) as refused:
        await rapid.book(request)
    assert reason(refused) is expected
    assert await rapid.find(request) is None


async def test_the_last_rooms_go_to_whoever_books_first(rapid: Rapid) -> None:
    request = await rapid.request()
    hotel = rapid.hotel(request.offer)
    for room in hotel.rooms:
        while rapid.world.hotels.take(hotel.id, room.code, STAY.check_in, STAY.check_out, 1):
            pass
    with pytest.raises(Answered) as refused:
        await rapid.book(request)
    assert reason(refused) is Reason.SOLD_OUT


async def test_prices_that_drift_between_search_and_booking_stop_it(rapid: Rapid) -> None:
    request = await rapid.request()
    for _ in range(200):
        rapid.world_time += timedelta(hours=1)
        if (await rapid.quote(request.offer)).price != request.quote.price:
            break
    with pytest.raises(Answered) as refused:
        await rapid.book(request)
    assert reason(refused) is Reason.PRICE_CHANGED


async def test_a_pending_booking_is_confirmed_in_the_end(rapid: Rapid) -> None:
    request = await rapid.request()
    rapid.wish("book", "pending", seconds=60)
    order = await rapid.book(request)
    assert (await rapid.look(order)).status is OrderStatus.PENDING
    rapid.ahead = timedelta(seconds=61)
    assert (await rapid.look(order)).status is OrderStatus.CONFIRMED


async def test_a_booking_that_waits_for_a_card_is_never_confirmed(rapid: Rapid) -> None:
    request = await rapid.request()
    rapid.wish("book", "payment_challenge")
    order = await rapid.book(request)
    assert order.status is OrderStatus.PENDING
    assert (await rapid.look(order)).status is OrderStatus.PENDING


async def test_a_partial_look_keeps_what_was_known(rapid: Rapid) -> None:
    order = await rapid.look(await rapid.book(await rapid.request(refundable=True)))
    rapid.wish("retrieve", "partial")
    partial = await rapid.look(order)
    assert (partial.status, partial.cancellation) == (OrderStatus.CONFIRMED, order.cancellation)
    assert "rooms.rate.cancel_penalties" in partial.supplier_extra["impacted_fields"]


@pytest.mark.parametrize("lost", ["the reply", "500"])
async def test_a_booking_that_was_stored_and_never_answered_is_found_and_never_sent_again(
    rapid: Rapid, lost: str
) -> None:
    request = await rapid.request()
    if lost == "500":
        rapid.wish("book", "stored_then_500")
    else:
        rapid.line.lost["POST"] = 1
    with pytest.raises(Unknown):
        await rapid.book(request)
    order = await rapid.book(request)
    assert (order.status, order.reference) == (OrderStatus.CONFIRMED, REFERENCE)
    assert rapid.line.sent.count(("POST", "/v3/itineraries")) == 1


async def test_a_booking_that_shows_up_late_is_unknown_then_pending_then_there(rapid: Rapid) -> None:
    request = await rapid.request()
    rapid.wish("book", "visible_late", seconds=60)
    rapid.line.lost["POST"] = 1
    with pytest.raises(Unknown):
        await rapid.book(request)
    with pytest.raises(Unknown):
        await rapid.book(request)
    rapid.ahead = timedelta(seconds=40)
    half = await rapid.find(request)
    assert half is not None
    assert half.status is OrderStatus.PENDING
    rapid.ahead = timedelta(seconds=61)
    assert (await rapid.book(request)).status is OrderStatus.CONFIRMED
    assert rapid.line.sent.count(("POST", "/v3/itineraries")) == 1


async def test_a_booking_that_never_came_through_is_known_not_to_be_there_after_a_while(rapid: Rapid) -> None:
    request = await rapid.request()
    await rapid.attempts.begin("expedia", REFERENCE)
    with pytest.raises(Unknown):
        await rapid.book(request, now=NOW + itineraries.VISIBLE_WITHIN)
    with pytest.raises(Answered) as refused:
        await rapid.book(request, now=NOW + itineraries.VISIBLE_WITHIN + timedelta(seconds=1))
    assert reason(refused) is Reason.NO_SUCH_ORDER


async def test_a_second_booking_under_one_reference_is_refused_by_rapid_and_the_first_one_found(rapid: Rapid) -> None:
    request = await rapid.request()
    first = await rapid.book(request)
    rapid.attempts = MemoryAttempts()  # our books are lost
    again = await rapid.book(request)
    assert again.id == first.id


async def test_an_unknown_itinerary_and_a_strangers_email_are_not_found(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request())
    for stranger in (
        msgspec.structs.replace(order, id="123"),
        msgspec.structs.replace(order, handle={"email": "eve@example.com"}),
    ):
        for ask in (rapid.look, rapid.cancel):
            with pytest.raises(Answered) as refused:
                await ask(stranger)
            assert reason(refused) is Reason.NO_SUCH_ORDER


async def test_an_offer_that_has_ended_can_not_be_quoted(rapid: Rapid) -> None:
    offer = (await rapid.offers())[0]
    rapid.ahead = timedelta(minutes=21)
    response = await rapid.raw("GET", offer.reference)
    assert (response.status_code, response.json()["errors"][0]["type"]) == (400, "link.invalid")


async def test_nothing_there_is_an_empty_answer(rapid: Rapid) -> None:
    rapid.wish("availability", "nothing_there")
    assert await rapid.offers() == ()
    assert await rapid.offers(hotel_query(location=Point(latitude=0.0, longitude=-150.0))) == ()


# ---- hold and resume ----


async def test_a_held_room_is_resumed_by_its_link_or_rolls_itself_back(rapid: Rapid) -> None:
    orders = []
    for number in (1, 2):
        request = await rapid.request(refundable=True, hold=True, reference=f"{REFERENCE}{number}")
        orders.append(await rapid.book(request))
    assert {order.status for order in orders} == {OrderStatus.HELD}
    resumed = await rapid.raw("PUT", orders[0].handle["resume"], headers=BOOKING_HEADERS)
    assert resumed.status_code == 204
    assert (await rapid.look(orders[0])).status is OrderStatus.CONFIRMED
    assert (await rapid.look(orders[1])).status is OrderStatus.HELD
    rapid.ahead = timedelta(minutes=31)
    path = f"/v3/itineraries/{orders[1].id}"
    rolled_back = await rapid.raw("GET", path, params={"email": "amelia@example.com"}, headers=BOOKING_HEADERS)
    assert [room["status"] for room in rolled_back.json()["rooms"]] == ["canceled"]


async def test_a_held_booking_is_cancelled_as_a_whole_and_costs_nothing(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request(refundable=True, hold=True))
    cancelled = await rapid.cancel(order)
    assert (cancelled.status, cancelled.fee and cancelled.fee.amount) == (CancellationStatus.CANCELLED, 0)
    assert ("DELETE", f"/v3/itineraries/{order.id}") in rapid.line.sent


async def test_what_can_not_be_refunded_can_not_be_held(rapid: Rapid) -> None:
    offers = await rapid.offers()
    firm = next(offer for offer in offers if not free(offer))
    request = await rapid.request(hold=True)
    request = msgspec.structs.replace(request, offer=firm, quote=await rapid.quote(firm))
    with pytest.raises(Answered) as refused:
        await rapid.book(request)
    assert reason(refused) is Reason.NOT_POSSIBLE
