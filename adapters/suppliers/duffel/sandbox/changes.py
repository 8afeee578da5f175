"""Changes that the airline makes after the booking: on the route that simulates them, each look adds one."""

from datetime import timedelta
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.duffel.sandbox.desk import Desk
from adapters.suppliers.duffel.sandbox.door import opaque, tell, zulu
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.order_book import Booked, OrderBook
from adapters.suppliers.duffel.sandbox.paging import send_page
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import missing, required, wrong_state
from adapters.suppliers.duffel.sandbox.scenarios import Scenario

_LATER: Final = timedelta(hours=1)


class AirlineChanges:
    def __init__(self, desk: Desk, book: OrderBook, offers: OfferPapers) -> None:
        self._desk: Final = desk
        self._book: Final = book
        self._offers: Final = offers

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        order_id = request.get_param("order_id")
        if order_id is None:
            raise required("/order_id")
        order = self._book.order(order_id)
        if order.offer.request.scenario is Scenario.AIRLINE_CHANGES and order.cancelled is None:
            order.changes = [*order.changes, self._another(order)]
        send_page(request, response, order.changes, lambda change: change)

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, change_id: str) -> None:
        tell(response, self._found(change_id)[1])

    async def on_post_accept(self, _: falcon.asgi.Request, response: falcon.asgi.Response, change_id: str) -> None:
        """Only the newest: whoever accepts an older one has not seen where the flight is now."""
        order, change = self._found(change_id)
        if change is not order.changes[-1]:
            raise wrong_state("stale_airline_initiated_change_accept", "There is a newer change of this order")
        now = zulu(self._desk.world.now())
        change.update(action_taken="accepted", action_taken_at=now, updated_at=now)
        tell(response, change)

    def _another(self, order: Booked) -> Paper:
        """The order shows the new time at once."""
        before = self._offers.slices(order.offer, later=order.later)
        order.later += _LATER
        now = zulu(self._desk.world.now())
        return {
            "id": opaque("aic", order.id, len(order.changes)),
            "order_id": order.id,
            "added": self._offers.slices(order.offer, later=order.later),
            "removed": before,
            "available_actions": ["accept", "cancel", "change"],
            "action_taken": None,
            "action_taken_at": None,
            "created_at": now,
            "updated_at": now,
            "travel_agent_ticket": None,
        }

    def _found(self, change_id: str) -> tuple[Booked, dict[str, Any]]:
        for order in self._book.all():
            for change in order.changes:
                if change["id"] == change_id:
                    return order, change
        raise missing("airline-initiated change")
