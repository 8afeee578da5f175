"""A quote: whether the product is still there, what its room and charges are called, and what it costs now.

Four calls. What the first three tell waits in the call's notes for the last one, whose price and token alone count.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.booking_com import asking, content, hotels, wire
from adapters.suppliers.booking_com.asking import SLUG
from adapters.suppliers.booking_com.charges import not_in_the_previewed_price, previewed_parts
from adapters.suppliers.booking_com.chosen import Chosen, read_back
from adapters.suppliers.booking_com.ladders import ladder
from adapters.suppliers.booking_com.wire_orders import Amounts, Currencies, Preview, PreviewedStay, WayToPay
from domain.cancellation import Ladder
from domain.hotels import Room, StayConditions
from domain.money import Money, total
from domain.offers import adding_up
from domain.orders import Quote, QuoteRequest, Reason
from domain.payment import PaymentTime
from domain.queries import HotelQuery
from domain.searches import Outcome

OPERATIONS: Final = ("availability", "details", "constants", "preview")
AT_MOST: Final = len(OPERATIONS)
TOKEN_LIVES: Final = timedelta(minutes=15)
WALLET: Final = "wallet"

_AVAILABILITY: Final = msgspec.json.Decoder(wire.Answered[wire.Availability | None])
_PREVIEW: Final = msgspec.json.Decoder(wire.Answered[Preview])


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was told before the preview: rooms and charges by their numbers."""

    rooms_left: int | None = None
    sleeps: dict[int, int] = {}
    rooms: dict[int, str] = {}
    beds: dict[int, str] = {}
    charges: dict[int, str] = {}
    bed_options: dict[int, list[wire.BedOption]] = {}
    house_rules: dict[str, str] = {}


_KNOWN: Final = msgspec.json.Decoder(Known)


def ask(request: QuoteRequest) -> Call:
    """Raises GiveUp for an offer that is not of a hotel search of ours."""
    query, choice = _asked(request)
    return asking.call(
        "availability",
        {
            "accommodation": choice.accommodation,
            "products": list(dict.fromkeys(choice.ids)),
            "booker": asking.booker(query),
            "checkin": query.check_in,
            "checkout": query.check_out,
            "guests": asking.guests(query),
            "currency": request.offer.price.currency,
            "extras": ["extra_charges"],
        },
    )


def read(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    return _READERS[call.operation](reply, call, request)


def _asked(request: QuoteRequest) -> tuple[HotelQuery, Chosen]:
    if not isinstance(request.query, HotelQuery):
        raise GiveUp(f"{request.query.vertical} are not sold here", outcome=Outcome.REFUSED)
    return request.query, read_back(request.offer.reference)


def _available(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
    """A product that is not listed any more is gone. How a preview would say so is nowhere written."""
    choice = read_back(request.offer.reference)
    told = decoded(reply, _AVAILABILITY).data
    products = {product.id: product for product in told.products} if told else {}
    if gone := [product for product in choice.ids if product not in products]:
        raise Answered(f"{', '.join(gone)} is sold out", outcome=Outcome.REFUSED, reason=Reason.SOLD_OUT)
    there = [products[product] for product in choice.ids]
    known = Known(
        rooms_left=hotels.rooms_left(there),
        sleeps={
            product.room: product.maximum_occupancy.total
            for product in there
            if product.room is not None and product.maximum_occupancy and product.maximum_occupancy.total
        },
    )
    return Readout(records=(), next=content.ask_rooms(choice.accommodation, notes=_noted(known)))


def _rooms_described(reply: Reply, call: Call, _: QuoteRequest) -> Readout[Quote]:
    told = content.read_one(reply)
    rooms = (told.rooms if told else None) or ()
    known = msgspec.structs.replace(
        _known(call),
        rooms={room.id: name for room in rooms if (name := asking.translated(room.name))},
        bed_options={room.id: room.bed_options for room in rooms if room.bed_options},
        house_rules=dict(content.house_rules(told)) if told else {},
    )
    return Readout(records=(), next=content.ask_constants(notes=_noted(known)))


def _numbers_named(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    constants = content.read_constants(reply)
    known, beds = _known(call), content.named(constants.bed_types)
    known = msgspec.structs.replace(
        known,
        charges=content.named(constants.charge_types),
        beds={room: text for room, options in known.bed_options.items() if (text := _beds(options, beds))},
        bed_options={},
    )
    return Readout(records=(), next=_preview(request, notes=_noted(known)))


def _preview(request: QuoteRequest, *, notes: tuple[str, ...]) -> Call:
    """No price is sent: the answer has the one that is valid now."""
    query, choice = _asked(request)
    products = [{"id": product.id, "allocation": asking.allocation(product.party)} for product in choice.products]
    return asking.call(
        "preview",
        {
            "booker": asking.booker(query),
            "currency": request.offer.price.currency,
            "accommodation": {
                "id": choice.accommodation,
                "checkin": query.check_in,
                "checkout": query.check_out,
                "products": products,
            },
        },
        notes=notes,
    )


def _quoted(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    _, choice = _asked(request)
    preview = decoded(reply, _PREVIEW).data
    stay, known = preview.accommodation, _known(call)
    if stay.id != choice.accommodation or sorted(product.id for product in stay.products) != sorted(choice.ids):
        raise asking.unreadable("the preview is of something else")
    timing, method = _way_to_pay(stay)
    asked = request.offer.price.currency
    money, desk = in_currency(stay.currency, asked), at_the_desk(stay.currency, asked)
    try:
        totals = [product.price.total if product.price else None for product in stay.products]
        price = hotels.checked(money(stay.price.total), [money(told) if told else None for told in totals])
        on_site = hotels.TIMINGS[timing] is PaymentTime.ON_SITE
        components = [
            part
            for product in stay.products
            for part in previewed_parts(product, known.charges, money, desk, all_on_site=on_site)
        ]
        quote = Quote(
            supplier=SLUG,
            price=price,
            price_components=adding_up(price, tuple(components)),
            conditions=_conditions(stay, known, money, timing, reply.received_at),
            quoted_at=reply.received_at,
            expires_at=reply.received_at + TOKEN_LIVES,
            handle=_handle(preview, money, timing, method),
            supplier_extra=dict(_extra(stay, known, money, asked, timing)),
        )
    except ValueError as error:
        raise asking.unreadable(f"the preview can't be read: {error}") from error
    return Readout(records=(quote,))


_READERS: Final[Mapping[str, Callable[[Reply, Call, QuoteRequest], Readout[Quote]]]] = MappingProxyType(
    {
        "availability": _available,
        "details": _rooms_described,
        "constants": _numbers_named,
        "preview": _quoted,
    }
)


def in_currency(told: Currencies, asked: str) -> Callable[[Amounts], Money]:
    """Which of the two amounts is meant. The booker's is null where it would be the property's own."""

    def money(amounts: Amounts) -> Money:
        if told.booker == asked and amounts.booker_currency is not None:
            return Money.of(amounts.booker_currency, asked)
        if told.accommodation == asked:
            return Money.of(amounts.accommodation_currency, asked)
        raise ValueError(f"not priced in {asked}")

    return money


def at_the_desk(told: Currencies, asked: str) -> Callable[[Amounts], Money | None]:
    """What a property takes of an amount: its own money."""

    def money(amounts: Amounts) -> Money | None:
        return None if told.accommodation == asked else Money.of(amounts.accommodation_currency, told.accommodation)

    return money


def _way_to_pay(stay: PreviewedStay) -> tuple[str, str | None]:
    """How we pay from our own wallet, the earliest first; where no method is needed, none is named.

    Raises Answered where nothing but a traveller's card would do.
    """
    ways = stay.general_policies.payment
    for timing in hotels.TIMINGS:
        way: WayToPay | None = getattr(ways, timing)
        if way is not None and way.methods is not None and way.methods.wallet:
            return timing, WALLET
        if way is not None and not way.method_required:
            return timing, None
    raise Answered("can be paid with a guest's own card alone", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)


def _handle(preview: Preview, money: Callable[[Amounts], Money], timing: str, method: str | None) -> dict[str, str]:
    """`paid_online` is what a cancellation can give back, less its fee: what is paid on site is not in it."""
    online = preview.accommodation.price.chargeable_online
    paid = str(money(online).amount) if online and hotels.TIMINGS[timing] is PaymentTime.NOW else None
    told = {"order_token": preview.order_token, "timing": timing, "method": method, "paid_online": paid}
    return {name: text for name, text in told.items() if text}


def _conditions(
    stay: PreviewedStay, known: Known, money: Callable[[Amounts], Money], timing: str, received_at: datetime
) -> StayConditions:
    price = money(stay.price.total)
    policies = [product.policies for product in stay.products]
    fees = ladder([told.cancellation if told else None for told in policies], money, price.currency)
    return StayConditions(
        rooms=_rooms(stay, known),
        board=hotels.board(told.meal_plan if told else None for told in policies),
        refundable=_refundable(stay, fees, money, received_at),
        cancellation=fees,
        payment=(hotels.TIMINGS[timing],),
        rooms_left=known.rooms_left,
    )


def _refundable(
    stay: PreviewedStay, fees: Ladder | None, money: Callable[[Amounts], Money], received_at: datetime
) -> bool | None:
    """Whether a fee of today leaves anything of the rooms' own price: a city tax was never paid, so it can't come back."""
    if fees is None:
        return None
    due_now = fees.fee_at(received_at)
    bases = [money(product.price.base) for product in stay.products if product.price and product.price.base]
    price = money(stay.price.total)
    return due_now is None or due_now < (total(bases, price.currency) if bases else price)


def _rooms(stay: PreviewedStay, known: Known) -> tuple[Room, ...]:
    """A preview may leave a room's number out."""
    counts: dict[int | None, int] = {}
    for product in stay.products:
        counts[product.room] = counts.get(product.room, 0) + 1
    return tuple(
        Room(
            name=known.rooms.get(number or 0) or hotels.room_name(number),
            count=count,
            beds=known.beds.get(number or 0),
            sleeps=known.sleeps.get(number or 0),
        )
        for number, count in counts.items()
    )


def _beds(options: list[wire.BedOption], names: Mapping[int, str]) -> str:
    """Such as `1 Large double bed or 2 Single beds`; bedrooms are told apart by a semicolon."""
    bedrooms = []
    for option in options:
        ways = [
            " + ".join(f"{beds.number_of_beds} {names.get(beds.bed_type, 'bed')}" for beds in way.configuration)
            for way in option.bed_configurations
        ]
        bedrooms.append(" or ".join(filter(None, ways)))
    return "; ".join(filter(None, bedrooms))


def _extra(
    stay: PreviewedStay, known: Known, money: Callable[[Amounts], Money], asked: str, timing: str
) -> Iterator[tuple[str, str]]:
    yield from known.house_rules.items()
    on_top = [text for product in stay.products for text in not_in_the_previewed_price(product, known.charges, money)]
    if on_top:
        yield "not_in_the_price", "; ".join(on_top)
    if stay.currency.accommodation != asked:
        yield "price_at_the_property", f"{stay.price.total.accommodation_currency} {stay.currency.accommodation}"
    way: WayToPay | None = getattr(stay.general_policies.payment, timing)
    if way is not None and way.dates:
        yield "instalments", "; ".join(f"{part.at.isoformat()} {money(part.price)}" for part in way.dates)
    yield "ways_to_pay", ",".join(word for word in hotels.TIMINGS if getattr(stay.general_policies.payment, word))
    yield from hotels.meals(product.policies.meal_plan if product.policies else None for product in stay.products)
    yield from hotels.deals(product.deal for product in stay.products)
    if any(product.third_party_inventory for product in stay.products):
        yield "third_party_inventory", "true"


def _noted(known: Known) -> tuple[str, ...]:
    return (msgspec.json.encode(known).decode(),)


def _known(call: Call) -> Known:
    return _KNOWN.decode(call.notes[0])
