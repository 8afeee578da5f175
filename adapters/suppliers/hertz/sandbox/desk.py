"""The desk: OTA_VehResRQ takes a car from the world, OTA_VehRetResRQ shows the reservation, OTA_VehCancelRQ ends it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.suppliers.hertz.sandbox.asked import Rental, equipment, priced, prices, quotes, rental
from adapters.suppliers.hertz.sandbox.availability import BRAND, dearer, warnings
from adapters.suppliers.hertz.sandbox.counters import Counters
from adapters.suppliers.hertz.sandbox.numbers import NUMBER, Numbers
from adapters.suppliers.hertz.sandbox.papers import Element, attribute, element, names_in_order, text
from adapters.suppliers.hertz.sandbox.references import References
from adapters.suppliers.hertz.sandbox.refusals import MISSING, NOT_IMPLEMENTED, PROTOCOL, Refused, invalid, missing
from adapters.suppliers.hertz.sandbox.vehicles import (
    Sale,
    covered,
    fees,
    payment_rules,
    priced_coverages,
    priced_equips,
    rental_rate,
    total_charge,
    vehicle,
)
from adapters.suppliers.hertz.sandbox.world import SELLER, World

OUTCOMES: Final = {
    "book": frozenset({"sold_out", "price_changed", "declined", "stored_then_error", "visible_late"}),
    "cancel": frozenset({"not_cancellable", "pending"}),
}

_ORDER: Final = (
    *("UniqueID", "VehRentalCore", "Customer", "VendorPref", "VehPref", "DriverType", "RateQualifier", "Fees"),
    *("VehicleCharges", "SpecialEquipPrefs", "RateDistance", "TotalCharge", "Queue", "TPA_Extensions"),
)
_INFO_ORDER: Final = (
    *("SpecialReqPref", "CoveragePrefs", "OffLocService", "ArrivalDetails", "RentalPaymentPref", "Reference"),
    *("TourInfo", "WrittenConfInst", "TPA_Extensions"),
)
_QUOTE, _RESERVATION, _CANCELLATION = "16", "14", "15"
_MAY_HAVE_CHANGED: Final = ("309", "REQUESTED RATE MAY HAVE CHANGED - NOTE RATE")
_CANCEL_TYPES: Final = frozenset({"Book", "Cancel", "Commit", "CommitOverrideEdits"})
_OTHER_TYPES: Final = frozenset({"Quote", "Hold", "Initiate", "Ignore", "Modify"})


class Reservation(msgspec.Struct, kw_only=True):
    """`seen_from` is when it can be retrieved at all."""

    number: str
    given_name: str
    surname: str
    sale: Sale
    reference: str | None
    seen_from: datetime
    cancelled: bool = False


class Desk:
    """No two requests are the same request here: who sends a reservation twice has two cars."""

    def __init__(self, world: World, references: References, counters: Counters) -> None:
        self._world, self._references, self._counters = world, references, counters
        self._numbers: Final = Numbers(world.seed_for("confirmation numbers"))
        self._reservations: Final[dict[str, Reservation]] = {}

    # ---- book ----

    def book(self, root: Element) -> list[Element]:
        core, info = root.find("VehResRQCore"), root.find("VehResRQInfo")
        if core is None:
            raise missing("VehResRQCore")
        in_order = names_in_order(core, _ORDER) and (info is None or names_in_order(info, _INFO_ORDER))
        if not in_order:
            raise Refused(None, "ELEMENTS NOT IN SEQUENCE", kind=PROTOCOL)
        given_name, surname = _renter(core)
        asked = rental(core, self._world)
        wish = self._world.outcomes.claim(SELLER, "book")
        played = None if wish is None else wish.name
        if played == "sold_out":
            raise Refused("221")
        if played == "declined":
            raise Refused("189")
        sale, stale = self._sale(core, info, asked, changed=played == "price_changed")
        if sale.prepaid and (info is None or info.find("RentalPaymentPref") is None):
            raise Refused("281")
        pick_up = asked.pick_up.id
        if not self._world.cars.take(SELLER, pick_up, sale.quote.acriss, asked.pick_up_at, asked.drop_off_at):
            raise Refused("221")
        late = timedelta(seconds=wish.seconds or 0) if wish is not None and played == "visible_late" else timedelta()
        made = Reservation(
            number=self._numbers.next(),
            given_name=given_name,
            surname=surname,
            sale=sale,
            reference=_reference(info),
            seen_from=self._world.now() + late,
        )
        self._reservations[made.number] = made
        self._world.books.made(SELLER, made.number, reference=None, surname=surname)
        if played == "stored_then_error":
            raise Refused("450")
        told = warnings(asked, *([_MAY_HAVE_CHANGED] if stale else []))
        return [*([] if told is None else [told]), element("VehResRSCore", self._paper(made))]

    def _sale(self, core: Element, info: Element | None, asked: Rental, *, changed: bool) -> tuple[Sale, bool]:
        """The rate at the price that the reference keeps, or at that of now; and whether the reference was of no use."""
        quote, price = self._chosen(core, asked)
        reference = _reference(info)
        kept = self._references.held(reference, asked, quote, price, self._world.now()) if reference else None
        total: Decimal = dearer(price) if changed else price.total if kept is None else kept
        added = priced(equipment(core), quote)
        wanted = [] if info is None else info.findall("CoveragePrefs/CoveragePref")
        sale = Sale(
            asked=asked,
            quote=quote,
            price=price,
            total=total,
            equipment=added,
            covered=covered([attribute(told, "CoverageType") or "" for told in wanted]),
            equipped=True,
        )
        return sale, changed or (reference is not None and kept is None)

    def _chosen(self, core: Element, asked: Rental) -> tuple[Any, Any]:
        code = attribute(core.find("VehPref"), "Code")
        if code is None:
            raise missing("VehPref Code")
        quote = next((quote for quote in quotes(asked, self._world) if quote.acriss == code), None)
        if quote is None:
            raise Refused("234")
        rate = attribute(core.find("RateQualifier"), "RateQualifier")
        if rate is None:
            return quote, quote.pay_later
        price = next((price for price in prices(quote) if price.rate_code == rate), None)
        if price is None:
            raise Refused("436")
        return quote, price

    # ---- retrieve ----

    def retrieve(self, root: Element) -> list[Element]:
        """By number and surname; whether the real one finds by name, place and time is not known, so this one does not.

        A reservation that was cancelled is shown with a warning, for want of a field that says so.
        """
        found = self._found(root.find("VehRetResRQCore"))
        told = element("Warning", Type=3, ShortText="RESERVATION CANCELLED", Code=95, RecordID="095")
        return [
            *([element("Warnings", told)] if found.cancelled else []),
            element("VehRetResRSCore", self._paper(found)),
        ]

    def _found(self, core: Element | None) -> Reservation:
        if core is None:
            raise missing("core")
        number = next(
            (attribute(told, "ID") for told in core.iterfind("UniqueID") if attribute(told, "Type") == _RESERVATION),
            None,
        )
        if number is None:
            raise Refused("315", kind=MISSING)
        if not NUMBER.fullmatch(number):
            raise Refused("245")
        found = self._reservations.get(number)
        if found is None or self._world.now() < found.seen_from:
            raise Refused("97")
        if (text(core, "PersonName/Surname") or "").upper() != found.surname.upper():
            raise Refused("287")
        return found

    def _paper(self, told: Reservation) -> Element:
        """Of up to two numbers only the one of type 14 is the reservation's; the quote's stands before it."""
        sale = told.sale
        name = element("PersonName", element("GivenName", told.given_name), element("Surname", told.surname))
        core = element(
            "VehSegmentCore",
            element("ConfID", Type=_QUOTE, ID=told.reference) if told.reference else None,
            element("ConfID", Type=_RESERVATION, ID=told.number),
            element("Vendor", "Hertz", Code=BRAND),
            self._counters.rental_core(sale.asked),
            vehicle(sale.quote),
            rental_rate(sale),
            priced_equips(sale),
            fees(sale),
            total_charge(sale),
        )
        info = element(
            "VehSegmentInfo",
            payment_rules(sale),
            priced_coverages(sale),
            *self._counters.details(sale.asked),
        )
        return element("VehReservation", element("Customer", element("Primary", name)), core, info)

    # ---- cancel ----

    def cancel(self, root: Element) -> list[Element]:
        core = root.find("VehCancelRQCore")
        if core is None:
            raise missing("VehCancelRQCore")
        kind = attribute(core, "CancelType")
        if kind is None:
            raise missing("CancelType")
        if kind not in _CANCEL_TYPES:
            raise Refused(None, "NOT IMPLEMENTED", kind=NOT_IMPLEMENTED) if kind in _OTHER_TYPES else invalid(kind)
        found = self._found(core)
        if found.cancelled:
            raise Refused("95")
        wish = self._world.outcomes.claim(SELLER, "cancel")
        asked = found.sale.asked
        begins = asked.pick_up_at.replace(tzinfo=ZoneInfo(asked.pick_up.timezone))
        if (wish is not None and wish.name == "not_cancellable") or self._world.now() >= begins:
            raise Refused("264")
        found.cancelled = True
        self._world.books.ended(SELLER, found.number)
        sold = found.sale.quote.acriss
        self._world.cars.give_back(SELLER, asked.pick_up.id, sold, asked.pick_up_at, asked.drop_off_at)
        status = "Cancelled" if wish is None else "Pending"
        rules = _cancel_rules(found.sale, begins - self._world.now())
        number = element("UniqueID", Type=_CANCELLATION, ID=found.number)
        return [element("VehCancelRSCore", rules, number, CancelStatus=status), element("VehCancelRSInfo")]


def _renter(core: Element) -> tuple[str, str]:
    surname = text(core, "Customer/Primary/PersonName/Surname")
    if surname is None:
        raise Refused("310", kind=MISSING)
    given_name = text(core, "Customer/Primary/PersonName/GivenName")
    if given_name is None:
        raise Refused("311", kind=MISSING)
    return given_name, surname


def _reference(info: Element | None) -> str | None:
    told = None if info is None else info.find("Reference")
    return attribute(told, "ID") if attribute(told, "Type") == _QUOTE else None


def _cancel_rules(sale: Sale, ahead: timedelta) -> Element | None:
    """What is kept, and of a prepaid rate what comes back; nothing is told where nothing is kept of nothing."""
    terms, currency = sale.price.cancellation, sale.quote.currency
    hours = terms.free_until_hours_before
    free = hours is not None and ahead > timedelta(hours=hours)
    fee = Decimal(0) if free else min(terms.late_fee, sale.estimated)
    rules = []
    if fee:
        rules.append(element("CancelRule", Type="Charge", Amount=fee, CurrencyCode=currency))
    if sale.prepaid:
        rules.append(element("CancelRule", Type="Refund", Amount=sale.estimated - fee, CurrencyCode=currency))
    return element("CancelRules", *rules) if rules else None
