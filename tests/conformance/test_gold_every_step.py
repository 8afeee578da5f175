"""Whatever goes wrong in whichever step of buying: the failure says what holds, and asking again ends well."""

from collections.abc import Awaitable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
import pytest

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from domain.orders import Cancellation, CancellationStatus, Order, OrderRequest, Quote, Reason
from tests.conformance.buying import Agency, desks
from tests.conformance.parts import Station

pytestmark = pytest.mark.gold("each step, each fault")

Result = TypeVar("Result")
Ends = frozenset[type[Failure]]

_NO: Final[Ends] = frozenset({GiveUp, Answered})
_LATER: Final[Ends] = frozenset({TryLater})
_DOUBT: Final[Ends] = frozenset({Unknown})
_A_MOMENT: Final = timedelta(seconds=1)
_HASTY_SECONDS: Final = 0.5
_SECONDS: Final = 20.0


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, and what it ends in for a call that reads and for one that changes something.

    `lost`: it may just as well strike only the answer. A supplier that does what it is told and then says no, or that
    it is too busy, is beyond our help, so that those strike the whole call alone. `hears`: the supplier gets the call.
    """

    fault: Mapping[str, Any]
    reading: Ends
    changing: Ends
    lost: bool
    hears: bool = False


def refused(status: int) -> Trouble:
    return Trouble(fault={"kind": "status", "status": status}, reading=_NO, changing=_NO, lost=False)


def down(kind: str, *, lost: bool = True, hears: bool = False, **fault: Any) -> Trouble:
    return Trouble(fault={"kind": kind, **fault}, reading=_LATER, changing=_DOUBT, lost=lost, hears=hears)


def unreadable(kind: str) -> Trouble:
    return Trouble(fault={"kind": kind}, reading=_NO, changing=_DOUBT, lost=True)


TROUBLES: Final[Mapping[str, Trouble]] = {
    **{str(status): refused(status) for status in (400, 401, 403, 404, 409)},
    "429": Trouble(fault={"kind": "status", "status": 429}, reading=_LATER, changing=_LATER, lost=False),
    "500": down("status", status=500),
    # One of the four is enough for what happens when only the answer is struck.
    **{str(status): down("status", lost=False, status=status) for status in (502, 503, 504)},
    "timeout": down("hang"),
    "reset": down("reset"),
    "cut body": down("cut", hears=True),
    "HTML": unreadable("html"),
    "empty": unreadable("empty"),
    "garbage": unreadable("garbage"),
    "wrong JSON": unreadable("wrong_json"),
    "wrong XML": unreadable("wrong_xml"),
}


def at_each_desk_of(step: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("agency", list(desks(step)), indirect=True, ids=lambda station: station.name)


def each(troubles: Mapping[str, Trouble]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trouble", troubles.values(), ids=troubles)


class Struck(msgspec.Struct, frozen=True, kw_only=True):
    """One way to meet a trouble: `after` the supplier did what it was asked to, `heard` if it got to know of the call."""

    trouble: Trouble
    after: bool
    heard: bool


def ways(agency: Agency, trouble: Trouble) -> Iterator[Struck]:
    """Before and, for an answer that could be lost, after. An operation that no usual order comes by is passed over."""
    operation, met = agency.station.operation, agency.rehearsal[step_of(agency.station)]
    if operation not in met:
        pytest.skip("it is asked only after something unusual")
    yield Struck(trouble=trouble, after=False, heard=trouble.hears)
    if trouble.lost and not trouble.hears and not met[operation]:
        yield Struck(trouble=trouble, after=True, heard=True)


@at_each_desk_of("quote")
@each(TROUBLES)
async def test_a_quote_that_fails_is_asked_for_again(agency: Agency, trouble: Trouble) -> None:
    for struck in ways(agency, trouble):
        offer = await agency.offer()
        agency.breaks(agency.station.operation, **trouble.fault, after=struck.after)
        async with hasty(agency, trouble) as buyer:
            end = await end_of(buyer.quote(offer, seconds=seconds(agency, trouble)))
        assert isinstance(end, Quote) or type(end) in legal(agency, trouble), (end, struck)
        agency.sandbox.works()
        async with agency.anew() as again:
            quote = await again.quote(offer)
        assert not isinstance(end, Quote) or end.price == quote.price, "a price that nobody asks"
        assert agency.orders_sent() == 0


@at_each_desk_of("book")
@each(TROUBLES)
async def test_an_order_that_fails_is_one_order_or_none(agency: Agency, trouble: Trouble) -> None:
    for struck in ways(agency, trouble):
        agency.sandbox.reset()
        request = await agency.request()
        agency.breaks(agency.station.operation, **trouble.fault, after=struck.after)
        async with hasty(agency, trouble) as buyer:
            end = await end_of(buyer.book(request))
        assert type(end) in legal(agency, trouble), (end, struck)
        heard = struck.heard or agency.station.operation != agency.creating
        assert not (heard and isinstance(end, GiveUp | TryLater)), "it stands, and would be sent again"
        await agency.order_arrives()
        agency.sandbox.works()
        sent = agency.orders_sent()
        assert sent == 1 or not heard  # who is told that a token is no good shows a new one
        async with agency.anew() as again:
            await (ends_in_one if heard else ends_in_none_or_one)(again, request, end)
        resent = not heard and isinstance(end, GiveUp | TryLater)
        assert agency.orders_sent() == sent + resent


async def ends_in_one(agency: Agency, request: OrderRequest, end: Order | Failure) -> None:
    """The supplier has it: the same order whoever asks, or nobody knows."""
    again = await end_of(agency.book(request))
    if isinstance(end, Answered):
        assert isinstance(again, Answered)
        assert again.reason is end.reason
    elif agency.selling.find is None:
        assert isinstance(again, Unknown), again
    else:
        assert isinstance(again, Order), again
        found = await agency.find(request)
        assert found is not None
        assert found.id == again.id


async def ends_in_none_or_one(agency: Agency, request: OrderRequest, end: Order | Failure) -> None:
    """The supplier never heard of it: it is sent where that is known, and otherwise given up in time, or never."""
    again = await end_of(agency.book(request))
    if isinstance(end, GiveUp | TryLater):
        assert isinstance(again, Order), again
    elif isinstance(end, Answered):
        assert isinstance(again, Answered), again
        assert again.reason is end.reason
    else:
        assert isinstance(again, Unknown), again
        last = await end_of(agency.book(request, later=agency.selling.visible_within + _A_MOMENT))
        if agency.selling.find is None:
            assert isinstance(last, Unknown), last
        else:
            assert isinstance(last, Answered), last
            assert last.reason is Reason.NO_SUCH_ORDER


@at_each_desk_of("find")
@each(TROUBLES)
async def test_a_lost_order_that_can_not_be_asked_for_now_is_found_later(agency: Agency, trouble: Trouble) -> None:
    for struck in ways(agency, trouble):
        agency.sandbox.reset()
        request = await agency.request()
        agency.breaks(agency.creating, kind="reset", after=True, count=1)
        assert isinstance(await end_of(agency.book(request)), Unknown)
        agency.breaks(agency.station.operation, **trouble.fault, after=struck.after)
        async with hasty(agency, trouble) as buyer:
            assert isinstance(await end_of(buyer.book(request, seconds=seconds(agency, trouble))), Unknown)
        agency.sandbox.works()
        async with agency.anew() as again:
            await ends_in_one(again, request, await end_of(again.book(request)))
        assert agency.orders_sent() == 1


@at_each_desk_of("look")
@each(TROUBLES)
async def test_a_look_that_fails_changes_nothing(agency: Agency, trouble: Trouble) -> None:
    order = await agency.kept()
    for struck in ways(agency, trouble):
        agency.breaks(agency.station.operation, **trouble.fault, after=struck.after)
        async with hasty(agency, trouble) as buyer:
            end = await end_of(buyer.look(order, seconds=seconds(agency, trouble)))
        assert type(end) in legal(agency, trouble), (end, struck)
        agency.sandbox.works()
        async with agency.anew() as again:
            seen = await again.look(order)
        assert (seen.id, seen.status) == (order.id, order.status)


@at_each_desk_of("cancel")
@each(TROUBLES)
async def test_a_cancellation_that_fails_is_one_in_the_end(agency: Agency, trouble: Trouble) -> None:
    for struck in ways(agency, trouble):
        order = await agency.bought()
        agency.breaks(agency.station.operation, **trouble.fault, after=struck.after)
        async with hasty(agency, trouble) as buyer:
            end = await end_of(buyer.cancel(order, seconds=seconds(agency, trouble)))
        if isinstance(end, Cancellation):
            assert struck.heard or end.status is CancellationStatus.PENDING, "nobody was asked to cancel"
        else:
            assert type(end) in legal(agency, trouble), (end, struck)
        agency.sandbox.works()
        async with agency.anew() as again:
            last = await end_of(again.cancel(order))
        if isinstance(last, Answered):
            assert last.reason is Reason.ALREADY_CANCELLED
            assert struck.heard, "nobody was asked to cancel"
        else:
            assert isinstance(last, Cancellation), last
            assert last.status is CancellationStatus.CANCELLED


def legal(agency: Agency, trouble: Trouble) -> Ends:
    """What the operation may end in. After a change within the same step everything but a definite no is in doubt."""
    operation, met = agency.station.operation, agency.rehearsal[step_of(agency.station)]
    before = list(met)[: list(met).index(operation)]
    if all(met[earlier] for earlier in before):
        return trouble.reading if met[operation] else trouble.changing
    return _DOUBT if met[operation] else _DOUBT | (trouble.changing & {Answered})


def step_of(station: Station) -> str:
    return station.part.partition(".")[2]


def hasty(agency: Agency, trouble: Trouble) -> AbstractAsyncContextManager[Agency]:
    """A client that does not wait long where nothing comes."""
    return agency.anew(impatient_with=agency.station.operation if trouble.fault["kind"] == "hang" else None)


def seconds(agency: Agency, trouble: Trouble) -> float:
    """How long to try: not for long what is tried again and again, and ends in TryLater however long one waits."""
    reads_only = agency.rehearsal[step_of(agency.station)].get(agency.station.operation, True)
    return _HASTY_SECONDS if reads_only and trouble.reading == _LATER else _SECONDS


async def end_of(asked: Awaitable[Result]) -> Result | Failure:
    """What came of it, or what went wrong."""
    try:
        return await asked
    except Failure as failure:
        return failure
