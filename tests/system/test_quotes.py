"""What an offer costs now, over the whole system: the same, dearer or gone, and who is to blame where nobody can tell."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Final

import httpx
import pytest

from adapters.kit.registry import suppliers
from bench.stack import until
from tests.system.hub import Hub, Json

pytestmark = pytest.mark.slow

VERTICAL: Final = "flights"
# Who sells seats, with the calls of a quote.
QUOTED: Final[Mapping[str, tuple[str, ...]]] = {
    slug: supplier.sells[VERTICAL].quote.operations
    for slug, supplier in suppliers().items()
    if VERTICAL in supplier.sells
}


@pytest.fixture(params=QUOTED)
def seller(request: pytest.FixtureRequest, hub: Hub) -> str:
    """With a sandbox where nothing was wished for."""
    hub.sandbox.delete("/_outcomes").raise_for_status()
    return str(request.param)


def plays(hub: Hub, seller: str, outcome: str) -> None:
    """The next quote ends so, whichever of its calls tells it."""
    playable = hub.sandbox.get("/_outcomes").json()["playable"].get(seller, {})
    operations = [one for one in QUOTED[seller] if outcome in playable.get(one, ())]
    if not operations:
        pytest.skip(f"its sandbox can't play {outcome}")
    for operation in operations:
        wish = {"supplier": seller, "operation": operation, "outcome": outcome}
        hub.sandbox.post("/_outcomes", json=wish).raise_for_status()


def offered(hub: Hub, seller: str) -> Json:
    """An offer of this seller that is in the books."""
    answer = hub.found(hub.question())
    offers = (offer for result in answer["results"] for offer in result["offers"] if offer["supplier"] == seller)
    offer: Json = next(offers)
    return offer


def quoted(hub: Hub, offer: Json) -> Json:
    answered = hub.api.post(f"/v1/offers/{offer['id']}/quote", params={"wait": 20})
    assert answered.status_code == 200, answered.text
    told: Json = answered.json()
    return told


def test_an_offer_that_costs_what_it_did_is_quoted_as_the_same(hub: Hub, seller: str) -> None:
    offer = offered(hub, seller)
    quote = quoted(hub, offer)
    assert (quote["status"], quote["supplier"], quote["offer_id"]) == ("same", seller, offer["id"])
    assert quote["price"] == quote["offered_price"] == offer["price"]
    assert Decimal(quote["difference"]["amount"]) == 0
    assert quote["offer"]["price"] == quote["price"]
    shown = hub.api.get(f"/v1/quotes/{quote['id']}").json()
    assert shown == quote == hub.api.get(f"/v1/offers/{offer['id']}/quote").json()


def test_a_price_that_moved_is_told_with_both_prices(hub: Hub, seller: str) -> None:
    offer = offered(hub, seller)
    plays(hub, seller, "price_changed")
    quote = quoted(hub, offer)
    assert (quote["status"], quote["offered_price"]) == ("changed", offer["price"])
    assert quote["price"] != offer["price"]
    before, now = (Decimal(quote[name]["amount"]) for name in ("offered_price", "price"))
    assert Decimal(quote["difference"]["amount"]) == now - before
    assert sum(Decimal(part["amount"]["amount"]) for part in quote["offer"]["price_components"]) in (0, now)


def test_what_is_sold_out_is_gone(hub: Hub, seller: str) -> None:
    offer = offered(hub, seller)
    plays(hub, seller, "sold_out")
    quote = quoted(hub, offer)
    assert (quote["status"], quote["reason"], quote["id"], quote["price"]) == ("gone", "sold_out", None, None)
