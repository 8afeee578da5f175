"""What can be asked about the hotels of the pretend world: every true one of a city, and as what each supplier sells it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import falcon.asgi
import msgspec

from sandbox.hotels.directory import Hotels
from sandbox.hotels.facts import Hotel
from sandbox.pages import Refused, parameters, send


class HotelsPage:
    """`/_world/hotels?city=PAR`; `sellers` are the suppliers whose sandboxes sell hotels."""

    def __init__(self, hotels: Hotels, sellers: Iterable[str]) -> None:
        self._hotels: Final = hotels
        self._sellers: Final = tuple(sellers)

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        code = parameters(req, "city").get("city", "")
        city = self._hotels.city(code)
        if city is None:
            raise Refused(f"{code!r} is neither a city nor an airport that we know", where={"parameter": "city"})
        hotels = self._hotels.in_city(code)
        sold = {seller: self._sold_by(seller, hotels) for seller in self._sellers}
        rows = [
            {
                **msgspec.to_builtins(hotel),
                "sold_as": {seller: ids[hotel.id] for seller, ids in sold.items() if hotel.id in ids},
            }
            for hotel in hotels
        ]
        told = {"city": city.code, "name": city.name, "noise": self._hotels.noise, "count": len(rows)}
        send(resp, {**told, "hotels": rows})

    def _sold_by(self, seller: str, hotels: Iterable[Hotel]) -> Mapping[str, Any]:
        """By the true id."""
        return {
            listing.hotel_id: {"id": listing.id, "name": listing.name}
            for listing in self._hotels.listings(seller, hotels)
        }
