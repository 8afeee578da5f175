"""One car at one rate, as availability tells it: class, rate code, quote reference, price and terms."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from adapters.kit.xml import each_element
from adapters.suppliers.hertz import wire
from adapters.suppliers.hertz.charges import Price, estimated, price
from adapters.suppliers.hertz.messages import BRAND
from adapters.suppliers.hertz.terms import Told, conditions, remarks
from adapters.suppliers.hertz.words import BRANDS
from domain.acriss import car_class
from domain.cars import Car, RentalConditions
from domain.searches import SkippedRecord

Record = TypeVar("Record")

_PICTURES: Final = "https://images.hertz.com/vehicles/220x128/"
_ON_REQUEST: Final = "OnRequest"
_RENTABLE: Final = frozenset({None, "Available", _ON_REQUEST})


class Key(msgspec.Struct, frozen=True, array_like=True):
    """What names a rate: one class has several, and an airport several counters. `quote` keeps its price for a while."""

    brand: str
    acriss: str
    rate_code: str | None
    pick_up: str
    drop_off: str
    quote: str | None

    @property
    def written(self) -> str:
        return msgspec.json.encode(self).decode()

    def same_rate(self, other: "Key") -> bool:
        return msgspec.structs.astuple(self)[:-1] == msgspec.structs.astuple(other)[:-1]


class Rated(msgspec.Struct, frozen=True, kw_only=True):
    """`prepaid`: it has to be paid for before the car is picked up."""

    key: Key
    car: Car
    price: Price
    conditions: RentalConditions
    prepaid: bool
    extra: dict[str, str]


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Codes of the counters that an answer is about, the clock of the first, and what is said beside a success."""

    pick_up: str
    drop_off: str
    zone: ZoneInfo
    warnings: str


def counters(told: wire.Availability, zone: ZoneInfo) -> Counters:
    """Raises ValueError for an answer that names no place."""
    core = told.veh_avail_rs_core.veh_rental_core
    pick_up = core.pick_up_location[0] if core.pick_up_location else wire.Place()
    code = place_code(pick_up)
    return Counters(
        pick_up=code,
        drop_off=place_code(core.return_location) if core.return_location else code,
        zone=zone,
        warnings=warned(told.warnings),
    )


def place_code(told: wire.Place) -> str:
    """Raises ValueError where there is none. The long one names a counter; the short one may be an airport's."""
    code = told.extended_location_code or told.location_code
    if not code:
        raise ValueError("names no place")
    return code


def rates(
    told: wire.VendorAvail, at: Counters, index: int, make: Callable[[Rated], Record]
) -> tuple[tuple[Record, ...], tuple[SkippedRecord, ...]]:
    """What `make` makes of every rate of one brand, and by name those that can't be read."""

    def read(avail: wire.VehAvail) -> Record:
        return make(rated(avail, told, at))

    where = f"VehVendorAvail[{index}].VehAvail"
    return each_element(told.veh_avails.veh_avail, wire.VehAvail, read, where)


def rated(told: wire.VehAvail, vendor: wire.VendorAvail, at: Counters) -> Rated:
    """Raises ValueError, with the reason, for a car that can't be rented, or whose price can't be trusted."""
    core = told.veh_avail_core
    if core.status not in _RENTABLE:
        raise ValueError(f"is {core.status}")
    terms = _told(told, vendor.info)
    bill = price(
        estimated(core.total_charge),
        terms.rate.vehicle_charges.vehicle_charge if terms.rate.vehicle_charges else (),
        core.fees.fee if core.fees else (),
        terms.required,
        on_site=not terms.prepaid,
    )
    code = terms.rate.rate_qualifier.rate_qualifier if terms.rate.rate_qualifier else None
    car = _car(core.vehicle)
    return Rated(
        key=Key(
            brand=(vendor.vendor.code if vendor.vendor else None) or BRAND,
            acriss=car.acriss,
            rate_code=code,
            pick_up=at.pick_up,
            drop_off=at.drop_off,
            quote=core.reference.id if core.reference else None,
        ),
        car=car,
        price=bill,
        conditions=conditions(terms, bill.total, at.zone, on_request=core.status == _ON_REQUEST),
        prepaid=terms.prepaid,
        extra={**bill.extra, **remarks(terms), **dict(_beside(code, core, vendor.info, at))},
    )


def _told(told: wire.VehAvail, beside: wire.VendorInfo | None) -> Told:
    """Rules may stand with the car, and with the brand for all its cars. A rate in converted money is passed over."""
    core, info = told.veh_avail_core, told.veh_avail_info or wire.AvailInfo()
    return Told(
        rate=next((rate for rate in core.rental_rate if not _converted(rate)), wire.RentalRate()),
        coverages=tuple(info.priced_coverages.priced_coverage) if info.priced_coverages else (),
        equipment=tuple(core.priced_equips.priced_equip) if core.priced_equips else (),
        rules=(*_rules(info.payment_rules), *_rules(beside.payment_rules if beside else None)),
    )


def _rules(told: wire.PaymentRules | None) -> Iterable[wire.PaymentRule]:
    return told.payment_rule if told else ()


def _converted(rate: wire.RentalRate) -> bool:
    return rate.vehicle_charges is not None and any(
        charge.rate_convert_ind for charge in rate.vehicle_charges.vehicle_charge
    )


def _car(told: wire.Vehicle) -> Car:
    """Raises ValueError for a class that is not in the ACRISS matrix. The picture is told as a bare file name."""
    model, picture = told.veh_make_model, told.picture_url
    return Car(
        acriss=car_class(told.code or "").code,
        example=model.name if model else None,
        seats=_count(told.passenger_quantity),
        doors=_count(told.veh_type.door_count if told.veh_type else None),
        large_bags=_count(told.baggage_quantity),
        picture=picture if picture is None or "://" in picture else f"{_PICTURES}{picture}",
    )


def _count(told: str | None) -> int | None:
    """None also for `4-5`, which is no number of anything."""
    return int(told) if told and told.isascii() and told.isdecimal() else None


def _beside(
    code: str | None, core: wire.AvailCore, info: wire.VendorInfo | None, at: Counters
) -> Iterator[tuple[str, str]]:
    if code:
        yield "rate_code", code
    if core.is_alternate_ind:
        yield "alternative", "true"
    if at.warnings:
        yield "warnings", at.warnings
    if said := messages(info.vendor_messages if info else None):
        yield "messages", said


def warned(told: wire.Warnings | None) -> str:
    texts = (warning.short_text or warning.text for warning in (told.warning if told else ()))
    return "; ".join(dict.fromkeys(text for text in texts if text))


def messages(told: wire.VendorMessages | None) -> str:
    texts = (
        text.text
        for message in (told.vendor_message if told else ())
        for section in message.sub_section
        for paragraph in section.paragraph
        for text in paragraph.text
    )
    return "; ".join(dict.fromkeys(text for text in texts if text))


def brand_name(code: str) -> str:
    return BRANDS.get(code, code)
