"""What is typed, what is asked of the API, what is printed, and how it ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from adapters.kit.registry import suppliers
from api import present
from cli.client import Api
from cli.greeting import search_line
from cli.main import main
from cli.syncs import sync
from domain.catalogue import JobState, Subject, SyncJob
from domain.matching.verticals import MERGED
from domain.offers import Offer
from domain.queries import Query
from domain.searches import SkippedRecord, arrived, begun
from tests import builders as a
from tests.api.hub import on_the_wire
from tests.cli.fake_api import FakeApi, fake_api


def test_a_search_asks_what_was_typed_and_shows_what_was_found(api: FakeApi, capsys: "Captured") -> None:
    api.says("GET /v1/flights/search", _found())
    typed = f"search flights lhr jfk 2027-03-01 --return 2027-03-08 --adults 2 --cabin business --currency gbp --url {api.url}"
    assert _run(typed) == 0
    assert api.heard[0].query == (
        "origin=LHR&destination=JFK&departure_date=2027-03-01&return_date=2027-03-08&adults=2&children=0&infants=0"
        "&cabin=business&currency=GBP&wait=15&limit=20"
    )
    assert "420.00 EUR" in capsys.readouterr().out


def test_a_search_for_hotels_asks_what_was_typed_and_shows_what_was_found(api: FakeApi, capsys: "Captured") -> None:
    api.says("GET /v1/hotels/search", _found(a.hotel_query(), a.stay_offer()))
    typed = (
        "search hotels par 2027-03-01 2027-03-04 --rooms 2 --adults 3 --child 7 --child 12 --market ch --radius-km 5"
        f" --sort distance --currency chf --limit 5 --url {api.url}"
    )
    assert _run(typed) == 0
    assert api.heard[0].query == (
        "destination=PAR&check_in=2027-03-01&check_out=2027-03-04&rooms=2&adults=3&children_ages=7%2C12&radius_km=5"
        "&market=CH&sort=distance&currency=CHF&wait=15&limit=5"
    )
    shown = capsys.readouterr().out
    assert "360.00 EUR" in shown
    assert "1 property, just fetched." in shown


def test_what_is_not_typed_is_the_apis_to_decide(api: FakeApi) -> None:
    api.says("GET /v1/hotels/search", _found(a.hotel_query(), a.stay_offer()))
    api.says("GET /v1/cars/search", _found(a.car_query(), a.rental_offer()))
    assert _run(f"search hotels 48.86,2.35 2027-03-01 2027-03-04 --url {api.url}") == 0
    assert _run(f"search cars lhr 2027-03-01T10:00 2027-03-06T10:00 --url {api.url}") == 0
    assert [heard.query for heard in api.heard] == [
        "destination=48.86%2C2.35&check_in=2027-03-01&check_out=2027-03-04&rooms=1&adults=2&sort=price&wait=15&limit=20",
        "pick_up=LHR&pick_up_at=2027-03-01T10%3A00%3A00&drop_off_at=2027-03-06T10%3A00%3A00&driver_age=30&wait=15&limit=20",
    ]


def test_a_place_in_the_south_is_no_option(api: FakeApi) -> None:
    api.says("GET /v1/hotels/search", _found(a.hotel_query(), a.stay_offer()))
    assert _run(f"search hotels -33.87,151.21 2027-03-01 2027-03-04 --url {api.url}") == 0
    assert api.heard[0].query.startswith("destination=-33.87%2C151.21&")


def test_a_search_for_cars_asks_what_was_typed_and_shows_what_was_found(api: FakeApi, capsys: "Captured") -> None:
    api.says("GET /v1/cars/search", _found(a.car_query(), a.rental_offer()))
    typed = (
        "search cars lhr 2027-03-01T10:00 2027-03-06T10:00 --drop-off lgw --age 24 --currency eur --market us"
        f" --url {api.url}"
    )
    assert _run(typed) == 0
    assert api.heard[0].query == (
        "pick_up=LHR&drop_off=LGW&pick_up_at=2027-03-01T10%3A00%3A00&drop_off_at=2027-03-06T10%3A00%3A00&driver_age=24"
        "&market=US&currency=EUR&wait=15&limit=20"
    )
    shown = capsys.readouterr().out
    assert "200.00 GBP" in shown
    assert "ECMR economy, manual, air conditioning" in shown
    assert "1 car, just fetched." in shown


@pytest.mark.parametrize("vertical", ["hotels PAR 2027-03-01 2027-03-04", "cars LHR 2027-03-01T10:00 2027-03-06T10:00"])
def test_for_machines_every_search_is_printed_as_it_came(api: FakeApi, vertical: str, capsys: "Captured") -> None:
    said = _found(a.hotel_query(), a.stay_offer())
    api.says(f"GET /v1/{vertical.partition(' ')[0]}/search", said)
    assert _run(f"search {vertical} --json --url {api.url}") == 0
    assert capsys.readouterr().out.encode() == said + b"\n"


def test_a_cabin_of_two_words_is_understood_with_either_sign_between_them(api: FakeApi) -> None:
    api.says("GET /v1/flights/search", _found())
    for typed in ("premium-economy", "premium_economy"):
        assert _run(f"search flights LHR JFK 2027-03-01 --cabin {typed} --url {api.url}") == 0
    assert all("cabin=premium_economy" in heard.query for heard in api.heard)


def test_for_machines_the_answer_is_printed_as_it_came(api: FakeApi, capsys: "Captured") -> None:
    api.says("GET /v1/flights/search", _found())
    assert _run(f"search flights LHR JFK 2027-03-01 --json --url {api.url}") == 0
    assert capsys.readouterr().out.encode() == _found() + b"\n"


def test_what_the_api_refuses_is_said_in_its_own_words(api: FakeApi, capsys: "Captured") -> None:
    problem = b'{"title": "No", "detail": "origin: \'XX\' is not an IATA airport code"}'
    api.says("GET /v1/flights/search", problem, status=422)
    assert _run(f"search flights XX JFK 2027-03-01 --url {api.url}") == 1
    assert capsys.readouterr().err == "The API refused (422): origin: 'XX' is not an IATA airport code.\n"


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"\xff"])
def test_whoever_is_not_travelhub_is_noticed(api: FakeApi, body: bytes, capsys: "Captured") -> None:
    api.says("GET /v1/flights/search", body)
    assert _run(f"search flights LHR JFK 2027-03-01 --url {api.url}") == 1
    assert capsys.readouterr().err.startswith("That is not how TravelHub answers: ")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nonsense", "http://[", "ftp://127.0.0.1"])
def test_nobody_there_is_one_sentence(url: str, capsys: "Captured") -> None:
    assert _run(f"search flights LHR JFK 2027-03-01 --url {url}") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert url in said


@pytest.mark.parametrize(
    "typed",
    [
        "search flights LHR JFK tomorrow",
        "search flights LHR",
        "search hotels PAR 2027-03-01",
        "search hotels PAR 2027-03-01 2027-03-04 --child seven",
        "search hotels PAR 2027-03-01 2027-03-04 --sort beauty",
        "search cars LHR 2027-03-01T10:00 noon",
        "sync moons",
        "search flights LHR JFK 2027-03-01 --seat 4",
    ],
)
def test_what_is_not_understood_ends_with_two_and_a_sentence(typed: str, capsys: "Captured") -> None:
    assert _run(typed) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0


def test_a_sync_is_followed_to_its_end(api: FakeApi, capsys: "Captured", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_TOKEN", "sesame")
    api.says("POST /v1/airports/sync", _job(JobState.QUEUED), status=202)
    api.says(
        "GET /v1/jobs/j1", _job(JobState.QUEUED), _job(JobState.RUNNING, rows=4000), _job(JobState.DONE, rows=7912)
    )
    assert _run(f"sync airports --url {api.url}") == 0
    assert {call.authorization for call in api.heard} == {"Bearer sesame"}
    assert len(api.heard) == 4
    assert capsys.readouterr().out == "Airports: 7,912 from albatross, 1 skipped.\n  data[17]: no time zone\n"


def test_at_a_terminal_a_sync_shows_how_far_it_is(api: FakeApi) -> None:
    terminal = Console(file=StringIO(), force_terminal=True, width=100)
    api.says("POST /v1/airports/sync", _job(JobState.QUEUED), status=202)
    api.says(
        "GET /v1/jobs/j1", _job(JobState.QUEUED), _job(JobState.RUNNING, rows=4000), _job(JobState.DONE, rows=7912)
    )
    with Api(api.url) as asked, terminal.capture() as shown:
        sync(asked, Subject.AIRPORTS, token="sesame", console=terminal, wait=lambda _: False)
    assert "Airports" in shown.get()
    assert "7,912 rows" in shown.get()


def test_the_token_that_was_made_for_the_data_folder_is_used(
    api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: "Captured"
) -> None:
    monkeypatch.delenv("ADMIN_TOKEN", raising=False)
    monkeypatch.setenv("TRAVELHUB_DATA", str(tmp_path))
    assert _run(f"sync airlines --url {api.url}") == 1
    assert capsys.readouterr().err.startswith("No admin token")
    (tmp_path / "admin-token").write_text("kept\n")
    api.says("POST /v1/airlines/sync", _job(JobState.DONE), status=202)
    api.says("GET /v1/jobs/j1", _job(JobState.DONE))
    assert _run(f"sync airlines --json --url {api.url}") == 0
    assert api.heard[0].authorization == "Bearer kept"
    assert capsys.readouterr().out.encode() == _job(JobState.DONE) + b"\n"


def test_a_sync_that_failed_says_why(api: FakeApi, capsys: "Captured", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_TOKEN", "sesame")
    api.says("POST /v1/airports/sync", _job(JobState.QUEUED), status=202)
    api.says("GET /v1/jobs/j1", _job(JobState.FAILED, detail="the key was refused"))
    assert _run(f"sync airports --url {api.url}") == 1
    assert "The sync failed: the key was refused." in capsys.readouterr().err


def test_every_supplier_with_a_folder_is_listed(capsys: "Captured") -> None:
    assert _run("suppliers") == 0
    shown = capsys.readouterr().out
    assert _run("suppliers --json") == 0
    listed = msgspec.json.decode(capsys.readouterr().out)
    assert [one["slug"] for one in listed] == list(suppliers())
    assert all(f"\n{slug} " in shown for slug in suppliers())
    assert all(one["budget"].partition(",")[0] in shown for one in listed)


def test_what_suppliers_have_begun_to_say_is_told_for_people_and_for_machines(
    database_url: str, capsys: "Captured", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert _run("suppliers drift") == 0
    assert capsys.readouterr().out.endswith("All that was seen is known, and all that is known was seen.\n")
    assert _run("suppliers drift --json") == 0
    assert msgspec.json.decode(capsys.readouterr().out) == []
    assert _run("suppliers drift nobody") == 1
    assert capsys.readouterr().err.startswith("No supplier is called nobody")


def test_a_database_is_brought_up_to_date_as_often_as_one_likes(
    database_url: str, capsys: "Captured", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert _run("migrate") == 0
    assert capsys.readouterr().out == "The database is up to date.\n"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "DATABASE_URL is not set"),
        ("postgresql://nobody@127.0.0.1:9/nothing", "127.0.0.1"),
        ("nonsense", "cannot be read"),
        ("mysql://me:secret@127.0.0.1/x", "cannot be read"),
        ("postgresql://127.0.0.1:port/x", "cannot be read"),
    ],
)
def test_a_database_that_is_not_there_is_one_sentence(
    url: str, why: str, capsys: "Captured", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert _run("migrate") == 1
    said = capsys.readouterr().err
    assert why in said
    assert "secret" not in said
    assert said.count("\n") == 1


def test_the_version_is_a_number(capsys: "Captured") -> None:
    assert _run("version") == 0
    assert capsys.readouterr().out[0].isdigit()


def test_the_line_to_paste_asks_for_a_day_in_sixty_days() -> None:
    line = search_line("http://127.0.0.1:8000", datetime(2027, 1, 1, 23, tzinfo=UTC))
    assert line == "curl 'http://127.0.0.1:8000/v1/flights/search?origin=LHR&destination=JFK&departure_date=2027-03-02'"


Captured = pytest.CaptureFixture[str]


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with fake_api() as api:
        yield api


def _run(typed: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    return int(ended.value.code or 0)


def _found(query: Query | None = None, offer: Offer | None = None) -> bytes:
    """One supplier's one offer; of a flight, where nothing else is said."""
    asked = begun(query or a.flight_query(), (a.ALBATROSS,), a.NOW)
    merge = MERGED[asked.query.vertical]
    return on_the_wire(arrived(asked, a.report(offers=1), [offer or a.offer()], merge=merge, now=a.NOW), now=a.NOW)


def _job(state: JobState, *, rows: int = 0, detail: str | None = None) -> bytes:
    job = SyncJob(
        id="j1",
        subject=Subject.AIRPORTS,
        state=state,
        source=a.ALBATROSS,
        pages=1,
        rows=rows,
        expected=None,
        skipped_records=1,
        skipped=(SkippedRecord(where="data[17]", why="no time zone"),),
        vanished=0,
        created_at=a.NOW,
        started_at=None,
        finished_at=None,
        detail=detail,
    )
    return msgspec.json.encode(present.job(job))
