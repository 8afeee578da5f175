"""What a journey costs now: fare families by cabin, from distance, season, weekday, time to departure and the market."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from sandbox.aircraft import BY_CODE
from sandbox.airports import airports, distance_km
from sandbox.carriers import CARRIERS, Kind
from sandbox.chance import pick
from sandbox.connections import Journey
from sandbox.seats import Seats
from sandbox.timetable import Leg


class Fare(msgspec.Struct, frozen=True, kw_only=True):
    """For one adult, in euros and cents; the ticket costs `base_eur` and `taxes_eur` together.

    `seats` is how many are left now at this fare, 0 when it is sold out. Bags are pieces in the price.
    """

    family: str
    cabin: str
    booking_class: str
    fare_basis: str
    base_eur: Decimal
    taxes_eur: Decimal
    checked_bags: int
    cabin_bags: int
    refundable: bool
    changeable: bool
    seats: int


class _Family(msgspec.Struct, frozen=True, kw_only=True):
    """`held_back` is the share of the cabin, in per cent, that is not sold at this fare."""

    name: str
    factor: Decimal
    held_back: int
    refundable: bool
    changeable: bool


_FAMILIES: Final = (
    _Family(name="LIGHT", factor=Decimal("0.78"), held_back=15, refundable=False, changeable=False),
    _Family(name="STANDARD", factor=Decimal("1.00"), held_back=5, refundable=False, changeable=True),
    _Family(name="FLEX", factor=Decimal("1.55"), held_back=0, refundable=True, changeable=True),
)
_CABIN_FACTOR: Final = {
    "economy": Decimal(1),
    "premium_economy": Decimal("1.75"),
    "business": Decimal("3.1"),
    "first": Decimal("5.4"),
}
_BOOKING_CLASS: Final = {
    "economy": {"LIGHT": "O", "STANDARD": "M", "FLEX": "Y"},
    "premium_economy": {"LIGHT": "T", "STANDARD": "E", "FLEX": "W"},
    "business": {"LIGHT": "I", "STANDARD": "D", "FLEX": "J"},
    "first": {"LIGHT": "A", "STANDARD": "P", "FLEX": "F"},
}
# cabin -> checked bags by family, cabin bags
_BAGS: Final = {
    "economy": ({"LIGHT": 0, "STANDARD": 1, "FLEX": 1}, 1),
    "premium_economy": ({"LIGHT": 1, "STANDARD": 2, "FLEX": 2}, 1),
    "business": ({"LIGHT": 1, "STANDARD": 2, "FLEX": 2}, 2),
    "first": ({"LIGHT": 3, "STANDARD": 3, "FLEX": 3}, 2),
}

_MINIMUM_EUR: Final = Decimal(19)
# (kilometres of this stretch, euros for each): the longer, the cheaper
_PER_KM: Final = (
    (500, Decimal("0.135")),
    (1_500, Decimal("0.080")),
    (4_000, Decimal("0.050")),
    (20_000, Decimal("0.046")),
)
# at least so many days ahead -> factor
_AHEAD: Final = (
    (90, Decimal("0.90")),
    (45, Decimal("0.96")),
    (21, Decimal("1.05")),
    (14, Decimal("1.18")),
    (7, Decimal("1.42")),
    (3, Decimal("1.75")),
    (1, Decimal("2.10")),
    (0, Decimal("2.40")),
)
_WEEKDAY: Final = tuple(map(Decimal, ("1.00", "0.93", "0.92", "1.00", "1.14", "1.02", "1.15")))  # Monday first
_MONTH: Final = (
    *map(Decimal, ("0.88", "0.88", "0.94", "1.02", "1.00", "1.08")),
    *map(Decimal, ("1.22", "1.24", "1.02", "0.98", "0.90", "1.12")),
)
_KIND: Final = {Kind.NETWORK: Decimal(1), Kind.LOW_COST: Decimal("0.62"), Kind.REGIONAL: Decimal("1.15")}
_PER_STOP: Final = Decimal("0.93")  # who changes planes pays less
_CENT: Final = Decimal("0.01")

# country of departure -> euros of tax on a short and on a long journey
_LONG_KM: Final = 3_500
_TAXES: Final = {
    "GB": (Decimal("15.20"), Decimal("104.30")),
    "DE": (Decimal("15.53"), Decimal("70.83")),
    "FR": (Decimal("12.40"), Decimal("45.80")),
    "NL": (Decimal("29.40"), Decimal("29.40")),
    "AT": (Decimal("12.00"), Decimal("12.00")),
    "CH": (Decimal("14.70"), Decimal("21.30")),
    "US": (Decimal("5.20"), Decimal("28.60")),
    "AU": (Decimal("6.10"), Decimal("42.70")),
    "IN": (Decimal("4.80"), Decimal("16.90")),
    "JP": (Decimal("6.30"), Decimal("24.10")),
    "BR": (Decimal("5.90"), Decimal("37.50")),
}
_TAXES_ELSEWHERE: Final = (Decimal("8.90"), Decimal("27.60"))
_PER_DEPARTURE: Final = (Decimal("7.35"), Decimal("18.90"))  # passenger and security charges, by size of airport
_FRONT_CABINS_TAXED: Final = frozenset({"premium_economy", "business", "first"})

_SALE_CLOSES: Final = timedelta(minutes=45)
_STEP_SECONDS: Final = 600
_TIDE_STEPS: Final = 36
_TIDE_PERCENT: Final = 6


def fares(journey: Journey, cabin: str, *, seed: int, now: datetime, seats: Seats) -> tuple[Fare, ...]:
    """Cheapest family first; nothing for a cabin that the journey does not have, or when sale has closed."""
    before = journey.departs - now
    if before < _SALE_CLOSES or not _has(journey, cabin):
        return ()
    common = _common_price(journey, cabin, seed=seed, days=before.days)
    left = min(seats.left(leg, cabin, now) for leg in journey.legs)
    capacity = min(seats.capacity(leg, cabin) for leg in journey.legs)
    return tuple(
        Fare(
            family=family.name,
            cabin=cabin,
            booking_class=_BOOKING_CLASS[cabin][family.name],
            fare_basis=_fare_basis(journey, cabin, family),
            base_eur=(common * family.factor * _market(journey, cabin, family, seed=seed, now=now)).quantize(
                _CENT, ROUND_HALF_UP
            ),
            taxes_eur=_taxes(journey, cabin),
            checked_bags=_BAGS[cabin][0][family.name],
            cabin_bags=_BAGS[cabin][1],
            refundable=family.refundable,
            changeable=family.changeable,
            seats=max(0, left - capacity * family.held_back // 100),
        )
        for family in _FAMILIES
    )


def _has(journey: Journey, cabin: str) -> bool:
    """The longest leg decides: nobody buys first class for the feeder. Low-cost airlines have one cabin."""
    longest = _longest(journey)
    if CARRIERS[longest.operating_carrier].kind is Kind.LOW_COST:
        return cabin == "economy"
    return cabin in BY_CODE[longest.aircraft].seats


def _longest(journey: Journey) -> Leg:
    return max(journey.legs, key=lambda leg: distance_km(leg.origin, leg.destination))


def _common_price(journey: Journey, cabin: str, *, seed: int, days: int) -> Decimal:
    """Before the family and the market of the moment."""
    leaves = journey.departs.date()
    price = _by_distance(int(distance_km(journey.origin, journey.destination)))
    price *= _CABIN_FACTOR[cabin] * _KIND[CARRIERS[_longest(journey).operating_carrier].kind]
    price *= next(factor for at_least, factor in _AHEAD if days >= at_least)
    price *= _WEEKDAY[leaves.weekday()] * _MONTH[leaves.month - 1] * _PER_STOP ** (len(journey.legs) - 1)
    return price * (85 + pick(36, seed, "yield", journey.id)) / 100


def _by_distance(km: int) -> Decimal:
    price, remaining = _MINIMUM_EUR, km
    for stretch, euros in _PER_KM:
        price += min(stretch, remaining) * euros
        remaining = max(0, remaining - stretch)
    return price


def _market(journey: Journey, cabin: str, family: _Family, *, seed: int, now: datetime) -> Decimal:
    """A factor that wanders within six per cent, one per cent at a time, and holds still in between.

    Every ten minutes it may take a step on the way from one tide to the next; journeys turn at different times.
    """
    words = ("tide", journey.id, cabin, family.name)
    step = int(now.timestamp()) // _STEP_SECONDS + pick(_TIDE_STEPS, seed, "phase", *words)
    tide, into = divmod(step, _TIDE_STEPS)
    one, other = (pick(2 * _TIDE_PERCENT + 1, seed, *words, number) - _TIDE_PERCENT for number in (tide, tide + 1))
    percent = (one * (_TIDE_STEPS - into) + other * into) // _TIDE_STEPS
    return Decimal(100 + percent) / 100


def _taxes(journey: Journey, cabin: str) -> Decimal:
    is_long = distance_km(journey.origin, journey.destination) > _LONG_KM
    tax = _TAXES.get(airports()[journey.origin].country, _TAXES_ELSEWHERE)[is_long]
    if cabin in _FRONT_CABINS_TAXED:
        tax *= 2
    return tax + sum(_departure_charges(journey), Decimal(0))


def _departure_charges(journey: Journey) -> Iterator[Decimal]:
    for leg in journey.legs:
        yield _PER_DEPARTURE[BY_CODE[leg.aircraft].range_km > 10_000]


def _fare_basis(journey: Journey, cabin: str, family: _Family) -> str:
    """Booking class, season, weekend or not, one way, family, country of sale: OLXOWLGB."""
    leaves: date = journey.departs.date()
    season = "H" if _MONTH[leaves.month - 1] > 1 else "L"
    weekend = "W" if leaves.weekday() in (4, 6) else "X"
    country = airports()[journey.origin].country
    return f"{_BOOKING_CLASS[cabin][family.name]}{season}{weekend}OW{family.name[0]}{country}"
