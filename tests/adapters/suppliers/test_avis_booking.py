"""Buying from the Avis Budget Group, reply by reply: exact rates, reservations and their ends."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Reply
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.avis import SUPPLIER, booking, reservations
from adapters.suppliers.avis.cars import Key
from domain.cars import Coverage, Extra, Per, RentalConditions
from domain.offers import ComponentKind, RentalOffer
from domain.orders import (
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
from domain.payment import PaymentTime
from domain.queries import CarQuery
from domain.travellers import Title
from tests.builders import NOW, car_query, contact, flight_query, money, rental_offer, traveller

REFERENCE: Final = "TH2B7K9QX4MD"
NUMBER: Final = "09449519US3"
FIVE_DAYS: Final = car_query(driver_age=35)


def reply(told: object, *, status: int = 200) -> Reply:
    return Reply(status=status, headers={}, body=msgspec.json.encode(told), received_at=NOW)


def key(timing: str = "pay_later", quote_id: str | None = "abc-1") -> Key:
    code = {"pay_later": "IC", "pay_now": "2X"}[timing]
    return Key(brand="Avis", timing=timing, sipp="MBMR", vehicle_class="A", rate_code=code, quote_id=quote_id)


def offer(timing: str = "pay_later", *, price: str = "252.99", **conditions: Any) -> RentalOffer:
    return rental_offer(
        supplier="avis",
        reference=key(timing).written,
        acriss="MBMR",
        price=money(price, "GBP"),
        conditions=RentalConditions(**conditions),
    )


def totals(currency: str = "GBP", **changed: Any) -> dict[str, Any]:
    """Their own example, with a fee that only may apply."""
    rate = {
        "currency": currency,
        "rate_code": "IC",
        "amount": 183.34,
        "taxes_fees": {
            "taxes": [{"type": "Local Tax", "amount": 11.61, "included_in_total": True}],
            "fees": [
                {"name": "Airport/City/Other Surcharge", "amount": 58.04, "included_in_total": True},
                {"name": "Domestic Security Fee", "amount": 13.26, "included_in_total": False},
            ],
        },
    }
    sums = {"vehicle_total": 183.34, "taxes_fees_total": 69.65, "reservation_total": 252.99}
    return {"rate": rate | changed.pop("rate", {}), "totals": sums | changed}


def priced(**changed: Any) -> dict[str, Any]:
    told = {
        "distance": {"unlimited_distance": True, "distance_unit": "Mile"},
        "pickup_location": {"location": {"code": "LHR"}, "address": {"country_code": "GB"}},
        "dropoff_location": {"location": {"code": "LHR"}, "address": {"country_code": "GB"}},
        "rate_totals": totals(),
        "insurance": [
            {"code": "CDW", "name": "Collision Damage Waver", "currency": "GBP", "amount": 0, "excess_amount": 900,
             "selection_note": "ACCEPTED", "selected": True},
            {"code": "PAI", "name": "Personal Accident Insurance", "currency": "GBP", "amount": 5.5,
             "selection_note": "DEFAULT", "selected": False},
        ],
        "extras": [
            {"code": "CSS", "quantity": 0, "type": "SPEC_EQUIP", "currency": "GBP", "amount": 60.27,
             "description": "Child Safety Seat", "max_allowed_quantity": 3},
            {"code": "NSF", "quantity": 0, "currency": "GBP", "amount": 60, "description": "No Show Fee"},
            {"code": "RSN", "quantity": 1, "currency": "GBP", "amount": 0, "description": "Roadside Saftey Net"},
        ],
        "disclaimers": [{"description": "FUEL POLICY IS FULL TO FULL"}, {"description": "15 UKL/DY LATE FEE MAY APPLY"}],
    }  # fmt: skip
    return told | changed


def quoted(timing: str = "pay_later", query: CarQuery = FIVE_DAYS, **changed: Any) -> Quote:
    request = QuoteRequest(offer=offer(timing), query=query)
    told = {"status": {}, "product": {"brand": "Avis"}, "reservation": priced(**changed)}
    (quote,) = booking.read_quote(reply(told), booking.ask_quote(request), request).records
    return quote


def terms(quote: Quote) -> RentalConditions:
    assert isinstance(quote.conditions, RentalConditions)
    return quote.conditions


def request(timing: str = "pay_later", **changed: Any) -> OrderRequest:
    rate: dict[str, Any] = {"rate": {"rate_code": key(timing).rate_code}}
    told: dict[str, Any] = {
        "reference": REFERENCE,
        "offer": offer(timing),
        "query": FIVE_DAYS,
        "quote": quoted(timing, rate_totals=totals(**rate)),
        "travellers": (traveller(),),
        "contact": contact(),
        "sent_at": NOW,
    }
    return OrderRequest(**(told | changed))


def sent(order: OrderRequest) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(booking.ask_booking(order).body or b"")
    return body


# ---- quote ----


def test_a_quote_asks_for_the_same_rate_and_keeps_its_price_by_the_quote_id() -> None:
    call = booking.ask_quote(QuoteRequest(offer=offer(), query=car_query(driver_age=22, currency="EUR", market="US")))
    assert (call.method, call.path, call.reads_only) == ("POST", "/cars/catalog/v2/vehicles/rates", True)
    assert msgspec.json.decode(call.body or b"") == {
        "product": {"brand": "Avis"},
        "reservation": {
            "pickup_date": "2027-03-01T10:00:00",
            "pickup_location": "LHR",
            "dropoff_date": "2027-03-06T10:00:00",
            "dropoff_location": "LHR",
            "vehicle_sipp_code": "MBMR",
        },
        "rate_totals": {
            "rate": {"rate_code": "IC", "country_code": "US", "quote_id": "abc-1"},
            "requested_rate_currency": "EUR",
        },
        "customer": {"contact": {"age": 22}},
    }


def test_taxes_and_fees_are_itemised_and_what_only_may_apply_is_in_no_total() -> None:
    quote = quoted()
    assert quote.price == money("252.99", "GBP")
    assert [(part.kind, part.label, part.amount.amount) for part in quote.price_components] == [
        (ComponentKind.RENTAL, None, money("183.34").amount),
        (ComponentKind.TAX, "Local Tax", money("11.61").amount),
        (ComponentKind.FEE, "Airport/City/Other Surcharge", money("58.04").amount),
    ]
    assert quote.supplier_extra["may_apply"] == "Domestic Security Fee 13.26 GBP"


def test_lines_that_do_not_come_to_their_total_are_not_itemised() -> None:
    quote = quoted(rate_totals=totals(taxes_fees_total=70, reservation_total=253.34))
    assert [part.label for part in quote.price_components] == [None, "Taxes and fees"]


def test_an_insurance_that_is_selected_though_nobody_chose_it_comes_with_the_rate() -> None:
    """Names have mistakes in them: codes tell which is which."""
    assert terms(quoted()).coverages == (
        Coverage(code="CDW", name="Collision Damage Waver", included=True, excess=money("900.00", "GBP")),
        Coverage(
            code="PAI",
            name="Personal Accident Insurance",
            included=False,
            price=money("5.50", "GBP"),
            per=Per.DAY,
        ),
    )


def test_a_quantity_of_nothing_is_a_price_list_and_no_choice() -> None:
    quote = quoted()
    assert terms(quote).extras == (Extra(code="CSS", name="Child Safety Seat", price=money("60.27", "GBP"), at_most=3),)
    assert quote.supplier_extra["no_show_fee"] == "60.00 GBP"
    assert quote.supplier_extra["included_extras"] == "Roadside Saftey Net"


def test_a_list_without_a_no_show_fee_names_none() -> None:
    quote = quoted(extras=[{"code": "GPS", "amount": 11}], disclaimers=[])
    assert "no_show_fee" not in quote.supplier_extra
    assert "included_extras" not in quote.supplier_extra
    assert terms(quote).fuel_policy is None


def test_a_quote_in_no_currency_is_none_even_where_the_price_was_converted() -> None:
    """A voucher is worth what is charged, and never what that was converted to."""
    with pytest.raises(GiveUp, match="has no totals in a currency"):
        quoted(rate_totals=totals(rate={"currency": None}), secondary_rate_totals=totals("EUR"))


def test_the_tank_and_the_late_fee_are_told_as_they_stand() -> None:
    quote = quoted()
    assert terms(quote).fuel_policy == "FUEL POLICY IS FULL TO FULL"
    assert "15 UKL/DY LATE FEE MAY APPLY" in quote.supplier_extra["disclaimers"]
    assert terms(quote).cancellation is None


def test_a_price_that_rose_is_seen_by_comparing_because_no_status_says_so() -> None:
    dearer = quoted(rate_totals=totals(vehicle_total=193.34, reservation_total=262.99))
    assert dearer.status(offer()) is QuoteStatus.CHANGED
    assert quoted().status(offer()) is QuoteStatus.SAME


def test_a_quote_is_in_the_money_that_is_charged_and_so_is_its_voucher() -> None:
    in_euros = car_query(driver_age=35, currency="EUR")
    quote = quoted(
        query=in_euros,
        secondary_rate_totals=totals("EUR", vehicle_total=214.91, taxes_fees_total=81.64, reservation_total=296.55),
    )
    assert quote.price == money("252.99", "GBP")
    assert (quote.handle["amount"], quote.handle["currency"]) == ("252.99", "GBP")
    assert quote.supplier_extra["about_EUR"] == "296.55"


def test_a_new_quote_id_replaces_the_one_of_the_search() -> None:
    assert quoted().handle["rate"] == key().written
    newer = quoted(rate_totals=totals(rate={"quote_id": "def-2"}))
    assert newer.handle["rate"] == key(quote_id="def-2").written


@pytest.mark.parametrize(
    "changed",
    [
        {"rate_totals": totals(rate={"rate_code": "ZZ"})},
        {"rate_totals": totals("USD")},
        {"rate_totals": totals(reservation_total=0)},
        {"rate_totals": {"rate": {"currency": "GBP", "rate_code": "IC"}}},
        {"pickup_location": {"location": {"code": "LGW"}}},
        {"dropoff_location": {"location": {"code": "LGW"}}},
    ],
    ids=["another rate", "another currency", "for nothing", "no total", "picked up elsewhere", "returned elsewhere"],
)
def test_a_price_of_something_else_is_no_quote(changed: dict[str, Any]) -> None:
    with pytest.raises(GiveUp):
        quoted(**changed)


def test_only_cars_are_quoted() -> None:
    with pytest.raises(GiveUp):
        booking.ask_quote(QuoteRequest(offer=offer(), query=flight_query()))


def test_a_reference_that_is_none_of_ours_is_given_up() -> None:
    with pytest.raises(GiveUp):
        booking.ask_quote(QuoteRequest(offer=rental_offer(reference="car-1"), query=FIVE_DAYS))


# ---- book ----


def test_a_reservation_is_a_call_that_is_never_repeated() -> None:
    call = booking.ask_booking(request())
    assert (call.method, call.path, call.reads_only) == ("POST", "/cars/reservation/v2", False)
    assert SUPPLIER.sells["cars"].find is None
    assert not SUPPLIER.sells["cars"].refuses_duplicates
    assert SUPPLIER.patience["book"] >= timedelta(seconds=60)


def test_the_driver_is_told_with_the_age_that_the_price_is_for() -> None:
    assert sent(request())["customer"] == {
        "contact": {
            "title": "Ms",
            "first_name": "Amelia",
            "last_name": "Earhart",
            "email": "amelia@example.com",
            "telephone": "+442080160509",
            "age": 35,
        },
        "address": {
            "address_line_1": "1 High Street",
            "city": "London",
            "postal_code": "N1 1AA",
            "country_code": "GB",
        },
    }


def test_a_title_that_they_have_no_word_for_is_left_out() -> None:
    told = sent(request(travellers=(traveller(title=Title.MX),)))
    assert "title" not in told["customer"]["contact"]


def test_what_is_paid_at_the_counter_wants_no_payment_now() -> None:
    told = sent(request())
    assert "payment_preference" not in told
    assert told["rate_totals"]["rate"]["rate_code"] == "IC"
    assert told["transaction"] == {"transaction_id": REFERENCE}


def test_what_is_prepaid_goes_on_a_voucher_of_ours_and_on_nobodys_card() -> None:
    told = sent(request("pay_now"))
    assert told["rate_totals"]["rate"]["rate_code"] == "2X"
    assert told["payment_preference"] == {
        "type": "Voucher",
        "id": REFERENCE,
        "fixed_value": "FixedValue",
        "electronic_indicator": True,
        "amount": 252.99,
        "currency": "GBP",
    }


def test_a_vouchers_amount_is_written_as_exactly_as_it_was_read() -> None:
    quote = msgspec.structs.replace(
        request("pay_now").quote,
        handle={"rate": key("pay_now").written, "amount": "9007199254740993.01", "currency": "GBP"},
    )
    body = booking.ask_booking(request("pay_now", quote=quote)).body or b""
    assert b'"amount":9007199254740993.01' in body


def test_a_rate_without_a_quote_id_is_booked_by_its_code() -> None:
    found = msgspec.structs.replace(offer(), reference=key(quote_id=None).written)
    call = booking.ask_quote(QuoteRequest(offer=found, query=FIVE_DAYS))
    assert msgspec.json.decode(call.body or b"")["rate_totals"]["rate"] == {"rate_code": "IC", "country_code": "DE"}


def test_insurances_and_extras_are_told_apart_by_the_lists_of_the_quote() -> None:
    told = sent(request(extras=(ChosenExtra(code="PAI"), ChosenExtra(code="CSS", quantity=2))))
    assert told["insurance"] == [{"code": "PAI"}]
    assert told["extras"] == [{"code": "CSS", "quantity": 2}]


@pytest.mark.parametrize("wish", [ChosenExtra(code="SKI"), ChosenExtra(code="CSS", quantity=4)])
def test_what_is_not_on_the_list_is_refused_before_anything_is_sent(wish: ChosenExtra) -> None:
    with pytest.raises(Answered) as refused:
        booking.ask_booking(request(extras=(wish,)))
    assert refused.value.reason is Reason.NOT_POSSIBLE


def test_a_reservation_cannot_be_held() -> None:
    with pytest.raises(Answered) as refused:
        booking.ask_booking(request(hold=True))
    assert refused.value.reason is Reason.NOT_POSSIBLE


def test_a_car_on_request_is_asked_for_as_one() -> None:
    told = sent(request(offer=offer(on_request=True)))
    assert told["reservation"]["vehicle_status"] == "OnRequest"


@pytest.mark.parametrize("handle", [{}, {"rate": key("pay_now").written}])
def test_a_quote_without_its_handle_is_never_booked(handle: dict[str, str]) -> None:
    quote = msgspec.structs.replace(request("pay_now").quote, handle=handle)
    with pytest.raises(GiveUp):
        booking.ask_booking(request("pay_now", quote=quote))


def booked(order: OrderRequest | None = None, **changed: Any) -> Order:
    told = {
        "status": {"success": [{"code": "201"}]},
        "transaction": {"transaction_id": REFERENCE},
        "product": {"brand": "Avis"},
        "reservation": {"confirmation": {"number": NUMBER}, **priced(), **changed},
    }
    asked = order or request()
    (record,) = booking.read_booking(reply(told, status=201), booking.ask_booking(asked), asked).records
    return record


def test_a_reservation_has_their_number_and_what_is_needed_to_see_it_again() -> None:
    order = booked()
    assert (order.id, order.status, order.price) == (NUMBER, OrderStatus.CONFIRMED, money("252.99", "GBP"))
    assert order.locators == (Locator(issuer="Avis", code=NUMBER),)
    assert order.handle == {"brand": "Avis", "surname": "Earhart"}
    assert order.reference == REFERENCE


def test_a_reservation_made_at_another_price_says_so() -> None:
    assert booked(rate_totals=totals(reservation_total=300)).price == money("300.00", "GBP")


def test_a_car_that_the_counter_has_yet_to_confirm_is_pending() -> None:
    waiting = {"category": {"sipp_code": "MBMR", "vehicle_status": "OnRequest"}}
    assert booked(vehicle=waiting).status is OrderStatus.PENDING


@pytest.mark.parametrize("spoilt", [7, "?", None, [], {"rate": 7}, {"rate": {"currency": "GBP"}, "totals": {}}])
def test_a_number_alone_makes_a_reservation_whatever_else_is_unreadable(spoilt: object) -> None:
    """Losing it would leave a car reserved that nobody knows of."""
    order = booked(rate_totals=spoilt, secondary_rate_totals=spoilt, vehicle=spoilt, insurance=spoilt)
    assert (order.id, order.status, order.price) == (NUMBER, OrderStatus.CONFIRMED, money("252.99", "GBP"))


def test_a_reservation_without_a_number_is_none_that_we_can_read() -> None:
    with pytest.raises(GiveUp):
        booked(confirmation={})


def test_a_price_that_was_not_converted_is_told_as_it_will_be_charged() -> None:
    """The order stands, whatever currency its price comes in."""
    in_euros = request(quote=msgspec.structs.replace(request().quote, price=money("296.55", "EUR")))
    assert booked(in_euros).price == money("252.99", "GBP")


# ---- look and cancel ----


KNOWN: Final = Order(
    supplier="avis",
    id=NUMBER,
    status=OrderStatus.CONFIRMED,
    price=money("252.99", "GBP"),
    reference=REFERENCE,
    handle={"brand": "Avis", "surname": "Earhart"},
)


def seen(before: Order = KNOWN, **changed: Any) -> Order:
    confirmation = {"number": NUMBER, "rental_agreement_number": "RA1"}
    told = {"product": {"brand": "Avis"}, "reservation": {"confirmation": confirmation, **priced(), **changed}}
    (order,) = reservations.read_look(reply(told), reservations.ask_look(before), before).records
    return order


def test_a_reservation_is_looked_at_by_number_and_surname() -> None:
    call = reservations.ask_look(KNOWN)
    assert (call.method, call.path, call.reads_only) == ("GET", "/cars/reservation/v2", True)
    assert dict(call.params) == {
        "brand": "Avis",
        "confirmation_number": NUMBER,
        "last_name": "Earhart",
        "requested_rate_currency": "GBP",
    }


def test_an_order_without_a_price_gets_the_counters_own() -> None:
    unpriced = msgspec.structs.replace(KNOWN, price=None)
    assert "requested_rate_currency" not in dict(reservations.ask_look(unpriced).params)
    assert seen(unpriced).price == money("252.99", "GBP")
    assert seen(unpriced, rate_totals=totals(rate={"currency": None})).price is None


def test_a_look_keeps_what_is_known_and_adds_what_is_new() -> None:
    order = seen()
    assert (order.reference, order.handle, order.price) == (KNOWN.reference, KNOWN.handle, KNOWN.price)
    assert order.supplier_extra == {"rental_agreement_number": "RA1"}


def test_they_have_no_word_for_cancelled_so_what_we_cancelled_stays_so() -> None:
    gone = msgspec.structs.replace(KNOWN, status=OrderStatus.CANCELLED)
    assert seen(gone).status is OrderStatus.CANCELLED


def test_a_pending_reservation_becomes_firm_when_the_counter_says_yes() -> None:
    waiting = msgspec.structs.replace(KNOWN, status=OrderStatus.PENDING)
    assert seen(waiting, vehicle={"category": {"vehicle_status": "Available"}}).status is OrderStatus.CONFIRMED


def test_somebody_elses_reservation_is_given_up() -> None:
    with pytest.raises(GiveUp):
        seen(confirmation={"number": "00000001GB1"})


def test_put_cancels() -> None:
    call = reservations.ask_cancel(KNOWN)
    assert (call.method, call.path, call.reads_only) == ("PUT", "/cars/reservation/v2", False)
    assert msgspec.json.decode(call.body or b"") == {
        "product": {"brand": "Avis"},
        "reservation": {"confirmation": {"number": NUMBER}},
        "customer": {"contact": {"last_name": "Earhart"}},
    }


def test_a_cancellation_says_nothing_of_money() -> None:
    told = {"status": {"success": [{"code": "200", "details": "successfully cancelled"}]}, "transaction": {}}
    (cancellation,) = reservations.read_cancel(reply(told), reservations.ask_cancel(KNOWN), KNOWN).records
    assert cancellation.status is CancellationStatus.CANCELLED
    assert (cancellation.fee, cancellation.refund) == (None, None)


@pytest.mark.parametrize("told", [{}, {"status": {"success": []}}, {"status": 7}])
def test_an_answer_that_is_neither_yes_nor_no_cancels_nothing(told: object) -> None:
    with pytest.raises(GiveUp):
        reservations.read_cancel(reply(told), reservations.ask_cancel(KNOWN), KNOWN)


def test_an_order_without_a_surname_cannot_be_asked_for() -> None:
    with pytest.raises(GiveUp):
        reservations.ask_look(msgspec.structs.replace(KNOWN, handle={"brand": "Avis"}))


def test_both_ways_to_pay_are_told_apart_in_a_quote() -> None:
    prepaid = quoted("pay_now", rate_totals=totals(rate={"rate_code": "2X"}))
    assert terms(prepaid).payment == (PaymentTime.NOW,)
    assert not any(part.on_site for part in prepaid.price_components)
    assert terms(quoted()).payment == (PaymentTime.ON_SITE,)
