"""What holds for every booking in every world, whatever goes wrong, whoever changes their mind and whoever dies when."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bookings import (
    MOVES,
    Abilities,
    Booking,
    BookingStatus,
    ChargeStatus,
    Item,
    ItemStatus,
    Wishes,
    order_reference,
)
from domain.cars import RentalConditions
from domain.findings import Finding, FindingKind
from domain.money import Money
from domain.offers import FlightConditions, Offer
from domain.payment import PaymentTime
from domain.payments import Method, RefundStatus
from domain.saga.actions import Asking, Turn, Wait
from domain.saga.course import after, begun, next_step, woken
from domain.saga.news import findings
from domain.saga.parts import askable, payable_in
from domain.saga.resolving import resolve_item
from domain.saga.terms import cancellation_terms
from domain.saga.wishes import refund_wished
from tests.builders import NOW, car_query, flight_query, money, offer, rental_offer
from tests.laws.booking_world import World

_STEPS: Final = 500  # within which every booking comes to its end
_ENDS: Final = frozenset(status for status, ways in MOVES.items() if not ways) | {BookingStatus.CONFIRMED}


class Telling:
    """One booking in one world, told step by step."""

    def __init__(self, chance: Random) -> None:
        self.chance: Final = chance
        self.world: Final = World(chance, NOW)
        self.booking = self._accepted()
        self.wishes = Wishes()
        self.changes_of_mind = chance.randint(0, 2)
        self.crashes = chance.randint(0, 3)
        self.found: Final[list[Finding]] = []
        self._asleep: Final[list[tuple[Asking, Booking]]] = []  # workers that hang before their call, and wake up late

    def _accepted(self) -> Booking:
        items = tuple(self._item(number) for number in range(1, self.chance.randint(1, 3) + 1))
        method = self.chance.choice((Method.CARD, Method.LINK))
        return Booking(
            id="abc",
            reference="ABCDEF",
            owner="amelia",
            created_at=NOW,
            items=items,
            method=method,
            gateway="purse",
            token="tok" if method is Method.CARD else None,
            max_price_increase_percent=self.chance.choice((0, 5)),
        )

    def _item(self, number: int) -> Item:
        sold: Offer = self.chance.choice(
            (
                offer(conditions=FlightConditions(refundable=self.chance.choice((True, False, None)))),
                offer(reference="dollars", price=money("99.99", "USD")),
                rental_offer(conditions=RentalConditions(payment=(PaymentTime.ON_SITE,))),
            )
        )
        self.world.abilities[number] = Abilities(
            holds=self.chance.random() < 0.5, finds=self.chance.random() < 0.7, looks=self.chance.random() < 0.7
        )
        if self.world.abilities[number].holds:  # whoever holds orders lets them be looked at
            self.world.abilities[number] = msgspec.structs.replace(self.world.abilities[number], looks=True)
        query = car_query() if sold.price.currency == "GBP" else flight_query()
        return Item(number=number, offer=sold, query=query, price=sold.price, reference=order_reference("abc", number))

    def told(self) -> Booking:
        """Until nothing is left to do."""
        for _ in range(_STEPS):
            self._change_mind()
            action = next_step(self.booking, self.wishes, self.world.now)
            match action:
                case Turn():
                    self._becomes(action.booking)
                    if action.heeded is not None:
                        self.wishes = self.wishes.without(action.heeded)
                case Wait(until=None):
                    if self.booking.status in _ENDS and not self._last_mind_changed():
                        return self.booking
                case Wait():
                    assert action.until is not None
                    self._waits(action.until)
                case _:
                    self._asks(action)
        raise AssertionError(f"still {self.booking.status}: {self.booking.doubt}")

    def _asks(self, action: Asking) -> None:
        before, began = self.booking, self.world.now
        under_way = begun(before, action, began)
        self._becomes(under_way)
        if self.crashes and self.chance.random() < 0.15:
            self.crashes -= 1
            if self.chance.random() < 0.5:
                self.world.answers_to(action, under_way)  # nobody heard the answer
            else:
                self._asleep.append((action, under_way))
            self.world.now += timedelta(seconds=self.chance.choice((1, 40)))
            self._becomes(woken(self.booking, self.world.now))
            return
        result = self.world.answers_to(action, under_way)
        self.world.now += timedelta(seconds=1)
        self._becomes(after(before, action, result, self.world.now, began=began))
        if self._asleep and self.chance.random() < 0.3:
            late, as_it_was = self._asleep.pop()
            self.world.answers_to(late, as_it_was)
            self._looks_right()

    def _waits(self, until: datetime) -> None:
        self.world.time_passes(until)
        while self._asleep:
            late, as_it_was = self._asleep.pop()
            self.world.answers_to(late, as_it_was)
        for item in self.booking.items:
            alone = not askable(item) or not self.world.trouble
            doubted = item.patience is not None and item.patience.doubt
            if doubted and alone and item.status in (ItemStatus.SENT, ItemStatus.CANCELLING):
                self._becomes(resolve_item(self.booking, item.number, self.world.truth(item), self.world.now))
        self._becomes(woken(self.booking, self.world.now))

    def _becomes(self, booking: Booking) -> None:
        was = self.booking
        assert booking.status is was.status or booking.status in MOVES[was.status], f"{was.status} → {booking.status}"
        self.found.extend(findings(was, booking, self.world.now))
        self.booking = booking
        self._looks_right()

    def _looks_right(self) -> None:
        """At every instant."""
        for item in self.booking.items:
            assert len(self.world.living(item.number)) <= 1, "two orders for one item"
        for charge in self.booking.charges:
            assert charge.refunded <= (charge.captured or Money.zero(charge.amount.currency))
        for payment in self.world.payments.values():
            assert payment.refunded <= payment.captured <= payment.amount

    def _change_mind(self) -> None:
        if self.booking.status is BookingStatus.NEEDS_CONSENT and self.wishes.consent is None:
            answer = self.chance.choice((True, True, False, None))
            self.wishes = msgspec.structs.replace(self.wishes, consent=answer)
        waiting = any(charge.status is ChargeStatus.WAITING for charge in self.booking.charges)
        if waiting and self.wishes.token is None and self.chance.random() < 0.1:
            self.wishes = msgspec.structs.replace(self.wishes, token="tok_other")
        if self.changes_of_mind and self.chance.random() < 0.04:
            self.changes_of_mind -= 1
            self.wishes = msgspec.structs.replace(self.wishes, cancel=True)

    def _last_mind_changed(self) -> bool:
        """What is confirmed may still be refunded in part, or cancelled."""
        if not self.changes_of_mind:
            return False
        self.changes_of_mind -= 1
        taken = [charge for charge in self.booking.charges if charge.refundable.amount > 1]
        if taken and self.chance.random() < 0.5:
            part = Money.of("1", taken[0].amount.currency)
            self.wishes = refund_wished(
                self.booking, self.wishes, taken[0].id, part, key=f"asked {self.changes_of_mind}", asked_by="amelia",
                now=self.world.now,
            )  # fmt: skip
        elif self.booking.status is BookingStatus.CONFIRMED:
            self.wishes = msgspec.structs.replace(self.wishes, cancel=True)
        return True


@given(st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_every_booking_ends_in_one_paid_order_for_each_item_or_in_none(chance: Random) -> None:
    telling = Telling(chance)
    booking = telling.told()
    for item in booking.items:
        living = telling.world.living(item.number)
        expected = item.status in (ItemStatus.BOOKED, ItemStatus.KEPT)
        assert len(living) == expected, f"item {item.number} is {item.status}, and {living}"
    if booking.status is BookingStatus.CONFIRMED:
        assert all(item.status is ItemStatus.BOOKED for item in booking.items)
    assert telling.world.holds() == []
    _the_money_is_right(telling, booking)
    _people_see_what_is_theirs_to_do(telling, booking)


def _the_money_is_right(telling: Telling, booking: Booking) -> None:
    asked = [refund for charge in booking.charges for refund in charge.refunds if refund.asked_by is not None]
    given = [one.amount for one in asked if one.status is not RefundStatus.REFUSED]
    failed = [
        refund for charge in booking.charges for refund in charge.refunds if refund.status is RefundStatus.REFUSED
    ]
    if failed:
        return
    for currency in ("EUR", "USD", "GBP"):
        taken = telling.world.taken(currency)
        goodwill = sum((amount.amount for amount in given if amount.currency == currency), Money.zero(currency).amount)
        if booking.status is BookingStatus.CONFIRMED:
            assert taken.amount == payable_in(booking.items, currency).amount - goodwill
        elif booking.confirmed_at is None:
            assert taken.amount == 0, "money was taken for nothing"
        else:
            terms = cancellation_terms(booking, telling.world.now)
            kept = sum((one.kept.amount for one in terms.items if one.kept.currency == currency), taken.amount * 0)
            assert max(kept - goodwill, taken.amount * 0) <= taken.amount <= kept


def _people_see_what_is_theirs_to_do(telling: Telling, booking: Booking) -> None:
    told = {(finding.kind, finding.about) for finding in telling.found}
    for item in booking.items:
        if item.status is ItemStatus.KEPT and booking.confirmed_at is None:
            assert (FindingKind.ORDER_WITHOUT_MONEY, f"item:{item.number}") in told
    for charge in booking.charges:
        for refund in charge.refunds:
            if refund.status is RefundStatus.REFUSED and refund.asked_by is None:
                assert (FindingKind.REFUND_REFUSED, f"refund:{refund.id}") in told
