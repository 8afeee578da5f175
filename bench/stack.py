"""A whole TravelHub of its own on free ports and in a temporary folder: for benchmarks and for tests of the system."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from api.people.tokens import TokenRing
from domain.people import Role
from storage.embedded import Servers, embedded_servers
from storage.migrate import upgrade
from storage.vault import new_key

_ROOT: Final = Path(__file__).resolve().parent.parent
_READY_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 25.0

# Everything that an operator would scale, as the Procfile starts it.
_PYTHON: Final = sys.executable
COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "web": (_PYTHON, "-m", "gunicorn", "-c", "api/gunicorn.conf.py", "api.main:app"),
    "worker": (
        *(_PYTHON, "-m", "dramatiq", "workers.main", "--queues", "search", "refresh"),
        *("--processes", "1", "--threads", "{threads}", "--skip-logging", "--worker-shutdown-timeout", "2000"),
    ),
    "worker_catalogue": (
        *(_PYTHON, "-m", "dramatiq", "workers.main", "--queues", "catalogue", "housekeeping"),
        *("--processes", "1", "--threads", "4", "--skip-logging", "--worker-shutdown-timeout", "2000"),
    ),
    "worker_bookings": (
        *(_PYTHON, "-m", "dramatiq", "workers.main", "--queues", "bookings", "notices"),
        *("--processes", "1", "--threads", "{threads}", "--skip-logging", "--worker-shutdown-timeout", "2000"),
    ),
    "scheduler": (_PYTHON, "-m", "schedules.main"),
    "sandbox": (
        *(_PYTHON, "-m", "uvicorn", "sandbox.app:app", "--host", "127.0.0.1", "--no-access-log"),
        *("--workers", "1"),  # one ledger, whatever WEB_CONCURRENCY says: uvicorn would heed it as well
    ),
    "mailbox": (_PYTHON, "-m", "sandbox.mailbox", "--port", "{mailbox_port}", "--smtp-port", "{mailbox_smtp_port}"),
}


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One started command, in a session of its own."""

    name: str
    running: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        """SIGKILL to the whole session: nobody inside gets to say goodbye."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait(timeout=_STOP_SECONDS)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for whoever does not listen."""
        self.ask_to_end()
        self.wait_for_end()

    def ask_to_end(self) -> None:
        """Once, and only the main process, which tells its own: Dramatiq's workers drop their jobs when told twice."""
        self.running.terminate()

    def wait_for_end(self) -> None:
        try:
            self.running.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


class Stack:
    """The running system. `environment` is what its processes see on top of ours, `commands` what they are started by."""

    def __init__(
        self,
        servers: Servers,
        folder: Path,
        environment: Mapping[str, str],
        commands: Mapping[str, tuple[str, ...]] = COMMANDS,
    ) -> None:
        self.servers: Final = servers
        self.folder: Final = folder
        self.admin_token: Final = secrets.token_urlsafe(16)
        self.token_key: Final = new_key()
        self.encryption_key: Final = new_key()
        self.sandbox_port: Final = free_port()
        self.port: Final = free_port()
        self.mailbox_port: Final = free_port()
        self.mailbox_smtp_port: Final = free_port()
        self.processes: Final[list[Process]] = []
        self._environment: Final = dict(environment)
        self._commands: Final = commands

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def mailbox(self) -> str:
        return f"http://127.0.0.1:{self.mailbox_port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "PORT": str(self.port),
            "SANDBOX_URL": self.sandbox,
            "MAILBOX_SMTP_PORT": str(self.mailbox_smtp_port),
            "TRAVELHUB_DATA": str(self.folder),
            "ADMIN_TOKEN": self.admin_token,
            "TOKEN_KEYS": self.token_key,
            "ENCRYPTION_KEYS": self.encryption_key,
            "RATE_LIMIT": "100000000",
            "WEBHOOKS_ALLOW_PRIVATE": "1",
            "dramatiq_worker_timeout": "10",
            "dramatiq_restart_delay": "500",
        }
        return {**os.environ, **ours, **self._environment}

    def start(self, name: str, **environment: str) -> Process:
        """One more process of this name."""
        threads = self.environment.get("WORKER_THREADS", "64")
        ports = {"mailbox_port": self.mailbox_port, "mailbox_smtp_port": self.mailbox_smtp_port}
        command = tuple(word.format(threads=threads, **ports) for word in self._commands[name])
        if name == "sandbox":
            command = (*command, "--port", str(self.sandbox_port))
        log = self.folder / f"{name}-{len(self.processes)}.log"
        with log.open("wb") as lines:
            running = subprocess.Popen(
                command, cwd=_ROOT, env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=lines,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        process = Process(name=name, running=running, log=log)
        self.processes.append(process)
        return process

    def admin(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.admin_token}"}

    def signed_in(self, who: str, *, role: Role = Role.TRAVELLER) -> dict[str, str]:
        """The headers of somebody with this owner's id, for the next ten minutes."""
        token = TokenRing([self.token_key]).signed(
            owner=who, role=role, session=f"session of {who}", number="1", now=datetime.now(UTC)
        )
        return {"Authorization": f"Bearer {token}"}

    def stop(self) -> None:
        """All at once, so that it takes as long as the slowest of them."""
        for process in self.processes:
            process.ask_to_end()
        for process in self.processes:
            process.wait_for_end()


@contextmanager
def stack(
    *names: str,
    environment: Mapping[str, str] | None = None,
    within: Path | None = None,
    commands: Mapping[str, tuple[str, ...]] = COMMANDS,
    keep: bool = False,
) -> Iterator[Stack]:
    """The named processes (a name may stand twice), ready, with the world's airports loaded; ended with the block.

    `within` is where its folder is made, else where temporary files go. `keep`: what PostgreSQL has promised to keep it
    keeps, whatever kills it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="travelhub-stack-", dir=within) as folder,
        embedded_servers(Path(folder), keep=keep) as servers,
    ):
        upgrade(servers.database_url)
        running = Stack(servers, Path(folder), environment or {}, commands)
        try:
            for name in names:
                running.start(name)
            if "sandbox" in names:
                until(lambda: answers(f"{running.sandbox}/_health"), "the sandbox answers")
            if "mailbox" in names:
                until(lambda: answers(f"{running.mailbox}/_health"), "the mailbox is open")
            if "web" in names and "worker_catalogue" in names:
                until(lambda: answers(f"{running.api}/livez"), "the API is alive")
                _load_airports(running)
                until(lambda: answers(f"{running.api}/v1/airports/LHR"), "the API knows the airports")
            yield running
        finally:
            running.stop()


def until(holds: Callable[[], bool], what: str, *, seconds: float = _READY_SECONDS) -> None:
    """Raises TimeoutError naming `what` did not come true."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _load_airports(running: Stack) -> None:
    def done() -> bool:
        job = httpx.get(f"{running.api}{location}", headers=running.admin(), timeout=_READY_SECONDS).json()
        if job["state"] == "failed":
            raise RuntimeError(f"the airports were not loaded: {job['detail']}")
        return bool(job["state"] == "done")

    asked = httpx.post(f"{running.api}/v1/airports/sync", headers=running.admin(), timeout=_READY_SECONDS)
    asked.raise_for_status()
    location = asked.headers["location"]
    until(done, "the airports are loaded")
