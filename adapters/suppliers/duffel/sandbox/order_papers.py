"""How Duffel writes down an order."""

from typing import Final

from adapters.suppliers.duffel.sandbox.door import zulu
from adapters.suppliers.duffel.sandbox.market import Price
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers, money
from adapters.suppliers.duffel.sandbox.order_book import Booked, tickets
from adapters.suppliers.duffel.sandbox.papers import Paper, Papers


class OrderPapers:
    def __init__(self, papers: Papers, offers: OfferPapers) -> None:
        self._papers: Final = papers
        self._offers: Final = offers

    def order(self, order: Booked) -> Paper:
        offer = order.offer
        price = Price(base=offer.price.base + order.extras, tax=offer.price.tax, currency=order.currency)
        return {
            "id": order.id,
            "booking_reference": order.booking_reference,
            "live_mode": offer.request.account.live,
            "created_at": zulu(order.created),
            "synced_at": zulu(order.created),
            "cancelled_at": zulu(order.cancelled) if order.cancelled else None,
            "type": "hold" if order.held else "instant",
            "offer_id": offer.id,
            "content": "managed",
            **money(price),
            "payment_status": self._payment_status(order),
            "available_actions": ["update"] if order.cancelled else ["cancel", "change", "update"],
            "conditions": self._offers.conditions(offer.tickets, order.currency),
            "owner": self._papers.airline(order.owner),
            "passengers": order.passengers,
            "services": order.services,
            "documents": tickets(order),
            "slices": self._offers.slices(offer, later=order.later),
            "changes": [],
            "airline_initiated_changes": order.changes,
            "cancellation": order.refund,
            "metadata": order.metadata,
            "users": order.users,
        }

    @staticmethod
    def _payment_status(order: Booked) -> Paper:
        waits = order.paid is None and order.cancelled is None
        return {
            "awaiting_payment": waits,
            "payment_required_by": zulu(order.pay_by) if waits else None,
            "price_guarantee_expires_at": zulu(order.guaranteed_until) if waits else None,
            "paid_at": zulu(order.paid) if order.paid else None,
        }
