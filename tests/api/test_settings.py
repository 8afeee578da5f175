"""Settings that change what the API answers and where webhooks may go."""

import pytest

from settings import Unset, from_environment


def test_travellers_who_do_not_say_where_they_live_live_in_germany_unless_an_operator_knows_better() -> None:
    assert from_environment({}).default_market == "DE"
    assert from_environment({"DEFAULT_MARKET": "JP"}).default_market == "JP"
    assert from_environment({"DEFAULT_MARKET": ""}).default_market == "DE"


@pytest.mark.parametrize("told", ["Japan", "jp", "J", "J1", "日本"])
def test_what_is_no_country_ends_the_process_with_a_sentence(told: str) -> None:
    with pytest.raises(Unset, match="DEFAULT_MARKET must be a country of two capital letters"):
        from_environment({"DEFAULT_MARKET": told})


def test_webhooks_stay_out_of_closed_networks_unless_an_operator_allows_it() -> None:
    assert not from_environment({}).private_webhooks
    assert not from_environment({"WEBHOOKS_ALLOW_PRIVATE": "0"}).private_webhooks
    assert from_environment({"WEBHOOKS_ALLOW_PRIVATE": "1"}).private_webhooks
