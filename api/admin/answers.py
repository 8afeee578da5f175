"""The shapes in which operators see findings, comparisons, whole bookings and queues."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api.answers import Instant, Money, Page
from domain.bookings import BookingStatus, ChargeStatus, ItemStatus
from domain.findings import FindingKind, FindingState, Severity
from domain.jobs import Queue
from domain.orders import CancellationStatus, OrderStatus
from domain.payments import Method, RefundStatus
from storage.reconciling import Because, RunState

About = Annotated[
    str,
    Meta(
        description="Of what: an item, a charge, a refund, a gateway's payment, or the booking's sum in a currency.",
        examples=["item:2"],
    ),
]


class ShownFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A difference between the books. `means` and `todo` are those of its kind; `document` is what each side says.

    `booking_id` is null for what no booking of ours knows. `settled_by` is null where the difference was gone by itself.
    """

    id: str
    kind: FindingKind
    severity: Severity
    means: str
    todo: str
    booking_id: str | None
    about: About
    detail: str
    document: dict[str, Any]
    state: FindingState
    first_seen_at: Instant
    last_seen_at: Instant
    settled_at: Instant | None
    settled_by: str | None
    note: str | None


class FindingList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[ShownFinding, ...]
    page: Page


class ReconcileRun(msgspec.Struct, frozen=True, kw_only=True):
    """A comparison of our bookings with the books of suppliers and gateways.

    Bookings that changed between `since` and `until` are compared, and always those that are in doubt, long due, or of
    which a finding stands. `orders` and `payments` were compared, `calls` made for it; `found` are new findings,
    `resolved` those whose difference was gone, `woken` bookings that catch up by themselves. `unchecked` counts by
    supplier or gateway, and by why, what could not be compared.
    """

    id: str
    because: Because
    state: RunState
    asked_by: str | None
    since: Instant
    until: Instant
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    bookings: int
    orders: int
    payments: int
    calls: int
    found: int
    resolved: int
    woken: int
    unchecked: dict[str, dict[str, int]]
    detail: str | None


class ReconcileRunList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[ReconcileRun, ...]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is asked again: since when, how often so far, when next and why. `doubt`: it may have happened."""

    since: Instant
    tries: int
    next_at: Instant
    detail: str
    doubt: bool


class SupplierOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the supplier's own number, `locators` are what travellers show."""

    id: str
    status: OrderStatus
    price: Money | None
    locators: dict[str, str]
    hold_until: Instant | None


class SupplierCancellation(msgspec.Struct, frozen=True, kw_only=True):
    """Null amounts: the supplier does not say."""

    status: CancellationStatus
    refund: Money | None
    fee: Money | None
    number: str | None


class WholeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item. `reference` is ours in the supplier's books, `price` what was agreed, `costs` what its supplier says.

    `can_be_found`, `can_be_looked_at`: whether its supplier tells what became of an order whose answer was lost, and how
    an order stands.
    """

    number: int
    vertical: str
    supplier: str
    status: ItemStatus
    reference: str
    attempt: int
    price: Money
    costs: Money
    sent_at: Instant | None
    order: SupplierOrder | None
    cancellation: SupplierCancellation | None
    refusal: str | None
    waiting: Waiting | None
    can_be_found: bool
    can_be_looked_at: bool


class WholeRefund(msgspec.Struct, frozen=True, kw_only=True):
    """`asked_by` is null where the booking itself gives back."""

    id: str
    amount: Money
    status: RefundStatus
    item: int | None
    asked_at: Instant
    asked_by: str | None
    gateway_id: str | None
    detail: str | None
    waiting: Waiting | None


class WholeCharge(msgspec.Struct, frozen=True, kw_only=True):
    """`gateway_id` is the payment's number at the gateway, `reference` ours there."""

    id: str
    gateway: str
    gateway_id: str | None
    reference: str
    method: Method
    status: ChargeStatus
    amount: Money
    captured: Money | None
    refunded: Money
    decline: str | None
    waits_until: Instant | None
    refunds: tuple[WholeRefund, ...]
    waiting: Waiting | None


class TakenStep(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to the outside, written before and after it; without an end it was interrupted, or is under way.

    `key` is what the outside heard.
    """

    number: int
    kind: str
    about: About
    key: str
    begun_at: Instant
    ended_at: Instant | None
    outcome: str | None
    detail: str | None


class HistoryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What the booking's owner sees of it too."""

    number: int
    at: Instant
    type: str
    data: dict[str, Any]


class WholeBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with all that our books hold of it, but without its travellers and what stands for a card.

    `due_at` is when a worker looks next, null when nobody does; `claimed_until` is there while one is at it. `undoing` is
    the end to which everything is being undone. `wishes` are what clients and operators want and no worker has heeded yet.
    """

    id: str
    reference: str
    owner: str
    status: BookingStatus
    undoing: BookingStatus | None
    doubt: str | None
    refusal: str | None
    created_at: Instant
    updated_at: Instant
    confirmed_at: Instant | None
    ended_at: Instant | None
    due_at: Instant | None
    claimed_until: Instant | None
    wishes: tuple[str, ...]
    items: tuple[WholeItem, ...]
    charges: tuple[WholeCharge, ...]
    steps: tuple[TakenStep, ...]
    events: tuple[HistoryEvent, ...]
    findings: tuple[ShownFinding, ...]


class GivenUpJob(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter. `died_at` is null where the broker does not tell, `why` where nobody has written it down."""

    id: str
    kind: str
    asked_at: Instant
    died_at: Instant | None
    attempts: int
    why: str | None


class QueueState(msgspec.Struct, frozen=True, kw_only=True):
    """`delayed` wait for their time, `under_way` are in workers' hands; it and `oldest_seconds` are null where the broker
    does not tell. `dead_letters` are the last of `dead`.
    """

    queue: Queue
    waiting: int
    delayed: int
    under_way: int | None
    oldest_seconds: float | None
    dead: int
    dead_letters: tuple[GivenUpJob, ...]


class QueueList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[QueueState, ...]


class ReplayedLetters(msgspec.Struct, frozen=True, kw_only=True):
    """On their queue once more, as if nobody had tried. `missing` were asked for and are no dead letters (any more)."""

    queue: Queue
    replayed: tuple[str, ...]
    missing: tuple[str, ...]
