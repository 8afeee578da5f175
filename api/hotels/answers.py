"""The shapes of what is answered about hotels."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.answers import Address, Cancellation, Location, Money, Offer, PriceRange, ResultCount, SearchAnswer
from domain.hotels import Amenity, Board
from domain.payment import PaymentTime

_Hour = Annotated[str | None, Meta(description="`HH:MM` on the property's own clock.")]


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """A hotel as the best of its suppliers describes it. `stars` come in halves, `rating` is the guests' score 0 to 10.

    `features` are what the supplier names beyond `amenities`, in its own words.
    """

    name: str | None
    kind: str | None
    stars: Annotated[float, Meta(ge=0, le=5)] | None
    rating: Annotated[float, Meta(ge=0, le=10)] | None
    reviews: int | None
    chain: str | None
    location: Location | None
    address: Address
    amenities: tuple[Amenity, ...]
    features: tuple[str, ...]
    photos: tuple[str, ...]
    description: str | None
    phone: str | None
    timezone: str | None
    check_in_from: _Hour
    check_in_until: _Hour
    check_out_until: _Hour


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Nights in one property; the dates are local there."""

    property: Property
    check_in: date
    check_out: date
    nights: int


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of room, `count` of it. `sleeps` is the most people in one; null where the supplier does not say."""

    name: str
    count: int
    beds: str | None
    sleeps: int | None


class StayConditions(msgspec.Struct, frozen=True, kw_only=True):
    """Null means that the supplier does not say. `refundable`: something comes back to whoever cancels now.

    `payment` is when one may pay: `now` or `later` to whoever sells it, or `on_site`.
    """

    rooms: tuple[Room, ...]
    board: Board | None
    refundable: bool | None
    cancellation: Cancellation | None
    payment: tuple[PaymentTime, ...]
    rate_plan: str | None
    rooms_left: int | None


class SoldProperty(msgspec.Struct, frozen=True, kw_only=True):
    """The property as this supplier knows it: its number there, and the name that the voucher shows."""

    id: str
    name: str | None


class StayOffer(Offer[StayConditions], frozen=True, kw_only=True):
    """What one supplier would sell. `price` is what all guests pay together for all nights, mandatory fees included."""

    sold_as: SoldProperty


class StayOfferDetails(StayOffer, frozen=True, kw_only=True):
    """An offer with the stay that it is for."""

    vertical: Literal["hotels"] = "hotels"
    product: Stay


class StayResult(msgspec.Struct, frozen=True, kw_only=True):
    """One property, once, with everybody's offers for it, cheapest first. `distance_km` is from the place asked for."""

    id: str
    product: Stay
    distance_km: float | None
    offers: tuple[StayOffer, ...]


class StarsFacet(msgspec.Struct, frozen=True, kw_only=True):
    """Half stars count with the whole ones below them."""

    stars: int
    results: int
    cheapest: Money


class AmenityFacet(msgspec.Struct, frozen=True, kw_only=True):
    amenity: Amenity
    results: int
    cheapest: Money


class BoardFacet(msgspec.Struct, frozen=True, kw_only=True):
    board: Board
    results: int
    cheapest: Money


class KilometresRange(msgspec.Struct, frozen=True, kw_only=True):
    min: float
    max: float


class StayFacets(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters could be set to, counted over everything that was found, whatever is filtered now."""

    stars: tuple[StarsFacet, ...]
    amenities: tuple[AmenityFacet, ...]
    board: tuple[BoardFacet, ...]
    price: PriceRange | None
    distance_km: KilometresRange | None
    refundable: ResultCount


class HotelSearchAnswer(SearchAnswer[StayResult, StayFacets], frozen=True, kw_only=True):
    """A search for hotels: how it stands, what was found, what could be filtered, and where the next page is."""
