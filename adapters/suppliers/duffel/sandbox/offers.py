"""The resources of a search: offer requests, their offers, and what one of these costs now."""

from decimal import Decimal
from typing import Final

import falcon.asgi

from adapters.suppliers.duffel.sandbox.checks import checked_search, chosen
from adapters.suppliers.duffel.sandbox.desk import Desk, Request
from adapters.suppliers.duffel.sandbox.door import body, tell, zulu
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.paging import send_page
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import invalid, required, unsupported


class OfferRequests:
    """POST /air/offer_requests searches; a single one is read with its offers."""

    def __init__(self, desk: Desk, write: OfferPapers) -> None:
        self._desk: Final = desk
        self._write: Final = write

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = checked_search(await body(request), self._desk)
        made = self._desk.search(asked, request.context.account)
        tell(response, self._paper(made, inline=request.get_param("return_offers") != "false"), status=201)

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        made = list(reversed(self._desk.requests.values()))
        send_page(request, response, made, lambda one: self._paper(one, inline=False))

    async def on_get_one(self, _: falcon.asgi.Request, response: falcon.asgi.Response, request_id: str) -> None:
        tell(response, self._paper(self._desk.request(request_id), inline=True))

    def _paper(self, made: Request, *, inline: bool) -> Paper:
        papers = self._desk.papers
        written: Paper = {
            "id": made.id,
            "live_mode": made.account.live,
            "created_at": zulu(made.created),
            "cabin_class": made.cabin,
            "slices": [
                {
                    "origin": (origin := papers.place(ends[0])),
                    "origin_type": origin["type"],
                    "destination": (destination := papers.place(ends[1])),
                    "destination_type": destination["type"],
                    "departure_date": way.day.isoformat(),
                }
                for ends, way in zip(made.asked, made.ways, strict=True)
            ],
            "passengers": made.passengers,
        }
        if inline:
            written["offers"] = [self._write.offer(offer) for offer in made.offers]
        return written


class Offers:
    """The offers of a search, and each by itself."""

    _SORTED_BY: Final = {
        "total_amount": lambda offer: (offer.price.total, offer.id),
        "total_duration": lambda offer: (
            sum(t.journey.legs[-1].arrives.timestamp() - t.journey.legs[0].departs.timestamp() for t in offer.tickets),
            offer.id,
        ),
    }

    def __init__(self, desk: Desk, write: OfferPapers) -> None:
        self._desk: Final = desk
        self._write: Final = write

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        request_id = request.get_param("offer_request_id")
        if request_id is None:
            raise required("/offer_request_id")
        offers = self._desk.request(request_id).offers
        if (told := request.get_param("max_connections")) is not None:
            if told not in ("0", "1", "2"):
                raise invalid("/max_connections", "max_connections is 0, 1 or 2", "validation_inclusion")
            offers = [one for one in offers if all(len(t.journey.legs) <= int(told) + 1 for t in one.tickets)]
        wish = request.get_param("sort") or ""
        sort = self._SORTED_BY.get(wish.removeprefix("-"))
        if wish and sort is None:
            raise invalid("/sort", "sort is total_amount or total_duration", "validation_inclusion")
        ordered = sorted(offers, key=sort or (lambda offer: offer.id), reverse=wish.startswith("-"))
        send_page(request, response, ordered, self._write.offer)

    async def on_get_one(self, request: falcon.asgi.Request, response: falcon.asgi.Response, offer_id: str) -> None:
        offer = self._desk.looked_at(self._desk.offer(offer_id), "offer")
        services = request.get_param("return_available_services") == "true"
        tell(response, self._write.offer(offer, services=services))

    async def on_post_price(self, request: falcon.asgi.Request, response: falcon.asgi.Response, offer_id: str) -> None:
        """The total holds the services that are meant to be bought."""
        asked = await body(request)
        offer = self._desk.looked_at(self._desk.offer(offer_id), "price")
        wanted = asked.get("intended_services") or []
        more = chosen(wanted, self._write.services(offer), "/intended_services")
        total = offer.price.total + sum((Decimal(one["total_amount"]) for one in more), Decimal(0))
        methods = asked.get("intended_payment_methods") or []
        tell(
            response,
            {
                **self._write.offer(offer),
                "total_amount": str(total),
                "intended_services": wanted,
                "intended_payment_methods": [
                    {**method, "charge_amount": str(total), "charge_currency": offer.price.currency}
                    for method in methods
                ],
            },
        )

    async def on_post_upsell(self, _: falcon.asgi.Request, __: falcon.asgi.Response, offer_id: str) -> None:
        self._desk.offer(offer_id)
        raise unsupported("The airline sells no other fares for this offer")
