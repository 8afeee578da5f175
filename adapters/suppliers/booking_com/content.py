"""What the Demand API tells of properties and their rooms, with the words that explain its numbers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.booking_com import asking, wire
from adapters.suppliers.booking_com.asking import SLUG, translated
from domain.hotels import Address, Amenity, Property, RoomType
from domain.places import Point

AT_ONCE: Final = 100
_LISTS: Final = ("accommodation_facilities", "accommodation_types", "bed_types", "charge_types")
_DETAILS: Final = msgspec.json.Decoder(wire.Listed[msgspec.Raw])
_PROPERTY: Final = msgspec.json.Decoder(wire.Details)
_CONSTANTS: Final = msgspec.json.Decoder(wire.Answered[wire.Constants])

# Words in the name of a facility, in lower case -> what people choose by. The first row that fits decides.
_AMENITIES: Final = (
    ("shuttle", Amenity.AIRPORT_SHUTTLE),
    ("electric vehicle", Amenity.EV_CHARGING),
    ("parking", Amenity.PARKING),
    ("wifi", Amenity.WIFI),
    ("wi-fi", Amenity.WIFI),
    ("pool", Amenity.POOL),
    ("spa ", Amenity.SPA),
    ("fitness", Amenity.GYM),
    ("gym", Amenity.GYM),
    ("restaurant", Amenity.RESTAURANT),
    ("snack bar", None),
    ("bar", Amenity.BAR),
    ("air conditioning", Amenity.AIR_CONDITIONING),
    ("family room", Amenity.FAMILY_ROOMS),
    ("pets allowed", Amenity.PETS),
    ("disabled", Amenity.ACCESSIBLE),
    ("wheelchair", Amenity.ACCESSIBLE),
    ("24-hour front desk", Amenity.RECEPTION_24H),
    ("laundry", Amenity.LAUNDRY),
    ("kitchen", Amenity.KITCHEN),
    ("lift", Amenity.ELEVATOR),
    ("elevator", Amenity.ELEVATOR),
    ("room service", Amenity.ROOM_SERVICE),
    ("business centre", Amenity.BUSINESS_CENTRE),
    ("beachfront", Amenity.BEACH),
    ("private beach", Amenity.BEACH),
)


def ask(ids: tuple[str, ...]) -> Call:
    return asking.call(
        "details",
        {
            "accommodations": [int(number) for number in ids],
            "extras": ["description", "facilities", "photos", "rooms"],
            "languages": [asking.LANGUAGE],
            "rows": AT_ONCE,
        },
    )


def ask_rooms(accommodation: int, *, notes: tuple[str, ...]) -> Call:
    body = {"accommodations": [accommodation], "extras": ["policies", "rooms"], "languages": [asking.LANGUAGE]}
    return asking.call("details", body, notes=notes)


def ask_constants(*, notes: tuple[str, ...]) -> Call:
    """Of all the lists that we read: one question, whoever asks."""
    return asking.call("constants", {"constants": _LISTS, "languages": [asking.LANGUAGE]}, notes=notes)


def read_constants(reply: Reply) -> wire.Constants:
    return decoded(reply, _CONSTANTS).data


def read_one(reply: Reply) -> wire.Details | None:
    """The one property that was asked for, None where it is not described."""
    described, _ = each(decoded(reply, _DETAILS).data, _PROPERTY, lambda told: told, "data")
    return described[0] if described else None


def house_rules(told: wire.Details) -> Iterator[tuple[str, str]]:
    """What somebody wants to know before coming, and may be turned away or charged for at the door."""
    rules = told.policies or wire.HouseRules()
    for name in ("minimum_checkin_age", "maximum_checkin_age", "minimum_guest_age"):
        if age := getattr(rules, name):
            yield name, str(age)
    if rules.damage and rules.damage.amount:
        yield "damage_deposit", f"{rules.damage.amount} {rules.damage.currency or ''}".strip()
    if rules.pets and rules.pets.allowed:
        yield "pets", " ".join(filter(None, (rules.pets.allowed, rules.pets.charge_mode)))
    if told.booker_address_required:
        yield "booker_address_required", "true"


def named(constants: Iterable[wire.Constant]) -> dict[int, str]:
    return {constant.id: name for constant in constants if (name := translated(constant.name))}


def read(reply: Reply, call: Call) -> Readout[Property]:
    """Details first, then the names of the numbers in them; the details wait in the call's notes."""
    return _READERS[call.operation](reply, call)


def _read_details(reply: Reply, _: Call) -> Readout[Property]:
    answer = decoded(reply, _DETAILS)
    told, skipped = each(answer.data, _PROPERTY, lambda details: details, "data")
    if not told:
        return Readout(records=(), skipped=skipped)
    kept = msgspec.json.encode(told).decode()
    names = ask_constants(notes=(kept, answer.next_page or ""))
    return Readout(records=(), skipped=skipped, next=names)


_KEPT: Final = msgspec.json.Decoder(list[msgspec.Raw])


def _read_names(reply: Reply, call: Call) -> Readout[Property]:
    kept, next_page = call.notes
    constants = read_constants(reply)
    facilities, kinds = named(constants.accommodation_facilities), named(constants.accommodation_types)
    properties, skipped = each(
        _KEPT.decode(kept), _PROPERTY, lambda told: _property(told, facilities, kinds), "details"
    )
    return Readout(records=properties, skipped=skipped, next=asking.page("details", next_page))


_READERS: Final[Mapping[str, Callable[[Reply, Call], Readout[Property]]]] = {
    "details": _read_details,
    "constants": _read_names,
}


def _property(told: wire.Details, facilities: Mapping[int, str], kinds: Mapping[int, str]) -> Property:
    """Raises ValueError for a property without a name, or in no place on Earth."""
    if not (name := translated(told.name)):
        raise ValueError(f"{told.id} has no name")
    hours = told.checkin_checkout_times or wire.Hours()
    rating = told.rating or wire.Rating()
    features = tuple(facilities[facility.id] for facility in told.facilities or () if facility.id in facilities)
    return Property(
        supplier=SLUG,
        id=str(told.id),
        name=name,
        location=_point(told.location.coordinates if told.location else None),
        address=_address(told.location),
        kind=kinds.get(told.accommodation_type or 0),
        stars=_halves(rating.stars),
        rating=rating.review_score,
        reviews=rating.number_of_reviews,
        amenities=tuple(dict.fromkeys(amenity for feature in features if (amenity := _amenity(feature)))),
        features=features,
        photos=tuple(
            link for photo in told.photos or () if photo.url and (link := photo.url.large or photo.url.standard)
        ),
        description=_description(told.description),
        phone=told.contacts.general.telephone if told.contacts and told.contacts.general else None,
        check_in_from=_minutes(hours.checkin_from),
        check_in_until=_minutes(hours.checkin_to),
        check_out_until=_minutes(hours.checkout_to),
        room_types=tuple(
            RoomType(code=str(room.id), name=name) for room in told.rooms or () if (name := translated(room.name))
        ),
    )


def _point(told: wire.Coordinates | None) -> Point | None:
    return Point(latitude=told.latitude, longitude=told.longitude) if told else None


def _address(told: wire.Location | None) -> Address:
    """The city is told by number alone."""
    if told is None:
        return Address()
    line = translated(told.address)
    return Address(
        lines=(line,) if line else (),
        postal_code=told.postal_code or None,
        country=told.country.upper() if told.country else None,
    )


def _halves(stars: Decimal | None) -> Decimal | None:
    return None if stars is None else (stars * 2).quantize(Decimal(1)) / 2


def _amenity(feature: str) -> Amenity | None:
    lowered = f"{feature.lower()} "
    return next((amenity for word, amenity in _AMENITIES if word in lowered), None)


def _description(told: wire.Description | None) -> str | None:
    """What the property wants everybody to know comes with the text: deposits, building works, house rules."""
    if told is None:
        return None
    return "\n\n".join(filter(None, (translated(told.text), translated(told.important_information)))) or None


def _minutes(told: str | None) -> str | None:
    return told[:5] if told else None
