"""What suppliers have really booked, whatever they told of it: the truth against which our own books are held."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import falcon.asgi
import msgspec

from sandbox.pages import parameters, send


class Booked(msgspec.Struct, kw_only=True):
    """`number` is the supplier's own, `reference` the caller's where it was kept, `surname` that of the first traveller.

    `state` is held, booked or cancelled.
    """

    supplier: str
    number: str
    reference: str | None
    surname: str
    state: str
    made_at: datetime
    ended_at: datetime | None = None


class Books:
    """Each supplier's sandbox writes here what it has stored; nothing is ever taken out."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock: Final = clock
        self._rows: Final[dict[tuple[str, str], Booked]] = {}

    def made(self, supplier: str, number: str, *, reference: str | None, surname: str, held: bool = False) -> None:
        state = "held" if held else "booked"
        self._rows[supplier, number] = Booked(
            supplier=supplier, number=number, reference=reference, surname=surname, state=state, made_at=self._clock()
        )

    def paid(self, supplier: str, number: str) -> None:
        """What was held is booked."""
        self._rows[supplier, number].state = "booked"

    def ended(self, supplier: str, number: str) -> None:
        """Cancelled, or given up by whoever held it."""
        row = self._rows[supplier, number]
        row.state, row.ended_at = "cancelled", self._clock()

    def rows(self, **wanted: str) -> Iterator[Booked]:
        """Names are compared as suppliers keep them, whatever their case."""
        for row in self._rows.values():
            if all(getattr(row, name).casefold() == told.casefold() for name, told in wanted.items()):
                yield row


class BooksPage:
    def __init__(self, books: Books) -> None:
        self._books: Final = books

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        asked = parameters(req, "supplier", "surname", "state")
        send(resp, {"orders": list(self._books.rows(**asked))})
