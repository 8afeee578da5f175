"""A flight search as people read it: journeys cheapest first."""

from collections.abc import Iterator
from typing import Final

from rich.table import Table

from api.flights.answers import FlightOffer, FlightSearchAnswer, Itinerary
from cli.found import Words, cost, lines, refund, said, sellers, sheet

WORDS: Final = Words(one="journey", many="journeys", none="Nobody sells this journey.")


def table(answer: FlightSearchAnswer) -> Table:
    """One row for each journey, with its cheapest offer; a return journey has a line for each direction."""
    shown = sheet("Flights", "Leaves", "Lands", "Under way", "Stops", "Conditions", "Sold by", wrap=("Conditions",))
    for result in answer.results:
        cheapest, product = result.offers[0], result.product
        shown.add_row(
            cost(cheapest),
            lines(" ".join(segment.flight for segment in part.segments) for part in product.slices),
            lines(f"{part.origin} {part.departs_at:%H:%M}" for part in product.slices),
            lines(f"{part.destination} {part.arrives_at:%H:%M}{days(part.days_later)}" for part in product.slices),
            lines(duration(part.duration_minutes) for part in product.slices),
            lines(_via(product)),
            conditions(cheapest),
            sellers(result.offers),
        )
    return shown


def conditions(offer: FlightOffer) -> str:
    """What the supplier says, and only that."""
    terms = offer.conditions
    return said(
        (
            terms.fare_family,
            refund(terms.refundable, terms.cancellation),
            {True: "changeable", False: "not changeable", None: None}[terms.changeable],
            None
            if terms.checked_bags is None
            else f"{terms.checked_bags or 'no'} checked bag{'s'[: terms.checked_bags != 1]}",
            f"{terms.separate_tickets} separate tickets" if (terms.separate_tickets or 1) > 1 else None,
            None if offer.seats_left is None else f"{offer.seats_left} left",
        )
    )


def days(later: int) -> str:
    """`+1` for a landing on the day after, nothing for the same day."""
    return f" {later:+d}" if later else ""


def duration(minutes: int) -> str:
    return f"{minutes // 60}h{minutes % 60:02d}"


def _via(product: Itinerary) -> Iterator[str]:
    for part in product.slices:
        over = " ".join(segment.destination for segment in part.segments[:-1])
        yield f"{part.stops} ({over})" if over else "none"
