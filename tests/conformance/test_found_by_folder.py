"""The suite finds suppliers by their folders: one more is tested and one less is not missed, without any edit."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.folders import suppliers
from tests.conformance.pretend import ROOT

_NEEDED = (
    "adapters",
    "tests/conformance",
    "tests/__init__.py",
    "tests/builders.py",
    "tests/memory_attempts.py",
    "tests/patience.py",
    "tests/scratch.py",
    "tests/conftest.py",
    "pyproject.toml",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the suite itself consists of, to add to and take away from."""
    for name in _NEEDED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


@pytest.fixture
def known() -> tuple[str, ...]:
    if not suppliers():
        pytest.skip("there is no supplier to take away or to copy")
    return tuple(suppliers())


def collected(tree: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/conformance", "--collect-only", "-q"],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": ""}, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_folder_taken_away_is_not_missed(copy: Path, known: tuple[str, ...]) -> None:
    gone, *others = known
    shutil.rmtree(copy / "adapters/suppliers" / gone)
    listed = collected(copy)
    assert f"[{gone}" not in listed
    assert all(f"[{slug}" in listed for slug in others)


def test_no_supplier_at_all_is_no_error(copy: Path) -> None:
    for slug in suppliers():
        shutil.rmtree(copy / "adapters/suppliers" / slug)
    assert "test_found_by_folder" in collected(copy)


def test_a_new_folder_is_tested_without_any_edit(copy: Path, known: tuple[str, ...]) -> None:
    folder = copy / "adapters/suppliers"
    model = known[0]
    shutil.copytree(folder / model, folder / "heron")
    for path in (folder / "heron").rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace(model, "heron"), encoding="utf-8")
    assert "[heron" in collected(copy)
