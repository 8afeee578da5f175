"""Drift: what a supplier says that nobody told us of, and what it no longer says."""

from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.kit.drift import Sample, Shape, sampled

Item = TypeVar("Item")


class Leg(msgspec.Struct, kw_only=True):
    fly_from: str = msgspec.field(name="flyFrom")
    gate: str | None = None


class Journey(msgspec.Struct, kw_only=True):
    price: Decimal
    route: list[msgspec.Raw]
    bags: dict[str, Decimal | None] | None = None
    seats: "Seats | None" = None


class Seats(msgspec.Struct, kw_only=True):
    left: int | None = None


class Page(msgspec.Struct, Generic[Item], kw_only=True):
    data: list[Item]
    currency: str | None = None


JOURNEYS = Shape(
    type=Page[msgspec.Raw],
    records={"data[]": Journey, "data[].route[]": Leg},
    passed_over=frozenset({"data[].id", "search_params"}),
)

WHOLE = b"""{"currency": "EUR", "search_params": {"who": {"name": 1}}, "data": [
    {"id": 1, "price": 1, "bags": {"1": 10, "hand": null}, "seats": {"left": 4}, "route": [{"flyFrom": "LHR", "gate": "A"}]},
    {"price": 1, "bags": null, "seats": null, "route": [{"flyFrom": "LHR", "gate": null}]}
]}"""


def sample(body: bytes, shape: Shape = JOURNEYS) -> Sample:
    taken = sampled(body, shape)
    assert taken is not None
    return taken


def test_a_reply_of_known_words_has_nothing_to_tell() -> None:
    taken = sample(WHOLE)
    assert taken.unknown == {}
    assert taken.missed == frozenset()
    assert taken.passed_over == {"data[].id": "number", "search_params": "object"}
    assert taken.read == {
        "currency": "text",
        "data": "list",
        "data[].bags": "null | object",
        "data[].price": "number",
        "data[].route": "list",
        "data[].route[].flyFrom": "text",
        "data[].route[].gate": "null | text",
        "data[].seats": "null | object",
        "data[].seats.left": "number",
    }


def test_a_word_that_nobody_told_us_of_is_named_once_and_not_what_is_beneath_it() -> None:
    body = b'{"data": [{"price": 1, "co2": {"kg": 7}, "route": [{"flyFrom": "LHR", "wifi": true}]}], "next": null}'
    assert sample(body).unknown == {"data[].co2": "object", "data[].route[].wifi": "yes or no", "next": "null"}


def test_a_value_is_never_taken_down() -> None:
    body = msgspec.json.encode({"data": [], "guest": "Ada Lovelace", "card": {"number": "4111"}, "when": ["tomorrow"]})
    assert not {"Ada", "4111", "tomorrow"} & set(repr(sample(body)).replace("'", " ").split())


def test_a_field_is_missed_when_nothing_holds_it() -> None:
    body = b'{"data": [{"price": 1, "route": [{"gate": "A"}]}, {"price": 1, "bags": null, "route": []}]}'
    assert sample(body).missed == {"currency", "data[].seats", "data[].route[].flyFrom"}


def test_a_reply_without_journeys_misses_nothing_of_a_journey() -> None:
    assert sample(b'{"currency": "EUR", "data": []}').missed == frozenset()


def test_a_reply_of_several_forms_is_compared_with_the_nearest() -> None:
    class Refused(msgspec.Struct, kw_only=True):
        error: str
        message: str | None = None

    shape = Shape(type=Page[Journey] | Refused)
    taken = sample(b'{"error": "no"}', shape)
    assert taken.missed == {"message"}
    assert taken.unknown == {}


def test_a_field_without_a_name_has_its_place_in_the_row() -> None:
    class State(msgspec.Struct, array_like=True):
        icao24: str
        velocity: float | None
        squawk: str | None

    class States(msgspec.Struct):
        states: list[State] | None

    taken = sample(b'{"states": [["abc", 1.5]]}', Shape(type=States))
    assert taken.read == {"states": "list", "states[].icao24": "text", "states[].velocity": "number"}
    assert taken.missed == {"states[].squawk"}
    assert sample(b'{"states": [["a", 1, null, 7]]}', Shape(type=States)).unknown == {"states[][3]": "number"}
    assert sample(b'{"states": null}', Shape(type=States)).missed == frozenset()


def test_a_map_is_keyed_by_what_it_is_about_and_not_by_fields() -> None:
    class Rates(msgspec.Struct, kw_only=True):
        rates: dict[str, Seats]

    taken = sample(b'{"rates": {"room-1": {"left": 1}, "room-2": {"right": 1}}}', Shape(type=Rates))
    assert taken.read == {"rates": "object", "rates.*.left": "number"}
    assert taken.unknown == {"rates.*.right": "number"}


class Vendor(msgspec.Struct, kw_only=True, rename="pascal"):
    code: str


class Car(msgspec.Struct, kw_only=True, rename="pascal"):
    total: Decimal
    vendor: Vendor | None = None
    city: str | None = None


class Cars(msgspec.Struct, kw_only=True, rename="pascal"):
    version: str | None = None
    car: list[Any] = []


CARS = Shape(type=Cars, records={"Car[]": Car}, passed_over=frozenset({"Car[].Vendor.#text"}))


def test_xml_is_compared_by_the_same_paths() -> None:
    body = b'<Cars Version="1"><Car Total="1"><Vendor Code="HE">Heron</Vendor><City>Rome</City></Car></Cars>'
    taken = sample(body, CARS)
    assert taken.unknown == {}
    assert taken.missed == frozenset()
    assert set(taken.read) == {"Version", "Car", "Car[].Total", "Car[].Vendor", "Car[].Vendor.Code", "Car[].City"}
    assert taken.passed_over == {"Car[].Vendor.#text": "text"}


def test_new_attributes_and_children_in_xml_are_named() -> None:
    body = b'<Cars Target="Test"><Car Total="1"><City Code="ROM">Rome</City><Fuel/></Car></Cars>'
    taken = sample(body, CARS)
    assert taken.unknown == {"Target": "text", "Car[].City.Code": "text", "Car[].Fuel": "list"}
    assert taken.missed == {"Version", "Car[].Vendor"}


@pytest.mark.parametrize(
    "body", [b"", b"down for repairs", b"<html><br></html>", b'{"data": [', b"[" * 100_000, b"\xff"]
)
def test_what_nobody_can_read_is_no_sample(body: bytes) -> None:
    assert sampled(body, JOURNEYS) is None


def test_who_writes_ids_where_names_belong_fills_no_book() -> None:
    body = msgspec.json.encode({"data": [], **{f"id-{n}": n for n in range(10_000)}, "x\0" + "y" * 1000: 1})
    unknown = sample(body).unknown
    assert len(unknown) == 500
    assert "\0" not in "".join(sample(b'{"data": [], "a\\u0000b": 1}').unknown)
    assert max(map(len, sample(msgspec.json.encode({"data": [], "y" * 1000: 1})).unknown)) == 80


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "route", "price", "bags", "seats", "left", "flyFrom", "x"]), inner)
    ),
)


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(_JSON)
def test_whatever_a_supplier_says_can_be_compared(told: object) -> None:
    body = msgspec.json.encode({"data": told})
    taken = sample(body)
    assert not set(taken.read) & (set(taken.unknown) | taken.missed)
