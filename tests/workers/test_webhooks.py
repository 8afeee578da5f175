"""Telling clients: at least once, to whoever wants to hear it, whatever the receiver or a worker does."""

import asyncio
import secrets as chance
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import WebhookVerificationError

from adapters.webhooks import Courier, Message
from domain.jobs import AskSuppliers, DeliverWebhooks, DropOldWebhooks, KeepSearch
from domain.webhooks import (
    CLAIMED_FOR,
    DISABLED_AFTER,
    KEPT_FOR,
    PAUSES,
    TRIES_KEPT,
    Delivery,
    DeliveryState,
    EventType,
    Outcome,
    Secrets,
    Subscription,
)
from storage import awaited_searches, webhook_deliveries, webhooks
from storage.client_events import ClientEvent, tell
from storage.engine import transaction
from storage.vault import Vault, new_key
from storage.webhook_deliveries import Wanted
from tests.builders import ALBATROSS, flight_query
from tests.webhook_receiver import hang, receiver, reset, status
from tests.workers.conftest import MakeTools, fares
from workers.search import ask_suppliers, keep_search
from workers.tools import Tools
from workers.webhooks import deliver_webhooks, drop_old_webhooks

OWNER, SOMEBODY_ELSE = "amelia", "bessie"
SECRET: Final = "whsec_" + b64encode(b"not so secret, but of this size!").decode()
PAYLOAD: Final = {
    "type": "booking.confirmed",
    "timestamp": "2027-03-01T10:00:00Z",
    "data": {"booking_id": "abc", "reference": "7KPQRT", "status": "confirmed"},
}


async def subscribed(
    tools: Tools, url: str, *types: EventType, owner: str = OWNER, secrets: Secrets | None = None
) -> Subscription:
    made = Subscription(id=chance.token_hex(8), owner=owner, url=url, types=types, created_at=tools.now())
    assert tools.vault is not None
    sealed = tools.vault.seal(secrets or Secrets(current=SECRET))
    async with transaction(tools.engine) as connection:
        await webhooks.subscribe(connection, made, host="127.0.0.1", secrets=sealed)
    return made


async def happens(tools: Tools, *ids: str, kind: str = "booking.confirmed", owner: str = OWNER) -> None:
    for event_id in ids or ("an event",):
        event = ClientEvent(id=event_id, owner=owner, type=kind, at=tools.now(), payload=PAYLOAD)
        async with transaction(tools.engine) as connection:
            await tell(connection, event)


async def on_their_way(tools: Tools, *, owner: str | None = None) -> list[Delivery]:
    """The oldest first."""
    async with transaction(tools.engine) as connection:
        found = await webhook_deliveries.deliveries(connection, Wanted(owner=owner), after=None, at_most=200)
    return sorted(found, key=lambda one: (one.created_at, one.id))


async def the_one(tools: Tools) -> Delivery:
    (one,) = await on_their_way(tools)
    return one


async def subscription(tools: Tools, made: Subscription) -> Subscription:
    async with transaction(tools.engine) as connection:
        found = await webhooks.get(connection, made.id, owner=None)
    assert found is not None
    return found


async def delivered(tools: Tools, *, later: timedelta = timedelta()) -> None:
    """What a worker does at this time."""
    now = tools.now() + later
    await deliver_webhooks(DeliverWebhooks(), msgspec.structs.replace(tools, now=lambda: now))


async def test_an_event_is_told_signed_and_in_the_very_bytes_that_were_written(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        (heard,) = desk.received
    assert heard.verified(SECRET) == PAYLOAD
    assert heard.body == msgspec.json.encode(PAYLOAD)
    assert heard.headers["content-type"] == "application/json"
    one = await the_one(at_work)
    assert (one.state, one.attempts, one.status, one.error) == (DeliveryState.DELIVERED, 1, 204, None)
    assert heard.message_id == one.message_id
    assert one.next_at is None
    assert one.delivered_at is not None


async def test_a_signature_of_another_secret_does_not_fit(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        (heard,) = desk.received
    with pytest.raises(WebhookVerificationError):
        heard.verified("whsec_" + b64encode(b"another secret of the same size!").decode())


async def test_while_a_secret_is_replaced_both_sign(tools: MakeTools) -> None:
    at_work, newer = tools(), "whsec_" + b64encode(b"the secret that took its place!!").decode()
    secrets = Secrets(current=SECRET).renewed(newer, now=at_work.now())
    with receiver() as desk:
        await subscribed(at_work, desk.url, secrets=secrets)
        await happens(at_work)
        await delivered(at_work)
        (heard,) = desk.received
    assert heard.verified(SECRET) == heard.verified(newer) == PAYLOAD
    assert secrets.signing(at_work.now() + timedelta(days=1, seconds=5)) == (newer,)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(status(500), 500), (status(302, Location="/elsewhere"), 302), (status(404), 404), (reset, None)],
)
async def test_whatever_is_no_success_is_tried_again_and_no_redirect_is_followed(
    tools: MakeTools, answer: Any, said: int | None
) -> None:
    at_work = tools(now=datetime.now(UTC))
    with receiver(answer) as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        one = await the_one(at_work)
        assert (one.state, one.status, one.tries) == (DeliveryState.WAITING, said, 1)
        assert (one.error is None) == (said is not None)
        assert one.next_at is not None
        assert PAUSES[0] <= one.next_at - at_work.now() <= PAUSES[0] * 1.2
        await delivered(at_work, later=PAUSES[0] - timedelta(seconds=1))
        assert len(desk.received) == 1
        await delivered(at_work, later=PAUSES[0] * 1.2)
        first, second = desk.received
    assert first.message_id == second.message_id
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert {heard.path for heard in (first, second)} == {"/hooks"}
    assert (await the_one(at_work)).state is DeliveryState.DELIVERED


async def test_who_never_answers_is_tried_again(tools: MakeTools) -> None:
    made = tools()
    courier = Courier(private=True, within=timedelta(milliseconds=100))
    at_work = msgspec.structs.replace(made, courier=courier)
    with receiver(hang) as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        one = await the_one(at_work)
    await courier.aclose()
    assert (one.state, one.status, one.error) == (DeliveryState.WAITING, None, "no answer within 0.1 s")


async def test_after_the_last_try_it_is_given_up_and_the_log_stays_short(tools: MakeTools) -> None:
    at_work = tools()
    later = timedelta()
    with receiver(*[status(503)] * (len(PAUSES) + 1)) as desk:
        made = await subscribed(at_work, desk.url)
        await happens(at_work)
        for _ in range(len(PAUSES)):
            await delivered(at_work, later=later)
            one = await the_one(at_work)
            assert one.next_at is not None
            later = one.next_at - at_work.now() + timedelta(seconds=1)
        assert later > timedelta(days=1)
        await delivered(at_work, later=later)
        one = await the_one(at_work)
        assert (one.state, one.next_at, one.attempts) == (DeliveryState.GIVEN_UP, None, len(PAUSES) + 1)
        await delivered(at_work, later=later * 2)
        assert len(desk.received) == len(PAUSES) + 1
        assert (await subscription(at_work, made)).disabled_at is None
        async with transaction(at_work.engine) as connection:
            log = await webhook_deliveries.attempts(connection, one.id)
        assert [attempt.number for attempt in log] == list(range(1, len(PAUSES) + 2))
        assert {attempt.outcome.status for attempt in log} == {503}
    assert len(PAUSES) + 1 < TRIES_KEPT


async def test_after_days_of_nothing_but_failures_nobody_is_told_any_more(tools: MakeTools) -> None:
    at_work = tools()
    long = DISABLED_AFTER + timedelta(hours=1)
    with receiver(*[status(500)] * 30) as desk:
        made = await subscribed(at_work, desk.url)
        await happens(at_work, "first", "second")
        await delivered(at_work)
        assert (await subscription(at_work, made)).failing_since is not None
        for tries in range(1, len(PAUSES) + 1):
            await delivered(at_work, later=long + timedelta(days=tries))
        after = await subscription(at_work, made)
        assert after.disabled_because == "nothing but failures for 5 days"
        assert {one.state for one in await on_their_way(at_work)} == {DeliveryState.GIVEN_UP}
        await happens(at_work, "third")
        assert len(await on_their_way(at_work)) == 2


async def test_one_success_and_the_failures_before_it_are_forgotten(tools: MakeTools) -> None:
    at_work = tools()
    with receiver(status(500)) as desk:
        made = await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        assert (await subscription(at_work, made)).failing_since is not None
        await delivered(at_work, later=timedelta(seconds=10))
    assert (await subscription(at_work, made)).failing_since is None


async def test_whoever_answers_410_hears_nothing_more(tools: MakeTools) -> None:
    at_work = tools()
    with receiver(status(410)) as desk:
        made = await subscribed(at_work, desk.url)
        await happens(at_work, "first")
        await delivered(at_work)
        await happens(at_work, "second")
        await delivered(at_work, later=timedelta(days=1))
        assert len(desk.received) == 1
    gone = await subscription(at_work, made)
    assert gone.disabled_at is not None
    assert "410" in str(gone.disabled_because)
    assert (await the_one(at_work)).state is DeliveryState.GIVEN_UP


async def test_two_workers_at_once_tell_it_once(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work, *map(str, range(12)))
        await asyncio.gather(*(delivered(at_work) for _ in range(3)))
        heard = [one.message_id for one in desk.received]
    assert len(heard) == len(set(heard)) == 12
    assert {one.attempts for one in await on_their_way(at_work)} == {1}


async def test_what_a_worker_died_over_is_told_when_its_claim_is_over(tools: MakeTools) -> None:
    at_work = tools()
    now = at_work.now()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        async with transaction(at_work.engine) as connection:
            (dead,) = await webhook_deliveries.claim(
                connection, by="dead", now=now + timedelta(seconds=1), until=now + CLAIMED_FOR, at_most=9, of_a_host=9
            )
        await delivered(at_work, later=CLAIMED_FOR / 2)
        assert desk.received == []
        await delivered(at_work, later=CLAIMED_FOR * 2)
        assert len(desk.received) == 1
    late = Outcome(at=now, took_ms=1, status=500)
    async with transaction(at_work.engine) as connection:
        assert not await webhook_deliveries.tried(connection, dead, late, state=DeliveryState.WAITING, next_at=now)
    assert (await the_one(at_work)).state is DeliveryState.DELIVERED


async def test_one_host_is_called_only_so_often_at_once(tools: MakeTools) -> None:
    at_work = tools()
    now = at_work.now() + timedelta(seconds=1)
    await subscribed(at_work, "http://127.0.0.1:9/")
    await happens(at_work, *map(str, range(12)))

    async def claimed(by: str) -> int:
        async with transaction(at_work.engine) as connection:
            return len(
                await webhook_deliveries.claim(
                    connection, by=by, now=now, until=now + CLAIMED_FOR, at_most=99, of_a_host=5
                )
            )

    assert [await claimed("one"), await claimed("another")] == [5, 0]
    assert await claimed("one") == 0


async def test_everybody_hears_of_their_own_and_of_what_they_chose(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as all_of_it, receiver() as refunds, receiver() as others:
        await subscribed(at_work, all_of_it.url)
        await subscribed(at_work, refunds.url, EventType.PAYMENT_REFUNDED)
        await subscribed(at_work, others.url, owner=SOMEBODY_ELSE)
        await happens(at_work, "confirmed")
        await happens(at_work, "refunded", kind="payment.refunded")
        await happens(at_work, "theirs", owner=SOMEBODY_ELSE)
        await delivered(at_work)
        heard = [len(desk.received) for desk in (all_of_it, refunds, others)]
    assert heard == [2, 1, 1]


async def test_an_event_that_happens_twice_is_told_once(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work, "the same", "the same")
        await delivered(at_work)
        await happens(at_work, "the same")
        await delivered(at_work)
        assert len(desk.received) == 1


async def test_what_happened_before_somebody_subscribed_is_not_told(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await happens(at_work)
        await subscribed(at_work, desk.url)
        await delivered(at_work)
        assert desk.received == []


async def test_an_event_that_was_taken_back_with_its_transaction_is_never_told(tools: MakeTools) -> None:
    at_work = tools()
    event = ClientEvent(id="an event", owner=OWNER, type="booking.failed", at=at_work.now(), payload=PAYLOAD)
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        async with at_work.engine.connect() as connection:
            await tell(connection, event)
            await connection.rollback()
        await delivered(at_work)
        assert desk.received == []


async def test_a_replay_tells_it_once_more_under_the_same_id(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(at_work)
        async with transaction(at_work.engine) as connection:
            await webhook_deliveries.replay(connection, (await the_one(at_work)).id, now=at_work.now())
        await delivered(at_work)
        first, second = desk.received
    assert first.message_id == second.message_id
    one = await the_one(at_work)
    assert (one.state, one.tries, one.attempts) == (DeliveryState.DELIVERED, 1, 2)


async def test_secrets_can_be_read_in_no_row(tools: MakeTools) -> None:
    at_work = tools()
    made = await subscribed(at_work, "https://example.com/hooks")
    async with transaction(at_work.engine) as connection:
        sealed = await webhooks.secrets_of(connection, made.id)
    assert sealed is not None
    assert SECRET.removeprefix("whsec_").encode() not in sealed
    assert b"not so secret" not in sealed


class Clumsy(Courier):
    """Stumbles over the first message that it is given."""

    stumbled = False

    async def deliver(self, message: Message, *, now: datetime) -> Outcome:
        if not self.stumbled:
            self.stumbled = True
            raise ZeroDivisionError
        return await super().deliver(message, now=now)


async def test_a_mistake_of_ours_over_one_message_holds_up_no_other(tools: MakeTools) -> None:
    courier = Clumsy(private=True)
    at_work = msgspec.structs.replace(tools(), courier=courier)
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work, *map(str, range(4)))
        await delivered(at_work)
        assert len(desk.received) == 3
        states = sorted((one.state, one.error or "") for one in await on_their_way(at_work))
        assert states == [*[("delivered", "")] * 3, ("waiting", "we failed to send it")]
        await delivered(at_work, later=timedelta(seconds=10))
        assert len({heard.message_id for heard in desk.received}) == 4
    await courier.aclose()


async def test_a_secret_that_nobody_can_open_is_said_so_and_tried_again(tools: MakeTools) -> None:
    at_work = tools()
    with receiver() as desk:
        await subscribed(at_work, desk.url)
        await happens(at_work)
        await delivered(msgspec.structs.replace(at_work, vault=Vault([new_key()])))
        one = await the_one(at_work)
        assert (one.state, desk.received) == (DeliveryState.WAITING, [])
        assert "can't sign" in str(one.error)
        await delivered(msgspec.structs.replace(at_work, vault=None), later=timedelta(seconds=10))
        assert desk.received == []
        await delivered(at_work, later=timedelta(seconds=10))
        assert len(desk.received) == 1


async def test_a_search_that_ends_is_told_to_whoever_waits_for_it(tools: MakeTools) -> None:
    at_work, query = tools({ALBATROSS: fares("420.00")}), flight_query()
    await subscribed(at_work, "https://example.com/hooks")
    async with transaction(at_work.engine) as connection:
        await awaited_searches.await_end(connection, query.id, owner=OWNER, now=at_work.now())
    await ask_suppliers(AskSuppliers(query=query), at_work)
    for _ in range(2):
        await keep_search(KeepSearch(search_id=query.id), at_work)
    one = await the_one(at_work)
    assert (one.type, one.state) == ("search.completed", DeliveryState.WAITING)


async def test_a_search_that_nobody_waits_for_any_more_is_forgotten(tools: MakeTools) -> None:
    at_work = tools()
    async with transaction(at_work.engine) as connection:
        await awaited_searches.await_end(connection, "a search", owner=OWNER, now=at_work.now())
    later = at_work.now() + timedelta(hours=2)
    await drop_old_webhooks(DropOldWebhooks(), msgspec.structs.replace(at_work, now=lambda: later))
    async with transaction(at_work.engine) as connection:
        assert not await awaited_searches.drop_old(connection, before=later)


async def test_what_was_told_a_month_ago_is_forgotten(tools: MakeTools, engine: AsyncEngine) -> None:
    at_work = tools()
    await subscribed(at_work, "https://example.com/hooks")
    await happens(at_work)
    later = at_work.now() + KEPT_FOR + timedelta(minutes=1)
    await drop_old_webhooks(DropOldWebhooks(), at_work)
    assert len(await on_their_way(at_work)) == 1
    await drop_old_webhooks(DropOldWebhooks(), msgspec.structs.replace(at_work, now=lambda: later))
    assert await on_their_way(at_work) == []
