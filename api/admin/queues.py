"""What waits on the queues, what was given up there, and once more for it."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api.admin import answers
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.problems import not_there
from api.services import Services
from domain.jobs import Queue
from storage.dead_letters import Backlog, DeadLetter, QueueStanding

_SHOWN: Final = 20  # dead letters of each queue
_REPLAYED_AT_MOST: Final = 1_000

_Letter = Annotated[str, Meta(min_length=1, max_length=100)]


class ReplayWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which of them; all of them, up to a thousand, where none is named."""

    ids: Annotated[tuple[_Letter, ...], Meta(min_length=1, max_length=200)] | None = None


async def queues(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Each queue, with the last twenty of its dead letters."""
    backlog = _backlog(services)
    told = [
        _queue(one, await backlog.letters(one.queue, at_most=_SHOWN) if one.dead else (), asked.now)
        for one in await backlog.standing()
    ]
    return reply(services, asked, answers.QueueList(data=tuple(told)))


async def replay(services: Services, asked: Asked[Nothing, ReplayWish]) -> Reply:
    """Each is put on its queue as if nobody had tried it yet. Doing a job twice is harmless."""
    queue = _named(asked)
    told = await _backlog(services).replay(queue, asked.body.ids, at_most=_REPLAYED_AT_MOST)
    answer = answers.ReplayedLetters(queue=queue, replayed=told.replayed, missing=told.missing)
    return reply(services, asked, answer)


def _backlog(services: Services) -> Backlog:
    return Backlog(services.queue.broker, services.redis)


def _named(asked: Asked[Any, Any]) -> Queue:
    """Raises Problem (404)."""
    try:
        return Queue(asked.place["queue"])
    except ValueError as error:
        raise not_there(f"There is no such queue: there are {', '.join(Queue)}.") from error


def _queue(one: QueueStanding, letters: tuple[DeadLetter, ...], now: datetime) -> answers.QueueState:
    return answers.QueueState(
        queue=one.queue,
        waiting=one.waiting,
        delayed=one.delayed,
        under_way=one.under_way,
        oldest_seconds=None if one.oldest is None else round(max((now - one.oldest).total_seconds(), 0), 1),
        dead=one.dead,
        dead_letters=tuple(answers.GivenUpJob(**msgspec.structs.asdict(letter)) for letter in letters),
    )
