"""Replies that are not quite what the supplier's documents say: a field gone, emptied, of another type or another name.

JSON and XML alike are changed as plain values, path by path. A path stands for all records of a list: the first is changed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import msgspec
import orjson

from adapters.kit import xml
from adapters.kit.calls import Reply
from tests.conformance.shortening import shortened

Path = tuple[str | int, ...]

_NAMELESS: Final = "Nameless"
_SHORT: Final = 6 * 1024  # bytes: each of them is read a thousand times


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A reply's body as a plain value. `root` is the name of an XML document's root, None for JSON."""

    value: Any
    root: str | None = None

    def written(self) -> bytes:
        return orjson.dumps(self.value) if self.root is None else _xml(self.root, self.value).encode()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is done to one field."""

    path: Path
    how: str

    def __str__(self) -> str:
        return f"{self.how} {'.'.join(map(str, self.path))}"


def documents(body: bytes) -> Iterator[Document]:
    """The body, shorter ones first; none for a body that is neither JSON nor XML: an empty one, say."""
    for short in (shortened(body, records=(2, 1), short=_SHORT), shortened(body), body):
        try:
            yield _document(short)
        except ValueError:
            return


def _document(body: bytes) -> Document:
    """Raises ValueError for a body that is neither JSON nor XML."""
    if body.lstrip()[:1] == b"<":
        told = xml.document(body)
        return Document(value=xml.plain(told), root=told.name)
    return Document(value=msgspec.json.decode(body))


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every field of an object, at any depth; of the items of a list those of the first that has them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from paths(inner, (*path, name))
    elif isinstance(value, list):
        seen: set[Path] = set()
        for index, inner in enumerate(value):
            if not isinstance(inner, dict | list) and index < _FIRST_OF_ROW:
                yield (*path, index)
            for told in paths(inner, (*path, index)):
                pattern = tuple("[]" if isinstance(step, int) else step for step in told[len(path) + 1 :])
                if isinstance(told[-1], int) or pattern not in seen:
                    seen.add(pattern)
                    yield told


_FIRST_OF_ROW: Final = 20  # a row without names is one record


def longest_list(value: Any) -> list[Any]:
    """The list of records, or of rows, that has most to say. Raises ValueError where there is none."""
    return max(_lists(value), key=lambda told: len(orjson.dumps(told)))


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list) and len(value) > 1 and all(isinstance(inner, dict | list) for inner in value):
        yield value
        return  # lists within a record are that record's own
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _lists(inner)


def changed(told: Document, changes: Sequence[Change]) -> Document:
    """A copy with all changes; what an earlier change took away, a later one passes over."""
    value = msgspec.json.decode(orjson.dumps(told.value))
    for change in changes:
        holder = value
        try:
            for step in change.path[:-1]:
                holder = holder[step]
            if isinstance(holder, list if isinstance(change.path[-1], int) else dict):
                CHANGES[change.how](holder, change.path[-1])
        except (KeyError, IndexError, TypeError):
            continue
    return msgspec.structs.replace(told, value=value)


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def reply_with(reply: Reply, told: Document) -> Reply:
    return msgspec.structs.replace(reply, body=told.written())


def _remove(holder: Any, name: Any) -> None:
    holder.pop(name)


def _empty(holder: Any, name: Any) -> None:
    holder[name] = None


def _rename(holder: Any, name: Any) -> None:
    if isinstance(holder, dict):
        holder[f"{name}Renamed"] = holder.pop(name)
    else:
        holder.insert(name, "a stranger")


def _retype(holder: Any, name: Any) -> None:
    """Into what it is not, and what is nowhere a value by chance."""
    told = holder[name]
    if isinstance(told, bool):
        holder[name] = "perhaps"
    elif isinstance(told, int | float):
        holder[name] = [told]
    elif isinstance(told, str):
        holder[name] = {"text": told}
    elif isinstance(told, list):
        holder[name] = {"0": told[0]} if told else "none"
    elif isinstance(told, dict):
        holder[name] = list(told)
    else:
        holder[name] = {"null": None}


def _blank(holder: Any, name: Any) -> None:
    holder[name] = "" if isinstance(holder[name], str | int | float) else type(holder[name])()


def _nonsense(holder: Any, name: Any) -> None:
    holder[name] = "\u2603 nonsense" if not isinstance(holder[name], bool) else 42


# After these a field still says something, though not what it said: a reader can't know it from the truth.
GIBBERISH: Final = frozenset({"blank", "nonsense"})

CHANGES: Final[Mapping[str, Callable[[Any, Any], None]]] = MappingProxyType(
    {
        "remove": _remove,
        "empty": _empty,
        "rename": _rename,
        "retype": _retype,
        "blank": _blank,
        "nonsense": _nonsense,
    }
)


def _xml(name: str, value: Any) -> str:
    """As `xml.plain` takes it apart: what is text stands in attributes, what has parts in children."""
    name = name if name.isidentifier() else _NAMELESS
    fields = value if isinstance(value, dict) else {xml.TEXT: value}
    attributes = "".join(
        f" {field if field.isidentifier() else _NAMELESS}={quoteattr(_said(told))}"
        for field, told in fields.items()
        if field != xml.TEXT and not isinstance(told, dict | list)
    )
    children = "".join(
        _xml(field, child)
        for field, told in fields.items()
        if isinstance(told, dict | list)
        for child in (told if isinstance(told, list) else [told])
    )
    return f"<{name}{attributes}>{escape(_said(fields.get(xml.TEXT)))}{children}</{name}>"


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else orjson.dumps(value).decode()
