"""Everything that suppliers declare, under one shape: a conversation about something, operation by operation."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.supplier import Selling, Step, Supplier
from adapters.open_data.airports import airports
from domain.places import Atlas
from domain.queries import Query
from tests.conformance.folders import suppliers

STEPS: Final = ("quote", "book", "look", "find", "cancel")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation that a supplier declares; `about` is what its ask and its read take.

    `vertical` is what it sells or searches; `step` the step of buying, where it is one.
    """

    supplier: Supplier
    name: str
    operations: tuple[str, ...]
    ask: Callable[[Any], Call]
    read: Callable[[Reply, Call, Any], Readout[Any]]
    at_most: int = 1
    vertical: str | None = None
    step: str | None = None

    @property
    def searches(self) -> bool:
        return self.name in self.supplier.searches


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """One operation in one part: where a walk through a declaration has to come by."""

    slug: str
    part: str
    operation: str

    @property
    def name(self) -> str:
        return f"{self.slug}-{self.part}-{self.operation}"


@cache
def atlas() -> Atlas:
    """The world's airports, as the sandbox flies between them."""
    return Atlas(airports().records)


@cache
def parts(slug: str) -> tuple[Part, ...]:
    """In the order in which a walk goes through them."""
    return tuple(_parts(suppliers()[slug]))


def part(slug: str, name: str) -> Part:
    return next(part for part in parts(slug) if part.name == name)


def stations(supplier: Supplier, *, searches: bool = False, once: bool = False) -> Iterator[Station]:
    """All, or those of searches only; `once`: each operation in the first part that has it."""
    seen: set[str] = set()
    for each in parts(supplier.slug):
        if searches and not each.searches:
            continue
        for operation in dict.fromkeys(each.operations):
            if not once or operation not in seen:
                seen.add(operation)
                yield Station(slug=supplier.slug, part=each.name, operation=operation)


def operations(supplier: Supplier) -> frozenset[str]:
    return frozenset(operation for each in parts(supplier.slug) for operation in each.operations)


def _parts(supplier: Supplier) -> Iterator[Part]:
    yield from _searches(supplier)
    yield from _lists(supplier)
    for vertical, selling in supplier.sells.items():
        yield from _steps(supplier, vertical, selling)


def _searches(supplier: Supplier) -> Iterator[Part]:
    for vertical, searching in supplier.searches.items():

        def read(reply: Reply, call: Call, query: Query, read: Any = searching.read) -> Readout[Any]:
            told: Readout[Any] = read(reply, call, query, atlas())
            return told

        yield Part(
            supplier=supplier, name=vertical, operations=searching.operations, ask=searching.ask, read=read,
            at_most=searching.at_most, vertical=vertical,
        )  # fmt: skip
        if (describing := searching.describing) is not None:
            yield Part(
                supplier=supplier, name=f"{vertical}.describe", operations=(describing.operation,),
                ask=describing.ask, read=_about_nothing(describing.read), at_most=describing.at_once,
            )  # fmt: skip


def _lists(supplier: Supplier) -> Iterator[Part]:
    for subject, listing in supplier.catalogues.items():

        def ask(_: None, ask: Callable[[], Call] = listing.ask) -> Call:
            return ask()

        yield Part(
            supplier=supplier, name=str(subject), operations=(listing.operation,), ask=ask,
            read=_about_nothing(listing.read), at_most=listing.at_most,
        )  # fmt: skip
    for enquiry, looking in supplier.lookups.items():

        def look(reply: Reply, call: Call, about: Any, read: Any = looking.read) -> Readout[Any]:
            told: Readout[Any] = read(reply, call, about, atlas())
            return told

        yield Part(
            supplier=supplier, name=enquiry.__name__, operations=(looking.operation,), ask=looking.ask, read=look,
            at_most=looking.at_most,
        )  # fmt: skip


def _steps(supplier: Supplier, vertical: str, selling: Selling) -> Iterator[Part]:
    for name in STEPS:
        step: Step | None = getattr(selling, name)
        if step is not None:
            yield Part(
                supplier=supplier, name=f"{vertical}.{name}", operations=step.operations, ask=step.ask,
                read=step.read, at_most=step.at_most, vertical=vertical, step=name,
            )  # fmt: skip


def _about_nothing(read: Callable[[Reply, Call], Readout[Any]]) -> Callable[[Reply, Call, Any], Readout[Any]]:
    return lambda reply, call, _: read(reply, call)
