"""How flights stand: what several suppliers tell together, what is remembered, and what counts as news."""

from datetime import datetime, timedelta

import pytest

from domain.aviation import Aircraft, FlightNumber, FlightState
from domain.standings import Difference, Standing, differences, remembered, sold_as, together
from tests.builders import BLUEBIRD, wall_clock
from tests.domain.flying import LANDS, LEAVES, NUMBER, arrival, departure, end, minutes, standing, status


def fields(before: Standing | None, after: Standing) -> list[str]:
    return [one.field for one in differences(before, after)]


def test_what_one_supplier_leaves_out_is_filled_by_the_next() -> None:
    told = together(
        (
            status(departure=departure(gate="A10")),
            status(departure=departure(gate="B20", terminal="5"), supplier=BLUEBIRD),
        )
    )
    assert len(told.legs) == 1
    assert (told.legs[0].departure.gate, told.legs[0].departure.terminal) == ("A10", "5")
    assert told.legs[0].supplier == "albatross"


def test_who_knows_that_a_flight_has_left_knows_more_than_who_waits_for_it() -> None:
    for told in ((FlightState.SCHEDULED, FlightState.ACTIVE), (FlightState.ACTIVE, FlightState.SCHEDULED)):
        assert together(status(state) for state in told).legs[0].state is FlightState.ACTIVE


def test_two_hops_under_one_number_are_two_legs_in_the_order_of_departure() -> None:
    onwards = status(departure=end("JFK", LANDS + timedelta(hours=2)), arrival=end("SFO", LANDS + timedelta(hours=8)))
    told = together((onwards, status()))
    assert [(leg.departure.airport, leg.arrival.airport) for leg in told.legs] == [("LHR", "JFK"), ("JFK", "SFO")]


def test_a_number_that_is_flown_twice_a_day_is_two_legs() -> None:
    evening = status(departure=departure(scheduled_at=LEAVES + timedelta(hours=8)))
    assert len(together((status(), evening)).legs) == 2


def test_airports_are_the_same_by_either_code() -> None:
    known_by_both = status(departure=departure(airport_icao="EGLL"))
    by_icao_only = status(departure=end("LHR", airport_icao="EGLL"), supplier=BLUEBIRD)
    assert len(together((known_by_both, by_icao_only)).legs) == 1


def test_the_first_word_of_a_flight_is_news_of_each_leg() -> None:
    assert differences(None, standing()) == (Difference(leg=0, field="leg", before=None, after="LHR-JFK"),)


def test_the_same_word_again_is_no_news() -> None:
    told = standing(status(departure=departure(gate="A10")))
    assert differences(told, told) == ()


@pytest.mark.parametrize(
    ("after", "news"),
    [
        (status(FlightState.ACTIVE), ["state"]),
        (status(departure=departure(gate="A10")), ["departure.gate"]),
        (status(departure=departure(terminal="5")), ["departure.terminal"]),
        (status(arrival=arrival(belt="7")), ["arrival.belt"]),
        (status(departure=departure(estimated_at=LEAVES + minutes(5))), ["departure.estimated_at"]),
        (status(departure=departure(actual_at=LEAVES)), ["departure.actual_at"]),
        (status(arrival=arrival(runway_at=LANDS)), ["arrival.runway_at"]),
        (status(aircraft=Aircraft(registration="G-XWBA")), ["aircraft.registration"]),
        (status(operated_as=FlightNumber(carrier="AA", number="100")), ["operated_as"]),
        (status(departure=departure(delay=minutes(5))), []),
        (status(airline="British Airways"), []),
    ],
)
def test_news_is_what_a_traveller_wants_to_be_told(after: object, news: list[str]) -> None:
    assert fields(standing(status()), Standing(legs=(after,))) == news  # type: ignore[arg-type]  # a table of statuses


@pytest.mark.parametrize(("later", "news"), [(0.5, False), (1, False), (1.5, True), (-1, False), (-2, True)])
def test_a_time_has_changed_when_it_moved_by_more_than_a_minute(later: float, news: bool) -> None:  # noqa: FBT001  # a column
    before = standing(status(departure=departure(estimated_at=LEAVES)))
    after = standing(status(departure=departure(estimated_at=LEAVES + minutes(later))))
    assert bool(differences(before, after)) is news


def test_the_same_moment_on_another_clock_is_no_news() -> None:
    before = standing(status(arrival=arrival(estimated_at=wall_clock("JFK", "2027-03-01T13:30"))))
    after = standing(status(arrival=arrival(estimated_at=datetime.fromisoformat("2027-03-01T18:30:00+00:00"))))
    assert differences(before, after) == ()


def test_news_says_what_was_and_what_is() -> None:
    before = standing(status(departure=departure(gate="A10")))
    after = standing(status(departure=departure(gate="B20")))
    assert differences(before, after) == (Difference(leg=0, field="departure.gate", before="A10", after="B20"),)


def test_a_leg_that_is_no_longer_flown_is_news() -> None:
    onwards = status(departure=end("JFK", LANDS), arrival=end("SFO", LANDS))
    (gone,) = differences(standing(status(), onwards), standing(status()))
    assert (gone.field, gone.before, gone.after) == ("leg", "JFK-SFO", None)


def test_a_gate_that_is_passed_over_in_silence_is_still_the_gate() -> None:
    known = standing(status(departure=departure(gate="A10"), aircraft=Aircraft(registration="G-XWBA")))
    now = remembered(known, standing(status()))
    assert now.legs[0].departure.gate == "A10"
    assert now.legs[0].aircraft == Aircraft(registration="G-XWBA")


def test_a_cancelled_flight_is_no_longer_estimated_to_leave() -> None:
    known = standing(status(departure=departure(estimated_at=LEAVES)))
    now = remembered(known, standing(status(FlightState.CANCELLED)))
    assert now.legs[0].departure.estimated_at is None


@pytest.mark.parametrize("word", [None, FlightState.ACTIVE, FlightState.SCHEDULED])
def test_who_has_landed_does_not_take_off_again(word: FlightState | None) -> None:
    known = standing(status(FlightState.LANDED))
    assert remembered(known, standing(status(word))).legs[0].state is FlightState.LANDED


def test_a_cancelled_flight_may_be_flown_after_all() -> None:
    known = standing(status(FlightState.CANCELLED))
    assert remembered(known, standing(status())).legs[0].state is FlightState.SCHEDULED


def test_a_flight_that_nobody_tells_of_any_more_stands_as_it_stood() -> None:
    known = standing()
    assert remembered(known, Standing()) == known


def test_a_flight_is_flown_as_another_when_all_its_legs_are() -> None:
    other = FlightNumber(carrier="AA", number="100")
    assert standing(status(operated_as=other)).flown_as == other
    assert standing(status()).flown_as is None
    assert standing(status(operated_as=NUMBER)).flown_as is None


def test_a_partner_sells_the_same_flight_under_its_own_number() -> None:
    partner = FlightNumber(carrier="AA", number="6143")
    sold = sold_as(standing(status(FlightState.ACTIVE)), partner)
    assert (sold.legs[0].flight, sold.legs[0].operated_as) == (partner, NUMBER)
    assert sold.legs[0].airline is None
    assert sold.legs[0].state is FlightState.ACTIVE
