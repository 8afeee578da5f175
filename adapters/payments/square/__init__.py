"""Square: cards of one location in one currency, approved first and completed later; no links."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

from adapters.payments.declared import Connected, Declared
from adapters.payments.square.gateway import SquareGateway
from adapters.payments.square.notices import verified
from domain.payments import Method, Verify

_TOKEN: Final = "SQUARE_ACCESS_TOKEN"  # noqa: S105 -- the name of a setting
_LOCATION: Final = "SQUARE_LOCATION"
_SIGNS: Final = "SQUARE_WEBHOOK_KEY"


def _gateway(connected: Connected) -> SquareGateway:
    return SquareGateway(
        token=connected.secrets[_TOKEN],
        location=connected.secrets[_LOCATION],
        base_url=connected.base_url,
        now=partial(datetime.now, UTC),
    )


def _verify(connected: Connected) -> Verify:
    return partial(verified, connected.secrets[_SIGNS], connected.webhook_url)


GATEWAY: Final = Declared(
    name="square",
    title="Square",
    live_url="https://connect.squareup.com",
    sandbox_secrets={_TOKEN: "sandbox-token", _LOCATION: "LSANDBOX", _SIGNS: "sandbox-square-signs"},
    gateway=_gateway,
    verify=_verify,
    methods=frozenset({Method.CARD}),  # a link takes the money at once, and nothing is taken before a trip is booked
)
