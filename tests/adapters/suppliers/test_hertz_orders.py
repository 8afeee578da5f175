"""Quotes, reservations and cancellations in OpenTravel's words: what is sent, and what each answer means."""

from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.hertz import SUPPLIER, booking, cars, reservations
from domain.money import Money
from domain.offers import RentalOffer
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
from tests.adapters.suppliers.test_hertz import NAMESPACE, RENTAL, TOTAL, WEEK, answer, car, read, reply
from tests.builders import NOW, contact, flight_query, money, traveller, wall_clock

REFERENCE: Final = "TH0123456789ABCD"
PREPAY: Final = '<PaymentRules><PaymentRule RuleType="2" Amount="264.00" CurrencyCode="GBP"/></PaymentRules>'


def found(**changed: Any) -> RentalOffer:
    (only,) = read(answer(car(**changed))).records
    return only


def asked(offer: RentalOffer | None = None) -> QuoteRequest:
    return QuoteRequest(offer=offer or found(), query=WEEK)


def quoted(body: str, offer: RentalOffer | None = None) -> Quote:
    request = asked(offer)
    (quote,) = booking.read_quote(reply(body), booking.ask_quote(request), request).records
    return quote


def request(offer: RentalOffer | None = None, **changed: Any) -> OrderRequest:
    offer = offer or found()
    prepaid = "now" in offer.conditions.payment
    told = OrderRequest(
        reference=REFERENCE,
        offer=offer,
        query=WEEK,
        quote=quoted(answer(car(rules=PREPAY) if prepaid else car()), offer),
        travellers=(traveller(given_name="Zoë", surname="Müller & Sons"),),
        contact=contact(),
        sent_at=NOW,
    )
    return msgspec.structs.replace(told, **changed)


def sent(call: Call) -> str:
    return (call.body or b"").decode()


def reservation(
    *,
    root: str = "OTA_VehResRS",
    core: str = "VehResRSCore",
    status: str = "",
    numbers: str = '<ConfID Type="14" ID="C00000000A1"/>',
    total: str = TOTAL,
    charges: str = RENTAL,
    info: str = "",
    warnings: str = "",
) -> str:
    return f"""<{root} {NAMESPACE} Version="2.007"><Success/>{warnings}<{core} {status}><VehReservation>
      <VehSegmentCore>{numbers}<Vendor Code="ZE">Hertz</Vendor>
      <RentalRate><VehicleCharges>{charges}</VehicleCharges></RentalRate>{total}</VehSegmentCore>
      <VehSegmentInfo>{info}</VehSegmentInfo></VehReservation></{core}></{root}>"""


def booked(body: str, asked_for: OrderRequest | None = None) -> Order:
    asked_for = asked_for or request()
    (order,) = booking.read_booking(reply(body), booking.ask_booking(asked_for), asked_for).records
    return order


ORDER: Final = Order(
    supplier="hertz",
    id="C00000000A1",
    status=OrderStatus.CONFIRMED,
    price=money("264.00", "GBP"),
    handle={"surname": "MULLER & SONS", "market": "DE", "pick_up_clock": "Europe/London"},
)


# ---- quote ----


def test_a_quote_asks_again_for_the_same_class_rate_and_counter() -> None:
    call = booking.ask_quote(asked())
    assert '<VehPref Code="ECMR" CodeContext="SIPP"/>' in sent(call)
    assert 'RateQualifier="BEST"' in sent(call)
    assert '<PickUpLocation LocationCode="LHR" CodeContext="IATA" ExtendedLocationCode="LHRT50"/>' in sent(call)
    assert 'SequenceNmbr="2"' in sent(call)
    assert call.reads_only


def test_a_quote_at_the_same_price_keeps_the_reference_that_holds_it() -> None:
    quote = quoted(answer(car(quote="QUOTE2")))
    assert quote.status(found()) is QuoteStatus.SAME
    assert '"QUOTE2"' in quote.handle["key"]
    assert quote.expires_at == NOW + cars.LIVE_FOR


def test_a_quote_at_another_price_says_so() -> None:
    quote = quoted(answer(car(total=TOTAL.replace("264.00", "280.00"))))
    assert (quote.status(found()), quote.price) == (QuoteStatus.CHANGED, money("280.00", "GBP"))


def test_of_two_rates_of_one_code_the_known_price_is_the_one() -> None:
    dearer = car(total=TOTAL.replace("264.00", "240.00"))
    assert quoted(answer(dearer, car())).price == money("264.00", "GBP")
    other = car(total=TOTAL.replace("264.00", "300.00"))
    assert quoted(answer(other, dearer)).price == money("240.00", "GBP")


@pytest.mark.parametrize(
    "body", [answer(car(rate="OTHER")), answer(), answer(car(), counter="LHRO80")], ids=["rate", "class", "counter"]
)
def test_a_rate_that_is_not_offered_any_more_is_sold_out(body: str) -> None:
    with pytest.raises(Answered) as failure:
        quoted(body)
    assert failure.value.reason is Reason.SOLD_OUT


def test_a_rate_that_nobody_can_read_is_no_rate_that_is_gone() -> None:
    with pytest.raises(GiveUp, match="quote"):
        quoted(answer(car(total="")))


def test_a_price_for_other_days_is_no_quote() -> None:
    with pytest.raises(GiveUp, match="asked for 2027-03-08"):
        quoted(answer(car(), drop_off="2027-03-09T10:00:00-06:00"))


def test_a_quote_for_something_else_than_a_car_is_a_mistake_of_ours() -> None:
    with pytest.raises(GiveUp, match="no question about cars"):
        booking.ask_quote(QuoteRequest(offer=found(), query=flight_query()))
    strange = msgspec.structs.replace(found(), reference="what?")
    with pytest.raises(GiveUp, match="names no rate"):
        booking.ask_quote(asked(strange))


# ---- book ----


def test_a_booking_says_who_rents_what_at_which_rate_by_which_reference() -> None:
    call = booking.ask_booking(request())
    body = sent(call)
    assert "<GivenName>ZOE</GivenName><Surname>MULLER &amp; SONS</Surname>" in body
    assert '<VehPref Code="ECMR" CodeContext="SIPP"/>' in body
    assert '<RateQualifier RateQualifier="BEST"/>' in body
    assert '<Reference Type="16" ID="QUOTE0000000001-2501"/>' in body
    assert f'EchoToken="{REFERENCE}"' in body
    assert not call.reads_only


def test_the_elements_of_a_booking_stand_in_the_order_of_the_schema() -> None:
    extras = (ChosenExtra(code="EQP7"), ChosenExtra(code="VCT40"))
    body = sent(booking.ask_booking(request(found(rules=PREPAY), extras=extras)))
    names = (
        *("<POS>", "<VehRentalCore", "<Customer>", "<PersonName>", "<Telephone", "<Email>", "<Address>", "<VendorPref"),
        *("<VehPref", "<DriverType", "<RateQualifier", "<SpecialEquipPrefs>", "<VehResRQInfo>", "<CoveragePrefs>"),
        *("<RentalPaymentPref>", "<Reference"),
    )
    assert sorted(names, key=body.index) == list(names)


def test_only_what_is_prepaid_goes_on_a_voucher_and_nothing_on_a_card() -> None:
    at_the_counter, before = (
        sent(booking.ask_booking(request())),
        sent(booking.ask_booking(request(found(rules=PREPAY)))),
    )
    assert "RentalPaymentPref" not in at_the_counter
    assert f'<RentalPaymentPref><Voucher Identifier="{REFERENCE}"/></RentalPaymentPref>' in before
    assert "PaymentCard" not in at_the_counter + before


def test_extras_are_told_by_their_list() -> None:
    body = sent(booking.ask_booking(request(extras=(ChosenExtra(code="EQP7", quantity=2), ChosenExtra(code="VCT40")))))
    assert '<SpecialEquipPref EquipType="7" Quantity="2"/>' in body
    assert '<CoveragePref CoverageType="40"/>' in body


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"hold": True}, Reason.NOT_POSSIBLE),
        ({"extras": (ChosenExtra(code="GPS"),)}, Reason.NOT_POSSIBLE),
        ({"extras": (ChosenExtra(code="EQP"),)}, Reason.NOT_POSSIBLE),
        ({"travellers": (traveller(surname="李"),)}, Reason.INVALID_TRAVELLER),
    ],
)
def test_what_hertz_cannot_be_told_is_refused_before_it_is_sent(changed: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(Answered) as failure:
        booking.ask_booking(request(**changed))
    assert failure.value.reason is reason


def test_of_two_numbers_the_one_of_type_14_is_the_reservation() -> None:
    order = booked(reservation(numbers='<ConfID Type="16" ID="QUOTE1"/><ConfID Type="14" ID="C00000000A1"/>'))
    assert order.id == "C00000000A1"
    assert [(locator.issuer, locator.code) for locator in order.locators] == [("Hertz", "C00000000A1")]
    assert (order.status, order.price) == (OrderStatus.CONFIRMED, money("264.00", "GBP"))


def test_the_surname_is_kept_as_it_was_sent() -> None:
    assert booked(reservation()).handle == {
        "surname": "MULLER & SONS",
        "market": "DE",
        "pick_up_clock": "Europe/London",
    }


def test_a_price_that_changed_with_the_booking_is_the_orders_price() -> None:
    warned = '<Warnings><Warning Type="1" Code="309" ShortText="RATE MAY HAVE CHANGED"/></Warnings>'
    order = booked(reservation(total=TOTAL.replace("264.00", "299.00"), warnings=warned))
    assert order.price == money("299.00", "GBP")
    assert order.supplier_extra == {"price_expected": "264.00 GBP", "warnings": "RATE MAY HAVE CHANGED"}


def test_a_booking_that_tells_no_price_is_at_the_quoted_one() -> None:
    assert booked(reservation(total="")).price == money("264.00", "GBP")


def test_the_rules_of_the_reservation_are_its_ladder_and_else_those_of_the_quote() -> None:
    rules = """<PaymentRules><PaymentRule RuleType="1" Amount="40.00" CurrencyCode="GBP"
      DateTime="2027-02-27T10:00:00-06:00"/></PaymentRules>"""
    ladder = booked(reservation(info=rules)).cancellation
    assert ladder is not None
    assert ladder.free_until == wall_clock("LHR", "2027-02-27T10:00")
    with_ladder = found(rules=rules)
    known = request(with_ladder, quote=quoted(answer(car(rules=rules)), with_ladder))
    assert booked(reservation(), known).cancellation == ladder


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("Committed", OrderStatus.CONFIRMED),
        ("HK", OrderStatus.CONFIRMED),
        ("Pending", OrderStatus.PENDING),
        ("On Hold", OrderStatus.PENDING),
        ("QQ", OrderStatus.PENDING),
        ("Cancelled", OrderStatus.CANCELLED),
        ("Unsuccessful", OrderStatus.FAILED),
    ],
)
def test_a_status_is_what_it_says_and_one_that_nobody_knows_is_no_confirmation(told: str, status: OrderStatus) -> None:
    assert booked(reservation(status=f'ReservationStatus="{told}"')).status is status


def test_a_total_that_nobody_can_trust_is_no_price_of_a_reservation_that_stands() -> None:
    order = booked(reservation(total=TOTAL.replace("264.00", "-1.00")))
    assert (order.id, order.status, order.price) == ("C00000000A1", OrderStatus.CONFIRMED, None)
    assert "costs" in order.supplier_extra["unreadable"]


def test_a_number_makes_the_order_also_where_nothing_else_can_be_read() -> None:
    order = booked(reservation(total=TOTAL.replace("264.00", "a lot")))
    assert (order.id, order.status, order.price) == ("C00000000A1", OrderStatus.PENDING, None)
    assert order.handle["surname"] == "MULLER & SONS"


@pytest.mark.parametrize("numbers", ["", '<ConfID Type="16" ID="QUOTE1"/>', '<ConfID Type="14"/>'])
def test_a_booking_without_a_confirmation_number_is_none_that_we_know_of(numbers: str) -> None:
    with pytest.raises(GiveUp):
        booked(reservation(numbers=numbers))


def test_a_duplicate_can_neither_be_refused_nor_found_so_the_kit_never_resends() -> None:
    selling = SUPPLIER.sells["cars"]
    assert (selling.find, selling.refuses_duplicates) == (None, False)


# ---- look ----


def looked(body: str, order: Order = ORDER) -> Order:
    (told,) = reservations.read_look(reply(body), reservations.ask_look(order), order).records
    return told


def retrieved(**changed: str) -> str:
    return reservation(root="OTA_VehRetResRS", core="VehRetResRSCore", **changed)


def test_a_look_tells_number_and_surname() -> None:
    call = reservations.ask_look(ORDER)
    assert '<UniqueID Type="14" ID="C00000000A1"/>' in sent(call)
    assert "<PersonName><Surname>MULLER &amp; SONS</Surname></PersonName>" in sent(call)
    assert '<Source ISOCountry="DE"' in sent(call)
    assert call.reads_only


def test_a_look_gives_the_order_as_it_stands() -> None:
    assert looked(retrieved()) == msgspec.structs.replace(ORDER, locators=looked(retrieved()).locators)
    changed = looked(retrieved(total=TOTAL.replace("264.00", "299.00")))
    assert (changed.price, changed.supplier_extra["price_expected"]) == (money("299.00", "GBP"), "264.00 GBP")


def test_no_field_tells_a_look_that_the_reservation_was_cancelled_but_a_warning_does() -> None:
    warned = '<Warnings><Warning Type="3" Code="95" ShortText="CANCELLED"/></Warnings>'
    assert looked(retrieved(warnings=warned)).status is OrderStatus.CANCELLED
    known = msgspec.structs.replace(ORDER, status=OrderStatus.CANCELLED)
    assert looked(retrieved(), known).status is OrderStatus.CANCELLED


def test_a_look_at_another_reservation_is_none_at_ours() -> None:
    with pytest.raises(GiveUp, match="was told of C00000000A2"):
        looked(retrieved(numbers='<ConfID Type="14" ID="C00000000A2"/>'))


def test_without_the_surname_nobody_can_look() -> None:
    with pytest.raises(GiveUp, match="on whose name"):
        reservations.ask_look(msgspec.structs.replace(ORDER, handle={}))


# ---- cancel ----


def cancelling(status: str, rules: str = "", number: str = '<UniqueID Type="15" ID="C00000000A1"/>') -> str:
    return f"""<OTA_VehCancelRS {NAMESPACE} Version="3.003"><Success/>
      <VehCancelRSCore CancelStatus="{status}">{rules}{number}</VehCancelRSCore><VehCancelRSInfo/></OTA_VehCancelRS>"""


def cancelled(body: str) -> Cancellation:
    (told,) = reservations.read_cancel(reply(body), reservations.ask_cancel(ORDER), ORDER).records
    return told


def test_a_cancellation_is_of_a_booking_and_sent_once() -> None:
    call = reservations.ask_cancel(ORDER)
    assert '<VehCancelRQCore CancelType="Book"><UniqueID Type="14" ID="C00000000A1"/>' in sent(call)
    assert not call.reads_only


def test_a_cancellation_without_rules_tells_no_fee() -> None:
    assert cancelled(cancelling("Cancelled")) == Cancellation(status=CancellationStatus.CANCELLED, number="C00000000A1")


@pytest.mark.parametrize(
    ("rules", "fee", "refund"),
    [
        ('<CancelRule Type="Charge" Amount="40.00" CurrencyCode="GBP"/>', money("40.00", "GBP"), None),
        ('<CancelRule Amount="40.00" CurrencyCode="GBP"/>', money("40.00", "GBP"), None),
        ('<CancelRule Type="Forfeiture" Percent="50"/>', money("132.00", "GBP"), None),
        (
            '<CancelRule Type="Charge" Amount="40" CurrencyCode="GBP"/><CancelRule Type="Refund" Amount="224" CurrencyCode="GBP"/>',
            money("40.00", "GBP"),
            money("224.00", "GBP"),
        ),
        ('<CancelRule Amount="40.00" CurrencyCode="GBP"/><CancelRule Amount="1" CurrencyCode="EUR"/>', None, None),
        ('<CancelRule CancelByDate="2027-03-01"/>', None, None),
        ('<CancelRule Amount="40.00" CurrencyCode="XXZ"/>', None, None),
    ],
)
def test_what_is_kept_and_what_comes_back(rules: str, fee: Money | None, refund: Money | None) -> None:
    told = cancelled(cancelling("Cancelled", f"<CancelRules>{rules}</CancelRules>"))
    assert (told.fee, told.refund) == (fee, refund)


def test_a_cancellation_may_be_pending() -> None:
    assert cancelled(cancelling("Pending", number="")) == Cancellation(status=CancellationStatus.PENDING)


def test_an_unsuccessful_cancellation_is_a_no() -> None:
    with pytest.raises(Answered) as failure:
        cancelled(cancelling("Unsuccessful"))
    assert failure.value.reason is Reason.NOT_CANCELLABLE


def test_a_status_that_ends_nothing_leaves_the_cancellation_open() -> None:
    with pytest.raises(GiveUp, match="Modified"):
        cancelled(cancelling("Modified"))
