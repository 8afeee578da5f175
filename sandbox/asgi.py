"""The few words of ASGI that the sandbox speaks itself, around Falcon and the suppliers' apps."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


async def answer(
    send: Send, *, status: int, body: bytes, content_type: bytes = b"application/json", headers: tuple[Header, ...] = ()
) -> None:
    """A whole answer in one go."""
    length = str(len(body)).encode()
    head = [(b"content-type", content_type), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
