"""The ceiling: an ASGI app that does nothing but return the bytes in the file that BENCH_BODY names."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

_BODY: Final = Path(os.environ["BENCH_BODY"]).read_bytes()
_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())],
}


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send(_START)
    await send({"type": "http.response.body", "body": _BODY})
