"""An address as it is compared: street, house numbers, postal code."""

import re
from dataclasses import dataclass
from typing import Final

from domain.matching.spelling import folded
from domain.matching.words import SAME, kept

_UNIT: Final = re.compile(r"#\s?\S+|\b(?:unit|level|floor|suite|flat)\s+\S+", re.IGNORECASE)
_RANGE: Final = re.compile(r"\d{1,4}[a-z]?(?:\s?[-/\u2013]\s?\d{1,4}[a-z]?)*")
_NUMBER: Final = re.compile(r"\d+")
_STREET_WORDS: Final = (
    "st rd av bd ln dr sq pl rue via calle ul al corso viale lor jl way close court terrace row strasse str gasse weg "
    "platz allee of the de la block no utca gata gatan vagen"
)
_WAYS: Final = frozenset(kept(word) for word in _STREET_WORDS.split())
_LONGEST: Final = 300  # signs
_POSTAL: Final = re.compile(r"\.0$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """`words` are those of all lines without numbers, `street` those of the line with the house number if there is one.

    `written` is the street again, as one text for comparing signs.
    """

    words: frozenset[str]
    street: frozenset[str]
    numbers: frozenset[int]
    postal_code: str
    written: str


def whereabouts(address: str | None, postal_code: str | None) -> Whereabouts:
    words: set[str] = set()
    street: set[str] = set()
    numbers: set[int] = set()
    for line in _UNIT.sub(" ", (address or "")[:_LONGEST]).split(","):
        rest, found = _split(line.strip())
        told = frozenset(SAME.get(word, word) for word in folded(rest).split() if not word.isdigit() or len(word) < 4)
        if found and not numbers:
            numbers |= found
            street |= told
        words |= told
    own = (street or words) - _WAYS
    return Whereabouts(
        words=frozenset(words),
        street=frozenset(own),
        written=" ".join(sorted(own)),
        numbers=frozenset(numbers),
        postal_code=postal(postal_code),
    )


def _split(line: str) -> tuple[str, frozenset[int]]:
    """A line without its house number, and the number; 44-46 is 44 and 46."""
    found = _RANGE.match(line)
    if found is None or (found.end() < len(line) and line[found.end()] not in " ,."):
        found = re.search(rf"(?<=\s){_RANGE.pattern}$", line, re.IGNORECASE)
    if found is None:
        return line, frozenset()
    rest = f"{line[: found.start()]} {line[found.end() :]}"
    return rest, frozenset(int(number) for number in _NUMBER.findall(found[0]))


def postal(told: str | None) -> str:
    """Without spaces and leading zeros, which spreadsheets lose."""
    return folded(_POSTAL.sub("", (told or "").strip())).replace(" ", "").lstrip("0")
