"""What Stripe is asked for, in its words."""

import hashlib
from datetime import timedelta
from typing import Any, Final

from adapters.kit.failures import GiveUp
from adapters.payments.gateway import Wanted
from adapters.payments.stripe.amounts import minor
from adapters.payments.stripe.reading import LINK, REFERENCE, WAITS_UNTIL
from domain.money import Money
from domain.searches import Outcome

A_PAGE: Final = 100
# No page of Stripe's closes within half an hour of being made; and asked again, it has to be asked for the same.
_STAYS_OPEN: Final = timedelta(minutes=30, seconds=30)


def units(money: Money) -> int:
    """Raises GiveUp for what Stripe can't take."""
    try:
        return minor(money)
    except ValueError as error:
        raise GiveUp(str(error), outcome=Outcome.REFUSED) from error


def card(wanted: Wanted, method: str, payer: str | None) -> Any:
    """Confirmed at once. The payer waits in the app, so that a bank that wants to hear from them gets the chance."""
    return {
        "amount": units(wanted.amount),
        "currency": wanted.amount.currency.lower(),
        "capture_method": "manual",
        "confirm": True,
        "payment_method": method,
        "payment_method_types": ["card"],
        "description": wanted.description,
        "receipt_email": wanted.payer,
        "return_url": wanted.return_url,
        "metadata": _ours(wanted),
        "expand": ["latest_charge"],
        **({"customer": payer} if payer is not None else {}),
    }


def link(wanted: Wanted) -> Any:
    """A page that holds the money and takes none. It would stay open longer than `waits_until`: we close it then."""
    if wanted.waits_until is None:
        raise GiveUp("a link has to end", outcome=Outcome.REFUSED)
    price = {
        "currency": wanted.amount.currency.lower(),
        "unit_amount": units(wanted.amount),
        "product_data": {"name": wanted.description},
    }
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "line_items": [{"price_data": price, "quantity": 1}],
        "customer_email": wanted.payer,
        "success_url": wanted.return_url,
        "cancel_url": wanted.return_url,
        "expires_at": int((wanted.waits_until + _STAYS_OPEN).timestamp()),
        "metadata": _ours(wanted),
        "payment_intent_data": {
            "capture_method": "manual",
            "description": wanted.description,
            "receipt_email": wanted.payer,
            "metadata": {**_ours(wanted), LINK: "yes"},
        },
        "expand": ["payment_intent"],
    }


def digest(token: str) -> str:
    """Stands for a token in keys, where it would be read by whoever reads logs."""
    return hashlib.blake2s(token.encode(), digest_size=16).hexdigest()


def _ours(wanted: Wanted) -> dict[str, str]:
    until = {WAITS_UNTIL: str(int(wanted.waits_until.timestamp()))} if wanted.waits_until is not None else {}
    return {REFERENCE: wanted.reference, **until}
