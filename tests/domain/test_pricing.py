"""What an amount is worth in another currency, and which rates nobody should believe."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.money import Money
from domain.pricing import AbsurdRates, DailyRates, NoRate, check, exchange, rate
from tests.builders import money

FRIDAY = date(2027, 1, 15)
THURSDAY = FRIDAY - timedelta(days=1)


def rates(day: date = FRIDAY, **per_euro: str) -> DailyRates:
    told = per_euro or {"USD": "1.0842", "GBP": "0.8531", "JPY": "163.42", "KWD": "0.3331"}
    return DailyRates(day=day, per_euro={code: Decimal(units) for code, units in told.items()})


@pytest.mark.parametrize(
    ("price", "to", "worth"),
    [
        (money("100.00", "EUR"), "USD", money("108.42", "USD")),
        (money("108.42", "USD"), "EUR", money("100.00", "EUR")),
        (money("100.00", "USD"), "GBP", money("78.68", "GBP")),  # 78.6847...
        (money("99.99", "GBP"), "JPY", money("19154", "JPY")),  # 19154.1...
        (money("12500", "JPY"), "KWD", money("25.479", "KWD")),  # 25.4787...
        (money("0.00", "USD"), "JPY", money("0", "JPY")),
    ],
)
def test_an_amount_is_worth_what_the_days_rates_say_in_the_digits_of_its_new_currency(
    price: Money, to: str, worth: Money
) -> None:
    told = exchange(price, rates(), to)
    assert told.amount == worth
    assert told.rate_on == FRIDAY


def test_what_is_told_can_be_checked_with_the_rate_that_is_told() -> None:
    told = exchange(money("1234.56", "USD"), rates(), "GBP")
    assert told.rate == rate(rates(), of="USD", to="GBP") == Decimal("0.786847445121")
    assert abs(told.amount.amount - Decimal("1234.56") * told.rate) <= Decimal("0.005")


def test_a_published_rate_is_taken_to_the_digit() -> None:
    assert rate(rates(), of="EUR", to="JPY") == Decimal("163.42")


@pytest.mark.parametrize(("amount", "worth"), [("0.01", "0.00"), ("0.03", "0.02"), ("0.05", "0.02"), ("0.07", "0.04")])
def test_half_a_penny_goes_to_the_even_one(amount: str, worth: str) -> None:
    assert exchange(money(amount, "EUR"), rates(GBP="0.5"), "GBP").amount == money(worth, "GBP")


@pytest.mark.parametrize(("of", "to"), [("USD", "ARS"), ("ARS", "USD"), ("ARS", "EUR")])
def test_money_without_a_rate_is_named(of: str, to: str) -> None:
    with pytest.raises(NoRate, match="there is no rate of ARS"):
        exchange(money("10.00", of), rates(), to)


def test_money_is_worth_itself_even_without_a_rate() -> None:
    told = exchange(money("10.00", "ARS"), rates(), "ARS")
    assert (told.amount, told.rate) == (money("10.00", "ARS"), Decimal(1))


def test_an_ordinary_day_is_believed() -> None:
    check(rates(), before=rates(THURSDAY, USD="1.0900", GBP="0.8500", JPY="160.00", KWD="0.3300"), today=FRIDAY)
    check(rates(), before=None, today=FRIDAY + timedelta(days=3))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (rates(FRIDAY + timedelta(days=1)), "they are of 2027-01-16, and today is 2027-01-15"),
        (rates(USD="0"), "a euro buys 0 USD"),
        (rates(USD="-1.08"), "a euro buys -1.08 USD"),
        (rates(USD="NaN"), "a euro buys NaN USD"),
        (rates(USD="Infinity"), "a euro buys Infinity USD"),
        (rates(XXX="2"), "'XXX' is not an ISO 4217 currency"),
        (rates(EUR="0.9221", GBP="0.7868"), "a euro is told as 0.9221: they are in another money than euros"),
        (rates(EUR="1"), "there is none"),
        (DailyRates(day=FRIDAY, per_euro={}), "there is none"),
        (rates(USD="1.3700", GBP="0.8531"), "a euro buys 1.3700 USD, and on 2027-01-14 it bought 1.0900"),
        (rates(USD="0.8100", GBP="0.8531"), "a euro buys 0.8100 USD, and on 2027-01-14 it bought 1.0900"),
        (rates(USD="1.0900"), "only 1 of 4 currencies of 2027-01-14 are left"),
    ],
)
def test_rates_that_can_not_be_are_refused_by_name(told: DailyRates, why: str) -> None:
    before = rates(THURSDAY, USD="1.0900", GBP="0.8500", JPY="160.00", KWD="0.3300")
    if told.day == FRIDAY and set(told.per_euro) == {"USD", "GBP"}:
        before = rates(THURSDAY, USD="1.0900", GBP="0.8500")
    with pytest.raises(AbsurdRates) as refused:
        check(told, before=before, today=FRIDAY)
    assert str(refused.value) == why


def test_a_quarter_more_is_just_believed() -> None:
    check(rates(USD="1.2500"), before=rates(THURSDAY, USD="1.0000"), today=FRIDAY)


def test_a_crash_is_believed_once_the_rates_before_it_are_old() -> None:
    crashed = rates(TRY="60.00")
    check(crashed, before=rates(FRIDAY - timedelta(days=8), TRY="37.00"), today=FRIDAY)
    with pytest.raises(AbsurdRates):
        check(crashed, before=rates(FRIDAY - timedelta(days=7), TRY="37.00"), today=FRIDAY)


def test_a_currency_that_joined_the_euro_is_not_missed() -> None:
    check(rates(USD="1.08"), before=rates(THURSDAY, USD="1.08", BAM="1.9558"), today=FRIDAY)
