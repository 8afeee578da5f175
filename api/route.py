"""What a row of the table of calls says."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from api.calls import Asked, Reply
from api.params import Choice, Nothing, Reading
from api.problems import Kind
from api.services import Services
from domain.queries import Fault

JSON: Final = "application/json"
STREAM: Final = "text/event-stream"
HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"


class Who(Enum):
    """A caller is somebody, by a token or by an API key of theirs; a person has signed in."""

    ANYBODY = "anybody"
    CALLER = "caller"
    PERSON = "person"
    OPERATOR = "operator"
    ADMIN = "admin"


class Group(Enum):
    """How the documentation sorts the calls."""

    SEARCH = "Search"
    DETAILS = "Details"
    AVIATION = "Aviation data"
    PEOPLE = "People"
    BOOKINGS = "Bookings and payments"
    WEBHOOKS = "Webhooks"
    OPERATIONS = "Operations"
    ABOUT = "About this API"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one status means. It is one of the `shapes`, of which there are none where there is no JSON.

    `events` are those of the stream that whoever accepts one gets instead.
    """

    meaning: str
    shapes: tuple[type[msgspec.Struct], ...] = ()
    events: tuple[type[msgspec.Struct], ...] = ()
    media_type: str | None = JSON
    headers: tuple[str, ...] = ()


Call = Callable[[Services, Asked[Any, Any]], Awaitable[Reply]]
Further = Callable[["Reading[Any]", Services], Iterable[Fault]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """`further` finds what one field alone can't tell. `place` explains the names in the path.

    `name` is what the operation is called in the document; where it is not told, the call's own name makes it.
    An unlimited call costs nobody anything of their quota: load balancers look at it all the time. An `idempotent` one
    spends or refunds money, and is carried out once for each key. `problems` are those that not every call has.
    A `signed` call gets its body as it was sent, in `Asked.sent`, because somebody has signed it to the last byte.
    """

    method: str
    path: str
    call: Call
    group: Group
    summary: str
    answers: Mapping[int, Answer]
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] | Choice | None = None
    further: Further | None = None
    place: Mapping[str, str] = MappingProxyType({})
    example: str = ""
    name: str = ""
    who: Who = Who.ANYBODY
    unlimited: bool = False
    cacheable: bool = False
    idempotent: bool = False
    signed: bool = False
    problems: tuple[Kind, ...] = ()


def one(meaning: str, *shapes: type[msgspec.Struct], headers: tuple[str, ...] = ()) -> Mapping[int, Answer]:
    """The answers of a call that either finds what it is asked for or has a problem."""
    return MappingProxyType({200: Answer(meaning=meaning, shapes=shapes, headers=headers)})
