"""Cancelling in two calls: a quote that lasts an hour, and its confirmation."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.desk import Desk
from adapters.suppliers.duffel.sandbox.door import body, opaque, tell, zulu
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.order_book import Booked, OrderBook
from adapters.suppliers.duffel.sandbox.paging import send_page
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import Refused, missing, required, unsupported, wrong_state
from adapters.suppliers.duffel.sandbox.scenarios import Scenario

_LASTS: Final = timedelta(hours=1)


class Quoted(msgspec.Struct, kw_only=True):
    id: str
    order: Booked
    made: datetime
    amount: Decimal | None
    to: str
    confirmed: datetime | None = None


class Cancellations:
    def __init__(self, desk: Desk, book: OrderBook, offers: OfferPapers) -> None:
        self._desk: Final = desk
        self._book: Final = book
        self._offers: Final = offers
        self._quotes: Final[dict[str, Quoted]] = {}

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """A new quote takes the place of one that nobody has confirmed."""
        asked = await body(request)
        if not isinstance(asked.get("order_id"), str):
            raise required("/order_id")
        order = self._book.order(asked["order_id"])
        now = self._desk.world.now()
        outcome = self._desk.world.outcomes.claim("duffel", "cancel")
        if order.cancelled is not None:
            raise _cancelled_before()
        if now >= order.departs or (outcome is not None and outcome.name == "not_cancellable"):
            raise unsupported("The airline does not let this order be cancelled here")
        amount, to = self._refund(order)
        quote = Quoted(id=opaque("ore", order.id, len(self._quotes)), order=order, made=now, amount=amount, to=to)
        self._quotes[quote.id] = quote
        tell(response, self._paper(quote), status=201)

    async def on_post_confirm(self, _: falcon.asgi.Request, response: falcon.asgi.Response, quote_id: str) -> None:
        """Without a body."""
        quote, now = self._quote(quote_id), self._desk.world.now()
        if quote.order.cancelled is not None:
            raise _cancelled_before()
        if now >= quote.made + _LASTS:
            raise wrong_state("order_cancellation_expired", "The quote has expired: ask for another one")
        outcome = self._desk.world.outcomes.claim("duffel", "confirm")
        quote.confirmed = now
        paper = self._paper(quote)
        self._book.cancel(quote.order, paper)
        if outcome is not None and outcome.name == "in_doubt":
            raise Refused(502, "airline_error", "airline_internal", "The airline did not answer as it should")
        tell(response, paper)

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        order_id = request.get_param("order_id")
        found = [one for one in self._quotes.values() if order_id in (None, one.order.id)]
        send_page(request, response, found, self._paper)

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, quote_id: str) -> None:
        tell(response, self._paper(self._quote(quote_id)))

    def _quote(self, quote_id: str) -> Quoted:
        try:
            return self._quotes[quote_id]
        except KeyError:
            raise missing("order cancellation") from None

    def _refund(self, order: Booked) -> tuple[Decimal | None, str]:
        """By the conditions of the fare. Duffel Airways gives everything back."""
        if order.paid is None:
            return order.total * 0, "awaiting_payment"
        if order.offer.request.scenario is Scenario.CREDITS:
            return order.total, "airline_credits"
        if order.owner == house_airline.CODE:
            return order.total, "balance"
        condition: Any = self._offers.conditions(order.offer.tickets, order.currency)["refund_before_departure"]
        if condition is None or (condition["allowed"] and condition["penalty_currency"] != order.currency):
            return None, "balance"  # only the airline knows
        if not condition["allowed"]:
            return order.total * 0, "balance"
        return max(order.total * 0, order.total - Decimal(condition["penalty_amount"])), "balance"

    def _paper(self, quote: Quoted) -> Paper:
        order = quote.order
        return {
            "id": quote.id,
            "order_id": order.id,
            "live_mode": order.offer.request.account.live,
            "refund_amount": None if quote.amount is None else str(quote.amount),
            "refund_currency": order.currency,
            "refund_to": quote.to,
            "created_at": zulu(quote.made),
            "expires_at": zulu(quote.made + _LASTS),
            "confirmed_at": zulu(quote.confirmed) if quote.confirmed else None,
            "airline_credits": [
                {
                    "id": opaque("acd", quote.id),
                    "credit_name": f"{house_airline.NAME} credit",
                    "credit_code": "9991234567890" if quote.confirmed else None,
                    "credit_amount": str(quote.amount),
                    "credit_currency": order.currency,
                    "issued_on": quote.made.date().isoformat(),
                    "passenger_id": order.passengers[0]["id"],
                }
            ]
            if quote.to == "airline_credits"
            else [],
        }


def _cancelled_before() -> Refused:
    return wrong_state("already_cancelled", "The order has been cancelled already")
