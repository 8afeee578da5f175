"""Offers, one by one, with the journey that they are for."""

import re
from typing import Any, Final

from api import present
from api.calls import Asked, Reply, reply
from api.problems import not_there
from api.services import Services
from storage import offers
from storage.engine import transaction

_AN_ID: Final = re.compile("[a-z2-7]{26}")


async def offer(services: Services, asked: Asked[Any, Any]) -> Reply:
    """What nobody can book any more is gone, whether it is still in the books or not.

    The newest state that this process holds goes before PostgreSQL, which hears of an offer a moment later.
    """
    offer_id = asked.place["offer_id"]
    now = services.clock()
    found = services.answers.offer(offer_id, now)
    if found is None and _AN_ID.fullmatch(offer_id):
        async with transaction(services.engine) as connection:
            found = await offers.get(connection, offer_id)
    if found is None or found.expired(now):
        raise not_there("This offer is unknown or can't be booked any more; search again.")
    return reply(services, asked, present.offer_details(found), cache_control="no-cache")
