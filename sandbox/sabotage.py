"""What each kind of fault does to a call, down to the TCP connection."""

import asyncio
import gzip
import http
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

import msgspec
import orjson

from sandbox.asgi import App, Message, Receive, Scope, Send, answer
from sandbox.faults import Fault, Kind
from sandbox.spoiling import spoilt


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call on its way to the supplier's own app. `send` writes the status into the ledger, `wire` is beneath it."""

    app: App
    scope: Scope
    receive: Receive
    send: Send
    wire: Send


_LONGEST_SECONDS: Final = 3600  # a caller who stays with an endless answer for longer is sent away
_GOODBYE_SECONDS: Final = 10  # a closed connection is reported at once; this only bounds the wait


@runtime_checkable
class Connection(Protocol):
    """A TCP connection as event loops hand it out; uvloop's does not descend from asyncio's."""

    def get_extra_info(self, name: str) -> Any: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


def connection(send: Send) -> Connection:
    """The connection under a request. ASGI has no word for breaking it, so this reaches into uvicorn's own cycle."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if not isinstance(transport, Connection):
        raise TypeError("faults that break connections need uvicorn underneath")
    return transport


async def _slow(fault: Fault, call: Call) -> None:
    await asyncio.sleep(fault.seconds or 0)
    await call.app(call.scope, call.receive, call.send)


async def _hang(fault: Fault, call: Call) -> None:
    """Says nothing until the client has left; a client with more patience than we is cut off."""
    if not await _gone(call, within=fault.seconds or 0):
        await _reset(fault, call)


async def _status(fault: Fault, call: Call) -> None:
    status = http.HTTPStatus(fault.status or 503)
    body = orjson.dumps({"status": status.value, "error": status.phrase, "message": status.description})
    headers = {"retry-after": f"{fault.seconds:g}"} if fault.seconds is not None else {}
    headers |= {name.lower(): value for name, value in (fault.headers or {}).items()}
    sent = tuple((name.encode(), value.encode()) for name, value in headers.items())
    silent = status in (http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED)
    await answer(call.send, status=status, body=b"" if silent else body, headers=sent)


async def _reset(_fault: Fault, call: Call) -> None:
    """With no time to linger the kernel answers RST instead of an orderly goodbye."""
    transport = connection(call.wire)
    plug = transport.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(call, within=_GOODBYE_SECONDS)


async def _cut(_fault: Fault, call: Call) -> None:
    """The supplier's real answer announced in full, half of it sent, the connection closed."""
    start, body = await _whole_answer(call)
    body = body or b"{}"
    await call.send(_announcing(start, len(body)))
    await call.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    connection(call.wire).close()
    await _gone(call, within=_GOODBYE_SECONDS)


async def _spoil(_fault: Fault, call: Call) -> None:
    """The supplier's real answer with one bad record in it. An answer without a list of records stays as it is."""
    start, body = _unpacked(*await _whole_answer(call))
    body = spoilt(body)
    await call.send(_announcing(start, len(body)))
    await call.send({"type": "http.response.body", "body": body})


async def _messages(call: Call) -> list[Message]:
    """All that the supplier's own app has to say to the call."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await call.app(call.scope, call.receive, keep)
    return messages


async def _whole_answer(call: Call) -> tuple[Message, bytes]:
    """How the supplier's own app begins its answer, and all of its body."""
    messages = await _messages(call)
    start = next(message for message in messages if message["type"] == "http.response.start")
    return start, b"".join(message.get("body", b"") for message in messages)


def _unpacked(start: Message, body: bytes) -> tuple[Message, bytes]:
    """The same answer without compression, where a supplier compresses whatever it is asked for."""
    headers = start.get("headers", ())
    if (b"content-encoding", b"gzip") not in headers:
        return start, body
    plain = [header for header in headers if header[0] != b"content-encoding"]
    return {**start, "headers": plain}, gzip.decompress(body)


def _announcing(start: Message, length: int | None) -> Message:
    """The same beginning of an answer, for a body of this length, or None for one whose end nobody knows."""
    dropped = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in start.get("headers", ()) if name.lower() not in dropped]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {**start, "headers": headers}


_NOISE: Final = bytes((index * 73 + 41) % 256 for index in range(512))
_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Down for maintenance</title></head>"
    b"<body><h1>We will be right back</h1><p>Reference: edge-0451</p></body></html>"
)
_ANOTHER_SHAPE: Final = orjson.dumps([["a shape", "that nobody"], 42, None, {"expects": {"here": True}}])
_ANOTHER_DOCUMENT: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Shape xmlns="urn:example:another-shape">'
    b'<Part number="1">that nobody</Part><Part number="2">expects</Part></Shape>'
)
_CHUNK_BYTES: Final = 1 << 16
# how the caller speaks -> opening, a record as often as you like, closing, content type
_ENDLESS: Final = {
    "json": (
        b'{"data":[{"id":0}',
        b',{"id":1,"name":"A record like any other","price":"100.00"}',
        b"]}",
        b"application/json",
    ),
    "xml": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Records>',
        b'<Record ID="1" Name="A record like any other" Price="100.00"/>',
        b"</Records>",
        b"text/xml; charset=utf-8",
    ),
}


async def _garbage(_fault: Fault, call: Call) -> None:
    await answer(call.send, status=200, body=_NOISE)


async def _html(fault: Fault, call: Call) -> None:
    await answer(call.send, status=fault.status or 200, body=_PAGE, content_type=b"text/html; charset=utf-8")


async def _empty(_fault: Fault, call: Call) -> None:
    await answer(call.send, status=200, body=b"")


async def _wrong_json(_fault: Fault, call: Call) -> None:
    await answer(call.send, status=200, body=_ANOTHER_SHAPE)


async def _wrong_xml(_fault: Fault, call: Call) -> None:
    await answer(call.send, status=200, body=_ANOTHER_DOCUMENT, content_type=b"text/xml; charset=utf-8")


async def _drip(fault: Fault, call: Call) -> None:
    """Never done: after the right answer come blanks, which every reader of JSON and XML would forgive.

    Each byte comes before a patience between two bytes has run out, so that only one for the whole call ends it.
    """
    start, body = await _whole_answer(call)
    await call.send(_announcing(start, None))
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            for byte in chain(body, repeat(ord(" "))):
                await call.send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
                if await _gone(call, within=fault.seconds or 0):
                    return
    except TimeoutError:
        connection(call.wire).close()


async def _huge(fault: Fault, call: Call) -> None:
    """A body of good records without end. The sandbox gives up only when more than `megabytes` have gone out."""
    opening, record, closing, kind = _ENDLESS["xml" if _speaks_xml(call.scope) else "json"]
    chunk = record * (_CHUNK_BYTES // len(record))
    rounds = int((fault.megabytes or 0) * 1_000_000 // len(chunk)) + 1
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            await call.send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
            for piece in chain((opening,), repeat(chunk, rounds)):
                await call.send({"type": "http.response.body", "body": piece, "more_body": True})
                if await _gone(call, within=0):
                    return
            await call.send({"type": "http.response.body", "body": closing})
    except TimeoutError:
        connection(call.wire).close()


def _speaks_xml(scope: Scope) -> bool:
    """Who sends or accepts XML expects XML."""
    told = (value for name, value in scope["headers"] if name.lower() in (b"content-type", b"accept"))
    return any(b"xml" in value.lower() for value in told)


async def _gone(call: Call, *, within: float) -> bool:
    """Waits until the client has left, or for so many seconds, and says whether it has."""
    try:
        async with asyncio.timeout(within):
            while (await call.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


SABOTAGE: Final[Mapping[Kind, Callable[[Fault, Call], Awaitable[None]]]] = MappingProxyType(
    {
        Kind.SLOW: _slow,
        Kind.HANG: _hang,
        Kind.STATUS: _status,
        Kind.RESET: _reset,
        Kind.CUT: _cut,
        Kind.GARBAGE: _garbage,
        Kind.HTML: _html,
        Kind.EMPTY: _empty,
        Kind.WRONG_JSON: _wrong_json,
        Kind.WRONG_XML: _wrong_xml,
        Kind.SPOIL: _spoil,
        Kind.DRIP: _drip,
        Kind.HUGE: _huge,
    }
)


async def struck(fault: Fault, call: Call) -> None:
    """The call meets the fault: instead of the supplier's own app, or once that has done all that it does."""
    if fault.after:
        told = await _messages(call)

        async def tell_again(_scope: Scope, _receive: Receive, send: Send) -> None:
            for message in told:
                await send(message)

        call = msgspec.structs.replace(call, app=tell_again)
    await SABOTAGE[fault.kind](fault, call)
