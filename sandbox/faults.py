"""What is to go wrong next: faults ordered from outside, per supplier and operation, for a count."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from sandbox.countdown import Countdown, Ordered


class Kind(StrEnum):
    SLOW = "slow"
    HANG = "hang"
    STATUS = "status"
    RESET = "reset"
    CUT = "cut"
    GARBAGE = "garbage"
    HTML = "html"
    EMPTY = "empty"
    WRONG_JSON = "wrong_json"
    WRONG_XML = "wrong_xml"
    SPOIL = "spoil"
    DRIP = "drip"
    HUGE = "huge"


# What an order may say beside its kind, and what is meant where it does not.
DEFAULTS: Final[Mapping[Kind, Mapping[str, float | None]]] = MappingProxyType(
    {
        Kind.SLOW: {"seconds": 2.0},
        Kind.HANG: {"seconds": 60.0},
        Kind.STATUS: {"status": 503, "seconds": None, "headers": None},  # seconds: what Retry-After says
        Kind.RESET: {},
        Kind.CUT: {},
        Kind.GARBAGE: {},
        Kind.HTML: {"status": 200},
        Kind.EMPTY: {},
        Kind.WRONG_JSON: {},
        Kind.WRONG_XML: {},
        Kind.SPOIL: {},
        Kind.DRIP: {"seconds": 0.5},  # between two bytes
        Kind.HUGE: {"megabytes": 64.0},
    }
)

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Status = Annotated[int, msgspec.Meta(ge=200, le=599)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]
_Megabytes = Annotated[float, msgspec.Meta(gt=0, le=4096)]
# What frames the answer is the server's own business.
_HeaderName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!(?i:content-length|content-type|transfer-encoding|connection)$)[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
    ),
]
_HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[ -~]*$")]


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`operation` None means any, `count` None until deleted.

    With `after` the supplier's own app first handles the call and stores what it stores; then the fault strikes the reply.
    """

    supplier: str
    kind: Kind
    operation: str | None = None
    count: _Count | None = 1
    after: bool = False
    status: _Status | None = None
    seconds: _Seconds | None = None
    megabytes: _Megabytes | None = None
    headers: dict[_HeaderName, _HeaderValue] | None = None


class Fault(Ordered, frozen=True, kw_only=True):
    kind: Kind
    after: bool
    status: int | None = None
    seconds: float | None = None
    megabytes: float | None = None
    headers: Mapping[str, str] | None = None


class Faults(Countdown[Fault]):
    def add(self, order: Order) -> Fault:
        meant: dict[str, Any] = {**DEFAULTS[order.kind], **_said(order)}
        return self.put(
            lambda number: Fault(
                id=number,
                supplier=order.supplier,
                operation=order.operation,
                left=order.count,
                kind=order.kind,
                after=order.after,
                **meant,
            )
        )


def misplaced(order: Order) -> str | None:
    """The field that means nothing for the order's kind, such as the status of a reset."""
    return next((name for name in _said(order) if name not in DEFAULTS[order.kind]), None)


def _said(order: Order) -> dict[str, object]:
    """What the order says beside its kind."""
    fields = {"status": order.status, "seconds": order.seconds, "megabytes": order.megabytes, "headers": order.headers}
    return {name: value for name, value in fields.items() if value is not None}
