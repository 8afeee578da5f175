"""Everything that can go wrong with a call ends in the class of failure that says what to do next, and in the books."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.auth import TOKEN_OPERATION
from adapters.kit.calls import Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from adapters.kit.ledger import Ending, Row
from adapters.kit.supplier import Supplier
from domain.searches import Outcome
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.sandboxed import Sandbox, Seen
from tests.conformance.walk import Walk

pytestmark = [pytest.mark.bronze("failures classed"), pytest.mark.each_operation]

_SMALL_REPLY: Final = 2_000_000  # bytes: what a huge one has to pass before the kit hangs up


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at the sandbox, and what it must end in for a call that reads.

    `lost`: a call that changes something may have done so. `unread`: the kit takes it for an answer, and only the
    supplier's reader can tell that it is none. `patience` is the call's own time, in seconds; where it is short, a
    machine that stands still may let it pass before the call has come to the sandbox, which is another trouble.
    """

    fault: dict[str, Any]
    ends_in: type[Failure]
    outcome: Outcome
    lost: bool = False
    unread: bool = False
    patience: float = 30

    @property
    def calmer(self) -> "Trouble":
        """The same with ten times the patience, and a drip that is slower in the same measure."""
        fault = self.fault | ({"seconds": self.fault["seconds"] * 10} if "seconds" in self.fault else {})
        return msgspec.structs.replace(self, fault=fault, patience=self.patience * 10)


def refused(status: int) -> Trouble:
    return Trouble(fault={"kind": "status", "status": status}, ends_in=GiveUp, outcome=Outcome.REFUSED)


def down(status: int) -> Trouble:
    return Trouble(fault={"kind": "status", "status": status}, ends_in=TryLater, outcome=Outcome.ERROR, lost=True)


def unreadable(kind: str) -> Trouble:
    return Trouble(fault={"kind": kind}, ends_in=GiveUp, outcome=Outcome.ERROR, unread=True)


def silent(kind: str, **fault: Any) -> Trouble:
    return Trouble(
        fault={"kind": kind, **fault}, ends_in=TryLater, outcome=Outcome.TIMEOUT, lost=True, patience=0.2
    )  # fmt: skip


def broken(kind: str, **fault: Any) -> Trouble:
    return Trouble(fault={"kind": kind, **fault}, ends_in=TryLater, outcome=Outcome.ERROR, lost=True)


TROUBLES: Final[Mapping[str, Trouble]] = {
    **{str(status): refused(status) for status in (400, 401, 403, 404)},
    "409": Trouble(fault={"kind": "status", "status": 409}, ends_in=Answered, outcome=Outcome.REFUSED),
    "429": Trouble(fault={"kind": "status", "status": 429}, ends_in=TryLater, outcome=Outcome.RATE_LIMITED),
    "429 for ten minutes": Trouble(
        fault={"kind": "status", "status": 429, "seconds": 600}, ends_in=TryLater, outcome=Outcome.RATE_LIMITED
    ),
    **{str(status): down(status) for status in (500, 502, 503, 504)},
    "timeout": silent("hang"),
    "slow drip": silent("drip", seconds=0.05),
    "reset": broken("reset"),
    "cut body": broken("cut"),
    "HTML": unreadable("html"),
    "HTML with 503": broken("html", status=503),
    "empty": unreadable("empty"),
    "garbage": unreadable("garbage"),
    "wrong JSON": unreadable("wrong_json"),
    "wrong XML": unreadable("wrong_xml"),
    "huge body": Trouble(fault={"kind": "huge"}, ends_in=GiveUp, outcome=Outcome.ERROR, lost=True),
}


def classes(exchange: Exchange, trouble: Trouble, status: int | None) -> set[tuple[type[Failure], Outcome]]:
    """What the trouble may end in.

    A supplier that has a code for what a refusal's status alone says, such as 404 for nothing there, is believed. One
    whose success is an empty reply, or whose reader asks for nothing, has no way to tell that a page is none.
    """
    if trouble.lost and not exchange.call.reads_only:
        return {(Unknown, trouble.outcome)}
    expected = {(trouble.ends_in, trouble.outcome)}
    if status is not None and 400 <= status < 500 and status != 429:
        expected |= {(Answered, Outcome.REFUSED), (GiveUp, Outcome.REFUSED)}
    if trouble.unread:
        expected |= {(GiveUp, Outcome.REFUSED)}
        if not exchange.call.reads_only:
            expected |= {(Unknown, Outcome.ERROR)}
    return expected


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_trouble_has_its_class_and_its_line_in_the_books(
    exchange: Exchange, trouble: Trouble, sandbox: Sandbox
) -> None:
    supplier = msgspec.structs.replace(exchange.supplier, largest_reply=_SMALL_REPLY)
    for patient in (trouble, trouble.calmer, trouble.calmer.calmer):
        sandbox.breaks(supplier, exchange.operation, **patient.fault)
        async with calling(supplier, sandbox.url_of(supplier)) as client:
            came = await came_of(client, exchange, patient.patience)
            booked = client.ledger.unwritten
        if trouble.outcome is not Outcome.TIMEOUT or await arrives(sandbox, exchange):
            break
        sandbox.reset()
    if isinstance(came, Failure):
        assert (type(came), came.outcome) in classes(exchange, trouble, trouble.fault.get("status"))
        assert came.detail
    else:
        assert trouble.unread, "nobody noticed"
        assert not came.records
        assert came.skipped or came.next or tells_nothing(exchange)
    agree(booked, sandbox.calls(supplier))


async def arrives(sandbox: Sandbox, exchange: Exchange) -> bool:
    """Whether the sandbox got the call; a look or two later it has read all that came in before the first."""
    for _ in range(3):
        if sandbox.calls(exchange.supplier, exchange.operation):
            return True
        await asyncio.sleep(0.1)
    return False


async def came_of(client: SupplierClient, exchange: Exchange, patience: float) -> Failure | Readout[Any]:
    try:
        return exchange.read(await client.answered(exchange.call, deadline=Sandbox.soon(patience)))
    except Failure as failure:
        return failure


def tells_nothing(exchange: Exchange) -> bool:
    """Whether a success is an empty reply, so that what else comes with its status is passed over."""
    return not exchange.reply.body


def agree(booked: Mapping[Row, int], seen: list[Seen]) -> None:
    """Our books and the sandbox's: as many calls of each operation, and as many answers."""
    assert {name: calls for name, calls in _by_operation(booked).items() if calls} == {
        operation: sum(call.operation == operation for call in seen) for operation in {call.operation for call in seen}
    }
    answered = sum(calls for row, calls in booked.items() if row.ending is Ending.ANSWERED)
    assert answered <= sum(200 <= call.status < 400 for call in seen)


def _by_operation(booked: Mapping[Row, int]) -> dict[str, int]:
    told: dict[str, int] = {}
    for row, calls in booked.items():
        told[row.operation] = told.get(row.operation, 0) + calls
    return told


async def test_trouble_that_passes_is_not_noticed_where_nothing_is_changed(
    exchange: Exchange, sandbox: Sandbox
) -> None:
    supplier = exchange.supplier
    hasty = any(window.seconds <= 1 for window in supplier.budget.windows)  # its sandbox counts by the second too
    sandbox.breaks(supplier, exchange.operation, kind="status", status=503, count=2)
    async with calling(supplier, sandbox.url_of(supplier), patient=hasty and exchange.call.reads_only) as client:
        try:
            reply: Reply | None = await client.answered(exchange.call, deadline=Sandbox.soon())
        except Unknown:
            reply = None
    statuses = [call.status for call in sandbox.calls(supplier, exchange.operation)]
    if exchange.call.reads_only:
        assert reply is not None
        assert statuses[:2] == [503, 503]
        assert statuses[2] // 100 == 2
    else:
        assert reply is None, "a call that changes something is never made twice"
        assert statuses == [503]


async def test_a_wrong_credential_is_refused_by_the_suppliers_own_code(exchange: Exchange, sandbox: Sandbox) -> None:
    wrong = dict.fromkeys(exchange.supplier.auth.secrets, "nobody-s-key")
    if not wrong:
        pytest.skip("whoever shows no credentials has none that could be wrong")
    async with calling(exchange.supplier, sandbox.url_of(exchange.supplier), secrets=wrong) as client:
        with pytest.raises(GiveUp) as failure:
            await client.answered(exchange.call, deadline=Sandbox.soon())
    assert failure.value.outcome is Outcome.REFUSED
    assert known(failure.value, exchange.supplier)


@pytest.mark.tokens
@pytest.mark.parametrize(
    ("fault", "ends_in"),
    [
        ({"kind": "status", "status": 503}, TryLater), ({"kind": "status", "status": 401}, GiveUp),
        ({"kind": "hang"}, TryLater), ({"kind": "reset"}, TryLater), ({"kind": "html"}, GiveUp),
        ({"kind": "wrong_json"}, GiveUp),
    ],
    ids=lambda told: "-".join(map(str, told.values())) if isinstance(told, dict) else "",
)  # fmt: skip
async def test_without_a_token_nothing_was_sent(
    supplier: Supplier, walk: Walk, fault: dict[str, Any], ends_in: type[Failure], sandbox: Sandbox
) -> None:
    """Also a booking: what never left is not in doubt."""
    exchange = next((met for met in walk.met.values() if not met.call.reads_only), None) or _first(walk)
    sandbox.breaks(supplier, TOKEN_OPERATION, **fault)
    impatient = msgspec.structs.replace(supplier, timeout=timedelta(seconds=0.5))
    async with calling(impatient, sandbox.url_of(supplier)) as client:
        failure = await _failing(client, exchange)
    assert type(failure) is ends_in
    assert not sandbox.calls(supplier, exchange.operation)


def known(failure: Failure, supplier: Supplier) -> bool:
    """By its code, where the supplier tells one; one that tells nothing but a status is judged by that."""
    return failure.code is None or failure.code in supplier.errors


async def _failing(client: SupplierClient, exchange: Exchange) -> Failure:
    with pytest.raises(Failure) as failure:
        await client.answered(exchange.call, deadline=Sandbox.soon(5))
    return failure.value


def _first(walk: Walk) -> Exchange:
    return next(iter(walk.met.values()))
