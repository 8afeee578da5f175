"""`python -m tests.chaos.main`: many bookings in bad weather, and the ledger of what became of them."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.chaos.ledger import Defect
from tests.chaos.mischief import CALM, Weather
from tests.chaos.run import BOUND_SECONDS, Outcome, Storm, run

_MANY: Final = 2_000
_AT_ONCE: Final = 24
_SHOWN: Final = 20


def main() -> None:
    """Ends with 1 where a defect was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bookings", type=int, default=_MANY)
    asked.add_argument("--at-once", type=int, default=_AT_ONCE)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--calm", action="store_true", help="nothing goes wrong: what is counted then is all a mistake")
    wanted = asked.parse_args()
    weather = CALM if wanted.calm else Weather()
    outcome = run(Storm(bookings=wanted.bookings, at_once=wanted.at_once, seed=wanted.seed, weather=weather))
    shown(outcome, Console(width=None if sys.stdout.isatty() else 120))
    if outcome.ledger.faults:
        sys.exit(1)


def shown(outcome: Outcome, console: Console) -> None:
    """The ledger, and under it what the run has been through."""
    ledger = outcome.ledger
    console.print(_table("The ledger", "bookings", dict(ledger.lines())))
    console.print(_table("What went wrong around them", "times", dict(sorted(outcome.done.items()))))
    console.print(_table("Steps that somebody died in", "times", outcome.interrupted))
    console.print(_table("Findings that wait for a person", "open", outcome.findings))
    for line in _sentences(outcome):
        console.print(line)
    for fault in ledger.faults[:_SHOWN]:
        console.print(f"{fault.defect}: {fault.booking}: {fault.detail}")


def _sentences(outcome: Outcome) -> Iterator[str]:
    yield f"It took {outcome.seconds:,.0f} s; {outcome.gone_home} customers found nothing to buy."
    yield f"An operator cleared up {outcome.cleared} orders whose suppliers can't be asked."
    yield f"The last booking ended {outcome.settled_after:,.0f} s after the last mischief; the bound is {BOUND_SECONDS:,.0f} s."
    clean = not any(outcome.ledger.count(defect) for defect in Defect)
    yield "Nothing doubled, nothing lost, no money astray." if clean else "There are defects:"


def _table(title: str, unit: str, rows: Mapping[str, int]) -> Table:
    table = Table(title=title, title_justify="left", min_width=len(title))
    table.add_column("what")
    table.add_column(unit, justify="right")
    for what, number in rows.items():
        table.add_row(str(what), f"{number:,}")
    return table


if __name__ == "__main__":
    main()
