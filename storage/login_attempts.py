"""How often somebody tried to sign in of late: counted by account and address together, so that nobody locks others out."""

import hashlib
import ipaddress
from datetime import timedelta
from typing import Final

import redis.asyncio

from storage.cache import redis_failures

WINDOW: Final = timedelta(minutes=15)
MOST_FOR_AN_ACCOUNT: Final = 10  # from one address
MOST_FROM_AN_ADDRESS: Final = 100  # whatever the accounts


class LoginAttempts:
    """For all processes. Methods raise StorageDown."""

    def __init__(self, client: "redis.asyncio.Redis") -> None:
        self._redis: Final = client

    async def another(self, account: str, address: str) -> bool:
        """False where it was tried too often. It is counted before anything is compared: a burst gets no further."""
        pair, all_of = _pair(account, address), _address(address)
        with redis_failures():
            async with self._redis.pipeline(transaction=True) as pipe:
                for key in (pair, all_of):
                    pipe.incr(key)
                    pipe.expire(key, WINDOW, nx=True)
                counted = await pipe.execute()
        return int(counted[0]) <= MOST_FOR_AN_ACCOUNT and int(counted[2]) <= MOST_FROM_AN_ADDRESS

    async def succeeded(self, account: str, address: str) -> None:
        """Whoever knows the password starts anew; the address does not, or one account would open all others to guesses."""
        with redis_failures():
            await self._redis.delete(_pair(account, address))


def _pair(account: str, address: str) -> str:
    return f"travelhub:logins:{hashlib.sha256(account.encode()).hexdigest()[:24]}:{_network(address)}"


def _address(address: str) -> str:
    return f"travelhub:logins:{_network(address)}"


def _network(address: str) -> str:
    """Who has an IPv6 address has 2^64 of them."""
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return "nowhere"
    if isinstance(told, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((told, 64), strict=False).network_address)
    return str(told)
