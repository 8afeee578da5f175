"""A thousand people with one question: each supplier hears it once."""

import asyncio
from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import pytest

from tests.system.hub import SELLERS, Hub, running

pytestmark = pytest.mark.slow

CROWD: Final = 1_000
WEB_PROCESSES: Final = 2
_CROWDS: Final = 5  # on a busy machine one process may take all connections before the other one wakes up


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`served_by` is the web process: each begins the ids of its requests with a word of its own."""

    status: int
    served_by: str
    body: dict[str, Any]


async def test_a_thousand_people_with_one_question_are_one_search() -> None:
    with running("web", "worker", "worker", "worker_catalogue", "sandbox", WEB_CONCURRENCY=str(WEB_PROCESSES)) as hub:
        await all_web_processes_know_the_airports(hub)
        for _ in range(_CROWDS):
            answers = await crowd(hub)
            assert {seller: len(hub.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, 1)
            if len({answer.served_by for answer in answers}) == WEB_PROCESSES:
                break
            hub.mend()
    assert Counter(answer.status for answer in answers) == {200: CROWD}
    assert Counter(answer.body["search"]["status"] for answer in answers) == {"complete": CROWD}
    assert len({answer.served_by for answer in answers}) == WEB_PROCESSES
    first = answers[0].body["results"]
    assert len(first) == 5
    assert all(answer.body["results"] == first for answer in answers)


async def crowd(hub: Hub) -> list[Answer]:
    """Of one question that nobody has asked before."""
    for seller in SELLERS:  # long enough for everybody to have asked before anybody is answered
        hub.goes_wrong("slow", supplier=seller, seconds=4)
    question = urlencode({**hub.question(), "wait": 20, "limit": 5})
    return await asyncio.gather(*(asked(hub, f"/v1/flights/search?{question}") for _ in range(CROWD)))


async def all_web_processes_know_the_airports(hub: Hub) -> None:
    """Each loads them by itself; a connection reaches whichever is free."""
    know: set[str] = set()
    async with asyncio.timeout(60):
        while len(know) < WEB_PROCESSES:
            answers = await asyncio.gather(*(asked(hub, "/v1/airports/LHR") for _ in range(8)))
            know |= {answer.served_by for answer in answers if answer.status == 200}


async def asked(hub: Hub, target: str) -> Answer:
    """Over a connection of its own, in plain words: a client with a pool takes longer to ask than we to answer."""
    async with asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.stack.port)
        try:
            writer.write(f"GET {target} HTTP/1.1\r\nHost: travelhub\r\nConnection: close\r\n\r\n".encode())
            told = await reader.read(-1)
        finally:
            writer.close()
            await writer.wait_closed()
    head, _, body = told.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    served_by = headers["x-request-id"].partition("-")[0]
    return Answer(status=int(status.split()[1]), served_by=served_by, body=msgspec.json.decode(body))
