"""A sandbox behind a real port, for as long as a test needs it."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import httpx
import uvicorn

from sandbox.asgi import App
from sandbox.server import create_app
from tests.sandbox.travel import Clock, a_world


@contextmanager
def serving(
    app: App, *, loop: Literal["asyncio", "uvloop"] = "asyncio", lifespan: Literal["on", "off"] = "on"
) -> Iterator[str]:
    """Its address; connections wait in the socket's queue until it is up. Leaving waits until every call has ended."""
    server = uvicorn.Server(uvicorn.Config(app, loop=loop, log_level="warning", lifespan=lifespan))
    # Only sockets that name their protocol are spared the wait for more to send (TCP_NODELAY) by asyncio.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=60)
        assert not thread.is_alive()


@contextmanager
def sandboxed(
    suppliers: Mapping[str, Any], *, loop: Literal["asyncio", "uvloop"] = "asyncio"
) -> Iterator[httpx.Client]:
    """A client of a sandbox of one's own, over the world of seed 1 at noon."""
    app = create_app(world=a_world(clock=Clock()), suppliers=suppliers)
    with serving(app, loop=loop) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client
