"""What must be true before anything starts: a data folder of our own, free ports, an admin token."""

import errno
import fcntl
import os
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Final

import msgspec

from cli.stops import Stop
from storage.vault import new_key

_TOKEN: Final = "admin-token"  # noqa: S105 -- the file's name
_TOKEN_BYTES: Final = 32


@contextmanager
def data_folder(folder: Path) -> Iterator[None]:
    """The folder, made and writable, with nobody else in it until the context ends. Raises Stop.

    The lock is on the folder itself, so that there is no lock file to be left behind.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        why = error.strerror or error
        raise Stop(
            f"Cannot write to the data folder {folder} ({why}): make it yours, or set TRAVELHUB_DATA."
        ) from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Stop(f"TravelHub is already running with its data in {folder}: end it, or set TRAVELHUB_DATA.") from error


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """Where something will listen, and the setting that says so."""

    setting: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """As it is reached from this machine."""
        near = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(self.host, self.host)  # noqa: S104 -- what to ask instead
        return f"http://{near}:{self.port}"


def need_free(doors: Iterable[Door]) -> None:
    """Raises Stop for the first that cannot be had."""
    taken: dict[int, str] = {}
    for door in doors:
        if door.port in taken:
            raise Stop(f"{taken[door.port]} and {door.setting} are both {door.port}: set one of them to another port.")
        taken[door.port] = door.setting
        _need_free(door)


def _need_free(door: Door) -> None:
    host = door.host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just been left is free
        try:
            trial.bind((host, door.port))
        except OverflowError as error:
            raise Stop(f"{door.setting} is {door.port}, and ports end at 65535.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Stop(f"Port {door.port} is in use: stop what listens there or set {door.setting}.") from error
            where = f"{door.host}:{door.port}"
            raise Stop(f"Cannot listen at {where} ({error.strerror}): set {door.setting} to another port.") from error


def admin_token(folder: Path, environment: Mapping[str, str]) -> str:
    """ADMIN_TOKEN where it is set, else the one in the data folder, which is made once and readable by its owner only."""
    return environment.get("ADMIN_TOKEN") or _kept_or_made(token_file(folder), partial(token_urlsafe, _TOKEN_BYTES))


def kept_admin_token(folder: Path) -> str | None:
    """None where none was made yet, or where it belongs to somebody else."""
    return _kept(token_file(folder))


# Those that processes share and that are kept as the admin token is: by setting, the name of the file.
_KEYS: Final[Mapping[str, str]] = MappingProxyType({"TOKEN_KEYS": "token-keys", "ENCRYPTION_KEYS": "encryption-keys"})


def keys(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What signs and what seals: as it is set, else as it is kept in the data folder, where it is made once.

    Without the key in `encryption-keys` nobody reads again what was sealed with it: it belongs into the backup.
    """
    return {name: environment.get(name) or _kept_or_made(folder / file, new_key) for name, file in _KEYS.items()}


def kept_keys(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """As `keys`, of a house that stands; what was never made is empty."""
    return {name: environment.get(name) or _kept(folder / file) or "" for name, file in _KEYS.items()}


def _kept_or_made(path: Path, make: Callable[[], str]) -> str:
    if kept := _kept(path):
        return kept
    made = make()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{made}\n")
    return made


def _kept(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except OSError:
        return None


def token_file(folder: Path) -> Path:
    return folder / _TOKEN
