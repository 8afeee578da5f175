"""Replies with fewer records: short enough to be read by people and by a thousand tests, else as they were written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.parsers import expat

import httpx
import msgspec

_MOST_NAMES: Final = 8
_DEEPEST: Final = 3  # lists further down belong to a record
_ABOUT_LENGTH: Final = {"content-encoding", "content-length", "transfer-encoding"}


def shortened(body: bytes, *, records: tuple[int, ...] = (5, 2, 1), short: int = 24 * 1024) -> bytes:
    """Lists end after the first so many records that make a body of at most `short` bytes, else after the last so many.

    What is left stays as it was written.
    """
    cut = body
    for most in records:
        cut = _cut(body, most)
        if len(cut) <= short:
            break
    return cut


def _cut(body: bytes, most: int) -> bytes:
    if body.lstrip()[:1] == b"<":
        return _short_xml(body, most)
    try:
        told = msgspec.json.decode(body, type=msgspec.Raw)
        short = msgspec.json.encode(_short(told, most, 0))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body
    return msgspec.json.format(short, indent=1) + b"\n"


def _short(value: msgspec.Raw, most: int, depth: int) -> Any:
    inside = bytes(value).lstrip()[:1]
    if inside == b"{" and depth < _DEEPEST:
        fields = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
        kept = list(fields)[:most] if depth == 0 and _by_key(fields) else fields
        return {name: _short(fields[name], most, depth + 1) for name in kept}
    if inside == b"[" and depth <= _DEEPEST:
        items = msgspec.json.decode(value, type=list[msgspec.Raw])
        records = all(_is_record(item) for item in items)
        return [_short(item, most, depth + 1) for item in (items[:most] if records else items)]
    return value


def _by_key(fields: Mapping[str, msgspec.Raw]) -> bool:
    """Whether an object is a list in disguise: records, each under its own id."""
    return len(fields) > _MOST_NAMES and all(_is_record(value) for value in fields.values())


def _is_record(value: msgspec.Raw) -> bool:
    return bytes(value).lstrip()[:1] in (b"{", b"[")


def _short_xml(body: bytes, most: int) -> bytes:
    """Without those elements that come after `most` others of their name in the same place and hold some themselves."""
    try:
        cuts = tuple(_Cuts(most).of(body))
    except expat.ExpatError:
        return body
    pieces, at = [], 0
    for begins, ends in cuts:
        pieces.append(body[at:begins])
        at = ends
    return b"".join((*pieces, body[at:]))


class _Cuts:
    """Which stretches of a document's bytes go."""

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._seen: Final[list[dict[str, int]]] = [{}]
        self._begun: Final[list[tuple[str, int]]] = []
        self._found: Final[list[tuple[int, int]]] = []
        self._parser: Final = expat.ParserCreate()

    def of(self, body: bytes) -> Iterator[tuple[int, int]]:
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.Parse(body, True)  # noqa: FBT003 -- expat takes it by position: the document ends here
        at = 0
        for begins, ends in sorted(self._found):
            if begins >= at:
                close = body.index(b">", ends) + 1
                yield begins, close
                at = close

    def _begin(self, name: str, _: dict[str, str]) -> None:
        self._begun.append((name, self._parser.CurrentByteIndex))
        self._seen[-1][name] = self._seen[-1].get(name, 0) + 1
        self._seen.append({})

    def _end(self, name: str) -> None:
        inside = self._seen.pop()
        _, begins = self._begun.pop()
        if inside and self._seen[-1][name] > self._most:
            self._found.append((begins, self._parser.CurrentByteIndex))


class Shortening(httpx.AsyncBaseTransport):
    """The network, with every reply shortened on its way in."""

    def __init__(self) -> None:
        self._network: Final = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._network.handle_async_request(request)
        body = await response.aread()
        await response.aclose()
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _ABOUT_LENGTH]
        return httpx.Response(response.status_code, headers=headers, content=shortened(body), request=request)

    async def aclose(self) -> None:
        await self._network.aclose()
