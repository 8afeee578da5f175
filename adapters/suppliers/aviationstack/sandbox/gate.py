"""Who may come in: keys, plans, the quota of a month, and how fast one may ask."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

LARGEST_PAGE = 100

_KEY_PREFIX = "sandbox-aviationstack-"
_UNHURRIED_KEY = "sandbox-aviationstack-key"  # Basic, but nobody counts the seconds between its boards
_FREE_KEY = "sandbox-aviationstack-free"
_MONTH = timedelta(days=30)
_SPEED = (5, timedelta(seconds=1))  # unverified: the documents name the refusal but not the speed
_BOARDS = {"timetable", "future"}
_BETWEEN_BOARDS = {False: timedelta(seconds=10), True: timedelta(seconds=60)}  # by: is it Free?
_NOT_FREE = {"routes", *_BOARDS}

_NUMBER = re.compile(r"[0-9]{1,9}")


class Refused(Exception):
    """One of aviationstack's error answers."""

    def __init__(
        self, status: int, code: str, message: str, context: Mapping[str, list[dict[str, str]]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, **({"context": context} if context else {})}}


def invalid(parameter: str, key: str, message: str) -> Refused:
    complaint = {"key": key, "message": message}
    return Refused(400, "validation_error", "The request has parameters that are not valid.", {parameter: [complaint]})


class Meter:
    """What each key has used, counted exactly and at arrival: a call counts when it is let in."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._boards: dict[tuple[str, str], datetime] = {}

    def admit(self, key: str, operation: str) -> None:
        now, calls = self._now(), self._calls[key]
        while calls and calls[0] <= now - _MONTH:
            calls.popleft()
        if len(calls) >= (100 if is_free(key) else 10_000):
            raise Refused(429, "usage_limit_reached", "The monthly volume of requests of your plan is used up.")
        most, span = _SPEED
        last = self._boards.get((key, operation))
        if (len(calls) >= most and calls[-most] > now - span) or (
            last is not None and now - last < _BETWEEN_BOARDS[is_free(key)]
        ):
            raise Refused(429, "rate_limit_reached", "You are sending requests faster than your plan allows.")
        calls.append(now)
        if operation in _BOARDS and key != _UNHURRIED_KEY:
            self._boards[key, operation] = now


def is_free(key: str) -> bool:
    return key == _FREE_KEY


def checked(key: str | None) -> str:
    if key is None:
        raise Refused(401, "missing_access_key", "No access key was shown. Send it as access_key=YOUR_ACCESS_KEY.")
    if not key.startswith(_KEY_PREFIX) or key == _KEY_PREFIX:
        raise Refused(401, "invalid_access_key", "The access key that was shown is not valid.")
    return key


class Asked:
    """The parameters of one call; those that mean nothing to aviationstack are passed over, as it does."""

    def __init__(self, operation: str, params: Mapping[str, Any], *, free: bool) -> None:
        self._params = {name: str(value[0] if isinstance(value, list) else value) for name, value in params.items()}
        if free and (operation in _NOT_FREE or {"search", "flight_date"} & self._params.keys()):
            raise Refused(403, "function_access_restricted", "Your plan does not include this. Please upgrade it.")
        self.limit = min(self.number("limit") or LARGEST_PAGE, LARGEST_PAGE)
        self.offset = self.number("offset") or 0

    def text(self, name: str) -> str | None:
        return self._params.get(name) or None

    def code(self, name: str) -> str | None:
        told = self.text(name)
        return None if told is None else told.upper()

    def number(self, name: str) -> int | None:
        told = self.text(name)
        if told is not None and not _NUMBER.fullmatch(told):
            raise invalid(name, "invalid_integer", f"{name} must be a whole number.")
        return None if told is None else int(told)

    def day(self, name: str) -> date | None:
        told = self.text(name)
        try:
            return None if told is None else date.fromisoformat(told)
        except ValueError as error:
            raise invalid(name, "invalid_date", f"{name} must be a date like 2026-09-03.") from error

    def needed(self, name: str) -> str:
        told = self.text(name)
        if told is None:
            raise invalid(name, "required", f"{name} is required.")
        return told


def page(asked: Asked, rows: Sequence[Any], *, total: int | None = None) -> dict[str, Any]:
    """`rows` are all there are, of which the page shows its part."""
    shown = list(rows[asked.offset : asked.offset + asked.limit])
    pagination = {
        "offset": asked.offset, "limit": asked.limit, "count": len(shown),
        "total": len(rows) if total is None else total,
    }  # fmt: skip
    return {"pagination": pagination, "data": shown}
