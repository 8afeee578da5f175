"""Every value and every job comes back from storage and from the broker as it went."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flights import Itinerary
from domain.jobs import TERMS, Job
from domain.matching.flights import journey_key
from tests.laws.strategies import JOBS, VALUES, domain_structs, itineraries

KINDS = sorted(VALUES, key=lambda kind: str(kind.__name__))
every_value = pytest.mark.parametrize("kind", KINDS)


def test_the_laws_know_every_kind_of_job() -> None:
    assert set(JOBS) == set(get_args(Job)) == set(TERMS)


def test_every_value_is_frozen_and_names_its_fields() -> None:
    for kind in domain_structs():
        assert kind.__struct_config__.frozen, kind
        with pytest.raises(TypeError):
            kind("by place")


@every_value
@given(data=st.data())
def test_a_value_comes_back_from_json_to_the_letter_and_equal_from_msgpack(
    kind: type[Any], data: st.DataObject
) -> None:
    value = data.draw(VALUES[kind])
    told = msgspec.json.encode(value)
    back = msgspec.json.decode(told, type=kind)
    assert back == value
    assert msgspec.json.encode(back) == told  # to the letter: offsets and trailing zeros too
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=kind) == value


@given(st.one_of(*JOBS.values()))
def test_a_job_comes_back_from_the_broker_as_the_job_it_was(job: Job) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(job)))
    back: Job = msgspec.convert(fields, Job)
    assert type(back) is type(job)
    assert back == job


@given(itineraries)
def test_a_journey_that_was_stored_is_still_the_same_journey(journey: Itinerary) -> None:
    back = msgspec.json.decode(msgspec.json.encode(journey), type=Itinerary)
    assert journey_key(back) == journey_key(journey)
    assert [part.days_later for part in back.slices] == [part.days_later for part in journey.slices]
