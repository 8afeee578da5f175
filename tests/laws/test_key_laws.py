"""Same question, same key; any other question, another key."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.queries import FlightQuery, InvalidQuery
from tests.laws.strategies import questions


@given(questions(), questions())
def test_two_questions_share_a_key_exactly_when_they_are_the_same(one: FlightQuery, other: FlightQuery) -> None:
    assert (one.key == other.key) == (one == other)
    assert (one.id == other.id) == (one == other)


@given(questions())
def test_a_question_asked_twice_has_the_same_key(query: FlightQuery) -> None:
    again = msgspec.convert(msgspec.to_builtins(query), FlightQuery)
    assert again == query
    assert (again.key, again.id) == (query.key, query.id)


@given(questions(), questions(), st.sampled_from(FlightQuery.__struct_fields__))
def test_a_question_that_differs_in_any_field_has_another_key(
    query: FlightQuery, donor: FlightQuery, field: str
) -> None:
    try:
        changed = msgspec.structs.replace(query, **{field: getattr(donor, field)})
    except InvalidQuery:  # such as a return before the departure: nobody can ask that
        return
    assert (changed.key != query.key) == (getattr(donor, field) != getattr(query, field))


@given(questions())
def test_every_field_of_a_question_stands_in_its_key(query: FlightQuery) -> None:
    told = {
        "origin": query.origin,
        "destination": query.destination,
        "departure_date": query.departure_date.isoformat(),
        "return_date": query.return_date.isoformat() if query.return_date else "",
        "adults": f"{query.adults}.",
        "children": f".{query.children}.",
        "infants": f".{query.infants}|",
        "cabin": query.cabin.value,
        "currency": query.currency,
    }
    assert set(told) == set(FlightQuery.__struct_fields__)
    assert all(part in query.key for part in told.values())


@given(questions())
def test_the_key_does_not_depend_on_who_asks_or_when(query: FlightQuery) -> None:
    assert query.key.startswith("flights|")
    assert query.key.isascii()
    assert query.key.count("|") == 7
