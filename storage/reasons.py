"""Why the offers of a hotel were taken for one: the judgement that is kept of its suppliers' records."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fetches import KeptResult
from domain.matching.properties import Key
from storage import matches
from storage.matches import Record


async def records(connection: AsyncConnection, result: KeptResult) -> Mapping[Key, Record]:
    """Those of the hotel, or of the hotels that hold its records now; none while nobody has judged them, or of what is no hotel."""
    keys = {(offer.supplier, offer.property) for offer in result.offers if offer.property is not None}
    if not keys:
        return {}
    held = await matches.of_hotel(connection, result.id)
    if held:
        return held
    hotels = {one.hotel_id for one in (await matches.kept(connection, keys)).values() if one.hotel_id is not None}
    found = [await matches.of_hotel(connection, hotel) for hotel in sorted(hotels)]
    return {key: record for held in found for key, record in held.items()}
