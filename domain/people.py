"""Who somebody is to us: the owner of what is kept, and how much they may do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


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
