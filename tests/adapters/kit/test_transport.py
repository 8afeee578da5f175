"""The seam to the network: whole replies within bounds, and no word about what was sent."""

import gzip
import logging
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from adapters.kit import transport
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import Failure, GiveUp, TryLater
from domain.searches import Outcome
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, Desk, cuts, hangs, open_desk, resets, says, says_zipped


async def exchanged(
    *answers: Answer, call: Call | None = None, largest: int = 1_000, patience: float = 5
) -> tuple[Reply, Desk]:
    async with open_desk(*answers) as desk, transport.client(timedelta(seconds=patience), connections=2) as http:
        return await transport.sent(http, desk.base_url, call or declared.call(), largest=largest), desk


async def failed(answer: Answer, *, call: Call | None = None, largest: int = 1_000, patience: float = 5) -> Failure:
    with pytest.raises(Failure) as failure:
        await exchanged(answer, call=call, largest=largest, patience=patience)
    return failure.value


async def test_what_the_call_says_is_what_is_sent() -> None:
    call = Call(
        operation="book", method="POST", path="/orders", body=b"{}",
        params=(("tag", "a b"), ("tag", "ü")), headers=(("x-one", "1"), ("x-one", "2")),
    )  # fmt: skip
    _, desk = await exchanged(says(), call=call)
    (asked,) = desk.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/orders?tag=a+b&tag=%C3%BC", b"{}")


async def test_a_status_is_for_others_to_judge() -> None:
    reply, _ = await exchanged(says(503, b"closed"))
    assert (reply.status, reply.body) == (503, b"closed")


async def test_redirects_are_not_followed() -> None:
    reply, desk = await exchanged(says(302, headers={"location": "/elsewhere"}))
    assert reply.status == 302
    assert len(desk.asked) == 1


async def test_a_zipped_reply_is_unpacked() -> None:
    reply, _ = await exchanged(says_zipped(b'{"seats": 4}'))
    assert reply.body == b'{"seats": 4}'


async def test_a_reply_beyond_the_limit_is_given_up() -> None:
    failure = await failed(says(body=b"x" * 1_001))
    assert isinstance(failure, GiveUp)


async def test_a_small_reply_that_unpacks_into_a_large_one_is_given_up() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    failure = await failed(says(body=bomb, headers={"content-encoding": "gzip"}), largest=100_000)
    assert isinstance(failure, GiveUp)


@pytest.mark.parametrize(
    "broken",
    [resets(), cuts(), says(body=b"not gzip", headers={"content-encoding": "gzip"})],
    ids=["reset", "cut", "badly zipped"],
)
async def test_a_broken_connection_means_that_the_supplier_is_down(broken: Answer) -> None:
    failure = await failed(broken)
    assert isinstance(failure, TryLater)
    assert failure.outcome is Outcome.ERROR


async def test_a_closed_door_means_that_the_supplier_is_down() -> None:
    async with open_desk(says()) as desk:
        gone = desk.base_url
    async with transport.client(timedelta(seconds=5), connections=1) as http:
        with pytest.raises(TryLater) as failure:
            await transport.sent(http, gone, declared.call(), largest=10)
    assert failure.value.outcome is Outcome.ERROR


async def test_silence_is_a_timeout() -> None:
    failure = await failed(hangs(), patience=0.1)
    assert isinstance(failure, TryLater)
    assert failure.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
async def test_a_key_that_no_header_carries_is_our_mistake(key: str) -> None:
    call = Call(operation="search", path="/", headers=(("x-key", key),))
    failure = await failed(says(), call=call)
    assert isinstance(failure, GiveUp)
    assert key not in str(failure)


@pytest.mark.parametrize("address", ["no address at all", "http://[::1", "ftp://supplier.example"])
async def test_an_address_that_is_none_is_our_mistake(address: str) -> None:
    async with transport.client(timedelta(seconds=5), connections=1) as http:
        with pytest.raises(GiveUp):
            await transport.sent(http, address, declared.call(), largest=10)


async def test_a_key_in_the_address_never_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    await exchanged(says(), call=declared.call(params=(("key", "feathers"),)))
    assert "feathers" not in caplog.text


async def test_only_gzip_is_asked_for() -> None:
    _, desk = await exchanged(says())
    assert desk.asked[0].headers["accept-encoding"] == "gzip"


async def test_another_transport_takes_the_networks_place() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=request.url.path.encode())

    async with transport.client(timedelta(seconds=1), 1, httpx.MockTransport(answer)) as http:
        reply = await transport.sent(http, "http://nowhere.example/v2/", declared.call(), largest=100)
    assert reply.body == b"/v2/flights"


class Door:
    """Whether anything has left through it."""

    def __init__(self) -> None:
        self.passed = False

    def leaves(self) -> None:
        self.passed = True


@pytest.mark.parametrize("answer", [says(), resets(), hangs(), cuts()])
async def test_a_call_has_left_as_soon_as_its_first_byte_has(answer: Answer) -> None:
    door = Door()
    async with open_desk(answer) as desk, transport.client(timedelta(seconds=0.2), connections=1) as http:
        with suppress(Failure):
            await transport.sent(http, desk.base_url, declared.call(), largest=100, leaves=door.leaves)
    assert door.passed


async def test_a_call_that_finds_the_door_closed_has_not_left() -> None:
    door = Door()
    async with open_desk(says()) as desk:
        gone = desk.base_url
    async with transport.client(timedelta(seconds=5), connections=1) as http:
        with suppress(Failure):
            await transport.sent(http, gone, declared.call(), largest=10, leaves=door.leaves)
    assert not door.passed


async def test_a_call_has_left_when_another_transport_has_it() -> None:
    door = Door()

    def answer(_: httpx.Request) -> httpx.Response:
        assert door.passed
        return httpx.Response(200)

    async with transport.client(timedelta(seconds=1), 1, httpx.MockTransport(answer)) as http:
        await transport.sent(http, "http://nowhere.example", declared.call(), largest=100, leaves=door.leaves)


def test_secrets_leave_a_text_in_every_way_that_they_are_written() -> None:
    said = "a&b c, a%26b%20c and a%26b+c, but not abc"
    assert (
        transport.redacted(said, {"KEY": "a&b c", "UNSET": ""})
        == f"{transport.REDACTED}, {transport.REDACTED} and {transport.REDACTED}, but not abc"
    )


@pytest.mark.parametrize(
    "written",
    ["Basic dXMgJiBjbzpzM2NyM3QvKw==", "s3cr3t%2f%2b", "us &amp; co", "s3cr3t\\/+"],
)
def test_no_form_of_a_secret_is_told(written: str) -> None:
    told = transport.redacted(written, {"USER": "us & co", "PASSWORD": "s3cr3t/+"})
    assert transport.REDACTED in told
    assert "s3cr3t" not in told
