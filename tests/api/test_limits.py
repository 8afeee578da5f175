"""How much one caller may ask."""

from datetime import UTC, datetime, timedelta

import pytest

from api.limits import Limits
from storage.cache import connect
from storage.failures import StorageDown

MINUTE = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
SOMEBODY = ("192.0.2.1", None)


def test_a_refused_request_is_not_counted_and_the_next_minute_begins_anew() -> None:
    limits = Limits(2)
    over = [limits.spend(*SOMEBODY, MINUTE + timedelta(seconds=10)).left < 0 for _ in range(5)]
    assert over == [False, False, True, True, True]
    assert limits.spend(*SOMEBODY, MINUTE + timedelta(seconds=59)).reset == 1
    assert limits.spend(*SOMEBODY, MINUTE + timedelta(seconds=60)).left == 1


def test_callers_are_counted_apart() -> None:
    limits = Limits(1)
    callers = [SOMEBODY, ("192.0.2.2", None), ("192.0.2.1", "anna")]
    assert [limits.spend(*caller, MINUTE).left for caller in callers] == [0, 0, 0]


async def test_what_other_processes_counted_is_learned_and_nothing_is_told_twice(redis_url: str) -> None:
    client = connect(redis_url)
    one, other = Limits(10), Limits(10)
    for _ in range(3):
        one.spend(*SOMEBODY, MINUTE)
    other.spend(*SOMEBODY, MINUTE)
    assert await one.exchange(client)
    assert not await one.exchange(client)
    assert await other.exchange(client)
    assert other.spend(*SOMEBODY, MINUTE).left == 5
    assert one.spend(*SOMEBODY, MINUTE).left == 6  # it has not heard of the other's yet
    await one.exchange(client)
    assert one.spend(*SOMEBODY, MINUTE).left == 4
    await client.aclose()


async def test_while_redis_is_away_each_process_counts_for_itself() -> None:
    client = connect("redis://127.0.0.1:1/0")
    limits = Limits(3)
    limits.spend(*SOMEBODY, MINUTE)
    with pytest.raises(StorageDown):
        await limits.exchange(client)
    assert limits.spend(*SOMEBODY, MINUTE).left == 1
    await client.aclose()
