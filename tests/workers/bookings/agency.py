"""A made-up agency that sells flights over a made-up wire, keeps its books, and can be told what goes wrong."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import NO_BECAUSE
from adapters.kit.supplier import Selling, Step, Supplier
from domain.money import Money
from domain.orders import (
    Cancellation,
    CancellationStatus,
    Order,
    OrderRequest,
    OrderStatus,
    Quote,
    QuoteRequest,
    Reason,
)
from tests.adapters.kit import declared
from tests.builders import money
from tests.memory_gateway import BUSY, DEAF, KILLED, KILLED_AFTER, LOST, Dead

# What may go wrong with a call is named as for the gateway. Any other word is a refusal, by its code.
_SILENT: Final = frozenset({LOST, KILLED_AFTER})
_REFUSALS: Final = {reason.name: NO_BECAUSE[reason] for reason in Reason}


class _Price(msgspec.Struct):
    price: str
    refundable: bool | None = None


class _Kept(msgspec.Struct):
    id: str
    reference: str
    status: str
    price: str


class _Books(msgspec.Struct):
    orders: list[_Kept]


class _TakenBack(msgspec.Struct):
    status: str = "cancelled"
    refund: str | None = None
    fee: str | None = None


_PRICE: Final = msgspec.json.Decoder(_Price)
_KEPT: Final = msgspec.json.Decoder(_Kept)
_BOOKS: Final = msgspec.json.Decoder(_Books)
_TAKEN_BACK: Final = msgspec.json.Decoder(_TakenBack)


class Agency:
    """The pretend supplier's side: prices by the offer's reference, orders by number, mishaps by operation."""

    def __init__(self, *, price: str = "420.00") -> None:
        self.price = price
        self.orders: Final[dict[str, dict[str, str]]] = {}
        self.mishaps: Final[dict[str, list[str]]] = {}
        self.heard: Final[list[str]] = []
        self.pending = False
        self.refundable: bool | None = None
        self.answers_after: Final[dict[str, asyncio.Event]] = {}
        self._something: Final = asyncio.Condition()
        self.comes_back: str | None = None
        self.fee: str | None = "0.00"

    @property
    def alive(self) -> list[dict[str, str]]:
        return [order for order in self.orders.values() if order["status"] != "cancelled"]

    async def asked_for(self, operation: str) -> None:
        """Until somebody has asked for it."""
        async with self._something:
            await self._something.wait_for(lambda: operation in self.heard)

    def __call__(self, request: httpx.Request) -> "asyncio.Future[httpx.Response]":
        return asyncio.ensure_future(self._answered(request))

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        operation, do = self._asked(request)
        self.heard.append(operation)
        async with self._something:
            self._something.notify_all()
        if (until := self.answers_after.get(operation)) is not None:
            await until.wait()
        waiting = self.mishaps.get(operation, [])
        mishap = waiting.pop(0) if waiting else None
        if mishap == BUSY:
            return httpx.Response(503)
        if mishap == DEAF:
            raise httpx.ReadTimeout("silence", request=request)
        if mishap == KILLED:
            raise Dead(operation)
        if mishap is not None and mishap not in _SILENT:
            return httpx.Response(409, json={"error": {"code": mishap, "message": mishap.lower()}})
        answer = do()
        if mishap == KILLED_AFTER:
            raise Dead(operation)
        if mishap == LOST:
            raise httpx.ReadTimeout("silence", request=request)
        return answer

    def _asked(self, request: httpx.Request) -> tuple[str, Callable[[], httpx.Response]]:
        parts = request.url.path.strip("/").split("/")
        match request.method, parts:
            case "GET", ["offers", _]:
                return "quote", lambda: httpx.Response(200, json={"price": self.price, "refundable": self.refundable})
            case "POST", ["orders"]:
                return "book", lambda: self._booked(msgspec.json.decode(request.content))
            case "GET", ["orders"]:
                return "find", lambda: self._found(request.url.params["reference"])
            case "GET", ["orders", number]:
                return "look", lambda: httpx.Response(200, json=self.orders[number])
            case "POST", ["orders", number, "payment"]:
                return "pay", lambda: self._changed(number, "confirmed")
            case _, [_, number, *_]:
                return "cancel", lambda: self._cancelled(number)
        raise LookupError(request.url.path)

    def _booked(self, body: dict[str, Any]) -> httpx.Response:
        number = f"A{len(self.orders) + 1}"
        status = "held" if body["hold"] else "pending" if self.pending else "confirmed"
        self.orders[number] = {"id": number, "reference": body["reference"], "status": status, "price": self.price}
        return httpx.Response(200, json=self.orders[number])

    def _found(self, reference: str) -> httpx.Response:
        return httpx.Response(200, json={"orders": [o for o in self.orders.values() if o["reference"] == reference]})

    def _changed(self, number: str, status: str) -> httpx.Response:
        self.orders[number]["status"] = status
        return httpx.Response(200, json=self.orders[number])

    def _cancelled(self, number: str) -> httpx.Response:
        if self.orders[number]["status"] == "cancelled":
            return httpx.Response(409, json={"error": {"code": "ALREADY_CANCELLED", "message": "done"}})
        self.orders[number]["status"] = "cancelled"
        return httpx.Response(200, json={"status": "cancelled", "refund": self.comes_back, "fee": self.fee})


# ---- our side: how it is asked and read ----


def _read_quote(slug: str, clock: Callable[[], datetime]) -> Callable[[Reply, Call, QuoteRequest], Readout[Quote]]:
    def read(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
        told, conditions = decoded(reply, _PRICE), request.offer.conditions
        if told.refundable is not None:
            conditions = msgspec.structs.replace(conditions, refundable=told.refundable)
        quote = Quote(
            supplier=slug,
            price=money(told.price),
            price_components=(),
            conditions=conditions,
            quoted_at=clock(),
            expires_at=clock() + timedelta(hours=1),
        )
        return Readout(records=(quote,))

    return read


def _order(slug: str, kept: _Kept) -> Order:
    return Order(
        supplier=slug,
        id=kept.id,
        status=OrderStatus(kept.status),
        price=money(kept.price),
        reference=kept.reference,
    )


def _sums(amount: str | None) -> Money | None:
    return None if amount is None else money(amount)


def agency(
    slug: str,
    *,
    clock: Callable[[], datetime],
    holds: bool = False,
    finds: bool = True,
    looks: bool = True,
    visible_within: timedelta = timedelta(),
) -> Supplier:
    """Declared as a seller of flights."""

    def changing(operation: str, path: str, body: Mapping[str, Any] | None = None) -> Call:
        return Call(
            operation=operation,
            path=path,
            method="POST",
            body=msgspec.json.encode(body or {}),
            reads_only=False,
        )

    def asks_for(request: OrderRequest) -> Call:
        return Call(operation="find", path="/orders", params=(("reference", request.reference),))

    def read_order(reply: Reply, _: Call, __: Any) -> Readout[Order]:
        return Readout(records=(_order(slug, decoded(reply, _KEPT)),))

    def read_books(reply: Reply, _: Call, __: Any) -> Readout[Order]:
        return Readout(records=tuple(_order(slug, kept) for kept in decoded(reply, _BOOKS).orders))

    def read_cancellation(reply: Reply, _: Call, __: Any) -> Readout[Cancellation]:
        told = decoded(reply, _TAKEN_BACK)
        return Readout(
            records=(
                Cancellation(status=CancellationStatus(told.status), refund=_sums(told.refund), fee=_sums(told.fee)),
            )
        )

    selling = Selling(
        quote=Step(
            operations=("quote",),
            ask=lambda request: Call(operation="quote", path=f"/offers/{request.offer.reference}"),
            read=_read_quote(slug, clock),
        ),
        book=Step(
            operations=("book",),
            ask=lambda request: changing("book", "/orders", {"reference": request.reference, "hold": request.hold}),
            read=read_order,
        ),
        cancel=Step(
            operations=("cancel",),
            ask=lambda order: changing("cancel", f"/orders/{order.id}/cancellation"),
            read=read_cancellation,
        ),
        look=Step(
            operations=("look",), ask=lambda order: Call(operation="look", path=f"/orders/{order.id}"), read=read_order
        )
        if looks
        else None,
        find=Step(operations=("find",), ask=asks_for, read=read_books) if finds else None,
        pay=Step(operations=("pay",), ask=lambda order: changing("pay", f"/orders/{order.id}/payment"), read=read_order)
        if holds
        else None,
        visible_within=visible_within,
    )
    return msgspec.structs.replace(declared.supplier(), slug=slug, sells={"flights": selling}, errors=_REFUSALS)
