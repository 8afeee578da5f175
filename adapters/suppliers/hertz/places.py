"""Counters: where they are, when they are open, and what their clocks show."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.xml import each_element, tag
from adapters.suppliers.hertz import wire, wire_reservations
from adapters.suppliers.hertz.messages import answer, message
from domain.cars import RentalPlace
from domain.enquiries import RentalPlaceEnquiry
from domain.hotels import Address
from domain.places import Atlas
from domain.times import at_airport

# How OpenTravel spells the days.
_DAYS: Final = ("mon", "tue", "weds", "thur", "fri", "sat", "sun")
_SHOWN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def ask(enquiry: RentalPlaceEnquiry) -> Call:
    """A point of sale changes rates, and no counter has one."""
    criterion = tag(
        "VehLocSearchCriterion", tag("RefPoint", enquiry.airport), ExactMatch=True, ImportanceType="Mandatory"
    )
    return message("locations", criterion, market=None)


def read(reply: Reply, _: Call, enquiry: RentalPlaceEnquiry, __: Atlas) -> Readout[RentalPlace]:
    told = answer(reply, "locations", wire_reservations.Locations)

    def place(matched: wire_reservations.MatchedLoc) -> RentalPlace:
        return counter(matched.location_detail, enquiry.airport)

    places, skipped = each_element(
        told.veh_matched_locs.veh_matched_loc, wire_reservations.MatchedLoc, place, "VehMatchedLoc"
    )
    return Readout(records=places, skipped=skipped)


def counter(told: wire.LocationDetails, airport: str) -> RentalPlace:
    """Raises ValueError for a counter without a code. The long code names one counter, the short one an airport's first."""
    code = told.extended_location_code or told.code
    if not code:
        raise ValueError("a counter without a code")
    return RentalPlace(
        airport=airport,
        code=code,
        name=told.name,
        at_airport=told.at_airport,
        address=_address(told.address[0]) if told.address else Address(),
        phone=next((phone.phone_number for phone in told.telephone if phone.phone_number), None),
    )


def _address(told: wire.Address) -> Address:
    """The state stands in the last line, where the model has no field of its own for it."""
    state = told.state_prov.text or told.state_prov.state_code if told.state_prov else None
    lines = (told.street_nmbr, *told.address_line, state)
    return Address(
        lines=tuple(line for line in lines if line),
        city=told.city_name,
        postal_code=told.postal_code,
        country=told.country_name.code if told.country_name else None,
    )


def hours(told: wire.LocationDetails) -> str | None:
    """`Mon Tue 07:00-22:00; Sun 09:00-12:00`, on the counter's own clock; None where they are not told."""
    schedules = told.additional_info.operation_schedules if told.additional_info else None
    if schedules is None:
        return None
    times = [
        time
        for schedule in schedules.operation_schedule
        if schedule.operation_times
        for time in schedule.operation_times.operation_time
    ]
    return "; ".join(filter(None, (" ".join(_opening(time)) for time in times))) or None


def _opening(told: wire.OperationTime) -> Iterator[str]:
    yield from (shown for day, shown in zip(_DAYS, _SHOWN, strict=True) if getattr(told, day))
    if told.start and told.end:
        yield f"{told.start[:5]}-{told.end[:5]}"
    if told.text:
        yield told.text


def at_counter(told: str | None, zone: ZoneInfo) -> datetime:
    """The clock on the counter's wall. Whatever offset is told is not the counter's, and is dropped.

    Raises ValueError for anything but a date and a time.
    """
    if not told or "T" not in told:
        raise ValueError(f"{told!r} is not a date and a time")
    return at_airport(datetime.fromisoformat(told).replace(tzinfo=None), zone)
