"""GET /properties/content: a listing of the world in Rapid's words."""

from datetime import time
from decimal import Decimal
from typing import Any, Final

import falcon.asgi
import orjson

from adapters.suppliers.expedia.sandbox.asked import Asked
from adapters.suppliers.expedia.sandbox.world import SELLER, World

_CATEGORIES: Final = {
    "hotel": ("1", "Hotel"),
    "resort": ("3", "Resort"),
    "hostel": ("12", "Hostel/Backpacker accommodation"),
    "guest_house": ("30", "Guesthouse"),
    "apartment": ("16", "Apartment"),
}
# The world's word -> id and name of Rapid's list of amenities.
_AMENITIES: Final = {
    "wifi": ("2390", "Free WiFi"),
    "parking": ("2011", "Onsite parking"),
    "pool": ("14", "Outdoor pool"),
    "indoor_pool": ("2820", "Indoor pool"),
    "spa": ("2017", "Full-service spa"),
    "sauna": ("2123", "Sauna"),
    "gym": ("9", "Fitness facilities"),
    "restaurant": ("19", "Restaurant"),
    "bar": ("4", "Bar/lounge"),
    "room_service": ("2015", "Room service (limited hours)"),
    "breakfast_room": ("2001", "Breakfast available (surcharge)"),
    "airport_shuttle": ("2538", "Airport transportation (surcharge)"),
    "front_desk_24h": ("2063", "Front desk (24 hours)"),
    "lift": ("8", "Elevator"),
    "air_conditioning": ("2421", "Air conditioning in public areas"),
    "heating": ("2422", "Heating"),
    "family_rooms": ("2423", "Family rooms"),
    "non_smoking": ("2436", "Smoke-free property"),
    "pets_allowed": ("51", "Pets allowed"),
    "wheelchair_access": ("2025", "Wheelchair accessible"),
    "ev_charging": ("3862", "Electric car charging station"),
    "bicycle_hire": ("2138", "Bicycle rentals nearby"),
    "laundry": ("2167", "Laundry facilities"),
    "kitchen": ("2158", "Shared kitchen"),
    "terrace": ("2134", "Terrace"),
    "garden": ("2129", "Garden"),
    "beach_front": ("2160", "Beachfront"),
    "business_centre": ("2043", "Business center"),
    "meeting_rooms": ("2048", "Meeting rooms"),
    "luggage_storage": ("2114", "Luggage storage"),
    "shared_lounge": ("2139", "Shared lounge/TV area"),
    "kids_club": ("2140", "Children's club"),
    "tennis_court": ("2153", "Tennis court"),
    "casino": ("6", "Casino"),
}


class Content:
    def __init__(self, world: World) -> None:
        self._world: Final = world

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = Asked(request.query_string)
        asked.language()
        supply = asked.choice("supply_source", frozenset({"expedia", "vrbo"}))
        ids = asked.property_ids()
        if not ids:
            asked.wrong("property_id.required", "A property_id is required.", "property_id")
        asked.settled()
        includes = set(asked.all("include"))
        told: dict[str, Any] = {}
        for property_id in ids if supply == "expedia" else ():
            listing = self._world.hotels.listed(SELLER, property_id)
            if listing is not None:
                told[str(property_id)] = self._told(listing, includes)
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(told)

    def _told(self, listing: Any, includes: set[str]) -> dict[str, Any]:
        """`include` adds field by field to the id; without it everything is told."""
        hotel = self._world.hotels.by_id(listing.hotel_id)
        whole = _property(listing, hotel)
        return {name: value for name, value in whole.items() if not includes or name in {"property_id", *includes}}


def _property(listing: Any, hotel: Any) -> dict[str, Any]:
    category = _CATEGORIES[listing.kind]
    told: dict[str, Any] = {
        "property_id": str(listing.id),
        "name": listing.name,
        "address": _address(listing),
        "ratings": _ratings(listing),
        "location": {
            "coordinates": {"latitude": listing.latitude, "longitude": listing.longitude},
            "obfuscation_required": False,
        },
        "category": {"id": category[0], "name": category[1]},
        "rank": 1 + listing.id % 50_000,
        "business_model": {"expedia_collect": True, "property_collect": True},
        "checkin": {
            "begin_time": _clock(listing.check_in_from),
            "end_time": "anytime",
            "instructions": "Government-issued photo identification may be required at check-in.&lt;br /&gt;",
            "min_age": 18,
        },
        "checkout": {"time": _clock(listing.check_out_until)},
        "policies": {"know_before_you_go": "<ul><li>Only registered guests are allowed in the rooms.</li></ul>"},
        "amenities": _amenities(listing.amenities),
        "attributes": _attributes(listing.amenities),
        "images": [_image(photo, number) for number, photo in enumerate(listing.photos)],
        "onsite_payments": {"currency": hotel.currency},
        "rooms": {str(room.id): {"id": str(room.id), "name": room.name} for room in listing.rooms},
        "descriptions": {"headline": listing.description},
        "supply_source": "expedia",
    }
    if listing.phone:
        told["phone"] = listing.phone
    if listing.chain:
        told["chain"] = {"id": str(sum(listing.chain.encode())), "name": listing.chain}
    return told


def _address(listing: Any) -> dict[str, Any]:
    lines = {f"line_{number}": line for number, line in enumerate(listing.address[:2], 1)}
    told = {**lines, "city": listing.city_name, "country_code": listing.country, "obfuscation_required": False}
    return told | ({"postal_code": listing.postal_code} if listing.postal_code else {})


def _ratings(listing: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if listing.stars is not None:
        told["property"] = {"rating": f"{listing.stars:.1f}", "type": "Star"}
    if listing.score is not None:
        told["guest"] = {"count": listing.reviews, "overall": f"{max(Decimal(1), listing.score / 2):.1f}"}
    return told


def _amenities(words: tuple[str, ...]) -> dict[str, Any]:
    known = (_AMENITIES[word] for word in words if word in _AMENITIES)
    return {amenity_id: {"id": amenity_id, "name": name} for amenity_id, name in known}


def _attributes(words: tuple[str, ...]) -> dict[str, Any]:
    lacks = {} if "lift" in words else {"2549": {"id": "2549", "name": "No elevators"}}
    pets = {"51": {"id": "51", "name": "Pets allowed"}} if "pets_allowed" in words else {}
    return {"general": lacks, "pets": pets or {"2050": {"id": "2050", "name": "Pets not allowed"}}}


def _image(photo: Any, number: int) -> dict[str, Any]:
    return {
        "caption": photo.caption,
        "hero_image": number == 0,
        "category": 3,
        "links": {
            "350px": {"method": "GET", "href": photo.url.replace(".jpg", "_b.jpg")},
            "1000px": {"method": "GET", "href": photo.url.replace(".jpg", "_z.jpg")},
        },
    }


def _clock(hour: time) -> str:
    """12-hour clock, as people in Seattle write it."""
    return f"{(hour.hour - 1) % 12 + 1}:{hour.minute:02} {'AM' if hour.hour < 12 else 'PM'}"
