"""What the sandbox around it lends to the pretend Stripe."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

# From the moment at which it goes out, and where to, to headers and body.
Signed = Callable[[datetime, str], tuple[Mapping[str, str], bytes]]


class Outcome(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def seconds(self) -> float | None: ...


class Outcomes(Protocol):
    def claim(self, supplier: str, operation: str) -> Outcome | None: ...


class Webhooks(Protocol):
    def send(self, gateway: str, write: Signed) -> None: ...


class Payments(Protocol):
    def told_by(self, gateway: str, rows: Callable[[], Iterable[Mapping[str, Any]]]) -> None: ...


class World(Protocol):
    @property
    def now(self) -> Callable[[], datetime]: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def payments(self) -> Payments: ...


Later = Callable[[float, Callable[[], None]], None]
Work = Callable[[], Awaitable[dict[str, Any]]]
