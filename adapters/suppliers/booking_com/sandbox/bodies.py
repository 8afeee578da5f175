"""What a request may hold: every name, its form, and which names go together."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from adapters.suppliers.booking_com.sandbox.gate import Body, Refused, invalid

Asked = TypeVar("Asked")
Country = Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]{2})?$")]
Number = Annotated[int, Meta(ge=1)]
Age = Annotated[int, Meta(ge=0, le=17)]
Airport = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Hundreds = Annotated[int, Meta(ge=10, le=100, multiple_of=10)]
Thousands = Annotated[int, Meta(ge=10, le=1000, multiple_of=10)]
Timing = Literal["pay_at_the_property", "pay_online_later", "pay_online_now"]

_FARTHEST, _LONGEST = timedelta(days=500), timedelta(days=90)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]+)`(?: - at `\$\.?(?P<where>[^`]*)`)?")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]+)`")


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that is not named here is refused."""


class Booker(Strict, frozen=True, kw_only=True):
    country: Country
    platform: Literal["android", "desktop", "ios", "mobile", "tablet"]
    state: Country | None = None
    travel_purpose: Literal["business", "leisure"] | None = None
    user_groups: list[Literal["authenticated"]] = []


class Allocation(Strict, frozen=True, kw_only=True):
    number_of_adults: Number
    children: list[Age] = []


class Guests(Strict, frozen=True, kw_only=True):
    number_of_adults: Number
    number_of_rooms: Number
    children: list[Age] = []
    allocation: list[Allocation] = []


class Around(Strict, frozen=True, kw_only=True):
    latitude: float
    longitude: float
    radius: float


class Sort(Strict, frozen=True, kw_only=True):
    by: Literal["distance", "price", "review_score", "stars"] | None = None
    direction: Literal["ascending", "descending"] | None = None


class Payment(Strict, frozen=True, kw_only=True):
    credit_card_required: bool | None = None
    timing: Literal["pay_at_the_property", "pay_online"] | None = None


class PriceRange(Strict, frozen=True, kw_only=True):
    minimum: int | None = None
    maximum: int | None = None


class RatingRange(Strict, frozen=True, kw_only=True):
    minimum_review_score: Annotated[int, Meta(ge=0, le=10)] | None = None
    stars: list[Annotated[float, Meta(ge=1, le=5)]] = []


class Stay(Strict, frozen=True, kw_only=True):
    """What a search and an availability have in common."""

    booker: Booker
    checkin: date
    checkout: date
    guests: Guests
    currency: Currency | None = None


class Search(Stay, frozen=True, kw_only=True):
    """Filters on facilities, brands, types and programmes are known by name; the world has no such numbers."""

    city: int | None = None
    airport: Airport | None = None
    country: Country | None = None
    district: Number | None = None
    landmark: Number | None = None
    region: Number | None = None
    coordinates: Around | None = None
    accommodations: Annotated[list[Number], Meta(max_length=100)] | None = None
    extras: list[Literal["extra_charges", "products"]] = []
    rows: Hundreds = 100
    sort: Sort | None = None
    cancellation_type: Literal["free_cancellation", "non_refundable"] | None = None
    meal_plan: Literal["all_inclusive", "breakfast_included", "full_board", "half_board"] | None = None
    payment: Payment | None = None
    price: PriceRange | None = None
    rating: RatingRange | None = None
    reception: bool | None = msgspec.field(name="24_hour_reception", default=None)
    accommodation_facilities: list[Number] = []
    accommodation_types: list[Number] = []
    brands: list[Number] = []
    dormitories: Literal["include", "exclude", "only"] = "include"
    room_facilities: list[Number] = []
    travel_proud: bool | None = None


class Availability(Stay, frozen=True, kw_only=True):
    accommodation: Number
    extras: list[Literal["extra_charges"]] = []
    payment: Payment | None = None
    products: list[str] | None = None


class Details(Strict, frozen=True, kw_only=True):
    accommodations: Annotated[list[Number], Meta(max_length=100)] | None = None
    airport: Airport | None = None
    city: int | None = None
    country: Country | None = None
    region: Number | None = None
    extras: list[Literal["description", "facilities", "payment", "photos", "policies", "rooms"]] = []
    languages: tuple[Language, ...] = ("en-gb",)
    rows: Thousands = 100
    accommodation_facilities: list[Number] = []
    accommodation_types: list[Number] = []
    brands: list[Number] = []
    payment: Payment | None = None


_LISTS = Literal[
    "accommodation_facilities", "accommodation_themes", "accommodation_types", "bed_types", "charge_types",
    "facility_types", "review_scores", "room_facilities", "room_types",
]  # fmt: skip


class Constants(Strict, frozen=True, kw_only=True):
    constants: list[_LISTS] | None = None
    languages: tuple[Language, ...] = ("en-gb",)


class Cities(Strict, frozen=True, kw_only=True):
    airport: Airport | None = None
    city: int | None = None
    country: Country | None = None
    district: Number | None = None
    landmark: Number | None = None
    region: Number | None = None
    languages: tuple[Language, ...] = ("en-gb",)
    rows: Thousands = 100


class Nothing(Strict, frozen=True, kw_only=True):
    """A call without parameters."""


def asked(body: Body, kind: type[Asked]) -> Asked:
    """The body in its form. Refuses the first thing that is wrong with it, by name."""
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise _fault(str(error)) from error


def _fault(said: str) -> Refused:
    if missing := _MISSING.search(said):
        where = f"{missing['where']}." if missing["where"] else ""
        return invalid(f"Parameter '{where}{missing['name']}' is missing.", "missing_parameter")
    if unknown := _UNKNOWN.search(said):
        return invalid(f"Parameter '{unknown['name']}' does not exist.", "unknown_parameter")
    return invalid(said)


def exactly_one(body: Body, names: Iterable[str]) -> str:
    """Of several ways to say what is wanted."""
    there = [name for name in names if body.get(name) is not None]
    if not there:
        raise invalid(f"Parameter '{next(iter(names))}' is missing.", "missing_parameter")
    if len(there) > 1:
        raise invalid(f"Parameters '{there[0]}' and '{there[1]}' exclude each other.", "conflicting_parameters")
    return there[0]


def check_nights(checkin: date, checkout: date, now: datetime) -> None:
    """A day behind is allowed: somewhere it is still yesterday."""
    if checkout <= checkin:
        raise invalid("Parameter 'checkout' is not after 'checkin'.", "conflicting_parameters")
    if not timedelta(days=-1) <= checkin - now.date() <= _FARTHEST:
        raise invalid("Parameter 'checkin' must be within 500 days in the future.")
    if checkout - checkin > _LONGEST:
        raise invalid("Parameter 'checkout' must be within 90 days after 'checkin'.")


def only_page(body: Body, *also: str) -> Any:
    """The page's token; whatever else was asked for is in it already."""
    if stranger := next((name for name in body if name not in ("page", *also)), None):
        raise invalid(f"Parameters 'page' and '{stranger}' exclude each other.", "conflicting_parameters")
    return body["page"]
