"""A reply that is kept says what was said, and nothing that speaks for us or of a traveller."""

import asyncio

import msgspec

from adapters.kit.archive import Sealed, about, sealed, subject, unsealed
from adapters.kit.calls import Call, Reply
from tests.adapters.kit import declared
from tests.builders import ALBATROSS

KEY = declared.KEY


def kept(
    call: Call | None = None,
    reply: Reply | None = None,
    *,
    private: frozenset[str] = frozenset(),
    about: str | None = None,
) -> Sealed:
    return sealed(
        ALBATROSS, call or declared.call(), reply or declared.reply(), hidden=(KEY,), private=private, about=about
    )


def test_what_was_said_comes_back_as_it_was() -> None:
    call = declared.call(params=(("from", "ZRH"), ("via", "LHR"), ("via", "JFK")))
    reply = declared.reply(b'{"price": 420.10}', headers={"retry-after": "7"})
    one = kept(call, reply, about="search 1")
    assert unsealed(one) == (call, reply)
    assert (one.supplier, one.operation, one.about, one.status) == (ALBATROSS, "search", "search 1", 200)


def test_a_body_that_is_no_text_comes_back_too() -> None:
    body = bytes(range(256)) * 10
    assert unsealed(kept(reply=declared.reply(body)))[1].body == body


def test_a_reply_takes_less_room_than_it_took_on_the_wire() -> None:
    body = msgspec.json.encode({"data": [{"price": n, "currency": "EUR"} for n in range(1000)]})
    assert len(kept(reply=declared.reply(body)).body) < len(body) / 5


def test_a_key_that_the_supplier_says_back_is_not_kept() -> None:
    call = msgspec.structs.replace(
        declared.order(), path=f"/orders/{KEY}", params=(("key", KEY),), headers=(("x-key", KEY),), body=KEY.encode()
    )
    reply = declared.reply(f'{{"error": "{KEY} is not valid"}}'.encode(), headers={"x-echo": KEY})
    asked, said = unsealed(kept(call, reply))
    assert KEY not in repr((asked, said))
    assert said.body == b'{"error": "[redacted] is not valid"}'
    assert said.headers == {"x-echo": "[redacted]"}
    assert asked.params == (("key", "[redacted]"),)


def test_what_is_told_of_a_traveller_is_not_kept() -> None:
    call = msgspec.structs.replace(
        declared.order(),
        body=b'{"email": "ada@x.example"}',
        params=(("email", "ada@x.example"),),
        headers=(("Email", "ada@x.example"),),
    )
    reply = declared.reply(b'{"id": 7, "guest": {"email": "ada@x.example"}}', headers={"email": "ada@x.example"})
    asked, said = unsealed(kept(call, reply, private=frozenset({"email"})))
    assert "ada" not in repr((asked, said))
    assert said.body == b'{"id": 7, "guest": {"email": "[redacted]"}}'


def test_a_token_is_never_kept_whatever_is_declared() -> None:
    said = unsealed(kept(reply=declared.reply(b'{"access_token": "sesame", "expires_in": 1800}')))[1]
    assert said.body == b'{"access_token": "[redacted]", "expires_in": 1800}'


def test_headers_of_the_connection_and_cookies_are_left_out() -> None:
    headers = {"content-type": "application/json", "set-cookie": "session=1", "content-encoding": "gzip", "x-left": "3"}
    said = unsealed(kept(reply=declared.reply(headers=headers)))[1]
    assert said.headers == {"content-type": "application/json", "x-left": "3"}


async def test_calls_of_tasks_that_a_search_starts_belong_to_the_search() -> None:
    async def ask() -> str | None:
        await asyncio.sleep(0)
        return subject()

    with about("search 1"):
        first = asyncio.create_task(ask())
        with about("order 2"):
            second = asyncio.create_task(ask())
    assert [await first, await second, await ask()] == ["search 1", "order 2", None]
