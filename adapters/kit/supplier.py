"""A supplier's whole declaration, as one value."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from adapters.kit.auth import Auth
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Ruling
from domain.catalogue import Subject
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """At most `calls` (by weight) in any `seconds` on end. Raises ValueError for a window that lets nothing through."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        if self.calls < 1 or not 0 < self.seconds < float("inf"):
            raise ValueError(f"{self.calls} calls in {self.seconds} seconds is not a window of a budget")


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What all processes together may spend. `costs` weighs operations that count for more, or less, than one call.

    Raises ValueError for a budget that could never let one of its operations through.
    """

    windows: tuple[Window, ...]
    concurrency: int
    costs: Mapping[str, int] = {}

    def __post_init__(self) -> None:
        if not self.windows or len({window.seconds for window in self.windows}) < len(self.windows):
            raise ValueError("a budget has at least one window, and one for each length")
        if self.concurrency < 1:
            raise ValueError("a budget lets at least one call into the air")
        tightest = min(window.calls for window in self.windows)
        for operation, cost in self.costs.items():
            if not 0 <= cost <= tightest:
                raise ValueError(f"{operation} costs {cost}, and a window of {tightest} never holds that")

    def cost(self, operation: str) -> int:
        return self.costs.get(operation, 1)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says: the supplier's code, looked up in its table of errors, and its sentence."""

    code: str | None
    message: str


class Searching(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier answers searches of one vertical.

    `ask` and `read` are pure. `honours` names the query's fields that change the call; we filter by all others.
    `at_most` bounds the calls (pages, polls) of one conversation.
    """

    operation: str
    ask: Callable[[Query], Call]
    read: Callable[[Reply, Query, Atlas], Readout[Offer]]
    honours: frozenset[str]
    at_most: int = 1


class Cataloguing(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier lists airports or airlines, page by page; `Readout.next` asks for the page that follows."""

    operation: str
    ask: Callable[[], Call]
    read: Callable[[Reply, Call], Readout[Any]]  # airports or airlines, as the subject has it
    at_most: int


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """`sandbox_secrets` are the credentials that the supplier's own sandbox accepts: no secret at all.

    `refusal` reads an error out of a reply, also out of one with status 200, and gives None when there is none;
    `errors` says what each of the supplier's codes means, the status decides on codes that it does not know.
    `timeout` bounds one call from the first byte sent to the last one received.
    """

    slug: str
    title: str
    documentation: str
    live_url: str
    auth: Auth
    sandbox_secrets: Mapping[str, str]
    budget: Budget
    refusal: Callable[[Reply], Refusal | None]
    errors: Mapping[str, Ruling]
    timeout: timedelta = timedelta(seconds=15)
    largest_reply: int = 20_000_000
    offers_live_for: timedelta | None = None
    searches: Mapping[str, Searching] = {}
    catalogues: Mapping[Subject, Cataloguing] = {}
