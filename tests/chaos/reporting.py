"""The ledger of the short storm, printed where the results of the suite are."""

from typing import Final

import pytest

# A test that has a ledger to show records it under this name, whichever process it runs in.
LEDGER: Final = "ledger"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    for report in ended:
        for name, told in report.user_properties:
            if name == LEDGER and report.when == "call":
                terminalreporter.section("a short storm")
                terminalreporter.write_line(str(told))
