"""Replies are written down behind everybody's back: soon, all of them, and at no traveller's expense."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from adapters.kit.archive import Archive, about
from adapters.kit.calls import Call
from adapters.kit.drift import Shape
from adapters.kit.supplier import Cataloguing
from domain.catalogue import Subject
from storage import drift, replies
from storage.drift import GONE_AFTER
from storage.engine import create_engine, transaction
from storage.replies import KeptReply
from storage.tables import REPLIES
from tests.adapters.kit import declared
from tests.builders import ALBATROSS
from tests.workers.conftest import cataloguer
from workers.archiving import archiving, replayed

NOWHERE = "postgresql://nobody@/travelhub?host=/nowhere"


class Seat(msgspec.Struct, kw_only=True):
    price: int
    row: int | None = None


class Page(msgspec.Struct, kw_only=True):
    seats: list[Seat]


SUPPLIER = msgspec.structs.replace(
    declared.supplier(), shapes={"search": Shape(type=Page)}, private=frozenset({"email"})
)
SUPPLIERS = {ALBATROSS: SUPPLIER}


def say(archive: Archive, body: bytes = b"{}", *, call: Call | None = None, status: int = 200) -> None:
    archive.keep(ALBATROSS, call or declared.call(), declared.reply(body, status=status), hidden=(declared.KEY,))


async def held(engine: AsyncEngine) -> list[bytes]:
    """The bodies in the books, in the order in which they were written."""
    async with transaction(engine) as connection:
        rows = (await connection.execute(select(REPLIES).order_by(REPLIES.c.id))).mappings()
        kept = [KeptReply(**{name: row[name] for name in KeptReply.__struct_fields__}) for row in rows]
    return [replayed(one)[1].body for one in kept]


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(60):
        while not await true():  # noqa: ASYNC110 -- the books set no event of ours
            await asyncio.sleep(0.01)


async def test_a_reply_is_in_the_books_soon_after_it_came(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01) as archive:
        say(archive, b"1")
        await until(lambda: held(engine))
        say(archive, b"2")
        say(archive, b"3")
    assert await held(engine) == [b"1", b"2", b"3"]
    assert archive.lost == 0


async def test_what_came_last_before_the_end_is_written_too(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=60) as archive:
        for n in range(250):
            say(archive, b"%d" % n)
    assert await held(engine) == [b"%d" % n for n in range(250)]


async def test_refusals_are_kept_as_well(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01) as archive:
        say(archive, b'{"error": {}}', status=503)
    assert await held(engine) == [b'{"error": {}}']


async def test_a_reply_is_found_by_what_it_was_about(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01) as archive:
        with about("order 7"):
            say(archive)
        say(archive)
    async with transaction(engine) as connection:
        assert len(await replies.ids(connection, about="order 7")) == 1


async def test_what_finds_no_room_is_counted_and_said_once(engine: AsyncEngine) -> None:
    with capture_logs() as said:
        async with archiving(engine, SUPPLIERS, every=60, most_bytes=25_000) as archive:
            for _ in range(10):
                say(archive, b"x" * 10_000)
            assert archive.lost == 8
    assert await held(engine) == [b"x" * 10_000] * 2
    assert [line["event"] for line in said] == ["replies.lost", "replies.kept_again"]
    assert said[-1]["lost"] == 8


async def test_there_is_room_again_when_postgresql_has_taken_the_others(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01, most_bytes=15_000) as archive:
        for written in range(1, 4):
            say(archive, b"x" * 10_000)
            await until(lambda: _as_many(engine, written))  # noqa: B023 -- called within the loop's own turn
        assert archive.lost == 0


async def _as_many(engine: AsyncEngine, count: int) -> bool:
    return len(await held(engine)) == count


async def test_without_postgresql_replies_wait_and_nobody_else_does() -> None:
    away = create_engine(NOWHERE)
    with capture_logs() as said:
        async with archiving(away, SUPPLIERS, every=0.01) as archive:
            say(archive)
            await until(lambda: _logged(said, "replies.waiting"))
            say(archive)
            assert archive.lost == 0
    assert archive.lost == 2
    assert [line["event"] for line in said] == ["replies.waiting", "replies.lost"]


async def _logged(said: "list[Any]", event: str) -> bool:
    return event in [line["event"] for line in said]


async def test_what_can_not_be_written_does_not_stand_in_the_way_of_the_others(engine: AsyncEngine) -> None:
    with capture_logs() as said:
        async with archiving(engine, SUPPLIERS, every=0.01) as archive:
            with about("search \x00"):  # which PostgreSQL does not take
                say(archive)
            await until(lambda: _logged(said, "replies.crashed"))
            say(archive, b"2")
    assert await held(engine) == [b"2"]
    assert archive.lost == 1


async def test_travellers_are_masked_where_they_book_and_nothing_where_nobody_has_said_who_he_is(
    engine: AsyncEngine,
) -> None:
    lists = msgspec.structs.replace(SUPPLIER, catalogues=cataloguer(ALBATROSS).catalogues)
    listing: Cataloguing = lists.catalogues[Subject.AIRPORTS]
    async with archiving(engine, {ALBATROSS: lists}, every=0.01) as archive:
        for call in (listing.ask(), declared.order()):
            say(archive, b'{"email": "desk@airport.example"}', call=call)
    assert await held(engine) == [b'{"email": "desk@airport.example"}', b'{"email": "[redacted]"}']


async def test_a_planted_key_reaches_no_book(engine: AsyncEngine) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01) as archive:
        say(archive, declared.KEY.encode())
    assert await held(engine) == [b"[redacted]"]


async def findings(engine: AsyncEngine) -> list[tuple[str, bool]]:
    async with transaction(engine) as connection:
        return [(finding.path, finding.gone) for finding in await drift.findings(connection)]


async def test_of_fifty_replies_the_first_is_compared_with_the_words_we_know(engine: AsyncEngine) -> None:
    with capture_logs() as said:
        async with archiving(engine, SUPPLIERS, every=0.01) as archive:
            say(archive, b'{"seats": [{"price": 1, "legroom": 79}]}')
            for _ in range(49):
                say(archive, b'{"seats": [], "unseen": 1}')
            say(archive, b'{"seats": [{"price": 1, "legroom": 79}], "weather": {}}')
    assert await findings(engine) == [("seats[].legroom", False), ("weather", False)]
    assert [line["paths"] for line in said if line["event"] == "supplier.field_unknown"] == [
        ("seats[].legroom",),
        ("weather",),
    ]


async def test_a_field_that_a_supplier_stops_telling_is_said_once(engine: AsyncEngine) -> None:
    with capture_logs() as said:
        for body in (b'{"seats": [{"price": 1, "row": 1}]}', *[b'{"seats": [{"price": 1}]}'] * (GONE_AFTER + 1)):
            async with archiving(engine, SUPPLIERS, every=0.01) as archive:  # the first of each process is a sample
                say(archive, body)
    assert await findings(engine) == [("seats[].row", True)]
    assert [(line["event"], line["paths"]) for line in said] == [("supplier.field_gone", ("seats[].row",))]


@pytest.mark.parametrize(
    ("body", "status", "operation"),
    [
        (b'{"seats": [], "new": 1}', 503, "search"),
        (b'{"error": {"code": "SOLD_OUT"}}', 200, "search"),
        (b'{"seats": [], "new": 1}', 200, "book"),
        (b"<html>", 200, "search"),
    ],
    ids=["an error", "a refusal", "an operation without a shape", "no data"],
)
async def test_what_is_no_answer_in_known_words_is_not_compared(
    engine: AsyncEngine, body: bytes, status: int, operation: str
) -> None:
    async with archiving(engine, SUPPLIERS, every=0.01) as archive:
        say(archive, body, call=declared.call(operation=operation), status=status)
    assert await findings(engine) == []
    assert await held(engine) == [body]
