"""Letters as they arrived, the newest first, so many at most."""

import email
import email.policy
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from typing import Final

import msgspec

MOST: Final = 500


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """`method` is iCalendar's, where it is a calendar: PUBLISH, CANCEL."""

    name: str
    media_type: str
    method: str | None
    content: bytes


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """`to` is who it was delivered to, whatever its head says. `raw` is the letter as it was sent."""

    id: int
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    language: str
    text: str
    html: str | None
    enclosed: tuple[Enclosed, ...]
    raw: bytes


class Mailbox:
    """Numbers letters in the order in which they come. The oldest go first when it is full."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most: Final = most
        self._letters: Final[OrderedDict[int, Arrived]] = OrderedDict()
        self._last = 0

    def put(self, raw: bytes, *, to: tuple[str, ...], at: datetime) -> Arrived:
        self._last += 1
        letter = read(raw, number=self._last, to=to, at=at)
        self._letters[letter.id] = letter
        while len(self._letters) > self._most:
            self._letters.popitem(last=False)
        return letter

    def get(self, number: int) -> Arrived | None:
        return self._letters.get(number)

    def listed(self, *, to: str | None = None) -> Iterator[Arrived]:
        """The newest first; `to` is an address, in whatever case."""
        wanted = None if to is None else to.casefold()
        for letter in reversed(self._letters.values()):
            if wanted is None or wanted in map(str.casefold, letter.to):
                yield letter

    def remove(self, number: int | None = None) -> int:
        """One of them, or all; how many."""
        if number is not None:
            return 0 if self._letters.pop(number, None) is None else 1
        count = len(self._letters)
        self._letters.clear()
        return count


def read(raw: bytes, *, number: int, to: tuple[str, ...], at: datetime) -> Arrived:
    """Whatever was sent can be shown: what is missing or broken is empty."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    html = message.get_body(("html",))
    return Arrived(
        id=number,
        received_at=at,
        sender=str(message.get("From", "")),
        to=to,
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        language=str(message.get("Content-Language", "")),
        text=_words(message.get_body(("plain",))),
        html=None if html is None else _words(html),
        enclosed=tuple(_enclosed(message)),
        raw=raw,
    )


def _words(part: "MIMEPart | None") -> str:
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, errors="replace") if isinstance(content, bytes) else str(content)
    except LookupError:  # a charset that nobody knows
        return content.decode("utf-8", errors="replace") if isinstance(content, bytes) else str(content)


def _enclosed(message: EmailMessage) -> Iterator[Enclosed]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        yield Enclosed(
            name=part.get_filename() or "attachment",
            media_type=part.get_content_type(),
            method=str(part.get_param("method")) if part.get_param("method") else None,
            content=content if isinstance(content, bytes) else b"",
        )
