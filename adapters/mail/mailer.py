"""The seam behind which post offices stand: a letter as it goes out, and what becomes of handing it in."""

from datetime import datetime
from typing import Protocol

import msgspec


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """`media_type` with its parameters: text/calendar; method=PUBLISH."""

    name: str
    media_type: str
    content: bytes


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A whole letter. `sender` may have a name before the address, `to` is an address alone.

    `message_id` (with angle brackets) is the same each time the letter is sent, so that mail programs show one that
    came twice once. `category` is for the statistics of whoever sends it, `language` is BCP 47.
    """

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    language: str
    category: str
    written_at: datetime
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """Raises `adapters.kit.failures`: Answered where the recipient or the letter is refused for good, GiveUp where we
    are (a wrong password, a sender that is not allowed), TryLater for the rest.

    A letter whose receipt was lost is TryLater too: it may come twice, rather than never.
    """

    @property
    def name(self) -> str: ...

    async def send(self, letter: Outgoing) -> str:
        """The id under which the mailer's own log has it."""
        ...

    async def aclose(self) -> None: ...


class PostOffice(msgspec.Struct, frozen=True, kw_only=True):
    """Who carries letters, in whose name, and how else readers reach us (a telephone number, an address of a page)."""

    mailer: Mailer
    sender: str
    contact: str | None = None
