"""How a process says how it stands."""

from datetime import UTC, datetime

from domain.jobs import Queue
from storage import heartbeats, suppliers
from storage.suppliers import Allowance, Connected
from tests.api.hub import Hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD


async def test_health_names_each_thing_that_is_missing(api: Hub) -> None:
    answer = await api.admin("GET", "/v1/admin/health")
    assert answer.status_code == 503
    standing = {found["name"]: found["status"] for found in json(answer)["dependencies"]}
    assert standing == {"postgres": "up", "redis": "up", "scheduler": "down"} | {
        f"worker:{queue}": "down" for queue in Queue
    }


async def test_health_is_good_when_every_queue_has_a_worker_and_a_scheduler_acts(api: Hub) -> None:
    await heartbeats.beat(api.services.redis, "worker", queues=tuple(Queue))
    await heartbeats.beat(api.services.redis, "scheduler", acting=True)
    answer = await api.admin("GET", "/v1/admin/health")
    assert (answer.status_code, json(answer)["status"]) == (200, "up")
    assert {process["process"] for process in json(answer)["processes"]} >= {"worker", "scheduler"}


async def test_a_scheduler_that_only_stands_by_is_not_enough(api: Hub) -> None:
    await heartbeats.beat(api.services.redis, "worker", queues=tuple(Queue))
    await heartbeats.beat(api.services.redis, "scheduler", acting=False)
    assert (await api.admin("GET", "/v1/admin/health")).status_code == 503


async def test_a_web_process_is_heard_of(api: Hub) -> None:
    answer = await api.admin("GET", "/v1/admin/health")
    assert [process["process"] for process in json(answer)["processes"]] == ["web"]


async def test_metrics_count_requests_by_route_and_never_by_made_up_path(api: Hub) -> None:
    await api.found()
    for _ in range(3):
        await api.get(api.search_path())
    await api.get("/made/up")
    await api.get("/v1/airports/LHR")
    text = (await api.admin("GET", "/v1/admin/metrics")).text
    assert counted(text, answered_by="memory", method="GET", route="/v1/flights/search", status="200") == 2
    assert counted(text, answered_by="call", method="GET", route="/v1/flights/search", status="200") == 1
    assert counted(text, answered_by="call", method="GET", route="/v1/airports/{iata}", status="200") == 1
    assert counted(text, answered_by="call", method="GET", route="unmatched", status="404") == 1
    assert "travelhub_held_searches 1.0" in text
    assert "/made/up" not in text


def counted(text: str, **labels: str) -> float:
    told = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    (line,) = [line for line in text.splitlines() if line.startswith(f"travelhub_request_seconds_count{{{told}}} ")]
    return float(line.rpartition(" ")[2])


async def test_a_process_is_ready_once_it_knows_the_catalogue(api: Hub) -> None:
    await until(lambda: api.services.catalogue.contents is not None)
    assert json(await api.get("/readyz")) == {"status": "up", "waiting_for": []}


def connected(slug: str, *, calls: int = 10) -> Connected:
    return Connected(
        slug=slug,
        title=slug.title(),
        live=slug == ALBATROSS,
        sells=("flights",),
        lists=(),
        allowances=(Allowance(id="60000", calls=calls, seconds=60),),
        concurrency=5,
        breaker_seconds=60,
    )


async def test_before_a_worker_has_spoken_no_supplier_is_known(api: Hub) -> None:
    assert json(await api.admin("GET", "/v1/admin/suppliers")) == {"heard_at": None, "data": []}


async def test_operators_see_who_is_down_who_is_spent_and_how_todays_calls_ended(api: Hub) -> None:
    client, names = api.services.redis, (ALBATROSS, BLUEBIRD, "heron", "swift")
    await suppliers.announce(client, [connected(name) for name in names])
    now = (await client.time())[0] * 1000
    slot = now * 120 // 60_000
    await client.hset(f"travelhub:breaker:{ALBATROSS}", mapping={"until": now + 60_000, "pause": 60_000})
    await client.hset(f"travelhub:budget:{BLUEBIRD}:slots", mapping={f"60000:{slot}": 10})
    await client.hset("travelhub:budget:heron:marks", mapping={"pause|*": f"{now + 30_000}:30000"})
    await client.hset(
        f"travelhub:calls:{datetime.fromtimestamp(now // 1000, UTC).date()}",
        mapping={'["swift","search","search","answered"]': 7, '["swift","search","search","timeout"]': 2,
                 '["swift","book","bookings","answered"]': 1},
    )  # fmt: skip
    told = json(await api.admin("GET", "/v1/admin/suppliers"))
    assert told["heard_at"] is not None
    assert [(one["supplier"], one["state"], one["live"]) for one in told["data"]] == [
        (ALBATROSS, "down", True),
        (BLUEBIRD, "spent", False),
        ("heron", "waiting", False),
        ("swift", "up", False),
    ]
    albatross, bluebird, heron, swift = told["data"]
    assert 50 < albatross["breaker"]["opens_in_seconds"] <= 60
    assert bluebird["budget"] == [{"calls": 10, "seconds": 60.0, "operations": [], "left": 0}]
    assert 25 < heron["waiting_seconds"] <= 30
    assert swift["calls_today"] == {"answered": 8, "timeout": 2}
    assert swift["operations"] == {"book": {"answered": 1}, "search": {"answered": 7, "timeout": 2}}


async def test_how_suppliers_stand_is_for_administrators(api: Hub) -> None:
    assert (await api.get("/v1/admin/suppliers")).status_code == 401
