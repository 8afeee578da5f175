"""What the pretend Avis Budget Group wants to know of the world, and under which name each of its brands rents out there."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Any, Final, Protocol

SUPPLIER: Final = "avis"
SELLERS: Final[Mapping[str, str]] = MappingProxyType({"Avis": SUPPLIER, "Budget": "budget", "Payless": "payless"})


class Cars(Protocol):
    def stations(self, airport: str, /) -> tuple[Any, ...]: ...
    def station_of(self, seller: str, code: str, /) -> Any: ...
    def listed(self, seller: str, station: Any, /) -> Any: ...

    def refusal(  # noqa: PLR0917 -- in the order in which the world wants to be asked
        self,
        seller: str,
        pick_up: Any,
        drop_off: Any,
        pick_up_at: datetime,
        drop_off_at: datetime,
        driver_age: int,
        /,
    ) -> str | None: ...

    def quotes(  # noqa: PLR0917 -- as above
        self,
        seller: str,
        pick_up: Any,
        drop_off: Any,
        pick_up_at: datetime,
        drop_off_at: datetime,
        driver_age: int,
        /,
    ) -> tuple[Any, ...]: ...

    def take(
        self, seller: str, station_id: str, acriss: str, pick_up_at: datetime, drop_off_at: datetime, /
    ) -> bool: ...
    def give_back(
        self, seller: str, station_id: str, acriss: str, pick_up_at: datetime, drop_off_at: datetime, /
    ) -> bool: ...


class Outcomes(Protocol):
    def claim(self, supplier: str, operation: str, /) -> Any: ...


class World(Protocol):
    @property
    def airports(self) -> Mapping[str, Any]: ...
    @property
    def cars(self) -> Cars: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def books(self) -> Any: ...
    def now(self) -> datetime: ...
    def rate(self, currency: str, /) -> Decimal | None: ...
    def seed_for(self, *parts: object) -> Random: ...
