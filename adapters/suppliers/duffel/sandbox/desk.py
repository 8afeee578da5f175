"""Searches and their offers: kept for half an hour, priced anew whenever somebody looks at one."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from adapters.suppliers.duffel.sandbox.door import Account, opaque, zulu
from adapters.suppliers.duffel.sandbox.market import Market, Party, Price, Ticket, Way, rounded
from adapters.suppliers.duffel.sandbox.papers import Paper, Papers, offered_passenger
from adapters.suppliers.duffel.sandbox.refusals import Refused, gone, missing
from adapters.suppliers.duffel.sandbox.scenarios import Scenario, scenario
from adapters.suppliers.duffel.sandbox.world import World

_LIVES: Final = timedelta(minutes=30)
_MOST_REQUESTS: Final = 300
_LATEST_DAYS: Final = 360
_RISE: Final = Decimal(10)


class Request(msgspec.Struct, kw_only=True):
    """One search. `booked` once one of its offers became an order."""

    id: str
    account: Account
    created: datetime
    asked: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...]
    party: Party
    passengers: list[Paper]
    cabin: str
    scenario: Scenario | None
    offers: list["Offered"]
    booked: bool = False


class Offered(msgspec.Struct, kw_only=True, eq=False):
    """`price` is what was told last; `looks` counts how often."""

    id: str
    request: Request
    tickets: tuple[Ticket, ...]
    price: Price
    updated: datetime
    looks: int = 0

    @property
    def expires(self) -> datetime:
        return self.request.created + _LIVES


class Desk:
    """Remembers the latest searches, and writes their offers."""

    def __init__(self, world: World, papers: Papers, market: Market) -> None:
        self.world: Final = world
        self.papers: Final = papers
        self.market: Final = market
        self.requests: Final[OrderedDict[str, Request]] = OrderedDict()
        self._offers: Final[dict[str, Offered]] = {}
        self._made = 0

    def search(self, asked: Mapping[str, Any], account: Account) -> Request:
        """Raises Refused for what can't be searched for."""
        now = self.world.now()
        slices = tuple((part["origin"], part["destination"]) for part in asked["slices"])
        played = scenario(slices, live=account.live)
        if played is Scenario.SEARCH_TIMES_OUT:
            raise Refused(504, "api_error", "gateway_timeout_error", "The airlines took too long")
        self._made += 1
        request_id = opaque("orq", zulu(now), self._made)
        party = Party(ages=tuple(one.get("age") for one in asked["passengers"]))
        request = Request(
            id=request_id,
            account=account,
            created=now,
            asked=slices,
            ways=tuple(self._way(part) for part in asked["slices"]),
            party=party,
            passengers=[offered_passenger(opaque("pas", request_id, n), age) for n, age in enumerate(party.ages)],
            cabin=asked.get("cabin_class") or "economy",
            scenario=played,
            offers=[],
        )
        request.offers = self._found(request, asked.get("max_connections", 1))
        self._keep(request)
        return request

    def _way(self, part: Mapping[str, Any]) -> Way:
        return Way(
            origins=self.airports(part["origin"]),
            destinations=self.airports(part["destination"]),
            day=date.fromisoformat(part["departure_date"]),
        )

    def airports(self, code: str) -> tuple[str, ...]:
        """An airport, or all of a city; none for a code of neither."""
        if code in self.world.airports:
            return (code,)
        city = self.papers.cities.get(code)
        return tuple(at.iata for at in city.airports) if city else ()

    def _found(self, request: Request, connections: int) -> list[Offered]:
        last = request.created.date() + timedelta(days=_LATEST_DAYS)
        if request.scenario is Scenario.NO_OFFERS or any(way.day > last for way in request.ways):
            return []
        outcome = self.world.outcomes.claim("duffel", "search")
        if outcome is not None and outcome.name == "nothing":
            return []
        found = self.market.offers(
            request.ways, request.cabin, request.party, connections=connections, scenario=request.scenario
        )
        return [
            Offered(
                id=opaque("off", request.id, number),
                request=request,
                tickets=tickets,
                price=self.market.price(tickets, request.party, request.account.currency),
                updated=request.created,
            )
            for number, tickets in enumerate(found)
        ]

    def _keep(self, request: Request) -> None:
        self.requests[request.id] = request
        self._offers.update({offer.id: offer for offer in request.offers})
        while len(self.requests) > _MOST_REQUESTS:
            _, oldest = self.requests.popitem(last=False)
            for offer in oldest.offers:
                del self._offers[offer.id]

    def request(self, request_id: str) -> Request:
        try:
            return self.requests[request_id]
        except KeyError:
            raise missing("offer request") from None

    def offer(self, offer_id: str) -> Offered:
        try:
            return self._offers[offer_id]
        except KeyError:
            raise missing("offer") from None

    def looked_at(self, offer: Offered, operation: str) -> Offered:
        """Priced as it is now. Raises Refused for one that is gone."""
        outcome = self.world.outcomes.claim("duffel", operation)
        wished = outcome.name if outcome else None
        now = self.world.now()
        over = now >= offer.expires or offer.request.scenario is Scenario.OFFER_GONE
        tickets = self.repriced(offer)
        if over or tickets is None or wished == "sold_out":
            raise gone()
        price = self.market.price(tickets, offer.request.party, offer.price.currency)
        offer.looks += 1
        if offer.request.scenario is Scenario.PRICE_RISES or wished == "price_changed":
            least = offer.price.base + rounded(_RISE, price.currency)
            price = msgspec.structs.replace(price, base=max(price.base, least))
        offer.tickets, offer.price, offer.updated = tickets, price, now
        return offer

    def repriced(self, offer: Offered) -> tuple[Ticket, ...] | None:
        found = [self.market.now(ticket, offer.request.party) for ticket in offer.tickets]
        tickets = tuple(ticket for ticket in found if ticket is not None)
        return tickets if len(tickets) == len(found) else None
