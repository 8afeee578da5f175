"""Buying: a quote by asking availability again, and the reservation."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp
from adapters.kit.xml import Tag, tag
from adapters.suppliers.hertz import wire, wire_reservations
from adapters.suppliers.hertz.cars import CLOCK, LIVE_FOR, ask_again, rental
from adapters.suppliers.hertz.messages import REFERENCE, SLUG, answer, message
from adapters.suppliers.hertz.names import in_capitals
from adapters.suppliers.hertz.rates import Key, Rated, counters, rates
from adapters.suppliers.hertz.reservations import KEY, bare_order, order
from adapters.suppliers.hertz.words import COVERAGE, EQUIP
from domain.orders import ChosenExtra, Order, OrderRequest, Quote, QuoteRequest, Reason
from domain.queries import CarQuery
from domain.searches import Outcome, SkippedRecord
from domain.travellers import Contact, Traveller

_KEY: Final = msgspec.json.Decoder(Key)
_PREPAID: Final = "prepaid"
_YES: Final = "true"
_EXTRA: Final = re.compile(rf"(?P<list>{EQUIP}|{COVERAGE})(?P<kind>[0-9]+)")


# ---- quote ----


def ask_quote(request: QuoteRequest) -> Call:
    return ask_again(_cars(request.query), _key(request.offer.reference))


def read_quote(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
    """The same class at the same counters for the same rate code, at the price of now.

    Raises Answered with SOLD_OUT where it is not among what is offered any more.
    """
    wanted = _key(request.offer.reference)
    told = answer(reply, "availability", wire.Availability)
    _check_times(told.veh_avail_rs_core.veh_rental_core, _cars(request.query))
    found: list[Rated] = []
    unread: list[SkippedRecord] = []
    try:
        at = counters(told, ZoneInfo(request.offer.supplier_extra[CLOCK]))
    except (ValueError, KeyError) as error:
        raise GiveUp(f"quote: {error}", outcome=Outcome.ERROR) from error
    for index, vendor in enumerate(told.veh_avail_rs_core.veh_vendor_avails.veh_vendor_avail):
        read_ones, skipped = rates(vendor, at, index, lambda one: one)
        found.extend(one for one in read_ones if one.key.same_rate(wanted))
        unread.extend(skipped)
    if not found:
        if unread:  # it may be the one
            raise GiveUp(f"quote: {unread[0].where} {unread[0].why}", outcome=Outcome.ERROR)
        why = f"{wanted.acriss} is not offered at {wanted.pick_up} for rate {wanted.rate_code} any more"
        raise Answered(why, outcome=Outcome.REFUSED, reason=Reason.SOLD_OUT)
    return Readout(records=(_quote(_closest(found, request), reply),))


def _check_times(told: wire.RentalCore, query: CarQuery) -> None:
    """A price for other days is no quote, whatever it says."""
    for answered, asked in (
        (told.pick_up_date_time, query.pick_up_at),
        (told.return_date_time, query.drop_off_at),
    ):
        if not answered or not answered.startswith(asked.isoformat(timespec="minutes")):
            raise GiveUp(f"quote: for {answered}, asked for {asked.isoformat()}", outcome=Outcome.ERROR)


def _closest(found: list[Rated], request: QuoteRequest) -> Rated:
    """Where one rate is told twice: the one at the price that is known, else the cheapest."""
    known = [one for one in found if one.price.total == request.offer.price]
    return known[0] if known else min(found, key=lambda one: one.price.total.amount)


def _quote(one: Rated, reply: Reply) -> Quote:
    """Its handle is the key of the rate, with the reference that keeps the price."""
    return Quote(
        supplier=SLUG,
        price=one.price.total,
        price_components=one.price.components,
        conditions=one.conditions,
        quoted_at=reply.received_at,
        expires_at=reply.received_at + LIVE_FOR,
        handle={KEY: one.key.written, **({_PREPAID: _YES} if one.prepaid else {})},
        supplier_extra=one.extra,
    )


# ---- book ----


def ask_booking(request: OrderRequest) -> Call:
    """No card is shown: what is paid before goes on the agency's voucher, all else is paid at the counter.

    Raises Answered for a wish that Hertz can't be told: a hold, a name beyond A to Z, an extra that is none of its own.
    """
    if request.hold:
        raise _refused("a reservation is not held: it is paid for at the counter, or prepaid", Reason.NOT_POSSIBLE)
    query, key = _cars(request.query), _key(request.quote.handle.get(KEY, ""))
    core = tag(
        "VehResRQCore",
        rental(query, key),
        tag("Customer", _renter(request.travellers[0], request.contact)),
        tag("VendorPref", Code=key.brand),
        tag("VehPref", Code=key.acriss, CodeContext="SIPP"),
        tag("DriverType", Age=query.driver_age),
        tag("RateQualifier", RateQualifier=key.rate_code) if key.rate_code else None,
        _equipment(request.extras),
        Status="All",
    )
    info = tag(
        "VehResRQInfo",
        _coverages(request.extras),
        _voucher(request) if _PREPAID in request.quote.handle else None,
        tag("Reference", Type=REFERENCE, ID=key.quote) if key.quote else None,
    )
    # The token is for people who look for a lost reservation in Hertz's books: it can't be asked for.
    return message("book", core, info, market=query.market, reads_only=False, EchoToken=request.reference)


def read_booking(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """At the price that the answer tells, which is not the quoted one where the quote's reference had run out.

    The number is all that leads back to the reservation: it counts also where the rest of the answer can't be read.
    """
    handle = order_handle(request)
    try:
        told = answer(reply, "book", wire_reservations.Booked)
    except GiveUp as failure:
        numbered = answer(reply, "book", wire_reservations.Numbered).core.veh_reservation.veh_segment_core
        return Readout(records=(bare_order(numbered.conf_id, handle, failure.detail),))
    return Readout(records=(order(told.core, told.warnings, handle, quoted=request.quote),))


def order_handle(request: OrderRequest, _: str = "") -> dict[str, str]:
    handle = {"surname": _name(request.travellers[0].surname), "market": _cars(request.query).market}
    if CLOCK in request.offer.supplier_extra:
        handle[CLOCK] = request.offer.supplier_extra[CLOCK]
    return handle


def _renter(driver: Traveller, contact: Contact) -> Tag:
    return tag(
        "Primary",
        tag("PersonName", tag("GivenName", _name(driver.given_name)), tag("Surname", _name(driver.surname))),
        tag("Telephone", PhoneTechType="1", PhoneNumber=contact.phone),
        tag("Email", contact.email),
        tag(
            "Address",
            tag("AddressLine", contact.address_line) if contact.address_line else None,
            tag("CityName", contact.city) if contact.city else None,
            tag("PostalCode", contact.postal_code) if contact.postal_code else None,
            tag("CountryName", Code=contact.country),
        ),
    )


def _name(name: str) -> str:
    try:
        return in_capitals(name)
    except ValueError as error:
        raise _refused(str(error), Reason.INVALID_TRAVELLER) from error


def _voucher(request: OrderRequest) -> Tag:
    return tag("RentalPaymentPref", tag("Voucher", Identifier=request.reference))


def _equipment(extras: tuple[ChosenExtra, ...]) -> Tag | None:
    chosen = _pieces(EQUIP, extras).items()
    prefs = [tag("SpecialEquipPref", EquipType=kind, Quantity=pieces) for kind, pieces in chosen]
    return tag("SpecialEquipPrefs", *prefs) if prefs else None


def _coverages(extras: tuple[ChosenExtra, ...]) -> Tag | None:
    chosen = [tag("CoveragePref", CoverageType=kind) for kind in _pieces(COVERAGE, extras)]
    return tag("CoveragePrefs", *chosen) if chosen else None


def _pieces(list_name: str, extras: tuple[ChosenExtra, ...]) -> Mapping[str, int]:
    """What was chosen of one code list: code -> pieces. Raises Answered for an extra that is of neither list."""
    pieces: Counter[str] = Counter()
    for extra in extras:
        told = _EXTRA.fullmatch(extra.code)
        if told is None:
            raise _refused(f"{extra.code!r} is no extra of theirs", Reason.NOT_POSSIBLE)
        if told["list"] == list_name:
            pieces[told["kind"]] += extra.quantity
    return pieces


def _refused(why: str, reason: Reason) -> Answered:
    return Answered(why, outcome=Outcome.REFUSED, reason=reason)


def _key(written: str) -> Key:
    """Raises GiveUp for what is no key of a rate: only a mistake of ours comes here."""
    try:
        return _KEY.decode(written)
    except msgspec.DecodeError as error:
        raise GiveUp(f"{written[:100]!r} names no rate", outcome=Outcome.ERROR) from error


def _cars(query: Any) -> CarQuery:
    """Raises GiveUp for a question about something else: only a mistake of ours comes here."""
    if not isinstance(query, CarQuery):
        raise GiveUp(f"{type(query).__name__} is no question about cars", outcome=Outcome.ERROR)
    return query
