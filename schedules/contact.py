"""Whether a server that we lean on is there: its loss is logged once, and so is its return."""

from typing import Final

import structlog

_log: Final = structlog.get_logger()


class Contact:
    """`server` stands in the event's name: `schedule.postgresql_lost`, `schedule.postgresql_back`."""

    def __init__(self, server: str) -> None:
        self._server: Final = server
        self._lost = False

    def lost(self, why: Exception) -> None:
        if not self._lost:
            _log.warning(f"schedule.{self._server}_lost", why=str(why))
        self._lost = True

    def back(self) -> None:
        if self._lost:
            _log.info(f"schedule.{self._server}_back")
        self._lost = False
