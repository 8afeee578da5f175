"""What each reply may hold: what we read, and what we know and pass over, so that a new word stands out."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.drift import Shape
from adapters.suppliers.avis import wire


def _beneath(path: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{path}.{name}" for name in names)


_AROUND: Final = frozenset({"status", "transaction.system_id", "product.iata_number"})
_UNREAD_AROUND: Final = frozenset({"status", "transaction", "product"})

_COUNTERS: Final = frozenset(
    f"reservation.{counter}.{field}"
    for counter in ("pickup_location", "dropoff_location")
    for field in ("address.state_name",)
)

# Sums of which we have the parts, memberships and coupons that we never show.
_RATE: Final = (
    *(
        "amount",
        "country_code",
        "coupon",
        "coupon_applied",
        "days",
        "discount.description",
        "hours",
        "loyalty",
        "membership",
    ),
    *("rate_guarantee_blob", "central_billing_membership"),
)
_TOTALS: Final = ("fees_total", "netvoucher_total", "original_vehicle_total", "taxes_total")


def _rate_totals(path: str) -> frozenset[str]:
    return frozenset().union(
        *(
            _beneath(f"{path}.{totals}.rate", _RATE)
            | _beneath(f"{path}.{totals}.pay_later", _TOTALS)
            | _beneath(f"{path}.{totals}.pay_now", _TOTALS)
            | _beneath(f"{path}.{totals}.totals", _TOTALS)
            for totals in ("rate_totals", "secondary_rate_totals")
        )
    )


_VEHICLE: Final = _beneath(
    "vehicles[]",
    ("category.vehicle_transmission", "category.small_image_url", "rental_experience.code", "discount", "coupon"),
)
# Of a list of prices: taxes of what nobody has chosen yet, and amounts in the other currency.
_INSURANCE: Final = _beneath(
    "reservation.insurance[]",
    (
        *("total_owed", "selection_note", "tax_included", "secondary_amount", "secondary_currency"),
        *("secondary_excess_amount", "secondary_total_owed"),
    ),
)
_EXTRA: Final = _beneath(
    "reservation.extras[]",
    (
        *("type", "tax_amount", "total_owed", "pickup_type", "tax_included", "secondary_amount"),
        *("secondary_currency", "secondary_tax_amount", "secondary_total_owed"),
    ),
)
# We sent most of it, and the rest was told with the quote.
_RESERVATION: Final = (
    _AROUND
    | _beneath(
        "reservation",
        (
            *("arrival_flight", "brand", "confirmation.pickup_date", "confirmation.dropoff_date", "customer"),
            *("confirmation.skip_the_queue", "disclaimers", "distance", "dropoff_location", "extras", "insurance"),
            *("payment_preference", "pickup_location", "rental_experience", "terms", "vehicle.capacity"),
            *("vehicle.features", "vehicle.category.vehicle_transmission", "vehicle.category.small_image_url"),
        ),
    )
    | _rate_totals("reservation")
)
_RECORDS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType(
    {
        "reservation.rate_totals": wire.RateTotals,
        "reservation.secondary_rate_totals": wire.RateTotals,
        "reservation.vehicle": wire.Reserved,
    }
)

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "locations": Shape(
            type=wire.Locations,
            records={"locations[]": wire.Listed},
            passed_over=_UNREAD_AROUND
            | _beneath(
                "locations[]",
                (
                    *("address.state_name", "afterhours_return", "brand", "distance", "dual_branded_location_mnemonic"),
                    *("holiday_hours", "hours_of_operation", "skip_the_queue"),
                ),
            ),
        ),
        "availability": Shape(
            type=wire.Availability,
            records={"vehicles[]": wire.Vehicle},
            passed_over=_AROUND
            | _COUNTERS
            | _VEHICLE
            | _rate_totals("vehicles[]")
            | {"coupon", "discount", "transaction", "reservation.brand", "reservation.distance"}
            | {"reservation.terms[].method"},
        ),
        "rates": Shape(
            type=wire.Rates,
            passed_over=_UNREAD_AROUND
            | _COUNTERS
            | _INSURANCE
            | _EXTRA
            | _rate_totals("reservation")
            | {"reservation.brand", "reservation.rental_experience", "reservation.terms[].method"},
        ),
        "book": Shape(type=wire.Booked, records=_RECORDS, passed_over=_RESERVATION),
        "retrieve": Shape(type=wire.Booked, records=_RECORDS, passed_over=_RESERVATION),
        "cancel": Shape(
            type=wire.Cancelled, passed_over=frozenset({"status.request_time", "transaction", "product", "reservation"})
        ),
    }
)
