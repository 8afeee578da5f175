"""The words of the Demand API's orders that we read: previews, what was created, and how it stands.

Amounts come in two currencies, the property's and the one that was asked for.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from adapters.suppliers.booking_com import wire


class Currencies(wire.Wire, frozen=True, kw_only=True, gc=False):
    """`booker` is null where no other currency was asked for."""

    accommodation: str
    booker: str | None = None


class Amounts(wire.Wire, frozen=True, kw_only=True, gc=False):
    accommodation_currency: Decimal
    booker_currency: Decimal | None = None


class FeeStep(wire.Wire, frozen=True, kw_only=True, gc=False):
    """`from` is a time, the word `now`, or null, which means the same."""

    from_: str | None = msgspec.field(name="from", default=None)
    price: Amounts


class OrderCharge(wire.Wire, frozen=True, kw_only=True, gc=False):
    charge: int
    mode: str | None = None
    percentage: Decimal | None = None
    total_amount: Amounts | None = None
    chargeable_online: bool | None = None
    condition: int | None = None


class OrderCharges(wire.Wire, frozen=True, kw_only=True, gc=False):
    conditional: list[OrderCharge] | None = None
    non_conditional: list[OrderCharge] | None = None


class OrderPrice(wire.Wire, frozen=True, kw_only=True, gc=False):
    base: Amounts | None = None
    total: Amounts | None = None
    extra_charges: OrderCharges | None = None


class OrderTotal(wire.Wire, frozen=True, kw_only=True, gc=False):
    total: Amounts
    chargeable_online: Amounts | None = None


class Instalment(wire.Wire, frozen=True, kw_only=True, gc=False):
    at: date
    price: Amounts


class Methods(wire.Wire, frozen=True, kw_only=True, gc=False):
    wallet: bool | None = None


class WayToPay(wire.Wire, frozen=True, kw_only=True, gc=False):
    dates: list[Instalment] | None = None
    method_required: bool | None = None
    methods: Methods | None = None


class WaysToPay(wire.Wire, frozen=True, kw_only=True, gc=False):
    pay_online_now: WayToPay | None = None
    pay_online_later: WayToPay | None = None
    pay_at_the_property: WayToPay | None = None


class GeneralPolicies(wire.Wire, frozen=True, kw_only=True, gc=False):
    payment: WaysToPay


class OrderPolicies(wire.Wire, frozen=True, kw_only=True, gc=False):
    cancellation: list[FeeStep] | None = None
    meal_plan: wire.MealPlan | None = None


class PreviewedProduct(wire.Wire, frozen=True, kw_only=True, gc=False):
    id: str
    room: int | None = None
    price: OrderPrice | None = None
    policies: OrderPolicies | None = None
    deal: wire.Deal | None = None
    third_party_inventory: bool | None = None


class PreviewedStay(wire.Wire, frozen=True, kw_only=True, gc=False):
    id: int
    currency: Currencies
    price: OrderTotal
    products: list[PreviewedProduct]
    general_policies: GeneralPolicies


class Preview(wire.Wire, frozen=True, kw_only=True, gc=False):
    order_token: str
    accommodation: PreviewedStay


class ThirdParty(wire.Wire, frozen=True, kw_only=True, gc=False):
    checkin_number: str | None = None
    confirmation_number: str | None = None


class CreatedStay(wire.Wire, frozen=True, kw_only=True, gc=False):
    order: str | int | None = None
    reservation: int | str | None = None
    pincode: str | None = None
    third_party_inventory: ThirdParty | None = None


class Receipt(wire.Wire, frozen=True, kw_only=True, gc=False):
    receipt_url: str | None = None


class Created(wire.Wire, frozen=True, kw_only=True, gc=False):
    accommodation: CreatedStay
    order: str | int | None = None
    payment: Receipt | None = None


class CreateReply(wire.Wire, frozen=True, kw_only=True, gc=False):
    """The order's number was seen in three places: in the accommodation, in `data`, and beside it."""

    data: Created
    order: str | int | None = None


class OrderRow(wire.Wire, frozen=True, kw_only=True, gc=False):
    id: str | int


class OrderedProduct(wire.Wire, frozen=True, kw_only=True, gc=False):
    policies: OrderPolicies | None = None


class CancellationDetails(wire.Wire, frozen=True, kw_only=True, gc=False):
    at: datetime | None = None
    fee: Amounts | None = None


class OrderDetails(wire.Wire, frozen=True, kw_only=True, gc=False):
    """`label` is the text that we gave: anybody's order may have the same."""

    id: str | int
    status: str
    currency: Currencies
    accommodation: int | None = None
    reservation: int | str | None = None
    label: str | None = None
    pin_code: str | None = None
    price: OrderTotal | None = None
    products: list[OrderedProduct] | None = None
    cancellation_details: CancellationDetails | None = None


class CancelStatus(wire.Wire, frozen=True, kw_only=True, gc=False):
    status: str
