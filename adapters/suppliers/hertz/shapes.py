"""The words of each answer, with those that we know and pass over: they repeat others, or tell nobody anything."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.kit.drift import Shape
from adapters.suppliers.hertz import wire, wire_reservations

_ENVELOPE: Final = (
    *("Success", "Errors", "Version", "Target", "TimeStamp", "EchoToken", "SequenceNmbr", "TransactionIdentifier"),
    *("TransactionStatusCode", "RetransmissionIndicator", "PrimaryLangID", "AltLangID", "schemaLocation"),
)
_WARNED: Final = ("Type", "RecordID", "Status", "Tag", "Language", "DocURL")
_CHARGE: Final = ("GuaranteedInd", "MinMax", "DecimalPlaces")
_QUALIFIER: Final = ("RateCategory", "TravelPurpose", "CorpDiscountNmbr", "RatePeriod", "GuaranteedInd", "PromoDesc")
_RULE: Final = ("PaymentType", "DecimalPlaces")
# Air conditioning, gears, size and category stand in the four letters; fuel and drive come as unspecified.
_VEHICLE: Final = (
    *("AirConditionInd", "TransmissionType", "FuelType", "DriveType", "CodeContext", "VehClass", "VendorCarType"),
    *("VehType.VehicleCategory", "VehMakeModel.Code", "VehMakeModel.ModelYear", "VehIdentity"),
)
_COUNTER: Final = (
    *("CodeContext", "AssocAirportLocList", "Telephone[].PhoneTechType", "Telephone[].FormattedInd"),
    *("Address[].CountryName.#text", "Address[].County", "Address[].BldgRoom", "AdditionalInfo.VehRentLocInfos"),
    *("AdditionalInfo.ParkLocation", "AdditionalInfo.CounterLocation", "AdditionalInfo.Shuttle"),
    "AdditionalInfo.OneWayDropLocations",
)


def _beneath(path: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{path}.{name}" for name in names)


def _rate(path: str) -> frozenset[str]:
    charge = f"{path}.VehicleCharges.VehicleCharge[]"
    return (
        _beneath(charge, (*_CHARGE, "Calculation[].Quantity", "Calculation[].Percentage"))
        | _beneath(f"{path}.RateQualifier", _QUALIFIER)
        | _beneath(path, ("RateGuarantee", "PickupReturnRule", "RateRestrictions.MaximumVehiclesAllowed"))
    )


def _fees(path: str) -> frozenset[str]:
    return _beneath(f"{path}.Fees.Fee[]", _CHARGE)


def _coverages(path: str) -> frozenset[str]:
    coverage = f"{path}.PricedCoverages.PricedCoverage[]"
    details = _beneath(f"{coverage}.Coverage", ("Code", "Details[].CoverageTextType"))
    return details | _beneath(f"{coverage}.Charge", (*_CHARGE, "Calculation[].Quantity"))


def _warnings() -> frozenset[str]:
    return _beneath("Warnings.Warning[]", _WARNED)


def _availability() -> Shape:
    vendor = "VehAvailRSCore.VehVendorAvails.VehVendorAvail[]"
    car = f"{vendor}.VehAvails.VehAvail[]"
    core, info = f"{car}.VehAvailCore", f"{car}.VehAvailInfo"
    place = "VehAvailRSCore.VehRentalCore.PickUpLocation[]"
    return Shape(
        type=wire.Availability,
        records=MappingProxyType({car: wire.VehAvail}),
        passed_over=frozenset(_ENVELOPE)
        | _warnings()
        | _rate(f"{core}.RentalRate[]")
        | _fees(core)
        | _coverages(info)
        | _beneath(f"{core}.Vehicle", _VEHICLE)
        | _beneath(f"{core}.TotalCharge[]", ("RateTotalAmount",))
        | _beneath(f"{core}.PricedEquips.PricedEquip[]", ("Equipment.Quantity", "Charge.Calculation[].Quantity"))
        | _beneath(f"{info}.PaymentRules.PaymentRule[]", _RULE)
        | _beneath(f"{vendor}.Info.LocationDetails[]", _COUNTER)
        | _beneath(f"{vendor}.Info.VendorMessages.VendorMessage[]", ("InfoType", "Title"))
        | {f"{place}.CodeContext", "VehAvailRSCore.VehRentalCore.ReturnLocation.CodeContext", "VehAvailRSInfo"},
    )


def _reserved(wire_type: type[wire_reservations.Booked | wire_reservations.Retrieved], core: str) -> Shape:
    """Who rents what, when and where is what we asked for; number, price and terms are what we read."""
    reservation = f"{core}.VehReservation"
    segment, info = f"{reservation}.VehSegmentCore", f"{reservation}.VehSegmentInfo"
    return Shape(
        type=wire_type,
        passed_over=frozenset(_ENVELOPE)
        | _warnings()
        | _rate(f"{segment}.RentalRate")
        | _fees(segment)
        | _coverages(info)
        | _beneath(segment, ("VehRentalCore", "Vehicle", "PricedEquips", "TotalCharge.RateTotalAmount"))
        | _beneath(info, ("LocationDetails", "RentalPaymentAmount", "PricedOffLocService", "TourInfo"))
        | _beneath(f"{info}.PaymentRules.PaymentRule[]", _RULE)
        | _beneath(reservation, ("Customer", "CreateDateTime", "CreatorID", "LastModifyDateTime", "LastModifierID")),
    )


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "availability": _availability(),
        "book": _reserved(wire_reservations.Booked, "VehResRSCore"),
        "retrieve": _reserved(wire_reservations.Retrieved, "VehRetResRSCore"),
        "cancel": Shape(
            type=wire_reservations.Cancelled,
            passed_over=frozenset(_ENVELOPE)
            | _beneath("VehCancelRSCore.CancelRules.CancelRule[]", ("CancelByDate", "DecimalPlaces", "PaymentCard"))
            | {"VehCancelRSInfo", "Warnings"},
        ),
        "locations": Shape(
            type=wire_reservations.Locations,
            records=MappingProxyType({"VehMatchedLocs.VehMatchedLoc[]": wire_reservations.MatchedLoc}),
            passed_over=frozenset(_ENVELOPE)
            | _beneath("VehMatchedLocs.VehMatchedLoc[].LocationDetail", _COUNTER)
            | {"VehMatchedLocs.VehMatchedLoc[].AlternateLocInd", "Vendor", "Warnings"},
        ),
    }
)

# What renters are told by; a counter's own telephone and street go with theirs.
PRIVATE: Final = frozenset(
    {"GivenName", "Surname", "Email", "PhoneNumber", "AddressLine", "PostalCode", "MembershipID", "DocID", "CardNumber"}
)
