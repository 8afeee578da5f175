"""What each supplier has proven: the matrix of the conformance suite, as it is recorded in docs/."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from rich.table import Table
from rich.text import Text

RECORD: Final = Path(__file__).parents[1] / "docs" / "suppliers.json"
_COLOURS: Final = {"pass": "green", "fail": "red", "n/a": "dim"}  # everything else is an excuse
_TIERS: Final = {"gold": "green", "silver": "green", "bronze": "yellow", "none": "red"}


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier: the tier reached, the one that it needs, and by level and rule what came of it: pass, fail, n/a."""

    tier: str
    needs: str
    rules: Mapping[str, Mapping[str, str]]


def proofs(record: Path = RECORD) -> Mapping[str, Proof]:
    """By slug; nothing where TravelHub was installed without its docs."""
    if not record.is_file():
        return {}
    return msgspec.json.decode(record.read_bytes(), type=dict[str, Proof])


def table(proven: Mapping[str, Proof]) -> Table:
    """A line for each rule and a column for each supplier."""
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Tier", "Rule", *proven):
        shown.add_column(heading)
    for level, rule in _rules(proven):
        words = (proof.rules.get(level, {}).get(rule, "n/a") for proof in proven.values())
        shown.add_row(level, rule, *(Text(word, _COLOURS.get(word, "yellow")) for word in words))
    tiers = (Text(proof.tier, f"bold {_TIERS[proof.tier]}") for proof in proven.values())
    shown.add_row("", Text("reached", "bold"), *tiers)
    return shown


def _rules(proven: Mapping[str, Proof]) -> Iterator[tuple[str, str]]:
    """In the order of the record, each of them once."""
    rules = ((level, rule) for proof in proven.values() for level in proof.rules for rule in proof.rules[level])
    yield from dict.fromkeys(rules)
