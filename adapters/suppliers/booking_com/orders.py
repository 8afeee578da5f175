"""Orders: made once, looked for by our own reference, looked at by their number."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.booking_com import asking, wire
from adapters.suppliers.booking_com.asking import SLUG
from adapters.suppliers.booking_com.chosen import Chosen, read_back
from adapters.suppliers.booking_com.ladders import ladder
from adapters.suppliers.booking_com.quoting import in_currency
from adapters.suppliers.booking_com.wire_orders import Amounts, CreatedStay, CreateReply, OrderDetails, OrderRow
from domain.cancellation import Ladder
from domain.money import Money
from domain.orders import Locator, Order, OrderRequest, OrderStatus, Reason
from domain.searches import Outcome
from domain.travellers import Contact, Traveller

MOST_PAGES: Final = 40
VISIBLE_WITHIN: Final = timedelta(minutes=10)

# Their clock is not ours, and a call may wait for its turn: how far around the moment of sending an order is looked for.
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(hours=2)
_MOST_ROWS: Final = 100
_ISSUER: Final = "Booking.com"

_CREATED: Final = msgspec.json.Decoder(CreateReply)
_ROWS: Final = msgspec.json.Decoder(wire.Counted[OrderRow])
_DETAILS: Final = msgspec.json.Decoder(wire.Answered[list[OrderDetails]])

# Their word -> how the order stands; a word that we don't know is kept beside a status that promises nothing.
STATUSES: Final = MappingProxyType(
    {
        "booked": OrderStatus.CONFIRMED,
        "stayed": OrderStatus.CONFIRMED,
        "no_show": OrderStatus.CONFIRMED,
        "cancelled": OrderStatus.CANCELLED,
        "cancelled_by_guest": OrderStatus.CANCELLED,
        "cancelled_by_accommodation": OrderStatus.CANCELLED,
    }
)


# ---- book ----


def ask_book(request: OrderRequest) -> Call:
    """Raises GiveUp for what they have no way to sell: a hold, an extra, an order without a guest."""
    if request.hold or request.extras or not request.travellers:
        raise GiveUp("sold at once, without extras, and to somebody", outcome=Outcome.REFUSED)
    handle, choice = request.quote.handle, read_back(request.offer.reference)
    method = {"method": handle["method"]} if "method" in handle else {}
    return asking.call(
        "create",
        {
            "order_token": handle["order_token"],
            "booker": _booker(request.travellers[0], request.contact),
            "accommodation": {
                "label": request.reference,
                "products": list(_products(choice, request.travellers, request.contact.email)),
            },
            "payment": {"timing": handle["timing"], **method},
        },
    )


def _booker(lead: Traveller, contact: Contact) -> dict[str, Any]:
    """Some properties refuse a booker without a whole address, so all that is known is told."""
    address = {"address_line": contact.address_line, "city": contact.city, "post_code": contact.postal_code}
    return {
        "name": {"first_name": lead.given_name, "last_name": lead.surname},
        "email": contact.email,
        "telephone": contact.phone,
        "language": asking.LANGUAGE,
        "address": {
            "country": contact.country.lower(),
            **{name: text for name, text in address.items() if text},
        },
    }


def _products(choice: Chosen, travellers: Iterable[Traveller], email: str) -> Iterator[dict[str, Any]]:
    """The ids of the preview, with the names of those who sleep there; who leads stands for a room without a name."""
    names = [f"{traveller.given_name} {traveller.surname}" for traveller in travellers]
    waiting = iter(names)
    for product in choice.products:
        sleeping = [name for _, name in zip(range(product.adults + len(product.children_ages)), waiting, strict=False)]
        yield {"id": product.id, "guests": [{"name": name, "email": email} for name in sleeping or names[:1]]}


def read_book(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """Raises GiveUp for an answer without a number: whether there is an order, only asking tells."""
    told = decoded(reply, _CREATED)
    number = told.data.accommodation.order or told.data.order or told.order
    if not number:
        raise asking.unreadable("an order without a number")
    quote, stay = request.quote, told.data.accommodation
    receipt = told.data.payment.receipt_url if told.data.payment else None
    order = Order(
        supplier=SLUG,
        id=str(number),
        status=OrderStatus.CONFIRMED,
        price=quote.price,
        reference=request.reference,
        locators=_locators(stay),
        cancellation=quote.conditions.cancellation,
        handle={**_handle(quote.price.currency, stay.pincode), **_paid(request)},
        supplier_extra={"receipt_url": receipt} if receipt else {},
    )
    return Readout(records=(order,))


def _locators(stay: CreatedStay) -> tuple[Locator, ...]:
    at_hotel = stay.third_party_inventory
    told = (
        (_ISSUER, stay.reservation),
        ("property, at check-in", at_hotel.checkin_number if at_hotel else None),
        ("property", at_hotel.confirmation_number if at_hotel else None),
    )
    return tuple(Locator(issuer=issuer, code=str(code)) for issuer, code in told if code)


def _handle(currency: str, pin_code: str | None) -> dict[str, str]:
    return {"currency": currency, "pin_code": pin_code} if pin_code else {"currency": currency}


def _paid(request: OrderRequest) -> dict[str, str]:
    """What has been paid already, in the currency of the quote: no answer of theirs tells it again."""
    paid = request.quote.handle.get("paid_online")
    return {"paid_online": paid} if paid else {}


def order_handle(request: OrderRequest, _: str) -> dict[str, str]:
    """Without the pin code, which only the property's guest was told."""
    return {**_handle(request.quote.price.currency, None), **_paid(request)}


# ---- look ----


def ask_look(order: Order, *, notes: tuple[str, ...] = ()) -> Call:
    return ask_details([order.id], currency_of(order), notes=notes)


def ask_details(numbers: list[str], currency: str | None, *, notes: tuple[str, ...] = ()) -> Call:
    body: dict[str, Any] = {"orders": numbers, "extras": ["policies"]}
    return asking.call("order_details", {**body, "currency": currency} if currency else body, notes=notes)


def currency_of(order: Order) -> str | None:
    return order.handle.get("currency") or (order.price.currency if order.price else None)


def read_look(reply: Reply, _: Call, order: Order) -> Readout[Order]:
    return Readout(records=(as_it_stands(details_of(reply, order.id), order),))


def details_of(reply: Reply, number: str) -> OrderDetails:
    """Raises Answered where there is no such order."""
    told = next((details for details in decoded(reply, _DETAILS).data if str(details.id) == number), None)
    if told is None:
        raise Answered(f"no order {number}", outcome=Outcome.REFUSED, reason=Reason.NO_SUCH_ORDER)
    return told


def as_it_stands(told: OrderDetails, known: Order | None = None, *, currency: str | None = None) -> Order:
    """`known` is the order as we had it. Raises GiveUp for amounts that can't be read."""
    asked = currency or (currency_of(known) if known else None)
    money = money_of(told, asked)
    try:
        price = money(told.price.total) if told.price else None
        fees = _ladder(told, money, price)
    except ValueError as error:
        raise asking.unreadable(f"order {told.id}: {error}") from error
    reservation = (Locator(issuer=_ISSUER, code=str(told.reservation)),) if told.reservation else ()
    return Order(
        supplier=SLUG,
        id=str(told.id),
        status=STATUSES.get(told.status, OrderStatus.PENDING),
        price=price or (known.price if known else None),
        reference=told.label or None,
        locators=known.locators if known and known.locators else reservation,
        cancellation=fees or (known.cancellation if known else None),
        handle={**(known.handle if known else {}), **_handle(asked or told.currency.accommodation, told.pin_code)},
        supplier_extra={**(known.supplier_extra if known else {}), "status": told.status},
    )


def money_of(told: OrderDetails, asked: str | None) -> Callable[[Amounts], Money]:
    """In the currency that was asked for where the answer has it, else in the property's own."""
    known = (told.currency.accommodation, told.currency.booker)
    return in_currency(told.currency, asked if asked and asked in known else told.currency.accommodation)


def _ladder(told: OrderDetails, money: Callable[[Amounts], Money], price: Money | None) -> Ladder | None:
    rooms = [product.policies.cancellation if product.policies else None for product in told.products or ()]
    return ladder(rooms, money, price.currency) if price else None


# ---- find ----


def ask_find(request: OrderRequest) -> Call:
    """Every order that was made about when ours was sent: an email may be masked, and a label can't be asked for."""
    return asking.call(
        "orders",
        {
            "created": {"from": _instant(request.sent_at - _BEFORE), "to": _instant(request.sent_at + _AFTER)},
            "currency": request.quote.price.currency,
            "services": ["accommodations"],
            "sort": {"by": "created", "direction": "ascending"},
            "maximum_results": _MOST_ROWS,
        },
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def read_find(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    return _FINDERS[call.operation](reply, call, request)


def _listed(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """A page tells no label: the details of all its orders do."""
    answer = decoded(reply, _ROWS)
    next_page = answer.metadata.next_page if answer.metadata else None
    numbers = [str(row.id) for row in answer.data]
    if not numbers:
        return Readout(records=(), next=asking.page("orders", next_page))
    return Readout(records=(), next=ask_details(numbers, request.quote.price.currency, notes=(next_page or "",)))


def _compared(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    """Ours has our label, letter by letter, and is of the same property: a label is not unique at theirs."""
    property_ = read_back(request.offer.reference).accommodation
    ours = [
        as_it_stands(told, currency=request.quote.price.currency)
        for told in decoded(reply, _DETAILS).data
        if told.label == request.reference and told.accommodation in (None, property_)
    ]
    orders = (msgspec.structs.replace(order, handle={**order.handle, **_paid(request)}) for order in ours)
    return Readout(records=tuple(orders), next=asking.page("orders", call.notes[0]))


_FINDERS: Final[Mapping[str, Callable[[Reply, Call, OrderRequest], Readout[Order]]]] = MappingProxyType(
    {"orders": _listed, "order_details": _compared}
)
