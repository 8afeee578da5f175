"""What somebody means who is still typing: cities, airports and hotels."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api import answers
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.present import perhaps_located
from api.problems import unavailable
from api.search.index import Found, Index, Kind
from api.services import Services

_LISTED: Final = "public, max-age=300"
_MOST: Final = 50


class SuggestionWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed, and what may be meant by it."""

    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="A code, a name or its beginning, in several words in any order; accents and case don't matter. A "
            "word of four letters may have one mistake, one of eight letters two.",
            examples=["lodnon"],
        ),
    ]
    limit: Annotated[int, Meta(ge=1, le=_MOST, description="How many to answer with at most.")] = 10
    kinds: Annotated[
        tuple[Kind, ...],
        Meta(max_length=len(Kind), description="Only these; all if none is named.", examples=[["city"]]),
    ] = ()


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is IATA's, of a city or an airport: a search takes it. `airports` are those that serve the city.

    A hotel has its own `hotel_id`, and a search around it takes its location. `edits` is how many letters were taken for
    mistyped.
    """

    kind: Kind
    code: str | None
    hotel_id: str | None
    name: str
    city: str | None
    country: str | None
    location: answers.Location | None
    airports: tuple[str, ...]
    edits: int


class SuggestionList(msgspec.Struct, frozen=True, kw_only=True):
    """The best first."""

    data: tuple[Suggestion, ...]


async def suggestions(services: Services, asked: Asked[SuggestionWishes, Nothing]) -> Reply:
    """The code that was typed first, then names; cities by their people, airports by how many they serve, hotels by how
    many suppliers and guests tell of them."""
    wished = asked.query
    found = index_of(services).found(wished.q, limit=wished.limit, kinds=wished.kinds or tuple(Kind))
    answer = SuggestionList(data=tuple(_shown(one) for one in found))
    return reply(services, asked, answer, cache_control=_LISTED)


def index_of(services: Services) -> Index:
    """Raises Problem (503) before the airports are known."""
    index = services.gazetteer.index
    if index is None:
        raise unavailable("The airports are still being loaded.")
    return index


def _shown(found: Found) -> Suggestion:
    entry = found.entry
    return Suggestion(
        kind=entry.kind,
        code=entry.code,
        hotel_id=entry.id if entry.kind is Kind.HOTEL else None,
        name=entry.name,
        city=entry.city,
        country=entry.country,
        location=perhaps_located(entry.location),
        airports=entry.serves,
        edits=found.edits,
    )
