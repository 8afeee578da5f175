"""What is true of a hotel, and what a seller tells of it."""

from datetime import time
from decimal import Decimal
from typing import Final, Literal

import msgspec

HotelKind = Literal["hotel", "apartment", "hostel", "resort", "guest_house"]

AMENITIES: Final = (
    *("wifi", "parking", "pool", "indoor_pool", "spa", "sauna", "gym", "restaurant", "bar", "room_service"),
    *("breakfast_room", "airport_shuttle", "front_desk_24h", "lift", "air_conditioning", "heating", "family_rooms"),
    *("non_smoking", "pets_allowed", "wheelchair_access", "ev_charging", "bicycle_hire", "laundry", "kitchen"),
    *("terrace", "garden", "beach_front", "business_centre", "meeting_rooms", "luggage_storage", "shared_lounge"),
    *("kids_club", "tennis_court", "casino"),
)


class Bed(msgspec.Struct, frozen=True, kw_only=True):
    kind: Literal["single", "double", "queen", "king", "sofa_bed", "bunk"]
    count: int


class RoomType(msgspec.Struct, frozen=True, kw_only=True):
    """`adults` and `children` are the most of each, `sleeps` the most of both together; `count` rooms are of this type."""

    code: str
    name: str
    beds: tuple[Bed, ...]
    adults: int
    children: int
    sleeps: int
    size_m2: int
    count: int


class Hotel(msgspec.Struct, frozen=True, kw_only=True):
    """The truth, which no seller tells whole.

    `stars` are halves from 1 to 5, None where nobody rates such a place. `score` is what guests gave, 0 to 10, None
    without reviews. `former_name` is on the lips of some sellers still. `look_alike` is the id of another hotel for which
    this one is easily taken. Hours are the hotel's own.
    """

    id: str
    name: str
    former_name: str | None
    chain: str | None
    brand: str | None
    kind: HotelKind
    stars: Decimal | None
    latitude: float
    longitude: float
    address: tuple[str, ...]
    quarter: str
    city_name: str
    city_code: str
    postal_code: str | None
    country: str
    currency: str
    timezone: str
    phone: str
    score: Decimal | None
    reviews: int
    amenities: tuple[str, ...]
    check_in_from: time
    check_out_until: time
    rooms: tuple[RoomType, ...]
    look_alike: str | None


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    caption: str


class ListedRoom(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is the true room type's; the seller itself has only `id` and `name`."""

    id: int
    code: str
    name: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A hotel as one seller describes it, with the seller's mistakes. `hotel_id` is the truth and never told to a client."""

    id: int
    seller: str
    hotel_id: str
    name: str
    chain: str | None
    kind: HotelKind
    stars: Decimal | None
    latitude: float
    longitude: float
    address: tuple[str, ...]
    city_id: int
    city_name: str
    postal_code: str | None
    country: str
    phone: str | None
    score: Decimal | None
    reviews: int
    amenities: tuple[str, ...]
    check_in_from: time
    check_out_until: time
    rooms: tuple[ListedRoom, ...]
    photos: tuple[Photo, ...]
    description: str
