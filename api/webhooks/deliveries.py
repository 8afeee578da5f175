"""Deliveries: what was told to whom and how that went, told once more, or told as a test."""

import re
import secrets
from typing import Annotated, Any, Final

import msgspec
import structlog
from msgspec import Meta

from api.answers import Page
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing
from api.problems import Kind, Problem, not_there
from api.services import Services
from api.webhooks import answers, present, subscriptions
from api.webhooks.asking import after, following, links, owned_by
from domain.ids import short_id
from domain.jobs import DeliverWebhooks
from domain.webhooks import Delivery, DeliveryState, EventType, Subscription
from storage import client_events, webhook_deliveries, webhooks
from storage.client_events import ClientEvent
from storage.engine import transaction
from storage.failures import QueueDown
from storage.webhook_deliveries import Wanted

_log: Final = structlog.get_logger(__name__)
_AN_ID: Final = re.compile("[0-9a-f]{32}")
_Subscription = Annotated[str, Meta(pattern="^[a-z2-7]{26}$", description="The id of a subscription of yours.")]


class DeliveryWishes(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them, and how many at once."""

    subscription_id: _Subscription | None = None
    state: Annotated[DeliveryState, Meta(description="How it stands.")] | None = None
    type: answers.Type | None = None
    limit: Limit = 50
    cursor: CursorText | None = None


class TestWish(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send a test."""

    subscription_id: _Subscription


async def test(services: Services, asked: Asked[Nothing, TestWish]) -> Reply:
    """A `webhook.test`, signed and sent like all others, whatever types were chosen.

    The answer says where to look how it went.
    """
    token = secrets.token_hex(16)
    async with transaction(services.engine) as connection:
        to = await subscriptions.found(connection, asked, asked.body.subscription_id)
        _only_enabled(to)
        at = asked.now
        payload = {"type": EventType.TEST, "timestamp": at.isoformat(), "data": {"subscription_id": to.id}}
        event = ClientEvent(id=short_id(f"test {token}"), owner=to.owner, type=EventType.TEST, at=at, payload=payload)
        await client_events.tell(connection, event, only=to.id)
        wanted = Wanted(owner=None, event_id=event.id)
        made = await webhook_deliveries.deliveries(connection, wanted, after=None, at_most=1)
    if not made:  # somebody has unsubscribed or been disabled in the same moment
        raise subscriptions.unknown()
    return await _on_its_way(services, asked, made[0])


async def listed(services: Services, asked: Asked[DeliveryWishes, Nothing]) -> Reply:
    """The newest first, for thirty days. Operators see everybody's."""
    wished, limit = asked.query, asked.query.limit
    wanted = Wanted(owner=owned_by(asked), subscription_id=wished.subscription_id, state=wished.state, type=wished.type)
    async with transaction(services.engine) as connection:
        found = await webhook_deliveries.deliveries(connection, wanted, after=after(wished.cursor), at_most=limit + 1)
        total = await webhook_deliveries.count_deliveries(connection, wanted)
    more = following(found[limit - 1]) if len(found) > limit else None
    answer = answers.WebhookDeliveryList(
        data=tuple(map(present.delivery, found[:limit])), page=Page(next=more, total=total)
    )
    return reply(services, asked, answer, headers=links(asked, more))


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """With what is told, and the last twenty attempts."""
    async with transaction(services.engine) as connection:
        held = await _found(connection, asked)
        body = await webhook_deliveries.body(connection, held.event_id)
        log = await webhook_deliveries.attempts(connection, held.id)
    assert body is not None  # a delivery goes with its event
    answer = answers.LoggedWebhookDelivery(
        delivery=present.delivery(held),
        message=msgspec.json.decode(body, type=answers.WebhookMessage),
        log=tuple(map(present.attempt, log)),
    )
    return reply(services, asked, answer)


async def replay(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Once more from the first try on, under the same message id, whether it was delivered, given up or waits."""
    async with transaction(services.engine) as connection:
        held = await _found(connection, asked)
        to = await webhooks.get(connection, held.subscription_id, owner=None)
        if to is None:
            raise _unknown()
        _only_enabled(to)
        await webhook_deliveries.replay(connection, held.id, now=asked.now)
        held = await _found(connection, asked)
    return await _on_its_way(services, asked, held)


async def _on_its_way(services: Services, asked: Asked[Any, Any], held: Delivery) -> Reply:
    """A worker is asked to look at once. Where the broker is away, the next look is near."""
    try:
        await services.queue.put(DeliverWebhooks())
    except QueueDown as error:
        _log.warning("webhooks.not_hurried", error=str(error))
    headers = (("Location", f"/v1/webhooks/deliveries/{held.id}"), ("Retry-After", "1"))
    return reply(services, asked, present.delivery(held), status=202, headers=headers)


def _only_enabled(to: Subscription) -> None:
    """Raises Problem (409)."""
    if to.disabled_at is not None:
        raise Problem(Kind.CONFLICT, f"This subscription is disabled: {to.disabled_because}. Enable it first.")


async def _found(connection: Any, asked: Asked[Any, Any]) -> Delivery:
    """Raises Problem (404) also for what is somebody else's."""
    name = asked.place["delivery_id"]
    held = None
    if _AN_ID.fullmatch(name):
        held = await webhook_deliveries.delivery(connection, name, owner=owned_by(asked))
    if held is None:
        raise _unknown()
    return held


def _unknown() -> Exception:
    return not_there("There is no such delivery of yours.")
