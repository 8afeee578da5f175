"""What is asked for, checked: which car from which counter to which; what the world has for it, and which prices are kept."""

import hashlib
import re
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from adapters.suppliers.avis.sandbox.refusals import invalid, refused
from adapters.suppliers.avis.sandbox.worlds import SELLERS, World

_CODE: Final = re.compile(r"[A-Z0-9]{3,5}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_USUAL_AGE: Final = 30
_KEPT_FOR: Final = timedelta(minutes=30)
_MOST_KEPT: Final = 30_000
# What the world says -> the code that they have for it.
_REFUSALS: Final = {
    "no_counter": "225",
    "no_return_counter": "226",
    "in_the_past": "231",
    "too_long": "221",
    "too_young": "500708",
    "one_way": "22224",
    "closed": "242",
    "closed_at_return": "14261",
}


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """Times are the counters' own and naive."""

    brand: str
    pick_up: Any
    drop_off: Any
    pick_up_at: datetime
    drop_off_at: datetime
    age: int
    country: str

    @property
    def seller(self) -> str:
        return SELLERS[self.brand]


class Market:
    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._kept: Final[dict[str, tuple[Any, datetime]]] = {}

    def rental(
        self, brand: str, pick_up: str, drop_off: str, times: tuple[str, str], *, age: int | None, country: str
    ) -> Rental:
        """Raises Refused for what can't be rented at all."""
        if not _COUNTRY.fullmatch(country):
            raise refused("13213")
        stations = []
        for code, malformed, unknown in ((pick_up, "203", "225"), (drop_off, "205", "226")):
            if not _CODE.fullmatch(code):
                raise refused(malformed)
            station = self._world.cars.station_of(SELLERS[brand], code)
            if station is None:
                raise refused(unknown)
            stations.append(station)
        rental = Rental(
            brand=brand,
            pick_up=stations[0],
            drop_off=stations[1],
            pick_up_at=_moment(times[0], "pickup_date"),
            drop_off_at=_moment(times[1], "dropoff_date"),
            age=_USUAL_AGE if age is None else age,
            country=country,
        )
        self._check(rental)
        return rental

    def _check(self, rental: Rental) -> None:
        why = self._world.cars.refusal(*_asked(rental))
        if why == "too_short":
            raise refused("232" if rental.drop_off_at <= rental.pick_up_at else "14442")
        if why is not None:
            raise refused(_REFUSALS[why])

    def all(self, rental: Rental) -> tuple[Any, ...]:
        return self._world.cars.quotes(*_asked(rental))

    def one(self, rental: Rental, sipp: str, quote_id: str | None) -> Any:
        """The car as it is sold now, at the price that is kept for it. Raises Refused where none is left."""
        now = next((quote for quote in self.all(rental) if quote.acriss == sipp), None)
        if now is None:
            raise refused("223")
        kept, until = self._kept.get(quote_id or "", (None, None))
        same = kept is not None and _named(kept) == _named(now)
        return kept if same and until is not None and self._world.now() < until else now

    def keep(self, quote: Any) -> str:
        """The number under which this price is kept. They don't say for how long; here it is half an hour."""
        prices = [price.total for price in (quote.pay_later, quote.pay_now) if price is not None]
        words = "|".join(map(str, (*_named(quote), *prices, self._world.now().isoformat(timespec="seconds"))))
        digest = hashlib.blake2s(words.encode(), digest_size=14).hexdigest()
        quote_id = f"{digest[:12]}-{digest[12:21]}-{digest[21:]}"
        while len(self._kept) >= _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[quote_id] = quote, self._world.now() + _KEPT_FOR
        return quote_id

    def on_request(self, quote: Any) -> bool:
        """Of a few cars a person at the counter has to say whether they can be had."""
        return self._world.seed_for("on request", quote.seller, quote.pick_up, quote.acriss).random() < 0.04


def _asked(rental: Rental) -> tuple[str, Any, Any, datetime, datetime, int]:
    return (
        rental.seller,
        rental.pick_up,
        rental.drop_off,
        rental.pick_up_at,
        rental.drop_off_at,
        rental.age,
    )


def _named(quote: Any) -> tuple[object, ...]:
    return (quote.seller, quote.pick_up, quote.drop_off, quote.pick_up_at, quote.drop_off_at, quote.acriss)


def _moment(told: str, field: str) -> datetime:
    """Local, whatever stands behind the seconds: their own examples have a Z there that means nothing."""
    try:
        return datetime.fromisoformat(told).replace(tzinfo=None)
    except ValueError as error:
        raise invalid(f"Invalid element <{field}>.") from error


def age_told(age: object, born: object, now: datetime) -> int | None:
    """`age` overrules a date of birth. None where neither is told."""
    if age is not None:
        text = str(age)
        if not text.isascii() or not text.isdecimal():
            raise invalid("Invalid element <age>.")
        return int(text)
    if born is None:
        return None
    try:
        day = date.fromisoformat(str(born))
    except ValueError as error:
        raise invalid("Invalid element <date_of_birth>.") from error
    today = now.date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
