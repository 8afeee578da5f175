"""A payment gateway and its sandbox as a test sees them: cards, the truth of its books, and trouble on request."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import Any, Final

import httpx
import msgspec

from adapters.payments.declared import connected
from adapters.payments.gateway import Gateway, Wanted
from adapters.payments.registry import GATEWAYS
from domain.money import Money

_NUMBERS: Final = count(1)

GOOD: Final[Mapping[str, str]] = MappingProxyType({"stripe": "pm_card_visa", "square": "cnon:card-nonce-ok"})
# By gateway, each card that is refused and the word for why.
REFUSED: Final = (
    ("stripe", "pm_card_chargeDeclined", "generic_decline"),
    ("stripe", "pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ("stripe", "pm_card_visa_chargeDeclinedLostCard", "lost_card"),
    ("stripe", "pm_card_visa_chargeDeclinedStolenCard", "stolen_card"),
    ("stripe", "pm_card_chargeDeclinedFraudulent", "fraudulent"),
    ("stripe", "pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ("stripe", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    ("stripe", "pm_card_chargeDeclinedProcessingError", "processing_error"),
    ("stripe", "pm_card_chargeCustomerFail", "generic_decline"),
    ("square", "cnon:card-nonce-declined", "GENERIC_DECLINE"),
    ("square", "cnon:card-nonce-rejected-cvv", "CVV_FAILURE"),
    ("square", "cnon:card-nonce-rejected-postalcode", "ADDRESS_VERIFICATION_FAILURE"),
    ("square", "cnon:card-nonce-rejected-expiration", "INVALID_EXPIRATION"),
    ("square", "cnon:card-nonce-already-used", "CARD_TOKEN_USED"),
)


def euro(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def soon(seconds: float = 30) -> float:
    return asyncio.get_running_loop().time() + seconds


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as the gateway really has it, as decimal strings."""

    gateway: str
    id: str
    status: str
    currency: str
    authorised: str
    held: str
    captured: str
    refunded: str
    reference: str | None = None


class Till:
    """One gateway at a running sandbox."""

    def __init__(self, name: str, address: str, controls: httpx.Client) -> None:
        self.name: Final = name
        self.gateway: Final[Gateway] = _gateway(name, address)
        self.controls: Final = controls

    def wanted(
        self, amount: str = "120.00", *, token: str | None = "", money: Money | None = None, **told: Any
    ) -> Wanted:
        """Under a reference that nobody had before: euro, or what `money` says. Without a token a good card."""
        wanted = Wanted(
            reference=f"TEST{next(_NUMBERS):016}",
            amount=money or euro(amount),
            description="Booking XK4T2P",
            payer="ada@example.org",
            token=GOOD[self.name] if token == "" else token,
        )
        return msgspec.structs.replace(wanted, **told)

    def link(self, *, now: datetime, **told: Any) -> Wanted:
        """Good for half an hour."""
        return self.wanted(token=None, waits_until=now + timedelta(minutes=30), **told)

    def truth(self, reference: str) -> list[Row]:
        asked = {"gateway": self.name, "reference": reference}
        told = self.controls.get("/_world/payments", params=asked).raise_for_status().json()
        return msgspec.convert(told["payments"], list[Row])

    def breaks(self, operation: str, kind: str, **fault: Any) -> None:
        """Its next call of the operation meets the fault."""
        self._order("/_faults", {"supplier": self.name, "operation": operation, "kind": kind, **fault})

    def plays(self, operation: str, outcome: str, **wish: Any) -> None:
        """Its next call of the operation ends so."""
        self._order("/_outcomes", {"supplier": self.name, "operation": operation, "outcome": outcome, **wish})

    def calls(self, operation: str) -> int:
        asked = {"supplier": self.name, "operation": operation}
        count: int = self.controls.get("/_ledger", params=asked).raise_for_status().json()["count"]
        return count

    def reset(self) -> None:
        for page in ("/_faults", "/_outcomes", "/_ledger"):
            self.controls.delete(page).raise_for_status()

    def _order(self, page: str, order: Mapping[str, Any]) -> None:
        answer = self.controls.post(page, json=order)
        assert answer.status_code == 201, answer.text


def _gateway(name: str, address: str) -> Gateway:
    found = connected(GATEWAYS[name], {"SANDBOX_URL": address})
    assert found is not None
    return GATEWAYS[name].gateway(found)
