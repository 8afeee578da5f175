"""What an offer tells and our model has no place for, as text under names of ours."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from adapters.suppliers.duffel import wire
from adapters.suppliers.duffel.fares import BAGS

AT_ONCE: Final = "at once"
LATER: Final = "at once or later"

_PERKS: Final = ("advance_seat_selection", "priority_boarding", "priority_check_in")
_YES: Final = (True, "true", "included")

Remark = tuple[str, str | None]
"""Its name, and its words where there are any."""


def remarks(told: wire.Offer) -> dict[str, str]:
    """Each name once: what several flights or slices say under it stands side by side."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, words in _all(told):
        if words:
            found[name][words] = None
    return {name: "; ".join(words) for name, words in found.items()}


def payment(told: wire.Offer) -> str:
    """Whether seats are held without money. Where nobody says so, they are not."""
    terms = told.payment_requirements
    return AT_ONCE if terms is None or terms.requires_instant_payment else LATER


def _all(told: wire.Offer) -> Iterator[Remark]:
    yield "owner", told.owner.name
    yield "conditions_of_carriage", told.owner.conditions_of_carriage_url
    yield "emissions_kg", told.total_emissions_kg
    yield "identity_documents", _documents(told)
    for fare in told.private_fares:
        yield "private_fares", fare.type
    for part in told.slices:
        yield "perks", _perks(part)
        if len(told.slices) > 1:
            yield "slice_conditions", _terms(part)
        for segment in part.segments:
            yield from _of_flight(segment)
    yield from _of_payment(told)
    yield from _foreign_penalties(told)


def _documents(told: wire.Offer) -> str | None:
    kinds = ", ".join(told.supported_passenger_identity_document_types)
    if told.passenger_identity_documents_required:
        return f"required: {kinds}"
    return kinds and f"accepted: {kinds}"


def _perks(part: wire.Slice) -> str | None:
    if part.conditions is None:
        return None
    given = [name.replace("_", " ") for name in _PERKS if getattr(part.conditions, name) in _YES]
    return ", ".join(given)


def _terms(part: wire.Slice) -> str | None:
    """What the fare allows for one slice alone: a way back may be changed where the way out may not."""
    terms = part.conditions
    if terms is None or not part.segments:
        return None
    named = (("refund", terms.refund_before_departure), ("change", terms.change_before_departure))
    words = [f"{name} {'allowed' if one.allowed else 'not allowed'}" for name, one in named if one]
    ends = f"{part.segments[0].origin.iata_code}-{part.segments[-1].destination.iata_code}"
    return f"{ends} {', '.join(words)}" if words else None


def _of_flight(segment: wire.Segment) -> Iterator[Remark]:
    flight = f"{segment.marketing_carrier.iata_code or ''}{segment.marketing_carrier_flight_number.lstrip('0')}"
    if segment.stops:
        yield "stops", f"{flight} lands at {', '.join([stop.airport.iata_code for stop in segment.stops])}"
    if segment.origin_terminal:
        yield "terminals", f"{flight} {segment.origin.iata_code} {segment.origin_terminal}"
    if segment.destination_terminal:
        yield "terminals", f"{flight} {segment.destination.iata_code} {segment.destination_terminal}"
    operator = segment.operating_carrier
    if (
        operator and not operator.iata_code
    ):  # it has no place in a segment, but somebody wants to know whose plane it is
        yield "operated_by", f"{flight} {operator.name}"
    for one in segment.passengers:
        yield "cabins", one.cabin_class_marketing_name
        for bag in one.baggages or ():
            if bag.quantity and bag.type not in BAGS:
                yield "other_bags", bag.type
        if one.cabin and one.cabin.amenities and (words := _amenities(one.cabin.amenities)):
            yield "amenities", f"{flight} {words}"


def _amenities(told: wire.Amenities) -> str:
    words = []
    if told.wifi and told.wifi.available in _YES:
        words.append(f"wifi {told.wifi.cost}" if told.wifi.cost else "wifi")
    if told.seat and told.seat.pitch:
        words.append(f"seat pitch {told.seat.pitch}")
    if told.power and told.power.available in _YES:
        words.append("power")
    return ", ".join(words)


def _of_payment(told: wire.Offer) -> Iterator[Remark]:
    terms = told.payment_requirements
    if terms is None:
        return
    yield "payment", payment(told)
    if terms.payment_required_by:
        yield "payment_required_by", terms.payment_required_by.isoformat()
    if terms.price_guarantee_expires_at:
        yield "price_guaranteed_until", terms.price_guarantee_expires_at.isoformat()


def _foreign_penalties(told: wire.Offer) -> Iterator[Remark]:
    """A fee in another currency than the price has no place in a ladder."""
    terms = told.conditions or wire.Conditions()
    named = (("refund_penalty", terms.refund_before_departure), ("change_penalty", terms.change_before_departure))
    for name, one in named:
        if one and one.penalty_amount is not None and one.penalty_currency != told.total_currency:
            yield name, f"{one.penalty_amount} {one.penalty_currency or ''}".strip()
