"""How a letter says things in one language: phrases, amounts, days and hours."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from domain.bookings import sums
from domain.money import Money
from workers.letters.labels import LABELS
from workers.letters.openings import OPENINGS
from workers.letters.words import DAY, LANGUAGES, MONTHS, SEPARATORS, WEEKDAYS, Words

PHRASES: Final[Mapping[str, Words]] = MappingProxyType({**OPENINGS, **LABELS})
_NO_BREAK: Final = "\u00a0"


class Speech:
    """`wanted` is BCP 47; a language that nobody here writes is English."""

    def __init__(self, wanted: str) -> None:
        language = wanted.partition("-")[0].lower()
        self.language: Final = language if language in LANGUAGES else LANGUAGES[0]

    def of(self, words: Words) -> str:
        return str(getattr(words, self.language))

    def say(self, phrase: str, **facts: str | int) -> str:
        return self.of(PHRASES[phrase]).format(**facts)

    def money(self, amount: Money) -> str:
        """All of its digits, grouped, with the currency's code: 1,234.00 EUR."""
        thousands_point = dict(zip((ord(","), ord(".")), self.of(SEPARATORS), strict=True))
        digits = f"{amount.amount:,f}".translate(thousands_point)
        return f"{digits}{_NO_BREAK}{amount.currency}"

    def sum(self, amounts: Any) -> str:
        """One sum for each currency; amounts of several don't add up."""
        return " + ".join(map(self.money, sums(amounts)))

    def day(self, day: date) -> str:
        return self.of(DAY).format(
            weekday=self.of(WEEKDAYS[day.weekday()]), day=day.day, month=self.of(MONTHS[day.month - 1]), year=day.year
        )

    def moment(self, moment: datetime) -> str:
        """Day and hour, on the clock that the moment carries."""
        return f"{self.day(moment.date())}, {moment:%H:%M}"

    def instant(self, moment: datetime) -> str:
        """The same where no place is meant: universal time, and it says so."""
        return f"{self.moment(moment.astimezone(UTC))} UTC"
