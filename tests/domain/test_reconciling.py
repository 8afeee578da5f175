"""Three books compared: each difference is found once, under its name, and is well again when it is gone."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from domain.bookings import Abilities, Booking, BookingStatus, Charge, ChargeStatus, Item, ItemStatus, Patience, Refund
from domain.findings import FindingKind
from domain.money import Money
from domain.orders import Order, OrderStatus
from domain.payment import PaymentTime
from domain.payments import Method, Payment, PaymentStatus, RefundStatus
from domain.reconciling.books import ORDERS, PAYMENTS, Books, Ruling, Theirs, Verdict
from domain.reconciling.compare import OVERDUE_AFTER, compared
from domain.reconciling.orders import DOUBT_FOR, DOUBT_WITHOUT_ASKING, HOLD_ENDS_WITHIN
from domain.reconciling.payments import stands, unknown_payment
from tests.builders import NOW, flight_query, hotel_query, money, offer, stay_offer

_K, _I, _C, _P, _B = FindingKind, ItemStatus, ChargeStatus, PaymentStatus, BookingStatus
NOTHING: Final = Money.zero("EUR")
PRICE: Final = money("420.00")


def order(status: OrderStatus = OrderStatus.CONFIRMED, number: str = "A1", **told: Any) -> Order:
    return Order(supplier="albatross", id=number, status=status, **({"price": PRICE} | told))


def item(status: ItemStatus = _I.BOOKED, **told: Any) -> Item:
    facts: dict[str, Any] = {
        "number": 1,
        "offer": offer(),
        "query": flight_query(),
        "price": PRICE,
        "reference": "REFERENCE",
        "order": order(),
        "abilities": Abilities(finds=True, looks=True),
    }
    return Item(status=status, **(facts | told))


def charge(status: ChargeStatus = _C.CAPTURED, **told: Any) -> Charge:
    facts: dict[str, Any] = {
        "id": "c1",
        "reference": "CHARGE",
        "gateway": "purse",
        "method": Method.CARD,
        "amount": PRICE,
        "gateway_id": "p1",
        "captured": PRICE if status is _C.CAPTURED else None,
    }
    return Charge(status=status, **(facts | told))


def payment(status: PaymentStatus = _P.CAPTURED, **told: Any) -> Payment:
    facts: dict[str, Any] = {
        "gateway": "purse",
        "id": "p1",
        "reference": "CHARGE",
        "amount": PRICE,
        "captured": PRICE if status is _P.CAPTURED else NOTHING,
        "refunded": NOTHING,
    }
    return Payment(status=status, **(facts | told))


def refund(status: RefundStatus = RefundStatus.DONE, amount: str = "20.00") -> Refund:
    return Refund(id="r1", key="r1", amount=money(amount), asked_at=NOW, status=status)


def booking(**told: Any) -> Booking:
    facts: dict[str, Any] = {
        "id": "b1",
        "reference": "K7XH4M",
        "owner": "anna",
        "created_at": NOW,
        "items": (item(),),
        "charges": (charge(),),
        "method": Method.CARD,
        "gateway": "purse",
        "status": _B.CONFIRMED,
        "confirmed_at": NOW,
    }
    return Booking(**(facts | told))


def judged(*, settled: bool = True, due: timedelta | None = None, **told: Any) -> Verdict:
    """A booking that is bought and paid, where nothing else is told, and what others have of it."""
    orders = told.pop("orders", {1: (order(),)})
    payments = told.pop("payments", {"c1": payment()})
    books = Books(
        booking=booking(**told),
        due_at=None if due is None else NOW + due,
        settled=settled,
        orders=orders,
        payments=payments,
    )
    return compared(books, NOW)


def differences(**told: Any) -> list[tuple[FindingKind, str]]:
    return [(finding.kind, finding.about) for finding in judged(**told).findings]


def test_books_that_agree_give_nothing() -> None:
    verdict = judged()
    assert (verdict.findings, verdict.wake) == ((), None)


def test_the_tables_rule_on_everything_that_may_stand_beside_everything() -> None:
    assert set(ORDERS) == set(ItemStatus)
    assert all(set(row) == set(Theirs) for row in ORDERS.values())
    assert set(PAYMENTS) == set(ChargeStatus)


@pytest.mark.parametrize("theirs", Theirs)
@pytest.mark.parametrize("ours", ItemStatus)
def test_every_item_beside_every_order_gives_what_the_table_says(ours: ItemStatus, theirs: Theirs) -> None:
    there = {
        Theirs.STANDING: (order(),),
        Theirs.ENDED: (order(OrderStatus.CANCELLED),),
        Theirs.NOTHING: (),
    }[theirs]
    of_items = [
        found.kind
        for found in judged(items=(item(ours),), orders={1: there}, charges=(), payments={}).findings
        if found.about.startswith("item:1") and found.kind is not _K.ORDER_IN_DOUBT
    ]
    expected = {
        Ruling.FINE: [],
        Ruling.MISSED: [_K.STUCK],  # nobody is at this booking any more
        Ruling.GONE: [_K.ORDER_GONE],
        Ruling.UNWANTED: [_K.UNKNOWN_ORDER],
    }
    assert of_items == expected[ORDERS[ours][theirs]]


@pytest.mark.parametrize("theirs", [None, *PaymentStatus])
@pytest.mark.parametrize("ours", ChargeStatus)
def test_every_charge_beside_every_payment_is_right_or_found_or_caught_up_with(
    ours: ChargeStatus, theirs: PaymentStatus | None
) -> None:
    there = None if theirs is None else payment(theirs)
    told: dict[str, Any] = {"charges": (charge(ours),), "payments": {"c1": there}}
    fine = theirs in PAYMENTS[ours]
    found = [one.kind for one in judged(**told).findings if one.about == "charge:c1"]
    assert (found == []) is fine
    assert (judged(due=timedelta(minutes=1), **told).wake is None) is fine


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (_C.VOIDED, _P.CAPTURED, _K.MONEY_WITHOUT_ORDER),
        (_C.VOIDED, _P.AUTHORISED, _K.UNKNOWN_PAYMENT),
        (_C.EXPIRED, _P.WAITING, _K.UNKNOWN_PAYMENT),
        (_C.CAPTURED, _P.VOIDED, _K.ORDER_WITHOUT_MONEY),
        (_C.CAPTURED, None, _K.ORDER_WITHOUT_MONEY),
    ],
)
def test_a_charge_is_found_by_what_is_worst_about_it(
    ours: ChargeStatus, theirs: PaymentStatus | None, kind: FindingKind
) -> None:
    there = None if theirs is None else payment(theirs)
    found = judged(charges=(charge(ours),), payments={"c1": there}).findings
    assert [one.kind for one in found if one.about == "charge:c1"] == [kind]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"orders": {1: (order(), order(number="A2"))}}, (_K.UNKNOWN_ORDER, "item:1")),
        ({"orders": {1: (order(price=money("421.00")),)}}, (_K.AMOUNT_DIFFERS, "item:1")),
        ({"payments": {"c1": payment(captured=money("400.00"))}}, (_K.AMOUNT_DIFFERS, "charge:c1")),
        ({"payments": {"c1": payment(refunded=money("20.00"))}}, (_K.REFUND_MISSING, "charge:c1")),
        ({"charges": (charge(refunds=(refund(),)),)}, (_K.REFUND_MISSING, "charge:c1")),
        ({"charges": (), "payments": {}}, (_K.ORDER_WITHOUT_MONEY, "booking:EUR")),
        ({"due": -OVERDUE_AFTER - timedelta(seconds=1)}, (_K.STUCK, "due")),
    ],
)
def test_each_difference_is_found_once_and_is_judged_when_it_is_gone(
    told: dict[str, Any], found: tuple[FindingKind, str]
) -> None:
    assert differences(**told) == [found]
    assert found in judged(**{name: value for name, value in told.items() if name == "due"}).judged
    assert found in judged().judged


def test_an_agency_that_tells_no_price_is_not_blamed_for_another_one() -> None:
    assert differences(orders={1: (order(price=None),)}) == []


def test_a_refund_that_is_on_its_way_may_be_there_or_not() -> None:
    pending = (charge(refunds=(refund(RefundStatus.PENDING),)),)
    for given in ("0.00", "20.00"):
        assert differences(charges=pending, payments={"c1": payment(refunded=money(given))}) == []


def test_a_refund_that_is_done_there_and_under_way_here_wakes_the_booking() -> None:
    pending = (charge(refunds=(refund(RefundStatus.PENDING),)),)
    there = {"c1": payment(refunded=money("20.00"))}
    verdict = judged(charges=pending, payments=there, due=timedelta(hours=1))
    assert verdict.wake == "a refund of charge c1 is under way here and done there"


# ---- what a worker will mend ----


def test_an_order_in_doubt_that_is_there_wakes_its_booking_and_is_no_finding() -> None:
    sent = item(_I.SENT, order=None, sent_at=NOW - timedelta(minutes=5))
    told: dict[str, Any] = {"items": (sent,), "status": _B.IN_DOUBT, "due": timedelta(minutes=1)}
    verdict = judged(settled=False, **told)
    assert verdict.wake == "item 1 is sent here and standing there"
    assert verdict.findings == ()


def test_what_is_not_settled_is_not_missed_yet() -> None:
    assert differences(settled=False, orders={1: ()}, payments={"c1": None}) == []


def test_who_could_not_be_asked_is_not_judged() -> None:
    verdict = judged(orders={}, payments={})
    assert (verdict.findings, verdict.wake) == ((), None)
    assert (_K.ORDER_GONE, "item:1") not in verdict.judged
    assert (_K.REFUND_MISSING, "charge:c1") not in verdict.judged


# ---- doubts and holds ----


@pytest.mark.parametrize(("finds", "patience"), [(True, DOUBT_FOR), (False, DOUBT_WITHOUT_ASKING)])
def test_a_doubt_is_for_people_when_it_lasts_too_long(*, finds: bool, patience: timedelta) -> None:
    for longer, found in ((timedelta(seconds=-1), []), (timedelta(seconds=1), [(_K.ORDER_IN_DOUBT, "item:1")])):
        since = NOW - patience - longer
        sent = item(_I.SENT, order=None, sent_at=since, abilities=Abilities(finds=finds))
        assert differences(items=(sent,), orders={}, due=timedelta(minutes=1)) == found


def test_a_cancellation_in_doubt_is_one_too() -> None:
    doubted = Patience(since=NOW - timedelta(hours=3), tries=9, next_at=NOW, detail="silence", doubt=True)
    cancelling = item(_I.CANCELLING, patience=doubted)
    found = differences(items=(cancelling,), orders={}, status=_B.CANCELLING, due=timedelta(minutes=1))
    assert found == [(_K.ORDER_IN_DOUBT, "item:1")]


def test_a_doubt_that_lasts_is_not_taken_back_and_one_that_is_over_is() -> None:
    doubt = (_K.ORDER_IN_DOUBT, "item:1")
    sent = item(_I.SENT, order=None, sent_at=NOW)
    assert doubt not in judged(items=(sent,), orders={}).judged
    assert doubt in judged().judged


@pytest.mark.parametrize(("longer", "kinds"), [(-1, [_K.HOLD_EXPIRING]), (1, [])])
def test_a_hold_that_ends_soon_is_found(longer: int, kinds: list[FindingKind]) -> None:
    until = NOW + HOLD_ENDS_WITHIN + timedelta(seconds=longer)
    held = item(_I.HELD, order=order(OrderStatus.HELD, hold_until=until))
    verdict = judged(items=(held,), charges=(), payments={}, status=_B.PENDING, due=timedelta(minutes=1))
    assert [found.kind for found in verdict.findings] == kinds


# ---- sums ----


def test_money_that_is_kept_for_nothing_is_found() -> None:
    refused = item(_I.REFUSED, order=None)
    found = differences(items=(refused,), orders={}, status=_B.FAILED, confirmed_at=None)
    assert found == [(_K.MONEY_WITHOUT_ORDER, "booking:EUR")]


def test_money_that_was_all_given_back_is_not_kept() -> None:
    given = (charge(refunds=(refund(amount="420.00"),)),)
    there = {"c1": payment(refunded=PRICE)}
    refused = item(_I.REFUSED, order=None)
    assert differences(items=(refused,), orders={}, charges=given, payments=there, status=_B.FAILED) == []


def test_what_a_traveller_has_cancelled_may_cost_something() -> None:
    told: dict[str, Any] = {"items": (item(_I.CANCELLED),), "orders": {1: (order(OrderStatus.CANCELLED),)}}
    assert differences(**told, status=_B.CANCELLED, undoing=_B.CANCELLED) == []
    failed = differences(**told, status=_B.FAILED, undoing=_B.FAILED, confirmed_at=None)
    assert failed == [(_K.MONEY_WITHOUT_ORDER, "booking:EUR")]


def test_more_than_it_costs_is_another_amount() -> None:
    too_much = money("500.00")
    taken = (charge(amount=too_much, captured=too_much),)
    there = {"c1": payment(amount=too_much, captured=too_much)}
    assert differences(charges=taken, payments=there) == [(_K.AMOUNT_DIFFERS, "booking:EUR")]


def test_what_is_paid_at_the_desk_needs_no_money_of_ours() -> None:
    conditions = msgspec.structs.replace(stay_offer().conditions, payment=(PaymentTime.ON_SITE,))
    stay = msgspec.structs.replace(stay_offer(), conditions=conditions)
    at_the_desk = item(offer=stay, query=hotel_query(), price=stay.price, order=order(price=None))
    assert differences(items=(at_the_desk,), orders={}, charges=(), payments={}) == []


def test_an_order_that_nobody_takes_back_of_a_booking_that_failed_is_told_by_whoever_undoes_it() -> None:
    kept = item(_I.KEPT)
    assert differences(items=(kept,), charges=(), payments={}, status=_B.FAILED, confirmed_at=None) == []


def test_sums_are_looked_at_when_nobody_is_at_the_booking_any_more() -> None:
    told: dict[str, Any] = {"charges": (), "payments": {}, "status": _B.CONFIRMING}
    assert differences(**told, due=timedelta(minutes=1)) == []


# ---- payments that no booking knows ----


@pytest.mark.parametrize(
    ("there", "standing"),
    [
        (payment(_P.AUTHORISED), True),
        (payment(_P.CAPTURED), True),
        (payment(_P.CAPTURED, refunded=PRICE), False),
        (payment(_P.WAITING), False),
        (payment(_P.VOIDED), False),
        (payment(_P.DECLINED), False),
        (payment(_P.EXPIRED), False),
    ],
)
def test_only_a_payment_that_holds_or_took_money_is_anybodys_concern(there: Payment, *, standing: bool) -> None:
    assert stands(there) is standing
    found = unknown_payment(there)
    assert (found is not None) is standing
    if found is not None:
        assert (found.kind, found.about, found.booking_id) == (_K.UNKNOWN_PAYMENT, "payment:purse:p1", None)


def test_a_findings_sentence_is_the_same_every_hour() -> None:
    """Else what somebody has dismissed would come back with each comparison."""
    books = Books(booking=booking(), due_at=NOW - timedelta(hours=1), settled=True, orders={1: ()})
    first, later = compared(books, NOW), compared(books, NOW + timedelta(hours=1))
    assert [found.detail for found in first.findings] == [found.detail for found in later.findings]
