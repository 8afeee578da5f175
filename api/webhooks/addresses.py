"""Whether a URL that somebody gives us leads out into the internet: looked at here, and again before each delivery."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from domain.web_addresses import Place, Unfit, none_closed, place

Resolve = Callable[[str], Awaitable[Sequence[str]]]
_PATIENCE_SECONDS: Final = 5.0


async def resolve(host: str) -> tuple[str, ...]:
    """Every IP address of a host. Raises OSError where it has none, or nobody can tell just now."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Addresses:
    """`private` allows for closed networks and plain HTTP as well, for development."""

    def __init__(self, *, private: bool = False, resolve: Resolve = resolve) -> None:
        self._private: Final = private
        self._resolve: Final = resolve

    async def place(self, url: str) -> Place:
        """Raises Unfit with a sentence that goes on from the name of the field."""
        found = place(url, private=self._private)
        if self._private:
            return found
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                none_closed(await self._resolve(found.host))
        except (OSError, TimeoutError) as error:
            raise Unfit("names a host that can't be found") from error
        return found
