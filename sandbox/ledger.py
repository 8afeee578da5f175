"""Every call that suppliers' sandboxes were asked, in order of arrival, within bounded memory."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import msgspec

NOT_ANSWERED: Final = 0
_MOST_ROWS: Final = 200_000


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is 0 while the call waits for its answer, and stays so when it never gets one.

    `under_way` until the answer is sent as a whole, or the caller has gone away.
    """

    time: datetime
    supplier: str
    operation: str
    status: int
    credential: str | None
    under_way: bool = True


class Ledger:
    """`dropped` counts the oldest rows that had to go."""

    def __init__(self, *, clock: Callable[[], datetime], most_rows: int = _MOST_ROWS) -> None:
        self._clock: Final = clock
        self._most_rows: Final = most_rows
        self._rows: Final[OrderedDict[int, Row]] = OrderedDict()
        self._next = 0
        self.dropped = 0

    def arrived(self, *, supplier: str, operation: str, credential: str | None) -> int:
        """Written before anything is answered, so that a call whose caller dies is in the books. Gives its number."""
        number, self._next = self._next, self._next + 1
        self._rows[number] = Row(
            time=self._clock(), supplier=supplier, operation=operation, status=NOT_ANSWERED, credential=credential
        )
        if len(self._rows) > self._most_rows:
            self._rows.popitem(last=False)
            self.dropped += 1
        return number

    def answered(self, number: int, status: int) -> None:
        row = self._rows.get(number)
        if row is not None:  # else it was dropped or wiped in the meantime
            self._rows[number] = msgspec.structs.replace(row, status=status)

    def over(self, number: int) -> None:
        """Nobody waits for it any more, answered or not."""
        row = self._rows.get(number)
        if row is not None:
            self._rows[number] = msgspec.structs.replace(row, under_way=False)

    def rows(self, *, supplier: str | None = None, operation: str | None = None) -> Iterator[Row]:
        for row in self._rows.values():
            if supplier in (None, row.supplier) and operation in (None, row.operation):
                yield row

    def wipe(self) -> int:
        """Forgets everything and says how many rows that were."""
        count = len(self._rows)
        self._rows.clear()
        self.dropped = 0
        return count


def summary(rows: Iterator[Row]) -> dict[str, dict[str, dict[str, int]]]:
    """How many calls, by supplier, operation and status."""
    counts = Counter((row.supplier, row.operation, row.status) for row in rows)
    told: dict[str, dict[str, dict[str, int]]] = {}
    for (supplier, operation, status), count in sorted(counts.items()):
        told.setdefault(supplier, {}).setdefault(operation, {})[str(status)] = count
    return told
