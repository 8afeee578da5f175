"""The resources of an order: booked, listed, read, relabelled and paid."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.duffel.sandbox.desk import Desk, Offered
from adapters.suppliers.duffel.sandbox.door import body, opaque, tell, zulu
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.order_book import Booked, OrderBook
from adapters.suppliers.duffel.sandbox.order_checks import (
    check_metadata,
    check_passengers,
    check_payment,
    checked_offer,
    checked_services,
    checked_type,
)
from adapters.suppliers.duffel.sandbox.order_papers import OrderPapers
from adapters.suppliers.duffel.sandbox.paging import send_page
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import Refused, gone, invalid, missing, required, wrong_state
from adapters.suppliers.duffel.sandbox.scenarios import Scenario

_USUALLY_HIDDEN: Final = 60.0  # seconds, where an outcome that hides an order does not say

# Scenario of the route, or outcome wished for -> how an order fails. None of them leaves an order behind.
_SCENES: Final[Mapping[Scenario | None, str]] = {
    Scenario.ORDER_FAILS: "airline_error",
    Scenario.NO_BALANCE: "declined",
}
_FAILURES: Final[Mapping[str | None, tuple[int, str, str, str]]] = {
    "airline_error": (502, "airline_error", "airline_unknown", "The airline answered with an unknown error"),
    "declined": (422, "invalid_state_error", "insufficient_balance", "Your balance is too low for this order"),
    "price_changed": (422, "airline_error", "price_changed", "The airline has changed the price"),
    "sold_out": (422, "invalid_state_error", "offer_no_longer_available", "Please select another offer"),
    "expired": (422, "invalid_state_error", "offer_expired", "The offer has expired: search again"),
}
_HIDING: Final = frozenset({"pending", "visible_late"})


class Orders:
    def __init__(self, desk: Desk, book: OrderBook, offers: OfferPapers, write: OrderPapers) -> None:
        self._desk: Final = desk
        self._book: Final = book
        self._offers: Final = offers
        self._write: Final = write

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """201 and the order; 202 and nothing yet while the airline still works on it."""
        asked = await body(request)
        offer = checked_offer(asked, self._desk)
        held = checked_type(asked, holds=self._offers.holds(offer))
        check_passengers(asked, offer.request, documents=self._offers.wants_documents(offer.tickets[0].owner))
        check_metadata(asked)
        services = self._checked_services_and_payment(asked, offer, held=held)
        outcome = self._desk.world.outcomes.claim("duffel", "book")
        wished = outcome.name if outcome else _SCENES.get(offer.request.scenario)
        if (failure := _FAILURES.get(wished)) is not None:
            raise Refused(*failure)
        if not self._desk.market.take(offer.tickets, offer.request.party):
            raise gone()
        hidden = outcome.seconds or _USUALLY_HIDDEN if outcome and wished in _HIDING else 0.0
        order = self._book.add(offer, asked, held=held, services=services, hidden_for=timedelta(seconds=hidden))
        if wished == "in_doubt":
            raise Refused(502, "airline_error", "airline_internal", "The airline did not answer as it should")
        if wished == "pending":
            tell(response, {"offer_id": offer.id}, status=202)
        else:
            tell(response, self._write.order(order), status=201)

    def _checked_services_and_payment(self, asked: dict[str, Any], offer: Offered, *, held: bool) -> list[Paper]:
        services = checked_services(asked, offer, self._offers)
        if not held:
            total = offer.price.total + sum((Decimal(one["total_amount"]) for one in services), Decimal(0))
            check_payment(asked["payments"][0], total, offer.price.currency, "/payments/0")
        return services

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """The latest first."""
        names = _brackets(request, "passenger_name[]")
        found = [
            order
            for order in reversed(self._book.all())
            if request.get_param("offer_id") in (None, order.offer.id)
            and request.get_param("booking_reference") in (None, order.booking_reference)
            and request.get_param("awaiting_payment") in (None, str(_waits(order)).lower())
            and (request.get_param("user_id") is None or request.get_param("user_id") in order.users)
            and _has_names(order, names)
        ]
        sort = request.get_param("sort")
        if sort == "payment_required_by":
            found.sort(key=lambda order: order.pay_by)
        elif sort is not None:
            raise invalid("/sort", "sort is payment_required_by", "validation_inclusion")
        send_page(request, response, found, self._write.order)

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, order_id: str) -> None:
        tell(response, self._write.order(self._book.order(order_id)))

    async def on_patch_one(self, request: falcon.asgi.Request, response: falcon.asgi.Response, order_id: str) -> None:
        """Replaces the metadata, and nothing else."""
        asked, order = await body(request), self._book.order(order_id)
        check_metadata(asked)
        order.metadata = dict(asked.get("metadata") or {})
        tell(response, self._write.order(order))

    async def on_get_services(self, _: falcon.asgi.Request, response: falcon.asgi.Response, order_id: str) -> None:
        self._book.order(order_id)
        tell(response, [])

    async def on_post_services(self, request: falcon.asgi.Request, _: falcon.asgi.Response, order_id: str) -> None:
        """Nothing is sold after the booking, and the code of that is a number."""
        asked, order = await body(request), self._book.order(order_id)
        if _waits(order) and asked.get("payment"):
            raise wrong_state("pay_later_order_no_payment_for_ancillaries", "The order itself is not paid yet")
        raise Refused(400, "invalid_request_error", 400, "Unsupported operation")


def _waits(order: Booked) -> bool:
    return order.paid is None and order.cancelled is None


def _brackets(request: falcon.asgi.Request, name: str) -> list[str]:
    return request.get_param_as_list(name) or []


def _has_names(order: Booked, names: list[str]) -> bool:
    """Parts of given and family names, whatever their case."""
    told = " ".join(f"{one['given_name']} {one['family_name']}" for one in order.passengers).lower()
    return all(name.lower() in told for name in names)


class Payments:
    """Orders that were held are paid here, at what they cost now."""

    def __init__(self, desk: Desk, book: OrderBook) -> None:
        self._desk: Final = desk
        self._book: Final = book
        self._payments: Final[dict[str, Paper]] = {}

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = await body(request)
        if not isinstance(asked.get("order_id"), str):
            raise required("/order_id")
        order = self._book.order(asked["order_id"])
        if order.cancelled is not None:
            raise wrong_state("already_cancelled", "The order was cancelled")
        if order.paid is not None:
            raise wrong_state("already_paid", "The order is paid")
        payment = asked.get("payment")
        if isinstance(payment, dict) and payment.get("type") not in ("balance", "card"):
            raise invalid("/payment/type", "type is balance or card", "validation_inclusion")
        check_payment(payment, order.total, order.currency, "/payment")
        outcome = self._desk.world.outcomes.claim("duffel", "pay")
        if outcome is not None and (failure := _FAILURES.get(outcome.name)) is not None:
            raise Refused(*failure)
        order.paid = self._desk.world.now()
        self._desk.world.books.paid("duffel", order.id)
        payment_id = opaque("pay", order.id)
        self._payments[payment_id] = {
            "id": payment_id,
            "order_id": order.id,
            "status": "succeeded",
            "type": "balance",
            "amount": str(order.total),
            "currency": order.currency,
            "created_at": zulu(order.paid),
            "live_mode": order.offer.request.account.live,
        }
        if outcome is not None and outcome.name == "in_doubt":
            raise Refused(502, "airline_error", "airline_internal", "The airline did not answer as it should")
        tell(response, self._payments[payment_id], status=201)

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        order_id = request.get_param("order_id")
        found = [one for one in self._payments.values() if order_id in (None, one["order_id"])]
        send_page(request, response, found, lambda one: one)

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, payment_id: str) -> None:
        if payment_id not in self._payments:
            raise missing("payment")
        tell(response, self._payments[payment_id])
