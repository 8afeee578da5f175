"""Searches as resources: created, looked at, followed."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from falcon.testing import StreamedResult

from domain.offers import Offer
from domain.queries import Query
from tests.api.hub import Hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD, rental_offer, stay_offer


def new(api: Hub, **wishes: object) -> dict[str, object]:
    return {"vertical": "flights", "origin": "LHR", "destination": "JFK", "departure_date": api.soon()} | wishes


async def test_creating_a_search_answers_where_to_find_it(api: Hub) -> None:
    created = await api.post("/v1/searches", new(api))
    assert created.status_code == 202
    location = created.headers["Location"]
    assert location == f"/v1/searches/{api.query().id}"
    assert (await api.get(f"{location}?wait=0")).status_code == 202
    await api.found()
    looked = await api.get(f"{location}?wait=20")
    assert (looked.status_code, json(looked)["search"]["status"]) == (200, "complete")
    again = await api.post("/v1/searches", new(api))
    assert (again.status_code, again.headers["Location"]) == (200, location)
    assert len(api.asked_for()) == 1


@pytest.mark.parametrize("vertical", ["submarines", "", 7, ["hotels"]])
async def test_submarines_can_not_be_searched_for(api: Hub, vertical: object) -> None:
    refused = await api.post("/v1/searches", new(api, vertical=vertical))
    (flaw,) = json(refused)["errors"]
    assert (flaw["pointer"], flaw["detail"]) == ("/vertical", "must be one of flights, hotels, cars")


async def test_whoever_names_no_vertical_means_flights(api: Hub) -> None:
    unsaid = {name: value for name, value in new(api).items() if name != "vertical"}
    for body in (unsaid, new(api, vertical=None)):
        assert (await api.post("/v1/searches", body)).headers["Location"] == f"/v1/searches/{api.query().id}"


async def test_hotels_and_cars_are_created_looked_at_and_followed_too(api: Hub) -> None:
    stay = {"vertical": "hotels", "destination": "PAR", "check_in": api.soon(), "check_out": api.soon(days=63)}
    rental = {"vertical": "cars", "pick_up": "LHR"} | {
        name: f"{day}T10:00" for name, day in (("pick_up_at", api.soon()), ("drop_off_at", api.soon(days=65)))
    }
    asked: tuple[tuple[dict[str, str], Query, list[Offer]], ...] = (
        (stay, api.stay(), [*api.stays(stay_offer())]),
        (rental, api.rental(), [*api.rentals(rental_offer())]),
    )
    for body, query, offers in asked:
        created = await api.post("/v1/searches", body)
        assert (created.status_code, created.headers["Location"]) == (202, f"/v1/searches/{query.id}")
        await api.found(*offers, query=query)
        looked = json(await api.get(created.headers["Location"]))
        assert (looked["search"]["vertical"], looked["page"]["total"]) == (query.vertical, 1)
        assert [event["event"] for event in await events(api, query.id)] == ["arrival", "arrival", "completed"]
        assert json(await api.post("/v1/searches", body)) == looked
    assert api.asked_for() == [api.stay(), api.rental()]


async def test_faults_of_a_new_search_are_those_of_its_vertical(api: Hub) -> None:
    refused = await api.post("/v1/searches", {"vertical": "cars", "pick_up": "QQQ", "origin": "LHR"})
    assert {flaw["pointer"] for flaw in json(refused)["errors"]} == {
        "/pick_up", "/pick_up_at", "/drop_off_at", "/origin",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ("stars=4", "stars"),
        ("sort=distance", "sort"),
        ("sort=beauty", "sort"),
        ("colour=blue", "colour"),
        ("cursor=abc", "cursor"),
    ],
)
async def test_a_wish_that_makes_no_sense_for_what_was_searched_is_named(api: Hub, wishes: str, field: str) -> None:
    search = await api.found()
    refused = await api.get(f"/v1/searches/{search.id}?{wishes}")
    assert (refused.status_code, [flaw["parameter"] for flaw in json(refused)["errors"]]) == (422, [field])


async def test_a_search_for_hotels_is_looked_at_with_the_wishes_of_hotels(api: Hub) -> None:
    search = await api.found(*api.stays(stay_offer()), query=api.stay())
    looked = await api.get(f"/v1/searches/{search.id}?sort=distance&board=breakfast&max_distance_km=1")
    assert json(looked)["page"]["total"] == 1
    hot = await api.get(f"/v1/searches/{search.id}?sort=distance&board=breakfast&max_distance_km=1")
    assert hot.content == looked.content
    assert (await api.get(f"/v1/searches/{search.id}?max_stops=1")).status_code == 422


async def test_a_long_poll_takes_the_wishes_of_a_search(api: Hub) -> None:
    search = await api.found()
    answer = await api.get(f"/v1/searches/{search.id}?max_price=100.00&sort=duration")
    assert json(answer)["page"]["total"] == 0


async def test_nobody_has_asked_for_an_unknown_search(api: Hub) -> None:
    for name in ("a" * 26, "nonsense", "%2E%2E", "A" * 26):
        for path in (f"/v1/searches/{name}", f"/v1/searches/{name}/events"):
            assert (await api.get(path)).status_code == 404


async def test_an_expired_search_whose_question_is_known_is_asked_again(api: Hub) -> None:
    await api.post("/v1/searches", new(api))
    search = await api.found()
    assert (await api.get(f"/v1/searches/{search.id}")).status_code == 200
    api.clock.forward(hours=25)
    assert (await api.get(f"/v1/searches/{search.id}?wait=0")).status_code == 202
    await until(lambda: len(api.asked_for()) == 2)


Event = dict[str, Any]
_A_MOMENT = timedelta(seconds=5)


async def next_event(stream: StreamedResult) -> Event:
    """The next event that is no comment, with its data read."""
    async with asyncio.timeout(60):
        while True:
            chunk = await stream.stream.read()
            for block in chunk.decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
                if "event" in fields:
                    return fields | {"data": msgspec.json.decode(fields["data"])}


async def events(api: Hub, search_id: str, **headers: str) -> list[Event]:
    """All events of a search that has ended."""
    answer = await api.get(f"/v1/searches/{search_id}/events", **headers)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "event" in fields:
            found.append(fields | {"data": msgspec.json.decode(fields["data"])})
    return found


async def test_each_supplier_is_an_event_and_the_end_is_one(api: Hub) -> None:
    search = await api.found()
    first, second, last = await events(api, search.id)
    started = int(search.started_at.timestamp() * 1000)
    assert [event["id"] for event in (first, second, last)] == [f"{started}.1", f"{started}.2", f"{started}.3"]
    assert [event["event"] for event in (first, second, last)] == ["arrival", "arrival", "completed"]
    assert [event["data"]["supplier"]["supplier"] for event in (first, second)] == [BLUEBIRD, ALBATROSS]
    assert (second["data"]["offers"], second["data"]["results"], second["data"]["status"]) == (1, 1, "complete")
    assert (last["data"]["id"], last["data"]["status"]) == (search.id, "complete")


async def test_events_come_while_suppliers_answer(api: Hub) -> None:
    await api.post("/v1/searches", new(api))
    async with api.conductor.simulate_get_stream(f"/v1/searches/{api.query().id}/events") as stream:
        begun = await api.arrive(api.begun(), ALBATROSS, api.offer())
        first = await next_event(stream)
        assert (first["event"], first["data"]["supplier"]["supplier"]) == ("arrival", ALBATROSS)
        assert first["data"]["status"] == "partial"
        await api.arrive(begun, BLUEBIRD)
        assert (await next_event(stream))["data"]["supplier"]["supplier"] == BLUEBIRD


async def test_a_client_that_comes_back_misses_nothing_and_hears_nothing_twice(api: Hub) -> None:
    search = await api.found()
    every = await events(api, search.id)
    for number, event in enumerate(every[:-1], start=1):
        rest = await events(api, search.id, Last_Event_ID=event["id"])
        assert [one["id"] for one in rest] == [one["id"] for one in every[number:]]


async def test_a_client_that_has_heard_the_end_is_told_not_to_come_again(api: Hub) -> None:
    search = await api.found()
    last = (await events(api, search.id))[-1]["id"]
    answer = await api.get(f"/v1/searches/{search.id}/events", Last_Event_ID=last)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_client_of_an_earlier_fetch_gets_all_of_the_current_one(api: Hub) -> None:
    await api.found()
    api.clock.forward(hours=3)
    search = await api.found()
    for stale in ("1700000000000.1", "nonsense", "1.2.3", "-1.1"):
        assert len(await events(api, search.id, Last_Event_ID=stale)) == 3


async def test_following_a_search_that_nobody_works_on_asks_for_it(api: Hub) -> None:
    await api.services.cache.claim(api.query(), patience=_A_MOMENT)
    await api.services.cache.release(api.query().id)
    async with api.conductor.simulate_get_stream(f"/v1/searches/{api.query().id}/events") as stream:
        await until(lambda: bool(api.asked_for()))
        await api.found()
        assert (await next_event(stream))["event"] == "arrival"


async def test_a_process_that_ends_lets_its_followers_go(api: Hub) -> None:
    await api.post("/v1/searches", new(api))
    following = asyncio.create_task(api.get(f"/v1/searches/{api.query().id}/events"))
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await asyncio.sleep(0)
    api.services.searching.leave()
    assert (await asyncio.wait_for(following, 19)).status_code == 200
    assert (await asyncio.wait_for(waiting, 19)).status_code == 202
