"""How Duffel writes down an offer: its price, its terms and what can be bought with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.desk import Offered
from adapters.suppliers.duffel.sandbox.door import km, opaque, zulu
from adapters.suppliers.duffel.sandbox.market import Price, Ticket, on_a_lap, rounded
from adapters.suppliers.duffel.sandbox.papers import Paper, Papers, segment_id
from adapters.suppliers.duffel.sandbox.scenarios import Scenario
from adapters.suppliers.duffel.sandbox.world import World

_PAID_WITHIN, _GUARANTEED_FOR = timedelta(hours=72), timedelta(hours=48)
_PENALTY: Final = Decimal(40)
_BAG: Final = Decimal(20)
_FOREIGN: Final = "USD"


class OfferPapers:
    """Offers as they stand, over the places and flights that orders show as well."""

    def __init__(self, world: World, papers: Papers) -> None:
        self._world: Final = world
        self._papers: Final = papers

    def offer(self, offer: Offered, *, services: bool = False) -> Paper:
        request, price = offer.request, offer.price
        owner = offer.tickets[0].owner
        return {
            "id": offer.id,
            "live_mode": request.account.live,
            "partial": False,
            "created_at": zulu(request.created),
            "updated_at": zulu(offer.updated),
            "expires_at": zulu(offer.expires),
            "owner": self._papers.airline(owner),
            **money(price),
            "total_emissions_kg": str(self._emissions(offer)),
            "payment_requirements": self._payment_requirements(offer),
            "conditions": self.conditions(offer.tickets, price.currency),
            "passengers": request.passengers,
            "passenger_identity_documents_required": self.wants_documents(owner),
            "supported_passenger_identity_document_types": ["passport"],
            "supported_loyalty_programmes": [owner],
            "private_fares": [],
            "available_services": self.services(offer) if services else None,
            "slices": self.slices(offer),
        }

    def slices(self, offer: Offered, *, later: timedelta = timedelta()) -> list[Paper]:
        """`later`: by how much the airline has moved the first flight."""
        request = offer.request
        return [
            {
                **self._papers.slice(offer.id, index, ticket.moved(later), asked, request.passengers),
                "conditions": {
                    **self.conditions((ticket,), offer.price.currency),
                    "advance_seat_selection": None,
                    "priority_boarding": ticket.brand == "Flex",
                    "priority_check_in": ticket.brand == "Flex",
                },
            }
            for index, (ticket, asked) in enumerate(zip(offer.tickets, request.asked, strict=True))
        ]

    def _emissions(self, offer: Offered) -> int:
        airports = self._world.airports
        legs = [leg for ticket in offer.tickets for leg in ticket.journey.legs]
        way = sum(km(airports[leg.origin], airports[leg.destination]) for leg in legs)
        return round(way * 0.085 * offer.request.party.seats)

    def _payment_requirements(self, offer: Offered) -> Paper:
        """Some airlines want their money at once."""
        created = offer.request.created
        if not self.holds(offer):
            return {
                "requires_instant_payment": True,
                "payment_required_by": None,
                "price_guarantee_expires_at": None,
            }
        return {
            "requires_instant_payment": False,
            "payment_required_by": zulu(created + _PAID_WITHIN),
            "price_guarantee_expires_at": zulu(created + _GUARANTEED_FOR),
        }

    def holds(self, offer: Offered) -> bool:
        owner = offer.tickets[0].owner
        always = offer.request.scenario is Scenario.ALL_HELD or owner == house_airline.CODE
        return always or self._world.seed_for("duffel", "holds", owner).random() < 0.6

    def wants_documents(self, owner: str) -> bool:
        return owner != house_airline.CODE and self._world.seed_for("duffel", "documents", owner).random() < 0.2

    def conditions(self, tickets: tuple[Ticket, ...], currency: str) -> Paper:
        """Of the whole journey: allowed where every slice allows it, at the penalties of all of them."""
        return {
            "refund_before_departure": self._condition(tickets, "refundable", currency),
            "change_before_departure": self._condition(tickets, "changeable", currency),
        }

    def _condition(self, tickets: tuple[Ticket, ...], kind: str, currency: str) -> Paper | None:
        """Some airlines do not tell, some tell no penalty, and some tell it in dollars."""
        allowed = all(getattr(ticket.fare, kind) for ticket in tickets)
        luck = self._world.seed_for("duffel", kind, *(ticket.journey.id for ticket in tickets)).random()
        own = tickets[0].owner == house_airline.CODE
        if luck < 0.08 and not own:
            return None
        if not allowed or (luck < 0.13 and not own):
            return {"allowed": allowed, "penalty_amount": None, "penalty_currency": None}
        told_in = _FOREIGN if luck < 0.18 and not own else currency
        each = Decimal(0) if tickets[0].brand == "Flex" else _PENALTY
        amount = str(self._exchanged(each * len(tickets), told_in, house=own))
        return {"allowed": True, "penalty_amount": amount, "penalty_currency": told_in}

    def _exchanged(self, euros: Decimal, currency: str, *, house: bool = False) -> Decimal:
        """Duffel Airways asks for the same figure in any currency."""
        rate = Decimal(1) if house else self._world.rate(currency) or Decimal(1)
        return rounded(euros * rate, currency)

    def services(self, offer: Offered) -> list[Paper]:
        """One more bag for everybody who has a seat."""
        request, currency = offer.request, offer.price.currency
        if request.scenario is Scenario.NO_SERVICES:
            return []
        house = offer.tickets[0].owner == house_airline.CODE
        flights = [
            segment_id(offer.id, index, place)
            for index, ticket in enumerate(offer.tickets)
            for place in range(len(ticket.journey.legs))
        ]
        return [
            {
                "id": opaque("ase", offer.id, one["id"]),
                "type": "baggage",
                "maximum_quantity": 1,
                "passenger_ids": [one["id"]],
                "segment_ids": flights,
                "total_amount": str(self._exchanged(_BAG, currency, house=house)),
                "total_currency": currency,
                "metadata": {
                    "type": "checked",
                    "maximum_weight_kg": 23,
                    "maximum_height_cm": None,
                    "maximum_length_cm": None,
                    "maximum_depth_cm": None,
                },
            }
            for one, age in zip(request.passengers, request.party.ages, strict=True)
            if not on_a_lap(age)
        ]


def money(price: Price) -> Paper:
    return {
        "total_amount": str(price.total),
        "total_currency": price.currency,
        "base_amount": str(price.base),
        "base_currency": price.currency,
        "tax_amount": str(price.tax),
        "tax_currency": price.currency,
    }
