"""The matrix says what was found, no less and no more, and the pages that people read know every rule of it."""

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.builders import ALBATROSS, BLUEBIRD
from tests.conformance import results
from tests.conformance.pretend import ROOT
from tests.conformance.results import Finding, Mark

_NEEDS: Final = {ALBATROSS: "gold", BLUEBIRD: "silver"}


def finding(
    check: str = "budget held", *, level: str = "bronze", mark: Mark = Mark.PASSED, slug: str = ALBATROSS
) -> Finding:
    until = date(2027, 2, 1) if mark is Mark.EXCUSED else None
    return Finding(supplier=slug, level=level, check=check, mark=mark, until=until)


def whole(slug: str, *levels: str) -> list[Finding]:
    return [finding(f"a rule of {level}", level=level, slug=slug) for level in levels]


def test_one_failure_is_enough_for_a_rule_to_fail() -> None:
    rows = results.matrix([finding(), finding(mark=Mark.FAILED), finding()], {ALBATROSS: "silver"})
    assert rows[ALBATROSS].rules["bronze"] == {"budget held": "fail"}
    assert rows[ALBATROSS].tier == "none"


def test_a_rule_that_nothing_was_about_does_not_apply() -> None:
    rows = results.matrix([finding(slug=BLUEBIRD), finding("paging ends", mark=Mark.NOT_APPLICABLE)], _NEEDS)
    assert rows[ALBATROSS].rules["bronze"] == {"budget held": "n/a", "paging ends": "n/a"}


def test_an_excuse_is_shown_with_its_end_and_does_not_hold_up_a_tier() -> None:
    rows = results.matrix([finding(mark=Mark.EXCUSED), finding("paging ends")], _NEEDS)
    assert rows[ALBATROSS].rules["bronze"]["budget held"] == "excused until 2027-02-01"
    assert rows[ALBATROSS].tier == "bronze"


@pytest.mark.parametrize(
    ("levels", "tier"),
    [
        ((), "none"),
        (("bronze",), "bronze"),
        (("bronze", "silver"), "silver"),
        (("bronze", "silver", "gold"), "gold"),
        (("silver", "gold"), "none"),
        (("bronze", "gold"), "bronze"),
    ],
)
def test_a_tier_stands_on_those_below_it(levels: tuple[str, ...], tier: str) -> None:
    assert results.matrix(whole(ALBATROSS, *levels), _NEEDS)[ALBATROSS].tier == tier


def test_whoever_sells_needs_gold_and_everybody_silver() -> None:
    rows = results.matrix([*whole(ALBATROSS, "bronze", "silver"), *whole(BLUEBIRD, "bronze", "silver")], _NEEDS)
    assert results.below(rows) == (ALBATROSS,)


def test_a_supplier_without_a_single_finding_has_proven_nothing() -> None:
    rows = results.matrix(whole(ALBATROSS, "bronze", "silver", "gold"), _NEEDS)
    assert rows[BLUEBIRD].tier == "none"
    assert results.below(rows) == (BLUEBIRD,)


def test_the_order_of_the_findings_does_not_matter() -> None:
    found = [*whole(ALBATROSS, "gold", "silver", "bronze"), *whole(BLUEBIRD, "bronze"), finding(mark=Mark.FAILED)]
    assert results.encoded(results.matrix(found, _NEEDS)) == results.encoded(results.matrix(found[::-1], _NEEDS))


def test_the_page_has_a_line_for_each_rule_and_a_column_for_each_supplier() -> None:
    rows = results.matrix([*whole(ALBATROSS, "bronze", "silver", "gold"), *whole(BLUEBIRD, "bronze")], _NEEDS)
    table = [line for line in results.page(rows).splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in table[0].split("|")] == ["", "", "rule", ALBATROSS, BLUEBIRD, ""]
    assert len(table) == 2 + 3 + 1
    assert len({len(line) for line in table}) == 1


def test_every_rule_is_explained_to_whoever_adds_a_supplier() -> None:
    """And no rule is explained that nobody is held to."""
    marks = {
        (level, check)
        for path in Path(__file__).parent.glob("test_*.py")
        for level, check in re.findall(
            r"pytest\.mark\.(bronze|silver|gold)\(\s*\"([^\"]+)\"", path.read_text(encoding="utf-8")
        )
    }
    explained: set[tuple[str, str]] = set()
    tier = ""
    for line in (ROOT / "docs" / "adding-a-supplier.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 5:
            tier = cells[1] or tier
            explained |= {(tier, cells[2])} if tier in results.LEVELS else set()
    assert explained == marks
