"""Everything that can go wrong with a call, classed by what we do next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from domain.orders import Order, Reason
from domain.searches import Outcome


class Failure(Exception):
    """`outcome` is what a client is told; `code` is the supplier's own word, where it has one."""

    def __init__(self, detail: str, *, outcome: Outcome, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail: Final = detail
        self.outcome: Final = outcome
        self.code: Final = code


class TryLater(Failure):
    """Busy or down: the same call may succeed. `retry_after` is what the supplier asked for, in seconds."""

    def __init__(
        self, detail: str, *, outcome: Outcome, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail, outcome=outcome, code=code)
        self.retry_after: Final = retry_after


class GiveUp(Failure):
    """The same call will fail again: a mistake of ours, a lost credential, a reply that nobody can read."""


class Answered(Failure):
    """A definite no from the supplier; `reason` is None where it gave one that we have no word for."""

    def __init__(self, detail: str, *, outcome: Outcome, code: str | None = None, reason: Reason | None = None) -> None:
        super().__init__(detail, outcome=outcome, code=code)
        self.reason: Final = reason


class Unknown(Failure):
    """A call that changes something got no answer: it may have happened. Only asking the supplier tells.

    `order` is what was known of it before the silence: saved, but perhaps not paid.
    """

    def __init__(self, detail: str, *, outcome: Outcome, code: str | None = None, order: Order | None = None) -> None:
        super().__init__(detail, outcome=outcome, code=code)
        self.order: Final = order


class Ruling:
    """What an error code or a status means, as one row of a table: the class of failure and what clients are told."""

    __slots__ = ("failure", "outcome", "reason")
    _CLASSES: ClassVar = (TryLater, GiveUp, Answered)

    def __init__(self, failure: type[Failure], outcome: Outcome, reason: Reason | None = None) -> None:
        if failure not in self._CLASSES:
            raise TypeError(f"a reply is ruled TryLater, GiveUp or Answered, not {failure.__name__}")
        if reason is not None and failure is not Answered:
            raise TypeError("only a definite no has a reason")
        self.failure: Final = failure
        self.outcome: Final = outcome
        self.reason: Final = reason

    def raised(self, detail: str, *, code: str | None, retry_after: float | None) -> Failure:
        if self.failure is TryLater:
            return TryLater(detail, outcome=self.outcome, code=code, retry_after=retry_after)
        if self.failure is Answered:
            return Answered(detail, outcome=self.outcome, code=code, reason=self.reason)
        return self.failure(detail, outcome=self.outcome, code=code)


BUSY: Final = Ruling(TryLater, Outcome.RATE_LIMITED)
DOWN: Final = Ruling(TryLater, Outcome.ERROR)
REFUSED: Final = Ruling(GiveUp, Outcome.REFUSED)
SPENT: Final = Ruling(GiveUp, Outcome.RATE_LIMITED)  # a quota that comes back long after anybody would wait
NO: Final = Ruling(Answered, Outcome.REFUSED)
# A definite no for a reason: `NO_BECAUSE[Reason.SOLD_OUT]`.
NO_BECAUSE: Final[Mapping[Reason, Ruling]] = MappingProxyType(
    {reason: Ruling(Answered, Outcome.REFUSED, reason) for reason in Reason}
)

BY_STATUS: Final[Mapping[int, Ruling]] = MappingProxyType({408: DOWN, 409: NO, 425: DOWN, 429: BUSY})


def ruling_for_status(status: int) -> Ruling | None:
    """None for success. Unknown 4xx are refusals, everything from 500 up is down, a redirect is a mistake of ours."""
    if 200 <= status < 300:
        return None
    return BY_STATUS.get(status) or (DOWN if status >= 500 else REFUSED)
