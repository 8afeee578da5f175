"""Letters on their way: sent once, tried again, given up, and never to somebody who is forgotten."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.mail.mailer import Outgoing, PostOffice
from domain.bookings import Booking, BookingStatus
from domain.jobs import DropOldLetters, SendLetters
from domain.letters import PAUSES, Letter, LetterKind, LetterStatus
from domain.searches import Outcome
from storage import bookings, client_events, letters
from storage.client_events import ClientEvent
from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.letters import CLAIMED_FOR, KeptLetter
from storage.vault import Vault, new_key
from tests import builders
from tests.workers.conftest import MakeTools
from tests.workers.letters.bought import PEOPLE, booking
from workers.letters.sending import drop_old_letters, send_letters
from workers.tools import Tools

TO_AMELIA = Letter(
    id="verify 1",
    kind=LetterKind.VERIFY_EMAIL,
    to="amelia@example.com",
    data={"link": "https://app.test/verify?token=t"},
)
BUSY = TryLater("smtp: busy (450)", outcome=Outcome.REFUSED)


class Counter:
    """A mailer that takes every letter, unless it is told to say no; then it says so each time."""

    name = "counter"

    def __init__(self, *, no: Exception | None = None) -> None:
        self.taken: list[Outgoing] = []
        self.no = no
        self.waits: asyncio.Event | None = None
        self.called = asyncio.Event()

    async def send(self, letter: Outgoing) -> str:
        self.called.set()
        if self.waits is not None:
            await self.waits.wait()
        if self.no is not None:
            raise self.no
        self.taken.append(letter)
        return f"receipt {len(self.taken)}"

    async def aclose(self) -> None:
        pass


class Office:
    """A worker whose clock a test can set, with a mailer and a vault of its own."""

    def __init__(self, tools: MakeTools) -> None:
        self.mailer = Counter()
        self.now = builders.NOW
        self.vault = Vault([new_key()])
        made = tools(office=PostOffice(mailer=self.mailer, sender="TravelHub <bookings@travelhub.example>"))
        self.tools: Tools = msgspec.structs.replace(made, now=lambda: self.now, vault=self.vault)

    async def post(self, letter: Letter = TO_AMELIA, *, at: datetime | None = None) -> bool:
        async with transaction(self.tools.engine) as connection:
            return await letters.post(connection, letter, now=at or self.now, vault=self.vault)

    async def send(self) -> None:
        await send_letters(SendLetters(), self.tools)

    async def kept(self, letter_id: str = TO_AMELIA.id) -> KeptLetter:
        async with transaction(self.tools.engine) as connection:
            found = await letters.get(connection, letter_id)
        assert found is not None
        return found

    async def book(self, about: Booking | None = None) -> Booking:
        """In the books, with its people sealed."""
        about = about or booking()
        async with transaction(self.tools.engine) as connection:
            await bookings.create(connection, about, self.vault.seal(PEOPLE), due_at=self.now)
        return about

    async def tell(self, kind: str, about: Booking, **facts: Any) -> str:
        """Something happened to the booking; the id of the event."""
        data = {"booking_id": about.id, "reference": about.reference, "status": about.status, **facts}
        event = ClientEvent(
            id=f"{about.id}-{kind}", owner=about.owner, type=kind, at=self.now, booking_id=about.id,
            payload={"type": kind, "timestamp": self.now, "data": data},
        )  # fmt: skip
        async with transaction(self.tools.engine) as connection:
            await client_events.tell(connection, event)
        return event.id


@pytest.fixture
def office(tools: MakeTools) -> Office:
    return Office(tools)


async def test_what_happens_to_a_booking_is_told_to_whoever_booked_with_a_calendar(office: Office) -> None:
    about = await office.book()
    event = await office.tell("booking.confirmed", about)
    await office.send()
    (letter,) = office.mailer.taken
    assert (letter.to, letter.subject) == (PEOPLE.contact.email, "Confirmed: your booking R7KM3W")
    assert [one.name for one in letter.attachments] == ["R7KM3W.ics"]
    kept = await office.kept(event)
    assert (kept.status, kept.attempts, kept.message_id) == (LetterStatus.SENT, 1, letter.message_id)


async def test_the_same_event_twice_is_one_letter(office: Office) -> None:
    about = await office.book()
    for _ in range(2):
        await office.tell("booking.confirmed", about)
        await office.send()
    assert len(office.mailer.taken) == 1


async def test_what_clients_alone_want_to_know_makes_no_letter(office: Office) -> None:
    await office.tell("payment.captured", await office.book())
    await office.send()
    assert office.mailer.taken == []


async def test_a_refund_is_told_with_the_amount_of_the_event(office: Office) -> None:
    await office.tell("payment.refunded", await office.book(), amount=builders.money("12.50"))
    await office.send()
    assert office.mailer.taken[0].subject == "12.50\u00a0EUR come back to you: booking R7KM3W"


async def test_a_letter_is_written_in_the_language_of_its_booking(office: Office) -> None:
    await office.tell("booking.confirmed", await office.book(booking(language="de-AT")))
    await office.send()
    assert (office.mailer.taken[0].language, office.mailer.taken[0].subject) == ("de", "Bestätigt: Ihre Buchung R7KM3W")


async def test_the_books_know_neither_an_address_nor_a_link(office: Office, engine: AsyncEngine) -> None:
    await office.tell("booking.confirmed", await office.book())
    await office.post()
    async with transaction(engine) as connection:
        rows = [str(row) for row in await connection.execute(select(LETTERS))]
    assert len(rows) == 2
    assert not any("amelia" in row.lower() or "token=" in row for row in rows)


async def test_once_a_letter_is_sent_nobody_can_read_to_whom_it_went(office: Office, engine: AsyncEngine) -> None:
    await office.post()
    await office.send()
    assert office.mailer.taken[0].to == "amelia@example.com"
    async with transaction(engine) as connection:
        assert (await connection.execute(select(LETTERS.c.sealed))).scalar_one() is None


async def test_whoever_is_forgotten_gets_no_letter(office: Office) -> None:
    about = await office.book()
    event = await office.tell("booking.confirmed", about)
    async with transaction(office.tools.engine) as connection:
        await bookings.change_people(connection, about.id, None, now=office.now)
    await office.send()
    kept = await office.kept(event)
    assert (office.mailer.taken, kept.status, kept.due_at) == ([], LetterStatus.DROPPED, None)
    assert kept.last_error == "whoever made the booking is forgotten"


async def test_a_letter_that_events_have_overtaken_is_dropped(office: Office) -> None:
    about = await office.book(booking(status=BookingStatus.FAILED))
    event = await office.tell("booking.needs_consent", about)
    await office.send()
    assert (await office.kept(event)).status is LetterStatus.DROPPED
    assert office.mailer.taken == []


async def test_a_letter_is_posted_once(office: Office) -> None:
    assert [await office.post(), await office.post()] == [True, False]
    await office.send()
    assert len(office.mailer.taken) == 1


async def test_a_busy_mail_server_is_tried_again_with_growing_pauses(office: Office) -> None:
    office.mailer.no = BUSY
    await office.post()
    pauses = []
    for _ in range(3):
        await office.send()
        due = (await office.kept()).due_at
        assert due is not None
        pauses.append(due - office.now)
        office.now = due
    assert pauses == list(PAUSES[:3])
    office.mailer.no = None
    await office.send()
    kept = await office.kept()
    assert (kept.status, kept.attempts, kept.last_error) == (LetterStatus.SENT, 4, None)


async def test_a_mail_server_is_left_alone_for_as_long_as_it_asks(office: Office) -> None:
    office.mailer.no = TryLater("sendgrid: refused with 429", outcome=Outcome.RATE_LIMITED, retry_after=600)
    await office.post()
    await office.send()
    assert (await office.kept()).due_at == office.now + timedelta(minutes=10)


async def test_a_letter_that_is_not_due_yet_waits(office: Office) -> None:
    office.mailer.no = BUSY
    await office.post()
    await office.send()
    office.now += PAUSES[0] - timedelta(seconds=1)
    office.mailer.no = None
    await office.send()
    assert office.mailer.taken == []


async def test_after_a_day_a_letter_is_given_up(office: Office, engine: AsyncEngine) -> None:
    office.mailer.no = BUSY
    began = office.now
    await office.post()
    while (due := (await office.kept()).due_at) is not None:
        office.now = due
        await office.send()
    kept = await office.kept()
    assert (kept.status, kept.attempts, kept.last_error) == (LetterStatus.FAILED, len(PAUSES) + 1, str(BUSY))
    assert timedelta(hours=20) < office.now - began < timedelta(hours=28)
    async with transaction(engine) as connection:
        assert (await connection.execute(select(LETTERS.c.sealed))).scalar_one() is None


async def test_a_refused_recipient_is_not_tried_again(office: Office) -> None:
    office.mailer.no = Answered("smtp: the recipient is refused (550)", outcome=Outcome.REFUSED)
    await office.post()
    await office.send()
    kept = await office.kept()
    assert (kept.status, kept.attempts, kept.due_at) == (LetterStatus.FAILED, 1, None)


@pytest.mark.parametrize(
    "no", [GiveUp("smtp: the mail server does not know our name", outcome=Outcome.REFUSED), RuntimeError("a bug")]
)
async def test_a_mistake_of_ours_leaves_a_day_to_set_it_right(office: Office, no: Exception) -> None:
    office.mailer.no = no
    await office.post()
    await office.send()
    assert (await office.kept()).due_at == office.now + PAUSES[0]


async def test_one_letter_that_fails_holds_up_no_other(office: Office) -> None:
    broken = ClientEvent(
        id="refund", owner="somebody", type="payment.refunded", at=office.now, booking_id=(await office.book()).id,
        payload={"type": "payment.refunded", "data": {"amount": "much"}},
    )  # fmt: skip
    async with transaction(office.tools.engine) as connection:
        await client_events.tell(connection, broken)
    await office.post()
    await office.send()
    assert [letter.to for letter in office.mailer.taken] == ["amelia@example.com"]
    kept = await office.kept("refund")
    assert (kept.status, kept.last_error) == (LetterStatus.WAITING, "a mistake of ours: ValidationError")


async def test_two_workers_at_once_send_each_letter_once(office: Office) -> None:
    for number in range(24):
        await office.post(msgspec.structs.replace(TO_AMELIA, id=f"verify {number}"))
    await asyncio.gather(office.send(), office.send(), office.send())
    assert len(office.mailer.taken) == len({letter.message_id for letter in office.mailer.taken}) == 24


async def test_what_a_dead_worker_had_in_hands_is_sent_by_another_under_the_same_message_id(office: Office) -> None:
    office.mailer.waits = asyncio.Event()
    await office.post()
    dying = asyncio.create_task(office.send())
    await office.mailer.called.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    office.mailer.waits = None
    await office.send()
    assert office.mailer.taken == []  # perhaps it is still at it
    office.now += CLAIMED_FOR
    await office.send()
    office.now += CLAIMED_FOR
    await office.send()
    (letter,) = office.mailer.taken
    assert letter.message_id.endswith("@travelhub.example>")


async def test_a_worker_that_comes_back_late_changes_nothing(office: Office) -> None:
    await office.post()
    async with transaction(office.tools.engine) as connection:
        (late,) = await letters.claim(connection, by="late", now=office.now, at_most=5)
    office.now += CLAIMED_FOR
    await office.send()
    async with transaction(office.tools.engine) as connection:
        noted = await letters.later(connection, late, due_at=office.now, error="late")
    assert (noted, (await office.kept()).status) == (False, LetterStatus.SENT)


async def test_without_a_key_letters_wait(office: Office) -> None:
    await office.post()
    await send_letters(SendLetters(), msgspec.structs.replace(office.tools, vault=None))
    kept = await office.kept()
    assert (kept.status, kept.attempts) == (LetterStatus.WAITING, 0)


async def test_a_key_that_opens_nothing_is_a_mistake_of_ours(office: Office) -> None:
    await office.post()
    await send_letters(SendLetters(), msgspec.structs.replace(office.tools, vault=Vault([new_key()])))
    kept = await office.kept()
    assert (kept.due_at, kept.attempts) == (office.now + PAUSES[0], 1)


async def test_old_letters_are_forgotten_and_those_that_wait_are_not(office: Office) -> None:
    await office.post()
    await office.send()
    await office.post(msgspec.structs.replace(TO_AMELIA, id="waits"))
    office.now += timedelta(days=91)
    await drop_old_letters(DropOldLetters(), office.tools)
    async with transaction(office.tools.engine) as connection:
        left = [await letters.get(connection, name) for name in (TO_AMELIA.id, "waits")]
    assert [one is not None for one in left] == [False, True]


@pytest.mark.parametrize(
    "made",
    [
        lambda: Letter(id="x", kind=LetterKind.VERIFY_EMAIL, data={"link": "l"}),
        lambda: Letter(id="x", kind=LetterKind.VERIFY_EMAIL, to="a@b.test"),
        lambda: Letter(id="x", kind=LetterKind.VERIFY_EMAIL, booking_id="b", data={"link": "l"}),
        lambda: Letter(id="x", kind=LetterKind.BOOKING_CONFIRMED, to="a@b.test"),
        lambda: Letter(id="x", kind=LetterKind.BOOKING_CONFIRMED),
    ],
)
def test_a_letter_that_could_never_be_sent_is_never_made(made: Callable[[], Letter]) -> None:
    with pytest.raises(ValueError):
        made()


async def test_an_address_is_not_written_down_without_a_vault(office: Office) -> None:
    async with transaction(office.tools.engine) as connection:
        with pytest.raises(ValueError, match="sealed"):
            await letters.post(connection, TO_AMELIA, now=office.now)


def test_the_pauses_grow_and_last_a_day() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(hours=20) < sum(PAUSES, timedelta()) < timedelta(hours=28)
