"""What differs between the books: compared now and followed to the end, and shown as a table."""

import threading
import time
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.admin.answers import FindingList, ReconcileRun, ReconcileRunList, ShownFinding
from cli.client import Api, read
from cli.stops import Stop
from domain.findings import Severity
from storage.reconciling import OPEN, RunState

_GLANCE: Final = 0.5  # seconds between two looks at the run
_PATIENCE: Final = 1800.0  # seconds
_MINUTE: Final = "%Y-%m-%d %H:%M"
_COLOURS: Final = {Severity.URGENT: "red", Severity.SERIOUS: "yellow", Severity.MINOR: ""}

Wait = Callable[[float], bool]


def compared(api: Api, *, token: str, hours: int, console: Console, wait: Wait | None = None) -> ReconcileRun:
    """A comparison that was asked for now, when it has ended. Raises Stop for one that failed or took too long.

    `wait` sleeps for some seconds and says True when nobody wants the outcome any more.
    """
    pause = wait or threading.Event().wait
    run = read(api.post("/v1/admin/reconcile", token=token, body={"hours": hours}), ReconcileRun)
    deadline = time.monotonic() + _PATIENCE
    with console.status("Comparing the books"):
        while run.state in OPEN:
            if time.monotonic() > deadline or pause(_GLANCE):
                raise Stop(f"The comparison {run.id} goes on without us.")
            run = read(api.get(f"/v1/admin/reconcile/{run.id}", token=token), ReconcileRun)
    if run.state is RunState.FAILED:
        raise Stop(f"The comparison failed: {(run.detail or 'no reason given').rstrip('.')}.")
    return run


def latest(api: Api, *, token: str) -> ReconcileRun | None:
    runs = read(api.get("/v1/admin/reconcile", token=token), ReconcileRunList).data
    return next((run for run in runs if run.state not in OPEN), None)


def table(found: FindingList) -> Table:
    """One line for each, the newest first."""
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Severity", "Kind", "Booking", "About", "What", "State", "Seen since", "Finding"):
        shown.add_column(heading, overflow="fold")
    for one in found.data:
        shown.add_row(
            Text(one.severity, _COLOURS[one.severity]),
            one.kind,
            one.booking_id or "-",
            one.about,
            one.detail,
            one.state,
            f"{one.first_seen_at:{_MINUTE}}",
            one.id,
        )
    return shown


def what_to_do(found: FindingList) -> list[str]:
    """Each kind that is there once: what it means and what to do about it."""
    kinds = {one.kind: one for one in found.data}
    return [f"{kind}: {one.means} {one.todo}" for kind, one in kinds.items()]


def summary(run: ReconcileRun | None) -> list[str]:
    """How the last comparison went, and what it could not compare."""
    if run is None:
        return ["The books have not been compared yet."]
    when = f" at {run.ended_at:{_MINUTE}} UTC" if run.ended_at is not None else ""
    compared = f"{run.bookings:,} bookings, {run.orders:,} orders, {run.payments:,} payments in {run.calls:,} calls"
    outcome = f"{run.found:,} found, {run.resolved:,} well again, {run.woken:,} catching up"
    lines = [f"Compared{when}: {compared}; {outcome}."]
    for who, whys in sorted(run.unchecked.items()):
        told = ", ".join(f"{count:,} {why}" for why, count in sorted(whys.items()))
        lines.append(f"Not compared with {who}: {told}.")
    if run.state is RunState.STOPPED and run.detail:
        lines.append(run.detail)
    return lines


def whole(one: ShownFinding) -> list[str]:
    """One finding with everything in it."""
    lines = [
        f"{one.kind} ({one.severity}, {one.state}), {one.about} of booking {one.booking_id or '-'}",
        one.detail,
        *(f"  {side}: {said}" for side, said in one.document.items()),
        f"{one.means} {one.todo}",
        f"Seen from {one.first_seen_at:{_MINUTE}} to {one.last_seen_at:{_MINUTE}} UTC.",
    ]
    if one.note is not None:
        lines.append(f"{one.settled_by or 'By itself'}: {one.note}")
    return lines
