"""Which hotels a seller has, and how it describes them."""

from sandbox.chance import luck
from sandbox.hotels.facts import Hotel, ListedRoom, Listing, Photo

_LEAST_SHARE, _MOST_SHARE = 0.72, 0.84


def sells(seller: str, hotel: Hotel, seed: int) -> bool:
    """Each seller has between 72 and 84 of 100 hotels, whichever it met first."""
    share = _LEAST_SHARE + (_MOST_SHARE - _LEAST_SHARE) * luck(seed, "share of hotels", seller)
    return luck(seed, "sells", seller, hotel.id) < share


def described(seller: str, hotel: Hotel, *, listing_id: int, city_id: int, seed: int, noise: float) -> Listing:
    return Listing(
        id=listing_id,
        seller=seller,
        hotel_id=hotel.id,
        name=hotel.name,
        chain=hotel.chain,
        kind=hotel.kind,
        stars=hotel.stars,
        latitude=hotel.latitude,
        longitude=hotel.longitude,
        address=hotel.address,
        city_id=city_id,
        city_name=hotel.city_name,
        postal_code=hotel.postal_code,
        country=hotel.country,
        phone=hotel.phone,
        score=hotel.score,
        reviews=hotel.reviews,
        amenities=hotel.amenities,
        check_in_from=hotel.check_in_from,
        check_out_until=hotel.check_out_until,
        rooms=tuple(
            ListedRoom(id=listing_id * 100 + number, code=room.code, name=room.name)
            for number, room in enumerate(hotel.rooms, 1)
        ),
        photos=(Photo(url=f"https://images.example/{seller}/{listing_id}/1.jpg", caption="Outside"),),
        description=f"{hotel.name} in {hotel.city_name}.",
    )
