"""The pretend aviationstack tells of the world's flights as its documents say, and the adapter understands it."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from adapters.kit.calls import Call, Reply
from adapters.suppliers.aviationstack import SUPPLIER
from adapters.suppliers.aviationstack.reference import ask_for_routes, read_routes
from adapters.suppliers.aviationstack.sandbox import create_app
from domain.aviation import FlightStatus, TimetableEntry
from domain.enquiries import Direction, StatusEnquiry, TimetableEnquiry
from domain.places import Airport, Atlas, Point
from tests.builders import NOW
from tests.sandbox.overhead import CLOCK, WORLD

KEY = "sandbox-aviationstack-key"
ANOTHER = "sandbox-aviationstack-another"
FREE = "sandbox-aviationstack-free"
DAY = NOW.date()

ATLAS = Atlas(
    Airport(
        iata=fact.iata, icao=fact.icao, name=fact.name, city=fact.city, city_code=None, country=fact.country,
        subdivision=None, timezone=fact.timezone, location=Point(latitude=fact.latitude, longitude=fact.longitude),
        elevation_feet=None,
    )
    for fact in WORLD.airports.values()
)  # fmt: skip


class Traveller:
    """Calls a sandbox of its own; no call is too fast, since the clock goes on by a second with each."""

    def __init__(self) -> None:
        CLOCK.now = NOW
        self._app: Any = create_app(WORLD)  # falcon and httpx spell the type of an ASGI application differently

    def ask(self, path: str, params: Mapping[str, str], *, key: str = KEY, pause: float = 1) -> httpx.Response:
        CLOCK.go_on(seconds=pause)
        return asyncio.run(self._send(path, {**params, "access_key": key}))

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.ask(path, params)

    def rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get(path, **params).json()["data"]
        return rows

    def read(self, ways: Any, enquiry: Any) -> list[Any]:
        """The whole conversation, as the adapter has it; nothing may be skipped."""
        call: Call | None = ways.ask(enquiry)
        records: list[Any] = []
        calls = 0
        while call is not None:
            answer = self.ask(call.path, dict(call.params))
            reply = Reply(status=answer.status_code, headers={}, body=answer.content, received_at=CLOCK.now)
            assert SUPPLIER.refusal(reply) is None, answer.text
            readout = ways.read(reply, call, enquiry, ATLAS)
            assert readout.skipped == ()
            records += readout.records
            call, calls = readout.next, calls + 1
            assert calls <= ways.at_most
        return records

    async def _send(self, path: str, params: Mapping[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self._app), base_url="http://sandbox") as client:
            return await client.get(path, params=params)


@pytest.fixture
def traveller() -> Traveller:
    return Traveller()


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_flight_row_has_every_documented_field(traveller: Traveller) -> None:
    [row, *_] = traveller.rows("/flights", flight_iata="LX14")
    assert set(row) == {
        "flight_date", "flight_status", "departure", "arrival", "airline", "flight", "aircraft", "live",
    }  # fmt: skip
    ends = {
        "airport", "timezone", "iata", "icao", "terminal", "gate", "delay", "scheduled", "estimated", "actual",
        "estimated_runway", "actual_runway",
    }  # fmt: skip
    assert (set(row["departure"]), set(row["arrival"])) == (ends, ends | {"baggage"})
    assert set(row["flight"]) == {"number", "iata", "icao", "codeshared"}
    assert row["departure"]["scheduled"].endswith("+00:00")


def test_the_adapter_reads_the_worlds_own_flight(traveller: Traveller) -> None:
    enquiry = StatusEnquiry(carrier="LX", number="14", day=DAY)
    found = traveller.read(SUPPLIER.lookups[StatusEnquiry], enquiry)
    true = WORLD.aviation.flight("LX", 14, DAY)
    assert len(found) == len(true) == 1
    told, flown = found[0], true[0]
    assert isinstance(told, FlightStatus)
    assert (told.departure.airport, told.arrival.airport) == (flown.departure.airport, flown.arrival.airport)
    assert (told.departure.scheduled_at, told.departure.actual_at) == (
        flown.departure.scheduled,
        flown.departure.actual,
    )
    assert (told.arrival.scheduled_at, told.arrival.gate) == (flown.arrival.scheduled, flown.arrival.gate)


def test_the_adapter_finds_the_past_and_a_partners_number(traveller: Traveller) -> None:
    day = DAY - timedelta(days=40)
    flown = next(one for one in WORLD.aviation.departures("LUG", day) if one.codeshares)
    carrier, number = flown.codeshares[0]
    enquiry = StatusEnquiry(carrier=carrier, number=str(number), day=day)
    found = traveller.read(SUPPLIER.lookups[StatusEnquiry], enquiry)
    same = [told for told in found if told.departure.scheduled_at == flown.departure.scheduled]
    assert len(same) == 1
    assert str(same[0].operated_as) == f"{flown.carrier}{flown.number}"


def test_codes_inside_a_code_share_are_lower_case(traveller: Traveller) -> None:
    rows = traveller.rows("/flights", dep_iata="LUG", flight_date=DAY.isoformat())
    shares = [row["flight"]["codeshared"] for row in rows if row["flight"]["codeshared"]]
    assert shares
    assert all(text == text.lower() for share in shares for text in share.values())
    assert len(shares) < len(rows)


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"dep_iata": "LUG", "flight_status": "landed"}, lambda row: row["flight_status"] == "landed"),
        ({"dep_icao": "LSZA"}, lambda row: row["departure"]["iata"] == "LUG"),
        ({"arr_iata": "LUG", "airline_iata": "LX"}, lambda row: row["arrival"]["iata"] == "LUG"),
        ({"airline_icao": "SWR", "flight_number": "14"}, lambda row: row["flight"]["iata"] == "LX14"),
        ({"flight_icao": "SWR14"}, lambda row: row["flight"]["iata"] == "LX14"),
        ({"airline_name": "Luxair"}, lambda row: row["airline"]["iata"] == "LG"),
        ({"dep_iata": "ZRH", "min_delay_dep": "15"}, lambda row: row["departure"]["delay"] >= 15),
    ],
)
def test_flights_are_filtered_as_asked(traveller: Traveller, asked: dict[str, str], holds: Any) -> None:
    rows = traveller.rows("/flights", **asked)
    assert rows
    assert all(holds(row) for row in rows)


def test_nobody_flies_under_a_word_that_is_no_number(traveller: Traveller) -> None:
    answer = traveller.get("/flights", flight_iata="LX14X").json()
    assert (answer["data"], answer["pagination"]["total"]) == ([], 0)


def test_the_total_of_all_flights_is_a_cap(traveller: Traveller) -> None:
    answer = traveller.get("/flights").json()
    assert (answer["pagination"]["total"], answer["pagination"]["count"]) == (10_000, 100)


def test_what_free_does_not_have_is_refused(traveller: Traveller) -> None:
    for path, params in (
        ("/routes", {}),
        ("/timetable", {"iataCode": "LUG", "type": "departure"}),
        ("/flightsFuture", {"iataCode": "LUG", "type": "departure", "date": "2027-03-01"}),
        ("/flights", {"flight_iata": "LX14", "flight_date": "2027-01-14"}),
    ):
        answer = traveller.ask(path, params, key=FREE)
        assert (answer.status_code, code(answer)) == (403, "function_access_restricted")
    assert traveller.ask("/flights", {"flight_iata": "LX14"}, key=FREE).status_code == 200


@pytest.mark.parametrize(("path", "more"), [("/timetable", {}), ("/flightsFuture", {"date": "2027-03-01"})])
def test_boards_may_be_asked_once_in_ten_seconds(traveller: Traveller, path: str, more: dict[str, str]) -> None:
    asked = {"iataCode": "LUG", "type": "departure", **more}
    assert traveller.ask(path, asked, key=ANOTHER).status_code == 200
    hasty = traveller.ask(path, asked, key=ANOTHER, pause=9.9)
    assert (hasty.status_code, code(hasty)) == (429, "rate_limit_reached")
    assert traveller.ask(path, asked, key=ANOTHER, pause=0.1).status_code == 200


def test_a_board_row_has_the_third_family_of_names_and_no_offsets(traveller: Traveller) -> None:
    row = traveller.rows("/timetable", iataCode="LUG", type="departure")[0]
    assert set(row) == {"type", "status", "departure", "arrival", "airline", "flight", "codeshared"}
    assert set(row["flight"]) == {"number", "iataNumber", "icaoNumber"}
    assert row["departure"]["scheduledTime"].endswith(":00.000")


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("later", [-2, 0, 45])
def test_the_adapter_reads_every_line_of_a_board(traveller: Traveller, direction: Direction, later: int) -> None:
    day = DAY + timedelta(days=later)
    enquiry = TimetableEnquiry(airport="LUG", direction=direction, day=day)
    found = traveller.read(SUPPLIER.lookups[TimetableEnquiry], enquiry)
    true = (
        WORLD.aviation.departures("LUG", day)
        if direction is Direction.DEPARTURES
        else WORLD.aviation.arrivals("LUG", day)
    )
    assert all(isinstance(entry, TimetableEntry) for entry in found)
    own = sorted(
        (str(one.flight), one.departure.scheduled_at, one.arrival.scheduled_at) for one in found if not one.operated_as
    )
    assert own == sorted((f"{one.carrier}{one.number}", one.departure.scheduled, one.arrival.scheduled) for one in true)
    assert own


def test_both_ways_to_write_a_time_of_a_day_to_come_are_in_use(traveller: Traveller) -> None:
    asked = {"type": "departure", "date": "2027-03-01"}
    lengths = {
        len(traveller.rows("/flightsFuture", iataCode=iata, **asked)[0]["departure"]["scheduledTime"])
        for iata in ("LUG", "BRN", "LUX", "INN", "GVA")
    }
    assert lengths == {len("10:00"), len("2027-03-01 10:00:00")}


def test_a_day_to_come_is_told_in_lower_case_and_without_an_offset(traveller: Traveller) -> None:
    answer = traveller.get("/flightsFuture", iataCode="LUG", type="departure", date="2027-03-01").json()
    assert answer["pagination"]["offset"] is None
    row = answer["data"][0]
    assert (row["weekday"], row["departure"]["iataCode"], row["departure"]["gate"]) == ("1", "lug", "")


@pytest.mark.parametrize("days", [-1, 0, 7])
def test_a_day_that_is_too_near_is_no_future(traveller: Traveller, days: int) -> None:
    day = (DAY + timedelta(days=days)).isoformat()
    answer = traveller.get("/flightsFuture", iataCode="LUG", type="departure", date=day)
    assert (answer.status_code, code(answer)) == (400, "validation_error")
    assert answer.json()["error"]["context"]["date"][0]["key"] == "invalid_future_date"


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"type": "departure"}, "iataCode"),
        ({"iataCode": "LUG"}, "type"),
        ({"iataCode": "LUG", "type": "both"}, "type"),
        ({"iataCode": "QQQ", "type": "arrival"}, "iataCode"),
    ],
)
def test_a_board_wants_an_airport_and_a_type(traveller: Traveller, asked: dict[str, str], parameter: str) -> None:
    answer = traveller.get("/timetable", **asked)
    assert (answer.status_code, list(answer.json()["error"]["context"])) == (400, [parameter])


def test_routes_are_counted_and_read_by_the_adapter(traveller: Traveller) -> None:
    call = ask_for_routes()
    answer = traveller.ask(call.path, dict(call.params))
    reply = Reply(status=200, headers={}, body=answer.content, received_at=NOW)
    readout = read_routes(reply, call)
    assert (len(readout.records), readout.skipped) == (100, ())
    assert readout.expected == len(WORLD.aviation.routes())
    assert readout.next is not None


def test_routes_are_filtered_and_tell_numbers_alone(traveller: Traveller) -> None:
    rows = traveller.rows("/routes", airline_icao="SWR", dep_iata="ZRH", arr_icao="KJFK")
    assert rows
    assert {(row["departure"]["iata"], row["arrival"]["iata"], row["airline"]["iata"]) for row in rows} == {
        ("ZRH", "JFK", "LX")
    }
    assert all(row["flight"]["number"].isdecimal() for row in rows)
    only = rows[0]["flight"]["number"]
    assert len(traveller.rows("/routes", airline_iata="LX", dep_iata="ZRH", arr_iata="JFK", flight_number=only)) == 1


def test_the_example_is_a_flight_of_the_day_that_suites_begin_with(traveller: Traveller) -> None:
    for ways in SUPPLIER.lookups.values():
        assert date(2027, 1, 15) == ways.example.day  # type: ignore[union-attr]  # both of these have a day
        assert traveller.read(ways, ways.example)
