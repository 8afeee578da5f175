"""What is to go wrong next: faults ordered from outside, per supplier and operation, for a count."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

import msgspec


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
    SPOIL = "spoil"


# What an order may say beside its kind, and what is meant where it does not.
DEFAULTS: Final[Mapping[Kind, Mapping[str, float | None]]] = MappingProxyType(
    {
        Kind.SLOW: {"seconds": 2.0},
        Kind.HANG: {"seconds": 60.0},
        Kind.STATUS: {"status": 503, "seconds": None},  # seconds: what Retry-After says
        Kind.RESET: {},
        Kind.CUT: {},
        Kind.GARBAGE: {},
        Kind.HTML: {"status": 200},
        Kind.EMPTY: {},
        Kind.WRONG_JSON: {},
        Kind.SPOIL: {},
    }
)

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Status = Annotated[int, msgspec.Meta(ge=200, le=599)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=600)]


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`operation` None means any, `count` None until deleted."""

    supplier: str
    kind: Kind
    operation: str | None = None
    count: _Count | None = 1
    status: _Status | None = None
    seconds: _Seconds | None = None


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`left` calls will still meet it, None: every one until it is deleted."""

    id: int
    supplier: str
    kind: Kind
    operation: str | None
    left: int | None
    status: int | None
    seconds: float | None

    def meets(self, supplier: str, operation: str) -> bool:
        return self.supplier == supplier and self.operation in (None, operation)


class Faults:
    """The oldest order that meets a call strikes. Nothing awaits in here, so no two calls claim the same strike."""

    def __init__(self) -> None:
        self._waiting: Final[dict[int, Fault]] = {}
        self._next = 1

    def add(self, order: Order) -> Fault:
        usual = DEFAULTS[order.kind]
        status, seconds = usual.get("status"), usual.get("seconds")
        fault = Fault(
            id=self._next,
            supplier=order.supplier,
            kind=order.kind,
            operation=order.operation,
            left=order.count,
            status=order.status if order.status is not None else None if status is None else int(status),
            seconds=order.seconds if order.seconds is not None else seconds,
        )
        self._next += 1
        self._waiting[fault.id] = fault
        return fault

    def claim(self, supplier: str, operation: str) -> Fault | None:
        """The fault that this call meets, counted down."""
        fault = next((fault for fault in self._waiting.values() if fault.meets(supplier, operation)), None)
        if fault is None or fault.left is None:
            return fault
        if fault.left == 1:
            del self._waiting[fault.id]
        else:
            self._waiting[fault.id] = msgspec.structs.replace(fault, left=fault.left - 1)
        return fault

    def clear(self, fault_id: int | None = None) -> int:
        """Takes back one order, or all of them, and says how many."""
        gone = list(self._waiting) if fault_id is None else [key for key in self._waiting if key == fault_id]
        for key in gone:
            del self._waiting[key]
        return len(gone)

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._waiting.values()))


def misplaced(order: Order) -> str | None:
    """The field that means nothing for the order's kind, such as the status of a reset."""
    told = {"status": order.status, "seconds": order.seconds}
    return next((name for name, value in told.items() if value is not None and name not in DEFAULTS[order.kind]), None)
