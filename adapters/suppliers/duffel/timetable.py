"""The flights of one reply in aware times: hundreds of offers share a few dozen pairs of them."""

from datetime import datetime, timedelta
from itertools import product
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from adapters.suppliers.duffel import wire
from domain.flights import Itinerary, Segment, Slice
from domain.places import Atlas
from domain.queries import Cabin
from domain.times import ClocksDisagree, at_airport, elapsed

_CABINS: Final = MappingProxyType({str(cabin): cabin for cabin in Cabin})

Flight = tuple[str, str, datetime, datetime, timedelta | None]


class Timetable:
    """Reads slices against the airports that we know, and remembers their clocks for as long as the reply is read."""

    __slots__ = ("_atlas", "_moments")

    def __init__(self, atlas: Atlas) -> None:
        self._atlas: Final = atlas
        self._moments: Final[dict[Flight, tuple[datetime, datetime]]] = {}

    def itinerary(self, slices: list[wire.Slice]) -> Itinerary:
        """Raises ValueError for flights that can't be read or flown in this order."""
        return Itinerary(slices=tuple([self._slice(told) for told in slices]))

    def _slice(self, told: wire.Slice) -> Slice:
        return Slice(segments=tuple([self._segment(segment) for segment in told.segments]))

    def _segment(self, told: wire.Segment) -> Segment:
        origin, destination = told.origin.iata_code, told.destination.iata_code
        carrier, number = told.marketing_carrier, told.marketing_carrier_flight_number.lstrip("0")
        if not carrier.iata_code or not number:
            raise ValueError(f"{origin}-{destination} of {carrier.name} has no flight number")
        departs_at, arrives_at = self._times(told)
        seated = told.passengers[0] if told.passengers else wire.SeatedPassenger()
        operating = told.operating_carrier
        return Segment(
            origin=origin,
            destination=destination,
            departs_at=departs_at,
            arrives_at=arrives_at,
            carrier=carrier.iata_code,
            number=number,
            operating_carrier=(operating.iata_code if operating else None) or None,
            operating_number=(told.operating_carrier_flight_number or "").lstrip("0") or None,
            cabin=_cabin(told),
            fare_basis=seated.fare_basis_code or None,
            aircraft=(told.aircraft.iata_code if told.aircraft else None) or None,
        )

    def _times(self, told: wire.Segment) -> tuple[datetime, datetime]:
        key = told.origin.iata_code, told.destination.iata_code, told.departing_at, told.arriving_at, told.duration
        if (known := self._moments.get(key)) is None:
            departures = _readings(told.departing_at, self._zone(told.origin))
            arrivals = _readings(told.arriving_at, self._zone(told.destination))
            known = self._moments[key] = _matching(departures, arrivals, told.duration)
        return known

    def _zone(self, port: wire.Port) -> ZoneInfo:
        """Ours; theirs for an airport that we do not know."""
        if (zone := self._atlas.zone(port.iata_code)) is not None:
            return zone
        try:
            return ZoneInfo(port.time_zone or "")
        except (OSError, KeyError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError, folders an OSError
            raise ValueError(f"{port.iata_code!r} is not an airport that we know") from error


def _matching(
    departures: tuple[datetime, ...], arrivals: tuple[datetime, ...], duration: timedelta | None
) -> tuple[datetime, datetime]:
    """The pair that lies the flight's duration apart; the first reading of both clocks where none does.

    Only the hour that autumn repeats has two readings. Durations are not believed beyond that: airlines round them.
    """
    pairs = list(product(departures, arrivals))
    return next((pair for pair in pairs if elapsed(*pair) == duration), pairs[0])


def _readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    first = at_airport(local, zone)
    try:
        second = at_airport(local, zone, utc=local.replace(tzinfo=zone, fold=1))
    except ClocksDisagree:  # a time that spring skips
        return (first,)
    return (first,) if first == second else (first, second)


def _cabin(told: wire.Segment) -> Cabin | None:
    """None where it is not told, not known, or not the same for everybody."""
    cabins = {seated.cabin_class for seated in told.passengers}
    return _CABINS.get(cabins.pop() or "") if len(cabins) == 1 else None
