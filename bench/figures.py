"""A measured ratio, its two numbers and its aim, and the table that shows them."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec
from rich.table import Table


class Better(StrEnum):
    HIGHER = "at least"
    LOWER = "at most"
    EXACT = "exactly"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`ours` and `theirs` are in `unit`; `value` is what is compared with `aim`: their ratio, or a time in its own unit."""

    name: str
    measure: str
    ours: float
    theirs: float
    unit: str
    value: float
    aim: float
    better: Better
    note: str = ""

    @property
    def met(self) -> bool:
        if self.better is Better.HIGHER:
            return self.value >= self.aim
        if self.better is Better.LOWER:
            return self.value <= self.aim
        return self.value == self.aim


def ratio(name: str, measure: str, ours: float, theirs: float, *, unit: str, aim: float, note: str = "") -> Figure:
    return Figure(
        name=name, measure=measure, ours=ours, theirs=theirs, unit=unit, value=ours / theirs, aim=aim,
        better=Better.HIGHER, note=note,
    )  # fmt: skip


def table(figures: Iterable[Figure]) -> Table:
    shown = Table(title="TravelHub bench: ratios of one run on this machine")
    for column in ("what", "ours", "against", "unit", "value", "aim", "met", "note"):
        shown.add_column(column, justify="left" if column in {"what", "unit", "note"} else "right")
    for figure in figures:
        shown.add_row(
            figure.name,
            f"{figure.ours:,.1f}",
            f"{figure.theirs:,.1f}",
            figure.unit,
            f"{figure.value:.3f}",
            f"{figure.better} {figure.aim:g}",
            "yes" if figure.met else "no",
            figure.note,
        )
    return shown
