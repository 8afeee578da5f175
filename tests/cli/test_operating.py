"""What operators type at night, what is asked of the API, and what they read."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from api.admin import present
from api.admin.answers import FindingList, GivenUpJob, QueueList, QueueState, ReconcileRunList, ReplayedLetters
from api.answers import Page
from cli.client import Api
from cli.findings import compared
from cli.main import main
from cli.stops import Stop
from domain.bookings import Booking, BookingStatus, Item, ItemStatus, Patience, Wishes
from domain.findings import Finding, FindingKind, FindingState, KeptFinding
from domain.jobs import Queue
from domain.payments import Method
from storage.bookings import Kept, StepTaken
from storage.reconciling import Because, Counts, Run, RunState
from tests.builders import NOW, flight_query, offer
from tests.cli.fake_api import FakeApi, fake_api

Captured = pytest.CaptureFixture[str]
FOUND = KeptFinding(
    finding=Finding(
        kind=FindingKind.ORDER_IN_DOUBT,
        booking_id="b" * 26,
        about="item:1",
        detail="heron does not tell what became of REF",
        document={"ours": {"status": "sent"}},
    ),
    state=FindingState.OPEN,
    first_seen_at=NOW,
    last_seen_at=NOW,
)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    monkeypatch.setenv("ADMIN_TOKEN", "sesame")
    with fake_api() as answering:
        yield answering


def run(state: RunState = RunState.DONE, **told: Any) -> Run:
    facts: dict[str, Any] = {
        "id": "run-1",
        "because": Because.HOURLY,
        "asked_by": None,
        "since": NOW,
        "until": NOW,
        "created_at": NOW,
        "ended_at": NOW,
        "counts": Counts(bookings=12, orders=14, payments=12, calls=20, found=1),
        "unchecked": {"heron": {"timeout": 2}},
    }
    return Run(state=state, **(facts | told))


def listed(*kept: KeptFinding) -> bytes:
    data = tuple(map(present.finding, kept))
    return msgspec.json.encode(FindingList(data=data, page=Page(next=None, total=len(data))))


def runs(*some: Run) -> bytes:
    return msgspec.json.encode(ReconcileRunList(data=tuple(map(present.run, some))))


def one_run(state: RunState, **told: Any) -> bytes:
    return msgspec.json.encode(present.run(run(state, **told)))


def whole() -> bytes:
    patience = Patience(since=NOW, tries=7, next_at=NOW + timedelta(minutes=5), detail="silence", doubt=True)
    item = Item(
        number=1,
        offer=offer(),
        query=flight_query(),
        price=offer().price,
        reference="REFERENCE",
        status=ItemStatus.SENT,
        sent_at=NOW,
        patience=patience,
    )
    booking = Booking(
        id="b" * 26,
        reference="K7XH4M",
        owner="anna",
        created_at=NOW,
        items=(item,),
        method=Method.CARD,
        gateway="purse",
        status=BookingStatus.IN_DOUBT,
        doubt="silence",
    )
    kept = Kept(booking=booking, wishes=Wishes(cancel=True), people=None, updated_at=NOW, due_at=NOW)
    step = StepTaken(
        number=1, kind="book", about="item:1", key="REFERENCE", begun_at=NOW, ended_at=None, outcome=None, detail=None
    )
    shown = present.whole(kept, claimed_until=None, steps=(step,), events=(), findings=(FOUND,))
    return msgspec.json.encode(shown)


def test_findings_are_shown_with_what_to_do_and_how_the_last_comparison_went(api: FakeApi, capsys: Captured) -> None:
    api.says("GET /v1/admin/reconcile", runs(run(RunState.RUNNING), run()))
    api.says("GET /v1/admin/findings", listed(FOUND))
    assert _run(f"reconcile --url {api.url}") == 0
    assert {heard.authorization for heard in api.heard} == {"Bearer sesame"}
    shown = capsys.readouterr().out
    assert "urgent" in shown
    assert "heron does not tell what became of REF" in shown
    assert FOUND.finding.id in shown
    assert "Call the supplier with our reference" in shown
    assert "12 bookings, 14 orders, 12 payments in 20 calls; 1 found" in shown
    assert "Not compared with heron: 2 timeout." in shown
    assert shown.endswith("1 findings.\n")


def test_when_all_books_agree_there_is_nothing_to_do(api: FakeApi, capsys: Captured) -> None:
    api.says("GET /v1/admin/reconcile", runs())
    api.says("GET /v1/admin/findings", listed())
    assert _run(f"reconcile --url {api.url}") == 0
    assert capsys.readouterr().out == "The books have not been compared yet.\nNothing waits for you.\n"


def test_books_are_compared_now_and_the_comparison_is_followed_to_its_end(api: FakeApi, capsys: Captured) -> None:
    api.says("POST /v1/admin/reconcile", one_run(RunState.DONE), status=202)
    api.says("GET /v1/admin/findings", listed(FOUND))
    assert _run(f"reconcile --now --hours 48 --url {api.url}") == 0
    assert api.heard[0].body == b'{"hours":48}'
    assert "12 bookings" in capsys.readouterr().out


def test_a_comparison_is_looked_at_until_it_has_ended(api: FakeApi) -> None:
    api.says("POST /v1/admin/reconcile", one_run(RunState.QUEUED), status=202)
    api.says("GET /v1/admin/reconcile/run-1", one_run(RunState.RUNNING), one_run(RunState.STOPPED))
    with Api(api.url) as asked:
        ended = compared(asked, token="sesame", hours=1, console=Console(file=StringIO()), wait=lambda _: False)
    assert (ended.state, len(api.heard)) == (RunState.STOPPED, 3)


def test_a_comparison_that_failed_says_why(api: FakeApi) -> None:
    api.says("POST /v1/admin/reconcile", one_run(RunState.FAILED, detail="PostgreSQL was away"), status=202)
    with Api(api.url) as asked, pytest.raises(Stop, match="PostgreSQL was away"):
        compared(asked, token="sesame", hours=1, console=Console(file=StringIO()), wait=lambda _: False)


def test_a_comparison_goes_on_when_nobody_waits_for_it(api: FakeApi) -> None:
    api.says("POST /v1/admin/reconcile", one_run(RunState.QUEUED), status=202)
    with Api(api.url) as asked, pytest.raises(Stop, match="goes on without us"):
        compared(asked, token="sesame", hours=1, console=Console(file=StringIO()), wait=lambda _: True)


def test_findings_in_other_states_are_listed_when_asked_for(api: FakeApi, capsys: Captured) -> None:
    api.says("GET /v1/admin/findings", listed(FOUND))
    assert _run(f"findings --state resolved --state dismissed --booking {'b' * 26} --url {api.url}") == 0
    assert api.heard[0].query == f"limit=200&booking={'b' * 26}&state=resolved%2Cdismissed"
    assert "order_in_doubt" in capsys.readouterr().out


def test_a_finding_is_settled_with_a_note(api: FakeApi, capsys: Captured) -> None:
    settled = msgspec.structs.replace(FOUND, state=FindingState.RESOLVED, settled_by="olga", note="called_them")
    api.says(f"POST /v1/admin/findings/{FOUND.finding.id}/settle", msgspec.json.encode(present.finding(settled)))
    assert _run(f"findings settle {FOUND.finding.id} --note called_them --url {api.url}") == 0
    assert api.heard[0].body == b'{"state":"resolved","note":"called_them"}'
    assert capsys.readouterr().out.endswith("olga: called_them\n")


def test_a_booking_is_shown_with_its_items_steps_and_findings(api: FakeApi, capsys: Captured) -> None:
    api.says("GET /v1/admin/bookings/K7XH4M", whole())
    assert _run(f"bookings show K7XH4M --url {api.url}") == 0
    shown = capsys.readouterr().out
    assert "K7XH4M" in shown
    assert "In doubt: silence" in shown
    assert "Wished: cancel" in shown
    assert "7 tries" in shown
    assert "no end" in shown
    assert "heron does not tell" in shown


def test_what_the_telephone_said_is_told(api: FakeApi) -> None:
    api.says("POST /v1/admin/bookings/K7XH4M/items/1/resolve", whole(), status=202)
    assert _run(f"bookings resolve K7XH4M 1 --booked H-1 --locator 77 --note Ito --url {api.url}") == 0
    assert _run(f"bookings resolve K7XH4M 1 --not-booked --note Ito --url {api.url}") == 0
    assert [msgspec.json.decode(heard.body) for heard in api.heard] == [
        {"outcome": "booked", "note": "Ito", "order_id": "H-1", "locator": "77"},
        {"outcome": "not_booked", "note": "Ito"},
    ]


@pytest.mark.parametrize("typed", ["--booked H-1 --not-booked", ""])
def test_an_order_is_either_there_or_not(api: FakeApi, typed: str, capsys: Captured) -> None:
    assert _run(f"bookings resolve K7XH4M 1 {typed} --note Ito --url {api.url}") == 1
    assert capsys.readouterr().err.startswith("Tell one of two")
    assert api.heard == []


def test_queues_are_shown_with_what_was_given_up_and_why(api: FakeApi, capsys: Captured) -> None:
    letter = GivenUpJob(
        id="letter-1", kind="keep_search", asked_at=NOW, died_at=NOW, attempts=8, why="PostgreSQL was away"
    )
    states = (
        QueueState(
            queue=Queue.HOUSEKEEPING,
            waiting=1200,
            delayed=3,
            under_way=2,
            oldest_seconds=61.0,
            dead=1,
            dead_letters=(letter,),
        ),
    )
    api.says("GET /v1/admin/queues", msgspec.json.encode(QueueList(data=states)))
    assert _run(f"queues --url {api.url}") == 0
    shown = capsys.readouterr().out
    assert "1,200" in shown
    assert "61 s" in shown
    assert "housekeeping letter-1 keep_search, 2027-01-15 12:00, 8 attempts: PostgreSQL was away" in shown


def test_dead_letters_are_put_on_their_queue_once_more(api: FakeApi, capsys: Captured) -> None:
    told = ReplayedLetters(queue=Queue.SEARCH, replayed=("a",), missing=("b",))
    api.says("POST /v1/admin/queues/search/dead-letters/replay", msgspec.json.encode(told))
    assert _run(f"queues replay search a b --url {api.url}") == 0
    assert _run(f"queues replay search --url {api.url}") == 0
    assert [heard.body for heard in api.heard] == [b'{"ids":["a","b"]}', b"{}"]
    assert capsys.readouterr().out.startswith("On search once more: 1.\nNo dead letters: b.\n")


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        ("reconcile", "GET /v1/admin/findings"),
        ("findings", "GET /v1/admin/findings"),
        ("findings show x", "GET /v1/admin/findings/x"),
        ("bookings show x", "GET /v1/admin/bookings/x"),
        ("queues", "GET /v1/admin/queues"),
    ],
)
def test_machines_get_what_the_api_said(api: FakeApi, typed: str, call: str, capsys: Captured) -> None:
    api.says("GET /v1/admin/reconcile", runs())
    api.says(call, b'{"as":"it came"}')
    assert _run(f"{typed} --json --url {api.url}") == 0
    assert capsys.readouterr().out == '{"as":"it came"}\n'


def _run(typed: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    return int(ended.value.code or 0)
