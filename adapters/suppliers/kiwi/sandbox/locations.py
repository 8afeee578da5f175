"""Places: by name, code, point, box, what they belong to, or all of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.kiwi.sandbox.distances import at, between
from adapters.suppliers.kiwi.sandbox.gate import refused, send
from adapters.suppliers.kiwi.sandbox.gazetteer import City, Gazetteer, folded, slug
from adapters.suppliers.kiwi.sandbox.params import Params
from adapters.suppliers.kiwi.sandbox.world import AirportFact, World

_USUAL_LIMIT: Final = 10
_USUAL_RADIUS_KM: Final = 250

Place = dict[str, Any]


Find = Callable[[Gazetteer, Params], Iterable[Place]]


class Locations:
    """One of the locations calls: the parameters that it can't do without, and how places are found by them."""

    def __init__(self, world: World, gazetteer: Gazetteer, wanted: tuple[str, ...], find: Find) -> None:
        self._world: Final = world
        self._gazetteer: Final = gazetteer
        self._wanted: Final = wanted
        self._find: Final = find

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        params = Params(request.query_string)
        for param in self._wanted:
            if not params.text(param):
                raise refused(param, "Missing data for required field.")
        found = list(self._find(self._gazetteer, params))
        told = {
            "locations": found,
            "meta": {"locale": {"code": params.text("locale") or "en-US", "status": "00"}},
            "last_refresh": int(self._world.now().timestamp()),
            "results_retrieved": len(found),
        }
        send(response, {**told, "search_after": _cursor(found)} if self._find is _all else told)


def _cursor(found: list[Place]) -> list[str]:
    return [str(found[-1]["rank"]), found[-1]["id"]] if found else []


def _limited(found: Iterable[Place], params: Params) -> Iterator[Place]:
    return islice(found, params.count("limit") or _USUAL_LIMIT)


def _by_id(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    for identifier in params.words("id"):
        if identifier in gazetteer.airports:
            yield _airport_place(gazetteer, gazetteer.airports[identifier])
        elif identifier in gazetteer.cities:
            yield _city_place(gazetteer.cities[identifier])


def _by_term(gazetteer: Gazetteer, params: Params) -> list[Place]:
    """Exact codes before names that begin with the term before names that contain it."""
    term, kinds = folded(params.text("term") or ""), params.words("location_types") or ("airport", "city")
    ranked = [
        (_relevance(term, airport.iata, airport.name, airport.city), "airport", airport.iata)
        for airport in gazetteer.airports.values()
    ] + [(_relevance(term, city.code, city.airports[0].city), "city", city.id) for city in gazetteer.cities.values()]
    best = sorted(row for row in ranked if row[0] < 3 and row[1] in kinds)[: params.count("limit") or _USUAL_LIMIT]
    return [
        _airport_place(gazetteer, gazetteer.airports[name])
        if kind == "airport"
        else _city_place(gazetteer.cities[name])
        for _, kind, name in best
    ]


def _within_radius(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    """Airports, the nearest first."""
    here = at(_degrees(params, "lat"), _degrees(params, "lon"))
    radius = params.number("radius") or _USUAL_RADIUS_KM
    away = sorted(
        (between(here, at(airport.latitude, airport.longitude)), airport.iata)
        for airport in gazetteer.airports.values()
    )
    near = (gazetteer.airports[iata] for distance, iata in away if distance <= radius)
    return _limited((_airport_place(gazetteer, airport) for airport in near), params)


def _in_box(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    south, west, north, east = (_degrees(params, name) for name in _BOX)
    inside = (
        airport
        for airport in gazetteer.airports.values()
        if south <= airport.latitude <= north and west <= airport.longitude <= east
    )
    return _limited((_airport_place(gazetteer, airport) for airport in inside), params)


def _degrees(params: Params, name: str) -> float:
    return float(params.number(name) or 0)


def _beneath(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    """The airports of a city, the cities of a country."""
    term = params.text("term") or ""
    if (city := gazetteer.cities.get(term)) is not None:
        return _limited((_airport_place(gazetteer, airport) for airport in city.airports), params)
    cities = (city for city in gazetteer.cities.values() if city.airports[0].country == term.upper())
    return _limited(map(_city_place, cities), params)


def _by_field(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    key, value = params.text("key") or "", params.text("value") or ""
    return _limited((place for place in _every(gazetteer) if str(place.get(key)) == value), params)


def _by_slug(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    return _limited((place for place in _every(gazetteer) if place["slug"] == params.text("term")), params)


def _all(gazetteer: Gazetteer, params: Params) -> Iterator[Place]:
    """In the order of their ranks; `search_after` names the last one that the caller has."""
    after = params.words("search_after")
    rank, name = (int(after[0]), after[1]) if len(after) == 2 and after[0].isdecimal() else (-1, "")
    ordered = sorted(_every(gazetteer), key=lambda place: (place["rank"], place["id"]))
    return _limited((place for place in ordered if (place["rank"], place["id"]) > (rank, name)), params)


def _every(gazetteer: Gazetteer) -> Iterator[Place]:
    yield from (_airport_place(gazetteer, airport) for airport in gazetteer.airports.values())
    yield from map(_city_place, gazetteer.cities.values())


def _relevance(term: str, code: str, *names: str) -> int:
    if term == code.lower():
        return 0
    spoken = [folded(name) for name in names]
    if any(name.startswith(term) for name in spoken):
        return 1
    return 2 if any(term in name for name in spoken) else 3


def _place(identifier: str, kind: str, code: str, name: str, at: AirportFact) -> Place:
    number = int.from_bytes(hashlib.blake2s(identifier.encode(), digest_size=2).digest(), "big")
    return {
        "id": identifier,
        "int_id": number,
        "active": True,
        "code": code,
        "name": name,
        "slug": slug(identifier),
        "slug_en": slug(identifier),
        "alternative_names": [],
        "rank": number % 1000,
        "global_rank_dst": number % 1000,
        "dst_popularity_score": float(number),
        "timezone": at.timezone,
        "type": kind,
        "location": {"lat": at.latitude, "lon": at.longitude},
        "tags": [],
        "providers": [],
        "special": [],
        "tourist_region": [],
        "car_rentals": [],
        "new_ground": False,
    }


def _country(code: str) -> Place:
    """The world knows countries by code alone."""
    return {"id": code, "name": code, "slug": code.lower(), "code": code}


def _airport_place(gazetteer: Gazetteer, airport: AirportFact) -> Place:
    city = gazetteer.city_of(airport.iata)
    return {
        **_place(airport.iata, "airport", airport.iata, airport.name, airport),
        "airport_int_id": int.from_bytes(airport.iata.encode(), "big"),
        "icao": airport.icao,
        "city": {
            "id": city.id,
            "name": airport.city,
            "code": city.code,
            "slug": slug(city.id),
            "subdivision": None,
            "autonomous_territory": None,
            "country": _country(airport.country),
            "nearby_country": None,
        },
        "alternative_departure_points": [],
        "routing_priority": 0,
    }


def _city_place(city: City) -> Place:
    first = city.airports[0]
    return {
        **_place(city.id, "city", city.code, first.city, first),
        "country": _country(first.country),
        "subdivision": None,
        "airports": len(city.airports),
        "stations": 0,
        "bus_stations": 0,
    }


_BOX: Final = ("low_lat", "low_lon", "high_lat", "high_lon")

# the last word of the path -> what it can't do without, and how it finds
_CALLS: Final[Mapping[str, tuple[tuple[str, ...], Find]]] = {
    "query": (("term",), _by_term),
    "id": (("id",), _by_id),
    "radius": (("lat", "lon"), _within_radius),
    "box": (_BOX, _in_box),
    "subentity": (("term",), _beneath),
    "anything": (("key", "value"), _by_field),
    "slug": (("term",), _by_slug),
    "dump": ((), _all),
}


def locations(world: World, gazetteer: Gazetteer) -> dict[str, Locations]:
    """Path -> resource."""
    return {f"/locations/{word}": Locations(world, gazetteer, wanted, find) for word, (wanted, find) in _CALLS.items()}
