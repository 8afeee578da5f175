"""Forms as Stripe takes them: names in brackets make objects, numbers in brackets make lists."""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

_PART: Final = re.compile(r"\[([^\[\]]*)\]")


def nested(form: str) -> dict[str, Any]:
    """`a[b]=1&c[0][d]=2` as `{"a": {"b": "1"}, "c": [{"d": "2"}]}`; an empty value unsets."""
    told: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        first, _, rest = name.partition("[")
        place = told
        path = [first, *_PART.findall(f"[{rest}")] if rest else [first]
        for part in path[:-1]:
            inner = place.setdefault(part or str(len(place)), {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[path[-1] or str(len(place))] = value
    return {name: _listed(value) for name, value in told.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    return list(inner.values()) if inner and _counts(inner) else inner


def _counts(names: Iterable[str]) -> bool:
    return all(name.isdecimal() for name in names)
