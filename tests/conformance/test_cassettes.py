"""For every operation a success and a refusal are on tape, and both are read as they were meant."""

import pytest

from adapters.kit.calls import Readout
from adapters.kit.failures import Answered, Failure, GiveUp
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.sandboxed import Sandbox
from tests.conformance.tapes import OUTCOMES, deck, tape

pytestmark = pytest.mark.bronze("cassettes replay")

_LARGEST = 64 * 1024  # bytes that somebody still reads through


async def replayed(exchange: Exchange, outcome: str) -> Readout[object] | Failure:
    """What comes of today's call when the tape answers it; nothing reaches the network."""
    supplier = exchange.supplier
    machine = deck(supplier, supplier.sandbox_secrets, base_url=supplier.live_url, record=False)
    path = tape(supplier.slug, exchange.operation, outcome)
    assert path.exists(), f"run `make record`: {path.name} is missing"
    with machine.use_cassette(str(path)) as cassette:
        async with calling(supplier, supplier.live_url) as client:
            try:
                readout: Readout[object] = exchange.read(await client.answered(exchange.ask(), deadline=Sandbox.soon()))
            except Failure as failure:
                return failure
            finally:
                assert cassette.all_played, "today's call is not the one on the tape: run `make record`"
    return readout


async def test_a_success_is_read_without_a_loss(exchange: Exchange) -> None:
    readout = await replayed(exchange, "success")
    assert isinstance(readout, Readout)
    assert readout.records
    assert readout.skipped == ()


async def test_a_refusal_is_refused_by_the_suppliers_own_code(exchange: Exchange) -> None:
    failure = await replayed(exchange, "refusal")
    assert isinstance(failure, GiveUp | Answered)
    assert failure.code in exchange.supplier.errors


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_tape_is_short_and_names_no_address_but_the_suppliers(exchange: Exchange, outcome: str) -> None:
    text = tape(exchange.supplier.slug, exchange.operation, outcome).read_text(encoding="utf-8")
    assert len(text.encode()) <= _LARGEST
    assert f"uri: {exchange.supplier.live_url}" in text
    assert "127.0.0.1" not in text
    assert "localhost" not in text
