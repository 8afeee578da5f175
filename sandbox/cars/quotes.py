"""What a rental costs and on what terms, as values."""

from datetime import datetime
from decimal import Decimal

import msgspec


class RateLine(msgspec.Struct, frozen=True, kw_only=True):
    """`unit` is day or week, as rented out: nine days are one week and two days."""

    unit: str
    amount: Decimal
    quantity: int


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """Beside the base rate and always due. `percent` where it is a share of something, such as 20 for a tax.

    `kind` is sales_tax, airport_surcharge, vehicle_licence_fee, one_way_fee or young_driver_fee.
    """

    kind: str
    description: str
    amount: Decimal
    percent: Decimal | None = None


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """Free until so many hours before pick-up, None: never free. Later `late_fee`, who does not come pays `no_show_fee`."""

    free_until_hours_before: int | None
    late_fee: Decimal
    no_show_fee: Decimal


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """`timing` is pay_later (at the counter) or pay_now. `base` is the sum of `rate`, `total` that and all charges."""

    timing: str
    rate_code: str
    rate: tuple[RateLine, ...]
    base: Decimal
    charges: tuple[Charge, ...]
    total: Decimal
    cancellation: Cancellation


class Mileage(msgspec.Struct, frozen=True, kw_only=True):
    """`unit` is km or mi. Both figures None where it is unlimited."""

    unit: str
    a_day: int | None
    each_beyond: Decimal | None

    @property
    def unlimited(self) -> bool:
        return self.a_day is None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is CDW, TP, TPL, SCDW, PAI, PEP, ALI or RSN. Amounts with tax, 0 where `included`.

    `excess` is what the renter still pays for damage or theft, None where the coverage knows no such thing.
    """

    code: str
    name: str
    included: bool
    a_day: Decimal
    whole_rental: Decimal
    excess: Decimal | None


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is GPS, INF, CST, CBS, ADD, SKI, SNO or WFI. Amounts with tax, for one piece; `per` is day or rental.

    `whole_rental` is what one piece costs for this rental, never more than `most_amount`; `most_pieces` can be had.
    """

    code: str
    name: str
    per: str
    amount: Decimal
    most_amount: Decimal | None
    whole_rental: Decimal
    most_pieces: int


class CarQuote(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in `currency`, that of the pick-up station's country, with its usual digits. Times are local and naive.

    `mpg` are miles for a US gallon, in town and on the motorway; None for an electric car. `model` is an example.
    """

    seller: str
    pick_up: str
    drop_off: str
    pick_up_at: datetime
    drop_off_at: datetime
    days: int
    acriss: str
    model: str
    doors: int
    seats: int
    large_bags: int
    small_bags: int
    mpg: tuple[int, int] | None
    fuel: str
    transmission: str
    air_conditioning: bool
    currency: str
    tax_percent: Decimal
    pay_later: Price
    pay_now: Price | None
    mileage: Mileage
    coverages: tuple[Coverage, ...]
    extras: tuple[Extra, ...]
    deposit: Decimal
    fuel_policy: str
    minimum_age: int
    cars_left: int
