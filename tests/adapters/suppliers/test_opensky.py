"""The OpenSky Network: what is asked, what it costs, what is read, and each trap of its format by name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from adapters.kit.budget import Window
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.kit.quota import Remaining
from adapters.kit.verdicts import failure_in
from adapters.suppliers.opensky import SUPPLIER
from domain.aviation import Emitter, FlownFlight, Position, PositionSource, Track
from domain.enquiries import Box, Direction, FlightsEnquiry, PositionsEnquiry, TrackEnquiry
from domain.orders import Reason
from domain.places import Point
from domain.searches import Outcome
from tests.builders import ATLAS, NOW

POSITIONS, FLOWN, TRACKS = (SUPPLIER.lookups[kind] for kind in (PositionsEnquiry, FlightsEnquiry, TrackEnquiry))
EVERYWHERE = PositionsEnquiry()
ALPS = PositionsEnquiry(box=Box(south=45.8, west=5.9, north=47.8, east=10.5))
OF_ONE = TrackEnquiry(icao24="3c6444")
SECOND = 1_458_564_120
AT = datetime(2016, 3, 21, 12, 42, tzinfo=UTC)


def vector(**changes: Any) -> list[Any]:
    """Seventeen elements in the documented order."""
    told = {
        "icao24": "3c6444", "callsign": "DLH9LF  ", "origin_country": "Germany", "time_position": SECOND,
        "last_contact": SECOND, "longitude": 6.1546, "latitude": 50.1964, "baro_altitude": 9639.3, "on_ground": False,
        "velocity": 232.88, "true_track": 98.26, "vertical_rate": 4.55, "sensors": None, "geo_altitude": 9547.86,
        "squawk": "1000", "spi": False, "position_source": 0,
    }  # fmt: skip
    assert changes.keys() <= told.keys()
    return list((told | changes).values())


def reply(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Reply(status=status, headers=headers or {}, body=raw, received_at=NOW)


def read(*states: object, enquiry: PositionsEnquiry = EVERYWHERE) -> Readout[Position]:
    return POSITIONS.read(reply({"time": SECOND, "states": list(states)}), POSITIONS.ask(enquiry), enquiry, ATLAS)


def one(*states: object) -> Position:
    readout = read(*states)
    assert readout.skipped == ()
    [position] = readout.records
    return position


def params(call: Call | None) -> dict[str, str]:
    assert call is not None
    return dict(call.params)


def test_a_position_is_read_element_by_element() -> None:
    assert one(vector()) == Position(
        icao24="3c6444", callsign="DLH9LF", country="Germany", at=AT, heard_at=AT,
        location=Point(latitude=50.1964, longitude=6.1546), pressure_altitude=9639.3, altitude=9547.86, on_ground=False,
        speed=232.88, track=98.26, climb=4.55, squawk="1000", source=PositionSource.ADS_B,
    )  # fmt: skip


def test_longitude_comes_before_latitude_in_a_state_vector_and_after_it_in_a_track() -> None:
    assert one(vector(longitude=100.0, latitude=10.0)).location == Point(latitude=10, longitude=100)
    [track] = track_of([SECOND, 10.0, 100.0, None, None, False]).records
    assert track.waypoints[0].location == Point(latitude=10, longitude=100)


def test_states_are_null_where_nobody_flies() -> None:
    readout = POSITIONS.read(reply({"time": SECOND, "states": None}), POSITIONS.ask(ALPS), ALPS, ATLAS)
    assert (readout.records, readout.skipped, readout.next) == ((), (), None)


def test_a_vector_has_seventeen_elements_or_eighteen_or_more() -> None:
    assert one(vector()).emitter is None
    assert one([*vector(), 6]).emitter is Emitter.HEAVY
    assert one([*vector(), 6, "something new", {}]).emitter is Emitter.HEAVY


@pytest.mark.parametrize("nothing", [0, 1, 99])
def test_a_category_that_says_nothing_is_not_told(nothing: int) -> None:
    assert one([*vector(), nothing]).emitter is None


def test_a_vector_with_sixteen_elements_is_skipped_and_named() -> None:
    readout = read(vector()[:16], vector())
    assert len(readout.records) == 1
    assert readout.skipped[0].where == "states[0]"


NULLABLE = (
    "callsign", "time_position", "longitude", "latitude", "baro_altitude", "velocity", "true_track", "vertical_rate",
    "sensors", "geo_altitude", "squawk",
)  # fmt: skip


def test_everything_that_may_be_null_is() -> None:
    position = one(vector(**dict.fromkeys(NULLABLE)))
    assert position == Position(
        icao24="3c6444", country="Germany", heard_at=AT, on_ground=False, source=PositionSource.ADS_B
    )


@pytest.mark.parametrize("half", ["longitude", "latitude"])
def test_half_a_place_is_no_place(half: str) -> None:
    assert one(vector(**{half: None})).location is None


def test_a_place_at_zero_degrees_is_a_place() -> None:
    assert one(vector(longitude=0, latitude=0)).location == Point(latitude=0, longitude=0)


@pytest.mark.parametrize(
    ("padded", "plain"), [("DLH9LF  ", "DLH9LF"), ("        ", None), ("", None), ("dlh9lf", "DLH9LF")]
)
def test_a_callsign_is_filled_up_with_spaces(padded: str, plain: str | None) -> None:
    assert one(vector(callsign=padded)).callsign == plain


def test_a_squawk_keeps_its_leading_zeros() -> None:
    assert one(vector(squawk="0021")).squawk == "0021"


def test_one_position_that_is_none_spoils_one_record() -> None:
    readout = read(vector(latitude=95.0), vector(icao24="nobody"), vector(), 5, vector(last_contact=None))
    assert len(readout.records) == 1
    assert [skipped.where for skipped in readout.skipped] == ["states[0]", "states[1]", "states[3]", "states[4]"]


def test_the_whole_world_is_asked_without_a_box_and_with_categories() -> None:
    assert POSITIONS.ask(EVERYWHERE) == Call(operation="states", path="/states/all", params=(("extended", "1"),))


def test_a_box_is_asked_with_all_four_sides() -> None:
    assert params(POSITIONS.ask(ALPS)) == {
        "lamin": "45.8", "lomin": "5.9", "lamax": "47.8", "lomax": "10.5", "extended": "1",
    }  # fmt: skip


def test_a_box_over_the_antimeridian_is_asked_in_two_halves() -> None:
    fiji = PositionsEnquiry(box=Box(south=-20, west=175, north=-15, east=-175))
    first = POSITIONS.ask(fiji)
    assert (params(first)["lomin"], params(first)["lomax"]) == ("175", "180.0")
    second = POSITIONS.read(reply({"time": SECOND, "states": [vector()]}), first, fiji, ATLAS).next
    assert (params(second)["lomin"], params(second)["lomax"]) == ("-180.0", "-175")
    assert second is not None
    last = POSITIONS.read(reply({"time": SECOND, "states": None}), second, fiji, ATLAS)
    assert last.next is None


def cost(call: Call) -> int:
    return SUPPLIER.budget.cost(call)


@pytest.mark.parametrize(
    ("box", "credits_"),
    [((0, 0, 5, 5), 1), ((0, 0, 10, 10), 2), ((0, 0, 20, 20), 3), ((0, 0, 20, 21), 4), ((-90, -180, 90, 180), 4)],
)
def test_a_box_costs_by_its_area(box: tuple[int, int, int, int], credits_: int) -> None:
    south, west, north, east = box
    assert cost(POSITIONS.ask(PositionsEnquiry(box=Box(south=south, west=west, north=north, east=east)))) == credits_


def test_the_whole_world_costs_four_credits_and_the_call_that_checks_us_one() -> None:
    assert cost(POSITIONS.ask(EVERYWHERE)) == 4
    assert SUPPLIER.check is not None
    assert cost(SUPPLIER.check()) == 1


@pytest.mark.parametrize(("days", "price"), [(1, 30), (2, 30), (3, 180), (10, 600), (11, 1320), (16, 3840)])
def test_flights_cost_by_the_days_that_the_interval_touches(days: int, price: int) -> None:
    begin = datetime(2027, 1, 1, 12, tzinfo=UTC)
    between = ("begin", str(int(begin.timestamp()))), ("end", str(int((begin + timedelta(days=days - 1)).timestamp())))
    assert cost(Call(operation="flights", path="/flights/aircraft", params=between)) == price


def test_a_live_track_costs_less_than_one_of_the_past() -> None:
    assert cost(TRACKS.ask(OF_ONE)) == 4
    assert cost(TRACKS.ask(TrackEnquiry(icao24="3c6444", at=NOW))) == 30


def test_there_are_three_buckets_and_none_of_them_holds_a_token() -> None:
    day = [window for window in SUPPLIER.budget.windows if window.seconds == 86_400]
    assert [(window.calls, set(window.operations)) for window in day] == [
        (4000, {"states"}), (4000, {"tracks"}), (4000, {"flights"}),
    ]  # fmt: skip
    assert not any(window.holds("token") for window in SUPPLIER.budget.windows)


def test_the_whole_world_is_asked_once_in_five_seconds() -> None:
    assert Window(calls=4, seconds=5, operations=frozenset({"states"})) in SUPPLIER.budget.windows


def test_what_is_left_is_told_of_the_bucket_of_the_call() -> None:
    assert SUPPLIER.quota is not None
    [left] = SUPPLIER.quota(reply(b"", headers={"x-rate-limit-remaining": "3996"}))
    assert left == Remaining(seconds=86_400, calls=3996)
    assert [window.operations for window in SUPPLIER.budget.windows if left.of(window, "tracks")] == [{"tracks"}]
    assert SUPPLIER.quota(reply(b"")) == ()


def test_how_long_to_wait_stands_in_a_header_of_their_own() -> None:
    spent = reply(b"Too many requests", status=429, headers={"x-rate-limit-retry-after-seconds": "16841"})
    failure = failure_in(spent, SUPPLIER, {})
    assert isinstance(failure, TryLater)
    assert (failure.outcome, failure.retry_after) == (Outcome.RATE_LIMITED, 16_841)


def test_a_404_without_a_body_means_that_nobody_flew() -> None:
    failure = failure_in(reply(b"", status=404), SUPPLIER, {})
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.NOTHING_THERE


def test_a_404_with_a_body_is_a_mistake_of_ours() -> None:
    failure = failure_in(reply(b"Not Found", status=404), SUPPLIER, {})
    assert isinstance(failure, GiveUp)
    assert failure.detail == "Not Found"


def test_wrong_credentials_are_named_as_the_tokens_server_names_them() -> None:
    told = {"error": "invalid_client", "error_description": "Invalid client credentials"}
    failure = failure_in(reply(told, status=401), SUPPLIER, {})
    assert isinstance(failure, GiveUp)
    assert (failure.code, failure.detail) == ("invalid_client", "Invalid client credentials")


def test_a_page_of_html_is_not_quoted() -> None:
    failure = failure_in(reply(b"<html><h1>Service Unavailable</h1>", status=503), SUPPLIER, {})
    assert isinstance(failure, TryLater)
    assert failure.detail == "status 503"


def row(**changes: Any) -> dict[str, Any]:
    return {
        "icao24": "3c6444", "firstSeen": SECOND, "estDepartureAirport": "EDDF", "lastSeen": SECOND + 3600,
        "estArrivalAirport": None, "callsign": "DLH9LF  ", "estDepartureAirportHorizDistance": 100,
        "estDepartureAirportVertDistance": None, "estArrivalAirportHorizDistance": None,
        "estArrivalAirportVertDistance": None, "departureAirportCandidatesCount": 1, "arrivalAirportCandidatesCount": 0,
    } | changes  # fmt: skip


def flown(*rows: object) -> Readout[FlownFlight]:
    enquiry = FlightsEnquiry(begin=AT, end=AT + timedelta(hours=1))
    return FLOWN.read(reply(list(rows)), FLOWN.ask(enquiry), enquiry, ATLAS)


def test_a_flight_that_is_over_is_read_though_its_airports_are_guesses() -> None:
    assert flown(row()).records == (
        FlownFlight(
            icao24="3c6444", callsign="DLH9LF", origin_icao="EDDF", destination_icao=None, took_off_at=AT,
            landed_at=AT + timedelta(hours=1),
        ),
    )  # fmt: skip
    assert flown(row(estDepartureAirport=None, callsign=None)).records[0].origin_icao is None


def test_a_flight_that_landed_before_it_took_off_is_skipped_and_named() -> None:
    readout = flown(row(), row(lastSeen=SECOND - 1))
    assert len(readout.records) == 1
    assert "landed before" in readout.skipped[0].why


@pytest.mark.parametrize(
    ("asked", "path", "whose"),
    [
        ({}, "/flights/all", {}),
        ({"icao24": "3C6444"}, "/flights/aircraft", {"icao24": "3c6444"}),
        ({"airport": "eddf", "direction": Direction.ARRIVALS}, "/flights/arrival", {"airport": "EDDF"}),
        ({"airport": "EDDF", "direction": Direction.DEPARTURES}, "/flights/departure", {"airport": "EDDF"}),
    ],
)
def test_aircraft_are_named_in_lower_case_and_airports_in_upper_case(
    asked: Any, path: str, whose: dict[str, str]
) -> None:
    call = FLOWN.ask(FlightsEnquiry(begin=AT, end=AT + timedelta(hours=1), **asked))
    assert call.path == path
    assert params(call) == {**whose, "begin": str(SECOND), "end": str(SECOND + 3600)}


@pytest.mark.parametrize(
    ("asked", "longest"),
    [({}, timedelta(hours=2)), ({"icao24": "3c6444"}, timedelta(days=2)), ({"airport": "EDDF"}, timedelta(days=2))],
)
def test_an_interval_that_would_be_refused_costs_nothing(asked: Any, longest: timedelta) -> None:
    assert FLOWN.ask(FlightsEnquiry(begin=AT, end=AT + longest, **asked)).operation == "flights"
    for span in (longest + timedelta(seconds=1), timedelta(), -longest):
        with pytest.raises(GiveUp) as failure:
            FLOWN.ask(FlightsEnquiry(begin=AT, end=AT + span, **asked))
        assert failure.value.outcome is Outcome.REFUSED


def track_of(*path: object, **changes: Any) -> Readout[Track]:
    told = {"icao24": "3c6444", "callsign": "DLH9LF  ", "startTime": SECOND, "endTime": SECOND + 60, "path": list(path)}
    return TRACKS.read(reply(told | changes), TRACKS.ask(OF_ONE), OF_ONE, ATLAS)


def test_a_track_is_read() -> None:
    [track] = track_of([SECOND, 50.0, 8.5, 100, 70, True], [SECOND + 60, 50.1, 8.6, 900, 71.5, False]).records
    assert (track.icao24, track.callsign, track.begins_at) == ("3c6444", "DLH9LF", AT)
    assert [waypoint.on_ground for waypoint in track.waypoints] == [True, False]
    assert track.waypoints[1].pressure_altitude == 900


def test_the_documents_spell_callsign_with_three_ls() -> None:
    [track] = track_of(callsign=None, calllsign="DLH9LF  ").records
    assert track.callsign == "DLH9LF"


def test_the_times_of_a_track_may_have_fractions() -> None:
    [track] = track_of([SECOND + 0.5, None, None, None, None, False], startTime=SECOND + 0.25).records
    assert track.begins_at == AT + timedelta(milliseconds=250)
    assert (track.waypoints[0].location, track.waypoints[0].at) == (None, AT + timedelta(milliseconds=500))


def test_a_waypoint_that_is_none_is_left_out_and_named() -> None:
    readout = track_of([SECOND, 50.0, 8.5, 100, 70, True], [SECOND], [SECOND, 99.0, 8.5, 100, 70, True])
    assert len(readout.records[0].waypoints) == 1
    assert [skipped.where for skipped in readout.skipped] == ["path[1]", "path[2]"]


def test_a_track_that_goes_back_in_time_is_none() -> None:
    readout = track_of([SECOND + 9, 50.0, 8.5, 100, 70, True], [SECOND, 50.0, 8.5, 100, 70, True])
    assert readout.records == ()
    assert "back in time" in readout.skipped[0].why


def test_a_live_track_is_asked_for_with_time_zero() -> None:
    assert params(TRACKS.ask(TrackEnquiry(icao24="3C6444"))) == {"icao24": "3c6444", "time": "0"}
    assert params(TRACKS.ask(TrackEnquiry(icao24="3c6444", at=AT)))["time"] == str(SECOND)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[]", b'{"time": 1, "states": 5}', b"\xff"])
def test_a_reply_that_nobody_can_read_is_given_up(body: bytes) -> None:
    with pytest.raises(GiveUp, match="unreadable"):
        POSITIONS.read(reply(body), POSITIONS.ask(ALPS), ALPS, ATLAS)
