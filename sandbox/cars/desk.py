"""What the suppliers that rent out cars ask the world: where the counters are, what a car costs, is one left."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sandbox.cars.counters import Station, StationListing
from sandbox.cars.fleet import Fleet
from sandbox.cars.offers import quotes
from sandbox.cars.places import station, stations, stations_in
from sandbox.cars.quotes import CarQuote
from sandbox.cars.rental import Rental, refusal
from sandbox.cars.sellers import area_of, listing


class Cars:
    """The same seed gives the same counters and fleets in any process; prices follow the clock, cars left also sales."""

    def __init__(self, *, seed: int, clock: Callable[[], datetime]) -> None:
        self._seed: Final = seed
        self._now: Final = clock
        self._fleet: Final = Fleet(seed)

    def stations(self, airport: str) -> tuple[Station, ...]:
        """In the terminal, a shuttle bus away and downtown; () where cars can't be rented or nothing flies."""
        return stations(airport, self._seed)

    def station(self, station_id: str) -> Station | None:
        return station(station_id, self._seed)

    def listed(self, seller: str, station: Station) -> StationListing | None:
        """None where the seller has no counter."""
        return listing(seller, station, self._seed)

    def station_of(self, seller: str, code: str) -> Station | None:
        """By the seller's short or long code of its counter there."""
        area = area_of(code)
        for place in stations_in(area, self._seed) if area else ():
            counter = self.listed(seller, place)
            if counter is not None and code in (counter.code, counter.long_code):
                return place
        return None

    def refusal(  # noqa: PLR0917  # asked like `quotes`, which has the order in which people say it
        self,
        seller: str,
        pick_up: Station,
        drop_off: Station,
        pick_up_at: datetime,
        drop_off_at: datetime,
        driver_age: int,
    ) -> str | None:
        """Why this seller quotes nothing, however many cars it has: one of `rental.REFUSALS`; None where it would."""
        return refusal(self._rental(seller, pick_up, drop_off, (pick_up_at, drop_off_at), driver_age), self._now())

    def quotes(  # noqa: PLR0917  # from whom, from where, to where, from when, to when, for whom
        self,
        seller: str,
        pick_up: Station,
        drop_off: Station,
        pick_up_at: datetime,
        drop_off_at: datetime,
        driver_age: int,
    ) -> tuple[CarQuote, ...]:
        """Cheapest first, only what is left. Times are naive, local to the two stations; () also where it is refused."""
        rental = self._rental(seller, pick_up, drop_off, (pick_up_at, drop_off_at), driver_age)
        return quotes(rental, now=self._now(), fleet=self._fleet)

    def take(self, seller: str, station_id: str, acriss: str, pick_up_at: datetime, drop_off_at: datetime) -> bool:
        """One car of the class for the time of the rental; False, and nothing taken, where none is left."""
        place = self.station(station_id)
        return place is not None and self._fleet.take(
            seller=seller, place=place, acriss=acriss, pick_up_at=pick_up_at, drop_off_at=drop_off_at, now=self._now()
        )

    def give_back(self, seller: str, station_id: str, acriss: str, pick_up_at: datetime, drop_off_at: datetime) -> bool:
        """A car that was taken for exactly that time; False where none was."""
        place = self.station(station_id)
        return place is not None and self._fleet.give_back(seller, place, acriss, pick_up_at, drop_off_at)

    def _rental(
        self, seller: str, pick_up: Station, drop_off: Station, times: tuple[datetime, datetime], driver_age: int
    ) -> Rental:
        pick_up_at, drop_off_at = times
        return Rental(
            seed=self._seed,
            seller=seller,
            pick_up=pick_up,
            drop_off=drop_off,
            counter=self.listed(seller, pick_up),
            return_counter=self.listed(seller, drop_off),
            pick_up_at=pick_up_at,
            drop_off_at=drop_off_at,
            driver_age=driver_age,
        )
