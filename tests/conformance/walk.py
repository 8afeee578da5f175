"""Goes once through all that a supplier declares, at its sandbox or at its tapes, and keeps every exchange it meets.

Searches come first, then what describes their hotels, lists and lookups; what is sold is quoted, booked, looked at,
looked for and cancelled. Where a declared operation was not met that way, an order is held instead of paid, and the
sandbox plays one outcome after the other.
"""

import asyncio
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.failures import Failure
from adapters.kit.supplier import Supplier
from domain.fitting import misfit
from domain.offers import Offer
from domain.orders import Order, Quote, QuoteRequest
from tests.conformance import folders
from tests.conformance.exchanges import Exchange
from tests.conformance.parts import Part, Station, part, parts
from tests.conformance.questions import QUERIES, order_request

_WITHIN_SECONDS: Final = 60
_MOST_CALLS: Final = 3  # of one list: the pages that follow are more of the same
_OFFERS_TRIED: Final = 5
_OFFERS_TO_HOLD: Final = 30  # few are


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """What was met, station by station; `offers` are the fitting ones of each vertical; `troubles`: part -> why it ended."""

    met: Mapping[Station, Exchange]
    offers: Mapping[str, tuple[Offer, ...]]
    troubles: Mapping[str, str]

    def meeting(self, operation: str) -> Exchange | None:
        """The first exchange of an operation, whichever part came by it."""
        return next((exchange for exchange in self.met.values() if exchange.operation == operation), None)

    def missed(self, station: Station) -> bool:
        """Whether it had to be met: an operation that no part came by, or the one that its part begins with.

        What is said only after something unusual is met by the supplier's own tests.
        """
        if station in self.met:
            return False
        begins = part(station.slug, station.part).operations[0] == station.operation
        return begins or station.operation not in {met.operation for met in self.met}

    def why_not(self, station: Station) -> str:
        trouble = self.troubles.get(station.part)
        return f"the walk through {station.part} never made a {station.operation} call" + (
            f": {trouble}" if trouble else ""
        )


async def walked(
    supplier: Supplier, client: SupplierClient, references: Callable[[], str], plays: Callable[[str, str | None], None]
) -> Walk:
    """Never raises for what a supplier does: a part that fails is a trouble, and the others are walked all the same.

    `plays` has the sandbox's next call of an operation end in that outcome, or takes the wish back where it is None.
    """
    walker = _Walker(supplier, client, references)
    for vertical in supplier.searches:
        await walker.search(vertical)
    for each in parts(supplier.slug):
        if each.vertical is None and not each.name.endswith(".describe"):
            looking = next((look for kind, look in supplier.lookups.items() if kind.__name__ == each.name), None)
            await walker.talk(each, looking.example if looking else None)
    for vertical in supplier.sells:
        await walker.buy(vertical, hold=False)
        await _byways(supplier, vertical, walker, plays)
    return Walk(met=walker.met, offers=walker.offers, troubles=walker.troubles)


async def _byways(
    supplier: Supplier, vertical: str, walker: "_Walker", plays: Callable[[str, str | None], None]
) -> None:
    """What is said only of an order that is held, or after something unusual, as far as anything was not met yet."""
    steps = [each for each in parts(supplier.slug) if each.vertical == vertical and each.step]
    wanted = {name for each in steps for name in each.operations}
    told = dict(walker.troubles)
    if wanted - walker.operations:
        await walker.buy(vertical, hold=True)
    for operation, outcome in _outcomes(supplier, wanted):
        if wanted <= walker.operations:
            break
        plays(operation, outcome)
        await walker.buy(vertical, hold=False)
        plays(operation, None)
    # A byway leads to a failure more often than not.
    walker.troubles.clear()
    walker.troubles.update(told)


def _outcomes(supplier: Supplier, operations: set[str]) -> list[tuple[str, str]]:
    played = folders.outcomes(supplier.slug)
    return [(name, outcome) for name in sorted(played) if name in operations for outcome in sorted(played[name])]


class _Walker:
    def __init__(self, supplier: Supplier, client: SupplierClient, references: Callable[[], str]) -> None:
        self._supplier: Final = supplier
        self._client: Final = client
        self._references: Final = references
        self.met: Final[dict[Station, Exchange]] = {}
        self.offers: Final[dict[str, tuple[Offer, ...]]] = {}
        self.troubles: Final[dict[str, str]] = {}

    @property
    def operations(self) -> set[str]:
        return {station.operation for station in self.met}

    async def talk(self, about_part: Part, about: Any) -> tuple[Any, ...]:
        """All records of one conversation; none where it failed."""
        records: list[Any] = []
        calls = 0

        def read(reply: Reply, call: Call) -> Readout[Any]:
            nonlocal calls
            calls += 1
            readout = about_part.read(reply, call, about)
            exchange = Exchange(part=about_part, about=about, call=call, reply=reply, position=calls - 1)
            self._keep(exchange, readout)
            enough = about_part.vertical is None and calls >= _MOST_CALLS
            return msgspec.structs.replace(readout, next=None) if enough else readout

        try:
            async for readout in pages(
                self._client, about_part.ask(about), read, at_most=about_part.at_most,
                deadline=lambda: asyncio.get_running_loop().time() + _WITHIN_SECONDS,
            ):  # fmt: skip
                records.extend(readout.records)
        except Failure as failure:
            self._trouble(about_part, f"{type(failure).__name__}: {failure.detail} ({failure.code})")
            return ()
        except Exception as error:  # noqa: BLE001 -- a reader that crashes is that supplier's failure, told by name
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._trouble(about_part, f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})")
            return ()
        return tuple(records)

    async def search(self, vertical: str) -> None:
        searched = part(self._supplier.slug, vertical)
        query = QUERIES[vertical]
        offers = await self.talk(searched, query)
        self.offers[vertical] = tuple(offer for offer in offers if misfit(query, offer) is None)
        describing = self._supplier.searches[vertical].describing
        if describing is not None and offers:
            ids = tuple(dict.fromkeys(offer.product.property.id for offer in offers))[: describing.at_once]
            await self.talk(part(self._supplier.slug, f"{vertical}.describe"), ids)

    async def buy(self, vertical: str, *, hold: bool) -> None:
        query = QUERIES[vertical]
        for offer in [offer for offer in self.offers.get(vertical, ()) if offer.bookable][
            : _OFFERS_TO_HOLD if hold else _OFFERS_TRIED
        ]:
            quote = await self._last(vertical, "quote", QuoteRequest(offer=offer, query=query), Quote)
            if quote is None:
                continue
            request = order_request(offer, query, quote, self._references(), hold=hold)
            order = await self._last(vertical, "book", request, Order)
            if order is None:
                continue
            await self._last(vertical, "look", order, Order)
            await self._last(vertical, "find", request, Order)
            await self._last(vertical, "cancel", order, object)
            return
        if not self.offers.get(vertical):
            self.troubles.setdefault(f"{vertical}.quote", "there is no offer to quote")

    async def _last(self, vertical: str, step: str, about: Any, kind: type[Any]) -> Any:
        declared = [each for each in parts(self._supplier.slug) if (each.vertical, each.step) == (vertical, step)]
        records = await self.talk(declared[0], about) if declared else ()
        return records[-1] if records and isinstance(records[-1], kind) else None

    def _keep(self, exchange: Exchange, readout: Readout[Any]) -> None:
        """Of several exchanges at one station, polls or pages, the first one that told most."""
        before = self.met.get(exchange.station)
        if before is None or len(readout.records) > len(before.read().records):
            self.met[exchange.station] = exchange

    def _trouble(self, about_part: Part, why: str) -> None:
        """A part without an operation promises nothing: what is cancelled by people only, say."""
        if about_part.operations:
            self.troubles.setdefault(about_part.name, why)
