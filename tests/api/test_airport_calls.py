"""Airports, airlines and their syncs, as a client sees them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.catalogue import Subject
from domain.jobs import Queue, SyncAirlines, SyncAirports
from storage import airports, sync_jobs
from storage.embedded import Servers
from storage.engine import transaction
from tests.api.hub import Hub, filled, hub, json
from tests.builders import airport
from tests.builders import airports as some_airports


async def codes(api: Hub, wishes: str) -> list[str]:
    return [found["iata"] for found in json(await api.get(f"/v1/airports?{wishes}"))["data"]]


async def test_zurich_is_found_however_it_is_spelled(api: Hub) -> None:
    for typed in ("zurich", "Z%C3%BCrich", "ZUERICH", "zrh", "lszh", "z%C3%BCr"):
        assert await codes(api, f"query={typed}") == ["ZRH"]


async def test_a_city_lists_its_airports_by_name(api: Hub) -> None:
    assert await codes(api, "query=london") == ["LGW", "LHR"]
    assert await codes(api, "query=LON") == ["LGW", "LHR"]
    assert await codes(api, "query=paris") == ["CDG", "ORY"]


async def test_airports_are_listed_by_country_and_by_code(api: Hub) -> None:
    assert await codes(api, "country=AU") == ["ADL", "LDH", "SYD"]
    assert await codes(api, "country=FR&query=orly") == ["ORY"]
    assert await codes(api, "country=DE&query=orly") == []


async def test_the_nearest_airport_comes_first_with_its_distance(api: Hub) -> None:
    answer = json(await api.get("/v1/airports?near=51.5,-0.12&limit=3"))
    assert [found["iata"] for found in answer["data"]] == ["LHR", "LGW", "CDG"]
    assert 20 < answer["data"][0]["distance_km"] < 30
    assert await codes(api, "near=-17,179&limit=1") == ["APW"]  # over the date line


async def test_a_place_off_the_globe_is_refused(api: Hub) -> None:
    for near in ("95,10", "10,181", "10", "ten,ten", "nan,nan"):
        answer = await api.get(f"/v1/airports?near={near}")
        assert [flaw["parameter"] for flaw in json(answer)["errors"]] == ["near"]


async def test_pages_of_airports_hold_each_once(api: Hub) -> None:
    for wishes in ("limit=4", "near=47,8&limit=4", "query=a&limit=2"):
        whole = await codes(api, wishes.partition("limit")[0] + "limit=200")
        seen, path = [], f"/v1/airports?{wishes}"
        while path:
            answer = await api.get(path)
            seen += [found["iata"] for found in json(answer)["data"]]
            assert json(answer)["page"]["total"] == len(whole)
            link = answer.headers.get("Link", "<>")
            path = link[1 : link.index(">")]
        assert seen == whole
        assert len(set(seen)) == len(seen)


async def test_a_cursor_of_another_order_is_refused(api: Hub) -> None:
    cursor = json(await api.get("/v1/airports?limit=2"))["page"]["next"]
    answer = await api.get(f"/v1/airports?near=47,8&cursor={cursor}")
    assert (answer.status_code, json(answer)["errors"][0]["parameter"]) == (422, "cursor")
    assert (await api.get("/v1/airports?cursor=made-up")).status_code == 422


async def test_one_airport_tells_its_zone_and_place(api: Hub) -> None:
    answer = json(await api.get("/v1/airports/KTM"))
    assert (answer["timezone"], answer["country"], answer["elevation_feet"]) == ("Asia/Kathmandu", "NP", 4390)
    for unknown in ("XXX", "ktm", "KATHMANDU"):
        assert (await api.get(f"/v1/airports/{unknown}")).status_code == 404


async def test_airlines_are_found_by_name_and_designator(api: Hub) -> None:
    found = json(await api.get("/v1/airlines?query=swiss"))["data"]
    assert [airline["iata"] for airline in found] == ["LX"]
    assert json(await api.get("/v1/airlines/BA")) == json(await api.get("/v1/airlines/BAW"))
    assert (await api.get("/v1/airlines/ZZ")).status_code == 404
    listed = json(await api.get("/v1/airlines?country=CH"))
    assert (listed["page"]["total"], listed["data"][0]["callsign"]) == (1, "SWISS")


async def test_airlines_that_fly_are_listed_before_those_that_have_ended(api: Hub) -> None:
    assert [airline["iata"] for airline in json(await api.get("/v1/airlines"))["data"]] == ["BA", "LX", "KM"]


async def test_an_app_that_works_offline_gets_everything_at_once(api: Hub) -> None:
    every = json(await api.get("/v1/cache/airports"))
    assert {found["iata"] for found in every["data"]} == {one.iata for one in some_airports()}
    assert every["page"] == {"next": None, "total": len(some_airports())}
    assert json(await api.get("/v1/cache/airlines"))["page"]["total"] == 3


async def test_a_vanished_airport_is_kept_and_marked(database_url: str, engine: AsyncEngine, redis_url: str) -> None:
    now = datetime.now(UTC)
    async with transaction(engine) as connection:
        await airports.upsert(connection, [airport("LDH")], source="test", seen_at=now - timedelta(days=2))
    await filled_without_ldh(engine, now)
    async with hub(database_url=database_url, redis_url=redis_url) as api:
        assert "LDH" not in await codes(api, "limit=200")
        assert json(await api.get("/v1/airports/LDH"))["vanished_at"] is not None
        every = {found["iata"]: found for found in json(await api.get("/v1/cache/airports"))["data"]}
        assert "vanished_at" in every["LDH"]
        assert "vanished_at" not in every["SYD"]


async def filled_without_ldh(engine: AsyncEngine, now: datetime) -> None:
    async with transaction(engine) as connection:
        rest = [one for one in some_airports() if one.iata != "LDH"]
        await airports.upsert(connection, rest, source="test", seen_at=now)
        await airports.mark_vanished(connection, source="test", before=now, at=now)


async def test_a_sync_is_queued_once_and_can_be_looked_at(api: Hub) -> None:
    first = await api.admin("POST", "/v1/airports/sync")
    second = await api.admin("POST", "/v1/airports/sync")
    assert (first.status_code, second.status_code) == (202, 202)
    assert json(first)["id"] == json(second)["id"]
    assert first.headers["Location"] == f"/v1/jobs/{json(first)['id']}"
    looked = await api.admin("GET", first.headers["Location"])
    assert (json(looked)["subject"], json(looked)["state"], json(looked)["rows"]) == ("airports", "queued", 0)
    assert set(api.jobs(Queue.CATALOGUE)) == {SyncAirports(job_id=json(first)["id"])}


async def test_airlines_have_a_sync_of_their_own(api: Hub) -> None:
    started = json(await api.admin("POST", "/v1/airlines/sync"))
    assert api.jobs(Queue.CATALOGUE) == [SyncAirlines(job_id=started["id"])]


async def test_a_sync_is_for_administrators(api: Hub) -> None:
    for path in ("/v1/airports/sync", "/v1/airlines/sync"):
        assert (await api.post(path)).status_code == 401
    assert api.jobs(Queue.CATALOGUE) == []


async def test_there_is_no_job_that_nobody_made(api: Hub) -> None:
    for name in ("00000000-0000-0000-0000-000000000000", "latest"):
        assert (await api.admin("GET", f"/v1/jobs/{name}")).status_code == 404


async def test_a_sync_that_no_queue_takes_has_failed(
    database_url: str, engine: AsyncEngine, redis_url: str, servers: Servers
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url) as api:
        servers.valkey.stop()
        try:
            assert (await api.admin("POST", "/v1/airports/sync")).status_code == 503
        finally:
            servers.valkey.start()
        async with transaction(engine) as connection:
            latest = await sync_jobs.latest(connection, Subject.AIRPORTS)
        assert latest is not None
        assert latest.state == "failed"
        assert (await api.admin("POST", "/v1/airports/sync")).status_code == 202
