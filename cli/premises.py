"""What must be true before anything starts: a data folder of our own, free ports, an admin token."""

import errno
import fcntl
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cli.stops import Stop

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


def need_free_ports(ports: Mapping[str, int]) -> None:
    """`ports` by the name of their setting. Raises Stop for the first that cannot be had."""
    taken: dict[int, str] = {}
    for setting, port in ports.items():
        if port in taken:
            raise Stop(f"{taken[port]} and {setting} are both {port}: set one of them to another port.")
        taken[port] = setting
        _need_free_port(setting, port)


def _need_free_port(setting: str, port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just been left is free
        try:
            trial.bind(("", port))
        except OverflowError as error:
            raise Stop(f"{setting} is {port}, and ports end at 65535.") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Stop(f"Port {port} is in use: stop what listens there or set {setting}.") from error
            raise Stop(f"Port {port} cannot be opened ({error.strerror}): set {setting}.") from error


def admin_token(folder: Path, environment: Mapping[str, str]) -> str:
    """ADMIN_TOKEN where it is set, else the one in the data folder, which is made once and readable by its owner only."""
    if given := environment.get("ADMIN_TOKEN"):
        return given
    if kept := kept_admin_token(folder):
        return kept
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    path = token_file(folder)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{token}\n")
    return token


def kept_admin_token(folder: Path) -> str | None:
    """None where none was made yet, or where it belongs to somebody else."""
    try:
        return token_file(folder).read_text().strip() or None
    except OSError:
        return None


def token_file(folder: Path) -> Path:
    return folder / _TOKEN
