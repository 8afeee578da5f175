"""Counters where a car can be picked up, as suppliers tell of them, and the airports that have some."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api import answers, wishes
from api.calls import Asked, Reply, reply
from api.cars.answers import Counter
from api.cars.present import counter
from api.found import ASK_AGAIN_SECONDS, bearings
from api.params import Nothing, Reading
from api.present import airport as shown_airport
from api.problems import supplier_failed, unavailable
from api.search.index import Kind
from api.services import Services
from api.wishes import Wait
from domain.cars import RentalPlace
from domain.enquiries import RentalPlaceEnquiry
from domain.places import Airport
from domain.queries import Fault

_LISTED: Final = "public, max-age=300"


class LocationWishes(msgspec.Struct, frozen=True, kw_only=True):
    """An airport, whose counters are told; or a name, for which airports are."""

    airport: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="IATA airport code.", examples=["LHR"])] | None = (
        None
    )
    query: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=100,
                description="A code or a name, or the beginning of one; small mistakes are forgiven.",
                examples=["heatrhow"],
            ),
        ]
        | None
    ) = None
    limit: Annotated[int, Meta(ge=1, le=50, description="How many airports to answer with at most.")] = 10
    wait: Wait = 2.5


class PickUpLocation(msgspec.Struct, frozen=True, kw_only=True):
    """An airport. `counters` is null where nobody was asked for them: ask for the airport by its code.

    `supplier` is who told of them at `told_at`; others may have counters of their own, which a search shows.
    """

    airport: answers.Airport
    counters: tuple[Counter, ...] | None
    supplier: str | None
    told_at: answers.Instant | None


class PickUpLocations(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[PickUpLocation, ...]


def faults(read: "Reading[Any]", services: Services) -> Iterator[Fault]:
    """One of the two, and an airport that we know."""
    if read.faults:
        return
    taken: LocationWishes = read.made()
    if (taken.airport is None) is (taken.query is None):
        yield Fault(field="airport", detail="tell either an airport or a query")
    atlas = bearings(services).atlas
    if taken.airport is not None and len(atlas):
        yield from wishes.airport_faults("airport", taken.airport, atlas)


async def locations(services: Services, asked: Asked[LocationWishes, Nothing]) -> Reply:
    """A supplier is asked about an airport at most once a day; a name costs nobody a call."""
    if asked.query.airport is not None:
        return await _counters(services, asked, asked.query.airport)
    index, known = services.gazetteer.index, services.catalogue.contents
    if index is None or known is None:
        raise unavailable("The airports are still being loaded.")
    found = index.found(asked.query.query or "", limit=asked.query.limit, kinds=(Kind.AIRPORT,))
    airports = (known.atlas.airport(one.entry.id) for one in found)
    answer = PickUpLocations(data=tuple(_without_counters(one) for one in airports if one is not None))
    return reply(services, asked, answer, cache_control=_LISTED)


async def _counters(services: Services, asked: Asked[LocationWishes, Nothing], code: str) -> Reply:
    airport = bearings(services).atlas.airport(code)
    if airport is None:
        raise unavailable("The airports are still being loaded.")
    told = await services.enquiring.answer(RentalPlaceEnquiry(airport=code), wait=asked.query.wait)
    if told is None:
        here = f"{asked.path}?{asked.visited[1].decode()}"
        headers = (("Location", here), ("Retry-After", str(ASK_AGAIN_SECONDS)))
        return reply(services, asked, PickUpLocations(data=(_without_counters(airport),)), status=202, headers=headers)
    if told.told_at is None:
        raise supplier_failed(told.reports)
    place = PickUpLocation(
        airport=shown_airport(airport),
        counters=tuple(counter(one) for one in told.of(RentalPlace)),
        supplier=told.supplier,
        told_at=told.told_at,
    )
    return reply(services, asked, PickUpLocations(data=(place,)), cache_control=_LISTED)


def _without_counters(airport: Airport) -> PickUpLocation:
    return PickUpLocation(airport=shown_airport(airport), counters=None, supplier=None, told_at=None)
