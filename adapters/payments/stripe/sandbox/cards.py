"""The cards that Stripe tells testers of, and what each of them does.

https://docs.stripe.com/testing
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Card(NamedTuple):
    """`code` and `decline` are why it is refused, None where it is not. `asks`: its bank wants to hear from its holder.

    `attaches`: it is refused only when it is charged.
    """

    code: str | None = None
    decline: str | None = None
    asks: bool = False
    disputes: bool = False
    attaches: bool = False


_GOOD: Final = Card()
_ASKS: Final = Card(asks=True)


def _declined(decline: str) -> Card:
    return Card(code="card_declined", decline=decline)


CARDS: Final[Mapping[str, Card]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("visa", "visa_debit", "mastercard", "mastercard_debit", "amex", "discover", "diners", "jcb", "unionpay"),
            _GOOD,
        ),
        "chargeDeclined": _declined("generic_decline"),
        "visa_chargeDeclined": _declined("generic_decline"),
        "chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
        "visa_chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
        "visa_chargeDeclinedLostCard": _declined("lost_card"),
        "visa_chargeDeclinedStolenCard": _declined("stolen_card"),
        "chargeDeclinedFraudulent": _declined("fraudulent"),
        "chargeDeclinedExpiredCard": Card(code="expired_card", decline="expired_card"),
        "chargeDeclinedIncorrectCvc": Card(code="incorrect_cvc", decline="incorrect_cvc"),
        "chargeDeclinedProcessingError": Card(code="processing_error", decline="processing_error"),
        "chargeCustomerFail": Card(code="card_declined", decline="generic_decline", attaches=True),
        "authenticationRequired": _ASKS,
        "threeDSecure2Required": _ASKS,
        "threeDSecureRequired": _ASKS,
        "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
            code="card_declined", decline="insufficient_funds", asks=True
        ),
        "createDispute": Card(disputes=True),
        "createDisputeProductNotReceived": Card(disputes=True),
    }
)
ALIAS: Final = "pm_card_"
HANDED_OVER: Final = "tok_"
