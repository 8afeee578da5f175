"""Subscriptions: where somebody wants to hear of what happens, and the secret that tells our messages from others'."""

import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import structlog
from msgspec import Meta

from api.answers import Page
from api.calls import Asked, Reply, reply
from api.paging import CursorText, Limit
from api.params import Nothing, Reading
from api.problems import Flaw, invalid, not_there
from api.sealing import vault_of
from api.services import Services
from api.webhooks import answers, present
from api.webhooks.asking import after, following, links, owned_by, owner_of
from domain.ids import short_id
from domain.queries import Fault
from domain.web_addresses import LONGEST_URL, Place, Unfit
from domain.webhooks import (
    CHOSEN,
    MEANINGS,
    MOST_SUBSCRIPTIONS,
    EventType,
    Secrets,
    Subscription,
)
from storage import webhooks
from storage.engine import transaction
from storage.vault import Unreadable, Vault

_log: Final = structlog.get_logger(__name__)
_AN_ID: Final = re.compile("[a-z2-7]{26}")
_TABLE: Final = "; ".join(f"`{kind}`: {MEANINGS[kind]}" for kind in CHOSEN)


class SubscriptionWish(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send what."""

    url: Annotated[
        str,
        Meta(
            max_length=LONGEST_URL,
            description="An https address in the open internet; messages are sent there as POST.",
            examples=["https://example.com/webhooks/travelhub"],
        ),
    ]
    types: (
        Annotated[tuple[EventType, ...], Meta(min_length=1, description=f"Only these; all where not told. {_TABLE}.")]
        | None
    ) = None
    description: Annotated[str, Meta(min_length=1, max_length=200, description="For your own eyes.")] | None = None


class SubscriptionListWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How much of it at once."""

    limit: Limit = 50
    cursor: CursorText | None = None


async def subscribe(services: Services, asked: Asked[Nothing, SubscriptionWish]) -> Reply:
    """Twenty at most. The secret is shown in this answer and never again; `rotate-secret` makes another one."""
    vault, wished, secret = vault_of(services), asked.body, new_secret()
    place = await _open_place(services, wished.url)
    made = Subscription(
        id=short_id(secrets.token_hex(16)),
        owner=owner_of(asked),
        url=wished.url,
        types=tuple(sorted(set(wished.types or ()))),
        description=wished.description,
        created_at=asked.now,
    )
    async with transaction(services.engine) as connection:
        if await webhooks.count(connection, made.owner) >= MOST_SUBSCRIPTIONS:
            detail = f"you have {MOST_SUBSCRIPTIONS} subscriptions, and no more fit: remove some"
            raise invalid([Flaw(pointer="", detail=detail)])
        sealed = vault.seal(Secrets(current=secret))
        await webhooks.subscribe(connection, made, host=place.host, secrets=sealed)
    services.listeners.joined(made)
    answer = answers.NewWebhookSubscription(subscription=present.subscription(made), secret=secret)
    return reply(services, asked, answer, status=201, headers=(("Location", f"/v1/webhooks/subscriptions/{made.id}"),))


async def listed(services: Services, asked: Asked[SubscriptionListWishes, Nothing]) -> Reply:
    """Operators see everybody's."""
    owner, limit = owned_by(asked), asked.query.limit
    async with transaction(services.engine) as connection:
        found = await webhooks.subscriptions(
            connection, owner=owner, after=after(asked.query.cursor), at_most=limit + 1
        )
        total = await webhooks.count_all(connection, owner=owner)
    more = following(found[limit - 1]) if len(found) > limit else None
    answer = answers.WebhookSubscriptionList(
        data=tuple(map(present.subscription, found[:limit])), page=Page(next=more, total=total)
    )
    return reply(services, asked, answer, headers=links(asked, more))


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    held = await _held(services, asked, asked.place["subscription_id"])
    return reply(services, asked, present.subscription(held))


async def unsubscribe(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """What was on its way there is not sent any more, and its log is gone."""
    name = _named(asked.place["subscription_id"])
    async with transaction(services.engine) as connection:
        if not await webhooks.unsubscribe(connection, name, owner=owned_by(asked)):
            raise unknown()
    return Reply(status=204)


async def rotate_secret(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """For a day messages carry signatures of both: whoever knows either of the secrets can verify them."""
    vault, secret = vault_of(services), new_secret()
    held = await _held(services, asked, asked.place["subscription_id"])
    async with transaction(services.engine) as connection:
        sealed = await webhooks.secrets_of(connection, held.id)
        if sealed is None:
            raise unknown()
        renewed = _renewed(vault, sealed, secret, asked.now)
        await webhooks.keep_secrets(connection, held.id, vault.seal(renewed))
    return reply(services, asked, answers.RotatedSecret(secret=secret, former_signs_until=renewed.former_until))


async def enable(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """For one that was disabled. What was given up can be replayed; what happened meanwhile was not kept for it."""
    held = await _held(services, asked, asked.place["subscription_id"])
    await _open_place(services, held.url)
    async with transaction(services.engine) as connection:
        await webhooks.enable(connection, held.id)
    return reply(services, asked, present.subscription(await _held(services, asked, held.id)))


def faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    """A test comes when it is asked for, and can't be chosen."""
    for place, kind in enumerate(read.values.get("types") or ()):
        if kind not in CHOSEN:
            yield Fault(field=f"types/{place}", detail=f"must be one of {', '.join(CHOSEN)}")


def new_secret() -> str:
    """32 bytes of chance, in the form of Standard Webhooks."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


async def found(connection: Any, asked: Asked[Any, Any], name: str) -> Subscription:
    """Raises Problem (404) also for what is somebody else's."""
    held = await webhooks.get(connection, _named(name), owner=owned_by(asked))
    if held is None:
        raise unknown()
    return held


def unknown() -> Exception:
    return not_there("There is no such subscription of yours.")


def _renewed(vault: Vault, sealed: bytes, secret: str, now: datetime) -> Secrets:
    """A secret that no key of ours opens any more is replaced as well: that is how its owner gets out of it."""
    try:
        return vault.opened(sealed, Secrets).renewed(secret, now=now)
    except Unreadable:
        _log.exception("webhook.secret_unreadable")
        return Secrets(current=secret)


async def _held(services: Services, asked: Asked[Any, Any], name: str) -> Subscription:
    async with transaction(services.engine) as connection:
        return await found(connection, asked, name)


async def _open_place(services: Services, url: str) -> Place:
    """Raises Problem (422)."""
    try:
        return await services.addresses.place(url)
    except Unfit as unfit:
        raise invalid([Flaw(pointer="/url", detail=str(unfit))]) from unfit


def _named(name: str) -> str:
    """Raises Problem (404) for what is no id of ours."""
    if not _AN_ID.fullmatch(name):
        raise unknown()
    return name
