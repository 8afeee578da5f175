"""Calls to one supplier: answered, retried, refused or unknown, and each in time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import pytest
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.kit.auth import QueryKey
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from adapters.kit.supplier import Supplier
from adapters.kit.verdicts import retry_after
from domain.searches import Outcome
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, Desk, cuts, drips, hangs, open_desk, resets, says
from tests.builders import ALBATROSS

Connect = Callable[[], "redis.asyncio.Redis"]

BUSY = says(429, headers={"retry-after": "0"})
DOWN = says(503)


@asynccontextmanager
async def calling(
    desk: Desk, supplier: Supplier | None = None, shared: "redis.asyncio.Redis | None" = None
) -> AsyncIterator[SupplierClient]:
    """A client that never waits long between two attempts."""
    supplier = supplier or declared.supplier()
    access = declared.access(desk.base_url, budget=supplier.budget)
    client = SupplierClient(supplier, access, shared=shared, chance=lambda: 0.01)
    try:
        yield client
    finally:
        await client.aclose()


def soon(seconds: float = 20) -> float:
    return asyncio.get_running_loop().time() + seconds


async def asked(
    *answers: Answer, call: Call | None = None, supplier: Supplier | None = None, within: float = 20
) -> tuple[Reply | Failure, Desk]:
    """What came of one call, and the desk that it went to."""
    async with open_desk(*answers) as desk, calling(desk, supplier) as client:
        try:
            return await client.answered(call or declared.call(), deadline=soon(within)), desk
        except Failure as failure:
            return failure, desk


async def test_a_reply_arrives_whole() -> None:
    reply, desk = await asked(says(body=b'{"flights": []}', headers={"X-Left": "9"}))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body, reply.headers["x-left"]) == (200, b'{"flights": []}', "9")
    assert [one.headers["x-key"] for one in desk.asked] == [declared.KEY]


@pytest.mark.parametrize("trouble", [BUSY, DOWN, says(500), says(502), says(504), says(408), resets(), cuts()])
async def test_a_read_is_tried_again_after_trouble_that_passes(trouble: Answer) -> None:
    reply, desk = await asked(trouble, trouble, says())
    assert isinstance(reply, Reply)
    assert len(desk.asked) == 3


async def test_a_read_is_tried_three_times_and_no_more() -> None:
    failure, desk = await asked(DOWN)
    assert isinstance(failure, TryLater)
    assert failure.outcome is Outcome.ERROR
    assert len(desk.asked) == 3


async def test_a_retry_is_logged_with_its_reason() -> None:
    with capture_logs() as said:
        await asked(DOWN, says())
    assert [(line["event"], line["operation"], line["attempt"]) for line in said] == [("supplier.retry", "search", 1)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 301])
async def test_a_refusal_is_not_asked_for_again(status: int) -> None:
    failure, desk = await asked(says(status))
    assert isinstance(failure, GiveUp)
    assert failure.outcome is Outcome.REFUSED
    assert len(desk.asked) == 1


@pytest.mark.parametrize("trouble", [DOWN, says(500), resets(), cuts(), hangs()])
async def test_an_order_without_an_answer_is_unknown_and_never_sent_twice(trouble: Answer) -> None:
    failure, desk = await asked(trouble, call=declared.order(), within=1)
    assert isinstance(failure, Unknown)
    assert len(desk.asked) == 1


async def test_an_order_that_the_supplier_was_too_busy_for_did_not_happen() -> None:
    failure, desk = await asked(BUSY, call=declared.order())
    assert isinstance(failure, TryLater)
    assert len(desk.asked) == 1


async def test_the_suppliers_own_code_goes_before_the_status() -> None:
    failure, _ = await asked(says(500, b'{"error": {"code": "SOLD_OUT", "message": "no seats"}}'))
    assert isinstance(failure, Answered)
    assert (failure.code, failure.detail) == ("SOLD_OUT", "no seats")


async def test_an_error_inside_a_success_is_an_error() -> None:
    failure, _ = await asked(says(200, b'{"error": {"code": "NEW_ONE", "message": "we changed our mind"}}'))
    assert isinstance(failure, GiveUp)
    assert (failure.outcome, failure.code) == (Outcome.REFUSED, "NEW_ONE")


async def test_a_supplier_that_hangs_is_given_up_at_the_deadline() -> None:
    failure, _ = await asked(hangs(), within=0.2)
    assert isinstance(failure, TryLater)
    assert failure.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize("slow", [hangs(), drips()])
async def test_one_attempt_ends_long_before_the_deadline(slow: Answer) -> None:
    brisk = declared.supplier(timeout=timedelta(seconds=2))
    reply, desk = await asked(slow, says(), supplier=brisk, within=60)
    assert isinstance(reply, Reply)
    assert len(desk.asked) == 2


async def test_no_retry_starts_that_the_deadline_would_end() -> None:
    failure, desk = await asked(says(429, headers={"retry-after": "30"}), within=5)
    assert isinstance(failure, TryLater)
    assert failure.retry_after == 30
    assert len(desk.asked) == 1


async def test_a_budget_spent_until_after_the_deadline_is_told_without_a_call() -> None:
    one_a_minute = declared.supplier(budget=Budget(windows=(Window(calls=1, seconds=60),), concurrency=5))
    async with open_desk(says()) as desk, calling(desk, one_a_minute) as client:
        await client.answered(declared.call(), deadline=soon())
        with pytest.raises(TryLater) as failure:
            await client.answered(declared.call(), deadline=soon())
        assert failure.value.outcome is Outcome.RATE_LIMITED
        assert len(desk.asked) == 1


async def test_an_order_that_found_no_place_in_the_budget_is_known_not_to_have_happened() -> None:
    one_a_minute = declared.supplier(budget=Budget(windows=(Window(calls=1, seconds=60),), concurrency=5))
    async with open_desk(says()) as desk, calling(desk, one_a_minute) as client:
        await client.answered(declared.order(), deadline=soon())
        with pytest.raises(TryLater):
            await client.answered(declared.order(), deadline=soon())


async def test_one_process_is_told_to_wait_and_all_of_them_wait(connected: Connect) -> None:
    async with (
        open_desk(says(429, headers={"retry-after": "60"}), says()) as desk,
        calling(desk, shared=connected()) as told,
        calling(desk, shared=connected()) as other,
    ):
        for client in (told, other):
            with pytest.raises(TryLater) as failure:
                await client.answered(declared.call(), deadline=soon(10))
            assert failure.value.outcome is Outcome.RATE_LIMITED
        assert len(desk.asked) == 1


async def test_no_supplier_can_put_us_to_sleep_for_a_year(connected: Connect) -> None:
    shared = connected()
    forever = says(429, headers={"retry-after": "9" * 400})
    async with open_desk(forever) as desk, calling(desk, shared=shared) as client:
        with pytest.raises(TryLater):
            await client.answered(declared.call(), deadline=soon())
    pause = msgspec.convert(await shared.hget(f"travelhub:budget:{ALBATROSS}:marks", "pause|*"), bytes)
    assert pause.endswith(b":300000")


async def test_an_abandoned_search_gives_its_connection_and_its_place_back() -> None:
    lonely = declared.supplier(budget=msgspec.structs.replace(declared.PLENTY, concurrency=1))
    async with open_desk(hangs(), says()) as desk, calling(desk, lonely) as client:
        abandoned = asyncio.create_task(client.answered(declared.call(), deadline=soon()))
        await desk.visited.wait()
        abandoned.cancel()
        with pytest.raises(asyncio.CancelledError):
            await abandoned
        assert (await client.answered(declared.call(), deadline=soon())).status == 200


@pytest.mark.parametrize("key", ["feathers & salt/42", "plain"])
async def test_an_error_that_repeats_our_key_is_told_without_it(key: str) -> None:
    supplier = declared.supplier(auth=QueryKey(param="key", secret="ALBATROSS_KEY"))
    mirror = b'{"error": {"code": "BAD_KEY", "message": "no such key: feathers & salt/42, feathers+%26+salt%2F42"}}'
    failure, _ = await asked(says(403, mirror), supplier=supplier)
    assert isinstance(failure, GiveUp)
    assert "salt" not in str(failure)


def seconds_to_wait(value: str) -> float | None:
    """The declared reply is received at noon on 15 January 2027."""
    return retry_after(declared.reply(headers={"retry-after": value}))


def test_retry_after_is_read_in_either_form() -> None:
    assert seconds_to_wait("120") == 120
    assert seconds_to_wait("Fri, 15 Jan 2027 12:02:00 GMT") == 120
    assert seconds_to_wait("Fri, 15 Jan 2027 11:00:00 GMT") == 0
    assert seconds_to_wait("Fri, 15 Jan 2027 12:02:00 -0000") is None
    assert seconds_to_wait("soon") is None
    assert seconds_to_wait("") is None


@given(st.text(alphabet=st.characters(codec="latin-1")) | st.from_regex(r"Fri, \d+ Jan \d+ [\d:]+ [+-]?\d*\w*"))
def test_no_retry_after_header_is_a_surprise(value: str) -> None:
    wait = seconds_to_wait(value)
    assert wait is None or wait >= 0
