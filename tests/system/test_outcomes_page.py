"""The page about reliability tells every outcome that is tried, and none that is not."""

import ast
from pathlib import Path
from typing import Final

from tests.system.journeys import SUBJECTS
from tests.system.outcomes import MESSAGES, OUTCOMES, SLOW

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_PAGE: Final = (_ROOT / "docs/reliability.md").read_text(encoding="utf-8")


def lines_under(headline: str) -> list[str]:
    """The rows of the table under it, without its head."""
    part = _PAGE.partition(f"\n{headline}\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    return [line for line in part.splitlines() if line.startswith("|")][2:]


def test_each_outcome_is_in_the_docs_as_it_is_tried() -> None:
    assert lines_under("## Outcomes") == [row.line(name) for name, row in OUTCOMES.items()]


def test_the_page_leaves_out_nothing_that_comes_of_an_outcome() -> None:
    assert {letter for row in OUTCOMES.values() for letter in row.letters} <= set(SUBJECTS)
    assert {message for row in OUTCOMES.values() for message in row.webhooks} == set(MESSAGES)


def test_each_outcome_that_takes_long_is_in_the_docs_and_is_tried_with_a_clock() -> None:
    told = [line.split(" | ")[0].removeprefix("| ") for line in lines_under("### What takes longer")]
    assert told == list(SLOW)
    for place in SLOW.values():
        module, _, test = place.partition(".")
        tree = ast.parse((_ROOT / f"tests/workers/bookings/{module}.py").read_text(encoding="utf-8"))
        assert test in {one.name for one in tree.body if isinstance(one, ast.AsyncFunctionDef)}
