"""Findings, runs and whole bookings, from values to the shapes in which operators see them. Pure."""

from datetime import datetime
from typing import Any

import msgspec

from api.admin import answers
from api.present import perhaps_priced, priced
from domain.bookings import Charge, Item, Patience, Refund, Refusal, Wishes
from domain.findings import MEANINGS, KeptFinding
from domain.orders import Cancellation, Order
from storage.bookings import Event, Kept, StepTaken
from storage.reconciling import Run


def finding(kept: KeptFinding) -> answers.ShownFinding:
    found, meaning = kept.finding, MEANINGS[kept.finding.kind]
    return answers.ShownFinding(
        id=found.id,
        kind=found.kind,
        severity=meaning.severity,
        means=meaning.means,
        todo=meaning.todo,
        booking_id=found.booking_id,
        about=found.about,
        detail=found.detail,
        document=dict(found.document),
        state=kept.state,
        first_seen_at=kept.first_seen_at,
        last_seen_at=kept.last_seen_at,
        settled_at=kept.settled_at,
        settled_by=kept.settled_by,
        note=kept.note,
    )


def run(one: Run) -> answers.ReconcileRun:
    return answers.ReconcileRun(
        id=one.id,
        because=one.because,
        state=one.state,
        asked_by=one.asked_by,
        since=one.since,
        until=one.until,
        created_at=one.created_at,
        started_at=one.started_at,
        ended_at=one.ended_at,
        **msgspec.structs.asdict(one.counts),
        unchecked={who: dict(whys) for who, whys in one.unchecked.items()},
        detail=one.detail,
    )


def whole(
    kept: Kept,
    *,
    claimed_until: datetime | None,
    steps: tuple[StepTaken, ...],
    events: tuple[Event, ...],
    findings: tuple[KeptFinding, ...],
) -> answers.WholeBooking:
    one = kept.booking
    return answers.WholeBooking(
        id=one.id,
        reference=one.reference,
        owner=one.owner,
        status=one.status,
        undoing=one.undoing,
        doubt=one.doubt,
        refusal=_refusal(one.refusal),
        created_at=one.created_at,
        updated_at=kept.updated_at,
        confirmed_at=one.confirmed_at,
        ended_at=one.ended_at,
        due_at=kept.due_at,
        claimed_until=claimed_until,
        wishes=tuple(_wished(kept.wishes)),
        items=tuple(map(_item, one.items)),
        charges=tuple(map(_charge, one.charges)),
        steps=tuple(answers.TakenStep(**_fields(step)) for step in steps),
        events=tuple(answers.HistoryEvent(**_fields(event)) for event in events),
        findings=tuple(map(finding, findings)),
    )


def _wished(wishes: Wishes) -> list[str]:
    """What is wished, without what stands for a card."""
    consent = {None: [], True: ["accept the price"], False: ["drop the price"]}[wishes.consent]
    refunds = [f"refund {wish.refund.amount} of {wish.charge}" for wish in wishes.refunds]
    return [*(["cancel"] if wishes.cancel else []), *consent, *(["pay by card"] if wishes.token else []), *refunds]


def _item(one: Item) -> answers.WholeItem:
    return answers.WholeItem(
        number=one.number,
        vertical=one.vertical,
        supplier=one.offer.supplier,
        status=one.status,
        reference=one.reference,
        attempt=one.attempt,
        price=priced(one.price),
        costs=priced(one.costs),
        sent_at=one.sent_at,
        order=None if one.order is None else _order(one.order),
        cancellation=None if one.cancellation is None else _cancellation(one.cancellation),
        refusal=_refusal(one.refusal),
        waiting=_waiting(one.patience),
        can_be_found=one.abilities.finds,
        can_be_looked_at=one.abilities.looks,
    )


def _order(order: Order) -> answers.SupplierOrder:
    """Without its handle, which may hold a name."""
    return answers.SupplierOrder(
        id=order.id,
        status=order.status,
        price=perhaps_priced(order.price),
        locators={locator.issuer: locator.code for locator in order.locators},
        hold_until=order.hold_until,
    )


def _cancellation(told: Cancellation) -> answers.SupplierCancellation:
    return answers.SupplierCancellation(
        status=told.status, refund=perhaps_priced(told.refund), fee=perhaps_priced(told.fee), number=told.number
    )


def _charge(one: Charge) -> answers.WholeCharge:
    return answers.WholeCharge(
        id=one.id,
        gateway=one.gateway,
        gateway_id=one.gateway_id,
        reference=one.reference,
        method=one.method,
        status=one.status,
        amount=priced(one.amount),
        captured=perhaps_priced(one.captured),
        refunded=priced(one.refunded),
        decline=one.decline,
        waits_until=one.waits_until,
        refunds=tuple(map(_refund, one.refunds)),
        waiting=_waiting(one.patience),
    )


def _refund(one: Refund) -> answers.WholeRefund:
    return answers.WholeRefund(
        id=one.id,
        amount=priced(one.amount),
        status=one.status,
        item=one.item,
        asked_at=one.asked_at,
        asked_by=one.asked_by,
        gateway_id=one.gateway_id,
        detail=one.detail,
        waiting=_waiting(one.patience),
    )


def _waiting(patience: Patience | None) -> answers.Waiting | None:
    return None if patience is None else answers.Waiting(**_fields(patience))


def _refusal(refusal: Refusal | None) -> str | None:
    if refusal is None:
        return None
    return f"{refusal.supplier or 'we'}: {refusal.reason}, {refusal.detail}"


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(value)
