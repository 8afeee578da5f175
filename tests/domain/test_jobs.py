"""Every kind of background work has its queue, its patience and its name."""

from datetime import timedelta
from typing import get_args

from domain.jobs import TERMS, AskSuppliers, Because, Job, KeepSearch, Queue, SyncAirports, name, queue_for
from tests.builders import flight_query


def test_every_kind_of_job_has_terms_and_nothing_else_has() -> None:
    assert set(TERMS) == set(get_args(Job))


def test_every_job_has_a_name_of_its_own_on_the_broker() -> None:
    names = [name(kind) for kind in TERMS]
    assert len(set(names)) == len(names)
    assert name(SyncAirports) == "sync_airports"


def test_every_job_is_tried_at_least_once_and_ends() -> None:
    for terms in TERMS.values():
        assert terms.attempts >= 1
        assert timedelta() < terms.time_limit <= timedelta(hours=1)


def test_a_search_that_somebody_waits_for_goes_before_a_refresh() -> None:
    assert queue_for(AskSuppliers(query=flight_query())) is Queue.SEARCH
    assert queue_for(AskSuppliers(query=flight_query(), because=Because.REFRESH)) is Queue.REFRESH


def test_a_sync_of_the_whole_world_stands_in_nobodys_way() -> None:
    assert queue_for(SyncAirports(job_id="sync-1")) is Queue.CATALOGUE
    assert queue_for(KeepSearch(search_id="search-1")) is Queue.HOUSEKEEPING


def test_some_kind_of_job_waits_on_every_queue() -> None:
    assert {terms.queue for terms in TERMS.values()} | {Queue.REFRESH} == set(Queue)
