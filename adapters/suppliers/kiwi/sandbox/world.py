"""What the pretend Tequila needs to know of the world that it sells."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final, Protocol

SELLER: Final = "kiwi"


class AirportFact(Protocol):
    iata: str
    icao: str | None
    name: str
    city: str
    city_code: str | None
    country: str
    timezone: str
    latitude: float
    longitude: float


class Leg(Protocol):
    """Times are aware, each in the zone of its own airport."""

    carrier: str
    number: int
    operating_carrier: str
    operating_number: int
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    aircraft: str


class Journey(Protocol):
    id: str
    legs: tuple[Leg, ...]


class Fare(Protocol):
    """For one adult, in euros."""

    family: str
    booking_class: str
    fare_basis: str
    base_eur: Decimal
    taxes_eur: Decimal
    checked_bags: int
    cabin_bags: int
    seats: int


class Outcome(Protocol):
    @property
    def name(self) -> str: ...


class Outcomes(Protocol):
    def claim(self, supplier: str, operation: str, /) -> Outcome | None: ...


class World(Protocol):
    @property
    def airports(self) -> Mapping[str, Any]: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def books(self) -> Any: ...

    def now(self) -> datetime: ...
    def journeys(self, origin: str, destination: str, day: date, /) -> tuple[Any, ...]: ...
    def journey(self, journey_id: str, /) -> Any: ...
    def fares(self, journey: Any, cabin: str, /) -> tuple[Any, ...]: ...
    def sell(self, journey_id: str, family: str, cabin: str, seats: int, /) -> bool: ...
    def rate(self, currency: str, /) -> Decimal | None: ...
    def seed_for(self, *parts: object) -> Random: ...


def wished(world: World, operation: str) -> str | None:
    """What this call was ordered from outside to end in, if anything."""
    outcome = world.outcomes.claim(SELLER, operation)
    return outcome.name if outcome else None
