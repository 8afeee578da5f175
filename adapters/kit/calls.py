"""What goes to a supplier and what comes back, as plain values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from domain.searches import SkippedRecord

Record = TypeVar("Record")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request before credentials: `path` is relative to the supplier's base URL and starts with a slash.

    `operation` names the kind of call in budgets, cassettes and ledgers. `params` keep their order, a name may repeat.
    `reads_only` says that sending it twice does no harm, so that the kit may retry it. `notes` are never sent: what
    the reader of the reply has to remember, such as the properties that the next call asks for.
    """

    operation: str
    path: str
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    reads_only: bool = True
    notes: tuple[str, ...] = ()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's whole answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Readout(msgspec.Struct, Generic[Record], frozen=True, kw_only=True):
    """What `read` made of a reply. `next` is the call to follow (the next page, another poll), None at the end.

    `wait` are the seconds to let pass before it: a poll may repeat its call, a page may not.
    `expected` is the supplier's own count of all records over all pages, where it tells one.
    """

    records: tuple[Record, ...]
    skipped: tuple[SkippedRecord, ...] = ()
    next: Call | None = None
    expected: int | None = None
    wait: float = 0.0
