"""Dramatiq's side of the workers: one actor for each kind of job, retried by the class of its failure."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final

import dramatiq
import msgspec
import structlog
from dramatiq.asyncio import async_to_sync
from dramatiq.middleware import AsyncIO, Middleware, Retries, ShutdownNotifications

from adapters.kit.failures import Failure, TryLater
from domain.jobs import Job, Queue, Terms, name
from storage.failures import StorageDown
from storage.queue import job_of
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_FIRST_PAUSE_MS: Final = 500
_LONGEST_PAUSE_MS: Final = 120_000

OpenTools = Callable[[tuple[str, ...]], AbstractAsyncContextManager[Tools]]
Handler = Callable[[Any, Tools], Awaitable[None]]
Epitaph = Callable[[Any, str, Tools], Awaitable[None]]
# Keeps why the message with this id was given up.
Note = Callable[[str, str, Tools], Awaitable[None]]


class GivenUp(Exception):
    """The job will never succeed: it becomes a dead letter at once, with this sentence."""


class Toolbox(Middleware):
    """Opens the tools on the worker's event loop before the first job and closes them after the last."""

    def __init__(self, open_tools: OpenTools) -> None:
        self._open: Final = open_tools
        self._opened: AbstractAsyncContextManager[Tools] | None = None
        self._tools: Tools | None = None

    @property
    def tools(self) -> Tools:
        if self._tools is None:
            raise RuntimeError("the worker has not booted")
        return self._tools

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        queues = worker.consumer_whitelist or broker.get_declared_queues()
        self._opened = self._open(tuple(sorted(queues)))
        self._tools = async_to_sync(self._opened.__aenter__)()

    def after_worker_shutdown(self, _broker: dramatiq.Broker, _worker: dramatiq.Worker) -> None:
        if self._opened is not None:
            async_to_sync(self._opened.__aexit__)(None, None, None)
            self._opened = self._tools = None


class Leave(Middleware):
    """Takes leave in peace: no thread takes another job, and each may end the one that it has.

    Dramatiq waits for one thread after the other, and each time takes the whole time that has passed off the patience
    that is left for the others: with sixty threads a few seconds use up twenty, and searches are abandoned.
    """

    def __init__(self, patience: timedelta) -> None:
        self._patience: Final = patience

    def before_worker_shutdown(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        ends = time.monotonic() + self._patience.total_seconds()
        for thread in worker.workers:
            thread.stop()
        for thread in worker.workers:
            thread.join(timeout=max(0.0, ends - time.monotonic()))


class DeadLetters(Middleware):
    """Says which job was given up, and lets its kind set right what it left half done."""

    def __init__(self, toolbox: Toolbox, epitaphs: Mapping[type[Any], Epitaph], note: Note | None) -> None:
        self._toolbox: Final = toolbox
        self._epitaphs: Final = epitaphs
        self._note: Final = note

    def after_process_message(
        self,
        broker: dramatiq.Broker,  # noqa: ARG002 -- dramatiq's signature
        message: "dramatiq.MessageProxy",
        *,
        result: Any = None,  # noqa: ARG002 -- dramatiq's signature
        exception: BaseException | None = None,
    ) -> None:
        if not message.failed:
            return
        why = str(exception or "unknown")
        _log.error("job.given_up", job=message.actor_name, message_id=message.message_id, why=why)
        try:
            if self._note is not None:
                async_to_sync(self._note)(message.message_id, why, self._toolbox.tools)
            job = job_of(message.args[0])
            if epitaph := self._epitaphs.get(type(job)):
                async_to_sync(epitaph)(job, why, self._toolbox.tools)
        except (msgspec.ValidationError, StorageDown, LookupError) as error:
            _log.warning("job.epitaph_failed", job=message.actor_name, error=str(error))


def equip(
    broker: dramatiq.Broker,
    *,
    open_tools: OpenTools,
    handlers: Mapping[type[Any], Handler],
    terms: Mapping[type[Any], Terms],
    epitaphs: Mapping[type[Any], Epitaph],
    note: Note | None = None,
    leave_within: timedelta = timedelta(seconds=20),
) -> dramatiq.Broker:
    """The broker with its middleware and an actor for each handler.

    A worker that is told to stop gives its jobs `leave_within` to end; Dramatiq's own, shorter patience comes after that.
    """
    toolbox = Toolbox(open_tools)
    # Dramatiq calls "before" hooks in this order and "after" hooks in the reverse one: the loop opens first and closes
    # last, and Retries decides whether a message has failed before DeadLetters looks.
    for middleware in (
        AsyncIO(),
        toolbox,
        DeadLetters(toolbox, epitaphs, note),
        ShutdownNotifications(),  # what can go on elsewhere is interrupted, and then all others are waited for
        Leave(leave_within),
        Retries(min_backoff=_FIRST_PAUSE_MS, max_backoff=_LONGEST_PAUSE_MS),
    ):
        broker.add_middleware(middleware)
    for queue in Queue:  # also those that no actor calls home, such as the queue for refreshes
        broker.declare_queue(queue)
    for kind, handler in handlers.items():
        _declare(broker, toolbox, kind, handler, terms[kind])
    return broker


def _declare(broker: dramatiq.Broker, toolbox: Toolbox, kind: type[Any], handler: Handler, terms: Terms) -> None:
    async def perform(fields: Mapping[str, Any]) -> None:
        await _performed(fields, handler, terms, toolbox.tools)

    declared = dramatiq.actor(
        broker=broker,
        actor_name=name(kind),
        queue_name=terms.queue,
        max_retries=terms.attempts - 1,
        throws=GivenUp,
        notify_shutdown=terms.resumable,
    )
    declared(perform)


async def _performed(fields: Mapping[str, Any], handler: Handler, terms: Terms, tools: Tools) -> None:
    """One attempt. What may succeed later is retried, with the pause that a supplier asked for; the rest is not."""
    try:
        job: Job = job_of(fields)
    except msgspec.ValidationError as error:
        raise GivenUp(f"no kind of job: {error}") from error
    try:
        async with asyncio.timeout(terms.time_limit.total_seconds()):
            await handler(job, tools)
    except TryLater as failure:
        delay = round(failure.retry_after * 1000) if failure.retry_after else None
        raise dramatiq.Retry(failure.detail, delay=delay) from failure
    except (StorageDown, TimeoutError) as error:
        raise dramatiq.Retry(str(error) or "the time limit ran out") from error
    except Failure as error:
        raise GivenUp(error.detail) from error
    except Exception as error:
        # A mistake of ours: trying again would make it again, and the log has to show where it is.
        _log.exception("job.crashed", job=type(job).__name__)
        raise GivenUp(f"{type(error).__name__}: {error}") from error
