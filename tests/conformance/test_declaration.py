"""A declaration is complete, and its folder holds what DESIGN asks for."""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
import pytest

from adapters.kit.failures import Ruling
from adapters.kit.registry import sandbox_module
from adapters.kit.supplier import Cataloguing, Searching, Supplier
from tests.conformance import folders
from tests.conformance.exchanges import QUERIES, Exchange

pytestmark = pytest.mark.bronze("declaration complete")

_PRETENDS_WITH = {"falcon", "msgspec", "orjson"}
_OURS = {"adapters", "api", "bench", "cli", "domain", "sandbox", "schedules", "settings", "storage", "telemetry",
         "tests", "workers"}  # fmt: skip


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
    assert supplier.timeout.total_seconds() > 0
    assert supplier.largest_reply > 0
    assert supplier.offers_live_for is None or supplier.offers_live_for.total_seconds() > 0
    assert all(asked.at_most >= 1 for asked in _asked(supplier))


def test_it_answers_something(supplier: Supplier) -> None:
    assert supplier.searches or supplier.catalogues or supplier.lookups


def test_every_weight_is_of_an_operation_that_it_has(supplier: Supplier) -> None:
    assert set(supplier.budget.costs) <= _operations(supplier)


def test_every_error_code_has_a_ruling(supplier: Supplier) -> None:
    assert supplier.errors
    for code, ruling in supplier.errors.items():
        assert code
        assert isinstance(ruling, Ruling), code


def test_it_honours_fields_that_a_query_has(supplier: Supplier) -> None:
    for vertical, searching in supplier.searches.items():
        assert searching.honours <= set(QUERIES[vertical].__struct_fields__)


def test_the_call_is_named_as_declared(exchange: Exchange) -> None:
    call = exchange.ask()
    assert call.operation == exchange.operation
    assert call.path.startswith("/")
    assert call.reads_only


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
    wire = {path.name: tree for path, tree in folders.modules(supplier.slug)}["wire.py"]
    assert {name for name in folders.imported(wire) if name.split(".")[0] in _OURS} == set()


def test_its_sandbox_is_a_second_reading_that_shares_nothing_with_the_first(supplier: Supplier) -> None:
    for path, tree in folders.modules(supplier.slug):
        if folders.pretends(path):
            itself = f"{sandbox_module(supplier.slug)}"
            named = {name for name in folders.imported(tree) if not _within(name, itself)}
            strangers = {name.split(".")[0] for name in named} - _PRETENDS_WITH - sys.stdlib_module_names
            assert not strangers, path


def test_its_sandbox_names_the_same_operations(supplier: Supplier) -> None:
    pretend = importlib.import_module(sandbox_module(supplier.slug))
    named = {operation for _, pattern, operation in pretend.OPERATIONS if re.compile(pattern)}
    assert _operations(supplier) <= named


def test_its_declaration_is_a_value(supplier: Supplier) -> None:
    with pytest.raises(AttributeError):
        supplier.slug = "another"  # type: ignore[misc]  # that it can't be done is the point
    assert isinstance(supplier, msgspec.Struct)


def _asked(supplier: Supplier) -> Iterator[Searching | Cataloguing]:
    yield from supplier.searches.values()
    yield from supplier.catalogues.values()


def _operations(supplier: Supplier) -> set[str]:
    searched = {name for searching in supplier.searches.values() for name in searching.operations}
    looked = {looking.operation for looking in supplier.lookups.values()}
    return searched | looked | {cataloguing.operation for cataloguing in supplier.catalogues.values()}


def _within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
