"""The sandbox of a supplier or a payment gateway in its place: each call is named, written down, perhaps sabotaged, and answered."""

import importlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, cast

from adapters.kit.registry import sandbox_module
from sandbox.asgi import App, Message, Receive, Scope, Send
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.sabotage import Call, struck
from sandbox.world import World

UNKNOWN: Final = "unknown"  # the operation of a path that the supplier does not have


class SupplierSandbox(Protocol):
    """What a supplier's `sandbox.py` says: (method, pattern of the whole path, operation), who calls, and its app.

    It may say more: `SELLS`, the kinds of goods of the world that it has, such as ("cars",), `OUTCOMES`, for each
    operation the outcomes that it can play on request, and `operation_in(body)`, where one address serves several
    operations: which of them a request's body asks for, None for none of them.
    """

    OPERATIONS: tuple[tuple[str, str, str], ...]

    def credential(self, scope: Any) -> str | None: ...
    def create_app(self, world: Any) -> Any: ...


_MUST_SAY: Final = ("OPERATIONS", "credential", "create_app")


def loaded(slug: str, module_name: str | None = None) -> SupplierSandbox:
    """By name, as the registry tells a supplier's. Raises TypeError for whoever has no sandbox, or half of one."""
    name = module_name or sandbox_module(slug)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise  # it is there, and misses something else
        raise TypeError(f"{slug} has no sandbox: {name} is missing") from error
    if missing := [word for word in _MUST_SAY if not hasattr(module, word)]:
        raise TypeError(f"{name} does not say {', '.join(missing)}")
    return cast("SupplierSandbox", module)


class Mount:
    """One supplier under `/<slug>`; its app sees paths without that prefix."""

    def __init__(self, *, slug: str, sandbox: SupplierSandbox, world: World, ledger: Ledger, faults: Faults) -> None:
        self._slug: Final = slug
        self._prefix: Final = f"/{slug}"
        self._sandbox: Final = sandbox
        self._ledger: Final = ledger
        self._faults: Final = faults
        self._app: Final[App] = sandbox.create_app(world)
        self._in_body: Final[Callable[[bytes], str | None] | None] = getattr(sandbox, "operation_in", None)
        self._named: Final = [(method, re.compile(path), name) for method, path, name in sandbox.OPERATIONS]

    @property
    def operations(self) -> frozenset[str]:
        return frozenset((UNKNOWN, *(name for _, _, name in self._named)))

    @property
    def outcomes(self) -> Mapping[str, frozenset[str]]:
        """By operation, what can be ordered at `/_outcomes`."""
        return cast("Mapping[str, frozenset[str]]", getattr(self._sandbox, "OUTCOMES", {}))

    @property
    def sells(self) -> frozenset[str]:
        return frozenset(getattr(self._sandbox, "SELLS", ()))

    def operation(self, method: str, path: str, body: bytes = b"") -> str:
        """The first that method and path name, or of all that they name the one that the body asks for."""
        named = [name for verb, pattern, name in self._named if verb == method and pattern.fullmatch(path)]
        if self._in_body is not None and len(named) > 1:
            asked = self._in_body(body)
            named = [name for name in named if name == asked]
        return named[0] if named else UNKNOWN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        below = self._below(scope)
        body = b""
        if self._in_body is not None:
            body, receive = await _heard(receive)
        operation = self.operation(below["method"], below["path"], body)
        credential = self._sandbox.credential(below)
        number = self._ledger.arrived(supplier=self._slug, operation=operation, credential=credential)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._ledger.answered(number, message["status"])
            await send(message)

        fault = self._faults.claim(self._slug, operation)
        try:
            if fault is None:
                await self._app(below, receive, noted)
            else:
                await struck(fault, Call(app=self._app, scope=below, receive=receive, send=noted, wire=send))
        finally:
            self._ledger.over(number)

    def _below(self, scope: Scope) -> Scope:
        """The scope as the supplier's server would see it."""
        raw = scope.get("raw_path") or scope["path"].encode()
        return {
            **scope,
            "path": scope["path"].removeprefix(self._prefix) or "/",
            "raw_path": raw.removeprefix(self._prefix.encode()) or b"/",
        }


async def _heard(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a way to hear it once more; after it whatever comes next."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    body = b"".join(message.get("body", b"") for message in messages)
    again = iter(messages)

    async def once_more() -> Message:
        return next(again, None) or await receive()

    return body, once_more
