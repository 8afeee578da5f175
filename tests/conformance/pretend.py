"""The sandbox server for this suite: the real one, over a world whose first day never changes."""

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx

from sandbox.asgi import App, Receive, Scope, Send
from sandbox.mounts import loaded
from sandbox.server import create_app
from sandbox.world import World
from tests.builders import NOW
from tests.conformance.folders import suppliers

ROOT: Final = Path(__file__).parents[2]
_SEED: Final = 1
_BETWEEN_CALLS: Final = timedelta(seconds=11)  # slower than the slowest of the declared windows
_READY_WITHIN_SECONDS: Final = 60.0
_GONE_WITHIN_SECONDS: Final = 20.0


def ticking() -> App:
    """Time passes: the ledger can judge a budget."""
    begun = time.monotonic()
    return _over(World(seed=_SEED, clock=lambda: NOW + timedelta(seconds=time.monotonic() - begun)))


def stepping() -> App:
    """Time passes by calls and not by itself: the same walk gets the same answers, and no supplier is asked in haste."""
    return _going_on_with(lambda scope: not scope["path"].startswith("/_"))


def standing() -> App:
    """Time passes only when the ledger is wiped: no price moves under the hands of whoever buys something."""
    return _going_on_with(lambda scope: (scope["method"], scope["path"]) == ("DELETE", "/_ledger"))


def _going_on_with(step: Callable[[Scope], bool]) -> App:
    steps = itertools.count(1)
    passed = [NOW]

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and step(scope):
            passed[0] = NOW + next(steps) * _BETWEEN_CALLS
        await world(scope, receive, send)

    world = _over(World(seed=_SEED, clock=lambda: passed[0]))
    return server


def _over(world: World) -> App:
    """Without the suppliers whose sandbox can't be built: they fail by name, each in its own tests."""
    mounted = {}
    for slug in suppliers():
        try:
            mounted[slug] = loaded(slug)
            mounted[slug].create_app(world)
        except Exception as error:  # noqa: BLE001 -- whatever is wrong in a folder is that supplier's failure
            mounted.pop(slug, None)
            sys.stderr.write(f"{slug} is not mounted: {type(error).__name__}: {error}\n")
    return create_app(world=world, suppliers=mounted)


@contextmanager
def open_sandbox(world: str) -> Iterator[str]:
    """Its address; `world` is the name of one of the three above. It ends with the context."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        # Else an answer's body waits 40 ms for its head to be acknowledged: asyncio does not see that this is TCP.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        command = [sys.executable, "-m", "uvicorn", "--factory", f"{__name__}:{world}", "--log-level", "warning"]
        server = subprocess.Popen([*command, "--fd", str(door.fileno())], cwd=ROOT, pass_fds=[door.fileno()])
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
    try:
        # Callers queue at the door until the world is built, and are turned away if that fails.
        httpx.get(f"{url}/_health", timeout=_READY_WITHIN_SECONDS).raise_for_status()
        yield url
    finally:
        server.terminate()
        try:
            server.wait(_GONE_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
