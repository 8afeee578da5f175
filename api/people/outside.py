"""Tokens of outside issuers: believed by the keys that a worker has read, and whoever comes for the first time is new here."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
import msgspec
import redis.asyncio
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.people.tokens import BadToken
from domain.issuers import Issuer, PublicKey, Published
from domain.jobs import RefreshIssuers
from domain.people import Address, Person, address
from storage import issuers, people
from storage.engine import transaction
from storage.failures import StorageDown
from storage.queue import JobQueue

_log: Final = structlog.get_logger(__name__)
_LEEWAY: Final = timedelta(seconds=30)  # between their clocks and ours
_REQUIRED: Final = ("iss", "aud", "sub", "iat", "exp")
LOOKED_EVERY: Final = 15.0  # seconds
MISSING_EVERY: Final = 2.0  # while an issuer was never read
_LOOKED_AGAIN_AFTER: Final = 1.0
_LONGEST_NAME: Final = 100


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer vouches for. `address` only where it says that it was verified."""

    issuer: str
    subject: str
    until: datetime
    address: Address | None
    name: str | None
    nonce: str | None


class Outside:
    """One for each process. What is published is read in the background; a token waits for nobody."""

    def __init__(
        self,
        believed: Mapping[str, Issuer],
        *,
        engine: AsyncEngine,
        client: "redis.asyncio.Redis",
        queue: JobQueue,
    ) -> None:
        self.issuers: Final = believed
        self.published: Mapping[str, Published] = {}
        self._engine: Final = engine
        self._redis: Final = client
        self._queue: Final = queue
        self._looked_at = -_LOOKED_AGAIN_AFTER

    async def look(self) -> None:
        """What workers have read; one is sent where something is missing. Raises StorageDown."""
        if not self.issuers:
            return
        async with transaction(self._engine) as connection:
            self.published = {one.issuer: one for one in await issuers.every(connection) if one.issuer in self.issuers}
        if self.missing:
            await self._ask()

    @property
    def missing(self) -> bool:
        return len(self.published) < len(self.issuers)

    def issuer_of(self, token: str) -> Issuer | None:
        """Whose the token claims to be, of those that we believe; nothing is proven by that."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return None
        told = claims.get("iss")
        return self.issuers.get(told) if isinstance(told, str) else None

    async def read(self, issuer: Issuer, token: str, now: datetime) -> Brought:
        """Raises BadToken. A key that nobody knows is asked for, and known within seconds if there is one."""
        name = _key_name(token)
        key = self._key(issuer, name)
        if key is None:
            await self._look_again()
            key = self._key(issuer, name)
        if key is None:
            raise BadToken("The token is signed with a key that its issuer does not publish, or has just begun to.")
        claims = _verified(token, key, issuer)
        begins, ends = _instant(claims.get("nbf", claims["iat"])), _instant(claims["exp"])
        if now >= ends + _LEEWAY:
            raise BadToken("The token has expired.")
        if now < begins - _LEEWAY:
            raise BadToken("The token is not good yet.")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise BadToken("The token tells of nobody.")
        return Brought(
            issuer=issuer.url,
            subject=claims["sub"],
            until=ends + _LEEWAY,
            address=_address(claims),
            name=_name(claims),
            nonce=claims.get("nonce") if isinstance(claims.get("nonce"), str) else None,
        )

    async def person(self, brought: Brought, person_id: str, *, now: datetime) -> Person | None:
        """Whoever it is; with `person_id` where they are new. None for who has gone. Raises StorageDown.

        Their role is ours to give, whatever the token says.
        """
        fresh = Person(
            id=person_id,
            email=None if brought.address is None else brought.address.typed,
            created_at=now,
            name=brought.name,
        )
        async with transaction(self._engine) as connection:
            return await people.elsewhere(connection, brought.issuer, brought.subject, fresh, brought.address)

    def _key(self, issuer: Issuer, name: str) -> PublicKey | None:
        published = self.published.get(issuer.url)
        return None if published is None else next((key for key in published.keys if key.id == name), None)

    async def _look_again(self) -> None:
        """A worker may have read it by now; else one is sent. Neither is done for each token: anybody can make up a key."""
        now = asyncio.get_running_loop().time()
        if now < self._looked_at + _LOOKED_AGAIN_AFTER:
            return
        self._looked_at = now
        try:
            await self._ask()
            await self.look()
        except StorageDown as error:
            _log.debug("issuers.not_looked_up", error=str(error))

    async def _ask(self) -> None:
        if await issuers.may_ask_again(self._redis):
            await self._queue.put(RefreshIssuers())


def _key_name(token: str) -> str:
    """Raises BadToken."""
    try:
        name = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise BadToken("The token can't be read.") from error
    if not isinstance(name, str):
        raise BadToken("The token does not say which key signed it.")
    return name


def _verified(token: str, key: PublicKey, issuer: Issuer) -> dict[str, Any]:
    """The key decides on the algorithm. Raises BadToken."""
    try:
        return jwt.decode(
            token,
            jwt.PyJWK(key.jwk, algorithm=key.algorithm),
            algorithms=[key.algorithm],
            audience=issuer.audience,
            issuer=issuer.url,
            options={
                "require": list(_REQUIRED),
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise BadToken("The token is not one of its issuer's for us.") from error


def _address(claims: Mapping[str, Any]) -> Address | None:
    """Supabase tells it of the account, everybody else of the token."""
    told, more = claims.get("email"), claims.get("user_metadata")
    proven = claims.get("email_verified", more.get("email_verified") if isinstance(more, dict) else None)
    if not isinstance(told, str) or proven is not True:
        return None
    try:
        return address(told)
    except ValueError:
        return None


def _name(claims: Mapping[str, Any]) -> str | None:
    told = claims.get("name")
    return told.strip()[:_LONGEST_NAME] or None if isinstance(told, str) else None


def _instant(seconds: object) -> datetime:
    """Raises BadToken."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 2**40:
        raise BadToken("The token's times are none.")
    return datetime.fromtimestamp(seconds, UTC)
