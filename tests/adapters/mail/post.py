"""A mail server that does as a test says, and letters for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1, and the file that whoever trusts it needs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(signed.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    return context, chain
