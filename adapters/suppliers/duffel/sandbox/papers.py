"""How Duffel writes down places, airlines, flights and conditions."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any, Final

import msgspec

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.door import km, opaque
from adapters.suppliers.duffel.sandbox.market import Ticket
from adapters.suppliers.duffel.sandbox.world import AirportFact, World

_INFANT_BEFORE, _CHILD_BEFORE, _ADULT_FROM = 2, 12, 18

Paper = dict[str, Any]


class City(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    country: str
    airports: tuple[Any, ...]


class Papers:
    """Everything that is the same in an offer and in an order."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self.cities: Final = {city.code: city for city in _cities(world.airports.values())}

    # ---- places ----

    def place(self, code: str) -> Paper:
        """A city where the code is one of a city alone."""
        airport = self._world.airports.get(code)
        return self.city(self.cities[code]) if airport is None else self.airport(airport, city=True)

    def airport(self, at: AirportFact, *, city: bool = True) -> Paper:
        told = self.cities.get(at.city_code or "")
        return {
            "id": f"arp_{at.iata.lower()}_{at.country.lower()}",
            "type": "airport",
            "name": at.name,
            "iata_code": at.iata,
            "icao_code": at.icao,
            "iata_country_code": at.country,
            "iata_city_code": at.city_code or at.iata,
            "city_name": at.city,
            "city": self._city(told) if city and told else None,
            "latitude": at.latitude,
            "longitude": at.longitude,
            "time_zone": at.timezone,
        }

    def _city(self, city: City) -> Paper:
        return {
            "id": f"cit_{city.code.lower()}_{city.country.lower()}",
            "name": city.name,
            "iata_code": city.code,
            "iata_country_code": city.country,
        }

    def city(self, city: City) -> Paper:
        """With its airports."""
        first = city.airports[0]
        return {
            **self._city(city),
            "type": "city",
            "icao_code": None,
            "iata_city_code": city.code,
            "city_name": city.name,
            "city": None,
            "latitude": first.latitude,
            "longitude": first.longitude,
            "time_zone": first.timezone,
            "airports": [self.airport(at, city=False) for at in city.airports],
        }

    def airline(self, code: str) -> Paper:
        fact = self._world.airlines.get(code)
        name = house_airline.NAME if code == house_airline.CODE else fact.name if fact else code
        home = f"https://assets.duffel.example/airlines/{code}"
        return {
            "id": opaque("arl", code),
            "name": name,
            "iata_code": code,
            "logo_symbol_url": f"{home}-symbol.svg",
            "logo_lockup_url": f"{home}-lockup.svg",
            "conditions_of_carriage_url": f"{home}-conditions.html",
        }

    # ---- flights ----

    def slice(
        self, offer_id: str, index: int, ticket: Ticket, asked: tuple[str, str], passengers: list[Paper]
    ) -> Paper:
        legs = ticket.journey.legs
        origin, destination = (self.place(code) for code in asked)
        return {
            "id": opaque("sli", offer_id, index),
            "origin": origin,
            "origin_type": origin["type"],
            "destination": destination,
            "destination_type": destination["type"],
            "duration": _duration(legs[-1].arrives.astimezone(UTC) - legs[0].departs.astimezone(UTC)),
            "fare_brand_name": ticket.brand,
            "ngs_shelf": None,
            "comparison_key": opaque("cmp", ticket.journey.id, ticket.brand),
            "segments": [
                self._segment(segment_id(offer_id, index, place), leg, ticket, passengers)
                for place, leg in enumerate(legs)
            ],
        }

    def _segment(self, name: str, leg: Any, ticket: Ticket, passengers: list[Paper]) -> Paper:
        start, end = (self._world.airports[code] for code in (leg.origin, leg.destination))
        chance = self._world.seed_for("duffel", "terminals", leg.carrier, leg.origin, leg.destination)
        return {
            "id": name,
            "origin": self.airport(start),
            "origin_terminal": chance.choice((None, "1", "2", "5")),
            "destination": self.airport(end),
            "destination_terminal": chance.choice((None, "1", "4", "B")),
            "departing_at": f"{leg.departs:%Y-%m-%dT%H:%M:%S}",
            "arriving_at": f"{leg.arrives:%Y-%m-%dT%H:%M:%S}",
            "duration": _duration(leg.arrives.astimezone(UTC) - leg.departs.astimezone(UTC)),
            "distance": f"{km(start, end):.6f}",
            "aircraft": {"id": opaque("arc", leg.aircraft), "name": leg.aircraft, "iata_code": leg.aircraft},
            "marketing_carrier": self.airline(leg.carrier),
            "marketing_carrier_flight_number": f"{leg.number:04d}",
            "operating_carrier": self.airline(leg.operating_carrier),
            "operating_carrier_flight_number": f"{leg.operating_number:04d}",
            "stops": [self._stop(name, leg, port) for port in getattr(leg, "stops", ())],
            "passengers": [_seated(one, ticket) for one in passengers],
        }

    def _stop(self, name: str, leg: Any, port: str) -> Paper:
        """Half-way, for as long as it takes to fuel."""
        at = self._world.airports[port]
        lands = leg.departs + (leg.arrives - leg.departs) / 2
        return {
            "id": opaque("sto", name, port),
            "airport": self.airport(at),
            "arriving_at": f"{lands:%Y-%m-%dT%H:%M:00}",
            "departing_at": f"{lands + timedelta(minutes=45):%Y-%m-%dT%H:%M:00}",
            "duration": "PT00H45M",
        }


def _cities(airports: Iterable[AirportFact]) -> Iterable[City]:
    by_code: dict[str, list[AirportFact]] = defaultdict(list)
    for airport in airports:
        if airport.city_code:
            by_code[airport.city_code].append(airport)
    for code, served_by in sorted(by_code.items()):
        first = served_by[0]
        yield City(code=code, name=first.city, country=first.country, airports=tuple(served_by))


def offered_passenger(passenger_id: str, age: int | None) -> Paper:
    """The airline's word for the passenger; the age where it was told."""
    kind = "adult"
    if age is not None and age < _ADULT_FROM:
        kind = "infant_without_seat" if age < _INFANT_BEFORE else "child" if age < _CHILD_BEFORE else "young_adult"
    return {
        "id": passenger_id,
        "type": kind,
        "age": age,
        "given_name": None,
        "family_name": None,
        "fare_type": None,
        "loyalty_programme_accounts": [],
    }


def _seated(passenger: Paper, ticket: Ticket) -> Paper:
    on_a_lap = passenger["type"] == "infant_without_seat"
    bags = [("carry_on", ticket.fare.cabin_bags), ("checked", ticket.fare.checked_bags)]
    title = ticket.cabin.replace("_", " ").title()
    return {
        "passenger_id": passenger["id"],
        "cabin_class": ticket.cabin,
        "cabin_class_marketing_name": title,
        "fare_basis_code": ticket.fare.fare_basis,
        "baggages": [] if on_a_lap else [{"type": kind, "quantity": pieces} for kind, pieces in bags],
        "cabin": {
            "name": ticket.cabin,
            "marketing_name": title,
            "amenities": {
                "wifi": {"available": True, "cost": "paid"},
                "seat": {"pitch": "31", "type": "standard"},
                "power": {"available": True},
            },
        },
    }


def segment_id(offer_id: str, index: int, place: int) -> str:
    return opaque("seg", offer_id, index, place)


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    return f"P{f'{days}D' if days else ''}T{hours:02d}H{minutes % 60:02d}M"
