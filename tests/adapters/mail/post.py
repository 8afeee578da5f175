"""A mail server that does as a test says, and letters for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Final

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from adapters.mail.mailer import Attachment, Outgoing
from sandbox.mailbox.post import listening
from tests import builders

CALENDAR: Final = Attachment(
    name="R7KM3W.ics", media_type="text/calendar; charset=utf-8; method=PUBLISH", content=b"BEGIN:VCALENDAR\r\n"
)


def outgoing(**more: Any) -> Outgoing:
    letter = Outgoing(
        message_id="<letter-1@travelhub.example>",
        sender="TravelHub <bookings@travelhub.example>",
        to="amelia@example.com",
        subject="Bestätigt: Ihre Buchung",
        text="Preis: 12,00\u00a0EUR",
        html="<p>Preis: 12,00\u00a0EUR</p>",
        language="de",
        category="booking_confirmed",
        written_at=builders.NOW,
        attachments=(CALENDAR,),
    )
    return msgspec.structs.replace(letter, **more)


class Sorting:
    """Takes letters, or says what the test wants it to say to a recipient or to a letter."""

    def __init__(self, *, to_recipient: str = "250 OK", to_letter: str = "250 OK") -> None:
        self.letters: Final[list[EmailMessage]] = []
        self.encrypted: Final[list[bool]] = []
        self._to_recipient: Final = to_recipient
        self._to_letter: Final = to_letter

    async def handle_RCPT(  # noqa: N802 -- its name there
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self._to_recipient

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        assert isinstance(envelope.content, bytes)
        if self._to_letter.startswith("2"):
            self.letters.append(BytesParser(policy=default).parsebytes(envelope.content))
            self.encrypted.append(session.ssl is not None)
        return self._to_letter


def server(handler: Any, **told: Any) -> AbstractAsyncContextManager[int]:
    """Its port."""
    return listening(handler, host="127.0.0.1", port=0, **told)


@asynccontextmanager
async def conversation(greeting: bytes | None) -> AsyncIterator[int]:
    """A server that says this and hangs up; with None it says nothing, and stays. Its port."""
    gone = asyncio.Event()

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if greeting is None:
            await gone.wait()
        else:
            writer.write(greeting)
        writer.close()

    speaking = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield speaking.sockets[0].getsockname()[1]
    finally:
        gone.set()
        speaking.close()
        await speaking.wait_closed()
        await asyncio.sleep(0)


def knows(user: str, password: str) -> Callable[..., AuthResult]:
    """Who may hand letters in."""

    def asked(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: Any) -> AuthResult:
        return AuthResult(success=(told.login, told.password) == (user.encode(), password.encode()), handled=False)

    return asked
