"""What every gateway does the same way: look at the clock before it asks, and refuse to guess what an answer means."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from adapters.kit.failures import TryLater, Unknown
from domain.searches import Outcome

Told = TypeVar("Told")
Meant = TypeVar("Meant")


def in_time(deadline: float) -> None:
    """Raises TryLater where there is no time left to ask."""
    if asyncio.get_running_loop().time() >= deadline:
        raise TryLater("no time is left to ask the gateway", outcome=Outcome.TIMEOUT)


def made(make: Callable[[Told], Meant], told: Told) -> Meant:
    """Raises Unknown for an answer in words that we don't have: something has happened, and we can't say what."""
    try:
        return make(told)
    except (ValueError, ArithmeticError) as error:
        raise Unknown(f"the gateway's answer can't be read: {error}", outcome=Outcome.ERROR) from error
