"""Whether those who travel are those who were searched for: how many, of what age, with which documents."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from domain.cars import RentalConditions
from domain.offers import Offer
from domain.queries import CarQuery, Fault, FlightQuery, HotelQuery, Query
from domain.travellers import Age, Traveller

OF_AGE: Final = 18
_CHILD_FROM: Final = 2
_ADULT_FROM: Final = 12
# Carriers draw the line between child and adult somewhere from twelve to eighteen, so those between may be either.
_EITHER: Final = range(_ADULT_FROM, OF_AGE)
# Nobody's price for a car depends on the age of a driver between these.
_ORDINARY_DRIVER: Final = range(30, 66)


def age_on(born_on: date, day: date) -> int:
    """Whole years, below zero for who is not born yet."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def counted_as(born_on: date, day: date) -> Age:
    age = age_on(born_on, day)
    if age < _CHILD_FROM:
        return Age.INFANT
    return Age.CHILD if age < _ADULT_FROM else Age.ADULT


def last_day(query: Query) -> date:
    """The local date on which the last flight leaves, the guests check out, or the car comes back."""
    match query:
        case FlightQuery():
            return query.return_date or query.departure_date
        case HotelQuery():
            return query.check_out
        case CarQuery():
            return query.drop_off_at.date()


def faults(offer: Offer, query: Query, travellers: Sequence[Traveller]) -> Iterator[Fault]:
    """What keeps these travellers from what was searched for. The first of them leads: guest, driver, payer."""
    match query:
        case FlightQuery():
            yield from _flyers(query, travellers)
        case HotelQuery():
            yield from _guests(query, travellers)
        case CarQuery():
            yield from _driver(offer, query, travellers[0])


def document_faults(travellers: Sequence[Traveller], last: date) -> Iterator[Fault]:
    for number, one in enumerate(travellers):
        if one.document is not None and one.document.expires_on < last:
            yield Fault(
                field=f"travellers/{number}/document/expires_on", detail=f"is before the journey ends on {last}"
            )


def _flyers(query: FlightQuery, travellers: Sequence[Traveller]) -> Iterator[Fault]:
    """Ages count on the day of the last flight: who turns two on the way needs a seat for the way back."""
    day = last_day(query)
    ages = [age_on(one.born_on, day) for one in travellers]
    if len(ages) != query.travellers:
        yield Fault(field="travellers", detail=f"are {len(ages)}, and the flight was searched for {query.travellers}")
        return
    sure = Counter(counted_as(one.born_on, day) for one in travellers)
    sure[Age.ADULT] -= sum(age in _EITHER for age in ages)
    limits = ((Age.ADULT, query.adults), (Age.CHILD, query.children), (Age.INFANT, query.infants))
    if sure[Age.INFANT] != query.infants or any(sure[age] > asked for age, asked in limits):
        asked_for = ", ".join(f"{asked} {age}" for age, asked in limits)
        yield Fault(
            field="travellers", detail=f"are of other ages on {day} than the flight was searched for: {asked_for}"
        )


def _guests(query: HotelQuery, travellers: Sequence[Traveller]) -> Iterator[Fault]:
    """Not all guests have to be named, but whoever is named was searched for."""
    ages = [age_on(one.born_on, query.check_in) for one in travellers]
    if ages[0] < OF_AGE:
        yield Fault(field="travellers/0/born_on", detail=f"who leads the guests is {OF_AGE} or older at check-in")
    grown_up = sum(age >= OF_AGE for age in ages)
    if grown_up > query.adults:
        yield Fault(field="travellers", detail=f"{grown_up} adults, and the room was searched for {query.adults}")
    young = Counter(age for age in ages if age < OF_AGE) - Counter(query.children_ages)
    if young:
        strange = ", ".join(str(age) for age in sorted(young.elements()))
        yield Fault(field="travellers", detail=f"children of {strange} years, for whom the room was not searched")


def _driver(offer: Offer, query: CarQuery, driver: Traveller) -> Iterator[Fault]:
    field, age = "travellers/0/born_on", age_on(driver.born_on, query.pick_up_at.date())
    conditions = offer.conditions
    least = conditions.minimum_age if isinstance(conditions, RentalConditions) else None
    if least is not None and age < least:
        yield Fault(field=field, detail=f"the driver is {age} at the pick-up, and has to be {least} for this car")
    elif age != query.driver_age and not (age in _ORDINARY_DRIVER and query.driver_age in _ORDINARY_DRIVER):
        yield Fault(
            field=field,
            detail=f"the driver is {age} at the pick-up, and the car was searched for one of {query.driver_age}",
        )
