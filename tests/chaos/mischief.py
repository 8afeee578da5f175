"""Whatever can go wrong around bookings, drawn by chance: processes die, answers get lost, stores restart, suppliers refuse."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.registry import suppliers
from adapters.payments.sandboxes import sandbox_modules
from bench.stack import Process, Stack
from sandbox.mounts import loaded

Json = dict[str, Any]

# Everybody but the sandbox, whose memory is the truth that all is held against.
_MORTAL: Final[Mapping[str, int]] = {
    "worker_bookings": 12,
    "web": 2,
    "scheduler": 1,
    "worker": 1,
    "worker_catalogue": 1,
}
_STEPS: Final = ("quote", "book", "pay", "look", "find", "cancel")
# A fault, whether the call is carried out first, and how often it is drawn.
_FAULTS: Final[tuple[tuple[Json, int], ...]] = (
    ({"kind": "reset", "after": True}, 5),
    ({"kind": "cut"}, 2),
    ({"kind": "status", "status": 500, "after": True}, 3),
    ({"kind": "status", "status": 503}, 3),
    ({"kind": "slow", "seconds": 2}, 3),
    ({"kind": "hang", "seconds": 20, "after": True}, 1),
    ({"kind": "html", "status": 502, "after": True}, 1),
    ({"kind": "garbage", "after": True}, 1),
)
_WEBHOOKS: Final = ("late", "twice", "reordered", "lost", "normal")
# A bank that refuses a refund leaves the money where nobody wants it until people have talked to each other, and a
# supplier that wants a challenge met, which it never sends to us, waits for ever.
_LEFT_TO_PEOPLE: Final = frozenset({("refund", "failed"), ("book", "payment_challenge")})
# How long outcomes last that pass by themselves.
_PASSING_SECONDS: Final = 8
_LONG_SECONDS: Final = 2.0
# What no call has met by then is taken back, lest the next ten refunds meet the troubles of an hour at once.
_MET_WITHIN: Final = 15.0
_FAULTS_PAGE: Final = "/_faults"
_OUTCOMES_PAGE: Final = "/_outcomes"


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds between two of a kind, on average. None: never."""

    kills: float | None = 10.0
    kills_in_a_step: float | None = 15.0
    faults: float | None = 1.0
    outcomes: float | None = 1.5
    webhooks: float | None = 5.0
    redis: float | None = 90.0
    postgres: float | None = 120.0
    hangs: bool = True


CALM: Final = Weather(
    kills=None, kills_in_a_step=None, faults=None, outcomes=None, webhooks=None, redis=None, postgres=None
)


class _Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at the sandbox for `count` calls, and is taken back at `until`, by the loop's clock."""

    page: str
    number: int
    what: str
    count: int
    until: float


class Mischief:
    """Everything that one run does to the system. `done` counts what has really met it."""

    def __init__(self, running: Stack, chance: Random, weather: Weather) -> None:
        self.done: Final[Counter[str]] = Counter()
        self._stack: Final = running
        self._chance: Final = chance
        self._weather: Final = weather
        self._ordered: Final[list[_Ordered]] = []
        self._over: Final = asyncio.Event()
        self._one_at_a_time: Final = asyncio.Lock()  # stores are not restarted in the middle of each other
        self._sandbox: Final = httpx.AsyncClient(base_url=running.sandbox, timeout=20, trust_env=False)

    async def blow(self) -> None:
        """Until `calm`; then whatever was to go wrong yet is taken back."""
        storms: tuple[tuple[float | None, Callable[[], Awaitable[None]]], ...] = (
            (self._weather.kills, self._kill),
            (self._weather.kills_in_a_step, self._kill_in_a_step),
            (self._weather.faults, self._fault),
            (self._weather.outcomes, self._outcome),
            (self._weather.webhooks, self._webhooks),
            (self._weather.redis, self._restart_redis),
            (self._weather.postgres, self._restart_postgres),
            (_MET_WITHIN / 3, self._take_back),
        )
        await asyncio.gather(*(self._again(every, strike) for every, strike in storms if every is not None))
        await self._take_back(everything=True)
        await self._order_webhooks("normal")
        await self._sandbox.aclose()

    def calm(self) -> None:
        self._over.set()

    async def _again(self, every: float, strike: Callable[[], Awaitable[None]]) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0.3, 1.7) * every):
                    await self._over.wait()
                    return
            with suppress(httpx.TransportError):  # a sandbox that is too busy to hear of mischief is spared
                await strike()

    async def _kill(self) -> None:
        """SIGKILL, and another one at once, as a supervisor would."""
        name = self._chance.choices(list(_MORTAL), weights=list(_MORTAL.values()))[0]
        living = self._living(name)
        if living:
            await self._killed(self._chance.choice(living))

    async def _kill_in_a_step(self) -> None:
        """Whoever carries bookings on dies while a call is under way that takes long, before or after it was heard."""
        slug, operation = self._chance.choice((*_operations(), *_at_gateways()))
        order = {
            "supplier": slug, "operation": operation, "kind": "slow", "seconds": _LONG_SECONDS, "count": 1,
            "after": self._chance.random() < 0.5,
        }  # fmt: skip
        waiting = (await self._sandbox.post(_FAULTS_PAGE, json=order)).raise_for_status().json()["id"]
        until = asyncio.get_running_loop().time() + _MET_WITHIN
        while not self._over.is_set() and asyncio.get_running_loop().time() < until:
            listed = (await self._sandbox.get(_FAULTS_PAGE)).raise_for_status().json()["faults"]
            if all(one["id"] != waiting for one in listed):
                await asyncio.gather(*(self._killed(one) for one in self._living("worker_bookings")))
                self.done["worker killed in the middle of a call"] += 1
                return
            await asyncio.sleep(0.1)
        await self._sandbox.delete(_FAULTS_PAGE, params={"id": waiting})

    def _living(self, name: str) -> list[Process]:
        return [one for one in self._stack.processes if one.name == name and one.running.poll() is None]

    async def _killed(self, process: Process) -> None:
        await asyncio.to_thread(process.kill)
        await asyncio.to_thread(self._stack.start, process.name)
        self.done[f"kill -9 {process.name}"] += 1

    async def _fault(self) -> None:
        slug, operation = self._chance.choice((*_operations(), *_at_gateways()))
        fault = self._chance.choices([one for one, _ in _FAULTS], weights=[weight for _, weight in _FAULTS])[0]
        if fault["kind"] == "hang" and not self._weather.hangs:
            return
        order = {"supplier": slug, "operation": operation, "count": self._chance.choice((1, 1, 2)), **fault}
        await self._order(_FAULTS_PAGE, order, f"{fault['kind']}{' after' if fault.get('after') else ''}")

    async def _outcome(self) -> None:
        """Any that a seller can play at a step of buying."""
        told = (await self._sandbox.get(_OUTCOMES_PAGE)).raise_for_status().json()["playable"]
        choices = [
            (slug, operation, outcome)
            for slug, operation in (*_operations(), *_at_gateways())
            for outcome in told.get(slug, {}).get(operation, ())
            if (operation, outcome) not in _LEFT_TO_PEOPLE
        ]
        if not choices:
            return
        slug, operation, outcome = self._chance.choice(choices)
        order = {
            "supplier": slug, "operation": operation, "outcome": outcome, "count": 1, "seconds": _PASSING_SECONDS,
        }  # fmt: skip
        await self._order(_OUTCOMES_PAGE, order, f"outcome {outcome}")

    async def _order(self, page: str, order: Json, what: str) -> None:
        waiting = (await self._sandbox.post(page, json=order)).raise_for_status().json()
        until = asyncio.get_running_loop().time() + _MET_WITHIN
        self._ordered.append(_Ordered(page=page, number=waiting["id"], what=what, count=waiting["left"], until=until))

    async def _take_back(self, *, everything: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        due = [one for one in self._ordered if everything or one.until < now]
        self._ordered[:] = [one for one in self._ordered if one not in due]
        for page in {one.page for one in due}:
            listed = (await self._sandbox.get(page)).raise_for_status().json()[page.removeprefix("/_")]
            left = {waiting["id"]: waiting["left"] for waiting in listed}
            for one in (one for one in due if one.page == page):
                if one.number in left:  # a call may meet it at this very moment
                    await self._sandbox.delete(page, params={"id": one.number})
                if met := one.count - left.get(one.number, 0):
                    self.done[one.what] += met

    async def _webhooks(self) -> None:
        mode = self._chance.choice(_WEBHOOKS)
        await self._order_webhooks(mode)
        self.done[f"webhooks {mode}"] += 1

    async def _order_webhooks(self, mode: str) -> None:
        for gateway in sandbox_modules():
            order = {"gateway": gateway, "mode": mode, "seconds": 3}
            (await self._sandbox.post("/_webhooks", json=order)).raise_for_status()

    async def _restart_redis(self) -> None:
        """It comes back empty."""
        async with self._one_at_a_time:
            valkey = self._stack.servers.valkey
            await asyncio.to_thread(valkey.kill)
            await asyncio.to_thread(valkey.start, empty=True)
        self.done["Redis restarted empty"] += 1

    async def _restart_postgres(self) -> None:
        """Killed hard, as by a power cut."""
        async with self._one_at_a_time:
            postgres = self._stack.servers.postgres
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
        self.done["PostgreSQL killed hard"] += 1


def _at_gateways() -> list[tuple[str, str]]:
    """Of every step of paying at every gateway."""
    return [
        (gateway, operation)
        for gateway, module in sandbox_modules().items()
        for operation in ("authorise", "capture", "void", "refund")
        if any(name == operation for _, _, name in loaded(gateway, module).OPERATIONS)
    ]


def _operations() -> list[tuple[str, str]]:
    """Of every step of buying at every seller."""
    return sorted(
        {
            (slug, operation)
            for slug, supplier in suppliers().items()
            for selling in supplier.sells.values()
            for name in _STEPS
            if (step := getattr(selling, name)) is not None
            for operation in step.operations
        }
    )
