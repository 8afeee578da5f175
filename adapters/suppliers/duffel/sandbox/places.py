"""Reference data in the order of names, and suggestions of places."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.door import km, tell
from adapters.suppliers.duffel.sandbox.paging import send_page
from adapters.suppliers.duffel.sandbox.papers import Paper, Papers
from adapters.suppliers.duffel.sandbox.refusals import invalid, missing, required
from adapters.suppliers.duffel.sandbox.world import World

_MOST_SUGGESTIONS: Final = 20
_FARTHEST_KM: Final = 1_000.0


class Catalogue:
    """One kind of reference data, by pages and by id. `narrow` is what a parameter leaves of it."""

    def __init__(self, what: str, rows: list[Any], show: Callable[[Any], Paper], narrow: Mapping[str, str]) -> None:
        self._what: Final = what
        self._rows: Final = rows
        self._show: Final = show
        self._narrow: Final = narrow

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        rows = self._rows
        for param, attribute in self._narrow.items():
            if (wanted := request.get_param(param)) is not None:
                rows = [row for row in rows if getattr(row, attribute) == wanted]
        send_page(request, response, rows, self._show)

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, row_id: str) -> None:
        found = next((paper for paper in map(self._show, self._rows) if paper["id"] == row_id), None)
        if found is None:
            raise missing(self._what)
        tell(response, found)


def catalogues(world: World, papers: Papers) -> dict[str, Catalogue]:
    """By the last word of their path."""
    airports = sorted(world.airports.values(), key=lambda airport: (airport.name, airport.iata))
    airlines = [*sorted(world.airlines, key=lambda code: (world.airlines[code].name, code)), house_airline.CODE]
    cities = sorted(papers.cities.values(), key=lambda city: (city.name, city.code))
    return {
        "airports": Catalogue("airport", airports, papers.airport, {"iata_country_code": "country"}),
        "airlines": Catalogue("airline", airlines, papers.airline, {}),
        "cities": Catalogue("city", cities, papers.city, {}),
    }


class Suggestions:
    """Cities before airports, exact codes before names. Nothing found is an empty list, without `meta`."""

    def __init__(self, world: World, papers: Papers) -> None:
        self._world: Final = world
        self._papers: Final = papers

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        text = request.get_param("name") or request.get_param("query")
        if text:
            tell(response, self._by_name(text))
        else:
            tell(response, self._near(request))

    def _by_name(self, text: str) -> list[Paper]:
        wanted, papers = _folded(text), self._papers
        found = [
            (rank, 0, city.code, papers.city(city))
            for city in papers.cities.values()
            if (rank := _rank(wanted, city.code, city.name)) is not None
        ]
        airports = sorted(
            (rank, 1, airport.iata)
            for airport in self._world.airports.values()
            if (rank := _rank(wanted, airport.iata, airport.name, airport.city)) is not None
        )[:_MOST_SUGGESTIONS]
        found += [(*place, self._suggested(self._world.airports[place[2]])) for place in airports]
        found.sort(key=lambda place: place[:3])
        return [paper for *_, paper in found[:_MOST_SUGGESTIONS]]

    def _near(self, request: falcon.asgi.Request) -> list[Paper]:
        """Around a point, within `rad` metres."""
        told = {name: request.get_param(name) for name in ("lat", "lng", "rad")}
        if None in told.values():
            raise required("/name")
        try:
            latitude, longitude, metres = (float(value or "") for value in told.values())
        except ValueError as error:
            raise invalid("/lat", "lat, lng and rad are numbers") from error
        if not all(map(math.isfinite, (latitude, longitude, metres))):
            raise invalid("/lat", "lat, lng and rad are numbers")
        centre = _Point(latitude, longitude)
        within = min(metres / 1000, _FARTHEST_KM)
        found = sorted(
            (away, airport.iata) for airport in self._world.airports.values() if (away := km(centre, airport)) <= within
        )
        return [self._suggested(self._world.airports[iata]) for _, iata in found[:_MOST_SUGGESTIONS]]

    def _suggested(self, airport: Any) -> Paper:
        return {**self._papers.airport(airport), "airports": None}


class _Point:
    def __init__(self, latitude: float, longitude: float) -> None:
        self.latitude: Final = latitude
        self.longitude: Final = longitude


def _rank(wanted: str, code: str, *names: str) -> int | None:
    """0 for the code, 1 for the beginning of a name, 2 for that of a word in it, None for anything else."""
    if wanted == code.lower():
        return 0
    folded = [_folded(name) for name in names]
    if any(name.startswith(wanted) for name in folded):
        return 1
    return 2 if any(f" {wanted}" in name for name in folded) else None


def _folded(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letters).casefold().strip()
