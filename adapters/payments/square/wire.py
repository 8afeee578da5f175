"""Square's objects, as far as we read them; amounts in the currency's smallest unit, times as RFC 3339."""

from datetime import datetime

import msgspec

from domain.money import EXPONENTS, Money


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    amount: int
    currency: str

    @property
    def money(self) -> Money:
        """Raises ValueError for a currency that we don't know."""
        return Money.of(f"{self.amount}E-{EXPONENTS.get(self.currency, 0)}", self.currency)


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """https://developer.squareup.com/reference/square/objects/Error"""

    category: str = ""
    code: str = ""
    detail: str = ""


class CardDetails(msgspec.Struct, frozen=True, kw_only=True):
    errors: tuple[Trouble, ...] = ()


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """https://developer.squareup.com/reference/square/objects/Payment"""

    id: str
    status: str
    amount_money: Amount
    updated_at: datetime
    refunded_money: Amount | None = None
    reference_id: str = ""
    delayed_until: datetime | None = None
    card_details: CardDetails = CardDetails()


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """https://developer.squareup.com/reference/square/objects/PaymentRefund"""

    id: str
    status: str
    payment_id: str
    amount_money: Amount


class Location(msgspec.Struct, frozen=True, kw_only=True):
    currency: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever Square answers has some of these."""

    errors: tuple[Trouble, ...] = ()
    payment: Payment | None = None
    payments: tuple[Payment, ...] = ()
    refund: Refund | None = None
    location: Location | None = None
    cursor: str | None = None


def amount(money: Money) -> dict[str, object]:
    return {"amount": int(money.amount.scaleb(EXPONENTS[money.currency])), "currency": money.currency}
