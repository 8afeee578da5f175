"""How the offers of a search are joined, with what is known beside the offers themselves."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from domain.matching import hotels
from domain.matching.verticals import MERGED
from domain.offers import Offer, StayOffer
from domain.queries import Query
from domain.searches import Merge
from workers.tools import Tools


async def merge_for(query: Query, arriving: Iterable[Offer], tools: Tools) -> Merge:
    """For everything that has arrived, `arriving` the last of it."""
    well_read = _WELL_READ.get(query.vertical)
    return MERGED[query.vertical] if well_read is None else await well_read(arriving, tools)


async def _hotels(arriving: Iterable[StayOffer], tools: Tools) -> Merge:
    await tools.hotels.look_up(hotels.properties(arriving))
    return partial(hotels.merged, kept=tools.hotels.hotel_ids)


# Where what was decided earlier counts for more than how things look now.
_WELL_READ: Final[Mapping[str, Callable[[Any, Tools], Awaitable[Merge]]]] = MappingProxyType({"hotels": _hotels})
