"""How the processes decide together: scripts in Redis, asked with an end to every wait, and no harm when it is away."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import redis.asyncio
import structlog
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

_log: Final = structlog.get_logger(__name__)

# Redis answers in less than a millisecond or is in trouble. Its client waits and retries for much longer than a
# search lives, and asking a dead Redis before every call would make each of them that much slower.
_ASK_WITHIN_SECONDS: Final = 1.0
_ASK_AGAIN_SECONDS: Final = 1.0


class Together:
    """One for each supplier and process: what is shared of it, and whether Redis can be asked about it now."""

    def __init__(self, slug: str, client: "redis.asyncio.Redis | None") -> None:
        self._slug: Final = slug
        self._redis: Final = client
        self._asking: Final = asyncio.Lock()  # a crowd of callers takes one of our connections, not all of them
        self._away = False
        self._ask_again_at = 0.0

    @property
    def away(self) -> bool:
        """There is no Redis, or nobody has heard of it since it was lost."""
        return self._redis is None or self._away

    def script(self, text: str) -> AsyncScript | None:
        return self._redis.register_script(text) if self._redis else None

    async def asked(self, script: AsyncScript | None, keys: Sequence[str], args: Sequence[int | str]) -> Any:
        """The script's answer; None while Redis is away, which is said once, and so is its return."""
        if script is None or (self._away and asyncio.get_running_loop().time() < self._ask_again_at):
            return None
        try:
            async with self._asking:
                if self._away and asyncio.get_running_loop().time() < self._ask_again_at:
                    return None  # somebody before us has just found out
                async with asyncio.timeout(_ASK_WITHIN_SECONDS):
                    answer = await script(keys=keys, args=args)
        except (RedisError, OSError) as error:
            self._lost(error)
            return None
        if self._away:
            self._away = False
            _log.info("budget.shared_again", supplier=self._slug)
        return answer

    async def told(self, script: AsyncScript | None, keys: Sequence[str], args: Sequence[int | str]) -> Any:
        """As `asked`, for what the others learn sooner or later anyway: a Redis that is away is not tried for it."""
        return None if self._away else await self.asked(script, keys, args)

    def _lost(self, error: Exception) -> None:
        self._ask_again_at = asyncio.get_running_loop().time() + _ASK_AGAIN_SECONDS
        if not self._away:
            self._away = True
            _log.warning("budget.local_share_only", supplier=self._slug, error=str(error) or type(error).__name__)
