"""Webhooks to clients: signed after Standard Webhooks, and sent to the address that was looked at and to no other."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec
from standardwebhooks import Webhook

from domain.web_addresses import Place, Unfit, none_closed, place
from domain.webhooks import TRY_WITHIN, Outcome

Resolve = Callable[[str], Awaitable[Sequence[str]]]

_CONNECT_SECONDS: Final = 5.0
_MOST_ADDRESSES: Final = 4  # of one host, tried one after the other
_AGENT: Final = "TravelHub-Webhooks/1"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to whom. `secrets` all sign it: two while one takes the other's place."""

    id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]


async def resolve(host: str) -> tuple[str, ...]:
    """Every IP address of a host. Raises OSError where it has none, or nobody can tell just now."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Courier:
    """`private` also lets messages go to closed networks and by plain HTTP, for development.

    A name is resolved anew for each attempt, every address of it is looked at, and the connection goes to one of those:
    who makes a name point elsewhere in between gains nothing. Names are resolved by `resolve`, and `trust` is what
    certificates are checked with, against the name.
    """

    def __init__(
        self,
        *,
        private: bool = False,
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
        within: timedelta = TRY_WITHIN,
    ) -> None:
        self._private: Final = private
        self._within: Final = within.total_seconds()
        self._resolve: Final = resolve
        # A connection for each message: one that is kept for a host could serve another host at the same address.
        self._client: Final = httpx.AsyncClient(
            verify=trust or True,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=httpx.Timeout(self._within, connect=_CONNECT_SECONDS),
        )

    async def deliver(self, message: Message, *, now: datetime) -> Outcome:
        """One attempt, which never raises: what went wrong is in the outcome."""
        began = time.monotonic()
        status, error = None, None
        try:
            async with asyncio.timeout(self._within):
                status = await self._sent(message, now)
        except Unfit as unfit:
            error = f"the URL {unfit}"
        except TimeoutError:
            error = f"no answer within {self._within:g} s"
        except httpx.TransportError as failure:
            error = f"{type(failure).__name__}: {failure}".rstrip(": ")
        except OSError as failure:
            error = f"the host can't be found: {failure.strerror or failure}"
        return Outcome(at=now, took_ms=round((time.monotonic() - began) * 1000), status=status, error=error)

    async def _sent(self, message: Message, now: datetime) -> int:
        """The status of the answer. Raises httpx.TransportError, OSError and Unfit."""
        to = place(message.url, private=self._private)
        addresses = tuple(await self._resolve(to.host))
        if not self._private:
            none_closed(addresses)
        headers = {"Host": to.authority, "Content-Type": "application/json", "User-Agent": _AGENT}
        headers |= signed(message, now)
        silent: httpx.TransportError = httpx.ConnectError("the host has no address")
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                return await self._posted(to, address, headers, message.body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failure:  # nothing was sent
                silent = failure
        raise silent

    async def _posted(self, to: Place, address: str, headers: dict[str, str], body: bytes) -> int:
        """Only the head of the answer is read: what else it says is nothing to us."""
        url = httpx.URL(scheme=to.scheme, host=address, port=to.port, raw_path=to.target.encode())
        named = {"sni_hostname": to.host}
        async with self._client.stream("POST", url, headers=headers, content=body, extensions=named) as answer:
            return answer.status_code

    async def aclose(self) -> None:
        await self._client.aclose()


def signed(message: Message, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: the same id for every attempt, the time and the signatures of this one."""
    text = message.body.decode()
    signatures = (Webhook(secret).sign(message.id, now, text) for secret in message.secrets)
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
