"""Buying from Rapid, reply by reply: quotes, bookings, itineraries and their ends, as its documents show them."""

from datetime import date, timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.expedia import SUPPLIER, booking, guests, itineraries
from domain.hotels import Board, Property, Room, StayConditions
from domain.offers import StayOffer
from domain.orders import (
    Cancellation,
    CancellationStatus,
    Locator,
    Order,
    OrderRequest,
    OrderStatus,
    Quote,
    QuoteRequest,
    QuoteStatus,
    Reason,
)
from domain.queries import HotelQuery
from domain.travellers import Contact, Traveller
from tests.builders import (
    NOW,
    contact,
    flight_query,
    hotel_query,
    money,
    offer,
    stay_offer,
    traveller,
)

STAY: Final = hotel_query(check_out=date(2027, 3, 3))
CHECK: Final = "/v3/properties/19248/rooms/r1/rates/333?token=AbC"
BOOK: Final = "/v3/itineraries?token=XyZ"
REFERENCE: Final = "TH2B7K9QX4MD"
TERMS: Final = (
    '{"penalties":[{"start":"2027-02-22T18:00:00+01:00","end":"2027-03-03T12:00:00+01:00","percent":"50%"}],'
    '"refundable":true}'
)


def reply(told: object, *, status: int = 200) -> Reply:
    return Reply(status=status, headers={}, body=msgspec.json.encode(told), received_at=NOW)


def charge(value: str, currency: str = "EUR") -> dict[str, Any]:
    return {"billable_currency": {"value": value, "currency": currency}}


def pricing(value: str = "250.00") -> dict[str, Any]:
    return {"totals": {"inclusive": charge(value)}}


def bought(price: str = "250.00") -> StayOffer:
    found = stay_offer(
        supplier="expedia",
        reference=CHECK,
        at=Property(supplier="expedia", id="19248"),
        check_out=STAY.check_out,
        price=money(price),
        conditions=StayConditions(rooms=(Room(name="Fancy Queen Room"),), board=Board.BREAKFAST),
    )
    return msgspec.structs.replace(found, supplier_extra={"cancellation_terms": TERMS})


def checked(**changed: Any) -> dict[str, Any]:
    link = {"method": "POST", "href": BOOK, "expires": "2027-01-15T12:08:00.000Z"}
    return {"status": "available", "occupancy_pricing": {"2": pricing()}, "links": {"book": link}} | changed


def quoted(told: object | None = None) -> Quote:
    request = QuoteRequest(offer=bought(), query=STAY)
    readout = booking.read_price(reply(told or checked()), booking.ask_price(request), request)
    (quote,) = readout.records
    return quote


def request(
    *,
    query: HotelQuery = STAY,
    travellers: tuple[Traveller, ...] = (),
    reached_at: Contact | None = None,
    hold: bool = False,
) -> OrderRequest:
    return OrderRequest(
        reference=REFERENCE,
        offer=bought(),
        query=query,
        quote=quoted(),
        travellers=travellers or (traveller(),),
        contact=reached_at or contact(),
        sent_at=NOW,
        hold=hold,
    )


def sent(order: OrderRequest) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(booking.ask_booking(order).body or b"")
    return body


# ---- quote ----


def test_the_link_of_the_offer_is_followed_as_it_is() -> None:
    call = booking.ask_price(QuoteRequest(offer=bought(), query=STAY))
    assert (call.method, call.path, call.params, call.reads_only) == ("GET", CHECK, (), True)


def test_an_unchanged_price_is_quoted_with_the_link_to_book() -> None:
    quote = quoted()
    assert quote.status(bought()) is QuoteStatus.SAME
    assert (quote.price, quote.handle) == (money("250.00"), {"book": BOOK})
    assert quote.expires_at == NOW + timedelta(minutes=8)


def test_a_changed_price_is_a_quote_of_its_own_and_so_are_its_fees_to_cancel() -> None:
    quote = quoted(checked(status="price_changed", occupancy_pricing={"2": pricing("300.00")}))
    assert quote.status(bought()) is QuoteStatus.CHANGED
    terms = quote.conditions.cancellation
    assert terms is not None
    assert [step.fee for step in terms.steps] == [money("150.00")]


def test_a_rate_that_is_sold_out_comes_with_status_200() -> None:
    with pytest.raises(Answered) as gone:
        quoted({"status": "sold_out", "links": {"shop": {"method": "GET", "href": "/v3/x"}}})
    assert gone.value.reason is Reason.SOLD_OUT


@pytest.mark.parametrize(
    "told",
    [
        checked(status="reconsidered"),
        checked(links={}),
        checked(occupancy_pricing={"1": pricing()}),
        checked(links={"book": {"href": "https://evil.example/"}}),
        checked(occupancy_pricing={"2": {"totals": {"inclusive": charge("250.00", "USD")}}}),
    ],
    ids=["an unknown status", "no link", "other guests", "a link elsewhere", "another currency"],
)
def test_a_quote_that_nobody_can_book_is_given_up(told: object) -> None:
    with pytest.raises(GiveUp):
        quoted(told)


def test_traders_and_deposits_are_told_with_the_quote() -> None:
    told = checked(
        trader_information={"traders": [{"name": "Bellevue SARL"}], "terms_and_conditions": "https://x.example/t"},
        deposits=[{"value": "70.00", "due": "2027-02-01", "currency": "EUR"}],
    )
    extra = quoted(told).supplier_extra
    assert (extra["traders"], extra["terms_and_conditions"]) == ("Bellevue SARL", "https://x.example/t")
    assert extra["deposits"] == "70.00 EUR by 2027-02-01"


def test_only_stays_are_quoted() -> None:
    asked = QuoteRequest(offer=offer(), query=STAY)
    with pytest.raises(GiveUp):
        booking.read_price(reply(checked()), booking.ask_price(asked), asked)


# ---- book ----


def test_a_booking_is_sent_once_under_our_own_reference() -> None:
    call = booking.ask_booking(request())
    assert (call.method, call.path, call.reads_only) == ("POST", BOOK, False)
    assert sent(request())["affiliate_reference_id"] == REFERENCE


def test_no_card_of_anybodys_is_ever_sent() -> None:
    (payment,) = sent(request())["payments"]
    assert payment == {
        "type": "affiliate_collect",
        "billing_contact": {
            "given_name": "Amelia",
            "family_name": "Earhart",
            "address": {"line_1": "1 High Street", "city": "London", "postal_code": "N1 1AA", "country_code": "GB"},
        },
    }


def test_each_room_is_in_the_name_of_the_first_grown_up_of_its_party() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=3, children_ages=(7,))
    names = ("Ann", "Bob", "Cleo")
    travellers = (
        traveller(given_name="Tim", born_on=date(2020, 1, 1)),
        *(traveller(given_name=name) for name in names),
    )
    rooms = sent(request(query=query, travellers=travellers))["rooms"]
    assert [room["given_name"] for room in rooms] == ["Ann", "Cleo"]


def test_rooms_whose_guests_nobody_named_are_in_the_first_name() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=2)
    rooms = sent(request(query=query))["rooms"]
    assert [room["given_name"] for room in rooms] == ["Amelia", "Amelia"]


@pytest.mark.parametrize(
    ("phone", "country", "number"),
    [("+442080160509", "44", "2080160509"), ("+14155550100", "1", "4155550100"), ("+35312345678", "353", "12345678")],
)
def test_a_telephone_number_is_taken_apart_at_its_country(phone: str, country: str, number: str) -> None:
    assert guests.phone(contact(phone=phone)) == {"country_code": country, "number": number}


def test_an_address_keeps_to_the_letters_that_are_taken() -> None:
    told = msgspec.structs.replace(contact(), address_line="Łódzka 5, piętro ć", city="東京")
    address = guests.billed(told, traveller())["address"]
    assert address["line_1"] == "Lódzka 5, pietro c"
    assert "city" not in address


def test_a_name_that_is_too_long_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Answered) as refused:
        booking.ask_booking(request(travellers=(traveller(surname="a" * 61),)))
    assert refused.value.reason is Reason.INVALID_TRAVELLER


def test_only_one_room_can_be_held() -> None:
    with pytest.raises(Answered) as refused:
        booking.ask_booking(request(query=hotel_query(rooms=2), hold=True))
    assert refused.value.reason is Reason.NOT_POSSIBLE
    assert sent(request(hold=True))["hold"] is True


def test_what_is_no_question_about_hotels_is_never_booked() -> None:
    with pytest.raises(GiveUp):
        booking.ask_booking(msgspec.structs.replace(request(), query=flight_query()))


def test_a_quote_without_its_link_is_never_booked() -> None:
    quote = msgspec.structs.replace(quoted(), handle={})
    with pytest.raises(GiveUp):
        booking.ask_booking(msgspec.structs.replace(request(), quote=quote))


def made(links: dict[str, Any]) -> Order:
    told = {"itinerary_id": "8999989898988", "links": links}
    order = request()
    (record,) = booking.read_booking(reply(told, status=201), booking.ask_booking(order), order).records
    return record


def link(method: str, path: str = "/v3/itineraries/8999989898988?token=T") -> dict[str, str]:
    return {"method": method, "href": path}


def test_a_booking_is_confirmed_at_the_price_of_its_quote() -> None:
    order = made({"retrieve": link("GET")})
    assert (order.id, order.status, order.price) == ("8999989898988", OrderStatus.CONFIRMED, money("250.00"))
    assert (order.reference, order.handle) == (REFERENCE, {"email": "amelia@example.com"})
    assert order.cancellation == quoted().conditions.cancellation


def test_a_held_booking_keeps_the_link_that_makes_it_firm() -> None:
    order = made({"retrieve": link("GET"), "resume": link("PUT"), "cancel": link("DELETE")})
    assert order.status is OrderStatus.HELD
    assert order.handle["resume"] == "/v3/itineraries/8999989898988?token=T"


def test_a_booking_that_waits_for_a_card_is_pending() -> None:
    order = made({"complete_payment_session": link("PUT")})
    assert (order.status, order.supplier_extra) == (
        OrderStatus.PENDING,
        {"waits_for": "complete_payment_session"},
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("price_mismatch", Reason.PRICE_CHANGED),
        ("rooms_unavailable", Reason.SOLD_OUT),
        ("cc_declined", Reason.DECLINED),
        ("duplicate_itinerary", Reason.DUPLICATE),
        ("link.invalid", Reason.EXPIRED),
        ("email.invalid", Reason.INVALID_TRAVELLER),
        ("resource_not_found", Reason.NO_SUCH_ORDER),
        ("room_already_cancelled", Reason.ALREADY_CANCELLED),
    ],
)
def test_every_no_has_its_reason(code: str, expected: Reason) -> None:
    assert SUPPLIER.errors[code].reason is expected


def test_a_booking_may_take_as_long_as_they_ask_for() -> None:
    assert SUPPLIER.patience["book"] >= timedelta(seconds=90)


# ---- itineraries ----


def room(**changed: Any) -> dict[str, Any]:
    told = {
        "id": "926784314",
        "confirmation_id": {"expedia": "1234567890", "property": "BEF23123AA"},
        "checkin": "2027-03-01",
        "status": "booked",
        "rate": {
            "refundable": True,
            "cancel_refund": {"amount": "190.00", "currency": "EUR"},
            "cancel_penalties": [
                {"start": "2027-02-22T18:00:00+01:00", "end": "2027-03-03T12:00:00+01:00", "percent": "50%"}
            ],
            "pricing": pricing(),
        },
        "links": {"cancel": link("DELETE", "/v3/itineraries/1/rooms/926784314?token=R1")},
    }
    return told | changed


def itinerary(*rooms: dict[str, Any], **changed: Any) -> dict[str, Any]:
    told = {
        "itinerary_id": "8999989898988",
        "property_id": "19248",
        "rooms": list(rooms) or [room()],
        "creation_date_time": "2027-01-15T12:00:01.000Z",
        "affiliate_reference_id": REFERENCE,
    }
    return told | changed


KNOWN: Final = Order(
    supplier="expedia",
    id="8999989898988",
    status=OrderStatus.CONFIRMED,
    price=money("250.00"),
    reference=REFERENCE,
    handle={"email": "amelia@example.com"},
)


def seen(told: object, *, status: int = 200, before: Order = KNOWN) -> Order:
    (order,) = itineraries.read_look(reply(told, status=status), itineraries.ask_look(before), before).records
    return order


def test_an_itinerary_is_looked_at_by_number_and_email() -> None:
    call = itineraries.ask_look(KNOWN)
    assert (call.path, call.params) == ("/v3/itineraries/8999989898988", (("email", "amelia@example.com"),))


def test_a_number_of_somebody_elses_making_stays_within_the_path() -> None:
    strange = msgspec.structs.replace(KNOWN, id="../regions?x=1")
    assert itineraries.ask_look(strange).path == "/v3/itineraries/..%2Fregions%3Fx%3D1"


def test_the_numbers_of_expedia_and_of_the_property_are_both_told() -> None:
    assert seen(itinerary()).locators == (
        Locator(issuer="expedia", code="1234567890"),
        Locator(issuer="property", code="BEF23123AA"),
    )
    assert seen(itinerary(room(confirmation_id={"expedia": "1"}))).locators == (Locator(issuer="expedia", code="1"),)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("booked",), OrderStatus.CONFIRMED),
        (("booked", "pending"), OrderStatus.PENDING),
        (("booked", "canceled"), OrderStatus.CONFIRMED),
        (("canceled", "canceled"), OrderStatus.CANCELLED),
        (("bewitched",), OrderStatus.PENDING),
    ],
)
def test_the_rooms_make_the_state_of_an_order(states: tuple[str, ...], expected: OrderStatus) -> None:
    order = seen(itinerary(*(room(status=state) for state in states)))
    assert order.status is expected


def test_one_canceled_room_of_two_is_named() -> None:
    order = seen(itinerary(room(), room(status="canceled")))
    assert order.supplier_extra["canceled_rooms"] == "1 of 2"


def test_a_held_itinerary_is_known_by_its_link_to_resume() -> None:
    held = room()
    del held["links"]
    order = seen(itinerary(held, links={"resume": link("PUT"), "cancel": link("DELETE")}))
    assert (order.status, "resume" in order.handle) == (OrderStatus.HELD, True)


def test_a_partial_answer_leaves_what_was_known_and_names_what_is_missing() -> None:
    before = msgspec.structs.replace(KNOWN, cancellation=seen(itinerary()).cancellation)
    bare = room(rate={"pricing": pricing()})
    told = itinerary(bare, impacted_fields=["rooms.rate.cancel_refund", "rooms.rate.cancel_penalties"])
    order = seen(told, status=206, before=before)
    assert order.cancellation == before.cancellation
    assert order.status is OrderStatus.CONFIRMED
    assert order.supplier_extra["impacted_fields"] == "rooms.rate.cancel_refund, rooms.rate.cancel_penalties"


def test_an_answer_without_prices_keeps_the_price_that_was_known() -> None:
    assert seen(itinerary(room(rate=None)), status=206).price == money("250.00")


def test_a_fresh_itinerary_of_two_fields_is_pending() -> None:
    told = {"itinerary_id": "8999989898988", "creation_date_time": "2027-01-15T12:00:01.000Z"}
    order = seen(told)
    assert (order.id, order.status, order.price) == ("8999989898988", OrderStatus.PENDING, money("250.00"))


def test_numbers_where_text_belongs_are_read_exactly() -> None:
    told = itinerary(adjustment={"value": -100.25, "type": "base_rate", "currency": "EUR"})
    told["rooms"][0]["rate"]["cancel_refund"] = {"amount": -65.98, "currency": "EUR"}
    extra = seen(told).supplier_extra
    assert (extra["adjustment"], extra["refund_if_cancelled_now"]) == ("-100.25 EUR", "65.98 EUR")


def test_an_itinerary_whose_rooms_bill_in_two_currencies_is_given_up() -> None:
    other = room()
    other["rate"] = {**other["rate"], "pricing": {"totals": {"inclusive": charge("250.00", "USD")}}}
    with pytest.raises(GiveUp):
        seen(itinerary(room(), other))


# ---- find ----


def found(*told: dict[str, Any]) -> Readout[Order]:
    order = request()
    return itineraries.read_find(reply(list(told)), itineraries.ask_find(order), order)


def test_an_order_is_found_by_our_reference_and_the_email() -> None:
    assert itineraries.ask_find(request()).params == (
        ("affiliate_reference_id", REFERENCE),
        ("email", "amelia@example.com"),
    )
    (order,) = found(itinerary()).records
    assert (order.id, order.reference, order.status) == ("8999989898988", REFERENCE, OrderStatus.CONFIRMED)


def test_nothing_found_is_no_order() -> None:
    assert found().records == ()


def test_an_order_that_is_half_visible_is_pending_under_our_reference() -> None:
    (order,) = found({"itinerary_id": "8999989898988", "creation_date_time": "2027-01-15T12:00:01.000Z"}).records
    assert (order.status, order.reference) == (OrderStatus.PENDING, REFERENCE)


def test_an_order_under_another_reference_is_not_ours() -> None:
    assert found(itinerary(affiliate_reference_id="SOMEBODY-ELSE")).records == ()


# ---- cancel ----


def step(told: object, call: Call, *, status: int = 200) -> Readout[Cancellation]:
    return itineraries.read_cancel(reply(told, status=status), call, KNOWN)


def silent(call: Call, status: int = 204) -> Readout[Cancellation]:
    answered = Reply(status=status, headers={}, body=b"", received_at=NOW)
    return itineraries.read_cancel(answered, call, KNOWN)


def following(readout: Readout[Cancellation]) -> Call:
    assert readout.records == ()
    assert readout.next is not None
    return readout.next


def test_every_room_is_cancelled_by_its_own_link_and_the_refund_is_read_back() -> None:
    second = room(id="2", links={"cancel": link("DELETE", "/v3/itineraries/1/rooms/2?token=R2")})
    first_call = following(step(itinerary(room(), second), itineraries.ask_cancel(KNOWN)))
    assert (first_call.method, first_call.path) == ("DELETE", "/v3/itineraries/1/rooms/926784314?token=R1")
    assert first_call.reads_only is False
    second_call = following(silent(first_call))
    assert (second_call.operation, second_call.path) == ("cancel_room", "/v3/itineraries/1/rooms/2?token=R2")
    last = following(silent(second_call))
    assert (last.operation, last.method) == ("retrieve", "GET")
    gone = [room(status="canceled"), room(status="canceled")]
    assert step(itinerary(*gone), last).records == (
        Cancellation(
            status=CancellationStatus.CANCELLED,
            refund=money("380.00"),
            fee=money("120.00"),
            number="8999989898988",
        ),
    )


def test_rooms_that_are_gone_already_are_left_alone() -> None:
    call = following(step(itinerary(room(status="canceled"), room()), itineraries.ask_cancel(KNOWN)))
    assert call.path.endswith("token=R1")
    assert following(silent(call)).operation == "retrieve"


def test_a_cancellation_whose_state_nobody_knows_is_pending() -> None:
    call = following(step(itinerary(), itineraries.ask_cancel(KNOWN)))
    last = following(silent(call, status=202))
    assert step(itinerary(), last).records == (Cancellation(status=CancellationStatus.PENDING),)


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b"<html>"), (204, b"{}")])
def test_a_cancellation_that_is_answered_with_anything_else_is_not_believed(status: int, body: bytes) -> None:
    call = following(step(itinerary(), itineraries.ask_cancel(KNOWN)))
    with pytest.raises(GiveUp):
        itineraries.read_cancel(Reply(status=status, headers={}, body=body, received_at=NOW), call, KNOWN)


def test_a_refund_that_is_not_told_afterwards_is_the_one_that_was_promised() -> None:
    call = following(step(itinerary(), itineraries.ask_cancel(KNOWN)))
    bare = room(status="canceled", rate={"pricing": pricing()})
    (ended,) = step(itinerary(bare), following(silent(call))).records
    assert (ended.refund, ended.fee) == (money("190.00"), money("60.00"))


def test_a_refund_that_is_never_told_is_not_guessed() -> None:
    bare = room(rate=None)
    call = following(step(itinerary(bare), itineraries.ask_cancel(KNOWN)))
    (ended,) = step(itinerary(room(status="canceled", rate=None)), following(silent(call))).records
    assert (ended.status, ended.refund, ended.fee) == (CancellationStatus.CANCELLED, None, None)


def test_a_held_itinerary_is_cancelled_as_a_whole() -> None:
    held = room()
    del held["links"]
    whole = itinerary(held, links={"resume": link("PUT"), "cancel": link("DELETE")})
    call = following(step(whole, itineraries.ask_cancel(KNOWN)))
    assert (call.operation, call.path) == ("cancel_held", "/v3/itineraries/8999989898988?token=T")


def test_cancelling_what_is_cancelled_is_answered() -> None:
    with pytest.raises(Answered) as refused:
        step(itinerary(room(status="canceled")), itineraries.ask_cancel(KNOWN))
    assert refused.value.reason is Reason.ALREADY_CANCELLED


@pytest.mark.parametrize("links", [{}, None])
def test_a_room_without_its_link_can_not_be_cancelled(links: object) -> None:
    with pytest.raises(Answered) as refused:
        step(itinerary(room(), room(links=links)), itineraries.ask_cancel(KNOWN))
    assert refused.value.reason is Reason.NOT_CANCELLABLE


def test_a_cancellation_never_follows_a_link_elsewhere() -> None:
    strange = room(links={"cancel": link("DELETE", "https://evil.example/v2/delete")})
    with pytest.raises(GiveUp):
        step(itinerary(strange), itineraries.ask_cancel(KNOWN))


def test_the_address_of_the_traveller_is_nobodys() -> None:
    """Booking calls want one, and a call that shows none would be refused."""
    for call in (itineraries.ask_look(KNOWN), itineraries.ask_find(request()), booking.ask_booking(request())):
        assert dict(call.headers)["customer-ip"] == "192.0.2.1"
