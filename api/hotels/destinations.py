"""Cities to which people travel, and how many hotels of each are known."""

from operator import itemgetter
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import answers, paging
from api.calls import Asked, Reply, reply
from api.names import Rank
from api.params import Nothing
from api.present import location
from api.problems import Flaw, invalid, unavailable
from api.services import Services
from api.wishes import NameWishes
from domain.places import City

_LISTED: Final = "public, max-age=300"
_BY_NAME, _BY_HOTELS = "name", "hotels"
_MOST_PEOPLE: Final = 10**9  # in a sort key


class DestinationWishes(NameWishes, frozen=True, kw_only=True):
    """Which cities, and how many of them at once."""

    min_hotels: Annotated[int, Meta(ge=0, description="Only cities of which so many hotels are known.")] = 0


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A city; a search takes its `code`. Every city can be searched, and by that more of its `hotels` become known."""

    code: answers.Iata
    name: str
    country: str
    location: answers.Location
    population: int
    hotels: int


class DestinationList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Destination, ...]
    page: answers.Page


async def destinations(services: Services, asked: Asked[DestinationWishes, Nothing]) -> Reply:
    """The best match first and the larger city of two; without a name those of which most hotels are known."""
    known, wished = services.gazetteer.destinations, asked.query
    if known is None:
        raise unavailable("The cities are still being loaded.")
    sort = _BY_HOTELS if wished.query is None else _BY_NAME
    rows = [
        (_key(rank, city, 0 if wished.query else known.hotels[city.code]), city.code, city)
        for rank, city in known.meant(wished.query)
        if wished.country in (None, city.country) and known.hotels[city.code] >= wished.min_hotels
    ]
    rows.sort(key=itemgetter(0, 1))
    page = paging.page(rows, sort=sort, after=_after(wished.cursor, sort), limit=wished.limit)
    answer = DestinationList(
        data=tuple(_shown(city, known.hotels[city.code]) for city in page.items),
        page=answers.Page(next=page.next, total=page.total),
    )
    return reply(services, asked, answer, cache_control=_LISTED, headers=_links(asked, page.next))


def _key(rank: Rank, city: City, hotels: int) -> int:
    """The best match first, then most hotels, then most people: one number, as cursors want it."""
    people = _MOST_PEOPLE - min(city.population, _MOST_PEOPLE)
    return (rank.value * 10**6 + 10**6 - min(hotels, 10**6)) * _MOST_PEOPLE + people


def _after(cursor: str | None, sort: str) -> paging.Place | None:
    """Raises Problem (422) for a cursor of another list."""
    try:
        return None if cursor is None else paging.place_of(cursor, sort=sort)
    except paging.BadCursor as error:
        raise invalid([Flaw(parameter="cursor", detail=str(error))]) from error


def _links(asked: Asked[Any, Any], following: str | None) -> tuple[tuple[str, str], ...]:
    if following is None:
        return ()
    return (("Link", paging.link(paging.link_before(asked.path, asked.pairs), following)),)


def _shown(city: City, hotels: int) -> Destination:
    return Destination(
        code=city.code,
        name=city.name,
        country=city.country,
        location=location(city.location),
        population=city.population,
        hotels=hotels,
    )
