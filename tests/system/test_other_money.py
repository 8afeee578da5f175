"""Somebody thinks in francs: every price is told as it will be charged, and compared by what it is worth in francs."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from bench.stack import until
from tests.system.hub import Hub

pytestmark = pytest.mark.slow

# A franc has two digits, and an amount is rounded once.
HALF_A_CENTIME = Decimal("0.005")


def in_francs(hub: Hub) -> list[Any]:
    """The offers of a search of today's rates, which the workers fetch after they have started."""
    found: list[Any] = []

    def shown() -> bool:
        answer = hub.found(hub.question(), currency="CHF", limit=200)
        found[:] = [offer for result in answer["results"] for offer in result["offers"][:1]]
        return bool(found)

    until(shown, "there are rates, and so offers in francs")
    return found


def worth(offer: Any) -> Decimal:
    shown = offer["price"] if offer["converted"] is None else offer["converted"]["amount"]
    assert shown["currency"] == "CHF"
    return Decimal(shown["amount"])


def test_what_is_charged_stands_beside_what_it_is_worth_and_the_cheapest_comes_first(hub: Hub) -> None:
    offers = in_francs(hub)
    assert all(one <= other for one, other in pairwise(map(worth, offers)))
    others = [offer for offer in offers if offer["converted"] is not None]
    assert others
    for offer in others:
        charged, converted = offer["price"], offer["converted"]
        assert charged["currency"] != "CHF"
        exact = Decimal(charged["amount"]) * Decimal(converted["rate"])
        assert abs(Decimal(converted["amount"]["amount"]) - exact) <= HALF_A_CENTIME


def test_nobody_is_left_out_for_the_money_that_they_charge(hub: Hub) -> None:
    in_francs(hub)
    question = hub.question()
    francs, euros = hub.found(question, currency="CHF"), hub.found(question, currency="EUR")
    counted = [{told["supplier"]: told["offers"] for told in one["search"]["suppliers"]} for one in (francs, euros)]
    assert counted[0].keys() == counted[1].keys()
    assert all(counted[0].values())
    assert [told["skipped_records"] for told in francs["search"]["suppliers"]] == [0] * len(counted[0])
