"""Where a supplier is reached, and with what."""

import pytest

from adapters.kit.access import access
from adapters.kit.auth import ClientCredentials, InBody
from adapters.kit.budget import Window
from tests.adapters.kit import declared

SANDBOX = {"SANDBOX_URL": "http://127.0.0.1:8900/"}
SECRET = {"ALBATROSS_KEY": "real"}
BY_TOKEN = ClientCredentials(
    path="/token",
    client_id="ALBATROSS_ID",
    client_secret="ALBATROSS_SECRET",
    token_host="https://auth.albatross.example",
)
BOTH = {"ALBATROSS_ID": "we", "ALBATROSS_SECRET": "real"}


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


@pytest.mark.parametrize("environment", [{}, SANDBOX])
def test_a_part_of_the_secrets_is_a_mistake_and_says_which_are_missing(environment: dict[str, str]) -> None:
    half = environment | {"ALBATROSS_ID": "we", "ALBATROSS_SECRET": ""}
    with pytest.raises(ValueError, match=r"lacks ALBATROSS_SECRET$"):
        access(declared.supplier(auth=BY_TOKEN), half)


@pytest.mark.parametrize(("said", "live"), [("yes", True), ("no", False), ("", False)])
def test_a_supplier_without_secrets_goes_live_when_somebody_says_so(said: str, *, live: bool) -> None:
    found = access(declared.supplier(auth=InBody(secrets=())), SANDBOX | {"ALBATROSS_LIVE": said})
    assert found is not None
    assert found.live is live


def test_a_supplier_without_secrets_is_not_live_by_itself() -> None:
    assert access(declared.supplier(auth=InBody(secrets=())), {}) is None


def test_tokens_have_a_host_of_their_own_only_where_they_are_real() -> None:
    tokens = declared.supplier(auth=BY_TOKEN)
    for environment, where in (
        (BOTH, "https://auth.albatross.example"),
        (BOTH | {"ALBATROSS_BASE_URL": "https://proxy.example"}, None),
        (SANDBOX, None),
    ):
        found = access(tokens, environment)
        assert found is not None
        assert found.token_url == where


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


def test_a_contract_may_say_less_of_some_operations() -> None:
    found = access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": "600/60s,30/60s:search+price_all"})
    assert found is not None
    searches = Window(calls=30, seconds=60, operations=frozenset({"search", "price_all"}))
    assert found.budget.windows == (Window(calls=600, seconds=60), searches)


@pytest.mark.parametrize("written", ["much", "600", "600/60m", "0/60s", "5/0s", "5/-1s", "5/nan", "1/1s,", "1.5/1s"])
def test_a_budget_that_can_not_be_read_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="write it like 600/60s"):
        access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": written})


def test_two_windows_of_one_length_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="one for each length"):
        access(declared.supplier(), SECRET | {"ALBATROSS_BUDGET": "5/1s,9/1s"})
