"""The web process: `gunicorn -c api/gunicorn.conf.py api.main:app`."""

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

import settings
import telemetry
from adapters.payments.registry import methods, signatures
from api import dependencies
from api.app import create_app
from api.dependencies import Check
from api.metrics import Metrics
from api.services import Services, services
from api.webhooks.addresses import Addresses
from domain.issuers import issuers
from storage import health
from storage.cache import connect
from storage.engine import create_engine
from storage.queue import JobQueue, broker

_CONNECTIONS: Final = 5  # to PostgreSQL, which sees one query in a thousand requests


class Farewell:
    """Whoever waits in this process is answered as soon as it is told to end, so that no wait holds up the end."""

    def __init__(self, served: Services) -> None:
        self._services: Final = served

    async def process_startup(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server's own handler stands by now; it still gets the signal after us.
            signal.signal(number, partial(self._told, loop, signal.getsignal(number)))

    def _told(
        self,
        loop: asyncio.AbstractEventLoop,
        server: Callable[[int, FrameType | None], object] | int | None,
        number: int,
        frame: FrameType | None,
    ) -> None:
        loop.call_soon_threadsafe(self._services.searching.leave)
        loop.call_soon_threadsafe(self._services.enquiring.leave)
        loop.call_soon_threadsafe(self._services.following.leave)
        if callable(server):
            server(number, frame)

    async def process_shutdown(self, *_: object) -> None:
        """After the background work has ended, which still used them."""
        await self._services.redis.aclose()
        await self._services.engine.dispose()


def opened(environment: settings.Settings) -> Services:
    """Connections are made when they are first needed: the process starts whatever is away, and says so."""
    engine = create_engine(environment.database_url, connections=_CONNECTIONS, name="travelhub web")
    client = connect(environment.redis_url)
    checks: dict[str, Check] = {
        "postgres": partial(health.ping, engine),
        "redis": partial(dependencies.redis_answers, client),
    }
    if environment.broker_url != environment.redis_url:
        checks["broker"] = partial(dependencies.broker_answers, environment.broker_url)
    together = environment.environment.get("PROMETHEUS_MULTIPROC_DIR")
    return services(
        engine=engine,
        redis_client=client,
        queue=JobQueue(broker(environment.broker_url)),
        admin_token=environment.admin_token,
        token_keys=environment.token_keys,
        app_url=environment.app_url,
        public_url=environment.public_url,
        believed=issuers(environment.environment),
        rate_limit=environment.rate_limit,
        default_market=environment.default_market,
        gateways=methods(environment.environment),
        signatures=signatures(environment.environment),
        encryption_keys=environment.encryption_keys,
        memory_bytes=environment.answers_megabytes * 1024 * 1024,
        clock=partial(datetime.now, UTC),
        addresses=Addresses(private=environment.private_webhooks),
        checks=checks,
        metrics=Metrics(shared=Path(together) if together else None),
    )


telemetry.configure("web")
_services: Final = opened(settings.connected(settings.from_environment()))
app: Final = create_app(_services, Farewell(_services))
