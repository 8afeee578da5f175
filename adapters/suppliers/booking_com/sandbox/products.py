"""Products: one room of a kind on one plan for one party, as the world has it now, in their words."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Final

import msgspec

from adapters.suppliers.booking_com.sandbox.numbers import charge_number
from adapters.suppliers.booking_com.sandbox.worlds import SELLER, Exchange, World

_PLANS: Final = {
    "room_only": ("no_plan", []),
    "breakfast": ("breakfast_included", ["breakfast"]),
    "half_board": ("half_board", ["breakfast", "dinner"]),
    "full_board": ("full_board", ["breakfast", "lunch", "dinner"]),
    "all_inclusive": ("all_inclusive", ["breakfast", "lunch", "dinner"]),
}
_KINDS: Final = {
    "free_cancellation": "free_cancellation",
    "partially_refundable": "special_conditions",
    "non_refundable": "non_refundable",
}
_PLACES: Final = {"in_rate": "included", "added": "included", "on_site": "excluded", "conditional": "conditional"}
_LATE_CHECK_OUT: Final = 30  # the condition under which such a charge is due


class Party(msgspec.Struct, frozen=True, kw_only=True):
    adults: int
    children: tuple[int, ...] = ()


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """`rate` is for all parties of the question, `priced` one room of it, `room_id` the seller's own number."""

    listing: Any
    room_id: int
    rate: Any
    priced: Any
    party: Party

    @property
    def id(self) -> str:
        block = hashlib.blake2s(f"{self.rate.room.code} {self.rate.plan}".encode(), digest_size=4).digest()
        number = int.from_bytes(block, "big") % 1_000_000_000
        return f"{self.room_id}_{number}_{self.party.adults}_{len(self.party.children)}_0"

    @property
    def due_eur(self) -> Decimal:
        """With what is paid at the property in any case."""
        return Decimal(self.priced.total_eur + self.priced.charged_eur("on_site"))


def on_sale(
    world: World, listing: Any, checkin: date, checkout: date, parties: Sequence[Party]
) -> Iterator[tuple[Product, ...]]:
    """Ways to lodge all parties in rooms of one type on one plan: a product for each party."""
    hotel = world.hotels.by_id(listing.hotel_id)
    numbers = {room.code: room.id for room in listing.rooms}
    for rate in world.hotels.rates(hotel, checkin, checkout, parties, SELLER):
        if rate.room.code in numbers:
            yield tuple(
                Product(listing=listing, room_id=numbers[rate.room.code], rate=rate, priced=priced, party=party)
                for priced, party in zip(rate.rooms, parties, strict=True)
            )


def found(world: World, listing: Any, checkin: date, checkout: date, parties: Iterable[Party]) -> Mapping[str, Product]:
    """Every product for any one of the parties, by its id."""
    ways = (way for party in dict.fromkeys(parties) for way in on_sale(world, listing, checkin, checkout, (party,)))
    return {product.id: product for (product,) in ways}


def board(product: Product) -> dict[str, Any]:
    plan, meals = _PLANS[product.rate.board]
    return {"plan": plan, "meals": meals}


def timings(product: Product) -> list[str]:
    """Every second property takes money online for what is paid at its desk too; what is prepaid is charged now."""
    if product.rate.payment == "prepaid":
        return ["pay_online_now"]
    online = ["pay_online_now", "pay_online_later"] if product.listing.id % 2 else []
    return [*online, "pay_at_the_property"]


def online(product: Product) -> bool:
    return timings(product) != ["pay_at_the_property"]


def ladder(product: Product) -> list[tuple[str, Decimal]]:
    """(`now` or a time in UTC, euros). The rate's fees are for all its rooms: each bears its share."""
    rooms = len(product.rate.rooms)
    return [
        (
            "now" if step.starts is None else step.starts.astimezone(UTC).isoformat(timespec="seconds"),
            Decimal(step.fee_eur) / rooms,
        )
        for step in product.rate.ladder
    ]


def cancellation(product: Product) -> dict[str, Any]:
    steps = ladder(product)
    charged = next((since for since, fee in steps if fee), None)
    free = product.rate.refundable == "free_cancellation" and charged not in (None, "now")
    return {"type": _KINDS[product.rate.refundable], "free_cancellation_until": charged if free else None}


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in one currency, each rounded by itself, so that every sum is that of what is shown."""

    base: Decimal
    included: list[dict[str, Any]]
    excluded: list[dict[str, Any]]
    conditional: list[dict[str, Any]]

    @property
    def book(self) -> Decimal:
        return self.base + _sum(self.included)

    @property
    def total(self) -> Decimal:
        return self.book + _sum(self.excluded)


def priced(product: Product, exchange: Exchange, *, factor: Decimal = Decimal(1)) -> Priced:
    charges: dict[str, list[dict[str, Any]]] = {"included": [], "excluded": [], "conditional": []}
    for charge in product.priced.charges:
        if amount := exchange(charge.amount_eur):
            charges[_PLACES[charge.place]].append(_charge(charge, amount, exchange))
    return Priced(base=exchange(product.priced.base_eur * factor), **charges)


def _charge(charge: Any, amount: Decimal, exchange: Exchange) -> dict[str, Any]:
    told = {
        "charge": charge_number(charge.code),
        "mode": charge.mode,
        "percentage": charge.percent if charge.mode == "percentage" else None,
        "total_amount": amount,
        "unit_amount": exchange(charge.unit_eur) if charge.unit_eur else None,
    }
    return {**told, "condition": _LATE_CHECK_OUT} if charge.place == "conditional" else told


def _sum(charges: list[dict[str, Any]]) -> Decimal:
    return sum((charge["total_amount"] for charge in charges), Decimal(0))
