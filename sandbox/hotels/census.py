"""Every hotel of a city: how many there are, where they stand, what they are called and what they have."""

from datetime import time
from decimal import Decimal

from sandbox.chance import generator
from sandbox.hotels.cities import City
from sandbox.hotels.facts import Bed, Hotel, RoomType
from sandbox.stations import Rank

_COUNT = {Rank.CROSSROADS: 150, Rank.HUB: 60, Rank.LARGE: 30, Rank.SMALL: 4}


def hotels_of(city: City, seed: int) -> tuple[Hotel, ...]:
    return tuple(_hotel(city, number, seed) for number in range(_COUNT[city.rank]))


def _hotel(city: City, number: int, seed: int) -> Hotel:
    chance = generator(seed, "hotel", city.code, number)
    return Hotel(
        id=f"{city.code}{number:03}",
        name=f"Hotel {city.name} {number}",
        former_name=None,
        chain=None,
        brand=None,
        kind="hotel",
        stars=Decimal(chance.randrange(2, 6)),
        latitude=round(city.latitude + chance.gauss(0, 0.02), 6),
        longitude=round(city.longitude + chance.gauss(0, 0.02), 6),
        address=(f"{number} Main Street",),
        quarter="Centre",
        city_name=city.name,
        city_code=city.code,
        postal_code="10000",
        country=city.country,
        currency="EUR",
        timezone=city.timezone,
        phone="+49 30 1234567",
        score=Decimal("8.1"),
        reviews=chance.randrange(2000),
        amenities=("wifi",),
        check_in_from=time(15),
        check_out_until=time(11),
        rooms=(
            RoomType(
                code="DBL",
                name="Double Room",
                beds=(Bed(kind="double", count=1),),
                adults=2,
                children=1,
                sleeps=3,
                size_m2=20,
                count=20,
            ),
        ),
        look_alike=None,
    )
