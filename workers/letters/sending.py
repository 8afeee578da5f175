"""Sending letters: what is due is claimed, written in the reader's language, handed in and noted, some at once."""

import asyncio
import uuid
from datetime import timedelta
from email.utils import parseaddr
from typing import Final

import msgspec
import structlog

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.mail.mailer import Outgoing
from domain.bookings import People
from domain.ids import short_id
from domain.jobs import DropOldLetters, SendLetters
from domain.letters import LetterKind, LetterStatus, next_attempt
from storage import bookings, letters
from storage.engine import transaction
from storage.failures import StorageDown
from storage.letters import Addressed, DueLetter
from storage.vault import Unreadable, Vault
from workers.letters import diary
from workers.letters.drafts import Draft, Told, about_booking, to_account
from workers.letters.rendering import rendered
from workers.letters.speech import Speech
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SHIFT_SECONDS: Final = 20.0  # for which one job goes on claiming; the next one is near
_AT_ONCE: Final = 5  # connections to the mail server from one job
_KEPT_FOR: Final = timedelta(days=90)

_CALENDARS: Final = {LetterKind.BOOKING_CONFIRMED: diary.attached, LetterKind.BOOKING_CANCELLED: diary.taken_back}


class NobodyToTell(Exception):
    """A letter that has no reader or nothing to say any more; the sentence says why."""


async def send_letters(_: SendLetters, tools: Tools) -> None:
    """Each letter is claimed by one job, whoever else runs, and sent once: again only if a worker dies between handing it
    in and noting it, or if its receipt is lost, and then with the same Message-ID.

    Where storage is away, or no key opens addresses, nothing is tried and nothing lost: the next job is near.
    """
    if tools.vault is None:
        _log.warning("letters.no_key")
        return
    by, ends = uuid.uuid4().hex, asyncio.get_running_loop().time() + _SHIFT_SECONDS
    try:
        while asyncio.get_running_loop().time() < ends:
            async with transaction(tools.engine) as connection:
                due = await letters.claim(connection, by=by, now=tools.now(), at_most=_AT_ONCE)
            if not due:
                return
            await asyncio.gather(*(_attempt(letter, tools.vault, tools) for letter in due))
    except StorageDown as error:
        _log.warning("letters.not_sent", error=str(error))


async def drop_old_letters(_: DropOldLetters, tools: Tools) -> None:
    async with transaction(tools.engine) as connection:
        dropped = await letters.drop_old(connection, before=tools.now() - _KEPT_FOR)
    _log.info("letters.dropped", letters=dropped)


async def _attempt(letter: DueLetter, vault: Vault, tools: Tools) -> None:
    """One letter, whatever becomes of it: it holds up no other."""
    facts = {"letter": letter.id, "kind": letter.kind, "booking": letter.booking_id, "attempt": letter.attempts + 1}
    try:
        outgoing = await written(letter, vault, tools)
        receipt = await tools.post_office.mailer.send(outgoing)
    except NobodyToTell as reason:
        _log.info("letter.dropped", **facts, why=str(reason))
        await _ended(letter, LetterStatus.DROPPED, str(reason), tools)
    except Answered as refusal:
        _log.warning("letter.refused", **facts, why=refusal.detail)
        await _ended(letter, LetterStatus.FAILED, refusal.detail, tools)
    except (Failure, Unreadable) as failure:
        # A wrong password of ours is no fault of the letter: people have a day to set it right.
        level = _log.error if isinstance(failure, GiveUp | Unreadable) else _log.warning
        level("letter.not_sent", **facts, why=str(failure))
        await _later(letter, str(failure), tools, asked=failure.retry_after if isinstance(failure, TryLater) else None)
    except StorageDown:
        raise
    except Exception as error:  # noqa: BLE001 -- the edge of one letter: whatever it is, the others still go out
        # A mistake of ours in one letter: it is kept for the day on which somebody can mend it, and the others go out.
        _log.exception("letter.crashed", **facts)
        await _later(letter, f"a mistake of ours: {type(error).__name__}", tools)
    else:
        _log.info("letter.sent", **facts, by=tools.post_office.mailer.name, receipt=receipt)
        async with transaction(tools.engine) as connection:
            await letters.sent(connection, letter, message_id=outgoing.message_id, now=tools.now())


async def written(letter: DueLetter, vault: Vault, tools: Tools) -> Outgoing:
    """The letter as it goes out. Raises NobodyToTell, Unreadable and StorageDown."""
    if letter.booking_id is not None:
        return await _about_booking(letter, letter.booking_id, vault, tools)
    if letter.sealed is None:
        raise NobodyToTell("it has neither an address nor a booking")
    addressed, speech = vault.opened(letter.sealed, Addressed), Speech(letter.language)
    return _outgoing(letter, addressed.to, to_account(letter.kind, addressed.data, speech), speech, tools)


async def _about_booking(letter: DueLetter, booking_id: str, vault: Vault, tools: Tools) -> Outgoing:
    async with transaction(tools.engine) as connection:
        kept = await bookings.get(connection, booking_id)
    if kept is None:
        raise NobodyToTell("there is no such booking")
    if kept.people is None:
        raise NobodyToTell("whoever made the booking is forgotten")
    people, booking = vault.opened(kept.people, People), kept.booking
    speech, atlas = Speech(booking.language), await tools.atlas.current()
    told = Told(booking=booking, people=people, facts=letter.facts, speech=speech, atlas=atlas)
    draft = about_booking(letter.kind, told)
    if draft is None:
        raise NobodyToTell(f"overtaken: the booking is {booking.status} by now")
    outgoing = _outgoing(letter, people.contact.email, draft, speech, tools)
    calendar = _CALENDARS.get(letter.kind)
    entries = calendar and calendar(booking, speech, atlas, now=tools.now())
    return msgspec.structs.replace(outgoing, attachments=(entries,)) if entries else outgoing


def _outgoing(letter: DueLetter, to: str, draft: Draft, speech: Speech, tools: Tools) -> Outgoing:
    office = tools.post_office
    page = rendered(draft, speech, office)
    domain = parseaddr(office.sender)[1].rpartition("@")[2]
    return Outgoing(
        message_id=f"<{short_id(letter.id)}@{domain}>",
        sender=office.sender,
        to=to,
        subject=page.subject,
        text=page.text,
        html=page.html,
        language=speech.language,
        category=letter.kind,
        written_at=tools.now(),
    )


async def _later(letter: DueLetter, why: str, tools: Tools, *, asked: float | None = None) -> None:
    """`asked`: for so many seconds the mail server wants to be left alone."""
    now = tools.now()
    due_at = next_attempt(letter.attempts + 1, now)
    if due_at is None:
        _log.error("letter.given_up", letter=letter.id, kind=letter.kind, why=why)
        await _ended(letter, LetterStatus.FAILED, why, tools)
        return
    async with transaction(tools.engine) as connection:
        wanted = now + timedelta(seconds=asked or 0)
        await letters.later(connection, letter, due_at=max(due_at, wanted), error=why)


async def _ended(letter: DueLetter, status: LetterStatus, why: str, tools: Tools) -> None:
    async with transaction(tools.engine) as connection:
        await letters.ended(connection, letter, status, why=why)
