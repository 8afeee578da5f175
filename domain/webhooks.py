"""Webhooks: what clients may hear of, who wants to hear it where, and how long we go on trying to tell them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.ids import short_id


class EventType(StrEnum):
    """Everything that clients may hear of; `MEANINGS` says when."""

    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_FAILED = "booking.failed"
    BOOKING_NEEDS_CONSENT = "booking.needs_consent"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_EXPIRED = "booking.expired"
    PAYMENT_CAPTURED = "payment.captured"
    PAYMENT_REFUNDED = "payment.refunded"
    PAYMENT_ACTION_REQUIRED = "payment.action_required"
    FLIGHT_STATUS_CHANGED = "flight.status_changed"
    SEARCH_COMPLETED = "search.completed"
    PRICE_DROPPED = "price.dropped"
    TEST = "webhook.test"


MEANINGS: Final[Mapping[EventType, str]] = MappingProxyType(
    {
        EventType.BOOKING_CONFIRMED: "a booking is sold and paid",
        EventType.BOOKING_FAILED: "a booking came to nothing, and nothing was charged or all of it was given back",
        EventType.BOOKING_NEEDS_CONSENT: "a booking costs more than was allowed, and waits for a yes or a no",
        EventType.BOOKING_CANCELLED: "a booking is cancelled",
        EventType.BOOKING_EXPIRED: "nobody paid for a booking, or agreed to its price, in time",
        EventType.PAYMENT_CAPTURED: "money was taken",
        EventType.PAYMENT_REFUNDED: "money was given back",
        EventType.PAYMENT_ACTION_REQUIRED: "a payment waits for its payer",
        EventType.FLIGHT_STATUS_CHANGED: "something is new about a flight of a confirmed booking",
        EventType.SEARCH_COMPLETED: "a search that was created with `POST /v1/searches` has its answer",
        EventType.PRICE_DROPPED: "a price fell as low as an alert wanted",
        EventType.TEST: "somebody asked for a test; it comes whatever types were chosen",
    }
)

# What can be chosen: a test comes when it is asked for.
CHOSEN: Final = tuple(kind for kind in EventType if kind is not EventType.TEST)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


# How long to wait after the first, second, … try that failed; after the last one nobody tries again. More than a day in
# all, so that a receiver that breaks in the evening and is mended in the morning misses nothing.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=14),
)
_STRETCH: Final = 0.2  # of a pause, at most: those that failed together don't come back together

MOST_SUBSCRIPTIONS: Final = 20  # of one owner
TRY_WITHIN: Final = timedelta(seconds=15)
CLAIMED_FOR: Final = timedelta(seconds=30)  # longer than a try and what is written of it
AT_ONCE_FOR_A_HOST: Final = 8  # tries under way, over all workers
OLD_SECRET_SIGNS_FOR: Final = timedelta(hours=24)  # after another one took its place
DISABLED_AFTER: Final = timedelta(days=5)  # of nothing but failures
KEPT_FOR: Final = timedelta(days=30)  # what was told, and what came of it
TRIES_KEPT: Final = 20  # of one delivery


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription's messages are signed with, `whsec_` and base64. Only ever kept sealed.

    `former` signs beside `current` until `former_until`.
    """

    current: str
    former: str | None = None
    former_until: datetime | None = None

    def signing(self, now: datetime) -> tuple[str, ...]:
        if self.former is None or self.former_until is None or now >= self.former_until:
            return (self.current,)
        return (self.current, self.former)

    def renewed(self, secret: str, *, now: datetime) -> "Secrets":
        """Renewed twice within a day, only the last two sign."""
        return Secrets(current=secret, former=self.current, former_until=now + OLD_SECRET_SIGNS_FOR)


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where an owner wants to hear of which `types`; none named: of all.

    `failing_since` is the first of the tries that failed since the last success. Disabled, it hears of nothing.
    """

    id: str
    owner: str
    url: str
    created_at: datetime
    types: tuple[str, ...] = ()
    description: str | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_because: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one subscription.

    `tries` counts since the last replay and chooses the pause, `attempts` counts all. `status`, `error` and `took_ms`
    are those of the last attempt.
    """

    id: str
    subscription_id: str
    event_id: str
    type: str
    state: DeliveryState
    created_at: datetime
    next_at: datetime | None
    tries: int = 0
    attempts: int = 0
    status: int | None = None
    error: str | None = None
    took_ms: int | None = None
    delivered_at: datetime | None = None

    @property
    def message_id(self) -> str:
        return message_id(self.event_id)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt: a status, or an error in our words where no answer came."""

    at: datetime
    took_ms: int
    status: int | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more of it."""
        return self.status == 410


def message_id(event_id: str) -> str:
    """The same for every attempt, every replay and every subscription: whoever has heard it before can tell.

    Signatures are of `id.timestamp.body`, so that there is no full stop in it, whatever the event is called.
    """
    return f"msg_{short_id(event_id)}"


def next_try(tries: int, *, jitter: float) -> timedelta | None:
    """How long to wait after so many tries that failed; None when it is enough. `jitter` is within 0 and 1."""
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + _STRETCH * jitter)
