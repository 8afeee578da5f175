"""Fields of replies: what is new and unknown is told once, what stays away is told once, and what comes back too."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from storage import drift
from storage.drift import GONE_AFTER, MOST_UNKNOWN, Finding, Noted, SeenField, Standing
from storage.engine import transaction
from tests.builders import ALBATROSS, BLUEBIRD, NOW

NOTHING = Noted(unknown=(), gone=(), back=())


async def note(
    engine: AsyncEngine,
    *,
    read: tuple[str, ...] = (),
    unknown: tuple[str, ...] = (),
    passed_over: tuple[str, ...] = (),
    missed: tuple[str, ...] = (),
    supplier: str = ALBATROSS,
    at: datetime = NOW,
) -> Noted:
    stood = ((Standing.READ, read), (Standing.UNKNOWN, unknown), (Standing.PASSED_OVER, passed_over))
    seen = {path: SeenField(kind="text", standing=standing) for standing, paths in stood for path in paths}
    async with transaction(engine) as connection:
        return await drift.note(connection, supplier, "search", seen=seen, missed=missed, at=at)


async def found(engine: AsyncEngine, supplier: str | None = None) -> tuple[Finding, ...]:
    async with transaction(engine) as connection:
        return await drift.findings(connection, supplier)


async def stays_away(engine: AsyncEngine, path: str, samples: int) -> list[Noted]:
    return [await note(engine, missed=(path,)) for _ in range(samples)]


async def test_an_unknown_field_is_told_once_and_counted_on(engine: AsyncEngine) -> None:
    later = NOW + timedelta(hours=1)
    assert await note(engine, read=("price",), unknown=("co2",)) == Noted(unknown=("co2",), gone=(), back=())
    assert await note(engine, read=("price",), unknown=("co2",), at=later) == NOTHING
    assert await found(engine) == (
        Finding(
            supplier=ALBATROSS,
            operation="search",
            path="co2",
            kind="text",
            gone=False,
            seen=2,
            missed=0,
            first_seen_at=NOW,
            last_seen_at=later,
        ),
    )


async def test_a_field_that_stays_away_is_told_once(engine: AsyncEngine) -> None:
    await note(engine, read=("price", "seats"))
    assert await stays_away(engine, "seats", GONE_AFTER - 1) == [NOTHING] * (GONE_AFTER - 1)
    assert await found(engine) == ()
    assert await stays_away(engine, "seats", 2) == [Noted(unknown=(), gone=("seats",), back=()), NOTHING]
    (gone,) = await found(engine)
    assert (gone.path, gone.gone, gone.seen, gone.missed) == ("seats", True, 1, GONE_AFTER + 1)


async def test_a_field_that_comes_back_is_told_and_no_longer_found(engine: AsyncEngine) -> None:
    await note(engine, read=("seats",))
    await stays_away(engine, "seats", GONE_AFTER)
    assert await note(engine, read=("seats",)) == Noted(unknown=(), gone=(), back=("seats",))
    assert await found(engine) == ()


async def test_a_field_that_comes_now_and_then_is_not_gone(engine: AsyncEngine) -> None:
    for _ in range(3):
        await note(engine, read=("seats",))
        assert await stays_away(engine, "seats", GONE_AFTER - 1) == [NOTHING] * (GONE_AFTER - 1)


async def test_what_was_never_seen_here_is_not_missed(engine: AsyncEngine) -> None:
    assert await stays_away(engine, "seats", GONE_AFTER) == [NOTHING] * GONE_AFTER
    assert await found(engine) == ()


async def test_a_field_that_we_learn_to_read_or_to_pass_over_is_no_finding_any_more(engine: AsyncEngine) -> None:
    await note(engine, unknown=("co2", "wifi"))
    await note(engine, read=("co2",), passed_over=("wifi",))
    assert await found(engine) == ()
    assert await note(engine, unknown=("co2",)) == Noted(unknown=("co2",), gone=(), back=())


async def test_what_the_samples_no_longer_speak_of_leaves_the_report(engine: AsyncEngine) -> None:
    await note(engine, unknown=("co2",))
    await note(engine, read=("price",), at=NOW + timedelta(days=6))
    assert len(await found(engine)) == 1
    await note(engine, read=("price",), at=NOW + timedelta(days=8))
    assert await found(engine) == ()


async def test_each_supplier_has_a_report_of_its_own(engine: AsyncEngine) -> None:
    await note(engine, unknown=("co2",))
    await note(engine, unknown=("co2", "wifi"), supplier=BLUEBIRD)
    assert [finding.path for finding in await found(engine, ALBATROSS)] == ["co2"]
    assert [finding.supplier for finding in await found(engine)] == sorted([ALBATROSS, BLUEBIRD, BLUEBIRD])


async def test_processes_that_see_it_at_once_tell_it_once(engine: AsyncEngine) -> None:
    noted = await asyncio.gather(*(note(engine, unknown=("co2",)) for _ in range(5)))
    assert [one.unknown for one in noted].count(("co2",)) == 1
    assert (await found(engine))[0].seen == 5


async def test_a_supplier_that_writes_ids_where_names_belong_fills_no_book(engine: AsyncEngine) -> None:
    first = await note(engine, unknown=tuple(f"id-{n}" for n in range(MOST_UNKNOWN + 50)))
    assert len(first.unknown) == MOST_UNKNOWN
    assert await note(engine, read=("price",), unknown=("one-more", "id-0")) == NOTHING
    assert len(await found(engine)) == MOST_UNKNOWN


async def test_what_no_reply_has_spoken_of_for_long_is_forgotten(engine: AsyncEngine) -> None:
    await note(engine, read=("price",), unknown=("co2",), at=NOW - timedelta(days=100))
    await note(engine, read=("price",))
    async with transaction(engine) as connection:
        assert await drift.forget(connection, before=NOW - timedelta(days=90)) == 1
    assert await found(engine) == ()
