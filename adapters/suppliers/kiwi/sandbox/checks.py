"""GET /v2/booking/check_flights: whether the flights of a token are still there and what they cost, told step by step."""

from decimal import Decimal
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.kiwi.sandbox.desk import Desk, Session
from adapters.suppliers.kiwi.sandbox.gate import send
from adapters.suppliers.kiwi.sandbox.papers import flights, standing
from adapters.suppliers.kiwi.sandbox.params import Params, bad
from adapters.suppliers.kiwi.sandbox.world import wished


class CheckFlights:
    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        token, bags = params.text("booking_token"), params.count("bnum")
        if token is None or bags is None:
            raise bad("booking_token and bnum are wanted")
        currency = (params.text("currency") or "EUR").upper()
        rate = self._desk.world.rate(currency)
        if rate is None:
            raise bad(f"unknown currency {currency!r}")
        outcome = wished(self._desk.world, "check")
        if outcome == "expired":
            raise bad("Expired booking token")
        session = self._desk.session(token, params.text("session_id"))
        _play(session, outcome)
        passengers = tuple(params.count(name) or 0 for name in ("adults", "children", "infants"))
        send(response, self._answer(session, bags, passengers, currency=currency, rate=rate))
        session.final = session.later <= 0
        session.later -= 1

    def _answer(
        self, session: Session, bags: int, passengers: tuple[int, ...], *, currency: str, rate: Decimal
    ) -> dict[str, Any]:
        tickets = self._desk.tickets(session)
        if bags > 2 * session.party.seats:
            raise bad("nobody takes more than two hold bags along")
        extra = self._desk.hold_bags(session, tickets, bags) if tickets else Decimal(0)
        told = standing(self._desk, session, tickets, bags=extra, currency=currency, rate=rate)
        told["passenger_change"] = passengers != session.sold.passengers
        if tickets:
            told |= {"flights": flights(self._desk.gazetteer, tickets), "baggage": self._desk.baggage(tickets)}
        return told


def _play(session: Session, outcome: str | None) -> None:
    if outcome == "price_changed":
        session.rise()
    elif outcome == "sold_out":
        session.gone = True
    elif outcome == "pending":
        session.later = max(session.later, 0) + 1
