"""The life of a search when many ask at once, and when what is behind us comes and goes."""

import asyncio
from typing import Any

import pytest
from falcon.testing import Result
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from domain.jobs import AskSuppliers
from storage.embedded import Servers
from tests.api.hub import Clock, Hub, filled, hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD
from tests.patience import patient_redis


async def commands(redis_url: str) -> int:
    async with Redis.from_url(redis_url) as client:
        return int((await client.info("stats"))["total_commands_processed"])


async def test_a_thousand_identical_questions_at_once_are_one_job_and_few_looks_at_redis(
    api: Hub, redis_url: str
) -> None:
    before = await commands(redis_url)
    waiting = [asyncio.create_task(api.get(api.search_path(wait=20))) for _ in range(1000)]
    await until(lambda: bool(api.asked_for()))
    await api.found()
    answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}
    assert {json(answer)["search"]["status"] for answer in answers} == {"complete"}
    assert api.asked_for() == [api.query()]
    assert await commands(redis_url) - before < 300


async def test_two_processes_that_are_asked_the_same_put_one_job_on_the_queue(
    api: Hub, database_url: str, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        asking = [asyncio.create_task(one.get(api.search_path(wait=20))) for one in (api, other) for _ in range(20)]
        await until(lambda: bool(api.asked_for()))
        await api.found()
        answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {200}
    assert len(api.asked_for()) == 1


async def test_what_one_process_publishes_the_other_no_longer_serves_old(
    api: Hub, database_url: str, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await api.found(api.offer())
        for one in (api, other):
            assert len(json(await one.get(api.search_path()))["results"][0]["offers"]) == 1
        api.clock.forward(seconds=30)
        await api.found(api.offer(), api.offer(reference="fare-2"))
        await until(lambda: not any(len(one.services.answers) for one in (api, other)))
        for one in (api, other):
            answer = json(await one.get(api.search_path()))
            assert (len(answer["results"][0]["offers"]), answer["search"]["age_seconds"]) == (2, 0)


async def test_many_different_questions_at_once_are_all_taken(api: Hub) -> None:
    airports = ("JFK", "LAX", "HNL", "ZRH", "CDG", "ORY", "BER", "DXB", "DEL", "KTM", "SIN", "NRT")
    paths = [
        api.search_path(destination=airport, departure_date=api.soon(days=day))
        for airport in airports
        for day in range(10, 30)
    ]
    answers = await asyncio.gather(*(api.get(path) for path in paths))
    assert {answer.status_code for answer in answers} == {202}
    assert len(api.asked_for()) == len(paths)


async def test_a_search_whose_worker_died_is_asked_again_by_whoever_waits(api: Hub) -> None:
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await until(lambda: bool(api.asked_for()))
    await api.services.cache.release(api.query().id)  # as its patience ends
    await until(lambda: len(api.asked_for()) == 2)
    await api.found()
    assert (await waiting).status_code == 200


async def test_a_partial_search_that_nobody_works_on_any_more_is_asked_again(api: Hub) -> None:
    await api.arrive(api.begun(), ALBATROSS, api.offer())
    assert (await api.get(api.search_path())).status_code == 200
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await until(lambda: bool(api.asked_for()))
    api.clock.forward(seconds=2)
    await api.found()
    assert json(await waiting)["search"]["status"] == "complete"


async def test_a_search_that_ends_just_now_is_not_asked_twice(api: Hub) -> None:
    """Whoever ends a search publishes it and then lets go of the claim: in between, nobody is to ask again."""
    waiting = [asyncio.create_task(api.get(api.search_path(wait=20))) for _ in range(3)]
    await until(lambda: bool(api.asked_for()))
    search = await api.arrive(api.begun(), BLUEBIRD)
    await asyncio.gather(api.arrive(search, ALBATROSS, api.offer()), *waiting)
    await api.services.cache.release(search.id)
    assert (await api.get(api.search_path(wait=20))).status_code == 200
    assert len(api.asked_for()) == 1


async def test_an_arrival_is_noticed_while_the_subscription_is_broken(api: Hub, redis_url: str) -> None:
    api.services.answers.told = False
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await until(lambda: bool(api.asked_for()))
    async with Redis.from_url(redis_url) as client:
        await client.client_kill_filter(_type="pubsub")
    await api.found()
    assert (await asyncio.wait_for(waiting, 19)).status_code == 200


async def test_what_was_missed_while_the_subscription_was_broken_is_found_afterwards(api: Hub, redis_url: str) -> None:
    await api.found(api.offer())
    assert (await api.get(api.search_path())).status_code == 200
    async with Redis.from_url(redis_url) as client:
        await client.client_kill_filter(_type="pubsub")
        await until(lambda: not api.services.answers.told)
        api.clock.forward(seconds=60)
        await api.found(api.offer(), api.offer(reference="fare-2"))
    answer = json(await api.get(api.search_path()))
    assert len(answer["results"][0]["offers"]) == 2
    await until(lambda: api.services.answers.told)
    assert (await api.get(api.search_path())).status_code == 200


@pytest.fixture
def breakable(servers: Servers, redis_url: str) -> Servers:
    """Servers that this test may stop; they run again afterwards."""
    return servers


async def test_while_redis_is_away_memory_answers_and_new_questions_get_an_honest_no(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=patient_redis(breakable.redis_url)) as api:
        await api.found()
        assert (await api.get(api.search_path())).status_code == 200
        breakable.valkey.stop()
        try:
            await until(lambda: not api.services.answers.told)
            held = await api.get(api.search_path())
            stale = await _later(api, hours=3)
            gone = await _later(api, hours=22)
            new = await api.get(api.search_path(destination="ZRH"))
            created = await api.post(
                "/v1/searches", {"origin": "LHR", "destination": "SIN", "departure_date": api.soon()}
            )
            unknown = await api.get(f"/v1/searches/{'a' * 26}")
            followed = await api.get(f"/v1/searches/{'a' * 26}/events")
        finally:
            breakable.valkey.start()
        assert held.status_code == 200
        assert (stale.status_code, json(stale)["search"]["freshness"]) == (200, "stale")
        for answer in (gone, new, created, unknown, followed):
            assert (answer.status_code, json(answer)["code"]) == (503, "unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        await until(lambda: api.services.answers.told)
        assert (await api.get(api.search_path(destination="ZRH"))).status_code == 202


async def _later(api: Hub, *, hours: int) -> Result:
    """The same question, some hours later."""
    path = api.search_path()
    api.clock.forward(hours=hours)
    return await api.get(path)


async def test_redis_that_comes_back_empty_loses_no_answer_and_no_question(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=patient_redis(breakable.redis_url)) as api:
        await api.found()
        assert (await api.get(api.search_path())).status_code == 200
        statuses: list[int] = []

        async def asking(destination: str) -> None:
            while not statuses.count(-1):
                statuses.append((await api.get(api.search_path(destination=destination, wait=0.1))).status_code)

        clients = [asyncio.create_task(asking(destination)) for destination in ("JFK", "ZRH", "SIN")]
        await until(lambda: len(statuses) > 10)
        breakable.valkey.stop()
        await until(lambda: not api.services.answers.told)
        breakable.valkey.start()
        await until(lambda: api.services.answers.told)
        async with Redis.from_url(patient_redis(breakable.redis_url)) as client:
            await client.flushall()
        await until(lambda: {getattr(query, "destination", "") for query in api.asked_for()} == {"ZRH", "SIN"})
        statuses.append(-1)
        await asyncio.gather(*clients)
        assert set(statuses) <= {200, 202, 503, -1}
        assert (await api.get(api.search_path())).status_code == 200


async def test_a_redis_that_hangs_holds_up_nobody_who_can_be_answered(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=patient_redis(breakable.redis_url)) as api:
        await api.found()
        assert (await api.get(api.search_path())).status_code == 200
        api.services.answers.told = False
        api.clock.forward(seconds=30)
        async with Redis.from_url(patient_redis(breakable.redis_url)) as client:
            await client.client_pause(4000)
            woken: asyncio.Future[Any] = asyncio.ensure_future(client.ping())
            answers = await asyncio.gather(*(api.get(api.search_path()) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {200}
            assert not woken.done()
            await woken


async def test_a_break_and_a_recovery_of_redis_are_logged_once_each(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    with capture_logs() as logs:
        async with hub(database_url=database_url, redis_url=patient_redis(breakable.redis_url)) as api:
            breakable.valkey.stop()
            try:
                await until(lambda: not api.services.answers.told)
                for _ in range(5):
                    await api.get(api.search_path())
            finally:
                breakable.valkey.start()
            await until(lambda: api.services.answers.told)
    events = [line["event"] for line in logs]
    assert (events.count("redis.away"), events.count("redis.back")) == (1, 1)


async def test_while_postgresql_is_away_searches_are_served_and_it_is_missed_by_offers_only(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=patient_redis(breakable.redis_url)) as api:
        await api.found()
        await engine.dispose()
        breakable.postgres.stop()
        try:
            assert (await api.get(api.search_path())).status_code == 200
            assert (await api.get(api.search_path(destination="ZRH"))).status_code == 202
            assert (await api.get("/v1/airports?query=zurich")).status_code == 200
            assert (await api.get(f"/v1/offers/{'a' * 26}")).status_code == 503
            assert json(await api.get("/readyz"))["waiting_for"] == ["postgres"]
        finally:
            breakable.postgres.start()
        assert (await api.get(f"/v1/offers/{'a' * 26}")).status_code == 404
        assert (await api.get("/readyz")).status_code == 200


async def test_a_process_that_starts_while_everything_is_away_says_so_and_recovers(
    database_url: str, engine: AsyncEngine, breakable: Servers
) -> None:
    await filled(engine)
    await engine.dispose()
    breakable.valkey.stop()
    breakable.postgres.stop()
    try:
        async with hub(
            database_url=database_url, redis_url=patient_redis(breakable.redis_url), clock=Clock(), ready=False
        ) as api:
            away = await api.get("/readyz")
            assert (away.status_code, set(json(away)["waiting_for"])) == (503, {"postgres", "redis", "catalogue"})
            assert (await api.get("/livez")).status_code == 200
            breakable.postgres.start()
            breakable.valkey.start()
            await until(lambda: api.services.answers.told and not api.services.catalogue.empty)
            assert (await api.get("/readyz")).status_code == 200
            assert (await api.get(api.search_path())).status_code == 202
            assert api.jobs() == [AskSuppliers(query=api.query())]
    finally:
        breakable.postgres.start()
        breakable.valkey.start()
