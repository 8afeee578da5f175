"""From a bare Python to a working environment with `make`: what it offers, and what it says when it can't."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKE = shutil.which("make") or "make"

# A package that is built by itself, so that no index is needed: its build runs a compiler that may be missing.
NEEDS_A_COMPILER = """
    import subprocess

    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        subprocess.run(["cc", "--version"], check=True)
        raise RuntimeError("a compiler was found after all")
"""

# The same for the project: its editable install is one path and one command.
BUILDS_ITSELF = """
    import os
    import zipfile

    def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
        name = "travelhub-0.1.0-py3-none-any.whl"
        parts = {
            "travelhub.pth": os.getcwd(),
            "travelhub-0.1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: travelhub\\nVersion: 0.1.0\\n",
            "travelhub-0.1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
            "travelhub-0.1.0.dist-info/entry_points.txt": "[console_scripts]\\ntravelhub = said:main\\n",
            "travelhub-0.1.0.dist-info/RECORD": "",
        }
        with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
            for path, content in parts.items():
                wheel.writestr(path, content)
        return name
"""


def test_make_alone_prints_every_target_with_a_line_of_its_own() -> None:
    said = _make(ROOT, python=sys.executable)
    targets = re.findall(r"^  ([a-z]+) +\S", said.stdout, re.MULTILINE)
    declared = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert declared
    assert set(targets) == {name for name in declared[1].split() if not name.startswith("installed")}
    assert {"run", "test", "check", "bench", "record", "lock", "clean"} <= set(targets)


def test_what_runs_is_part_of_what_tests_so_that_one_environment_serves_both() -> None:
    runs, tests = (_pins(ROOT / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert runs
    assert runs <= tests


def test_a_lock_names_exact_versions_and_no_place_to_get_them_from() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text()
        assert all(re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", pin) for pin in _pins(ROOT / name))


def test_a_python_that_is_too_old_is_named(tree: Path) -> None:
    old = _python_that(tree, "import sys; sys.version_info = (3, 10, 4)")
    _refused(_make(tree, "run", python=old), "TravelHub needs Python 3.11 or newer", "3.10")
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_virtual_environments_is_told_what_to_install(tree: Path, module: str) -> None:
    bare = _python_that(tree, f"import sys; sys.modules[{module!r}] = None")
    _refused(_make(tree, "run", python=bare), "has no venv module", "python3-venv")


def test_a_folder_that_cannot_be_written_to_is_named(tree: Path) -> None:
    (tree / ".venv").write_text("in the way")
    _refused(_make(tree, "run", python=sys.executable), "Cannot write to", ".venv")


def test_an_incomplete_copy_of_the_project_is_noticed(tree: Path) -> None:
    (tree / "requirements.lock").unlink()
    _refused(_make(tree, "run", python=sys.executable), "Cannot read", "requirements.lock")


@pytest.mark.slow
def test_an_index_that_is_away_is_said_to_be_away(tree: Path) -> None:
    (tree / "requirements.lock").write_text("no-such-package-anywhere==1.0\n")
    _refused(_make(tree, "run", python=sys.executable), "The package index cannot be reached", "install.log")


@pytest.mark.slow
def test_a_missing_compiler_is_asked_for(tree: Path) -> None:
    _package(tree / "native", NEEDS_A_COMPILER)
    (tree / "requirements.lock").write_text(f"native @ {(tree / 'native').as_uri()}\n")
    said = _make(tree, "run", python=sys.executable, path=_only(tree, "sed", "expand"))
    _refused(said, "there is no C compiler: install gcc (or clang)", "install.log")


@pytest.mark.slow
def test_an_environment_is_made_once_and_anew_when_a_lock_has_changed(tree: Path) -> None:
    (tree / "requirements.lock").write_text("# nothing is needed\n")
    first, second = (_make(tree, "run", python=sys.executable) for _ in range(2))
    assert (first.returncode, first.stdout) == (0, "up\n"), first.stderr
    assert "Installing" in first.stderr
    assert (second.returncode, second.stdout, second.stderr) == (0, "up\n", "")
    left = tree / ".venv" / "left-over"
    left.touch()
    (tree / "requirements.lock").write_text("# still nothing\n")
    third = _make(tree, "run", python=sys.executable)
    assert (third.returncode, third.stdout) == (0, "up\n"), third.stderr
    assert "Making .venv anew" in third.stderr
    assert not left.exists()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with our Makefile and nothing else of ours."""
    folder = tmp_path / "a project"
    _package(folder, BUILDS_ITSELF)
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "deploy" / "bootstrap.py", folder / "deploy")
    (folder / "said.py").write_text("import sys\n\ndef main():\n    print(*sys.argv[1:])\n")
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("")
    return folder


def _make(
    folder: Path, *targets: str, python: str | Path, path: str | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "MFLAGS"))}
    environment |= {
        "PATH": path or environment["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # the discard port: nobody listens
        "PIP_RETRIES": "0",
    }
    command = [MAKE, "--no-print-directory", f"PYTHON={python}", *targets]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def _refused(said: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """One sentence for people, apart from the progress in front of it and make's own line behind it."""
    sentences = [line for line in said.stderr.splitlines() if not line.endswith("…") and not line.startswith("make")]
    assert said.returncode != 0
    assert len(sentences) == 1, said.stderr
    for word in words:
        assert word in sentences[0]


def _python_that(folder: Path, first: str) -> Path:
    """An interpreter that does something before it runs what it is asked to run."""
    script = folder.with_name("doctored-python")
    then = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{first}; {then}" "$@"\n')
    script.chmod(0o755)
    return script


def _package(folder: Path, backend: str) -> None:
    folder.mkdir()
    (folder / "backend.py").write_text(dedent(backend))
    (folder / "pyproject.toml").write_text(
        dedent(f"""
            [build-system]
            requires = []
            build-backend = "backend"
            backend-path = ["."]

            [project]
            name = "{folder.name if folder.name.isalpha() else "travelhub"}"
            version = "0.1.0"
        """)
    )


def _only(folder: Path, *programs: str) -> str:
    """A PATH on which nothing but these is found."""
    narrow = folder / "narrow"
    narrow.mkdir()
    for program in programs:
        (narrow / program).symlink_to(shutil.which(program) or program)
    return str(narrow)


def _pins(lock: Path) -> set[str]:
    return {
        line.split(" ;")[0].strip()
        for line in lock.read_text().splitlines()
        if line and not line.lstrip().startswith("#")
    }
