"""Failures are classed by what we do next."""

import pytest

from adapters.kit.failures import (
    BUSY,
    DOWN,
    NO,
    REFUSED,
    SPENT,
    Answered,
    Failure,
    GiveUp,
    Ruling,
    TryLater,
    Unknown,
    ruling_for_status,
)
from domain.searches import ANSWERED, Outcome


@pytest.mark.parametrize("status", range(200, 300))
def test_every_2xx_is_a_success(status: int) -> None:
    assert ruling_for_status(status) is None


@pytest.mark.parametrize(
    ("status", "ruling"),
    [(400, REFUSED), (401, REFUSED), (403, REFUSED), (404, REFUSED), (409, NO), (429, BUSY), (408, DOWN), (425, DOWN),
     (301, REFUSED), (499, REFUSED), (500, DOWN), (502, DOWN), (503, DOWN), (504, DOWN), (599, DOWN)],
)  # fmt: skip
def test_a_status_is_ruled_as_the_table_says(status: int, ruling: Ruling) -> None:
    assert ruling_for_status(status) is ruling


def test_every_other_4xx_is_a_refusal() -> None:
    known = {408, 409, 425, 429}
    assert {ruling_for_status(status) for status in range(400, 500) if status not in known} == {REFUSED}


@pytest.mark.parametrize("ruling", [BUSY, DOWN, REFUSED, SPENT, NO])
def test_a_ruling_raises_its_own_class_and_never_claims_an_answer(ruling: Ruling) -> None:
    failure = ruling.raised("why", code="X1", retry_after=3)
    assert type(failure) is ruling.failure
    assert (failure.detail, failure.code, failure.outcome) == ("why", "X1", ruling.outcome)
    assert failure.outcome not in ANSWERED
    assert getattr(failure, "retry_after", None) == (3 if ruling.failure is TryLater else None)


def test_no_reply_can_be_ruled_unknown() -> None:
    with pytest.raises(TypeError):
        Ruling(Unknown, Outcome.ERROR)


def test_the_classes_of_failure_exclude_each_other() -> None:
    classes = (TryLater, GiveUp, Answered, Unknown)
    assert set(Failure.__subclasses__()) == set(classes)
    assert not any(issubclass(one, other) for one in classes for other in classes if one is not other)
