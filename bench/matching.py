"""Which hotels of two suppliers are one: pairs found, compared with the truth of the pretend world.

`python -m bench.matching` prints precision and recall over pairs and the milliseconds that a city takes. Every supplier of
the registry that describes hotels is asked for all it has in twenty cities by the kit's own client, in this process, and
what its own reader makes of the replies is matched. The world's own page says which records are of one hotel.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Describing, Supplier
from bench.figures import Better, Figure
from bench.heard import TODAY, soon
from domain.hotels import Property
from domain.matching.properties import Described, Group, Key, groups, of
from sandbox.mounts import loaded
from sandbox.server import create_app
from sandbox.world import World

CITIES: Final = (
    *("AMS", "ATH", "BCN", "BER", "BKK", "BUD", "CHI", "HEL", "IST", "LIS"),
    *("LON", "MAD", "NYC", "OSL", "PAR", "PRG", "ROM", "SAO", "TYO", "WAW"),
)
_ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=8)
# noise of the world's sellers -> the least precision and recall that we promise
_AIMS: Final[Mapping[float, tuple[float, float]]] = {1.0: (0.99, 0.95), 2.0: (0.98, 0.85)}


class _Sold(msgspec.Struct, frozen=True, kw_only=True):
    id: int


class _Hotel(msgspec.Struct, frozen=True, kw_only=True):
    """A true one, and the number of each supplier's record of it."""

    id: str
    sold_as: dict[str, _Sold]


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    hotels: tuple[_Hotel, ...]


_PAGE: Final = msgspec.json.Decoder(_Page)


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """What the suppliers tell of one city, by supplier and id, and the true hotel of each record."""

    true_hotels: int
    told: Mapping[Key, Described]
    truth: Mapping[Key, str]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of records of one hotel: `found` by us, `right` among them, and `true` in the world. `times` are seconds of the processor."""

    hotels: int
    found: int
    right: int
    true: int
    times: tuple[float, ...]

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.true


def measured() -> tuple[Figure, ...]:
    """Precision and recall for each level of noise, and how long a city takes."""
    found = {noise: matched(noise=noise) for noise in _AIMS}
    return (
        *(figure for noise, outcome in found.items() for figure in _figures(noise, outcome)),
        _slowest(found[1.0]),
    )


def _figures(noise: float, outcome: Outcome) -> Iterator[Figure]:
    precision, recall = _AIMS[noise]
    note = f"{outcome.hotels:,} true hotels in {len(CITIES)} cities"
    yield _share(f"matching precision, noise {noise:g}", outcome.right, outcome.found, aim=precision, note=note)
    yield _share(f"matching recall, noise {noise:g}", outcome.right, outcome.true, aim=recall, note=note)


def _share(name: str, ours: int, theirs: int, *, aim: float, note: str) -> Figure:
    return Figure(
        name=name, measure="pairs of records that are one hotel", ours=ours, theirs=theirs, unit="pairs",
        value=ours / theirs, aim=aim, better=Better.HIGHER, note=note,
    )  # fmt: skip


def _slowest(outcome: Outcome) -> Figure:
    worst = max(outcome.times) * 1000
    return Figure(
        name="matching a city", measure="milliseconds of the processor for the slowest of them", ours=worst, theirs=0.0, unit="ms",
        value=worst, aim=150.0, better=Better.LOWER, note=f"{median(outcome.times) * 1000:.0f} ms in the middle",
    )  # fmt: skip


def matched(*, noise: float, seed: int = 1, cities: Sequence[str] = CITIES) -> Outcome:
    """Cities of the world of this seed, each by itself. Raises ValueError where suppliers describe nothing."""
    towns = asyncio.run(_towns(World(seed=seed, noise=noise, clock=lambda: TODAY), cities))
    found = right = true = 0
    times = []
    for town in towns:
        started = time.process_time()
        together = groups(town.told)
        times.append(time.process_time() - started)
        pairs = _pairs(together)
        found += len(pairs)
        right += sum(town.truth[one] == town.truth[other] for one, other in pairs)
        true += sum(town.truth[one] == town.truth[other] for one, other in combinations(town.told, 2))
    if not found or not true:
        raise ValueError("no two suppliers describe one hotel")
    hotels = sum(town.true_hotels for town in towns)
    return Outcome(hotels=hotels, found=found, right=right, true=true, times=tuple(times))


def _pairs(together: tuple[Group, ...]) -> tuple[tuple[Key, Key], ...]:
    return tuple(pair for group in together for pair in combinations(group.members, 2))


async def _towns(world: World, codes: Sequence[str]) -> tuple[Town, ...]:
    app: Any = create_app(world=world)  # httpx has a stricter idea of what a scope is
    over = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=over, base_url="http://sandbox") as asked:
        answers = [await asked.get("/_world/hotels", params={"city": code}) for code in codes]
    cities = [_PAGE.decode(answer.raise_for_status().content).hotels for answer in answers]
    hotels = [hotel for city in cities for hotel in city]
    told = {key: content for supplier in suppliers().values() for key, content in await _told(supplier, world, hotels)}
    return tuple(_town(city, told) for city in cities)


def _town(hotels: tuple[_Hotel, ...], told: Mapping[Key, Property]) -> Town:
    truth = {(slug, str(sold.id)): hotel.id for hotel in hotels for slug, sold in hotel.sold_as.items()}
    known = {key: described for key in truth if key in told and (described := of(told[key])) is not None}
    return Town(true_hotels=len(hotels), told=known, truth=truth)


async def _told(supplier: Supplier, world: World, hotels: list[_Hotel]) -> list[tuple[Key, Property]]:
    """All that it has of these hotels; nothing from one that describes none."""
    selling = supplier.searches.get("hotels")
    if selling is None or selling.describing is None:
        return []
    ids = [str(hotel.sold_as[supplier.slug].id) for hotel in hotels if supplier.slug in hotel.sold_as]
    access = Access(base_url="http://sandbox", secrets=supplier.sandbox_secrets, budget=_ROOMY, live=False)
    over = httpx.ASGITransport(loaded(supplier.slug).create_app(world))
    client = SupplierClient(supplier, access, shared=None, over=over)
    try:
        return [((told.supplier, told.id), told) async for told in _descriptions(client, selling.describing, ids)]
    finally:
        await client.aclose()


async def _descriptions(client: SupplierClient, describing: Describing, ids: list[str]) -> AsyncIterator[Property]:
    for start in range(0, len(ids), describing.at_once):
        call = describing.ask(tuple(ids[start : start + describing.at_once]))
        async for readout in pages(client, call, describing.read, at_most=describing.at_most, deadline=soon):
            for told in readout.records:
                yield told


def main() -> None:
    words = argparse.ArgumentParser(description="Match the hotels of all suppliers and compare with the truth")
    words.add_argument("--seed", type=int, default=1, help="of the pretend world")
    seed = words.parse_args().seed
    for noise in _AIMS:
        outcome = matched(noise=noise, seed=seed)
        sys.stdout.write(
            f"seed {seed}, noise {noise:g}: precision {outcome.precision:.4f}, recall {outcome.recall:.4f}; "
            f"{outcome.true:,} pairs of {outcome.hotels:,} true hotels in {len(CITIES)} cities; "
            f"{median(outcome.times) * 1000:.0f} ms a city, {max(outcome.times) * 1000:.0f} at most\n"
        )


if __name__ == "__main__":
    main()
