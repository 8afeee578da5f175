"""What an offer promises: a price that adds up, until a moment that is known."""

from datetime import timedelta

import pytest

from domain.money import Money
from domain.offers import ComponentKind, PriceComponent, adding_up, offer_id
from tests.builders import ALBATROSS, BLUEBIRD, NOW, money, offer


def part(kind: ComponentKind, amount: str, currency: str = "EUR") -> PriceComponent:
    return PriceComponent(kind=kind, amount=Money.of(amount, currency))


FARE = part(ComponentKind.BASE_FARE, "350.00")
TAX = part(ComponentKind.TAX, "70.00")


def test_an_offer_whose_parts_add_up_is_taken() -> None:
    assert offer(price=money("420.00"), price_components=(FARE, TAX)).price_components == (FARE, TAX)


def test_a_discount_is_part_of_the_sum() -> None:
    discount = part(ComponentKind.DISCOUNT, "-20.00")
    assert offer(price=money("400.00"), price_components=(FARE, TAX, discount)).price == money("400.00")


def test_an_offer_whose_parts_miss_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        offer(price=money("420.01"), price_components=(FARE, TAX))


def test_a_tax_in_another_currency_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        offer(price=money("420.00"), price_components=(FARE, part(ComponentKind.TAX, "70.00", "USD")))


def test_an_offer_may_come_without_any_breakdown() -> None:
    assert offer(price_components=()).price == money("420.00")


def test_an_offer_ages_and_is_gone_at_its_last_instant() -> None:
    open_for_an_hour = offer(expires_at=NOW + timedelta(hours=1))
    assert open_for_an_hour.age(NOW + timedelta(minutes=10)) == timedelta(minutes=10)
    assert not open_for_an_hour.expired(NOW + timedelta(minutes=59, seconds=59))
    assert open_for_an_hour.expired(NOW + timedelta(hours=1))


def test_the_same_reference_of_the_same_supplier_is_the_same_offer() -> None:
    assert offer_id(ALBATROSS, "fare-1") == offer(supplier=ALBATROSS, reference="fare-1").id


def test_the_same_reference_at_two_suppliers_is_two_offers() -> None:
    assert offer_id(ALBATROSS, "fare-1") != offer_id(BLUEBIRD, "fare-1")


def test_an_offer_id_goes_into_an_address_as_it_is_however_long_the_reference() -> None:
    name = offer_id(ALBATROSS, "ü/?#" * 500)
    assert len(name) == 26
    assert name.isalnum()
    assert name == name.lower()


def test_parts_that_add_up_are_left_as_they_are() -> None:
    assert adding_up(money("420.00"), (FARE, TAX)) == (FARE, TAX)


@pytest.mark.parametrize("cents", ["-0.02", "-0.01", "0.01", "0.02"])
def test_a_cent_for_each_part_is_the_suppliers_own_rounding(cents: str) -> None:
    price = money("420.00") + money(cents)
    assert adding_up(price, (FARE, TAX)) == (FARE, TAX, part(ComponentKind.ROUNDING, cents))


@pytest.mark.parametrize(
    ("price", "kind", "left"), [("420.03", ComponentKind.FEE, "0.03"), ("405.00", ComponentKind.DISCOUNT, "-15.00")]
)
def test_what_the_supplier_did_not_itemise_is_named(price: str, kind: ComponentKind, left: str) -> None:
    *told, rest = adding_up(money(price), (FARE, TAX))
    assert told == [FARE, TAX]
    assert (rest.kind, rest.amount, rest.label) == (kind, money(left), "not itemised by the supplier")


def test_a_yen_is_the_smallest_rounding_in_japan() -> None:
    parts = (part(ComponentKind.BASE_FARE, "18000", "JPY"),)
    assert adding_up(Money.of(18001, "JPY"), parts)[-1].kind is ComponentKind.ROUNDING
    assert adding_up(Money.of(18002, "JPY"), parts)[-1].kind is ComponentKind.FEE
