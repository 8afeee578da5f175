"""Every answer can be explained: the archived replies, read once more, give the same offers."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from adapters.kit.registry import suppliers
from bench.stack import until
from domain.explaining import Verdict
from domain.fetches import Fetch
from domain.places import Atlas
from storage import airports, cities, fetches, replies
from storage.engine import create_engine, transaction
from tests.system.hub import Hub
from workers.explaining import Explained, explained

pytestmark = pytest.mark.slow


def questions(hub: Hub) -> dict[str, dict[str, str]]:
    """One for each vertical that nobody has asked here before."""
    day = datetime.fromisoformat(hub.question()["departure_date"])
    morning, later = datetime.combine(day, time(10)), day + timedelta(days=3)
    return {
        "flights": hub.question("LHR", "JFK"),
        "hotels": {"destination": "PAR", "check_in": f"{day:%Y-%m-%d}", "check_out": f"{later:%Y-%m-%d}"},
        "cars": {
            "pick_up": "LHR",
            "pick_up_at": f"{morning:%Y-%m-%dT%H:%M}",
            "drop_off_at": f"{morning + timedelta(days=3):%Y-%m-%dT%H:%M}",
        },
    }


def found(hub: Hub, vertical: str, question: Mapping[str, str]) -> Any:
    answer = hub.api.get(f"/v1/{vertical}/search", params={"wait": "20", **question})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def kept(hub: Hub, search_id: str) -> tuple[Fetch | None, int]:
    """What was kept of the search, and how many of its replies are in the archive."""
    engine = create_engine(hub.stack.servers.database_url, connections=1)
    try:
        async with transaction(engine) as connection:
            there = await replies.ids(connection, about=f"search {search_id}")
            return await fetches.latest(connection, search_id), len(there)
    finally:
        await engine.dispose()


async def read_again(hub: Hub, fetch: Fetch) -> tuple[Explained, ...]:
    engine = create_engine(hub.stack.servers.database_url, connections=1)
    try:
        async with transaction(engine) as connection:
            listed = await airports.every(connection)
            atlas = Atlas((one.airport for one in listed), await cities.every(connection))
            return await explained(connection, fetch, suppliers(), atlas)
    finally:
        await engine.dispose()


def sellers(vertical: str) -> set[str]:
    return {slug for slug, supplier in suppliers().items() if vertical in supplier.searches}


@pytest.mark.parametrize("vertical", ["flights", "hotels", "cars"])
def test_the_replies_of_a_search_read_again_give_the_same_bytes(hub: Hub, vertical: str) -> None:
    answer = found(hub, vertical, questions(hub)[vertical])
    search_id = answer["search"]["id"]

    def written_down() -> bool:
        fetch, archived = asyncio.run(kept(hub, search_id))
        return fetch is not None and archived >= len(sellers(vertical))

    until(written_down, "the search is in the books, and its replies are in the archive")
    fetch, _ = asyncio.run(kept(hub, search_id))
    assert fetch is not None
    parts = asyncio.run(read_again(hub, fetch))

    assert {part.report.supplier for part in parts} == sellers(vertical)
    for part in parts:
        assert (part.compared.verdict, part.compared.why) == (Verdict.EQUAL, None), part.report.supplier
        assert part.compared.kept == part.compared.read_again == part.report.offers > 0
        assert [one for one in part.replies if one.reader is None or one.failure is not None] == []

    told = hub.api.get(f"/v1/admin/searches/{search_id}/explain", headers=hub.stack.admin()).json()
    assert {one["supplier"]: [reply["id"] for reply in one["replies"]] for one in told["suppliers"]} == {
        part.report.supplier: [one.reply.id for one in part.replies] for part in parts
    }
    assert told["page"]["total"] == answer["page"]["total"]
    assert any(limit["decides_expiry"] for limit in told["limits"])


def test_every_price_of_a_search_is_seen_in_the_history_of_its_route(hub: Hub) -> None:
    question = hub.question("LHR", "CDG")
    answer = found(hub, "flights", question)
    until(lambda: history(hub, question) != [], "the prices are in the books")
    (today,) = history(hub, question)
    assert {one["supplier"] for one in today["suppliers"]} == sellers("flights")
    assert sum(one["seen"] for one in today["suppliers"]) == sum(one["offers"] for one in answer["search"]["suppliers"])
    assert today["lowest"] == answer["results"][0]["offers"][0]["price"]


def history(hub: Hub, question: Mapping[str, str]) -> Any:
    told = hub.api.get("/v1/prices/history", params=question)
    assert told.status_code == 200, told.text
    return told.json()["data"]
