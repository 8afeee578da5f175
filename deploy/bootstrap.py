#!/usr/bin/env python3
"""Makes .venv as a lock file says, from a bare Python: standard library only, one sentence when it can't.

    python3 deploy/bootstrap.py requirements.lock [requirements-dev.lock]

Installs the last lock named; the ones before it are known to be part of it. Does nothing when all is as it should be.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

if sys.version_info < (3, 11):  # noqa: UP036 -- makes exactly this check: any python3 may be asked to run this file
    sys.exit(
        "TravelHub needs Python 3.11 or newer, and {} is {}.{}: install a newer one, or name it, as in "
        "`make run PYTHON=python3.12`.".format(sys.executable, *sys.version_info[:2])
    )

import tomllib  # came with 3.11, so the check stands above it

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
PATIENCE = 600.0  # seconds that another make may take for its own install

# What pip's log says -> what to tell people. The first row that fits is taken.
NO_INDEX = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries exceeded|Name or service not known"
    r"|Temporary failure in name resolution|Connection refused|Network is unreachable"
)
NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")
NO_BUILD = re.compile(r"Failed building wheel|Could not build wheels|Failed to build|metadata[- ]generation[- ]failed")
ERROR = re.compile(r"\bERROR: (.*)")
COMPILERS = ("cc", "gcc", "clang")


class Refused(Exception):
    """Why there is no environment, as one sentence for the person at the terminal."""


def main(locks: list[str]) -> int:
    try:
        with _alone():
            _made(locks)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _made(locks: list[str]) -> None:
    wanted = {lock: _digest(_content(lock)) for lock in locks}
    stamp = _stamp()
    if not _same_ground(stamp):
        stamp = _new_environment(again=VENV.exists())
    if stamp.get(locks[-1]) != wanted[locks[-1]]:
        _install(f"packages of {locks[-1]}", ["--no-deps", "-r", str(ROOT / locks[-1])])
        stamp.update(wanted)
        _write(stamp)
    if stamp.get("project") != _project():
        # The old form of an editable install is one path: a package that is added later is found by itself.
        here = ["--no-deps", "--config-settings", "editable_mode=compat", "--editable", str(ROOT)]
        _install("the travelhub command", here)
        stamp["project"] = _project()
        _write(stamp)


def _same_ground(stamp: dict[str, str]) -> bool:
    """Whether what is installed can be built upon: the same Python, in the same place, no lock changed since."""
    locks = {name: _digest(_content(name)) for name in stamp if name.endswith(".lock")}
    return bool(stamp) and PYTHON.exists() and stamp == {**stamp, **_ground(), **locks}


def _ground() -> dict[str, str]:
    return {"python": "{}.{}".format(*sys.version_info[:2]), "place": str(VENV)}


def _new_environment(*, again: bool) -> dict[str, str]:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Refused(
            f"{sys.executable} has no venv module: install it (on Debian and Ubuntu: apt install python3-venv) "
            "and run make again."
        )
    _say("Making .venv anew, because what it was made from has changed" if again else "Making .venv")
    try:
        (VENV / "bin").mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        made = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- our own interpreter
        if made.returncode:
            said = (made.stdout + made.stderr).decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise Refused(f"{sys.executable} could not make {VENV}: {said[-1]}")
        stamp = _ground()
        _write(stamp)
    except OSError as error:
        raise _unwritable(error) from error
    return stamp


def _unwritable(error: OSError) -> Refused:
    return Refused(f"Cannot write to {VENV} ({error.strerror}): make the folder yours, or work on a copy of it.")


def _install(what: str, arguments: list[str]) -> None:
    _say(f"Installing {what}")
    options = ["--no-input", "--progress-bar", "off", "--log", str(LOG)]
    command = [str(PYTHON), "-m", "pip", "install", *options, *arguments]
    try:
        LOG.write_bytes(b"")
        pip = subprocess.Popen(  # noqa: S603 -- the environment's own interpreter, with arguments of ours
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment()
        )
        with pip, _one_line(sys.stderr) as show:
            for said in pip.stdout or ():
                show(said.decode(errors="replace").strip())
    except OSError as error:
        raise _unwritable(error) from error
    if pip.returncode:
        raise Refused(_why(LOG.read_text(errors="replace"), what))


def _why(log: str, what: str) -> str:
    if NO_SPACE.search(log):
        return f"The disk is full: {what} did not fit into {VENV} (pip's own words are in {LOG})."
    if NO_BUILD.search(log) and not any(shutil.which(name) for name in COMPILERS):
        return (
            "A package had to be compiled and there is no C compiler: install gcc (or clang) and run make again "
            f"(pip's own words are in {LOG})."
        )
    if NO_INDEX.search(log):
        return (
            "The package index cannot be reached: check the network, or point PIP_INDEX_URL at an index that can "
            f"(pip's own words are in {LOG})."
        )
    errors = ERROR.findall(log) or ["it gave no reason"]
    return f"pip could not install {what}: {errors[-1].rstrip('.')} (pip's own words are in {LOG})."


def _environment() -> dict[str, str]:
    """Ours without what would lead pip out of .venv."""
    lead_astray = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"}
    kept = {name: value for name, value in os.environ.items() if name not in lead_astray}
    return {"PIP_RETRIES": "2", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **kept}


def _project() -> str:
    """Changes when the command has to be installed again, not when somebody tunes the linter."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tools = declared.get("tool", {})
    return _digest(
        json.dumps(
            [declared.get("build-system"), declared.get("project"), tools.get("setuptools")], sort_keys=True
        ).encode()
    )


def _content(lock: str) -> bytes:
    try:
        return (ROOT / lock).read_bytes()
    except OSError as error:
        raise Refused(f"Cannot read {ROOT / lock} ({error.strerror}): get a whole copy of the project.") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp


def _write(stamp: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One install at a time in one tree. The lock is on this very file, so that nothing is left behind."""
    with Path(__file__).open("rb") as gate:
        waited_until = time.monotonic() + PATIENCE
        told = False
        while True:
            try:
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > waited_until:
                    raise Refused("Another make has been installing for ten minutes: end it and try again.") from error
            if not told:
                _say("Another make is installing here: waiting for it")
                told = True
            time.sleep(0.2)
        yield


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence} …\n")


@contextlib.contextmanager
def _one_line(terminal: IO[str]) -> Iterator[Callable[[str], None]]:
    """pip's latest words on one line that overwrites itself; nothing where nobody watches."""
    watched = terminal.isatty()
    width = shutil.get_terminal_size().columns - 3

    def show(words: str) -> None:
        if watched:
            terminal.write(f"\r\033[K  {words[:width]}")
            terminal.flush()

    try:
        yield show
    finally:
        show("")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
