"""Offers: what one supplier would sell now, for how much and on what terms."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Generic

import msgspec
from typing_extensions import TypeVar

from domain.cancellation import Ladder
from domain.cars import Rental, RentalConditions
from domain.flights import Itinerary
from domain.hotels import Stay, StayConditions
from domain.ids import short_id
from domain.money import Money, smallest_unit, total


class ComponentKind(StrEnum):
    BASE_FARE = "base_fare"
    ROOM = "room"
    RENTAL = "rental"
    INSURANCE = "insurance"
    EXTRA = "extra"
    TAX = "tax"
    FEE = "fee"
    DISCOUNT = "discount"
    ROUNDING = "rounding"


class PriceComponent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`on_site`: paid at the desk or the counter, and not to whoever sells the offer.

    `due` is what will be asked for there, where that is money of another currency: `amount` is then what it is worth.
    """

    kind: ComponentKind
    amount: Money
    label: str | None = None
    on_site: bool = False
    due: Money | None = None


class Conversion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A price in another currency, for the eye and for sorting; what is charged is never this.

    `rate` is units of `amount`'s currency for one of the price's own, as it stood on `rate_on`.
    """

    amount: Money
    rate: Decimal
    rate_on: date


class FlightConditions(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="flight", tag_field="kind"):
    """None means that the supplier does not say, which is not the same as no.

    `checked_bags` and `cabin_bags` count pieces for each traveller in the price. `separate_tickets` is the number of
    record locators; above one, a missed connection is the traveller's own risk unless `connection_guaranteed`.
    """

    refundable: bool | None = None
    changeable: bool | None = None
    cabin_bags: int | None = None
    checked_bags: int | None = None
    fare_family: str | None = None
    cancellation: Ladder | None = None
    change_fee: Money | None = None
    separate_tickets: int | None = None
    connection_guaranteed: bool | None = None


# What an offer sells and on what terms.
Product = Itinerary | Stay | Rental
Conditions = FlightConditions | StayConditions | RentalConditions


_Sold_co = TypeVar("_Sold_co", bound=Product, default=Product, covariant=True)
_Terms_co = TypeVar("_Terms_co", bound=Conditions, default=Conditions, covariant=True)


class Offer(msgspec.Struct, Generic[_Sold_co, _Terms_co], frozen=True, kw_only=True, gc=False):
    """`price` is what all travellers pay together, mandatory fees included; the components add up to it exactly.

    `price` is in the supplier's own currency; `converted` is there where a search was asked for another one.
    `reference` is what the supplier wants to hear again. What has no place in the model stays in `supplier_extra`.
    """

    id: str
    supplier: str
    reference: str
    product: _Sold_co
    price: Money
    price_components: tuple[PriceComponent, ...]
    conditions: _Terms_co
    fetched_at: datetime
    expires_at: datetime
    seats_left: int | None = None
    bookable: bool = True
    supplier_extra: dict[str, str] = {}
    converted: Conversion | None = None

    @property
    def shown_price(self) -> Money:
        """In the currency of the search: what offers are compared by."""
        return self.price if self.converted is None else self.converted.amount

    def __post_init__(self) -> None:
        if self.price_components:
            parts = total([part.amount for part in self.price_components], self.price.currency)
            if parts != self.price:
                raise ValueError(f"components of {parts} do not add up to the price of {self.price}")

    def age(self, now: datetime) -> timedelta:
        return now - self.fetched_at

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at


FlightOffer = Offer[Itinerary, FlightConditions]
StayOffer = Offer[Stay, StayConditions]
RentalOffer = Offer[Rental, RentalConditions]


def offer_id(supplier: str, reference: str) -> str:
    """The same for the same reference of the same supplier. A slug has no space in it."""
    return short_id(f"{supplier} {reference}")


def adding_up(price: Money, parts: tuple[PriceComponent, ...]) -> tuple[PriceComponent, ...]:
    """The parts, and a last one that names what they leave open.

    Up to one smallest unit for each part is the supplier's own rounding; more than that the supplier did not itemise.
    """
    remainder = price - total((part.amount for part in parts), price.currency)
    if not remainder.amount:
        return parts
    if abs(remainder.amount) <= len(parts) * smallest_unit(price.currency):
        return (*parts, PriceComponent(kind=ComponentKind.ROUNDING, amount=remainder))
    kind = ComponentKind.FEE if remainder.amount > 0 else ComponentKind.DISCOUNT
    return (*parts, PriceComponent(kind=kind, amount=remainder, label="not itemised by the supplier"))
