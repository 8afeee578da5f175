"""All hotels of the world, found by city, by place or by number, with what sellers tell and ask."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sandbox.hotels.census import hotels_of
from sandbox.hotels.cities import City, cities, cities_near, distance_km, warm
from sandbox.hotels.facts import Hotel, Listing
from sandbox.hotels.numbers import Numbers
from sandbox.hotels.offers import Party, Rate
from sandbox.hotels.prices import rates
from sandbox.hotels.sellers import described, sells
from sandbox.hotels.stock import Stock, nights

_KEPT_CITIES: Final = 256
_KEPT_LISTINGS: Final = 8_192
_HOTEL_ID: Final = re.compile(r"(?P<city>[A-Z]{3})(?P<number>\d{3})")
_MOST_NIGHTS, _FARTHEST_DAYS = 90, 500


class Hotels:
    """The same seed gives the same hotels in any process; prices follow the clock, rooms left also sales.

    `noise` is how badly sellers describe what they sell: 0 tells the truth, 1 is as usual, 2 twice as bad.
    """

    def __init__(self, *, seed: int, noise: float, now: Callable[[], datetime]) -> None:
        self._seed: Final = seed
        self.noise: Final = noise
        self._now: Final = now
        self._stock: Final = Stock(seed)
        warm()  # the map is drawn now, not while the first search waits
        self._in_city: Final = lru_cache(maxsize=_KEPT_CITIES)(self._built)
        self._numbers: Final = lru_cache(maxsize=32)(self._shuffled)
        self._listing: Final = lru_cache(maxsize=_KEPT_LISTINGS)(self._told)

    def in_city(self, code: str) -> tuple[Hotel, ...]:
        """`code` is that of a metropolitan area or of any of its airports; nothing for one that nobody knows."""
        city = cities().get(code)
        return () if city is None else self._in_city(city.code)

    def near(self, latitude: float, longitude: float, radius_km: float) -> tuple[Hotel, ...]:
        """Nearest first. Every city within the radius is looked into, so a radius of a continent takes its time."""
        found = (
            (distance_km(latitude, longitude, hotel.latitude, hotel.longitude), hotel)
            for city in cities_near(latitude, longitude, radius_km)
            for hotel in self._in_city(city.code)
        )
        within = ((km, hotel.id, hotel) for km, hotel in found if km <= radius_km)
        return tuple(hotel for _, _, hotel in sorted(within, key=lambda row: row[:2]))

    def by_id(self, hotel_id: str) -> Hotel | None:
        told = _HOTEL_ID.fullmatch(hotel_id)
        if told is None or (city := cities().get(told["city"])) is None or city.code != told["city"]:
            return None
        return self._numbered(city, int(told["number"]))

    def listings(self, seller: str, hotels: Iterable[Hotel]) -> tuple[Listing, ...]:
        """Those that the seller has, in the same order, as it describes them."""
        return tuple(self._listing(seller, hotel.id) for hotel in hotels if sells(seller, hotel, self._seed))

    def listed(self, seller: str, listing_id: int) -> Listing | None:
        """The way back from the seller's own number of a hotel."""
        place = self._numbers(seller).hotel(listing_id)
        hotel = None if place is None else self._numbered(*place)
        return self._listing(seller, hotel.id) if hotel is not None and sells(seller, hotel, self._seed) else None

    def city_id(self, seller: str, city_code: str) -> int | None:
        """The seller's number of the city, which may be negative; None for a code that nobody knows."""
        city = cities().get(city_code)
        return None if city is None else self._numbers(seller).city(city)

    def city_of(self, seller: str, city_id: int) -> City | None:
        return self._numbers(seller).city_of(city_id)

    def city(self, code: str) -> City | None:
        return cities().get(code)

    def rates(
        self, hotel: Hotel, check_in: date, check_out: date, parties: Sequence[Party], seller: str
    ) -> tuple[Rate, ...]:
        """What the seller asks now for a room for each party, all of one type; days are the hotel's own.

        Nothing in the past, beyond 500 days, for no night, for more than 90, for nobody, or once rooms are gone.
        """
        days = self._days(hotel, check_in, check_out)
        if not days or not parties:
            return ()
        return rates(hotel, days, parties, seller, seed=self._seed, now=self._now(), stock=self._stock)

    def take(self, hotel_id: str, room_code: str, check_in: date, check_out: date, rooms: int) -> bool:
        """Takes rooms away for all sellers; False, and nothing taken, when there are not enough in every night."""
        hotel = self.by_id(hotel_id)
        room = next((room for room in hotel.rooms if room.code == room_code), None) if hotel else None
        if hotel is None or room is None or rooms < 1:
            return False
        days = self._days(hotel, check_in, check_out)
        if not days or self._stock.left(hotel, room, days, self._now()) < rooms:
            return False
        self._stock.take(hotel, room, days, rooms)
        return True

    def give_back(self, hotel_id: str, room_code: str, check_in: date, check_out: date, rooms: int) -> bool:
        """The other way; False, and nothing given back, for rooms that nobody took."""
        hotel = self.by_id(hotel_id)
        room = next((room for room in hotel.rooms if room.code == room_code), None) if hotel else None
        if hotel is None or room is None or rooms < 1 or not 1 <= (check_out - check_in).days <= _MOST_NIGHTS:
            return False
        return self._stock.give_back(hotel, room, nights(check_in, check_out), rooms)

    def _days(self, hotel: Hotel, check_in: date, check_out: date) -> tuple[date, ...]:
        ahead = (check_in - self._today(hotel)).days
        if not 0 <= ahead <= _FARTHEST_DAYS or not 1 <= (check_out - check_in).days <= _MOST_NIGHTS:
            return ()
        return nights(check_in, check_out)

    def _today(self, hotel: Hotel) -> date:
        return self._now().astimezone(ZoneInfo(hotel.timezone)).date()

    def _built(self, city_code: str) -> tuple[Hotel, ...]:
        return hotels_of(cities()[city_code], self._seed)

    def _numbered(self, city: City, number: int) -> Hotel | None:
        hotels = self._in_city(city.code)
        return hotels[number] if number < len(hotels) else None

    def _shuffled(self, seller: str) -> Numbers:
        return Numbers(self._seed, seller)

    def _told(self, seller: str, hotel_id: str) -> Listing:
        city, number = cities()[hotel_id[:3]], int(hotel_id[3:])
        hotel = self._in_city(city.code)[number]
        numbers = self._numbers(seller)
        listing_id = numbers.listing(city, number)
        return described(
            seller, hotel, listing_id=listing_id, city_id=numbers.city(city), seed=self._seed, noise=self.noise
        )
