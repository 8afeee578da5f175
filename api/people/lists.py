"""The lists that people keep: a few hundred rows each, the newest first, in pages."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from api import paging
from api.calls import Asked
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.services import Services
from domain.queries import Fault

_NEWEST: Final = "newest"


class ListWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How much of it at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


def paged(
    asked: Asked[ListWishes, Nothing], rows: Iterable[tuple[int, str, Any]]
) -> "tuple[paging.Page[Any], tuple[tuple[str, str], ...]]":
    """`rows` are (sort key, id, item), in any order. Also the Link header, where there is more."""
    cursor = asked.query.cursor
    after = None if cursor is None else paging.place_of(cursor, sort=_NEWEST)
    page = paging.page(sorted(rows, key=lambda row: row[:2]), sort=_NEWEST, after=after, limit=asked.query.limit)
    before = paging.link_before(asked.path, asked.pairs)
    return page, () if page.next is None else (("Link", paging.link(before, page.next)),)


def cursor_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=_NEWEST)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))
