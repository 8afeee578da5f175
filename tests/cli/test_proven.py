"""What `travelhub suppliers` says of how far each supplier has come."""

from io import StringIO
from pathlib import Path

import msgspec
from rich.console import Console

from cli import proven
from cli.proven import Proof
from tests.builders import ALBATROSS, BLUEBIRD

PROVEN = {
    ALBATROSS: Proof(
        tier="gold", needs="gold", rules={"bronze": {"budget held": "pass"}, "gold": {"one order": "pass"}}
    ),
    BLUEBIRD: Proof(
        tier="none", needs="silver",
        rules={"bronze": {"budget held": "fail"}, "silver": {"paging ends": "excused until 2027-02-01"}},
    ),
}  # fmt: skip


def printed(proofs: dict[str, Proof]) -> list[list[str]]:
    console = Console(width=160, file=StringIO())
    console.print(proven.table(proofs))
    assert isinstance(console.file, StringIO)
    return [line.split("  ") for line in console.file.getvalue().splitlines()]


def cells(line: list[str]) -> list[str]:
    return [cell.strip() for cell in line if cell.strip()]


def test_each_rule_is_a_line_and_each_supplier_a_column() -> None:
    head, *lines, reached = printed(PROVEN)
    assert cells(head) == ["Tier", "Rule", ALBATROSS, BLUEBIRD]
    assert [cells(line) for line in lines] == [
        ["bronze", "budget held", "pass", "fail"],
        ["gold", "one order", "pass", "n/a"],
        ["silver", "paging ends", "n/a", "excused until 2027-02-01"],
    ]
    assert cells(reached) == ["reached", "gold", "none"]


def test_the_record_is_read_as_the_suite_writes_it(tmp_path: Path) -> None:
    record = tmp_path / "suppliers.json"
    record.write_bytes(msgspec.json.encode(PROVEN))
    assert proven.proofs(record) == PROVEN


def test_without_docs_nothing_is_claimed(tmp_path: Path) -> None:
    assert proven.proofs(tmp_path / "suppliers.json") == {}
