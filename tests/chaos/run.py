"""One run: so many bookings in such weather, everything calm again, all of it at an end, and the ledger."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import msgspec
import psycopg

from bench.stack import COMMANDS, Stack, stack
from storage.endings import ended
from tests.chaos import truth
from tests.chaos.ledger import Ledger, judged
from tests.chaos.mischief import Mischief, Weather
from tests.chaos.operator import Operator
from tests.chaos.shop import Plan, Shop

PROCESSES: Final = (
    *("web", "worker", "worker_catalogue", "scheduler", "sandbox", "mailbox"),
    *("worker_bookings", "worker_bookings"),
)
# What a supplier may take to show an order (fifteen minutes), and as much again as the longest pause between two looks.
BOUND_SECONDS: Final = 25 * 60.0
# What is bought is bought by then: most are confirmed, and whoever waits for a supplier any longer waits at home.
_IN_THE_WAY_SECONDS: Final = 30.0
# The machine is for what happens, not for looking at empty queues.
_LEISURELY: Final = {"WORKER_THREADS": "16", "dramatiq_worker_timeout": "40"}
_HASTY: Final = COMMANDS | {
    "worker_bookings": tuple(
        "tests.chaos.hasty" if word == "workers.main" else word for word in COMMANDS["worker_bookings"]
    )
}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`settled_after` is how many seconds after the last mischief the last booking was at its end."""

    ledger: Ledger
    done: Mapping[str, int]
    interrupted: Mapping[str, int]
    findings: Mapping[str, int]
    cleared: int
    gone_home: int
    settled_after: float
    seconds: float


class Storm(msgspec.Struct, frozen=True, kw_only=True):
    """What one run is to be: the same seed draws the same lots, though not in the same order.

    `settled` is longer than any call is under way in this weather. `hasty`: what takes a supplier minutes takes the
    sandbox's seconds (`tests.chaos.hasty`).
    """

    bookings: int
    at_once: int
    seed: int
    weather: Weather = Weather()
    plan: Plan = Plan()
    settled: timedelta = timedelta(seconds=60)
    hasty: bool = False


def run(storm: Storm, *, within: Path | None = None) -> Outcome:
    """Starts a whole TravelHub of its own."""
    began = time.monotonic()
    commands = _HASTY if storm.hasty else COMMANDS
    with stack(*PROCESSES, environment=_LEISURELY, within=within, commands=commands, keep=True) as running:
        outcome = asyncio.run(_weathered(running, storm))
    return msgspec.structs.replace(outcome, seconds=time.monotonic() - began)


async def _weathered(running: Stack, storm: Storm) -> Outcome:
    chance = Random(storm.seed)  # noqa: S311 -- of a storm, not of a secret
    shop, mischief = Shop(running, chance, storm.plan), Mischief(running, chance, storm.weather)
    operator = Operator(running, shop.accepted, storm.settled)
    customers: list[asyncio.Task[None]] = []
    clearing = asyncio.create_task(operator.work())
    blowing = asyncio.create_task(mischief.blow())
    try:
        await _served(shop, storm.bookings, storm.at_once, customers)
        mischief.calm()
        await blowing
        calm = time.monotonic()
        await asyncio.wait(customers, timeout=BOUND_SECONDS)
        await _settled(running, until=calm + BOUND_SECONDS)
        settled_after = time.monotonic() - calm
        assert not clearing.done(), clearing.exception()
        for customer in customers:
            if customer.done():
                customer.result()
    finally:
        await ended([clearing, blowing, *customers])
    return Outcome(
        ledger=judged(shop.accepted, truth.bookings(running), truth.orders(running), truth.payments(running)),
        done=mischief.done,
        interrupted=truth.interrupted_steps(running),
        findings=truth.open_findings(running),
        cleared=operator.cleared,
        gone_home=shop.gone_home,
        settled_after=settled_after,
        seconds=0.0,
    )


async def _served(shop: Shop, bookings: int, at_once: int, customers: "list[asyncio.Task[None]]") -> None:
    """New ones come until enough bookings are accepted. Each sees its own through, and stands in nobody's way for long."""
    coming = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with coming:
            if len(shop.accepted) < bookings:
                customers.append(asyncio.create_task(shop.customer()))
                await asyncio.wait(customers[-1:], timeout=_IN_THE_WAY_SECONDS)

    async with asyncio.TaskGroup() as serving:
        for _ in range(bookings + at_once):
            serving.create_task(one())


async def _settled(running: Stack, *, until: float) -> None:
    """Until nothing is under way any more, or it is too late: what is not at its end by then the ledger names."""
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            if not await asyncio.to_thread(truth.under_way, running):
                break
        await asyncio.sleep(1)
