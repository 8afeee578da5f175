"""A planted secret never shows: not in a cassette, not in a log, not in an error, whatever goes wrong."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from structlog.testing import capture_logs

from adapters.kit.failures import Failure
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.record import WRONG_KEY, record
from tests.conformance.sandboxed import Sandbox
from tests.conformance.tapes import OUTCOMES, tape

pytestmark = pytest.mark.bronze("secrets kept")

PLANTED = "pl4nted/s3cret & more"

_FAULTS: tuple[dict[str, Any], ...] = (
    {}, {"kind": "status", "status": 401}, {"kind": "status", "status": 503}, {"kind": "hang"}, {"kind": "reset"},
    {"kind": "cut"}, {"kind": "html"}, {"kind": "wrong_json"},
)  # fmt: skip


def ways_to_write(secret: str) -> Iterator[str]:
    yield from {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}


def shown(secret: str, text: str) -> list[str]:
    return [written for written in ways_to_write(secret) if written in text]


@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: "-".join(map(str, fault.values())) or "refused")
async def test_no_log_and_no_error_tells_it(
    exchange: Exchange, fault: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = dict.fromkeys(exchange.supplier.auth.secrets, PLANTED)
    if fault:
        sandbox.breaks(exchange.supplier, exchange.operation, **fault)
    caplog.set_level(logging.DEBUG)
    for chatty in ("httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=chatty)
    with capture_logs() as said:
        async with calling(exchange.supplier, sandbox.url_of(exchange.supplier), secrets=secrets) as client:
            with pytest.raises(Failure) as failure:
                exchange.read(await client.answered(exchange.ask(), deadline=Sandbox.soon(0.5)))
    assert caplog.records, "nothing was logged at all, so this proves nothing"
    assert shown(PLANTED, caplog.text) == []
    assert shown(PLANTED, repr(said)) == []
    assert shown(PLANTED, "".join(traceback.format_exception(failure.value))) == []
    assert shown(PLANTED, repr(vars(failure.value))) == []


def test_no_cassette_tells_it(exchange: Exchange, sandbox: Sandbox, tmp_path: Path) -> None:
    secrets = dict.fromkeys(exchange.supplier.auth.secrets, PLANTED)
    path = tmp_path / "refusal.yaml"
    record(exchange, sandbox.url_of(exchange.supplier), secrets, path)
    assert exchange.supplier.live_url in path.read_text(encoding="utf-8")
    assert shown(PLANTED, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_cassettes_here_tell_none(exchange: Exchange, outcome: str) -> None:
    text = tape(exchange.supplier.slug, exchange.operation, outcome).read_text(encoding="utf-8")
    for secret in (*exchange.supplier.sandbox_secrets.values(), WRONG_KEY):
        assert shown(secret, text) == []
