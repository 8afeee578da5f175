"""Does an offer answer the question? Whatever a supplier does not honour is caught here."""

from datetime import date

from domain.flights import Slice
from domain.offers import Offer
from domain.queries import FlightQuery


def misfit(query: FlightQuery, offer: Offer) -> str | None:
    """Why an offer is no answer to the query, None when it is one.

    A supplier that does not tell the cabin of a segment is believed; one that tells another cabin on every segment
    of a slice is not. (A short hop in economy within a business fare is what airlines sell.)
    """
    if offer.price.currency != query.currency:
        return f"priced in {offer.price.currency}, asked for in {query.currency}"
    wanted = _slices(query)
    slices = offer.product.slices
    if len(slices) != len(wanted):
        return f"{len(slices)} slices, {len(wanted)} asked for"
    for part, (origin, destination, day) in zip(slices, wanted, strict=True):
        if (part.origin, part.destination) != (origin, destination):
            return f"goes {part.origin}-{part.destination}, asked for {origin}-{destination}"
        if part.departs_at.date() != day:
            return f"leaves {part.origin} on {part.departs_at.date()}, asked for {day}"
        if _another_cabin(part, query):
            return f"{part.origin}-{part.destination} has no segment in {query.cabin}"
    return None


def _slices(query: FlightQuery) -> tuple[tuple[str, str, date], ...]:
    out = (query.origin, query.destination, query.departure_date)
    if query.return_date is None:
        return (out,)
    return out, (query.destination, query.origin, query.return_date)


def _another_cabin(part: Slice, query: FlightQuery) -> bool:
    told = [segment.cabin for segment in part.segments]
    return query.cabin not in told and None not in told
