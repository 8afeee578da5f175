"""The items of an answer to a search."""

from datetime import datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, Final

from adapters.suppliers.kiwi.sandbox.baggage import LIMITS, bag_prices
from adapters.suppliers.kiwi.sandbox.distances import kilometres
from adapters.suppliers.kiwi.sandbox.gazetteer import Gazetteer
from adapters.suppliers.kiwi.sandbox.numbers import NEVER, combination_id, plain, times, zulu
from adapters.suppliers.kiwi.sandbox.tokens import sealed
from adapters.suppliers.kiwi.sandbox.trips import Party, Trip, nights, travelling, under_way
from adapters.suppliers.kiwi.sandbox.world import Fare, Leg

_MOST_SEATS_TOLD: Final = 9  # as many as reservation systems tell; more is null


class Clerk:
    """Writes the items of one answer."""

    def __init__(self, gazetteer: Gazetteer, party: Party, now: datetime) -> None:
        self._gazetteer: Final = gazetteer
        self._party: Final = party
        self._now: Final = now

    def item(self, trip: Trip) -> dict[str, Any]:
        route: list[dict[str, Any]] = []
        for way, ticket in enumerate(trip.tickets):
            legs = ticket.journey.legs
            for before, leg in zip((None, *legs), legs, strict=False):
                changes = before is not None and before.carrier != leg.carrier
                route.append(self._segment(leg, ticket.fare, way, len(route), changes=changes))
        out, back = trip.ways[0], trip.ways[1:]
        tickets_sold = _record_locators(trip)
        return {
            "id": "|".join(segment["id"] for segment in route),
            **self._ends(out[0].origin, out[-1].destination),
            "countryFrom": self._country(out[0].origin),
            "countryTo": self._country(out[-1].destination),
            **times(out[0].departs, out[-1].arrives),
            "nightsInDest": nights(trip),
            "quality": trip.quality,
            "distance": round(kilometres(self._gazetteer.airports, out), 2),
            "duration": {
                "departure": int(travelling(out).total_seconds()),
                "return": sum(int(travelling(legs).total_seconds()) for legs in back),
                "total": int(under_way(trip).total_seconds()),
            },
            **self._prices(trip),
            "baglimit": LIMITS,
            "availability": {"seats": _seats_told(trip)},
            "airlines": list(dict.fromkeys(segment["airline"] for segment in route)),
            "route": route,
            "booking_token": sealed(trip, self._party, self._now),
            "facilitated_booking_available": True,
            "pnr_count": tickets_sold,
            "has_airport_change": any(
                before.destination != after.origin for legs in trip.ways for before, after in pairwise(legs)
            ),
            "technical_stops": 0,
            "throw_away_ticketing": False,
            "hidden_city_ticketing": False,
            "virtual_interlining": tickets_sold > 1,
            "routes": [[legs[0].origin, legs[-1].destination] for legs in trip.ways],
            "transfers": [],
            "type_flights": [],
            "tracking_pixel": None,
            "rank": 0,
        }

    def _prices(self, trip: Trip) -> dict[str, Any]:
        """The fees are what the taxes leave after everybody's share was rounded, so that both add up to the price."""
        party = self._party
        base = party.together(sum((ticket.fare.base_eur for ticket in trip.tickets), Decimal(0)))
        adult, child, infant = map(plain, party.each(trip.eur))
        in_eur = (trip.price / party.rate).quantize(Decimal("0.0001"))
        return {
            "price": plain(trip.price),
            "conversion": {"EUR": plain(in_eur), party.currency: plain(trip.price)},
            "fare": {"adults": adult, "children": child, "infants": infant},
            "price_dropdown": {"base_fare": plain(base), "fees": plain(trip.price - base)},
            "bags_price": bag_prices(trip, kilometres(self._gazetteer.airports, trip.legs)),
        }

    def _segment(self, leg: Leg, fare: Fare, way: int, index: int, *, changes: bool) -> dict[str, Any]:
        """`changes`: another carrier than the flight before, so a new ticket, new bag drop and Kiwi's own guarantee."""
        combination = combination_id(leg)
        return {
            "id": f"{combination}_{index}",
            "combination_id": combination,
            **self._ends(leg.origin, leg.destination),
            **times(leg.departs, leg.arrives),
            "airline": leg.carrier,
            "flight_no": leg.number,
            "operating_carrier": leg.operating_carrier,
            "operating_flight_no": str(leg.operating_number),
            "fare_basis": fare.fare_basis,
            "fare_category": self._party.cabin,
            "fare_classes": fare.booking_class,
            "fare_family": fare.family,
            "return": way,
            "bags_recheck_required": changes,
            "vi_connection": changes,
            "guarantee": changes,
            "equipment": leg.aircraft or None,
            "vehicle_type": "aircraft",
            "last_seen": zulu(self._now),
            "refresh_timestamp": NEVER,
        }

    def _ends(self, origin: str, destination: str) -> dict[str, str]:
        return {
            name + end: value
            for end, iata in (("From", origin), ("To", destination))
            for name, value in (
                ("fly", iata),
                ("city", self._gazetteer.airports[iata].city),
                ("cityCode", self._gazetteer.city_of(iata).code),
            )
        }

    def _country(self, iata: str) -> dict[str, str]:
        code = self._gazetteer.airports[iata].country
        return {"code": code, "name": code}


def _record_locators(trip: Trip) -> int:
    """Each run of one carrier's flights in one fare is a booking of its own at that carrier."""
    sold = ((leg.carrier, ticket.fare.family) for ticket in trip.tickets for leg in ticket.journey.legs)
    return sum(1 for _ in groupby(sold))


def _seats_told(trip: Trip) -> int | None:
    seats = min(ticket.fare.seats for ticket in trip.tickets)
    return seats if seats <= _MOST_SEATS_TOLD else None
