"""Which post office the environment names: a mail server, SendGrid, or else the mailbox on this machine."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Final

from adapters.mail import sendgrid
from adapters.mail.mailer import Mailer, PostOffice
from adapters.mail.sendgrid import SendGridMailer
from adapters.mail.smtp import Relay, SmtpMailer, relay

MAILBOX_SMTP_PORT: Final = "8925"
_PRETEND_SENDER: Final = "TravelHub <bookings@travelhub.example>"


def post_office(environment: Mapping[str, str]) -> PostOffice:
    """MAIL_URL or SENDGRID_API_KEY with MAIL_FROM; with neither, letters go to the local mailbox. Raises ValueError."""
    url, key = environment.get("MAIL_URL"), environment.get("SENDGRID_API_KEY")
    sender = environment.get("MAIL_FROM") or ""
    if url and key:
        raise ValueError("MAIL_URL and SENDGRID_API_KEY are both set, but letters go only one way")
    if (url or key) and not sender:
        raise ValueError("MAIL_FROM is not set: letters need a sender, such as TravelHub <bookings@example.org>")
    sender = sender or _PRETEND_SENDER
    if "@" not in parseaddr(sender)[1]:
        raise ValueError(f"MAIL_FROM is {sender!r}, but a sender looks like TravelHub <bookings@example.org>")
    return PostOffice(
        mailer=_mailer(url, key, environment), sender=sender, contact=environment.get("MAIL_CONTACT") or None
    )


def _mailer(url: str | None, key: str | None, environment: Mapping[str, str]) -> Mailer:
    if url:
        return SmtpMailer(relay(url))
    if key:
        return SendGridMailer(key, url=environment.get("SENDGRID_URL") or sendgrid.LIVE)
    port = environment.get("MAILBOX_SMTP_PORT") or MAILBOX_SMTP_PORT
    if not port.isdecimal():
        raise ValueError(f"MAILBOX_SMTP_PORT must be a whole number, not {port!r}")
    return SmtpMailer(Relay(host="127.0.0.1", port=int(port)))
