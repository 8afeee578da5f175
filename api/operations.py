"""How this process and everything behind it stand, for those who run it."""

from datetime import datetime

import msgspec

from api import answers, bodies, dependencies
from api.answers import Standing
from api.bodies import Coding
from api.calls import Asked, Reply, reply
from api.metrics import MEDIA_TYPE
from api.params import Nothing
from api.services import Services
from storage import heartbeats
from storage.bookings_standing import BookingsStanding
from storage.failures import StorageDown


async def alive(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Says only that the process answers: restarting it mends no database."""
    return reply(services, asked, answers.Alive(status=Standing.UP))


async def ready(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Ready is who can answer a search that nobody has asked before; airports that nobody has synced yet can wait."""
    looked = await dependencies.looked_at(services.checks)
    waiting = [found.name for found in looked if found.status is Standing.DOWN]
    if services.catalogue.contents is None:
        waiting.append("catalogue")
    standing = Standing.DOWN if waiting else Standing.UP
    answer = answers.Readiness(status=standing, waiting_for=tuple(waiting))
    return reply(services, asked, answer, status=503 if waiting else 200)


async def health(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Each dependency, each queue's workers and the scheduler, and how the bookings stand as a whole."""
    looked = await dependencies.looked_at(services.checks)
    try:
        beats = await heartbeats.alive(services.redis)
    except StorageDown:
        beats = ()  # Redis is named as down already, and nobody can be heard of without it
    found = (*looked, *dependencies.by_heartbeat(beats))
    down = any(dependency.status is Standing.DOWN for dependency in found)
    answer = answers.Health(
        status=Standing.DOWN if down else Standing.UP,
        dependencies=found,
        processes=tuple(_process(beat) for beat in beats),
        bookings=_bookings(await services.bookings.standing(), asked.now),
    )
    return reply(services, asked, answer, status=503 if down else 200)


async def metrics(services: Services, _: Asked[Nothing, Nothing]) -> Reply:
    services.metrics.held_searches.set(len(services.answers))
    services.metrics.held_bytes.set(services.answers.size)
    services.metrics.count_bookings(await services.bookings.standing(), services.clock())
    shown = services.metrics.exposition()
    rendering = bodies.rendering(
        shown, Coding.PLAIN, version=bodies.digest(shown), cache_control="no-store", media_type=MEDIA_TYPE
    )
    return Reply(rendering=rendering)


def _bookings(standing: BookingsStanding | None, now: datetime) -> answers.BookingsHealth | None:
    if standing is None:
        return None
    return answers.BookingsHealth(
        under_way=standing.under_way,
        in_doubt=standing.in_doubt,
        overdue_seconds=standing.overdue_seconds(now),
        findings=dict(standing.findings),
    )


def _process(beat: heartbeats.Heartbeat) -> answers.Process:
    return answers.Process(**msgspec.structs.asdict(beat))
