"""The running sandbox as a test sees it: suppliers' addresses, the ledger, and faults on request."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import httpx

from adapters.kit.supplier import Supplier


class Sandbox:
    def __init__(self, address: str, controls: httpx.Client) -> None:
        self._address: Final = address
        self._controls: Final = controls

    def url_of(self, supplier: Supplier) -> str:
        return f"{self._address}/{supplier.slug}"

    def reset(self) -> None:
        for page in ("/_faults", "/_ledger"):
            self._controls.delete(page).raise_for_status()

    def breaks(self, supplier: Supplier, operation: str, **fault: Any) -> None:
        """Until the test ends, every call of the operation meets the fault."""
        order = {"supplier": supplier.slug, "operation": operation, "count": None, **fault}
        self._controls.post("/_faults", json=order).raise_for_status()

    def calls(self, supplier: Supplier) -> Iterator[tuple[datetime, int]]:
        """When each call came in, and the status that it got."""
        ledger = self._controls.get("/_ledger", params={"supplier": supplier.slug}).raise_for_status().json()
        for row in ledger["calls"]:
            yield datetime.fromisoformat(row["time"]), row["status"]

    @staticmethod
    def soon(seconds: float = 60) -> float:
        return asyncio.get_running_loop().time() + seconds
