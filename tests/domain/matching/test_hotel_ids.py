"""A hotel keeps its id whoever joins it, and every id that ever was leads to where its hotel went."""

from datetime import timedelta

from domain.hotels import Property
from domain.matching.hotel_ids import Hotel, decided, fingerprint, identified, own_id
from domain.matching.properties import Described, Group, Key, of
from domain.places import Point
from tests.builders import ALBATROSS, BLUEBIRD, NOW, PARIS, hotel

A, A2 = (ALBATROSS, "1"), (ALBATROSS, "2")
B, C = (BLUEBIRD, "1"), ("cormorant", "1")
EARLIER, LONG_AGO = NOW - timedelta(days=1), NOW - timedelta(days=2)


def together(*members: Key) -> Group:
    return Group(members=tuple(sorted(members)))


def test_a_new_hotel_is_named_for_its_first_record() -> None:
    assert decided([together(A, B)], {}, {}, at=NOW) == (Hotel(id=own_id(A), members=(A, B)),)


def test_whoever_joins_takes_the_id_that_is_there() -> None:
    (found,) = decided([together(A, B)], {B: own_id(B)}, {own_id(B): EARLIER}, at=NOW)
    assert (found.id, found.formerly) == (own_id(B), ())


def test_of_two_hotels_that_are_one_the_older_lives_on() -> None:
    before = {A: own_id(A), B: own_id(B)}
    (found,) = decided([together(A, B)], before, {own_id(A): EARLIER, own_id(B): LONG_AGO}, at=NOW)
    assert (found.id, found.formerly) == (own_id(B), (own_id(A),))


def test_an_id_stays_with_the_record_that_it_was_born_with() -> None:
    before = dict.fromkeys((A, B, C), own_id(A))
    alone, rest = decided([together(A), together(B, C)], before, {own_id(A): EARLIER}, at=NOW)
    assert (alone.id, rest.id) == (own_id(A), own_id(B))


def test_an_id_whose_first_record_left_long_ago_goes_with_the_most() -> None:
    before = dict.fromkeys((A2, B, C), own_id(A))
    one, most = decided([together(A2), together(B, C)], before, {own_id(A): EARLIER}, at=NOW)
    assert (one.id, most.id) == (own_id(A2), own_id(A))


def test_no_two_hotels_have_one_id() -> None:
    before = {A: own_id(C), B: own_id(C), C: own_id(C), A2: own_id(A2)}
    born_at = {own_id(C): NOW, own_id(A2): EARLIER}
    found = decided([together(A), together(A2, B), together(C)], before, born_at, at=NOW)
    assert [each.id for each in found] == [own_id(A), own_id(A2), own_id(C)]


def test_before_it_has_settled_a_hotel_is_named_as_if_all_its_records_had_come_at_once() -> None:
    born_at = {own_id(B): NOW - timedelta(minutes=1), own_id(C): NOW}
    (found,) = decided([together(A, B, C)], {B: own_id(B), C: own_id(C)}, born_at, at=NOW)
    assert (found.id, set(found.formerly)) == (own_id(A), {own_id(B), own_id(C)})
    (again,) = decided([together(A, B, C)], dict.fromkeys((A, B, C), own_id(A)), {own_id(A): NOW}, at=NOW)
    assert (again.id, again.formerly) == (own_id(A), ())


def test_a_property_without_a_place_is_a_hotel_of_its_own() -> None:
    placeless = hotel(supplier=BLUEBIRD, number="1")
    found = identified({A: hotel(number="1"), B: of_no_place(placeless.name)}, {})
    assert found == {A: own_id(A), B: own_id(B)}


def of_no_place(name: str | None) -> Property:
    return Property(supplier=BLUEBIRD, id="1", name=name)


def test_only_what_is_near_is_looked_at_where_one_hotel_is_new() -> None:
    elsewhere = Point(latitude=PARIS.latitude + 1, longitude=PARIS.longitude)
    properties = {A: hotel(number="1"), B: hotel(supplier=BLUEBIRD), C: hotel(supplier="cormorant", location=elsewhere)}
    found = identified(properties, {A: "bellevue"})
    assert found == {A: "bellevue", B: "bellevue", C: own_id(C)}


def test_a_new_record_joins_no_hotel_that_its_supplier_sells_already_though_only_another_seller_looks_alike() -> None:
    renamed = hotel(number="1", name="Grand Central")
    properties = {A: renamed, B: hotel(supplier=BLUEBIRD), A2: hotel(number="2")}
    assert identified(properties, {A: "bellevue", B: "bellevue"})[A2] == own_id(A2)


def test_of_two_new_records_of_one_supplier_only_one_joins_a_hotel() -> None:
    name = "Grand Central"
    properties = {B: hotel(supplier=BLUEBIRD), C: hotel(supplier="cormorant", name=name)}
    properties |= {A: hotel(number="1"), A2: hotel(number="2", name=name)}
    found = identified(properties, {B: "one house", C: "one house"})
    assert [found[A], found[A2]] == ["one house", own_id(A2)]


def test_a_new_record_joins_the_hotel_of_most_of_those_that_it_looks_like() -> None:
    properties = {key: hotel(supplier=key[0], number=key[1]) for key in (A, B, C, ("dunlin", "1"))}
    found = identified(properties, {A: "annexe", B: "main house", C: "main house"})
    assert found["dunlin", "1"] == "main house"


def test_other_words_have_another_fingerprint() -> None:
    told, retold = of(hotel()), of(hotel(name="Hotel Belle Vue"))
    assert isinstance(told, Described)
    assert isinstance(retold, Described)
    assert fingerprint(told) != fingerprint(retold)
    assert fingerprint(told) == fingerprint(of(hotel(number="2")) or retold)
