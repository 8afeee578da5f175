"""`travelhub reconcile`, `findings`, `bookings`, `queues`: what operators want to know at night, and may do about it."""

from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from api.admin.answers import FindingList, QueueList, ReplayedLetters, ShownFinding, WholeBooking
from cli import bookings as seen
from cli import findings as found
from cli import queues as backlog
from cli.client import Api, read
from cli.stops import Stop
from cli.terminal import ANYWHERE, Target, admin_token, errors, print_json, show, url
from domain.findings import FindingState
from domain.jobs import Queue

comparing: Final = App(version_flags=())
findings: Final = App(name="findings", help="What differs between our books, suppliers' and gateways'.")
bookings: Final = App(name="bookings", help="Bookings, as operators see them.")
queues: Final = App(name="queues", help="What waits for workers, and what they have given up.")

_STANDING: Final = "/v1/admin/findings"
_Note = Annotated[str, Parameter(help="What was found out, and by whom.")]


@comparing.command(name="reconcile")
def _reconcile(
    *,
    now: Annotated[bool, Parameter(help="Compare the books first.", negative="")] = False,
    hours: Annotated[int, Parameter(help="With `--now`: how far back.")] = 24,
    target: Target = ANYWHERE,
) -> None:
    """What differs between our books, suppliers' and gateways': `travelhub reconcile`, or compared anew with `--now`."""
    token = admin_token()
    with Api(url(target)) as api:
        run = found.compared(api, token=token, hours=hours, console=errors) if now else found.latest(api, token=token)
        body = api.get(_STANDING, {"limit": "200"}, token=token)
    if target.json:
        print_json(body)
        return
    listed = read(body, FindingList)
    if listed.data:
        show(found.table(listed), "", *found.what_to_do(listed), "")
    show(*found.summary(run), _counted(listed))


@findings.default
def _findings(*, state: tuple[FindingState, ...] = (), booking: str = "", target: Target = ANYWHERE) -> None:
    """Those that wait for somebody, or in other states, or of one booking by its id."""
    params = {"limit": "200", "booking": booking, "state": ",".join(state)}
    body = _asked("GET", _STANDING, target, params={name: value for name, value in params.items() if value})
    if target.json:
        print_json(body)
        return
    listed = read(body, FindingList)
    if listed.data:
        show(found.table(listed), "")
    show(_counted(listed))


@findings.command(name="show")
def _finding(finding: str, /, *, target: Target = ANYWHERE) -> None:
    """One finding, with what each side says and what to do."""
    _told(_asked("GET", f"{_STANDING}/{finding}", target), target)


@findings.command(name="settle")
def _settle(
    finding: str, /, *, note: _Note, state: FindingState = FindingState.RESOLVED, target: Target = ANYWHERE
) -> None:
    """Say what became of a finding: `travelhub findings settle <id> --note "refunded by transfer"`."""
    _told(_asked("POST", f"{_STANDING}/{finding}/settle", target, body={"state": state, "note": note}), target)


@bookings.command(name="show")
def _booking(booking: str, /, *, target: Target = ANYWHERE) -> None:
    """Its items, payments, steps and findings: `travelhub bookings show K7XH4M`."""
    _shown(_asked("GET", f"/v1/admin/bookings/{booking}", target), target)


@bookings.command(name="resolve")
def _resolve(
    booking: str,
    item: int,
    /,
    *,
    note: _Note,
    booked: Annotated[str, Parameter(help="The supplier's number of the order, if there is one.")] = "",
    locator: Annotated[str, Parameter(help="What travellers show there.")] = "",
    not_booked: Annotated[bool, Parameter(help="There is no order.", negative="")] = False,
    target: Target = ANYWHERE,
) -> None:
    """Tell what a supplier said on the telephone about an order in doubt: `--booked H-77310`, or `--not-booked`."""
    if bool(booked) is not_booked:
        raise Stop("Tell one of two: --booked with the supplier's number, or --not-booked.")
    told: dict[str, Any] = {"outcome": "booked" if booked else "not_booked", "note": note}
    told |= {name: value for name, value in (("order_id", booked), ("locator", locator)) if value}
    _shown(_asked("POST", f"/v1/admin/bookings/{booking}/items/{item}/resolve", target, body=told), target)


@queues.default
def _queues(*, target: Target = ANYWHERE) -> None:
    """How much waits on each, and the last jobs that were given up, with why."""
    body = _asked("GET", "/v1/admin/queues", target)
    if target.json:
        print_json(body)
        return
    told = read(body, QueueList)
    show(backlog.table(told))
    if lines := backlog.letters(told):
        show("", *lines)


@queues.command(name="replay")
def _replay(queue: Queue, /, *letters: str, target: Target = ANYWHERE) -> None:
    """Put what was given up on its queue once more: all of it, or the letters that are named."""
    body = _asked(
        "POST",
        f"/v1/admin/queues/{queue}/dead-letters/replay",
        target,
        body={"ids": list(letters)} if letters else {},
    )
    if target.json:
        print_json(body)
        return
    show(*backlog.replayed(read(body, ReplayedLetters)))


def _asked(
    method: str,
    path: str,
    target: Target,
    *,
    params: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
) -> bytes:
    token = admin_token()
    with Api(url(target)) as api:
        if method == "POST":
            return api.post(path, token=token, body=body)
        return api.get(path, params, token=token)


def _told(body: bytes, target: Target) -> None:
    if target.json:
        print_json(body)
    else:
        show(*found.whole(read(body, ShownFinding)))


def _shown(body: bytes, target: Target) -> None:
    if target.json:
        print_json(body)
        return
    one = read(body, WholeBooking)
    show(*seen.head(one), "", seen.items(one))
    if one.charges:
        show("", seen.charges(one))
    if one.steps:
        show("", seen.steps(one))
    for finding in one.findings:
        show("", *found.whole(finding))


def _counted(listed: FindingList) -> str:
    if not listed.page.total:
        return "Nothing waits for you."
    more = f", of which {len(listed.data):,} are shown" if listed.page.next is not None else ""
    return f"{listed.page.total:,} findings{more}."
