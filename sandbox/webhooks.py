"""Webhooks that payment gateways' sandboxes send: at once and once, or as badly as was ordered."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final

import falcon.asgi
import httpx
import msgspec

from sandbox.pages import Refused, body, parameters, send

# From the moment at which it goes out, and where to, to headers and body: signatures hold for minutes, or for one address.
Write = Callable[[datetime, str], tuple[Mapping[str, str], bytes]]

_PATIENCE: Final = 10.0  # seconds for one delivery
_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # before it is tried again
_MOST_TOLD: Final = 10_000


class Mode(StrEnum):
    NORMAL = "normal"
    LATE = "late"
    TWICE = "twice"
    REORDERED = "reordered"  # what comes within that time goes out after it, the last first
    LOST = "lost"


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is where they go, without the gateway's name; where it is not told, where they went before."""

    gateway: str
    mode: Mode = Mode.NORMAL
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0
    url: str | None = None


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is 0 where nobody answered."""

    gateway: str
    at: datetime
    status: int


class Webhooks:
    """`url` is where they go, followed by the gateway's name; without it nothing goes anywhere."""

    def __init__(self, now: Callable[[], datetime], url: str | None = None) -> None:
        self._now: Final = now
        self._url = url
        self._orders: Final[dict[str, Order]] = {}
        self._held: Final[defaultdict[str, list[tuple[str, Write]]]] = defaultdict(list)
        self._under_way: Final[set[asyncio.Task[None]]] = set()
        self.delivered: Final[list[Delivered]] = []

    def order(self, order: Order) -> None:
        """What was held back until now goes out."""
        self._orders[order.gateway] = order
        self._url = order.url or self._url
        self._let_go(order.gateway)

    @property
    def orders(self) -> tuple[Order, ...]:
        return tuple(self._orders.values())

    def send(self, gateway: str, write: Write) -> None:
        """It is under way when this returns, and nobody waits for it."""
        if self._url is None:
            return
        order, url = self._orders.get(gateway) or Order(gateway=gateway), f"{self._url}/{gateway}"
        match order.mode:
            case Mode.NORMAL:
                self._start(self._sent(gateway, url, write))
            case Mode.LATE:
                self._start(self._sent(gateway, url, write, after=order.seconds))
            case Mode.TWICE:
                self._start(self._sent(gateway, url, write))
                self._start(self._sent(gateway, url, write, after=order.seconds))
            case Mode.REORDERED:
                held = self._held[gateway]
                held.append((url, write))
                if len(held) == 1:
                    asyncio.get_running_loop().call_later(order.seconds, self._let_go, gateway)
            case Mode.LOST:
                pass

    def _let_go(self, gateway: str) -> None:
        if held := self._held.pop(gateway, []):
            self._start(self._one_by_one(gateway, held[::-1]))

    def _start(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _one_by_one(self, gateway: str, held: list[tuple[str, Write]]) -> None:
        for url, write in held:
            await self._sent(gateway, url, write)

    async def _sent(self, gateway: str, url: str, write: Write, *, after: float = 0.0) -> None:
        """Tried until somebody is glad of it, or for half a minute."""
        await asyncio.sleep(after)
        for pause in (*_PAUSES, 0.0):
            if await self._posted(gateway, url, write):
                return
            await asyncio.sleep(pause)

    async def _posted(self, gateway: str, url: str, write: Write) -> bool:
        headers, content = write(self._now(), url)
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False, verify=_tls()) as http:
                status = (await http.post(url, content=content, headers=dict(headers))).status_code
        except httpx.HTTPError:
            status = 0
        self.delivered.append(Delivered(gateway=gateway, at=self._now(), status=status))
        del self.delivered[:-_MOST_TOLD]
        return 200 <= status < 300


@cache
def _tls() -> ssl.SSLContext:
    """Made once: it takes longer to make than a webhook to send."""
    return ssl.create_default_context()


class WebhooksPage:
    """`GET` tells how they go out and how the last ones went; `POST` orders it otherwise."""

    def __init__(self, webhooks: Webhooks, gateways: frozenset[str]) -> None:
        self._webhooks: Final = webhooks
        self._gateways: Final = gateways

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        parameters(req)
        send(resp, {"orders": self._webhooks.orders, "delivered": self._webhooks.delivered})

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        order = await body(req, Order)
        if order.gateway not in self._gateways:
            known = ", ".join(sorted(self._gateways)) or "none"
            raise Refused(f"there is no gateway {order.gateway!r}, only {known}", where={"pointer": "/gateway"})
        self._webhooks.order(order)
        send(resp, order, status=201)
