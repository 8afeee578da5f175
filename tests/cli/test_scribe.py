"""What people see of the processes' logs."""

import pytest

from cli.scribe import for_people


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"event": "search.published", "level": "info"}', None),
        (
            '{"event": "breaker.opened", "level": "warning", "timestamp": "…", "process": "worker", "supplier": "albatross"}',
            "breaker.opened supplier=albatross",
        ),
        (
            '{"event": "job.crashed", "level": "error", "exception": "Traceback …\\n  File …\\nKeyError: 17"}',
            "job.crashed KeyError: 17",
        ),
        ("[INFO] Listening at: http://127.0.0.1:8000", None),
        ("[ERROR] Worker (pid:7) was sent SIGKILL!", "[ERROR] Worker (pid:7) was sent SIGKILL!"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ("[1, 2]", None),
        ("", None),
    ],
)
def test_people_see_trouble_and_nothing_else(line: str, shown: str | None) -> None:
    told = for_people(line)
    assert (told and told.plain) == shown
