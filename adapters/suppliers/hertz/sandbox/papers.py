"""How the messages are written and read: elements with attributes, in the one namespace of all versions."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

NAMESPACE: Final = "http://www.opentravel.org/OTA/2003/05"

_FALSE_OFFSET: Final = "-06:00"  # constant, wherever the counter is
_QUALIFIED: Final = re.compile(r"\{[^}]*\}")

Element = ET.Element
Value = str | int | Decimal | bool


def element(name: str, *children: Element | str | None, **attributes: Value | None) -> Element:
    """Children and attributes that are None are left out; text is the element's own."""
    made = Element(name, {called: _text(value) for called, value in attributes.items() if value is not None})
    for child in children:
        if isinstance(child, str):
            made.text = child
        elif child is not None:
            made.append(child)
    return made


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def some(name: str, *children: Element) -> Element | None:
    """A list of which the schema wants at least one member, or nothing."""
    return element(name, *children) if children else None


def wall_clock(moment: datetime) -> str:
    """A local time with the offset that all answers carry and that is nobody's."""
    return f"{moment.isoformat(timespec='seconds')}{_FALSE_OFFSET}"


def written(root: Element) -> bytes:
    root.set("xmlns", NAMESPACE)
    declaration = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    return declaration + ET.tostring(root, encoding="unicode").encode()


def read(body: bytes) -> Element:
    """The request without its namespace. Raises ValueError for what is not XML, or brings its own definitions."""
    if b"<!DOCTYPE" in body:
        raise ValueError("a document type")
    try:
        root = ET.fromstring(body)  # noqa: S314 -- a pretend server on loopback, and there is no DOCTYPE in it
    except ET.ParseError as error:
        raise ValueError("not well-formed") from error
    for part in root.iter():
        part.tag = _QUALIFIED.sub("", part.tag)
    return root


def names_in_order(part: Element, order: tuple[str, ...]) -> bool:
    """Whether the children stand as the schema's sequence has them; names that it does not know are let pass."""
    places = [order.index(child.tag) for child in part if child.tag in order]
    return places == sorted(places)


def attribute(part: Element | None, name: str) -> str | None:
    told = None if part is None else part.get(name)
    return told.strip() or None if told else None


def text(part: Element | None, path: str) -> str | None:
    told = None if part is None else part.findtext(path)
    return told.strip() or None if told else None
