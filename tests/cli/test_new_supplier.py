"""A new supplier's folder is honest, clean and found, and the conformance suite reads it as a to-do list."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from adapters.kit.registry import suppliers
from cli.main import main
from cli.new_supplier import ROOT, Vertical, farewell, new_supplier
from cli.stops import Stop

# Birds of every length, one for each vertical.
BIRDS: Final = {"bittern": Vertical.FLIGHTS, "bar_tailed_godwit_of_the_north": Vertical.HOTELS, "emu": Vertical.CARS}
# What the suite of bronze consists of.
NEEDED: Final = (
    "pyproject.toml",
    "domain/**/*.py",
    "adapters/*.py",
    "adapters/kit/*",
    "adapters/open_data/*",
    "adapters/payments/**/*.py",
    "adapters/suppliers/*.py",
    "tests/*.py",
    "tests/adapters/*.py",
    "tests/adapters/suppliers/__init__.py",
    "tests/adapters/suppliers/conftest.py",
    "tests/conformance/*.py",
)
LONGEST_SECONDS: Final = 120


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without any supplier, as far as the suite of bronze needs one."""
    for path in (path for pattern in NEEDED for path in ROOT.glob(pattern) if path.is_file()):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def ran(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": ""}, capture_output=True, text=True,
        check=False, timeout=LONGEST_SECONDS,
    )  # fmt: skip


def test_what_is_written_is_clean_and_its_failures_are_a_to_do_list(checkout: Path) -> None:
    written = [str(path) for bird, sold in BIRDS.items() for path in new_supplier(bird, sold, checkout)]
    code = [path for path in written if path.endswith(".py")]
    for words in (("ruff", "check", *code), ("ruff", "format", "--check", *code), ("mypy", *code)):
        done = ran(checkout, *words)
        assert done.returncode == 0, done.stdout + done.stderr

    bronze = [f"tests/conformance/test_{subject}.py" for subject in ("declaration", "purity")]
    own = [path for path in code if path.startswith("tests/")]
    done = ran(checkout, "pytest", "-rA", "-q", "--tb=no", "-p", "no:cacheprovider", *bronze, *own)
    ended = [line.partition(" - ")[0].split() for line in done.stdout.splitlines()]
    failed = {words[1].rpartition("::")[2] for words in ended if words[:1] == ["FAILED"]}
    passed = {words[1].rpartition("::")[2] for words in ended if words[:1] == ["PASSED"]}
    assert not [words for words in ended if words[:1] == ["ERROR"]], done.stdout
    for bird, sold in BIRDS.items():
        assert {
            f"test_its_addresses_are_addresses[{bird}]",
            f"test_what_it_finds_stays_true_for_a_time_that_it_names[{bird}]",
            f"test_every_error_code_has_a_ruling[{bird}]",
            f"test_there_is_a_cheap_call_to_see_whether_the_credentials_are_good[{bird}]",
        } <= failed, done.stdout
        assert {
            f"test_its_folder_can_be_loaded[{bird}]",
            f"test_its_folder_is_whole[{bird}]",
            f"test_its_readme_is_one[{bird}]",
            f"test_its_sandbox_names_the_same_operations[{bird}]",
            f"test_its_sandbox_is_a_second_reading_that_shares_nothing_with_the_first[{bird}]",
            f"test_it_knows_the_kit_the_domain_and_nobody_else[{bird}]",
            f"test_a_walk_through_it_meets_every_operation[{bird}]",
            f"test_twice_asked_is_the_same_call_and_twice_read_the_same_answer[{bird}-{sold}-search]",
        } <= passed, done.stdout
    assert "test_nothing_on_offer_is_an_answer_too" in passed


def test_the_registry_finds_what_is_written(checkout: Path) -> None:
    for bird, sold in BIRDS.items():
        new_supplier(bird, sold, checkout)
    program = checkout / "listed.py"
    program.write_text("from adapters.kit.registry import suppliers\nprint(*suppliers())\n", encoding="utf-8")
    assert ran(checkout, "listed").stdout.split() == sorted(BIRDS)


def test_nothing_in_it_is_left_for_later_in_so_many_words(checkout: Path) -> None:
    text = "".join(
        (checkout / path).read_text(encoding="utf-8") for path in new_supplier("emu", Vertical.CARS, checkout)
    )
    assert not [word for word in ("TODO", "FIXME", "NotImplemented", "$", "heron") if word in text]


@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("Emu", "small letters"),
        ("2emu", "small letters"),
        ("emu-air", "small letters"),
        ("../emu", "small letters"),
        ("emu\n", "small letters"),
        ("", "small letters"),
        ("e" * 31, "at most 30"),
        ("class", "Python"),
        ("match", "Python"),
        ("adapters", "a module of ours"),
        ("settings", "a module of ours"),
        ("money", "a module of ours"),
        ("kit", "a module of ours"),
    ],
)
def test_a_name_that_can_not_be_one_is_refused(slug: str, why: str) -> None:
    with pytest.raises(Stop, match=why):
        new_supplier(slug, Vertical.FLIGHTS)


def test_a_supplier_that_is_there_stays_as_it_is(checkout: Path) -> None:
    with pytest.raises(Stop, match="there is one of that name"):
        new_supplier(next(iter(suppliers())), Vertical.FLIGHTS)
    new_supplier("emu", Vertical.FLIGHTS, checkout)
    before = (checkout / "adapters/suppliers/emu/__init__.py").read_bytes()
    with pytest.raises(Stop, match="there is one of that name"):
        new_supplier("emu", Vertical.CARS, checkout)
    assert (checkout / "adapters/suppliers/emu/__init__.py").read_bytes() == before


def test_somebodys_tests_are_not_written_over(checkout: Path) -> None:
    theirs = checkout / "tests/adapters/suppliers/test_emu.py"
    theirs.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(Stop, match=r"test_emu\.py is there already"):
        new_supplier("emu", Vertical.CARS, checkout)
    assert theirs.read_text(encoding="utf-8") == "# mine\n"
    assert not (checkout / "adapters/suppliers/emu").exists()


def test_outside_a_checkout_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"a checkout of TravelHub, and .* is none"):
        new_supplier("emu", Vertical.CARS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_one_is_told_what_was_written_and_how_to_go_on(checkout: Path) -> None:
    written = new_supplier("emu", Vertical.CARS, checkout)
    told = farewell("emu", written)
    assert all(f"  {path}\n" in told for path in written)
    assert told.endswith(".venv/bin/pytest tests/conformance -k emu")


def test_a_refusal_is_one_sentence_at_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new-supplier", "Emu", "--vertical", "cars"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("A supplier can't be called 'Emu': ")


def test_the_page_explains_every_rule_that_the_suite_keeps() -> None:
    suite = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/conformance").glob("test_*.py"))
    page = (ROOT / "docs/adding-a-supplier.md").read_text(encoding="utf-8")
    kept = set(re.findall(r'\.(?:bronze|silver|gold)\("([^"]+)"\)', suite))
    explained = set(re.findall(r"^\| (?:bronze|silver|gold|) *\| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE))
    assert kept
    assert explained == kept
