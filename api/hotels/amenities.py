"""What hotels can be chosen by, as codes and as words for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.services import Services
from domain.hotels import Amenity

_LISTED: Final = "public, max-age=86400"

WORDS: Final[Mapping[Amenity, str]] = MappingProxyType(
    {
        Amenity.WIFI: "Wi-Fi",
        Amenity.PARKING: "Parking",
        Amenity.POOL: "Swimming pool",
        Amenity.SPA: "Spa",
        Amenity.GYM: "Fitness room",
        Amenity.RESTAURANT: "Restaurant",
        Amenity.BAR: "Bar",
        Amenity.AIR_CONDITIONING: "Air conditioning",
        Amenity.FAMILY_ROOMS: "Family rooms",
        Amenity.PETS: "Pets allowed",
        Amenity.ACCESSIBLE: "Accessible rooms",
        Amenity.RECEPTION_24H: "Reception around the clock",
        Amenity.AIRPORT_SHUTTLE: "Airport shuttle",
        Amenity.LAUNDRY: "Laundry",
        Amenity.KITCHEN: "Kitchen",
        Amenity.ELEVATOR: "Lift",
        Amenity.ROOM_SERVICE: "Room service",
        Amenity.BUSINESS_CENTRE: "Business centre",
        Amenity.EV_CHARGING: "Charging for electric cars",
        Amenity.BEACH: "At the beach",
    }
)


class AmenityWords(msgspec.Struct, frozen=True, kw_only=True):
    """`amenity` is the code that the filter of a search takes."""

    amenity: Amenity
    words: str


class AmenityList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[AmenityWords, ...]


AMENITIES: Final = AmenityList(data=tuple(AmenityWords(amenity=one, words=words) for one, words in WORDS.items()))


async def amenities(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return reply(services, asked, AMENITIES, cache_control=_LISTED)
