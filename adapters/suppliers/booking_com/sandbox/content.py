"""What there is to know: properties as the seller describes them, the names of numbers, cities and currencies."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapters.suppliers.booking_com.sandbox import bodies, numbers
from adapters.suppliers.booking_com.sandbox.gate import Body, Handle
from adapters.suppliers.booking_com.sandbox.tokens import PAGE_LIVES, issued, shown
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, World

_DETAILS: Final = "/accommodations/details"
_CITIES: Final = "/common/locations/cities"
_CURRENCIES: Final = (
    "AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR INR JPY KRW KWD MXN NOK NZD PLN SEK SGD THB TRY USD ZAR"
)


def content_endpoints(world: World) -> Mapping[str, Handle]:
    return {
        _DETAILS: lambda body: _details(world, body),
        "/accommodations/constants": _constants,
        _CITIES: lambda body: _cities(world, body),
        "/common/payments/currencies": lambda body: _currencies(world, body),
    }


def page_of(world: World, endpoint: str, body: Body, *also: str) -> tuple[Body, int]:
    """The body that was asked first, and where its page starts."""
    if "page" not in body:
        return body, 0
    told = shown(bodies.only_page(body, *also), name="page", endpoint=endpoint, now=world.now())
    return told["body"], told["start"]


def page_after(world: World, endpoint: str, body: Body, end: int, total: int) -> str | None:
    if end >= total:
        return None
    return issued(endpoint, {"body": body, "start": end}, until=world.now() + PAGE_LIVES)


def _details(world: World, body: Body) -> Body:
    body, start = page_of(world, _DETAILS, body)
    asked = bodies.asked(body, bodies.Details)
    place = bodies.exactly_one(body, ("accommodations", "airport", "city", "country", "region"))
    listings = _listings(world, asked, place)
    end = start + asked.rows
    return {
        "data": [_property(world, listing, asked) for listing in listings[start:end]],
        "next_page": page_after(world, _DETAILS, body, end, len(listings)),
    }


def _listings(world: World, asked: bodies.Details, place: str) -> tuple[Any, ...]:
    """Properties that the seller does not have are left out without a word."""
    if place == "accommodations":
        told = (world.hotels.listed(SELLER, number) for number in asked.accommodations or ())
        return tuple(listing for listing in told if listing is not None)
    city = world.hotels.city_of(SELLER, asked.city) if asked.city else world.hotels.city(asked.airport or "")
    return world.hotels.listings(SELLER, world.hotels.in_city(city.code)) if city else ()


def _property(world: World, listing: Any, asked: bodies.Details) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": listing.id,
        "accommodation_type": numbers.KINDS[listing.kind][0],
        "brands": [],
        "checkin_checkout_times": {
            "checkin_from": f"{listing.check_in_from:%H:%M}:00",
            "checkin_to": None,
            "checkout_from": None,
            "checkout_to": f"{listing.check_out_until:%H:%M}:00",
        },
        "contacts": {"general": {"email": None, "telephone": listing.phone}, "reservations": None},
        "currency": world.hotels.by_id(listing.hotel_id).currency,
        "deep_link_url": f"booking://hotel/{listing.id}",
        "location": {
            "address": _in_all(asked.languages, ", ".join(listing.address)),
            "city": listing.city_id,
            "coordinates": {"latitude": listing.latitude, "longitude": listing.longitude},
            "country": listing.country.lower(),
            "postal_code": listing.postal_code or "",
        },
        "name": _in_all(asked.languages, listing.name),
        "rating": {
            "number_of_reviews": listing.reviews,
            "preferred": False,
            "review_score": listing.score,
            "stars": listing.stars,
            "stars_type": "official" if listing.stars else None,
        },
        "url": f"https://www.booking.example/hotel/{listing.country.lower()}/{listing.id}.html",
    }
    return told | {extra: _EXTRAS[extra](world, listing, asked) for extra in asked.extras if extra in _EXTRAS}


def _description(_: World, listing: Any, asked: bodies.Details) -> dict[str, Any]:
    text = _in_all(asked.languages, listing.description)
    return {
        "text": text,
        "important_information": {},
        "license_numbers": None,
        "trader": None,
        "host_type": "professional",
    }


def _facilities(_: World, listing: Any, __: bodies.Details) -> list[dict[str, Any]]:
    known = (code for code in listing.amenities if code in numbers.FACILITIES)
    return [{"id": numbers.FACILITIES[code][0], "attributes": []} for code in known]


def _photos(_: World, listing: Any, __: bodies.Details) -> list[dict[str, Any]]:
    sizes = {"thumbnail": 100, "thumbnail_large": 300, "standard": 500, "large": 1280}
    return [
        {"tags": [photo.caption], "url": {size: f"{photo.url}?width={width}" for size, width in sizes.items()}}
        for photo in listing.photos
    ]


def _rooms(world: World, listing: Any, asked: bodies.Details) -> list[dict[str, Any]]:
    types = {room.code: room for room in world.hotels.by_id(listing.hotel_id).rooms}
    return [_room(room, types[room.code], asked) for room in listing.rooms if room.code in types]


def _room(listed: Any, room: Any, asked: bodies.Details) -> dict[str, Any]:
    beds = [{"bed_type": numbers.BEDS[bed.kind][0], "number_of_beds": bed.count} for bed in room.beds]
    return {
        "id": listed.id,
        "bed_options": [
            {
                "bed_configurations": [{"id": f"{listed.id}-1", "configuration": beds}],
                "has_bathroom": True,
                "is_bedroom": True,
            }
        ],
        "description": {},
        "facilities": [],
        "maximum_occupancy": {"adults": room.adults, "children": room.children, "total_guests": room.sleeps},
        "name": _in_all(asked.languages, listed.name),
        "number_of_rooms": {"bathrooms": 1, "bedrooms": 1, "living_rooms": 0},
        "photos": [],
        "room_type": 9,
        "size": room.size_m2,
    }


def _policies(world: World, listing: Any, _: bodies.Details) -> dict[str, Any]:
    """Whoever lets an apartment keeps something for damage."""
    pets = {"allowed": "yes", "charge_mode": "free"} if "pets_allowed" in listing.amenities else {"allowed": "no"}
    rules = {"cots_and_extra_beds": [], "minimum_checkin_age": 18, "minimum_guest_age": 0, "pets": pets}
    if listing.kind == "apartment":
        rules["damage"] = {"amount": 200, "currency": world.hotels.by_id(listing.hotel_id).currency}
    return rules


_EXTRAS: Final = {
    "policies": _policies,
    "description": _description,
    "facilities": _facilities,
    "photos": _photos,
    "rooms": _rooms,
}


def _in_all(languages: Iterable[str], text: str) -> dict[str, str]:
    """The seller has never had anything translated."""
    return dict.fromkeys(languages, text)


def _constants(body: Body) -> Body:
    asked = bodies.asked(body, bodies.Constants)
    lists = {
        "accommodation_facilities": numbers.FACILITIES.values(),
        "accommodation_types": numbers.KINDS.values(),
        "bed_types": numbers.BEDS.values(),
        "charge_types": (*numbers.CHARGES.values(), numbers.OTHER_CHARGE),
    }
    wanted = lists if asked.constants is None else {name: lists.get(name, ()) for name in asked.constants}
    return {
        "data": {
            name: [{"id": number, "name": _in_all(asked.languages, text)} for number, text in sorted(rows)]
            for name, rows in wanted.items()
        }
    }


def _cities(world: World, body: Body) -> Body:
    body, start = page_of(world, _CITIES, body)
    asked = bodies.asked(body, bodies.Cities)
    codes = [asked.airport] if asked.airport else sorted({at.city_code or at.iata for at in world.airports.values()})
    cities = {city.code: city for code in codes if (city := world.hotels.city(code))}
    rows = [city for city in cities.values() if asked.country in (None, city.country.lower())]
    if asked.city is not None:
        rows = [city for city in rows if world.hotels.city_id(SELLER, city.code) == asked.city]
    end = start + asked.rows
    return {
        "data": [
            {
                "id": world.hotels.city_id(SELLER, city.code),
                "name": _in_all(asked.languages, city.name),
                "coordinates": {"latitude": city.latitude, "longitude": city.longitude},
            }
            for city in rows[start:end]
        ],
        "next_page": page_after(world, _CITIES, body, end, len(rows)),
    }


def _currencies(world: World, body: Body) -> Body:
    bodies.asked(body, bodies.Nothing)
    return {"data": [{"id": code, "name": code} for code in _CURRENCIES.split() if world.rate(code)]}
