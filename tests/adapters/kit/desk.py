"""A supplier's desk on this machine: a real HTTP server that answers as the test tells it to, badly where it is told."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came in; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Desk:
    """Gives its answers in order, the last one again and again. `asked` is what came in."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: Final[list[Asked]] = []
        self.visited: Final = asyncio.Event()
        self.base_url = ""
        self._answers: Final = list(answers)
        self._open: Final[set[asyncio.Task[None]]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (asked := await _request(reader)) is not None:
                self.asked.append(asked)
                self.visited.set()
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                await answer(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the caller has gone, or the desk closes
        finally:
            self._open.discard(task)
            writer.close()

    async def closed(self) -> None:
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def open_desk(*answers: Answer) -> AsyncIterator[Desk]:
    desk = Desk(*answers)
    server = await asyncio.start_server(desk.serve, "127.0.0.1", 0)
    desk.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield desk
    finally:
        server.close()
        await desk.closed()


def says(status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, len(body), headers or {}) + body)
        await writer.drain()

    return answer


def says_zipped(body: bytes) -> Answer:
    return says(body=gzip.compress(body), headers={"content-encoding": "gzip"})


def hangs() -> Answer:
    async def answer(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    return answer


def drips() -> Answer:
    """A reply that never ends: each byte comes soon enough for a read to succeed."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, 1_000_000, {}))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    return answer


def resets() -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        raise ConnectionResetError

    return answer


def cuts() -> Answer:
    """Promises more than it sends."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, 1_000, {}) + b'{"flights": [')
        await writer.drain()
        raise ConnectionAbortedError

    return answer


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    told = {"content-type": "application/json", "content-length": str(length), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} So Be It\r\n{lines}\r\n".encode()


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method=method, target=target, headers=headers, body=body)
