"""Bookings and payments, from domain values to the shapes of answers. Pure."""

from datetime import datetime
from typing import Any, Final

import msgspec

from api.bookings import answers
from api.present import perhaps_priced, priced
from api.verticals import VERTICALS
from domain.bookings import Booking, BookingStatus, Charge, Item, People, Refund, Refusal, sums
from domain.money import Money
from domain.saga.terms import CancellationTerms
from domain.travellers import Document, Traveller
from storage.bookings import Event, Kept

_SHOWN_OF_A_NUMBER: Final = 3


def booking(kept: Kept, people: People | None, terms: answers.CancellationTerms | None) -> answers.Booking:
    one = kept.booking
    return answers.Booking(
        id=one.id,
        reference=one.reference,
        status=one.status,
        created_at=one.created_at,
        updated_at=kept.updated_at,
        confirmed_at=one.confirmed_at,
        ended_at=one.ended_at,
        items=tuple(item(each) for each in one.items),
        prices=all_priced(one.prices),
        on_site=all_priced(amount for amount in sums(_on_site(each) for each in one.items) if amount.amount),
        max_price_increase_percent=one.max_price_increase_percent,
        method=one.method,
        gateway=one.gateway,
        payments=tuple(payment(one, charge) for charge in one.charges),
        consent=_consent(one),
        refusal=_refusal(one.refusal),
        doubt=one.doubt,
        cancellation=terms,
        travellers=None
        if people is None
        else tuple(_traveller(number, each) for number, each in enumerate(people.travellers, 1)),
        contact=None if people is None else answers.ShownContact(**msgspec.structs.asdict(people.contact)),
        language=one.language,
    )


def line(kept: Kept) -> answers.BookingLine:
    one = kept.booking
    return answers.BookingLine(
        id=one.id,
        reference=one.reference,
        status=one.status,
        created_at=one.created_at,
        updated_at=kept.updated_at,
        verticals=tuple(dict.fromkeys(each.vertical for each in one.items)),
        begins_on=min(each.query.begins_on for each in one.items),
        prices=all_priced(one.prices),
    )


def item(one: Item) -> Any:
    """A shape of the vertical's own, with the offer as it was quoted last."""
    vertical = VERTICALS[one.vertical]
    return answers.ITEMS[one.vertical](
        number=one.number,
        status=one.status,
        price=priced(one.price),
        quoted_price=perhaps_priced(one.quote.quote.price if one.quote is not None else None),
        on_site=priced(_on_site(one)),
        extras={extra.code: extra.quantity for extra in one.extras},
        reference=one.reference,
        locators=tuple(
            answers.Locator(issuer=locator.issuer, code=locator.code)
            for locator in (one.order.locators if one.order is not None else ())
        ),
        refusal=_refusal(one.refusal),
        offer=vertical.detailed(_as_quoted(one)),
    )


def payment(one: Booking, charge: Charge) -> answers.Payment:
    nothing = Money.zero(charge.amount.currency)
    return answers.Payment(
        id=charge.id,
        booking_id=one.id,
        booking_reference=one.reference,
        gateway=charge.gateway,
        method=charge.method,
        status=charge.status,
        amount=priced(charge.amount),
        captured=priced(charge.captured or nothing),
        refunded=priced(charge.refunded),
        refundable=priced(charge.refundable),
        refunds=tuple(refund(each) for each in charge.refunds),
        action_url=charge.action_url,
        action_until=charge.waits_until,
        decline=charge.decline,
    )


def refund(one: Refund) -> answers.Refund:
    return answers.Refund(
        id=one.id,
        amount=priced(one.amount),
        status=one.status,
        asked_at=one.asked_at,
        item=one.item,
        detail=one.detail,
    )


def terms(told: CancellationTerms, at: datetime) -> answers.CancellationTerms:
    return answers.CancellationTerms(
        at=at,
        comes_back=all_priced(told.comes_back),
        kept=all_priced(told.kept),
        items=tuple(
            answers.ItemTerms(
                number=one.number, comes_back=priced(one.comes_back), kept=priced(one.kept), certain=one.certain
            )
            for one in told.items
        ),
    )


def event(one: Event) -> answers.BookingEvent:
    return answers.BookingEvent(number=one.number, at=one.at, type=one.type, data=one.data)


def all_priced(amounts: Any) -> tuple[Any, ...]:
    return tuple(priced(amount) for amount in amounts)


def _on_site(one: Item) -> Money:
    return one.costs - one.payable


def _as_quoted(one: Item) -> Any:
    if one.quote is None:
        return one.offer
    said = one.quote.quote
    return msgspec.structs.replace(
        one.offer,
        price=said.price,
        price_components=said.price_components,
        conditions=said.conditions,
        fetched_at=said.quoted_at,
        expires_at=one.quote.expires_at,
        converted=one.offer.converted if said.price == one.offer.price else None,
    )


def _consent(one: Booking) -> answers.Consent | None:
    if one.status is not BookingStatus.NEEDS_CONSENT:
        return None
    return answers.Consent(
        until=one.consent_until,
        agreed=all_priced(one.prices),
        asked=all_priced(sums(each.costs for each in one.items)),
    )


def _refusal(one: Refusal | None) -> answers.Refusal | None:
    if one is None:
        return None
    return answers.Refusal(reason=one.reason, detail=one.detail, supplier=one.supplier)


def _traveller(number: int, one: Traveller) -> answers.ShownTraveller:
    return answers.ShownTraveller(
        number=number,
        given_name=one.given_name,
        surname=one.surname,
        born_on=one.born_on,
        title=one.title,
        gender=one.gender,
        nationality=one.nationality,
        document=_document(one.document),
    )


def _document(one: Document | None) -> answers.ShownDocument | None:
    if one is None:
        return None
    hidden = max(0, len(one.number) - _SHOWN_OF_A_NUMBER)
    return answers.ShownDocument(
        number="•" * hidden + one.number[hidden:], issued_by=one.issued_by, expires_on=one.expires_on
    )
