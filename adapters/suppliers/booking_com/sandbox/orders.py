"""Orders: previewed, created, listed, looked at and cancelled, kept for as long as the sandbox runs."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from adapters.suppliers.booking_com.sandbox import bodies, payments
from adapters.suppliers.booking_com.sandbox.bodies import Strict
from adapters.suppliers.booking_com.sandbox.content import page_after, page_of
from adapters.suppliers.booking_com.sandbox.gate import Body, Handle, Refused, invalid
from adapters.suppliers.booking_com.sandbox.payments import SoldRoom
from adapters.suppliers.booking_com.sandbox.previews import ACCOMMODATION, Previews
from adapters.suppliers.booking_com.sandbox.tokens import shown
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, World, claimed, rounded

_ORDERS: Final = "/orders/details"
_LONGEST_WINDOW, _OLDEST = timedelta(days=7), timedelta(days=365)
_WAYS: Final = ("orders", "reservations", "created", "updated", "start", "end")
_AFFILIATE: Final = 111111  # not the caller's own number, which is a secret here


class Order(msgspec.Struct, kw_only=True):
    """What was sold. Amounts are (in the property's currency, in the booker's); `visible_from` is when others see it."""

    id: str
    reservation: int
    pincode: str
    sold: Any
    booker: Any
    label: str | None
    remarks: str | None
    payment: Any
    created: datetime
    updated: datetime
    visible_from: datetime
    rooms: list[SoldRoom]
    guests: dict[str, list[dict[str, str]]]
    status: str = "booked"
    cancelled: tuple[datetime, list[Decimal]] | None = None


def orders_endpoints(world: World) -> Mapping[str, Handle]:
    books = Books(world)
    previews = Previews(world)
    return {
        "/orders/preview": previews.preview,
        "/orders/create": books.create,
        _ORDERS: books.rows,
        "/orders/details/accommodations": books.look,
        "/orders/cancel": books.cancel,
    }


_Moment = Annotated[datetime, Meta(tz=True)]


class _Window(Strict, frozen=True, kw_only=True):
    from_: _Moment = msgspec.field(name="from")
    to: _Moment | None = None


class _Days(Strict, frozen=True, kw_only=True):
    from_: date = msgspec.field(name="from")
    to: date | None = None


class _Sort(Strict, frozen=True, kw_only=True):
    by: Literal["created", "updated"]
    direction: Literal["ascending", "descending"]


class _Listing(Strict, frozen=True, kw_only=True):
    currency: bodies.Currency
    orders: Annotated[list[str], Meta(max_length=100)] | None = None
    reservations: Annotated[list[str], Meta(max_length=100)] | None = None
    created: _Window | None = None
    updated: _Window | None = None
    start: _Days | None = None
    end: _Days | None = None
    maximum_results: bodies.Hundreds = 100
    sort: _Sort | None = None
    extras: tuple[Literal["payment"], ...] = ()
    services: tuple[Literal["accommodations", "cars", "flights"], ...] = ()


class _Looking(Strict, frozen=True, kw_only=True):
    orders: Annotated[list[str], Meta(max_length=100)] | None = None
    reservations: Annotated[list[int], Meta(max_length=100)] | None = None
    currency: bodies.Currency | None = None
    extras: tuple[Literal["accommodation_details", "policies", "extra_charges"], ...] = ()


class _Cancelling(Strict, frozen=True, kw_only=True):
    order: str
    reason: str
    request_property_approval: str | bool | None = None


class Books:
    """Every order of this sandbox. A token says what is sold for how much; a label is only written down."""

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._orders: Final[dict[str, Order]] = {}

    def create(self, body: Body) -> Body:
        asked = bodies.asked(body, payments.Create)
        now = self._world.now()
        about = shown(asked.order_token, name="order_token", endpoint="/orders/create", now=now)
        sold = msgspec.convert(about, payments.Sold)
        payments.check(asked, sold)
        outcome = claimed(self._world, "create")
        if outcome and outcome.name in _REFUSALS:
            raise Refused(*_REFUSALS[outcome.name], **_MORE.get(outcome.name, {}))
        if not self._taken(sold):
            raise Refused(*_REFUSALS["sold_out"])
        late = timedelta(seconds=outcome.seconds or 0) if outcome and outcome.name == "visible_late" else timedelta()
        order = self._stored(asked, sold, now, now + late)
        told: dict[str, Any] = {
            "accommodation": {"order": order.id, "pincode": order.pincode, "reservation": order.reservation}
        }
        if asked.payment.include_receipt:
            told["payment"] = {"receipt_url": f"https://secure.booking.example/receipt?bn={order.reservation}"}
        return {"data": told}

    def _taken(self, sold: payments.Sold) -> bool:
        """All rooms or none."""
        took: list[SoldRoom] = []
        for room in sold.rooms:
            if not self._world.hotels.take(sold.hotel_id, room.room_code, sold.checkin, sold.checkout, 1):
                self._give_back(sold, took)
                return False
            took.append(room)
        return True

    def _give_back(self, sold: payments.Sold, rooms: Sequence[SoldRoom]) -> None:
        for room in rooms:
            self._world.hotels.give_back(sold.hotel_id, room.room_code, sold.checkin, sold.checkout, 1)

    def _stored(self, asked: payments.Create, sold: payments.Sold, now: datetime, visible_from: datetime) -> Order:
        number = len(self._orders) + 1
        digest = int.from_bytes(
            hashlib.blake2s(f"{number} {asked.order_token}".encode(), digest_size=8).digest(), "big"
        )
        about = asked.accommodation or payments.About()
        order = Order(
            id=f"{500_000_000_000_000 + digest % 90_000_000_000_000 + number}",
            reservation=1_000_000_000 + digest % 1_000_000_000,
            pincode=f"{digest % 10_000:04}",
            sold=sold,
            booker=asked.booker,
            label=about.label,
            remarks=about.remarks.special_requests if about.remarks else None,
            payment=asked.payment,
            created=now,
            updated=now,
            visible_from=visible_from,
            rooms=sold.rooms,
            guests={product.id: [msgspec.to_builtins(guest) for guest in product.guests] for product in about.products},
        )
        self._orders[order.id] = order
        surname = order.booker.name.last_name
        self._world.books.made(SELLER, order.id, reference=order.label, surname=surname)
        return order

    def rows(self, body: Body) -> Body:
        body, start = page_of(self._world, _ORDERS, body, "extras")
        asked = bodies.asked(body, _Listing)
        way = bodies.exactly_one(body, _WAYS)
        self._check_window(getattr(asked, way))
        chosen = [order for order in self._visible() if _WANTED[way](order, getattr(asked, way))]
        if asked.services and "accommodations" not in asked.services:
            chosen = []
        by = asked.sort.by if asked.sort else "created"
        newest_first = asked.sort is None or asked.sort.direction == "descending"
        chosen.sort(key=lambda order: (getattr(order, by), order.id), reverse=newest_first)
        end = start + asked.maximum_results
        return {
            "data": [self._row(order, asked) for order in chosen[start:end]],
            "metadata": {
                "next_page": page_after(self._world, _ORDERS, body, end, len(chosen)),
                "total_results": len(chosen),
            },
        }

    def _visible(self) -> Iterator[Order]:
        return (order for order in self._orders.values() if order.visible_from <= self._world.now())

    def _check_window(self, window: Any) -> None:
        if not isinstance(window, _Window | _Days):
            return
        end = window.to or window.from_ + _LONGEST_WINDOW
        if end < window.from_:
            raise invalid("Parameter 'to' is before 'from'.", "conflicting_parameters")
        if end - window.from_ > _LONGEST_WINDOW:
            raise invalid("The time range is longer than 7 days.")
        if isinstance(window, _Window) and window.from_ < self._world.now() - _OLDEST:
            raise invalid("Parameter 'from' is more than a year ago.")

    def _row(self, order: Order, asked: _Listing) -> dict[str, Any]:
        booker = order.booker
        told: dict[str, Any] = {
            "id": order.id,
            "accommodations": {"reservation": order.reservation},
            "affiliate": _AFFILIATE,
            "booker": {
                "address": {"city": booker.address.city, "country": booker.address.country},
                "email": booker.email,
                "language": booker.language,
                "name": {"first_name": booker.name.first_name, "last_name": booker.name.last_name},
                "platform": "desktop",
                "telephone": booker.telephone,
                "travel_purpose": "unknown",
            },
            "commission": {"actual_amount": None, "estimated_amount": None},
            "created": _utc(order.created),
            "currency": asked.currency,
            "loyalty_reward": None,
            "price": {"commissionable": None, "total": self._in(order, order.sold.total, asked.currency)},
            "status": order.status,
            "updated": _utc(order.updated),
        }
        if "payment" in asked.extras:
            told["payment"] = {"method": order.payment.method or "wallet", "timing": order.payment.timing}
        return told

    def _in(self, order: Order, amounts: Sequence[Decimal | None], currency: str) -> Decimal:
        """The amount that was shown when it was booked, else exchanged from the property's own."""
        own, bookers = amounts[0], amounts[1]
        if currency == order.sold.booker_currency and bookers is not None:
            return bookers
        rate, to = self._world.rate(order.sold.currency), self._world.rate(currency)
        if rate is None or to is None or own is None:
            raise invalid("Parameter 'currency' is invalid.")
        return own if currency == order.sold.currency else rounded(own / rate * to, currency)

    def look(self, body: Body) -> Body:
        asked = bodies.asked(body, _Looking)
        way = bodies.exactly_one(body, ("orders", "reservations"))
        wanted = [str(number) for number in getattr(asked, way)]
        key = "id" if way == "orders" else "reservation"
        chosen = [order for order in self._visible() if str(getattr(order, key)) in wanted]
        chosen.sort(key=lambda order: order.created, reverse=True)
        return {"data": [self._details(order, asked) for order in chosen]}

    def _details(self, order: Order, asked: _Looking) -> dict[str, Any]:
        def both(amounts: Sequence[Decimal | None]) -> dict[str, Any]:
            bookers = self._in(order, amounts, asked.currency) if asked.currency else None
            return {ACCOMMODATION: amounts[0], "booker_currency": bookers}

        sold = order.sold
        details = None
        if order.cancelled is not None:
            at, fee = order.cancelled
            details = {"at": _utc(at), "fee": both(fee), "original_total_price": both(sold.total)}
        return {
            "id": order.id,
            "accommodation": sold.accommodation,
            "accommodation_order_references": [],
            "booker": {"platform": "desktop"},
            "cancellation_details": details,
            "checkin": sold.checkin,
            "checkout": sold.checkout,
            "commission": {"actual_amount": None, "actual_percentage": None, "estimated_amount": None},
            "currency": {"accommodation": sold.currency, "booker": asked.currency},
            "inventory": {"third_party": False, "type": "sell"},
            "label": order.label,
            "pin_code": order.pincode,
            "price": {"commissionable": None, "total": both(sold.total)},
            "products": [_room_details(order, room, asked, both) for room in order.rooms],
            "remarks": order.remarks or "",
            "reservation": order.reservation,
            "status": order.status,
            "stay_probability": None,
        }

    def cancel(self, body: Body) -> Body:
        asked = bodies.asked(body, _Cancelling)
        order = next((order for order in self._visible() if order.id == asked.order), None)
        if order is None:
            raise invalid("Parameter 'order' is invalid.")
        if order.status != "booked":
            raise Refused(409, "not_cancellable", "The order can not be cancelled.")
        outcome = claimed(self._world, "cancel")
        now = self._world.now()
        if (outcome and outcome.name == "not_cancellable") or now.date() > order.sold.checkout:
            return {"data": {"status": "failed"}}
        order.status, order.updated, order.cancelled = "cancelled_by_guest", now, (now, _fee(order, now))
        self._give_back(order.sold, order.rooms)
        self._world.books.ended(SELLER, order.id)
        return {"data": {"status": "successful"}}


# outcome on request -> status, id and sentence with which an order is refused then
_REFUSALS: Final[Mapping[str, tuple[int, str, str]]] = {
    "declined": (422, "payment_refused_insufficient_funds", "Payment could not be processed: Insufficient funds."),
    "duplicate": (409, "duplicate_request", "This was booked before."),
    "expired": (400, "expired_token", "Token 'order_token' has expired."),
    "sold_out": (409, "order_unavailable", "One or more items are not available any more."),
}
_MORE: Final[Mapping[str, Mapping[str, Any]]] = {
    "duplicate": {"reservation": "12345678"}
}  # what such a refusal says beside

_WANTED: Final[Mapping[str, Any]] = {
    "orders": lambda order, wanted: order.id in wanted,
    "reservations": lambda order, wanted: str(order.reservation) in wanted,
    "created": lambda order, window: _within(order.created, window),
    "updated": lambda order, window: _within(order.updated, window),
    "start": lambda order, days: _within(order.sold.checkin, days),
    "end": lambda order, days: _within(order.sold.checkout, days),
}


def _within(moment: Any, window: Any) -> bool:
    return bool(window.from_ <= moment <= (window.to or window.from_ + _LONGEST_WINDOW))


def _fee(order: Order, now: datetime) -> list[Decimal]:
    """The steps of all rooms that are in force, in both currencies."""
    owed = [_in_force(room, now) for room in order.rooms]
    return [sum((fee[which] for fee in owed), Decimal(0)) for which in (0, 1)]


def _in_force(room: SoldRoom, now: datetime) -> list[Decimal]:
    begun = [fee for since, fee in room.ladder if since == "now" or datetime.fromisoformat(since) <= now]
    return begun[-1] if begun else [Decimal(0), Decimal(0)]


def _room_details(order: Order, room: SoldRoom, asked: _Looking, both: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "allocation": {
            "guests": room.adults + len(room.children),
            "adults": room.adults,
            "children": list(room.children) or None,
        },
        "guests": order.guests.get(room.id, []),
        "price": {"base": both(room.base), "total": both(room.total)},
        "room": room.room_id,
        "room_reservation": order.reservation * 10 + order.rooms.index(room),
        "status": order.status,
    }
    if "policies" in asked.extras:
        told["policies"] = {
            "cancellation": [{"from": since, "price": both(fee)} for since, fee in room.ladder],
            "meal_plan": room.meal_plan,
        }
    if "accommodation_details" in asked.extras:
        told["room_details"] = {"name": room.name}
    return told


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
