"""Where properties are: a polygon to look into, and regions, which are cities and airports here."""

import math
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlencode

import falcon.asgi
import orjson

from adapters.suppliers.expedia.sandbox.asked import Asked
from adapters.suppliers.expedia.sandbox.errors import Refused, flat, invalid, mistake
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import SELLER, World

_MOST_CORNERS: Final = 2_000
_WIDEST_KM: Final = 500.0
_KM_PER_DEGREE: Final = 111.2
_PAGE: Final = 50
_PAGES_LAST: Final = timedelta(minutes=30)
_NEAR_KM: Final = 15.0
_INCLUDES: Final = frozenset({"standard", "details", "property_ids", "property_ids_expanded"})

Corner = tuple[float, float]  # longitude, latitude


class Geography:
    def __init__(self, world: World) -> None:
        self._world: Final = world

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = Asked(request.query_string)
        asked.choice("include", frozenset({"property_ids"}))
        supply = asked.choice("supply_source", frozenset({"expedia", "vrbo"}))
        asked.settled()
        ring = _ring(await request.bounded_stream.read())
        found = self._world.hotels.listings(SELLER, self._inside(ring)) if supply == "expedia" else ()
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps({str(listing.id): {"property_id": str(listing.id)} for listing in found})

    def _inside(self, ring: list[Corner]) -> Iterator[Any]:
        west, east = min(corner[0] for corner in ring), max(corner[0] for corner in ring)
        south, north = min(corner[1] for corner in ring), max(corner[1] for corner in ring)
        latitude, longitude = (south + north) / 2, (west + east) / 2
        reach = _km(west, south, east, north) / 2 + 0.1
        for hotel in self._world.hotels.near(latitude, longitude, reach):
            if _within(ring, hotel.longitude, hotel.latitude):
                yield hotel


def _ring(body: bytes) -> list[Corner]:
    """Raises Refused for what is no polygon, or too large a one."""
    try:
        told = orjson.loads(body)
        if told["type"] != "Polygon" or len(told["coordinates"]) != 1:
            raise invalid(mistake("polygon.type_invalid", "Only single polygons are supported."))
        ring = [(float(longitude), float(latitude)) for longitude, latitude in told["coordinates"][0]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise invalid(mistake("polygon.coordinates_required", "The polygon must have coordinates.")) from error
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise invalid(mistake("polygon.not_closed", "The first and the last coordinates must be the same."))
    if len(ring) > _MOST_CORNERS:
        raise invalid(mistake("polygon.coordinates_above_maximum", f"At most {_MOST_CORNERS} coordinates."))
    if any(abs(longitude) > 180 or abs(latitude) > 90 for longitude, latitude in ring):
        raise invalid(mistake("polygon.coordinates_invalid", "A coordinate is not on Earth."))
    longitudes, latitudes = [corner[0] for corner in ring], [corner[1] for corner in ring]
    if _km(min(longitudes), min(latitudes), max(longitudes), max(latitudes)) >= _WIDEST_KM:
        raise invalid(mistake("polygon.size_invalid", f"The diagonal must be less than {_WIDEST_KM:.0f} km."))
    return ring


def _km(west: float, south: float, east: float, north: float) -> float:
    """The diagonal of a box, good enough for one that is not a continent."""
    high = (north - south) * _KM_PER_DEGREE
    wide = (east - west) * _KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    return math.hypot(high, wide)


def _within(ring: list[Corner], longitude: float, latitude: float) -> bool:
    """How often a ray to the east crosses the ring."""
    inside = False
    for (west, south), (east, north) in pairwise(ring):
        if (south > latitude) != (north > latitude):
            crossing = west + (latitude - south) / (north - south) * (east - west)
            inside ^= longitude < crossing
    return inside


class Regions:
    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world, self._tokens = world, tokens

    @cached_property
    def _all(self) -> Mapping[str, dict[str, Any]]:
        """Cities, then airports, by their ids."""
        found: dict[str, dict[str, Any]] = {}
        for number, (iata, airport) in enumerate(sorted(self._world.airports.items())):
            city = self._world.hotels.city(iata)
            city_id = str(abs(self._world.hotels.city_id(SELLER, city.code) or 0) + 178_000)
            found.setdefault(city_id, _city(city_id, city))
            found[str(4_600_000 + number)] = _airport(str(4_600_000 + number), iata, airport, city_id)
        return found

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = Asked(request.query_string)
        token = asked.one("token")
        first = 0
        if token is not None:
            first, asked = self._page(token)
        includes = asked.choices("include", _INCLUDES, "invalid")
        if not includes:
            asked.wrong("include.required", "An include is required.", "include")
        asked.language()
        limit = asked.one("limit")
        asked.settled()
        regions = [region for region in self._all.values() if _meets(region, asked)]
        if limit is not None and limit.isdecimal():
            regions = regions[: int(limit)]
        page = regions[first : first + _PAGE]
        if first + _PAGE < len(regions):
            response.set_header("Link", self._next(asked, first + _PAGE))
        response.set_header("Pagination-Total-Results", str(len(regions)))
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps([self._told(region, includes) for region in page])

    def _page(self, token: str) -> tuple[int, Asked]:
        """Raises Refused with 410 for a page of a session that is over."""
        try:
            told = self._tokens.opened(token, "regions")
        except Refused as refused:
            raise flat(410, "link.expired") from refused
        return told["first"], Asked(told["query"])

    def _next(self, asked: Asked, first: int) -> str:
        about = {"first": first, "query": urlencode(asked.told)}
        link = self._tokens.link("GET", "/v3/regions", "regions", about, lasts=_PAGES_LAST)
        return f'<https://api.ean.com{link["href"]}>; rel="next"; expires={link["expires"]}'

    def _told(self, region: dict[str, Any], includes: list[str]) -> dict[str, Any]:
        told = dict(region)
        centre = told["coordinates"]
        for include, reach in (("property_ids", _NEAR_KM), ("property_ids_expanded", 2 * _NEAR_KM)):
            if include in includes:
                near = self._world.hotels.near(centre["center_latitude"], centre["center_longitude"], reach)
                told[include] = [str(listing.id) for listing in self._world.hotels.listings(SELLER, near)]
        return told


def _meets(region: dict[str, Any], asked: Asked) -> bool:
    code, countries, kinds = asked.one("iata_location_code"), asked.all("country_code"), asked.all("type")
    return (
        (code is None or code in (region.get("iata_airport_code"), region.get("iata_airport_metro_code")))
        and (not countries or region["country_code"] in countries)
        and (not kinds or region["type"] in kinds)
    )


def _city(region_id: str, city: Any) -> dict[str, Any]:
    return {
        "id": region_id,
        "type": "city",
        "name": city.name,
        "name_full": f"{city.name}, {city.country}",
        "iata_airport_metro_code": city.code,
        "country_code": city.country,
        "coordinates": {"center_longitude": city.longitude, "center_latitude": city.latitude},
    }


def _airport(region_id: str, iata: str, airport: Any, city_id: str) -> dict[str, Any]:
    return {
        "id": region_id,
        "type": "airport",
        "name": f"{airport.city} ({iata}-{airport.name})",
        "name_full": f"{airport.city}, {airport.country} ({iata}-{airport.name})",
        "iata_airport_code": iata,
        "country_code": airport.country,
        "coordinates": {"center_longitude": airport.longitude, "center_latitude": airport.latitude},
        "ancestors": [{"id": city_id, "type": "city"}],
    }
