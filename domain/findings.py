"""Findings: where our books, a supplier's and a gateway's differ, what each kind means, and how one is settled."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.ids import short_id


class FindingKind(StrEnum):
    ORDER_IN_DOUBT = "order_in_doubt"
    ORDER_WITHOUT_MONEY = "order_without_money"
    MONEY_WITHOUT_ORDER = "money_without_order"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_PAYMENT = "unknown_payment"
    ORDER_GONE = "order_gone"
    AMOUNT_DIFFERS = "amount_differs"
    HOLD_EXPIRING = "hold_expiring"
    REFUND_REFUSED = "refund_refused"
    REFUND_MISSING = "refund_missing"
    DISPUTE = "dispute"
    STUCK = "stuck"


class Severity(StrEnum):
    """`URGENT`: somebody may lose money or a journey tonight. `SERIOUS`: today. `MINOR`: when there is time."""

    URGENT = "urgent"
    SERIOUS = "serious"
    MINOR = "minor"


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind says, and what whoever reads it at night is to do."""

    severity: Severity
    means: str
    todo: str


_K, _S = FindingKind, Severity
MEANINGS: Final[Mapping[FindingKind, Meaning]] = MappingProxyType(
    {
        _K.ORDER_IN_DOUBT: Meaning(
            severity=_S.URGENT,
            means="An order was sent, and its supplier can't or won't say whether it exists.",
            todo="Call the supplier with our reference, then tell what they said: `travelhub bookings resolve`.",
        ),
        _K.ORDER_WITHOUT_MONEY: Meaning(
            severity=_S.URGENT,
            means="A supplier has an order of ours for which the gateway holds no money.",
            todo="Compare with the gateway's own pages. Ask the traveller to pay, or cancel the booking.",
        ),
        _K.MONEY_WITHOUT_ORDER: Meaning(
            severity=_S.URGENT,
            means="Money was taken, and nothing that was bought with it stands.",
            todo="Look at the booking's items at their suppliers. If none stands, refund the payment.",
        ),
        _K.UNKNOWN_ORDER: Meaning(
            severity=_S.URGENT,
            means="A supplier has an order under our reference that our books call refused, undone or never sent.",
            todo="Cancel it at the supplier, or it will be charged to us. Nobody travels on it.",
        ),
        _K.UNKNOWN_PAYMENT: Meaning(
            severity=_S.URGENT,
            means="The gateway has a payment that stands and that no booking of ours knows.",
            todo="Find out at the gateway who paid. Void or refund it there if nobody here has made it.",
        ),
        _K.ORDER_GONE: Meaning(
            severity=_S.URGENT,
            means="A supplier has cancelled, or no longer knows, what we hold as booked.",
            todo="Ask the supplier why and whether it can be restored; tell the traveller; cancel the booking if not.",
        ),
        _K.AMOUNT_DIFFERS: Meaning(
            severity=_S.SERIOUS,
            means="An amount in our books is another one in the supplier's or the gateway's.",
            todo="Compare the two documents of the finding. Refund what was taken too much, or bear the difference.",
        ),
        _K.HOLD_EXPIRING: Meaning(
            severity=_S.SERIOUS,
            means="What a supplier holds for us unpaid goes free soon.",
            todo="See why the booking does not go on: `travelhub bookings show`. Pay or cancel it before the time.",
        ),
        _K.REFUND_REFUSED: Meaning(
            severity=_S.SERIOUS,
            means="The gateway refused to give money back.",
            todo="Read its reason in the finding. Refund in another way, such as a bank transfer, and settle with a note.",
        ),
        _K.REFUND_MISSING: Meaning(
            severity=_S.SERIOUS,
            means="A refund of ours is not in the gateway's books, or one of theirs is not in ours.",
            todo="Compare both sums. If somebody refunded at the gateway by hand, settle with a note; else refund again.",
        ),
        _K.DISPUTE: Meaning(
            severity=_S.SERIOUS,
            means="The payer has told their bank that they did not want to pay.",
            todo="Answer at the gateway before its deadline, with the booking's history as evidence.",
        ),
        _K.STUCK: Meaning(
            severity=_S.SERIOUS,
            means="A booking is long due and nobody has looked at it, or it has been under way for far too long.",
            todo="See whether bookings' workers run: `travelhub queues`. Then read the booking's last step.",
        ),
    }
)


class FindingState(StrEnum):
    """`ACKNOWLEDGED`: somebody is at it. `RESOLVED`: the difference is gone. `DISMISSED`: it is no difference."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


STANDING: Final = frozenset({FindingState.OPEN, FindingState.ACKNOWLEDGED})  # somebody has to do something


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A difference. `about` says of what: `item:2`, `charge:<id>`, `refund:<id>`, `payment:<gateway>:<its id>`, `booking`.

    `detail` is a sentence, `document` what each side says, without travellers. The same kind, booking and `about` again
    are the same finding.
    """

    kind: FindingKind
    about: str
    detail: str
    booking_id: str | None = None
    document: Mapping[str, Any] = {}

    @property
    def id(self) -> str:
        return short_id(f"finding {self.kind} {self.booking_id or ''} {self.about}")


class KeptFinding(msgspec.Struct, frozen=True, kw_only=True):
    """`settled_by` is an owner's id, or None where the difference was gone by itself; `note` says how it ended."""

    finding: Finding
    state: FindingState
    first_seen_at: datetime
    last_seen_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None
    note: str | None = None

    @property
    def severity(self) -> Severity:
        return MEANINGS[self.finding.kind].severity
