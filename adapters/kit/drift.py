"""What a supplier says, compared with the words that we know: fields nobody told us of, and fields that stay away."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one operation's replies, as wire.py has them.

    `type` is the wire type of the whole reply, or a union where it takes several forms. `records` gives the type of what
    stands as `msgspec.Raw`, by its path; `passed_over` names paths that we know and deliberately do not read, each with
    all that is beneath it. A path is written like `data[].route[].flyFrom`, a key of a dict is `*`.
    """

    type: Any
    records: Mapping[str, Any] = {}
    passed_over: frozenset[str] = frozenset()
