"""Starts a sync of the catalogue and follows its job to the end."""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.answers import SyncJob
from cli.client import Api, read
from cli.stops import Stop
from domain.catalogue import JobState, Subject

_GLANCE: Final = 0.3  # seconds between two looks at the job
_PATIENCE: Final = 1800.0  # seconds; as long as a worker may take for one attempt

Wait = Callable[[float], bool]


def sync(api: Api, subject: Subject, *, token: str, console: Console, wait: Wait | None = None) -> bytes:
    """The finished job as the API tells it. Raises Stop when it failed or took too long.

    `wait` sleeps for some seconds and says True when nobody wants the outcome any more.
    """
    started = read(api.post(f"/v1/{subject}/sync", token=token), SyncJob)
    with _progress(console) as progress:
        task = progress.add_task(subject.capitalize(), total=None, told="")
        look = partial(api.get, f"/v1/jobs/{started.id}", token=token)
        return _followed(look, started.id, wait or threading.Event().wait, lambda job: _show(progress, task, job))


def summary(job: SyncJob) -> str:
    """`Airports: 7,912 from airportsdata, 2 skipped.`"""
    parts = [f"{job.rows:,} from {job.source or 'an unnamed source'}"]
    parts += [
        f"{count:,} {what}" for count, what in ((job.skipped_records, "skipped"), (job.vanished, "gone")) if count
    ]
    return f"{job.subject.capitalize()}: {', '.join(parts)}."


def _followed(look: Callable[[], bytes], job_id: str, wait: Wait, show: Callable[[SyncJob], None]) -> bytes:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        body = look()
        job = read(body, SyncJob)
        show(job)
        if job.state is JobState.FAILED:
            raise Stop(f"The sync failed: {(job.detail or 'no reason given').rstrip('.')}.")
        if job.state is JobState.DONE:
            return body
        if wait(_GLANCE):
            raise Stop("The sync goes on without us.")
    raise Stop(f"The sync {job_id} is still running after half an hour: look at it later at /v1/jobs/{job_id}.")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<9}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _show(progress: Progress, task: TaskID, job: SyncJob) -> None:
    of = f" of {job.expected:,}" if job.expected else ""
    told = f"{job.rows:,}{of} rows" if job.rows else "waiting for a worker" if job.state is JobState.QUEUED else ""
    progress.update(task, completed=job.rows, total=job.expected, told=told)
