"""For every operation a success and a refusal are on tape, and both are read as they were meant."""

from collections.abc import Callable

import pytest

from adapters.kit.failures import Answered, GiveUp
from adapters.kit.supplier import Supplier
from tests.conformance.exchanges import Exchange
from tests.conformance.record import WRONG_KEY
from tests.conformance.tapes import OUTCOMES, replayed_refusal, replayed_walk, tape
from tests.conformance.walk import Walk

pytestmark = [pytest.mark.bronze("cassettes replay"), pytest.mark.each_operation]

_LARGEST = 64 * 1024  # bytes that somebody still reads through


@pytest.fixture(scope="session")
def taped_walk_of() -> Callable[[Supplier], tuple[Walk, int]]:
    """Each supplier's walk from its tapes, once, and how many recorded calls it did not make."""
    walks: dict[str, tuple[Walk, int]] = {}

    def walk(supplier: Supplier) -> tuple[Walk, int]:
        if supplier.slug not in walks:
            walks[supplier.slug] = replayed_walk(supplier)
        return walks[supplier.slug]

    return walk


def test_the_tapes_answer_todays_walk(
    supplier: Supplier, walk: Walk, taped_walk_of: Callable[[Supplier], tuple[Walk, int]]
) -> None:
    taped, unplayed = taped_walk_of(supplier)
    missing = [station.name for station in walk.met if station not in taped.met]
    assert not missing, f"today's calls are not those on the tapes, run `make record`: {taped.troubles}"
    assert not unplayed, "today's walk makes fewer calls than there are on the tapes: run `make record`"


def test_a_success_is_read_without_a_loss(
    exchange: Exchange, taped_walk_of: Callable[[Supplier], tuple[Walk, int]]
) -> None:
    taped, _ = taped_walk_of(exchange.supplier)
    assert exchange.station in taped.met, "run `make record`"
    readout = taped.met[exchange.station].read()
    assert bool(readout.records) is bool(exchange.read().records)
    assert readout.skipped == ()


def test_a_refusal_is_refused_by_the_suppliers_own_code(
    exchange: Exchange, taped_walk_of: Callable[[Supplier], tuple[Walk, int]]
) -> None:
    supplier = exchange.supplier
    wrong = dict.fromkeys(supplier.auth.secrets, WRONG_KEY)
    if not wrong:
        pytest.skip("whoever shows no credentials has none that could be wrong")
    assert tape(supplier.slug, exchange.operation, "refusal").exists(), "run `make record`"
    taped, _ = taped_walk_of(supplier)
    failure, the_same_call = replayed_refusal(taped.met[exchange.station], wrong)
    assert isinstance(failure, GiveUp | Answered)
    assert the_same_call, "today's call is not the one on the tape: run `make record`"
    assert failure.code is None or failure.code in supplier.errors


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_tape_is_short_and_names_no_address_but_the_suppliers(exchange: Exchange, outcome: str) -> None:
    path = tape(exchange.supplier.slug, exchange.operation, outcome)
    if outcome == "refusal" and not exchange.supplier.auth.secrets:
        pytest.skip("whoever shows no credentials has none that could be wrong")
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= _LARGEST
    assert f"uri: {exchange.supplier.live_url}" in text or f"uri: '{exchange.supplier.live_url}" in text
    assert "127.0.0.1" not in text
    assert "localhost" not in text
