"""What one process has made of a search, another sends without ever decoding it."""

from redis import Redis

from tests.api.hub import Hub, hub, json, until


def shared(redis_url: str) -> int:
    with Redis.from_url(redis_url) as client:
        return len(list(client.scan_iter("travelhub:packed:*")))


async def page_of(api: Hub, redis_url: str) -> bytes:
    """The body as the first process has made it, once its page is there for the others."""
    await api.found(api.offer())
    body = (await api.get(api.search_path())).content
    await until(lambda: shared(redis_url) > 0)
    return body


async def test_a_process_that_never_saw_the_search_sends_the_page_of_another(
    api: Hub, database_url: str, redis_url: str
) -> None:
    body = await page_of(api, redis_url)
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await until(lambda: other.services.answers.told)
        for _ in range(2):
            answer = await other.get(other.search_path())
            assert (answer.status_code, answer.content) == (200, body)
        assert (len(other.services.answers), len(other.services.answers.pages)) == (0, 1)
        api.clock.forward(seconds=3)
        older = await other.get(other.search_path())
        assert json(older)["search"]["age_seconds"] == json(answer)["search"]["age_seconds"] + 3
        known = await other.get(other.search_path(), **{"If-None-Match": answer.headers["etag"]})
        assert known.status_code == 304


async def test_the_page_of_a_search_that_was_asked_anew_is_sent_no_more(
    api: Hub, database_url: str, redis_url: str
) -> None:
    await page_of(api, redis_url)
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await until(lambda: other.services.answers.told)
        assert len(json(await other.get(other.search_path()))["results"][0]["offers"]) == 1
        api.clock.forward(seconds=30)
        await api.found(api.offer(), api.offer(reference="fare-2"))
        await until(lambda: not len(other.services.answers.pages))
        assert len(json(await other.get(other.search_path()))["results"][0]["offers"]) == 2


async def test_a_wish_of_its_own_is_looked_at_in_the_search_itself(api: Hub, database_url: str, redis_url: str) -> None:
    await page_of(api, redis_url)
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await until(lambda: other.services.answers.told)
        answer = json(await other.get(other.search_path(max_price="1")))
        assert answer["page"]["total"] == 0
        assert len(other.services.answers) == 1
    assert shared(redis_url) == 1


async def test_what_is_no_longer_fresh_is_served_by_whoever_sees_to_its_refresh(
    api: Hub, database_url: str, redis_url: str
) -> None:
    await page_of(api, redis_url)
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await until(lambda: other.services.answers.told)
        await other.get(other.search_path())
        held = await api.services.cache.get(api.query().id)
        assert held is not None
        assert held.fresh_until is not None
        api.clock.forward(seconds=(held.fresh_until - api.clock()).total_seconds())
        assert json(await other.get(other.search_path()))["search"]["freshness"] == "stale"
        assert len(other.services.answers) == 1


async def test_a_request_that_came_before_needs_one_look_into_redis_when_its_page_had_to_go(
    api: Hub, database_url: str, redis_url: str
) -> None:
    body = await page_of(api, redis_url)
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        await until(lambda: other.services.answers.told)
        for _ in range(2):
            assert (await other.get(other.search_path())).content == body
            other.services.answers.pages.drop(api.query().id)
        assert len(other.services.answers) == 0
