"""The truth about the sky: how a flight stands, and who is in the air over a place."""

from collections.abc import Mapping
from typing import Final

import falcon.asgi

from sandbox.aviation.skies import Box
from sandbox.pages import Refused, day_asked, number_asked, parameters, send
from sandbox.world import World

_SIDES: Final = ("south", "west", "north", "east")


class AviationPages:
    """Below `/_world/aviation`."""

    def __init__(self, world: World) -> None:
        self._world: Final = world

    async def on_get_flights(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Every flight of a number, be it the airline's own or a partner's, by the local date of departure."""
        asked = parameters(req, "carrier", "number", "date")
        carrier, number, day = asked.get("carrier", ""), number_asked(asked, "number"), day_asked(asked)
        if carrier not in self._world.airlines:
            raise Refused(f"{carrier!r} is not one of our airlines", where={"parameter": "carrier"})
        if number is None:
            raise Refused("a flight has a number", where={"parameter": "number"})
        flights = self._world.aviation.flight(carrier, number, day)
        send(resp, {"carrier": carrier, "number": number, "date": day, "flights": flights})

    async def on_get_positions(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Now, in a box of degrees."""
        asked = parameters(req, *_SIDES)
        box = Box(**{side: _degrees(asked, side) for side in _SIDES})
        now = self._world.now()
        send(resp, {"now": now, "positions": self._world.aviation.airborne(now, box)})


def _degrees(asked: Mapping[str, str], side: str) -> float:
    try:
        return float(asked.get(side, ""))
    except ValueError as error:
        raise Refused(f"{asked.get(side)!r} is no number of degrees", where={"parameter": side}) from error
