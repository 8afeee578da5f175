"""How a supplier is shown who asks."""

from adapters.kit.auth import HeaderKey, QueryKey
from adapters.kit.calls import Call

CALL = Call(operation="search", path="/flights", params=(("to", "JFK"),), headers=(("accept-language", "en"),))


def test_a_key_in_a_header_stands_beside_the_calls_own_headers() -> None:
    signed = HeaderKey(header="apikey", secret="ALBATROSS_KEY").signed(CALL, {"ALBATROSS_KEY": "s3cret"})
    assert signed.headers == (("accept-language", "en"), ("apikey", "s3cret"))
    assert signed.params == CALL.params


def test_a_key_in_the_address_stands_in_front_of_the_calls_own_parameters() -> None:
    signed = QueryKey(param="access_key", secret="ALBATROSS_KEY").signed(CALL, {"ALBATROSS_KEY": "s3cret"})
    assert signed.params == (("access_key", "s3cret"), ("to", "JFK"))
    assert signed.headers == CALL.headers


def test_each_names_the_variable_that_holds_its_key() -> None:
    assert HeaderKey(header="apikey", secret="ALBATROSS_KEY").secrets == ("ALBATROSS_KEY",)
    assert QueryKey(param="access_key", secret="BLUEBIRD_KEY").secrets == ("BLUEBIRD_KEY",)
