"""The letter slot: an SMTP server that takes whatever is handed in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.letters import Mailbox

_LARGEST: Final = 10_000_000  # bytes of a letter
_SILENCE_SECONDS: Final = 60.0


class Slot:
    """aiosmtpd calls it for each letter."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox: Final = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- its name there
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        letter = self._mailbox.put(raw, to=tuple(map(str, envelope.rcpt_tos)), at=datetime.now(UTC))
        return f"250 letter {letter.id} is in the mailbox"


def slot(mailbox: Mailbox, *, host: str, port: int) -> AbstractAsyncContextManager[int]:
    """Open until the end of the block, on this port; 0 finds a free one, and the block gets its number."""
    return listening(Slot(mailbox), host=host, port=port, data_size_limit=_LARGEST, timeout=_SILENCE_SECONDS)


@asynccontextmanager
async def listening(handler: object, *, host: str, port: int, **more: Any) -> AsyncIterator[int]:
    """A mail server with aiosmtpd's own settings; whoever still talks to it at the end of the block is cut off."""
    loop = asyncio.get_running_loop()
    talking: WeakSet[SMTP] = WeakSet()

    def answered() -> SMTP:
        protocol = SMTP(handler, hostname="mailbox.localhost", enable_SMTPUTF8=True, loop=loop, **more)
        talking.add(protocol)
        return protocol

    server = await loop.create_server(answered, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for protocol in talking:
            if protocol.transport is not None:
                protocol.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0)  # a turn of the loop, in which the closed connections say goodbye
