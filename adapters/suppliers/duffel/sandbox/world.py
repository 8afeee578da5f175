"""What the pretend Duffel needs to know of the world that it sells."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Protocol


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


class AirlineFact(Protocol):
    iata: str
    name: str


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
    fare_basis: str
    base_eur: Decimal
    taxes_eur: Decimal
    checked_bags: int
    cabin_bags: int
    refundable: bool
    changeable: bool
    seats: int


class Outcome(Protocol):
    """`seconds` is how long what passes lasts."""

    @property
    def name(self) -> str: ...
    @property
    def seconds(self) -> float | None: ...


class Outcomes(Protocol):
    def claim(self, supplier: str, operation: str, /) -> Outcome | None: ...


class World(Protocol):
    @property
    def airports(self) -> Mapping[str, Any]: ...
    @property
    def airlines(self) -> Mapping[str, Any]: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def books(self) -> Any: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    def journeys(self, origin: str, destination: str, day: date, /) -> tuple[Any, ...]: ...
    def fares(self, journey: Any, cabin: str, /) -> tuple[Any, ...]: ...
    def sell(self, journey_id: str, family: str, cabin: str, seats: int, /) -> bool: ...
    def rate(self, currency: str, /) -> Decimal | None: ...
    def seed_for(self, *parts: object) -> Random: ...
