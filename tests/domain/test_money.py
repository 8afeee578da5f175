"""Prices are exact, in the decimals that their currency has."""

from decimal import Decimal

import pytest

from domain.money import EXPONENTS, Money, smallest_unit, total
from tests.builders import money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("129.9", "EUR", "129.90 EUR"),
        ("18250", "JPY", "18250 JPY"),
        ("41.5", "KWD", "41.500 KWD"),
        ("3.14159", "UYW", "3.1416 UYW"),
    ],
)
def test_a_fare_carries_the_decimals_of_its_currency(amount: str, currency: str, shown: str) -> None:
    assert str(Money.of(amount, currency)) == shown


@pytest.mark.parametrize(
    ("told", "charged"), [("10.005", "10.01"), ("10.004", "10.00"), ("-10.005", "-10.01"), ("0.995", "1.00")]
)
def test_half_a_cent_is_rounded_away_from_nothing(told: str, charged: str) -> None:
    assert Money.of(told, "EUR") == money(charged)


def test_half_a_yen_is_rounded_up_and_never_to_even() -> None:
    assert [Money.of(told, "JPY").amount for told in ("100.5", "101.5")] == [Decimal(101), Decimal(102)]


def test_money_refuses_a_float_even_a_round_one() -> None:
    with pytest.raises(TypeError, match="float"):
        Money.of(120.0, "EUR")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError, match="float"):
        Money(amount=120.0, currency="EUR")  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("amount", ["", "free", "12,50", "NaN", "Infinity", "-Infinity", "1E+400", "1e27"])
def test_what_is_no_amount_is_refused_as_a_bad_value(amount: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        Money.of(amount, "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "XXX", "DEM", "€"])
def test_a_currency_that_nobody_pays_in_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money.of("1", currency)
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(amount=Decimal("1.00"), currency=currency)


@pytest.mark.parametrize(("amount", "currency"), [("1.5", "EUR"), ("1.500", "EUR"), ("1.0", "JPY"), ("1.00", "BHD")])
def test_an_amount_with_another_currencys_decimals_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=f"decimals of {currency}"):
        Money(amount=Decimal(amount), currency=currency)


def test_a_fare_and_its_tax_add_up() -> None:
    assert money("129.90") + money("30.10") == money("160.00")
    assert money("129.90") - money("30.10") == money("99.80")


def test_three_travellers_pay_three_fares() -> None:
    assert money("33.33") * 3 == money("99.99")


def test_nobody_travels_by_half() -> None:
    for count in (0.5, Decimal(2), True):
        with pytest.raises(TypeError, match="whole counts"):
            money() * count  # type: ignore[operator]  # the point of the test


def test_euros_and_dollars_neither_add_up_nor_compare() -> None:
    euros, dollars = money("1.00", "EUR"), money("1.00", "USD")
    for mixed in (
        lambda: euros + dollars,
        lambda: euros - dollars,
        lambda: euros < dollars,
        lambda: euros <= dollars,
        lambda: total([euros, dollars], "EUR"),
    ):
        with pytest.raises(ValueError, match="do not compare or add up"):
            mixed()
    assert euros != dollars


def test_the_cheaper_fare_comes_first() -> None:
    assert sorted([money("200.00"), money("99.99"), money("100.00")]) == [
        money("99.99"),
        money("100.00"),
        money("200.00"),
    ]
    assert money("5.00") <= money("5.00")


def test_an_empty_basket_costs_nothing_in_its_own_currency() -> None:
    assert total([], "JPY") == Money.zero("JPY")
    assert str(Money.zero("JPY")) == "0 JPY"


def test_amounts_too_long_to_be_exact_are_refused_instead_of_rounded() -> None:
    with pytest.raises(ValueError, match="decimals of EUR"):
        money("99999999999999999999999999.99") + money("0.01")


def test_the_smallest_coin_of_every_currency_matches_its_decimals() -> None:
    for currency, exponent in EXPONENTS.items():
        assert smallest_unit(currency) * 10**exponent == 1
        assert Money.of(1, currency).amount == 1


def test_every_currency_has_a_code_of_three_capital_letters() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in EXPONENTS)
    assert {"EUR", "USD", "GBP", "JPY", "CHF", "INR", "CNY", "BRL", "ZAR", "AUD"} <= EXPONENTS.keys()
