"""What a supplier says, compared with the words that we know: fields nobody told us of, and fields that stay away."""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from adapters.kit import xml

_LOOKED_AT: Final = 100  # records of one list; the others say the same
_MOST_UNKNOWN: Final = 500  # of one reply
_LONGEST_NAME: Final = 80


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one operation's replies, as wire.py has them.

    `type` is the wire type of the whole reply, or a union where it takes several forms. `records` gives the type of what
    stands as `msgspec.Raw`, by its path; `passed_over` names paths that we know and deliberately do not read, each with
    all that is beneath it. A path is written like `data[].route[].flyFrom`, a key of a dict is `*`.
    """

    type: Any
    records: Mapping[str, Any] = {}
    passed_over: frozenset[str] = frozenset()


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of one reply: path -> the types of what stood there (`number`, `null | text`), never a value.

    `missed` are the fields that we read and that nothing held, though what could have held them was there.
    """

    read: Mapping[str, str]
    passed_over: Mapping[str, str]
    unknown: Mapping[str, str]
    missed: frozenset[str]


def sampled(body: bytes, shape: Shape) -> Sample | None:
    """None for a body that is neither JSON nor XML: no word of it can be compared."""
    try:
        surveyor = _Surveyor(shape)
        surveyor.survey(_value(body), _info(shape.type), "")
    except (ValueError, RecursionError):
        return None
    return surveyor.sample()


def _value(body: bytes) -> Any:
    if body.lstrip()[:1] in (b"{", b"["):
        return msgspec.json.decode(body)
    return xml.plain(xml.document(body))


@cache
def _info(wire_type: Any) -> inspect.Type:
    """Also of a union of structs that nothing but their fields tells apart, which msgspec itself does not read."""
    if get_origin(wire_type) in (Union, UnionType):
        return inspect.UnionType(types=tuple(_info(member) for member in get_args(wire_type)))
    return inspect.type_info(wire_type)


class _Surveyor:
    """Walks through a reply and its type side by side, and takes down what it meets."""

    def __init__(self, shape: Shape) -> None:
        self._shape: Final = shape
        self._read: Final[dict[str, set[str]]] = {}
        self._passed_over: Final[dict[str, set[str]]] = {}
        self._unknown: Final[dict[str, set[str]]] = {}
        self._absent: Final[set[str]] = set()

    def sample(self) -> Sample:
        return Sample(
            read=_spoken(self._read),
            passed_over=_spoken(self._passed_over),
            unknown=_spoken(self._unknown),
            missed=frozenset(self._absent - self._read.keys()),
        )

    def survey(self, value: Any, known: inspect.Type, path: str) -> None:
        forms = tuple(self._forms(known, path))
        if isinstance(value, dict):
            self._object(value, forms, path)
        elif isinstance(value, list):
            self._list(value, forms, path)

    def _forms(self, known: inspect.Type, path: str) -> Iterable[inspect.Type]:
        """What may stand there: the members of a union, and the record for which a raw value stands."""
        if isinstance(known, inspect.UnionType):
            for member in known.types:
                yield from self._forms(member, path)
        elif isinstance(known, (inspect.RawType, inspect.AnyType)) and path in self._shape.records:
            yield from self._forms(_info(self._shape.records[path]), path)
        else:
            yield known

    def _object(self, value: dict[str, Any], forms: tuple[inspect.Type, ...], path: str) -> None:
        structs = [form for form in forms if isinstance(form, inspect.StructType)]
        if any(isinstance(form, (inspect.AnyType, inspect.RawType)) for form in forms):
            return
        maps = [form for form in forms if isinstance(form, inspect.DictType)]
        if maps and not structs:
            for inner in islice(value.values(), _LOOKED_AT):
                self.survey(inner, maps[0].value_type, _beneath(path, "*"))
            return
        fields = {field.encode_name: field for struct in structs for field in struct.fields}
        silent = {struct.tag_field for struct in structs} if structs else {xml.TEXT}
        for name, inner in value.items():
            if name in fields:
                self._note(self._read, _beneath(path, name), inner)
                self.survey(inner, fields[name].type, _beneath(path, name))
            elif name not in silent:
                self._strange(_beneath(path, name), inner)
        self._absent.update(_beneath(path, name) for name in _nearest(structs, value) if name not in value)

    def _list(self, value: list[Any], forms: tuple[inspect.Type, ...], path: str) -> None:
        alone = []
        for form in forms:
            match form:
                case inspect.ListType() | inspect.VarTupleType():
                    for inner in islice(value, _LOOKED_AT):
                        self.survey(inner, form.item_type, f"{path}[]")
                    return
                case inspect.StructType(array_like=True):
                    self._row(value, form, path)
                    return
                case _:
                    alone.append(form)
        for inner in islice(value, _LOOKED_AT):  # in XML every child stands in a list, also an only one
            if isinstance(inner, dict):
                self._object(inner, tuple(alone), path)

    def _row(self, value: list[Any], struct: inspect.StructType, path: str) -> None:
        """A struct whose fields stand one after the other, without their names."""
        for index, inner in enumerate(value):
            if index < len(struct.fields):
                field = struct.fields[index]
                self._note(self._read, _beneath(path, field.encode_name), inner)
                self.survey(inner, field.type, _beneath(path, field.encode_name))
            else:
                self._strange(f"{path}[{index}]", inner)
        self._absent.update(_beneath(path, field.encode_name) for field in struct.fields[len(value) :])

    def _strange(self, path: str, value: Any) -> None:
        if path in self._shape.passed_over:
            self._note(self._passed_over, path, value)
        elif path in self._unknown or len(self._unknown) < _MOST_UNKNOWN:
            self._note(self._unknown, path, value)

    def _note(self, where: dict[str, set[str]], path: str, value: Any) -> None:
        where.setdefault(path, set()).add(_kind(value))


def _nearest(structs: Iterable[inspect.StructType], value: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of the form that has most in common with what was told."""
    forms = (tuple(field.encode_name for field in struct.fields) for struct in structs)
    return max(forms, key=lambda names: sum(name in value for name in names), default=())


# bool before int: it is one.
_KINDS: Final[tuple[tuple[type[Any], str], ...]] = (
    (bool, "yes or no"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (list, "list"),
    (dict, "object"),
)


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _beneath(path: str, name: str) -> str:
    """A name is the supplier's own choice: it is cut, and signs that nobody can print are not taken over."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:_LONGEST_NAME])
    return f"{path}.{shown}" if path else shown


def _spoken(noted: Mapping[str, set[str]]) -> dict[str, str]:
    return {path: " | ".join(sorted(kinds)) for path, kinds in sorted(noted.items())}
