"""A load generator: keep-alive connections, prepared bytes, a process of its own.

`python -m bench.load http://127.0.0.1:8000/path --connections 32 --seconds 5` asks for one URL and prints one JSON object; with
`--paths FILE` its connections take turns at the paths of the file, a line each, again and again. A client that parses and
checks each answer as a browser does would be slower than the servers that it measures; this one reads the status line
and the length, and counts every answer that is not a 200.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

import msgspec
import uvloop

_WARM_UP_SECONDS: Final = 1.0
_GIVE_UP_SECONDS: Final = 10.0


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What one run saw: answers a second, answers that were not 200, bytes of one body, percentiles in milliseconds."""

    answers_a_second: float
    refused: int
    body_bytes: int
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], tally: "_Tally") -> None:
        self._requests: Final = requests
        self._tally: Final = tally
        self._held = bytearray()
        self._missing = 0
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class does not say that it is one
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._held += data
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._held[:end]).lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            self._tally.answer(ok=head.startswith(b"http/1.1 200"), length=length)
            self._missing = length - (len(self._held) - end - 4)
            self._held.clear()
        if self._missing <= 0:
            self._missing = 0
            self._tally.took(time.perf_counter() - self._sent_at)
            self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        if self._tally.over:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))


class _Tally:
    def __init__(self) -> None:
        self.over = False
        self.counting = False
        self.answers = 0
        self.refused = 0
        self.length = 0
        self.times: list[float] = []

    def answer(self, *, ok: bool, length: int) -> None:
        self.length = length
        if self.counting:
            self.answers += 1
            self.refused += not ok

    def took(self, seconds: float) -> None:
        if self.counting:
            self.times.append(seconds)


async def loaded(
    url: str,
    *,
    connections: int,
    seconds: float,
    headers: dict[str, str],
    paths: Sequence[str] = (),
    warm_up: float = _WARM_UP_SECONDS,
) -> Load:
    """Ends by itself after the warm-up and `seconds`. With `paths`, the URL tells the server only."""
    parts = urlsplit(url)
    told = "".join(f"{name}: {value}\r\n" for name, value in (("Host", parts.netloc), *headers.items()))
    targets = paths or (f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}",)
    requests = itertools.cycle([f"GET {target} HTTP/1.1\r\n{told}\r\n".encode() for target in targets])
    tally, loop = _Tally(), asyncio.get_running_loop()
    assert parts.hostname in {"127.0.0.1", "localhost", "::1"}, "load stays on this machine"
    assert parts.port is not None, "name the port"
    port = parts.port
    for _ in range(connections):
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            await loop.create_connection(lambda: _Connection(requests, tally), parts.hostname, port)
    await asyncio.sleep(warm_up)
    tally.counting, started = True, time.perf_counter()
    await asyncio.sleep(seconds)
    tally.counting, took = False, time.perf_counter() - started
    tally.over = True
    await asyncio.sleep(0.2)
    if not tally.times:
        raise RuntimeError(f"{url} gave no answer")
    times = sorted(tally.times)
    return Load(
        answers_a_second=tally.answers / took,
        refused=tally.refused,
        body_bytes=tally.length,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
    )


def main() -> None:
    words = argparse.ArgumentParser(description="Load one URL of a server on this machine")
    words.add_argument("url")
    words.add_argument("--connections", type=int, default=32)
    words.add_argument("--seconds", type=float, default=5.0)
    words.add_argument("--warm-up", type=float, default=_WARM_UP_SECONDS, help="seconds that do not count")
    words.add_argument("--paths", type=Path, help="a file with a path on each line")
    words.add_argument("--header", action="append", default=[], help="Name: value")
    asked = words.parse_args()
    headers = dict(header.split(": ", 1) for header in asked.header)
    paths = asked.paths.read_text().split() if asked.paths else ()
    load = uvloop.run(
        loaded(
            asked.url,
            connections=asked.connections,
            seconds=asked.seconds,
            headers=headers,
            paths=paths,
            warm_up=asked.warm_up,
        )
    )
    sys.stdout.write(msgspec.json.encode(load).decode() + "\n")


if __name__ == "__main__":
    main()
