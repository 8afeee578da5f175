"""Who travels, and whom to reach about it."""

from datetime import date
from enum import StrEnum

import msgspec


class Title(StrEnum):
    MR = "mr"
    MS = "ms"
    MRS = "mrs"
    MX = "mx"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Age(StrEnum):
    """As airlines count: an infant is under two and sits on a lap, a child under twelve."""

    ADULT = "adult"
    CHILD = "child"
    INFANT = "infant"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A passport. `issued_by` and `nationality` elsewhere are ISO 3166-1 alpha-2."""

    number: str
    issued_by: str
    expires_on: date


class Traveller(msgspec.Struct, frozen=True, kw_only=True):
    """Names as in the passport, in Latin letters."""

    given_name: str
    surname: str
    born_on: date
    title: Title
    gender: Gender
    age: Age = Age.ADULT
    nationality: str | None = None
    document: Document | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """`phone` in the international form, `+` and digits; `country` where they live, ISO 3166-1 alpha-2."""

    email: str
    phone: str
    country: str
    address_line: str | None = None
    city: str | None = None
    postal_code: str | None = None
