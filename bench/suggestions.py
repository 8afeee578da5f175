"""How soon a suggestion is there, over all places that we know and a hundred thousand hotels of the pretend world.

`python -m bench.suggestions` asks for some thousand names: whole, as far as somebody has typed, and mistyped once or twice.
Beside it a plain scan: every word of every entry compared with every word that was typed, mistakes not even looked for.
"""

import argparse
import gc
import itertools
import random
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from adapters.open_data.airports import airports
from adapters.open_data.cities import cities
from api.names import folded
from api.search.gazetteer import entries
from api.search.index import Entry, Index
from bench.figures import Better, Figure, ratio
from domain.places import Point
from sandbox.hotels.census import hotels_of
from sandbox.hotels.cities import cities as pretend_cities
from storage.suggested import KnownHotel

_AIM_MS: Final = 1.0
_FASTER: Final = 20.0  # at least, than the scan
_HOTELS: Final = 100_000
_NAMES: Final = 1_000
_ROUNDS: Final = 3  # over all names, the best of which counts: what is left is our own work
_SCANNED: Final = 40
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_LIMIT: Final = 10


def measured(*, hotels: int = _HOTELS, names: int = _NAMES) -> tuple[Figure, ...]:
    """Seconds are those of this thread's own work, so that neighbours on the machine do not count."""
    every = tuple(entries(airports().records, cities(), tuple(_hotels(hotels)), {}))
    began = time.thread_time()
    index = Index(every)
    built = time.thread_time() - began
    typed = tuple(_typed(random.Random(1), every, names))  # noqa: S311  # the same mistakes in every run
    gc.collect()
    rounds = [[_milliseconds(index, text) for text in typed] for _ in range(_ROUNDS)]
    took = sorted(map(min, zip(*rounds, strict=True)))
    scanned = median(_scan(every, typed[:: max(1, len(typed) // _SCANNED)]))
    middle, slow = took[len(took) // 2], took[int(len(took) * 0.99)]
    note = f"{len(index):,} entries, built in {built:.1f} s; {len(typed):,} questions"
    return (
        Figure(
            name="suggestions p99", measure="milliseconds of a suggestion, 99 of 100", ours=slow, theirs=_AIM_MS, unit="ms",
            value=slow, aim=_AIM_MS, better=Better.LOWER, note=note,
        ),
        ratio(
            "suggestions", "a plain scan / a suggestion, medians", scanned, middle, unit="ms", aim=_FASTER,
            note=f"median {middle:.3f} ms, the scan finds no mistyped name",
        ),
    )  # fmt: skip


def _hotels(most: int) -> Iterator[KnownHotel]:
    """Of the pretend world, city by city, no more than that."""
    once = {city.code: city for city in pretend_cities().values()}
    told = (
        KnownHotel(
            id=hotel.id, name=hotel.name, city=city.name, country=city.country, suppliers=1, reviews=hotel.reviews,
            location=Point(latitude=hotel.latitude, longitude=hotel.longitude),
        )
        for city in once.values()
        for hotel in hotels_of(city, 7)
    )  # fmt: skip
    return itertools.islice(told, most)


def _typed(chance: random.Random, every: Sequence[Entry], names: int) -> Iterator[str]:
    """Cities, airports and hotels alike often, as people type them."""
    by_kind = {kind: [entry for entry in every if entry.kind is kind] for kind in {entry.kind for entry in every}}
    for number in range(names):
        some = by_kind[sorted(by_kind)[number % len(by_kind)]]
        name = chance.choice(some).name
        begun = name[: chance.randint(1, len(name))]
        yield from (name, begun, _mistyped(chance, name), _mistyped(chance, begun))
        yield _mistyped(chance, _mistyped(chance, name))


def _mistyped(chance: random.Random, text: str) -> str:
    place, letter = chance.randrange(len(text)), chance.choice(_LETTERS)
    before, here, after = text[:place], text[place], text[place + 1 :]
    return chance.choice(
        (before + after, before + letter + here + after, before + letter + after, before + after[:1] + here + after[1:])
    )


def _milliseconds(index: Index, text: str) -> float:
    began = time.thread_time()
    index.found(text, limit=_LIMIT)
    return (time.thread_time() - began) * 1000


def _scan(every: Sequence[Entry], typed: Sequence[str]) -> Iterator[float]:
    words = [folded(f"{entry.name} {entry.city or ''} {entry.code or ''}").split() for entry in every]
    for text in typed:
        asked = folded(text).split()
        began = time.thread_time()
        met = (number for number, own in enumerate(words) if all(_begun(word, own) for word in asked))
        sorted(met, key=lambda number: -every[number].weight)[:_LIMIT]
        yield (time.thread_time() - began) * 1000


def _begun(beginning: str, words: Sequence[str]) -> bool:
    return any(word.startswith(beginning) for word in words)


def main() -> None:
    words = argparse.ArgumentParser(description="Measure suggestions")
    words.add_argument("--hotels", type=int, default=_HOTELS)
    words.add_argument("--names", type=int, default=_NAMES)
    asked = words.parse_args()
    for figure in measured(hotels=asked.hotels, names=asked.names):
        sys.stdout.write(
            f"{figure.name}: {figure.value:.3f} ({figure.better} {figure.aim:g}), "
            f"{figure.ours:.3f} and {figure.theirs:.3f} {figure.unit}; {figure.note}\n"
        )


if __name__ == "__main__":
    main()
