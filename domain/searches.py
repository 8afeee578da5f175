"""A search while its suppliers answer: what has arrived, what is missing and why."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from domain.freshness import Ruling, rulings, strictest
from domain.offers import Offer, Product
from domain.queries import Query


class Outcome(StrEnum):
    """How one supplier's part of a search ended. Everything after `PENDING` is final for this fetch."""

    PENDING = "pending"
    OK = "ok"
    CACHED = "cached"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    BREAKER_OPEN = "breaker_open"
    REFUSED = "refused"
    ERROR = "error"
    SKIPPED = "skipped"


_NOWHERE: Final = ""  # is no id

ANSWERED = frozenset({Outcome.OK, Outcome.CACHED, Outcome.SKIPPED})


class Status(StrEnum):
    PENDING = "pending"
    PARTIAL = "partial"
    COMPLETE = "complete"


class SkippedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record that could not be read: where it stood in the reply, and why."""

    where: str
    why: str


class SupplierReport(msgspec.Struct, frozen=True, kw_only=True):
    """`skipped_records` counts all of them, `skipped` names the first few, `detail` says why a part is missing."""

    supplier: str
    status: Outcome = Outcome.PENDING
    offers: int = 0
    took_ms: int | None = None
    fetched_at: datetime | None = None
    skipped_records: int = 0
    skipped: tuple[SkippedRecord, ...] = ()
    detail: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One product, once, with everybody's offers for it, cheapest first."""

    id: str
    product: Product
    offers: tuple[Offer, ...]


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """From `version` on, the `result` no longer is what it was shown as: offers have left it, or it is gone altogether.

    `now` are the results that hold its offers, itself among them where it kept some; none where nobody sells any of them.
    """

    version: int
    result: str
    now: tuple[str, ...]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One question and what is known of its answer. `version` grows with each arrival, `started_at` names the fetch.

    `replacements` are all that this fetch has taken back of what it showed, the oldest first. `fetched_at` is the age
    of the oldest part, `ended_at` when the last supplier was done with.
    """

    query: Query
    started_at: datetime
    version: int = 0
    suppliers: tuple[SupplierReport, ...]
    arrivals: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    fetched_at: datetime | None = None
    ended_at: datetime | None = None
    fresh_until: datetime | None = None
    expires_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.query.id

    @property
    def status(self) -> Status:
        if all(report.status in ANSWERED for report in self.suppliers):
            return Status.COMPLETE
        return Status.PARTIAL if self.arrivals else Status.PENDING

    @property
    def ended(self) -> bool:
        """Every supplier has answered, failed or been given up."""
        return all(report.status is not Outcome.PENDING for report in self.suppliers)

    def fresh(self, now: datetime) -> bool:
        return self.fresh_until is not None and now < self.fresh_until

    def usable(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        """Everything that limits how long this answer is served; none before anybody has answered."""
        if self.fetched_at is None:
            return ()
        complete = self.status is Status.COMPLETE
        return rulings(
            self.query,
            self.fetched_at,
            missing_since=None if complete else self.ended_at,
            nothing_found=complete and not self.results,
            offers_expire_at=min((offer.expires_at for one in self.results for offer in one.offers), default=None),
        )

    def report(self, supplier: str) -> SupplierReport:
        return next(report for report in self.suppliers if report.supplier == supplier)


# Offers of the vertical that is searched; which one that is only the caller knows.
Merge = Callable[[Any], tuple[Result, ...]]


def begun(query: Query, suppliers: Iterable[str], now: datetime) -> Search:
    """No supplier asked means nothing found, which is an answer too."""
    reports = tuple(SupplierReport(supplier=slug) for slug in sorted(suppliers))
    search = Search(query=query, started_at=now, suppliers=reports)
    return search if reports else _lived(msgspec.structs.replace(search, fetched_at=now, ended_at=now))


def arrived(search: Search, report: SupplierReport, offers: Iterable[Offer], *, merge: Merge, now: datetime) -> Search:
    """The search with one supplier's part in it, which came just now and may be older than that.

    The same arrivals give the same results in any order.
    """
    held = (offer for result in search.results for offer in result.offers if offer.supplier != report.supplier)
    version, results = search.version + 1, merge((*held, *offers))
    grown = msgspec.structs.replace(
        search,
        version=version,
        suppliers=tuple(report if other.supplier == report.supplier else other for other in search.suppliers),
        arrivals=(*search.arrivals, report.supplier),
        results=results,
        replacements=(*search.replacements, *_taken_back(search.results, results, version)),
        fetched_at=min(filter(None, (search.fetched_at, report.fetched_at or now))),
    )
    return _lived(msgspec.structs.replace(grown, ended_at=now if grown.ended else None))


def _taken_back(shown: Iterable[Result], results: Iterable[Result], version: int) -> Iterator[Replacement]:
    """A result that only gained offers, or a place further down, has taken nothing back."""
    held_by = {offer.id: result.id for result in results for offer in result.offers}
    for result in shown:
        now = {held_by.get(offer.id, _NOWHERE) for offer in result.offers}
        if now != {result.id}:
            yield Replacement(version=version, result=result.id, now=tuple(sorted(now - {_NOWHERE})))


def _lived(search: Search) -> Search:
    """The age limits are counted from the oldest part, so that no part outlives its own."""
    life = strictest(search.rulings)
    return msgspec.structs.replace(search, fresh_until=life.fresh_until, expires_at=life.expires_at)
