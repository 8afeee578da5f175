"""Money as Stripe writes it: whole numbers of a unit that is not always the currency's own.

https://docs.stripe.com/currencies#minor-units
"""

from decimal import Decimal
from typing import Final

from domain.money import EXPONENTS, Money

# Amounts of these are whole ones, also of the ariary, which ISO 4217 divides.
_WHOLE: Final = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
# They have lost their cents, and Stripe still wants two noughts for them.
_TWO_NOUGHTS: Final = ("ISK", "UGX")
# Three decimals, of which the last has to be nought.
_THOUSANDTHS: Final = ("BHD", "JOD", "KWD", "OMR", "TND")

_DIGITS: Final = {
    **{code: 2 for code, exponent in EXPONENTS.items() if exponent == 2},
    **dict.fromkeys(_WHOLE, 0),
    **dict.fromkeys(_TWO_NOUGHTS, 2),
    **dict.fromkeys(_THOUSANDTHS, 3),
}


def minor(money: Money) -> int:
    """Raises ValueError for what Stripe can't be asked for: another currency, or a fraction of its unit."""
    digits = _DIGITS.get(money.currency)
    if digits is None:
        raise ValueError(f"Stripe has no {money.currency}")
    units = money.amount.scaleb(digits)
    whole = int(units)
    if whole != units or (money.currency in _THOUSANDTHS and whole % 10):
        raise ValueError(f"Stripe can't take {money}: its last digits have to be nought")
    return whole


def money(units: int, currency: str) -> Money:
    """`currency` in lower case, as Stripe writes it. Raises ValueError for one that it does not have."""
    code = currency.upper()
    digits = _DIGITS.get(code)
    if digits is None:
        raise ValueError(f"Stripe has no {code}")
    return Money.of(Decimal(units).scaleb(-digits), code)
