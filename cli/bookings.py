"""A booking as its steps left it, for whoever has to find out what became of it."""

from rich.table import Table

from api.admin.answers import Waiting, WholeBooking
from api.answers import Money

_SECOND = "%Y-%m-%d %H:%M:%S"


def head(one: WholeBooking) -> list[str]:
    """How it stands, and who looks at it next."""
    undoing = f", on its way to {one.undoing}" if one.undoing is not None and one.undoing is not one.status else ""
    lines = [f"{one.reference} ({one.id}): {one.status}{undoing}, made {one.created_at:{_SECOND}} by {one.owner}"]
    lines += [f"{what}: {said}" for what, said in (("In doubt", one.doubt), ("Refused", one.refusal)) if said]
    if one.wishes:
        lines.append(f"Wished: {', '.join(one.wishes)}")
    if one.claimed_until is not None:
        lines.append(f"A worker is at it until {one.claimed_until:{_SECOND}}.")
    elif one.due_at is not None:
        lines.append(f"A worker looks at it at {one.due_at:{_SECOND}}.")
    else:
        lines.append("Nobody looks at it any more.")
    return lines


def items(one: WholeBooking) -> Table:
    shown = _table("Item", "Supplier", "Status", "Costs", "Our reference", "Their order", "Waits for")
    for item in one.items:
        order = "-" if item.order is None else f"{item.order.id} ({item.order.status})"
        shown.add_row(
            f"{item.number} {item.vertical}",
            item.supplier,
            item.status,
            _said(item.costs),
            item.reference,
            order,
            _waits(item.waiting) or item.refusal or "-",
        )
    return shown


def charges(one: WholeBooking) -> Table:
    shown = _table("Charge", "Gateway", "Status", "Amount", "Taken", "Given back", "Their payment", "Waits for")
    for charge in one.charges:
        shown.add_row(
            charge.id,
            charge.gateway,
            charge.status,
            _said(charge.amount),
            _said(charge.captured),
            _said(charge.refunded),
            charge.gateway_id or "-",
            _waits(charge.waiting) or charge.decline or "-",
        )
    return shown


def steps(one: WholeBooking) -> Table:
    """In the order in which they were begun; without an end a step was interrupted, or is under way."""
    shown = _table("Step", "What", "About", "Begun", "Took", "Outcome", "Detail")
    for step in one.steps:
        took = "-" if step.ended_at is None else f"{(step.ended_at - step.begun_at).total_seconds():.1f} s"
        shown.add_row(
            str(step.number),
            step.kind,
            step.about,
            f"{step.begun_at:{_SECOND}}",
            took,
            step.outcome or "no end",
            step.detail or "",
        )
    return shown


def _table(*headings: str) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    return shown


def _said(money: Money | None) -> str:
    return "-" if money is None else f"{money.amount} {money.currency}"


def _waits(waiting: Waiting | None) -> str | None:
    if waiting is None:
        return None
    doubt = "in doubt" if waiting.doubt else "tried again"
    return f"{doubt} since {waiting.since:{_SECOND}}, {waiting.tries} tries: {waiting.detail}"
