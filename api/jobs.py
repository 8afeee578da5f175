"""Syncs of the catalogue: asked for by an operator, and looked at until they have ended."""

from typing import Any, Final
from uuid import UUID

from api import present
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.problems import not_there
from api.services import Services
from domain.catalogue import JobState, Subject
from domain.jobs import Job, SyncAirlines, SyncAirports, SyncRoutes
from domain.people import Role
from storage import sync_jobs
from storage.engine import transaction
from storage.failures import QueueDown

_LOOK_AGAIN_SECONDS: Final = 2


async def sync_airports(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return await _sync(services, asked, Subject.AIRPORTS)


async def sync_airlines(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return await _sync(services, asked, Subject.AIRLINES)


async def sync_routes(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return await _sync(services, asked, Subject.ROUTES)


async def job(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """For operators: nobody else finds any."""
    unknown = not_there("There is no such job.")
    if not asked.role.reaches(Role.OPERATOR):
        raise unknown
    try:
        job_id = str(UUID(asked.place["job_id"]))
    except ValueError as error:
        raise unknown from error
    async with transaction(services.engine) as connection:
        found = await sync_jobs.get(connection, job_id)
    if found is None:
        raise unknown
    return reply(services, asked, present.job(found), cache_control="no-cache")


async def _sync(services: Services, asked: Asked[Any, Any], subject: Subject) -> Reply:
    """The job is written first and put on the queue after that: the worker must find it.

    Asked for twice, it is queued twice and done once. Where the broker is away nobody will do it: it has failed.
    """
    async with transaction(services.engine) as connection:
        created = await sync_jobs.create(connection, subject, at=services.clock())
    try:
        await services.queue.put(_job(subject, created.id))
    except QueueDown as error:
        if created.state is JobState.QUEUED:
            async with transaction(services.engine) as connection:
                await sync_jobs.failed(connection, created.id, detail=str(error), at=services.clock())
        raise
    headers = (("Location", f"/v1/jobs/{created.id}"), ("Retry-After", str(_LOOK_AGAIN_SECONDS)))
    return reply(services, asked, present.job(created), status=202, headers=headers)


def _job(subject: Subject, job_id: str) -> Job:
    match subject:
        case Subject.AIRPORTS:
            return SyncAirports(job_id=job_id)
        case Subject.AIRLINES:
            return SyncAirlines(job_id=job_id)
        case Subject.ROUTES:
            return SyncRoutes(job_id=job_id)
