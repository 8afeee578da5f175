"""What the caller has searched for, the newest first, and how to ask it again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from api import answers, paging
from api.calls import Asked, Reply, reply
from api.found import atlas_of
from api.paging import CursorText, Limit
from api.params import Nothing, fields_of
from api.problems import Flaw, invalid
from api.services import Services
from api.verticals import VERTICALS
from domain.places import Atlas, Point
from domain.queries import Query
from storage import asked as history_of
from storage.asked import Place
from storage.engine import transaction

_NEWEST_FIRST: Final = "newest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class HistoryWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How much of it at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


class PastSearch(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `parameters` are what the search call of its vertical takes, `times` how often it was asked.

    `again` asks the same question once more; null where its day has come and gone.
    """

    search_id: str
    vertical: str
    parameters: dict[str, str]
    times: int
    first_asked_at: answers.Instant
    last_asked_at: answers.Instant
    again: Annotated[str | None, Meta(examples=["/v1/flights/search?origin=LHR&destination=JFK&…"])]


class History(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[PastSearch, ...]
    page: answers.Page


async def history(services: Services, asked: Asked[HistoryWishes, Nothing]) -> Reply:
    """Every question once, for ninety days and a thousand questions at most.

    What another process has heard shows after a few seconds.
    """
    caller, wished, atlas = _caller(asked), asked.query, atlas_of(services)
    after = _after(wished.cursor)
    await services.notebook.write()
    async with transaction(services.engine) as connection:
        found = await history_of.newest(connection, caller, after=after, at_most=wished.limit + 1)
        total = await history_of.count(connection, caller)
    shown, following = found[: wished.limit], None
    if len(found) > len(shown):
        following = paging.cursor(_place(shown[-1]))
    answer = History(
        data=tuple(_shown(one, atlas, asked.now) for one in shown), page=answers.Page(next=following, total=total)
    )
    links = paging.link_before(asked.path, asked.pairs)
    headers = () if following is None else (("Link", paging.link(links, following)),)
    return reply(services, asked, answer, headers=headers)


async def forget(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """All of it."""
    await services.notebook.forget(_caller(asked))
    return Reply(status=204)


def parameters(query: Query) -> dict[str, str]:
    """What the search call of the vertical takes to ask exactly this."""
    vertical = VERTICALS[query.vertical]
    wishes = fields_of(vertical.wishes)
    told = {
        name: _told(query, name)
        for name, field in fields_of(vertical.search).items()
        if name not in wishes and _told(query, name) != field.default
    }
    return {name: _in_url(value) for name, value in told.items()}


def again(query: Query, atlas: Atlas, now: datetime) -> str | None:
    """None where nobody could travel like that any more."""
    if now >= VERTICALS[query.vertical].over_at(query, atlas):
        return None
    return f"/v1/{query.vertical}/search?{urlencode(parameters(query), safe=',:')}"


# A question knows the point that a destination has become.
_CALLED: Final[Mapping[str, str]] = {"destination": "location"}


def _told(query: Query, name: str) -> Any:
    return getattr(query, name if hasattr(query, name) else _CALLED[name])


def _in_url(value: object) -> str:
    match value:
        case Point():
            return f"{value.latitude:.10f},{value.longitude:.10f}"
        case tuple():
            return ",".join(_in_url(one) for one in value)
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _shown(one: history_of.Asked, atlas: Atlas, now: datetime) -> PastSearch:
    return PastSearch(
        search_id=one.query.id,
        vertical=one.query.vertical,
        parameters=parameters(one.query),
        times=one.times,
        first_asked_at=one.first_asked_at,
        last_asked_at=one.last_asked_at,
        again=again(one.query, atlas, now),
    )


def _caller(asked: Asked[Any, Any]) -> str:
    """Only of calls that want a credential."""
    assert asked.caller is not None
    return asked.caller


def _place(one: history_of.Asked) -> paging.Place:
    return paging.Place(sort=_NEWEST_FIRST, key=(one.last_asked_at - _EPOCH) // _MICROSECOND, id=one.query.id)


def _after(cursor: str | None) -> Place | None:
    """Raises Problem (422) for a cursor of another list."""
    if cursor is None:
        return None
    try:
        place = paging.place_of(cursor, sort=_NEWEST_FIRST)
    except paging.BadCursor as error:
        raise invalid([Flaw(parameter="cursor", detail=str(error))]) from error
    return Place(last_asked_at=_EPOCH + int(place.key) * _MICROSECOND, search_id=place.id)
