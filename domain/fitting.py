"""Does an offer answer the question? Whatever a supplier does not honour is caught here."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from domain.flights import Slice
from domain.offers import FlightOffer, Offer, RentalOffer, StayOffer
from domain.places import great_circle_km
from domain.queries import CarQuery, FlightQuery, HotelQuery, Query


def misfit(query: Query, offer: Offer) -> str | None:
    """Why an offer is no answer to the query, None when it is one. Whatever it costs, and in which money, it may be one."""
    return _MISFITS[query.vertical](query, offer)


def _flight_misfit(query: FlightQuery, offer: FlightOffer) -> str | None:
    """A supplier that does not tell the cabin of a segment is believed; one that tells another cabin on every segment
    of a slice is not. (A short hop in economy within a business fare is what airlines sell.)
    """
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


def _stay_misfit(query: HotelQuery, offer: StayOffer) -> str | None:
    """Guests can't be seen in an offer; the number of rooms can. A place that is not told yet is not judged."""
    stay = offer.product
    if (stay.check_in, stay.check_out) != (query.check_in, query.check_out):
        return f"from {stay.check_in} to {stay.check_out}, asked for {query.check_in} to {query.check_out}"
    if (rooms := sum(room.count for room in offer.conditions.rooms)) != query.rooms:
        return f"{rooms} rooms, {query.rooms} asked for"
    if stay.property.location is not None:
        distance = great_circle_km(query.location, stay.property.location)
        if distance > query.radius_km:
            return f"{distance:.1f} km away, {query.radius_km} km asked for"
    return None


def _rental_misfit(query: CarQuery, offer: RentalOffer) -> str | None:
    rental = offer.product
    for what, told, asked in (
        ("picked up at", rental.pick_up.airport, query.pick_up),
        ("given back at", rental.drop_off.airport, query.drop_off),
        ("picked up on", rental.pick_up_at.replace(tzinfo=None), query.pick_up_at),
        ("given back on", rental.drop_off_at.replace(tzinfo=None), query.drop_off_at),
    ):
        if told != asked:
            return f"{what} {told}, asked for {asked}"
    youngest = offer.conditions.minimum_age
    if youngest is not None and youngest > query.driver_age:
        return f"for drivers from {youngest} on, asked for one of {query.driver_age}"
    return None


_MISFITS: Final[Mapping[str, Callable[[Any, Any], str | None]]] = MappingProxyType(
    {"flights": _flight_misfit, "hotels": _stay_misfit, "cars": _rental_misfit}
)
