"""Orders and what becomes of them: held, paid, changed by the airline, cancelled."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.desk import Desk, Offered
from adapters.suppliers.duffel.sandbox.door import opaque
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import missing

PAID_WITHIN: Final = timedelta(hours=72)
GUARANTEED_FOR: Final = timedelta(hours=48)
_LOCATOR_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_TICKET_DIGITS: Final = 10**10


class Booked(msgspec.Struct, kw_only=True, eq=False):
    """`visible` is when the order can first be seen; `refund` what its confirmed cancellation said."""

    id: str
    booking_reference: str
    offer: Offered
    created: datetime
    visible: datetime
    held: bool
    passengers: list[Paper]
    services: list[Paper]
    total: Decimal
    metadata: dict[str, str]
    paid: datetime | None = None
    cancelled: datetime | None = None
    refund: Paper | None = None
    changes: list[Paper] = []
    users: list[str] = []
    later: timedelta = timedelta()

    @property
    def currency(self) -> str:
        return self.offer.price.currency

    @property
    def pay_by(self) -> datetime:
        return self.offer.request.created + PAID_WITHIN

    @property
    def guaranteed_until(self) -> datetime:
        return self.offer.request.created + GUARANTEED_FOR

    @property
    def extras(self) -> Decimal:
        return sum((Decimal(one["total_amount"]) for one in self.services), Decimal(0))

    @property
    def owner(self) -> str:
        return self.offer.tickets[0].owner

    @property
    def departs(self) -> datetime:
        departs: datetime = self.offer.tickets[0].journey.legs[0].departs
        return departs + self.later


class OrderBook:
    """Every order of the account, the oldest first."""

    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk
        self._orders: Final[dict[str, Booked]] = {}

    def add(
        self, offer: Offered, asked: dict[str, Any], *, held: bool, services: list[Paper], hidden_for: timedelta
    ) -> Booked:
        """The seats have to be taken by then."""
        now, number = self._desk.world.now(), len(self._orders)
        order_id = opaque("ord", offer.id, number)
        chance = self._desk.world.seed_for("duffel", "booking reference", order_id)
        offer.request.booked = True
        order = Booked(
            id=order_id,
            booking_reference="".join(chance.choices(_LOCATOR_LETTERS, k=6)),
            offer=offer,
            created=now,
            visible=now + hidden_for,
            held=held,
            passengers=[_passenger(one) for one in asked["passengers"]],
            services=[
                {**service, "id": opaque("ser", order_id, place), "quantity": 1}
                for place, service in enumerate(services)
            ],
            total=offer.price.total + sum((Decimal(one["total_amount"]) for one in services), Decimal(0)),
            metadata=dict(asked.get("metadata") or {}),
            paid=None if held else now,
            users=list(asked.get("users") or []),
        )
        self._orders[order.id] = order
        self._desk.world.books.made(
            "duffel",
            order.id,
            reference=next(iter(order.metadata.values()), None),
            surname=order.passengers[0]["family_name"],
            held=held,
        )
        return order

    def order(self, order_id: str) -> Booked:
        """As it stands now. Raises Refused for one that is not there, or not to be seen yet."""
        order = self._orders.get(order_id)
        if order is None or order.visible > self._desk.world.now():
            raise missing("order")
        return self._grown_older(order)

    def all(self) -> list[Booked]:
        now = self._desk.world.now()
        return [self._grown_older(order) for order in self._orders.values() if order.visible <= now]

    def cancel(self, order: Booked, refund: Paper | None) -> None:
        order.cancelled = self._desk.world.now()
        order.refund = refund
        self._desk.world.books.ended("duffel", order.id)
        self._desk.market.give_back(order.offer.tickets, order.offer.request.party)

    def _grown_older(self, order: Booked) -> Booked:
        """Nobody holds seats for ever, nor a price: what is not paid in time goes back, or costs what it costs now."""
        now = self._desk.world.now()
        if order.paid is None and order.cancelled is None:
            if now >= order.pay_by:
                self.cancel(order, None)
            elif now >= order.guaranteed_until and (tickets := self._desk.repriced(order.offer)) is not None:
                price = self._desk.market.price(tickets, order.offer.request.party, order.currency)
                order.offer.price, order.total = price, price.total + order.extras
        return order


def _passenger(asked: dict[str, Any]) -> Paper:
    """What is echoed. Who carries an infant is not."""
    kept = ("id", "title", "gender", "given_name", "family_name", "born_on", "email", "phone_number", "user_id")
    return {**{name: asked.get(name) for name in kept}, "loyalty_programme_accounts": []}


def tickets(order: Booked) -> list[Paper]:
    """One for everybody, once it is paid."""
    if order.paid is None:
        return []
    prefix = "999" if order.owner == house_airline.CODE else "125"
    number = int.from_bytes(order.id.encode()[-6:], "big")
    return [
        {
            "type": "electronic_ticket",
            "unique_identifier": f"{prefix}-{(number + place) % _TICKET_DIGITS:010d}",
            "passenger_ids": [one["id"]],
        }
        for place, one in enumerate(order.passengers)
    ]
