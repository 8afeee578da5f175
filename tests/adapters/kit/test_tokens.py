"""One token for all who need it: asked for once, renewed early, thrown away when it is refused, shown to nobody."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from adapters.kit.auth import Token
from adapters.kit.failures import GiveUp, TryLater
from adapters.kit.tokens import Tokens
from domain.searches import Outcome
from tests.builders import ALBATROSS


class Counter:
    """Gives numbered tokens, or fails where it is told to. `held_up` keeps whoever asks waiting."""

    def __init__(self, *, lives_for: float = 3600) -> None:
        self.asked = 0
        self.lives_for = lives_for
        self.failure: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def fetch(self) -> Token:
        self.asked += 1
        number = self.asked
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        return Token(value=f"token-{number}", expires_in=self.lives_for)


def soon(seconds: float = 10) -> float:
    return asyncio.get_running_loop().time() + seconds


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - a task of the tokens' own gets there
            await asyncio.sleep(0)


async def test_a_token_is_asked_for_once_and_used_until_it_is_old() -> None:
    counter = Counter()
    tokens = Tokens(ALBATROSS, counter.fetch)
    assert [await tokens.current(soon()) for _ in range(3)] == ["token-1"] * 3
    assert counter.asked == 1


async def test_one_refresh_is_for_all_who_wait() -> None:
    counter = Counter()
    tokens = Tokens(ALBATROSS, counter.fetch)
    assert await asyncio.gather(*(tokens.current(soon()) for _ in range(20))) == ["token-1"] * 20
    assert counter.asked == 1


async def test_whoever_leaves_does_not_take_the_token_along() -> None:
    counter = Counter()
    counter.open.clear()
    tokens = Tokens(ALBATROSS, counter.fetch)
    first, second = (asyncio.create_task(tokens.current(soon())) for _ in range(2))
    await until(lambda: counter.asked == 1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    counter.open.set()
    assert await second == "token-1"
    assert counter.asked == 1


async def test_an_ageing_token_is_renewed_while_calls_still_go_with_it() -> None:
    counter = Counter(lives_for=0.01)
    tokens = Tokens(ALBATROSS, counter.fetch)
    await tokens.current(soon())
    assert tokens._held is not None
    tokens._held.renew_at, tokens._held.good_until = 0.0, soon()  # it has come into those years
    assert await tokens.current(soon()) == "token-1"
    await until(lambda: tokens.known == ("token-2",))
    assert await tokens.current(soon()) == "token-2"


async def test_a_token_is_not_shown_in_the_last_moments_of_its_life() -> None:
    counter = Counter(lives_for=0.0)
    tokens = Tokens(ALBATROSS, counter.fetch)
    assert [await tokens.current(soon()) for _ in range(2)] == ["token-1", "token-2"]


async def test_a_refresh_that_fails_leaves_the_one_that_is_still_good_and_is_not_hurried() -> None:
    counter = Counter()
    tokens = Tokens(ALBATROSS, counter.fetch)
    await tokens.current(soon())
    assert tokens._held is not None
    tokens._held.renew_at = 0.0
    counter.failure = TryLater("closed", outcome=Outcome.ERROR)
    with capture_logs() as said:
        for _ in range(10):
            assert await tokens.current(soon()) == "token-1"
            await asyncio.sleep(0)
    assert counter.asked == 2
    assert [(line["event"], line["why"]) for line in said] == [("supplier.no_token", "closed")]


async def test_a_refused_token_is_thrown_away_and_a_newer_one_stays() -> None:
    counter = Counter()
    tokens = Tokens(ALBATROSS, counter.fetch)
    old = await tokens.current(soon())
    tokens.refused(old)
    assert await tokens.current(soon()) == "token-2"
    tokens.refused(old)  # by another call that went with it too
    assert await tokens.current(soon()) == "token-2"
    assert counter.asked == 2


async def test_whoever_waits_hears_why_there_is_no_token_and_the_next_one_asks_again() -> None:
    counter = Counter()
    counter.failure = GiveUp("wrong secret", outcome=Outcome.REFUSED)
    tokens = Tokens(ALBATROSS, counter.fetch)
    for told in await asyncio.gather(*(tokens.current(soon()) for _ in range(3)), return_exceptions=True):
        assert isinstance(told, GiveUp)
    counter.failure = None
    assert await tokens.current(soon()) == "token-2"


async def test_nobody_waits_for_a_token_past_the_deadline() -> None:
    counter = Counter()
    counter.open.clear()
    tokens = Tokens(ALBATROSS, counter.fetch)
    with pytest.raises(TryLater) as failure:
        await tokens.current(soon(0.05))
    assert failure.value.outcome is Outcome.TIMEOUT
    await tokens.aclose()


async def test_it_closes_while_somebody_still_asks() -> None:
    counter = Counter()
    counter.open.clear()
    tokens = Tokens(ALBATROSS, counter.fetch)
    waiting = asyncio.create_task(tokens.current(soon()))
    await until(lambda: counter.asked == 1)
    await tokens.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
