"""The truth about rental cars: each class at each place, and what every seller asks for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import falcon.asgi
import msgspec

from sandbox.cars.counters import Station
from sandbox.cars.quotes import CarQuote
from sandbox.pages import Refused, number_asked, parameters, send
from sandbox.world import World

_USUAL_AGE: Final = 35


class CarsPage:
    """`sellers` are the mounted suppliers that rent out cars."""

    def __init__(self, world: World, sellers: Iterable[str]) -> None:
        self._world: Final = world
        self._sellers: Final = tuple(sellers)

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Returned where it was picked up. A class that nobody has left is not there."""
        asked = parameters(req, "airport", "pick_up_at", "drop_off_at", "driver_age")
        airport = asked.get("airport", "")
        if airport not in self._world.airports:
            raise Refused(f"{airport!r} is not one of our airports", where={"parameter": "airport"})
        pick_up_at, drop_off_at = (_local_time(asked, name) for name in ("pick_up_at", "drop_off_at"))
        age = number_asked(asked, "driver_age")
        cars = [
            row
            for place in self._world.cars.stations(airport)
            for row in self._rows(place, pick_up_at, drop_off_at, _USUAL_AGE if age is None else age)
        ]
        send(resp, {"airport": airport, "pick_up_at": pick_up_at, "drop_off_at": drop_off_at, "cars": cars})

    def _rows(
        self, place: Station, pick_up_at: datetime, drop_off_at: datetime, driver_age: int
    ) -> list[dict[str, object]]:
        sold: dict[str, dict[str, object]] = {}
        for seller in self._sellers:
            counter = self._world.cars.listed(seller, place)
            for quote in self._world.cars.quotes(seller, place, place, pick_up_at, drop_off_at, driver_age):
                code = counter and counter.code
                sold.setdefault(quote.acriss, {})[seller] = {"station": code, **_told(quote)}
        station = msgspec.to_builtins(place)
        return [{"station": station, "acriss": acriss, "sold_by": by} for acriss, by in sorted(sold.items())]


def _told(quote: CarQuote) -> dict[str, object]:
    now = quote.pay_now
    return {
        "model": quote.model,
        "currency": quote.currency,
        "pay_later": quote.pay_later.total,
        "pay_now": now and now.total,
        "cars_left": quote.cars_left,
    }


def _local_time(asked: Mapping[str, str], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(asked.get(name, ""))
    except ValueError as error:
        raise Refused("a local time looks like 2027-03-01T10:00", where={"parameter": name}) from error
    if moment.tzinfo is not None:
        raise Refused("the time is the station's own, without an offset", where={"parameter": name})
    return moment
