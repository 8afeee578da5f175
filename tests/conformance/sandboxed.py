"""The running sandbox as a test sees it: suppliers' addresses, its books, and trouble on request."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.supplier import Supplier


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the sandbox wrote it down; `status` is 0 where it was not answered."""

    time: datetime
    operation: str
    status: int
    credential: str | None


class Sandbox:
    def __init__(self, address: str, controls: httpx.Client) -> None:
        self.address: Final = address
        self._controls: Final = controls

    def url_of(self, supplier: Supplier) -> str:
        return f"{self.address}/{supplier.slug}"

    def reset(self) -> None:
        """Nothing is to go wrong any more, and no call was ever made. Orders and stock stay as they are."""
        for page in ("/_faults", "/_outcomes", "/_ledger"):
            self._controls.delete(page).raise_for_status()

    def orders(self, supplier: Supplier) -> dict[str, Any]:
        """What the supplier's sandbox has stored for anybody, by its own numbers."""
        told = self._controls.get("/_world/orders", params={"supplier": supplier.slug}).raise_for_status().json()
        return {order["number"]: order for order in told["orders"]}

    def breaks(self, supplier: Supplier, operation: str, **fault: Any) -> None:
        """Until the test ends, every call of the operation meets the fault."""
        self._order("/_faults", {"supplier": supplier.slug, "operation": operation, "count": None, **fault})

    def plays(self, supplier: Supplier, operation: str, outcome: str, **wish: Any) -> None:
        """Until the test ends, every call of the operation ends so."""
        order = {"supplier": supplier.slug, "operation": operation, "outcome": outcome, "count": None, **wish}
        self._order("/_outcomes", order)

    def player(self, supplier: Supplier) -> Callable[[str, str | None], None]:
        """As a walk takes it: the operation's next call ends so; None takes the wish back."""

        def play(operation: str, outcome: str | None) -> None:
            if outcome is None:
                self._controls.delete("/_outcomes").raise_for_status()
            else:
                self.plays(supplier, operation, outcome, count=1)

        return play

    def works(self) -> None:
        """Whatever was ordered is taken back; the books stay."""
        for page in ("/_faults", "/_outcomes"):
            self._controls.delete(page).raise_for_status()

    def playable(self, supplier: Supplier) -> Mapping[str, frozenset[str]]:
        """Operation to the outcomes that the supplier's sandbox can play."""
        told = self._controls.get("/_outcomes").raise_for_status().json()["playable"]
        return {operation: frozenset(names) for operation, names in told.get(supplier.slug, {}).items()}

    def calls(self, supplier: Supplier, operation: str | None = None) -> list[Seen]:
        """What came in since the last reset, in order of arrival."""
        asked = {"supplier": supplier.slug} | ({"operation": operation} if operation else {})
        ledger = self._controls.get("/_ledger", params=asked).raise_for_status().json()
        return msgspec.convert(ledger["calls"], list[Seen])

    def _order(self, page: str, order: Mapping[str, Any]) -> None:
        answer = self._controls.post(page, json=order)
        assert answer.status_code == 201, answer.text

    @staticmethod
    def soon(seconds: float = 60) -> float:
        return asyncio.get_running_loop().time() + seconds
