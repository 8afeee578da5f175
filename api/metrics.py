"""What operators can count: requests by route and status, how long they took, what memory holds."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from storage.bookings_standing import BookingsStanding

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
UNMATCHED: Final = "unmatched"  # one label for all paths that are no route: clients must not make up labels
BY_MEMORY: Final = "memory"
BY_CALL: Final = "call"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """`shared` is the folder over which several processes of one machine add up, None where there is only this one.

    One histogram says how many requests there were as well as how long they took: a hot answer can afford no second.
    """

    def __init__(self, *, shared: Path | None = None) -> None:
        self._shared: Final = shared
        self._registry: Final = CollectorRegistry()
        self._seconds: Final = Histogram(
            "travelhub_request_seconds",
            "Time to the first byte of an answer, by what answered: memory at the door, or the call itself",
            ("method", "route", "status", "answered_by"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.held_searches: Final = Gauge(
            "travelhub_held_searches",
            "Searches in process memory",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.held_bytes: Final = Gauge(
            "travelhub_held_bytes",
            "Bytes of process memory for answers",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._bookings: Final = self._newest("travelhub_bookings", "Bookings under way, and in doubt", "standing")
        self._overdue: Final = self._newest(
            "travelhub_bookings_overdue_seconds", "How long the first booking is due that nobody has looked at"
        )
        self._findings: Final = self._newest("travelhub_findings", "Findings that wait for somebody", "severity")
        self._children: Final[dict[tuple[str, str, int, str], Histogram]] = {}

    def _newest(self, name: str, help_: str, *labels: str) -> Gauge:
        """All processes see the same, so the last one that looked is right."""
        return Gauge(name, help_, labels, registry=self._registry, multiprocess_mode="mostrecent")

    def count_bookings(self, standing: BookingsStanding | None, now: datetime) -> None:
        """None: nobody knows just now, and what was known stays."""
        if standing is None:
            return
        self._bookings.labels("under_way").set(standing.under_way)
        self._bookings.labels("in_doubt").set(standing.in_doubt)
        self._overdue.set(standing.overdue_seconds(now))
        for severity, count in standing.findings.items():
            self._findings.labels(severity).set(count)

    def answered(self, method: str, route: str, status: int, seconds: float, *, by: str = BY_CALL) -> None:
        """Labels are looked up once for each combination, which keeps the hot path out of prometheus' locks."""
        key = method, route, status, by
        child = self._children.get(key)
        if child is None:
            labels = method if method in _METHODS else "other", route, str(status), by
            child = self._children[key] = self._seconds.labels(*labels)
        child.observe(seconds)

    def exposition(self) -> bytes:
        if self._shared is None:
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, path=os.fspath(self._shared))  # type: ignore[no-untyped-call]  # theirs has none
        return generate_latest(everybody)
