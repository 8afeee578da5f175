"""Subscriptions, deliveries, tests and replays, as clients see them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from api.webhooks.addresses import Addresses
from domain.jobs import DeliverWebhooks, Queue
from domain.people import Role
from domain.webhooks import CLAIMED_FOR, MOST_SUBSCRIPTIONS, DeliveryState, Outcome, Secrets
from storage import awaited_searches, webhook_deliveries, webhooks
from storage.client_events import ClientEvent, tell
from storage.engine import transaction
from storage.webhook_deliveries import Due
from tests.api.answering import misdescribed
from tests.api.hub import Hub, filled, hub, json
from tests.api.test_price_alerts import dropped
from tests.api.test_price_alerts import made as price_alert

MINE, YOURS = "mine", "yours"
SUBSCRIPTIONS, DELIVERIES = "/v1/webhooks/subscriptions", "/v1/webhooks/deliveries"
ADDRESSES: Final = {"example.com": ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")}


async def _names(host: str) -> Sequence[str]:
    """A resolver that knows one host, and hosts that are called by their address."""
    if host == "nowhere.example":
        raise OSError
    return ADDRESSES.get(host, (host,))


@pytest.fixture
async def api(database_url: str, engine: AsyncEngine, redis_url: str) -> AsyncIterator[Hub]:
    await filled(engine)
    addresses = Addresses(resolve=_names)
    async with hub(database_url=database_url, redis_url=redis_url, addresses=addresses) as running:
        yield running


async def ask(api: Hub, method: str, path: str, who: str = MINE, *, role: Role = Role.TRAVELLER) -> Any:
    headers = api.signed_in(who, role=role)
    return await api.conductor.simulate_request(method, path, headers=headers)


async def subscribed(api: Hub, who: str = MINE, **wishes: object) -> Any:
    wish = {"url": "https://example.com/hooks"} | wishes
    answer = await api.post(SUBSCRIPTIONS, wish, **api.signed_in(who))
    assert answer.status_code == 201, answer.text
    assert misdescribed(answer, "POST", SUBSCRIPTIONS) == []
    return json(answer)


async def happens(api: Hub, event_id: str = "an event", kind: str = "booking.confirmed", owner: str = MINE) -> None:
    payload = {"type": kind, "timestamp": api.clock.now.isoformat(), "data": {"booking_id": "abc"}}
    event = ClientEvent(id=event_id, owner=owner, type=kind, at=api.clock.now, payload=payload)
    async with transaction(api.services.engine) as connection:
        await tell(connection, event)


async def tried(api: Hub, status: int | None, error: str | None = None) -> tuple[Due, ...]:
    """What a worker does that gets this answer to everything that is due."""
    now = api.clock.now
    async with transaction(api.services.engine) as connection:
        due = await webhook_deliveries.claim(
            connection, by="a worker", now=now, until=now + CLAIMED_FOR, at_most=99, of_a_host=99
        )
        for one in due:
            outcome = Outcome(at=now, took_ms=12, status=status, error=error)
            state = DeliveryState.DELIVERED if outcome.delivered else DeliveryState.GIVEN_UP
            await webhook_deliveries.tried(connection, one, outcome, state=state, next_at=None)
    return due


async def listed(api: Hub, query: str = "", who: str = MINE, *, role: Role = Role.TRAVELLER) -> Any:
    answer = await api.get(f"{DELIVERIES}{query}", **api.signed_in(who, role=role))
    assert answer.status_code == 200, answer.text
    assert misdescribed(answer, "GET", DELIVERIES) == []
    return json(answer)


async def test_whoever_subscribes_sees_the_secret_once(api: Hub) -> None:
    made = await subscribed(api, types=["booking.failed", "booking.confirmed"], description="the shop")
    told = made["subscription"]
    assert (told["url"], told["types"]) == ("https://example.com/hooks", ["booking.confirmed", "booking.failed"])
    assert (told["description"], told["disabled_at"], told["failing_since"]) == ("the shop", None, None)
    assert Webhook(made["secret"]).sign("msg_1", api.clock.now, "{}")
    place = f"{SUBSCRIPTIONS}/{told['id']}"
    looked = await api.get(place, **api.signed_in(MINE))
    assert json(looked) == told
    assert misdescribed(looked, "GET", f"{SUBSCRIPTIONS}/{{subscription_id}}") == []
    everything = await api.get(SUBSCRIPTIONS, **api.signed_in(MINE))
    assert json(everything)["data"] == [told]
    assert "whsec_" not in everything.text


REFUSED: Final = (
    "http://example.com/", "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data",
    "https://[::1]/", "https://[::ffff:192.168.0.1]/", "https://nowhere.example/",
    "https://user:password@example.com/", "https://example.com:25/", "",
)  # fmt: skip


async def test_a_url_that_leads_nowhere_or_inside_is_refused(api: Hub) -> None:
    for url in REFUSED:
        answer = await api.post(SUBSCRIPTIONS, {"url": url}, **api.signed_in())
        assert answer.status_code == 422, url
        assert [flaw["pointer"] for flaw in json(answer)["errors"]] == ["/url"]


async def test_a_wish_that_makes_no_sense_is_refused_by_name(api: Hub) -> None:
    good = {"url": "https://example.com/hooks"}
    for wish, pointer in (
        ({}, "/url"),
        (good | {"types": ["booking.lost"]}, "/types/0"),
        (good | {"types": []}, "/types"),
        (good | {"types": ["booking.failed", "webhook.test"]}, "/types/1"),
        (good | {"secret": "mine"}, "/secret"),
    ):
        answer = await api.post(SUBSCRIPTIONS, wish, **api.signed_in())
        assert answer.status_code == 422
        assert [flaw["pointer"] for flaw in json(answer)["errors"]] == [pointer]


async def test_who_shows_no_credential_has_no_webhooks(api: Hub) -> None:
    assert (await api.get(SUBSCRIPTIONS)).status_code == 401
    assert (await api.get(DELIVERIES)).status_code == 401
    assert (await api.post(SUBSCRIPTIONS, {"url": "https://example.com/"})).status_code == 401


async def test_one_owner_has_twenty_subscriptions_at_most(api: Hub) -> None:
    for number in range(MOST_SUBSCRIPTIONS):
        await subscribed(api, url=f"https://example.com/{number}")
    answer = await api.post(SUBSCRIPTIONS, {"url": "https://example.com/"}, **api.signed_in(MINE))
    assert answer.status_code == 422
    assert str(MOST_SUBSCRIPTIONS) in json(answer)["detail"]
    await subscribed(api, YOURS)


async def test_what_is_somebody_elses_is_not_there_but_for_operators(api: Hub) -> None:
    made = await subscribed(api)
    await happens(api)
    (delivery,) = (await listed(api))["data"]
    places = [
        ("GET", f"{SUBSCRIPTIONS}/{made['subscription']['id']}"),
        ("POST", f"{SUBSCRIPTIONS}/{made['subscription']['id']}/rotate-secret"),
        ("POST", f"{SUBSCRIPTIONS}/{made['subscription']['id']}/enable"),
        ("GET", f"{DELIVERIES}/{delivery['id']}"),
        ("POST", f"{DELIVERIES}/{delivery['id']}/replay"),
        ("DELETE", f"{SUBSCRIPTIONS}/{made['subscription']['id']}"),
    ]
    for method, place in places:
        assert (await ask(api, method, place, YOURS)).status_code == 404
    wish = {"subscription_id": made["subscription"]["id"]}
    assert (await api.post("/v1/webhooks/test", wish, **api.signed_in(YOURS))).status_code == 404
    assert json(await ask(api, "GET", SUBSCRIPTIONS, YOURS))["data"] == []
    assert (await listed(api, who=YOURS))["data"] == []
    assert len((await listed(api, who=YOURS, role=Role.OPERATOR))["data"]) == 1
    for method, place in places:
        assert (await ask(api, method, place, YOURS, role=Role.OPERATOR)).status_code < 300


async def test_what_is_not_there_is_not_found(api: Hub) -> None:
    for name in ("nonsense", "a" * 26, "0" * 32, "../../x"):
        assert (await ask(api, "GET", f"{SUBSCRIPTIONS}/{name}")).status_code == 404
        assert (await ask(api, "DELETE", f"{SUBSCRIPTIONS}/{name}")).status_code == 404
        assert (await ask(api, "GET", f"{DELIVERIES}/{name}")).status_code == 404


async def test_who_unsubscribes_hears_no_more_and_the_log_is_gone(api: Hub) -> None:
    made = await subscribed(api)
    await happens(api, "before")
    assert (await ask(api, "DELETE", f"{SUBSCRIPTIONS}/{made['subscription']['id']}")).status_code == 204
    await happens(api, "after")
    assert (await listed(api))["data"] == []
    assert await tried(api, 200) == ()


async def test_another_secret_takes_the_place_of_the_first_within_a_day(api: Hub) -> None:
    made = await subscribed(api)
    name = made["subscription"]["id"]
    answer = await ask(api, "POST", f"{SUBSCRIPTIONS}/{name}/rotate-secret")
    assert misdescribed(answer, "POST", f"{SUBSCRIPTIONS}/{{subscription_id}}/rotate-secret") == []
    async with transaction(api.services.engine) as connection:
        sealed = await webhooks.secrets_of(connection, name)
    assert sealed is not None
    assert api.services.vault is not None
    held = api.services.vault.opened(sealed, Secrets)
    assert held.signing(api.clock.now) == (json(answer)["secret"], made["secret"])
    api.clock.forward(hours=25)
    assert held.signing(api.clock.now) == (json(answer)["secret"],)


async def test_a_delivery_tells_how_it_went(api: Hub) -> None:
    made = await subscribed(api)
    await happens(api)
    (waiting,) = (await listed(api))["data"]
    assert (waiting["state"], waiting["attempts"], waiting["last_status"]) == ("waiting", 0, None)
    assert waiting["subscription_id"] == made["subscription"]["id"]
    await tried(api, None, "no answer within 15 s")
    answer = await ask(api, "GET", f"{DELIVERIES}/{waiting['id']}")
    assert misdescribed(answer, "GET", f"{DELIVERIES}/{{delivery_id}}") == []
    told = json(answer)
    assert (told["delivery"]["state"], told["delivery"]["last_error"]) == ("given_up", "no answer within 15 s")
    assert told["message"] == {
        "type": "booking.confirmed", "timestamp": told["delivery"]["created_at"], "data": {"booking_id": "abc"},
    }  # fmt: skip
    (attempt,) = told["log"]
    assert (attempt["number"], attempt["status"], attempt["took_ms"]) == (1, None, 12)


async def test_a_replay_brings_it_on_its_way_again_under_the_same_name(api: Hub) -> None:
    await subscribed(api)
    await happens(api)
    before = await tried(api, 500)
    place = f"{DELIVERIES}/{before[0].id}"
    answer = await ask(api, "POST", f"{place}/replay")
    assert (answer.status_code, answer.headers["Location"]) == (202, place)
    assert misdescribed(answer, "POST", f"{DELIVERIES}/{{delivery_id}}/replay") == []
    assert json(answer)["state"] == "waiting"
    assert DeliverWebhooks() in api.jobs(Queue.NOTICES)
    (again,) = await tried(api, 204)
    assert (again.id, again.event_id, again.body) == (before[0].id, before[0].event_id, before[0].body)
    told = json(await ask(api, "GET", place))
    assert (told["delivery"]["state"], [one["status"] for one in told["log"]]) == ("delivered", [500, 204])


async def test_a_test_goes_to_one_subscription_whatever_it_has_chosen(api: Hub) -> None:
    made = await subscribed(api, types=["price.dropped"])
    await subscribed(api)
    wish = {"subscription_id": made["subscription"]["id"]}
    answer = await api.post("/v1/webhooks/test", wish, **api.signed_in(MINE))
    assert answer.status_code == 202
    assert misdescribed(answer, "POST", "/v1/webhooks/test") == []
    (due,) = await tried(api, 200)
    assert (due.subscription_id, due.type) == (made["subscription"]["id"], "webhook.test")
    assert msgspec.json.decode(due.body)["data"] == wish
    assert json(await api.get(answer.headers["Location"], **api.signed_in(MINE)))["delivery"]["state"] == "delivered"


async def test_nothing_is_sent_to_a_subscription_that_is_disabled_until_it_is_enabled(api: Hub) -> None:
    made = (await subscribed(api))["subscription"]
    await happens(api)
    (due,) = await tried(api, 410)
    async with transaction(api.services.engine) as connection:
        await webhooks.disable(connection, made["id"], "it answered 410", now=api.clock.now)
    wish = {"subscription_id": made["id"]}
    assert (await api.post("/v1/webhooks/test", wish, **api.signed_in(MINE))).status_code == 409
    assert (await ask(api, "POST", f"{DELIVERIES}/{due.id}/replay")).status_code == 409
    shown = json(await ask(api, "GET", f"{SUBSCRIPTIONS}/{made['id']}"))
    assert (shown["disabled_at"] is not None, shown["disabled_because"]) == (True, "it answered 410")
    enabled = await ask(api, "POST", f"{SUBSCRIPTIONS}/{made['id']}/enable")
    assert (enabled.status_code, json(enabled)["disabled_at"]) == (200, None)
    assert (await ask(api, "POST", f"{DELIVERIES}/{due.id}/replay")).status_code == 202


async def test_deliveries_come_in_pages_and_as_they_are_asked_for(api: Hub) -> None:
    made = (await subscribed(api))["subscription"]
    for number, kind in enumerate(("booking.confirmed", "payment.captured", "payment.refunded")):
        await happens(api, f"event {number}", kind)
        api.clock.forward(seconds=1)
    first = await listed(api, "?limit=2")
    rest = await listed(api, f"?limit=2&cursor={first['page']['next']}")
    types = [one["type"] for one in (*first["data"], *rest["data"])]
    assert types == ["payment.refunded", "payment.captured", "booking.confirmed"]
    assert (first["page"]["total"], rest["page"]["next"]) == (3, None)
    assert len((await listed(api, "?type=payment.captured"))["data"]) == 1
    assert (await listed(api, "?state=delivered"))["data"] == []
    assert len((await listed(api, f"?state=waiting&subscription_id={made['id']}"))["data"]) == 3
    assert (await listed(api, "?subscription_id=" + "a" * 26))["data"] == []
    assert (await api.get(f"{DELIVERIES}?cursor=nonsense", **api.signed_in(MINE))).status_code == 422
    assert (await api.get(f"{DELIVERIES}?state=lost", **api.signed_in(MINE))).status_code == 422


async def test_subscriptions_come_in_pages(api: Hub) -> None:
    for number in range(3):
        await subscribed(api, url=f"https://example.com/{number}")
        api.clock.forward(seconds=1)
    first = json(await api.get(f"{SUBSCRIPTIONS}?limit=2", **api.signed_in(MINE)))
    rest = json(await api.get(f"{SUBSCRIPTIONS}?limit=2&cursor={first['page']['next']}", **api.signed_in(MINE)))
    assert [one["url"][-1] for one in (*first["data"], *rest["data"])] == ["2", "1", "0"]


def created(api: Hub) -> dict[str, object]:
    return {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "wait": 0}


async def test_who_creates_a_search_and_listens_hears_of_its_end_once(api: Hub) -> None:
    await subscribed(api, types=["search.completed"])
    answer = await api.post("/v1/searches", created(api), **api.signed_in(MINE))
    assert answer.status_code == 202
    await api.post("/v1/searches", created(api), **api.signed_in(YOURS))
    assert (await listed(api))["data"] == []
    search = await api.found()
    for _ in range(2):  # a worker that was killed after it had told does it again
        async with transaction(api.services.engine) as connection:
            await awaited_searches.tell_ended(connection, search, now=api.clock.now)
    (due,) = await tried(api, 200)
    facts = msgspec.json.decode(due.body)["data"]
    assert facts == {
        "search_id": search.id, "vertical": "flights", "status": "complete", "results": 1,
        "location": f"/v1/searches/{search.id}",
    }  # fmt: skip
    assert (await listed(api, who=YOURS))["data"] == []


async def test_who_creates_a_search_whose_answer_is_there_hears_of_it_too(api: Hub) -> None:
    await subscribed(api)
    await api.found()
    for _ in range(2):
        assert (await api.post("/v1/searches", created(api), **api.signed_in(MINE))).status_code == 200
    (due,) = await tried(api, 200)
    assert due.type == "search.completed"


async def test_a_search_that_still_grows_is_not_told(api: Hub) -> None:
    await subscribed(api)
    await api.post("/v1/searches", created(api), **api.signed_in(MINE))
    async with transaction(api.services.engine) as connection:
        await awaited_searches.tell_ended(connection, api.begun(), now=api.clock.now)
    assert (await listed(api))["data"] == []


async def test_a_price_that_falls_is_told_by_webhook_as_it_is_listed_with_its_alert(api: Hub) -> None:
    await subscribed(api, types=["price.dropped"])
    await price_alert(api)
    await dropped(api, "420.00", "390.00")
    (due,) = await tried(api, 200)
    told = msgspec.json.decode(due.body)
    assert (told["type"], told["data"]["from"]["amount"], told["data"]["to"]["amount"]) == (
        "price.dropped", "420.00", "390.00",
    )  # fmt: skip
    assert (await listed(api, who=YOURS))["data"] == []


async def test_a_secret_that_nobody_can_open_any_more_is_replaced_all_the_same(api: Hub) -> None:
    name = (await subscribed(api))["subscription"]["id"]
    async with transaction(api.services.engine) as connection:
        await webhooks.keep_secrets(connection, name, b"sealed by a key that is lost")
    answer = await ask(api, "POST", f"{SUBSCRIPTIONS}/{name}/rotate-secret")
    assert (answer.status_code, json(answer)["former_signs_until"]) == (200, None)
