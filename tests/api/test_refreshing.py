"""Answers that grow old: refreshed ahead of their time when many ask, served meanwhile, and never beyond their end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.memory import Held
from domain.freshness import SUPPLIER_MISSING, last_stretch
from domain.jobs import Queue
from domain.matching.flights import merged
from domain.searches import Outcome, Search, arrived
from tests.api.hub import Hub, filled, hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD, NOW, offer, report, search_begun

LUCKY, UNLUCKY = 0.0, 1 - 1e-12
TOOK_MS = 500
STRETCH = last_stretch(timedelta(milliseconds=TOOK_MS))


def held(*, missing: bool = False) -> Held:
    search = arrived(search_begun(), report(took_ms=TOOK_MS), (offer(),), merge=merged, now=NOW)
    other = report(supplier=BLUEBIRD, status=Outcome.TIMEOUT if missing else Outcome.OK)
    return Held(arrived(search, other, (), merge=merged, now=NOW), now=NOW, epoch=0)


def stale_at(search: Search) -> datetime:
    assert search.fresh_until is not None
    return search.fresh_until


def test_long_before_it_grows_stale_nobody_draws() -> None:
    answer = held()
    at = stale_at(answer.search) - STRETCH - timedelta(seconds=1)
    assert not answer.wants_refresh(at, _nobody_draws)


def _nobody_draws() -> float:
    raise AssertionError("no time for games")


def test_in_the_last_stretch_whoever_loses_the_draw_has_it_refreshed() -> None:
    answer = held()
    at = stale_at(answer.search) - STRETCH / 2
    assert not answer.wants_refresh(at, lambda: LUCKY)
    assert answer.wants_refresh(at, lambda: UNLUCKY)
    assert answer.wants_refresh(at, lambda: LUCKY)  # what is lost is lost


def test_what_is_being_refreshed_is_nobodys_worry_for_a_while() -> None:
    answer = held()
    at = stale_at(answer.search) - STRETCH / 2
    assert answer.wants_refresh(at, lambda: UNLUCKY)
    answer.attended(at + timedelta(seconds=15))
    assert not answer.wants_refresh(at + timedelta(seconds=14), _nobody_draws)
    assert answer.wants_refresh(at + timedelta(seconds=15), lambda: LUCKY)


def test_a_missing_supplier_is_not_tried_again_ahead_of_its_time() -> None:
    answer = held(missing=True)
    assert not answer.wants_refresh(NOW + SUPPLIER_MISSING.fresh - timedelta(milliseconds=1), _nobody_draws)
    assert answer.wants_refresh(NOW + SUPPLIER_MISSING.fresh, _nobody_draws)


async def test_what_is_asked_often_is_refreshed_before_it_is_stale_by_one_job_of_all_processes(
    api: Hub, database_url: str, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        found = await api.found()
        path = api.search_path()
        for one in (api, other):
            await one.get(path)
        api.clock.now = stale_at(found) - timedelta(milliseconds=1)
        answers = [await one.get(path) for _ in range(20) for one in (api, other)]
        await until(lambda: bool(api.asked_for(Queue.REFRESH)))
        assert {json(answer)["search"]["freshness"] for answer in answers} == {"fresh"}
        assert len(api.asked_for(Queue.REFRESH)) == 1


def ends(answer: Any) -> list[datetime]:
    return [datetime.fromisoformat(one["expires_at"]) for result in answer["results"] for one in result["offers"]]


async def test_however_the_clock_goes_no_offer_is_shown_that_has_ended(api: Hub) -> None:
    now = api.clock.now
    await api.found(
        api.offer(reference="soon", expires_at=now + timedelta(minutes=10)),
        api.offer(reference="later", expires_at=now + timedelta(minutes=30)),
    )
    shown = 0
    for _ in range(40):
        answered = await api.get(api.search_path())
        if answered.status_code == 200:
            assert all(end > api.clock.now for end in ends(json(answered)))
            shown += 1
        else:
            assert answered.status_code == 202
            assert api.clock.now >= now + timedelta(minutes=10)
        api.clock.forward(seconds=30)
    assert shown == 20


async def test_who_is_awaited_is_named_before_anybody_has_answered(api: Hub) -> None:
    begun = api.begun()
    waits_until = api.clock.now + timedelta(seconds=30)
    await api.services.cache.publish(msgspec.structs.replace(begun, expires_at=waits_until))
    await api.services.cache.claim(begun.query, patience=timedelta(seconds=30))
    answered = await api.get(api.search_path())
    assert answered.status_code == 202
    assert {part["supplier"]: part["status"] for part in json(answered)["search"]["suppliers"]} == {
        ALBATROSS: "pending",
        BLUEBIRD: "pending",
    }


async def test_a_question_whose_asker_died_before_it_was_queued_is_asked_by_the_next(api: Hub) -> None:
    await api.services.cache.claim(api.query(), patience=timedelta(milliseconds=700))
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await until(lambda: len(api.asked_for()) == 1)
    await api.found()
    assert (await waiting).status_code == 200


async def test_a_worker_that_died_right_after_the_end_of_its_search_holds_up_nobody(api: Hub) -> None:
    search = await api.found()
    await api.services.cache.take(search.id, patience=timedelta(seconds=30))  # and never lets go
    answered = await api.get(api.search_path(wait=20))
    assert (answered.status_code, json(answered)["search"]["status"]) == (200, "complete")


async def test_a_claim_lasts_as_long_as_its_job_may_wait_for_a_worker(api: Hub, redis_url: str) -> None:
    await api.get(api.search_path())
    async with Redis.from_url(redis_url) as client:
        assert 10 < await client.ttl(f"travelhub:asking:{api.query().id}") <= 45


async def test_a_search_is_known_by_its_id_where_redis_came_back_empty(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url) as api:
        created = await api.post("/v1/searches", {"origin": "LHR", "destination": "SIN", "departure_date": api.soon()})
        search_id = json(created)["search"]["id"]
        async with Redis.from_url(redis_url) as client:
            await client.flushall()
        looked = await api.get(f"/v1/searches/{search_id}?wait=0.1")
        assert looked.status_code == 202
        await until(lambda: bool(api.asked_for()))
