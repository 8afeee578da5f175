"""Searches as resources: created, looked at until they have ended, and followed as events."""

import re
from typing import Final

import msgspec

from api import events, paging, wishes
from api.calls import Asked, Reply
from api.found import atlas_of, found, link_to
from api.params import Nothing
from api.problems import not_there
from api.services import Services
from api.wishes import NewSearch, SearchWishes
from domain.queries import Query

_AN_ID: Final = re.compile("[a-z2-7]{26}")


async def create(services: Services, asked: Asked[Nothing, NewSearch]) -> Reply:
    """The same question has the same id, so creating it twice is one search."""
    query = wishes.flight_query(asked.body)
    made = await found(services, asked, query, asked.body, link_before=link_to(query, asked.body))
    headers = dict(made.headers) | {"Location": f"/v1/searches/{query.id}"}
    return msgspec.structs.replace(made, headers=tuple(headers.items()))


async def look(services: Services, asked: Asked[SearchWishes, Nothing]) -> Reply:
    """An answer that has expired is asked for again, as long as the question is known."""
    query = await _question(services, asked.place["search_id"])
    link_before = paging.link_before(asked.path, asked.pairs)
    return await found(services, asked, query, asked.query, link_before=link_before)


async def follow(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Server-sent events; 204 tells a client that has seen the end not to come again."""
    query = await _question(services, asked.place["search_id"])
    atlas_of(services)
    services.searching.note_asked(query.id)
    seen = events.seen(asked.headers.get("last-event-id", ""))
    # Before the stream begins, so that a Redis that is away is a problem document and not an empty stream.
    held = await services.searching.known(query.id)
    if seen is not None and held is not None and events.nothing_left(held.search, seen):
        return Reply(status=204)
    return Reply(events=events.stream(services, query, seen), headers=(("Cache-Control", "no-store"),))


async def _question(services: Services, search_id: str) -> Query:
    unknown = not_there("Nobody has asked this within a day; create the search again.")
    if not _AN_ID.fullmatch(search_id):
        raise unknown
    query = await services.searching.question(search_id)
    if query is None:
        raise unknown
    return query
