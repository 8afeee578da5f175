"""What becomes of held money and open links when nobody comes back, by a clock in the test's hand."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import pytest

from adapters.kit.failures import Answered, GiveUp
from adapters.payments.gateway import Gateway, Wanted
from adapters.payments.sandboxes import sandbox_modules
from adapters.payments.square.gateway import SquareGateway
from adapters.payments.stripe.gateway import StripeGateway
from domain.money import Money
from domain.orders import Reason
from domain.payments import PaymentStatus
from sandbox.mounts import loaded
from sandbox.server import create_app
from tests.adapters.payments.tills import GOOD, euro, soon
from tests.sandbox.travel import Clock, a_world

BACK: Final = "https://app.example.org/back"


class Town:
    """Both gateways, and the clock over them."""

    def __init__(self) -> None:
        self.clock: Final = Clock()
        sandboxes = {name: loaded(name, module) for name, module in sandbox_modules().items()}
        self._app: Final[Any] = create_app(world=a_world(clock=self.clock), suppliers={}, gateways=sandboxes)
        self.gateways: Final[dict[str, Gateway]] = {
            "stripe": StripeGateway(
                secret="sk_test_sandbox", base_url="http://sandbox/stripe", return_url=BACK, over=self._over()
            ),
            "square": self.square("LSANDBOX"),
        }

    def square(self, location: str) -> SquareGateway:
        return SquareGateway(
            token="sandbox-token",
            location=location,
            base_url="http://sandbox/square",
            now=self.clock,
            over=self._over(),
        )

    def _over(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(self._app)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    one = Town()
    yield one
    for gateway in one.gateways.values():
        await gateway.aclose()


def wanted(name: str, **told: Any) -> Wanted:
    about: dict[str, Any] = {"reference": "REF1", "amount": euro("120.00"), "token": GOOD[name]} | told
    return Wanted(description="Booking XK4T2P", payer="ada@example.org", **about)


@pytest.mark.parametrize("name", sorted(GOOD))
async def test_money_that_nobody_takes_goes_free_after_a_week(town: Town, name: str) -> None:
    gateway = town.gateways[name]
    payment = await gateway.authorise(wanted(name), deadline=soon())
    town.clock.go_on(days=6)
    assert (await gateway.look(payment.id, deadline=soon())).status is PaymentStatus.AUTHORISED
    town.clock.go_on(days=2)
    assert (await gateway.look(payment.id, deadline=soon())).status is PaymentStatus.EXPIRED
    with pytest.raises(Answered) as refusal:
        await gateway.capture(payment, payment.amount, key="late", deadline=soon())
    assert refusal.value.reason is Reason.EXPIRED
    gone = await gateway.void(payment, key="void", deadline=soon())
    assert gone.status is PaymentStatus.EXPIRED


async def test_a_link_that_nobody_uses_closes_by_itself(town: Town) -> None:
    gateway, ends = town.gateways["stripe"], town.clock() + timedelta(minutes=30)
    link = await gateway.authorise(wanted("stripe", token=None, waits_until=ends), deadline=soon())
    assert link.waits_until == ends
    town.clock.go_on(hours=2)
    assert (await gateway.look(link.id, deadline=soon())).status is PaymentStatus.EXPIRED
    assert (await gateway.void(link, key="void", deadline=soon())).status is PaymentStatus.VOIDED


async def test_the_same_link_is_asked_for_however_late_a_worker_comes_back(town: Town) -> None:
    """What it is asked for does not depend on the time at which it is asked."""
    gateway, ends = town.gateways["stripe"], town.clock() + timedelta(minutes=30)
    asked = wanted("stripe", token=None, waits_until=ends)
    link = await gateway.authorise(asked, deadline=soon())
    town.clock.go_on(minutes=12)
    assert await gateway.authorise(asked, deadline=soon()) == link


async def test_a_place_at_square_takes_its_own_currency_alone(town: Town) -> None:
    dollars = Money(amount=Decimal("10.00"), currency="USD")
    with pytest.raises(GiveUp, match="takes EUR and no USD"):
        await town.gateways["square"].authorise(wanted("square", amount=dollars), deadline=soon())
    elsewhere = town.square("LSANDBOXUSD")
    payment = await elsewhere.authorise(wanted("square", amount=dollars), deadline=soon())
    assert (payment.status, payment.amount) == (PaymentStatus.AUTHORISED, dollars)
    await elsewhere.aclose()


async def test_a_place_at_square_may_have_no_cents(town: Town) -> None:
    yen = Money(amount=Decimal(9000), currency="JPY")
    elsewhere = town.square("LSANDBOXJPY")
    payment = await elsewhere.authorise(wanted("square", amount=yen), deadline=soon())
    assert (payment.status, payment.amount) == (PaymentStatus.AUTHORISED, yen)
    await elsewhere.aclose()


async def test_square_has_no_links_that_hold_money(town: Town) -> None:
    ends = town.clock() + timedelta(minutes=30)
    with pytest.raises(GiveUp, match="take the money at once"):
        await town.gateways["square"].authorise(wanted("square", token=None, waits_until=ends), deadline=soon())


async def test_a_key_that_is_too_long_for_square_is_still_one_key(town: Town) -> None:
    gateway = town.gateways["square"]
    payment = await gateway.authorise(wanted("square"), deadline=soon())
    taken = await gateway.capture(payment, payment.amount, key="c", deadline=soon())
    key = "a key of much more than forty-five characters, as somebody may make it up"
    first = await gateway.refund(taken, euro("10.00"), key=key, deadline=soon())
    again = await gateway.refund(taken, euro("10.00"), key=key, deadline=soon())
    other = await gateway.refund(taken, euro("10.00"), key=f"{key}!", deadline=soon())
    assert first == again
    assert other.id != first.id
