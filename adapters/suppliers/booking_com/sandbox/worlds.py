"""What the pretend Demand API wants of the world, and the name under which it sells there."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Protocol

SELLER: Final = "booking_com"

_DIGITS: Final = {  # behind the point, two where nothing is said
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class Hotels(Protocol):
    def near(self, latitude: float, longitude: float, radius_km: float, /) -> tuple[Any, ...]: ...
    def in_city(self, code: str, /) -> tuple[Any, ...]: ...
    def by_id(self, hotel_id: str, /) -> Any: ...
    def listings(self, seller: str, hotels: Any, /) -> tuple[Any, ...]: ...
    def listed(self, seller: str, listing_id: int, /) -> Any: ...
    def city(self, code: str, /) -> Any: ...
    def city_id(self, seller: str, city_code: str, /) -> int | None: ...
    def city_of(self, seller: str, city_id: int, /) -> Any: ...
    def rates(
        self, hotel: Any, check_in: date, check_out: date, parties: Sequence[Any], seller: str, /
    ) -> tuple[Any, ...]: ...
    def take(self, hotel_id: str, room_code: str, check_in: date, check_out: date, rooms: int, /) -> bool: ...
    def give_back(self, hotel_id: str, room_code: str, check_in: date, check_out: date, rooms: int, /) -> bool: ...


class Cars(Protocol):
    def stations(self, airport: str, /) -> tuple[Any, ...]: ...
    def listed(self, seller: str, station: Any, /) -> Any: ...
    def quotes(  # noqa: PLR0917  # the world asks for them in the order in which people say it
        self, seller: str, pick_up: Any, drop_off: Any, pick_up_at: datetime, drop_off_at: datetime, driver_age: int, /
    ) -> tuple[Any, ...]: ...


class Outcomes(Protocol):
    def claim(self, supplier: str, operation: str, /) -> Any: ...


class World(Protocol):
    @property
    def airports(self) -> Mapping[str, Any]: ...
    @property
    def hotels(self) -> Hotels: ...
    @property
    def cars(self) -> Cars: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def books(self) -> Any: ...
    @property
    def now(self) -> Any: ...
    def rate(self, currency: str, /) -> Decimal | None: ...


def rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-_DIGITS.get(currency, 2)), ROUND_HALF_UP)


class Exchange:
    """From euros, in which the world counts, into one currency; every amount is rounded by itself."""

    def __init__(self, world: World, currency: str) -> None:
        rate = world.rate(currency)
        if rate is None:
            raise LookupError(currency)
        self.currency: Final = currency
        self._rate: Final = rate

    def __call__(self, eur: Decimal) -> Decimal:
        return rounded(eur * self._rate, self.currency)


def claimed(world: World, operation: str) -> Any:
    """What somebody ordered this call to end in, None where nobody did."""
    return world.outcomes.claim(SELLER, operation)
