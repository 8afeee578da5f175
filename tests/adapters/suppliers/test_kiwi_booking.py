"""How Kiwi's checks, bookings and payments are asked for and read: every trap of the wire by name."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.suppliers.kiwi import SUPPLIER, places
from adapters.suppliers.kiwi.booking import BOOK, CANCEL
from adapters.suppliers.kiwi.checking import QUOTE
from adapters.suppliers.kiwi.multi import ask_multi, read_multi
from adapters.suppliers.kiwi.timetable import Leg
from domain.enquiries import PlaceEnquiry
from domain.flights import Itinerary
from domain.offers import ComponentKind, FlightOffer
from domain.orders import (
    ChosenExtra,
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
from tests.builders import ATLAS, NOW, car_query, contact, flight_query, money, offer, stay_offer, traveller

LEFT_OUT: Final = object()
TOKEN: Final = "a-booking-token"
PAPER: Final = Document(number="X1234567", issued_by="US", expires_on=date(2031, 1, 1))

# ---- literal replies ----


def combination(*indices: int, kind: str = "hold_bag", amount: Any = 0, groups: Any = ("adult",)) -> dict[str, Any]:
    price = {"currency": "EUR", "amount": amount, "base": amount, "service": 0, "service_flat": 0, "merchant": 0}
    return {
        "indices": list(indices),
        "category": kind,
        "conditions": {"passenger_groups": list(groups)},
        "price": price,
    }


EVERYBODY: Final = ("adult", "child", "infant")
NO_HOLD_BAG: Final = combination(groups=EVERYBODY)
ONE_HOLD_BAG: Final = combination(0, amount=45.2, groups=("adult", "child"))
HAND_BAG: Final = combination(0, kind="hand_bag", groups=EVERYBODY)


def checked(**changed: Any) -> dict[str, Any]:
    """A check that is final: the offer still costs 420.00 EUR. `LEFT_OUT` removes a field."""
    told = {
        "session_id": "session-1",
        "server_time": 1800014400,
        "flights_checked": True,
        "flights_to_check": False,
        "flights_real_checked": True,
        "flights_invalid": False,
        "price_change": False,
        "passenger_change": False,
        "total": 420.0,
        "orig_price": 420.0,
        "tickets_price": 420.0,
        "currency": "EUR",
        "conversion": {"currency": "EUR", "amount": 420},
        "document_options": {"document_need": 1, "checkin_date": None, "airport_checkin_price": 0},
        "age_category_thresholds": {"adult": 12, "child": 2},
        "flights": [{"src": "LHR", "dst": "JFK", "flight_no": "117", "invalid": 0}],
        "baggage": {
            "definitions": {"hold_bag": [], "hand_bag": []},
            "combinations": {"hold_bag": [NO_HOLD_BAG, ONE_HOLD_BAG], "hand_bag": [HAND_BAG]},
        },
    }
    return _without(told, changed)


def saved(**changed: Any) -> dict[str, Any]:
    told = {
        "status": "success",
        "status_code": 200,
        "booking_id": 257967413,
        "transaction_id": "transaction-1",
        "total": 420.0,
        "price_change": False,
        "flights_invalid": False,
        "passenger_change": False,
        "flights_checked": True,
        "sandbox": False,
    }
    return _without(told, changed)


def _without(fields: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**fields, **changed}.items() if value is not LEFT_OUT}


def reply(body: Any, *, status: int = 200) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers={}, body=raw, received_at=NOW)


# ---- what is asked and read ----


def quote_request(query: FlightQuery | None = None, **changed: Any) -> QuoteRequest:
    return QuoteRequest(offer=offer(supplier="kiwi", reference=TOKEN, **changed), query=query or flight_query())


def read_check(body: Any, request: QuoteRequest | None = None) -> Readout[Quote]:
    asked = request or quote_request()
    return QUOTE.read(reply(body), QUOTE.ask(asked), asked)


def quoted(request: QuoteRequest | None = None, **changed: Any) -> Quote:
    readout = read_check(checked(**changed), request)
    assert readout.next is None
    (quote,) = readout.records
    return quote


def refused(**changed: Any) -> Reason | None:
    with pytest.raises(Answered) as failure:
        read_check(checked(**changed))
    return failure.value.reason


def order_request(
    *travellers: Traveller, query: FlightQuery | None = None, told: Mapping[str, Any] | None = None, **changed: Any
) -> OrderRequest:
    request = quote_request(query)
    whole = OrderRequest(
        reference="TH2345ABCDEF",
        offer=request.offer,
        query=request.query,
        quote=quoted(request, **(told or {})),
        travellers=travellers or (traveller(),),
        contact=contact(),
        sent_at=NOW,
    )
    return msgspec.structs.replace(whole, **changed)


def sent(request: OrderRequest) -> dict[str, Any]:
    call = BOOK.ask(request)
    assert (call.method, call.operation, call.reads_only) == ("POST", "save", False)
    assert call.body is not None
    body: dict[str, Any] = msgspec.json.decode(call.body)
    return body


def passengers(*travellers: Traveller, **more: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = sent(order_request(*travellers, **more))["passengers"]
    return told


def not_sent(request: OrderRequest) -> tuple[Reason | None, str]:
    with pytest.raises(Answered) as failure:
        BOOK.ask(request)
    return failure.value.reason, failure.value.detail


def read_saved(body: Any, request: OrderRequest | None = None) -> Readout[Order]:
    asked = request or order_request()
    return BOOK.read(reply(body), BOOK.ask(asked), asked)


def paying() -> Call:
    call = read_saved(saved()).next
    assert call is not None
    return call


# ---- checking ----


def test_a_check_asks_for_whom_and_without_bags() -> None:
    call = QUOTE.ask(quote_request(flight_query(adults=2, children=1, infants=1, currency="GBP")))
    assert (call.method, call.path, call.reads_only) == ("GET", "/v2/booking/check_flights", True)
    assert dict(call.params) == {
        "booking_token": TOKEN,
        "bnum": "0",
        "adults": "2",
        "children": "1",
        "infants": "1",
        "currency": "GBP",
    }


def test_trap_a_check_is_repeated_in_its_session_after_two_and_a_half_seconds() -> None:
    request = quote_request()
    first = QUOTE.ask(request)
    readout = QUOTE.read(reply(checked(flights_checked=False)), first, request)
    assert (readout.records, readout.wait) == ((), 2.5)
    assert readout.next is not None
    assert dict(readout.next.params) == {**dict(first.params), "session_id": "session-1"}
    again = QUOTE.read(reply(checked(flights_checked=False)), readout.next, request)
    assert again.next is not None
    assert again.next.params == readout.next.params


def test_a_check_that_is_not_final_has_no_price_yet() -> None:
    readout = read_check(checked(flights_checked=False, total=None, baggage=None, price_change=False))
    assert readout.records == ()


def test_nobody_waits_for_a_check_for_ever() -> None:
    request = quote_request()
    call = QUOTE.ask(request)
    for _ in range(QUOTE.at_most - 1):
        following = QUOTE.read(reply(checked(flights_checked=False)), call, request).next
        assert following is not None
        call = following
    with pytest.raises(TryLater):
        QUOTE.read(reply(checked(flights_checked=False)), call, request)


def test_an_unchanged_price_is_the_same() -> None:
    request = quote_request()
    quote = quoted(request)
    assert quote.status(request.offer) is QuoteStatus.SAME
    assert (quote.quoted_at, quote.expires_at, quote.conditions) == (
        NOW,
        request.offer.expires_at,
        request.offer.conditions,
    )
    assert "price_change" not in quote.supplier_extra


def test_trap_bags_in_the_total_are_no_change_of_price() -> None:
    """As recorded in 2019: the total has the bags, `orig_price` has not, and the flag is down."""
    request = quote_request(price=money("692.88"))
    quote = quoted(request, total=692.88, orig_price=457.68, bags_fee=235.2, tickets_price=457.68, price_change=False)
    assert quote.status(request.offer) is QuoteStatus.SAME
    assert "price_change" not in quote.supplier_extra
    assert [(part.kind, str(part.amount)) for part in quote.price_components] == [
        (ComponentKind.BASE_FARE, "457.68 EUR"),
        (ComponentKind.FEE, "235.20 EUR"),
    ]


def test_a_change_of_price_is_told_by_its_flag_and_by_what_it_costs_now() -> None:
    request = quote_request()
    quote = quoted(request, price_change=True, total=431.5, tickets_price=431.5)
    assert quote.status(request.offer) is QuoteStatus.CHANGED
    assert (str(quote.price), quote.supplier_extra["price_change"]) == ("431.50 EUR", "true")


def test_trap_the_total_is_in_euros_whatever_was_asked_for() -> None:
    """What it comes to in the asked currency is told, and is nobody's price."""
    request = quote_request(flight_query(currency="GBP"))
    quote = quoted(request, conversion={"currency": "GBP", "amount": 361.2})
    assert (str(quote.price), quote.supplier_extra["about_GBP"]) == ("420.00 EUR", "361.2")
    assert quote.status(request.offer) is QuoteStatus.SAME


@pytest.mark.parametrize("conversion", [None, LEFT_OUT, {}, {"currency": "GBP"}, {"currency": None, "amount": 3}])
def test_a_conversion_that_is_not_told_is_not_missed(conversion: Any) -> None:
    assert not [name for name in quoted(conversion=conversion).supplier_extra if name.startswith("about_")]


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ({"tickets_price": 420}, ["420.00 EUR"]),
        ({"tickets_price": 400, "book_fee": 25, "sp_fee": -5}, ["400.00 EUR", "25.00 EUR", "-5.00 EUR"]),
        ({"tickets_price": 419.995, "fee_airline": 0}, ["420.00 EUR"]),
        ({"tickets_price": 400}, []),
        ({"tickets_price": LEFT_OUT}, []),
    ],
)
def test_parts_that_can_not_be_parts_of_the_total_are_left_out(told: dict[str, Any], parts: list[str]) -> None:
    assert [str(part.amount) for part in quoted(**told).price_components] == parts


def test_flights_that_are_invalid_are_sold_out() -> None:
    assert refused(flights_invalid=True) is Reason.SOLD_OUT
    assert refused(flights_invalid=True, flights_checked=False, total=None) is Reason.SOLD_OUT


def test_other_travellers_than_in_the_token_are_a_mistake_that_is_named() -> None:
    assert refused(passenger_change=True) is Reason.INVALID_TRAVELLER


@pytest.mark.parametrize("number", [117, "117", "0117"])
def test_trap_a_flight_number_is_a_word_in_a_check(number: Any) -> None:
    assert quoted(flights=[{"src": "LHR", "dst": "JFK", "flight_no": number}])


@pytest.mark.parametrize(
    "flights",
    [
        [{"src": "LHR", "dst": "JFK", "flight_no": "118"}],
        [{"src": "LGW", "dst": "JFK", "flight_no": "117"}],
        [{"src": "LHR", "dst": "KEF", "flight_no": "117"}, {"src": "KEF", "dst": "JFK", "flight_no": "1"}],
    ],
)
def test_other_flights_than_were_offered_have_to_be_searched_for(flights: Any) -> None:
    assert refused(flights=flights) is Reason.EXPIRED


@pytest.mark.parametrize("total", [None, LEFT_OUT, 0, -1])
def test_a_check_without_a_price_is_given_up(total: Any) -> None:
    with pytest.raises(GiveUp, match="check: "):
        read_check(checked(total=total))


@pytest.mark.parametrize("flag", ["flights_checked", "flights_invalid", "price_change"])
@pytest.mark.parametrize("told", [LEFT_OUT, None, "no"])
def test_a_check_that_does_not_say_how_it_stands_is_given_up(flag: str, told: Any) -> None:
    with pytest.raises(GiveUp):
        read_check(checked(**{flag: told}))


def test_what_else_a_check_tells_is_kept() -> None:
    bag = {
        "category": "hold_bag",
        "price": {"currency": "EUR", "amount": 45.2},
        "conditions": {"passenger_groups": ["adult"]},
        "restrictions": {"length": 78, "width": 28, "height": 52, "weight": 23, "dimensions_sum": 158},
    }
    bare = {"category": "personal_item", "price": {"amount": 0}}
    baggage = {**checked()["baggage"], "definitions": {"hold_bag": [bag], "hand_bag": [bare]}}
    quote = quoted(
        baggage=baggage,
        insurance_price={"travel_basic": 5.99, "travel_plus": None},
        visas_agreement_requiered=True,
        document_options={"document_need": 2, "airport_checkin_price": 55},
    )
    assert quote.supplier_extra == {
        "documents": "with the booking",
        "airport_checkin_price_eur": "55",
        "visas_agreement_required": "true",
        "insurance_travel_basic_eur": "5.99",
        "hold_bag 0": "hold_bag, 45.2 EUR, 23 kg, 78 x 28 x 52 cm, for adult",
        "hand_bag 0": "personal_item, 0 EUR",
    }


def test_only_a_journey_by_air_can_be_checked() -> None:
    wrong = QuoteRequest(offer=offer(), query=car_query())
    with pytest.raises(TypeError, match="no question about flights"):
        QUOTE.ask(wrong)
    stay = QuoteRequest(offer=stay_offer(), query=flight_query())
    with pytest.raises(TypeError, match="no journey by air"):
        QUOTE.read(reply(checked()), QUOTE.ask(stay), stay)


# ---- baggage ----


def test_trap_everybody_brings_a_combination_for_the_hold_and_one_for_the_hand_also_of_no_bags() -> None:
    child = traveller(given_name="Bertha", born_on=date(2018, 5, 5), age=Age.CHILD)
    request = order_request(traveller(), child, traveller(given_name="Dora"), query=flight_query(adults=2, children=1))
    assert sent(request)["baggage"] == [
        {"combination": NO_HOLD_BAG, "passengers": [0, 2]},
        {"combination": NO_HOLD_BAG, "passengers": [1]},
        {"combination": HAND_BAG, "passengers": [0, 2]},
        {"combination": HAND_BAG, "passengers": [1]},
    ]


def test_a_bag_that_costs_nothing_is_taken_along() -> None:
    free = combination(0, amount="0.00")
    told = {"combinations": {"hold_bag": [combination(), free, combination(0, 1, amount=60)], "hand_bag": [HAND_BAG]}}
    assert sent(order_request(told={"baggage": told}))["baggage"][0]["combination"] == free


def test_a_combination_goes_back_letter_by_letter() -> None:
    raw = b'{"indices": [ 0 ],"category":"hand_bag","x":1.10,"conditions":{"passenger_groups":["adult"]},"price":{"amount":0.0}}'
    body = json.dumps(checked()).encode().replace(json.dumps(HAND_BAG).encode(), raw)
    request = quote_request()
    (quote,) = QUOTE.read(reply(body), QUOTE.ask(request), request).records
    call = BOOK.ask(order_request(quote=quote))
    assert call.body is not None
    assert raw in call.body


@pytest.mark.parametrize(
    "told", [None, LEFT_OUT, {}, {"combinations": None}, {"combinations": {"hold_bag": [], "hand_bag": [HAND_BAG]}}]
)
def test_without_a_combination_for_somebody_nothing_can_be_booked(told: Any) -> None:
    with pytest.raises(GiveUp, match="no combination of hold_bags is told for adults"):
        read_check(checked(baggage=told))


# ---- who flies ----


def test_a_traveller_in_their_words() -> None:
    (amelia,) = passengers(traveller())
    assert amelia == {
        "name": "Amelia",
        "surname": "Earhart",
        "title": "ms",
        "birthday": "1987-07-24",
        "nationality": "US",
        "category": "adult",
        "cardno": "X1234567",
        "expiration": "2031-01-01",
        "email": "amelia@example.com",
        "phone": "+442080160509",
    }


def test_a_middle_name_stands_behind_a_bar() -> None:
    (amelia,) = passengers(traveller(given_name="Amelia Mary  Ann"))
    assert amelia["name"] == "Amelia|Mary  Ann"


@pytest.mark.parametrize(
    ("title", "gender", "told"),
    [
        (Title.MR, Gender.MALE, "mr"),
        (Title.MRS, Gender.FEMALE, "ms"),
        (Title.MX, Gender.MALE, "mr"),
        (Title.MX, Gender.FEMALE, "ms"),
    ],
)
def test_there_are_two_titles(title: Title, gender: Gender, told: str) -> None:
    (one,) = passengers(traveller(title=title, gender=gender))
    assert one["title"] == told


@pytest.mark.parametrize(
    ("born_on", "thresholds", "category"),
    [
        (date(2015, 3, 1), {"adult": 12, "child": 2}, "adult"),  # twelve on the day of the flight
        (date(2015, 3, 2), {"adult": 12, "child": 2}, "child"),
        (date(2012, 1, 1), {"adult": 16, "child": 2}, "child"),
        (date(2025, 3, 1), None, "child"),
        (date(2025, 3, 2), None, "infant"),
        (date(2025, 3, 2), {"adult": None, "child": 1}, "child"),
    ],
)
def test_who_is_a_child_is_what_the_carrier_holds_for_one(born_on: date, thresholds: Any, category: str) -> None:
    counts: dict[str, Any] = {"adult": {"adults": 2}, "child": {"children": 1}, "infant": {"infants": 1}}[category]
    young = traveller(given_name="Clara", born_on=born_on)
    told = passengers(traveller(), young, query=flight_query(**counts), told={"age_category_thresholds": thresholds})
    assert [one["category"] for one in told] == ["adult", category]


def test_who_turns_two_before_the_way_back_is_no_infant() -> None:
    baby = traveller(given_name="Clara", born_on=date(2025, 3, 5), age=Age.INFANT)
    query = flight_query(infants=1, return_date=date(2027, 3, 8))
    assert not_sent(order_request(traveller(), baby, query=query)) == (
        Reason.INVALID_TRAVELLER,
        "1 children travel, 0 were searched for",
    )


def test_only_adults_say_how_the_agency_is_reached() -> None:
    child = traveller(given_name="Bertha", born_on=date(2018, 5, 5), age=Age.CHILD)
    adult, other = passengers(traveller(), child, query=flight_query(children=1))
    assert {"email", "phone"} <= adult.keys()
    assert not {"email", "phone"} & other.keys()


@pytest.mark.parametrize("phone", ["+44 20 8016-0509", "+44 (20) 8016.0509"])
def test_a_phone_number_is_told_without_its_ornaments(phone: str) -> None:
    assert passengers(contact=contact(phone=phone))[0]["phone"] == "+442080160509"


@pytest.mark.parametrize("phone", ["020 8016 0509", "+0442080160509", "+4420", "+4420801605090000", "call me", ""])
def test_a_phone_number_that_kiwi_does_not_take_is_the_travellers(phone: str) -> None:
    assert not_sent(order_request(contact=contact(phone=phone)))[0] is Reason.INVALID_TRAVELLER


def papers(need: Any, document: Document | None) -> OrderRequest:
    bare = msgspec.structs.replace(traveller(), document=document)
    return order_request(bare, told={"document_options": need})


@pytest.mark.parametrize(
    ("need", "number"),
    [
        ({"document_need": 0}, None),
        ({"document_need": 1}, "X1234567"),
        ({"document_need": 2}, "X1234567"),
        ({}, "X1234567"),
        (None, "X1234567"),
    ],
)
def test_a_document_is_told_where_it_may_be_wanted(need: Any, number: str | None) -> None:
    (one,) = sent(papers(need, PAPER))["passengers"]
    assert (one["cardno"], one["expiration"]) == (number, "2031-01-01" if number else None)


def test_a_document_that_is_wanted_at_once_is_asked_for_before_anything_is_sent() -> None:
    assert not_sent(papers({"document_need": 2}, None))[0] is Reason.INVALID_TRAVELLER
    (one,) = sent(papers({"document_need": 1}, None))["passengers"]
    assert (one["cardno"], one["expiration"]) == (None, None)


def test_a_document_has_at_most_twenty_letters() -> None:
    assert sent(papers(None, msgspec.structs.replace(PAPER, number="9" * 20)))
    assert not_sent(papers(None, msgspec.structs.replace(PAPER, number="9" * 21)))[0] is Reason.INVALID_TRAVELLER


def test_a_nationality_is_that_of_the_document_where_none_is_told() -> None:
    (one,) = passengers(traveller(nationality=None, document=msgspec.structs.replace(PAPER, issued_by="GB")))
    assert one["nationality"] == "GB"
    stateless = msgspec.structs.replace(traveller(), nationality=None, document=None)
    assert not_sent(order_request(stateless))[0] is Reason.INVALID_TRAVELLER


# ---- saving ----


def test_a_booking_names_its_token_and_session_and_is_paid_from_the_deposit() -> None:
    body = sent(order_request())
    assert (body["booking_token"], body["session_id"]) == (TOKEN, "session-1")
    assert "payment_gateway" not in body


def test_nothing_is_sent_for_what_is_not_sold() -> None:
    assert not_sent(order_request(hold=True))[0] is Reason.NOT_POSSIBLE
    assert not_sent(order_request(extras=(ChosenExtra(code="hold_bag 0"),)))[0] is Reason.NOT_POSSIBLE


def test_what_is_saved_is_held_for_half_an_hour_and_paid_next() -> None:
    readout = read_saved(saved())
    (held,) = readout.records
    assert (held.status, held.id, held.hold_until) == (
        OrderStatus.HELD,
        "257967413",
        NOW + timedelta(minutes=30),
    )
    call = readout.next
    assert call is not None
    assert (call.method, call.path, call.reads_only) == ("POST", "/v2/booking/confirm_payment", False)
    assert call.body is not None
    assert msgspec.json.decode(call.body) == {"booking_id": 257967413, "transaction_id": "transaction-1"}


def test_trap_a_flag_that_stays_up_is_no_new_change_of_price() -> None:
    request = order_request(told={"price_change": True, "total": 431.5})
    assert read_saved(saved(price_change=True, total=431.5), request).next is not None


@pytest.mark.parametrize("total", [420.01, 419.99, 4200])
@pytest.mark.parametrize("flag", [True, False])
def test_nothing_is_paid_that_was_not_agreed(total: float, *, flag: bool) -> None:
    with pytest.raises(Answered) as failure:
        read_saved(saved(total=total, price_change=flag))
    assert failure.value.reason is Reason.PRICE_CHANGED


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"flights_invalid": True}, Reason.SOLD_OUT),
        ({"flights_invalid": True, "booking_id": LEFT_OUT, "status": "error"}, Reason.SOLD_OUT),
        ({"passenger_change": True}, Reason.INVALID_TRAVELLER),
    ],
)
def test_what_can_not_be_booked_is_a_no(told: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(Answered) as failure:
        read_saved(saved(**told))
    assert failure.value.reason is reason


@pytest.mark.parametrize(
    "told",
    [
        {"status": "error"},
        {"status": LEFT_OUT},
        {"booking_id": None},
        {"transaction_id": ""},
        {"total": None},
        {"price_change": None},
        {"flights_invalid": LEFT_OUT},
        {"booking_id": "257967413"},
    ],
)
def test_a_booking_that_can_not_be_read_is_not_paid(told: dict[str, Any]) -> None:
    with pytest.raises(GiveUp):
        read_saved(saved(**told))


# ---- paying ----


def test_trap_what_is_paid_has_no_tickets_yet() -> None:
    request = order_request()
    (order,) = BOOK.read(reply({"status": 0}), paying(), request).records
    assert (order.status, order.id, order.price, order.hold_until) == (
        OrderStatus.PENDING,
        "257967413",
        request.quote.price,
        None,
    )
    assert order.handle == {"booking_id": "257967413", "transaction_id": "transaction-1"}


@pytest.mark.parametrize(
    ("told", "reason", "words"),
    [
        ({"status": 1}, Reason.DECLINED, "the payment failed"),
        ({"status": 1, "msg": "no credit"}, Reason.DECLINED, "no credit"),
        ({"status": -1, "msg": "confirm payment timeout"}, Reason.EXPIRED, "confirm payment timeout"),
    ],
)
def test_a_payment_that_failed_is_a_no(told: dict[str, Any], reason: Reason, words: str) -> None:
    with pytest.raises(Answered, match=words) as failure:
        BOOK.read(reply(told), paying(), order_request())
    assert failure.value.reason is reason


@pytest.mark.parametrize("body", [{"status": 7}, {}, {"status": "0"}, {"status": None}, [], b"", b"<html>"])
def test_a_payment_that_can_not_be_read_is_neither_yes_nor_no(body: Any) -> None:
    with pytest.raises(GiveUp):
        BOOK.read(reply(body), paying(), order_request())


# ---- the declaration ----


def test_trap_a_duplicate_can_neither_be_refused_nor_found_and_so_nothing_is_resent() -> None:
    selling = SUPPLIER.sells["flights"]
    assert (selling.find, selling.look, selling.refuses_duplicates) == (None, None, False)


def test_there_is_no_call_that_cancels() -> None:
    order = Order(supplier="kiwi", id="257967413", status=OrderStatus.PENDING)
    for tried in (lambda: CANCEL.ask(order), lambda: CANCEL.read(reply({}), Call(operation="?", path="/"), order)):
        with pytest.raises(Answered) as failure:
            tried()
        assert failure.value.reason is Reason.NOT_CANCELLABLE


def test_whatever_is_told_of_travellers_is_masked() -> None:
    (one,) = passengers(traveller())
    assert one.keys() - {"category"} <= SUPPLIER.private


# ---- several cities ----

LEGS: Final[tuple[Leg, ...]] = (("LHR", "JFK", date(2027, 3, 1)), ("JFK", "LAX", date(2027, 3, 5)))


def part(**changed: Any) -> dict[str, Any]:
    flight = {
        "flyFrom": "LHR",
        "flyTo": "JFK",
        "local_departure": "2027-03-01T10:30:00.000Z",
        "utc_departure": "2027-03-01T10:30:00.000Z",
        "local_arrival": "2027-03-01T13:25:00.000Z",
        "utc_arrival": "2027-03-01T18:25:00.000Z",
        "airline": "BA",
        "flight_no": 117,
        "return": 0,
    }
    return {"price": 300, "booking_token": "of-the-part", "route": [{**flight, **changed}]}


WEST: Final = {
    "flyFrom": "JFK",
    "flyTo": "LAX",
    "local_departure": "2027-03-05T09:00:00.000Z",
    "utc_departure": "2027-03-05T14:00:00.000Z",
    "local_arrival": "2027-03-05T12:20:00.000Z",
    "utc_arrival": "2027-03-05T20:20:00.000Z",
    "airline": "DL",
    "flight_no": 1,
}


def combined(*parts: Any, currency: str = "EUR", **changed: Any) -> Readout[FlightOffer]:
    told = {"price": 512.5, "booking_token": TOKEN, "route": list(parts), **changed}
    return read_multi(reply([told]), LEGS, currency, ATLAS)


def test_a_journey_over_several_cities_is_posted_with_days_in_camel_case() -> None:
    call = ask_multi(LEGS, "GBP")
    assert (call.method, call.path, call.params, call.reads_only) == (
        "POST",
        "/v2/flights_multi",
        (("curr", "GBP"),),
        True,
    )
    assert call.body is not None
    assert msgspec.json.decode(call.body) == {
        "requests": [
            {"fly_from": "airport:LHR", "to": "airport:JFK", "dateFrom": "01/03/2027", "dateTo": "01/03/2027"},
            {"fly_from": "airport:JFK", "to": "airport:LAX", "dateFrom": "05/03/2027", "dateTo": "05/03/2027"},
        ]
    }


@pytest.mark.parametrize("parts", [0, 1, 10])
def test_a_journey_has_two_to_nine_parts(parts: int) -> None:
    with pytest.raises(ValueError, match="two to nine parts"):
        ask_multi(LEGS[:1] * parts, "EUR")


def test_a_combination_costs_what_its_parts_cost_together() -> None:
    (found,) = combined(part(), part(**WEST)).records
    assert (str(found.price), found.reference) == ("512.50 EUR", TOKEN)
    assert isinstance(found.product, Itinerary)
    assert [flight.flight for flight in found.product.segments] == ["BA117", "DL1"]
    assert found.expires_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((part(),), "goes LHR-JFK on 2027-03-01, asked for"),
        ((part(**WEST), part()), "goes JFK-LAX"),
        ((part(), part(**{**WEST, "flyTo": "XQZ"})), "route[1]: route[0]: 'XQZ' is not an airport"),
        ((part(), {"price": 1}), "route"),
    ],
)
def test_a_combination_that_was_not_asked_for_is_skipped(parts: tuple[Any, ...], words: str) -> None:
    found = combined(*parts)
    assert found.records == ()
    (skipped,) = found.skipped
    assert skipped.where == "[0]"
    assert words in skipped.why


def test_nothing_combined_is_an_answer() -> None:
    assert read_multi(reply([]), LEGS, "EUR", ATLAS) == Readout(records=())


# ---- places ----

BOGOTA: Final = {
    "id": "BOG",
    "code": "BOG",
    "icao": "SKBO",
    "name": "El Dorado International",
    "timezone": "America/Bogota",
    "type": "airport",
    "city": {"id": "bogota_co", "name": "Bogotá", "code": "BOG", "country": {"id": "CO", "code": "CO"}},
    "location": {"lat": 4.701667, "lon": -74.146944},
}


def found_places(*told: Any) -> Readout[Any]:
    enquiry = PlaceEnquiry(text="bog")
    return places.read(reply({"locations": list(told)}), places.ask(enquiry), enquiry, ATLAS)


def test_an_airport_is_found_by_the_beginning_of_its_name() -> None:
    assert dict(places.ask(PlaceEnquiry(text="bog")).params)["location_types"] == "airport"
    (airport,) = found_places(BOGOTA).records
    assert (airport.iata, airport.icao, airport.city, airport.country) == ("BOG", "SKBO", "Bogotá", "CO")
    assert airport.location.longitude == -74.146944


@pytest.mark.parametrize(
    "changed",
    [{"type": "bus_station"}, {"timezone": None}, {"location": None}, {"city": None}, {"code": "BOGOTA"}, {"id": 7}],
)
def test_a_place_that_is_no_whole_airport_is_skipped(changed: dict[str, Any]) -> None:
    found = found_places({**BOGOTA, **changed}, BOGOTA)
    assert len(found.records) == 1
    assert [skipped.where for skipped in found.skipped] == ["locations[0]"]


def test_the_cheapest_call_asks_for_one_place() -> None:
    assert SUPPLIER.check is not None
    assert dict(SUPPLIER.check().params)["limit"] == "1"
