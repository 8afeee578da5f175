"""An enquiry as its worker sees it: one asks, everybody hears, and nothing that was known is lost to a failure."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
import redis.asyncio

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.supplier import Looking, Supplier
from domain.enquiries import KEPT, Enquiry, PlaceEnquiry, StatusEnquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from domain.places import Airport, Atlas
from domain.searches import Outcome
from storage.enquiries import EnquiryBook, Latest
from tests import builders
from tests.adapters.kit import declared
from tests.builders import ALBATROSS, BLUEBIRD
from tests.workers.conftest import Desk, MakeTools, answering
from workers.enquiries import answer_enquiry
from workers.tools import Tools

WHERE = PlaceEnquiry(text="London")
_CODES = msgspec.json.Decoder(list[str])


def guide(slug: str) -> Supplier:
    """Finds airports by the beginning of a name."""

    def ask(enquiry: PlaceEnquiry) -> Call:
        return Call(operation="places", path="/places", params=(("text", enquiry.text),))

    def read(reply: Reply, _: Call, __: PlaceEnquiry, ___: Atlas) -> Readout[Airport]:
        return Readout(records=tuple(builders.airport(code) for code in decoded(reply, _CODES)))

    looking = Looking(operation="places", ask=ask, read=read, example=WHERE)
    return msgspec.structs.replace(declared.supplier(), slug=slug, lookups={PlaceEnquiry: looking})


def knows(*codes: str) -> Desk:
    return lambda _: httpx.Response(200, json=list(codes))


def codes(latest: Latest) -> list[str]:
    assert latest.told is not None
    return [airport.iata for airport in latest.told.of(Airport)]


async def latest(tools: Tools, enquiry: Enquiry = WHERE) -> Latest:
    return await EnquiryBook(tools.redis).latest(enquiry_id(enquiry))


async def test_what_a_supplier_says_is_kept_and_told(tools: MakeTools) -> None:
    held = tools({ALBATROSS: knows("LHR", "JFK")}, suppliers=guide)
    told = EnquiryBook(held.redis).answers()
    await anext(told)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    known = await latest(held)
    assert codes(known) == ["LHR", "JFK"]
    assert not known.under_way
    assert known.told is not None
    assert known.told.supplier == ALBATROSS
    async with asyncio.timeout(60):
        while (answered := await anext(told)) is None:
            pass
    assert answered == enquiry_id(WHERE)


async def test_the_next_one_is_asked_where_the_first_fails(tools: MakeTools) -> None:
    held = tools({ALBATROSS: answering(401), BLUEBIRD: knows("LHR")}, suppliers=guide)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    known = await latest(held)
    assert codes(known) == ["LHR"]
    assert known.told is not None
    assert [(part.supplier, part.status) for part in known.told.reports] == [
        (ALBATROSS, Outcome.REFUSED), (BLUEBIRD, Outcome.OK),
    ]  # fmt: skip


async def test_a_supplier_that_has_nothing_has_answered(tools: MakeTools) -> None:
    nothing = answering(400, content=b'{"error": {"code": "NOTHING"}}')
    held = tools({ALBATROSS: nothing}, suppliers=guide)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    known = await latest(held)
    assert codes(known) == []
    assert known.told is not None
    assert known.told.told_at is not None


@pytest.mark.parametrize(
    ("desk", "outcome"),
    [(answering(401), Outcome.REFUSED), (answering(200, content=b"<html>"), Outcome.ERROR)],
    ids=["refused", "unreadable"],
)
async def test_a_failure_is_an_answer_that_names_who_failed(tools: MakeTools, desk: Desk, outcome: Outcome) -> None:
    held = tools({ALBATROSS: desk}, suppliers=guide)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    known = await latest(held)
    assert known.told is not None
    assert known.told.told_at is None
    assert [(part.supplier, part.status) for part in known.told.reports] == [(ALBATROSS, outcome)]
    assert known.told.reports[0].detail


async def test_a_mistake_in_an_adapter_is_told_and_not_shown(tools: MakeTools) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise LookupError("a mistake of ours")

    held = tools({ALBATROSS: broken}, suppliers=guide)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    known = await latest(held)
    assert known.told is not None
    assert known.told.reports[0].status is Outcome.ERROR
    assert "mistake" not in (known.told.reports[0].detail or "")


async def test_what_was_known_outlives_a_failure_which_is_told_beside_it(tools: MakeTools) -> None:
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), tools({ALBATROSS: knows("LHR")}, suppliers=guide))
    failing = tools({ALBATROSS: answering(401)}, suppliers=guide)
    before = await latest(failing)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE, since=before.stamp), failing)
    known = await latest(failing)
    assert known.stamp != before.stamp
    assert codes(known) == ["LHR"]
    assert known.told is not None
    assert before.told is not None
    assert known.told.told_at == before.told.told_at
    assert known.told.reports[0].status is Outcome.REFUSED


async def test_nobody_who_knows_is_an_answer_without_reports(tools: MakeTools) -> None:
    held = tools({ALBATROSS: knows("LHR")}, suppliers=guide)
    asked = StatusEnquiry(carrier="BA", number="117", day=builders.DEPARTURE)
    await answer_enquiry(AnswerEnquiry(enquiry=asked), held)
    known = await latest(held, asked)
    assert known.told is not None
    assert (known.told.reports, known.told.told_at) == ((), None)


async def test_a_job_that_comes_twice_asks_nobody_again(tools: MakeTools) -> None:
    desk = Counting()
    held = tools({ALBATROSS: desk}, suppliers=guide)
    job = AnswerEnquiry(enquiry=WHERE)
    await answer_enquiry(job, held)
    await answer_enquiry(job, held)
    assert desk.asked == 1
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE, since=(await latest(held)).stamp), held)
    assert desk.asked == 2


async def test_two_workers_never_ask_the_same_at_the_same_time(tools: MakeTools) -> None:
    desk = Counting()
    desk.slow = asyncio.get_running_loop().create_future()
    held = tools({ALBATROSS: desk}, suppliers=guide)
    first = asyncio.create_task(answer_enquiry(AnswerEnquiry(enquiry=WHERE), held))
    async with asyncio.timeout(60):
        await desk.visited.wait()
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    assert (await latest(held)).under_way
    desk.slow.set_result(None)
    await first
    assert desk.asked == 1
    assert codes(await latest(held)) == ["LHR"]


async def test_a_worker_that_is_told_to_stop_leaves_no_claim_behind(tools: MakeTools) -> None:
    desk = Counting()
    desk.slow = asyncio.get_running_loop().create_future()
    held = tools({ALBATROSS: desk}, suppliers=guide)
    first = asyncio.create_task(answer_enquiry(AnswerEnquiry(enquiry=WHERE), held))
    async with asyncio.timeout(60):
        await desk.visited.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert not (await latest(held)).under_way
    desk.slow = None
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    assert codes(await latest(held)) == ["LHR"]


async def test_a_claim_ends_soon_after_its_worker_and_meanwhile_stands(
    tools: MakeTools, shared: "redis.asyncio.Redis"
) -> None:
    desk = Counting()
    desk.slow = asyncio.get_running_loop().create_future()
    held = tools({ALBATROSS: desk}, suppliers=guide)
    asking = asyncio.create_task(answer_enquiry(AnswerEnquiry(enquiry=WHERE), held))
    async with asyncio.timeout(60):
        await desk.visited.wait()
    (claim,) = [key async for key in shared.scan_iter("travelhub:enquiring:*")]
    assert 0 < await shared.pttl(claim) <= 4_000
    await shared.pexpire(claim, 2_000)
    async with asyncio.timeout(60):
        while await shared.pttl(claim) <= 2_000:  # noqa: ASYNC110 -- nobody sets an event in Redis
            await asyncio.sleep(0.01)
    desk.slow.set_result(None)
    await asking


async def test_a_worker_that_was_overtaken_says_nothing(tools: MakeTools, shared: "redis.asyncio.Redis") -> None:
    desk = Counting()
    desk.slow = asyncio.get_running_loop().create_future()
    late, quick = (tools({ALBATROSS: each}, suppliers=guide) for each in (desk, knows("JFK")))
    asking = asyncio.create_task(answer_enquiry(AnswerEnquiry(enquiry=WHERE), late))
    async with asyncio.timeout(60):
        await desk.visited.wait()
    await shared.delete(f"travelhub:enquiring:{enquiry_id(WHERE)}")  # as if it had stood still for so long
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), quick)
    desk.slow.set_result(None)
    await asking
    assert codes(await latest(quick)) == ["JFK"]


async def test_an_answer_can_be_looked_at_for_as_long_as_its_kind_says(
    tools: MakeTools, shared: "redis.asyncio.Redis"
) -> None:
    held = tools({ALBATROSS: knows("LHR")}, suppliers=guide)
    await answer_enquiry(AnswerEnquiry(enquiry=WHERE), held)
    left = timedelta(milliseconds=await shared.pttl(f"travelhub:enquiry:{enquiry_id(WHERE)}"))
    assert timedelta() <= KEPT[PlaceEnquiry].usable - left < timedelta(minutes=5)
    known = await latest(held)
    assert known.told is not None
    assert known.told.fresh_until - datetime.now(UTC) > KEPT[PlaceEnquiry].fresh / 2


class Counting:
    """A desk that knows London, and says so when `slow` is done."""

    def __init__(self) -> None:
        self.asked = 0
        self.visited = asyncio.Event()
        self.slow: asyncio.Future[None] | None = None

    def __call__(self, _: httpx.Request) -> "httpx.Response | asyncio.Future[httpx.Response]":
        self.asked += 1
        self.visited.set()
        return httpx.Response(200, json=["LHR"]) if self.slow is None else _after(self.slow)


def _after(done: "asyncio.Future[None]") -> "asyncio.Future[httpx.Response]":
    async def answer() -> httpx.Response:
        await done
        return httpx.Response(200, json=["LHR"])

    return asyncio.ensure_future(answer())
