"""What is left in one hotel for given nights: everybody who sells it is asked while the client waits."""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api import availability, params, wishes
from api.calls import Asked, Reply
from api.found import atlas_of
from api.hotels.details import KnownHotel, known_hotel
from api.hotels.wishes import MOST_DAYS_AHEAD
from api.params import Nothing
from api.problems import Kind, Problem, invalid
from api.services import Services
from api.wishes import Currency, MarketText, Wait
from domain.enquiries import OffersEnquiry
from domain.places import Point, great_circle_km
from domain.queries import MOST_GUESTS, MOST_NIGHTS, MOST_ROOMS, Fault, HotelQuery, InvalidQuery
from domain.things import property_key

# Suppliers are asked for everything around a hotel, because few could be asked about it alone. So far beyond the farthest
# of the places that they tell.
_BEYOND_KM: Final = 0.5


class Nights(msgspec.Struct, frozen=True, kw_only=True):
    """Which nights, and for whom. Dates are local at the hotel; `adults` and `children_ages` are all guests."""

    check_in: Annotated[date, Meta(description=f"From today to {MOST_DAYS_AHEAD} days ahead.")]
    check_out: Annotated[date, Meta(description=f"At most {MOST_NIGHTS} nights later.")]
    rooms: Annotated[int, Meta(ge=1, le=MOST_ROOMS)] = 1
    adults: Annotated[int, Meta(ge=1, le=MOST_GUESTS, description="One for each room at least.")] = 2
    children_ages: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=17)], ...],
        Meta(max_length=MOST_GUESTS - 1, description="The age of each child on arrival.", examples=[[7, 12]]),
    ] = ()
    currency: Currency = "EUR"
    market: MarketText | None = None
    wait: Wait = 2.5


async def check(services: Services, asked: Asked[Nothing, Nights]) -> Reply:
    """Everybody who sells the hotel is searched anew around it, and shown is what they have of this hotel."""
    known = await known_hotel(services, asked.place["hotel_id"])
    places = [place for record in known.records if (place := record.told.content.location)]
    if not places:
        raise Problem(Kind.INVALID, "Nobody tells where this hotel is, so nobody can be asked about it alone.")
    query = _query(services, asked, places)
    return await availability.answered(services, asked, _enquiry(known, query), wait=asked.body.wait)


def _enquiry(known: KnownHotel, query: HotelQuery) -> OffersEnquiry:
    keys = [record.key for record in known.records]
    return OffersEnquiry(
        query=query,
        suppliers=tuple(sorted({supplier for supplier, _ in keys})),
        things=tuple(sorted(property_key(*key) for key in keys)),
    )


def _query(services: Services, asked: Asked[Nothing, Nights], places: Sequence[Point]) -> HotelQuery:
    """Raises Problem (422)."""
    nights, here = asked.body, places[0]
    today = asked.now.astimezone(atlas_of(services).zone_at(here)).date()
    try:
        query = HotelQuery(
            location=here,
            check_in=nights.check_in,
            check_out=nights.check_out,
            radius_km=math.ceil(_BEYOND_KM + max(great_circle_km(here, place) for place in places)),
            rooms=nights.rooms,
            adults=nights.adults,
            children_ages=tuple(sorted(nights.children_ages)),
            currency=nights.currency,
            market=nights.market or services.default_market,
        )
    except InvalidQuery as error:
        faults = (*error.faults, *_calendar_faults(nights, today))
        raise invalid(params.flaws(faults, in_body=True)) from error
    if faults := tuple(_calendar_faults(nights, today)):
        raise invalid(params.flaws(faults, in_body=True))
    return query


def _calendar_faults(nights: Nights, today: date) -> Iterator[Fault]:
    if nights.check_in < today:
        yield Fault(field="check_in", detail=f"is in the past: it is {today} there")
    yield from wishes.far_faults("check_in", nights.check_in, today, MOST_DAYS_AHEAD)
