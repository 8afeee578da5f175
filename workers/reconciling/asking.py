"""What suppliers and gateways have in their books of a booking, asked within a number of calls."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from adapters.kit import ordering
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, Failure
from adapters.kit.supplier import Selling
from adapters.payments.gateway import Gateway
from domain.bookings import Booking, Charge, ChargeStatus, Item, People, order_reference
from domain.orders import Order, OrderRequest, Reason
from domain.payments import Payment
from domain.reconciling.orders import worth_asking
from storage.bookings import Kept
from storage.vault import Unreadable, Vault

Orders = tuple[Order, ...]

_SECONDS: Final = 20.0  # for one question
_LIST_SECONDS: Final = 120.0
_LISTED_AT_MOST: Final = 20_000
_LISTED_PER_CALL: Final = 100  # a page of a gateway's list, about
_NOT_THERE: Final = frozenset({Reason.NO_SUCH_ORDER, Reason.NOTHING_THERE})


class Unchecked(Exception):
    """Could not be compared, and why; the words are few, so that they can be counted."""

    def __init__(self, who: str, why: str) -> None:
        super().__init__(f"{who}: {why}")
        self.who: Final = who
        self.why: Final = why


class Spent(Exception):
    """No call is left in this run."""


class Asking:
    """Raises Spent when it may ask no more. One for each attempt at a run. `thorough` asks also whether there is more than one order under a reference."""

    def __init__(
        self,
        *,
        clients: Mapping[str, SupplierClient],
        gateways: Mapping[str, Gateway],
        vault: Vault | None,
        thorough: bool,
        calls: int,
        now: datetime,
    ) -> None:
        self._clients: Final = clients
        self._gateways: Final = gateways
        self._vault: Final = vault
        self._thorough: Final = thorough
        self._now: Final = now
        self._left = calls
        self._calls = 0
        self._unchecked: dict[str, Counter[str]] = {}

    @property
    def spent(self) -> bool:
        return self._left <= 0

    def taken(self) -> tuple[int, Mapping[str, Mapping[str, int]]]:
        """How many calls were made since this was asked last, and what could not be compared: by whom and by why."""
        calls, unchecked = self._calls, self._unchecked
        self._calls, self._unchecked = 0, {}
        return calls, unchecked

    async def orders(self, kept: Kept) -> dict[int, Orders]:
        """By item; those that nobody could be asked about are left out, and counted."""
        found: dict[int, Orders] = {}
        for item in filter(worth_asking, kept.booking.items):
            try:
                found[item.number] = await self._orders_of(kept, item)
            except Unchecked as unchecked:
                self._note(unchecked)
        return found

    async def payments(self, booking: Booking, listed: Mapping[tuple[str, str], Payment]) -> dict[str, Payment | None]:
        """By charge. `listed` are those that the gateways have told of unasked, by gateway and by either reference."""
        found: dict[str, Payment | None] = {}
        for charge in booking.charges:
            there = listed.get((charge.gateway, charge.gateway_id or "")) or listed.get(
                (charge.gateway, charge.reference)
            )
            if there is None and charge.status is ChargeStatus.OPEN:
                continue  # it was never asked for
            try:
                found[charge.id] = there or await self._payment_of(charge)
            except Unchecked as unchecked:
                self._note(unchecked)
        return found

    async def listed(self, since: datetime) -> list[Payment]:
        """All that the gateways have from then on."""
        found: list[Payment] = []
        for name, gateway in self._gateways.items():
            theirs: list[Payment] = []
            try:
                async for payment in gateway.payments(since, deadline=_deadline(_LIST_SECONDS)):
                    if not len(theirs) % _LISTED_PER_CALL:
                        self._spend()
                    theirs.append(payment)
                    if len(theirs) >= _LISTED_AT_MOST:
                        self._note(Unchecked(name, "more payments than are looked at"))
                        break
            except Failure as failure:
                self._note(Unchecked(name, failure.outcome))
            except Spent:
                self._note(Unchecked(name, "no calls left for its list"))
            found += theirs
        return found

    async def payment(self, gateway: str, payment_id: str) -> Payment | None:
        """None where the gateway has none. Raises Unchecked."""
        return await self._gateway_said(gateway, lambda one: one.look(payment_id, deadline=_deadline()))

    async def _orders_of(self, kept: Kept, item: Item) -> Orders:
        """Raises Unchecked."""
        client, selling = self._seller(item)
        if item.sent_at is not None and self._now - item.sent_at <= selling.visible_within:
            raise Unchecked(client.supplier.slug, "not visible yet")
        found: dict[str, Order] = {}
        looks = item.order is not None and selling.look is not None
        if looks:
            assert item.order is not None
            found |= _by_id(await self._looked(client, item, item.order))
        if selling.find is not None and (self._thorough or not looks):
            for request in self._requests(kept, item):
                found = _by_id(await self._found(client, request)) | found
        elif not looks:
            raise Unchecked(client.supplier.slug, "can't be asked for its orders")
        return tuple(found.values())

    def _seller(self, item: Item) -> tuple[SupplierClient, Selling]:
        slug = item.offer.supplier
        client = self._clients.get(slug)
        if client is None or item.vertical not in client.supplier.sells:
            raise Unchecked(slug, "not connected")
        return client, client.supplier.sells[item.vertical]

    async def _looked(self, client: SupplierClient, item: Item, order: Order) -> Orders:
        async def look() -> Orders:
            there = await ordering.looked(client, item.vertical, order, deadline=_deadline(), priority=Priority.REFRESH)
            return (there,)

        return await self._supplier_said(client, look)

    async def _found(self, client: SupplierClient, request: OrderRequest) -> Orders:
        async def find() -> Orders:
            return await ordering.found_all(client, request, deadline=_deadline(), priority=Priority.REFRESH)

        return await self._supplier_said(client, find)

    def _requests(self, kept: Kept, item: Item) -> Iterator[OrderRequest]:
        """As they were sent, every attempt under its own reference. Raises Unchecked."""
        who = item.offer.supplier
        if item.quote is None:
            raise Unchecked(who, "never quoted")
        people = self._people(kept, who)
        earlier = (order_reference(kept.booking.id, item.number, attempt) for attempt in range(1, item.attempt))
        for reference in dict.fromkeys((*earlier, item.reference)):
            yield OrderRequest(
                reference=reference,
                offer=item.offer,
                query=item.query,
                quote=item.quote.quote,
                travellers=people.travellers,
                contact=people.contact,
                sent_at=item.sent_at or kept.booking.created_at,
                extras=item.extras,
            )

    def _people(self, kept: Kept, who: str) -> People:
        if kept.people is None:
            raise Unchecked(who, "travellers are forgotten")
        try:
            if self._vault is not None:
                return self._vault.opened(kept.people, People)
        except Unreadable as error:
            raise Unchecked(who, "travellers can't be read") from error
        raise Unchecked(who, "travellers can't be read")

    async def _payment_of(self, charge: Charge) -> Payment | None:
        number = charge.gateway_id
        if number is not None:
            return await self.payment(charge.gateway, number)
        return await self._gateway_said(
            charge.gateway, lambda gateway: gateway.find(charge.reference, deadline=_deadline())
        )

    async def _gateway_said(self, name: str, ask: Callable[[Gateway], Awaitable[Payment | None]]) -> Payment | None:
        gateway = self._gateways.get(name)
        if gateway is None:
            raise Unchecked(name, "not connected")
        self._spend()
        try:
            return await ask(gateway)
        except Answered:
            return None
        except Failure as failure:
            raise Unchecked(name, failure.outcome) from failure

    async def _supplier_said(self, client: SupplierClient, ask: Callable[[], Awaitable[Orders]]) -> Orders:
        """Nothing where it says that there is no such order."""
        self._spend()
        try:
            return await ask()
        except Answered as refusal:
            if refusal.reason in _NOT_THERE:
                return ()
            raise Unchecked(client.supplier.slug, refusal.outcome) from refusal
        except Failure as failure:
            raise Unchecked(client.supplier.slug, failure.outcome) from failure

    def _spend(self) -> None:
        if self.spent:
            raise Spent
        self._left -= 1
        self._calls += 1

    def _note(self, unchecked: Unchecked) -> None:
        self._unchecked.setdefault(unchecked.who, Counter())[unchecked.why] += 1


def _by_id(orders: Iterable[Order]) -> dict[str, Order]:
    return {order.id: order for order in orders}


def _deadline(seconds: float = _SECONDS) -> float:
    return asyncio.get_running_loop().time() + seconds
