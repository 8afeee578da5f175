"""Which hotels a seller has, and how it describes them."""

import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from types import MappingProxyType
from typing import Final

from sandbox.chance import generator, luck
from sandbox.hotels.facts import Hotel, HotelKind, ListedRoom, Listing, Photo, RoomType
from sandbox.hotels.misspelling import address_told, name_told
from sandbox.hotels.quarters import Point

_LEAST_SHARE, _MOST_SHARE = 0.75, 0.84

# of 1000 listings at a noise of 1, how many are at most so many metres off
_OFF: Final = ((620, 25), (900, 60), (975, 150), (1000, 400))
_WRONG_DECIMAL: Final = 0.004
_NO_POSTAL_CODE, _NO_PHONE, _NO_CHAIN = 0.12, 0.25, 0.3
_OTHER_STARS, _NO_STARS = 0.12, 0.05
_AMENITY_FORGOTTEN: Final = 0.15
_ROOM_RENAMED: Final = 0.45
_HALF: Final = Decimal("0.5")
_TENTH: Final = Decimal("0.1")

# what rooms are called by the hotel -> what sellers make of it
_ROOM_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "SGL": ("Single Room", "Standard Single", "Room, 1 Single Bed", "Einzelzimmer"),
        "DBL": ("Double Room", "Standard Double", "Room, 1 Double Bed", "Classic Double Room"),
        "TWN": ("Standard Twin Room", "Twin", "Room, 2 Twin Beds", "Double or Twin Room"),
        "QUE": ("Superior Double Room", "Superior Room, 1 Queen Bed", "Queen Room"),
        "TRP": ("Standard Triple Room", "Triple", "Triple Room, Multiple Beds"),
        "FAM": ("Family Quadruple Room", "Quadruple Room", "Family Room, Multiple Beds"),
        "DLX": ("Deluxe Double Room", "Deluxe Room, 1 King Bed, View", "King Room"),
        "JST": ("Junior Suite, 1 King Bed", "Junior Suite with Sofa Bed"),
        "STE": ("Suite", "Executive Suite, 1 Bedroom", "One-Bedroom Suite"),
        "ST1": ("Studio Apartment", "Standard Studio", "Studio, Kitchenette"),
        "AP1": ("Apartment, 1 Bedroom", "One Bedroom Flat"),
        "AP2": ("Apartment, 2 Bedrooms", "Two Bedroom Flat"),
        "DM8": ("8-Bed Shared Dorm", "Shared Dormitory, Mixed"),
        "DM4": ("4-Bed Shared Dorm", "Shared Dormitory (4 Adults)"),
        "PRV": ("Double Room, Private", "Basic Double Room"),
        "BNG": ("Bungalow", "Bungalow, Garden View"),
        "VIL": ("Villa, Private Pool", "Villa with Pool"),
    }
)
_PHOTOS: Final = ("Exterior", "Lobby", "Room", "Bathroom", "Breakfast", "View", "Restaurant", "Terrace")
_KINDS: Final[Mapping[HotelKind, str]] = MappingProxyType(
    {
        "hotel": "hotel",
        "apartment": "apartment house",
        "hostel": "hostel",
        "resort": "resort",
        "guest_house": "guest house",
    }
)


def sells(seller: str, hotel: Hotel, seed: int) -> bool:
    """Each seller has between 75 and 84 of 100 hotels, whichever it met first."""
    share = _LEAST_SHARE + (_MOST_SHARE - _LEAST_SHARE) * luck(seed, "share of hotels", seller)
    return luck(seed, "sells", seller, hotel.id) < share


def described(seller: str, hotel: Hotel, *, listing_id: int, city_id: int, seed: int, noise: float) -> Listing:
    """The truth at a noise of 0; the more noise, the more of it is missing, misspelt or a little beside."""
    chance = generator(seed, "description", seller, hotel.id)
    name = name_told(seller, hotel, seed=seed, noise=noise)
    point = _point(hotel, chance, noise)
    return Listing(
        id=listing_id,
        seller=seller,
        hotel_id=hotel.id,
        name=name,
        chain=None if chance.random() < _NO_CHAIN * noise else hotel.chain,
        kind=hotel.kind,
        stars=_stars(hotel.stars, chance, noise),
        latitude=point.latitude,
        longitude=point.longitude,
        address=address_told(seller, hotel, seed=seed, noise=noise),
        city_id=city_id,
        city_name=hotel.city_name,
        postal_code=None if chance.random() < _NO_POSTAL_CODE * noise else hotel.postal_code,
        country=hotel.country,
        phone=None if chance.random() < _NO_PHONE * noise else hotel.phone,
        score=_score(hotel.score, chance, noise),
        reviews=max(0, int(hotel.reviews * (1 + noise * chance.uniform(-0.5, 0.3)))),
        amenities=tuple(code for code in hotel.amenities if chance.random() >= _AMENITY_FORGOTTEN * noise),
        check_in_from=hotel.check_in_from,
        check_out_until=hotel.check_out_until,
        rooms=tuple(
            ListedRoom(id=listing_id * 100 + number, code=room.code, name=_room_name(room, chance, noise))
            for number, room in enumerate(hotel.rooms, 1)
        ),
        photos=tuple(
            Photo(url=f"https://images.example/{seller}/{listing_id}/{number}.jpg", caption=caption)
            for number, caption in enumerate(_PHOTOS[: chance.randrange(2, len(_PHOTOS) + 1)], 1)
        ),
        description=_description(name, hotel),
    )


def _point(hotel: Hotel, chance: Random, noise: float) -> Point:
    """Most listings are on the right side of the street, a few at the wrong end of it, one in 250 in another suburb."""
    true = Point(latitude=hotel.latitude, longitude=hotel.longitude)
    drawn, bearing, slipped = chance.randrange(1_000), chance.uniform(0, 2 * math.pi), chance.random()
    if not noise:
        return true
    if slipped < _WRONG_DECIMAL * noise:
        return Point(latitude=round(true.latitude + chance.choice((-0.01, 0.01, 0.1)), 6), longitude=true.longitude)
    metres = next(most for within, most in _OFF if drawn < within) * noise
    return true.moved(metres * math.sqrt(chance.random()) / 1_000, bearing)


def _stars(stars: Decimal | None, chance: Random, noise: float) -> Decimal | None:
    drawn, direction = chance.random(), chance.choice((-_HALF, _HALF))
    if stars is None or drawn < _NO_STARS * noise:
        return None
    if drawn < (_NO_STARS + _OTHER_STARS) * noise:
        return max(Decimal(1), min(Decimal(5), stars + direction))
    return stars


def _score(score: Decimal | None, chance: Random, noise: float) -> Decimal | None:
    """Each seller has guests of its own."""
    apart = Decimal(chance.gauss(0, 0.25) * noise).quantize(_TENTH)
    return None if score is None else max(Decimal(1), min(Decimal(10), score + apart))


def _room_name(room: RoomType, chance: Random, noise: float) -> str:
    other = chance.choice(_ROOM_NAMES[room.code])
    return other if chance.random() < _ROOM_RENAMED * noise else room.name


def _description(name: str, hotel: Hotel) -> str:
    graded = f"{hotel.stars}-star " if hotel.stars else ""
    offers = ", ".join(code.replace("_", " ") for code in hotel.amenities[:5])
    return (
        f"{name} is a {graded}{_KINDS[hotel.kind]} in {hotel.city_name}, {hotel.quarter}. "
        f"Guests find {offers}. Rooms are ready from {hotel.check_in_from:%H:%M}."
    )
