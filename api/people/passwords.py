"""Passwords: hashed by argon2id, a few at a time in threads of their own, and the same work for whoever is unknown."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from api.problems import unavailable

Outcome = TypeVar("Outcome")
# The second choice of RFC 9106: 64 MiB, three passes. A hash takes some 50 ms of one core.
_PASSES: Final = 3
_MEMORY_KIB: Final = 64 * 1024
_LANES: Final = 4
# What a process computes at once takes this many times the memory above, and no more cores than that.
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 32


class Hasher(Protocol):
    """What argon2-cffi's hasher can do."""

    def hash(self, password: str) -> str: ...
    def verify(self, hash: str, password: str) -> bool: ...  # noqa: A002  # argon2-cffi's own name
    def check_needs_rehash(self, hash: str) -> bool: ...  # noqa: A002  # as above


def argon2id() -> PasswordHasher:
    """With the parameters of this release; hashes with others are made anew when their owner signs in."""
    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES, type=Type.ID)


class Passwords:
    """One for each process. Raises Problem (503) where more people wait than are served within seconds."""

    def __init__(self, hasher: Hasher) -> None:
        self._hasher: Final = hasher
        self._threads: Final = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        return await self._in_a_thread(self._hash, password)

    async def matches(self, held: str | None, password: str) -> bool:
        """`held` None: of somebody who is unknown, or has no password. It costs what everybody else's does."""
        return await self._in_a_thread(self._matches, held, password)

    def outdated(self, held: str) -> bool:
        return self._hasher.check_needs_rehash(held)

    async def prepare(self) -> None:
        """Before the first request, so that an unknown account never costs a hash more."""
        await self._in_a_thread(self._nobody)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_a_thread(self, work: Callable[..., Outcome], *told: object) -> Outcome:
        if self._waiting >= _MOST_WAITING:
            raise unavailable("Too many people sign in at this moment.", retry_after_seconds=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *told)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def _matches(self, held: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(held or self._nobody(), _normal(password)) and held is not None
        except (VerificationError, InvalidHashError):
            return False

    def _nobody(self) -> str:
        """The hash of what nobody can type."""
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(secrets.token_urlsafe(32))
        return self._nobodys


def _normal(password: str) -> str:
    """The same letters from any keyboard."""
    return unicodedata.normalize("NFKC", password)
