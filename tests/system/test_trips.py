"""A traveller plans a trip: what to type, what goes together, what differs, and what was asked."""

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.system.hub import SELLERS, Hub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SELLERS, reason="nobody sells flights any more"),
]


def test_a_trip_from_the_first_letter_to_the_comparison(hub: Hub) -> None:
    code = suggested(hub, "heatrhow")["code"]
    asked = hub.question(origin=code)
    check_in = date.fromisoformat(asked["departure_date"])
    check_out = check_in + timedelta(days=4)
    trip = {"origin": code, "destination": "JFK", "check_in": str(check_in), "check_out": str(check_out)}
    planned = bundled(hub, trip)
    assert planned["bundles"], planned["searches"]
    for bundle in planned["bundles"]:
        goes_together(bundle)
    assert {part["search"]["vertical"] for part in planned["searches"]} == {"flights", "hotels", "cars"}

    one, other = two_hotels(planned)
    compared = hub.api.post("/v1/search/compare", json={"offers": [one, other]})
    assert compared.status_code == 200, compared.text
    assert compared.json()["differences"]

    hub.api.get("/v1/flights/search", params={**asked, "wait": 0}, headers=hub.stack.signed_in("amelia"))
    past = hub.api.get("/v1/search/history", headers=hub.stack.signed_in("amelia")).json()["data"]
    assert past[0]["parameters"]["origin"] == code
    again = hub.api.get(f"{past[0]['again']}&wait=20")
    assert again.json()["search"]["id"] == past[0]["search_id"]


def test_the_counters_of_an_airport_are_told(hub: Hub) -> None:
    shown = hub.api.get("/v1/cars/locations", params={"airport": "LHR", "wait": 20})
    assert shown.status_code == 200, shown.text
    assert shown.json()["data"][0]["counters"]


def suggested(hub: Hub, typed: str) -> Any:
    """A client that comes too early comes back when it was told to."""
    shown = hub.api.get("/v1/search/suggestions", params={"q": typed})
    while shown.status_code == 503:
        time.sleep(float(shown.headers["Retry-After"]))
        shown = hub.api.get("/v1/search/suggestions", params={"q": typed})
    return shown.json()["data"][0]


def bundled(hub: Hub, trip: dict[str, str]) -> Any:
    """Once everybody has answered: other flights may need other stays and cars."""
    while True:
        shown = hub.api.get("/v1/search/bundles", params={**trip, "wait": 20})
        assert shown.status_code in (200, 202), shown.text
        answer = shown.json()
        if all(part["search"]["status"] != "pending" for part in answer["searches"]) and answer["bundles"]:
            return answer


def goes_together(bundle: Any) -> None:
    landed = bundle["flight"]["product"]["slices"][0]["arrives_at"]
    assert bundle["hotel"]["product"]["check_in"] == landed[:10]
    assert datetime.fromisoformat(bundle["car"]["product"]["pick_up_at"]) > datetime.fromisoformat(landed)
    parts = [bundle[part] for part in ("flight", "hotel", "car")]
    shown = [(part.get("converted") or {}).get("amount") or part["price"] for part in parts]
    assert {price["currency"] for price in shown} == {"EUR"}
    assert sum(Decimal(price["amount"]) for price in shown) == Decimal(bundle["price"]["amount"])
    assert Decimal(bundle["saving"]["amount"]) == 0


def two_hotels(planned: Any) -> tuple[str, str]:
    """Offers of the cheapest bundle and of the first one with another."""
    ids = list(dict.fromkeys(bundle["hotel"]["id"] for bundle in planned["bundles"]))
    return ids[0], ids[1]
