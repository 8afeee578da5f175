"""Cars to be searched and looked at, not rented: 3.1 sends people to a page for that."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from adapters.suppliers.booking_com.sandbox import bodies
from adapters.suppliers.booking_com.sandbox.bodies import Strict
from adapters.suppliers.booking_com.sandbox.content import page_after, page_of
from adapters.suppliers.booking_com.sandbox.gate import Body, Handle, invalid
from adapters.suppliers.booking_com.sandbox.search import exchange_of
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, World, rounded

_SEARCH, _CARS, _VENDORS, _DEPOTS = "/cars/search", "/cars/details", "/cars/suppliers", "/cars/depots"
_BRANDS: Final = {7101: "Swallow Cars", 7102: "Kestrel Rent", 7103: "Heron Drive"}
_FUEL: Final = {
    "full_to_full": "return_same",
    "same_to_same": "return_same",
    "full_to_empty": "prepay_no_refunds",
}
_CHARGES: Final = {"young_driver_fee": "age_fee", "one_way_fee": "one_way_fee"}
_UNITS: Final = {"km": "kilometers", "mi": "miles"}
_DEPOT_KINDS: Final = {"terminal": "in_terminal", "off_airport": "shuttle_bus", "downtown": "downtown"}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST: Final = timedelta(days=330)
# Where the whole fleet is met, so that the list of cars is whole before anybody has searched.
_SHOWROOMS: Final = ("LHR", "CDG", "FRA", "JFK", "DXB", "SYD")


def cars_endpoints(world: World) -> Mapping[str, Handle]:
    desk = Desk(world)
    return {_SEARCH: desk.search, _CARS: desk.cars, _VENDORS: desk.vendors, _DEPOTS: desk.depots}


class _Spot(Strict, frozen=True, kw_only=True):
    latitude: float
    longitude: float


class _Place(Strict, frozen=True, kw_only=True):
    """One of the three: their schema can't say so."""

    airport: bodies.Airport | None = None
    city: int | None = None
    coordinates: _Spot | None = None


class _Point(Strict, frozen=True, kw_only=True):
    datetime: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")]
    location: _Place


class _Route(Strict, frozen=True, kw_only=True):
    pickup: _Point
    dropoff: _Point


class _Booker(Strict, frozen=True, kw_only=True):
    country: bodies.Country


class _Driver(Strict, frozen=True, kw_only=True):
    age: Annotated[int, Meta(ge=18, le=99)]


class _Filters(Strict, frozen=True, kw_only=True):
    air_conditioning: bool | None = None
    car_categories: list[str] | str | None = None
    depot_location_type: list[str] | str | None = None
    mileage_type: Literal["limited", "unlimited"] | None = None
    number_of_seats: int | None = None
    supplier_ids: Annotated[list[int], Meta(max_length=10)] | None = None
    transmission_type: Literal["automatic", "manual"] | None = None


class _Payment(Strict, frozen=True, kw_only=True):
    timings: list[Literal["pay_now", "part_pay", "pay_local"]] | str | None = None


class _Sort(Strict, frozen=True, kw_only=True):
    by: Literal["distance", "price", "review_score"] | None = None
    direction: Literal["ascending", "descending"] | None = None


class _Search(Strict, frozen=True, kw_only=True):
    booker: _Booker
    currency: bodies.Currency
    driver: _Driver
    route: _Route
    filters: _Filters | None = None
    payment: _Payment | None = None
    sort: _Sort | None = None
    language: bodies.Language = "en-gb"
    maximum_results: Annotated[int, Meta(ge=10, le=500, multiple_of=10)] = 100


class _Listing(Strict, frozen=True, kw_only=True):
    maximum_results: bodies.Hundreds = 100
    last_modified: str | None = None


class _Depots(_Listing, frozen=True, kw_only=True):
    languages: tuple[bodies.Language, ...] = ("en-gb",)


class _Vendors(Strict, frozen=True, kw_only=True):
    maximum_results: bodies.Hundreds = 100
    suppliers: Annotated[list[bodies.Number], Meta(max_length=100)] | None = None


class Desk:
    """`_shown` is every car that was ever met, by its number, in the order of meeting."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._shown: Final[dict[int, Any]] = {}
        self._counters: Final[list[tuple[Any, Any]]] = []

    def search(self, body: Body) -> Body:
        body, start = page_of(self._world, _SEARCH, body)
        asked = bodies.asked(body, _Search)
        products = list(self._products(asked))
        if asked.sort and asked.sort.by == "price":
            products.sort(
                key=lambda told: Decimal(told["price"]["total"]), reverse=asked.sort.direction == "descending"
            )
        end = start + asked.maximum_results
        digest = hashlib.blake2s(repr(sorted(body.items())).encode()).hexdigest()
        return {
            "data": products[start:end],
            "metadata": {
                "next_page": page_after(self._world, _SEARCH, body, end, len(products)),
                "total_results": len(products),
            },
            "search_token": digest,
        }

    def _products(self, asked: _Search) -> Iterator[dict[str, Any]]:
        """From every counter at the one place to the first at the other, or back to the same."""
        pick_ups, drop_offs = self._stations(asked.route.pickup.location), self._stations(asked.route.dropoff.location)
        pick_up_at, drop_off_at = (
            datetime.fromisoformat(point.datetime) for point in (asked.route.pickup, asked.route.dropoff)
        )
        if not timedelta() < drop_off_at - pick_up_at < _LONGEST:
            raise invalid("Parameter 'route' has no time between pick-up and drop-off.")
        for pick_up in pick_ups:
            drop_off = pick_up if pick_up in drop_offs else next(iter(drop_offs), None)
            if drop_off is None:
                continue
            for quote in self._world.cars.quotes(SELLER, pick_up, drop_off, pick_up_at, drop_off_at, asked.driver.age):
                self._shown[car_number(quote)] = quote
                for timing in ("pay_now", "pay_local"):
                    price = quote.pay_now if timing == "pay_now" else quote.pay_later
                    if price is not None and _wanted(quote, timing, asked):
                        yield self._product(quote, price, timing, (pick_up, drop_off), asked)

    def _stations(self, place: _Place) -> list[Any]:
        """Those where the seller has a counter."""
        told = [value for value in (place.airport, place.city, place.coordinates) if value is not None]
        if len(told) != 1:
            raise invalid("Parameter 'location' is one of airport, city and coordinates.", "conflicting_parameters")
        codes = [place.airport] if place.airport else self._airports(place)
        found = {station.id: station for code in codes for station in self._world.cars.stations(code)}
        return [station for station in found.values() if self._world.cars.listed(SELLER, station)]

    def _airports(self, place: _Place) -> list[str]:
        if place.city is not None:
            city = self._world.hotels.city_of(SELLER, place.city)
            return [airport.iata for airport in city.airports] if city else []
        spot = place.coordinates
        return [
            airport.iata
            for airport in self._world.airports.values()
            if spot and abs(airport.latitude - spot.latitude) < 0.3 and abs(airport.longitude - spot.longitude) < 0.3
        ]

    def _product(
        self, quote: Any, price: Any, timing: str, stations: tuple[Any, Any], asked: _Search
    ) -> dict[str, Any]:
        exchanged = self._exchange(quote.currency, asked.currency)
        covers = {cover.code: cover for cover in quote.coverages}
        return {
            "car": car_number(quote),
            "deal": None,
            "policies": {
                "cancellation": _cancellation(price),
                "damage_excess": exchanged(covers["CDW"].excess if "CDW" in covers else None),
                "deposit": exchanged(quote.deposit),
                "insurance_package": "inclusive" if "CDW" in covers and covers["CDW"].included else "basic",
                "fuel": _FUEL.get(quote.fuel_policy, "return_same"),
                "mileage": {
                    "distance": None if quote.mileage.unlimited else quote.mileage.a_day * quote.days,
                    "distance_unit": _UNITS[quote.mileage.unit],
                    "fee": exchanged(quote.mileage.each_beyond),
                    "type": "unlimited" if quote.mileage.unlimited else "limited",
                },
                "payment": {"timing": timing},
                "theft_excess": exchanged(covers["TP"].excess if "TP" in covers else None),
            },
            "price": {
                "total": str(exchanged(price.total)),  # text, as in their example
                "currency": asked.currency,
                "extra_charges": [
                    {"charge": _CHARGES[charge.kind], "total_amount": exchanged(charge.amount)}
                    for charge in price.charges
                    if charge.kind in _CHARGES
                ],
            },
            "route": {
                "pickup": {"depot": self._depot_number(stations[0])},
                "dropoff": {"depot": self._depot_number(stations[1])},
            },
            "supplier": brand(quote.acriss),
            "url": {
                "app": f"booking://cars/{car_number(quote)}",
                "web": f"https://cars.booking.example/{car_number(quote)}?timing={timing}",
            },
        }

    def _exchange(self, currency: str, wanted: str) -> Callable[[Decimal | None], Decimal | None]:
        """From the counter's money into the money that was asked for."""
        into, rate = exchange_of(self._world, wanted, wanted), self._world.rate(currency)

        def exchanged(amount: Decimal | None) -> Decimal | None:
            if amount is None or rate is None:
                return None
            return rounded(amount, currency) if wanted == currency else into(amount / rate)

        return exchanged

    def _depot_number(self, station: Any) -> int:
        return int(self._world.cars.listed(SELLER, station).long_code, 36)

    def cars(self, body: Body) -> Body:
        body, start = page_of(self._world, _CARS, body)
        asked = bodies.asked(body, _Listing)
        self._meet_the_fleet()
        cars = list(self._shown.values())
        end = start + asked.maximum_results
        return {
            "data": [_car(quote) for quote in cars[start:end]],
            "metadata": {"next_page": page_after(self._world, _CARS, body, end, len(cars))},
        }

    def _meet_the_fleet(self) -> None:
        if self._shown:
            return
        noon = datetime.combine(self._world.now().date() + timedelta(days=60), datetime.min.time()) + timedelta(
            hours=12
        )
        for airport in _SHOWROOMS:
            for station in self._world.cars.stations(airport):
                for quote in self._world.cars.quotes(SELLER, station, station, noon, noon + timedelta(days=3), 40):
                    self._shown.setdefault(car_number(quote), quote)

    def vendors(self, body: Body) -> Body:
        body, start = page_of(self._world, _VENDORS, body)
        asked = bodies.asked(body, _Vendors)
        rows = [
            {"id": number, "name": name, "logo": f"https://images.example/brands/{number}.png"}
            for number, name in _BRANDS.items()
            if asked.suppliers is None or number in asked.suppliers
        ]
        end = start + asked.maximum_results
        return {
            "data": rows[start:end],
            "metadata": {
                "next_page": page_after(self._world, _VENDORS, body, end, len(rows)),
                "total_results": len(rows),
            },
        }

    def depots(self, body: Body) -> Body:
        body, start = page_of(self._world, _DEPOTS, body)
        asked = bodies.asked(body, _Depots)
        if not self._counters:
            self._counters.extend(self._all_counters())
        end = start + asked.maximum_results
        return {
            "data": [self._depot(*counter, asked.languages) for counter in self._counters[start:end]],
            "metadata": {"next_page": page_after(self._world, _DEPOTS, body, end, len(self._counters))},
        }

    def _all_counters(self) -> Iterator[tuple[Any, Any]]:
        """Those of the largest airports first."""
        met = set()
        for airport in sorted(self._world.airports, key=lambda iata: (-len(self._world.cars.stations(iata)), iata)):
            for station in self._world.cars.stations(airport):
                if station.id not in met and (counter := self._world.cars.listed(SELLER, station)):
                    met.add(station.id)
                    yield station, counter

    def _depot(self, station: Any, counter: Any, languages: Iterable[str]) -> dict[str, Any]:
        hours = {
            day: [{"opening_time": f"{open_.opens:%H:%M:%S}", "closing_time": f"{open_.closes:%H:%M:%S}"}]
            if open_
            else []
            for day, open_ in zip(_DAYS, counter.hours, strict=True)
        }
        return {
            "id": self._depot_number(station),
            "contact": {"email": None, "telephone": counter.phone},
            "drop_off": {"instructions": None, "working_hours": None},
            "location": {
                "address": counter.street,
                "airport": station.airport,
                "depot_location_type": _DEPOT_KINDS[station.kind],
                "coordinates": {"latitude": station.latitude, "longitude": station.longitude},
                "country": station.country.lower(),
                "name": dict.fromkeys(languages, counter.name),
                "post_code": counter.postal_code or "",
            },
            "pick_up": {"instructions": None, "working_hours": hours},
            "services": ["shuttle"] if station.kind == "off_airport" else [],
            "supplier": brand(station.id),
            "ratings": None,
        }


def car_number(quote: Any) -> int:
    """The same for the same class and example."""
    digest = hashlib.blake2s(f"{quote.acriss} {quote.model}".encode(), digest_size=3).digest()
    return 1 + int.from_bytes(digest, "big")


def brand(word: str) -> int:
    return sorted(_BRANDS)[hashlib.blake2s(word.encode(), digest_size=1).digest()[0] % len(_BRANDS)]


def _wanted(quote: Any, timing: str, asked: _Search) -> bool:
    filters, timings = asked.filters or _Filters(), asked.payment.timings if asked.payment else None
    unlimited = "unlimited" if quote.mileage.unlimited else "limited"
    return (
        filters.air_conditioning in (None, quote.air_conditioning)
        and filters.transmission_type in (None, quote.transmission)
        and filters.mileage_type in (None, unlimited)
        and quote.seats >= (filters.number_of_seats or 0)
        and (filters.supplier_ids is None or brand(quote.acriss) in filters.supplier_ids)
        and (timings is None or timing in timings)
    )


def _cancellation(price: Any) -> dict[str, Any]:
    hours = price.cancellation.free_until_hours_before
    if hours is None:
        return {"type": "non_refundable", "details": None}
    return {"type": "free_cancellation", "details": {"context": "before_pickup", "duration": f"PT{hours}H"}}


def _car(quote: Any) -> dict[str, Any]:
    make, _, model = quote.model.partition(" ")
    return {
        "id": car_number(quote),
        "capacity": {
            "bags": {"large": quote.large_bags, "small": quote.small_bags},
            "doors": str(quote.doors),
            "seats": f"{quote.seats - 2}+2" if quote.seats > 5 else str(quote.seats),
        },
        "features": ["air_conditioning"] if quote.air_conditioning else [],
        "image": f"https://images.example/cars/{quote.acriss}.png",
        "make": make,
        "model": model,
        "specification": {
            "code": quote.acriss,
            "description": f"{make} {model} or similar",
            "fuel": quote.fuel,
            "transmission": quote.transmission,
        },
        "supplier": brand(quote.acriss),
    }
