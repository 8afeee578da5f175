"""A supplier is its folder: taken away, everything else goes on; put back, it is there again."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.registry import suppliers

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
NOT_THE_TREE: Final = ("__pycache__", "build", "dist", "*.egg-info", "results")
REMAINING: Final = (
    "tests/adapters/kit/test_registry.py",
    "tests/sandbox/test_app.py",
    "tests/workers/test_handlers.py",
)
# Too many to run: that they are found, and that none asks for what is not there, has to do.
COLLECTED: Final = ("tests/adapters/suppliers",)
KNOWN: Final = "from adapters.kit.registry import suppliers; print(*suppliers())"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of ours, without what is made from it and what lives in hidden folders; every test leaves it whole."""
    copied = tmp_path_factory.mktemp("copy") / "travelhub"

    def left_out(folder: str, names: list[str]) -> set[str]:
        hidden = {name for name in names if name.startswith(".") and (Path(folder) / name).is_dir()}
        return hidden | shutil.ignore_patterns(*NOT_THE_TREE)(folder, names)

    shutil.copytree(ROOT, copied, ignore=left_out)
    return copied


def python(tree: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Our interpreter on that tree; what pytest-xdist tells its own processes is none of its business."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env=environment | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def known(tree: Path) -> list[str]:
    return python(tree, "-c", KNOWN).stdout.split()


@pytest.fixture
def without(tree: Path, slug: str) -> Iterator[Path]:
    """The tree while the supplier's folder is away."""
    folder, away = tree / "adapters" / "suppliers" / slug, tree.with_name("away")
    folder.rename(away)
    yield tree
    away.rename(folder)


def collected(tree: Path) -> str:
    """The tests that are found, and the suppliers that are known meanwhile."""
    found = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only", *COLLECTED)
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr[-2000:]
    return found.stdout


@pytest.mark.parametrize("slug", tuple(suppliers()))
def test_nobody_misses_a_supplier_whose_folder_is_taken_away(without: Path, slug: str) -> None:
    assert known(without) == [other for other in suppliers() if other != slug]


@pytest.mark.parametrize("slug", [next(iter(suppliers()))])
def test_everything_else_goes_on_without_it(without: Path, slug: str) -> None:
    tested = python(without, "-m", "pytest", "-q", "-p", "no:cacheprovider", *REMAINING)
    assert tested.returncode == 0, tested.stdout[-5000:] + tested.stderr[-2000:]
    assert f"test_{slug}" not in collected(without)


def test_a_folder_that_is_put_back_is_there_again(tree: Path) -> None:
    assert known(tree) == list(suppliers())
