"""Letters by SMTP: to a mail server with a name and a password, or to the mailbox on this machine."""

import asyncio
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.mail.mailer import Outgoing
from domain.searches import Outcome

_SECONDS: Final = 30.0  # for a whole letter; each answer of the server has less
_ANSWER_SECONDS: Final = 15.0
_PORTS: Final[Mapping[str, int]] = MappingProxyType({"smtp": 587, "smtps": 465})


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server. `tls`: from the first byte on; `must_encrypt`: by STARTTLS, or nothing is sent."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False

    @property
    def must_encrypt(self) -> bool:
        return self.password is not None and not self.tls


def relay(url: str) -> Relay:
    """smtp://user:password@host:587, or smtps:// for TLS from the first byte on. Raises ValueError without the password."""
    told = urlsplit(url)
    if told.scheme not in _PORTS or not told.hostname:
        raise ValueError("MAIL_URL has to look like smtp://user:password@mail.example.org:587, or smtps://…")
    return Relay(
        host=told.hostname,
        port=told.port or _PORTS[told.scheme],
        user=None if told.username is None else unquote(told.username),
        password=None if told.password is None else unquote(told.password),
        tls=told.scheme == "smtps",
    )


class SmtpMailer:
    """One connection for each letter: there are few of them, and a server that hangs holds up only its own.

    `patience` is seconds for a whole letter.
    """

    name: Final = "smtp"

    def __init__(self, relay: Relay, *, patience: float = _SECONDS) -> None:
        self._relay: Final = relay
        self._patience: Final = patience

    async def send(self, letter: Outgoing) -> str:
        to = self._relay
        upgrade = True if to.must_encrypt else False if to.tls else None  # None: where the server offers it
        try:
            async with asyncio.timeout(self._patience):
                await aiosmtplib.send(
                    written(letter),
                    recipients=[letter.to],
                    hostname=to.host,
                    port=to.port,
                    username=to.user,
                    password=to.password,
                    use_tls=to.tls,
                    start_tls=upgrade,
                    timeout=min(_ANSWER_SECONDS, self._patience),
                )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:  # a TimeoutError is an OSError
            raise _failure(error) from error
        return letter.message_id

    async def aclose(self) -> None:
        """Nothing stays open between letters."""


def written(letter: Outgoing) -> EmailMessage:
    """The letter as it is sent: text, the same as HTML, and what is attached."""
    message = EmailMessage(policy=WIRE)
    message["From"] = letter.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday note has to answer it
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for one in letter.attachments:
        kind, *parameters = (part.strip() for part in one.media_type.split(";"))
        main, _, sub = kind.partition("/")
        message.add_attachment(
            one.content,
            maintype=main,
            subtype=sub,
            filename=one.name,
            params=dict(parameter.split("=", 1) for parameter in parameters),
        )
    message["Content-Language"] = letter.language  # last: until then it would belong to the first part alone
    return message


# What a no for good means, by the step at which it comes; the first row that fits. A no for now is TryLater at any step.
_NOES: Final[tuple[tuple[type[Exception], type[Failure], str], ...]] = (
    (aiosmtplib.SMTPRecipientsRefused, Answered, "the recipient is refused"),
    (aiosmtplib.SMTPDataError, Answered, "the letter is refused"),
    (aiosmtplib.SMTPAuthenticationError, GiveUp, "the mail server does not know our name or password"),
    (aiosmtplib.SMTPResponseException, GiveUp, "the mail server refuses us"),
)


def _failure(error: Exception) -> Failure:
    """What is said never holds an address or a password: servers like to repeat both."""
    for kind, refused, words in _NOES:
        if isinstance(error, kind):
            code = _code(error)
            # From 400 to 499 it is no for now (RFC 5321, 4.2.1), and below that no code at all.
            failure = refused if code >= 500 else TryLater
            return failure(f"smtp: {words} ({code})", outcome=Outcome.REFUSED, code=str(code))
    if isinstance(error, TimeoutError | aiosmtplib.SMTPTimeoutError):
        return TryLater("smtp: no answer in time", outcome=Outcome.TIMEOUT)
    # A bare SMTPException is a server that does not encrypt, or knows no way in that we know.
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError) or type(error) is aiosmtplib.SMTPException:
        return GiveUp(f"smtp: {type(error).__name__}: the mail server can't take this letter", outcome=Outcome.ERROR)
    return TryLater(f"smtp: {type(error).__name__}", outcome=Outcome.ERROR)


def _code(error: Exception) -> int:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max(one.code for one in error.recipients)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
