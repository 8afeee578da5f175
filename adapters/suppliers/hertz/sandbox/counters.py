"""Counters on paper, and the search for them: OTA_VehLocSearchRQ."""

from collections import defaultdict
from typing import Any, Final

from adapters.suppliers.hertz.sandbox.asked import Rental
from adapters.suppliers.hertz.sandbox.papers import Element, attribute, element, text, wall_clock
from adapters.suppliers.hertz.sandbox.refusals import Refused, missing
from adapters.suppliers.hertz.sandbox.world import SELLER, World

_DAYS: Final = ("Mon", "Tue", "Weds", "Thur", "Fri", "Sat", "Sun")
_DOWNTOWN: Final = "downtown"
_LONGEST_NAME: Final = 64


class Counters:
    """By an airport's code, or a counter's own."""

    def __init__(self, world: World) -> None:
        self._world: Final = world

    def answer(self, root: Element) -> list[Element]:
        criterion = root.find("VehLocSearchCriterion")
        if criterion is None:
            raise missing("VehLocSearchCriterion")
        code = text(criterion, "RefPoint") or attribute(criterion.find("CodeRef"), "LocationCode")
        if code is None:
            raise missing("RefPoint")
        found = [station for station in self._around(code) if self._world.cars.listed(SELLER, station)]
        if not found:
            raise Refused("229", "LOCATION NOT RECOGNIZED")
        matched = (element("VehMatchedLoc", self._detail("LocationDetail", station)) for station in found)
        return [element("VehMatchedLocs", *matched), element("Vendor", "Hertz", Code="ZE")]

    def _around(self, code: str) -> tuple[Any, ...]:
        there: tuple[Any, ...] = self._world.cars.stations(code)
        one = None if there else self._world.cars.station_of(SELLER, code)
        return there if one is None else (one,)

    def details(self, asked: Rental) -> list[Element]:
        """Of the counter of pick-up, and of the other one where there is another."""
        places = [asked.pick_up] if asked.drop_off.id == asked.pick_up.id else [asked.pick_up, asked.drop_off]
        return [self._detail("LocationDetails", place) for place in places]

    def _detail(self, name: str, station: Any) -> Element:
        counter = self._world.cars.listed(SELLER, station)
        address = element(
            "Address",
            element("AddressLine", counter.street),
            element("CityName", counter.city),
            element("PostalCode", counter.postal_code) if counter.postal_code else None,
            element("CountryName", Code=counter.country),
        )
        return element(
            name,
            address,
            element("Telephone", PhoneTechType=1, PhoneNumber=counter.phone),
            element("AdditionalInfo", element("OperationSchedules", _opening_hours(counter.hours))),
            AtAirport=station.kind != _DOWNTOWN,
            Code=counter.code,
            Name=counter.name[:_LONGEST_NAME],
            ExtendedLocationCode=counter.long_code,
        )

    def rental_core(self, asked: Rental) -> Element:
        """The code that was asked for, and that of the very counter."""
        return element(
            "VehRentalCore",
            self._place("PickUpLocation", asked.pick_up_asked, asked.pick_up),
            self._place("ReturnLocation", asked.drop_off_asked, asked.drop_off),
            PickUpDateTime=wall_clock(asked.pick_up_at),
            ReturnDateTime=wall_clock(asked.drop_off_at),
        )

    def _place(self, name: str, code: str, station: Any) -> Element:
        counter = self._world.cars.listed(SELLER, station)
        return element(name, ExtendedLocationCode=counter.long_code, LocationCode=code)


def _opening_hours(week: tuple[Any, ...]) -> Element:
    """Days with the same hours share a line; a day without one is closed."""
    days = defaultdict(list)
    for day, hours in zip(_DAYS, week, strict=True):
        if hours is not None:
            days[hours.opens, hours.closes].append(day)
    times = (
        element(
            "OperationTime",
            Start=opens.isoformat(),
            End=closes.isoformat(),
            **dict.fromkeys(open_on, True),
        )
        for (opens, closes), open_on in days.items()
    )
    return element("OperationSchedule", element("OperationTimes", *times))
