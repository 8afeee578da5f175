"""What a vertical of travel brings along, so that every call serves all of them alike."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from api.params import Reading
from api.views import Lens, Seen, View
from api.wishes import Bearings, SearchWishes
from domain.places import Atlas
from domain.queries import Fault, Query
from domain.searches import Result


class Vertical(msgspec.Struct, frozen=True, kw_only=True):
    """`search` is what a call takes, `new` the body of a search as a resource, `wishes` what to show of one that is held.

    `faults` finds what one field alone can't tell; `query` makes the question of what has none. `over_at` is when a
    question stops making sense. `facets`, `shown` and `detailed` give shapes, the first two with the question at hand.
    """

    name: str
    product: type[Any]
    search: type[SearchWishes]
    new: type[SearchWishes]
    wishes: type[SearchWishes]
    answer: type[msgspec.Struct]
    details: type[msgspec.Struct]
    faults: Callable[["Reading[Any]", Bearings], Iterable[Fault]]
    query: Callable[[Any, Bearings], Query]
    over_at: Callable[[Any, Atlas], datetime]
    view: Callable[[Any], View]
    lens: Lens
    facets: Callable[[Sequence[Result], Any], msgspec.Struct]
    shown: Callable[[Seen, Any], msgspec.Struct]
    detailed: Callable[[Any], msgspec.Struct]
    example: dict[str, object]
