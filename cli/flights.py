"""A flight search as people read it: journeys cheapest first, and below them who answered and how old that is."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from rich.table import Table
from rich.text import Text

from api.answers import Freshness, Itinerary, Offer, SearchAnswer, SearchHead, SupplierReport
from domain.searches import ANSWERED, Outcome, Status

_COLOURS: Final = {Outcome.PENDING: "yellow", **dict.fromkeys(ANSWERED, "green")}


def table(answer: SearchAnswer) -> Table:
    """One row for each journey, with its cheapest offer; a return journey has a line for each direction."""
    shown = Table(box=None, pad_edge=False, header_style="bold", row_styles=["", "dim"])
    shown.add_column("Price", justify="right", no_wrap=True)
    for heading in ("Flights", "Leaves", "Lands", "Under way", "Stops", "Conditions", "Sold by"):
        shown.add_column(heading, no_wrap=heading != "Conditions")
    for result in answer.results:
        cheapest, product = result.offers[0], result.product
        shown.add_row(
            f"{cheapest.price.amount} {cheapest.price.currency}",
            _lines(" ".join(segment.flight for segment in part.segments) for part in product.slices),
            _lines(f"{part.origin} {part.departs_at:%H:%M}" for part in product.slices),
            _lines(f"{part.destination} {part.arrives_at:%H:%M}{days(part.days_later)}" for part in product.slices),
            _lines(duration(part.duration_minutes) for part in product.slices),
            _lines(_via(product)),
            conditions(cheapest),
            _sellers(result.offers),
        )
    return shown


def footer(answer: SearchAnswer) -> Iterator[Text]:
    """How many of how many, how old, and how each supplier's part went."""
    head = answer.search
    if head.status is Status.PENDING:
        yield Text("Nothing has arrived yet: ask again, or with a longer --wait.", "yellow")
    elif not answer.results:
        yield Text("Nobody sells this journey.", "yellow")
    else:
        of = f" of {answer.page.total}" if answer.page.total > len(answer.results) else ""
        journeys = "journey" if len(answer.results) == 1 else "journeys"
        yield Text(f"{len(answer.results)}{of} {journeys}, {_age(head)}.")
    for report in head.suppliers:
        yield supplier(report)


def supplier(report: SupplierReport) -> Text:
    """`kiwi ok: 50 offers in 412 ms, 1 skipped`, and why a part is missing."""
    parts = [f"{report.offers} offer{'s'[: report.offers != 1]}"]
    if report.took_ms is not None:
        parts[0] += f" in {report.took_ms} ms"
    if report.skipped_records:
        parts.append(f"{report.skipped_records} skipped")
    if report.detail:
        parts.append(report.detail)
    status = report.status.replace("_", " ")
    return Text.assemble(f"  {report.supplier} ", (status, _COLOURS.get(report.status, "red")), f": {', '.join(parts)}")


def conditions(offer: Offer) -> str:
    """What the supplier says, and only that."""
    terms = offer.conditions
    said = (
        terms.fare_family,
        {True: "refundable", False: "not refundable", None: None}[terms.refundable],
        {True: "changeable", False: "not changeable", None: None}[terms.changeable],
        None
        if terms.checked_bags is None
        else f"{terms.checked_bags or 'no'} checked bag{'s'[: terms.checked_bags != 1]}",
        f"{terms.separate_tickets} separate tickets" if (terms.separate_tickets or 1) > 1 else None,
        None if offer.seats_left is None else f"{offer.seats_left} left",
    )
    return ", ".join(filter(None, said))


def days(later: int) -> str:
    """`+1` for a landing on the day after, nothing for the same day."""
    return f" {later:+d}" if later else ""


def duration(minutes: int) -> str:
    return f"{minutes // 60}h{minutes % 60:02d}"


def _via(product: Itinerary) -> Iterator[str]:
    for part in product.slices:
        over = " ".join(segment.destination for segment in part.segments[:-1])
        yield f"{part.stops} ({over})" if over else "none"


def _sellers(offers: tuple[Offer, ...]) -> str:
    """Everybody once, the cheapest first."""
    return ", ".join(dict.fromkeys(offer.supplier for offer in offers))


def _age(head: SearchHead) -> str:
    old = "just fetched" if not head.age_seconds else f"{timedelta(seconds=head.age_seconds)} old"
    stale = ", being fetched anew" if head.freshness is Freshness.STALE else ""
    partial = ", not everybody has answered" if head.status is Status.PARTIAL else ""
    return f"{old}{stale}{partial}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
