"""The entry point of every worker: `dramatiq workers.main --queues search refresh`."""

from contextlib import AbstractAsyncContextManager
from typing import Final

import dramatiq

import settings
import telemetry
from domain.jobs import TERMS
from storage import queue
from workers.actors import equip
from workers.handlers import GIVEN_UP, HANDLERS, note_dead_letter
from workers.tools import Tools, opened

_settings: Final = settings.connected(settings.from_environment())
telemetry.configure("worker")
_unequipped: Final = queue.broker(_settings.broker_url)


def _tools(queues: tuple[str, ...]) -> AbstractAsyncContextManager[Tools]:
    return opened(
        database_url=_settings.database_url,
        redis_url=_settings.redis_url,
        jobs=_unequipped,
        environment=_settings.environment,
        queues=queues,
        encryption_keys=_settings.encryption_keys,
        private_webhooks=_settings.private_webhooks,
    )


# Dramatiq's command line runs whatever broker the module has set.
dramatiq.set_broker(
    equip(_unequipped, open_tools=_tools, handlers=HANDLERS, terms=TERMS, epitaphs=GIVEN_UP, note=note_dead_letter)
)
