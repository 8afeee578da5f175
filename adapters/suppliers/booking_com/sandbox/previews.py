"""A preview: the price that is valid now, in two currencies, and a token that sells at it for a quarter of an hour."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from adapters.suppliers.booking_com.sandbox import bodies
from adapters.suppliers.booking_com.sandbox.bodies import Strict
from adapters.suppliers.booking_com.sandbox.gate import Body, Refused, invalid
from adapters.suppliers.booking_com.sandbox.payments import Sold, SoldRoom
from adapters.suppliers.booking_com.sandbox.products import (
    Party,
    Priced,
    Product,
    board,
    found,
    ladder,
    online,
    priced,
    timings,
)
from adapters.suppliers.booking_com.sandbox.search import exchange_of
from adapters.suppliers.booking_com.sandbox.tokens import ORDER_LIVES, issued
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, Exchange, World, claimed

ACCOMMODATION: Final = "accommodation_currency"
_DEARER: Final = Decimal("1.08")
_CARDS: Final = [1, 2, 3]


class _Wanted(Strict, frozen=True, kw_only=True):
    id: str
    allocation: bodies.Allocation | None = None


class _Stay(Strict, frozen=True, kw_only=True):
    id: bodies.Number
    checkin: date
    checkout: date
    products: Annotated[list[_Wanted], Meta(min_length=1)]


class _Booker(Strict, frozen=True, kw_only=True):
    country: bodies.Country
    platform: Literal["android", "desktop", "ios", "mobile", "tablet"]
    travel_purpose: Literal["business", "leisure"] | None = None
    user_groups: tuple[Literal["authenticated"], ...] = ()


class _Preview(Strict, frozen=True, kw_only=True):
    booker: _Booker
    accommodation: _Stay
    currency: bodies.Currency | None = None


class Exchanges(msgspec.Struct, frozen=True, kw_only=True):
    """`booker` is None where no other currency than the property's was asked for."""

    own: Exchange
    booker: Exchange | None

    def of(self, eur: Decimal) -> list[Decimal]:
        return [self.own(eur), (self.booker or self.own)(eur)]

    def shown(self, amounts: Sequence[Decimal]) -> dict[str, Decimal | None]:
        return {ACCOMMODATION: amounts[0], "booker_currency": amounts[1] if self.booker else None}


class Previews:
    def __init__(self, world: World) -> None:
        self._world: Final = world

    def preview(self, body: Body) -> Body:
        asked = bodies.asked(body, _Preview)
        stay = asked.accommodation
        bodies.check_nights(stay.checkin, stay.checkout, self._world.now())
        listing = self._world.hotels.listed(SELLER, stay.id)
        if listing is None:
            raise invalid("Parameter 'accommodation.id' is invalid.")
        outcome = claimed(self._world, "preview")
        if outcome and outcome.name == "sold_out":
            raise _unavailable()
        products = self._products(listing, stay)
        factor = _DEARER if outcome and outcome.name == "price_changed" else Decimal(1)
        hotel = self._world.hotels.by_id(listing.hotel_id)
        own = exchange_of(self._world, None, hotel.currency)
        other = asked.currency if asked.currency not in (None, own.currency) else None
        exchanges = Exchanges(own=own, booker=exchange_of(self._world, other, own.currency) if other else None)
        return {"data": self._told(listing, stay, products, exchanges, factor)}

    def _products(self, listing: Any, stay: _Stay) -> list[Product]:
        """Each with those who sleep in it. There have to be as many rooms of a kind as are wanted of it."""
        parties = [_party(wanted) for wanted in stay.products]
        there = found(self._world, listing, stay.checkin, stay.checkout, parties)
        products = []
        for wanted, party in zip(stay.products, parties, strict=True):
            product = there.get(wanted.id)
            if product is None:
                raise _mismatch() if _for_others(wanted.id, party) else _unavailable()
            products.append(product)
        rooms = Counter(product.rate.room.code for product in products)
        if any(rooms[product.rate.room.code] > product.rate.rooms_left for product in products):
            raise _unavailable()
        return products

    def _told(
        self, listing: Any, stay: _Stay, products: list[Product], exchanges: Exchanges, factor: Decimal
    ) -> dict[str, Any]:
        bills = [_Bill(product, exchanges, factor) for product in products]
        ways = [timing for timing in timings(products[0]) if all(timing in timings(product) for product in products)]
        names = {room.id: room.name for room in listing.rooms}
        sold = Sold(
            accommodation=listing.id,
            hotel_id=listing.hotel_id,
            checkin=stay.checkin,
            checkout=stay.checkout,
            currency=exchanges.own.currency,
            booker_currency=(exchanges.booker or exchanges.own).currency,
            rooms=[bill.room(names[bill.product.room_id]) for bill in bills],
            total=_added(bill.total for bill in bills),
            ways=dict.fromkeys(ways, True),
        )
        free = [fee == 0 for bill in bills for since, fee in ladder(bill.product) if since == "now"]
        sold.ways.update({"pay_at_the_property": not all(free)} if "pay_at_the_property" in ways else {})
        booked = _added(bill.book for bill in bills)
        until = self._world.now() + ORDER_LIVES
        return {
            "order_token": issued("/orders/create", msgspec.to_builtins(sold), until=until),
            "accommodation": {
                "id": listing.id,
                "currency": {
                    "accommodation": exchanges.own.currency,
                    "booker": exchanges.booker.currency if exchanges.booker else None,
                },
                "general_policies": {"payment": self._ways_to_pay(sold, booked, stay, exchanges)},
                "price": {
                    "base": exchanges.shown(_added(bill.base for bill in bills)),
                    **({"chargeable_online": exchanges.shown(booked)} if all(map(online, products)) else {}),
                    "total": exchanges.shown(sold.total),
                },
                "products": [bill.told(exchanges) for bill in bills],
            },
        }

    def _ways_to_pay(self, sold: Sold, booked: list[Decimal], stay: _Stay, exchanges: Exchanges) -> dict[str, Any]:
        today = self._world.now().date()
        days = {
            "pay_online_now": today,
            "pay_online_later": max(today, stay.checkin - timedelta(days=2)),
            "pay_at_the_property": stay.checkin,
        }
        return {
            timing: {
                "dates": [
                    {"at": day, "price": exchanges.shown(sold.total if timing == "pay_at_the_property" else booked)}
                ],
                "method_required": sold.ways[timing],
                "methods": {"airplus": True, "cards": _CARDS, "wallet": True},
            }
            if timing in sold.ways
            else None
            for timing, day in days.items()
        }


class _Bill:
    """One product's amounts in both currencies."""

    def __init__(self, product: Product, exchanges: Exchanges, factor: Decimal) -> None:
        self.product: Final = product
        self._exchanges: Final = exchanges
        self._own: Final = priced(product, exchanges.own, factor=factor)
        self._other: Final = priced(product, exchanges.booker, factor=factor) if exchanges.booker else self._own

    def _both(self, name: str) -> list[Decimal]:
        return [getattr(self._own, name), getattr(self._other, name)]

    @property
    def base(self) -> list[Decimal]:
        return self._both("base")

    @property
    def book(self) -> list[Decimal]:
        return self._both("book")

    @property
    def total(self) -> list[Decimal]:
        return self._both("total")

    def room(self, name: str) -> SoldRoom:
        product = self.product
        return SoldRoom(
            id=product.id,
            room_id=product.room_id,
            room_code=product.rate.room.code,
            name=name,
            adults=product.party.adults,
            children=list(product.party.children),
            base=self.base,
            total=self.total,
            ladder=[(since, self._exchanges.of(fee)) for since, fee in ladder(product)],
            meal_plan=board(product),
        )

    def told(self, exchanges: Exchanges) -> dict[str, Any]:
        product, charged = self.product, online(self.product)
        steps = [{"from": since, "price": exchanges.shown(exchanges.of(fee))} for since, fee in ladder(product)]
        due = [
            *_charges(self._own, self._other, "included", exchanges, online=charged),
            *_charges(self._own, self._other, "excluded", exchanges, online=False),
        ]
        conditional = _charges(self._own, self._other, "conditional", exchanges, online=None)
        return {
            "id": product.id,
            "deal": None,
            "policies": {"cancellation": steps, "meal_plan": board(product)},
            "price": {
                "base": exchanges.shown(self.base),
                **({"chargeable_online": exchanges.shown(self.book)} if charged else {}),
                "extra_charges": {"conditional": conditional, "non_conditional": due},
                "total": exchanges.shown(self.total),
            },
            "room": product.room_id,
            "third_party_inventory": False,
        }


def _charges(
    own: Priced, other: Priced, place: str, exchanges: Exchanges, *, online: bool | None
) -> list[dict[str, Any]]:
    """The same charges twice, once in each currency, made one. What is smaller than a coin in one of them is gone."""
    others = {charge["charge"]: charge for charge in getattr(other, place)}
    return [
        {
            **charge,
            **({} if online is None else {"chargeable_online": online}),
            "total_amount": exchanges.shown([charge["total_amount"], others[charge["charge"]]["total_amount"]]),
            "unit_amount": None
            if charge["unit_amount"] is None
            else exchanges.shown([charge["unit_amount"], others[charge["charge"]]["unit_amount"]]),
        }
        for charge in getattr(own, place)
        if charge["charge"] in others
    ]


def _added(amounts: Any) -> list[Decimal]:
    return [sum(column, Decimal(0)) for column in zip(*amounts, strict=True)]


def _party(wanted: _Wanted) -> Party:
    """Without an allocation a product is for as many adults as its id was made for."""
    if wanted.allocation is not None:
        return Party(adults=wanted.allocation.number_of_adults, children=tuple(wanted.allocation.children))
    told = wanted.id.split("_")
    return Party(adults=int(told[2]) if len(told) == 5 and told[2].isdecimal() else 1)


def _for_others(product_id: str, party: Party) -> bool:
    """The id has the numbers of adults and children that it was shown for."""
    return product_id.split("_")[2:4] != [str(party.adults), str(len(party.children))]


def _mismatch() -> Refused:
    return invalid("The product can not hold these guests.", "occupancy_mismatch")


def _unavailable() -> Refused:
    return Refused(409, "order_unavailable", "One or more items are not available any more.")
