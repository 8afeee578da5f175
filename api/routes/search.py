"""Searches, by query string, by body and as resources."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from api import events, searches, wishes
from api.found import bearings
from api.params import Reading
from api.route import STREAM, Answer, Group, Route
from api.services import Services
from api.vertical import Vertical
from api.verticals import NEW_SEARCH, VERTICALS, EveryWish
from domain.queries import Fault


def search_faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    """The shape that was read tells the vertical."""
    vertical = next(one for one in VERTICALS.values() if read.kind in (one.search, one.new))
    yield from vertical.faults(read, bearings(services))
    yield from wishes.cursor_faults(read)


_PAGED: Final = ("Link",)


def _a_search(*verticals: Vertical, created: bool = False) -> Mapping[int, Answer]:
    shapes = tuple(vertical.answer for vertical in verticals)
    return MappingProxyType(
        {
            200: Answer(
                meaning="What has arrived, complete or partial.",
                shapes=shapes,
                headers=("Location", *_PAGED) if created else _PAGED,
            ),
            202: Answer(
                meaning="Suppliers are being asked and none has answered yet: look there, after that long.",
                shapes=shapes,
                headers=("Location", "Retry-After"),
            ),
        }
    )


def _searches(vertical: Vertical) -> Iterator[Route]:
    """By query string and by body."""
    common: dict[str, Any] = {
        "path": f"/v1/{vertical.name}/search",
        "group": Group.SEARCH,
        "further": search_faults,
        "answers": _a_search(vertical),
    }
    yield Route(
        method="GET",
        call=searches.by_query_string(vertical),
        name=f"{vertical.name}_search",
        summary=f"Search {vertical.name}",
        query=vertical.search,
        example=f"{common['path']}?{urlencode(vertical.example, safe='{}:')}",
        cacheable=True,
        **common,
    )
    yield Route(
        method="POST",
        call=searches.by_body(vertical),
        name=f"{vertical.name}_search_by_body",
        summary=f"Search {vertical.name} with a body",
        body=vertical.search,
        example=msgspec.json.encode(vertical.example).decode(),
        **common,
    )


ROUTES: Final = (
    *(route for vertical in VERTICALS.values() for route in _searches(vertical)),
    Route(
        method="POST",
        path="/v1/searches",
        call=searches.create,
        group=Group.SEARCH,
        summary="Create a search and come back for its answer",
        body=NEW_SEARCH,
        further=search_faults,
        answers=_a_search(*VERTICALS.values(), created=True),
        example='{"vertical":"hotels","destination":"PAR","check_in":"{soon}","check_out":"{later}"}',
    ),
    Route(
        method="GET",
        path="/v1/searches/{search_id}",
        call=searches.look,
        group=Group.SEARCH,
        summary="Look at a search, waiting for it to end",
        query=EveryWish,
        place=MappingProxyType({"search_id": "The id of a search that somebody asked for within a day."}),
        answers=_a_search(*VERTICALS.values()),
        example="/v1/searches/{search_id}?wait=10",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/searches/{search_id}/events",
        call=searches.follow,
        group=Group.SEARCH,
        summary="Follow a search as server-sent events, one for each supplier and one at its end",
        place=MappingProxyType({"search_id": "The id of a search that somebody asked for within a day."}),
        answers=MappingProxyType(
            {
                200: Answer(
                    meaning="`arrival` events, then `completed` with the search's head. `Last-Event-ID` resumes.",
                    shapes=(events.Arrival,),
                    media_type=STREAM,
                ),
                204: Answer(meaning="`Last-Event-ID` was the last event of all.", media_type=None),
            }
        ),
        example="/v1/searches/{search_id}/events",
    ),
)
