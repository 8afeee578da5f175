"""Whatever the rates and the amounts: nothing is lost on the way to another currency but what its smallest coin can't say."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.money import EXPONENTS, Money, smallest_unit
from domain.pricing import DailyRates, exchange, rate
from tests.builders import NOW

_FAMILIAR = ("BHD", "CHF", "EUR", "GBP", "IDR", "JPY", "KRW", "USD")
currencies = st.sampled_from(_FAMILIAR)
# As they are published: up to six digits, from a third of a dinar to twenty thousand rupiahs.
units = st.integers(1, 999_999).flatmap(
    lambda digits: st.integers(-4, 0).map(lambda exponent: Decimal(digits).scaleb(exponent))
)
days = st.lists(units, min_size=len(_FAMILIAR), max_size=len(_FAMILIAR)).map(
    lambda told: DailyRates(
        day=NOW.date(), per_euro={code: one for code, one in zip(_FAMILIAR, told, strict=True) if code != "EUR"}
    )
)


def amounts(currency: str) -> st.SearchStrategy[Money]:
    """Up to ten billion of the smallest units: more than any journey costs in any currency."""
    exponent = EXPONENTS[currency]
    return st.integers(0, 10**10).map(lambda units: Money(amount=Decimal(units).scaleb(-exponent), currency=currency))


prices = currencies.flatmap(amounts)
pairs = currencies.flatmap(lambda currency: st.tuples(amounts(currency), amounts(currency)))


def true_rate(rates: DailyRates, of: str, to: str) -> Fraction:
    per_euro = {"EUR": Decimal(1), **rates.per_euro}
    return Fraction(per_euro[to]) / Fraction(per_euro[of])


@given(prices, days, currencies)
def test_an_amount_is_the_price_times_the_rate_and_not_more_than_half_a_coin_off(
    price: Money, rates: DailyRates, to: str
) -> None:
    told = exchange(price, rates, to)
    exact = Fraction(price.amount) * Fraction(told.rate)
    assert told.amount.currency == to
    assert abs(Fraction(told.amount.amount) - exact) <= Fraction(smallest_unit(to)) / 2


@given(prices, days, currencies)
def test_a_rate_is_true_to_twelve_digits(price: Money, rates: DailyRates, to: str) -> None:
    true = true_rate(rates, price.currency, to)
    assert abs(Fraction(rate(rates, of=price.currency, to=to)) - true) <= true / 10**11


@given(prices, days)
def test_nothing_changes_on_the_way_to_its_own_currency(price: Money, rates: DailyRates) -> None:
    told = exchange(price, rates, price.currency)
    assert (told.amount, told.rate) == (price, Decimal(1))


@given(prices, days, currencies)
def test_there_and_back_again_is_within_one_coin_of_either_currency(price: Money, rates: DailyRates, to: str) -> None:
    there = exchange(price, rates, to).amount
    back = exchange(there, rates, price.currency).amount
    coin = Fraction(smallest_unit(price.currency))
    their_coin = Fraction(smallest_unit(to)) * true_rate(rates, to, price.currency)
    assert abs(Fraction((back - price).amount)) <= max(coin, their_coin)


@given(pairs, days, currencies)
def test_the_cheaper_one_never_becomes_the_dearer_one(pair: tuple[Money, Money], rates: DailyRates, to: str) -> None:
    cheaper, dearer = sorted(pair)
    assert exchange(cheaper, rates, to).amount <= exchange(dearer, rates, to).amount
