"""Suppliers are found by their folders, and by nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.kit import registry

ROOT = Path(registry.__file__).parents[2]

DECLARATION = """
from adapters.kit.auth import HeaderKey
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Supplier

SUPPLIER = Supplier(
    slug="{slug}", title="Heron", documentation="https://heron.example/docs", live_url="https://heron.example",
    auth=HeaderKey(header="k", secret="HERON_KEY"), sandbox_secrets={{"HERON_KEY": "k"}},
    budget=Budget(windows=(Window(calls=1, seconds=1),), concurrency=1), refusal=lambda reply: None, errors={{}},
)
"""


@pytest.fixture
def bare_tree(tmp_path: Path) -> Path:
    """Our kit and domain without any supplier."""
    for package in ("adapters/kit", "domain"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("adapters", "adapters/suppliers"):
        (tmp_path / package).mkdir(exist_ok=True)
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def listed(tree: Path) -> "subprocess.CompletedProcess[str]":
    look = "from adapters.kit.registry import suppliers; print(*suppliers())"
    return subprocess.run(
        [sys.executable, "-c", look], cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


def declare(tree: Path, folder: str, text: str) -> None:
    (tree / "adapters/suppliers" / folder).mkdir()
    (tree / "adapters/suppliers" / folder / "__init__.py").write_text(text)


def test_no_folder_is_no_supplier_and_no_error(bare_tree: Path) -> None:
    done = listed(bare_tree)
    assert (done.returncode, done.stdout) == (0, "\n")


def test_a_new_folder_is_a_supplier_without_any_edit(bare_tree: Path) -> None:
    declare(bare_tree, "heron", DECLARATION.format(slug="heron"))
    declare(bare_tree, "egret", DECLARATION.format(slug="egret"))
    assert listed(bare_tree).stdout == "egret heron\n"


@pytest.mark.parametrize(
    "text", ["", "SUPPLIER = 1\n", DECLARATION.format(slug="crane")], ids=["none", "other", "slug"]
)
def test_a_folder_that_declares_nobody_of_its_name_is_an_error_that_names_it(bare_tree: Path, text: str) -> None:
    declare(bare_tree, "heron", text)
    done = listed(bare_tree)
    assert done.returncode != 0
    assert "adapters/suppliers/heron does not declare" in done.stderr


def test_the_suppliers_here_stand_in_alphabetical_order() -> None:
    assert list(registry.suppliers()) == sorted(registry.suppliers())


def test_the_registry_is_read_only() -> None:
    with pytest.raises(TypeError):
        registry.suppliers()["heron"] = None  # type: ignore[index]  # that it can't be written to is the point
