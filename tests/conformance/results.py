"""What the suite found out, as data: one file for each test of a supplier, and the matrix made of them.

`python -m tests.conformance.results` prints the matrix of the last run.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = "conformance"  # inside pytest's cache
_CACHE: Final = Path(__file__).parents[2] / ".pytest_cache" / "d" / FOLDER
_MARKS: Final = {True: "yes", False: "NO", None: "-"}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How one test ended for one supplier."""

    supplier: str
    level: str
    check: str
    test: str
    passed: bool
    at: datetime


def keep(folder: Path, finding: Finding) -> None:
    """One file for each test, so that several test processes never write to the same one."""
    name = "".join(letter if letter.isalnum() else "-" for letter in finding.test)
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(finding))


def kept(folder: Path, *, since: datetime | None = None) -> Iterator[Finding]:
    for path in sorted(folder.glob("*.json")):
        finding = msgspec.json.decode(path.read_bytes(), type=Finding)
        if since is None or finding.at >= since:
            yield finding


def matrix(findings: Iterable[Finding]) -> dict[str, dict[tuple[str, str], bool]]:
    """Supplier to (level, check) to whether all of the check's tests passed."""
    rows: dict[str, dict[tuple[str, str], bool]] = {}
    for finding in findings:
        row, key = rows.setdefault(finding.supplier, {}), (finding.level, finding.check)
        row[key] = row.get(key, True) and finding.passed
    return rows


def printed(rows: dict[str, dict[tuple[str, str], bool]]) -> Iterator[str]:
    """A line for each check, a column for each supplier."""
    slugs = sorted(rows)
    checks = sorted({key for row in rows.values() for key in row})
    width = max((len(f"{level}  {check}") for level, check in checks), default=0)
    yield " " * width + "".join(f"  {slug}" for slug in slugs)
    for level, check in checks:
        marks = (f"  {_MARKS[rows[slug].get((level, check))]:<{len(slug)}}" for slug in slugs)
        yield f"{level}  {check}".ljust(width) + "".join(marks).rstrip()


def started() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in printed(matrix(kept(_CACHE))))
