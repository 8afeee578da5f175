"""Who has searched for what: noted in passing, written to the books in bulk a moment later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.searching import Searching
from storage import asked
from storage.asked import Note
from storage.engine import transaction
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
WRITTEN_EVERY: Final = 5.0  # seconds
# Looking at a search that was asked before asks nothing new.
LOOK: Final = "/v1/searches/{search_id}"
_MOST_NOTES: Final = 50_000  # while PostgreSQL is away

_Times = tuple[int, datetime, datetime]  # how often, and when for the first and the last time
_Notes = dict[tuple[str, str], _Times]  # by owner and search


class Notebook:
    """One for each process. A note costs a write into a dict, so that an answer from memory can afford it."""

    def __init__(self, *, engine: AsyncEngine, searching: Searching) -> None:
        self._engine: Final = engine
        self._searching: Final = searching
        self._notes: _Notes = {}
        self._left_out = 0

    def note(self, owner: str, search_id: str, now: datetime) -> None:
        key = owner, search_id
        known = self._notes.get(key)
        if known is not None:
            self._notes[key] = known[0] + 1, known[1], now
        elif len(self._notes) < _MOST_NOTES:
            self._notes[key] = 1, now, now
        else:
            self._left_out += 1

    async def write(self) -> bool:
        """Everything that was noted; False when there was nothing. Raises StorageDown; then it is written next time."""
        notes, self._notes = self._notes, {}
        if not notes:
            return False
        try:
            rows = await self._rows(notes)
            async with transaction(self._engine) as connection:
                await asked.note(connection, rows)
        except StorageDown:
            self._notes = _joined((*notes.items(), *self._notes.items()))
            raise
        if left_out := self._left_out:
            self._left_out = 0
            _log.warning("history.left_out", searches=left_out)
        return True

    def leave_out(self, owner: str) -> None:
        """What was noted of them and is not written yet."""
        self._notes = {key: note for key, note in self._notes.items() if key[0] != owner}

    async def forget(self, caller: str) -> None:
        """Everything that this caller has searched for. Raises StorageDown.

        What another process has noted in the last seconds comes after it.
        """
        self.leave_out(caller)
        async with transaction(self._engine) as connection:
            await asked.forget(connection, caller)

    async def _rows(self, notes: _Notes) -> list[Note]:
        """A question that nobody remembers any more can't be asked again."""
        rows = []
        for (caller, search_id), (times, first, last) in notes.items():
            query = await self._searching.question(search_id)
            if query is None:
                _log.warning("history.question_forgotten", search=search_id)
            else:
                rows.append(Note(caller=caller, query=query, times=times, first_asked_at=first, last_asked_at=last))
        return rows


def _joined(notes: Iterable[tuple[tuple[str, str], _Times]]) -> _Notes:
    joined: _Notes = {}
    for key, (times, first, last) in notes:
        before = joined.get(key, (0, first, last))
        joined[key] = before[0] + times, min(before[1], first), max(before[2], last)
    return joined
