"""Which credentials are good, and whose: found out once, and then known by a look into a dict."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from api.people.outside import Outside
from api.people.tokens import GOOD_FOR, BadToken, TokenRing
from domain.ids import short_id
from domain.issuers import Issuer
from domain.people import ADMINISTRATOR, Identity, Role, Shown
from storage import api_keys, people
from storage.engine import transaction
from storage.failures import StorageDown

_MOST_KNOWN: Final = 50_000  # some ten megabytes
_BELIEVED_FOR: Final = timedelta(minutes=5)  # what does not end by itself is looked up again
LOOKED_EVERY: Final = 3.0  # seconds: as long as another process goes on believing what was revoked
LOOKED_BACK: Final = GOOD_FOR + _BELIEVED_FOR
_TOLD_EVERY: Final = timedelta(minutes=5)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_A_KEY: Final = re.compile(rb"thk_(?P<id>[a-z2-7]{12})_(?P<secret>[A-Za-z0-9_-]{43})")


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

    def __init__(
        self,
        *,
        ring: TokenRing,
        outside: Outside,
        admin_token: str,
        engine: AsyncEngine,
        clock: Callable[[], datetime],
    ) -> None:
        self.ring: Final = ring
        self._outside: Final = outside
        self._admin_token: Final = admin_token.encode()
        self._engine: Final = engine
        self._clock: Final = clock
        self._known: Final[dict[bytes, _Known]] = {}
        self._used: dict[str, datetime] = {}
        self._told: Final[dict[str, datetime]] = {}
        self._revoked: frozenset[str] = frozenset()

    def known(self, credential: Credential, now: datetime) -> Identity | None:
        """Whose it was found to be, as long as that holds. Never waits."""
        known = self._known.get(credential.digest)
        if known is None or now >= known.until:
            return None
        identity = known.identity
        if identity.session in self._revoked or identity.owner in self._revoked:
            return None
        if identity.shown is Shown.API_KEY and identity.session is not None:
            self._used[identity.session] = now
        return identity

    async def verified(self, credential: Credential, now: datetime) -> Identity:
        """Raises Refused, and StorageDown where nobody can tell."""
        match credential.kind:
            case b"bearer":
                identity = await self._borne(credential.value, now)
            case b"api-key":
                identity = await self._owned(credential.value)
            case _:
                raise Refused("Show one credential: either X-Api-Key or Authorization.")
        if identity.session in self._revoked or identity.owner in self._revoked:
            raise Refused("This session has ended: sign in again.")
        self._remember(credential, identity, now)
        return identity

    def revoked(self, ids: Iterable[str]) -> None:
        """Sessions, keys and people whose credentials are good no more, at once and in this process."""
        self._revoked = self._revoked.union(ids)

    async def look(self) -> None:
        """What was revoked anywhere, and when keys were used here. Raises StorageDown.

        Whoever was revoked longer ago than anything is believed is in no memory any more.
        """
        used, self._used = self._used, {}
        try:
            async with transaction(self._engine) as connection:
                revoked = await people.revoked(connection, since=self._clock() - LOOKED_BACK)
                await api_keys.used(connection, {key: at for key, at in used.items() if self._worth_a_word(key, at)})
        except StorageDown:
            self._used = used | self._used
            raise
        self._revoked = revoked

    def _worth_a_word(self, key: str, at: datetime) -> bool:
        """Not more than once in some minutes for each key."""
        if at - self._told.get(key, _LONG_AGO) < _TOLD_EVERY:
            return False
        self._told[key] = at
        return True

    async def _owned(self, value: bytes) -> Identity:
        """A key acts for whoever made it, and never with more than a traveller may."""
        read = _A_KEY.fullmatch(value)
        if read is None:
            raise Refused("No such API key is known.")
        key_id, secret = read["id"].decode(), read["secret"].decode()
        async with transaction(self._engine) as connection:
            owner = await api_keys.owner_of(connection, key_id, secret)
        if owner is None:
            raise Refused("No such API key is known.")
        self._used[key_id] = self._clock()
        return Identity(owner=owner, role=Role.TRAVELLER, shown=Shown.API_KEY, session=key_id)

    async def _borne(self, authorization: bytes, now: datetime) -> Identity:
        scheme, _, shown = authorization.partition(b" ")
        shown = shown.strip()
        if scheme.lower() != b"bearer" or not shown:
            raise Refused("Authorization takes a bearer token.")
        if self._admin_token and hmac.compare_digest(shown, self._admin_token):
            return Identity(owner=ADMINISTRATOR, role=Role.ADMIN, shown=Shown.ADMIN_TOKEN)
        try:
            token = shown.decode("ascii")
            issuer = self._outside.issuer_of(token)
            return self.ring.read(token, now) if issuer is None else await self._brought(issuer, token, now)
        except (BadToken, UnicodeDecodeError) as error:
            said = str(error) if isinstance(error, BadToken) else "The token is not one of ours."
            raise Refused(said) from error

    async def _brought(self, issuer: Issuer, token: str, now: datetime) -> Identity:
        """Raises BadToken, and Refused for who has gone."""
        brought = await self._outside.read(issuer, token, now)
        person = await self._outside.person(brought, short_id(secrets.token_hex(32)), now=now)
        if person is None:
            raise Refused("This account is closed.")
        return Identity(owner=person.id, role=person.role, shown=Shown.TOKEN, until=brought.until)

    def _remember(self, credential: Credential, identity: Identity, now: datetime) -> None:
        """Whoever came first goes first."""
        until = min(identity.until or now + _BELIEVED_FOR, now + _BELIEVED_FOR)
        while len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[credential.digest] = _Known(identity, until)
