"""What suppliers said: found by number and by what it was about, dropped by age and by room, the oldest first."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import replies
from storage.engine import create_engine, transaction
from storage.replies import KeptReply
from storage.tables import REPLIES
from tests.builders import ALBATROSS, NOW

HOUR = timedelta(hours=1)


def said(*, body: bytes = b"\x28\xb5\x00", received_at: datetime = NOW, about: str | None = "search 1") -> KeptReply:
    return KeptReply(
        supplier=ALBATROSS,
        operation="search",
        about=about,
        status=200,
        received_at=received_at.astimezone(UTC),
        head=b"\x00head",
        body=body,
    )


async def keep(engine: AsyncEngine, *some: KeptReply) -> None:
    async with transaction(engine) as connection:
        await replies.keep(connection, some)


async def ids(engine: AsyncEngine, about: str = "search 1") -> tuple[int, ...]:
    async with transaction(engine) as connection:
        return await replies.ids(connection, about=about)


async def bodies(engine: AsyncEngine) -> list[bytes]:
    async with transaction(engine) as connection:
        held = await connection.execute(select(REPLIES.c.body).order_by(REPLIES.c.id))
    return [bytes(body) for body in held.scalars()]


async def test_a_reply_comes_back_as_it_was_kept(engine: AsyncEngine, database_url: str) -> None:
    await keep(engine, said(), said(about=None))
    (number,) = await ids(engine)
    elsewhere = create_engine(f"{database_url}&options=-c%20timezone%3DAsia/Tokyo", connections=1)
    for here in (engine, elsewhere):
        async with transaction(here) as connection:
            held = await replies.read(connection, number)
            assert held == said()
            assert held is not None
            assert held.received_at.isoformat() == said().received_at.isoformat()
            assert await replies.read(connection, number + 10) is None
    await elsewhere.dispose()


async def test_all_that_was_said_about_a_search_is_found_in_its_order(engine: AsyncEngine) -> None:
    await keep(engine, said(received_at=NOW + HOUR), said(about="search 2"), said(received_at=NOW))
    later, earlier = sorted(await ids(engine))
    assert await ids(engine) == (earlier, later)
    assert await ids(engine, "search 3") == ()


async def test_nothing_to_keep_is_kept_without_a_word(engine: AsyncEngine) -> None:
    await keep(engine)
    assert await bodies(engine) == []


async def test_old_replies_go_in_bites_the_oldest_first(engine: AsyncEngine) -> None:
    await keep(engine, *(said(body=b"%d" % age, received_at=NOW - age * HOUR) for age in (0, 3, 1, 2)))
    async with transaction(engine) as connection:
        assert await replies.drop_old(connection, before=NOW, at_most=2) == 2
    assert await bodies(engine) == [b"0", b"1"]
    async with transaction(engine) as connection:
        assert await replies.drop_old(connection, before=NOW, at_most=2) == 1
        assert await replies.drop_old(connection, before=NOW, at_most=2) == 0
    assert await bodies(engine) == [b"0"]


async def test_what_takes_too_much_room_goes_the_oldest_first(engine: AsyncEngine) -> None:
    sizes = (10, 20, 30, 40)
    await keep(engine, *(said(body=b"x" * size, received_at=NOW - size * HOUR) for size in sizes))
    heads = len(said().head)
    async with transaction(engine) as connection:
        assert await replies.drop_beyond(connection, most_bytes=sum(sizes) + 4 * heads) == 0
        assert await replies.drop_beyond(connection, most_bytes=sum(sizes) + 4 * heads - 1) == 1
    assert [len(body) for body in await bodies(engine)] == [10, 20, 30]
    async with transaction(engine) as connection:
        assert await replies.drop_beyond(connection, most_bytes=0, at_most=2) == 2
        assert await replies.drop_beyond(connection, most_bytes=0, at_most=2) == 1
        assert await replies.drop_beyond(connection, most_bytes=0, at_most=2) == 0
    assert await bodies(engine) == []


async def test_the_room_that_is_counted_is_that_of_the_bytes(engine: AsyncEngine) -> None:
    await keep(engine, said(body=b"x" * 100))
    async with transaction(engine) as connection:
        size, head, body = (
            await connection.execute(select(REPLIES.c.size, func.length(REPLIES.c.head), func.length(REPLIES.c.body)))
        ).one()
    assert size == head + body == 105


async def test_a_reply_without_a_body_is_kept_too(engine: AsyncEngine) -> None:
    await keep(engine, msgspec.structs.replace(said(), body=b""))
    assert await bodies(engine) == [b""]
