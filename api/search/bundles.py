"""Hotel, car and flight for one trip: everybody is asked at once, and the best parts are put together."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec

from api import answers, paging, present
from api.calls import Asked, Reply, reply
from api.cars.answers import RentalOfferDetails
from api.cars.views import decoded
from api.flights.answers import FlightOfferDetails
from api.found import ASK_AGAIN_SECONDS, atlas_of, bearings
from api.hotels.answers import StayOfferDetails
from api.hotels.views import whole_stars
from api.memory import Held
from api.params import Nothing
from api.problems import Flaw, invalid
from api.search import trips
from api.search.trips import BundleWishes
from api.services import Services
from api.verticals import selling
from api.wishes import Bearings
from domain import bundles
from domain.bundles import Bundle, Ground, Part
from domain.cars import Rental
from domain.flights import Itinerary
from domain.hotels import Stay
from domain.money import EXPONENTS
from domain.offers import Offer
from domain.queries import CarQuery, HotelQuery, InvalidQuery, Query
from domain.searches import ANSWERED, Status
from storage.endings import ended

_SORT: Final = "price"
# Of each part so many, no more than two of them alike as long as there are others.
_FLIGHTS, _STAYS, _CARS, _ALIKE = 4, 8, 4, 2


class TripPart(msgspec.Struct, frozen=True, kw_only=True):
    """One search that the bundles are made of. `missing` are the suppliers that have not answered, and why."""

    search: answers.SearchHead
    missing: tuple[answers.SupplierReport, ...]


class TripBundle(msgspec.Struct, frozen=True, kw_only=True):
    """`price` is what all parts cost together, `parts_price` what they cost bought one by one, `saving` the difference.

    No saving is made up: it is nothing unless a supplier asks less for a part because of another one. All three are in
    the currency that was asked for; each part has its own price, in which it is charged, and its own conditions.
    """

    id: str
    price: answers.Money
    parts_price: answers.Money
    saving: answers.Money
    flight: FlightOfferDetails | None
    hotel: StayOfferDetails
    car: RentalOfferDetails


class TripBundles(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is `complete` when every supplier of every part has answered."""

    status: Status
    searches: tuple[TripPart, ...]
    bundles: tuple[TripBundle, ...]
    page: answers.Page


async def search(services: Services, asked: Asked[BundleWishes, Nothing]) -> Reply:
    """Flights, stays and cars are searched for at once. The cheapest of each, of several kinds, make the bundles."""
    atlas_of(services)
    outing = _Outing(services, asked.query, bearings(services))
    found = await outing.found()
    rows = [(_units(bundle), bundle.id, bundle) for bundle in found]
    page = paging.page(rows, sort=_SORT, after=_after(asked.query.cursor), limit=asked.query.limit)
    parts = outing.parts()
    status = _status(parts)
    answer = TripBundles(
        status=status,
        searches=parts,
        bundles=tuple(_shown(bundle) for bundle in page.items),
        page=answers.Page(next=page.next, total=page.total),
    )
    headers: tuple[tuple[str, str], ...] = ()
    if not found and outing.under_way:
        place = f"{asked.path}?{asked.visited[1].decode()}"
        headers = (("Location", place), ("Retry-After", str(ASK_AGAIN_SECONDS)))
        return reply(services, asked, answer, status=202, headers=headers)
    if page.next is not None:
        headers = (("Link", paging.link(paging.link_before(asked.path, asked.pairs), page.next)),)
    return reply(services, asked, answer, headers=headers)


class _Outing:
    """One trip while its parts are searched for; a question that several parts have is asked once."""

    def __init__(self, services: Services, taken: BundleWishes, told: Bearings) -> None:
        self._services: Final = services
        self._taken: Final = taken
        self._bearings: Final = told
        self._trip: Final = trips.trip_of(taken)
        self._until: Final = asyncio.get_running_loop().time() + taken.wait
        self._asked: Final[dict[Query, asyncio.Task[Held | None]]] = {}

    async def found(self) -> tuple[Bundle, ...]:
        """What can be put together by the time that was given. Raises StorageDown."""
        try:
            chosen = await self._flights()
            journeys = [None] if chosen is None else [_journey(part.offer) for part in chosen]
            for journey in journeys:
                for question in (self._stay(journey), self._car(journey)):
                    self._ask(question)
            await asyncio.gather(*self._asked.values())
        finally:
            await ended(task for task in self._asked.values() if not task.done())
        return bundles.combined(
            chosen,
            lambda journey: self._chosen(self._stay(journey), _of_stay, _STAYS),
            lambda journey: self._chosen(self._car(journey), _of_car, _CARS),
        )

    @property
    def under_way(self) -> bool:
        return any(held is None or not held.search.ended for held in map(_known, self._asked.values()))

    def parts(self) -> tuple[TripPart, ...]:
        """In the order in which they were asked."""
        now = self._services.clock()
        return tuple(_part(query, _known(task), now) for query, task in self._asked.items())

    async def _flights(self) -> tuple[Part, ...] | None:
        """None for a trip without. Until they are known, the stay that most of them will lead to is asked for."""
        query = trips.flights(self._taken)
        if query is None:
            return None
        flying = self._ask(query)
        guess = msgspec.structs.replace(self._trip, check_in=self._taken.check_in)
        self._ask(self._stay_in(bundles.ground(guess, None, now=self._now())))
        await asyncio.gather(*flying)
        return self._chosen(query, _of_flight, _FLIGHTS)

    def _ask(self, query: Query | None) -> Iterable["asyncio.Task[Held | None]"]:
        if query is None:
            return ()
        if query not in self._asked:
            left = max(0.0, self._until - asyncio.get_running_loop().time())
            self._asked[query] = asyncio.create_task(self._services.searching.answer(query, wait=left))
        return (self._asked[query],)

    def _chosen(self, query: Query | None, kind: Callable[[Any], Hashable], most: int) -> tuple[Part, ...]:
        """The cheapest offer of each result, as far as suppliers have answered."""
        held = None if query is None else _known(self._asked[query])
        if held is None:
            return ()
        parts = (_sold(result.offers[0]) for result in held.search.results if result.offers[0].bookable)
        return bundles.varied(parts, lambda part: kind(part.offer), most=most, of_each=_ALIKE)

    def _stay(self, journey: Itinerary | None) -> HotelQuery | None:
        return self._stay_in(bundles.ground(self._trip, journey, now=self._now()))

    def _stay_in(self, ground: Ground | None) -> HotelQuery | None:
        """None where nobody can sleep there so long."""
        with suppress(InvalidQuery):
            return None if ground is None else trips.stays(self._taken, ground, self._bearings)
        return None

    def _car(self, journey: Itinerary | None) -> CarQuery | None:
        """None where nobody can drive there so long."""
        ground = bundles.ground(self._trip, journey, now=self._now())
        with suppress(InvalidQuery):
            return None if ground is None else trips.cars(self._taken, ground, self._bearings)
        return None

    def _now(self) -> datetime:
        """On the clocks of the destination."""
        zone = self._bearings.atlas.zone(self._taken.destination)
        return self._bearings.now.astimezone(zone).replace(tzinfo=None)


def _known(task: "asyncio.Task[Held | None]") -> Held | None:
    return task.result() if task.done() and not task.cancelled() else None


def _sold(offer: Offer) -> Part:
    """No supplier asks less of those who buy something else too, so a part costs in a bundle what it costs alone."""
    return Part(offer=offer, price=offer.shown_price, alone=offer.shown_price)


def _of_flight(offer: Offer) -> Hashable:
    journey = _journey(offer)
    return journey.segments[0].carrier, journey.stops


def _of_stay(offer: Offer) -> Hashable:
    assert isinstance(offer.product, Stay)
    return whole_stars(offer.product.property)


def _of_car(offer: Offer) -> Hashable:
    assert isinstance(offer.product, Rental)
    told = decoded(offer.product.car.acriss)
    return None if told is None else told.category


def _journey(offer: Offer) -> Itinerary:
    assert isinstance(offer.product, Itinerary)
    return offer.product


def _units(bundle: Bundle) -> int:
    return int(bundle.price.amount.scaleb(EXPONENTS[bundle.price.currency]))


def _after(cursor: str | None) -> paging.Place | None:
    """Raises Problem (422) for a cursor of another list."""
    try:
        return None if cursor is None else paging.place_of(cursor, sort=_SORT)
    except paging.BadCursor as error:
        raise invalid([Flaw(parameter="cursor", detail=str(error))]) from error


def _part(query: Query, held: Held | None, now: datetime) -> TripPart:
    if held is None:
        return TripPart(search=present.not_begun(query), missing=())
    missing = (report for report in held.search.suppliers if report.status not in ANSWERED)
    return TripPart(search=present.head(held.search, now), missing=tuple(present.report(report) for report in missing))


def _status(parts: Sequence[TripPart]) -> Status:
    """The same words as for one search."""
    every = {part.search.status for part in parts}
    return every.pop() if len(every) == 1 else Status.PARTIAL


def _shown(bundle: Bundle) -> TripBundle:
    details: list[Any] = [selling(part.offer).detailed(part.offer) for part in bundle.parts]
    *flight, stay, car = details
    return TripBundle(
        id=bundle.id,
        price=present.priced(bundle.price),
        parts_price=present.priced(bundle.alone),
        saving=present.priced(bundle.saving),
        flight=flight[0] if flight else None,
        hotel=stay,
        car=car,
    )
