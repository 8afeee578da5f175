"""What a growing answer showed and takes back again is named, and what only grows is not."""

from domain.matching.hotels import merged
from domain.offers import StayOffer
from domain.searches import Replacement, Search, arrived, begun
from tests.builders import ALBATROSS, BLUEBIRD, NOW, hotel, hotel_query, report, stay_offer

BELLEVUE = stay_offer(supplier=ALBATROSS, reference="a", at=hotel(supplier=ALBATROSS, number="1"))
CENTRAL = stay_offer(supplier=BLUEBIRD, reference="c", at=hotel(supplier=BLUEBIRD, number="2", name="Grand Central"))
BELLEVUE_TOO = stay_offer(supplier=BLUEBIRD, reference="b", at=hotel(supplier=BLUEBIRD, number="1"))
SELLERS = (ALBATROSS, BLUEBIRD)


def after(search: Search, supplier: str, *offers: StayOffer) -> Search:
    return arrived(search, report(supplier=supplier), offers, merge=merged, now=NOW)


def ids(search: Search) -> list[str]:
    return [result.id for result in search.results]


def test_a_result_that_gains_an_offer_takes_nothing_back() -> None:
    search = after(after(begun(hotel_query(), SELLERS, NOW), ALBATROSS, BELLEVUE), BLUEBIRD, BELLEVUE_TOO, CENTRAL)
    assert len(search.results) == 2
    assert search.replacements == ()


def test_a_result_that_turns_out_to_be_another_is_named_with_the_one_that_has_its_offers() -> None:
    first = after(begun(hotel_query(), SELLERS, NOW), BLUEBIRD, BELLEVUE_TOO)
    second = after(first, ALBATROSS, BELLEVUE)
    assert ids(first) != ids(second)
    assert second.replacements == (Replacement(version=2, result=ids(first)[0], now=tuple(ids(second))),)


def test_a_result_whose_offers_are_gone_is_named_without_another() -> None:
    first = after(begun(hotel_query(), SELLERS, NOW), BLUEBIRD, CENTRAL)
    again = after(first, BLUEBIRD, BELLEVUE_TOO)
    assert again.replacements == (Replacement(version=2, result=ids(first)[0], now=()),)


def test_a_result_that_lost_only_some_of_its_offers_is_named_with_itself() -> None:
    cheaper = stay_offer(supplier=BLUEBIRD, reference="d", at=CENTRAL.product.property)
    first = after(begun(hotel_query(), SELLERS, NOW), BLUEBIRD, CENTRAL, cheaper)
    again = after(first, BLUEBIRD, CENTRAL)
    assert again.replacements == (Replacement(version=2, result=ids(first)[0], now=(ids(first)[0],)),)


def test_what_was_taken_back_once_is_still_told_later() -> None:
    search = after(begun(hotel_query(), (*SELLERS, "cormorant"), NOW), BLUEBIRD, BELLEVUE_TOO)
    search = after(after(search, ALBATROSS, BELLEVUE), "cormorant")
    assert [each.version for each in search.replacements] == [2]
    assert search.version == 3


def test_the_same_arrival_told_twice_takes_nothing_back() -> None:
    once = after(begun(hotel_query(), SELLERS, NOW), BLUEBIRD, CENTRAL)
    assert after(once, BLUEBIRD, CENTRAL).replacements == ()
