"""What goes with each call: tokens, the breaker, the books, the supplier's own words about its quota, the archive."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import redis.asyncio
from structlog.testing import capture_logs

from adapters.kit.access import Access
from adapters.kit.auth import ClientCredentials, Signature
from adapters.kit.breaker import Tolerance
from adapters.kit.budget import Budget, Priority, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Failure, GiveUp, TryLater
from adapters.kit.ledger import Ending, read_ledger
from adapters.kit.quota import Remaining
from adapters.kit.supplier import Supplier
from domain.searches import Outcome
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, cuts, hangs, open_desk, resets, says
from tests.builders import NOW

Connect = Callable[[], "redis.asyncio.Redis"]

BY_TOKEN = ClientCredentials(path="/token", client_id="ALBATROSS_ID", client_secret="ALBATROSS_SECRET")
CREDENTIALS = {"ALBATROSS_ID": "we & co", "ALBATROSS_SECRET": "s3cr3t/+", "ALBATROSS_KEY": declared.KEY}
WARY = Tolerance(seconds=60, least_calls=3, failure_rate=0.5, pause=60)
SILENCE = hangs()
DOWN, REFUSED = says(503), says(401, b'{"error": {"code": "OLD_TOKEN", "message": "who are you? t0k3n-1"}}')


def token(number: int = 1, *, expires_in: int = 3600) -> Answer:
    return says(body=msgspec.json.encode({"access_token": f"t0k3n-{number}", "expires_in": expires_in}))


def supplier(**changes: Any) -> Supplier:
    return msgspec.structs.replace(declared.supplier(), **changes)


def with_tokens() -> Supplier:
    return supplier(auth=BY_TOKEN)


class Shelf:
    """An archive that keeps everything."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Call, Reply, frozenset[str]]] = []

    def keep(self, supplier: str, call: Call, reply: Reply, *, hidden: Collection[str]) -> None:
        self.kept.append((supplier, call, reply, frozenset(hidden)))


@asynccontextmanager
async def calling(
    base_url: str,
    supplier: Supplier | None = None,
    *,
    shared: "redis.asyncio.Redis | None" = None,
    archive: Shelf | None = None,
    tolerance: Tolerance | None = None,
    token_url: str | None = None,
) -> AsyncIterator[SupplierClient]:
    supplier = supplier or declared.supplier()
    access = Access(
        base_url=base_url, secrets=CREDENTIALS, budget=supplier.budget, live=token_url is not None, token_url=token_url
    )
    client = SupplierClient(
        supplier, access, shared=shared, chance=lambda: 0.01, now=lambda: NOW, archive=archive, tolerance=tolerance
    )
    try:
        yield client
    finally:
        await client.aclose()


def soon(seconds: float = 20) -> float:
    return asyncio.get_running_loop().time() + seconds


async def failed(client: SupplierClient, call: Call | None = None, *, within: float = 20) -> Failure:
    with pytest.raises(Failure) as failure:
        await client.answered(call or declared.call(), deadline=soon(within))
    return failure.value


def counted(client: SupplierClient) -> dict[tuple[str, str, str], int]:
    """What the books say, without Redis: operation, who asked, how it ended."""
    return {(row.operation, row.client, row.ending.value): calls for row, calls in client.ledger.unwritten.items()}


# ---- credentials ----


async def test_a_call_is_signed_at_the_moment_at_which_it_is_sent() -> None:
    signature = Signature(header="x-signature", template="{timestamp}", key="ALBATROSS_ID", secret="ALBATROSS_SECRET")
    async with open_desk(says()) as desk, calling(desk.base_url, supplier(auth=signature)) as client:
        await client.answered(declared.call(), deadline=soon())
    assert desk.asked[0].headers["x-signature"] == str(int(NOW.timestamp()))


async def test_the_first_call_brings_a_token_and_the_others_go_with_it() -> None:
    async with open_desk(token(), says()) as desk, calling(desk.base_url, with_tokens()) as client:
        for _ in range(3):
            await client.answered(declared.call(), deadline=soon())
    assert [asked.target for asked in desk.asked] == ["/token", "/flights", "/flights", "/flights"]
    assert {asked.headers["authorization"] for asked in desk.asked[1:]} == {"Bearer t0k3n-1"}


async def test_tokens_may_have_a_host_of_their_own() -> None:
    async with (
        open_desk(token()) as gate,
        open_desk(says()) as desk,
        calling(desk.base_url, with_tokens(), token_url=gate.base_url) as client,
    ):
        await client.answered(declared.call(), deadline=soon())
    assert [asked.target for asked in (*gate.asked, *desk.asked)] == ["/token", "/flights"]


@pytest.mark.parametrize("call", [declared.call(), declared.order()])
async def test_a_refused_token_is_replaced_and_the_call_sent_once_more(call: Call) -> None:
    """Also a call that changes something: a 401 means that nothing happened."""
    async with open_desk(token(), REFUSED, token(2), says()) as desk, calling(desk.base_url, with_tokens()) as client:
        assert (await client.answered(call, deadline=soon())).status == 200
    assert [asked.target for asked in desk.asked] == ["/token", call.path, "/token", call.path]
    assert desk.asked[-1].headers["authorization"] == "Bearer t0k3n-2"
    assert desk.asked[-1].body == (call.body or b"")


async def test_a_token_that_is_refused_twice_is_a_refusal_told_without_it() -> None:
    answers = token(), REFUSED, token(1), REFUSED
    async with open_desk(*answers) as desk, calling(desk.base_url, with_tokens()) as client:
        failure = await failed(client)
    assert isinstance(failure, GiveUp)
    assert "t0k3n" not in str(failure)
    assert len(desk.asked) == 4


async def test_a_token_that_nobody_gives_is_no_order_in_doubt() -> None:
    async with open_desk(DOWN) as desk, calling(desk.base_url, with_tokens()) as client:
        assert isinstance(await failed(client, declared.order()), TryLater)
        assert [asked.target for asked in desk.asked] == ["/token"]


async def test_the_call_for_a_token_is_counted_paced_and_classed_like_any_call() -> None:
    refused = says(403, b'{"error": {"code": "WHO", "message": "no s3cr3t/+ here"}}')
    one = supplier(auth=BY_TOKEN, budget=Budget(windows=(Window(calls=8, seconds=60),), concurrency=8))
    async with open_desk(refused) as desk, calling(desk.base_url, one) as client:
        failure = await failed(client)
        assert (type(failure), failure.code) == (GiveUp, "WHO")
        assert "s3cr3t" not in str(failure)
        assert counted(client) == {("token", "token", "refused"): 1}
        assert isinstance(await failed(client, within=0.5), TryLater), "an eighth of eight is one"
    assert len(desk.asked) == 1


# ---- the breaker ----


async def test_a_supplier_that_is_down_is_left_alone_by_all_processes(connected: Connect) -> None:
    async with (
        open_desk(DOWN) as desk,
        calling(desk.base_url, shared=connected(), tolerance=WARY) as here,
        calling(desk.base_url, shared=connected(), tolerance=WARY) as there,
    ):
        await failed(here)
        for client in (here, there):
            failure = await failed(client)
            assert isinstance(failure, TryLater)
            assert failure.outcome is Outcome.BREAKER_OPEN
            assert (failure.retry_after or 0) > 50
        assert (await there.breaker.state()).open
    assert len(desk.asked) == 3


async def test_an_open_breaker_takes_nothing_of_the_budget(connected: Connect) -> None:
    shared = connected()
    async with open_desk(DOWN) as desk, calling(desk.base_url, shared=shared, tolerance=WARY) as client:
        await failed(client)
        before = await shared.hvals(f"travelhub:budget:{client.supplier.slug}:slots")
        await failed(client)
        assert await shared.hvals(f"travelhub:budget:{client.supplier.slug}:slots") == before


async def test_an_order_that_meets_an_open_breaker_was_not_sent() -> None:
    async with open_desk(DOWN) as desk, calling(desk.base_url, tolerance=WARY) as client:
        await failed(client)
        failure = await failed(client, declared.order())
        assert (type(failure), failure.outcome) == (TryLater, Outcome.BREAKER_OPEN)
        assert len(desk.asked) == 3


@pytest.mark.parametrize(
    ("trouble", "broken"),
    [
        (DOWN, True), (resets(), True), (cuts(), True), (says(body=b"x" * 20_000), True),
        (says(429), False), (says(403), False), (says(404), False), (says(), False),
        (says(500, b'{"error": {"code": "SOLD_OUT", "message": "no seats"}}'), False),
    ],
)  # fmt: skip
async def test_what_tells_of_a_supplier_that_is_down(trouble: Answer, *, broken: bool) -> None:
    async with open_desk(trouble) as desk, calling(desk.base_url, tolerance=WARY) as client:
        for _ in range(3):
            with suppress(Failure):
                await client.answered(declared.call(), deadline=soon())
        assert (await client.breaker.state()).open is broken


async def test_silence_tells_of_a_supplier_only_where_it_had_time_to_answer() -> None:
    async with open_desk(hangs()) as desk:
        for timeout, patience, broken in ((5.0, 0.05, False), (0.05, 5.0, True)):
            brisk = supplier(timeout=timedelta(seconds=timeout))
            async with calling(desk.base_url, brisk, tolerance=WARY) as client:
                for _ in range(3):
                    await failed(client, within=patience)
                assert (await client.breaker.state()).open is broken


async def test_a_closed_door_counts_and_an_order_before_it_did_not_happen() -> None:
    async with open_desk(says()) as desk:
        gone = desk.base_url
    async with calling(gone, tolerance=WARY) as client:
        for _ in range(3):
            failure = await failed(client, declared.order())
            assert (type(failure), failure.outcome) == (TryLater, Outcome.ERROR)
        assert (await failed(client)).outcome is Outcome.BREAKER_OPEN
        assert counted(client) == {}


async def test_a_call_that_waited_for_its_place_while_the_supplier_broke_down_is_not_sent() -> None:
    narrow = supplier(budget=Budget(windows=(Window(calls=1000, seconds=1),), concurrency=8))
    tolerance = msgspec.structs.replace(WARY, least_calls=1)
    async with open_desk(DOWN) as desk, calling(desk.base_url, narrow, tolerance=tolerance) as client:
        told = await asyncio.gather(*(failed(client) for _ in range(5)))
        assert {failure.outcome for failure in told} <= {Outcome.ERROR, Outcome.BREAKER_OPEN}
        assert len(desk.asked) == 1


# ---- the books ----


@pytest.mark.parametrize(
    ("answer", "call", "ended"),
    [
        (says(), declared.call(), "answered"),
        (says(404, b'{"error": {"code": "SOLD_OUT", "message": "no seats"}}'), declared.call(), "said_no"),
        (says(403), declared.call(), "refused"),
        (says(429, headers={"retry-after": "60"}), declared.call(), "busy"),
        (says(503, headers={"retry-after": "60"}), declared.call(), "down"),
        (says(body=b"x" * 20_000), declared.call(), "unreadable"),
        (resets(), declared.order(), "unknown"),
        (SILENCE, declared.order(), "unknown"),
        (SILENCE, declared.call(), "timeout"),
        (says(body=b"x" * 20_000), declared.order(), "unknown"),
    ],
)
async def test_each_call_is_in_the_books_under_the_way_it_ended(answer: Answer, call: Call, ended: str) -> None:
    async with open_desk(answer) as desk, calling(desk.base_url) as client:
        with suppress(Failure):
            await client.answered(call, deadline=soon(2 if answer is SILENCE else 60), client="someone")
        assert counted(client) == {(call.operation, "someone", ended): 1}
        assert len(desk.asked) == 1


async def test_the_books_agree_with_the_suppliers_own_after_all_kinds_of_trouble(connected: Connect) -> None:
    shared, answers = connected(), (DOWN, resets(), says(), cuts(), DOWN, says(429), says(), resets(), hangs())
    async with open_desk(*answers) as desk:
        async with calling(desk.base_url, shared=shared) as client:
            for call in (declared.call(), declared.call(), declared.order()):
                with suppress(Failure):
                    await client.answered(call, deadline=soon())
            abandoned = asyncio.create_task(client.answered(declared.call(), deadline=soon()))
            while len(desk.asked) < len(answers):  # noqa: ASYNC110 - the desk gets there
                await asyncio.sleep(0.01)
            abandoned.cancel()
            await asyncio.gather(abandoned, return_exceptions=True)
        books = await read_ledger(shared, NOW.date())
        assert sum(books.values()) == len(desk.asked)
        assert {row.ending for row in books} >= {Ending.DOWN, Ending.ANSWERED, Ending.BUSY, Ending.ABANDONED}


# ---- the supplier's own words about its quota ----


def left(reply: Reply) -> tuple[Remaining, ...]:
    return (Remaining(seconds=1, calls=int(reply.headers["x-left"]), resets_in=3),) if "x-left" in reply.headers else ()


async def test_what_a_reply_says_is_left_holds_for_all_processes(connected: Connect) -> None:
    told = supplier(quota=left, budget=Budget(windows=(Window(calls=50, seconds=1),), concurrency=5))
    async with (
        open_desk(says(headers={"x-left": "0"}), says()) as desk,
        calling(desk.base_url, told, shared=connected()) as here,
        calling(desk.base_url, told, shared=connected()) as there,
    ):
        await here.answered(declared.call(), deadline=soon())
        assert (await failed(there, within=0.2)).outcome is Outcome.RATE_LIMITED
        await there.answered(declared.call(), deadline=soon())
        assert len(desk.asked) == 2


async def test_a_supplier_may_say_how_long_to_wait_in_a_header_of_its_own(connected: Connect) -> None:
    told = supplier(retry_after=lambda reply: float(reply.headers["x-wait"]))
    async with (
        open_desk(says(429, headers={"x-wait": "77"})) as desk,
        calling(desk.base_url, told, shared=connected()) as client,
    ):
        failure = await failed(client, within=5)
        assert isinstance(failure, TryLater)
        assert failure.retry_after == 77


async def test_a_header_that_nobody_can_read_spoils_no_reply() -> None:
    def unreadable(reply: Reply) -> Any:
        raise ValueError(reply.headers["x-left"])

    puzzled = supplier(quota=unreadable, retry_after=unreadable)
    answers = says(headers={"x-left": "a few"}), says(429, headers={"x-left": "some", "retry-after": "9"})
    async with open_desk(*answers) as desk, calling(desk.base_url, puzzled) as client:
        with capture_logs() as said:
            await client.answered(declared.call(), deadline=soon())
            failure = await failed(client, within=5)
        assert isinstance(failure, TryLater)
        assert failure.retry_after == 9
    assert {line["event"] for line in said} == {"supplier.header_unreadable"}


async def test_some_operations_may_take_longer_than_others() -> None:
    patient = supplier(timeout=timedelta(seconds=0.1), patience={"book": timedelta(seconds=5)})

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)
        await says()(writer)

    async with open_desk(slowly) as desk, calling(desk.base_url, patient) as client:
        assert (await client.answered(declared.order(), deadline=soon())).status == 200


# ---- the archive ----


async def test_every_reply_is_kept_with_the_call_as_it_was_before_our_credentials() -> None:
    shelf = Shelf()
    answers = token(), REFUSED, token(2), DOWN, says(body=b'{"flights": []}')
    async with open_desk(*answers) as desk, calling(desk.base_url, with_tokens(), archive=shelf) as client:
        await client.answered(declared.call(), deadline=soon())
    assert [reply.status for _, _, reply, _ in shelf.kept] == [401, 503, 200], "and never a token"
    assert {call for _, call, _, _ in shelf.kept} == {declared.call()}
    hidden: Mapping[int, frozenset[str]] = {reply.status: values for _, _, reply, values in shelf.kept}
    assert hidden[401] == {*CREDENTIALS.values(), "t0k3n-1"}
    assert hidden[200] == {*CREDENTIALS.values(), "t0k3n-2"}


async def test_urgent_calls_say_so(connected: Connect) -> None:
    shared = connected()
    async with open_desk(says()) as desk, calling(desk.base_url, shared=shared) as client:
        await client.answered(declared.call(), deadline=soon(), priority=Priority.SYNC)
    assert await shared.hexists(f"travelhub:budget:{client.supplier.slug}:marks", f"seen|{Priority.SYNC.value}|1000")
