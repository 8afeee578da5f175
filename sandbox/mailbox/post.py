"""The letter slot: an SMTP server that takes whatever is handed in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

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


@asynccontextmanager
async def slot(mailbox: Mailbox, *, host: str, port: int) -> AsyncIterator[int]:
    """Open until the end of the block, on this port; 0 finds a free one."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            Slot(mailbox),
            hostname="mailbox.localhost",
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
            timeout=_SILENCE_SECONDS,
            loop=loop,
        ),
        host,
        port,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
