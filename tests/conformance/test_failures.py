"""Everything that can go wrong with a call ends in the class of failure that says what to do next."""

from typing import Any

import msgspec
import pytest

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from domain.searches import Outcome
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.sandboxed import Sandbox

pytestmark = pytest.mark.bronze("failures classed")


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at the sandbox, and what it must end in. `patience` is the call's own time, in seconds."""

    fault: dict[str, Any]
    ends_in: type[Failure]
    outcome: Outcome
    patience: float = 30


def refused(status: int) -> Trouble:
    return Trouble(fault={"kind": "status", "status": status}, ends_in=GiveUp, outcome=Outcome.REFUSED)


def down(status: int) -> Trouble:
    return Trouble(fault={"kind": "status", "status": status}, ends_in=TryLater, outcome=Outcome.ERROR)


def unreadable(kind: str) -> Trouble:
    return Trouble(fault={"kind": kind}, ends_in=GiveUp, outcome=Outcome.ERROR)


TROUBLES = {
    **{str(status): refused(status) for status in (400, 401, 403, 404)},
    "409": Trouble(fault={"kind": "status", "status": 409}, ends_in=Answered, outcome=Outcome.REFUSED),
    "429": Trouble(fault={"kind": "status", "status": 429}, ends_in=TryLater, outcome=Outcome.RATE_LIMITED),
    "429 for ten minutes": Trouble(
        fault={"kind": "status", "status": 429, "seconds": 600}, ends_in=TryLater, outcome=Outcome.RATE_LIMITED
    ),
    **{str(status): down(status) for status in (500, 502, 503, 504)},
    "timeout": Trouble(fault={"kind": "hang"}, ends_in=TryLater, outcome=Outcome.TIMEOUT, patience=0.3),
    "reset": Trouble(fault={"kind": "reset"}, ends_in=TryLater, outcome=Outcome.ERROR),
    "cut body": Trouble(fault={"kind": "cut"}, ends_in=TryLater, outcome=Outcome.ERROR),
    "HTML": unreadable("html"),
    "HTML with 503": Trouble(fault={"kind": "html", "status": 503}, ends_in=TryLater, outcome=Outcome.ERROR),
    "empty": unreadable("empty"),
    "garbage": unreadable("garbage"),
    "wrong JSON": unreadable("wrong_json"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_trouble_has_its_class(exchange: Exchange, trouble: Trouble, sandbox: Sandbox) -> None:
    sandbox.breaks(exchange.supplier, exchange.operation, **trouble.fault)
    async with calling(exchange.supplier, sandbox.url_of(exchange.supplier)) as client:
        with pytest.raises(Failure) as failure:
            exchange.read(await client.answered(exchange.ask(), deadline=Sandbox.soon(trouble.patience)))
    assert type(failure.value) is trouble.ends_in
    assert failure.value.outcome is trouble.outcome
    assert failure.value.detail


async def test_trouble_that_passes_is_not_noticed(exchange: Exchange, sandbox: Sandbox) -> None:
    sandbox.breaks(exchange.supplier, exchange.operation, kind="status", status=503, count=2)
    async with calling(exchange.supplier, sandbox.url_of(exchange.supplier), patient=True) as client:
        reply = await client.answered(exchange.ask(), deadline=Sandbox.soon())
    assert exchange.read(reply).records
    assert [status for _, status in sandbox.calls(exchange.supplier)] == [503, 503, 200]


async def test_a_wrong_credential_is_refused_by_the_suppliers_own_code(exchange: Exchange, sandbox: Sandbox) -> None:
    wrong = dict.fromkeys(exchange.supplier.auth.secrets, "nobody-s-key")
    async with calling(exchange.supplier, sandbox.url_of(exchange.supplier), secrets=wrong) as client:
        with pytest.raises(GiveUp) as failure:
            await client.answered(exchange.ask(), deadline=Sandbox.soon())
    assert failure.value.outcome is Outcome.REFUSED
    assert failure.value.code in exchange.supplier.errors
