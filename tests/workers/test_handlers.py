"""The table of handlers, compared with the set of jobs."""

from typing import get_args

from domain.jobs import TERMS, Job
from workers.handlers import GIVEN_UP, HANDLERS


def test_every_kind_of_job_has_exactly_one_handler() -> None:
    assert set(HANDLERS) == set(get_args(Job))


def test_every_kind_of_job_has_its_terms() -> None:
    assert set(TERMS) == set(get_args(Job))


def test_what_is_done_for_a_dead_letter_belongs_to_a_known_kind_of_job() -> None:
    assert set(GIVEN_UP) <= set(get_args(Job))
