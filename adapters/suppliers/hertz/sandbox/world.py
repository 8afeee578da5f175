"""What the pretend Hertz needs of the pretend world."""

from datetime import datetime
from random import Random
from typing import Any, Final, Protocol

SELLER: Final = "hertz"


class World(Protocol):
    """`cars` has counters, quotes and yards; `outcomes` what somebody ordered a call to end in."""

    @property
    def cars(self) -> Any: ...

    @property
    def outcomes(self) -> Any: ...

    @property
    def books(self) -> Any: ...

    def now(self) -> datetime: ...
    def seed_for(self, *parts: object) -> Random: ...
