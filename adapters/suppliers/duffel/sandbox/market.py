"""What can be sold for a search: flights of one airline's tickets, fares for the party, and what they cost now."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, pairwise, product
from typing import Any, Final

import msgspec

from adapters.suppliers.duffel.sandbox import house_airline
from adapters.suppliers.duffel.sandbox.scenarios import Scenario
from adapters.suppliers.duffel.sandbox.world import World

_BRANDS: Final = {"LIGHT": "Basic", "STANDARD": "Standard", "FLEX": "Flex", "BASIC": "Basic"}
_MOST_EACH_WAY, _MOST_COMBINED = 5, 150  # the cheapest of each airline and fare, and of all of them
_CHILD_SHARE, _INFANT_SHARE = Decimal("0.75"), Decimal("0.10")
_INFANT_BEFORE, _CHILD_BEFORE = 2, 12
_NO_DIGITS: Final = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
_THREE_DIGITS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Ages on the last day of travel, None for an adult."""

    ages: tuple[int | None, ...]

    @property
    def seats(self) -> int:
        return sum(not on_a_lap(age) for age in self.ages)


def on_a_lap(age: int | None) -> bool:
    return age is not None and age < _INFANT_BEFORE


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """From where to where, as airports, on which local day."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    day: date


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One slice as it is sold. `brand` is what the airline calls the fare."""

    journey: Any
    fare: Any
    cabin: str

    @property
    def owner(self) -> str:
        owner: str = self.journey.legs[0].carrier
        return owner

    @property
    def brand(self) -> str:
        family: str = self.fare.family
        return _BRANDS.get(family, family.title())

    def moved(self, later: timedelta) -> "Ticket":
        """The same, with every flight so much later."""
        if not later:
            return self
        legs = [
            Moved(
                **{name: getattr(leg, name) for name in _UNMOVED},
                departs=leg.departs + later,
                arrives=leg.arrives + later,
            )
            for leg in self.journey.legs
        ]
        return msgspec.structs.replace(self, journey=MovedJourney(id=self.journey.id, legs=tuple(legs)))


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A flight that the airline has moved to another time."""

    carrier: str
    number: int
    operating_carrier: str
    operating_number: int
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    aircraft: str


_UNMOVED: Final = tuple(name for name in Moved.__struct_fields__ if name not in ("departs", "arrives"))


class MovedJourney(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    legs: tuple[Moved, ...]


class Price(msgspec.Struct, frozen=True, kw_only=True):
    base: Decimal
    tax: Decimal
    currency: str

    @property
    def total(self) -> Decimal:
        return self.base + self.tax


class Market:
    """`returned` are seats of cancelled orders: they are sold again before those that the world still has."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._returned: Final[Counter[tuple[str, str]]] = Counter()

    def offers(
        self, ways: tuple[Way, ...], cabin: str, party: Party, *, connections: int, scenario: Scenario | None
    ) -> list[tuple[Ticket, ...]]:
        """Whole journeys, one ticket for each slice, all of them of one airline and fare."""
        each_way = [list(self._tickets(way, cabin, party, connections, scenario)) for way in ways]
        if len(ways) == 1:
            return [(ticket,) for ticket in each_way[0]]
        together = chain.from_iterable(_combined(each_way))
        return sorted(together, key=lambda tickets: sum(_cost(ticket)[0] for ticket in tickets))[:_MOST_COMBINED]

    def _tickets(
        self, way: Way, cabin: str, party: Party, connections: int, scenario: Scenario | None
    ) -> Iterator[Ticket]:
        for origin, destination in product(way.origins, way.destinations):
            for journey in self._world.journeys(origin, destination, way.day):
                if len(journey.legs) - 1 <= connections and len({leg.carrier for leg in journey.legs}) == 1:
                    for fare in self._world.fares(journey, cabin):
                        if fare.seats + self._returned[journey.id, cabin] >= party.seats:
                            yield Ticket(journey=journey, fare=fare, cabin=cabin)
            if scenario is not None and {origin, destination} <= self._world.airports.keys():
                yield from self._own_tickets(origin, destination, way.day, cabin, scenario)

    def _own_tickets(
        self, origin: str, destination: str, day: date, cabin: str, scenario: Scenario
    ) -> Iterator[Ticket]:
        airports = self._world.airports
        for journey in house_airline.journeys(airports, origin, destination, day, scenario):
            chance = self._world.seed_for(house_airline.NAME, journey.id)
            for fare in house_airline.fares(airports, journey, cabin, scenario, chance):
                yield Ticket(journey=journey, fare=fare, cabin=cabin)

    def now(self, ticket: Ticket, party: Party) -> Ticket | None:
        """The same at today's fare; None where it is sold out."""
        if ticket.owner == house_airline.CODE:
            return ticket
        fares = self._world.fares(ticket.journey, ticket.cabin)
        fare = next((fare for fare in fares if fare.family == ticket.fare.family), None)
        returned = self._returned[ticket.journey.id, ticket.cabin]
        if fare is None or fare.seats + returned < party.seats:
            return None
        return msgspec.structs.replace(ticket, fare=fare)

    def price(self, tickets: tuple[Ticket, ...], party: Party, currency: str) -> Price:
        """Everybody's fares together; raises LookupError for a currency that nobody changes money into."""
        rate = self._world.rate(currency)
        if rate is None:
            raise LookupError(currency)
        base = tax = Decimal(0)
        for ticket in tickets:
            markup = self._markup(ticket.owner)
            for age in party.ages:
                base += ticket.fare.base_eur * markup * _share(age)
                tax += ticket.fare.taxes_eur * (not on_a_lap(age))
        return Price(base=rounded(base * rate, currency), tax=rounded(tax * rate, currency), currency=currency)

    def _markup(self, owner: str) -> Decimal:
        """What an airline gives one seller it may not give another."""
        if owner == house_airline.CODE:
            return Decimal(1)
        return Decimal(97 + self._world.seed_for("duffel", "markup", owner).randrange(9)) / 100

    def take(self, tickets: tuple[Ticket, ...], party: Party) -> bool:
        """All seats of all slices, or none."""
        if any(self.now(ticket, party) is None for ticket in tickets):
            return False
        for ticket in tickets:
            if ticket.owner == house_airline.CODE:
                continue
            again = min(self._returned[ticket.journey.id, ticket.cabin], party.seats)
            self._returned[ticket.journey.id, ticket.cabin] -= again
            if party.seats > again:
                self._world.sell(ticket.journey.id, ticket.fare.family, ticket.cabin, party.seats - again)
        return True

    def give_back(self, tickets: tuple[Ticket, ...], party: Party) -> None:
        for ticket in tickets:
            self._returned[ticket.journey.id, ticket.cabin] += party.seats


def _combined(each_way: list[list[Ticket]]) -> Iterator[Iterator[tuple[Ticket, ...]]]:
    """By airline and fare, which are the same for all slices of a journey."""
    for kind in dict.fromkeys((ticket.owner, ticket.brand) for ticket in each_way[0]):
        alike = [[ticket for ticket in tickets if (ticket.owner, ticket.brand) == kind] for tickets in each_way]
        cheapest = [sorted(tickets, key=_cost)[:_MOST_EACH_WAY] for tickets in alike]
        yield (tickets for tickets in product(*cheapest) if _in_order(tickets))


def _cost(ticket: Ticket) -> tuple[Decimal, str]:
    cost: Decimal = ticket.fare.base_eur + ticket.fare.taxes_eur
    return cost, ticket.journey.id


def _in_order(tickets: tuple[Ticket, ...]) -> bool:
    """Nobody flies back before having landed."""
    return all(
        before.journey.legs[-1].arrives.timestamp() < after.journey.legs[0].departs.timestamp()
        for before, after in pairwise(tickets)
    )


def _share(age: int | None) -> Decimal:
    if age is None or age >= _CHILD_BEFORE:
        return Decimal(1)
    return _INFANT_SHARE if age < _INFANT_BEFORE else _CHILD_SHARE


def rounded(amount: Decimal, currency: str) -> Decimal:
    digits = 0 if currency in _NO_DIGITS else 3 if currency in _THREE_DIGITS else 2
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
