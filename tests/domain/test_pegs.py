"""Money that is worth a fixed amount of other money."""

from datetime import date
from decimal import Decimal

import pytest

from domain.money import EXPONENTS
from domain.pegs import PEGS
from domain.pricing import DailyRates, NoRate, exchange, rate
from sandbox.currencies import RATES
from tests.builders import money

FRIDAY = DailyRates(day=date(2027, 1, 15), per_euro={"USD": Decimal("1.1000"), "ZAR": Decimal("19.8000")})


@pytest.mark.parametrize("currency", sorted(PEGS))
def test_a_peg_is_one_of_real_currencies_and_near_what_anybody_reckons_with(currency: str) -> None:
    peg = PEGS[currency]
    assert {currency, peg.anchor} <= EXPONENTS.keys()
    assert peg.anchor not in PEGS
    if currency in RATES:
        assert abs(RATES[currency] / RATES[peg.anchor] / peg.units - 1) < Decimal("0.02")


def test_dirhams_are_worth_dollars() -> None:
    told = exchange(money("367.25", "AED"), FRIDAY, "EUR")
    assert told.amount == money("90.91", "EUR")
    assert told.rate_on == FRIDAY.day
    assert rate(FRIDAY, of="USD", to="AED") == Decimal("3.6725")


def test_francs_of_the_euro_need_no_rate_at_all() -> None:
    bare = DailyRates(day=FRIDAY.day, per_euro={})
    assert exchange(money("10.00"), bare, "XOF").amount == money("6560", "XOF")


def test_a_rate_that_is_told_goes_before_the_peg() -> None:
    floating = DailyRates(day=FRIDAY.day, per_euro={**FRIDAY.per_euro, "NAD": Decimal("25.0000")})
    assert rate(floating, of="EUR", to="NAD") == Decimal("25.0000")
    assert rate(FRIDAY, of="EUR", to="NAD") == Decimal("19.8000")


def test_without_its_anchor_a_peg_holds_nothing() -> None:
    with pytest.raises(NoRate, match="there is no rate of BTN"):
        rate(FRIDAY, of="BTN", to="EUR")
