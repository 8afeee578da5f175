"""The shapes of subscriptions to webhooks, of deliveries and of what is delivered."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api.answers import Instant, Page
from domain.webhooks import MEANINGS, DeliveryState, EventType

_TABLE: Final = "; ".join(f"`{kind}`: {meaning}" for kind, meaning in MEANINGS.items())
Type = Annotated[EventType, Meta(description=f"What happened. {_TABLE}.")]
Secret = Annotated[
    str,
    Meta(
        pattern="^whsec_[A-Za-z0-9+/]+={0,2}$",
        description="What messages are signed with, in the form of Standard Webhooks. It is shown this once.",
    ),
]


class WebhookSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where you hear of what; `types` null: of everything.

    `failing_since` is the first of the failures since the last success. `disabled_because` says why nothing is sent there
    any more: it answered 410, or nothing but failures came for five days.
    """

    id: str
    url: str
    types: tuple[EventType, ...] | None
    description: str | None
    created_at: Instant
    failing_since: Instant | None
    disabled_at: Instant | None
    disabled_because: str | None


class NewWebhookSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """The subscription with its secret, which is shown this once."""

    subscription: WebhookSubscription
    secret: Secret


class RotatedSecret(msgspec.Struct, frozen=True, kw_only=True):
    """The secret from now on. Until `former_signs_until` messages carry a signature of the former one as well; null where
    we could not read that any more.
    """

    secret: Secret
    former_signs_until: Instant | None


class WebhookSubscriptionList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[WebhookSubscription, ...]
    page: Page


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one subscription. `message_id` is its `webhook-id`, the same for every attempt and replay.

    `last_status` is null where no answer came; `last_error` says what came instead. `next_attempt_at` is null when it is
    delivered or given up.
    """

    id: str
    subscription_id: str
    message_id: str
    type: EventType
    state: DeliveryState
    created_at: Instant
    attempts: int
    next_attempt_at: Instant | None
    delivered_at: Instant | None
    last_status: int | None
    last_error: str | None
    last_took_ms: int | None


class WebhookDeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[WebhookDelivery, ...]
    page: Page


class WebhookAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt: the status of its answer, or what came instead of one."""

    number: int
    at: Instant
    took_ms: int
    status: int | None
    error: str | None


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. `data` holds ids and facts; whatever else you want to know of them, ask the API."""

    type: Type
    timestamp: Instant
    data: dict[str, Any]


class LoggedWebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with its message and its last attempts, the oldest first."""

    delivery: WebhookDelivery
    message: WebhookMessage
    log: tuple[WebhookAttempt, ...]
