"""Hotel search: our question in the Demand API's words, and its answer as offers, one for each property."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.booking_com import asking, wire
from adapters.suppliers.booking_com.asking import SLUG
from adapters.suppliers.booking_com.charges import not_in_the_price, parts
from adapters.suppliers.booking_com.chosen import chosen, written
from domain.cancellation import CancellationStep, Ladder
from domain.hotels import Board, Property, Room, Stay, StayConditions
from domain.money import Money, smallest_unit, total
from domain.offers import Offer, StayOffer, adding_up, offer_id
from domain.payment import PaymentTime
from domain.places import Atlas
from domain.queries import HotelQuery

LIVE_FOR: Final = timedelta(minutes=30)
MOST_PAGES: Final = 10

_MOST_ROWS: Final = 100
_SEARCH: Final = msgspec.json.Decoder(wire.Listed[msgspec.Raw])
_ACCOMMODATION: Final = msgspec.json.Decoder(wire.Accommodation)

BOARDS: Final = MappingProxyType(
    {
        "no_plan": Board.ROOM_ONLY,
        "breakfast_included": Board.BREAKFAST,
        "half_board": Board.HALF_BOARD,
        "full_board": Board.FULL_BOARD,
        "all_inclusive": Board.ALL_INCLUSIVE,
    }
)
TIMINGS: Final = MappingProxyType(
    {
        "pay_online_now": PaymentTime.NOW,
        "pay_online_later": PaymentTime.LATER,
        "pay_at_the_property": PaymentTime.ON_SITE,
    }
)
# type of cancellation -> whether something comes back to whoever cancels now
_REFUNDABLE: Final = MappingProxyType({"free_cancellation": True, "special_conditions": True, "non_refundable": False})


def ask(query: HotelQuery) -> Call:
    return asking.call(
        "search",
        {
            "booker": asking.booker(query),
            "checkin": query.check_in,
            "checkout": query.check_out,
            "guests": asking.guests(query),
            "coordinates": {
                "latitude": query.location.latitude,
                "longitude": query.location.longitude,
                "radius": query.radius_km,
            },
            "currency": query.currency,
            "extras": ["extra_charges", "products"],
            "rows": _MOST_ROWS,
        },
    )


def read(reply: Reply, call: Call, query: HotelQuery, _: Atlas) -> Readout[StayOffer]:
    question = asking.question(call, ask(query))
    answer = decoded(reply, _SEARCH)
    offers, skipped = each(answer.data, _ACCOMMODATION, lambda told: _offer(told, query, reply.received_at), "data")
    return Readout(records=offers, skipped=skipped, next=asking.page("search", answer.next_page, notes=(question,)))


def _offer(told: wire.Accommodation, query: HotelQuery, received_at: datetime) -> StayOffer:
    """Raises ValueError, with the reason, for a property that can't be sold as what was asked for."""
    reference = written(chosen(told.id, told.products, query))
    price = _price(told)
    conditions = _conditions(told.products, price)
    on_site = conditions.payment == (PaymentTime.ON_SITE,)
    components = (part for product in told.products for part in parts(product, told.currency, all_on_site=on_site))
    return Offer(
        id=offer_id(SLUG, reference),
        supplier=SLUG,
        reference=reference,
        product=Stay(
            property=Property(supplier=SLUG, id=str(told.id)), check_in=query.check_in, check_out=query.check_out
        ),
        price=price,
        price_components=adding_up(price, tuple(components)),
        conditions=conditions,
        fetched_at=received_at,
        expires_at=received_at + LIVE_FOR,
        supplier_extra=dict(_extra(told)),
    )


def _price(told: wire.Accommodation) -> Money:
    """What all rooms cost with every charge that is due in any case. Raises ValueError where the rooms say otherwise."""
    totals = [product.price.total if product.price else None for product in told.products]
    return checked(
        Money.of(told.price.total, told.currency), [asking.some_money(amount, told.currency) for amount in totals]
    )


def checked(price: Money, rooms: Sequence[Money | None]) -> Money:
    """The price, if it is one, and what the rooms cost together where each of them tells. Raises ValueError."""
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    told = [room for room in rooms if room is not None]
    together = total(told, price.currency)
    left_open = abs(price.amount - together.amount)
    if len(told) == len(rooms) and left_open > len(told) * smallest_unit(price.currency):
        raise ValueError(f"costs {price}, and its rooms {together}")
    return price


def _conditions(products: list[wire.Product], price: Money) -> StayConditions:
    cancellations = [product.policies.cancellation for product in products if product.policies]
    types = [told.type if told else None for told in cancellations]
    return StayConditions(
        rooms=rooms(products),
        board=board(product.policies.meal_plan if product.policies else None for product in products),
        refundable=_refundable(types),
        cancellation=_lost_at_once(price) if types and set(types) == {"non_refundable"} else None,
        payment=_payment(products),
        rooms_left=rooms_left(products),
    )


def rooms(products: Iterable[wire.Product]) -> tuple[Room, ...]:
    """A search knows rooms by their number alone: the property's description tells their names."""
    counted = Counter((product.room, product.maximum_occupancy) for product in products)
    return tuple(
        Room(
            name=room_name(number),
            code=None if number is None else str(number),
            count=count,
            sleeps=holds.total if holds else None,
        )
        for (number, holds), count in counted.items()
    )


def room_name(number: int | None) -> str:
    return "Room" if number is None else f"Room type {number}"


def board(plans: Iterable[wire.MealPlan | None]) -> Board | None:
    """None where the rooms differ, or the word is not one that we know."""
    told = {BOARDS.get(plan.plan or "") if plan else None for plan in plans}
    return told.pop() if len(told) == 1 else None


def _refundable(types: list[str | None]) -> bool | None:
    """Something comes back as long as it does for one of the rooms."""
    told = {_REFUNDABLE.get(kind or "") for kind in types}
    if True in told:
        return True
    return None if None in told or not told else False


def _lost_at_once(price: Money) -> Ladder:
    return Ladder(steps=(CancellationStep(fee=price),))


def _payment(products: list[wire.Product]) -> tuple[PaymentTime, ...]:
    """The moments at which every room can be paid."""
    told = [
        set(product.policies.payment.timings) if product.policies and product.policies.payment else set()
        for product in products
    ]
    common: set[str] = set.intersection(*told) if told else set()
    return tuple(moment for word, moment in TIMINGS.items() if word in common)


def rooms_left(products: Iterable[wire.Product]) -> int | None:
    told = [left for product in products if (left := product.number_available_at_this_price) is not None]
    return min(told, default=None)


def _extra(told: wire.Accommodation) -> Iterator[tuple[str, str]]:
    yield from ((name, text) for name in ("url", "deep_link_url") if (text := getattr(told, name)))
    if on_top := [text for product in told.products for text in not_in_the_price(product)]:
        yield "not_in_the_price", "; ".join(on_top)
    yield from deals(product.deal for product in told.products)
    if any(product.third_party_inventory for product in told.products):
        yield "third_party_inventory", "true"
    yield from _policies([product.policies for product in told.products if product.policies])


def _policies(told: list[wire.Policies]) -> Iterator[tuple[str, str]]:
    """The last moment that is free for every room; what comes after it only a quote tells."""
    free_until = [
        moment
        for policies in told
        if policies.cancellation and (moment := policies.cancellation.free_cancellation_until)
    ]
    if free_until and len(free_until) == len(told):
        yield "free_cancellation_until", min(free_until).isoformat()
    if any(policies.payment and policies.payment.prepayment_required for policies in told):
        yield "prepayment_required", "true"
    yield from meals(policies.meal_plan for policies in told)


def meals(plans: Iterable[wire.MealPlan | None]) -> Iterator[tuple[str, str]]:
    """Room by room; where a plan is unknown or the rooms differ, this is all that tells."""
    told = [" + ".join(plan.meals) if plan.meals else plan.plan or "?" for plan in plans if plan]
    if any(word != "no_plan" for word in told):
        yield "meals", "; ".join(dict.fromkeys(told))


def deals(told: Iterable[wire.Deal | None]) -> Iterator[tuple[str, str]]:
    there = [deal for deal in told if deal]
    if tags := dict.fromkeys(tag for deal in there for tag in deal.tags or ()):
        yield "deal", ",".join(tags)
    if percentages := [deal.discount_percentage for deal in there if deal.discount_percentage]:
        yield "discount_percentage", ",".join(map(str, percentages))
    if publicly := [deal.public_price for deal in there if deal.public_price is not None]:
        yield "public_price", str(sum(publicly))
