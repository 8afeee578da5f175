"""Search: our question as OTA_VehAvailRateRQ, and the cars of the answer as offers."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import GiveUp
from adapters.kit.xml import Tag, tag
from adapters.suppliers.hertz import wire
from adapters.suppliers.hertz.messages import BRAND, QUOTE, SEARCH, SLUG, answer, message
from adapters.suppliers.hertz.places import at_counter, counter, hours
from adapters.suppliers.hertz.rates import Counters, Key, Rated, brand_name, counters, rates
from domain.cars import Rental, RentalPlace
from domain.offers import Offer, RentalOffer, offer_id
from domain.places import Atlas, is_iata_airport
from domain.queries import CarQuery
from domain.searches import Outcome, SkippedRecord

LIVE_FOR: Final = timedelta(minutes=20)  # of a quote reference; nobody has seen how long it really holds

# Under this name an offer remembers the clock of its counter: whoever asks for a quote has no atlas.
CLOCK: Final = "pick_up_clock"

_MOST_CARS: Final = 99
_LEISURE: Final = "2"


def ask(query: CarQuery) -> Call:
    return _asked(query, sequence=SEARCH)


def ask_again(query: CarQuery, key: Key) -> Call:
    """For the same class at the same counters and the same rate."""
    return _asked(query, sequence=QUOTE, key=key)


def _asked(query: CarQuery, *, sequence: str, key: Key | None = None) -> Call:
    """The schema is a sequence: brands, classes, driver, rate, in this order."""
    core = tag(
        "VehAvailRQCore",
        rental(query, key),
        tag("VendorPrefs", tag("VendorPref", Code=key.brand if key else BRAND)),
        tag("VehPrefs", tag("VehPref", Code=key.acriss, CodeContext="SIPP")) if key else None,
        tag("DriverType", Age=query.driver_age),
        tag("RateQualifier", TravelPurpose=_LEISURE, RateQualifier=key.rate_code if key else None),
        Status="Available",
    )
    info = tag("VehAvailRQInfo")
    return message("availability", core, info, market=query.market, sequence=sequence, MaxResponses=_MOST_CARS)


def rental(query: CarQuery, key: Key | None) -> Tag:
    """When and where. Times have no offset: they are local at the counters. `key` names the very counters."""
    return tag(
        "VehRentalCore",
        _place("PickUpLocation", query.pick_up, key.pick_up if key else None),
        _place("ReturnLocation", query.drop_off, key.drop_off if key else None),
        PickUpDateTime=query.pick_up_at.isoformat(timespec="seconds"),
        ReturnDateTime=query.drop_off_at.isoformat(timespec="seconds"),
    )


def _place(name: str, airport: str, code: str | None) -> Tag:
    exactly = None if code == airport else code
    return tag(name, LocationCode=airport, CodeContext="IATA", ExtendedLocationCode=exactly)


def read(reply: Reply, _: Call, query: CarQuery, atlas: Atlas) -> Readout[RentalOffer]:
    """An offer for each rate of each class, in the currency of the counter, which is not always the one asked for.

    Raises GiveUp for an answer about a place that we don't know, or about no time.
    """
    told = answer(reply, "availability", wire.Availability)
    try:
        clerk = _Clerk(told, query, atlas, reply.received_at)
    except ValueError as error:
        raise GiveUp(f"availability: {error}", outcome=Outcome.ERROR) from error
    offers: list[RentalOffer] = []
    skipped: list[SkippedRecord] = []
    for index, vendor in enumerate(told.veh_avail_rs_core.veh_vendor_avails.veh_vendor_avail):
        read_ones, left_out = rates(vendor, clerk.counters, index, partial(clerk.offer, vendor))
        offers.extend(read_ones)
        skipped.extend(left_out)
    return Readout(records=tuple(offers), skipped=tuple(skipped))


class _Clerk:
    """Writes the offers of one answer. Raises ValueError where the answer says neither when nor where."""

    def __init__(self, told: wire.Availability, query: CarQuery, atlas: Atlas, received_at: datetime) -> None:
        core = told.veh_avail_rs_core.veh_rental_core
        first = core.pick_up_location[0] if core.pick_up_location else wire.Place()
        last = core.return_location or first
        self._airports: Final = (_airport(first, query.pick_up), _airport(last, query.drop_off))
        zones = tuple(_zone(atlas, airport) for airport in self._airports)
        self.counters: Final[Counters] = counters(told, zones[0])
        self._pick_up_at: Final = at_counter(core.pick_up_date_time, zones[0])
        self._drop_off_at: Final = at_counter(core.return_date_time, zones[1])
        if self._drop_off_at <= self._pick_up_at:
            raise ValueError("the rental ends before it begins")
        self._received_at: Final = received_at

    def offer(self, vendor: wire.VendorAvail, one: Rated) -> RentalOffer:
        details = vendor.info.location_details if vendor.info else []
        reference = one.key.written
        return Offer(
            id=offer_id(SLUG, reference),
            supplier=SLUG,
            reference=reference,
            product=Rental(
                vendor=brand_name(one.key.brand),
                car=one.car,
                pick_up=_counter(details, one.key.pick_up, self._airports[0]),
                drop_off=_counter(details, one.key.drop_off, self._airports[1]),
                pick_up_at=self._pick_up_at,
                drop_off_at=self._drop_off_at,
            ),
            price=one.price.total,
            price_components=one.price.components,
            conditions=one.conditions,
            fetched_at=self._received_at,
            expires_at=self._received_at + LIVE_FOR,
            supplier_extra={**one.extra, **_opening_hours(details, one.key), CLOCK: self.counters.zone.key},
        )


def _opening_hours(details: list[wire.LocationDetails], key: Key) -> dict[str, str]:
    extra = {}
    for name, code in (("pick_up_hours", key.pick_up), ("drop_off_hours", key.drop_off)):
        told = _described(details, code)
        if told is not None and (open_at := hours(told)):
            extra[name] = open_at
    return extra


def _airport(told: wire.Place, asked: str) -> str:
    """Where the answer names another airport it answers another question, and the offers say so."""
    code = told.location_code or ""
    return code if is_iata_airport(code) else asked


def _zone(atlas: Atlas, airport: str) -> ZoneInfo:
    zone = atlas.zone(airport)
    if zone is None:
        raise ValueError(f"{airport!r} is not an airport that we know")
    return zone


def _described(details: list[wire.LocationDetails], code: str) -> wire.LocationDetails | None:
    return next((told for told in details if code in (told.extended_location_code, told.code)), None)


def _counter(details: list[wire.LocationDetails], code: str, airport: str) -> RentalPlace:
    told = _described(details, code)
    return RentalPlace(airport=airport, code=code) if told is None else counter(told, airport)
