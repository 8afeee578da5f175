"""From subscriptions and deliveries as the domain has them to the shapes that clients see."""

from api.webhooks import answers
from domain.webhooks import Delivery, EventType, Subscription
from storage.webhook_deliveries import Attempt


def subscription(held: Subscription) -> answers.WebhookSubscription:
    return answers.WebhookSubscription(
        id=held.id,
        url=held.url,
        types=tuple(map(EventType, held.types)) or None,
        description=held.description,
        created_at=held.created_at,
        failing_since=held.failing_since,
        disabled_at=held.disabled_at,
        disabled_because=held.disabled_because,
    )


def delivery(held: Delivery) -> answers.WebhookDelivery:
    return answers.WebhookDelivery(
        id=held.id,
        subscription_id=held.subscription_id,
        message_id=held.message_id,
        type=EventType(held.type),
        state=held.state,
        created_at=held.created_at,
        attempts=held.attempts,
        next_attempt_at=held.next_at,
        delivered_at=held.delivered_at,
        last_status=held.status,
        last_error=held.error,
        last_took_ms=held.took_ms,
    )


def attempt(made: Attempt) -> answers.WebhookAttempt:
    told = made.outcome
    return answers.WebhookAttempt(
        number=made.number, at=told.at, took_ms=told.took_ms, status=told.status, error=told.error
    )
