"""What an offer costs now and what is left of it, over the whole system, and who is to blame where nobody can tell."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit.registry import suppliers
from tests.system.hub import DAYS_AHEAD, Hub, Json

pytestmark = pytest.mark.slow

_DAYS: Final = itertools.count(DAYS_AHEAD)


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who sells a vertical; `operations` are the calls of a quote, the first one first."""

    slug: str
    vertical: str
    operations: tuple[str, ...]


# One of each vertical; what each of the others says is shown with its folder.
SELLERS: Final = tuple(
    {
        vertical: Seller(slug=slug, vertical=vertical, operations=selling.quote.operations)
        for slug, supplier in suppliers().items()
        for vertical, selling in supplier.sells.items()
    }.values()
)


def question(vertical: str) -> tuple[str, Mapping[str, str]]:
    """One that nobody has asked here before."""
    day = datetime.now(UTC).date() + timedelta(days=next(_DAYS))
    later = day + timedelta(days=3)
    asked: Mapping[str, Mapping[str, str]] = {
        "flights": {"origin": "LHR", "destination": "JFK", "departure_date": f"{day}"},
        "hotels": {"destination": "PAR", "check_in": f"{day}", "check_out": f"{later}", "radius_km": "3"},
        "cars": {"pick_up": "LHR", "pick_up_at": f"{day}T10:00", "drop_off_at": f"{later}T10:00"},
    }
    return f"/v1/{vertical}/search", asked[vertical]


@pytest.fixture(params=SELLERS, ids=lambda seller: f"{seller.slug}-{seller.vertical}")
def seller(request: pytest.FixtureRequest, hub: Hub) -> Iterator[Seller]:
    """With a sandbox where nothing is wished for."""
    hub.sandbox.delete("/_outcomes").raise_for_status()
    yield request.param
    hub.sandbox.delete("/_outcomes").raise_for_status()


def plays(hub: Hub, seller: Seller, outcome: str) -> None:
    """The next quote ends so, whichever of its calls tells it."""
    playable = hub.sandbox.get("/_outcomes").json()["playable"].get(seller.slug, {})
    operations = [one for one in seller.operations if outcome in playable.get(one, ())]
    if not operations:
        pytest.skip(f"its sandbox can't play {outcome}")
    for operation in operations:
        wish = {"supplier": seller.slug, "operation": operation, "outcome": outcome}
        hub.sandbox.post("/_outcomes", json=wish).raise_for_status()


def goes(hub: Hub, seller: Seller, **wrong: Any) -> None:
    """What happens to the next first call of a quote."""
    order = {"supplier": seller.slug, "operation": seller.operations[0], **wrong}
    hub.sandbox.post("/_faults", json=order).raise_for_status()


def offered(hub: Hub, seller: Seller) -> Json:
    """An offer of this seller that was found just now."""
    path, asked = question(seller.vertical)
    answer = hub.api.get(path, params={"wait": "20", "limit": "200", **asked}).json()
    offers = (offer for result in answer["results"] for offer in result["offers"] if offer["supplier"] == seller.slug)
    offer: Json = next(offers)
    return offer


def asked_now(hub: Hub, offer: Json, **wishes: Any) -> httpx.Response:
    return hub.api.post(f"/v1/offers/{offer['id']}/quote", params={"wait": 20, **wishes})


def quoted(hub: Hub, offer: Json) -> Json:
    answered = asked_now(hub, offer)
    assert answered.status_code == 200, answered.text
    told: Json = answered.json()
    return told


def calls(hub: Hub, seller: Seller) -> int:
    """How often the first call of a quote was made."""
    asked = {"supplier": seller.slug, "operation": seller.operations[0]}
    return len(hub.sandbox.get("/_ledger", params=asked).json()["calls"])


def test_an_offer_that_costs_what_it_did_is_quoted_as_the_same(hub: Hub, seller: Seller) -> None:
    offer = offered(hub, seller)
    quote = quoted(hub, offer)
    assert (quote["status"], quote["supplier"], quote["offer_id"]) == ("same", seller.slug, offer["id"])
    assert quote["price"] == quote["offered_price"] == offer["price"]
    assert Decimal(quote["difference"]["amount"]) == 0
    assert quote["offer"]["price"] == quote["price"]
    assert quote["offer"]["vertical"] == seller.vertical
    assert quote == hub.api.get(f"/v1/quotes/{quote['id']}").json()
    assert quote == hub.api.get(f"/v1/offers/{offer['id']}/quote").json()


def test_a_price_that_moved_is_told_with_both_prices(hub: Hub, seller: Seller) -> None:
    offer = offered(hub, seller)
    plays(hub, seller, "price_changed")
    quote = quoted(hub, offer)
    if quote["status"] == "gone":
        assert quote["reason"] == "price_changed"
        return
    assert (quote["status"], quote["offered_price"]) == ("changed", offer["price"])
    assert quote["price"] != offer["price"]
    before, now = (Decimal(quote[name]["amount"]) for name in ("offered_price", "price"))
    assert Decimal(quote["difference"]["amount"]) == now - before
    assert sum(Decimal(part["amount"]["amount"]) for part in quote["offer"]["price_components"]) in (0, now)


def test_what_is_sold_out_is_gone(hub: Hub, seller: Seller) -> None:
    offer = offered(hub, seller)
    plays(hub, seller, "sold_out")
    quote = quoted(hub, offer)
    assert (quote["status"], quote["reason"], quote["id"], quote["price"]) == ("gone", "sold_out", None, None)


def test_a_crowd_that_asks_for_one_quote_at_once_is_one_call_to_the_supplier(hub: Hub) -> None:
    seller = SELLERS[0]
    offer = offered(hub, seller)
    before = calls(hub, seller)
    goes(hub, seller, kind="slow", count=1, seconds=1.0)
    with ThreadPoolExecutor(20) as crowd:
        answers = [each.result() for each in [crowd.submit(asked_now, hub, offer) for _ in range(20)]]
    assert Counter(answer.status_code for answer in answers) == {200: 20}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert calls(hub, seller) == before + 1


def test_a_supplier_in_trouble_is_named_and_nothing_is_broken_on_our_side(hub: Hub) -> None:
    seller = SELLERS[0]
    offer = offered(hub, seller)
    goes(hub, seller, kind="status", status=401, count=2)
    answered = asked_now(hub, offer)
    assert (answered.status_code, answered.headers["content-type"]) == (502, "application/problem+json")
    problem = answered.json()
    assert problem["code"] == "supplier_failed"
    assert [(one["supplier"], one["status"]) for one in problem["suppliers"]] == [(seller.slug, "refused")]
    hub.mend()
    assert quoted(hub, offer)["status"] == "same"


def test_a_quote_that_takes_longer_than_one_waits_is_found_where_one_was_sent(hub: Hub) -> None:
    seller = SELLERS[0]
    offer = offered(hub, seller)
    goes(hub, seller, kind="slow", count=1, seconds=1.0)
    sent_on = asked_now(hub, offer, wait=0)
    assert (sent_on.status_code, sent_on.json()["status"]) == (202, "pending")
    answered = hub.api.get(sent_on.headers["location"], params={"wait": 20})
    assert (answered.status_code, answered.json()["status"]) == (200, "same")


def test_what_is_left_is_asked_of_the_supplier_and_can_be_quoted(hub: Hub) -> None:
    asked: Mapping[str, tuple[str, str]] = {
        "flights": ("GET", "/v1/flights/{id}/availability"), "cars": ("POST", "/v1/cars/{id}/check-availability"),
    }  # fmt: skip
    for seller in SELLERS:
        if seller.vertical in asked:
            method, path = asked[seller.vertical]
            offer = offered(hub, seller)
            answered = hub.api.request(method, path.format(id=offer["id"]), params={"wait": 20})
            assert answered.status_code == 200, answered.text
            left = answered.json()
            assert (left["available"], {one["supplier"] for one in left["offers"]}) == (True, {seller.slug})
            assert [one["status"] for one in left["suppliers"]] == ["ok"]
            assert quoted(hub, left["offers"][0])["status"] == "same"


def test_a_hotel_is_shown_with_all_that_its_suppliers_tell_and_what_it_has_left(hub: Hub) -> None:
    path, asked = question("hotels")
    found = hub.api.get(path, params={"wait": "20", "limit": "200", **asked}).json()["results"]
    result = max(found, key=lambda result: len({offer["supplier"] for offer in result["offers"]}))
    place = f"/v1/hotels/{result['id']}"
    sold = {(offer["supplier"], offer["sold_as"]["id"]) for offer in result["offers"]}

    hotel = hub.api.get(place)
    assert hotel.status_code == 200, hotel.text
    told = hotel.json()
    assert {(source["supplier"], source["number"]) for source in told["sources"]} >= sold
    assert all(source["property"]["name"] for source in told["sources"])
    assert told["property"]["location"]

    nights = {"check_in": asked["check_in"], "check_out": asked["check_out"], "wait": 20}
    answered = hub.api.post(f"{place}/check-availability", json=nights)
    assert answered.status_code == 200, answered.text
    left = answered.json()
    assert left["available"]
    numbers = {(offer["supplier"], offer["sold_as"]["id"]) for offer in left["offers"]}
    assert numbers <= {(source["supplier"], source["number"]) for source in told["sources"]}
    assert {offer["price"]["amount"] for offer in left["offers"]} & {
        offer["price"]["amount"] for offer in result["offers"]
    }

    refused = hub.api.post(f"{place}/check-availability", json={**nights, "check_out": nights["check_in"], "rooms": 3})
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/check_out", "/adults"}
