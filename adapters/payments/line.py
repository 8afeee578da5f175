"""One line to a gateway: a call goes out once, and its failure says whether it may have happened."""

from datetime import timedelta
from typing import Final

import httpx

from adapters.kit import transport
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import GiveUp, TryLater, Unknown

_LARGEST: Final = 4 * 1024 * 1024  # bytes of a reply: a hundred payments take a tenth of it
_SILENCE: Final = timedelta(seconds=30)
_CONNECTIONS: Final = 64


class Line:
    """`over` stands in for the network."""

    def __init__(self, base_url: str, *, over: httpx.AsyncBaseTransport | None = None) -> None:
        self.base_url: Final = base_url.rstrip("/")
        self._http: Final = transport.client(_SILENCE, _CONNECTIONS, over)

    async def sent(self, call: Call) -> Reply:
        """The whole reply, whatever its status.

        Raises TryLater or GiveUp where nothing has happened, and Unknown where the call changes something and had left
        this machine.
        """
        gone = False

        def leaves() -> None:
            nonlocal gone
            gone = True

        try:
            return await transport.sent(self._http, self.base_url, call, largest=_LARGEST, leaves=leaves)
        except (TryLater, GiveUp) as failure:
            if gone and not call.reads_only:
                raise Unknown(failure.detail, outcome=failure.outcome) from failure
            raise

    async def aclose(self) -> None:
        await self._http.aclose()
