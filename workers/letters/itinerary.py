"""What was booked as a letter tells it: each item as a few rows, the same for HTML and for plain text."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from domain.bookings import Item
from domain.cancellation import Ladder
from domain.cars import Rental, RentalConditions, RentalPlace
from domain.flights import Itinerary, Segment, Slice
from domain.hotels import Address, Property, Room, Stay, StayConditions, nights
from domain.money import Money
from domain.offers import Conditions, FlightConditions, PriceComponent
from domain.places import Atlas
from workers.letters.speech import Speech
from workers.letters.words import MEALS

# Suppliers say it themselves, in the example.
_SIMILAR: Final = re.compile(r"[\s,(]*or similar\W*$", re.IGNORECASE)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    value: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One item: what it is, what there is to know about it, and what it costs to cancel it."""

    title: str
    rows: tuple[Row, ...]
    cancelling: tuple[str, ...] = ()


def title(item: Item, speech: Speech, atlas: Atlas) -> str:
    """One line that says which of the items it is."""
    match item.offer.product:
        case Itinerary() as journey:
            out = journey.slices[0]
            ends = {"origin": _city(out.origin, atlas), "destination": _city(out.destination, atlas)}
            return speech.say("flight", **ends)
        case Stay() as stay:
            return stay.property.name or speech.say("stay")
        case Rental() as rental:
            return speech.say("rental", vendor=rental.vendor)


def part(item: Item, speech: Speech, atlas: Atlas) -> Part:
    """Everything about an item that is booked."""
    rows = (*_facts(item, speech, atlas), *_codes(item, speech), *_prices(item, speech))
    return Part(title=title(item, speech, atlas), rows=rows, cancelling=tuple(_cancelling(item, speech, atlas)))


def terms(item: Item) -> Conditions:
    return item.offer.conditions if item.quote is None else item.quote.quote.conditions


def clock(item: Item, atlas: Atlas) -> tzinfo:
    """What people look at where the journey, the stay or the rental begins."""
    match item.offer.product:
        case Itinerary() as journey:
            return atlas.zone(journey.slices[0].origin) or journey.slices[0].departs_at.tzinfo or UTC
        case Stay() as stay:
            return _clock_of(stay.property, atlas)
        case Rental() as rental:
            return atlas.zone(rental.pick_up.airport) or rental.pick_up_at.tzinfo or UTC


def _clock_of(place: Property, atlas: Atlas) -> tzinfo:
    if place.timezone is not None:
        try:
            return ZoneInfo(place.timezone)
        except (KeyError, ValueError):  # a supplier's word for a zone that nobody else knows
            pass
    return UTC if place.location is None else atlas.zone_at(place.location)


def airport(code: str, atlas: Atlas) -> str:
    """With the code, which is what signs and tickets show."""
    known = atlas.airport(code)
    return code if known is None else f"{known.name} ({code})"


def address(place: Address) -> str:
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    return ", ".join(part for part in (*place.lines, town, place.country) if part)


# ---- what it is ----


def _facts(item: Item, speech: Speech, atlas: Atlas) -> Iterator[Row]:
    conditions = terms(item)
    match item.offer.product:
        case Itinerary() as journey:
            for one in journey.slices:
                yield from _flights(one, speech, atlas)
            if isinstance(conditions, FlightConditions):
                yield from _flight_terms(conditions, speech)
        case Stay() as stay:
            yield from _hotel(stay, speech)
            if isinstance(conditions, StayConditions):
                yield from _stay_terms(conditions, speech)
        case Rental() as rental:
            yield from _rental(rental, speech)
            if isinstance(conditions, RentalConditions) and conditions.deposit is not None:
                yield Row(label=speech.say("deposit"), value=speech.money(conditions.deposit))


def _flights(one: Slice, speech: Speech, atlas: Atlas) -> Iterator[Row]:
    for segment in one.segments:
        yield Row(label=segment.flight, value=_flight(segment, speech, atlas))


def _flight(segment: Segment, speech: Speech, atlas: Atlas) -> str:
    leaves, lands = segment.departs_at, segment.arrives_at
    landing = f"{lands:%H:%M}" if lands.date() == leaves.date() else speech.moment(lands)
    told = f"{speech.moment(leaves)} {airport(segment.origin, atlas)} – {landing} {airport(segment.destination, atlas)}"
    if segment.operating_carrier not in {None, segment.carrier}:
        told += f" ({speech.say('flown_by', carrier=segment.operating_carrier or '')})"
    return told


def _flight_terms(conditions: FlightConditions, speech: Speech) -> Iterator[Row]:
    if conditions.fare_family:
        yield Row(label=speech.say("fare"), value=conditions.fare_family)
    bags = [
        speech.say(kind, count=count)
        for kind, count in (("checked_bags", conditions.checked_bags), ("cabin_bags", conditions.cabin_bags))
        if count is not None
    ]
    if bags:
        yield Row(label=speech.say("baggage"), value=", ".join(bags))
    tickets = conditions.separate_tickets or 1
    if tickets > 1 and not conditions.connection_guaranteed:
        yield Row(label=speech.say("own_risk"), value=speech.say("separate_tickets", count=tickets))


def _hotel(stay: Stay, speech: Speech) -> Iterator[Row]:
    place = stay.property
    yield from _told(speech.say("address"), address(place.address))
    yield from _told(speech.say("phone"), place.phone)
    yield Row(label=speech.say("check_in"), value=_hour("from_hour", stay.check_in, place.check_in_from, speech))
    yield Row(label=speech.say("check_out"), value=_hour("until_hour", stay.check_out, place.check_out_until, speech))
    yield Row(label=speech.say("nights"), value=str(nights(stay)))


def _stay_terms(conditions: StayConditions, speech: Speech) -> Iterator[Row]:
    yield Row(label=speech.say("rooms"), value="; ".join(map(_room, conditions.rooms)))
    if conditions.board is not None:
        yield Row(label=speech.say("board"), value=speech.of(MEALS[conditions.board]))


def _room(room: Room) -> str:
    return f"{room.count} × {room.name}" + (f" ({room.beds})" if room.beds else "")


def _rental(rental: Rental, speech: Speech) -> Iterator[Row]:
    car = rental.car
    kind = speech.say("car_class", code=car.acriss)
    example = _SIMILAR.sub("", car.example or "")
    told = f"{speech.say('or_similar', car=example)}, {kind}" if example else kind
    yield Row(label=speech.say("car"), value=told)
    yield Row(label=speech.say("pick_up"), value=_counter(rental.pick_up, rental.pick_up_at, speech))
    yield Row(label=speech.say("drop_off"), value=_counter(rental.drop_off, rental.drop_off_at, speech))


def _counter(counter: RentalPlace, at: datetime, speech: Speech) -> str:
    where = (counter.name or counter.airport, address(counter.address), counter.phone)
    return f"{speech.moment(at)}, " + ", ".join(part for part in where if part)


def _hour(phrase: str, day: date, hour: str | None, speech: Speech) -> str:
    return speech.day(day) if hour is None else speech.say(phrase, day=speech.day(day), hour=hour)


def _told(label: str, value: str | None) -> Iterator[Row]:
    if value:
        yield Row(label=label, value=value)


def _city(code: str, atlas: Atlas) -> str:
    known = atlas.airport(code)
    return code if known is None else known.city


# ---- under which codes, for how much, and on what terms ----


def _codes(item: Item, speech: Speech) -> Iterator[Row]:
    if item.order is None:
        return
    for one in item.order.locators:
        yield Row(label=speech.say("code_of", issuer=one.issuer), value=one.code)
    if not item.order.locators:
        yield Row(label=speech.say("confirmation"), value=item.order.id)


def _prices(item: Item, speech: Speech) -> Iterator[Row]:
    yield Row(label=speech.say("price"), value=speech.money(item.costs))
    on_site = item.costs - item.payable
    if not on_site.amount:
        return
    parts = item.offer.price_components if item.quote is None else item.quote.quote.price_components
    yield Row(label=speech.say("on_site"), value=_asked_there(on_site, parts, speech))


def _asked_there(on_site: Money, parts: tuple[PriceComponent, ...], speech: Speech) -> str:
    """With what is asked for there, where that is money of another currency."""
    due = [part.due for part in parts if part.on_site and part.due is not None]
    if not due:
        return speech.money(on_site)
    return speech.say("asked_there", amount=speech.money(on_site), due=speech.sum(due))


def _cancelling(item: Item, speech: Speech, atlas: Atlas) -> Iterator[str]:
    """The ladder on the clock of the place: what the supplier confirmed, else what it quoted."""
    conditions = terms(item)
    ladder = (item.order and item.order.cancellation) or conditions.cancellation
    if ladder is not None:
        yield from _steps(ladder, item.costs, clock(item, atlas), speech)
    elif conditions.refundable is False:
        yield speech.say("not_refundable")
    else:
        yield speech.say("ask_us")


def _steps(ladder: Ladder, price: Money, there: tzinfo, speech: Speech) -> Iterator[str]:
    if not any(step.fee.amount for step in ladder.steps):
        yield speech.say("free_always")
        return
    if ladder.free_until is not None:
        yield speech.say("free_until", moment=_local(ladder.free_until, there, speech))
    for step in ladder.steps:
        if not step.fee.amount:
            continue
        fee = speech.money(step.fee)
        if step.since is None:
            yield speech.say("not_refundable") if step.fee == price else speech.say("fee_always", fee=fee)
        else:
            yield speech.say("fee_from", fee=fee, moment=_local(step.since, there, speech))


def _local(moment: datetime, there: tzinfo, speech: Speech) -> str:
    return speech.say("local_time", moment=speech.moment(moment.astimezone(there)))
