"""Locations: found by a keyword, and described with their hours."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.avis.sandbox.envelope import brand, tell
from adapters.suppliers.avis.sandbox.refusals import missing, refused
from adapters.suppliers.avis.sandbox.worlds import SELLERS, World

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST: Final = 50


class Keyword:
    """GET /cars/locations/v2/keyword: an airport's code, a location's own code or the name of a city."""

    def __init__(self, world: World) -> None:
        self._world: Final = world

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        told = request.get_param("brand")
        keyword = (request.get_param("keyword") or "").strip()
        if not told:
            raise missing("brand")
        if not keyword:
            raise missing("keyword")
        brands = tuple(SELLERS) if told == "ALL" else (brand(told),)
        found = [each for name in brands for each in self._found(name, keyword)][:_MOST]
        if not found:
            raise refused("609")
        tell(
            response,
            self._world.now(),
            "The locations were successfully retrieved.",
            {"locations": found},
            transaction_id=request.get_param("transaction_id"),
        )

    def _found(self, name: str, keyword: str) -> Iterator[dict[str, Any]]:
        seller = SELLERS[name]
        for station in dict.fromkeys(self._stations(seller, keyword)):
            listing = self._world.cars.listed(seller, station)
            if listing is not None:
                yield _listed(name, station, listing)

    def _stations(self, seller: str, keyword: str) -> Iterable[Any]:
        code = keyword.upper()
        if code in self._world.airports:
            return self._world.cars.stations(code)
        if (station := self._world.cars.station_of(seller, code)) is not None:
            return (station,)
        city = keyword.casefold()
        served = (iata for iata, airport in self._world.airports.items() if airport.city.casefold() == city)
        return (station for iata in served for station in self._world.cars.stations(iata))


def _listed(name: str, station: Any, listing: Any) -> dict[str, Any]:
    return {
        "brand": name,
        "code": listing.code,
        "name": listing.name,
        "telephone": listing.phone,
        "airport_location": _at_airport(station),
        "address": address(station, listing),
        "hours_of_operation": list(_week(listing.hours)),
        "holiday_hours": [],
        "skip_the_queue": False,
        "afterhours_return": listing.after_hours_return,
    }


def counter(station: Any, listing: Any) -> dict[str, Any]:
    """As the answers about cars have it."""
    location = {
        "code": listing.code,
        "name": listing.name,
        "telephone": listing.phone,
        "hours": _hours(listing.hours),
        "airport_location": _at_airport(station),
    }
    return {"location": location, "address": address(station, listing)}


def address(station: Any, listing: Any) -> dict[str, Any]:
    """Degrees are text, and a line without anything in it says so."""
    told = {
        "address_line_1": listing.street,
        "address_line_2": "Na",
        "city": listing.city,
        "country_code": listing.country,
        "lat": f"{station.latitude:.6f}",
        "long": f"{station.longitude:.6f}",
    }
    return told if listing.postal_code is None else {**told, "postal_code": listing.postal_code}


def _at_airport(station: Any) -> bool:
    return bool(station.kind != "downtown")


def _week(hours: tuple[Any, ...]) -> Iterator[dict[str, str]]:
    """Sunday first; times have neither a colon nor a zero in front."""
    for day, opening in (("Sun", hours[6]), *zip(_DAYS[:6], hours[:6], strict=True)):
        if opening is not None:
            yield {
                "day": day,
                "first_slot_open_time": _bare(opening.opens),
                "first_slot_close_time": _bare(opening.closes),
            }


def _bare(moment: Any) -> str:
    return str(100 * moment.hour + moment.minute)


def _hours(hours: tuple[Any, ...]) -> str:
    """Days with the same hours together: Mon-Fri 8:00 AM - 6:00 PM and Sat 8:00 AM - 12:00 PM."""
    parts = []
    for opening, group in groupby(zip(_DAYS, hours, strict=True), key=lambda pair: pair[1]):
        days = [day for day, _ in group]
        span = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        if opening is not None:
            parts.append(f"{span} {_twelve(opening.opens)} - {_twelve(opening.closes)}")
    return " and ".join(parts)


def _twelve(moment: Any) -> str:
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"
