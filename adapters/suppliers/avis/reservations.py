"""Reservations as they stand: looked at by number and surname, and cancelled by a PUT."""

from datetime import timedelta
from typing import Final, TypeVar

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import GiveUp
from adapters.suppliers.avis import wire
from adapters.suppliers.avis.asking import getting, sending
from adapters.suppliers.avis.cars import ON_REQUEST
from adapters.suppliers.avis.prices import TOTALS, priced
from domain.money import Money
from domain.orders import Cancellation, CancellationStatus, Locator, Order, OrderStatus
from domain.searches import Outcome

Words = TypeVar("Words")

PATH: Final = "/cars/reservation/v2"
PATIENCE: Final = timedelta(seconds=60)

_BOOKED: Final = msgspec.json.Decoder(wire.Booked)
_CANCELLED: Final = msgspec.json.Decoder(wire.Cancelled)
_TOTALS: Final = msgspec.json.Decoder(wire.RateTotals)
_RESERVED: Final = msgspec.json.Decoder(wire.Reserved)


def ask_look(known: Order) -> Call:
    params = {
        "brand": _from(known, "brand"),
        "confirmation_number": known.id,
        "last_name": _from(known, "surname"),
    }
    if known.price is not None:
        params["requested_rate_currency"] = known.price.currency
    return getting("retrieve", PATH, params)


def read_look(reply: Reply, _: Call, known: Order) -> Readout[Order]:
    """Raises GiveUp for another reservation than the one that was asked for."""
    told = decoded(reply, _BOOKED)
    if (number := told.reservation.confirmation.number) != known.id:
        raise GiveUp(f"retrieve: tells of {number}, asked for {known.id}", outcome=Outcome.ERROR)
    return Readout(records=(as_told(told, known),))


def ask_cancel(known: Order) -> Call:
    """PUT is the verb that cancels."""
    body = {
        "product": {"brand": _from(known, "brand")},
        "reservation": {"confirmation": {"number": known.id}},
        "customer": {"contact": {"last_name": _from(known, "surname")}},
    }
    return sending("cancel", "PUT", PATH, body, reads_only=False)


def read_cancel(reply: Reply, _: Call, __: Order) -> Readout[Cancellation]:
    """Neither a fee nor a refund is told."""
    told = decoded(reply, _CANCELLED)
    if not told.status.success:
        raise GiveUp("cancel: says neither yes nor no", outcome=Outcome.ERROR)
    return Readout(records=(Cancellation(status=CancellationStatus.CANCELLED),))


def as_told(told: wire.Booked, known: Order) -> Order:
    """The order with what an answer says of it.

    They have no word for a reservation that is cancelled: one that we know to be so stays so.
    """
    reservation = told.reservation
    brand = (told.product and told.product.brand) or known.handle.get("brand", "")
    return msgspec.structs.replace(
        known,
        status=OrderStatus.CANCELLED if known.status is OrderStatus.CANCELLED else _status(reservation),
        price=_price(reservation) or known.price,
        locators=(Locator(issuer=brand, code=reservation.confirmation.number),),
        supplier_extra={**known.supplier_extra, **_numbers(reservation.confirmation)},
    )


def _status(told: wire.Reservation) -> OrderStatus:
    reserved = _if_readable(told.vehicle, _RESERVED)
    category = reserved.category if reserved else None
    on_request = category is not None and category.vehicle_status == ON_REQUEST
    return OrderStatus.PENDING if on_request else OrderStatus.CONFIRMED


def _price(told: wire.Reservation) -> Money | None:
    """In the currency of the counter; None where it can't be read."""
    totals = _if_readable(told.rate_totals, _TOTALS)
    try:
        return None if totals is None else priced(totals, None, which=TOTALS, on_site=False).total
    except (ValueError, ArithmeticError):
        return None


def _numbers(told: wire.Confirmation) -> dict[str, str]:
    named = {
        "external_reference_number": told.external_reference_number,
        "rental_agreement_number": told.rental_agreement_number,
    }
    return {name: number for name, number in named.items() if number}


def _if_readable(raw: msgspec.Raw, decoder: "msgspec.json.Decoder[Words]") -> Words | None:
    """A reservation is one whatever else stands with its number, or does not."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _from(known: Order, name: str) -> str:
    """Raises GiveUp for an order that does not say it: only a mistake of ours comes here."""
    try:
        return known.handle[name]
    except KeyError as error:
        raise GiveUp(f"{known.id} has no {name} in its handle", outcome=Outcome.ERROR) from error
