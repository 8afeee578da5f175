"""The pretend Stripe's door: who asks, under which key, what was answered before, and how answers look."""

import asyncio
import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import falcon
import falcon.asgi
import msgspec

from adapters.payments.stripe.sandbox.book import API_VERSION, number
from adapters.payments.stripe.sandbox.forms import nested
from adapters.payments.stripe.sandbox.operations import OPERATIONS
from adapters.payments.stripe.sandbox.refusals import Refused, broken, invalid
from adapters.payments.stripe.sandbox.world import Outcome, World

_ACCOUNT: Final = re.compile(r"sk_test_\w+")


class Asked(NamedTuple):
    """One call of `operation`; `names` are those in the path. `origin` is where a browser reaches this sandbox. `outcome` was wished for."""

    operation: str
    names: tuple[str, ...]
    params: Mapping[str, Any]
    origin: str
    outcome: Outcome | None

    @property
    def expand(self) -> tuple[str, ...]:
        return tuple(self.params.get("expand") or ())


Answering = Callable[[Asked], dict[str, Any]]


class Kept(NamedTuple):
    """What a key was first asked for, and what it was answered; no answer while it is being made."""

    asked: tuple[str, str, str]
    status: int = 0
    body: bytes = b""
    request_id: str = ""


class Door:
    """A key keeps its first answer, good or bad, for everybody who asks the same again; nobody else may have it."""

    def __init__(self, world: World, answers: Mapping[str, Answering]) -> None:
        self._world: Final = world
        self._answers: Final = answers
        self._paths: Final = [(method, re.compile(path), name) for method, path, name in OPERATIONS if name in answers]
        self._keys: Final[dict[str, Kept]] = {}

    async def __call__(self, req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
        assert resp is not None
        request_id = number("req")
        resp.set_header("request-id", request_id)
        resp.set_header("stripe-version", req.get_header("Stripe-Version") or API_VERSION)
        resp.content_type = falcon.MEDIA_JSON
        try:
            resp.status, resp.data = await self._answered(req, resp, request_id)
        except Refused as refused:
            resp.status, resp.data = refused.status, msgspec.json.encode(refused.body)

    async def _answered(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, request_id: str
    ) -> tuple[int, bytes]:
        if not _ACCOUNT.fullmatch(credential(req.scope) or ""):
            raise Refused(401, "invalid_request_error", "Invalid API Key provided", kept=False)
        operation, names = self._called(req.method, req.path)
        form = (await req.stream.read()).decode() if req.method == "POST" else req.query_string
        asked = Asked(operation, names, nested(form), f"{req.scheme}://{req.netloc}/stripe", None)
        key = req.get_header("Idempotency-Key") if req.method == "POST" else None
        if key is None:
            return 200, msgspec.json.encode(await self._made(asked))
        resp.set_header("idempotency-key", key)
        before = self._before(key, told := (req.method, req.path, form))
        if before is not None:
            resp.set_header("idempotent-replayed", "true")
            resp.set_header("original-request", before.request_id)
            return before.status, before.body
        return await self._first(key, told, asked, request_id)

    def _before(self, key: str, told: tuple[str, str, str]) -> Kept | None:
        """The answer that the key has. Raises Refused for another question, and while the answer is being made."""
        before = self._keys.get(key)
        if before is not None and before.asked != told:
            raise Refused(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )
        if before is not None and not before.status:
            raise Refused(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key.",
                code="idempotency_key_in_use",
            )
        return before

    async def _first(self, key: str, told: tuple[str, str, str], asked: Asked, request_id: str) -> tuple[int, bytes]:
        self._keys[key] = Kept(told)
        try:
            status, body = 200, msgspec.json.encode(await self._made(asked))
        except Refused as refused:
            status, body = refused.status, msgspec.json.encode(refused.body)
            if not refused.kept:
                del self._keys[key]
                return status, body
        except BaseException:
            del self._keys[key]
            raise
        self._keys[key] = Kept(told, status, body, request_id)
        return status, body

    async def _made(self, asked: Asked) -> dict[str, Any]:
        """`slow_bank` takes its time while the key is in use; `broken` and `broken_after` are troubles of Stripe's own."""
        outcome = self._world.outcomes.claim("stripe", asked.operation)
        name = outcome.name if outcome is not None else None
        if name == "broken":
            raise broken()
        if name == "slow_bank" and outcome is not None:
            await asyncio.sleep(outcome.seconds or 1.0)
        answer = self._answers[asked.operation](asked._replace(outcome=outcome))
        if name == "broken_after":
            raise broken()
        return answer

    def _called(self, method: str, path: str) -> tuple[str, tuple[str, ...]]:
        for verb, pattern, operation in self._paths:
            if verb == method and (found := pattern.fullmatch(path)) is not None:
                return operation, found.groups()
        raise Refused(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).", kept=False)


def credential(scope: Mapping[str, Any]) -> str | None:
    """The secret key: as a bearer token, or as the name of basic authorisation."""
    told = next((bytes(value) for name, value in scope.get("headers", ()) if name.lower() == b"authorization"), b"")
    scheme, _, value = told.decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return None
    return None


def no_raw_cards(params: Mapping[str, Any]) -> None:
    """Numbers of cards go from the browser to Stripe and nowhere else."""
    card = params.get("card")
    if isinstance(card, dict) and "number" in card:
        raise invalid(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens "
            "that map to the test card you are using."
        )
