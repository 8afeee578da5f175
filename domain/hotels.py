"""Properties, rooms and stays: where a traveller sleeps, on which board and on what terms."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.cancellation import Ladder
from domain.payment import PaymentTime
from domain.places import Point


class Board(StrEnum):
    """The meals in the price (OpenTravel: meal plan)."""

    ROOM_ONLY = "room_only"
    BREAKFAST = "breakfast"
    HALF_BOARD = "half_board"
    FULL_BOARD = "full_board"
    ALL_INCLUSIVE = "all_inclusive"


class Amenity(StrEnum):
    """What people choose a property by. A supplier's other amenities stay in its own words in `Property.features`."""

    WIFI = "wifi"
    PARKING = "parking"
    POOL = "pool"
    SPA = "spa"
    GYM = "gym"
    RESTAURANT = "restaurant"
    BAR = "bar"
    AIR_CONDITIONING = "air_conditioning"
    FAMILY_ROOMS = "family_rooms"
    PETS = "pets"
    ACCESSIBLE = "accessible"
    RECEPTION_24H = "reception_24h"
    AIRPORT_SHUTTLE = "airport_shuttle"
    LAUNDRY = "laundry"
    KITCHEN = "kitchen"
    ELEVATOR = "elevator"
    ROOM_SERVICE = "room_service"
    BUSINESS_CENTRE = "business_centre"
    EV_CHARGING = "ev_charging"
    BEACH = "beach"


class Address(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None


class RoomType(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A kind of room by the supplier's own code for it."""

    code: str
    name: str
    beds: str | None = None


class Property(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A hotel as one supplier describes it under its own `id`. `name` and `location` are None until that is known.

    `stars` 0-5 in halves, `rating` the guests' score 0-10, hours `HH:MM` on the property's own clock.
    """

    supplier: str
    id: str
    name: str | None = None
    location: Point | None = None
    address: Address = Address()
    kind: str | None = None
    stars: Decimal | None = None
    rating: Decimal | None = None
    reviews: int | None = None
    chain: str | None = None
    amenities: tuple[Amenity, ...] = ()
    features: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    description: str | None = None
    phone: str | None = None
    timezone: str | None = None
    check_in_from: str | None = None
    check_in_until: str | None = None
    check_out_until: str | None = None
    room_types: tuple[RoomType, ...] = ()


class Stay(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="stay", tag_field="kind"):
    """Nights in one property, from the local date of arrival to that of departure."""

    property: Property
    check_in: date
    check_out: date

    def __post_init__(self) -> None:
        if self.check_out <= self.check_in:
            raise ValueError(f"a stay from {self.check_in} to {self.check_out} has no night")


class Room(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One kind of room in an offer, `count` of it. `sleeps` is the most people in one.

    `code` is the supplier's own, where its prices tell no more of a room; the property's description then names it.
    """

    name: str
    code: str | None = None
    count: int = 1
    beds: str | None = None
    sleeps: int | None = None


class StayConditions(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="stay", tag_field="kind"):
    """None means that the supplier does not say. `refundable`: something comes back to whoever cancels now.

    `cancellation` None: the ladder is not told in this answer; ask for a quote. `payment` lists when one may pay.
    """

    rooms: tuple[Room, ...]
    board: Board | None = None
    refundable: bool | None = None
    cancellation: Ladder | None = None
    payment: tuple[PaymentTime, ...] = ()
    rate_plan: str | None = None
    rooms_left: int | None = None


def nights(stay: Stay) -> int:
    return (stay.check_out - stay.check_in).days


def described(stay: Stay, content: Property) -> Stay:
    """The stay with what is known of its property. Raises ValueError for the content of another."""
    if (content.supplier, content.id) != (stay.property.supplier, stay.property.id):
        raise ValueError(f"{content.supplier} {content.id} is not {stay.property.supplier} {stay.property.id}")
    return msgspec.structs.replace(stay, property=content)


def furnished(conditions: StayConditions, content: Property) -> StayConditions:
    """The same terms, with the names and beds of those rooms that only the property's description knows."""
    types = {kind.code: kind for kind in content.room_types}
    if not any(room.code in types for room in conditions.rooms):
        return conditions
    return msgspec.structs.replace(conditions, rooms=tuple(_furnished(room, types) for room in conditions.rooms))


def _furnished(room: Room, types: Mapping[str, RoomType]) -> Room:
    kind = types.get(room.code or "")
    return room if kind is None else msgspec.structs.replace(room, name=kind.name, beds=room.beds or kind.beds)
