"""What a search for anything has in common on paper: who answered, how old that is, and what is missing."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import msgspec
from rich.table import Table
from rich.text import Text

from api.answers import Cancellation, Freshness, Money, Offer, SearchAnswer, SearchHead, SupplierReport
from domain.searches import ANSWERED, Outcome, Status

_LEAST_WIDTH: Final = 8  # characters of a column that takes several lines
_COLOURS: Final = {Outcome.PENDING: "yellow", **dict.fromkeys(ANSWERED, "green")}


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """How one speaks of what was searched for: `1 journey`, `2 journeys`, and of its absence."""

    one: str
    many: str
    none: str


def sheet(*headings: str, wrap: tuple[str, ...]) -> Table:
    """An empty table: prices on the right; the columns that `wrap` may take several lines, each of some width."""
    shown = Table(box=None, pad_edge=False, header_style="bold", row_styles=["", "dim"])
    shown.add_column("Price", justify="right", no_wrap=True)
    for heading in headings:
        wraps = heading in wrap
        shown.add_column(heading, no_wrap=not wraps, min_width=_LEAST_WIDTH if wraps else None)
    return shown


def footer(answer: "SearchAnswer[Any, Any]", words: Words) -> Iterator[Text]:
    """How many of how many, how old, and how each supplier's part went."""
    head, shown, total = answer.search, len(answer.results), answer.page.total
    if head.status is Status.PENDING:
        yield Text("Nothing has arrived yet: ask again, or with a longer --wait.", "yellow")
    elif not shown:
        yield Text(words.none, "yellow")
    else:
        of = f" of {total}" if total > shown else ""
        yield Text(f"{shown}{of} {words.one if shown == 1 else words.many}, {_age(head)}.")
    if days := {offer.converted.rate_on for result in answer.results for offer in result.offers if offer.converted}:
        rates = f"rates of {' and '.join(map(str, sorted(days)))}"
        yield Text(f"What stands after ~ is only converted, at {rates}: charged is the amount above it.")
    for report in head.suppliers:
        yield supplier(report)


def supplier(report: SupplierReport) -> Text:
    """`heron ok: 50 offers in 412 ms, 1 skipped`, and why a part is missing."""
    parts = [f"{report.offers} offer{'s'[: report.offers != 1]}"]
    if report.took_ms is not None:
        parts[0] += f" in {report.took_ms} ms"
    if report.skipped_records:
        parts.append(f"{report.skipped_records} skipped")
    if report.detail:
        parts.append(report.detail)
    status = report.status.replace("_", " ")
    return Text.assemble(f"  {report.supplier} ", (status, _COLOURS.get(report.status, "red")), f": {', '.join(parts)}")


def price(amount: Money) -> str:
    return f"{amount.amount} {amount.currency}"


def cost(offer: "Offer[Any]") -> str:
    """What is charged, and below it what that is worth in the currency that was asked for, where it is another one."""
    return price(offer.price) if offer.converted is None else f"{price(offer.price)}\n~ {price(offer.converted.amount)}"


def sellers(offers: Iterable[Any]) -> str:
    """Everybody once, the cheapest first."""
    return ", ".join(dict.fromkeys(offer.supplier for offer in offers))


def refund(refundable: bool | None, ladder: Cancellation | None) -> str | None:  # noqa: FBT001  # what an offer says
    """`free until 2027-02-26 18:00`, else whether anything comes back; None where the supplier does not say."""
    if ladder is not None and ladder.free_until is not None:
        return f"free until {ladder.free_until:%Y-%m-%d %H:%M}"
    return {True: "refundable", False: "not refundable", None: None}[refundable]


def said(parts: Iterable[str | None]) -> str:
    """What the supplier says, and only that."""
    return ", ".join(part for part in parts if part)


def lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _age(head: SearchHead) -> str:
    old = "just fetched" if not head.age_seconds else f"{timedelta(seconds=head.age_seconds)} old"
    stale = ", being fetched anew" if head.freshness is Freshness.STALE else ""
    partial = ", not everybody has answered" if head.status is Status.PARTIAL else ""
    return f"{old}{stale}{partial}"
