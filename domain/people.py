"""Who somebody is to us: the owner of what is kept, and how much they may do."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.queries import Cabin


class Role(StrEnum):
    """Operators see everybody's bookings and clear up what is in doubt; admins decide about the system as well."""

    TRAVELLER = "traveller"
    OPERATOR = "operator"
    ADMIN = "admin"

    def reaches(self, needed: "Role") -> bool:
        return RANKS[self] >= RANKS[needed]


RANKS: Final[Mapping[Role, int]] = MappingProxyType({Role.TRAVELLER: 0, Role.OPERATOR: 1, Role.ADMIN: 2})

# Whoever shows ADMIN_TOKEN: nobody in particular, who owns what is made with it.
ADMINISTRATOR: Final = "administrator"


class Shown(StrEnum):
    """What somebody is known by."""

    TOKEN = "token"  # noqa: S105  # a kind of credential, not one
    API_KEY = "api_key"
    ADMIN_TOKEN = "admin_token"  # noqa: S105  # as above


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who shows a credential that was found to be good.

    `owner` is the person's id: what is kept is kept under it, whichever credential is shown next time. `session` names
    what can be revoked: the session of a token, or the API key. `until` is when the credential ends by itself.
    """

    owner: str
    role: Role
    shown: Shown
    session: str | None = None
    until: datetime | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with an account. `email` is None for who came by an outside issuer that does not vouch for one.

    `verified_at` is when it was proven that letters to the address are read. `language` is BCP 47, for letters.
    """

    id: str
    email: str | None
    created_at: datetime
    role: Role = Role.TRAVELLER
    name: str | None = None
    language: str = "en"
    verified_at: datetime | None = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A mail address: as it was typed, for writing to it, and as it is compared."""

    typed: str
    compared: str


def address(typed: str) -> Address:
    """Raises ValueError for what can't be one.

    Mail servers may tell capitals apart before the `@`, and none that people use does: two accounts that differ by them
    alone would be one person's, or a trap.
    """
    told = unicodedata.normalize("NFKC", typed.strip())
    local, at, domain = told.rpartition("@")
    if not (at and 0 < len(local) <= _LONGEST_LOCAL) or _NEVER_IN_AN_ADDRESS.search(told):
        raise ValueError("is no mail address")
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError("is no mail address") from error
    if not _A_HOST.fullmatch(host) or len(local) + 1 + len(host) > _LONGEST_ADDRESS:
        raise ValueError("is no mail address")
    return Address(typed=typed.strip(), compared=f"{local.casefold()}@{host}")


_LONGEST_LOCAL: Final = 64
_LONGEST_ADDRESS: Final = 254
_NEVER_IN_AN_ADDRESS: Final = re.compile(r'[\s\x00-\x1f\x7f<>()\[\]\\,;:"]|@.*@|^\.|\.@|\.\.')
_A_HOST: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class Purpose(StrEnum):
    """Why an address is written to: whoever reads the letter proves something by it."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # a purpose, not a password


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What a client may fill in for somebody who does not say: codes as everywhere else, None where nothing is preferred."""

    currency: str | None = None
    language: str | None = None
    market: str | None = None
    home_airport: str | None = None
    cabin: Cabin | None = None
    adults: int | None = None


class FavoriteKind(StrEnum):
    HOTEL = "hotel"
    AIRPORT = "airport"
    CITY = "city"
    AIRLINE = "airline"


class Favorite(msgspec.Struct, frozen=True, kw_only=True):
    """`about` is the hotel's id, or the code of the airport, city or airline."""

    id: str
    kind: FavoriteKind
    about: str
    note: str | None
    created_at: datetime


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of a client app, without its secret. `last_used_at` is true to some minutes."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
