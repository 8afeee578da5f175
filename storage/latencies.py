"""How long suppliers have taken to answer within the last hour, by operation, as all processes have told it.

Written by adapters/kit/latency.py: a hash `travelhub:latency:<supplier>:<slot>` for each five minutes, with fields
`<operation>|<bucket>` and counts; domain/latency.py says what slots and buckets are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import redis.asyncio

from domain.latency import Spread, spread, window
from storage.cache import redis_failures

_PREFIX: Final = "travelhub:latency"


async def spreads(
    client: "redis.asyncio.Redis", suppliers: Iterable[str], *, now: datetime
) -> Mapping[str, Mapping[str, Spread]]:
    """By supplier and operation; no entry where nothing was asked. Raises StorageDown."""
    slots, asked = window(now), tuple(suppliers)
    with redis_failures():
        async with client.pipeline(transaction=False) as pipe:
            for slug in asked:
                for number in slots:
                    pipe.hgetall(f"{_PREFIX}:{slug}:{number}")
            hashes = await pipe.execute()
    return {
        slug: by_operation(hashes[place * len(slots) : (place + 1) * len(slots)]) for place, slug in enumerate(asked)
    }


def by_operation(hashes: Iterable[Mapping[bytes, bytes]]) -> Mapping[str, Spread]:
    """What the hashes of one supplier say together."""
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for held in hashes:
        for field, calls in held.items():
            operation, _, bucket = field.decode().rpartition("|")
            counts[operation][int(bucket)] += int(calls)
    found = {operation: spread(buckets) for operation, buckets in sorted(counts.items())}
    return {operation: told for operation, told in found.items() if told is not None}
