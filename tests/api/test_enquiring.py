"""Enquiries: one job however many ask, an answer for all who wait, and no wait without an end."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest
import redis.asyncio
import zstandard

from api.enquiring import Enquiring
from domain.enquiries import KEPT, PlaceEnquiry, QuoteEnquiry, enquiry_id
from domain.offers import offer_id
from storage.enquiries import EnquiryBook, Told
from tests.api.answering import TROUBLE, enquiries, tell
from tests.api.hub import Hub, hub, until

WHERE = PlaceEnquiry(text="London")
QUOTE = QuoteEnquiry(offer_id=offer_id("albatross", "fare-1"))
LONG = 15.0  # seconds that nobody waits who is told


def words(told: Told | None) -> tuple[str, ...]:
    assert told is not None
    return told.of(str)


async def waiting(api: Hub, count: int) -> "list[asyncio.Task[Told | None]]":
    """So many ask, and wait together."""
    tasks = [asyncio.create_task(api.services.enquiring.answer(WHERE, wait=LONG)) for _ in range(count)]
    await until(lambda: bool(enquiries(api)))
    return tasks


async def all_of(tasks: "Iterable[asyncio.Task[Told | None]]") -> list[Told | None]:
    async with asyncio.timeout(60):
        return await asyncio.gather(*tasks)


async def test_a_crowd_that_asks_the_same_is_one_job_and_hears_one_answer(api: Hub) -> None:
    crowd = await waiting(api, 50)
    await tell(api, WHERE, "LHR", "LGW")
    assert {words(told) for told in await all_of(crowd)} == {("LHR", "LGW")}
    assert enquiries(api) == [WHERE]


async def test_two_processes_that_ask_the_same_hear_the_same(api: Hub, database_url: str, redis_url: str) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, clock=api.clock) as other:
        crowd = [*await waiting(api, 2), *await waiting(other, 2)]
        await tell(api, WHERE, "LHR")
        assert {words(told) for told in await all_of(crowd)} == {("LHR",)}
        assert enquiries(api) == [WHERE]


async def test_whoever_does_not_wait_is_sent_away_and_finds_the_answer_later(api: Hub) -> None:
    enquiring, told_id = api.services.enquiring, enquiry_id(WHERE)
    assert await enquiring.answer(WHERE, wait=0) is None
    assert (await enquiring.followed(told_id, wait=0)).under_way
    await tell(api, WHERE, "LHR")
    followed = await enquiring.followed(told_id, wait=LONG)
    assert not followed.under_way
    assert words(followed.told) == ("LHR",)
    assert enquiries(api) == [WHERE]


async def test_to_look_asks_nobody(api: Hub) -> None:
    followed = await api.services.enquiring.followed(enquiry_id(WHERE), wait=LONG)
    assert (followed.told, followed.under_way) == (None, False)
    assert enquiries(api) == []


async def test_what_is_fresh_is_not_asked_again(api: Hub) -> None:
    await tell(api, WHERE, "LHR")
    for _ in range(3):
        assert words(await api.services.enquiring.answer(WHERE, wait=0)) == ("LHR",)
    assert enquiries(api) == []


async def test_fresh_answers_take_no_more_of_the_memory_than_they_may(
    api: Hub, redis_client: "redis.asyncio.Redis"
) -> None:
    enquiring = Enquiring(
        book=EnquiryBook(redis_client), queue=api.services.queue, clock=api.clock, most_bytes=2_500
    )  # fmt: skip
    places = [PlaceEnquiry(text=letter) for letter in "abc"]
    for place in places:
        await tell(api, place, place.text * 1_000)
        await enquiring.answer(place, wait=0)
    await redis_client.flushall()
    held = [await enquiring.answer(place, wait=0) for place in places]
    assert [told is not None for told in held] == [False, True, True]
    await enquiring.aclose()


@pytest.mark.parametrize("body", [b"of another release", zstandard.compress(b'{"enquiry": {"about": "the weather"}}')])
async def test_what_another_release_has_written_in_its_own_words_is_asked_for_again(
    api: Hub, redis_client: "redis.asyncio.Redis", body: bytes
) -> None:
    await redis_client.hset(f"travelhub:enquiry:{enquiry_id(WHERE)}", mapping={"stamp": "1", "told": body})
    (asking,) = await waiting(api, 1)
    await tell(api, WHERE, "LHR")
    assert [words(told) for told in await all_of([asking])] == [("LHR",)]


async def test_what_is_stale_is_served_at_once_and_asked_again_once(api: Hub) -> None:
    await tell(api, WHERE, "LHR")
    assert words(await api.services.enquiring.answer(WHERE, wait=0)) == ("LHR",)
    api.clock.now += KEPT[PlaceEnquiry].fresh + timedelta(seconds=1)
    for _ in range(3):
        assert words(await api.services.enquiring.answer(WHERE, wait=LONG)) == ("LHR",)
    assert enquiries(api) == [WHERE]


async def test_a_price_is_asked_for_anew_by_everybody_who_comes_after_the_answer(api: Hub) -> None:
    enquiring = api.services.enquiring
    await tell(api, QUOTE, "420")
    asking = asyncio.create_task(enquiring.answer(QUOTE, wait=LONG))
    await until(lambda: bool(enquiries(api)))
    await tell(api, QUOTE, "450")
    assert words(await asking) == ("450",)


async def test_a_failure_is_an_answer_to_all_who_wait_and_not_to_the_next(api: Hub) -> None:
    (asking,) = await waiting(api, 1)
    await tell(api, WHERE, reports=(TROUBLE,), fresh=timedelta())
    (told,) = await all_of([asking])
    assert told is not None
    assert (told.told_at, told.reports) == (None, (TROUBLE,))
    assert await api.services.enquiring.answer(WHERE, wait=0) is None
    assert enquiries(api) == [WHERE, WHERE]


async def test_where_the_one_who_was_to_answer_has_died_somebody_else_is_asked(
    api: Hub, redis_client: "redis.asyncio.Redis"
) -> None:
    (asking,) = await waiting(api, 1)
    await redis_client.delete(f"travelhub:enquiring:{enquiry_id(WHERE)}")  # as its claim does by itself
    await until(lambda: len(enquiries(api)) == 2)
    await tell(api, WHERE, "LHR")
    assert [words(told) for told in await all_of([asking])] == [("LHR",)]


async def test_a_claim_ends_by_itself(api: Hub, redis_client: "redis.asyncio.Redis") -> None:
    await api.services.enquiring.answer(WHERE, wait=0)
    left = await redis_client.pttl(f"travelhub:enquiring:{enquiry_id(WHERE)}")
    assert 0 < left <= 20_000


async def test_a_process_that_ends_lets_everybody_go(api: Hub) -> None:
    tasks = await waiting(api, 3)
    api.services.enquiring.leave()
    assert await all_of(tasks) == [None, None, None]


async def test_a_client_that_leaves_takes_nobody_with_it(api: Hub) -> None:
    leaving, staying = await waiting(api, 2)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await tell(api, WHERE, "LHR")
    assert [words(told) for told in await all_of([staying])] == [("LHR",)]


@pytest.fixture
async def redis_client(api: Hub) -> "redis.asyncio.Redis":
    return api.services.redis
