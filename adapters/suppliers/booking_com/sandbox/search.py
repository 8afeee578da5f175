"""What can be stayed in: the cheapest way in every property around, and all that one property has."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from adapters.suppliers.booking_com.sandbox import bodies
from adapters.suppliers.booking_com.sandbox.gate import Body, Handle, invalid
from adapters.suppliers.booking_com.sandbox.products import (
    Party,
    Product,
    board,
    cancellation,
    found,
    ladder,
    on_sale,
    online,
    priced,
    timings,
)
from adapters.suppliers.booking_com.sandbox.tokens import PAGE_LIVES, issued, shown
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, Exchange, World, claimed

_SEARCH: Final = "/accommodations/search"
_PLACES: Final = ("coordinates", "city", "airport", "accommodations", "country", "district", "landmark", "region")
_COMMISSION: Final = Decimal("0.15")
_MISPLACED_KM: Final = 1.0  # how far from the truth a property is looked for


def search_endpoints(world: World) -> Mapping[str, Handle]:
    return {
        _SEARCH: lambda body: _search(world, body),
        "/accommodations/availability": lambda body: _availability(world, body),
    }


def _search(world: World, body: Body) -> Body:
    start = 0
    if "page" in body:
        told = shown(bodies.only_page(body), name="page", endpoint=_SEARCH, now=world.now())
        body, start = told["body"], told["start"]
    asked = bodies.asked(body, bodies.Search)
    place = bodies.exactly_one(body, _PLACES)
    bodies.check_nights(asked.checkin, asked.checkout, world.now())
    parties = parties_of(asked.guests)
    if asked.price is not None and asked.currency is None:
        raise invalid("Parameter 'currency' is missing.", "missing_parameter")
    cheapest = [way for listing in _PLACE[place](world, asked) if (way := _recommended(world, listing, asked, parties))]
    ways = _sorted([way for way in cheapest if _wanted(way, asked)], asked)
    end = start + asked.rows
    token = issued(_SEARCH, {"body": body, "start": end}, until=world.now() + PAGE_LIVES) if end < len(ways) else None
    return {"data": [_accommodation(world, way, asked) for way in ways[start:end]], "next_page": token}


def _around(world: World, asked: bodies.Search) -> tuple[Any, ...]:
    place = asked.coordinates
    if place is None or not (
        -90 <= place.latitude <= 90 and -180 <= place.longitude <= 180 and 0 < place.radius <= 500
    ):
        raise invalid("Parameter 'coordinates' is invalid.")
    hotels = world.hotels.near(place.latitude, place.longitude, place.radius + _MISPLACED_KM)
    return tuple(
        listing for listing in world.hotels.listings(SELLER, hotels) if _kilometres(place, listing) <= place.radius
    )


def _kilometres(place: bodies.Around, listing: Any) -> float:
    """To where the seller believes the property to be, by the law of cosines on a sphere."""
    here, there = math.radians(place.latitude), math.radians(listing.latitude)
    east = math.radians(listing.longitude - place.longitude)
    cosine = math.sin(here) * math.sin(there) + math.cos(here) * math.cos(there) * math.cos(east)
    return 6371.0 * math.acos(max(-1.0, min(1.0, cosine)))


def _in_city(world: World, asked: bodies.Search) -> tuple[Any, ...]:
    city = world.hotels.city_of(SELLER, asked.city or 0)
    if city is None:
        raise invalid("Parameter 'city' is invalid.")
    return world.hotels.listings(SELLER, world.hotels.in_city(city.code))


def _at_airport(world: World, asked: bodies.Search) -> tuple[Any, ...]:
    return world.hotels.listings(SELLER, world.hotels.in_city(asked.airport or ""))


def _by_number(world: World, asked: bodies.Search) -> tuple[Any, ...]:
    listings = (world.hotels.listed(SELLER, number) for number in asked.accommodations or ())
    return tuple(listing for listing in listings if listing is not None)


def _not_in_this_world(_: World, __: bodies.Search) -> tuple[Any, ...]:
    """The world knows no districts, landmarks and regions, and a whole country is too large for it."""
    return ()


_PLACE: Final[Mapping[str, Callable[[World, bodies.Search], tuple[Any, ...]]]] = {
    "coordinates": _around,
    "city": _in_city,
    "airport": _at_airport,
    "accommodations": _by_number,
    **dict.fromkeys(("country", "district", "landmark", "region"), _not_in_this_world),
}


def parties_of(guests: bodies.Guests) -> tuple[Party, ...]:
    """As allocated, else the adults dealt out over the rooms and the children after them."""
    if guests.allocation:
        parties = tuple(
            Party(adults=room.number_of_adults, children=tuple(room.children)) for room in guests.allocation
        )
        told = (sum(party.adults for party in parties), sorted(age for party in parties for age in party.children))
        if (len(parties), *told) != (guests.number_of_rooms, guests.number_of_adults, sorted(guests.children)):
            raise invalid("Parameter 'allocation' does not match the guests.", "conflicting_parameters")
        return parties
    if guests.number_of_rooms > guests.number_of_adults:
        raise invalid("Parameter 'number_of_rooms' is higher than 'number_of_adults'.", "conflicting_parameters")
    each, more = divmod(guests.number_of_adults, guests.number_of_rooms)
    return tuple(
        Party(adults=each + (room < more), children=tuple(guests.children[room :: guests.number_of_rooms]))
        for room in range(guests.number_of_rooms)
    )


def _recommended(
    world: World, listing: Any, asked: bodies.Search, parties: tuple[Party, ...]
) -> tuple[Product, ...] | None:
    ways = [
        way for way in on_sale(world, listing, asked.checkin, asked.checkout, parties) if _on_these_terms(way, asked)
    ]
    return min(ways, key=lambda way: (sum(product.due_eur for product in way), way[0].id), default=None)


def _on_these_terms(way: tuple[Product, ...], asked: bodies.Search) -> bool:
    product = way[0]
    if asked.cancellation_type and cancellation(product)["type"] != asked.cancellation_type:
        return False
    if asked.meal_plan and board(product)["plan"] != asked.meal_plan:
        return False
    return payable(product, asked.payment)


def payable(product: Product, payment: bodies.Payment | None) -> bool:
    wanted = payment.timing if payment else None
    return wanted is None or any(timing.startswith(wanted) for timing in timings(product))


def _wanted(way: tuple[Product, ...], asked: bodies.Search) -> bool:
    listing, rating, price = way[0].listing, asked.rating, asked.price
    if rating is not None:
        if rating.minimum_review_score and (listing.score or 0) < rating.minimum_review_score:
            return False
        if rating.stars and float(listing.stars or 0) not in rating.stars:
            return False
    if asked.reception and "front_desk_24h" not in listing.amenities:
        return False
    if price is not None:
        nightly = sum(product.due_eur for product in way) / (asked.checkout - asked.checkin).days
        return (price.minimum or 0) <= nightly <= (price.maximum or math.inf)
    return True


def _sorted(ways: list[tuple[Product, ...]], asked: bodies.Search) -> list[tuple[Product, ...]]:
    """Distance is how they come. By default the best known are first."""
    by = asked.sort.by if asked.sort else None
    backwards = bool(asked.sort and asked.sort.direction == "descending")
    keys: Mapping[str | None, Callable[[tuple[Product, ...]], Any]] = {
        None: lambda way: -way[0].listing.reviews,
        "distance": lambda _: 0,
        "price": lambda way: sum(product.due_eur for product in way),
        "review_score": lambda way: way[0].listing.score or 0,
        "stars": lambda way: way[0].listing.stars or 0,
    }
    return sorted(ways, key=keys[by], reverse=backwards and by is not None)


def exchange_of(world: World, currency: str | None, otherwise: str) -> Exchange:
    try:
        return Exchange(world, currency or otherwise)
    except LookupError as error:
        raise invalid("Parameter 'currency' is invalid.") from error


def _accommodation(world: World, way: tuple[Product, ...], asked: bodies.Search) -> dict[str, Any]:
    listing = way[0].listing
    hotel = world.hotels.by_id(listing.hotel_id)
    exchange = exchange_of(world, asked.currency, hotel.currency)
    in_detail = "extra_charges" in asked.extras
    prices = [priced(product, exchange) for product in way]
    told: dict[str, Any] = {
        "id": listing.id,
        "commission": {
            "amount": round(sum(price.base for price in prices) * _COMMISSION, 2),
            "percentage": _COMMISSION * 100,
        },
        "currency": exchange.currency,
        "deep_link_url": f"booking://hotel/{listing.id}?affiliate_id=111111",
        "price": {
            "book": sum(price.book for price in prices),
            "total": sum(price.total for price in prices),
        },
        "products": [],
        "url": f"https://www.booking.example/hotel/{listing.country.lower()}/{listing.id}.html",
    }
    if in_detail:
        told["price"]["base"] = sum(price.base for price in prices)
        told["price"]["extra_charges"] = {
            "excluded": sum(price.total - price.book for price in prices),
            "included": sum(price.book - price.base for price in prices),
        }
    if "products" in asked.extras:
        told["products"] = [
            {
                **_product(product, exchange, in_detail=in_detail),
                "number_of_adults": product.party.adults,
                "children": list(product.party.children),
            }
            for product in way
        ]
    return told


def _product(product: Product, exchange: Exchange, *, in_detail: bool) -> dict[str, Any]:
    price = priced(product, exchange)
    told: dict[str, Any] = {"book": price.book, "total": price.total}
    if in_detail:
        charges = {"included": price.included, "excluded": price.excluded, "conditional": price.conditional}
        told = {**told, "base": price.base, "extra_charges": charges}
    return {
        "id": product.id,
        "deal": None,
        "number_available_at_this_price": product.rate.rooms_left,
        "policies": {
            "cancellation": cancellation(product),
            "meal_plan": board(product),
            "payment": {"prepayment_required": product.rate.payment == "prepaid", "timings": timings(product)},
        },
        "price": told,
        "room": product.room_id,
        "third_party_inventory": False,
    }


def _availability(world: World, body: Body) -> Body:
    asked = bodies.asked(body, bodies.Availability)
    bodies.check_nights(asked.checkin, asked.checkout, world.now())
    listing = world.hotels.listed(SELLER, asked.accommodation)
    if listing is None:
        raise invalid("Parameter 'accommodation' is invalid.")
    exchange = exchange_of(world, asked.currency, world.hotels.by_id(listing.hotel_id).currency)
    outcome = claimed(world, "availability")
    parties = parties_of(asked.guests)
    there = () if outcome and outcome.name == "sold_out" else _offered(world, listing, asked, parties)
    return {
        "data": {
            "id": listing.id,
            "currency": exchange.currency,
            "deep_link_url": f"booking://hotel/{listing.id}",
            "products": [_available(product, exchange, asked) for product in there],
            "recommendation": _recommendation(world, listing, asked, parties, exchange) if there else None,
            "url": f"https://www.booking.example/hotel/{listing.country.lower()}/{listing.id}.html",
        }
    }


def _offered(world: World, listing: Any, asked: bodies.Availability, parties: tuple[Party, ...]) -> tuple[Product, ...]:
    products = found(world, listing, asked.checkin, asked.checkout, parties).values()
    return tuple(
        product
        for product in products
        if (asked.products is None or product.id in asked.products) and payable(product, asked.payment)
    )


def _available(product: Product, exchange: Exchange, asked: bodies.Availability) -> dict[str, Any]:
    in_detail = "extra_charges" in asked.extras
    told = _product(product, exchange, in_detail=in_detail)
    charged = online(product)
    if in_detail:
        for charge in told["price"]["extra_charges"]["included"]:
            charge["chargeable_online"] = charged
        for charge in told["price"]["extra_charges"]["excluded"]:
            charge["chargeable_online"] = False
    told["price"]["chargeable_online"] = told["price"]["book"] if charged else None
    steps = [{"from": since, "price": exchange(fee)} for since, fee in ladder(product)]
    told["policies"]["cancellation"]["schedule"] = steps
    told["maximum_occupancy"] = _occupancy(product.rate.room)
    return told


def _occupancy(room: Any) -> dict[str, Any]:
    children = [{"total": room.children, "from_age": 0, "to_age": 17, "free_stay": False}] if room.children else None
    return {"adults": room.adults, "children": children, "total": room.sleeps}


def _recommendation(
    world: World, listing: Any, asked: bodies.Availability, parties: tuple[Party, ...], exchange: Exchange
) -> dict[str, Any] | None:
    ways = [
        way for way in on_sale(world, listing, asked.checkin, asked.checkout, parties) if payable(way[0], asked.payment)
    ]
    if not ways:
        return None
    way = min(ways, key=lambda way: (sum(product.due_eur for product in way), way[0].id))
    prices = [priced(product, exchange) for product in way]
    products = [
        {
            "id": product.id,
            "number_of_adults": product.party.adults,
            "children": list(product.party.children),
            "price": {"book": price.book, "total": price.total},
        }
        for product, price in zip(way, prices, strict=True)
    ]
    return {"price": _sums(prices), "products": products}


def _sums(prices: list[Any]) -> dict[str, Decimal]:
    return {"book": sum(price.book for price in prices), "total": sum(price.total for price in prices)}
