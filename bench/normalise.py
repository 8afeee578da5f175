"""How much slower than bare JSON decoding it is to read, check and merge the offers of one reply.

`python -m bench.normalise` prints a ratio for every supplier that sells flights and every kind of journey. Both sides get the same
bytes, a reply of the supplier's own sandbox, in turns within one process.

The bare side decodes into plain dicts and lists. That needs to know nothing of the supplier, so it can't flatter one
by its choice of fields; measured, it takes as long as decoding every field of the supplier's words into typed structs.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from statistics import median
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Call, Reply
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Supplier
from adapters.open_data.airports import airports
from bench import heard
from bench.figures import Figure, ratio
from bench.turns import in_turns
from domain.fitting import misfit
from domain.matching.flights import merged
from domain.places import Atlas
from domain.queries import FlightQuery
from domain.searches import Result

_AIM: Final = 0.3
_ROUNDS: Final = 200
_OUT, _BACK = date(2027, 3, 16), date(2027, 3, 23)
_QUESTIONS: Final[Mapping[str, FlightQuery]] = MappingProxyType(
    {
        "one-way": FlightQuery(origin="LHR", destination="JFK", departure_date=_OUT),
        "return": FlightQuery(origin="LHR", destination="JFK", departure_date=_OUT, return_date=_BACK),
    }
)


def measured(*, rounds: int = _ROUNDS) -> tuple[Figure, ...]:
    """One figure for each supplier and question. Raises ValueError for a reply without an offer."""
    return tuple(_figures(Atlas(airports().records), rounds))


def _figures(atlas: Atlas, rounds: int) -> Iterator[Figure]:
    for slug, supplier in suppliers().items():
        if "flights" in supplier.searches:
            for journey, query in _QUESTIONS.items():
                call, reply = asyncio.run(_longest(supplier, query, atlas))
                normalised = partial(_normalised, supplier, query, atlas, call)
                yield _figure(f"normalise {slug} {journey}", reply, normalised, rounds)


def _normalised(supplier: Supplier, query: FlightQuery, atlas: Atlas, call: Call, reply: Reply) -> tuple[Result, ...]:
    found = supplier.searches["flights"].read(reply, call, query, atlas)
    return merged(offer for offer in found.records if not misfit(query, offer))


async def _longest(supplier: Supplier, query: FlightQuery, atlas: Atlas) -> tuple[Call, Reply]:
    """The longest reply to a search, as the kit's own client gets it from the supplier's sandbox in this process."""
    return max(await heard.searched(supplier, query, atlas), key=lambda exchange: len(exchange[1].body))


def _figure(name: str, reply: Reply, read: Callable[[Reply], tuple[Result, ...]], rounds: int) -> Figure:
    decoder = msgspec.json.Decoder()
    count = sum(len(result.offers) for result in read(reply))
    if not count:
        raise ValueError(f"{name}: the reply holds no offer")
    times = in_turns(lambda: read(reply), lambda: decoder.decode(reply.body), rounds)
    ours, theirs = map(median, times)
    return ratio(
        name, "offers a second, read to merged / bare decoding", count / ours, count / theirs, unit="offers/s", aim=_AIM,
        note=f"{count} offers in {len(reply.body):,} bytes; in the fastest rounds {min(times[1]) / min(times[0]):.3f}",
    )  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description="Compare normalising offers with bare JSON decoding")
    words.add_argument("--rounds", type=int, default=_ROUNDS)
    asked = words.parse_args()
    for figure in measured(rounds=asked.rounds):
        sys.stdout.write(
            f"{figure.name}: {figure.value:.3f} ({figure.better} {figure.aim:g}), "
            f"{figure.ours:,.0f} of {figure.theirs:,.0f} {figure.unit}; {figure.note}\n"
        )


if __name__ == "__main__":
    main()
