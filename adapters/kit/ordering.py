"""Buying from a supplier, so that what is sent once is booked at most once, whatever is lost on the way."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from adapters.kit.supplier import Selling, Step
from domain.orders import Attempt, Cancellation, Order, OrderRequest, Quote, QuoteRequest, Reason
from domain.searches import Outcome

Result = TypeVar("Result")


class NotSeen(Unknown):
    """Its supplier was asked and tells no order, which may only be too new to be told."""


class Attempts(Protocol):
    """Our own books of what was sent. They outlive the process: each method returns when it is written for good."""

    async def begin(self, supplier: str, reference: str) -> Attempt | None:
        """Writes that an order is about to be sent. None for the first one, else the attempt that came before."""
        ...

    async def booked(self, supplier: str, reference: str, order: Order) -> None: ...

    async def refused(self, supplier: str, reference: str, why: str, reason: Reason | None) -> None: ...

    async def withdraw(self, supplier: str, reference: str) -> None:
        """Nothing was sent, or the supplier took it for a mistake of ours: the reference is as good as new."""
        ...


async def quoted(
    client: SupplierClient, request: QuoteRequest, *, deadline: float, priority: Priority = Priority.BOOKING
) -> Quote:
    """What the offer costs now. Raises Failure; what is gone is Answered with SOLD_OUT or EXPIRED.

    Whoever only wants to know asks with the priority of a search, and stands in the way of no booking.
    """
    step = _selling(client, request.query.vertical).quote
    return await _result(client, step, request, Quote, deadline, priority=priority)


async def booked(
    client: SupplierClient, request: OrderRequest, attempts: Attempts, *, deadline: float, now: Callable[[], datetime]
) -> Order:
    """The one order under this reference, sent if it was never sent before, else looked for and never sent again.

    Raises Answered for a definite no, Unknown where only time or people can tell, and TryLater or GiveUp where
    nothing was sent.
    """
    slug, selling = client.supplier.slug, _selling(client, request.query.vertical)
    earlier = await attempts.begin(slug, request.reference)
    if earlier is not None:
        return await _resolved(client, selling, request, earlier, attempts, deadline=deadline, now=now)
    try:
        order = await _result(client, selling.book, request, Order, deadline)
    except Answered as refusal:
        if refusal.reason is Reason.DUPLICATE:
            return await _sold_before(client, selling, request, now(), attempts, deadline=deadline, now=now)
        await attempts.refused(slug, request.reference, refusal.detail, refusal.reason)
        raise
    except (GiveUp, TryLater):
        await attempts.withdraw(slug, request.reference)
        raise
    await attempts.booked(slug, request.reference, order)
    return order


async def found(client: SupplierClient, request: OrderRequest, *, deadline: float) -> Order | None:
    """The order as the supplier has it under our reference; None: not there, or not to be seen yet.

    Raises Failure, and LookupError for a supplier that can't be asked.
    """
    orders = await found_all(client, request, deadline=deadline)
    if len(orders) > 1:
        raise GiveUp(f"{len(orders)} orders under {request.reference}", outcome=Outcome.ERROR)
    return orders[0] if orders else None


async def found_all(
    client: SupplierClient, request: OrderRequest, *, deadline: float, priority: Priority = Priority.BOOKING
) -> tuple[Order, ...]:
    """Every order that the supplier has under our reference, of which there should be one. Raises as `found`.

    Whoever only compares books asks with a lower priority, and stands in the way of no booking.
    """
    step = _selling(client, request.query.vertical).find
    if step is None:
        raise LookupError(f"{client.supplier.slug} can't be asked for an order whose answer was lost")
    return tuple(await _records(client, step, request, deadline, priority=priority))


async def looked(
    client: SupplierClient, vertical: str, order: Order, *, deadline: float, priority: Priority = Priority.BOOKING
) -> Order:
    """The order as it stands now. Raises Failure, and LookupError for a supplier whose orders can't be looked at."""
    step = _selling(client, vertical).look
    if step is None:
        raise LookupError(f"{client.supplier.slug} has no way to look at an order")
    return await _result(client, step, order, Order, deadline, priority=priority)


async def paid(client: SupplierClient, vertical: str, order: Order, *, deadline: float) -> Order:
    """The held order, paid. Raises Failure, Unknown where the answer was lost, and LookupError where nothing is held."""
    step = _selling(client, vertical).pay
    if step is None:
        raise LookupError(f"{client.supplier.slug} has no way to pay an order later")
    return await _result(client, step, order, Order, deadline)


async def cancelled(client: SupplierClient, vertical: str, order: Order, *, deadline: float) -> Cancellation:
    """Raises Answered with ALREADY_CANCELLED, NOT_CANCELLABLE or NO_SUCH_ORDER; Unknown where the answer was lost."""
    return await _result(client, _selling(client, vertical).cancel, order, Cancellation, deadline)


async def _resolved(
    client: SupplierClient,
    selling: Selling,
    request: OrderRequest,
    earlier: Attempt,
    attempts: Attempts,
    *,
    deadline: float,
    now: Callable[[], datetime],
) -> Order:
    """The same answer as before where there was one; else the supplier is asked."""
    if earlier.order is not None:
        return earlier.order
    if earlier.refused is not None:
        raise Answered(earlier.refused, outcome=Outcome.REFUSED, reason=earlier.reason)
    return await _looked_for(client, selling, request, earlier.begun_at, attempts, deadline=deadline, now=now)


async def _looked_for(
    client: SupplierClient,
    selling: Selling,
    request: OrderRequest,
    sent_at: datetime,
    attempts: Attempts,
    *,
    deadline: float,
    now: Callable[[], datetime],
) -> Order:
    slug, reference = client.supplier.slug, request.reference
    if selling.find is None:
        raise Unknown(
            f"{reference} was sent before, and {slug} can't be asked what became of it", outcome=Outcome.ERROR
        )
    try:
        order = await found(client, request, deadline=deadline)
    except Failure as failure:
        raise Unknown(f"{reference} was sent before: {failure.detail}", outcome=failure.outcome) from failure
    if order is not None:
        await attempts.booked(slug, reference, order)
        return order
    if now() - sent_at <= selling.visible_within:
        raise NotSeen(f"{reference} was sent before, and may not be visible yet", outcome=Outcome.ERROR)
    never = Answered(
        f"{reference} never became an order", outcome=Outcome.REFUSED, reason=Reason.NO_SUCH_ORDER
    )  # it may be booked anew, under another reference
    await attempts.refused(slug, reference, never.detail, never.reason)
    raise never


async def _sold_before(
    client: SupplierClient,
    selling: Selling,
    request: OrderRequest,
    sent_at: datetime,
    attempts: Attempts,
    *,
    deadline: float,
    now: Callable[[], datetime],
) -> Order:
    """A reference that was never sent before meets an order.

    Where a search is sold once and searches are shared by all who ask for the same, what is not ours is somebody
    else's. Elsewhere nobody knows how that came, and it is looked for with patience.
    """
    try:
        return await _looked_for(client, selling, request, sent_at, attempts, deadline=deadline, now=now)
    except NotSeen:
        if not selling.sold_once:
            raise
    gone = Answered("it was sold to somebody else: search again", outcome=Outcome.REFUSED, reason=Reason.EXPIRED)
    await attempts.refused(client.supplier.slug, request.reference, gone.detail, gone.reason)
    raise gone


def _selling(client: SupplierClient, vertical: str) -> Selling:
    """Raises LookupError for a supplier that does not sell the vertical."""
    try:
        return client.supplier.sells[vertical]
    except KeyError as error:
        raise LookupError(f"{client.supplier.slug} does not sell {vertical}") from error


async def _result(
    client: SupplierClient,
    step: Step,
    about: Any,
    kind: type[Result],
    deadline: float,
    *,
    priority: Priority = Priority.BOOKING,
) -> Result:
    """The step's last record. Raises Unknown with what was known before, where the answer to a change was lost."""
    records = await _records(client, step, about, deadline, wanted=kind, priority=priority)
    result: Result = records[-1]
    return result


async def _records(
    client: SupplierClient,
    step: Step,
    about: Any,
    deadline: float,
    *,
    wanted: type[Any] | None = None,
    priority: Priority = Priority.BOOKING,
) -> list[Any]:
    """Every record of the step; `wanted` is what the last one has to be.

    Once a call has changed something, a later failure leaves it unknown what holds. Only a definite no to another
    change is one to the whole step: one to a look may only mean that there is nothing to be seen yet.
    """
    records: list[Any] = []
    changed = False
    first = step.ask(about)
    asking: Call | None = first

    def read(reply: Reply, call: Call) -> Readout[Any]:
        nonlocal changed
        changed = changed or not call.reads_only
        return step.read(reply, call, about)

    try:
        async for readout in pages(
            client, first, read, at_most=step.at_most, deadline=lambda: deadline, priority=priority
        ):
            records.extend(readout.records)
            asking = readout.next
            if readout.skipped:
                spoilt = readout.skipped[0]
                raise GiveUp(f"{step.operations[0]}: {spoilt.where} {spoilt.why}", outcome=Outcome.ERROR)
        if wanted is not None and not (records and isinstance(records[-1], wanted)):
            raise GiveUp(f"{step.operations[0]}: no {wanted.__name__} came of it", outcome=Outcome.ERROR)
    except Failure as failure:
        definite = isinstance(failure, Answered) and asking is not None and not asking.reads_only
        if isinstance(failure, Unknown) or (changed and not definite):
            raise Unknown(
                failure.detail, outcome=failure.outcome, code=failure.code, order=_order(records)
            ) from failure
        raise
    return records


def _order(records: list[Any]) -> Order | None:
    return next((record for record in reversed(records) if isinstance(record, Order)), None)
