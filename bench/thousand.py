"""A reply of a supplier grown to a thousand records: its longest list repeated, everything around it as it was."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from adapters.kit.calls import Reply

RECORDS: Final = 1_000
_ENOUGH_TRIED: Final = 12  # lists, the heaviest first

Count = Callable[[Reply], int]
Path = tuple[str | int, ...]


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """`path` leads to the list that was repeated, in the notation of the drift report; `listed` is that list alone."""

    reply: Reply
    path: str
    listed: bytes | None = None


def grown(reply: Reply, count: Count) -> Grown:
    """Raises ValueError for a reply in which no list makes the records more."""
    return _xml(reply, count) if reply.body.lstrip()[:1] == b"<" else _json(reply, count)


def _json(reply: Reply, count: Count) -> Grown:
    once = count(reply)
    body = msgspec.json.decode(reply.body)
    lists = sorted(_lists(body, ()), key=lambda found: -len(msgspec.json.encode(found[1])))[:_ENOUGH_TRIED]
    for path, found in lists:
        times = -(-RECORDS // max(1, once))
        longer = msgspec.structs.replace(reply, body=msgspec.json.encode(_with(body, path, found * max(2, times))))
        if count(longer) >= max(RECORDS, 2 * once):
            listed = msgspec.json.encode(found * max(2, times))
            return Grown(reply=longer, path=_spoken(path), listed=listed)
    raise ValueError("no list of the reply holds its records")


def _lists(value: Any, path: Path) -> Iterator[tuple[Path, list[Any]]]:
    if isinstance(value, list):
        if value:
            yield path, value
        return  # a list within a record is not the list of records
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _lists(inside, (*path, name))


def _with(value: Any, path: Path, replacement: list[Any]) -> Any:
    if not path:
        return replacement
    return {**value, path[0]: _with(value[path[0]], path[1:], replacement)}


def _spoken(path: Path) -> str:
    return ".".join(map(str, path)) + "[]"


def _xml(reply: Reply, count: Count) -> Grown:
    """Text surgery on the element that is repeated most and that makes the records more."""
    once, text = count(reply), reply.body.decode()
    names = Counter(re.findall(r"<([A-Za-z]\w*)[\s>/]", text))
    for name, _ in names.most_common(_ENOUGH_TRIED):
        elements = re.findall(rf"<{name}(?:\s[^>]*)?>.*?</{name}>", text, re.DOTALL)
        if not elements:
            continue
        more = "".join(elements * -(-RECORDS // max(1, once)))
        longer = msgspec.structs.replace(reply, body=text.replace(elements[0], more, 1).encode())
        if count(longer) >= RECORDS:
            return Grown(reply=longer, path=name)
    raise ValueError("no element of the reply holds its records")
