"""What test mode simulates on fixed one-way routes."""

from enum import StrEnum
from typing import Final


class Scenario(StrEnum):
    NO_OFFERS = "no offers"
    ALL_HELD = "every offer can be held"
    TWO_FLIGHTS = "two flights in the slice"
    ONE_STOP = "one flight with a stop on the way"
    NO_BAGS = "no bags in the price"
    NO_SERVICES = "nothing to buy beside the flight"
    SEARCH_TIMES_OUT = "the search takes too long"
    OFFER_GONE = "the offer is gone when it is read"
    PRICE_RISES = "each look at the offer costs ten more"
    ORDER_FAILS = "the airline fails at the order"
    NO_BALANCE = "the balance is too low"
    AIRLINE_CHANGES = "the airline changes the flight"
    CREDITS = "a refund as airline credits"


ROUTES: Final = {
    ("PVD", "RAI"): Scenario.NO_OFFERS,
    ("JFK", "EWR"): Scenario.ALL_HELD,
    ("LHR", "DXB"): Scenario.TWO_FLIGHTS,
    ("DXB", "AMS"): Scenario.ONE_STOP,
    ("BTS", "MRU"): Scenario.NO_BAGS,
    ("BTS", "ABV"): Scenario.NO_SERVICES,
    ("STN", "LHR"): Scenario.SEARCH_TIMES_OUT,
    ("LGW", "LHR"): Scenario.OFFER_GONE,
    ("LHR", "STN"): Scenario.PRICE_RISES,
    ("LHR", "LGW"): Scenario.ORDER_FAILS,
    ("LGW", "STN"): Scenario.NO_BALANCE,
    ("LHR", "LTN"): Scenario.AIRLINE_CHANGES,
    ("LTN", "SYD"): Scenario.CREDITS,
}


def scenario(route: tuple[tuple[str, str], ...], *, live: bool) -> Scenario | None:
    """Of a one-way in test mode; None for any other journey."""
    return ROUTES.get(route[0]) if len(route) == 1 and not live else None
