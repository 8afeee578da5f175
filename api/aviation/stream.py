"""A flight as server-sent events: how it stands, then each change, and its end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from api.aviation.following import Entry, FlightLog, Follower, Following
from domain.watching import FlightDay
from storage.failures import StorageDown

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_LONGEST: Final = 3600.0  # seconds; the client comes back with Last-Event-ID and misses nothing
_SLOWEST: Final = 30.0  # seconds that a client may take for what it is sent at once
_FAREWELL: Final = 2.0  # seconds, for the last word
_COME_BACK_MS: Final = 1000
_SPREAD_MS: Final = 4000  # ten thousand do not come back in the same moment
_SIGN_OF_LIFE: Final = b": still flying\n\n"


def seen(last_event_id: str, flight: FlightDay) -> int | None:
    """The number of the last event that a client has got of this flight. None for no id, or one that is not ours."""
    day, _, number = last_event_id.partition(".")
    if day != flight.day.isoformat() or not (number.isdecimal() and number.isascii() and len(number) <= 9):
        return None
    return int(number)


class FlightStream:
    """What goes on after the head of the answer has been sent: one task of the server's own, and nothing else.

    `number` is the last event that the client has got, None for a client that begins.
    """

    __slots__ = ("_following", "_log", "_number")

    def __init__(self, following: Following, log: FlightLog, number: int | None) -> None:
        self._following: Final = following
        self._log: Final = log
        self._number = number

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Until the flight is over, the client leaves or this process ends."""
        async with self._following.following(self._log) as follower:
            with suppress(StorageDown, TimeoutError):
                await self._run(follower, receive, send)
        with suppress(TimeoutError):  # whoever took nothing so far is left without a word
            async with asyncio.timeout(_FAREWELL):
                await send({"type": "http.response.body", "body": self._farewell(follower), "more_body": False})

    async def _run(self, follower: Follower, receive: Receive, send: Send) -> None:
        until = asyncio.get_running_loop().time() + _LONGEST
        await _sent(send, (b"retry: %d\n: following\n\n" % _COME_BACK_MS,))
        beats = self._following.beats
        while asyncio.get_running_loop().time() < until and not self._following.leaving:
            news = await self._news()
            await _sent(send, news)
            if self._log.ended and self._number == self._log.last:
                return
            if not news and beats != self._following.beats:
                if await _gone(receive):
                    return
                await _sent(send, (_SIGN_OF_LIFE,))
            beats = self._following.beats
            await follower.woken()

    async def _news(self) -> list[bytes]:
        """What the client has not got yet. Raises StorageDown where that is no longer in memory and can't be read."""
        log = self._log
        wires: list[bytes] = []
        if self._number is not None and self._number > (log.last or 0):
            await self._following.refreshed(log)  # it has heard of more elsewhere than has reached this process
        if self._number is not None and not log.holds_after(self._number):
            entries = await self._following.older(log, self._number)
            wires.extend(self._told(entries))
            if not entries:
                self._number = None  # what it has missed is forgotten: it begins again
        if self._number is None or self._number > (log.last or 0):
            if log.latest is None:
                return wires
            self._number, status = log.status()
            wires.append(status)
        wires.extend(self._told(log.after(self._number)))
        return wires

    def _told(self, entries: Iterable[Entry]) -> Iterable[bytes]:
        for entry in entries:
            self._number = entry.number
            yield entry.wire

    def _farewell(self, follower: Follower) -> bytes:
        """Clients of a process that ends are told to come back, each a little later than the other."""
        if not self._following.leaving:
            return b""
        return b"retry: %d\n: this process ends, come back\n\n" % (_COME_BACK_MS + hash(follower) % _SPREAD_MS)


async def _sent(send: Send, wires: Iterable[bytes]) -> None:
    """Raises TimeoutError for a client that does not take what it is sent."""
    async with asyncio.timeout(_SLOWEST):
        for wire in wires:
            await send({"type": "http.response.body", "body": wire, "more_body": True})


async def _gone(receive: Receive) -> bool:
    """Whether the client has left. As long as it is there, the server has nothing to say and would wait."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            while True:
                if (await receive())["type"] == "http.disconnect":
                    return True
    return False
