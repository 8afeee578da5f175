"""The Procfile, as an operator scales it, and .env."""

import re

from cli import health, procfile
from domain.jobs import Queue


def test_every_queue_has_a_process_that_serves_it_and_only_one() -> None:
    served = [queue for line in procfile.commands().values() for queue in _queues(line)]
    assert sorted(served) == sorted(Queue)


def test_every_process_can_show_that_it_is_up() -> None:
    assert set(procfile.commands()) == health.KNOWN


def test_signals_reach_the_programs_and_not_a_shell_in_front_of_them() -> None:
    assert all(re.match(r"(\S+=\S+ )*exec ", line) for line in procfile.commands().values())


def test_what_is_set_goes_before_what_is_written_down() -> None:
    given = procfile.with_dotenv({"TRAVELHUB_DATA": "/somewhere", "PORT": "1"})
    assert (given["TRAVELHUB_DATA"], given["PORT"]) == ("/somewhere", "1")


def test_the_data_folder_is_the_projects_wherever_one_stands() -> None:
    assert procfile.with_dotenv({})["TRAVELHUB_DATA"] == str(procfile.ROOT / ".travelhub")


def _queues(line: str) -> list[str]:
    found = re.search(r"--queues((?: [a-z]+)+)", line)
    return found[1].split() if found else []
