"""What a traveller finds on the first day: flights that nobody has asked for before, and every airport."""

from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import pytest

from bench.stack import until
from tests.system.hub import SELLERS, Hub, report

pytestmark = pytest.mark.slow


def test_flights_that_nobody_has_asked_for_before_are_found(hub: Hub) -> None:
    question = hub.question("LHR", "JFK")
    answer = hub.found(question)
    assert (answer["search"]["status"], answer["search"]["freshness"]) == ("complete", "fresh")
    assert {report(answer, seller)["status"] for seller in SELLERS} == {"ok"}
    assert answer["page"]["total"] >= len(answer["results"]) > 0
    for result in answer["results"]:
        (out,) = result["product"]["slices"]
        assert (out["origin"], out["destination"]) == ("LHR", "JFK")
        assert out["departs_at"].startswith(question["departure_date"])
    cheapest = [Decimal(result["offers"][0]["price"]["amount"]) for result in answer["results"]]
    assert all(one <= other for one, other in pairwise(cheapest))
    assert cheapest[0] > 0


def test_the_same_question_again_is_answered_from_the_cache_and_grows_older(hub: Hub) -> None:
    question = hub.question()
    first = hub.found(question)["search"]
    until(lambda: hub.found(question)["search"]["age_seconds"] > first["age_seconds"], "the answer grows older")
    again = hub.search(question)
    assert int(again.headers["age"]) == again.json()["search"]["age_seconds"]
    assert again.json()["search"]["fetched_at"] == first["fetched_at"]
    assert {seller: len(hub.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, 1)


def test_whoever_holds_the_latest_answer_is_not_sent_it_again(hub: Hub) -> None:
    question = hub.question()
    first = hub.search(question)
    again = hub.api.get(
        "/v1/flights/search", params={"wait": 20, **question}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


def test_an_airport_is_found_by_a_name_without_its_umlaut(hub: Hub) -> None:
    found = hub.api.get("/v1/airports", params={"query": "zurich"}).json()["data"]
    assert found[0]["iata"] == "ZRH"


def test_over_seven_thousand_airports_each_have_a_time_zone_and_a_place(hub: Hub) -> None:
    airports = every_airport(hub)
    assert len({airport["iata"] for airport in airports}) == len(airports) > 7_000
    known = available_timezones()
    lost = [
        airport["iata"]
        for airport in airports
        if airport["timezone"] not in known
        or not -90 <= airport["location"]["latitude"] <= 90
        or not -180 <= airport["location"]["longitude"] <= 180
    ]
    assert lost == []


def every_airport(hub: Hub) -> list[dict[str, Any]]:
    """Page by page, as a client follows the links."""
    found: list[dict[str, Any]] = []
    link: str | None = "/v1/airports?limit=200"
    while link is not None:
        answered = hub.api.get(link)
        page = answered.json()
        found += page["data"]
        following = answered.links.get("next")
        assert (following is None) == (page["page"]["next"] is None)
        link = following["url"] if following else None
    assert len(found) == page["page"]["total"]
    return found
