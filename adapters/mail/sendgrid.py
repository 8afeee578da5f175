"""Letters by SendGrid's web API, version 3 (docs.sendgrid.com, "Mail Send")."""

import base64
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, Final

import httpx
import msgspec

from adapters.kit import transport
from adapters.kit.calls import Call
from adapters.kit.failures import NO, ruling_for_status
from adapters.mail.mailer import Outgoing

LIVE: Final = "https://api.sendgrid.com"
_PATIENCE: Final = timedelta(seconds=30)
_LARGEST_ANSWER: Final = 1_000_000
_CONNECTIONS: Final = 5


class _Complaint(msgspec.Struct, frozen=True):
    message: str
    field: str | None = None


class _Complaints(msgspec.Struct, frozen=True):
    errors: list[_Complaint] = []


class SendGridMailer:
    """`over` stands in the network's place."""

    name: Final = "sendgrid"

    def __init__(self, key: str, *, url: str = LIVE, over: httpx.AsyncBaseTransport | None = None) -> None:
        self._key: Final = key
        self._url: Final = url
        self._http: Final = transport.client(_PATIENCE, _CONNECTIONS, over)

    async def send(self, letter: Outgoing) -> str:
        call = Call(
            operation="mail",
            method="POST",
            path="/v3/mail/send",
            headers=(("authorization", f"Bearer {self._key}"), ("content-type", "application/json")),
            body=msgspec.json.encode(written(letter)),
        )
        reply = await transport.sent(self._http, self._url, call, largest=_LARGEST_ANSWER)
        ruling = ruling_for_status(reply.status)
        if ruling is None:
            return reply.headers.get("x-message-id") or letter.message_id
        if reply.status == 413 or _about_the_recipient(reply.body):
            ruling = NO
        told = reply.headers.get("retry-after", "")
        pause = float(told) if told.isdecimal() else None
        raise ruling.raised(f"sendgrid: refused with {reply.status}", code=str(reply.status), retry_after=pause)

    async def aclose(self) -> None:
        await self._http.aclose()


def written(letter: Outgoing) -> dict[str, Any]:
    """The letter in SendGrid's words. It counts neither openings nor clicks: a letter loads nothing from anywhere."""
    name, address = parseaddr(letter.sender)
    body: dict[str, Any] = {
        "personalizations": [{"to": [{"email": letter.to}]}],
        "from": {"email": address} | ({"name": name} if name else {}),
        "subject": letter.subject,
        "content": [{"type": "text/plain", "value": letter.text}, {"type": "text/html", "value": letter.html}],
        "headers": {
            "Message-ID": letter.message_id,
            "Content-Language": letter.language,
            "Auto-Submitted": "auto-generated",
        },
        "categories": [letter.category],
        "tracking_settings": {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}},
    }
    if letter.attachments:  # an empty list is refused
        body["attachments"] = [
            {
                "filename": one.name,
                "type": one.media_type,
                "content": base64.b64encode(one.content).decode(),
                "disposition": "attachment",
            }
            for one in letter.attachments
        ]
    return body


def _about_the_recipient(body: bytes) -> bool:
    """Complaints name the field: personalizations.0.to.0.email. Anything else in the letter is ours to set right."""
    try:
        complaints = msgspec.json.decode(body, type=_Complaints)
    except msgspec.DecodeError:
        return False
    return any((one.field or "").startswith("personalizations") for one in complaints.errors)
