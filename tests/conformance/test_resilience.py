"""One bad record spoils one record, paging comes to an end, and a supplier that is down is left alone until it is back."""

import asyncio
from contextlib import suppress
from typing import Final

import httpx
import msgspec
import pytest

from adapters.kit.breaker import Tolerance
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.failures import Failure, TryLater
from adapters.kit.supplier import Supplier
from domain.searches import Outcome
from tests.conformance import mutants
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.parts import parts
from tests.conformance.sandboxed import Sandbox
from tests.conformance.walk import Walk

_LONGEST_CONVERSATION_SECONDS: Final = 300.0
_MOST_CALLS: Final = 10_000
_NO_RECORD: Final = 42
_SOON: Final = 20.0  # seconds
# So impatient that a break and a recovery take no longer than a test may.
_IMPATIENT: Final = Tolerance(least_calls=3, pause=0.05, longest_pause=0.2)
_ABOUT_LENGTH: Final = {"content-encoding", "content-length", "transfer-encoding"}


@pytest.mark.silver("one bad item spoils one offer")
def test_one_bad_record_spoils_one_record(exchange: Exchange) -> None:
    """Where a reply lists several: the others are read as before, and the bad one is counted and named."""
    if len(exchange.read().records) < 2 or exchange.part.step:
        pytest.skip("its reply lists no records")
    *_, told = mutants.documents(exchange.reply.body)
    before = exchange.read(mutants.reply_with(exchange.reply, told))
    records = mutants.longest_list(told.value)
    records[len(records) // 2] = {} if told.root else _NO_RECORD
    readout = exchange.read(mutants.reply_with(exchange.reply, told))
    assert readout.skipped, "the bad record went unnoticed"
    assert all(record.where and record.why for record in readout.skipped)
    lost = len(before.records) - len(readout.records)
    assert lost <= max(1, len(before.records) // 2), "one bad record took others with it"
    assert [record for record in readout.records if record not in before.records] == []


@pytest.mark.silver("paging ends")
async def test_a_supplier_that_pages_for_ever_is_left_to_itself(supplier: Supplier, walk: Walk) -> None:
    """The same page again and again, by a desk that never has another one."""
    for exchange in walk.met.values():
        readout = exchange.read()
        if readout.next is not None and not readout.wait:
            calls = await handed_back(exchange)
            assert calls <= exchange.part.at_most, exchange.station.name


@pytest.mark.silver("paging ends")
def test_nobody_is_asked_for_longer_than_anybody_would_wait(supplier: Supplier, walk: Walk) -> None:
    for part in parts(supplier.slug):
        assert part.at_most <= _MOST_CALLS, part.name
    for exchange in walk.met.values():
        waits = exchange.read().wait * exchange.part.at_most
        assert 0 <= waits <= _LONGEST_CONVERSATION_SECONDS, exchange.station.name


async def handed_back(exchange: Exchange) -> int:
    """How many calls it takes until the kit has had enough of the same reply."""
    calls = 0

    def again(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        headers = {name: told for name, told in exchange.reply.headers.items() if name not in _ABOUT_LENGTH}
        return httpx.Response(exchange.reply.status, headers=headers, content=exchange.reply.body, request=request)

    def read(reply: Reply, call: Call) -> Readout[object]:
        told = exchange.part.read(reply, call, exchange.about)
        return msgspec.structs.replace(told, wait=0.0)

    desk = httpx.MockTransport(again)
    supplier = _without_a_token(exchange.supplier)
    async with calling(supplier, "http://127.0.0.1:9", over=desk) as client, asyncio.timeout(_SOON):
        with suppress(Failure):
            async for _ in pages(client, exchange.call, read, at_most=exchange.part.at_most, deadline=Sandbox.soon):
                pass
    return calls


@pytest.mark.silver("breaker opens and closes")
async def test_a_supplier_that_is_down_is_left_alone_until_it_is_back(
    supplier: Supplier, walk: Walk, sandbox: Sandbox
) -> None:
    exchange = next(met for met in walk.met.values() if met.call.reads_only)
    sandbox.breaks(supplier, exchange.operation, kind="status", status=503)
    async with calling(supplier, sandbox.url_of(supplier), patient=True, tolerance=_IMPATIENT) as client:
        assert (await failing(client, exchange)).outcome is Outcome.ERROR
        assert (await client.breaker.state()).open
        knocked = len(sandbox.calls(supplier))
        assert (await failing(client, exchange)).outcome is Outcome.BREAKER_OPEN
        assert len(sandbox.calls(supplier)) == knocked, "a supplier that is down was asked all the same"
        sandbox.works()
        await asyncio.sleep((await client.breaker.state()).opens_in)  # the pause that it has told of
        assert (await client.answered(exchange.call, deadline=Sandbox.soon())).status == exchange.reply.status
        assert not (await client.breaker.state()).open


async def failing(client: SupplierClient, exchange: Exchange) -> TryLater:
    with pytest.raises(TryLater) as failure:
        await client.answered(exchange.call, deadline=Sandbox.soon())
    return failure.value


def _without_a_token(supplier: Supplier) -> Supplier:
    """What a desk that knows one reply only is not asked for."""
    return msgspec.structs.replace(supplier, auth=_Open())


class _Open:
    """Shows no credentials."""

    secrets: tuple[str, ...] = ()

    def signed(self, call: Call, *_: object) -> Call:
        return call
