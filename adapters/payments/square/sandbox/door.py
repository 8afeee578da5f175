"""The pretend Square's door: who asks, under which key, what was answered before, and how answers look."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import falcon
import falcon.asgi
import msgspec

from adapters.payments.square.sandbox.operations import OPERATIONS
from adapters.payments.square.sandbox.till import Refused
from adapters.payments.square.sandbox.world import Outcome, World

_LONGEST_KEY: Final = 45


class Asked(NamedTuple):
    """One call of `operation`; `names` are those in the path. `outcome` was wished for."""

    operation: str
    names: tuple[str, ...]
    params: Mapping[str, Any]
    body: Mapping[str, Any]
    outcome: Outcome | None


Answering = Callable[[Asked], dict[str, Any]]


class Kept(NamedTuple):
    """What a key was first asked for, and what it was answered; no answer while it is being made."""

    asked: tuple[str, Mapping[str, Any]]
    status: int = 0
    body: bytes = b""


class Door:
    """A key keeps a good answer and a refusal for whoever asks the same again; trouble of Square's own it forgets."""

    def __init__(self, world: World, answers: Mapping[str, Answering]) -> None:
        self._world: Final = world
        self._answers: Final = answers
        self._paths: Final = [(method, re.compile(path), name) for method, path, name in OPERATIONS]
        self._keys: Final[dict[str, Kept]] = {}

    async def __call__(self, req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
        assert resp is not None
        resp.content_type = falcon.MEDIA_JSON
        resp.set_header("square-version", req.get_header("Square-Version") or "2025-01-23")
        try:
            resp.status, resp.data = await self._answered(req)
        except Refused as refused:
            resp.status, resp.data = refused.status, msgspec.json.encode(refused.body)

    async def _answered(self, req: falcon.asgi.Request) -> tuple[int, bytes]:
        if not (credential(req.scope) or "").startswith("sandbox-"):
            raise Refused(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED", "This request could not be authorized.")
        operation, names = self._called(req.method, req.path)
        body = _decoded(await req.stream.read()) if req.method in ("POST", "PUT") else {}
        asked = Asked(operation, names, req.params, body, None)
        key = body.get("idempotency_key")
        if key is None:
            if operation in ("authorise", "refund"):
                raise Refused(400, "INVALID_REQUEST_ERROR", "MISSING_REQUIRED_PARAMETER", "idempotency_key is missing")
            answer, breaks = await self._made(asked)
            if breaks:
                raise _broken()
            return 200, msgspec.json.encode(answer)
        if len(key) > _LONGEST_KEY:
            raise Refused(400, "INVALID_REQUEST_ERROR", "VALUE_TOO_LONG", "An idempotency_key has 45 characters")
        return await self._once(key, (req.path, body), asked)

    async def _once(self, key: str, told: tuple[str, Mapping[str, Any]], asked: Asked) -> tuple[int, bytes]:
        before = self._keys.get(key)
        if before is not None:
            if before.asked != told:
                raise Refused(
                    400,
                    "INVALID_REQUEST_ERROR",
                    "IDEMPOTENCY_KEY_REUSED",
                    "The idempotency key can only be retried with the same request data.",
                )
            if not before.status:
                raise Refused(409, "API_ERROR", "CONFLICT", "Another request with this idempotency key is under way")
            return before.status, before.body
        self._keys[key] = Kept(told)
        try:
            answer, breaks = await self._made(asked)
            self._keys[key] = Kept(told, 200, msgspec.json.encode(answer))
        except Refused as refused:
            if refused.status >= 500:
                raise
            self._keys[key] = Kept(told, refused.status, msgspec.json.encode(refused.body))
            raise
        finally:
            if not self._keys[key].status:
                del self._keys[key]
        if breaks:
            raise _broken()
        return 200, self._keys[key].body

    async def _made(self, asked: Asked) -> tuple[dict[str, Any], bool]:
        """The answer, and whether nobody is to hear it (`broken_after`). `slow_bank` takes its time."""
        outcome = self._world.outcomes.claim("square", asked.operation)
        name = outcome.name if outcome is not None else None
        if name == "broken":
            raise _broken()
        if name == "slow_bank" and outcome is not None:
            await asyncio.sleep(outcome.seconds or 1.0)
        return self._answers[asked.operation](asked._replace(outcome=outcome)), name == "broken_after"

    def _called(self, method: str, path: str) -> tuple[str, tuple[str, ...]]:
        for verb, pattern, operation in self._paths:
            if verb == method and (found := pattern.fullmatch(path)) is not None:
                return operation, found.groups()
        raise Refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "Resource not found.")


def _broken() -> Refused:
    return Refused(500, "API_ERROR", "INTERNAL_SERVER_ERROR", "The sandbox was asked to break")


def credential(scope: Mapping[str, Any]) -> str | None:
    told = next((bytes(value) for name, value in scope.get("headers", ()) if name.lower() == b"authorization"), b"")
    scheme, _, value = told.decode("latin-1").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _decoded(raw: bytes) -> Mapping[str, Any]:
    try:
        told = msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, "INVALID_REQUEST_ERROR", "BAD_REQUEST", "The body is not JSON") from error
    if not isinstance(told, dict):
        raise Refused(400, "INVALID_REQUEST_ERROR", "BAD_REQUEST", "The body is no object")
    return told
