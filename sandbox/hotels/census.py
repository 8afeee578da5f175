"""Every hotel of a city: how many there are, and all that is true of each."""

from datetime import time
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Final

from sandbox.chance import generator
from sandbox.hotels.cities import City
from sandbox.hotels.countries import country
from sandbox.hotels.facts import AMENITIES, Hotel, HotelKind
from sandbox.hotels.look_alikes import pairs
from sandbox.hotels.quarters import quarters
from sandbox.hotels.rooms import rooms_of
from sandbox.hotels.sketches import Sketch, sketched
from sandbox.stations import Rank

# rank of the busiest airport -> fewest and most hotels, and of how many people there is one more
_COUNT: Final = {
    Rank.CROSSROADS: (130, 240, 90_000),
    Rank.HUB: (48, 60, 80_000),
    Rank.LARGE: (26, 55, 40_000),
    Rank.SMALL: (10, 22, 30_000),
}
_AT_AN_AIRFIELD: Final = 4
_ONE_PAIR_IN: Final = 12  # hotels

_TENTH: Final = Decimal("0.1")
_CHECK_IN: Final = (time(13), time(14), time(14), time(15), time(15), time(15), time(16))
_CHECK_OUT: Final = (time(10), time(10, 30), time(11), time(11), time(11), time(12))

# of 100 houses, how many have it: of one or two stars, of three, of four, of five
_USUAL: Final = {
    "wifi": (92, 97, 99, 100),
    "parking": (35, 48, 60, 72),
    "pool": (3, 10, 28, 62),
    "indoor_pool": (0, 2, 16, 46),
    "spa": (0, 3, 28, 84),
    "sauna": (2, 9, 34, 70),
    "gym": (3, 16, 62, 94),
    "restaurant": (14, 42, 78, 97),
    "bar": (22, 52, 84, 98),
    "room_service": (2, 18, 58, 96),
    "breakfast_room": (55, 78, 90, 96),
    "airport_shuttle": (4, 9, 18, 34),
    "front_desk_24h": (40, 64, 88, 99),
    "lift": (42, 70, 92, 98),
    "air_conditioning": (40, 66, 90, 99),
    "heating": (82, 88, 94, 98),
    "family_rooms": (34, 46, 52, 58),
    "pets_allowed": (26, 30, 32, 34),
    "wheelchair_access": (22, 44, 68, 86),
    "ev_charging": (2, 8, 22, 44),
    "bicycle_hire": (10, 16, 24, 32),
    "laundry": (24, 34, 62, 92),
    "kitchen": (8, 5, 4, 3),
    "terrace": (20, 28, 42, 64),
    "garden": (16, 20, 28, 44),
    "beach_front": (1, 2, 4, 8),
    "business_centre": (2, 14, 46, 72),
    "meeting_rooms": (3, 22, 58, 84),
    "luggage_storage": (64, 78, 90, 98),
    "shared_lounge": (30, 24, 26, 36),
    "kids_club": (0, 1, 6, 18),
    "tennis_court": (1, 2, 5, 14),
    "casino": (0, 0, 2, 6),
}
_EVERYWHERE: Final[dict[HotelKind, frozenset[str]]] = {
    "hotel": frozenset({"non_smoking"}),
    "apartment": frozenset({"kitchen", "non_smoking"}),
    "guest_house": frozenset({"breakfast_room"}),
    "hostel": frozenset({"shared_lounge", "luggage_storage"}),
    "resort": frozenset({"pool", "restaurant", "bar", "garden", "family_rooms"}),
}


def hotels_of(city: City, seed: int) -> tuple[Hotel, ...]:
    """A hotel's place in this tuple is the number in its id."""
    chance = generator(seed, "hotels of", city.code)
    places = quarters(city, seed)
    count = _count(city)
    alike = 2 * (count // _ONE_PAIR_IN)
    taken: set[str] = set()
    ordinary = [sketched(city, places, chance, taken=taken) for _ in range(count - alike)]
    twins = chain.from_iterable(pairs(city, places, chance, count=alike // 2))
    return tuple(
        _furnished(
            sketch, city, number, generator(seed, "furniture", city.code, number), twin=_twin(number, count - alike)
        )
        for number, sketch in enumerate((*ordinary, *twins))
    )


def _count(city: City) -> int:
    if not city.population:
        return _AT_AN_AIRFIELD if city.rank is Rank.SMALL else _COUNT[city.rank][0]
    fewest, most, people = _COUNT[city.rank]
    return min(most, fewest + city.population // people)


def _twin(number: int, first: int) -> int | None:
    """From the number `first` on, hotels stand in pairs."""
    return None if number < first else first + ((number - first) ^ 1)


def _furnished(sketch: Sketch, city: City, number: int, chance: Random, *, twin: int | None) -> Hotel:
    reviews = int(6_000 * chance.random() ** 3)
    kind, stars = sketch.kind, sketch.stars
    return Hotel(
        id=f"{city.code}{number:03}",
        name=sketch.name,
        former_name=sketch.former_name,
        chain=sketch.brand.chain if sketch.brand else None,
        brand=sketch.brand.name if sketch.brand else None,
        kind=kind,
        stars=stars,
        latitude=sketch.point.latitude,
        longitude=sketch.point.longitude,
        address=_address(sketch, chance),
        quarter=sketch.quarter.name,
        city_name=city.name,
        city_code=city.code,
        postal_code=sketch.quarter.postal_code,
        country=city.country,
        currency=country(city.country).currency,
        timezone=city.timezone,
        phone=_phone(city, chance),
        score=_score(stars, chance) if reviews else None,
        reviews=reviews,
        amenities=_amenities(kind, stars, chance),
        check_in_from=chance.choice(_CHECK_IN),
        check_out_until=chance.choice(_CHECK_OUT),
        rooms=rooms_of(kind, stars, chance),
        look_alike=None if twin is None else f"{city.code}{twin:03}",
    )


def _address(sketch: Sketch, chance: Random) -> tuple[str, ...]:
    first = sketch.street.replace("#", str(sketch.house))
    return (first, sketch.quarter.name) if chance.random() < 0.25 else (first,)


def _phone(city: City, chance: Random) -> str:
    area = generator(0, "area code", city.name, city.country).randrange(20, 990)
    return f"+{country(city.country).dialling or '1'} {area} {chance.randrange(1_000_000, 9_999_999)}"


def _score(stars: Decimal | None, chance: Random) -> Decimal:
    middle = 6.6 + 0.42 * (3 if stars is None else int(stars))
    return Decimal(round(max(3.1, min(9.9, chance.gauss(middle, 0.7))), 1)).quantize(_TENTH)


def _amenities(kind: HotelKind, stars: Decimal | None, chance: Random) -> tuple[str, ...]:
    """In the order of the vocabulary."""
    column = max(0, min(3, int(stars or 2) - 2))
    luck = {code: chance.randrange(100) for code in _USUAL}
    has = {code for code, shares in _USUAL.items() if luck[code] < shares[column]} | _EVERYWHERE[kind]
    return tuple(code for code in AMENITIES if code in has)
