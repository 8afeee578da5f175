"""Suppliers that hang: everybody else is shown at once, the silent ones are named, and what comes late is not lost."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit.registry import suppliers
from bench.stack import until
from tests.system.hub import SELLER, SELLERS, Hub, Json, report

# By vertical, everybody who sells it, those who sell little else first.
IN: Final[Mapping[str, tuple[str, ...]]] = {
    vertical: tuple(
        sorted(
            (slug for slug, one in suppliers().items() if vertical in one.searches),
            key=lambda slug: (len(suppliers()[slug].searches), slug),
        )
    )
    for vertical in ("flights", "hotels", "cars")
}
SILENT: Final = {vertical: sellers[0] for vertical, sellers in IN.items() if sellers}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(len(sellers) < 2 for sellers in IN.values()) or len(set(SILENT.values())) < len(IN),
        reason="it takes one who is silent and one who is not in each vertical",
    ),
]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a stream: of whom it tells, and how that part ended; the end tells of nobody."""

    kind: str
    supplier: str = ""
    status: str = ""
    detail: str = ""


def question(vertical: str) -> Json:
    """One that nobody else asks in these tests."""
    day, later = ((datetime.now(UTC).date() + timedelta(days=ahead)).isoformat() for ahead in (171, 174))
    asked: dict[str, Json] = {
        "flights": {"origin": "MAD", "destination": "VIE", "departure_date": day},
        "hotels": {"destination": "VIE", "check_in": day, "check_out": later},
        "cars": {"pick_up": "VIE", "pick_up_at": f"{day}T10:00", "drop_off_at": f"{later}T10:00"},
    }
    return {"vertical": vertical, **asked[vertical]}


def create(hub: Hub, asked: Json) -> str:
    created = hub.api.post("/v1/searches", json={**asked, "wait": 0})
    assert created.status_code in (200, 202), created.text
    return str(created.json()["search"]["id"])


def goes_wrong(hub: Hub, supplier: str, **fault: Any) -> None:
    ordered = hub.sandbox.post("/_faults", json={"supplier": supplier, "count": None, **fault})
    assert ordered.status_code == 201, ordered.text


def story(hub: Hub, search_id: str) -> list[Told]:
    """All that is told of a search until its end."""
    told: list[Told] = []
    with httpx.stream("GET", f"{hub.stack.api}/v1/searches/{search_id}/events", timeout=60, trust_env=False) as stream:
        kind = ""
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                part = msgspec.json.decode(value).get("supplier") or {}
                told.append(
                    Told(
                        kind=kind,
                        supplier=part.get("supplier", ""),
                        status=part.get("status", ""),
                        detail=part.get("detail") or "",
                    )
                )
    return told


def parts(answer: Json) -> dict[str, str]:
    return {part["supplier"]: part["status"] for part in answer["search"]["suppliers"]}


def calls(hub: Hub, supplier: str) -> list[Json]:
    found: list[Json] = hub.sandbox.get("/_ledger", params={"supplier": supplier}).json()["calls"]
    return found


def under_way(hub: Hub) -> list[Json]:
    return [call for call in hub.sandbox.get("/_ledger").json()["calls"] if call["under_way"]]


def are_there(hub: Hub, search_id: str, sellers: set[str]) -> bool:
    """These and nobody else."""
    return {slug for slug, status in parts(hub.look(search_id, wait=0.5)).items() if status == "ok"} == sellers


def is_whole(hub: Hub, search_id: str) -> bool:
    return bool(hub.look(search_id)["search"]["status"] == "complete")


def test_three_silent_suppliers_hold_up_nobody_and_are_asked_again_alone(hub: Hub) -> None:
    for slug in SILENT.values():
        goes_wrong(hub, slug, kind="hang")
    ids = {vertical: create(hub, question(vertical)) for vertical in IN}
    with ThreadPoolExecutor(max_workers=len(ids)) as somebody:
        stories = {vertical: somebody.submit(story, hub, search_id) for vertical, search_id in ids.items()}
        for vertical, search_id in ids.items():
            silent, others = SILENT[vertical], set(IN[vertical]) - {SILENT[vertical]}
            until(partial(are_there, hub, search_id, others), f"everybody else of {vertical} is there", seconds=15)
            answer = hub.look(search_id, wait=0)
            assert (answer["search"]["status"], parts(answer)[silent]) == ("partial", "pending")
            assert answer["results"]
            assert any(call["under_way"] for call in calls(hub, silent))
        told = {vertical: waiting.result(timeout=60) for vertical, waiting in stories.items()}
    for vertical, events in told.items():
        *before, last, end = events
        assert {event.supplier for event in before} == set(IN[vertical]) - {SILENT[vertical]}
        assert {event.status for event in before} == {"ok"}
        assert (last.supplier, last.status, end.kind) == (SILENT[vertical], "timeout", "completed")
        assert last.detail  # a sentence that says why
    until(lambda: not under_way(hub), "no call stays open", seconds=5)

    hub.mend()
    for vertical, search_id in ids.items():
        until(partial(is_whole, hub, search_id), f"the search of {vertical} is whole", seconds=60)
        found = parts(hub.look(search_id))
        silent = SILENT[vertical]
        assert found == dict.fromkeys(IN[vertical], "cached") | {silent: "ok"}
    asked = {slug for sellers in IN.values() for slug in sellers if calls(hub, slug)}
    assert asked == set(SILENT.values())


def test_what_comes_after_everybody_has_been_answered_is_told_and_is_in_the_next_answer(hub: Hub) -> None:
    asked = hub.question("LIS", "CPH")
    goes_wrong(hub, SELLER, kind="slow", seconds=4, operation=SELLERS[SELLER][0], count=1)
    search_id = create(hub, asked)
    with ThreadPoolExecutor(max_workers=1) as somebody:
        following = somebody.submit(story, hub, search_id)
        until(lambda: bool(hub.look(search_id, wait=0.2)["results"]), "somebody is there")
        early = hub.found(asked, wait=0)
        assert (early["search"]["status"], report(early)["status"]) == ("partial", "pending")
        told = following.result(timeout=60)
    assert [(event.kind, event.supplier) for event in told][-2:] == [("arrival", SELLER), ("completed", "")]
    late = hub.found(asked)
    assert (late["search"]["status"], report(late)["status"]) == ("complete", "ok")
    assert report(late)["offers"] > 0
