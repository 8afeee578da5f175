"""Lists by cursor: opaque words for a place in a list."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.duffel.sandbox.door import tell_page
from adapters.suppliers.duffel.sandbox.refusals import invalid

_DEFAULT_LIMIT, _HIGHEST_LIMIT = 50, 200
_CURSOR: Final = "g2wAAAACbQ"


def send_page(
    request: falcon.asgi.Request, response: falcon.asgi.Response, records: Sequence[Any], show: Callable[[Any], Any]
) -> None:
    """The page that is asked for, each of its records as it is shown."""
    limit = _limit(request.get_param("limit"))
    after, before = request.get_param("after"), request.get_param("before")
    start = _place(after, "after") if after else 0
    if before:
        start = max(0, _place(before, "before") - limit)
    stop = start + limit
    tell_page(
        response,
        [show(record) for record in records[start:stop]],
        limit=limit,
        before=_cursor(start) if start else None,
        after=_cursor(stop) if stop < len(records) else None,
    )


def _limit(told: str | None) -> int:
    if told is None:
        return _DEFAULT_LIMIT
    if not told.isdecimal() or not 1 <= int(told) <= _HIGHEST_LIMIT:
        raise invalid("/limit", f"limit is 1 to {_HIGHEST_LIMIT}")
    return int(told)


def _cursor(place: int) -> str:
    return _CURSOR + base64.urlsafe_b64encode(f"#{place}".encode()).decode().rstrip("=")


def _place(cursor: str, name: str) -> int:
    text = cursor.removeprefix(_CURSOR)
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().removeprefix("#"))
    except ValueError as error:
        raise invalid(f"/{name}", f"{name} is not a cursor of ours") from error
