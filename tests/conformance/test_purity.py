"""Asking and reading are pure: the same input gives the same output, whatever the clock, the place or the process."""

import os
import pickle
import subprocess
import sys
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from adapters.kit.supplier import Supplier
from domain.offers import Conversion
from tests.builders import money
from tests.conformance import folders
from tests.conformance.exchanges import Exchange
from tests.conformance.parts import atlas
from tests.conformance.pretend import ROOT
from tests.conformance.reread import packed, traces
from tests.conformance.walk import Walk

pytestmark = pytest.mark.bronze("ask and read pure")

_IMPURE_MODULES = {
    "asyncio", "calendar", "http", "httpx", "importlib", "locale", "logging", "multiprocessing", "os", "pathlib",
    "random", "redis", "secrets", "shutil", "socket", "subprocess", "tempfile", "threading", "time", "urllib.request",
    "structlog", "uuid",
}  # fmt: skip
_IMPURE_WORDS = {"fromtimestamp", "getenv", "now", "today", "utcnow"}  # fromtimestamp may read the machine's time zone


def test_twice_asked_is_the_same_call_and_twice_read_the_same_answer(exchange: Exchange) -> None:
    assert traces(exchange) == traces(exchange)


def test_asking_and_reading_leave_their_inputs_alone(exchange: Exchange) -> None:
    before = pickle.dumps((exchange.about, exchange.call, exchange.reply))
    airports = tuple(atlas())
    exchange.part.ask(exchange.about)
    exchange.read()
    assert pickle.dumps((exchange.about, exchange.call, exchange.reply)) == before
    assert tuple(atlas()) == airports


def test_what_a_price_is_worth_in_other_money_reaches_no_supplier(supplier: Supplier, walk: Walk) -> None:
    """It is for the eye: whatever it says, the same is quoted, ordered and read."""
    absurd = Conversion(amount=money("0.01", "USD"), rate=Decimal("0.0001"), rate_on=date(1999, 1, 4))
    buying = [exchange for exchange in walk.met.values() if hasattr(exchange.about, "offer")]
    assert bool(buying) is bool(supplier.sells)
    for exchange in buying:
        offer = msgspec.structs.replace(exchange.about.offer, converted=absurd)
        shown = msgspec.structs.replace(exchange.about, offer=offer)
        assert exchange.part.ask(shown) == exchange.part.ask(exchange.about), exchange.station.name
        assert exchange.part.read(exchange.reply, exchange.call, shown) == exchange.read(), exchange.station.name


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/St_Johns"])
def test_another_process_in_another_time_zone_reads_the_same(supplier: Supplier, walk: Walk, zone: str) -> None:
    exchanges = list(walk.met.values())
    assert exchanges
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.reread"],
        input=packed(exchanges), capture_output=True, cwd=ROOT, check=False, timeout=60,
        env={**os.environ, "TZ": zone, "PYTHONHASHSEED": str(len(zone))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    for told, exchange in zip(done.stdout.splitlines(), exchanges, strict=True):
        assert told == traces(exchange), exchange.station.name


def test_nothing_in_the_folder_reaches_for_clock_chance_or_network(supplier: Supplier) -> None:
    """Two system times can't be tried on one machine, so the words that would tell them apart are looked for."""
    for path, tree in folders.modules(supplier.slug):
        if not folders.pretends(path):
            assert not folders.imported(tree) & _IMPURE_MODULES, path.name
            assert not folders.attributes(tree) & _IMPURE_WORDS, path.name
