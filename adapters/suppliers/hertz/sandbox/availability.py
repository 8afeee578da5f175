"""Search: OTA_VehAvailRateRQ, answered with every class that is left, at the counter's rate and prepaid."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from adapters.suppliers.hertz.sandbox.asked import Rental, equipment, priced, prices, quotes, rental
from adapters.suppliers.hertz.sandbox.counters import Counters
from adapters.suppliers.hertz.sandbox.papers import Element, attribute, element, names_in_order
from adapters.suppliers.hertz.sandbox.references import References
from adapters.suppliers.hertz.sandbox.refusals import PROTOCOL, Refused, invalid, missing
from adapters.suppliers.hertz.sandbox.vehicles import (
    Sale,
    fees,
    payment_rules,
    priced_coverages,
    priced_equips,
    rental_rate,
    total_charge,
    vehicle,
)
from adapters.suppliers.hertz.sandbox.world import SELLER, World

OPERATION: Final = "availability"
OUTCOMES: Final = frozenset({"sold_out", "price_changed"})

BRAND: Final = "ZE"
_ORDER: Final = (
    *("VehRentalCore", "VendorPrefs", "VehPrefs", "DriverType", "RateQualifier", "RateRange"),
    *("SpecialEquipPrefs", "TPA_Extensions"),
)
_MOST_QUALIFIERS: Final = 13
_MOST_CARS: Final = 99
_DEARER: Final = Decimal("1.07")
_YOUNG: Final = 25
_SIPP: Final = "SIPP"


def dearer(price: Any) -> Decimal:
    """A total that somebody ordered to be another one."""
    return Decimal(price.total * _DEARER).quantize(price.total, ROUND_HALF_UP)


def warnings(asked: Rental, *more: tuple[str, str]) -> Element | None:
    """Beside a success: Hertz's number and sentence."""
    told = [*more, *([("201", "AGE DIFFERENTIAL CHARGE MAY APPLY")] if asked.driver_age < _YOUNG else [])]
    if not told:
        return None
    return element("Warnings", *(element("Warning", Type=1, ShortText=text, RecordID=number) for number, text in told))


class Availability:
    def __init__(self, world: World, references: References, counters: Counters) -> None:
        self._world, self._references, self._counters = world, references, counters

    def answer(self, root: Element) -> list[Element]:
        core = root.find("VehAvailRQCore")
        if core is None:
            raise missing("VehAvailRQCore")
        if not names_in_order(core, _ORDER):
            raise Refused(None, "ELEMENTS NOT IN SEQUENCE", kind=PROTOCOL)
        asked = rental(core, self._world)
        wish = self._world.outcomes.claim(SELLER, OPERATION)
        if (wish is not None and wish.name == "sold_out") or not _brand_wanted(core):
            raise Refused("221")
        changed = wish is not None and wish.name == "price_changed"
        cars = list(self._cars(core, asked, changed=changed))[: _most(root)]
        told = warnings(asked)
        vendor = element(
            "VehVendorAvail",
            element("Vendor", "Hertz", Code=BRAND),
            element("VehAvails", *cars),
            element("Info", *self._counters.details(asked)),
        )
        found = element("VehAvailRSCore", self._counters.rental_core(asked), element("VehVendorAvails", vendor))
        return [*([] if told is None else [told]), found]

    def _cars(self, core: Element, asked: Rental, *, changed: bool) -> Iterator[Element]:
        """Raises Refused where the wishes leave nothing."""
        classes, codes, wanted = _classes(core), _rate_codes(core), equipment(core)
        there = quotes(asked, self._world)
        chosen = [quote for quote in there if not classes or quote.acriss in classes]
        if not chosen:
            raise Refused("221")
        sold = [(quote, price) for quote in chosen for price in prices(quote) if not codes or price.rate_code in codes]
        if not sold:
            raise Refused("263")
        for quote, price in sold:
            total = dearer(price) if changed else price.total
            added = priced(wanted, quote)
            yield self._car(Sale(asked=asked, quote=quote, price=price, total=total, equipment=added))

    def _car(self, sale: Sale) -> Element:
        now = self._world.now()
        reference = self._references.made(sale.asked, sale.quote, sale.price, sale.total, now)
        core = element(
            "VehAvailCore",
            vehicle(sale.quote),
            rental_rate(sale),
            total_charge(sale),
            priced_equips(sale),
            fees(sale),
            element("Reference", Type=16, ID=reference),
            Status="Available",
            IsAlternateInd=False,
        )
        info = element("VehAvailInfo", priced_coverages(sale), payment_rules(sale))
        return element("VehAvail", core, info)


def _brand_wanted(core: Element) -> bool:
    """Only one brand of the group has counters in this world."""
    wanted = [attribute(told, "Code") for told in core.iterfind("VendorPrefs/VendorPref")]
    return not wanted or BRAND in wanted


def _classes(core: Element) -> set[str]:
    return {
        code
        for told in core.iterfind("VehPrefs/VehPref")
        if (code := attribute(told, "Code")) and attribute(told, "CodeContext") in (None, _SIPP)
    }


def _rate_codes(core: Element) -> set[str]:
    """Discount and promotion codes are accepted and change nothing."""
    told = core.findall("RateQualifier")
    if len(told) > _MOST_QUALIFIERS:
        raise invalid("RateQualifier")
    return {code for qualifier in told if (code := attribute(qualifier, "RateQualifier"))}


def _most(root: Element) -> int:
    told = attribute(root, "MaxResponses") or str(_MOST_CARS)
    if not told.isdecimal() or int(told) < 1:
        raise invalid("MaxResponses")
    return min(int(told), _MOST_CARS)
