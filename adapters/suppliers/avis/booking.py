"""Buying: the exact rate with all that may be added, and the reservation."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.avis import wire
from adapters.suppliers.avis.asking import SLUG, about_cars, local, sending
from adapters.suppliers.avis.cars import LIVE_FOR, ON_REQUEST, Key
from adapters.suppliers.avis.prices import PAY_LATER, PAY_NOW, TOTALS, Price, priced
from adapters.suppliers.avis.reservations import PATH, as_told
from adapters.suppliers.avis.terms import (
    PAYMENT,
    coverages,
    extras,
    fuel_policy,
    included_extras,
    mileage,
    no_show_fee,
    small_print,
)
from domain.cars import RentalConditions
from domain.offers import Offer
from domain.orders import ChosenExtra, Order, OrderRequest, OrderStatus, Quote, QuoteRequest, Reason
from domain.queries import CarQuery
from domain.searches import Outcome
from domain.travellers import Contact, Title, Traveller

# Nobody can ask what became of a reservation whose answer was lost, so the answer is waited for.
PATIENCE: Final = timedelta(seconds=60)

_RATES: Final = msgspec.json.Decoder(wire.Rates)
_BOOKED: Final = msgspec.json.Decoder(wire.Booked)
_KEY: Final = msgspec.json.Decoder(Key)
_TITLES: Final = MappingProxyType({Title.MR: "Mr", Title.MS: "Ms", Title.MRS: "Mrs"})


# ---- quote ----


def ask_quote(request: QuoteRequest) -> Call:
    """The same car for the same rate code. Its quote_id, where the search gave one, keeps the price."""
    query, key = about_cars(request.query), _key(request.offer.reference)
    body = {
        "product": {"brand": key.brand},
        "reservation": _rental(query, key, request.offer),
        "rate_totals": _rate(query, key),
        "customer": {"contact": {"age": query.driver_age}},
    }
    return sending("rates", "POST", "/cars/catalog/v2/vehicles/rates", body, reads_only=True)


def read_quote(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
    """Raises GiveUp for a price of other counters or another rate, and for one that can't be read."""
    told, key, query = decoded(reply, _RATES).reservation, _key(request.offer.reference), about_cars(request.query)
    rate = told.rate_totals.rate
    _check("counter of pick-up", _code(told.pickup_location), query.pick_up)
    _check("counter of drop-off", _code(told.dropoff_location), query.drop_off)
    _check("rate code", rate.rate_code, key.rate_code)
    try:
        price = priced(
            told.rate_totals,
            told.secondary_rate_totals,
            which=TOTALS,
            on_site=key.timing == PAY_LATER,
        )
        _check("currency", price.total.currency, request.offer.price.currency)
        quote = _quote(told, key, price, request.offer, reply)
    except (ValueError, ArithmeticError) as error:
        raise GiveUp(f"rates: {error}", outcome=Outcome.ERROR) from error
    return Readout(records=(quote,))


def _quote(told: wire.Priced, key: Key, price: Price, offer: Offer, reply: Reply) -> Quote:
    """Its handle names the rate again, and what a voucher has to be worth to pay for it."""
    rate = told.rate_totals.rate
    held = msgspec.structs.replace(key, quote_id=rate.quote_id or key.quote_id)
    return Quote(
        supplier=SLUG,
        price=price.total,
        price_components=price.components,
        conditions=RentalConditions(
            payment=PAYMENT[key.timing],
            mileage=mileage(told.distance, rate.currency),
            coverages=coverages(told.insurance, rate.currency),
            extras=extras(told.extras, rate.currency),
            fuel_policy=fuel_policy(told.disclaimers),
            on_request=_on_request(offer),
        ),
        quoted_at=reply.received_at,
        expires_at=reply.received_at + LIVE_FOR,
        handle={"rate": held.written, "amount": str(price.total.amount), "currency": price.total.currency},
        supplier_extra=dict(_extra(told, price)),
    )


def _extra(told: wire.Priced, price: Price) -> Iterator[tuple[str, str]]:
    yield from price.extra.items()
    yield from small_print(told.terms, told.disclaimers)
    if (fee := no_show_fee(told.extras, told.rate_totals.rate.currency)) is not None:
        yield "no_show_fee", str(fee)
    if included := included_extras(told.extras):
        yield "included_extras", included


def _code(told: wire.Counter | None) -> str | None:
    return told.location.code if told and told.location else None


def _check(what: str, told: str | None, asked: str) -> None:
    """What they don't repeat is taken for what was asked."""
    if told is not None and told != asked:
        raise GiveUp(f"rates: {what} is {told}, asked for {asked}", outcome=Outcome.ERROR)


# ---- book ----


def ask_booking(request: OrderRequest) -> Call:
    """No card is shown: what is prepaid goes on the agency's voucher, all else is paid at the counter.

    Our reference goes along for people who ask their support; nothing finds a reservation by it.
    Raises Answered for what they can't be told: a hold, an extra that is not on the quote's list.
    """
    if request.hold:
        raise _not_possible("a reservation is not held: it is paid for at the counter, or prepaid")
    query, key = about_cars(request.query), _key(request.quote.handle.get("rate", ""))
    insurance, additions = _chosen(request)
    body: dict[str, Any] = {
        "transaction": {"transaction_id": request.reference},
        "product": {"brand": key.brand},
        "reservation": _rental(query, key, request.offer),
        "rate_totals": _rate(query, key),
        "customer": _customer(request.travellers[0], request.contact, query.driver_age),
        **({"insurance": insurance} if insurance else {}),
        **({"extras": additions} if additions else {}),
        **({"payment_preference": _voucher(request)} if key.timing == PAY_NOW else {}),
    }
    return sending("book", "POST", PATH, body, reads_only=False)


def read_booking(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """At the price that the answer tells: it has the extras in it, and a quote that ran out is not refused."""
    told = decoded(reply, _BOOKED)
    kept = told.transaction is not None and told.transaction.transaction_id == request.reference
    known = Order(
        supplier=SLUG,
        id=told.reservation.confirmation.number,
        status=OrderStatus.CONFIRMED,
        price=request.quote.price,
        reference=request.reference if kept else None,
        handle=order_handle(request, told.reservation.confirmation.number),
    )
    return Readout(records=(as_told(told, known),))


def order_handle(request: OrderRequest, _: str) -> dict[str, str]:
    return {"brand": _key(request.quote.handle["rate"]).brand, "surname": request.travellers[0].surname}


def _rental(query: CarQuery, key: Key, offer: Offer) -> dict[str, str]:
    return {
        "pickup_date": local(query.pick_up_at),
        "pickup_location": query.pick_up,
        "dropoff_date": local(query.drop_off_at),
        "dropoff_location": query.drop_off,
        "vehicle_sipp_code": key.sipp,
        **({"vehicle_status": ON_REQUEST} if _on_request(offer) else {}),
    }


def _rate(query: CarQuery, key: Key) -> dict[str, Any]:
    rate = {"rate_code": key.rate_code, "country_code": query.market}
    if key.quote_id:
        rate["quote_id"] = key.quote_id
    return {"rate": rate, "requested_rate_currency": query.currency}


def _on_request(offer: Offer) -> bool:
    return isinstance(offer.conditions, RentalConditions) and offer.conditions.on_request


def _customer(driver: Traveller, contact: Contact, age: int) -> dict[str, Any]:
    """Of the age for which the price is; a date of birth would be overruled by it."""
    person = {
        "title": _TITLES.get(driver.title),
        "first_name": driver.given_name,
        "last_name": driver.surname,
        "email": contact.email,
        "telephone": contact.phone,
        "age": age,
    }
    address = {
        "address_line_1": contact.address_line,
        "city": contact.city,
        "postal_code": contact.postal_code,
        "country_code": contact.country,
    }
    return {"contact": _said(person), "address": _said(address)}


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _voucher(request: OrderRequest) -> dict[str, Any]:
    """Worth the whole rental in the currency of the counter, and numbered by our reference."""
    handle = request.quote.handle
    try:
        amount, currency = msgspec.Raw(handle["amount"].encode()), handle["currency"]
    except KeyError as error:
        raise GiveUp(f"the quote has no {error.args[0]} for a voucher", outcome=Outcome.ERROR) from error
    return {
        "type": "Voucher",
        "id": request.reference,
        "fixed_value": "FixedValue",
        "electronic_indicator": True,
        "amount": amount,
        "currency": currency,
    }


def _chosen(request: OrderRequest) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Insurances and extras are told apart by the lists of the quote. Raises Answered for what is on neither."""
    conditions = request.quote.conditions
    terms = conditions if isinstance(conditions, RentalConditions) else RentalConditions()
    insured = {coverage.code for coverage in terms.coverages}
    most = {extra.code: extra.at_most for extra in terms.extras}
    insurance, additions = [], []
    for wish in request.extras:
        if wish.code in insured:
            insurance.append({"code": wish.code})
        elif wish.code in most:
            additions.append({"code": wish.code, "quantity": _pieces(wish, most[wish.code])})
        else:
            raise _not_possible(f"{wish.code!r} is not on the list of the quote: {_listed((*insured, *most))}")
    return insurance, additions


def _pieces(wish: ChosenExtra, at_most: int | None) -> int:
    if wish.quantity < 1 or (at_most is not None and wish.quantity > at_most):
        raise _not_possible(f"{wish.quantity} of {wish.code}: 1 to {at_most or 'any'} can be had")
    return wish.quantity


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "nothing"


def _not_possible(why: str) -> Answered:
    return Answered(why, outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)


def _key(written: str) -> Key:
    """Raises GiveUp for what is no key of ours: only a mistake of ours comes here."""
    try:
        return _KEY.decode(written)
    except msgspec.DecodeError as error:
        raise GiveUp(f"{written[:100]!r} names no rate", outcome=Outcome.ERROR) from error
