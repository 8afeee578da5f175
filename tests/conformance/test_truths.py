"""What judges the readers is judged itself: it has to notice a lie, and to let go what nobody can know."""

from typing import Any, Final

import msgspec
import orjson
import pytest

from domain.offers import ComponentKind, FlightConditions, FlightOffer, PriceComponent
from tests.builders import direction, itinerary, money, offer, segment
from tests.conformance import mutants
from tests.conformance.mutants import Change, Document
from tests.conformance.shortening import shortened
from tests.conformance.truths import lies

_FARE: Final = PriceComponent(kind=ComponentKind.BASE_FARE, amount=money("400.00"))
_TAX: Final = PriceComponent(kind=ComponentKind.TAX, amount=money("20.00"))
_TRUE: Final = offer(price=money("420.00"), price_components=(_FARE, _TAX))


def told(price: str, *parts: PriceComponent, **changed: Any) -> FlightOffer:
    return msgspec.structs.replace(_TRUE, price=money(price), price_components=parts, **changed)


def test_the_truth_is_no_lie() -> None:
    assert lies([_TRUE], [_TRUE], "") == []
    assert lies([_TRUE], [], "") == []


def test_another_price_is_a_lie() -> None:
    assert lies([_TRUE], [told("419.00")], "419.00")


def test_the_fare_without_its_tax_is_a_lie_where_the_tax_was_still_there() -> None:
    assert lies([_TRUE], [told("400.00", _FARE)], "[420.00]")


def test_a_tax_that_was_taken_out_of_the_reply_can_not_be_missed() -> None:
    assert lies([_TRUE], [told("400.00", _FARE)], '{"tax":20.0}') == []


def test_a_fare_that_was_taken_out_may_not_count_as_nothing() -> None:
    assert lies([_TRUE], [told("20.00", _TAX)], '{"fare":400.00}')


def test_another_currency_is_a_lie() -> None:
    assert lies([_TRUE], [msgspec.structs.replace(_TRUE, price=money("420.00", "USD"), price_components=())], "EUR")


def test_an_offer_under_a_new_name_has_a_price_that_somebody_asked() -> None:
    assert lies([_TRUE], [told("420.00", _FARE, _TAX, id="another")], "") == []
    assert lies([_TRUE], [told("42.00", id="another")], "")


def test_another_flight_is_a_lie() -> None:
    later = itinerary(direction(segment(departs="2027-03-01T11:30", arrives="2027-03-01T14:25")))
    assert lies([_TRUE], [told("420.00", _FARE, _TAX, product=later)], "")


def test_a_right_that_was_not_given_is_a_lie_and_one_that_is_not_mentioned_is_none() -> None:
    strict = msgspec.structs.replace(_TRUE, conditions=FlightConditions(refundable=False))
    promised = msgspec.structs.replace(_TRUE, conditions=FlightConditions(refundable=True))
    assert lies([strict], [promised], "")
    assert lies([strict], [_TRUE], "") == []
    assert lies([_TRUE], [promised], "") == []


_REPLY: Final = Document(value={"data": [{"id": "a", "price": 1.5}, {"id": "b", "tax": None}], "more": False})


def test_a_path_stands_for_all_records_of_a_list() -> None:
    assert set(mutants.paths(_REPLY.value)) == {
        ("data",), ("data", 0, "id"), ("data", 0, "price"), ("data", 1, "tax"), ("more",),
    }  # fmt: skip


@pytest.mark.parametrize("how", mutants.CHANGES)
def test_a_change_changes_one_field_and_leaves_the_original_alone(how: str) -> None:
    before = orjson.dumps(_REPLY.value)
    after = mutants.changed(_REPLY, [Change(path=("data", 0, "price"), how=how)]).value
    assert orjson.dumps(_REPLY.value) == before
    assert after["data"][0] != _REPLY.value["data"][0]
    assert after["data"][1] == _REPLY.value["data"][1]


def test_a_change_of_what_is_gone_is_passed_over() -> None:
    changes = [Change(path=("data",), how="remove"), Change(path=("data", 0, "id"), how="retype")]
    assert mutants.changed(_REPLY, changes).value == {"more": False}


def test_xml_is_written_as_it_was_read() -> None:
    body = b'<Cars At="LHR"><Car Code="ECMR"><Price>12.50</Price></Car><Car Code="CDAR"/></Cars>'
    (first, *_) = mutants.documents(body)
    assert (
        first.written() == b'<Cars At="LHR"><Car Code="ECMR"><Price>12.50</Price></Car><Car Code="CDAR"></Car></Cars>'
    )


def test_a_list_of_records_is_cut_short_and_a_row_is_not() -> None:
    rows = [[index, 1, 2, 3, 4, 5, 6, 7] for index in range(9)]
    short = msgspec.json.decode(shortened(orjson.dumps({"time": 1, "states": rows})))
    assert short == {"time": 1, "states": rows[:5]}


def test_numbers_keep_their_digits() -> None:
    assert b"1.10" in shortened(b'{"data": [{"price": 1.10}]}')


def test_elements_beyond_the_first_ones_go_and_the_rest_stays_byte_for_byte() -> None:
    cars = b"".join(b'<Car><Price Amount="%d.00" /></Car>' % number for number in range(8))
    body = b'<?xml version="1.0"?><Cars xmlns="urn:x"><Note/>' + cars + b"</Cars>"
    assert shortened(body).count(b"<Car>") == 5
    assert shortened(body).startswith(b'<?xml version="1.0"?><Cars xmlns="urn:x"><Note/><Car><Price Amount="0.00" />')
    assert shortened(body).endswith(b"</Cars>")
