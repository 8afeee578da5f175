"""One bad record in an otherwise right answer, in JSON and in XML."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

import msgspec
import orjson


def spoilt(body: bytes) -> bytes:
    """The same answer with the record in the middle made unreadable; as it is where no records are found."""
    return _spoilt_xml(body) if body.lstrip().startswith(b"<") else _spoilt_json(body)


def _spoilt_json(body: bytes) -> bytes:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    records = _first_records(told)
    if not records:
        return body
    victim = len(records) // 2
    records[victim] = {name: _wrongly_typed(value) for name, value in records[victim].items()}
    return orjson.dumps(told)


def _first_records(told: Any) -> list[dict[str, Any]] | None:
    """The list of objects that stands first, looked for from the outside in."""
    layer = [told]
    while layer:
        for part in layer:
            if isinstance(part, list) and part and all(isinstance(record, dict) for record in part):
                return part
        inside = (part.values() if isinstance(part, dict) else part for part in layer if isinstance(part, dict | list))
        layer = [value for values in inside for value in values]
    return None


def _wrongly_typed(value: Any) -> Any:
    """A list where a plain value was, and a number where there was a list or an object."""
    return 7 if isinstance(value, dict | list) else [value]


class _Element(msgspec.Struct, kw_only=True):
    """From its first byte to its closing tag, or to the end of one that is empty. `parent` is where the one around starts."""

    name: str
    parent: int
    starts: int
    ends: int = 0


_NUMBER: Final = re.compile(rb"""(?<=["'>])\s*-?\d+(?:\.\d+)?\s*(?=["'<]|\Z)""")


def _spoilt_xml(body: bytes) -> bytes:
    """The text is only cut into, so that prefixes, comments and the order of attributes stay as the supplier writes them."""
    try:
        records = _repeated(_elements(body))
    except (expat.ExpatError, ValueError):
        return body
    if not records:
        return body
    victim = records[len(records) // 2]
    wrong = _NUMBER.sub(b"a lot", body[victim.starts : victim.ends])
    return body[: victim.starts] + wrong + body[victim.ends :]


def _elements(body: bytes) -> list[_Element]:
    """Raises ExpatError for what is not XML, ValueError for a document that brings its own definitions."""
    found: list[_Element] = []
    around: list[_Element] = []
    parser = expat.ParserCreate()

    def starts(name: str, _attributes: dict[str, str]) -> None:
        parent = around[-1].starts if around else -1
        around.append(_Element(name=name, parent=parent, starts=parser.CurrentByteIndex))
        found.append(around[-1])

    def ends(_name: str) -> None:
        around.pop().ends = parser.CurrentByteIndex

    def refuse(*_: object) -> None:
        raise ValueError("no supplier's answer defines entities")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = starts, ends, refuse
    parser.Parse(body, True)  # noqa: FBT003  # expat knows this argument by its place only
    return found


def _repeated(elements: list[_Element]) -> list[_Element]:
    """Of the elements that stand side by side under one name, those that are many and heavy: the offers, not the notes."""
    groups: defaultdict[tuple[int, str], list[_Element]] = defaultdict(list)
    for element in elements:
        groups[element.parent, element.name].append(element)
    several = (group for group in groups.values() if len(group) > 1)
    return max(several, key=lambda group: len(group) * sum(_lengths(group)), default=[])


def _lengths(group: list[_Element]) -> Iterator[int]:
    return (element.ends - element.starts for element in group)
