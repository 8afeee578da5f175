"""aviationstack's flights, boards and routes: what is asked, what is read, and each trap of its format by name."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import pytest

from adapters.kit.budget import Window
from adapters.kit.calls import Call, Readout, Reply
from adapters.suppliers.aviationstack import SUPPLIER
from adapters.suppliers.aviationstack.reference import ask_for_routes, read_routes
from domain.aviation import FlightNumber, FlightState, FlightStatus, Route, TimetableEntry
from domain.enquiries import Direction, StatusEnquiry, TimetableEnquiry
from tests.builders import ATLAS, NOW, wall_clock

STATUS, BOARD = SUPPLIER.lookups[StatusEnquiry], SUPPLIER.lookups[TimetableEnquiry]
DAY = NOW.date()
LX14 = StatusEnquiry(carrier="LX", number="14", day=DAY)
FROM_ZURICH = TimetableEnquiry(airport="ZRH", direction=Direction.DEPARTURES, day=DAY)


def place(iata: str, scheduled: str, **told: Any) -> dict[str, Any]:
    """`scheduled` is what the clock on the wall shows."""
    return {
        "airport": "Somewhere", "timezone": None, "iata": iata, "icao": None, "terminal": None, "gate": None,
        "delay": None, "scheduled": f"{scheduled}:00+00:00", "estimated": None, "actual": None,
        "estimated_runway": None, "actual_runway": None,
    } | told  # fmt: skip


def row(**changes: Any) -> dict[str, Any]:
    return {
        "flight_date": "2027-01-15", "flight_status": "active",
        "departure": place("ZRH", "2027-01-15T10:00", timezone="Europe/Zurich", terminal="1", gate="E34", delay=12),
        "arrival": place("JFK", "2027-01-15T13:05", timezone="America/New_York", baggage="5"),
        "airline": {"name": "SWISS", "iata": "LX", "icao": "SWR"},
        "flight": {"number": "14", "iata": "LX14", "icao": "SWR14", "codeshared": None},
        "aircraft": {"registration": "HB-JNA", "iata": "77W", "icao": "B77W", "icao24": "4B1A2F"},
        "live": None,
    } | changes  # fmt: skip


def board_place(iata: str, scheduled: str | None, **told: Any) -> dict[str, Any]:
    return {"iataCode": iata, "icaoCode": "", "terminal": "", "gate": "", "scheduledTime": scheduled} | told


def line(**changes: Any) -> dict[str, Any]:
    return {
        "type": "departure", "status": "scheduled",
        "departure": board_place("ZRH", "2027-01-15T10:00:00.000", delay="12"),
        "arrival": board_place("JFK", "2027-01-15T13:05:00.000"),
        "airline": {"name": "SWISS", "iataCode": "LX", "icaoCode": "SWR"},
        "flight": {"number": "14", "iataNumber": "LX14", "icaoNumber": "SWR14"},
        "codeshared": None,
    } | changes  # fmt: skip


def page(*rows: Any, **pagination: Any) -> Reply:
    told = {"offset": 0, "limit": 100, "count": len(rows), "total": len(rows)} | pagination
    return reply({"pagination": told, "data": list(rows)})


def reply(body: object, *, at: datetime = NOW) -> Reply:
    return Reply(status=200, headers={}, body=msgspec.json.encode(body), received_at=at)


def read(
    *rows: Any, enquiry: StatusEnquiry = LX14, call: Call | None = None, **pagination: Any
) -> Readout[FlightStatus]:
    return STATUS.read(page(*rows, **pagination), call or STATUS.ask(enquiry), enquiry, ATLAS)


def one(*rows: Any) -> FlightStatus:
    readout = read(*rows)
    assert readout.skipped == ()
    [status] = readout.records
    return status


def board(*rows: Any, enquiry: TimetableEnquiry = FROM_ZURICH, call: Call | None = None) -> Readout[TimetableEntry]:
    return BOARD.read(page(*rows), call or BOARD.ask(enquiry), enquiry, ATLAS)


def params(call: Call | None) -> dict[str, str]:
    assert call is not None
    return dict(call.params)


def test_the_state_of_a_flight_is_read() -> None:
    status = one(row())
    assert (status.flight, status.airline, status.day) == (FlightNumber(carrier="LX", number="14"), "SWISS", DAY)
    assert status.state is FlightState.ACTIVE
    assert (status.departure.terminal, status.departure.gate, status.departure.delay) == (
        "1",
        "E34",
        timedelta(minutes=12),
    )
    assert (status.arrival.airport, status.arrival.belt, status.arrival.delay) == ("JFK", "5", None)
    assert status.aircraft is not None
    assert (status.aircraft.registration, status.aircraft.icao_type) == ("HB-JNA", "B77W")
    assert (status.supplier, status.told_at) == (SUPPLIER.slug, NOW)


def test_local_times_carry_a_false_offset() -> None:
    status = one(row())
    assert status.departure.scheduled_at == wall_clock("ZRH", "2027-01-15T10:00")
    assert status.arrival.scheduled_at == wall_clock("JFK", "2027-01-15T13:05")


def test_the_rows_own_zone_goes_before_the_atlas_and_the_atlas_before_nothing() -> None:
    moved = one(row(departure=place("ZRH", "2027-01-15T10:00", timezone="Asia/Dubai")))
    assert moved.departure.scheduled_at == wall_clock("DXB", "2027-01-15T10:00")
    known = one(row(departure=place("ZRH", "2027-01-15T10:00")))
    assert known.departure.scheduled_at == wall_clock("ZRH", "2027-01-15T10:00")
    nowhere = read(row(departure=place("QQQ", "2027-01-15T10:00")))
    assert nowhere.records == ()
    assert "unknown zone" in nowhere.skipped[0].why


def test_a_zone_that_does_not_exist_spoils_one_row() -> None:
    readout = read(row(departure=place("ZRH", "2027-01-15T10:00", timezone="Europe/Nowhere")), row())
    assert len(readout.records) == len(readout.skipped) == 1
    assert "Europe/Nowhere" in readout.skipped[0].why


def test_what_is_flown_under_a_code_share_is_told_in_lower_case() -> None:
    shared = row(
        airline={"name": "United Airlines", "iata": "UA", "icao": "UAL"},
        flight={
            "number": "9736", "iata": "UA9736", "icao": "UAL9736",
            "codeshared": {
                "airline_name": "swiss", "airline_iata": "lx", "airline_icao": "swr", "flight_number": "14",
                "flight_iata": "lx14", "flight_icao": "swr14",
            },
        },
    )  # fmt: skip
    enquiry = StatusEnquiry(carrier="UA", number="9736", day=DAY)
    [status] = read(shared, enquiry=enquiry).records
    assert str(status.flight) == "UA9736"
    assert str(status.operated_as) == "LX14"


def test_a_transponders_address_is_upper_case_here_and_lower_case_with_us() -> None:
    aircraft = one(row()).aircraft
    assert aircraft is not None
    assert aircraft.icao24 == "4b1a2f"


@pytest.mark.parametrize(
    "aircraft", [None, {"registration": None, "iata": None, "icao": None, "icao24": None}, {"registration": ""}]
)
def test_an_aircraft_of_which_nothing_is_told_is_none(aircraft: object) -> None:
    assert one(row(aircraft=aircraft)).aircraft is None


@pytest.mark.parametrize("told", [None, "", "taxiing"])
def test_a_status_that_is_null_or_unheard_of_is_not_told(told: str | None) -> None:
    assert one(row(flight_status=told)).state is None


@pytest.mark.parametrize("delay", [None, 0, "0", ""])
def test_no_delay_and_an_unknown_one_are_the_same(delay: object) -> None:
    assert one(row(departure=place("ZRH", "2027-01-15T10:00", delay=delay))).departure.delay is None


def test_the_airline_that_is_called_empty_has_no_name() -> None:
    assert one(row(airline={"name": "empty", "iata": "LX", "icao": "SWR"})).airline is None


def test_a_flight_of_nobody_is_skipped_and_named() -> None:
    readout = read(row(airline={"name": None, "iata": None, "icao": None}))
    assert readout.records == ()
    assert readout.skipped[0].why == "flight 14 has no airline"


def test_live_is_kept_as_it_came_and_nothing_is_built_on_it() -> None:
    assert one(row()).supplier_extra == {}
    assert one(row(live={"altitude": 10_000})).supplier_extra == {"live": '{"altitude":10000}'}


def test_the_first_question_is_one_that_every_plan_may_ask() -> None:
    assert params(STATUS.ask(LX14)) == {"flight_iata": "LX14", "limit": "100", "offset": "0"}
    assert params(STATUS.ask(StatusEnquiry(carrier="SWR", number="14", day=DAY)))["flight_icao"] == "SWR14"


def test_the_same_flight_of_other_days_is_passed_over() -> None:
    readout = read(row(flight_date="2027-01-14"), row(), row(flight_date="2027-01-16"))
    assert [status.day for status in readout.records] == [DAY]
    assert readout.next is None


def test_a_day_that_is_over_is_asked_for_as_the_past_and_only_once() -> None:
    enquiry = StatusEnquiry(carrier="LX", number="14", day=date(2026, 12, 24))
    past = read(row(), enquiry=enquiry).next
    assert params(past) == {"flight_iata": "LX14", "flight_date": "2026-12-24", "limit": "100", "offset": "0"}
    assert read(enquiry=enquiry, call=past).next is None


def test_a_day_to_come_has_no_past_to_ask_for() -> None:
    readout = read(row(), enquiry=StatusEnquiry(carrier="LX", number="14", day=DAY + timedelta(days=30)))
    assert (readout.records, readout.next) == ((), None)


def test_an_answer_about_another_flight_is_not_taken_for_ours() -> None:
    readout = read(row(), enquiry=StatusEnquiry(carrier="LX", number="15", day=DAY))
    assert readout.records == ()
    assert readout.skipped[0].why == "is LX14, asked for LX15"


def test_a_number_with_zeros_in_front_is_the_same_flight() -> None:
    assert len(read(row(), enquiry=StatusEnquiry(carrier="LX", number="0014", day=DAY)).records) == 1


def test_a_board_is_read_from_the_third_family_of_names() -> None:
    [entry] = board(line()).records
    assert (str(entry.flight), entry.airline, entry.day) == ("LX14", "SWISS", DAY)
    assert entry.state is FlightState.SCHEDULED
    assert entry.departure.scheduled_at == wall_clock("ZRH", "2027-01-15T10:00")
    assert entry.arrival.scheduled_at == wall_clock("JFK", "2027-01-15T13:05")


def test_empty_text_on_a_board_is_unknown_and_a_delay_is_text() -> None:
    [entry] = board(line()).records
    assert (entry.departure.terminal, entry.departure.gate, entry.departure.airport_icao) == (None, None, None)
    assert entry.departure.delay == timedelta(minutes=12)


def test_today_is_what_the_lines_of_the_board_say() -> None:
    readout = board(line(), enquiry=msgspec.structs.replace(FROM_ZURICH, day=DAY + timedelta(days=30)))
    assert readout.records == ()
    assert readout.next is not None
    assert (readout.next.operation, readout.next.path) == ("future", "/flightsFuture")
    assert params(readout.next) == {
        "iataCode": "ZRH", "type": "departure", "date": "2027-02-14", "limit": "100", "offset": "0",
    }  # fmt: skip


def test_an_empty_board_of_today_says_that_nobody_flies() -> None:
    assert board() == Readout(records=())


def test_a_day_within_the_next_seven_is_on_no_board_and_that_is_said() -> None:
    readout = board(line(), enquiry=msgspec.structs.replace(FROM_ZURICH, day=DAY + timedelta(days=7)))
    assert (readout.records, readout.next) == ((), None)
    assert "more than a week ahead" in readout.skipped[0].why


def test_a_day_that_is_over_is_read_flight_by_flight() -> None:
    enquiry = msgspec.structs.replace(FROM_ZURICH, day=DAY - timedelta(days=3))
    past = board(line(), enquiry=enquiry).next
    assert past is not None
    assert past.operation == "flights"
    assert params(past)["dep_iata"] == "ZRH"
    flown = row(flight_date="2027-01-12", departure=place("ZRH", "2027-01-12T10:00"))
    [entry] = board(flown, enquiry=enquiry, call=past).records
    assert (str(entry.flight), entry.day) == ("LX14", enquiry.day)


def test_who_landed_on_a_day_may_have_left_the_day_before() -> None:
    enquiry = TimetableEnquiry(airport="ZRH", direction=Direction.ARRIVALS, day=DAY - timedelta(days=3))
    first = board(line(), enquiry=enquiry).next
    assert params(first)["flight_date"] == "2027-01-11"
    overnight = row(
        flight_date="2027-01-11",
        departure=place("JFK", "2027-01-11T18:00"),
        arrival=place("ZRH", "2027-01-12T08:00"),
    )
    readout = board(overnight, enquiry=enquiry, call=first)
    assert len(readout.records) == 1
    assert params(readout.next)["flight_date"] == "2027-01-12"
    assert board(enquiry=enquiry, call=readout.next).next is None


def planned(departs: str, arrives: str, **changes: Any) -> dict[str, Any]:
    """As the board of days to come writes it: lower case, and no status."""
    return {
        "weekday": "7", "departure": board_place("zrh", departs), "arrival": board_place("jfk", arrives),
        "aircraft": {"modelCode": "b77w", "modelText": "boeing 777-300er"},
        "airline": {"name": "swiss", "iataCode": "lx", "icaoCode": "swr"},
        "flight": {"number": "14", "iataNumber": "lx14", "icaoNumber": "swr14"},
    } | changes  # fmt: skip


def future(*rows: Any, enquiry: TimetableEnquiry = FROM_ZURICH) -> Readout[TimetableEntry]:
    call = Call(operation="future", path="/flightsFuture", params=(("limit", "100"), ("offset", "0")))
    return BOARD.read(page(*rows, offset=None), call, enquiry, ATLAS)


def test_codes_of_days_to_come_are_lower_case_there_and_upper_case_with_us() -> None:
    [entry] = future(planned("2027-01-15 10:00:00", "2027-01-15 13:05:00")).records
    assert (str(entry.flight), entry.departure.airport, entry.arrival.airport) == ("LX14", "ZRH", "JFK")
    assert entry.aircraft is not None
    assert (entry.aircraft.icao_type, entry.aircraft.model) == ("B77W", "boeing 777-300er")
    assert entry.state is None


@pytest.mark.parametrize(("departs", "arrives"), [("2027-01-15 10:00:00", "2027-01-15 13:05:00"), ("10:00", "13:05")])
def test_times_of_days_to_come_are_written_in_two_ways(departs: str, arrives: str) -> None:
    [entry] = future(planned(departs, arrives)).records
    assert entry.departure.scheduled_at == wall_clock("ZRH", "2027-01-15T10:00")
    assert entry.arrival.scheduled_at == wall_clock("JFK", "2027-01-15T13:05")


def test_a_clock_alone_that_would_land_before_it_left_is_the_next_days() -> None:
    back = planned("18:00", "08:00", departure=board_place("jfk", "18:00"), arrival=board_place("zrh", "08:00"))
    leaving = TimetableEnquiry(airport="JFK", direction=Direction.DEPARTURES, day=DAY)
    [entry] = future(back, enquiry=leaving).records
    assert entry.arrival.scheduled_at == wall_clock("ZRH", "2027-01-16T08:00")
    landing = TimetableEnquiry(airport="ZRH", direction=Direction.ARRIVALS, day=DAY)
    [entry] = future(back, enquiry=landing).records
    assert entry.departure.scheduled_at == wall_clock("JFK", "2027-01-14T18:00")
    assert entry.day == DAY - timedelta(days=1)


def test_a_code_share_of_a_day_to_come_stands_at_the_top_of_the_line() -> None:
    operated = {"airline": {"name": "swiss", "iataCode": "lx", "icaoCode": "swr"}, "flight": {"number": "14"}}
    sold = {"airline": {"iataCode": "ua"}, "flight": {"number": "9736"}, "codeshared": operated}
    [entry] = future(planned("10:00", "13:05", **sold)).records
    assert (str(entry.flight), str(entry.operated_as)) == ("UA9736", "LX14")


def test_the_offset_of_days_to_come_is_null_and_counted_by_ourselves() -> None:
    readout = future(*[planned("10:00", "13:05")] * 100)
    assert readout.next is None  # the total says that these are all
    call = Call(operation="future", path="/flightsFuture", params=(("limit", "100"), ("offset", "100")))
    more = BOARD.read(page(*[planned("10:00", "13:05")] * 100, offset=None, total=900), call, FROM_ZURICH, ATLAS)
    assert params(more.next)["offset"] == "200"


def test_a_line_without_a_time_or_a_number_is_skipped_and_named() -> None:
    readout = board(line(), line(departure=board_place("ZRH", None)), line(flight={"number": None}), "?")
    assert len(readout.records) == 1
    assert [skipped.where for skipped in readout.skipped] == [
        "offset 0 data[1]",
        "offset 0 data[2]",
        "offset 0 data[3]",
    ]


def route(**changes: Any) -> dict[str, Any]:
    return {
        "departure": {"airport": "Zurich", "timezone": None, "iata": "ZRH", "icao": None, "terminal": "", "time": "10:00:00"},
        "arrival": {"airport": "Kennedy", "timezone": None, "iata": "JFK", "icao": None, "terminal": "4", "time": None},
        "airline": {"name": "SWISS", "callsign": "SWISS", "iata": "LX", "icao": "SWR"},
        "flight": {"number": "14"},
    } | changes  # fmt: skip


def test_the_number_of_a_route_has_no_airline_in_front_of_it() -> None:
    readout = read_routes(page(route()), ask_for_routes())
    assert readout.records == (
        Route(
            flight=FlightNumber(carrier="LX", number="14"), airline="SWISS", origin="ZRH", destination="JFK",
            departs=time(10), destination_terminal="4",
        ),
    )  # fmt: skip


def test_routes_are_listed_page_by_page() -> None:
    first = read_routes(page(*[route()] * 100, total=250), ask_for_routes())
    assert params(first.next) == {"limit": "100", "offset": "100"}
    assert first.expected == 250


def test_boards_are_asked_once_in_ten_seconds() -> None:
    slow = Window(calls=1, seconds=10, operations=frozenset({"timetable", "future"}))
    assert slow in SUPPLIER.budget.windows
    assert not slow.holds("flights")
