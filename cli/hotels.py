"""A hotel search as people read it: properties cheapest first."""

from typing import Final

from rich.table import Table

from api.hotels.answers import HotelSearchAnswer, Property, StayOffer
from cli.found import Words, cost, price, refund, said, sellers, sheet

WORDS: Final = Words(one="property", many="properties", none="Nobody has a room there.")


def table(answer: HotelSearchAnswer) -> Table:
    """One row for each property, with its cheapest offer."""
    shown = sheet(
        "Property",
        "Stars",
        "Rating",
        "Away",
        "Room",
        "Conditions",
        "Sold by",
        wrap=("Property", "Room", "Conditions", "Sold by"),
    )
    for result in answer.results:
        cheapest, told = result.offers[0], result.product.property
        shown.add_row(
            cost(cheapest),
            told.name or "",
            "" if told.stars is None else f"{told.stars:g}",
            rating(told),
            "" if result.distance_km is None else f"{result.distance_km:.1f} km",
            rooms(cheapest),
            conditions(cheapest),
            sellers(result.offers),
        )
    return shown


def rating(told: Property) -> str:
    """`8.7 (1,204)`, the guests' score and how many of them gave it."""
    if told.rating is None:
        return ""
    return f"{told.rating:.1f}" if told.reviews is None else f"{told.rating:.1f} ({told.reviews:,})"


def rooms(offer: StayOffer) -> str:
    return ", ".join(room.name if room.count == 1 else f"{room.count} x {room.name}" for room in offer.conditions.rooms)


def conditions(offer: StayOffer) -> str:
    """What the supplier says, and only that; what is paid at the desk is in the price."""
    terms = offer.conditions
    on_site = [part for part in offer.price_components if part.on_site]
    return said(
        (
            None if terms.board is None else terms.board.replace("_", " "),
            refund(terms.refundable, terms.cancellation),
            f"of it {' + '.join(price(part.due or part.amount) for part in on_site)} on site" if on_site else None,
            None if terms.rooms_left is None else f"{terms.rooms_left} left",
        )
    )
