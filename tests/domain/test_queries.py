"""What a traveller may ask for, and when two travellers ask the same."""

from datetime import date

import msgspec
import pytest

from domain.ids import short_id
from domain.queries import Cabin, FlightQuery, InvalidQuery
from tests.builders import flight_query


def faulty_fields(question: dict[str, object]) -> list[str]:
    """The fields that are named when a client's question is read."""
    whole = {"vertical": "flights", "departure_date": "2027-03-01", **question}
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(whole, FlightQuery)
    assert isinstance(refused.value.__cause__, InvalidQuery)
    return [fault.field for fault in refused.value.__cause__.faults]


def test_a_question_with_only_a_route_and_a_day_is_for_one_adult_in_economy() -> None:
    query = FlightQuery(origin="LHR", destination="JFK", departure_date=date(2027, 3, 1))
    assert (query.travellers, query.cabin, query.return_date, query.vertical) == (1, Cabin.ECONOMY, None, "flights")


@pytest.mark.parametrize("code", ["", "lhr", "LONDON", "L0N", "ÅÄÖ"])
def test_a_place_that_is_no_airport_code_is_named_in_the_answer(code: str) -> None:
    assert faulty_fields({"origin": code, "destination": "JFK"}) == ["origin"]
    assert faulty_fields({"origin": "JFK", "destination": code}) == ["destination"]


def test_nobody_flies_to_where_they_are() -> None:
    assert faulty_fields({"origin": "LHR", "destination": "LHR"}) == ["destination"]


def test_nobody_returns_before_leaving() -> None:
    assert faulty_fields({"origin": "LHR", "destination": "JFK", "return_date": "2027-02-28"}) == ["return_date"]


def test_there_and_back_on_one_day_is_a_journey() -> None:
    assert flight_query(return_date=date(2027, 3, 1)).return_date == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("party", "faults"),
    [
        ({"adults": 0}, ["adults"]),
        ({"adults": 10}, ["adults", "adults"]),
        ({"adults": -1}, ["adults"]),
        ({"children": -1}, ["children"]),
        ({"children": 9}, ["children", "adults"]),
        ({"adults": 2, "children": 8}, ["adults"]),
        ({"infants": 2}, ["infants"]),
        ({"infants": -1}, ["infants"]),
        ({"adults": 5, "infants": 5}, ["adults"]),
    ],
)
def test_a_party_that_does_not_fit_is_refused(party: dict[str, object], faults: list[str]) -> None:
    assert faulty_fields({"origin": "LHR", "destination": "JFK", **party}) == faults


@pytest.mark.parametrize(
    ("adults", "children", "infants"), [(9, 0, 0), (1, 8, 0), (1, 0, 1), (4, 1, 4), (4, 0, 4), (1, 7, 1)]
)
def test_a_party_is_up_to_nine_with_a_lap_for_each_infant(adults: int, children: int, infants: int) -> None:
    assert flight_query(adults=adults, children=children, infants=infants).travellers <= 9


def test_a_price_is_asked_for_in_a_currency_that_exists() -> None:
    assert faulty_fields({"origin": "LHR", "destination": "JFK", "currency": "GPB"}) == ["currency"]


def test_everything_wrong_with_a_question_is_said_at_once() -> None:
    question = {"origin": "here", "destination": "there", "return_date": "2020-01-01", "adults": 0, "currency": "gold"}
    assert faulty_fields(question) == ["origin", "destination", "return_date", "currency", "adults"]


def test_a_refusal_reads_as_a_sentence_about_the_field() -> None:
    with pytest.raises(InvalidQuery, match="origin: 'London' is not an IATA airport code"):
        flight_query(origin="London")


def test_the_key_of_a_question_can_be_read_by_people() -> None:
    query = flight_query(return_date=date(2027, 3, 8), adults=2, children=1, infants=1, cabin=Cabin.FIRST)
    assert query.key == "flights|LHR|JFK|2027-03-01|2027-03-08|2.1.1|first|EUR"
    assert flight_query().key == "flights|LHR|JFK|2027-03-01||1.0.0|economy|EUR"


def test_the_id_of_a_search_goes_into_an_address_as_it_is() -> None:
    assert flight_query().id == short_id(flight_query().key)
    assert len(flight_query().id) == 26
    assert flight_query().id.isalnum()
    assert flight_query().id == flight_query().id.lower()


def test_there_and_back_are_two_questions() -> None:
    assert flight_query(origin="LHR", destination="JFK").id != flight_query(origin="JFK", destination="LHR").id
