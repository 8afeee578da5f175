"""What waits on the broker, what was given up there, and how it is put on its queue once more."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import redis.asyncio
from dramatiq.brokers.redis import RedisBroker

from domain.jobs import KeepSearch, Queue
from storage import dead_letters, queue
from storage.cache import connect
from storage.dead_letters import Backlog, QueueStanding
from storage.failures import QueueDown
from storage.queue import JobQueue

JOB = KeepSearch(search_id="a-search")
HOME = Queue.HOUSEKEEPING
Dies = Callable[[], str]


@pytest.fixture
def broker(redis_url: str) -> Iterator[RedisBroker]:
    made = queue.broker(redis_url)
    assert isinstance(made, RedisBroker)
    yield made
    made.close()


@pytest.fixture
async def client(redis_url: str) -> "AsyncIterator[redis.asyncio.Redis]":
    connected = connect(redis_url)
    yield connected
    await connected.aclose()


@pytest.fixture
def backlog(broker: RedisBroker, client: "redis.asyncio.Redis") -> Backlog:
    JobQueue(broker)
    return Backlog(broker, client)


@pytest.fixture
def dies(broker: RedisBroker) -> Dies:
    """Puts a job on its queue, takes it, and gives it up as a worker would; its id."""

    def die() -> str:
        message = broker.enqueue(queue.message(JOB).copy(options={"retries": 7}))
        consumer = broker.consume(HOME, timeout=10)
        taken = next(iter(consumer))
        assert taken is not None
        consumer.nack(taken)
        consumer.close()
        return message.message_id

    return die


async def only(backlog: Backlog, name: Queue = HOME) -> QueueStanding:
    return next(one for one in await backlog.standing() if one.queue is name)


async def test_every_queue_is_told_of_also_when_nothing_waits(backlog: Backlog) -> None:
    told = await backlog.standing()
    assert {one.queue for one in told} == set(Queue)
    assert all((one.waiting, one.delayed, one.dead, one.under_way, one.oldest) == (0, 0, 0, 0, None) for one in told)


async def test_what_waits_for_its_turn_and_what_waits_for_its_time_are_counted_apart(
    backlog: Backlog, broker: RedisBroker
) -> None:
    first = broker.enqueue(queue.message(JOB))
    broker.enqueue(queue.message(JOB))
    broker.enqueue(queue.message(JOB), delay=60_000)
    standing = await only(backlog)
    assert (standing.waiting, standing.delayed) == (2, 1)
    assert standing.oldest is not None
    assert standing.oldest.timestamp() * 1000 == pytest.approx(first.message_timestamp)


async def test_what_a_worker_has_in_hands_does_not_wait_any_more(backlog: Backlog, broker: RedisBroker) -> None:
    broker.enqueue(queue.message(JOB))
    consumer = broker.consume(HOME, timeout=10)
    assert next(iter(consumer)) is not None
    standing = await only(backlog)
    assert (standing.waiting, standing.under_way) == (0, 1)


async def test_a_job_that_was_given_up_is_told_with_its_kind_its_attempts_and_why(
    backlog: Backlog, dies: Dies, client: "redis.asyncio.Redis"
) -> None:
    died = dies()
    await dead_letters.note(client, died, "PostgreSQL was away for an hour")
    (letter,) = await backlog.letters(HOME, at_most=10)
    assert (letter.id, letter.kind, letter.attempts, letter.why) == (
        died,
        "keep_search",
        8,
        "PostgreSQL was away for an hour",
    )
    assert letter.died_at is not None
    assert letter.died_at >= letter.asked_at
    assert (await only(backlog)).dead == 1


async def test_nobody_knows_why_where_nobody_wrote_it_down(backlog: Backlog, dies: Dies) -> None:
    dies()
    (letter,) = await backlog.letters(HOME, at_most=10)
    assert letter.why is None


async def test_a_replayed_letter_is_a_job_that_nobody_has_tried_yet(
    backlog: Backlog, broker: RedisBroker, dies: Dies
) -> None:
    died = dies()
    told = await backlog.replay(HOME, None, at_most=10)
    assert (told.replayed, told.missing) == ((died,), ())
    standing = await only(backlog)
    assert (standing.waiting, standing.dead) == (1, 0)
    taken = next(iter(broker.consume(HOME, timeout=10)))
    assert taken is not None
    assert queue.job_of(taken.args[0]) == JOB
    assert "retries" not in taken.options


async def test_only_the_letters_that_are_named_are_replayed_and_those_that_are_gone_are_told(
    backlog: Backlog, dies: Dies
) -> None:
    first, second = dies(), dies()
    told = await backlog.replay(HOME, [second, "nobody"], at_most=10)
    assert (told.replayed, told.missing) == ((second,), ("nobody",))
    assert [letter.id for letter in await backlog.letters(HOME, at_most=10)] == [first]


async def test_letters_are_replayed_in_portions(backlog: Backlog, dies: Dies) -> None:
    for _ in range(3):
        dies()
    assert len((await backlog.replay(HOME, None, at_most=2)).replayed) == 2
    assert (await only(backlog)).dead == 1


async def test_a_broker_that_is_away_is_told_as_that(client: "redis.asyncio.Redis") -> None:
    away = queue.broker("redis://127.0.0.1:9")
    with pytest.raises(QueueDown):
        await Backlog(away, client).standing()


async def test_a_dead_letter_of_another_queue_is_not_touched(backlog: Backlog, dies: Dies) -> None:
    dies()
    assert (await backlog.replay(Queue.SEARCH, None, at_most=10)).replayed == ()
    assert (await only(backlog)).dead == 1
