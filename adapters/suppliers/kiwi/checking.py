"""What an offer costs now: Kiwi asks the carriers anew, is asked for the result until it has one, and answers in EUR."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.kit.supplier import Step
from adapters.suppliers.kiwi import bags, travellers
from adapters.suppliers.kiwi import wire_booking as wire
from adapters.suppliers.kiwi.flights import CHARGED_IN, SLUG
from domain.flights import Itinerary
from domain.money import Money, smallest_unit, total
from domain.offers import ComponentKind, Offer, PriceComponent, adding_up
from domain.orders import Quote, QuoteRequest, Reason
from domain.searches import Outcome

_POLL_SECONDS: Final = 2.5
_MOST_POLLS: Final = 12  # it takes ten seconds as a rule, and nobody waits for ever
_NO_BAGS: Final = "0"
_CHECKED: Final = msgspec.json.Decoder(wire.Checked)

Reader = Callable[[Reply, Call, Any], Readout[Any]]


def giving_up(read: Reader) -> Reader:
    """The same reader, which gives up by name a reply of the right words whose values make no sense."""

    def reads(reply: Reply, call: Call, about: Any) -> Readout[Any]:
        try:
            return read(reply, call, about)
        except (ValueError, ArithmeticError) as error:
            raise GiveUp(f"{call.operation}: {error}", outcome=Outcome.ERROR) from error

    return reads


def no(reason: Reason, detail: str) -> Answered:
    """A definite no that no error code tells."""
    return Answered(detail, outcome=Outcome.REFUSED, reason=reason)


def costs(told: wire.Standing) -> Money:
    """Raises ValueError where it is not told, or is nothing."""
    if told.total is None:
        raise ValueError("no total is told")
    price = Money.of(told.total, CHARGED_IN)
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    return price


def refuse_what_is_gone(told: wire.Standing) -> None:
    if told.flights_invalid:
        raise no(Reason.SOLD_OUT, "the flights are sold out or cancelled")
    if told.passenger_change:
        raise no(Reason.INVALID_TRAVELLER, "the travellers are not those that were searched for")


def _ask(request: QuoteRequest) -> Call:
    return _check(request, (), 0)


def _check(request: QuoteRequest, session: tuple[tuple[str, str], ...], polls: int) -> Call:
    query = travellers.flight_query(request.query)
    return Call(
        operation="check",
        path="/v2/booking/check_flights",
        params=(
            ("booking_token", request.offer.reference),
            ("bnum", _NO_BAGS),
            ("adults", str(query.adults)),
            ("children", str(query.children)),
            ("infants", str(query.infants)),
            ("currency", query.currency),
            *session,
        ),
        notes=(str(polls),),
    )


def _read(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    """Raises TryLater where Kiwi is still at it after half a minute."""
    told = decoded(reply, _CHECKED)
    refuse_what_is_gone(told)
    if told.flights_checked:
        return Readout(records=(_quote(told, reply, request),))
    (polls,) = call.notes
    if int(polls) >= _MOST_POLLS:
        raise TryLater("the flights are still being checked", outcome=Outcome.TIMEOUT)
    again = _check(request, (("session_id", told.session_id),), int(polls) + 1)
    return Readout(records=(), next=again, wait=_POLL_SECONDS)


QUOTE: Final = Step(operations=("check",), ask=_ask, read=giving_up(_read), at_most=1 + _MOST_POLLS)


def _quote(told: wire.Checked, reply: Reply, request: QuoteRequest) -> Quote:
    """In EUR, as the offer: that is what is charged."""
    if told.flights and _flown(told) != _sold(request.offer):
        raise no(Reason.EXPIRED, "the carriers have changed the flights")
    price = costs(told)
    return Quote(
        supplier=SLUG,
        price=price,
        price_components=_components(told, price),
        conditions=request.offer.conditions,
        quoted_at=reply.received_at,
        expires_at=request.offer.expires_at,
        handle=_handle(told, request),
        supplier_extra=dict(_extra(told)),
    )


def _flown(told: wire.Checked) -> list[tuple[str, str, str]]:
    """A flight number is a word here, and a number in a search."""
    return [(one.src, one.dst, str(one.flight_no).lstrip("0")) for one in told.flights]


def _sold(offer: Offer) -> list[tuple[str, str, str]]:
    """Raises TypeError for an offer that is no journey by air: only a wrong caller comes here."""
    if not isinstance(offer.product, Itinerary):
        raise TypeError(f"{offer.id} is no journey by air")
    return [(one.origin, one.destination, one.number) for one in offer.product.segments]


def _components(told: wire.Checked, price: Money) -> tuple[PriceComponent, ...]:
    """Tickets and fees where they come to the total within rounding: which fees are in which sum is not documented."""
    if told.tickets_price is None:
        return ()
    fees = (
        (told.bags_fee, "bags"),
        (told.book_fee, "booking"),
        (told.fee_airline, "carriers"),
        (told.sp_fee, "service package"),
        (told.extra_fee, "other"),
    )
    parts = (
        PriceComponent(kind=ComponentKind.BASE_FARE, amount=Money.of(told.tickets_price, CHARGED_IN)),
        *(
            PriceComponent(
                kind=ComponentKind.FEE if fee > 0 else ComponentKind.DISCOUNT,
                amount=Money.of(fee, CHARGED_IN),
                label=label,
            )
            for fee, label in fees
            if fee
        ),
    )
    left_open = price - total([part.amount for part in parts], CHARGED_IN)
    within_rounding = abs(left_open.amount) <= len(parts) * smallest_unit(CHARGED_IN)
    return adding_up(price, parts) if within_rounding else ()


def _handle(told: wire.Checked, request: QuoteRequest) -> dict[str, str]:
    """What a booking needs. The baggage of a group of travellers is named by the group."""
    ages, options = told.age_category_thresholds, told.document_options
    groups = travellers.groups(travellers.flight_query(request.query))
    return {
        "booking_token": request.offer.reference,
        "session_id": told.session_id,
        **travellers.thresholds(ages.adult if ages else None, ages.child if ages else None),
        "document_need": "" if options is None or options.document_need is None else str(options.document_need),
        **bags.chosen(told.baggage, groups),
    }


_DOCUMENTS: Final = {0: "none", 1: "before departure", 2: "with the booking"}


def _extra(told: wire.Checked) -> Iterator[tuple[str, str]]:
    if told.price_change:
        yield "price_change", "true"
    conversion, options = told.conversion, told.document_options
    if conversion and conversion.currency not in (None, CHARGED_IN) and conversion.amount is not None:
        yield f"about_{conversion.currency}", str(conversion.amount)
    if options and options.document_need is not None:
        yield "documents", _DOCUMENTS.get(options.document_need, str(options.document_need))
    if options and options.airport_checkin_price:
        yield "airport_checkin_price_eur", str(options.airport_checkin_price)
    if told.visas_agreement_requiered:
        yield "visas_agreement_required", "true"
    for name, price in (told.insurance_price or {}).items():
        if price:
            yield f"insurance_{name}_eur", str(price)
    yield from bags.spoken(told.baggage)
