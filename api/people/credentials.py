"""Which credentials are good, and whose: found out once, and then known by a look into a dict."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.people.tokens import BadToken, TokenRing
from domain.people import ADMINISTRATOR, Identity, Role, Shown

_log: Final = structlog.get_logger(__name__)
_MOST_KNOWN: Final = 50_000  # some ten megabytes
_BELIEVED_FOR: Final = timedelta(minutes=5)  # what does not end by itself is looked up again


class Refused(Exception):
    """The credential is not good. The sentence is for whoever showed it."""


class Credential(NamedTuple):
    """What a request shows, as it came, and what stands for it where it is remembered."""

    kind: bytes
    value: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.blake2s(self.value, digest_size=16, person=self.kind).digest()


_API_KEY: Final = b"api-key"
_BEARER: Final = b"bearer"
_NEITHER: Final = b"neither"


def credential_in(headers: Mapping[bytes, bytes]) -> Credential | None:
    """What is shown in these headers, names in lower case; None where nothing is."""
    key, authorization = headers.get(b"x-api-key"), headers.get(b"authorization")
    if authorization is None:
        return None if key is None else Credential(_API_KEY, key)
    if key is not None:
        return Credential(_NEITHER, b"two")
    return Credential(_BEARER, authorization)


class _Known(NamedTuple):
    identity: Identity
    until: datetime


class Credentials:
    """One for each process."""

    def __init__(self, *, ring: TokenRing, admin_token: str, engine: AsyncEngine) -> None:
        self.ring: Final = ring
        self._admin_token: Final = admin_token.encode()
        self._engine: Final = engine
        self._known: Final[dict[bytes, _Known]] = {}
        self._revoked: frozenset[str] = frozenset()

    def known(self, credential: Credential, now: datetime) -> Identity | None:
        """Whose it was found to be, as long as that holds. Never waits."""
        known = self._known.get(credential.digest)
        if known is None or now >= known.until or known.identity.session in self._revoked:
            return None
        return known.identity

    async def verified(self, credential: Credential, now: datetime) -> Identity:
        """Raises Refused, and StorageDown where nobody can tell."""
        match credential.kind:
            case b"bearer":
                identity = self._borne(credential.value, now)
            case b"api-key":
                raise Refused("No such API key is known.")
            case _:
                raise Refused("Show one credential: either X-Api-Key or Authorization.")
        if identity.session is not None and identity.session in self._revoked:
            raise Refused("This session has ended: sign in again.")
        self._remember(credential, identity, now)
        return identity

    def revoked(self, sessions: frozenset[str]) -> None:
        """These are good no more, at once."""
        self._revoked |= sessions

    def _borne(self, authorization: bytes, now: datetime) -> Identity:
        scheme, _, shown = authorization.partition(b" ")
        shown = shown.strip()
        if scheme.lower() != b"bearer" or not shown:
            raise Refused("Authorization takes a bearer token.")
        if self._admin_token and hmac.compare_digest(shown, self._admin_token):
            return Identity(owner=ADMINISTRATOR, role=Role.ADMIN, shown=Shown.ADMIN_TOKEN)
        try:
            return self.ring.read(shown.decode("ascii"), now)
        except (BadToken, UnicodeDecodeError) as error:
            said = str(error) if isinstance(error, BadToken) else "The token is not one of ours."
            raise Refused(said) from error

    def _remember(self, credential: Credential, identity: Identity, now: datetime) -> None:
        """Whoever came first goes first."""
        until = min(identity.until or now + _BELIEVED_FOR, now + _BELIEVED_FOR)
        while len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[credential.digest] = _Known(identity, until)
