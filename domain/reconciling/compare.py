"""One booking in three books: what differs, what a worker will mend, and what is well again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from domain.findings import Finding, FindingKind
from domain.reconciling import orders, payments
from domain.reconciling.books import Books, Verdict, difference

OVERDUE_AFTER: Final = timedelta(minutes=15)
_DUE: Final = "due"


def compared(books: Books, now: datetime) -> Verdict:
    """What the three books say of one booking. What is not settled is only looked at for what a worker has missed."""
    missed = (*orders.missed(books), *payments.missed(books))
    findings = [*_overdue(books, now), *orders.late(books, now)]
    if books.settled:
        findings += (*orders.differences(books), *payments.differences(books), *payments.sums(books))
    judged = frozenset(((FindingKind.STUCK, _DUE), *orders.judged(books), *payments.judged(books)))
    wake = "; ".join(missed) if missed and books.under_way else None
    return Verdict(findings=tuple(findings), judged=judged, wake=wake)


def _overdue(books: Books, now: datetime) -> Iterator[Finding]:
    if books.due_at is not None and books.due_at < now - OVERDUE_AFTER:
        detail = f"is {books.booking.status}, and nobody looks at it although it is due"
        yield difference(books, FindingKind.STUCK, _DUE, detail, due_at=books.due_at.isoformat())
