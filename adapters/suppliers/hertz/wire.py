"""The words of OpenTravel's 2007A vehicle messages that we read, as they are spelled; all others are passed over.

Attributes and children are fields alike. Almost everything is optional in the schemas, and what Hertz leaves out is not
known; what an offer or an order can't do without is asked for where it is read.
"""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import field

TEXT = "#text"


class Words(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="pascal"):
    """`pick_up_location` is spelled `PickUpLocation`."""


# ---- what all answers share ----


class Warned(Words, frozen=True, kw_only=True):
    """Beside a success. `code` is one of the list ERR, where there is one."""

    code: str | None = None
    short_text: str | None = None
    text: str | None = field(default=None, name=TEXT)


class Warnings(Words, frozen=True, kw_only=True):
    warning: list[Warned] = []


class UniqueId(Words, frozen=True, kw_only=True):
    """`type` 14 is a reservation, 15 a cancellation, 16 a quote."""

    type: str | None = None
    id: str | None = field(default=None, name="ID")


class Vendor(Words, frozen=True, kw_only=True):
    code: str | None = None
    text: str | None = field(default=None, name=TEXT)


class Place(Words, frozen=True, kw_only=True):
    location_code: str | None = None
    extended_location_code: str | None = None


class RentalCore(Words, frozen=True, kw_only=True):
    """Both times end in an offset that is not the place's own."""

    pick_up_date_time: str | None = None
    return_date_time: str | None = None
    pick_up_location: list[Place] = []
    return_location: Place | None = None


# ---- where ----


class Country(Words, frozen=True, kw_only=True):
    code: str | None = None


class State(Words, frozen=True, kw_only=True):
    state_code: str | None = None
    text: str | None = field(default=None, name=TEXT)


class Address(Words, frozen=True, kw_only=True):
    street_nmbr: str | None = None
    address_line: list[str] = []
    city_name: str | None = None
    postal_code: str | None = None
    state_prov: State | None = None
    country_name: Country | None = None


class Telephone(Words, frozen=True, kw_only=True):
    phone_number: str | None = None


class OperationTime(Words, frozen=True, kw_only=True):
    """Open on the days whose flag is set, from `start` to `end`."""

    mon: bool = False
    tue: bool = False
    weds: bool = False
    thur: bool = False
    fri: bool = False
    sat: bool = False
    sun: bool = False
    start: str | None = None
    end: str | None = None
    text: str | None = None


class OperationTimes(Words, frozen=True, kw_only=True):
    operation_time: list[OperationTime] = []


class OperationSchedule(Words, frozen=True, kw_only=True):
    operation_times: OperationTimes | None = None


class OperationSchedules(Words, frozen=True, kw_only=True):
    operation_schedule: list[OperationSchedule] = []


class AdditionalInfo(Words, frozen=True, kw_only=True):
    operation_schedules: OperationSchedules | None = None


class LocationDetails(Words, frozen=True, kw_only=True):
    code: str | None = None
    extended_location_code: str | None = None
    name: str | None = None
    at_airport: bool | None = None
    address: list[Address] = []
    telephone: list[Telephone] = []
    additional_info: AdditionalInfo | None = None


# ---- how much ----


class TaxAmount(Words, frozen=True, kw_only=True):
    total: Decimal
    currency_code: str | None = None
    percentage: Decimal | None = None
    description: str | None = None


class TaxAmounts(Words, frozen=True, kw_only=True):
    tax_amount: list[TaxAmount] = []


class Calculation(Words, frozen=True, kw_only=True):
    unit_charge: Decimal | None = None
    unit_name: str | None = None


class Charge(Words, frozen=True, kw_only=True):
    """Of a rental, a fee, a coverage or a piece of equipment. `purpose` is a code of the list VCP."""

    purpose: str | None = None
    description: str | None = None
    amount: Decimal | None = None
    currency_code: str | None = None
    tax_inclusive: bool | None = None
    included_in_rate: bool | None = None
    included_in_est_total_ind: bool | None = None
    rate_convert_ind: bool | None = None
    tax_amounts: TaxAmounts | None = None
    calculation: list[Calculation] = []


class VehicleCharges(Words, frozen=True, kw_only=True):
    vehicle_charge: list[Charge] = []


class Fees(Words, frozen=True, kw_only=True):
    fee: list[Charge] = []


class TotalCharge(Words, frozen=True, kw_only=True):
    """`estimated_total_amount` has the mandatory fees and the taxes in it."""

    estimated_total_amount: Decimal | None = None
    currency_code: str | None = None
    rate_convert_ind: bool | None = None


# ---- on what terms ----


class RateDistance(Words, frozen=True, kw_only=True):
    unlimited: bool | None = None
    quantity: int | None = None
    dist_unit_name: str | None = None
    vehicle_period_unit_name: str | None = None


class RateQualifier(Words, frozen=True, kw_only=True):
    """`rate_qualifier` is the rate code."""

    rate_qualifier: str | None = None
    promotion_code: str | None = None
    arrive_by_flight: bool | None = None


class RateRestrictions(Words, frozen=True, kw_only=True):
    arrive_by_flight: bool | None = None
    minimum_day_ind: bool | None = None
    maximum_day_ind: bool | None = None
    advanced_booking_ind: bool | None = None
    restricted_mileage_ind: bool | None = None
    corporate_rate_ind: bool | None = None
    guarantee_req_ind: bool | None = None
    overnight_ind: bool | None = None
    one_way_policy: str | None = None
    cancellation_penalty_ind: bool | None = None
    modification_penalty_ind: bool | None = None


class RentalRate(Words, frozen=True, kw_only=True):
    rate_distance: list[RateDistance] = []
    vehicle_charges: VehicleCharges | None = None
    rate_qualifier: RateQualifier | None = None
    rate_restrictions: RateRestrictions | None = None


class CoverageDetails(Words, frozen=True, kw_only=True):
    text: str | None = field(default=None, name=TEXT)


class Coverage(Words, frozen=True, kw_only=True):
    coverage_type: str
    details: list[CoverageDetails] = []


class PricedCoverage(Words, frozen=True, kw_only=True):
    coverage: Coverage
    charge: Charge
    required: bool | None = None


class PricedCoverages(Words, frozen=True, kw_only=True):
    priced_coverage: list[PricedCoverage] = []


class Equipment(Words, frozen=True, kw_only=True):
    equip_type: str
    description: str | None = None


class PricedEquip(Words, frozen=True, kw_only=True):
    equipment: Equipment
    charge: Charge
    required: bool | None = None


class PricedEquips(Words, frozen=True, kw_only=True):
    priced_equip: list[PricedEquip] = []


class PaymentRule(Words, frozen=True, kw_only=True):
    """`rule_type` is a code of the list RUL: 1 cancel, 2 prepay, 3 deposit, 4 guarantee."""

    rule_type: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    currency_code: str | None = None
    date_time: str | None = None
    text: str | None = field(default=None, name=TEXT)


class PaymentRules(Words, frozen=True, kw_only=True):
    payment_rule: list[PaymentRule] = []


class Text(Words, frozen=True, kw_only=True):
    text: str | None = field(default=None, name=TEXT)


class Paragraph(Words, frozen=True, kw_only=True):
    text: list[Text] = []


class SubSection(Words, frozen=True, kw_only=True):
    paragraph: list[Paragraph] = []


class VendorMessage(Words, frozen=True, kw_only=True):
    sub_section: list[SubSection] = []


class VendorMessages(Words, frozen=True, kw_only=True):
    vendor_message: list[VendorMessage] = []


# ---- the car ----


class VehType(Words, frozen=True, kw_only=True):
    door_count: str | None = None


class MakeModel(Words, frozen=True, kw_only=True):
    name: str | None = None


class Vehicle(Words, frozen=True, kw_only=True):
    """`code` is the SIPP, which the trade calls ACRISS by now; `picture_url` a bare file name."""

    code: str | None = None
    passenger_quantity: str | None = None
    baggage_quantity: str | None = None
    veh_type: VehType | None = None
    veh_make_model: MakeModel | None = None
    picture_url: str | None = field(default=None, name="PictureURL")


# ---- availability ----


class AvailCore(Words, frozen=True, kw_only=True):
    vehicle: Vehicle
    status: str | None = None
    is_alternate_ind: bool | None = None
    rental_rate: list[RentalRate] = []
    total_charge: list[TotalCharge] = []
    priced_equips: PricedEquips | None = None
    fees: Fees | None = None
    reference: UniqueId | None = None


class AvailInfo(Words, frozen=True, kw_only=True):
    priced_coverages: PricedCoverages | None = None
    payment_rules: PaymentRules | None = None


class VehAvail(Words, frozen=True, kw_only=True):
    veh_avail_core: AvailCore
    veh_avail_info: AvailInfo | None = None


class VehAvails(Words, frozen=True, kw_only=True):
    """Records left apart, each a VehAvail."""

    veh_avail: list[Any] = []


class VendorInfo(Words, frozen=True, kw_only=True):
    vendor_messages: VendorMessages | None = None
    payment_rules: PaymentRules | None = None
    location_details: list[LocationDetails] = []


class VendorAvail(Words, frozen=True, kw_only=True):
    vendor: Vendor | None = None
    veh_avails: VehAvails
    info: VendorInfo | None = None


class VendorAvails(Words, frozen=True, kw_only=True):
    veh_vendor_avail: list[VendorAvail] = []


class AvailRsCore(Words, frozen=True, kw_only=True):
    veh_rental_core: RentalCore
    veh_vendor_avails: VendorAvails


class Availability(Words, frozen=True, kw_only=True):
    """OTA_VehAvailRateRS."""

    veh_avail_rs_core: AvailRsCore = field(name="VehAvailRSCore")
    warnings: Warnings | None = None
