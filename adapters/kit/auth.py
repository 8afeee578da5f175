"""How a supplier wants to be shown who asks."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from adapters.kit.calls import Call


class Auth(Protocol):
    """`secrets` are the names of the environment variables that hold the credentials."""

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def signed(self, call: Call, secrets: Mapping[str, str]) -> Call:
        """The call with its credentials; `secrets` holds a value for each name."""
        ...


class HeaderKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key in a request header."""

    header: str
    secret: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def signed(self, call: Call, secrets: Mapping[str, str]) -> Call:
        return msgspec.structs.replace(call, headers=(*call.headers, (self.header, secrets[self.secret])))


class QueryKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key as a query parameter, and so in every URL: the kit keeps it out of logs and cassettes."""

    param: str
    secret: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def signed(self, call: Call, secrets: Mapping[str, str]) -> Call:
        return msgspec.structs.replace(call, params=((self.param, secrets[self.secret]), *call.params))
