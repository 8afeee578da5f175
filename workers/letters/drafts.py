"""What each kind of letter says: a table of kinds, each a pure function of the booking and of what happened."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.bookings import Booking, BookingStatus, Charge, ChargeStatus, Item, ItemStatus, People, sums
from domain.letters import LetterKind
from domain.money import Money
from domain.places import Atlas
from workers.letters.itinerary import Part, Row, part, title
from workers.letters.speech import Speech
from workers.letters.words import ENDS, REASONS


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """The one thing that the reader may do."""

    label: str
    url: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A letter before it is set as text and as HTML."""

    subject: str
    headline: str
    paragraphs: tuple[str, ...]
    reference: str | None = None
    action: Action | None = None
    parts: tuple[Part, ...] = ()
    sums: tuple[Row, ...] = ()
    travellers: tuple[str, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter about a booking is made of. `facts` are those of the event that it tells."""

    booking: Booking
    people: People
    facts: Mapping[str, Any]
    speech: Speech
    atlas: Atlas

    def draft(self, kind: str, *paragraphs: str, **more: Any) -> Draft:
        """With the subject and the headline of its kind; `words` are put into both."""
        words = {"reference": self.booking.reference, **more.pop("words", {})}
        return Draft(
            subject=self.speech.say(f"{kind}.subject", **words),
            headline=self.speech.say(f"{kind}.headline", **words),
            paragraphs=paragraphs,
            reference=self.booking.reference,
            **more,
        )


def about_booking(kind: LetterKind, told: Told) -> Draft | None:
    """None where the letter was overtaken by events: what it would say is not true any more."""
    return ABOUT[kind](told)


def to_account(kind: LetterKind, data: Mapping[str, Any], speech: Speech) -> Draft:
    """`data` has the `link` that the letter is about, and may say until when it works (`until`, RFC 3339)."""
    name = ACCOUNT[kind]
    paragraphs = [speech.say(f"{name}.opening")]
    action = None
    if "link" in data:
        action = Action(label=speech.say(f"{name}.action"), url=str(data["link"]))
        if until := data.get("until"):
            moment = datetime.fromisoformat(str(until))
            paragraphs.append(speech.say("account.until", moment=speech.instant(moment)))
        paragraphs.append(speech.say("account.ignore"))
    subject = speech.say(f"{name}.subject")
    return Draft(subject=subject, headline=subject, paragraphs=tuple(paragraphs), action=action)


ACCOUNT: Final[Mapping[LetterKind, str]] = MappingProxyType(
    {
        LetterKind.VERIFY_EMAIL: "verify",
        LetterKind.RESET_PASSWORD: "reset",
        LetterKind.PASSWORD_CHANGED: "changed",
    }
)

# What is bought, or was and is being given back: a confirmation that comes late is still one.
_BOUGHT: Final = frozenset({BookingStatus.CONFIRMED, BookingStatus.CANCELLING, BookingStatus.IN_DOUBT})


def _confirmed(told: Told) -> Draft | None:
    booking, speech = told.booking, told.speech
    if booking.status not in _BOUGHT:
        return None
    bought = [item for item in booking.items if item.status is not ItemStatus.CANCELLED]
    return told.draft(
        "confirmed",
        speech.say("confirmed.opening"),
        parts=tuple(part(item, speech, told.atlas) for item in bought),
        sums=tuple(_to_pay(booking, bought, speech)),
        travellers=tuple(f"{one.given_name} {one.surname}" for one in told.people.travellers),
    )


def _to_pay(booking: Booking, items: list[Item], speech: Speech) -> Iterator[Row]:
    yield Row(label=speech.say("total"), value=speech.sum(item.costs for item in items))
    if paid := _captured(booking):
        yield Row(label=speech.say("paid"), value=speech.sum(paid))
    if on_site := [rest for item in items if (rest := item.costs - item.payable).amount]:
        yield Row(label=speech.say("on_site"), value=speech.sum(on_site))


def _failed(told: Told) -> Draft | None:
    if told.booking.status is not BookingStatus.FAILED:
        return None
    refusals = [(item, item.refusal) for item in told.booking.items if item.refusal is not None]
    parts = tuple(
        Part(
            title=title(item, told.speech, told.atlas),
            rows=(Row(label=told.speech.say("why"), value=told.speech.of(REASONS[refusal.reason])),),
        )
        for item, refusal in refusals
    )
    general = told.booking.refusal
    why = (
        (Row(label=told.speech.say("why"), value=told.speech.of(REASONS[general.reason])),)
        if general and not parts
        else ()
    )
    return told.draft("failed", told.speech.say("failed.opening"), parts=parts, sums=why)


def _needs_consent(told: Told) -> Draft | None:
    booking, speech = told.booking, told.speech
    if booking.status is not BookingStatus.NEEDS_CONSENT:
        return None
    paragraphs = [speech.say("consent.opening")]
    if booking.consent_until is not None:
        paragraphs.append(speech.say("consent.until", moment=speech.instant(booking.consent_until)))
    parts = tuple(
        Part(title=title(item, speech, told.atlas), rows=_both_prices([item.price], [item.costs], speech))
        for item in booking.items
    )
    both = _both_prices([item.price for item in booking.items], [item.costs for item in booking.items], speech)
    return told.draft("consent", *paragraphs, parts=parts, sums=both if len(parts) > 1 else ())


def _both_prices(agreed: list[Money], now: list[Money], speech: Speech) -> tuple[Row, ...]:
    return (
        Row(label=speech.say("agreed_price"), value=speech.sum(agreed)),
        Row(label=speech.say("new_price"), value=speech.sum(now)),
    )


def _cancelled(told: Told) -> Draft | None:
    booking, speech = told.booking, told.speech
    if booking.status is not BookingStatus.CANCELLED:
        return None
    ended = [item for item in booking.items if item.order is not None and item.status in ENDS]
    paid = _captured(booking)
    opening = "cancelled.opening" if ended else "cancelled.before" if not paid else None
    parts = tuple(
        Part(
            title=title(item, speech, told.atlas),
            rows=(Row(label=speech.say("standing"), value=speech.of(ENDS[item.status])),),
        )
        for item in ended
    )
    return told.draft(
        "cancelled",
        *((speech.say(opening),) if opening else ()),
        parts=parts,
        sums=tuple(_given_back(booking, paid, speech)),
    )


def _given_back(booking: Booking, paid: tuple[Money, ...], speech: Speech) -> Iterator[Row]:
    if not paid:
        return
    taken = [charge for charge in booking.charges if charge.captured is not None]
    yield Row(label=speech.say("paid"), value=speech.sum(paid))
    yield Row(label=speech.say("comes_back"), value=speech.sum(charge.refunded for charge in taken))
    yield Row(label=speech.say("is_kept"), value=speech.sum(charge.refundable for charge in taken))


def _expired(told: Told) -> Draft | None:
    if told.booking.status is not BookingStatus.EXPIRED:
        return None
    return told.draft("expired", told.speech.say("expired.opening"))


def _payment_link(told: Told) -> Draft | None:
    charge = _waiting(told.booking, told.facts.get("payment_id"))
    if charge is None or charge.action_url is None:
        return None
    amount = told.speech.money(charge.amount)
    paragraphs = [told.speech.say("payment.opening")]
    if charge.waits_until is not None:
        paragraphs.append(told.speech.say("payment.until", moment=told.speech.instant(charge.waits_until)))
    return told.draft(
        "payment",
        *paragraphs,
        words={"amount": amount},
        action=Action(label=told.speech.say("payment.action", amount=amount), url=charge.action_url),
        parts=tuple(
            Part(
                title=title(item, told.speech, told.atlas),
                rows=(Row(label=told.speech.say("price"), value=told.speech.money(item.costs)),),
            )
            for item in told.booking.items
        ),
    )


def _waiting(booking: Booking, payment_id: str | None) -> Charge | None:
    """The payment that waits for its payer, where the booking is still to be had."""
    if booking.over:
        return None
    waiting = (one for one in booking.charges if one.status is ChargeStatus.WAITING and not one.replaced)
    return next((one for one in waiting if payment_id in {None, one.id}), None)


def _refund_made(told: Told) -> Draft:
    amount = told.speech.money(msgspec.convert(told.facts["amount"], Money))
    return told.draft("refund", told.speech.say("refund.opening"), words={"amount": amount})


def _captured(booking: Booking) -> tuple[Money, ...]:
    return sums(charge.captured for charge in booking.charges if charge.captured is not None)


ABOUT: Final[Mapping[LetterKind, Callable[[Told], Draft | None]]] = MappingProxyType(
    {
        LetterKind.BOOKING_CONFIRMED: _confirmed,
        LetterKind.BOOKING_FAILED: _failed,
        LetterKind.BOOKING_NEEDS_CONSENT: _needs_consent,
        LetterKind.BOOKING_CANCELLED: _cancelled,
        LetterKind.BOOKING_EXPIRED: _expired,
        LetterKind.PAYMENT_LINK: _payment_link,
        LetterKind.REFUND_MADE: _refund_made,
    }
)
