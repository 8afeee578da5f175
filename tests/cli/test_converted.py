"""A price in another money as people read it: what is charged, and below it what that is worth."""

import re
from datetime import date
from decimal import Decimal
from io import StringIO

import msgspec
from rich.console import Console

from api.flights.answers import FlightSearchAnswer
from cli import flights, found
from cli.client import read
from domain.matching.flights import merged
from domain.offers import Conversion, Offer
from domain.searches import arrived
from tests import builders as a
from tests.api.hub import on_the_wire

EUROS = a.offer(price=a.money("420.00"))
WORTH = msgspec.structs.replace(
    EUROS,
    converted=Conversion(amount=a.money("399.50", "CHF"), rate=Decimal("0.9512"), rate_on=date(2027, 1, 15)),
)


def answer(offer: Offer) -> FlightSearchAnswer:
    search = a.search_begun(query=a.flight_query(currency="CHF"), suppliers=(a.ALBATROSS,))
    search = arrived(search, a.report(offers=1), (offer,), merge=merged, now=a.NOW)
    return read(on_the_wire(search, now=a.NOW), FlightSearchAnswer)


def shown(offer: Offer) -> list[str]:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(flights.table(answer(offer)))
    return re.findall(r"(?:~ )?\d+\.\d\d [A-Z]{3}", captured.get())


def footer(offer: Offer) -> str:
    return "\n".join(line.plain for line in found.footer(answer(offer), flights.WORDS))


def test_the_charge_comes_first_and_its_worth_below() -> None:
    assert shown(WORTH) == ["420.00 EUR", "~ 399.50 CHF"]
    assert shown(EUROS) == ["420.00 EUR"]


def test_below_the_table_stands_of_which_day_the_rates_are_and_only_where_there_are_any() -> None:
    assert "What stands after ~ is only converted, at rates of 2027-01-15: charged is the amount above it." in footer(
        WORTH
    )
    assert "~" not in footer(EUROS)
