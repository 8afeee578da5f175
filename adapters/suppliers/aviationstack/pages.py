"""One page after the other: a hundred rows at a time, counted by ourselves."""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.aviationstack.wire import Page, Pagination

PAGE_LIMIT: Final = 100  # the most that Free and Basic plans are given
TOTAL_CAP: Final = 10_000  # a total of exactly this may stand for any larger number

_PAGE: Final = msgspec.json.Decoder(Page)
_OFFSET: Final = "offset"

Row = TypeVar("Row")
Record = TypeVar("Record")


def page_call(operation: str, path: str, *wishes: tuple[str, str], offset: int = 0) -> Call:
    params = (*wishes, ("limit", str(PAGE_LIMIT)), (_OFFSET, str(offset)))
    return Call(operation=operation, path=path, params=params)


def read_page(
    reply: Reply, call: Call, decoder: "msgspec.json.Decoder[Row]", make: Callable[[Row], Record]
) -> Readout[Record]:
    """The records of a page, and the call for the one that follows; a short page is the last one."""
    page = decoded(reply, _PAGE)
    offset = offset_of(call)
    records, skipped = each(page.data, decoder, make, f"offset {offset} data")
    pagination = page.pagination or Pagination()
    total = None if pagination.total == TOTAL_CAP else pagination.total
    following = offset + len(page.data)
    short = len(page.data) < min(PAGE_LIMIT, pagination.limit or PAGE_LIMIT) or not page.data
    last = short or (total is not None and following >= total)
    return Readout(
        records=records,
        skipped=skipped,
        next=None if last else _following(call, following),
        expected=total,
    )


def offset_of(call: Call) -> int:
    return int(dict(call.params)[_OFFSET])


def _following(call: Call, offset: int) -> Call:
    wishes = tuple(param for param in call.params if param[0] != _OFFSET)
    return msgspec.structs.replace(call, params=(*wishes, (_OFFSET, str(offset))))


class _Named(Protocol):
    @property
    def id(self) -> str | None: ...


NamedRow = TypeVar("NamedRow", bound=_Named)


def naming_the_row(make: Callable[[NamedRow], Record]) -> Callable[[NamedRow], Record]:
    """The same, with the row's own id in front of the reason why nothing could be made of it."""

    def made(row: NamedRow) -> Record:
        try:
            return make(row)
        except ValueError as error:
            raise ValueError(f"id {row.id}: {error}") from error

    return made
