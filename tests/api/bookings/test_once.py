"""A key and the same words are carried out once, whoever crashes, however many ask at once."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from api.idempotency import asking
from api.problems import Problem
from api.routes import ROUTES
from storage import booking_lists, idempotency
from storage.booking_lists import Wanted
from storage.booking_tables import IDEMPOTENCY_KEYS
from storage.engine import transaction
from storage.idempotency import CLAIMED_FOR, KEPT_FOR, Answer, Claim, ClaimLost, KeyReused, UnderWay
from tests.api.bookings.shop import AMELIA, ANNA, BERT, CONTACT, asked, on_sale, wish
from tests.api.hub import Hub, json


async def bookings_of(api: Hub, who: str) -> int:
    async with transaction(api.services.engine) as connection:
        return await booking_lists.count(connection, Wanted(owner=who))


async def post(api: Hub, key: str, body: dict[str, Any], *, who: str = ANNA) -> Any:
    return await asked(api, "POST", "/v1/bookings", body, who=who, Idempotency_Key=key)


async def test_the_same_request_again_gets_the_very_same_answer(api: Hub) -> None:
    body = wish(await on_sale(api))
    first, again = await post(api, "once", body, who="carla"), await post(api, "once", body, who="carla")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert await bookings_of(api, "carla") == 1


async def test_what_was_answered_is_kept_for_nobody_else_to_read(api: Hub) -> None:
    body = wish(await on_sale(api))
    assert body["contact"]["email"].encode() in (await post(api, "sealed", body, who="erika")).content
    async with transaction(api.services.engine) as connection:
        kept = (await connection.execute(select(IDEMPOTENCY_KEYS.c.body))).scalars().all()
    assert kept
    assert not [one for one in kept if b"email" in one or b"Earhart" in one]


async def test_thirty_at_once_make_one_booking(api: Hub) -> None:
    body = wish(await on_sale(api))
    said = await asyncio.gather(*(post(api, "at once", body, who="dora") for _ in range(30)))
    assert await bookings_of(api, "dora") == 1
    taken = [answer for answer in said if answer.status_code == 202]
    assert taken
    assert len({answer.content for answer in taken}) == 1
    for answer in said:
        assert answer.status_code in (202, 409)
        if answer.status_code == 409:
            assert (json(answer)["code"], int(answer.headers["Retry-After"])) == ("conflict", 2)
    assert Counter("Idempotency-Replayed" in answer.headers for answer in taken)[False] == 1
    assert (await post(api, "at once", body, who="dora")).content == taken[0].content


async def test_the_order_of_fields_makes_no_other_request(api: Hub) -> None:
    body = wish(await on_sale(api))
    first = await post(api, "turned", body)
    again = await post(api, "turned", dict(reversed(body.items())))
    assert (again.status_code, again.content) == (202, first.content)


async def test_a_key_that_was_used_for_something_else_is_refused(api: Hub) -> None:
    await post(api, "taken", wish(await on_sale(api)))
    other = await post(api, "taken", wish(await on_sale(api, reference="another")))
    assert (other.status_code, json(other)["code"]) == (422, "idempotency_key_reused")
    elsewhere = {"booking_id": "a" * 26, "token": "pm_card_visa"}
    answer = await asked(api, "POST", "/v1/payments", elsewhere, Idempotency_Key="taken")
    assert json(answer)["code"] == "idempotency_key_reused"


async def test_two_people_may_take_the_same_key(api: Hub) -> None:
    body = wish(await on_sale(api))
    mine, yours = await post(api, "ours", body), await post(api, "ours", body, who=BERT)
    assert json(mine)["id"] != json(yours)["id"]


async def test_what_was_refused_leaves_its_key_free(api: Hub) -> None:
    offer_id = await on_sale(api)
    refused = await post(api, "typo", wish(offer_id, contact=CONTACT | {"phone": "none"}))
    unknown = await post(api, "typo", wish("a" * 26))
    right = await post(api, "typo", wish(offer_id))
    assert (refused.status_code, unknown.status_code, right.status_code) == (422, 422, 202)


async def test_what_was_taken_once_is_not_judged_anew(api: Hub) -> None:
    document = {"number": "X1234567", "issued_by": "US", "expires_on": api.soon(days=61)}
    body = wish(await on_sale(api), travellers=[AMELIA | {"document": document}])
    first = await post(api, "in time", body)
    api.clock.forward(hours=20)
    again = await post(api, "in time", body)
    assert (again.status_code, again.content) == (202, first.content)


async def test_a_day_later_the_key_is_new(api: Hub) -> None:
    body = wish(await on_sale(api))
    first = await post(api, "daily", body)
    api.clock.forward(hours=24)
    assert json(await post(api, "daily", body))["id"] != json(first)["id"]


async def test_a_call_that_spends_wants_a_key(api: Hub) -> None:
    body = wish(await on_sale(api))
    for key in ("", " ", "a" * 256, "tab\there", "é"):
        answer = await post(api, key, body)
        assert (answer.status_code, json(answer)["code"]) == (400, "malformed"), key
    headers = {name.replace("-", "_"): value for name, value in api.signed_in(ANNA).items()}
    assert (await api.post("/v1/bookings", body, **headers)).status_code == 400
    assert (await post(api, "a" * 255, body)).status_code == 202


def test_every_call_that_spends_or_refunds_is_carried_out_once() -> None:
    spends = {("POST", path) for path in ("/v1/bookings", "/v1/payments", "/v1/payments/process")}
    assert {(route.method, route.path) for route in ROUTES if route.idempotent} == spends | {
        ("POST", "/v1/payments/{payment_id}/refund")
    }


ASKING = asking("anna", "crashed", "POST /v1/bookings?", b"{}")


async def claimed(api: Hub, request: Any = ASKING) -> Claim | Answer:
    async with transaction(api.services.engine) as connection:
        return await idempotency.claim(connection, request, now=api.clock.now)


async def first_claim(api: Hub) -> Claim:
    held = await claimed(api)
    assert isinstance(held, Claim)
    return held


async def test_a_key_whose_process_died_is_free_again_when_its_claim_ends(api: Hub) -> None:
    first = await first_claim(api)
    with pytest.raises(UnderWay) as refused:
        await claimed(api)
    assert refused.value.until == api.clock.now + CLAIMED_FOR
    api.clock.forward(seconds=CLAIMED_FOR.total_seconds())
    second = await first_claim(api)
    with pytest.raises(ClaimLost):  # the first one was not dead: what it has done is undone
        async with transaction(api.services.engine) as connection:
            await idempotency.answered(connection, first, Answer(status=202, headers=(), body=b"{}"))
    said = Answer(status=202, headers=(("Location", "/v1/bookings/1"),), body=b'{"id":"1"}')
    async with transaction(api.services.engine) as connection:
        await idempotency.answered(connection, second, said)
    assert await claimed(api) == said


async def test_another_request_does_not_get_the_key_of_one_that_died(api: Hub) -> None:
    request = asking("anna", "died", "POST /v1/bookings?", b"{}")
    await claimed(api, request)
    api.clock.forward(seconds=CLAIMED_FOR.total_seconds())
    with pytest.raises(KeyReused):
        await claimed(api, asking("anna", "died", "POST /v1/bookings?", b"[]"))


async def test_what_is_a_day_old_is_forgotten(api: Hub) -> None:
    request = asking("anna", "old", "POST /v1/bookings?", b"{}")
    await claimed(api, request)
    async with transaction(api.services.engine) as connection:
        while await idempotency.drop_old(connection, before=api.clock.now, at_most=2):
            pass
        assert await idempotency.drop_old(connection, before=api.clock.now + KEPT_FOR) == 1
    assert isinstance(await claimed(api, request), Claim)


@pytest.mark.parametrize("key", [None, "", "\n", " key", "key "])
def test_a_key_is_made_of_printable_characters(key: str | None) -> None:
    with pytest.raises(Problem):
        asking("anna", key, "POST /v1/bookings?", b"{}")
