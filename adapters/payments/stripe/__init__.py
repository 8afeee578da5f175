"""Stripe: cards by PaymentIntents that are captured later, links by Checkout sessions."""

from functools import partial
from typing import Final

from adapters.payments.declared import Connected, Declared
from adapters.payments.stripe.gateway import StripeGateway
from adapters.payments.stripe.notices import verified
from domain.payments import Verify

_KEY: Final = "STRIPE_SECRET_KEY"
_SIGNS: Final = "STRIPE_WEBHOOK_SECRET"


def _gateway(connected: Connected) -> StripeGateway:
    return StripeGateway(secret=connected.secrets[_KEY], base_url=connected.base_url, return_url=connected.return_url)


def _verify(connected: Connected) -> Verify:
    return partial(verified, connected.secrets[_SIGNS])


GATEWAY: Final = Declared(
    name="stripe",
    title="Stripe",
    live_url="https://api.stripe.com",
    sandbox_secrets={_KEY: "sk_test_sandbox", _SIGNS: "whsec_sandbox_stripe"},
    gateway=_gateway,
    verify=_verify,
)
