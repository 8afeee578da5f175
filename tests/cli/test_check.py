"""What one cheap call to a supplier tells, and what it never tells."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from io import StringIO
from typing import Any, Final
from urllib.parse import unquote

import msgspec
import pytest
from rich.console import Console

from adapters.kit.auth import ClientCredentials
from adapters.kit.calls import Readout
from adapters.kit.drift import Shape
from adapters.kit.failures import NO_BECAUSE
from adapters.kit.quota import Remaining
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Cataloguing, Looking, Supplier
from cli.check import Checked, checked, named, table
from cli.main import main
from cli.stops import Stop
from domain.catalogue import Subject
from domain.enquiries import PlaceEnquiry
from domain.orders import Reason
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Answer, hangs, open_desk, resets, says
from tests.conformance.pretend import open_sandbox

KEY: Final = "planted/key+0042"
TOKEN: Final = "planted-token-0043"
NOWHERE: Final = "http://127.0.0.1:9"


class Airline(msgspec.Struct):
    name: str


class Airlines(msgspec.Struct):
    airlines: list[Airline]


def albatross(**changed: Any) -> Supplier:
    """Asked for its airlines, a code in each error."""
    usual = {"check": lambda: declared.call(operation="airlines", path="/airlines"),
             "shapes": {"airlines": Shape(type=Airlines)}}  # fmt: skip
    return msgspec.structs.replace(declared.supplier(), **{**usual, **changed})


async def seen(*answers: Answer, supplier: Supplier | None = None, **environment: str) -> Checked:
    """What is seen of a supplier that answers so, asked live."""
    async with open_desk(*answers) as desk:
        known = {"ALBATROSS_KEY": KEY, "ALBATROSS_BASE_URL": desk.base_url} | environment
        return await asyncio.to_thread(checked, supplier or albatross(), known)


def printed(told: Checked) -> str:
    console = Console(file=StringIO(), width=160)
    with console.capture() as shown:
        console.print(table(told))
    return shown.get()


async def test_a_good_answer_is_told_with_where_it_came_from_and_what_came() -> None:
    told = await seen(says(body=b'{"airlines": [{"name": "Albatross", "hub": "AKL"}]}'))
    assert (told.good, told.mode, told.live_with, told.status) == (True, "live", (), 200)
    assert (told.operation, told.failure, told.detail) == ("airlines", None, None)
    assert (told.bytes, told.fields_known, told.fields_unknown) == (51, 2, 1)
    assert "51 bytes, 2 fields that we read and 1 unknown" in printed(told)


@pytest.mark.parametrize(
    ("answer", "failure", "means"),
    [
        (says(401), "GiveUp", "refused"),
        (says(429), "TryLater", "busy"),
        (says(503), "TryLater", "down"),
        (says(body=b'{"error": {"code": "SLOW_DOWN", "message": "not so fast"}}'), "TryLater", "busy"),
        (says(body=b'{"error": {"code": "SOMETHING", "message": "no idea"}}'), "GiveUp", "refused"),
        (resets(), "TryLater", "down"),
        (says(body=b"<html><body>Welcome to our hotel's WiFi"), "GiveUp", "unreadable"),
        (says(body=b"<html><body>Welcome to our hotel's WiFi</body></html>"), "GiveUp", "unreadable"),
        (says(body=b'{"welcome": "home"}'), "GiveUp", "unreadable"),
        (says(body=b""), "GiveUp", "unreadable"),
    ],
)
async def test_whatever_is_no_good_answer_is_told_by_its_class_and_what_that_means(
    answer: Answer, failure: str, means: str
) -> None:
    told = await seen(answer)
    assert (told.good, told.failure) == (False, failure)
    assert told.means.startswith(means)
    assert told.means in printed(told)


async def test_silence_ends_with_the_suppliers_own_patience() -> None:
    told = await seen(hangs(), supplier=albatross(timeout=timedelta(milliseconds=50)))
    assert (told.failure, told.status, told.bytes) == ("TryLater", None, None)
    assert told.means.startswith("silent")


async def test_a_definite_no_is_told_with_its_reason_and_nothing_there_is_good() -> None:
    errors = {"GONE": NO_BECAUSE[Reason.EXPIRED], "NOTHING": NO_BECAUSE[Reason.NOTHING_THERE]}
    told = await seen(says(404, b'{"error": {"code": "GONE"}}'), supplier=albatross(errors=errors))
    assert (told.good, told.failure, told.means) == (False, "Answered", "a definite no: expired")
    told = await seen(says(404, b'{"error": {"code": "NOTHING"}}'), supplier=albatross(errors=errors))
    assert (told.good, told.failure, told.status) == (True, None, 404)


async def test_a_supplier_that_stumbles_is_asked_once() -> None:
    async with open_desk(says(503)) as desk:
        known = {"ALBATROSS_KEY": KEY, "ALBATROSS_BASE_URL": desk.base_url}
        await asyncio.to_thread(checked, albatross(), known)
        assert len(desk.asked) == 1


async def test_what_headers_say_is_left_is_told() -> None:
    left = (
        Remaining(seconds=86400, calls=58, resets_in=7200),
        Remaining(seconds=60, share=0.25),
    )
    told = await seen(says(body=b'{"airlines": []}'), supplier=albatross(quota=lambda _: left))
    assert [(one.calls, one.share, one.resets_in_seconds) for one in told.quota] == [
        (58, None, 7200),
        (None, 0.25, None),
    ]
    shown = printed(told)
    assert "58 left of a window of 1 day, 0:00:00, full again in 2:00:00" in shown
    assert "25% left of a window of 0:01:00" in shown


@pytest.mark.parametrize(
    "answer",
    [
        says(401, f'{{"error": {{"code": "BAD", "message": "who is {KEY}?"}}}}'.encode()),
        says(403, f'{{"error": {{"message": "planted%2Fkey%2B0042 and {TOKEN} at http://me:{KEY}@here"}}}}'.encode()),
        says(429, f'{{"error": {{"code": "{KEY}", "message": "{KEY}"}}}}'.encode()),
        says(500, KEY.encode(), {"location": f"/?key={KEY}"}),
        says(body=KEY.encode()),
        says(body=f'{{"{KEY}": 1}}'.encode()),
        resets(),
    ],
)
async def test_no_secret_is_told_whatever_the_supplier_says(answer: Answer, capfd: pytest.CaptureFixture[str]) -> None:
    oauth = ClientCredentials(path="/token", client_id="ALBATROSS_ID", client_secret="ALBATROSS_SECRET")
    token = says(body=f'{{"access_token": "{TOKEN}", "expires_in": 60}}'.encode())
    by_token = albatross(auth=oauth)
    its = {"ALBATROSS_ID": "planted-id-0041", "ALBATROSS_SECRET": KEY}
    tries: tuple[tuple[Awaitable[Checked], tuple[str, ...]], ...] = (
        (seen(answer), (KEY,)),
        (seen(token, answer, supplier=by_token, **its), (KEY, TOKEN, "planted-id")),
        (seen(answer, supplier=by_token, **its), (KEY, "planted-id")),
    )
    for try_, secrets in tries:
        told = await try_
        written = capfd.readouterr()
        shown = printed(told) + msgspec.json.encode(told).decode() + repr(told) + written.out + written.err
        assert [secret for secret in secrets if secret in unquote(shown)] == []


async def test_a_token_that_came_is_no_answer_to_the_call() -> None:
    oauth = ClientCredentials(path="/token", client_id="ALBATROSS_ID", client_secret="ALBATROSS_SECRET")
    its = {"ALBATROSS_ID": "planted-id-0041", "ALBATROSS_SECRET": KEY}
    token = says(body=f'{{"access_token": "{TOKEN}", "expires_in": 60}}'.encode())
    told = await seen(token, resets(), supplier=albatross(auth=oauth), **its)
    assert (told.failure, told.status, told.bytes) == ("TryLater", None, None)
    told = await seen(says(401), supplier=albatross(auth=oauth), **its)
    assert (told.failure, told.status) == ("GiveUp", 401)


async def test_a_password_in_an_address_is_not_told() -> None:
    async with open_desk(says(body=b'{"airlines": []}')) as desk:
        address = desk.base_url.replace("//", "//me:planted@")
        told = await asyncio.to_thread(
            checked, albatross(), {"ALBATROSS_KEY": KEY, "ALBATROSS_BASE_URL": f"{address}?key=planted"}
        )
        assert told.base_url == desk.base_url


async def test_without_a_call_of_its_own_a_lookup_is_tried_and_then_a_list() -> None:
    def nothing(*_: object) -> Readout[Any]:
        return Readout(records=())

    looking = Looking(
        operation="places", ask=lambda _: declared.call(operation="places"), read=nothing,
        example=PlaceEnquiry(text="Auckland"),
    )  # fmt: skip
    listing = Cataloguing(operation="list", ask=lambda: declared.call(operation="list"), read=nothing, at_most=1)
    both = albatross(check=None, lookups={PlaceEnquiry: looking}, catalogues={Subject.AIRLINES: listing})
    assert (await seen(says(), supplier=both)).operation == "places"
    only = albatross(check=None, catalogues={Subject.AIRLINES: listing})
    assert (await seen(says(), supplier=only)).operation == "list"
    with pytest.raises(Stop, match="Albatross Air has no cheap call to check with"):
        checked(albatross(check=None), {"ALBATROSS_KEY": KEY})


def test_what_can_not_be_asked_is_one_sentence() -> None:
    secrets = ClientCredentials(path="/token", client_id="ALBATROSS_ID", client_secret="ALBATROSS_SECRET")
    with pytest.raises(
        Stop, match=r"^albatross: Albatross Air goes live with all of its secrets, and lacks ALBATROSS_ID\.$"
    ):
        checked(albatross(auth=secrets), {"ALBATROSS_SECRET": KEY})
    with pytest.raises(Stop, match=r"^Albatross Air is not connected: set ALBATROSS_KEY, or SANDBOX_URL\.$"):
        checked(albatross(), {})
    with pytest.raises(Stop, match=rf"^No sandbox answers at {NOWHERE}/albatross: .* set ALBATROSS_KEY to go live\.$"):
        checked(albatross(), {"SANDBOX_URL": NOWHERE})
    with pytest.raises(Stop, match=r"^albatross: 'many' is not a budget: "):
        checked(albatross(), {"SANDBOX_URL": NOWHERE, "ALBATROSS_BUDGET": "many"})
    with pytest.raises(Stop, match=r"^No supplier is called nobody: there are "):
        named("nobody")


def test_a_live_supplier_out_of_reach_is_told_and_not_taken_for_a_sandbox() -> None:
    told = checked(albatross(), {"ALBATROSS_KEY": KEY, "ALBATROSS_BASE_URL": NOWHERE})
    assert (told.good, told.mode, told.failure, told.status) == (False, "live", "TryLater", None)


async def test_a_sandbox_that_stumbles_is_not_taken_for_one_that_is_not_there() -> None:
    async with open_desk(resets()) as desk:
        told = await asyncio.to_thread(checked, albatross(), {"SANDBOX_URL": desk.base_url})
    assert (told.good, told.mode, told.live_with) == (False, "sandbox", ("ALBATROSS_KEY",))
    assert "sandbox, live with ALBATROSS_KEY" in printed(told)


def test_a_redis_that_is_away_keeps_nobody_from_asking(capsys: pytest.CaptureFixture[str]) -> None:
    known = {"ALBATROSS_KEY": KEY, "ALBATROSS_BASE_URL": NOWHERE}
    assert checked(albatross(), known, redis_url="redis://127.0.0.1:9/0").failure == "TryLater"
    assert capsys.readouterr().out == ""


def test_a_supplier_is_good_at_its_own_sandbox_and_where_there_is_none_that_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slug, supplier = next(iter(suppliers().items()))
    for name in (*supplier.auth.secrets, f"{slug.upper()}_BASE_URL", f"{slug.upper()}_LIVE", "REDIS_URL"):
        monkeypatch.setenv(name, "")
    with open_sandbox("ticking") as url:
        monkeypatch.setenv("SANDBOX_URL", url)
        assert run("suppliers", "check", slug, "--json") == 0
        told = msgspec.json.decode(capsys.readouterr().out, type=Checked)
        assert (told.supplier, told.mode, told.status) == (slug, "sandbox", 200)
        assert run("suppliers", "check", slug) == 0
        assert f"{url}/{slug}" in capsys.readouterr().out
    assert run("suppliers", "check", slug) == 1
    assert "No sandbox answers at" in capsys.readouterr().err


def run(*typed: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(typed)
    return int(ended.value.code or 0)
