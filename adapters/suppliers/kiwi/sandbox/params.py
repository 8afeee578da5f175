"""Query strings as Tequila reads them, and the sentences in which it refuses them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar
from urllib.parse import parse_qs

import falcon

T = TypeVar("T")


def bad(sentence: str) -> falcon.HTTPError:
    return falcon.HTTPBadRequest(title="Bad Request", description=sentence)


def unprocessable(sentence: str) -> falcon.HTTPError:
    return falcon.HTTPUnprocessableEntity(title="Unprocessable Entity", description=sentence)


class Params:
    """The query string. Unknown names are ignored; the camelCase dates of old clients work."""

    _OLD_NAMES: Final = {"dateFrom": "date_from", "dateTo": "date_to"}

    def __init__(self, query_string: str) -> None:
        self._values = {self._OLD_NAMES.get(name, name): values for name, values in parse_qs(query_string).items()}

    def text(self, name: str) -> str | None:
        return self._values.get(name, [None])[-1]

    def words(self, name: str) -> tuple[str, ...]:
        """Repeated and comma-separated values alike."""
        return tuple(word for value in self._values.get(name, ()) for word in value.split(",") if word)

    def flag(self, name: str, *, default: bool) -> bool:
        return (self.text(name) or str(default)).lower() in {"1", "true"}

    def number(self, name: str) -> Decimal | None:
        return self._read(name, Decimal, "a number")

    def count(self, name: str) -> int | None:
        return self._read(name, _whole, "a whole number from zero up")

    def hours(self, name: str) -> timedelta | None:
        return self._read(name, lambda text: timedelta(hours=_whole(text)), "a whole number of hours")

    def clock(self, name: str) -> timedelta | None:
        return self._read(name, _since_midnight, "HH:MM")

    def day(self, name: str) -> date | None:
        return self._read(name, day, "dd/mm/yyyy")

    def days(self, first: str, last: str) -> tuple[date, ...]:
        """Every day of an inclusive window; none where no window is asked for."""
        start, end = self.day(first), self.day(last)
        if start is None or end is None:
            if start is not end:
                raise bad(f"{first} and {last} belong together")
            return ()
        if end < start:
            raise bad(f"{last} is before {first}")
        return tuple(start + timedelta(days=later) for later in range((end - start).days + 1))

    def _read(self, name: str, reader: Callable[[str], T], form: str) -> T | None:
        text = self.text(name)
        try:
            return None if text is None else reader(text)
        except (ValueError, InvalidOperation) as error:
            raise bad(f"Could not parse {name}: {text!r} is not {form}") from error


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = map(_whole, text.split(":"))
    return timedelta(hours=hours, minutes=minutes)


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()
