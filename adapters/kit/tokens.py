"""One token for each client, fetched early and once for all who wait: kept in memory, and in no other place."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from adapters.kit.auth import Token
from adapters.kit.failures import Failure, TryLater
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

# After this part of its life a token is renewed while calls still go with it; after that one nobody goes with it any
# more, since it has to be good until the supplier looks at it.
_RENEW_AFTER: Final = 0.8
_GOOD_FOR: Final = 0.95
_TRY_AGAIN_SECONDS: Final = 5.0  # to renew one that is still good


class _Held:
    """A token and the instants of its life on the running loop's clock."""

    def __init__(self, token: Token, asked_at: float) -> None:
        self.value: Final = token.value
        self.renew_at = asked_at + token.expires_in * _RENEW_AFTER
        self.good_until = asked_at + token.expires_in * _GOOD_FOR


class Tokens:
    """`fetch` makes the call for a new one, which ends by itself."""

    def __init__(self, slug: str, fetch: Callable[[], Awaitable[Token]]) -> None:
        self._slug: Final = slug
        self._fetch: Final = fetch
        self._held: _Held | None = None
        self._fetching: asyncio.Task[str] | None = None

    async def current(self, deadline: float) -> str:
        """A token that is good now. Raises what the call for it raises, and TryLater at the deadline."""
        now = asyncio.get_running_loop().time()
        held = self._held
        if held is not None and now < held.good_until:
            if now >= held.renew_at:
                held.renew_at = now + _TRY_AGAIN_SECONDS
                self._renewal()
            return held.value
        try:
            async with asyncio.timeout_at(deadline):
                # Whoever leaves does not take the token along for which the others wait.
                return await asyncio.shield(self._renewal())
        except TimeoutError as error:
            raise TryLater("no token in time", outcome=Outcome.TIMEOUT) from error

    def refused(self, value: str) -> None:
        """The supplier does not take it any more; one that came in the meantime stays."""
        if self._held is not None and self._held.value == value:
            self._held = None

    @property
    def known(self) -> tuple[str, ...]:
        """What must not be shown to anybody."""
        return (self._held.value,) if self._held is not None else ()

    async def aclose(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _renewal(self) -> "asyncio.Task[str]":
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._renewed())
            self._fetching.add_done_callback(self._noted)
        return self._fetching

    async def _renewed(self) -> str:
        asked_at = asyncio.get_running_loop().time()
        self._held = _Held(await self._fetch(), asked_at)
        return self._held.value

    def _noted(self, task: "asyncio.Task[str]") -> None:
        """A failure is for those who wait; where all have left, it is said here."""
        if not task.cancelled() and isinstance(failure := task.exception(), Failure):
            _log.info("supplier.no_token", supplier=self._slug, why=failure.detail)
