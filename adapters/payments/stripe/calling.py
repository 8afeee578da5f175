"""Stripe's SDK on our own line: it makes requests and reads errors, and we decide how long and how often."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

import httpx
import msgspec
import stripe

from adapters.kit.calls import Call
from adapters.kit.failures import Failure, TryLater, Unknown
from adapters.payments.line import Line
from adapters.payments.stripe.refusals import meant, not_theirs, stored
from domain.searches import Outcome

VERSION: Final = "2026-10-28.endive"  # of the API: what wire.py reads

Shape = TypeVar("Shape")


class Stored(Unknown):
    """A trouble that Stripe keeps under our key: nobody will know by asking again with it."""


class _OurLine(stripe.HTTPClient):
    """The SDK's place for the network, with our bounds on time and size. Nothing in it tells of this machine."""

    name = "httpx"

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line: Final = line

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Raises our failures, which the SDK lets pass."""
        call = Call(
            operation=f"stripe {method}",
            path=url.removeprefix(self._line.base_url),
            method=method.upper(),
            headers=tuple(
                (name, value) for name, value in headers.items() if not name.lower().startswith("x-stripe-client-")
            ),
            body=post_data.encode() if post_data else None,
            reads_only=method == "get",
        )
        reply = await self._line.sent(call)
        if (failure := not_theirs(reply, changes=not call.reads_only)) is not None:
            raise failure
        return reply.body, reply.status, reply.headers

    async def close_async(self) -> None:
        await self._line.aclose()


class Caller:
    """One account at Stripe. `over` stands in for the network."""

    def __init__(self, secret: str, base_url: str, *, over: httpx.AsyncBaseTransport | None = None) -> None:
        self._line: Final = Line(base_url, over=over)
        self._client: Final = stripe.StripeClient(
            secret,
            stripe_version=VERSION,
            base_addresses={"api": self._line.base_url},
            max_network_retries=0,
            http_client=_OurLine(self._line),
        )
        self.v1: Final = self._client.v1

    async def read(self, asked: Awaitable[Any], shape: type[Shape], *, deadline: float) -> Shape:
        """Raises Failure, but not Unknown."""
        return await self._answered(asked, shape, deadline=deadline, changes=False)

    async def change(self, asked: Awaitable[Any], shape: type[Shape], *, deadline: float) -> Shape:
        """Raises Failure: Unknown where it may have happened, Stored where asking again would tell no more."""
        return await self._answered(asked, shape, deadline=deadline, changes=True)

    async def aclose(self) -> None:
        await self._line.aclose()

    async def _answered(self, asked: Awaitable[Any], shape: type[Shape], *, deadline: float, changes: bool) -> Shape:
        unsure: type[Unknown | TryLater] = Unknown if changes else TryLater
        try:
            async with asyncio.timeout_at(deadline):
                answer = await asked
        except TimeoutError as error:
            raise unsure("Stripe gave no answer in time", outcome=Outcome.TIMEOUT) from error
        except stripe.StripeError as error:
            raise _failure(error, changes=changes) from error
        try:
            return msgspec.convert(answer.last_response.data, shape)
        except msgspec.ValidationError as error:
            raise unsure(f"Stripe's answer can't be read: {error}", outcome=Outcome.ERROR) from error


def _failure(error: stripe.StripeError, *, changes: bool) -> Failure:
    failure = meant(error, changes=changes)
    if stored(error) and isinstance(failure, Unknown):
        return Stored(failure.detail, outcome=failure.outcome, code=failure.code)
    return failure
