"""Offers, one by one, with what they are for."""

import re
from typing import Any, Final

from api import cars, flights
from api.calls import Asked, Reply, reply
from api.problems import not_there
from api.services import Services
from api.vertical import Vertical
from api.verticals import selling
from domain.offers import Offer
from storage import offers
from storage.engine import transaction
from storage.offers import KeptOffer

AN_ID: Final = re.compile("[a-z2-7]{26}")


async def offer(services: Services, asked: Asked[Any, Any]) -> Reply:
    """What nobody can book any more is gone, whether it is still in the books or not."""
    return _shown(services, asked, await found(services, asked))


async def flight(services: Services, asked: Asked[Any, Any]) -> Reply:
    return await _of(flights.VERTICAL, services, asked)


async def car(services: Services, asked: Asked[Any, Any]) -> Reply:
    """With the insurance and the extras that the search has told of."""
    return await _of(cars.VERTICAL, services, asked)


async def _of(vertical: Vertical, services: Services, asked: Asked[Any, Any]) -> Reply:
    offer = await found(services, asked)
    if selling(offer) is not vertical:
        raise not_there(f"This offer is not one of {vertical.name}.")
    return _shown(services, asked, offer)


async def found(services: Services, asked: Asked[Any, Any]) -> Offer:
    """The newest state that this process holds goes before PostgreSQL, which hears of an offer a moment later.

    Raises Problem (404).
    """
    offer_id = asked.place["offer_id"]
    now = services.clock()
    offer = services.answers.offer(offer_id, now)
    if offer is None and AN_ID.fullmatch(offer_id):
        async with transaction(services.engine) as connection:
            offer = await offers.get(connection, offer_id)
    if offer is None or offer.expired(now):
        raise not_there("This offer is unknown or can't be booked any more; search again.")
    return offer


async def asked_about(services: Services, asked: Asked[Any, Any]) -> KeptOffer:
    """The offer with its question, and both in the books: a worker knows what is in the books.

    Raises Problem (404).
    """
    offer = await found(services, asked)
    async with transaction(services.engine) as connection:
        kept = await offers.kept(connection, offer.id)
        if kept is not None and kept.offer.fetched_at >= offer.fetched_at:
            return kept
        held = services.answers.offering(offer.id, asked.now)
        if held is not None:
            kept = KeptOffer(offer=offer, query=held.search.query)
            await offers.keep(connection, [kept.offer], query=kept.query)
    if kept is None:
        raise not_there("Nobody knows any more what this offer was found for; search again.")
    return kept


def _shown(services: Services, asked: Asked[Any, Any], offer: Offer) -> Reply:
    return reply(services, asked, selling(offer).detailed(offer), cache_control="no-cache")
