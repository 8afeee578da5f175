"""Redis dies and comes back empty: what is known is served, what is not is refused politely, and life goes on."""

import pytest

from bench.stack import until
from tests.system.hub import SELLERS, Hub, Witness

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(mortal: Hub) -> Hub:
    return mortal


def test_while_redis_dies_and_returns_empty_nothing_breaks(hub: Hub) -> None:
    known = hub.question()
    first = hub.found(known)
    offer_id = first["results"][0]["offers"][0]["id"]
    hot = {"wait": "20", **known}
    with Witness(
        hub,
        known=lambda client: client.get("/v1/flights/search", params=hot),
        by_id=lambda client: client.get(f"/v1/searches/{first['search']['id']}"),
        offer=lambda client: client.get(f"/v1/offers/{offer_id}"),
        airport=lambda client: client.get("/v1/airports/ZRH"),
        unknown=lambda client: client.get("/v1/flights/search", params={"wait": "1", **hub.question("ZRH", "VIE")}),
        created=lambda client: client.post("/v1/searches", json=hub.question("LIS", "OPO")),
        health=lambda client: client.get("/v1/admin/health", headers=hub.stack.admin()),
    ) as witness:
        until(lambda: 200 in witness.statuses("unknown"), "a new question is answered")
        hub.stack.servers.valkey.kill()
        gone_at = len(witness.seen)
        until(lambda: witness.statuses("unknown", since=gone_at).count(503) >= 2, "a new question is refused")
        until(lambda: len(witness.statuses("known", since=gone_at)) >= 3, "what is known is asked for again")
        hub.stack.servers.valkey.start(empty=True)
        back_at = len(witness.seen)
        until(lambda: 200 in witness.statuses("unknown", since=back_at), "a new question is answered again")
        until(lambda: 200 in witness.statuses("health", since=back_at), "everything is well again")
        well_at = len(witness.seen)
        until(lambda: len(witness.statuses("unknown", since=well_at)) >= 3, "a few more questions")

    for always_there in ("known", "by_id", "offer", "airport"):
        assert set(witness.statuses(always_there)) == {200}, always_there
    assert set(witness.statuses("unknown", since=well_at)) == {200}
    strange = [
        seen
        for seen in witness.seen
        if seen.status not in {200, 202}
        and not (seen.status == 503 and (seen.media_type == "application/problem+json" or seen.what == "health"))
    ]
    assert strange == []


def test_a_search_that_redis_took_with_it_is_asked_again(hub: Hub) -> None:
    question = hub.question()
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=3)
    hub.create(question)
    until(hub.asking, "a supplier is asked")
    hub.stack.servers.valkey.kill()
    hub.stack.servers.valkey.start(empty=True)
    until(lambda: hub.search(question).status_code == 200, "the search is answered")
    assert hub.found(question)["search"]["status"] == "complete"
