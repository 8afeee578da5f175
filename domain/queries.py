"""What a traveller asks for: one value per question, one canonical key per value."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.ids import short_id
from domain.money import EXPONENTS
from domain.places import Point, is_iata_airport

MOST_TRAVELLERS: Final = 9  # what every supplier that sells flights takes in one search
MOST_NIGHTS: Final = 28  # what every supplier that sells hotels takes in one search
MOST_ROOMS: Final = 8
MOST_GUESTS: Final = 32
FARTHEST_KM: Final = 100
LONGEST_RENTAL_DAYS: Final = 90


class Cabin(StrEnum):
    ECONOMY = "economy"
    PREMIUM_ECONOMY = "premium_economy"
    BUSINESS = "business"
    FIRST = "first"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a question: the field's name and a sentence."""

    field: str
    detail: str


class InvalidQuery(ValueError):
    """The question makes no sense in travel terms; `faults` names every field at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.detail}" for fault in faults))
        self.faults: Final = faults


class FlightQuery(msgspec.Struct, frozen=True, kw_only=True, tag="flights", tag_field="vertical"):
    """One-way, or return where `return_date` is set. Dates are local at the place of departure.

    Raises InvalidQuery naming all faults.
    """

    origin: str
    destination: str
    departure_date: date
    return_date: date | None = None
    adults: int = 1
    children: int = 0
    infants: int = 0
    cabin: Cabin = Cabin.ECONOMY
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if faults := tuple(_flight_faults(self)):
            raise InvalidQuery(faults)

    @property
    def vertical(self) -> str:
        return "flights"

    @property
    def begins_on(self) -> date:
        """The local date on which the journey begins."""
        return self.departure_date

    @property
    def travellers(self) -> int:
        return self.adults + self.children + self.infants

    @property
    def key(self) -> str:
        """Same question, same key: every field in a fixed order."""
        return "|".join(
            (
                "flights",
                self.origin,
                self.destination,
                self.departure_date.isoformat(),
                self.return_date.isoformat() if self.return_date else "",
                f"{self.adults}.{self.children}.{self.infants}",
                self.cabin,
                self.currency,
            )
        )

    @property
    def id(self) -> str:
        return short_id(self.key)


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who shares one room."""

    adults: int
    children_ages: tuple[int, ...] = ()


class HotelQuery(msgspec.Struct, frozen=True, kw_only=True, tag="hotels", tag_field="vertical"):
    """Properties within `radius_km` of a point. Dates are local there; `adults` and `children_ages` are all guests.

    `market` is the country (ISO 3166-1 alpha-2) where the guests live: prices differ by it.
    Raises InvalidQuery naming all faults.
    """

    location: Point
    check_in: date
    check_out: date
    radius_km: int = 15
    rooms: int = 1
    adults: int = 2
    children_ages: tuple[int, ...] = ()
    currency: str = "EUR"
    market: str = "DE"

    def __post_init__(self) -> None:
        if faults := tuple(_hotel_faults(self)):
            raise InvalidQuery(faults)

    @property
    def vertical(self) -> str:
        return "hotels"

    @property
    def begins_on(self) -> date:
        """The local date on which the journey begins."""
        return self.check_in

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days

    @property
    def parties(self) -> tuple[Party, ...]:
        """The guests spread over the rooms, the larger parties first: five adults in two rooms are three and two."""
        each, more = divmod(self.adults, self.rooms)
        return tuple(
            Party(adults=each + (room < more), children_ages=self.children_ages[room :: self.rooms])
            for room in range(self.rooms)
        )

    @property
    def key(self) -> str:
        """Same question, same key; two points within ten metres are the same place."""
        return "|".join(
            (
                "hotels",
                f"{self.location.latitude:.4f},{self.location.longitude:.4f}",
                str(self.radius_km),
                self.check_in.isoformat(),
                self.check_out.isoformat(),
                f"{self.rooms}.{self.adults}.{','.join(map(str, self.children_ages))}",
                self.currency,
                self.market,
            )
        )

    @property
    def id(self) -> str:
        return short_id(self.key)


class CarQuery(msgspec.Struct, frozen=True, kw_only=True, tag="cars", tag_field="vertical"):
    """A car from one airport's counter to another's, or back to the same. Times are local there and have no offset.

    `market` is the country (ISO 3166-1 alpha-2) where the driver lives. Raises InvalidQuery naming all faults.
    """

    pick_up: str
    drop_off: str
    pick_up_at: datetime
    drop_off_at: datetime
    driver_age: int = 30
    currency: str = "EUR"
    market: str = "DE"

    def __post_init__(self) -> None:
        if faults := tuple(_car_faults(self)):
            raise InvalidQuery(faults)

    @property
    def vertical(self) -> str:
        return "cars"

    @property
    def begins_on(self) -> date:
        """The local date on which the journey begins."""
        return self.pick_up_at.date()

    @property
    def key(self) -> str:
        return "|".join(
            (
                "cars",
                self.pick_up,
                self.drop_off,
                self.pick_up_at.isoformat(timespec="minutes"),
                self.drop_off_at.isoformat(timespec="minutes"),
                str(self.driver_age),
                self.currency,
                self.market,
            )
        )

    @property
    def id(self) -> str:
        return short_id(self.key)


Query = FlightQuery | HotelQuery | CarQuery


def _flight_faults(query: FlightQuery) -> Iterator[Fault]:
    for field, code in (("origin", query.origin), ("destination", query.destination)):
        if not is_iata_airport(code):
            yield Fault(field=field, detail=f"{code!r} is not an IATA airport code: three capital letters, such as LHR")
    if query.origin == query.destination:
        yield Fault(field="destination", detail="is the same airport as the origin")
    if query.return_date is not None and query.return_date < query.departure_date:
        yield Fault(field="return_date", detail=f"is before the departure on {query.departure_date}")
    yield from _currency_faults(query)
    yield from _party_faults(query)


def _currency_faults(query: Query) -> Iterator[Fault]:
    if query.currency not in EXPONENTS:
        yield Fault(field="currency", detail=f"{query.currency!r} is not an ISO 4217 currency")


def _party_faults(query: FlightQuery) -> Iterator[Fault]:
    if not 1 <= query.adults <= MOST_TRAVELLERS:
        yield Fault(field="adults", detail=f"must be 1 to {MOST_TRAVELLERS}")
    for field, count in (("children", query.children), ("infants", query.infants)):
        if not 0 <= count < MOST_TRAVELLERS:
            yield Fault(field=field, detail=f"must be 0 to {MOST_TRAVELLERS - 1}")
    if query.travellers > MOST_TRAVELLERS:
        yield Fault(field="adults", detail=f"no more than {MOST_TRAVELLERS} travellers fit into one search")
    if query.infants > max(query.adults, 0):
        yield Fault(field="infants", detail="each infant sits on an adult's lap: there are more infants than adults")


def _hotel_faults(query: HotelQuery) -> Iterator[Fault]:
    if query.check_out <= query.check_in:
        yield Fault(field="check_out", detail=f"is not after the arrival on {query.check_in}")
    elif query.nights > MOST_NIGHTS:
        yield Fault(field="check_out", detail=f"no more than {MOST_NIGHTS} nights fit into one search")
    if not 1 <= query.radius_km <= FARTHEST_KM:
        yield Fault(field="radius_km", detail=f"must be 1 to {FARTHEST_KM}")
    if not 1 <= query.rooms <= MOST_ROOMS:
        yield Fault(field="rooms", detail=f"must be 1 to {MOST_ROOMS}")
    if not max(1, query.rooms) <= query.adults <= MOST_GUESTS:
        yield Fault(field="adults", detail=f"must be one for each room at least, and {MOST_GUESTS} at most")
    if any(not 0 <= age <= 17 for age in query.children_ages):
        yield Fault(field="children_ages", detail="a child is 0 to 17 years old")
    if query.adults <= MOST_GUESTS < query.adults + len(query.children_ages):
        yield Fault(field="children_ages", detail=f"no more than {MOST_GUESTS} guests fit into one search")
    yield from _currency_faults(query)
    yield from _market_faults(query)


def _car_faults(query: CarQuery) -> Iterator[Fault]:
    for field, code in (("pick_up", query.pick_up), ("drop_off", query.drop_off)):
        if not is_iata_airport(code):
            yield Fault(field=field, detail=f"{code!r} is not an IATA airport code: three capital letters, such as LHR")
    for field, moment in (("pick_up_at", query.pick_up_at), ("drop_off_at", query.drop_off_at)):
        if moment.tzinfo is not None:
            yield Fault(field=field, detail="is local time at the counter: write it without an offset")
            return
        if moment.second or moment.microsecond:
            yield Fault(field=field, detail="counts in whole minutes")
    rented = query.drop_off_at - query.pick_up_at
    if rented.total_seconds() <= 0 and query.pick_up == query.drop_off:
        yield Fault(field="drop_off_at", detail=f"is not after the pick-up at {query.pick_up_at.isoformat()}")
    elif not 0 <= rented.days < LONGEST_RENTAL_DAYS:
        yield Fault(field="drop_off_at", detail=f"a rental ends after it begins and within {LONGEST_RENTAL_DAYS} days")
    if not 18 <= query.driver_age <= 99:
        yield Fault(field="driver_age", detail="must be 18 to 99")
    yield from _currency_faults(query)
    yield from _market_faults(query)


def _market_faults(query: HotelQuery | CarQuery) -> Iterator[Fault]:
    if not (len(query.market) == 2 and query.market.isascii() and query.market.isalpha() and query.market.isupper()):
        yield Fault(field="market", detail=f"{query.market!r} is not a country: two capital letters, such as DE")
