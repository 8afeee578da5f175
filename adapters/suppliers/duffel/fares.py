"""What an offer costs and on what terms, as money and conditions of ours."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from adapters.suppliers.duffel import wire
from domain.cancellation import CancellationStep, Ladder
from domain.money import Money
from domain.offers import ComponentKind, FlightConditions, PriceComponent, adding_up

_BAGS: Final = frozenset({"carry_on", "checked"})
_YOUNGEST_WITH_A_SEAT: Final = 2
_LAP_INFANT: Final = "infant_without_seat"
_PERKS: Final = ("advance_seat_selection", "priority_boarding", "priority_check_in")

_SERVICE: Final = msgspec.json.Decoder(wire.Service)


def price(told: wire.Offer, currency: str) -> Money:
    """Raises ValueError for a price in another currency: Duffel takes no wish for one."""
    if told.total_currency != currency:
        raise ValueError(f"priced in {told.total_currency}, asked for {currency}")
    amount = Money.of(told.total_amount, currency)
    if amount.amount <= 0:
        raise ValueError(f"costs {amount}")
    return amount


def components(told: wire.Offer, price: Money) -> tuple[PriceComponent, ...]:
    """Fare and taxes, where they are told in the price's own currency; nothing where the fare is not."""
    if told.base_amount is None or told.base_currency != price.currency:
        return ()
    parts = (PriceComponent(kind=ComponentKind.BASE_FARE, amount=Money.of(told.base_amount, price.currency)),)
    if told.tax_amount and told.tax_currency == price.currency:
        tax = PriceComponent(kind=ComponentKind.TAX, amount=Money.of(told.tax_amount, price.currency))
        return adding_up(price, (*parts, tax))
    return adding_up(price, parts)


def conditions(told: wire.Offer, price: Money, departs_at: datetime) -> FlightConditions:
    """`departs_at` is when the journey begins: what is refunded before departure is not refunded after it."""
    terms = told.conditions or wire.Conditions()
    refund, change = terms.refund_before_departure, terms.change_before_departure
    brands = dict.fromkeys([part.fare_brand_name for part in told.slices if part.fare_brand_name])
    bags = _bags(told)
    return FlightConditions(
        refundable=refund.allowed if refund else None,
        changeable=change.allowed if change else None,
        cabin_bags=bags["carry_on"] if bags else None,
        checked_bags=bags["checked"] if bags else None,
        fare_family=" + ".join(brands) or None,
        cancellation=ladder(refund, price, departs_at),
        change_fee=_penalty(change, price.currency) if change and change.allowed else None,
        separate_tickets=1,  # an order has one booking reference
    )


def ladder(refund: wire.Condition | None, price: Money, departs_at: datetime | None) -> Ladder | None:
    """None where nobody knows, or where the fee is not told in money of the price."""
    if refund is None:
        return None
    if not refund.allowed:
        return Ladder(steps=(CancellationStep(fee=price),))
    fee = _penalty(refund, price.currency)
    if fee is None:
        return None
    steps = (CancellationStep(fee=min(fee, price)),)
    return Ladder(steps=steps if departs_at is None else (*steps, CancellationStep(fee=price, since=departs_at)))


def _penalty(condition: wire.Condition, currency: str) -> Money | None:
    """None for one that is not told, or told in another currency: `penalties` names that."""
    if condition.penalty_amount is None or condition.penalty_currency != currency:
        return None
    return Money.of(condition.penalty_amount, currency)


def _bags(told: wire.Offer) -> Counter[str] | None:
    """Pieces that everybody with a seat has on every flight; None where it is not told for one of them."""
    seated = {one.id for one in told.passengers if not _on_a_lap(one)}
    allowances = [
        one.baggages
        for part in told.slices
        for segment in part.segments
        for one in segment.passengers
        if one.passenger_id is None or one.passenger_id in seated
    ]
    if not allowances or None in allowances:
        return None
    pieces = [_pieces(allowance or []) for allowance in allowances]
    return Counter({kind: min(counted[kind] for counted in pieces) for kind in _BAGS})


def _on_a_lap(passenger: wire.Passenger) -> bool:
    return passenger.type == _LAP_INFANT or (passenger.age is not None and passenger.age < _YOUNGEST_WITH_A_SEAT)


def _pieces(allowance: list[wire.Baggage]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for bag in allowance:
        pieces[bag.type] += bag.quantity
    return pieces


# ---- what the model has no place for ----


def remarks(told: wire.Offer) -> dict[str, str]:
    """As text, under names of ours, where there is anything to tell."""
    segments = [segment for part in told.slices for segment in part.segments]
    found = {name: words for name, words in _facts(told, segments) if words}
    for name, condition in _named_conditions(told):
        if words := _foreign_penalty(condition, told.total_currency):
            found[f"{name}_penalty"] = words
    return found


def _facts(told: wire.Offer, segments: list[wire.Segment]) -> Iterator[tuple[str, str | None]]:
    yield "owner", told.owner.name
    yield "conditions_of_carriage", told.owner.conditions_of_carriage_url
    yield "emissions_kg", told.total_emissions_kg
    yield "identity_documents", _documents(told)
    yield "private_fares", _list(fare.type for fare in told.private_fares)
    yield "stops", _list(map(_stops, segments), "; ")
    yield "terminals", _list(map(_terminals, segments), "; ")
    yield "operated_by", _list(map(_nameless_operator, segments), "; ")
    yield "cabins", _list(one.cabin_class_marketing_name for segment in segments for one in segment.passengers)
    yield "amenities", _list(map(_amenities, segments), "; ")
    yield "perks", _list((_perks(part) for part in told.slices), "; ")
    yield (
        "other_bags",
        _list(
            bag.type
            for segment in segments
            for one in segment.passengers
            for bag in one.baggages or []
            if bag.quantity and bag.type not in _BAGS
        ),
    )
    if (payment := told.payment_requirements) is not None:
        yield "payment", "at once" if payment.requires_instant_payment else "at once or later"
        yield "payment_required_by", _moment(payment.payment_required_by)
        yield "price_guaranteed_until", _moment(payment.price_guarantee_expires_at)


def _list(words: "Iterator[str | None] | map[str | None]", between: str = ", ") -> str | None:
    return between.join(dict.fromkeys(word for word in words if word)) or None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _documents(told: wire.Offer) -> str | None:
    kinds = ", ".join(told.supported_passenger_identity_document_types)
    if told.passenger_identity_documents_required:
        return f"required: {kinds}"
    return kinds and f"accepted: {kinds}"


def _flight(segment: wire.Segment) -> str:
    return f"{segment.marketing_carrier.iata_code or ''}{segment.marketing_carrier_flight_number.lstrip('0')}"


def _stops(segment: wire.Segment) -> str | None:
    ports = ", ".join(stop.airport.iata_code for stop in segment.stops or [])
    return ports and f"{_flight(segment)} lands at {ports}"


def _terminals(segment: wire.Segment) -> str | None:
    ends = ((segment.origin, segment.origin_terminal), (segment.destination, segment.destination_terminal))
    told = ", ".join(f"{port.iata_code} {terminal}" for port, terminal in ends if terminal)
    return told and f"{_flight(segment)} {told}"


def _nameless_operator(segment: wire.Segment) -> str | None:
    """An airline without a code has no place in a segment, but somebody wants to know whose aircraft it is."""
    operator = segment.operating_carrier
    return f"{_flight(segment)} {operator.name}" if operator and not operator.iata_code else None


def _amenities(segment: wire.Segment) -> str | None:
    cabin = next((one.cabin for one in segment.passengers if one.cabin), None)
    if cabin is None or (told := cabin.amenities) is None:
        return None
    words = []
    if told.wifi and told.wifi.available in (True, "true"):
        words.append(f"wifi {told.wifi.cost or ''}".strip())
    if told.seat and told.seat.pitch:
        words.append(f"seat pitch {told.seat.pitch}")
    if told.power and told.power.available in (True, "true"):
        words.append("power")
    return f"{_flight(segment)} {', '.join(words)}" if words else None


def _perks(part: wire.Slice) -> str | None:
    if part.conditions is None:
        return None
    told = {name: getattr(part.conditions, name) for name in _PERKS}
    words = ", ".join(name.replace("_", " ") for name, value in told.items() if value in (True, "true", "included"))
    return words or None


def _named_conditions(told: wire.Offer) -> Iterator[tuple[str, wire.Condition | None]]:
    terms = told.conditions or wire.Conditions()
    yield "refund", terms.refund_before_departure
    yield "change", terms.change_before_departure


def _slice_terms(part: wire.Slice) -> str | None:
    """What the fare allows for one slice alone: a way back may be changed where the way out may not."""
    terms = part.conditions
    if terms is None or not part.segments:
        return None
    named = (("refund", terms.refund_before_departure), ("change", terms.change_before_departure))
    words = [f"{name} {'allowed' if one.allowed else 'not allowed'}" for name, one in named if one]
    ends = f"{part.segments[0].origin.iata_code}-{part.segments[-1].destination.iata_code}"
    return f"{ends} {', '.join(words)}" if words else None


def _foreign_penalty(condition: wire.Condition | None, currency: str) -> str | None:
    if condition is None or condition.penalty_amount is None or condition.penalty_currency == currency:
        return None
    return f"{condition.penalty_amount} {condition.penalty_currency or ''}".strip()


def services(told: wire.Offer) -> dict[str, wire.Service]:
    """What may be bought with the offer, by its id. One that can't be read is left out: nobody is sold it."""
    found = {}
    for raw in told.available_services or []:
        try:
            service = _SERVICE.decode(raw)
        except ValueError:
            continue
        found[service.id] = service
    return found


def spoken(service: wire.Service) -> str:
    """For people: one bag, 23 kg, 20.00 GBP."""
    bag = service.metadata
    weight = f", {bag.maximum_weight_kg} kg" if bag and bag.maximum_weight_kg else ""
    many = f", at most {service.maximum_quantity}" if service.maximum_quantity else ""
    return f"{service.type}{weight}{many}, {Decimal(service.total_amount)} {service.total_currency}"
