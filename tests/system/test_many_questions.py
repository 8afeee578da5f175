"""Different questions at once: nobody gets another one's answer, and no supplier is asked more than it allows."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import httpx
import pytest

from adapters.kit.registry import suppliers
from bench.stack import until
from tests.system.hub import SELLERS, Hub, Json

pytestmark = pytest.mark.slow

# More than any window of the sandboxes' budgets lets through at once, and no more: each is a search of its own.
CROWD: Final = 130
PATIENCE: Final = 180.0  # seconds for all of them on a machine that does much else
SHORT_HOPS: Final = (("ZRH", "VIE"), ("LIS", "OPO"), ("OSL", "BGO"), ("ARN", "GOT"), ("EDI", "LHR"), ("AKL", "WLG"))


def ends(answer: Json) -> set[tuple[str, str, str]]:
    """From where to where on which day the results of a search go."""
    outs = [result["product"]["slices"][0] for result in answer["results"]]
    return {(out["origin"], out["destination"], out["departs_at"][:10]) for out in outs}


def asked(question: dict[str, str]) -> tuple[str, str, str]:
    return question["origin"], question["destination"], question["departure_date"]


def test_a_slow_answer_to_one_holds_up_nobody_else(hub: Hub) -> None:
    slow, quick = hub.question("LHR", "JFK"), hub.question("ZRH", "LIS")
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=5)
    with ThreadPoolExecutor(max_workers=1) as somebody:
        waiting = somebody.submit(hub.found, slow)
        until(lambda: all(hub.calls(seller) for seller in SELLERS), "the slow question is under way")
        found = hub.found(quick)
        assert not waiting.done()
        assert (ends(found), ends(waiting.result(timeout=30))) == ({asked(quick)}, {asked(slow)})


async def test_a_crowd_with_different_questions_stays_within_what_suppliers_allow(hub: Hub) -> None:
    hub.found(hub.question())  # whoever has just started has the world to load first
    hub.mend()
    questions = [hub.question(*SHORT_HOPS[number % len(SHORT_HOPS)]) for number in range(CROWD)]
    limits = httpx.Limits(max_connections=CROWD)
    async with httpx.AsyncClient(base_url=hub.stack.api, timeout=60, limits=limits, trust_env=False) as client:
        answers = await asyncio.gather(*(patiently(client, question) for question in questions))
    missing = [part for answer in answers for part in answer["search"]["suppliers"] if part["status"] != "ok"]
    assert missing == []
    assert Counter(answer["search"]["status"] for answer in answers) == {"complete": CROWD}
    for question, answer in zip(questions, answers, strict=True):
        assert ends(answer) in ({asked(question)}, set())
    for seller in SELLERS:
        calls = hub.calls(seller)
        assert Counter(call["status"] // 100 for call in calls) == {2: CROWD}
        times = [datetime.fromisoformat(call["time"]) for call in calls]
        supplier = suppliers()[seller]
        for window in (supplier.sandbox_budget or supplier.budget).windows:
            assert most_within(times, timedelta(seconds=window.seconds)) <= window.calls


async def patiently(client: httpx.AsyncClient, question: dict[str, str]) -> Json:
    """The answer, asked for anew as long as a busy machine has not all of it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answered = await client.get("/v1/flights/search", params={**question, "wait": 20, "limit": 200})
            assert answered.status_code in (200, 202, 503), answered.text
            if answered.status_code == 503:
                await asyncio.sleep(float(answered.headers["retry-after"]))
                continue
            answer: Json = answered.json()
            if answered.status_code == 200 and all(one["status"] != "pending" for one in answer["search"]["suppliers"]):
                return answer


def most_within(times: Iterable[datetime], span: timedelta) -> int:
    """The most of them in any stretch of this length."""
    held: deque[datetime] = deque()
    most = 0
    for time in sorted(times):
        held.append(time)
        while held[0] <= time - span:
            held.popleft()
        most = max(most, len(held))
    return most
