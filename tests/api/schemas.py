"""As much of JSON Schema as our own document uses, read strictly: an unknown word is a failure of the test."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Schema = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "decimal": Decimal,
}
_SAYS_NOTHING = frozenset({"title", "description", "default", "examples"})


def _is_type(told: str, value: Any) -> bool:
    return isinstance(value, _TYPES[told]) and (told == "boolean" or not isinstance(value, bool))


_CHECKS: Mapping[str, Callable[[Any, Any], object]] = {
    "type": _is_type,
    "enum": lambda told, value: value in told,
    "pattern": re.search,
    "format": lambda told, value: _FORMATS[told](value) is not None,
    "minimum": lambda told, value: value >= told,
    "maximum": lambda told, value: value <= told,
    "minLength": lambda told, value: len(value) >= told,
    "maxLength": lambda told, value: len(value) <= told,
    "minItems": lambda told, value: len(value) >= told,
    "maxItems": lambda told, value: len(value) <= told,
    "required": lambda told, value: set(told) <= set(value),
}


def misfits(schema: Schema, value: Any, document: Schema) -> list[str]:
    """Everything in a value that its schema does not allow."""
    if "$ref" in schema:
        return misfits(_resolved(schema["$ref"], document), value, document)
    if "anyOf" in schema:
        every = [misfits(one, value, document) for one in schema["anyOf"]]
        return [] if [] in every else [said for one in every for said in one]
    if "type" in schema and not _is_type(schema["type"], value):
        return [f"{value!r} is no {schema['type']}"]
    plain = {word: told for word, told in schema.items() if word not in _SAYS_NOTHING | _NESTED.keys()}
    wrong = [f"{value!r} is not {word} {told!r}" for word, told in plain.items() if not _CHECKS[word](told, value)]
    if wrong:
        return wrong
    return [said for word, inside in _NESTED.items() if word in schema for said in inside(schema, value, document)]


def _items(schema: Schema, value: list[Any], document: Schema) -> Iterator[str]:
    for item in value:
        yield from misfits(schema["items"], item, document)


def _properties(schema: Schema, value: dict[str, Any], document: Schema) -> Iterator[str]:
    for name, inner in value.items():
        if name in schema["properties"]:
            yield from (f"{name}: {said}" for said in misfits(schema["properties"][name], inner, document))
        else:
            yield f"nothing is said of {name}"


def _others(schema: Schema, value: dict[str, Any], document: Schema) -> Iterator[str]:
    others = schema["additionalProperties"]
    if others is False:  # `_properties` finds them
        return
    for inner in value.values():
        yield from misfits(others, inner, document)


_NESTED: Mapping[str, Callable[[Schema, Any, Schema], Iterator[str]]] = {
    "items": _items,
    "properties": _properties,
    "additionalProperties": _others,
}


def _resolved(reference: str, document: Schema) -> Schema:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, dict)
    return found
