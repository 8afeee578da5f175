"""A cancellation is final, and every other wish to cancel is answered."""

import msgspec
import pytest

from adapters.kit.failures import Answered
from domain.orders import Cancellation, CancellationStatus, Order, OrderStatus, Reason
from tests.conformance import folders
from tests.conformance.buying import Agency, each_seller

pytestmark = pytest.mark.gold("cancelling is answered")

GIVES_BACK = each_seller(lambda selling: bool(selling.cancel.operations))
KEEPS = each_seller(lambda selling: not selling.cancel.operations)
_MIRRORED = str.maketrans("0123456789", "9876543210")


@GIVES_BACK
async def test_an_order_is_cancelled_and_stays_so_whoever_looks(agency: Agency) -> None:
    """Some show a cancelled order as if nothing had happened: what we know ourselves is not forgotten over that."""
    order = await agency.bought()
    cancelled = await agency.cancel(order)
    assert cancelled.status is CancellationStatus.CANCELLED
    if cancelled.refund is not None and order.price is not None:
        assert 0 <= cancelled.refund.amount <= order.price.amount
    if agency.selling.look is not None:
        ours = msgspec.structs.replace(order, status=OrderStatus.CANCELLED)
        assert (await agency.look(ours)).status is OrderStatus.CANCELLED


@GIVES_BACK
async def test_an_order_of_which_a_person_was_told_the_number_is_looked_at_and_cancelled_like_any_other(
    agency: Agency,
) -> None:
    """Its answer was lost, and the supplier's people read the number out on the telephone."""
    request = await agency.request()
    order = await agency.book(request)
    told = Order(
        supplier=order.supplier,
        id=order.id,
        status=OrderStatus.CONFIRMED,
        price=request.quote.price,
        reference=request.reference,
        handle=agency.selling.handle(request, order.id),
    )
    if agency.selling.look is not None:
        assert (await agency.look(told)).id == order.id
    assert (await agency.cancel(told)).status is CancellationStatus.CANCELLED


@GIVES_BACK
async def test_cancelling_twice_is_answered(agency: Agency) -> None:
    order = await agency.bought()
    await agency.cancel(order)
    assert await end_of(agency, order) in (CancellationStatus.CANCELLED, Reason.ALREADY_CANCELLED)


@GIVES_BACK
async def test_an_order_that_nobody_made_is_answered(agency: Agency) -> None:
    stranger = unknown(await agency.bought())
    assert await end_of(agency, stranger) in (Reason.NO_SUCH_ORDER, Reason.NOT_CANCELLABLE)


@GIVES_BACK
async def test_whoever_comes_too_late_is_told_and_keeps_the_order(agency: Agency) -> None:
    late = [
        operation for operation in agency.selling.cancel.operations if "not_cancellable" in playable(agency, operation)
    ]
    if not late:
        pytest.skip("its sandbox lets everybody cancel")
    order = await agency.bought()
    agency.plays(late[0], "not_cancellable")
    assert await end_of(agency, order) is Reason.NOT_CANCELLABLE
    agency.sandbox.works()
    if agency.selling.look is not None:
        assert (await agency.look(order)).status is order.status


@KEEPS
async def test_what_nobody_can_cancel_is_said_to_be_so_without_a_call(agency: Agency) -> None:
    order = await agency.bought()
    agency.sandbox.reset()
    for _ in range(2):
        assert await end_of(agency, order) is Reason.NOT_CANCELLABLE
    assert await end_of(agency, unknown(order)) is Reason.NOT_CANCELLABLE
    assert agency.sandbox.calls(agency.supplier) == []


async def end_of(agency: Agency, order: Order) -> CancellationStatus | Reason | None:
    """What became of the order, or why nothing did."""
    try:
        cancelled: Cancellation = await agency.cancel(order)
    except Answered as refused:
        return refused.reason
    return cancelled.status


def unknown(order: Order) -> Order:
    """An order whose number looks like that one's, and is nobody's."""
    number = order.id.translate(_MIRRORED)
    handle = {name: told.replace(order.id, number) for name, told in order.handle.items()}
    return msgspec.structs.replace(order, id=number, handle=handle)


def playable(agency: Agency, operation: str) -> frozenset[str]:
    return folders.outcomes(agency.supplier.slug).get(operation, frozenset())
