"""XML for suppliers that speak it: read safely into wire structs, with bounds and without entities, and written safely."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar
from xml.parsers import expat

import msgspec
from msgspec import inspect

from adapters.kit.auth import placeholder
from adapters.kit.calls import Reply
from adapters.kit.failures import GiveUp
from domain.searches import Outcome, SkippedRecord

Wire = TypeVar("Wire")
Record = TypeVar("Record")

TEXT: Final = "#text"  # no name in XML begins with this sign


class Element(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One element: names without their namespace, children of one name in their order, text without the space around it.

    An attribute of a namespace of its own (`xsi:nil`) is left out where a plain one has the same name.
    """

    name: str
    attributes: Mapping[str, str]
    children: Mapping[str, list["Element"]]
    text: str


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a document may have at most. `text` is characters, of one attribute or of what stands in one element."""

    bytes: int = 20_000_000
    depth: int = 64
    elements: int = 500_000
    attributes: int = 100
    text: int = 1_000_000


_LIMITS: Final = Limits()

# What a document calls its encoding -> how we read it. As in browsers, who says Latin-1 means Windows-1252.
_ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
}
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED: Final = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{1,40})["']""")

# Before the root stand only space, instructions and comments. Each alternative is taken once and for all (`?>`, `*+`),
# so that no text makes the search try again.
_DOCTYPE: Final = re.compile(r"\A\ufeff?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DECIMAL: Final = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})", re.ASCII)


def document(body: bytes, *, limits: Limits = _LIMITS) -> Element:
    """The root of a document. Raises ValueError, with the reason, for anything that is not one, or not a harmless one."""
    if len(body) > limits.bytes:
        raise ValueError(f"larger than {limits.bytes} bytes")
    text = _text(body)
    if _DOCTYPE.match(text):
        raise ValueError("has a DOCTYPE")
    tree = _Tree(limits)
    # The text is ours by now, so what the document says of its encoding no longer counts.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = tree.doctype
    parser.StartElementHandler = tree.begin
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.say
    try:
        parser.Parse(text.encode())
        parser.Parse(b"", True)  # noqa: FBT003 -- expat takes it by position: the document ends here
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed: {error}") from error
    return tree.root()


def converted(element: Element, wire_type: type[Wire]) -> Wire:
    """The element as wire structs, whose field names are those of attributes and children, and `#text`.

    A list takes all children of its name, a struct or a scalar the only one; a child goes before an attribute of the same
    name. A scalar is the text: numbers, booleans and times are made of it, amounts to the digit. A list of `Any` leaves its
    elements as they are, for `each_element`. Raises ValueError that names the path.
    """
    kind: Any = wire_type  # mypy takes no type for a key
    return msgspec.convert(_fitting(kind)(element), wire_type, strict=False)


def decoded_xml(reply: Reply, wire_type: type[Wire], *, root: str) -> Wire:
    """The reply's body as wire structs. Raises GiveUp for anything else: HTML, a cut document, another root."""
    try:
        return converted(_rooted(document(reply.body), root), wire_type)
    except ValueError as error:
        raise GiveUp(f"unreadable reply: {error}", outcome=Outcome.ERROR) from error


def _rooted(told: Element, root: str) -> Element:
    if told.name != root:
        raise ValueError(f"a {told.name[:100]}, expected a {root}")
    return told


def each_element(
    told: Iterable[Element], wire_type: type[Wire], make: Callable[[Wire], Record], where: str
) -> tuple[tuple[Record, ...], tuple[SkippedRecord, ...]]:
    """As `decode.each`: every record that can be made, and the others with their place (`VehAvail[17]`) and reason."""
    records: list[Record] = []
    skipped: list[SkippedRecord] = []
    for index, element in enumerate(told):
        try:
            records.append(make(converted(element, wire_type)))
        except (ValueError, ArithmeticError) as error:
            skipped.append(SkippedRecord(where=f"{where}[{index}]", why=str(error) or type(error).__name__))
    return tuple(records), tuple(skipped)


def plain(element: Element) -> dict[str, Any]:
    """The element as a plain value: attributes by name, children by name as lists, and `#text` where there is some."""
    value: dict[str, Any] = dict(element.attributes)
    value |= {name: [plain(child) for child in children] for name, children in element.children.items()}
    return value | {TEXT: element.text} if element.text else value


def _text(body: bytes) -> str:
    """The document's characters. Raises ValueError for an unknown encoding, and for bytes that are not in it."""
    encoding = next((name for mark, name in _MARKS if body.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED.match(body)
        called = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
        encoding = _ENCODINGS.get(called)
        if encoding is None:
            raise ValueError(f"encoding {called!r} is not one that we read")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"not {encoding}: {error.reason} at byte {error.start}") from error


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("attributes", "children", "length", "name", "pieces")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name: Final = name
        self.attributes: Final = attributes
        self.children: Final[dict[str, list[Element]]] = {}
        self.pieces: Final[list[str]] = []
        self.length = 0


class _Tree:
    """Grows as expat reads, and refuses to grow beyond its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits: Final = limits
        self._open: Final[list[_Open]] = []
        self._count = 0
        self._root: Element | None = None

    def root(self) -> Element:
        if self._root is None:
            raise ValueError("not well-formed: no root")
        return self._root

    def doctype(self, *_: object) -> None:
        raise ValueError("has a DOCTYPE")

    def begin(self, name: str, told: dict[str, str]) -> None:
        self._count += 1
        if self._count > self._limits.elements:
            raise ValueError(f"more than {self._limits.elements} elements")
        if len(self._open) >= self._limits.depth:
            raise ValueError(f"deeper than {self._limits.depth} elements")
        if len(told) > self._limits.attributes:
            raise ValueError(f"more than {self._limits.attributes} attributes at {_local(name)}")
        for value in told.values():
            self._check(value, len(value))
        attributes = {_local(name): value for name, value in told.items() if " " in name}
        attributes |= {name: value for name, value in told.items() if " " not in name}
        self._open.append(_Open(_local(name), attributes))

    def say(self, text: str) -> None:
        current = self._open[-1]
        current.length += len(text)
        self._check(text, current.length)
        current.pieces.append(text)

    def end(self, _: str) -> None:
        done = self._open.pop()
        element = Element(
            name=done.name, attributes=done.attributes, children=done.children, text="".join(done.pieces).strip()
        )
        if self._open:
            self._open[-1].children.setdefault(element.name, []).append(element)
        else:
            self._root = element

    def _check(self, text: str, length: int) -> None:
        if length > self._limits.text:
            raise ValueError(f"more than {self._limits.text} characters in one place")
        if strange := _CONTROL.search(text):
            raise ValueError(f"holds a control character (U+{ord(strange[0]):04X})")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


Fitting = Callable[[Element], Any]


@cache
def _fitting(wire_type: Any) -> Fitting:
    """How an element becomes the plain value that msgspec makes the type of."""
    return _Cutter().cut(inspect.type_info(wire_type))


class _Cutter:
    """Cuts an element to a type's measure, once for each type: a struct may hold itself."""

    def __init__(self) -> None:
        self._structs: Final[dict[int, Fitting]] = {}

    def cut(self, wanted: inspect.Type) -> Fitting:
        optional, wanted = _without_none(wanted)
        match wanted:
            case inspect.StructType():
                return self._struct(wanted)
            case inspect.AnyType():
                return lambda element: element
            case inspect.DictType():
                return plain
            case inspect.DecimalType():
                # Decimal itself takes NaN, 1_000 and 1E+999999: what is no amount is left to msgspec to refuse by its path.
                return lambda element: _said(element.text, optional=optional, of=_DECIMAL)
            case _:
                return lambda element: _said(element.text, optional=optional)

    def _struct(self, wanted: inspect.StructType) -> Fitting:
        if id(wanted) in self._structs:
            return self._structs[id(wanted)]
        fields: dict[str, Callable[[Element], Any]] = {}

        def fit(element: Element) -> dict[str, Any]:
            told = {name: take(element) for name, take in fields.items()}
            return {name: value for name, value in told.items() if value is not msgspec.UNSET}

        self._structs[id(wanted)] = fit
        fields |= {field.encode_name: self._field(field.encode_name, field.type) for field in wanted.fields}
        return fit

    def _field(self, name: str, wanted: inspect.Type) -> Callable[[Element], Any]:
        """UNSET where the element tells nothing of it; several children for a field that holds one, for msgspec to refuse."""
        optional, inner = _without_none(wanted)
        of = _DECIMAL if isinstance(inner, inspect.DecimalType) else None
        many = isinstance(inner, (inspect.ListType, inspect.VarTupleType))
        fit = self.cut(inner.item_type if isinstance(inner, (inspect.ListType, inspect.VarTupleType)) else wanted)

        def take(element: Element) -> Any:
            if children := element.children.get(name):
                return [fit(child) for child in children] if many or len(children) > 1 else fit(children[0])
            if name == TEXT:
                return _said(element.text, optional=optional, of=of) if element.text else msgspec.UNSET
            if name in element.attributes:
                return _said(element.attributes[name], optional=optional, of=of)
            return msgspec.UNSET

        return take


def _without_none(wanted: inspect.Type) -> tuple[bool, inspect.Type]:
    """Whether there may be nothing, and the type of what there is."""
    if not isinstance(wanted, inspect.UnionType):
        return False, wanted
    others = [kind for kind in wanted.types if not isinstance(kind, inspect.NoneType)]
    optional = len(others) < len(wanted.types)
    return optional, others[0] if len(others) == 1 else inspect.StrType()


def _said(text: str, *, optional: bool, of: "re.Pattern[str] | None" = None) -> str | None:
    """An element or an attribute that is there and says nothing is None where that is possible."""
    if not text and optional:
        return None
    return text if of is None or of.fullmatch(text) else "no number"


class Secret(msgspec.Struct, frozen=True):
    """Where a request holds the secret of that name; `auth.InBody` puts it there when the request is sent."""

    name: str


Value = str | int | Decimal | bool | Secret  # a float has no place in a request
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?", re.ASCII)


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """An element to be written."""

    name: str
    attributes: Mapping[str, Value]
    content: "tuple[Tag | Value, ...]"


def tag(name: str, *content: Tag | Value | None, **attributes: Value | None) -> Tag:
    """`tag("Vendor", tag("Name", "Heron"), Code="HE")`; content and attributes that are None are left out."""
    return Tag(
        name=name,
        attributes={called: value for called, value in attributes.items() if value is not None},
        content=tuple(part for part in content if part is not None),
    )


def written(root: Tag) -> bytes:
    """A whole document in UTF-8. Raises ValueError for a name that is none, and for text that XML can't write."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_written(root)}'.encode()


def _written(part: Tag | Value) -> str:
    if not isinstance(part, Tag):
        return _value(part)
    for name in (part.name, *part.attributes):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a name in XML")
    head = " ".join([part.name, *(f'{name}="{_value(value)}"' for name, value in part.attributes.items())])
    inside = "".join(_written(inner) for inner in part.content)
    return f"<{head}>{inside}</{part.name}>" if inside else f"<{head}/>"


def _value(value: Value) -> str:
    if isinstance(value, Secret):
        return placeholder(value.name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else escaped(str(value))


# The last three would become spaces in an attribute.
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def escaped(text: str) -> str:
    """For text and for attributes in either kind of quotes. Raises ValueError for what XML has no way to write."""
    if strange := _CONTROL.search(text):
        raise ValueError(f"a control character (U+{ord(strange[0]):04X}) can't be written")
    return text.translate(_ESCAPES)
