"""What Rapid tells of its properties: names, places, hours, and what one should know before one pays."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.expedia import wire_content
from adapters.suppliers.expedia.hotels import AT_ONCE
from adapters.suppliers.expedia.links import VERSION
from adapters.suppliers.expedia.rates import SLUG
from domain.hotels import Address, Amenity, Property
from domain.places import Point
from domain.searches import SkippedRecord

_INCLUDED: Final = (
    *("name", "address", "location", "ratings", "phone", "category", "chain", "checkin", "checkout", "fees"),
    *("policies", "amenities", "attributes", "images", "descriptions"),
)
_MOST_PHOTOS: Final = 10
_PROPERTIES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PROPERTY: Final = msgspec.json.Decoder(wire_content.Content)

# Words in the name of an amenity, in lower case -> ours. A name with another's words in it stands above it.
_AMENITIES: Final[tuple[tuple[str, Amenity], ...]] = (
    ("wifi", Amenity.WIFI),
    ("wireless internet", Amenity.WIFI),
    ("electric car charging", Amenity.EV_CHARGING),
    ("parking", Amenity.PARKING),
    ("pool", Amenity.POOL),
    ("spa", Amenity.SPA),
    ("fitness", Amenity.GYM),
    ("gym", Amenity.GYM),
    ("restaurant", Amenity.RESTAURANT),
    ("bar/lounge", Amenity.BAR),
    ("number of bars", Amenity.BAR),
    ("air conditioning", Amenity.AIR_CONDITIONING),
    ("family room", Amenity.FAMILY_ROOMS),
    ("pets allowed", Amenity.PETS),
    ("wheelchair", Amenity.ACCESSIBLE),
    ("front desk (24 hours)", Amenity.RECEPTION_24H),
    ("24-hour front desk", Amenity.RECEPTION_24H),
    ("airport shuttle", Amenity.AIRPORT_SHUTTLE),
    ("airport transportation", Amenity.AIRPORT_SHUTTLE),
    ("laundry", Amenity.LAUNDRY),
    ("kitchen", Amenity.KITCHEN),
    ("elevator", Amenity.ELEVATOR),
    ("room service", Amenity.ROOM_SERVICE),
    ("business cent", Amenity.BUSINESS_CENTRE),
    ("beach", Amenity.BEACH),
)
_NEGATED: Final = ("no ", "not ", "spare", "space ")


def ask(ids: tuple[str, ...]) -> Call:
    return Call(
        operation="content",
        path=f"{VERSION}/properties/content",
        params=(
            ("language", "en-US"),
            ("supply_source", "expedia"),
            *(("include", name) for name in _INCLUDED),
            *(("property_id", told) for told in ids[:AT_ONCE]),
        ),
    )


def read(reply: Reply, _: Call) -> Readout[Property]:
    """A property that is sold no more is missing; one that can't be read is skipped by its id."""
    properties: list[Property] = []
    skipped: list[SkippedRecord] = []
    for property_id, told in decoded(reply, _PROPERTIES).items():
        read, bad = each((told,), _PROPERTY, _property, property_id)
        properties.extend(read)
        skipped.extend(bad)
    return Readout(records=tuple(properties), skipped=tuple(skipped))


def _property(told: wire_content.Content) -> Property:
    guests = (told.ratings.guest if told.ratings else None) or wire_content.GuestRating()
    checkin, checkout = told.checkin or wire_content.CheckIn(), told.checkout or wire_content.CheckOut()
    names = tuple(dict.fromkeys(amenity.name for amenity in (told.amenities or {}).values()))
    return Property(
        supplier=SLUG,
        id=str(told.property_id),
        name=told.name,
        location=_location(told.location),
        address=_address(told.address or wire_content.ContentAddress()),
        kind=told.category.name if told.category else None,
        stars=_stars(told.ratings),
        rating=_rating(guests.overall),
        reviews=guests.count,
        chain=told.chain.name if told.chain else None,
        amenities=_amenities(names),
        features=(*names, *_rules(told.attributes or wire_content.Attributes(), checkin)),
        photos=tuple(_photos(told.images or ())),
        description="\n\n".join(_paragraphs(told)) or None,
        phone=told.phone,
        check_in_from=clock(checkin.begin_time),
        check_in_until=clock(checkin.end_time),
        check_out_until=clock(checkout.time),
    )


def _location(told: wire_content.ContentLocation | None) -> Point | None:
    """Where the true place is the owner's secret until the booking, the one that they tell instead."""
    if told is None:
        return None
    shown = told.obfuscated_coordinates if told.obfuscation_required else told.coordinates
    return Point(latitude=shown.latitude, longitude=shown.longitude) if shown else None


def _address(told: wire_content.ContentAddress) -> Address:
    if told.obfuscation_required:
        return Address(city=told.city, country=told.country_code)
    lines = tuple(line for line in (told.line_1, told.line_2, told.state_province_name) if line)
    return Address(lines=lines, city=told.city, postal_code=told.postal_code, country=told.country_code)


def _stars(ratings: wire_content.Ratings | None) -> Decimal | None:
    told = _decimal(ratings.property.rating) if ratings and ratings.property else None
    return told if told and 0 < told <= 5 else None


def _rating(overall: str | None) -> Decimal | None:
    """Theirs goes to five, ours to ten."""
    told = _decimal(overall)
    return told * 2 if told and 0 < told <= 5 else None


def _decimal(text: str | None) -> Decimal | None:
    try:
        told = Decimal(text) if text else None
    except InvalidOperation:
        return None
    return told if told is not None and told.is_finite() else None


def _amenities(names: tuple[str, ...]) -> tuple[Amenity, ...]:
    affirmed = [name.lower() for name in names if not name.lower().startswith(_NEGATED)]
    return tuple(dict.fromkeys(amenity for words, amenity in _AMENITIES for name in affirmed if _says(words, name)))


def _says(words: str, name: str) -> bool:
    """At the beginning of a word: a spare key is no spa."""
    return re.search(rf"(?<![a-z]){re.escape(words)}", name) is not None


def _rules(attributes: wire_content.Attributes, checkin: wire_content.CheckIn) -> Iterator[str]:
    for told in (attributes.general or {}, attributes.pets or {}):
        yield from dict.fromkeys(attribute.name for attribute in told.values())
    if checkin.min_age is not None:
        yield f"Check-in from the age of {checkin.min_age}"
    if checkin.open_all_day:
        yield checkin.open_all_day


def _photos(images: "list[wire_content.Image] | tuple[wire_content.Image, ...]") -> Iterator[str]:
    """The widest of each, the one that stands for the property first."""
    for image in sorted(images, key=lambda image: not image.hero_image)[:_MOST_PHOTOS]:
        if image.links:
            widest = max(image.links, key=_width)
            yield image.links[widest].href


def _width(size: str) -> int:
    digits = "".join(sign for sign in size if sign.isascii() and sign.isdigit())
    return int(digits[:6] or 0)


def _paragraphs(told: wire_content.Content) -> Iterator[str]:
    descriptions, fees = told.descriptions or wire_content.Descriptions(), told.fees or wire_content.DeskFees()
    checkin, policies = told.checkin or wire_content.CheckIn(), told.policies or wire_content.Policies()
    for heading, text in (
        ("", descriptions.headline),
        ("", descriptions.general),
        ("", descriptions.location),
        ("Fees at the property: ", fees.mandatory),
        ("Optional fees: ", fees.optional),
        ("Know before you go: ", policies.know_before_you_go),
        ("Check-in: ", checkin.instructions),
        ("Special check-in instructions: ", checkin.special_instructions),
    ):
        if text and (plain := _plain(text)):
            yield f"{heading}{plain}"


_TAG: Final = re.compile(r"<[^<>]{0,200}>")


def _plain(marked_up: str) -> str:
    """Text without tags, some of which are escaped once more."""
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(marked_up))).split())


_WORDS: Final[Mapping[str, str]] = MappingProxyType({"noon": "12:00", "midnight": "00:00"})
_HOUR_FORMATS: Final = ("%I:%M %p", "%I %p", "%H:%M")


def clock(told: str | None) -> str | None:
    """`3:00 PM` as `15:00`; None for hours that are no hours, such as `anytime`."""
    if told is None:
        return None
    text = told.strip()
    for form in _HOUR_FORMATS:
        try:
            return f"{datetime.strptime(text, form):%H:%M}"  # noqa: DTZ007 - an hour on the property's wall
        except ValueError:
            continue
    return _WORDS.get(text.lower())
