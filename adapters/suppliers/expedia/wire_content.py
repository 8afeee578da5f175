"""The words in which Rapid describes its properties and regions, as far as we read them."""

import msgspec
from msgspec import field

from adapters.suppliers.expedia.wire import Amenity, Id, Link


class ContentAddress(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """With `obfuscation_required` only city and country may be shown before the booking."""

    line_1: str | None = None
    line_2: str | None = None
    city: str | None = None
    state_province_name: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    obfuscation_required: bool | None = None


class Coordinates(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    latitude: float
    longitude: float


class ContentLocation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    coordinates: Coordinates | None = None
    obfuscated_coordinates: Coordinates | None = None
    obfuscation_required: bool | None = None


class PropertyRating(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """0.0 or nothing is no rating; "Alternate" is Expedia's own estimate."""

    rating: str | None = None
    type: str | None = None


class GuestRating(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`overall` is 1.0 to 5.0."""

    count: int | None = None
    overall: str | None = None


class Ratings(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    property: PropertyRating | None = None
    guest: GuestRating | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str | None = None


class CheckIn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Hours are free text, such as `3:00 PM`, `noon` or `anytime`."""

    open_all_day: str | None = field(default=None, name="24_hour")
    begin_time: str | None = None
    end_time: str | None = None
    instructions: str | None = None
    special_instructions: str | None = None
    min_age: int | None = None


class CheckOut(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    time: str | None = None


class DeskFees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """HTML."""

    mandatory: str | None = None
    optional: str | None = None


class Policies(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    know_before_you_go: str | None = None


class Attributes(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Rules and lacks, such as `Caters to adults only` and `No elevators`."""

    general: dict[str, Amenity] | None = None
    pets: dict[str, Amenity] | None = None


class Image(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`links` by width, such as `350px`."""

    links: dict[str, Link] | None = None
    hero_image: bool | None = None


class Descriptions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    headline: str | None = None
    location: str | None = None
    general: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    property_id: Id
    name: str
    address: ContentAddress | None = None
    location: ContentLocation | None = None
    ratings: Ratings | None = None
    phone: str | None = None
    category: Named | None = None
    chain: Named | None = None
    checkin: CheckIn | None = None
    checkout: CheckOut | None = None
    fees: DeskFees | None = None
    policies: Policies | None = None
    amenities: dict[str, Amenity] | None = None
    attributes: Attributes | None = None
    images: list[Image] | None = None
    descriptions: Descriptions | None = None


# ---- GET /regions ----


class Centre(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    center_latitude: float
    center_longitude: float


class Region(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: Id
    type: str | None = None
    name: str | None = None
    name_full: str | None = None
    country_code: str | None = None
    iata_airport_code: str | None = None
    iata_airport_metro_code: str | None = None
    coordinates: Centre | None = None
