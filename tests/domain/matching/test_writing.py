"""How names and addresses are written, and what is left of them when they are compared."""

import pytest

from domain.matching.addresses import whereabouts
from domain.matching.names import name, shared
from domain.matching.spelling import folded


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("Hôtel de l'Étoile d'Or", "hotel de letoile dor"),
        ("Gästehaus Königsstuhl", "gastehaus konigsstuhl"),
        ("Gaestehaus Koenigsstuhl", "gastehaus konigsstuhl"),
        ("Świętojańska", "swietojanska"),
        ("Straße", "strasse"),
        ("Κάστρο", "kastro"),
        ("Гостиница Москва", "gostinitsa moskva"),
        ("Rose & Crown", "rose and crown"),
        ("北京饭店", "北京饭店"),
        ("  --  ", ""),
    ],
)
def test_what_is_spelt_in_many_ways_is_spelt_in_one(told: str, plain: str) -> None:
    assert folded(told) == plain


@pytest.mark.parametrize(
    ("address", "street", "numbers"),
    [
        ("172 Rose Street", {"rose"}, {172}),
        ("Rose Street, 172", {"rose"}, {172}),
        ("City Centre, 38 Hanover Street", {"hanover"}, {38}),
        ("44-46 George Bridge", {"george", "bridge"}, {44, 46}),
        ("Bahnhofstraße 12", {"bahnhofstrasse"}, {12}),
        ("304 Orchard Rd, #02-115", {"orchard"}, {304}),
        ("25 Lorong 16 Geylang", {"16", "geylang"}, {25}),
        ("Rose Street", {"rose"}, set()),
        ("", set(), set()),
    ],
)
def test_street_and_house_number_are_found_in_an_address(address: str, street: set[str], numbers: set[int]) -> None:
    found = whereabouts(address, None)
    assert (set(found.street), set(found.numbers)) == (street, numbers)


def test_half_a_postal_code_and_spaces_are_no_difference() -> None:
    assert whereabouts(None, "EH3 9LJ").postal_code == whereabouts(None, "eh39lj").postal_code


def test_common_words_tell_less_than_a_name_of_ones_own() -> None:
    common = shared(name("The Beauséjour Hotel"), name("The Montclair Hotel"))
    own = shared(name("Beauséjour Inn"), name("Beauséjour Lodge"))
    assert common.left < 0.3 < own.left


def test_a_number_is_never_a_misspelt_other_one() -> None:
    flats = shared(name("Mirabelle Apartment 121"), name("Mirabelle Apartment 122"))
    assert (flats.over_left, flats.over_right) == (("121",), ("122",))


def test_the_citys_own_name_tells_little() -> None:
    left, right = name("Kyoto Garden"), name("Kyoto Tower")
    assert shared(left, right, frozenset({"kyoto"})).left < shared(left, right).left


def test_a_name_of_nothing_but_the_city_and_hotel_keeps_both() -> None:
    assert name("Hotel Paris", without=frozenset({"hotel", "paris"})).text == "hotel paris"


def test_the_chain_at_the_end_is_no_part_of_the_name() -> None:
    assert name("Velmont Opéra by Velmont Hotels").text == "velmont opera"
    assert name("Beauséjour, member of Velmont").text == "beausejour"
    assert name("House by the Sea").text.startswith("house by the sea")
