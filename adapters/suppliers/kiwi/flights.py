"""Flight search: our question in Tequila's words, and its answer as offers."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded_together, each
from adapters.kit.failures import GiveUp
from adapters.suppliers.kiwi import wire
from adapters.suppliers.kiwi.timetable import CABINS, Direction, Leg, Timetable
from domain.flights import Itinerary
from domain.money import Money, smallest_unit
from domain.offers import ComponentKind, FlightConditions, FlightOffer, Offer, PriceComponent, adding_up, offer_id
from domain.places import Atlas
from domain.queries import FlightQuery
from domain.searches import Outcome

SLUG: Final = "kiwi"
LIVE_FOR: Final = timedelta(minutes=30)  # how long check_flights accepts a booking_token
CHARGED_IN: Final = "EUR"  # whatever is asked for; in any other money a search tells what nobody will be charged

_MOST_ITINERARIES: Final = "200"
_SEARCH: Final = msgspec.json.Decoder(wire.SearchReply[wire.Itinerary])
_SEARCH_APART: Final = msgspec.json.Decoder(wire.SearchReply[msgspec.Raw])
_ITINERARY: Final = msgspec.json.Decoder(wire.Itinerary)
_CABIN_LETTERS: Final = MappingProxyType({cabin: letter for letter, cabin in CABINS.items()})


def ask(query: FlightQuery) -> Call:
    """A bare LON would be the city and LHR may be one too, so every code says that it is an airport."""
    return Call(
        operation="search",
        path="/v2/search",
        params=(
            ("fly_from", f"airport:{query.origin}"),
            ("fly_to", f"airport:{query.destination}"),
            ("date_from", day(query.departure_date)),
            ("date_to", day(query.departure_date)),
            *_way_back(query),
            ("adults", str(query.adults)),
            ("children", str(query.children)),
            ("infants", str(query.infants)),
            ("selected_cabins", _CABIN_LETTERS[query.cabin]),
            ("curr", CHARGED_IN),
            ("vehicle_type", "aircraft"),
            ("sort", "price"),
            ("limit", _MOST_ITINERARIES),
        ),
    )


def _way_back(query: FlightQuery) -> tuple[tuple[str, str], ...]:
    if query.return_date is None:
        return ()
    # Without the last two the way back may begin and end at a neighbouring airport.
    return (
        ("return_from", day(query.return_date)),
        ("return_to", day(query.return_date)),
        ("ret_from_diff_airport", "0"),
        ("ret_to_diff_airport", "0"),
    )


def day(date_: date) -> str:
    """As searches write it: a booking writes 2027-03-01."""
    return f"{date_:%d/%m/%Y}"


def read(reply: Reply, _: Call, query: FlightQuery, atlas: Atlas) -> Readout[FlightOffer]:
    """An offer for each itinerary that is what was asked for. Raises GiveUp for a reply to another question."""
    answer = decoded_together(reply, _SEARCH, _SEARCH_APART)
    _check_question(answer, query)
    clerk = Clerk(_journey_asked(query), answer.currency, atlas, reply.received_at)
    offers, skipped = each(answer.data, _ITINERARY, clerk.offer, "data")
    return Readout(records=offers, skipped=skipped)


def _check_question(answer: wire.SearchReply[Any], query: FlightQuery) -> None:
    """A price for other travellers is a wrong price for every itinerary of the reply."""
    seats = answer.search_params.seats if answer.search_params else None
    for field in ("adults", "children", "infants"):
        told, asked = getattr(seats, field, None), getattr(query, field)
        if told is not None and told != asked:
            raise GiveUp(f"priced for {told} {field}, asked for {asked}", outcome=Outcome.ERROR)


class Clerk:
    """Writes the offers of one reply to a question about `asked`, one leg for each direction."""

    __slots__ = ("_asked", "_currency", "_received_at", "_timetable", "_until")

    def __init__(self, asked: tuple[Leg, ...], currency: str, atlas: Atlas, received_at: datetime) -> None:
        self._asked: Final = asked
        self._currency: Final = currency
        self._timetable: Final = Timetable(atlas)
        self._received_at: Final = received_at
        self._until: Final = received_at + LIVE_FOR

    def directions(self, route: list[msgspec.Raw]) -> tuple[Direction, ...]:
        """Raises ValueError naming the segment that can't be read."""
        return self._timetable.directions(route)

    def offer(self, told: wire.Itinerary) -> FlightOffer:
        """Raises ValueError, with the reason, for an itinerary that can't be sold as what was asked for."""
        return self.written(told, self._timetable.directions(told.route))

    def written(self, told: wire.Itinerary, directions: tuple[Direction, ...]) -> FlightOffer:
        """The offer of what flies these directions. Raises ValueError as `offer` does."""
        if not told.booking_token:
            raise ValueError("has no booking_token")
        if (journey := tuple([direction.leg for direction in directions])) != self._asked:
            raise ValueError(f"goes {_spoken(journey)}, asked for {_spoken(self._asked)}")
        flights = [flight for direction in directions for flight in direction.told]
        price = Money.of(told.price, self._currency)
        if price.amount <= 0:
            raise ValueError(f"costs {price}")
        return Offer(
            id=offer_id(SLUG, told.booking_token),
            supplier=SLUG,
            reference=told.booking_token,
            product=Itinerary(slices=tuple([direction.slice for direction in directions])),
            price=price,
            price_components=_components(price, told.price_dropdown),
            conditions=_conditions(told, flights),
            fetched_at=self._received_at,
            expires_at=self._until,
            seats_left=told.availability.seats if told.availability else None,
            supplier_extra=_extra(told, flights),
        )


def _journey_asked(query: FlightQuery) -> tuple[Leg, ...]:
    out = (query.origin, query.destination, query.departure_date)
    return (out, (query.destination, query.origin, query.return_date)) if query.return_date else (out,)


def _spoken(journey: tuple[Leg, ...]) -> str:
    return " then ".join(f"{origin}-{destination} on {day}" for origin, destination, day in journey) or "nowhere"


def _components(price: Money, told: wire.PriceDropdown | None) -> tuple[PriceComponent, ...]:
    """Fare and fees where they are on the price's own scale, nothing where they can't be parts of it."""
    if told is None or told.base_fare is None:
        return ()
    parts: tuple[PriceComponent, ...] = (
        PriceComponent(kind=ComponentKind.BASE_FARE, amount=Money.of(told.base_fare, price.currency)),
    )
    if told.fees:
        kind = ComponentKind.FEE if told.fees > 0 else ComponentKind.DISCOUNT
        parts = (*parts, PriceComponent(kind=kind, amount=Money.of(told.fees, price.currency)))
    left_open = price.amount - sum([part.amount.amount for part in parts])
    if not left_open:
        return parts
    return adding_up(price, parts) if abs(left_open) <= len(parts) * smallest_unit(price.currency) else ()


def _conditions(told: wire.Itinerary, flights: list[wire.Segment]) -> FlightConditions:
    bags = told.bags_price or {}
    families = dict.fromkeys([flight.fare_family for flight in flights if flight.fare_family])
    return FlightConditions(
        cabin_bags=_included(bags.get("hand")),
        checked_bags=_included(bags.get("1"), bags.get("2")),
        fare_family=" + ".join(families) or None,
        separate_tickets=told.pnr_count,
        connection_guaranteed=_guaranteed(flights),
    )


def _included(*prices: Decimal | None) -> int | None:
    """How many pieces cost nothing more, from the prices of one, of two, ...; None where the first is not told."""
    if prices[0] is None:
        return None
    for pieces, price in enumerate(prices):
        if price != 0:
            return pieces
    return len(prices)


def _guaranteed(flights: list[wire.Segment]) -> bool | None:
    """Whether Kiwi stands in for every connection that no carrier answers for; None: no such connection, or not told."""
    told = [flight.guarantee for flight in flights if flight.vi_connection]
    return None if not told or None in told else all(told)


# What the model has no place for -> under its own name, as text, where there is anything to tell.
_EXTRA: Final = (
    "quality",
    "deep_link",
    "facilitated_booking_available",
    "has_airport_change",
    "hidden_city_ticketing",
    "technical_stops",
    "throw_away_ticketing",
    "virtual_interlining",
)
_extra_values: Final = attrgetter(*_EXTRA)


def _extra(told: wire.Itinerary, flights: list[wire.Segment]) -> dict[str, str]:
    values = zip(_EXTRA, _extra_values(told), strict=True)
    extra = {name: "true" if value is True else str(value) for name, value in values if value}
    for pieces, price in (told.bags_price or {}).items():
        if price:
            extra[f"bags_price_{pieces}_eur"] = str(price)
    if told.baglimit and told.baglimit.hold_weight:
        extra["hold_weight_kg"] = str(told.baglimit.hold_weight)
    if True in [flight.bags_recheck_required for flight in flights]:
        extra["bags_recheck_required"] = "true"
    if strange := [letter for flight in flights if (letter := flight.fare_category) and letter not in CABINS]:
        extra["unknown_fare_category"] = ",".join(dict.fromkeys(strange))
    return extra
