"""One supplier asked a question that is no search, and how that went."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import structlog

from adapters.kit.failures import Answered, Failure
from domain.orders import Reason
from domain.searches import Outcome, SkippedRecord, SupplierReport

_log: Final = structlog.get_logger(__name__)
_NAMED_SKIPS: Final = 10


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier said: values of the domain, and what could not be read of it."""

    records: tuple[Any, ...]
    skipped: tuple[SkippedRecord, ...] = ()


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an enquiry; `supplier` None: nobody had an answer, and the reports say why."""

    reports: tuple[SupplierReport, ...]
    supplier: str | None = None
    records: tuple[Any, ...] = ()


Asking = Callable[[], Awaitable[Words]]


async def heard(slug: str, ask: Asking) -> Heard:
    """Never raises for what a supplier does. One that says it has nothing has answered."""
    started = time.monotonic()
    try:
        words = await ask()
    except Answered as answer:
        if answer.reason is Reason.NOTHING_THERE:
            return Heard(supplier=slug, reports=(_report(slug, Outcome.OK, started),))
        return _nothing(slug, answer, started)
    except Failure as failure:
        return _nothing(slug, failure, started)
    except Exception:  # noqa: BLE001 -- a supplier's folder is an edge: whoever asked is told, and the log shows where
        _log.exception("supplier.crashed", supplier=slug)
        return Heard(reports=(_report(slug, Outcome.ERROR, started, detail="our adapter for this supplier failed"),))
    report = msgspec.structs.replace(
        _report(slug, Outcome.OK, started),
        offers=len(words.records),
        skipped_records=len(words.skipped),
        skipped=words.skipped[:_NAMED_SKIPS],
    )
    return Heard(supplier=slug, records=words.records, reports=(report,))


def _nothing(slug: str, failure: Failure, started: float) -> Heard:
    _log.warning("supplier.failed", supplier=slug, outcome=failure.outcome, detail=failure.detail)
    return Heard(reports=(_report(slug, failure.outcome, started, detail=failure.detail),))


def _report(slug: str, outcome: Outcome, started: float, *, detail: str | None = None) -> SupplierReport:
    took = round((time.monotonic() - started) * 1000)
    return SupplierReport(supplier=slug, status=outcome, took_ms=took, detail=detail)
