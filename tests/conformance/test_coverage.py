"""The suite goes nearly everywhere in a supplier's folder: what it never comes by, it says nothing about."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import pytest

from adapters.kit.supplier import Supplier
from tests.conformance import folders
from tests.conformance.pretend import ROOT
from tests.conformance.reread import packed
from tests.conformance.walk import Walk

pytestmark = pytest.mark.silver("folder covered")

# Of all lines and branches but the sandbox's. What is said only after something unusual, such as an order that is still
# pending, is the business of the supplier's own tests.
_SHARE: Final = 80.0


class Totals(msgspec.Struct):
    percent_covered: float


class Report(msgspec.Struct):
    totals: Totals
    files: dict[str, "Measured"]


class Measured(msgspec.Struct):
    summary: Totals
    missing_lines: list[int]


def test_most_of_the_folder_is_covered(supplier: Supplier, walk: Walk, tmp_path: Path) -> None:
    folder = folders.folder(supplier.slug)
    measuring = [
        sys.executable, "-m", "coverage", "run", "--branch", f"--data-file={tmp_path / 'counted'}",
        f"--source={folder}", f"--omit={folder}/sandbox.py,{folder}/sandbox/*", "-m", "tests.conformance.covering",
    ]  # fmt: skip
    done = subprocess.run(
        measuring, input=packed(walk.met.values()), capture_output=True, cwd=ROOT, check=False, timeout=120,
        env={**os.environ, "COVERAGE_RCFILE": os.devnull},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    report = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, "-m", "coverage", "json", f"--data-file={tmp_path / 'counted'}", f"-o{report}", "-q"],
        cwd=ROOT, check=True, timeout=60, env={**os.environ, "COVERAGE_RCFILE": os.devnull},
    )  # fmt: skip
    told = msgspec.json.decode(report.read_bytes(), type=Report)
    thin = [
        f"{Path(path).name}: {file.summary.percent_covered:.0f} % (not {', '.join(map(str, file.missing_lines[:30]))})"
        for path, file in told.files.items()
        if file.summary.percent_covered < _SHARE
    ]
    assert told.totals.percent_covered >= _SHARE, "; ".join(thin)
