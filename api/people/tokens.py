"""Our own tokens: short-lived, signed with the first key of a ring, and believed for nothing but what they say here."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from domain.people import Identity, Role, Shown

GOOD_FOR: Final = timedelta(minutes=10)
LEEWAY: Final = timedelta(seconds=5)  # between the clocks of our own machines
ISSUER: Final = "travelhub"
AUDIENCE: Final = "travelhub-api"
# What a token of ours is signed with, whatever a token says of itself (docs/decisions/0006-credentials.md).
_ALGORITHM: Final = "HS256"
_KIND: Final = "at+jwt"  # RFC 9068
_REQUIRED: Final = ("iss", "aud", "sub", "role", "sid", "jti", "iat", "nbf", "exp")
_KEY_BYTES: Final = 32


class BadToken(Exception):
    """Not ours, not now, or not what it seems; the sentence says which, and nothing that helps to make a better one."""


class TokenRing:
    """The first of the keys signs, every one of them is believed: a new one goes in front, and the old one leaves when the
    last of its tokens has ended.

    A key is 32 bytes in URL-safe base64. Raises ValueError for what is none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys: Final = {_name(key): key for key in map(_key, keys)}
        self._signs: Final = next(iter(self._keys), None)

    def signed(self, *, owner: str, role: Role, session: str, number: str, now: datetime) -> str:
        """`number` is the token's own. Raises ValueError where the ring has no key."""
        if self._signs is None:
            raise ValueError("TOKEN_KEYS is not set, so nobody can sign in")
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": owner,
            "role": role.value,
            "sid": session,
            "jti": number,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + GOOD_FOR).timestamp()),
        }
        headers = {"kid": self._signs, "typ": _KIND}
        return jwt.encode(claims, self._keys[self._signs], algorithm=_ALGORITHM, headers=headers)

    def read(self, token: str, now: datetime) -> Identity:
        """Raises BadToken. Times go by `now`, so that there is one clock."""
        claims = self._verified(token)
        begins, ends = _instant(claims["nbf"]), _instant(claims["exp"])
        if now >= ends + LEEWAY:
            raise BadToken("The token has expired: get another one with the refresh token.")
        if now < begins - LEEWAY:
            raise BadToken("The token is not good yet.")
        if ends - begins > GOOD_FOR:
            raise BadToken("The token is good for longer than any token of ours.")
        if claims["role"] not in set(Role) or not all(isinstance(claims[name], str) for name in ("sub", "sid")):
            raise BadToken("The token is not one of ours.")
        return Identity(
            owner=claims["sub"],
            role=Role(claims["role"]),
            shown=Shown.TOKEN,
            session=claims["sid"],
            until=ends + LEEWAY,
        )

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            head = jwt.get_unverified_header(token)
            key = self._keys.get(head.get("kid", ""))
            if key is None or head.get("typ") != _KIND:
                raise BadToken("The token is not one of ours.")
            return jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={
                    "require": list(_REQUIRED),
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise BadToken("The token is not one of ours.") from error


def _key(told: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(told)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a key of TOKEN_KEYS is no URL-safe base64") from error
    if len(key) != _KEY_BYTES:
        raise ValueError(f"a key of TOKEN_KEYS has {len(key)} bytes, not {_KEY_BYTES}")
    return key


def _name(key: bytes) -> str:
    """Tells keys apart without telling them."""
    return hashlib.blake2s(key, digest_size=6, person=b"token").hexdigest()


def _instant(seconds: object) -> datetime:
    """Raises BadToken."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**40:
        raise BadToken("The token is not one of ours.")
    return datetime.fromtimestamp(seconds, UTC)
