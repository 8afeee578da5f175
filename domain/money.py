"""Exact amounts of money in ISO 4217 currencies."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

import msgspec

# Active ISO 4217 codes by the number of digits after the point ("minor unit" in the standard's list one).
_CODES_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
          CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
          HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
          MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
          SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
          VES WST XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: Final[dict[str, int]] = {
    code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()
}
_SMALLEST_UNIT: Final = {code: Decimal(1).scaleb(-exponent) for code, exponent in EXPONENTS.items()}
_ZERO: Final = {code: unit * 0 for code, unit in _SMALLEST_UNIT.items()}


class Money(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An amount at its currency's own exponent: EUR 12.30, JPY 1230, KWD 1.230.

    Raises TypeError for an amount that is not a Decimal, ValueError for an unknown currency or another exponent.
    Use `Money.of` where a supplier's amount may carry more or fewer digits.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not Decimal:
            raise TypeError(f"money wants a Decimal, not {type(self.amount).__name__}")
        unit = _SMALLEST_UNIT.get(self.currency)
        if unit is None:
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency")
        if not self.amount.same_quantum(unit):
            raise ValueError(f"{self.amount} does not have the {EXPONENTS[self.currency]} decimals of {self.currency}")

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> "Money":
        """Round half up to the currency's exponent. Floats are refused: they are never exact prices.

        Raises TypeError for a float, ValueError for an unknown currency or anything that is no amount of it.
        """
        if isinstance(amount, float):
            raise TypeError("money never meets a float")
        unit = _SMALLEST_UNIT.get(currency)
        if unit is None:
            raise ValueError(f"{currency!r} is not an ISO 4217 currency")
        try:
            rounded = Decimal(amount).quantize(unit, ROUND_HALF_UP)
        except InvalidOperation as error:  # an ArithmeticError: it would spoil a whole reply, not one record
            raise ValueError(f"{amount!r} is not an amount of {currency}") from error
        if not rounded.is_finite():
            raise ValueError(f"{amount!r} is not an amount")
        return cls(amount=rounded, currency=currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(amount=_ZERO.get(currency, Decimal()), currency=currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(amount=self.amount + other.amount_in(self.currency), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(amount=self.amount - other.amount_in(self.currency), currency=self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise TypeError("money multiplies by whole counts only")
        return Money(amount=self.amount * count, currency=self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < other.amount_in(self.currency)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= other.amount_in(self.currency)

    def amount_in(self, currency: str) -> Decimal:
        """The bare amount. Raises ValueError for money of another currency."""
        if self.currency != currency:
            raise ValueError(f"{currency} and {self.currency} do not compare or add up")
        return self.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def smallest_unit(currency: str) -> Decimal:
    """0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return _SMALLEST_UNIT[currency]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of `currency` when there is nothing to add. Raises ValueError for money of another currency."""
    nothing = _ZERO.get(currency, Decimal())
    return Money(amount=sum([money.amount_in(currency) for money in amounts], nothing), currency=currency)
