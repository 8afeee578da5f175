"""What the suite found out, as data: rules by supplier, the tier that each has reached, and the record in docs/.

`python -m tests.conformance.results` prints the matrix as it is recorded.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

LEVELS: Final = ("bronze", "silver", "gold")
DOCS: Final = Path(__file__).parents[2] / "docs"
RECORD: Final = DOCS / "suppliers.json"
PAGE: Final = DOCS / "suppliers.md"


class Mark(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    NOT_APPLICABLE = "n/a"
    EXCUSED = "excused"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How one test ended for one supplier; `until` is the review date of its excuse."""

    supplier: str
    level: str
    check: str
    mark: Mark
    until: date | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier: the tier that it has reached, the one it needs, and its marks by level and check."""

    tier: str
    needs: str
    rules: Mapping[str, Mapping[str, str]]


# The worst of a rule's tests is the rule's mark.
_WORST_FIRST: Final = (Mark.FAILED, Mark.EXCUSED, Mark.PASSED, Mark.NOT_APPLICABLE)


def matrix(findings: Iterable[Finding], needs: Mapping[str, str]) -> dict[str, Row]:
    """`needs` has the tier that each supplier must reach; a rule that no test was about does not apply."""
    held: dict[str, dict[tuple[str, str], Finding]] = {slug: {} for slug in needs}
    for finding in findings:
        row, key = held.setdefault(finding.supplier, {}), (finding.level, finding.check)
        if key not in row or _WORST_FIRST.index(finding.mark) < _WORST_FIRST.index(row[key].mark):
            row[key] = finding
    rules = sorted({key for row in held.values() for key in row}, key=lambda key: (LEVELS.index(key[0]), key[1]))
    told = {}
    for slug, row in sorted(held.items()):
        marks: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
        for level, check in rules:
            marks[level][check] = _word(row.get((level, check)))
        told[slug] = Row(tier=_tier(marks), needs=needs.get(slug, LEVELS[0]), rules=marks)
    return told


def below(rows: Mapping[str, Row]) -> tuple[str, ...]:
    """Suppliers that have not reached what they need."""
    ladder = ("none", *LEVELS)
    return tuple(slug for slug, row in rows.items() if ladder.index(row.tier) < ladder.index(row.needs))


def printed(rows: Mapping[str, Row]) -> Iterator[str]:
    """A Markdown table with a line for each rule and a column for each supplier."""
    cells = [
        ["", "rule", *rows],
        *_lines(rows),
        ["", "**tier reached**", *(f"**{row.tier}**" for row in rows.values())],
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    for number, line in enumerate(cells):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"


def _lines(rows: Mapping[str, Row]) -> Iterator[list[str]]:
    some = next(iter(rows.values()), None)
    for level in LEVELS if some else ():
        assert some is not None
        for check in some.rules[level]:
            yield [level, check, *(row.rules[level][check] for row in rows.values())]


def _word(finding: Finding | None) -> str:
    if finding is None:
        return Mark.NOT_APPLICABLE.value
    return f"{finding.mark} until {finding.until}" if finding.mark is Mark.EXCUSED else finding.mark.value


def _tier(marks: Mapping[str, Mapping[str, str]]) -> str:
    """The highest level with nothing failed in it or below, and something passed."""
    reached = "none"
    for level in LEVELS:
        words = marks[level].values()
        if Mark.FAILED in words or Mark.PASSED not in words:
            break
        reached = level
    return reached


def encoded(rows: Mapping[str, Row]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n"


def recorded() -> dict[str, Row]:
    """As docs/ has it; nothing where there is no record yet."""
    return msgspec.json.decode(RECORD.read_bytes(), type=dict[str, Row]) if RECORD.exists() else {}


def page(rows: Mapping[str, Row]) -> str:
    return "\n".join(
        (
            "# What each supplier has proven",
            "",
            "Written by `make matrix` from the conformance suite; `make test` fails where the two differ. Bronze: it can't hurt us.",
            "Silver: it tells the truth under stress. Gold: you may spend money through it. What each rule asks for is in",
            "[adding a supplier](adding-a-supplier.md).",
            "",
            *printed(rows),
            "",
        )
    )


def record(rows: Mapping[str, Row]) -> None:
    RECORD.write_bytes(encoded(rows))
    PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in printed(recorded()))
