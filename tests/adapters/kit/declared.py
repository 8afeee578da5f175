"""Declarations of a supplier that nobody knows, with defaults, so that a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from adapters.kit.access import Access
from adapters.kit.auth import Auth, HeaderKey
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import BUSY, NO_BECAUSE, Ruling
from adapters.kit.supplier import Refusal, Searching, Supplier
from domain.orders import Reason
from tests.builders import ALBATROSS, NOW

KEY: Final = "feathers & salt/42"
PLENTY: Final = Budget(windows=(Window(calls=1000, seconds=1),), concurrency=20)

NO_SEATS: Final = NO_BECAUSE[Reason.SOLD_OUT]
TWICE: Final = NO_BECAUSE[Reason.DUPLICATE]
SLOW_DOWN: Final = BUSY

_ERRORS: Final[dict[str, Ruling]] = {
    "SOLD_OUT": NO_SEATS,
    "NOTHING": NO_BECAUSE[Reason.NOTHING_THERE],
    "SLOW_DOWN": BUSY,
}


class _Said(msgspec.Struct):
    code: str | None = None
    message: str = ""


class _Body(msgspec.Struct):
    error: _Said | None = None


def refusal(reply: Reply) -> Refusal | None:
    try:
        said = msgspec.json.decode(reply.body, type=_Body).error
    except msgspec.DecodeError:
        return None
    return Refusal(code=said.code, message=said.message) if said else None


def supplier(
    *,
    auth: Auth | None = None,
    budget: Budget = PLENTY,
    timeout: timedelta = timedelta(seconds=5),
    largest_reply: int = 10_000,
    searches: dict[str, Searching] | None = None,
) -> Supplier:
    return Supplier(
        slug=ALBATROSS,
        title="Albatross Air",
        documentation="https://albatross.example/docs",
        live_url="https://api.albatross.example",
        auth=auth or HeaderKey(header="x-key", secret="ALBATROSS_KEY"),
        sandbox_secrets={"ALBATROSS_KEY": KEY},
        budget=budget,
        refusal=refusal,
        errors=_ERRORS,
        timeout=timeout,
        largest_reply=largest_reply,
        searches=searches or {},
    )


def access(base_url: str, *, budget: Budget = PLENTY, key: str = KEY) -> Access:
    return Access(base_url=base_url, secrets={"ALBATROSS_KEY": key}, budget=budget, live=False)


def call(*, operation: str = "search", path: str = "/flights", params: tuple[tuple[str, str], ...] = ()) -> Call:
    return Call(operation=operation, path=path, params=params)


def order() -> Call:
    """A call that changes something."""
    return Call(operation="book", path="/orders", method="POST", body=b'{"seat": "12A"}', reads_only=False)


def reply(
    body: bytes = b"{}", *, status: int = 200, headers: dict[str, str] | None = None, received_at: datetime = NOW
) -> Reply:
    return Reply(status=status, headers=headers or {}, body=body, received_at=received_at.astimezone(UTC))
