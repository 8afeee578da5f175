"""How the offers of a search are joined, with what is known beside the offers themselves."""

from collections.abc import Iterable

from domain.matching.verticals import MERGED
from domain.offers import Offer
from domain.queries import Query
from domain.searches import Merge
from workers.tools import Tools


async def merge_for(query: Query, _arriving: Iterable[Offer], _tools: Tools) -> Merge:
    return MERGED[query.vertical]
