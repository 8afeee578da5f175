"""Where a supplier is reached, and with what."""

import pytest

from adapters.kit.access import access
from adapters.kit.budget import Window
from tests.adapters.kit import declared

SANDBOX = {"SANDBOX_URL": "http://127.0.0.1:8900/"}
SECRET = {"ALBATROSS_KEY": "real"}


def test_a_supplier_goes_live_by_its_secrets() -> None:
    found = access(declared.supplier(), SANDBOX | SECRET)
    assert found is not None
    assert (found.live, found.base_url, found.secrets) == (True, "https://api.albatross.example", SECRET)


def test_without_its_secrets_a_supplier_is_asked_at_the_sandbox() -> None:
    found = access(declared.supplier(), SANDBOX | {"ALBATROSS_KEY": ""})
    assert found is not None
    assert (found.live, found.base_url) == (False, "http://127.0.0.1:8900/albatross")
    assert found.secrets == {"ALBATROSS_KEY": declared.KEY}


def test_without_secrets_and_sandbox_a_supplier_is_not_asked() -> None:
    assert access(declared.supplier(), {}) is None


@pytest.mark.parametrize("environment", [SANDBOX, SECRET])
def test_another_address_can_be_given(environment: dict[str, str]) -> None:
    found = access(declared.supplier(), environment | {"ALBATROSS_BASE_URL": "https://proxy.example"})
    assert found is not None
    assert found.base_url == "https://proxy.example"


def test_a_contract_allows_what_it_allows() -> None:
    found = access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": "600/60s, 100/5"})
    assert found is not None
    assert found.budget.windows == (Window(calls=600, seconds=60), Window(calls=100, seconds=5))
    assert found.budget.concurrency == declared.PLENTY.concurrency


@pytest.mark.parametrize("written", ["much", "600", "600/60m", "0/60s", "5/0s", "5/-1s", "5/nan", "1/1s,", "1.5/1s"])
def test_a_budget_that_can_not_be_read_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="write it like 600/60s"):
        access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": written})


def test_two_windows_of_one_length_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="one for each length"):
        access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": "5/1s,9/1s"})
