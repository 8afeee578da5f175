"""Whatever the amounts: sums are exact, no float gets in, a breakdown adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import EXPONENTS, Money, smallest_unit, total
from domain.offers import ComponentKind, PriceComponent, adding_up
from tests.builders import offer
from tests.laws.strategies import amounts, components, currencies, moneys

baskets = currencies.flatmap(lambda currency: st.lists(amounts(currency), min_size=1, max_size=8))
breakdowns = currencies.flatmap(
    lambda currency: st.tuples(amounts(currency), st.lists(components(currency), max_size=6).map(tuple))
)


@given(baskets)
def test_a_sum_is_exact_in_any_order(basket: list[Money]) -> None:
    currency = basket[0].currency
    units = sum(int(each.amount.scaleb(EXPONENTS[currency])) for each in basket)
    assert total(basket, currency) == total(reversed(basket), currency)
    assert total(basket, currency).amount == Decimal(units).scaleb(-EXPONENTS[currency])


@given(currencies.flatmap(lambda currency: st.tuples(amounts(currency), amounts(currency))))
def test_what_is_added_can_be_taken_away_again(pair: tuple[Money, Money]) -> None:
    one, other = pair
    assert one + other - other == one


@given(moneys, st.integers(0, 9))
def test_a_fare_for_a_party_is_the_sum_of_its_fares(fare: Money, party: int) -> None:
    assert fare * party == total([fare] * party, fare.currency)


@given(currencies, st.floats())
def test_no_float_gets_in(currency: str, amount: float) -> None:
    with pytest.raises(TypeError):
        Money.of(amount, currency)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        Money(amount=amount, currency=currency)  # type: ignore[arg-type]  # the point of the test


@given(currencies, st.decimals(-(10**9), 10**9, allow_nan=False))
def test_rounding_moves_an_amount_by_half_the_smallest_coin_at_most(currency: str, told: Decimal) -> None:
    assert abs(Money.of(told, currency).amount - told) <= smallest_unit(currency) / 2


@given(moneys)
def test_an_amount_in_its_currencys_decimals_is_taken_as_it_is(money: Money) -> None:
    assert Money.of(money.amount, money.currency) == Money.of(str(money.amount), money.currency) == money


@given(currencies, st.text(max_size=8) | st.decimals())
def test_whatever_a_supplier_writes_is_an_amount_or_a_bad_value(currency: str, told: str | Decimal) -> None:
    try:
        read = Money.of(told, currency)
    except ValueError:
        return
    assert read.amount.is_finite()


@given(breakdowns)
def test_a_breakdown_adds_up_to_the_price_whatever_the_supplier_itemised(
    told: tuple[Money, tuple[PriceComponent, ...]],
) -> None:
    price, parts = told
    itemised = adding_up(price, parts)
    assert itemised[: len(parts)] == parts
    assert len(itemised) <= len(parts) + 1
    assert total((part.amount for part in itemised), price.currency) == price
    assert offer(price=price, price_components=itemised).price == price


@given(breakdowns)
def test_what_is_called_rounding_is_never_more_than_a_coin_for_each_part(
    told: tuple[Money, tuple[PriceComponent, ...]],
) -> None:
    price, parts = told
    for added in adding_up(price, parts)[len(parts) :]:
        if added.kind is ComponentKind.ROUNDING:
            assert abs(added.amount.amount) <= len(parts) * smallest_unit(price.currency)
        else:
            assert added.label == "not itemised by the supplier"
