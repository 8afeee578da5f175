"""The leash of one embedded server: starts it, and stops it when whoever holds the other end lets go or dies.

Run as a script in a session of its own, so that Ctrl-C in a terminal reaches neither the leash nor the server.
Nothing but the standard library: it starts in a moment and outlives a broken installation.
"""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

_GLANCE = 0.25  # seconds between two looks at the server and at the holder
_PATIENCE = 20.0  # seconds that the server has to stop by itself


class _LetGo(Exception):
    """Somebody asked the leash itself to end."""


def main(order: dict[str, Any]) -> int:
    signal.signal(signal.SIGTERM, _let_go)
    os.umask(0o077)
    with Path(order["log"]).open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 -- the command is ours, built by storage.embedded
            order["command"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=order["uid"],
            group=order["gid"],
            extra_groups=None if order["uid"] is None else [],
        )
    try:
        while server.poll() is None and _held(order["holder"]):
            pass
    except _LetGo:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return _stopped(server, signal.Signals(order["stop_with"]))


def _held(holder: int) -> bool:
    """A closed pipe is the holder's wish; a new parent means that it died while a fork of it keeps the pipe open."""
    readable, _, _ = select.select([sys.stdin], [], [], _GLANCE)
    return not readable and os.getppid() == holder


def _stopped(server: "subprocess.Popen[bytes]", stop_with: signal.Signals) -> int:
    if server.poll() is None:
        server.send_signal(stop_with)
    try:
        return server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _let_go(_number: int, _frame: FrameType | None) -> None:
    raise _LetGo


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
