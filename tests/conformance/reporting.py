"""What the suite found out of each supplier: gathered from all test processes, shown, and compared with the record."""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.supplier import Excuse, Supplier
from tests.conformance import results
from tests.conformance.folders import found, suppliers
from tests.conformance.parts import Station
from tests.conformance.results import LEVELS, Finding, Mark

NOT_MET: Final = pytest.StashKey[bool]()
_PROPERTY: Final = "conformance"
_FOLDER: Final = Path(__file__).parent
# Whoever picks tests by one of these does not run the whole suite.
_CHOOSING: Final = ("keyword", "markexpr", "deselect", "lf", "last_failed", "failedfirst", "ignore", "ignore_glob")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-matrix", action="store_true", help="write docs/suppliers.md from what the suite finds")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Gathering(config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A check that a supplier is excused from may fail, until somebody has to look at it again."""
    for item in items:
        for excuse in _excuses(item):
            item.add_marker(pytest.mark.xfail(reason=f"{excuse.reason} (until {excuse.review_by})", strict=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In the process that ran the test: what it was about goes along with its report."""
    report = yield
    slug = _about(item)
    if slug and (report.when == "call" or not report.passed):
        report.user_properties += [
            (_PROPERTY, msgspec.to_builtins(_finding(slug, level, item, report)))
            for level in item.iter_markers()
            if level.name in LEVELS
        ]
    return report


def _finding(slug: str, level: pytest.Mark, item: pytest.Item, report: pytest.TestReport) -> Finding:
    mark, until = Mark.FAILED, None
    if hasattr(report, "wasxfail"):
        mark, until = Mark.EXCUSED, min(excuse.review_by for excuse in _excuses(item))
    elif report.passed:
        mark = Mark.PASSED
    elif report.skipped and not item.stash.get(NOT_MET, False):
        mark = Mark.NOT_APPLICABLE
    return Finding(supplier=slug, level=level.name, check=level.args[0], mark=mark, until=until)


def _about(item: pytest.Item) -> str | None:
    asked = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    for told in asked.values():
        if isinstance(told, Supplier | Station):
            return told.slug
    slug = asked.get("slug")
    return slug if isinstance(slug, str) else None


def _excuses(item: pytest.Item) -> list[Excuse]:
    supplier = suppliers().get(_about(item) or "")
    checks = {level.args[0] for level in item.iter_markers() if level.name in LEVELS}
    today = datetime.now(UTC).date()
    excuses = supplier.excuses if supplier else ()
    return [excuse for excuse in excuses if excuse.check in checks and excuse.review_by >= today]


class _Gathering:
    """In the process that leads the others the reports of all of them arrive."""

    def __init__(self, config: pytest.Config) -> None:
        self._config: Final = config
        self._found: Final[list[Finding]] = []
        self._lines: Final[list[str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = [value for name, value in report.user_properties if name == _PROPERTY]
        self._found.extend(msgspec.convert(told, list[Finding]))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if hasattr(self._config, "workerinput") or not self._found:
            return
        rows = results.matrix(self._found, _needs())
        shown = tuple(results.printed(rows))
        self._lines.extend(shown if _whole(self._config) else shown[:-1])  # a part of the rules is no tier
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not _whole(self._config):
            return
        if self._config.getoption("--record-matrix"):
            results.record(rows)
            self._lines.append(f"written to {results.PAGE.name}")
        elif wrong := self._differences(rows):
            self._lines.extend(wrong)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _differences(self, rows: Mapping[str, results.Row]) -> list[str]:
        wrong = [f"{slug} reaches {rows[slug].tier} and needs {rows[slug].needs}" for slug in results.below(rows)]
        if results.encoded(rows) != results.encoded(results.recorded()) or results.page(rows) != _page():
            wrong.append(f"docs/{results.RECORD.name} and docs/{results.PAGE.name} say otherwise: run `make matrix`")
        return wrong

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._lines:
            terminalreporter.section("suppliers")
            for line in self._lines:
                terminalreporter.write_line(line)


def _needs() -> dict[str, str]:
    """Everybody tells the truth; whoever sells may be trusted with money."""
    selling = {slug for slug, supplier in suppliers().items() if supplier.sells}
    return {folder.slug: "gold" if folder.slug in selling else "silver" for folder in found()}


def _page() -> str:
    return results.PAGE.read_text(encoding="utf-8") if results.PAGE.exists() else ""


def _whole(config: pytest.Config) -> bool:
    """Whether all tests of this folder were asked for: nobody compares a part with the whole."""
    if any(config.getoption(name, default=None) for name in _CHOOSING):
        return False
    asked = [Path(config.invocation_params.dir, told) for told in config.args]
    return any(told == _FOLDER or told in _FOLDER.parents for told in asked)
