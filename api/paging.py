"""Cursors: where a page ended, as an opaque word that is refused when it was tampered with."""

import base64
import binascii
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Annotated, Final, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

Item = TypeVar("Item")
_CHECK_BYTES: Final = 6
# Not a secret: the check finds words that were cut, mistyped or made up, and what a cursor can do is name a place.
_CHECK_KEY: Final = b"travelhub cursor 1"

Limit = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many to answer with at most.")]
CursorText = Annotated[
    str, msgspec.Meta(min_length=1, max_length=400, description="Where the page before ended: its `page.next`.")
]


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The last item of a page: what it was sorted by, its sort key, and its id, which breaks ties.

    Naming the item instead of counting keeps pages stable while a search still grows: nothing comes twice, and what
    arrives behind the place is found.
    """

    sort: str
    key: int | str
    id: str


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """`next` is None on the last page; `total` counts over all pages."""

    items: tuple[Item, ...]
    next: str | None
    total: int


class BadCursor(ValueError):
    """A cursor that no page of ours ended with, or one of another sort order."""


def cursor(place: Place) -> str:
    body = msgspec.msgpack.encode(place)
    return _text(_check(body) + body)


def place_of(text: str, *, sort: str) -> Place:
    """Raises BadCursor."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        check, body = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(body) or _text(raw) != text:
            raise BadCursor("is no cursor of ours; take `page.next` as it was")
        place = msgspec.msgpack.decode(body, type=Place)
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError, ValueError) as error:
        raise BadCursor("is no cursor of ours; take `page.next` as it was") from error
    if place.sort != sort:
        raise BadCursor(f"belongs to a list sorted by {place.sort}, not by {sort}")
    return place


def page(rows: Sequence[tuple[int | str, str, Item]], *, sort: str, after: Place | None, limit: int) -> Page[Item]:
    """`rows` are (sort key, id, item), sorted by the first two."""
    start = 0 if after is None else bisect_right(rows, (after.key, after.id), key=itemgetter(0, 1))
    shown = rows[start : start + limit]
    more = start + limit < len(rows)
    following = cursor(Place(sort=sort, key=shown[-1][0], id=shown[-1][1])) if more and shown else None
    return Page(items=tuple(row[2] for row in shown), next=following, total=len(rows))


def link_before(path: str, asked: Iterable[tuple[str, str]]) -> str:
    """A Link header (RFC 8288) up to its cursor: the same question, one page on."""
    pairs = [(name, value) for name, value in asked if name != "cursor"]
    return f"<{path}?{urlencode([*pairs, ('cursor', '')])}"


def link(before: str, following: str) -> str:
    """A cursor is safe in a URL as it is."""
    return f'{before}{following}>; rel="next"'


def _check(body: bytes) -> bytes:
    return hashlib.blake2s(body, digest_size=_CHECK_BYTES, key=_CHECK_KEY).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
