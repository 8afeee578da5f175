"""What is left of a flight, a property or a car: the suppliers that sell it are asked while the client waits."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from api import answers, cars, flights, present
from api.answers import Instant
from api.calls import Asked, Reply, reply
from api.found import ASK_AGAIN_SECONDS
from api.offers import AN_ID, asked_about
from api.params import Nothing
from api.problems import not_there, supplier_failed
from api.services import Services
from api.shapes import for_each_vertical
from api.vertical import Vertical
from api.verticals import VERTICALS, selling
from api.wishes import Wait
from domain.enquiries import OffersEnquiry, enquiry_id
from domain.offers import Offer
from domain.queries import Cabin, FlightQuery
from domain.things import key_of
from storage.enquiries import Told


class AvailabilityWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for the suppliers."""

    wait: Wait = 2.5


class SeatWishes(AvailabilityWishes, frozen=True, kw_only=True):
    """In which cabin."""

    cabin: (
        Annotated[Cabin, Meta(description="Where to sit; the cabin that the offer was searched in if not told.")] | None
    ) = None


class AvailabilityPending(msgspec.Struct, frozen=True, kw_only=True):
    """Suppliers are being asked. `id` names the enquiry."""

    id: str
    status: Literal["pending"] = "pending"


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """What its suppliers sell of one thing now, cheapest first; `suppliers` says who was asked, and how that went.

    Each offer can be quoted and booked like one of a search. `seats_left` is the most that any of them still has on
    these flights; null where no supplier says, and for all that has no seats.
    """

    id: str
    available: bool
    seats_left: int | None
    told_at: Instant
    suppliers: tuple[answers.SupplierReport, ...]


SHAPES: Final = for_each_vertical(
    Availability,
    "offers",
    lambda vertical: tuple[vertical.details, ...],  # type: ignore[name-defined]  # known when it runs
)


async def seats(services: Services, asked: Asked[SeatWishes, Nothing]) -> Reply:
    """The offer's supplier is searched anew, in the cabin that is asked for, and shown is what it has on these flights."""
    kept = await asked_about(services, asked)
    _only(flights.VERTICAL, kept.offer)
    assert isinstance(kept.query, FlightQuery)
    cabin = asked.query.cabin or kept.query.cabin
    enquiry = OffersEnquiry(
        query=msgspec.structs.replace(kept.query, cabin=cabin),
        suppliers=(kept.offer.supplier,),
        things=(key_of(kept.offer.product),),
    )
    return await answered(services, asked, enquiry, wait=asked.query.wait)


async def car(services: Services, asked: Asked[AvailabilityWishes, Nothing]) -> Reply:
    """The offer's supplier is searched anew, and shown is what it has of this car at these counters."""
    kept = await asked_about(services, asked)
    _only(cars.VERTICAL, kept.offer)
    enquiry = OffersEnquiry(query=kept.query, suppliers=(kept.offer.supplier,), things=(key_of(kept.offer.product),))
    return await answered(services, asked, enquiry, wait=asked.query.wait)


async def look(services: Services, asked: Asked[AvailabilityWishes, Nothing]) -> Reply:
    """What came of it, waiting while suppliers are being asked. Asks nobody itself."""
    told_id = asked.place["availability_id"]
    unknown = not_there("Nobody has asked this within ten minutes.")
    if not AN_ID.fullmatch(told_id):
        raise unknown
    latest = await services.enquiring.followed(told_id, wait=asked.query.wait)
    if latest.under_way:
        return _pending(services, asked, told_id)
    if latest.told is None or not isinstance(latest.told.enquiry, OffersEnquiry):
        raise unknown
    return _shown(services, asked, latest.told)


async def answered(services: Services, asked: Asked[Any, Any], enquiry: OffersEnquiry, *, wait: float) -> Reply:
    told = await services.enquiring.answer(enquiry, wait=wait)
    return _pending(services, asked, enquiry_id(enquiry)) if told is None else _shown(services, asked, told)


def _only(vertical: Vertical, offer: Offer) -> None:
    """Raises Problem (404)."""
    if selling(offer) is not vertical:
        raise not_there(f"This offer is not one of {vertical.name}.")


def _pending(services: Services, asked: Asked[Any, Any], told_id: str) -> Reply:
    headers = (("Location", f"/v1/availability/{told_id}"), ("Retry-After", str(ASK_AGAIN_SECONDS)))
    return reply(services, asked, AvailabilityPending(id=told_id), status=202, headers=headers)


def _shown(services: Services, asked: Asked[Any, Any], told: Told) -> Reply:
    """Raises Problem (502) where no supplier gave an answer."""
    if told.told_at is None:
        raise supplier_failed(told.reports)
    assert isinstance(told.enquiry, OffersEnquiry)
    vertical, offers = VERTICALS[told.enquiry.query.vertical], told.of(Offer)
    shown: Availability = SHAPES[vertical.name](
        id=enquiry_id(told.enquiry),
        available=bool(offers),
        seats_left=_most(offer.seats_left for offer in offers),
        told_at=told.told_at,
        suppliers=tuple(present.report(report) for report in told.reports),
        offers=tuple(vertical.detailed(offer) for offer in offers),
    )
    return reply(services, asked, shown)


def _most(counts: Iterable[int | None]) -> int | None:
    return max((count for count in counts if count is not None), default=None)
