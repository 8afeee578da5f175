"""One car at one rate on paper, in availability and in reservations alike."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec

from adapters.suppliers.hertz.sandbox.asked import Rental
from adapters.suppliers.hertz.sandbox.papers import Element, element, some, wall_clock

_SIZES: Final = {"M": 1, "N": 33, "E": 3, "C": 4, "I": 6, "S": 7, "F": 8, "P": 10, "L": 9}
_ANY_SIZE: Final = 22
_CATEGORIES: Final = {"V": 2, "F": 3, "T": 4, "W": 8, "Q": 9}
_ANY_CAR: Final = 1
_TRANSMISSIONS: Final = {"manual": "Manual", "automatic": "Automatic"}
_UNITS: Final = {"day": "Day", "week": "Week", "rental": "RentalPeriod"}
_DISTANCES: Final = {"mi": "Mile", "km": "Km"}

# What a charge is for -> code of the list VCP.
_RENTAL, _EACH_MORE = 1, 8
_PURPOSES: Final = {"airport_surcharge": 5, "vehicle_licence_fee": 6, "one_way_fee": 2, "young_driver_fee": 13}
_TAX: Final = "sales_tax"
_COVERAGES: Final = {"CDW": 7, "TP": 48, "TPL": 50, "SCDW": 40, "PAI": 32, "PEP": 35, "ALI": 1, "RSN": 59}  # list VCT
_LEISURE: Final = 3
_CANCEL, _PREPAY, _DEPOSIT = 1, 2, 3  # list RUL


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A quote of the world at one of its prices, for `total`: the price's own, unless something else was agreed.

    `equipment` are code, pieces and the world's extra, `covered` the world's coverages; both are in the total where
    `equipped`.
    """

    asked: Rental
    quote: Any
    price: Any
    total: Decimal
    equipment: list[tuple[str, int, Any]]
    covered: frozenset[str] = frozenset()
    equipped: bool = False

    @property
    def prepaid(self) -> bool:
        return bool(self.price.timing == "pay_now")

    @property
    def estimated(self) -> Decimal:
        added = sum((extra.whole_rental * pieces for _, pieces, extra in self.equipment), Decimal(0))
        for cover in self.quote.coverages:
            if cover.code in self.covered and not cover.included:
                added += cover.whole_rental
        return self.total + added if self.equipped else self.total

    @property
    def base(self) -> Decimal:
        """What another total changes is the rate: fees and taxes stay what they are."""
        return Decimal(self.price.base + self.total - self.price.total)


def vehicle(quote: Any) -> Element:
    """Fuel and drive stay unspecified, and the picture is a bare name of a file."""
    code = quote.acriss
    return element(
        "Vehicle",
        element("VehType", VehicleCategory=_CATEGORIES.get(code[1], _ANY_CAR), DoorCount=quote.doors),
        element("VehClass", Size=_SIZES.get(code[0], _ANY_SIZE)),
        element("VehMakeModel", Name=f"{code[0]} {quote.model} or similar".upper(), Code=code),
        element("PictureURL", f"ZE{code}999.jpg"),
        PassengerQuantity=quote.seats,
        BaggageQuantity=quote.large_bags,
        AirConditionInd=quote.air_conditioning,
        TransmissionType=_TRANSMISSIONS[quote.transmission],
        FuelType="Unspecified",
        DriveType="Unspecified",
        Code=code,
        CodeContext="SIPP",
    )


def rental_rate(sale: Sale) -> Element:
    quote, price = sale.quote, sale.price
    return element(
        "RentalRate",
        _distance(quote.mileage),
        element("VehicleCharges", _rental(sale), *_each_more(quote)),
        element("RateQualifier", RateCategory=_LEISURE, RateQualifier=price.rate_code, ArriveByFlight=False),
        element("RateRestrictions", CancellationPenaltyInd=price.cancellation.free_until_hours_before != 0),
    )


def _distance(mileage: Any) -> Element:
    unit = _DISTANCES[mileage.unit]
    if mileage.unlimited:
        return element("RateDistance", Unlimited=True, DistUnitName=unit, VehiclePeriodUnitName="RentalPeriod")
    return element(
        "RateDistance", Unlimited=False, Quantity=mileage.a_day, DistUnitName=unit, VehiclePeriodUnitName="Day"
    )


def _rental(sale: Sale) -> Element:
    """The tax that stands here is that on the rate alone; what is due on the fees is only in the estimated total."""
    currency, percent = sale.quote.currency, sale.quote.tax_percent
    tax = (sale.base * percent / 100).quantize(sale.total, ROUND_HALF_UP)
    taxes = element(
        "TaxAmounts",
        element("TaxAmount", Total=tax, CurrencyCode=currency, Percentage=percent, Description="Tax"),
    )
    return element(
        "VehicleCharge",
        taxes if tax else None,
        *(
            element("Calculation", UnitCharge=line.amount, UnitName=_UNITS[line.unit], Quantity=line.quantity)
            for line in sale.price.rate
        ),
        Purpose=_RENTAL,
        TaxInclusive=False,
        GuaranteedInd=True,
        Amount=sale.base,
        CurrencyCode=currency,
    )


def _each_more(quote: Any) -> Iterable[Element]:
    mileage = quote.mileage
    if not mileage.unlimited:
        unit = element("Calculation", UnitCharge=mileage.each_beyond, UnitName=_DISTANCES[mileage.unit], Quantity=1)
        yield element(
            "VehicleCharge",
            unit,
            Purpose=_EACH_MORE,
            TaxInclusive=True,
            Amount=mileage.each_beyond,
            CurrencyCode=quote.currency,
            IncludedInEstTotalInd=False,
        )


def total_charge(sale: Sale) -> Element:
    return element(
        "TotalCharge",
        RateTotalAmount=sale.base,
        EstimatedTotalAmount=sale.estimated,
        CurrencyCode=sale.quote.currency,
    )


def fees(sale: Sale) -> Element | None:
    return some(
        "Fees",
        *(
            element(
                "Fee",
                Purpose=_PURPOSES[charge.kind],
                TaxInclusive=False,
                Description=charge.description.upper(),
                Amount=charge.amount,
                CurrencyCode=sale.quote.currency,
            )
            for charge in sale.price.charges
            if charge.kind != _TAX
        ),
    )


def priced_equips(sale: Sale) -> Element | None:
    """Only what was asked for is priced."""
    return some(
        "PricedEquips",
        *(
            element(
                "PricedEquip",
                element("Equipment", EquipType=kind, Quantity=pieces),
                element(
                    "Charge",
                    element("Calculation", UnitCharge=extra.amount, UnitName=_UNITS[extra.per], Quantity=1),
                    Amount=extra.whole_rental * pieces,
                    CurrencyCode=sale.quote.currency,
                    TaxInclusive=True,
                    IncludedInRate=False,
                    IncludedInEstTotalInd=sale.equipped,
                ),
            )
            for kind, pieces, extra in sale.equipment
        ),
    )


def covered(types: list[str]) -> frozenset[str]:
    """The world's coverages of these codes of the list VCT; others nobody sells."""
    return frozenset(code for code, kind in _COVERAGES.items() if str(kind) in types)


def priced_coverages(sale: Sale) -> Element | None:
    """Before the booking all that there are, in the booking what is included or was chosen."""
    covers = sale.quote.coverages
    shown = [cover for cover in covers if not sale.equipped or cover.included or cover.code in sale.covered]
    return some("PricedCoverages", *(_coverage(cover, sale) for cover in shown))


def _coverage(cover: Any, sale: Sale) -> Element:
    quote = sale.quote
    if cover.included:
        charge = element("Charge", IncludedInRate=True, TaxInclusive=False)
    else:
        charge = element(
            "Charge",
            element("Calculation", UnitCharge=cover.a_day, UnitName="Day", Quantity=min(quote.days, 99)),
            Amount=cover.whole_rental,
            CurrencyCode=quote.currency,
            TaxInclusive=True,
            IncludedInRate=False,
            IncludedInEstTotalInd=sale.equipped,
        )
    excess = cover.excess is not None
    details = (
        element("Details", f"EXCESS {cover.excess} {quote.currency}", CoverageTextType="Supplement") if excess else None
    )
    kind = _COVERAGES[cover.code]
    return element("PricedCoverage", element("Coverage", details, CoverageType=kind), charge, Required=False)


def payment_rules(sale: Sale) -> Element:
    """The deposit, the prepayment where there is one, and what it costs to cancel, from when on."""
    currency, terms, begins = sale.quote.currency, sale.price.cancellation, sale.asked.pick_up_at
    rules = [element("PaymentRule", RuleType=_DEPOSIT, Amount=sale.quote.deposit, CurrencyCode=currency)]
    if sale.prepaid:
        prepayment = element("PaymentRule", "THIS RATE REQUIRES PREPAYMENT", RuleType=_PREPAY, Amount=sale.estimated)
        prepayment.set("CurrencyCode", currency)
        rules.append(prepayment)
    hours = terms.free_until_hours_before
    steps = [(None if hours is None else begins - timedelta(hours=hours), terms.late_fee)] if hours != 0 else []
    for since, fee in (*steps, (begins, terms.no_show_fee)):
        rules.append(
            element(
                "PaymentRule",
                RuleType=_CANCEL,
                Amount=min(fee, sale.estimated),
                CurrencyCode=currency,
                DateTime=None if since is None else wall_clock(since),
            )
        )
    return element("PaymentRules", *rules)
