"""Where the microseconds of a cached answer go: the whole way through our code, and its pieces one by one.

`python -m bench.hot` prints them. Nothing is sent: what server and kernel take is the difference to `bench.cached`.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

from adapters.kit import conversation
from adapters.kit.registry import suppliers
from adapters.open_data.airports import airports
from api import pages
from api.app import create_app
from api.bodies import Coding
from api.flights.views import FlightView
from api.front import Front
from api.memory import Held, Shortcut, Visited
from api.metrics import BY_MEMORY
from api.people.credentials import Credential, credential_in
from api.services import Services, services
from bench.heard import TODAY, listening, soon
from domain.matching.flights import merged
from domain.people import Role
from domain.places import Atlas
from domain.queries import FlightQuery
from domain.searches import Outcome, Search, SupplierReport, arrived, begun
from storage.cache import connect
from storage.engine import create_engine
from storage.pages import Page
from storage.queue import JobQueue, broker
from storage.vault import new_key

_TIMES: Final = 5_000
_ROUNDS: Final = 7
_QUERY: Final = FlightQuery(origin="LHR", destination="JFK", departure_date=date(2027, 3, 16))
_VIEW: Final = FlightView(limit=12)
_VISITED: Final[Visited] = ("/v1/flights/search", b"origin=LHR&destination=JFK&departure_date=2027-03-16", b"")
_SLOT: Final = ("cheapest first", Coding.PLAIN)
_SCOPE: Final[dict[str, Any]] = {
    "type": "http",
    "method": "GET",
    "path": _VISITED[0],
    "query_string": _VISITED[1],
    "client": ("192.0.2.7", 41_000),
    "headers": [(b"host", b"127.0.0.1"), (b"user-agent", b"bench"), (b"accept", b"*/*")],
}


class Profile:
    """One process with one search in memory, and the time of each step of an answer from it."""

    def __init__(self, search: Search) -> None:
        self.now: Final = search.fetched_at or TODAY
        self.services: Final = _services(lambda: self.now)
        answers = self.services.answers
        answers.told = True
        self.held: Final = answers.hold(search, self.now, epoch=answers.epoch)
        self.page: Final = _packed(self.held, self.now)
        answers.remember(
            _VISITED,
            Shortcut(
                search_id=search.id, route=_VISITED[0], view=_VIEW, slot=_SLOT, link_before="<x",
                until=self.now + timedelta(days=1),
            ),
        )  # fmt: skip
        self.app: Final = create_app(self.services)
        self.seconds: Final = itertools.cycle((self.now, self.now + timedelta(seconds=1)))

    def rows(self) -> Iterator[tuple[str, float]]:
        """What is done, and its microseconds."""
        yield "the whole way through our code", self._whole()
        for what, step in self._steps():
            yield f"· {what}", _microseconds(step)
        for coding in Coding:
            yield f"once a second: the bytes anew, {coding}", _microseconds(partial(self._rendered_anew, coding))
        for coding in Coding:
            yield f"from a packed page, {coding}", _microseconds(partial(pages.rendering, self.page, coding, self.now))

    def _steps(self) -> Iterator[tuple[str, Callable[[], object]]]:
        limits, answers, searching = self.services.limits, self.services.answers, self.services.searching
        read = frozenset({b"x-request-id", b"accept-encoding", b"if-none-match", b"authorization", b"x-api-key"})
        credentials, credential = self.services.credentials, _credential(self.services, self.now)
        standing = limits.spend("192.0.2.7", None, self.now)
        hot = answers.hot(_VISITED, self.now)
        assert hot is not None, "the shortcut leads to the search"
        yield "what time it is", partial(datetime.now, UTC)
        yield "the five headers that we read", lambda: {name: one for name, one in _SCOPE["headers"] if name in read}
        yield "who shows a token that was shown before", lambda: credentials.known(credential, self.now)
        yield "the caller's limit", lambda: limits.spend("192.0.2.7", None, self.now)
        yield "telling what is left of it", lambda: limits.header(standing)
        yield "the answer's bytes from memory", lambda: answers.hot(_VISITED, self.now)
        yield "counting for popularity", lambda: searching.note_asked(hot.search_id)
        yield (
            "counting for Prometheus",
            lambda: self.services.metrics.answered("GET", hot.route, 200, 0.0, by=BY_MEMORY),
        )

    def _whole(self) -> float:
        async def sent(_: dict[str, Any]) -> None:
            """Nobody listens."""

        async def received() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def one_round() -> float:
            began = time.perf_counter()
            for _ in range(_TIMES):
                await self.app(_SCOPE, received, sent)
            return (time.perf_counter() - began) / _TIMES * 1e6

        async def rounds() -> list[float]:
            return [await one_round() for _ in range(_ROUNDS)]

        assert isinstance(self.app, Front)
        return median(asyncio.run(rounds()))

    def _rendered_anew(self, coding: Coding) -> object:
        """Each time it is another second than before."""
        return self.held.rendering(_VIEW, (_SLOT[0], coding), next(self.seconds))


def main() -> None:
    profile = Profile(asyncio.run(_search(Atlas(airports().records))))
    shown = Table(title="A cached answer, in microseconds of one core")
    shown.add_column("what")
    shown.add_column("µs", justify="right")
    for what, microseconds in profile.rows():
        shown.add_row(what, f"{microseconds:,.2f}")
    Console(width=None if sys.stdout.isatty() else 120).print(shown)


async def _search(atlas: Atlas) -> Search:
    """All journeys of the first supplier that sells flights."""
    supplier = next(one for one in suppliers().values() if "flights" in one.searches)
    async with listening(supplier) as (client, _):
        found = await conversation.search(client, _QUERY, atlas, deadline=soon())
    # The sandbox's clock stands in another year than this machine's.
    open_now = {"fetched_at": TODAY, "expires_at": TODAY + timedelta(hours=2)}
    offers = tuple(msgspec.structs.replace(offer, **open_now) for offer in found.offers)
    report = SupplierReport(supplier=supplier.slug, status=Outcome.OK, offers=len(offers), fetched_at=TODAY)
    return arrived(begun(_QUERY, (supplier.slug,), TODAY), report, offers, merge=merged, now=TODAY)


def _packed(held: Held, now: datetime) -> Page:
    page = held.page(_VIEW, _SLOT[0], now)
    assert page is not None, "the search is fresh"
    return page


def _services(clock: Callable[[], datetime]) -> Services:
    """Nothing is connected to: a cached answer needs neither store."""
    return services(
        engine=create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"),
        redis_client=connect("redis://127.0.0.1:1/0"),
        queue=JobQueue(broker("redis://127.0.0.1:1/0")),
        admin_token="",
        token_keys=(new_key(),),
        rate_limit=10**9,
        clock=clock,
        checks={},
    )


def _credential(made: Services, now: datetime) -> Credential:
    """Of somebody who has asked before."""
    token = made.credentials.ring.signed(owner="amelia", role=Role.TRAVELLER, session="monday", number="1", now=now)
    shown = credential_in({b"authorization": f"Bearer {token}".encode()})
    assert shown is not None, "a header was told"
    asyncio.run(made.credentials.verified(shown, now))
    return shown


def _microseconds(step: Callable[[], object]) -> float:
    """The median of some rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for _ in range(_TIMES):
            step()
        rounds.append((time.perf_counter() - began) / _TIMES * 1e6)
    return median(rounds)


if __name__ == "__main__":
    main()
