"""Both embedded servers in one data folder, for exactly one owner at a time."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from storage.embedded.leashed import CannotStart, Owner
from storage.embedded.postgres import EmbeddedPostgres
from storage.embedded.valkey import EmbeddedValkey

_LONGEST_SOCKET: Final = 100  # bytes of a whole path; the kernels allow 107 (Linux) and 103 (macOS)
_LONGEST_NAME: Final = ".s.PGSQL.5432"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._/-]+")


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """Two running servers: where they are reached, and handles that stop, start and kill each on the same URL."""

    database_url: str
    redis_url: str
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey


@contextmanager
def embedded_servers(folder: Path, *, keep: bool) -> Iterator[Servers]:
    """PostgreSQL and Valkey with their files in `folder`, until the context ends or this process does.

    `keep` writes everything safely to disk; without it both are fast and forget. Raises CannotStart.
    """
    folder = folder.expanduser().resolve()
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_alone_in(folder))
            servers = _servers(folder, stack, keep=keep)
            for server in (servers.postgres, servers.valkey):
                stack.callback(server.stop)
                server.start()
        except OSError as error:
            raise CannotStart(f"TravelHub can't keep its data in {folder}: {error.strerror or error}.") from error
        yield servers


def _servers(folder: Path, stack: ExitStack, *, keep: bool) -> Servers:
    sockets = _socket_folder(folder)
    postgres = EmbeddedPostgres(folder / "postgres", sockets=sockets, log=folder / "postgres.log", keep=keep)
    valkey = EmbeddedValkey(folder / "valkey", sockets=sockets, log=folder / "valkey.log", keep=keep)
    _make_private(sockets, postgres.owner)
    stack.callback(_remove_empty, sockets)
    return Servers(database_url=postgres.url, redis_url=valkey.url, postgres=postgres, valkey=valkey)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"Another TravelHub is running with its data in {folder}.") from error
        yield


def _socket_folder(folder: Path) -> Path:
    """In the data folder where its path is short and plain, else always the same short one for that folder."""
    inside = folder / "sockets"
    if _PLAIN.fullmatch(str(inside)) and len(os.fsencode(inside / _LONGEST_NAME)) <= _LONGEST_SOCKET:
        return inside
    name = f"travelhub-{os.geteuid()}-{hashlib.blake2s(os.fsencode(folder), digest_size=6).hexdigest()}"
    shared = Path(tempfile.gettempdir()).resolve() / name
    fits = _PLAIN.fullmatch(str(shared)) and len(os.fsencode(shared / _LONGEST_NAME)) <= _LONGEST_SOCKET
    return shared if fits else Path("/tmp").resolve() / name  # noqa: S108 -- made private below, and refused when it is not ours


def _make_private(sockets: Path, owner: Owner | None) -> None:
    """Whoever can reach the sockets may do everything, so nobody else may own or enter their folder."""
    uid, gid = (owner.uid, owner.gid) if owner else (os.geteuid(), os.getegid())
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.is_symlink() or not sockets.is_dir() or sockets.stat().st_uid not in {uid, os.geteuid()}:
        raise CannotStart(f"{sockets} belongs to somebody else: remove it.")
    sockets.chmod(0o700)
    os.chown(sockets, uid, gid)


def _remove_empty(sockets: Path) -> None:
    with suppress(OSError):  # a server that was killed leaves its socket; the next start clears it
        sockets.rmdir()
