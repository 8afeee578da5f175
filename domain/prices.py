"""Prices that were seen: what they were asked for, and which of two prices at different times are of one and the same rate."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.cars import Rental
from domain.flights import Itinerary
from domain.hotels import Stay
from domain.offers import FlightOffer, Offer, RentalOffer, StayOffer
from domain.queries import CarQuery, FlightQuery, HotelQuery, Query
from domain.searches import Result, Search

_KEY_BYTES: Final = 16


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One price as its supplier told it, in the supplier's own currency.

    `subject` is what one would ask for again: a route, a property or a rental, with dates and party. `rate` is one thing
    on sale on its own terms, and stays the same when the supplier is asked again. `days_ahead` is how many days later
    the journey begins; `acriss` is the class of a car.
    """

    seen_at: datetime
    days_ahead: int
    subject: bytes
    rate: bytes
    supplier: str
    vertical: str
    amount: Decimal
    currency: str
    acriss: str | None
    search_id: str


def observations(search: Search) -> Iterator[Observation]:
    """Every price of a search once.

    Offers that nothing but the price tells apart are told apart by their place among them, the cheapest first: when it
    sells out, the price of that place has risen, which is what a traveller sees.
    """
    question = subject(
        search.query, hotel_id=""
    ).hex()  # a property keeps its rates when it becomes part of another hotel
    for result in search.results:
        asked = subject(search.query, hotel_id=result.id)
        for alike, words in _alike(result):
            for place, offer in enumerate(sorted(alike, key=_cheapest)):
                yield _observation(search, offer, asked, _key("rate", question, words, place))


def subject(query: Query, *, hotel_id: str) -> bytes:
    """What is asked for, whatever the currency: two searches with the same subject see prices of the same things."""
    return _SUBJECTS[type(query)](query, hotel_id)


def flight_subject(query: FlightQuery) -> bytes:
    """The route, its dates, the cabin and who travels."""
    party = (str(query.adults), str(query.children), str(query.infants))
    return _key(
        "flights", query.origin, query.destination, query.departure_date, query.return_date, query.cabin, *party
    )


def stay_subject(query: HotelQuery, hotel_id: str) -> bytes:
    """The property, wherever one looked for it, the nights and the party."""
    party = (query.rooms, query.adults, *query.children_ages)
    return _key("hotels", hotel_id, query.check_in, query.check_out, query.market, *party)


def rental_subject(query: CarQuery) -> bytes:
    """The airports, the times, and the driver's age and country; the class of the car is told beside it."""
    times = (query.pick_up_at.isoformat(), query.drop_off_at.isoformat())
    return _key("cars", query.pick_up, query.drop_off, *times, query.driver_age, query.market)


_SUBJECTS: Final[Mapping[type[Any], Callable[[Any, str], bytes]]] = MappingProxyType(
    {
        FlightQuery: lambda query, _: flight_subject(query),
        HotelQuery: stay_subject,
        CarQuery: lambda query, _: rental_subject(query),
    }
)


def _alike(result: Result) -> Iterable[tuple[list[Offer], str]]:
    """Offers by all that is told of them but the price."""
    groups: defaultdict[str, list[Offer]] = defaultdict(list)
    for offer in result.offers:
        groups[_rate_words(offer)].append(offer)
    return ((same, words) for words, same in groups.items())


def _rate_words(offer: Offer) -> str:
    """What a supplier calls the same when it is asked again. A booking class is left out: it is how a fare's price moves."""
    return _words(offer.supplier, offer.price.currency, *_TERMS[type(offer.product)](offer))


def _fare(offer: FlightOffer) -> tuple[object, ...]:
    terms = offer.conditions
    flown = (
        (segment.flight, segment.origin, segment.destination, segment.departs_at.date(), segment.cabin)
        for segment in offer.product.segments
    )
    bags = (terms.cabin_bags, terms.checked_bags)
    return (*flown, terms.fare_family, *bags, terms.refundable, terms.changeable, terms.separate_tickets)


def _room(offer: StayOffer) -> tuple[object, ...]:
    terms = offer.conditions
    rooms = ((room.count, room.code or room.name) for room in terms.rooms)
    return (offer.product.property.id, *rooms, terms.board, terms.refundable, terms.rate_plan, *sorted(terms.payment))


def _car(offer: RentalOffer) -> tuple[object, ...]:
    rental, terms = offer.product, offer.conditions
    counters = (rental.pick_up.code, rental.drop_off.code)
    covered = sorted(one.code for one in terms.coverages if one.included)
    unlimited = None if terms.mileage is None else terms.mileage.unlimited
    return (
        rental.vendor,
        rental.car.acriss,
        *counters,
        unlimited,
        terms.refundable,
        terms.fuel_policy,
        *sorted(terms.payment),
        *covered,
    )


_TERMS: Final[Mapping[type[Any], Callable[[Any], tuple[object, ...]]]] = MappingProxyType(
    {Itinerary: _fare, Stay: _room, Rental: _car}
)


def _observation(search: Search, offer: Offer, asked: bytes, rate: bytes) -> Observation:
    return Observation(
        seen_at=offer.fetched_at,
        days_ahead=(search.query.begins_on - offer.fetched_at.date()).days,
        subject=asked,
        rate=rate,
        supplier=offer.supplier,
        vertical=search.query.vertical,
        amount=offer.price.amount,
        currency=offer.price.currency,
        acriss=offer.product.car.acriss if isinstance(offer.product, Rental) else None,
        search_id=search.id,
    )


def _cheapest(offer: Offer) -> tuple[Decimal, str]:
    return offer.price.amount, offer.id


def _key(*parts: object) -> bytes:
    """The words as sixteen bytes, spread evenly: any share of all keys is a fair sample."""
    return hashlib.blake2b(_words(*parts).encode(), digest_size=_KEY_BYTES).digest()


def _words(*parts: object) -> str:
    return "\x1f".join("" if part is None else str(part) for part in parts)
