"""What an answer about cars says of its two counters, the terms and the small print; and the terms themselves, as text."""

from typing import Any

import falcon.asgi

from adapters.suppliers.avis.sandbox import papers, places
from adapters.suppliers.avis.sandbox.envelope import brand, tell
from adapters.suppliers.avis.sandbox.refusals import invalid, refused
from adapters.suppliers.avis.sandbox.rentals import Rental
from adapters.suppliers.avis.sandbox.worlds import SELLERS, World


def both(world: World, rental: Rental) -> dict[str, Any]:
    """With the terms of the first."""
    pick_up, drop_off = (
        (station, world.cars.listed(rental.seller, station)) for station in (rental.pick_up, rental.drop_off)
    )
    return {
        "pickup_location": places.counter(*pick_up),
        "dropoff_location": places.counter(*drop_off),
        "terms": papers.terms(rental.brand, pick_up[1]),
    }


class Terms:
    """GET /terms/v2/location/{brand}/{country}/{code}/{locale}: cancellation is told here, in sentences, and nowhere else."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def on_get(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        *,
        brand_told: str,
        country: str,
        code: str,
        locale: str,
    ) -> None:
        seller = SELLERS[brand(brand_told)]
        station = self._world.cars.station_of(seller, code)
        if station is None or station.country != country:
            raise refused("609")
        form = request.get_param("format") or "text"
        if form not in {"text", "html"}:
            raise invalid("Invalid element <format>.")
        sentence = (
            f"A reservation at {station.name} that is paid at the counter can be cancelled until the time of pick-up. "
            "A prepaid one is charged a fee."
        )
        content = f"<p>{sentence}</p>" if form == "html" else sentence
        told = [{"header": "Cancellation", "content_type": form, "content": content, "locale": locale}]
        details = "The terms were successfully retrieved."
        tell(response, self._world.now(), details, {"terms": told}, transaction_id=None)
