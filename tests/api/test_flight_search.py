"""Searching flights, as a client sees it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.jobs import AskSuppliers, Because, Queue
from domain.searches import Outcome, SkippedRecord
from storage.cache import connect
from tests.api.hub import Clock, Hub, filled, hub, json, until, ways
from tests.builders import ALBATROSS, BLUEBIRD, direction, itinerary, segment


async def test_a_question_that_nobody_asked_before_is_accepted_and_asked_for_once(api: Hub) -> None:
    first, second = await api.get(api.search_path()), await api.get(api.search_path())
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["Location"] == f"/v1/searches/{api.query().id}"
    assert int(first.headers["Retry-After"]) >= 1
    assert json(first)["search"]["status"] == "pending"
    assert api.asked_for() == [api.query()]


async def test_an_answer_shows_the_journey_once_with_its_offers(api: Hub) -> None:
    await api.found(api.offer())
    answer = await api.get(api.search_path())
    assert answer.status_code == 200
    assert list(json(answer)) == ["search", "results", "facets", "page"]
    (result,) = json(answer)["results"]
    assert result["product"]["slices"][0]["segments"][0]["flight"] == "BA117"
    assert result["offers"][0]["price"] == {"amount": "420.00", "currency": "EUR"}
    assert json(answer)["page"] == {"next": None, "total": 1}
    assert json(answer)["facets"]["airlines"][0]["airline"] == "BA"
    assert api.asked_for() == []


async def test_times_are_those_of_the_clocks_at_both_airports(api: Hub) -> None:
    over_the_date_line = segment(
        origin="AKL",
        destination="LAX",
        departs="2027-03-01T19:30",
        arrives="2027-03-01T12:15",
        carrier="NZ",
        number="6",
    )
    query = api.query(origin="AKL", destination="LAX")
    await api.found(api.offer(product=itinerary(direction(over_the_date_line))), query=query)
    answer = await api.get(api.search_path(origin="AKL", destination="LAX"))
    (part,) = json(answer)["results"][0]["product"]["slices"]
    assert (part["departs_at"], part["arrives_at"]) == ("2027-03-01T19:30:00+13:00", "2027-03-01T12:15:00-08:00")
    assert (part["duration_minutes"], part["days_later"]) == (825, 0)


async def test_a_waiting_client_is_answered_as_soon_as_the_last_supplier_has(api: Hub) -> None:
    waiting = asyncio.create_task(api.get(api.search_path(wait=20)))
    await until(lambda: bool(api.asked_for()))
    await api.found()
    answer = await asyncio.wait_for(waiting, 19)
    assert (answer.status_code, json(answer)["search"]["status"]) == (200, "complete")


async def test_whoever_stops_waiting_gets_what_has_arrived_by_then(api: Hub) -> None:
    begun = await api.arrive(api.begun(), ALBATROSS, api.offer())
    partial = await api.get(api.search_path())
    assert partial.status_code == 200
    head = json(partial)["search"]
    assert (head["status"], [part["status"] for part in head["suppliers"]]) == ("partial", ["ok", "pending"])
    assert partial.headers["Cache-Control"] == "no-cache"
    await api.arrive(begun, BLUEBIRD)
    whole = await api.get(api.search_path(wait=20))
    assert json(whole)["search"]["status"] == "complete"


async def test_a_partial_answer_names_the_supplier_that_is_missing_and_why(api: Hub) -> None:
    search = await api.arrive(
        api.begun(), BLUEBIRD, outcome=Outcome.TIMEOUT, detail="no answer in 10 s", fetched_at=None
    )
    skipped = (SkippedRecord(where="data[3]", why="no price"),)
    await api.arrive(search, ALBATROSS, api.offer(), skipped=skipped)
    head = json(await api.get(api.search_path()))["search"]
    assert head["status"] == "partial"
    assert [(part["supplier"], part["status"], part["skipped_records"]) for part in head["suppliers"]] == [
        (ALBATROSS, "ok", 1),
        (BLUEBIRD, "timeout", 0),
    ]
    assert head["suppliers"][0]["skipped"] == [{"where": "data[3]", "why": "no price"}]
    assert head["suppliers"][1]["detail"] == "no answer in 10 s"


async def test_a_search_that_ended_with_a_failure_is_not_waited_for(api: Hub) -> None:
    search = await api.arrive(api.begun(), BLUEBIRD, outcome=Outcome.ERROR)
    await api.arrive(search, ALBATROSS, outcome=Outcome.ERROR)
    answer = await asyncio.wait_for(api.get(api.search_path(wait=20)), 19)
    assert (answer.status_code, json(answer)["results"]) == (200, [])


async def test_a_held_answer_grows_older_by_the_second(api: Hub) -> None:
    await api.found()
    ages = []
    for _ in range(3):
        answer = await api.get(api.search_path())
        ages.append((json(answer)["search"]["age_seconds"], int(answer.headers["Age"])))
        api.clock.forward(seconds=7)
    assert ages == [(0, 0), (7, 7), (14, 14)]


async def test_an_answer_that_merely_grew_older_is_not_sent_again(api: Hub) -> None:
    await api.found()
    first = await api.get(api.search_path())
    api.clock.forward(seconds=9)
    for _ in range(2):  # read from Redis at first, from memory after that
        again = await api.get(api.search_path(), If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.content, again.headers["Age"]) == (304, b"", "9")
    whole = await api.get(api.search_path())
    assert whole.headers["ETag"] != first.headers["ETag"]
    assert whole.content != first.content


async def test_two_moments_of_one_search_are_two_versions(api: Hub) -> None:
    begun = await api.arrive(api.begun(), ALBATROSS, api.offer())
    partial = await api.get(api.search_path())
    await api.arrive(begun, BLUEBIRD)
    whole = await api.get(api.search_path(wait=20), If_None_Match=partial.headers["ETag"])
    assert whole.status_code == 200


async def test_a_stale_answer_is_served_at_once_and_refreshed_once(api: Hub) -> None:
    query, path = api.query(), api.search_path()  # the day of the question, which may end within three hours
    await api.found()
    fresh = await api.get(path)
    api.clock.forward(hours=3)
    stale = [await api.get(path) for _ in range(5)]
    assert json(fresh)["search"]["freshness"] == "fresh"
    assert {json(one)["search"]["freshness"] for one in stale} == {"stale"}
    assert {one.headers["Cache-Control"] for one in stale} == {"no-cache"}
    await until(lambda: bool(api.jobs(Queue.REFRESH)))
    assert api.jobs(Queue.REFRESH) == [AskSuppliers(query=query, because=Because.REFRESH)]
    assert api.jobs() == []


async def test_a_refreshed_answer_takes_the_place_of_the_stale_one(api: Hub) -> None:
    query, path = api.query(), api.search_path()
    await api.found(api.offer())
    await api.get(path)
    api.clock.forward(hours=3)
    assert json(await api.get(path))["search"]["freshness"] == "stale"
    await api.found(api.offer(), api.offer(reference="fare-2"), query=query)
    await until(lambda: api.services.answers.get(query.id, api.clock.now) is None)
    answer = json(await api.get(path))
    assert (answer["search"]["freshness"], len(answer["results"][0]["offers"])) == ("fresh", 2)


async def test_nothing_is_served_after_it_has_expired(api: Hub) -> None:
    await api.found()
    assert (await api.get(api.search_path())).status_code == 200
    api.clock.forward(hours=25)
    path = api.search_path(departure_date=(api.clock.now + timedelta(days=59) - timedelta(hours=1)).date())
    assert path == api.search_path(departure_date=(api.clock.now - timedelta(hours=25) + timedelta(days=60)).date())
    assert (await api.get(path)).status_code == 202
    assert len(api.asked_for()) == 1


async def test_a_body_asks_the_same_question_as_a_query_string(api: Hub) -> None:
    await api.found()
    body = {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "wait": 0, "return_date": None}
    posted = await api.post("/v1/flights/search", body)
    assert posted.status_code == 200
    assert json(posted) == json(await api.get(api.search_path()))


async def test_filters_and_pages_work_on_what_is_held(api: Hub) -> None:
    await api.found(*ways(12, fetched_at=api.clock.now))
    path = api.search_path(limit=5, max_price="309.00", sort="departure")
    first = await api.get(path)
    assert json(first)["page"]["total"] == 10
    link = first.headers["Link"]
    assert link.endswith('; rel="next"')
    second = await api.get(link[1 : link.index(">")])
    ids = [result["id"] for answer in (first, second) for result in json(answer)["results"]]
    assert len(set(ids)) == 10
    assert json(second)["page"]["next"] is None
    assert "Link" not in second.headers
    assert json(first)["facets"] == json(await api.get(api.search_path()))["facets"]


async def test_the_next_page_of_a_posted_search_is_a_get_with_the_same_wishes(api: Hub) -> None:
    await api.found(*ways(12, fetched_at=api.clock.now))
    wishes = {"limit": 5, "max_price": "309.00", "sort": "departure", "refundable": None, "wait": 0}
    first = await api.post(
        "/v1/flights/search", {"origin": "LHR", "destination": "JFK", "departure_date": api.soon()} | wishes
    )
    link = first.headers["Link"]
    assert link.startswith(f"</v1/searches/{api.query().id}?")
    second = json(await api.get(link[1 : link.index(">")]))
    assert (len(second["results"]), second["page"]) == (5, {"next": None, "total": 10})


async def test_a_posted_search_does_not_teach_the_get_of_the_same_path(api: Hub) -> None:
    await api.found()
    body = {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "wait": 0}
    assert (await api.post("/v1/flights/search", body)).status_code == 200
    assert (await api.get("/v1/flights/search")).status_code == 422


@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
async def test_hot_and_cold_answers_are_the_same_bytes(api: Hub, coding: str) -> None:
    await api.found(*ways(12, fetched_at=api.clock.now))
    cold, hot = [await api.get(api.search_path(), Accept_Encoding=coding) for _ in range(2)]
    assert cold.content == hot.content
    kept = {name: value for name, value in cold.headers.items() if name not in {"x-request-id", "ratelimit"}}
    assert kept == {name: value for name, value in hot.headers.items() if name not in {"x-request-id", "ratelimit"}}
    assert cold.headers.get("Content-Encoding", "identity") == coding


async def test_a_departure_in_the_past_is_refused_by_the_clock_at_the_place_of_departure(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    clock = Clock()
    clock.now = clock.now.replace(hour=23, minute=30)  # the next day has begun in Auckland, not in Honolulu
    async with hub(database_url=database_url, redis_url=redis_url, clock=clock) as api:
        today = clock.now.date()
        refused = await api.get(api.search_path(origin="AKL", destination="LAX", departure_date=today))
        taken = await api.get(api.search_path(origin="HNL", destination="LAX", departure_date=today))
        far = await api.get(api.search_path(departure_date=today + timedelta(days=362)))
        furthest = await api.get(api.search_path(departure_date=today + timedelta(days=361)))
    assert [one["parameter"] for one in json(refused)["errors"]] == ["departure_date"]
    assert "AKL" in json(refused)["errors"][0]["detail"]
    assert taken.status_code == 202
    assert [one["parameter"] for one in json(far)["errors"]] == ["departure_date"]
    assert furthest.status_code == 202


async def test_a_question_is_refused_when_its_day_is_over_even_if_its_answer_is_hot(api: Hub) -> None:
    query = api.query()
    await api.found(query=query)
    path = api.search_path()
    assert (await api.get(path)).status_code == 200
    assert (await api.get(path)).status_code == 200
    api.clock.forward(days=62)
    assert (await api.get(path)).status_code == 422


async def test_an_unknown_airport_is_named_and_a_city_lists_its_airports(api: Hub) -> None:
    answer = await api.get(api.search_path(origin="LON", destination="QQQ"))
    assert answer.status_code == 422
    flaws = {flaw["parameter"]: flaw["detail"] for flaw in json(answer)["errors"]}
    assert "LGW, LHR" in flaws["origin"]
    assert "QQQ" in flaws["destination"]


async def test_everything_that_is_wrong_is_said_at_once(api: Hub) -> None:
    path = (
        "/v1/flights/search?origin=heathrow&destination=QQQ&departure_date=2027-02-30&adults=1&infants=2"
        "&currency=EUX&wait=21&sort=beauty&limit=0&max_price=cheap&airlines=british&depart_after=25:00&cursor=abc"
        "&refundable=perhaps&colour=blue&colour=red"
    )
    answer = await api.get(path)
    assert answer.status_code == 422
    assert {flaw["parameter"] for flaw in json(answer)["errors"]} == {
        "origin", "destination", "departure_date", "infants", "currency", "wait", "sort", "limit", "max_price",
        "airlines", "depart_after", "refundable", "colour",
    }  # fmt: skip
    cursor = json(await api.get(api.search_path(cursor="abc", max_stops=-1)))["errors"]
    assert {flaw["parameter"] for flaw in cursor} == {"cursor", "max_stops"}


async def test_rules_between_fields_are_checked_even_where_another_field_is_unreadable(api: Hub) -> None:
    body = {
        "origin": "LHR", "destination": "LHR", "departure_date": "soon", "adults": 1, "infants": 2, "wait": 0, "x/y": 1,
    }  # fmt: skip
    answer = await api.post("/v1/flights/search", body)
    assert {flaw["pointer"] for flaw in json(answer)["errors"]} == {
        "/departure_date", "/destination", "/infants", "/x~1y",
    }  # fmt: skip


async def test_before_the_first_airports_are_known_searches_can_not_be_answered(
    database_url: str, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, ready=False) as api:
        answer = await api.get(api.search_path())
        assert (answer.status_code, json(answer)["code"]) == (503, "unavailable")
        assert "Retry-After" in answer.headers


async def test_airports_that_a_sync_brings_are_known_without_a_restart(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, ready=False) as api:
        await until(lambda: api.services.catalogue.contents is not None)
        assert (await api.get(api.search_path())).status_code == 503
        await filled(engine)
        client = connect(redis_url)
        await client.publish("travelhub:catalogue", "airports")
        await client.aclose()
        await until(lambda: not api.services.catalogue.empty)
        assert (await api.get(api.search_path())).status_code == 202


async def test_what_is_asked_for_often_is_counted(api: Hub) -> None:
    await api.found()
    for _ in range(4):
        await api.get(api.search_path())
    await api.services.searching.flush_asked()
    await api.services.cache.claim(api.query(), patience=timedelta(seconds=1))  # the question is known by its claim
    assert await api.services.cache.take_asked(at_most=10) == {api.query(): 4}
