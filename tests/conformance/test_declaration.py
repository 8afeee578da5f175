"""A declaration is complete, its folder holds what belongs into it, and a walk through it meets all that it names."""

import ast
import importlib
import re
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import pytest

from adapters.kit.failures import Ruling
from adapters.kit.registry import sandbox_module
from adapters.kit.supplier import Supplier
from tests.conformance import folders
from tests.conformance.exchanges import Exchange
from tests.conformance.parts import operations, parts, stations
from tests.conformance.questions import QUERIES
from tests.conformance.walk import Walk

pytestmark = pytest.mark.bronze("declaration complete")

_PRETENDS_WITH = {"falcon", "msgspec", "orjson"}
_OURS = {"adapters", "api", "bench", "cli", "domain", "sandbox", "schedules", "settings", "storage", "telemetry",
         "tests", "workers"}  # fmt: skip
_LARGEST_REPLY = 100_000_000  # bytes
_LONGEST_WAIT = timedelta(minutes=5)
_LONGEST_EXCUSE = timedelta(days=366)


def test_its_folder_can_be_loaded(slug: str) -> None:
    broken = {folder.slug: folder.trouble for folder in folders.found()}
    assert broken[slug] is None, broken[slug]


def test_its_name_can_be_a_folder_and_a_variable(supplier: Supplier) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", supplier.slug)
    assert supplier.title.strip()


def test_its_addresses_are_addresses(supplier: Supplier) -> None:
    for address in (supplier.documentation, supplier.live_url):
        assert (urlsplit(address).scheme, bool(urlsplit(address).hostname)) == ("https", True), address
    assert not supplier.live_url.endswith("/")


def test_every_secret_is_named_after_it_in_upper_case(supplier: Supplier) -> None:
    for name in supplier.auth.secrets:
        assert re.fullmatch(rf"{supplier.slug.upper()}_[A-Z0-9_]*[A-Z0-9]", name), name


def test_the_sandbox_has_a_credential_for_every_secret(supplier: Supplier) -> None:
    assert set(supplier.sandbox_secrets) == set(supplier.auth.secrets)
    assert all(supplier.sandbox_secrets.values())


def test_its_limits_are_limits(supplier: Supplier) -> None:
    assert 0 < supplier.largest_reply <= _LARGEST_REPLY
    assert supplier.offers_live_for is None or supplier.offers_live_for > timedelta()
    for patience in (supplier.timeout, *supplier.patience.values()):
        assert timedelta() < patience <= _LONGEST_WAIT
    assert all(part.at_most >= 1 for part in parts(supplier.slug))


def test_it_answers_something(supplier: Supplier) -> None:
    assert parts(supplier.slug)


def test_what_it_finds_stays_true_for_a_time_that_it_names(supplier: Supplier) -> None:
    assert not supplier.searches or supplier.offers_live_for is not None


def test_what_is_said_by_operation_is_said_of_its_own(supplier: Supplier) -> None:
    """A weight, a patience, a window of an operation that nothing asks for is a slip of the pen."""
    known = operations(supplier) | _asked_for_by_the_kit(supplier)
    windows = {name for window in supplier.budget.windows for name in window.operations}
    assert set(supplier.budget.costs) <= known
    assert set(supplier.patience) <= known
    assert windows <= known | set(supplier.shapes)


def test_every_call_costs_something_that_its_windows_hold(exchange: Exchange) -> None:
    budget, call = exchange.supplier.budget, exchange.call
    assert any(window.holds(call.operation) for window in budget.windows)
    assert 0 <= budget.cost(call) <= budget.tightest(call.operation)


def test_every_error_code_has_a_ruling(supplier: Supplier) -> None:
    assert supplier.errors
    for code, ruling in supplier.errors.items():
        assert code
        assert isinstance(ruling, Ruling), code


def test_it_honours_fields_that_a_query_has(supplier: Supplier) -> None:
    for vertical, searching in supplier.searches.items():
        assert searching.honours <= set(QUERIES[vertical].__struct_fields__)


def test_what_it_sells_can_be_searched_for(supplier: Supplier) -> None:
    assert set(supplier.sells) <= set(supplier.searches)


def test_who_sells_masks_what_it_is_told_of_travellers(supplier: Supplier) -> None:
    assert not supplier.sells or supplier.private


def test_there_is_a_cheap_call_to_see_whether_the_credentials_are_good(supplier: Supplier) -> None:
    assert supplier.check is not None
    call = supplier.check()
    assert call.reads_only
    assert supplier.check() == call
    assert call.operation in _named_by_its_sandbox(supplier)


def test_every_operation_has_its_words_in_shapes(supplier: Supplier) -> None:
    assert operations(supplier) - set(supplier.shapes) == set()


def test_every_excuse_has_a_reason_and_a_day_on_which_somebody_looks_at_it_again(supplier: Supplier) -> None:
    today = datetime.now(UTC).date()
    for excuse in supplier.excuses:
        assert len(excuse.reason) > 20, excuse.check
        assert today <= excuse.review_by <= today + _LONGEST_EXCUSE, excuse.check


def test_a_walk_through_it_meets_every_operation(supplier: Supplier, walk: Walk) -> None:
    missed = [walk.why_not(station) for station in stations(supplier) if walk.missed(station)]
    assert not missed, "\n".join(missed)


def test_the_call_is_named_as_declared(exchange: Exchange) -> None:
    assert exchange.part.ask(exchange.about).operation == exchange.part.operations[0]
    assert exchange.operation in exchange.part.operations
    assert exchange.call.path.startswith("/")


def test_only_booking_and_cancelling_change_anything(exchange: Exchange) -> None:
    assert exchange.call.reads_only or exchange.part.step in ("quote", "book", "cancel")


def test_booking_and_cancelling_are_never_taken_for_reading(supplier: Supplier, walk: Walk) -> None:
    for part in parts(supplier.slug):
        met = [exchange for exchange in walk.met.values() if exchange.part == part]
        if part.step in ("book", "cancel") and met:
            assert not all(exchange.call.reads_only for exchange in met), part.name


def test_its_folder_is_whole(supplier: Supplier) -> None:
    there = {path.name for path in folders.folder(supplier.slug).iterdir()}
    assert {"__init__.py", "README.md", "wire.py"} <= there
    assert {"sandbox", "sandbox.py"} & there


def test_its_readme_is_one(supplier: Supplier) -> None:
    readme = (folders.folder(supplier.slug) / "README.md").read_text(encoding="utf-8")
    assert re.match(r"# \S", readme)
    assert "unverified" in readme.lower(), "say what nobody has seen at the real supplier, even if that is nothing"
    for name in supplier.auth.secrets:
        assert name in readme


def test_every_module_opens_with_a_sentence(supplier: Supplier) -> None:
    for path, tree in folders.modules(supplier.slug):
        first = (ast.get_docstring(tree) or "").partition("\n")[0]
        assert re.fullmatch(r"\S.{10,}[.:]", first), f"{path.name} opens with {first!r}"


def test_it_knows_the_kit_the_domain_and_nobody_else(supplier: Supplier) -> None:
    mine = f"adapters.suppliers.{supplier.slug}"
    for path, tree in folders.modules(supplier.slug):
        ours = {name for name in folders.imported(tree) if name.split(".")[0] in _OURS}
        strangers = {name for name in ours if not _within(name, "adapters.kit", "domain", mine)}
        assert not strangers, f"{path.name} imports {strangers}"


def test_its_words_are_nothing_of_ours(supplier: Supplier) -> None:
    for path, tree in folders.modules(supplier.slug):
        if re.fullmatch(r"wire(_\w+)?\.py", path.name) and not folders.pretends(path):
            words = {name for name in folders.imported(tree) if name.split(".")[0] in _OURS}
            assert all(_within(name, f"adapters.suppliers.{supplier.slug}") for name in words), path.name


def test_its_sandbox_is_a_second_reading_that_shares_nothing_with_the_first(supplier: Supplier) -> None:
    itself = sandbox_module(supplier.slug)
    for path, tree in folders.modules(supplier.slug):
        if folders.pretends(path):
            named = {name for name in folders.imported(tree) if not _within(name, itself)}
            strangers = {name.split(".")[0] for name in named} - _PRETENDS_WITH - sys.stdlib_module_names
            assert not strangers, path


def test_its_sandbox_names_the_same_operations(supplier: Supplier) -> None:
    assert operations(supplier) - _named_by_its_sandbox(supplier) == set()


def test_its_sandbox_says_which_outcomes_it_plays_at_which_operation(supplier: Supplier) -> None:
    pretend = importlib.import_module(sandbox_module(supplier.slug))
    assert set(getattr(pretend, "OUTCOMES", {})) <= _named_by_its_sandbox(supplier)


def test_its_declaration_is_a_value(supplier: Supplier) -> None:
    with pytest.raises(AttributeError):
        supplier.slug = "another"  # type: ignore[misc]  # that it can't be done is the point
    assert isinstance(supplier, msgspec.Struct)


def _named_by_its_sandbox(supplier: Supplier) -> set[str]:
    pretend = importlib.import_module(sandbox_module(supplier.slug))
    return {operation for _, pattern, operation in pretend.OPERATIONS if re.compile(pattern)}


def _asked_for_by_the_kit(supplier: Supplier) -> set[str]:
    """Operations that no part has: the token's, and the one that costs least."""
    return {"token"} | ({supplier.check().operation} if supplier.check else set())


def _within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
