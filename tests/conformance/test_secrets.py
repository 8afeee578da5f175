"""A planted secret and a traveller's data never show: not in a cassette, a log, an error, a kept reply or a metric."""

import logging
import traceback
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from adapters.kit.archive import sealed, unsealed
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import Failure
from tests.builders import contact, traveller
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.record import WRONG_KEY
from tests.conformance.sandboxed import Sandbox
from tests.conformance.tapes import OUTCOMES, record_refusal, tape

pytestmark = [pytest.mark.bronze("secrets kept"), pytest.mark.each_operation]

PLANTED: Final = "pl4nted/s3cret & more"

_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {}, {"kind": "status", "status": 401}, {"kind": "status", "status": 503}, {"kind": "hang"}, {"kind": "reset"},
    {"kind": "cut"}, {"kind": "html"}, {"kind": "wrong_json"}, {"kind": "wrong_xml"},
)  # fmt: skip


class Shelf:
    """Keeps replies as they are kept for operators: sealed."""

    def __init__(self, private: frozenset[str]) -> None:
        self.text = ""
        self.replies = 0
        self._private: Final = private

    def keep(self, supplier: str, call: Call, reply: Reply, *, hidden: Collection[str]) -> None:
        kept = sealed(supplier, call, reply, hidden=hidden, private=self._private, about="search 1")
        self.replies += 1
        self.text += repr(unsealed(kept)) + unsealed(kept)[1].body.decode(errors="replace")


def ways_to_write(secret: str) -> Iterator[str]:
    yield from {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}


def shown(secret: str, text: str) -> list[str]:
    return [written for written in ways_to_write(secret) if written in text]


@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: "-".join(map(str, fault.values())) or "refused")
async def test_nothing_that_is_said_or_kept_tells_it(
    exchange: Exchange, fault: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    supplier = exchange.supplier
    secrets = dict.fromkeys(supplier.auth.secrets, PLANTED)
    if not secrets:
        pytest.skip("it has no secret")
    shelf = Shelf(supplier.private)
    if fault:
        sandbox.breaks(supplier, exchange.operation, **fault)
    caplog.set_level(logging.DEBUG)
    for chatty in ("httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=chatty)
    with capture_logs() as said:
        async with calling(supplier, sandbox.url_of(supplier), secrets=secrets, archive=shelf) as client:
            with pytest.raises(Failure) as failure:
                exchange.read(await client.answered(exchange.call, deadline=Sandbox.soon(0.2)))
    assert caplog.records, "nothing was logged at all, so this proves nothing"
    told = (
        caplog.text, repr(said), "".join(traceback.format_exception(failure.value)), repr(vars(failure.value)),
        shelf.text, generate_latest().decode(),
    )  # fmt: skip
    for text in told:
        assert shown(PLANTED, text) == []


async def test_a_kept_reply_tells_neither_who_asked_nor_who_travels(exchange: Exchange, sandbox: Sandbox) -> None:
    """The right answer of the walk, as it would be kept: read again it says the same, but for what is masked."""
    supplier = exchange.supplier
    shelf = Shelf(supplier.private)
    shelf.keep(supplier.slug, exchange.call, exchange.reply, hidden=tuple(supplier.sandbox_secrets.values()))
    for secret in supplier.sandbox_secrets.values():
        assert shown(secret, shelf.text) == []
    if exchange.part.step is not None:
        who, where = traveller(), contact()
        for told in (who.surname, where.email, where.phone, where.phone.removeprefix("+")):
            assert told.lower() not in shelf.text.lower(), told


def test_no_cassette_tells_it(exchange: Exchange, sandbox: Sandbox, tmp_path: Path) -> None:
    supplier = exchange.supplier
    secrets = dict.fromkeys(supplier.auth.secrets, PLANTED)
    if not secrets:
        pytest.skip("it has no secret")
    path = tmp_path / "refusal.yaml"
    record_refusal(exchange, sandbox.url_of(supplier), secrets, path)
    assert supplier.live_url in path.read_text(encoding="utf-8")
    assert shown(PLANTED, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_cassettes_here_tell_none(exchange: Exchange, outcome: str) -> None:
    if outcome == "refusal" and not exchange.supplier.auth.secrets:
        pytest.skip("it has no secret")
    text = tape(exchange.supplier.slug, exchange.operation, outcome).read_text(encoding="utf-8")
    for secret in (*exchange.supplier.sandbox_secrets.values(), WRONG_KEY):
        assert shown(secret, text) == []
