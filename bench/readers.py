"""What it costs to read each supplier: a reply of a thousand records, from its bytes to our values.

`python -m bench.readers` prints a row for every supplier in the registry. Both sides get the same bytes: the longest reply
of the supplier's own sandbox, its list of records repeated. The bare side decodes them into the supplier's wire structs.
"""

import asyncio
import re
import sys
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from statistics import median
from types import GenericAlias
from typing import Any, Final

import msgspec

from adapters.kit import conversation
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.failures import Answered, Failure
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Supplier
from adapters.kit.xml import decoded_xml
from adapters.open_data.airports import airports
from bench.figures import Figure, ratio
from bench.heard import listening, soon
from bench.thousand import Grown, grown
from bench.turns import in_turns
from domain.offers import Offer
from domain.places import Atlas, Point
from domain.queries import CarQuery, FlightQuery, HotelQuery, Query

_AIM: Final = 0.3
_ROUNDS: Final = 15
_QUESTIONS: Final[dict[str, Query]] = {
    "flights": FlightQuery(origin="LHR", destination="JFK", departure_date=date(2027, 3, 16)),
    "hotels": HotelQuery(
        location=Point(latitude=48.8534, longitude=2.3488), check_in=date(2027, 3, 16), check_out=date(2027, 3, 19)
    ),
    "cars": CarQuery(
        pick_up="LHR",
        drop_off="LHR",
        pick_up_at=datetime(2027, 3, 16, 10),  # noqa: DTZ001 -- on the counter's clock
        drop_off_at=datetime(2027, 3, 21, 10),  # noqa: DTZ001 -- on the counter's clock
        currency="GBP",
    ),
}

Read = Callable[[Reply], Readout[Any]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The reply of `operation` whose reading is measured: it holds the most records of all."""

    operation: str
    reply: Reply
    read: Read
    offers: bool

    @property
    def count(self) -> int:
        """How many records are read from it, offers alone where it is about `offers`; none where it can't be read."""
        try:
            records = self.read(self.reply).records
        except Failure:
            return 0
        return sum(isinstance(record, Offer) for record in records) if self.offers else len(records)


def measured(*, rounds: int = _ROUNDS) -> tuple[Figure, ...]:
    """One figure for each supplier. Raises ValueError for one whose sandbox says nothing that can be read."""
    atlas = Atlas(airports().records)
    return tuple(_figure(supplier, asyncio.run(_row(supplier, atlas)), rounds) for supplier in suppliers().values())


async def _row(supplier: Supplier, atlas: Atlas) -> Row:
    """Raises ValueError for a supplier whose sandbox has nothing that can be read."""
    rows: list[Row] = []
    async with listening(supplier) as (client, heard):
        for operations, ask, read in _asked(supplier, atlas):
            heard.exchanges.clear()
            await ask(client)
            rows += [
                Row(operation=call.operation, reply=reply, read=read(call), offers=bool(supplier.searches))
                for call, reply in heard.exchanges
                if call.operation in operations
            ]
    readable = [row for row in rows if row.count]
    if not readable:
        raise ValueError(f"{supplier.slug}: its sandbox has nothing to read")
    # Of a conversation of several calls the reply that the offers are made of, not one that only completes them.
    return max(readable, key=lambda row: (len(row.reply.body), row.count))


Ask = Callable[[SupplierClient], Awaitable[None]]
ReadFor = Callable[[Call], Read]


def _asked(supplier: Supplier, atlas: Atlas) -> Iterator[tuple[tuple[str, ...], Ask, ReadFor]]:
    """Searches where it sells, else what it lists or knows: how to ask, and how the reply to a call is read."""
    for vertical, searching in supplier.searches.items():
        query = _QUESTIONS[vertical]
        yield (
            searching.operations,
            partial(_searched, query=query, atlas=atlas),
            partial(_reading, searching.read, query=query, atlas=atlas),
        )
    if not supplier.searches:
        for cataloguing in supplier.catalogues.values():
            paged = partial(_paged, first=cataloguing.ask(), read=cataloguing.read)
            yield (cataloguing.operation,), paged, partial(_page, cataloguing.read)
        for looking in supplier.lookups.values():
            reading = partial(_reading, looking.read, query=looking.example, atlas=atlas)
            yield (looking.operation,), partial(_answered, call=looking.ask(looking.example)), reading


async def _searched(client: SupplierClient, *, query: Query, atlas: Atlas) -> None:
    await conversation.search(client, query, atlas, deadline=soon())


async def _answered(client: SupplierClient, *, call: Call) -> None:
    with suppress(Answered):  # nobody is in the air there just now
        await client.answered(call, deadline=soon())


async def _paged(client: SupplierClient, *, first: Call, read: Callable[[Reply, Call], Readout[Any]]) -> None:
    """The first page is enough."""
    async for _ in pages(client, first, read, at_most=1_000, deadline=soon):
        return


def _reading(read: Callable[..., Readout[Any]], call: Call, *, query: Any, atlas: Atlas) -> Read:
    return lambda reply: read(reply, call, query, atlas)


def _page(read: Callable[[Reply, Call], Readout[Any]], call: Call) -> Read:
    return lambda reply: read(reply, call)


def _figure(supplier: Supplier, row: Row, rounds: int) -> Figure:
    large = grown(row.reply, lambda reply: msgspec.structs.replace(row, reply=reply).count)
    bare = _bare(supplier, row.operation, large)
    count = len(row.read(large.reply).records)
    times = in_turns(lambda: row.read(large.reply), bare, rounds)
    ours, theirs = map(median, times)
    return ratio(
        f"read {supplier.slug}",
        "records a second, read / bare typed decoding",
        count / ours,
        count / theirs,
        unit="records/s",
        aim=_AIM,
        note=f"{row.operation}: {count:,} records in {len(large.reply.body):,} bytes, "
        f"{_peak_bytes(row, large) / 1e6:.1f} MB at the peak",
    )


def _bare(supplier: Supplier, operation: str, large: Grown) -> Callable[[], object]:
    """The bytes into the supplier's wire structs, and no more. Raises LookupError where its words are not declared."""
    shape = supplier.shapes[operation]
    if large.listed is None:
        root = re.search(rb"<(\w+)[\s>]", large.reply.body)
        assert root is not None
        return partial(decoded_xml, large.reply, shape.type, root=root[1].decode())
    if (record := shape.records.get(large.path)) is not None:
        return partial(msgspec.json.Decoder(GenericAlias(list, (record,))).decode, large.listed)
    return partial(msgspec.json.Decoder(shape.type).decode, large.reply.body)


def _peak_bytes(row: Row, large: Grown) -> int:
    """What reading takes beside the body, while it runs."""
    tracemalloc.start()
    try:
        row.read(large.reply)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main() -> None:
    for figure in measured():
        sys.stdout.write(
            f"{figure.name}: {figure.value:.3f} ({figure.better} {figure.aim:g}), "
            f"{figure.ours:,.0f} of {figure.theirs:,.0f} {figure.unit}; {figure.note}\n"
        )


if __name__ == "__main__":
    main()
