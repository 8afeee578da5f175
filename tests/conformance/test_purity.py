"""Asking and reading are pure: the same input gives the same output, whatever the clock, the place or the process."""

import os
import subprocess
import sys

import msgspec
import pytest

from adapters.kit.calls import Reply
from adapters.kit.supplier import Supplier
from tests.conformance import folders
from tests.conformance.exchanges import QUERIES, Exchange, atlas
from tests.conformance.pretend import ROOT
from tests.conformance.reread import traces

pytestmark = pytest.mark.bronze("ask and read pure")

_IMPURE_MODULES = {
    "asyncio", "calendar", "http", "httpx", "importlib", "locale", "logging", "multiprocessing", "os", "pathlib",
    "random", "redis", "secrets", "shutil", "socket", "subprocess", "tempfile", "threading", "time", "urllib.request",
    "structlog", "uuid",
}  # fmt: skip
_IMPURE_WORDS = {"fromtimestamp", "getenv", "now", "today", "utcnow"}  # fromtimestamp may read the machine's time zone


def test_twice_asked_is_the_same_call_and_twice_read_the_same_answer(exchange: Exchange, reply: Reply) -> None:
    assert traces(exchange, reply) == traces(exchange, reply)


def test_asking_and_reading_leave_their_inputs_alone(exchange: Exchange, reply: Reply) -> None:
    before = msgspec.msgpack.encode((reply, dict(QUERIES)))
    airports = tuple(atlas())
    exchange.ask()
    exchange.read(reply)
    assert msgspec.msgpack.encode((reply, dict(QUERIES))) == before
    assert tuple(atlas()) == airports


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/St_Johns"])
def test_another_process_in_another_time_zone_reads_the_same(exchange: Exchange, reply: Reply, zone: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.reread", exchange.name],
        input=msgspec.msgpack.encode(reply), capture_output=True, cwd=ROOT, check=True, timeout=60,
        env={**os.environ, "TZ": zone, "PYTHONHASHSEED": str(len(zone))},
    )  # fmt: skip
    assert done.stdout == traces(exchange, reply)


def test_nothing_in_the_folder_reaches_for_clock_chance_or_network(supplier: Supplier) -> None:
    """Two system times can't be tried on one machine, so the words that would tell them apart are looked for."""
    for path, tree in folders.modules(supplier.slug):
        if not folders.pretends(path):
            assert not folders.imported(tree) & _IMPURE_MODULES, path.name
            assert not folders.attributes(tree) & _IMPURE_WORDS, path.name
