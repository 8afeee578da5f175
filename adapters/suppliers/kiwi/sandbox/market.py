"""What is there to sell: tickets for a party on a day, and seats that are taken, held and given back."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from itertools import chain, product
from typing import Any, Final

import msgspec

from adapters.suppliers.kiwi.sandbox.params import unprocessable
from adapters.suppliers.kiwi.sandbox.trips import Party, Ticket
from adapters.suppliers.kiwi.sandbox.world import Fare, Journey, World

_MOST_ROUTES: Final = 120  # pairs of airports times days, for one question
CABINS: Final = {"M": "economy", "W": "premium_economy", "C": "business", "F": "first"}


class Hold(msgspec.Struct, kw_only=True, eq=False):
    """Seats of one booking. They go back at `ends`; None: they are paid for."""

    seats: Counter[tuple[str, str]]
    ends: datetime | None


class Market:
    """`returned` are seats that nobody paid for: they are sold again before those that the world still has."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._returned: Final[Counter[tuple[str, str]]] = Counter()
        self._held: Final[list[Hold]] = []

    def tickets(
        self,
        origins: tuple[str, ...],
        destinations: tuple[str, ...],
        days: tuple[date, ...],
        party: Party,
        tests: list[Callable[[Any], bool]],
    ) -> list[Ticket]:
        """For everybody together. Raises a refusal for a question that is too wide."""
        self._give_back()
        routes = [(start, end, day) for start, end, day in product(origins, destinations, days) if start != end]
        if len(routes) > _MOST_ROUTES:
            raise unprocessable(f"{len(routes)} routes and days are more than this sandbox searches at once")
        now = self._world.now()
        journeys = chain.from_iterable(self._world.journeys(*route) for route in routes)
        fitting = (
            journey
            for journey in journeys
            if journey.legs[0].departs > now and all(test(journey.legs) for test in tests)
        )
        return [
            Ticket(journey=journey, fare=fare)
            for journey in fitting
            for fare in self._world.fares(journey, CABINS[party.cabin])
            if self._left(journey, fare, party.cabin) >= max(party.seats, 1)
        ]

    def still(self, journey_id: str, family: str, party: Party) -> Ticket | None:
        """The ticket of a journey in a fare, if there are seats for everybody and it has not left."""
        self._give_back()
        journey = self._world.journey(journey_id)
        if journey is None or journey.legs[0].departs <= self._world.now():
            return None
        fares = self._world.fares(journey, CABINS[party.cabin])
        fare = next((fare for fare in fares if fare.family == family), None)
        if fare is None or self._left(journey, fare, party.cabin) < party.seats:
            return None
        return Ticket(journey=journey, fare=fare)

    def take(self, tickets: tuple[Ticket, ...], party: Party, *, until: datetime) -> Hold:
        """All of these seats, which `still` are there."""
        hold = Hold(seats=Counter(), ends=until)
        for ticket in tickets:
            key = ticket.journey.id, party.cabin
            again = min(self._returned[key], party.seats)
            self._returned[key] -= again
            if party.seats > again:
                self._world.sell(ticket.journey.id, ticket.fare.family, CABINS[party.cabin], party.seats - again)
            hold.seats[key] += party.seats
        self._held.append(hold)
        return hold

    def keep(self, hold: Hold) -> None:
        """It is paid for."""
        hold.ends = None
        self._held.remove(hold)

    def _left(self, journey: Journey, fare: Fare, cabin: str) -> int:
        return fare.seats + self._returned[journey.id, cabin]

    def _give_back(self) -> None:
        now = self._world.now()
        for hold in [hold for hold in self._held if hold.ends is not None and hold.ends <= now]:
            self._held.remove(hold)
            self._returned.update(hold.seats)
