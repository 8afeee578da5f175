"""The words of reservations, cancellations and counters; those that availability shares are in wire.py."""

from decimal import Decimal
from typing import Any

from msgspec import field

from adapters.suppliers.hertz.wire import (
    Fees,
    LocationDetails,
    PaymentRules,
    PricedCoverages,
    RentalRate,
    TotalCharge,
    UniqueId,
    Vendor,
    VendorMessages,
    Warnings,
    Words,
)

# ---- a reservation, as booked and as retrieved ----


class SegmentCore(Words, frozen=True, kw_only=True):
    conf_id: list[UniqueId] = field(default_factory=list, name="ConfID")
    vendor: Vendor | None = None
    rental_rate: RentalRate | None = None
    fees: Fees | None = None
    total_charge: TotalCharge | None = None


class SegmentInfo(Words, frozen=True, kw_only=True):
    payment_rules: PaymentRules | None = None
    priced_coverages: PricedCoverages | None = None
    vendor_messages: VendorMessages | None = None


class Reservation(Words, frozen=True, kw_only=True):
    veh_segment_core: SegmentCore
    veh_segment_info: SegmentInfo | None = None


class ReservationCore(Words, frozen=True, kw_only=True):
    reservation_status: str | None = None
    veh_reservation: Reservation


class Booked(Words, frozen=True, kw_only=True):
    """OTA_VehResRS."""

    core: ReservationCore = field(name="VehResRSCore")
    warnings: Warnings | None = None


class NumberedSegment(Words, frozen=True, kw_only=True):
    conf_id: list[UniqueId] = field(name="ConfID")


class NumberedReservation(Words, frozen=True, kw_only=True):
    veh_segment_core: NumberedSegment


class NumberedCore(Words, frozen=True, kw_only=True):
    veh_reservation: NumberedReservation


class Numbered(Words, frozen=True, kw_only=True):
    """OTA_VehResRS, of which nothing else can be read: the car is booked all the same."""

    core: NumberedCore = field(name="VehResRSCore")


class Retrieved(Words, frozen=True, kw_only=True):
    """OTA_VehRetResRS."""

    core: ReservationCore = field(name="VehRetResRSCore")
    warnings: Warnings | None = None


# ---- a cancellation ----


class CancelRule(Words, frozen=True, kw_only=True):
    """`type` is Refund, Charge or Forfeiture."""

    type: str | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    currency_code: str | None = None


class CancelRules(Words, frozen=True, kw_only=True):
    cancel_rule: tuple[CancelRule, ...] = ()


class CancelCore(Words, frozen=True, kw_only=True):
    cancel_status: str
    cancel_rules: CancelRules | None = None
    unique_id: UniqueId | None = field(default=None, name="UniqueID")


class Cancelled(Words, frozen=True, kw_only=True):
    """OTA_VehCancelRS."""

    core: CancelCore = field(name="VehCancelRSCore")


# ---- counters ----


class MatchedLocs(Words, frozen=True, kw_only=True):
    """Records left apart, each a MatchedLoc."""

    veh_matched_loc: tuple[Any, ...] = ()


class MatchedLoc(Words, frozen=True, kw_only=True):
    location_detail: LocationDetails


class Locations(Words, frozen=True, kw_only=True):
    """OTA_VehLocSearchRS."""

    veh_matched_locs: MatchedLocs
