"""What a step works with: the tools, who travels, and how the failures of the outside are told to the saga."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from domain.bookings import People
from domain.saga.actions import Fault, Trouble
from storage.vault import Unreadable
from workers.tools import Tools

_FAULTS: Final[Mapping[type[Any], Fault]] = MappingProxyType(
    {Answered: Fault.REFUSED, TryLater: Fault.LATER, GiveUp: Fault.NEVER, Unknown: Fault.UNKNOWN}
)


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """`sealed` are the travellers, None when they are forgotten."""

    tools: Tools
    sealed: bytes | None

    def people(self) -> People | Trouble:
        """Trouble where nobody may know any more who travels, or no key opens it."""
        if self.sealed is None:
            return Trouble(fault=Fault.NEVER, detail="who travels was forgotten")
        if self.tools.vault is None:
            return Trouble(fault=Fault.LATER, detail="no key is set that opens who travels")
        try:
            return self.tools.vault.opened(self.sealed, People)
        except Unreadable as error:
            return Trouble(fault=Fault.LATER, detail=str(error))


def trouble(failure: Failure) -> Trouble:
    """The same in the words of the saga."""
    return Trouble(
        fault=next(fault for kind, fault in _FAULTS.items() if isinstance(failure, kind)),
        detail=failure.detail,
        reason=failure.reason if isinstance(failure, Answered) else None,
        order=failure.order if isinstance(failure, Unknown) else None,
    )


def within(seconds: float) -> float:
    """An instant of the running loop's clock."""
    return asyncio.get_running_loop().time() + seconds
