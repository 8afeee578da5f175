"""Ten thousand clients that follow flights, in a process of their own: `python -m bench.crowd PORT` takes orders by line.

Each order is a JSON object on standard input and is answered by one on standard output. A client does what browsers do: it
keeps the id of the last event, and comes back with it when the line breaks.
"""

import asyncio
import random
import resource
import sys
from typing import Final, cast

import msgspec
import uvloop

_AT_ONCE: Final = 100  # connections that are being made
_COME_BACK_SECONDS: Final = (0.05, 0.5)
_DECODE: Final = msgspec.json.Decoder


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`open`: one stream more for each of the paths. `cut`: that many lines break. `report`: how it stands."""

    do: str
    paths: tuple[str, ...] = ()
    count: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`last` is the lowest number that any follower of a path has got by now, -1 before the first event.

    `begun_again` counts streams that were told the whole state again although they came back with an id; `events` are
    those of all clients, `farewells` the clients that were told to come back, some twice: who is too soon meets the same
    process once more.
    """

    open: int = 0
    begun: int = 0
    events: int = 0
    missed: int = 0
    repeated: int = 0
    begun_again: int = 0
    refused: int = 0
    reconnected: int = 0
    farewells: int = 0
    last: dict[str, int] = {}


class _Tally:
    def __init__(self) -> None:
        self.events = self.missed = self.repeated = self.begun_again = 0
        self.refused = self.reconnected = self.farewells = 0


class _Client(asyncio.Protocol):
    """One stream: reads chunks, follows the numbers of events, and comes back."""

    __slots__ = ("_crowd", "_dismissed", "_held", "_in_head", "last", "last_id", "path", "transport")

    def __init__(self, crowd: "Crowd", path: str) -> None:
        self._crowd: Final = crowd
        self.path: Final = path
        self.last = -1
        self.last_id = b""
        self.transport: asyncio.Transport | None = None
        self._held = b""
        self._in_head = True
        self._dismissed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._held, self._in_head = b"", True
        resuming = b"Last-Event-ID: %s\r\n" % self.last_id if self.last_id else b""
        self.transport.write(
            b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n%s\r\n"
            % (self.path.encode(), resuming)
        )

    def data_received(self, data: bytes) -> None:
        held = self._held + data
        if self._in_head:
            end = held.find(b"\r\n\r\n")
            if end < 0:
                self._held = held
                return
            if not held.startswith(b"HTTP/1.1 200"):
                self._crowd.tally.refused += 1
                assert self.transport is not None
                self.transport.close()
                return
            held, self._in_head = held[end + 4 :], False
        self._held = self._chunks(held)

    def connection_lost(self, _: Exception | None) -> None:
        self.transport = None
        self._crowd.lost(self)

    def _chunks(self, held: bytes) -> bytes:
        """What is left over behind the last whole chunk."""
        while (line := held.find(b"\r\n")) >= 0:
            end = line + 2 + int(held[:line], 16)
            if len(held) < end + 2:
                return held
            self._event(held[line + 2 : end])
            held = held[end + 2 :]
            if end == line + 2 and self.transport is not None:  # the last chunk: the answer is over
                self.transport.close()
        return held

    def _event(self, wire: bytes) -> None:
        """The server sends each event, or comment, in a chunk of its own."""
        tally = self._crowd.tally
        if b"come back" in wire and not self._dismissed:
            self._dismissed = True
            tally.farewells += 1
        if not wire.startswith(b"id: "):
            return
        head = wire.split(b"\n", 2)
        self.last_id = head[0].removeprefix(b"id: ")
        number = int(self.last_id.rpartition(b".")[2])
        tally.events += 1
        if head[1] == b"event: status":
            if self.last >= 0:
                tally.begun_again += 1
        elif number <= self.last:
            tally.repeated += 1
        else:
            tally.missed += number - self.last - 1
        self.last = max(self.last, number)


class Crowd:
    """All clients of this process."""

    def __init__(self, port: int) -> None:
        self.tally: Final = _Tally()
        self._port: Final = port
        self._clients: Final[list[_Client]] = []
        self._door: Final = asyncio.Semaphore(_AT_ONCE)
        self._coming: Final[set[asyncio.Task[None]]] = set()

    async def open(self, paths: tuple[str, ...]) -> None:
        new = [_Client(self, path) for path in paths]
        self._clients.extend(new)
        await asyncio.gather(*(self._connect(client) for client in new))

    def cut(self, count: int) -> None:
        """Without a word, as a train that goes into a tunnel."""
        for client in random.sample(self._clients, count):
            if client.transport is not None:
                client.transport.abort()

    def lost(self, client: _Client) -> None:
        back = asyncio.create_task(self._come_back(client))
        self._coming.add(back)
        back.add_done_callback(self._coming.discard)

    def report(self) -> Report:
        last: dict[str, int] = {}
        for client in self._clients:
            last[client.path] = min(last.get(client.path, client.last), client.last)
        counts = {name: getattr(self.tally, name) for name in vars(self.tally)}
        return Report(
            open=sum(client.transport is not None for client in self._clients),
            begun=sum(client.last >= 0 for client in self._clients),
            last=last,
            **counts,
        )

    async def _come_back(self, client: _Client) -> None:
        await asyncio.sleep(random.uniform(*_COME_BACK_SECONDS))  # noqa: S311 -- no secret
        self.tally.reconnected += 1
        await self._connect(client)

    async def _connect(self, client: _Client) -> None:
        """Until somebody listens."""
        async with self._door:
            while True:
                try:
                    async with asyncio.timeout(10):
                        loop = asyncio.get_running_loop()
                        await loop.create_connection(lambda: client, "127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.2)
                else:
                    return


async def _serve(port: int) -> None:
    crowd, loop = Crowd(port), asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = _DECODE(Order).decode(line)
        match order.do:
            case "open":
                await crowd.open(order.paths)
            case "cut":
                crowd.cut(order.count)
        sys.stdout.write(msgspec.json.encode(crowd.report()).decode() + "\n")
        sys.stdout.flush()


def raise_open_files() -> int:
    """As many open files as this process may have; that many it, and all that it starts, may have from now on."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def main() -> None:
    raise_open_files()
    uvloop.run(_serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
