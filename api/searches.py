"""Searches of every vertical: asked at once, or as resources that are created, looked at and followed as events."""

import re
from typing import Any, Final

import msgspec

from api import events, paging, params
from api.calls import Asked, Reply
from api.found import atlas_of, bearings, found, link_to
from api.params import Nothing
from api.problems import invalid, not_there
from api.route import Call
from api.services import Services
from api.vertical import Vertical
from api.verticals import VERTICALS
from api.wishes import SearchWishes, cursor_faults
from domain.queries import Query

_AN_ID: Final = re.compile("[a-z2-7]{26}")


def by_query_string(vertical: Vertical) -> Call:
    async def search(services: Services, asked: Asked[Any, Nothing]) -> Reply:
        query = _asked(services, asked, vertical, asked.query)
        link_before = paging.link_before(asked.path, asked.pairs)
        return await found(services, asked, query, asked.query, link_before=link_before)

    return search


def by_body(vertical: Vertical) -> Call:
    async def search(services: Services, asked: Asked[Nothing, Any]) -> Reply:
        """Its next page is a GET of the search."""
        query = _asked(services, asked, vertical, asked.body)
        return await found(services, asked, query, asked.body, link_before=link_to(query, asked.body))

    return search


async def create(services: Services, asked: Asked[Nothing, Any]) -> Reply:
    """The same question has the same id, so creating it twice is one search.

    Who has subscribed to `search.completed` hears of its end by webhook.
    """
    query = _asked(services, asked, VERTICALS[asked.body.vertical], asked.body)
    awaited = await services.listeners.created(query.id, asked.caller)
    made = await found(services, asked, query, asked.body, link_before=link_to(query, asked.body))
    if awaited and (held := await services.searching.known(query.id)) is not None:
        await services.listeners.there(held.search)
    headers = dict(made.headers) | {"Location": f"/v1/searches/{query.id}"}
    return msgspec.structs.replace(made, headers=tuple(headers.items()))


async def look(services: Services, asked: Asked[Any, Nothing]) -> Reply:
    """An answer that has expired is asked for again, as long as the question is known.

    Takes the wishes that the search's vertical has.
    """
    query = await question(services, asked.place["search_id"])
    link_before = paging.link_before(asked.path, asked.pairs)
    return await found(services, asked, query, _wished(VERTICALS[query.vertical], asked), link_before=link_before)


async def follow(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Server-sent events; 204 tells a client that has seen the end not to come again."""
    query = await question(services, asked.place["search_id"])
    atlas_of(services)
    services.searching.note_asked(query.id)
    seen = events.seen(asked.headers.get("last-event-id", ""))
    # Before the stream begins, so that a Redis that is away is a problem document and not an empty stream.
    held = await services.searching.known(query.id)
    if seen is not None and held is not None and events.nothing_left(held.search, seen):
        return Reply(status=204)
    return Reply(events=events.stream(services, query, seen), headers=(("Cache-Control", "no-store"),))


def _asked(services: Services, asked: Asked[Any, Any], vertical: Vertical, taken: SearchWishes) -> Query:
    """Noted for whoever shows a credential.

    Raises Problem (503) before the airports are known, without which no question has a meaning.
    """
    atlas_of(services)
    query = vertical.query(taken, bearings(services))
    if asked.caller is not None:
        services.notebook.note(asked.caller, query.id, asked.now)
    return query


def _wished(vertical: Vertical, asked: Asked[Any, Nothing]) -> SearchWishes:
    """Read once more, now that it is known what is searched. Raises Problem (422) for the wishes of another vertical."""
    read = params.from_query(vertical.wishes, asked.visited[1].decode())
    faults = (*read.faults, *cursor_faults(read))
    if faults:
        raise invalid(params.flaws(faults, in_body=False))
    return read.made()


async def question(services: Services, search_id: str) -> Query:
    """What is asked under this id. Raises Problem (404) where nobody has asked it."""
    unknown = not_there("Nobody has asked this within a day; create the search again.")
    if not _AN_ID.fullmatch(search_id):
        raise unknown
    query = await services.searching.question(search_id)
    if query is None:
        raise unknown
    return query
