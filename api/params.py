"""Strict reading of what a client sends: every fault at once, unknown names among them."""

import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Final, Generic, TypeVar, Union, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from api.problems import Flaw, Kind, Problem
from domain.queries import Fault

Taken = TypeVar("Taken", bound=msgspec.Struct)
_MOST_PARAMETERS: Final = 100
_LONGEST_NAME: Final = 100  # of an unknown name that an answer repeats


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """A call that takes no parameters."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Several kinds of body, of which the word in one field tells the one that is meant.

    A body with a field that is `marked` is of that kind, and needs no word.
    """

    field: str
    kinds: Mapping[str, type[msgspec.Struct]]
    default: str
    marked: Mapping[str, type[msgspec.Struct]] = types.MappingProxyType({})


class Reading(msgspec.Struct, Generic[Taken], frozen=True, kw_only=True):
    """What could be read, by field name with defaults filled in, and what could not.

    `names` are the fields that were sent, readable or not.
    """

    kind: type[Taken]
    values: Mapping[str, Any]
    faults: tuple[Fault, ...]
    names: frozenset[str]

    def made(self) -> Taken:
        """Only for a reading without faults."""
        return self.kind(**self.values)


def from_query(kind: type[Taken], query_string: str) -> Reading[Taken]:
    """Raises Problem (400) for a query string that is none."""
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise Problem(Kind.MALFORMED, f"The query string can't be read: {error}") from error
    sent: dict[str, str] = {}
    twice = []
    for name, value in pairs:
        if name in sent:
            twice.append(Fault(field=name, detail="is given more than once"))
        sent[name] = value
    return _read(kind, sent, twice, strict=False)


def from_body(kind: type[Taken] | Choice, body: bytes) -> "Reading[Any]":
    """Raises Problem: 400 for what is no JSON, 422 for JSON that is no object."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(Kind.MALFORMED, f"The body is not JSON: {error}") from error
    except RecursionError as error:
        raise Problem(Kind.MALFORMED, "The body is nested too deeply") from error
    if not isinstance(sent, dict):
        raise Problem(Kind.INVALID, "The body must be a JSON object", flaws=[Flaw(pointer="", detail="is no object")])
    if isinstance(kind, Choice):
        return _chosen(kind, sent)
    return _read(kind, sent, (), strict=True)


def flaws(faults: Iterable[Fault], *, in_body: bool) -> Iterator[Flaw]:
    for fault in faults:
        if in_body:
            yield Flaw(pointer=f"/{fault.field}", detail=fault.detail)
        else:
            yield Flaw(parameter=fault.field, detail=fault.detail)


def _chosen(choice: Choice, sent: Mapping[str, Any]) -> "Reading[Any]":
    """As long as nobody knows what is meant, nothing can be said of the other fields."""
    for name, kind in choice.marked.items():
        if name in sent:
            return _read(kind, sent, (), strict=True)
    told = sent.get(choice.field)
    word = choice.default if told is None else told
    meant = choice.kinds.get(word) if isinstance(word, str) else None
    if meant is None:
        fault = Fault(field=choice.field, detail=f"must be one of {', '.join(choice.kinds)}")
        some = choice.kinds[choice.default]
        return Reading(kind=some, values={}, faults=(fault,), names=frozenset(sent))
    return _read(meant, sent, (), strict=True)


def _read(kind: type[Taken], sent: Mapping[str, Any], noticed: Iterable[Fault], *, strict: bool) -> Reading[Taken]:
    faults = list(noticed)
    values: dict[str, Any] = {}
    fields = fields_of(kind)
    for name, field in fields.items():
        if name not in sent or (strict and sent[name] is None and not field.required):
            if field.required:
                faults.append(Fault(field=name, detail="is required"))
            else:
                values[name] = field.default
            continue
        wanted = without_none(field.type)
        told = sent[name] if strict or not takes_several(wanted) else _apart(sent[name])
        try:
            values[name] = msgspec.convert(told, wanted, strict=strict)
        except msgspec.ValidationError as error:
            faults.append(_fault(name, str(error), in_body=strict))
    known = ", ".join(fields)
    for name in sent:
        if name not in fields:
            place = _pointed(name) if strict else name[:_LONGEST_NAME]
            faults.append(Fault(field=place, detail=f"is unknown here; known are {known or 'none'}"))
    return Reading(kind=kind, values=values, faults=tuple(faults), names=frozenset(sent))


def _apart(text: str) -> list[str]:
    """Several values in a URL are separated by commas."""
    return text.split(",") if text else []


def _fault(name: str, said: str, *, in_body: bool) -> Fault:
    """msgspec says `Expected …, got … - at `$[2]``; the place belongs to a pointer, and a parameter has none."""
    detail, _, place = said.partition(" - at `$")
    inner = place.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/") if in_body else ""
    return Fault(field=f"{name}{inner}", detail=detail[:1].lower() + detail[1:])


def _pointed(name: str) -> str:
    """RFC 6901 escapes."""
    return name[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1")


@cache
def fields_of(kind: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return types.MappingProxyType({field.encode_name: field for field in msgspec.structs.fields(kind)})


@cache
def without_none(kind: Any) -> Any:
    """An optional field may be left out; `null` spelled out in a URL is a value like any other, and a wrong one."""
    if get_origin(kind) in (Union, types.UnionType):
        given = tuple(member for member in get_args(kind) if member is not types.NoneType)
        return given[0] if len(given) == 1 else Union[given]  # noqa: UP007  # the members are known at run time only
    return kind


@cache
def takes_several(kind: Any) -> bool:
    """Whether values of this type are lists."""
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_origin(bare) is tuple
