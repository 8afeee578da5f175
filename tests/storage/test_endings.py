"""Tasks that are told to end, and those who wait for them."""

import asyncio

from storage.endings import ended


class Stubborn:
    """Does not hear the first words."""

    def __init__(self, *, deaf_for: int) -> None:
        self._deaf_for = deaf_for
        self.told = 0
        self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while True:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                self.told += 1
                if self.told > self._deaf_for:
                    raise


async def test_who_does_not_hear_the_first_word_is_told_again() -> None:
    workers = [Stubborn(deaf_for=0), Stubborn(deaf_for=2)]
    await asyncio.sleep(0)
    await ended([worker.task for worker in workers])
    assert all(worker.task.cancelled() for worker in workers)
    assert [worker.told for worker in workers] == [1, 3]


async def test_whoever_is_told_to_end_while_it_ends_others_still_waits_for_them() -> None:
    worker = Stubborn(deaf_for=3)
    await asyncio.sleep(0)

    async def lead() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await ended([worker.task])

    leader = asyncio.create_task(lead())
    await asyncio.sleep(0)
    await ended([leader])
    assert leader.cancelled()
    assert worker.task.cancelled()


async def test_nobody_to_end_is_no_wait() -> None:
    await ended([])
