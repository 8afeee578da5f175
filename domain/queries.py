"""What a traveller asks for: one value per question, one canonical key per value."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from domain.ids import short_id
from domain.money import EXPONENTS
from domain.places import is_iata_airport

MOST_TRAVELLERS: Final = 9  # what every supplier that sells flights takes in one search


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


# Hotels and cars join this union with their own tag; everything that takes a Query takes them too.
Query = FlightQuery


def _flight_faults(query: FlightQuery) -> Iterator[Fault]:
    for field, code in (("origin", query.origin), ("destination", query.destination)):
        if not is_iata_airport(code):
            yield Fault(field=field, detail=f"{code!r} is not an IATA airport code: three capital letters, such as LHR")
    if query.origin == query.destination:
        yield Fault(field="destination", detail="is the same airport as the origin")
    if query.return_date is not None and query.return_date < query.departure_date:
        yield Fault(field="return_date", detail=f"is before the departure on {query.departure_date}")
    if query.currency not in EXPONENTS:
        yield Fault(field="currency", detail=f"{query.currency!r} is not an ISO 4217 currency")
    yield from _party_faults(query)


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
