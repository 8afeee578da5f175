"""A search as it is answered, whichever call asked for it."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from api import answers, bodies, paging, present
from api.calls import Asked, Reply, reply
from api.memory import Shortcut
from api.params import fields_of
from api.problems import unavailable
from api.services import Services
from api.verticals import VERTICALS
from api.views import View
from api.wishes import Bearings, SearchWishes
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Status, SupplierReport

ASK_AGAIN_SECONDS: Final = 1


def key_of(view: View) -> str:
    """Equal wishes, equal keys."""
    return bodies.digest(msgspec.msgpack.encode(view))


_PLAINLY: Final = {name: vertical.view(vertical.wishes()) for name, vertical in VERTICALS.items()}
# What is shown to whoever wishes for nothing, by vertical, and its key.
PLAIN: Final = {name: (view, key_of(view)) for name, view in _PLAINLY.items()}


async def found(
    services: Services, asked: Asked[Any, Any], query: Query, wished: SearchWishes, *, link_before: str
) -> Reply:
    """200 with what has arrived, 202 and where to look while nothing has. The wishes are of the query's vertical.

    After a while also a 202 tells who is being waited for.
    """
    atlas, vertical = atlas_of(services), VERTICALS[query.vertical]
    view = vertical.view(wished)
    slot = key_of(view), bodies.wanted(asked.accept_encoding)
    page = await services.pages.find(query.id, slot[0])
    if page is not None:
        services.searching.note_asked(query.id)
        rendering, following = services.answers.pages.rendering(page, *slot, services.clock()), page.next
    else:
        held = await services.searching.answer(query, wait=wished.wait)
        if held is None or held.search.status is Status.PENDING:
            return _nothing_yet(services, asked, query, () if held is None else held.search.suppliers)
        rendering = services.answers.rendering(held, view, slot, services.clock())
        following = held.next_cursor(view, slot[0])
        services.pages.keep(held, view, slot[0], plain=slot[0] == PLAIN[query.vertical][1])
    if asked.method == "GET":
        until = vertical.over_at(query, atlas)
        shortcut = Shortcut(
            search_id=query.id, route=asked.route, view=view, slot=slot, link_before=link_before, until=until
        )
        services.answers.remember(asked.visited, shortcut)
    links = (("Link", paging.link(link_before, following)),) if following is not None else ()
    return Reply(rendering=rendering, headers=links)


def atlas_of(services: Services) -> Atlas:
    """The airports. Raises Problem (503) before the first of them are known."""
    contents = services.catalogue.contents
    if contents is None or services.catalogue.empty:
        raise unavailable("The airports are still being loaded.")
    return contents.atlas


def bearings(services: Services) -> Bearings:
    """Before the first airports are known, with an empty atlas."""
    contents = services.catalogue.contents
    atlas = Atlas(()) if contents is None else contents.atlas
    return Bearings(atlas=atlas, now=services.clock(), market=services.default_market)


def link_to(query: Query, wished: SearchWishes) -> str:
    """Before the cursor of the next page of a search, as a GET of the search with the same wishes."""
    told = {
        name: getattr(wished, name)
        for name, field in fields_of(VERTICALS[query.vertical].wishes).items()
        if getattr(wished, name) != field.default
    }
    pairs = [(name, _in_url(value)) for name, value in told.items()]
    return paging.link_before(f"/v1/searches/{query.id}", pairs)


def _in_url(value: object) -> str:
    match value:
        case str():
            return value
        case tuple():
            return ",".join(_in_url(one) for one in value)
        case _:
            return msgspec.json.encode(value).decode()


def _nothing_yet(services: Services, asked: Asked[Any, Any], query: Query, awaited: Iterable[SupplierReport]) -> Reply:
    head = answers.SearchHead(
        id=query.id,
        vertical=query.vertical,
        status=Status.PENDING,
        freshness=answers.Freshness.FRESH,
        fetched_at=None,
        expires_at=None,
        age_seconds=None,
        suppliers=tuple(present.report(part) for part in awaited),
    )
    nothing: answers.SearchAnswer[msgspec.Struct, msgspec.Struct] = answers.SearchAnswer(
        search=head,
        results=(),
        facets=VERTICALS[query.vertical].facets((), query),
        page=answers.Page(next=None, total=0),
    )
    headers = (("Location", f"/v1/searches/{query.id}"), ("Retry-After", str(ASK_AGAIN_SECONDS)))
    return reply(services, asked, nothing, status=202, headers=headers)
