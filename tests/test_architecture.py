"""The rules of the house, read off the source: who knows whom, and what no file does."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, get_args

import pytest

from adapters.kit.registry import suppliers
from domain.jobs import TERMS, Job
from workers.handlers import HANDLERS

ROOT: Final = Path(__file__).parents[1]
NOT_SOURCE: Final = {"build", "dist", "__pycache__"}

# Who may read the environment: entry points, and what is only ever run by hand.
READS_SETTINGS: Final = re.compile(
    r"(api/main|api/gunicorn\.conf|workers/main|schedules/main|sandbox/app|(cli|bench|tests)/.+)\.py"
)

# How long a file may be, by the first row that fits.
LONGEST: Final = (
    (re.compile(r"adapters/suppliers/\w+/sandbox\.py"), 1000),  # one file by design: it may import nothing of ours
    (re.compile(r"tests/.+"), 800),  # a list of sentences is read from anywhere
    (re.compile(r".+"), 400),
)

MONEY_WORDS: Final = re.compile(r"(^|_)(amount|price|fare|tax|money)s?$")
SENTENCE: Final = re.compile(r".+[.?!]")
OPT_OUT: Final = re.compile(
    r"#\s*(?:noqa|type:\s*ignore)(?P<codes>:? ?[\[\]A-Za-z0-9, -]*?)(?P<reason>\s+(#|-+)?\s*\w.*)?$"
)

# Files of tests that use a supplier's name as a label and would not miss its folder.
ONLY_A_LABEL: Final = {f"tests/sandbox/test_{subject}.py" for subject in ("faults", "ledger", "world")}

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def files() -> tuple[Path, ...]:
    """Every Python file of ours, relative to the root."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    return tuple(
        sorted(path for path in found if not path.parts[0].startswith(".") and not NOT_SOURCE & set(path.parts))
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(tree(path))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def our_packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def ours(module: str) -> bool:
    return module.partition(".")[0] in our_packages() | {"settings", "telemetry"}


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def supplier_files() -> list[tuple[str, Path]]:
    """Slug and file, for every file in a supplier's folder."""
    inside = Path("adapters/suppliers")
    return [(path.parts[2], path) for path in files() if path.is_relative_to(inside) and len(path.parts) > 3]


def docstrings(path: Path) -> set[int]:
    """The ids of the constants that are documentation."""
    bodies = [node.body for node in nodes(path) if isinstance(node, (ast.Module, ast.ClassDef, *Function))]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


def test_the_import_contracts_are_kept() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checked = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


def test_the_contracts_know_every_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(settings["tool"]["importlinter"]["root_packages"]) == our_packages() - {"tests"}


def test_nobody_outside_its_folder_names_a_supplier() -> None:
    named = [
        f"{path}:{line} names {slug}"
        for path in files()
        if path.as_posix() not in ONLY_A_LABEL
        for slug, line in quoted_slugs(path)
        if not path.is_relative_to(f"adapters/suppliers/{slug}")
        and not path.match(f"tests/adapters/suppliers/test_{slug}*.py")
    ]
    assert named == []


def quoted_slugs(path: Path) -> Iterator[tuple[str, int]]:
    """In imports and in strings that are not documentation, alone or as a part: `/kiwi`, `adapters.suppliers.kiwi`."""
    documentation = docstrings(path)
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            words = set(re.split(r"[^a-z0-9_]+", node.value))
            yield from ((slug, node.lineno) for slug in suppliers() if slug in words)
    for module in imported(path):
        yield from ((slug, 1) for slug in suppliers() if within(module, f"adapters.suppliers.{slug}"))


def test_a_supplier_sees_the_kit_the_domain_and_itself() -> None:
    strange = [
        f"{path} imports {module}"
        for slug, path in supplier_files()
        for module in imported(path)
        if ours(module) and not within(module, "adapters.kit", "domain", f"adapters.suppliers.{slug}")
        if module != "adapters.suppliers"  # the first half of `from adapters.suppliers import …`
    ]
    assert strange == []


def pretends(slug: str, path: Path) -> bool:
    """A module of the supplier's sandbox, which is a file, or a folder where it is long."""
    folder = Path("adapters/suppliers") / slug
    return path == folder / "sandbox.py" or path.is_relative_to(folder / "sandbox")


def test_a_suppliers_sandbox_is_a_second_reading_that_imports_nothing_of_ours() -> None:
    sandboxes = [(slug, path) for slug, path in supplier_files() if pretends(slug, path)]
    assert {slug for slug, _ in sandboxes} == set(suppliers())
    strange = [
        f"{path} imports {module}"
        for slug, path in sandboxes
        for module in imported(path)
        if ours(module) and not within(module, f"adapters.suppliers.{slug}.sandbox")
    ]
    assert strange == []


def test_a_suppliers_own_modules_leave_its_sandbox_alone() -> None:
    nosy = [
        f"{path} imports {module}"
        for slug, path in supplier_files()
        for module in imported(path)
        if not pretends(slug, path) and within(module, f"adapters.suppliers.{slug}.sandbox")
    ]
    assert nosy == []


def test_every_kind_of_job_has_terms_and_exactly_one_handler() -> None:
    assert set(TERMS) == set(get_args(Job))
    assert set(HANDLERS) == set(get_args(Job))
    assert len(set(HANDLERS.values())) == len(HANDLERS)


def test_settings_are_read_by_entry_points_only() -> None:
    readers = [path.as_posix() for path in files() if any(within(module, "settings") for module in imported(path))]
    assert [path for path in readers if not READS_SETTINGS.fullmatch(path)] == []


def test_neither_the_domain_nor_an_adapter_looks_at_the_environment() -> None:
    looks = [
        f"{path}:{node.lineno}"
        for path in files()
        if path.parts[0] in ("domain", "adapters")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert looks == []


def test_imports_stand_at_the_top() -> None:
    inner = [
        f"{path}:{node.lineno}"
        for path in files()
        for function in nodes(path)
        if isinstance(function, Function)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert inner == []


def test_nothing_is_imported_for_the_type_checker_alone() -> None:
    knots = [
        str(path)
        for path in files()
        for node in nodes(path)
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]
    assert knots == []


def test_every_module_opens_with_a_sentence() -> None:
    """Except the empty files that make a folder of tests a package."""
    written = [path for path in files() if path.parts[0] != "tests" or tree(path).body]
    opened = {path: (ast.get_docstring(tree(path)) or "").partition("\n")[0] for path in written}
    assert [str(path) for path, line in opened.items() if not SENTENCE.fullmatch(line)] == []


def test_no_package_is_a_placeholder() -> None:
    """One with nothing but its opening sentence holds other modules or packages; suppliers' folders come and go."""
    empty = [
        path.parent.as_posix()
        for path in files()
        if path.name == "__init__.py" and len(tree(path).body) <= 1 and alone(path)
    ]
    assert set(empty) <= {"adapters/suppliers"}


def alone(path: Path) -> bool:
    return not any(other != path and other.is_relative_to(path.parent) for other in files())


def test_files_are_read_on_a_few_screens() -> None:
    lengths = {path.as_posix(): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in files()}
    allowed = {path: next(most for pattern, most in LONGEST if pattern.fullmatch(path)) for path in lengths}
    assert {path: length for path, length in lengths.items() if length > allowed[path]} == {}


def test_no_float_comes_near_money() -> None:
    """A supplier's sandbox writes prices as JSON numbers, since its documents do; everything that reads them may not."""
    readers = [path for path in files() if path.parts[0] != "tests" and path.name != "sandbox.py"]
    assert [f"{path}:{line}" for path in readers for line in money_as_float(path)] == []


def money_as_float(path: Path) -> Iterator[int]:
    """Where something with a name of money is declared a float or turned into one."""
    for node in nodes(path):
        match node:
            case ast.AnnAssign(target=ast.Name(id=called) | ast.Attribute(attr=called), annotation=declared):
                pass
            case ast.arg(arg=called, annotation=ast.expr() as declared):
                pass
            case ast.FunctionDef(name=called, returns=ast.expr() as declared):
                pass
            case ast.Call(
                func=ast.Name(id="float") as declared, args=[ast.Name(id=called) | ast.Attribute(attr=called)]
            ):
                pass
            case _:
                continue
        kinds = {part.id for part in ast.walk(declared) if isinstance(part, ast.Name)}
        if MONEY_WORDS.search(called) and "float" in kinds:
            yield node.lineno


def test_tests_use_fakes_and_real_servers_and_patch_nothing_of_ours() -> None:
    tests = [path for path in files() if path.parts[0] == "tests"]
    mocked = [
        str(path)
        for path in tests
        for module in imported(path)
        if within(module, "unittest.mock", "mock", "pytest_mock")
    ]
    patched = [
        f"{path}:{node.lineno}"
        for path in tests
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "monkeypatch"
        and node.attr in ("setattr", "setitem", "delattr", "delitem")
    ]
    assert mocked + patched == []


def test_every_opt_out_says_why() -> None:
    silent = [
        f"{path}:{number}"
        for path in files()
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if (said := OPT_OUT.search(line)) and not said["reason"]
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("x = 1  # noqa" + ": S603", False),
        ("x = 1  # noqa" + ": S603 -- our own program", True),
        ("x = 1  # noqa" + ": DTZ011  the day is right enough", True),
        ("x = 1  # type" + ": ignore[arg-type]", False),
        ("x = 1  # type" + ": ignore[arg-type]  # the point of the test", True),
    ],
)
def test_an_opt_out_is_told_from_its_reason(line: str, *, explained: bool) -> None:
    said = OPT_OUT.search(line)
    assert said is not None
    assert bool(said["reason"]) is explained
