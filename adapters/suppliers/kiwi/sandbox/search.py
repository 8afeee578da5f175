"""Searches: one way, there and back, or over several cities."""

import uuid
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise, product
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.kiwi.sandbox.gate import posted, send
from adapters.suppliers.kiwi.sandbox.gazetteer import Gazetteer
from adapters.suppliers.kiwi.sandbox.items import Clerk
from adapters.suppliers.kiwi.sandbox.market import CABINS, Market
from adapters.suppliers.kiwi.sandbox.numbers import plain
from adapters.suppliers.kiwi.sandbox.params import Params, bad, day
from adapters.suppliers.kiwi.sandbox.tokens import sealed
from adapters.suppliers.kiwi.sandbox.trips import (
    CLOCK_BOUNDS,
    SORTED_BY,
    TRIP_BOUNDS,
    WAY_BOUNDS,
    Party,
    Ticket,
    Trip,
    bounded,
    choices,
    elapsed,
)
from adapters.suppliers.kiwi.sandbox.world import SELLER, Leg, World, wished

_DEFAULT_LIMIT, _HIGHEST_LIMIT = 200, 500
_MOST_EACH_WAY: Final = 15  # a return combines no more than the cheapest of both directions
_MOST_PARTS, _MOST_COMBINED = 9, 200


def party_of(params: Params, world: World) -> Party:
    """Who flies and what they pay in. Raises a refusal."""
    currency, letter = (params.text("curr") or "EUR").upper(), params.text("selected_cabins") or "M"
    rate = world.rate(currency)
    counts = {"adults": 1, "children": 0, "infants": 0}
    for name, count in ((name, params.count(name)) for name in tuple(counts)):
        counts[name] = counts[name] if count is None else count
    if rate is None:
        raise bad(f"unknown currency {currency!r}")
    if letter not in CABINS:
        raise bad(f"unknown cabin {letter!r}")
    if not 1 <= sum(counts.values()) <= 9 or counts["infants"] > counts["adults"]:
        raise bad("one to nine passengers, and an adult for each infant")
    return Party(**counts, cabin=letter, currency=currency, rate=rate)


def together(tickets: tuple[Ticket, ...], party: Party) -> Decimal:
    return party.together(sum((ticket.eur for ticket in tickets), Decimal(0)))


def in_order(before: tuple[Leg, ...], after: tuple[Leg, ...]) -> bool:
    return elapsed(before[-1].arrives, after[0].departs) > timedelta()


class Search:
    """GET /v2/search."""

    def __init__(self, world: World, gazetteer: Gazetteer, market: Market) -> None:
        self._world: Final = world
        self._gazetteer: Final = gazetteer
        self._market: Final = market

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        party = party_of(params, self._world)
        trips = [] if wished(self._world, "search") == "nothing" else self._trips(params, party)
        sort = params.text("sort") or "price"
        if sort not in SORTED_BY:
            raise bad(f"unknown sort {sort!r}")
        trips.sort(key=SORTED_BY[sort], reverse=not params.flag("asc", default=True))
        limit = params.count("limit")
        kept = trips[: min(_DEFAULT_LIMIT if limit is None else limit, _HIGHEST_LIMIT)]
        send(response, self._envelope(kept, params, party))

    def _trips(self, params: Params, party: Party) -> list[Trip]:
        origins, destinations = (self._places(params, name) for name in ("fly_from", "fly_to"))
        out_days, back_days = params.days("date_from", "date_to"), params.days("return_from", "return_to")
        if not out_days:
            raise bad("date_from is missing")
        wanted, to_test = bounded(TRIP_BOUNDS, params), [*bounded(WAY_BOUNDS, params), *choices(params)]
        out_tests, back_tests = (bounded(CLOCK_BOUNDS, params, prefix) + to_test for prefix in ("", "ret_"))
        if "aircraft" not in (params.words("vehicle_type") or ("aircraft",)):
            return []  # the world has neither buses nor trains
        ways = [self._market.tickets(origins, destinations, out_days, party, out_tests)]
        if back_days:
            ways.append(self._market.tickets(destinations, origins, back_days, party, back_tests))
            ways = [sorted(way, key=lambda ticket: ticket.eur)[:_MOST_EACH_WAY] for way in ways]
        trips = (
            Trip(tickets=tickets, price=together(tickets, party))
            for tickets in product(*ways)
            if _fit_together(tickets, params)
        )
        return [trip for trip in trips if all(test(trip) for test in wanted)]

    def _places(self, params: Params, name: str) -> tuple[str, ...]:
        places = params.words(name)
        if not places:
            raise bad(f"{name} is missing: this sandbox does not search anywhere")
        return self._gazetteer.all_of(places)

    def _envelope(self, trips: list[Trip], params: Params, party: Party) -> dict[str, Any]:
        now = self._world.now()
        clerk = Clerk(self._gazetteer, party, now)
        chance = self._world.seed_for(SELLER, "search", now.isoformat())
        return {
            "search_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "currency": party.currency,
            "fx_rate": plain(party.rate),
            "currency_rate": plain(round(1 / party.rate, 6)),
            "data": [clerk.item(trip) for trip in trips],
            "search_params": {
                "flyFrom_type": _kind(params.text("fly_from")),
                "to_type": _kind(params.text("fly_to")),
                "seats": {
                    "passengers": party.seats + party.infants,
                    "adults": party.adults,
                    "children": party.children,
                    "infants": party.infants,
                },
            },
            "all_airlines": [],
            "all_stopover_airports": [],
            "time": 1,
            "connections": [],
            "refresh": [],
            "del": None,
            "ref_tasks": [],
            "sort_version": 0,
            "_results": len(trips),
        }


def _kind(place: str | None) -> str:
    return "airport" if place and place.startswith("airport:") else "city"


def _fit_together(tickets: tuple[Ticket, ...], params: Params) -> bool:
    """Back after out, and where it is asked for from and to the same airports."""
    for out, back in pairwise(ticket.journey.legs for ticket in tickets):
        if not in_order(out, back):
            return False
        if not params.flag("ret_from_diff_airport", default=True) and back[0].origin != out[-1].destination:
            return False
        if not params.flag("ret_to_diff_airport", default=True) and back[-1].destination != out[0].origin:
            return False
    return True


class Multi:
    """POST /v2/flights_multi: several cities, for one adult, since how to say who else travels is not documented."""

    def __init__(self, world: World, gazetteer: Gazetteer, market: Market) -> None:
        self._world: Final = world
        self._gazetteer: Final = gazetteer
        self._market: Final = market

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        party = party_of(params, self._world)
        asked = (await posted(request)).get("requests")
        if not isinstance(asked, list) or len(asked) < 2:
            raise bad("requests must be a list of at least two parts")
        if len(asked) > _MOST_PARTS:
            send(response, [])
            return
        each = max(1, int(_MOST_COMBINED ** (1 / len(asked))))
        parts = [sorted(self._part(part, party), key=lambda ticket: ticket.eur)[:each] for part in asked]
        trips = (
            Trip(tickets=tickets, price=together(tickets, party))
            for tickets in product(*parts)
            if all(in_order(*ways) for ways in pairwise(ticket.journey.legs for ticket in tickets))
        )
        clerk = Clerk(self._gazetteer, party, self._world.now())
        send(response, [self._combination(trip, party, clerk) for trip in sorted(trips, key=lambda trip: trip.price)])

    def _part(self, part: Any, party: Party) -> list[Ticket]:
        try:
            start, end = (self._gazetteer.all_of(part[name].split(",")) for name in ("fly_from", "to"))
            first, last = (day(part[name]) for name in ("dateFrom", "dateTo"))
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise bad("Could not parse requests: fly_from, to, dateFrom and dateTo, as dd/mm/yyyy") from error
        days = tuple(first + timedelta(days=later) for later in range((last - first).days + 1))
        return self._market.tickets(start, end, days, party, [])

    def _combination(self, trip: Trip, party: Party, clerk: Clerk) -> dict[str, Any]:
        alone = (Trip(tickets=(ticket,), price=together((ticket,), party)) for ticket in trip.tickets)
        return {
            "price": plain(trip.price),
            "booking_token": sealed(trip, party, self._world.now()),
            "route": [clerk.item(part) for part in alone],
        }
