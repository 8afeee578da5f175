"""The one seam between us and the network: sends a call, bounds the reply, keeps secrets out of what is said about it."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from adapters.kit.calls import Call, Reply
from adapters.kit.failures import GiveUp, TryLater
from adapters.kit.masking import MASK, without_secrets
from domain.searches import Outcome

_CONNECT_SECONDS: Final = 3.0
_FIRST_BYTE: Final = "send_request_headers.started"  # as httpcore ends the name of that event, whatever the protocol
REDACTED: Final = MASK

# httpx writes each URL into its log, and some suppliers want their key in the URL: no log level brings it back.
logging.getLogger("httpx").addFilter(lambda record: record.levelno >= logging.WARNING)

# A key with a line break or an umlaut in a header, an address that is none: a mistake of ours.
_UNSENDABLE: Final = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)


def client(
    timeout: timedelta, connections: int, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """One for each supplier and process. Redirects are not followed: an API that moves is a change for people."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(timeout.total_seconds(), connect=_CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        follow_redirects=False,
        trust_env=False,
        transport=None if transport is None else _Elsewhere(transport),
        # gzip at its worst grows a thousandfold, zstd, which httpx would ask for too, without bounds.
        headers={"user-agent": "TravelHub/0.1", "accept": "application/json", "accept-encoding": "gzip"},
    )


class _Elsewhere(httpx.AsyncBaseTransport):
    """Another transport in the network's place, for which a request has left as soon as it is handed over."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport: Final = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.extensions["trace"](_FIRST_BYTE, {})
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def sent(
    http: httpx.AsyncClient,
    base_url: str,
    call: Call,
    *,
    largest: int,
    leaves: Callable[[], None] = lambda: None,
) -> Reply:
    """The supplier's whole reply, whatever its status.

    `leaves` is called when the first byte leaves this machine: before that, nothing can have happened at the supplier.
    Raises TryLater (timeout, or down for every other trouble of the connection) and GiveUp for a reply over
    `largest` bytes, or a request that HTTP has no way to write. What the messages say of the call never includes its
    parameters, headers or body.
    """
    url = f"{base_url.rstrip('/')}{call.path}"

    async def trace(event: str, _: Mapping[str, Any]) -> None:
        if event.endswith(_FIRST_BYTE):
            leaves()

    try:
        request = http.build_request(
            call.method,
            url,
            params=call.params or None,
            headers=call.headers,
            content=call.body,
            extensions={"trace": trace},
        )
        response = await http.send(request, stream=True)
        try:
            body = await _bounded(response, largest)
        finally:
            await response.aclose()
    except httpx.TimeoutException as error:
        raise TryLater(f"{call.operation}: no answer in time", outcome=Outcome.TIMEOUT) from error
    except _UNSENDABLE as error:
        raise GiveUp(f"{call.operation}: {type(error).__name__} before it was sent", outcome=Outcome.ERROR) from error
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise TryLater(f"{call.operation}: {type(error).__name__}", outcome=Outcome.ERROR) from error
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, body=body, received_at=datetime.now(UTC))


async def _bounded(response: httpx.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise GiveUp(f"the reply is larger than {largest} bytes", outcome=Outcome.ERROR)
    return bytes(body)


def redacted(text: str, secrets: Mapping[str, str]) -> str:
    """The text without any of the secrets' values, in whatever form they are written."""
    return without_secrets(text.encode(errors="replace"), tuple(secrets.values())).decode()
