"""Query strings: repeated names stay repeated, and everything that is wrong with them is told at once."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl

from adapters.suppliers.expedia.sandbox.errors import invalid, mistake

LANGUAGES: Final = frozenset(
    {
        *("ar-SA", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-US", "es-ES", "es-MX", "fi-FI", "fr-CA", "fr-FR", "hr-HR"),
        *("hu-HU", "id-ID", "is-IS", "it-IT", "ja-JP", "lt-LT", "ko-KR", "ms-MY", "nb-NO", "nl-NL", "pl-PL", "pt-BR"),
        *("pt-PT", "ru-RU", "sk-SK", "sv-SE", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-TW"),
    }
)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_OCCUPANCY: Final = re.compile(r"(?P<adults>[1-9]\d?)(?:-(?P<ages>(?:\d|1[0-7])(?:,(?:\d|1[0-7]))*))?")


class Asked:
    """One query string and what is wrong with it so far."""

    def __init__(self, query_string: str) -> None:
        self.told: Final = parse_qsl(query_string, keep_blank_values=True)
        self._mistakes: Final[list[dict[str, Any]]] = []

    def all(self, name: str) -> list[str]:
        return [value for told, value in self.told if told == name]

    def one(self, name: str) -> str | None:
        values = self.all(name)
        if len(values) > 1:
            self.wrong(f"{name}.above_maximum", f"The number of {name} passed in must not be greater than 1.", name)
        return values[0] if values else None

    def wanted(self, name: str) -> str:
        value = self.one(name)
        if not value:
            self.wrong(f"{name}.required", f"A {name} is required.", name)
        return value or ""

    def wrong(self, kind: str, message: str, name: str, value: str | None = None) -> None:
        self._mistakes.append(mistake(kind, message, ("querystring", name, value)))

    def settled(self) -> None:
        """Raises Refused when anything was wrong."""
        if self._mistakes:
            raise invalid(*self._mistakes)

    def language(self) -> str:
        told = self.wanted("language")
        if told and told not in LANGUAGES:
            self.wrong("language.not_supported", "Language is not supported.", "language", told)
        return told

    def choice(self, name: str, choices: Mapping[str, object] | frozenset[str]) -> str:
        told = self.wanted(name)
        if told and told not in choices:
            self.wrong(f"{name}.invalid", f"{name} is invalid. Accepted values are: {sorted(choices)}", name, told)
        return told

    def choices(self, name: str, supported: frozenset[str], kind: str) -> list[str]:
        told = self.all(name)
        for value in told:
            if value not in supported:
                self.wrong(f"{name}.{kind}", f"Supported {name} values are: {sorted(supported)}", name, value)
        return told

    def day(self, name: str) -> date | None:
        told = self.wanted(name)
        if told and not _DAY.fullmatch(told):
            self._no_day(name, told)
            return None
        try:
            return date.fromisoformat(told) if told else None
        except ValueError:
            self._no_day(name, told)
            return None

    def _no_day(self, name: str, told: str) -> None:
        self.wrong(
            f"{name}.invalid_date_format", f"Invalid {name} format. It must be formatted in ISO 8601.", name, told
        )

    def count(self, name: str, most: int) -> int:
        told = self.wanted(name)
        if told and not (told.isdecimal() and 1 <= int(told) <= most):
            self.wrong(f"{name}.invalid", f"{name} must be between 1 and {most}.", name, told)
            return 1
        return int(told or 1)

    def property_ids(self, *, most: int = 250) -> list[int]:
        told = self.all("property_id")
        strange = [value for value in told if not (value.isascii() and value.isdecimal())]
        for value in strange:
            self.wrong("property_id.must_be_numeric", "All property_ids must be numeric.", "property_id", value)
        if len(told) > most:
            self.wrong("property_id.above_maximum", f"A maximum of {most} property_ids may be provided.", "property_id")
        return [int(value) for value in told if value not in strange]

    def occupancies(self) -> list[str]:
        told = self.all("occupancy")
        if not told:
            self.wrong("occupancy.required", "Occupancy is required.", "occupancy")
        if len(told) > 8:
            self.wrong(
                "number_of_occupancies.invalid_above_maximum",
                "Number of occupancies must be less than 9.",
                "occupancy",
                str(len(told)),
            )
        for value in told:
            if not _OCCUPANCY.fullmatch(value):
                self.wrong("occupancy.invalid", "Invalid occupancy format.", "occupancy", value)
        return told


class Guests:
    """A party as the world counts it."""

    def __init__(self, occupancy: str) -> None:
        told = _OCCUPANCY.fullmatch(occupancy)
        self.adults: Final = int(told["adults"]) if told else 1
        self.children: Final = tuple(_ages(told["ages"])) if told else ()


def _ages(told: str | None) -> Iterator[int]:
    yield from map(int, told.split(",") if told else ())
