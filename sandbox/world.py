"""The truth behind what the pretend suppliers sell: seeded flights over the real airports, fares and seats."""

import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sandbox.aircraft import CABINS
from sandbox.airports import AirportFact, airports
from sandbox.aviation.skies import Skies
from sandbox.books import Books
from sandbox.carriers import CARRIERS, AirlineFact
from sandbox.cars.desk import Cars
from sandbox.chance import generator
from sandbox.connections import Journey, journeys
from sandbox.currencies import RATES
from sandbox.fares import Fare, fares
from sandbox.hotels.directory import Hotels
from sandbox.network import trunk
from sandbox.outcomes import Outcomes
from sandbox.payments import Payments
from sandbox.seats import Seats
from sandbox.timetable import Timetable
from sandbox.webhooks import Webhooks

Clock = Callable[[], datetime]

_KEPT_JOURNEYS: Final = 1_500
_YEARS: Final = range(1990, 2100)  # nobody plans beyond; at the very ends of the calendar tomorrow does not exist
_JOURNEY_ID: Final = re.compile(r"(?P<origin>[A-Z]{3})(?P<destination>[A-Z]{3})(?P<day>\d{8})-[0-9a-f]{12}")


def utc_now() -> datetime:
    return datetime.now(UTC)


class World:
    """The same seed, pair and date give the same journeys in any process; prices follow the clock, seats also sales."""

    def __init__(
        self, *, seed: int, clock: Clock = utc_now, noise: float = 1.0, webhooks_to: str | None = None
    ) -> None:
        self.seed: Final = seed
        self.now: Final = clock
        self.airports: Final[Mapping[str, AirportFact]] = airports()
        self.airlines: Final[Mapping[str, AirlineFact]] = MappingProxyType(
            {iata: carrier.fact for iata, carrier in sorted(CARRIERS.items())}
        )
        trunk()  # the routes are laid now, not while the first search waits
        self.cars: Final = Cars(seed=seed, clock=clock)
        self.outcomes: Final = Outcomes()
        self.books: Final = Books(clock)
        self.payments: Final = Payments()
        self.webhooks: Final = Webhooks(clock, webhooks_to)
        self.hotels: Final = Hotels(seed=seed, noise=noise, now=clock)
        self._timetable: Final = Timetable(seed)
        self.aviation: Final = Skies(self._timetable, seed, clock)
        self._seats: Final = Seats(seed)
        self._journeys: Final = lru_cache(maxsize=_KEPT_JOURNEYS)(self._found)

    def journeys(self, origin: str, destination: str, day: date) -> tuple[Journey, ...]:
        """Everything that leaves `origin` on its local date `day`, also long ago; nothing from nowhere, or from A to A."""
        return self._journeys(origin, destination, day)

    def _found(self, origin: str, destination: str, day: date) -> tuple[Journey, ...]:
        if origin == destination or not {origin, destination} <= self.airports.keys() or day.year not in _YEARS:
            return ()
        return journeys(self._timetable, self.seed, origin, destination, day)

    def journey(self, journey_id: str) -> Journey | None:
        """The id tells between which places and when to look."""
        told = _JOURNEY_ID.fullmatch(journey_id)
        if told is None:
            return None
        try:
            day = datetime.strptime(told["day"], "%Y%m%d").replace(tzinfo=UTC).date()
        except ValueError:  # the thirtieth of February
            return None
        found = self.journeys(told["origin"], told["destination"], day)
        return next((journey for journey in found if journey.id == journey_id), None)

    def fares(self, journey: Journey, cabin: str) -> tuple[Fare, ...]:
        """For one adult, cheapest family first; nothing for a cabin the journey does not have, or once it has left."""
        return fares(journey, cabin, seed=self.seed, now=self.now(), seats=self._seats)

    def sell(self, journey_id: str, family: str, cabin: str, seats: int) -> bool:
        """Takes the seats away for everybody; False, and nothing taken, when there are not enough at that fare."""
        journey = self.journey(journey_id)
        if journey is None or seats < 1 or cabin not in CABINS:
            return False
        fare = next((fare for fare in self.fares(journey, cabin) if fare.family == family), None)
        if fare is None or fare.seats < seats:
            return False
        self._seats.take(journey.legs, cabin, seats)
        return True

    def rate(self, currency: str) -> Decimal | None:
        """Units of the currency for one euro."""
        return RATES.get(currency)

    def seed_for(self, *parts: object) -> random.Random:
        """Chance of one's own that is the same for the same seed and parts."""
        return generator(self.seed, *parts)
