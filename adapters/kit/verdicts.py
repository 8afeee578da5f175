"""What a reply means: the supplier's own code first, then the status; and what it asks us to do."""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import structlog

from adapters.kit import transport
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import Failure, GiveUp, TryLater, Unknown, ruling_for_status
from adapters.kit.quota import Remaining
from adapters.kit.supplier import Supplier
from domain.searches import Outcome

Told = TypeVar("Told")

_log: Final = structlog.get_logger(__name__)


def failure_in(reply: Reply, supplier: Supplier, secrets: Mapping[str, str]) -> Failure | None:
    """None for a success. What the supplier's own code says goes before what the status says."""
    refusal = supplier.refusal(reply)
    code = refusal.code if refusal else None
    ruling = supplier.errors.get(code or "") or ruling_for_status(reply.status)
    if ruling is None and refusal is None:
        return None
    said = refusal.message if refusal and refusal.message else f"status {reply.status}"
    detail = transport.redacted(said, secrets)[:500]
    if ruling is None:
        return GiveUp(detail, outcome=Outcome.REFUSED, code=code)
    return ruling.raised(detail, code=code, retry_after=_asked_to_wait(reply, supplier))


def in_doubt(call: Call, failure: Failure) -> Unknown:
    """Nobody knows whether a call that changes something did."""
    doubt = Unknown(f"{call.operation} may have happened: {failure.detail}", outcome=failure.outcome, code=failure.code)
    doubt.__cause__ = failure
    return doubt


def sick(failure: Failure | None) -> bool:
    """Whether it tells of a supplier that is down: silence, 5xx, a reply that the transport can't read."""
    if isinstance(failure, TryLater):
        return failure.outcome is not Outcome.RATE_LIMITED
    return isinstance(failure, GiveUp) and failure.outcome is Outcome.ERROR


def retry_after(reply: Reply) -> float | None:
    """Seconds from now, from either form of the header; None where there is none that can be read."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        asked_for: float = (parsedate_to_datetime(value) - reply.received_at).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, asked_for)


def quota_in(reply: Reply, supplier: Supplier) -> tuple[Remaining, ...]:
    return _told(supplier.quota, reply, supplier) or ()


def _asked_to_wait(reply: Reply, supplier: Supplier) -> float | None:
    told = _told(supplier.retry_after, reply, supplier)
    return retry_after(reply) if told is None else max(0.0, told)


def _told(read: Callable[[Reply], Told] | None, reply: Reply, supplier: Supplier) -> Told | None:
    """A header that nobody can read spoils no reply."""
    try:
        return read(reply) if read else None
    except (ValueError, ArithmeticError) as error:
        _log.warning("supplier.header_unreadable", supplier=supplier.slug, why=type(error).__name__)
        return None
