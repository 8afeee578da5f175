"""What a sync of the catalogue tells of itself."""

from typing import get_args

from domain.catalogue import Subject
from domain.jobs import Job, name


def test_every_subject_of_the_catalogue_has_a_job_that_syncs_it() -> None:
    assert {f"sync_{subject}" for subject in Subject} <= {name(kind) for kind in get_args(Job)}
