"""Records of several suppliers become hotels: best pairs first, never two of one supplier, and people have the last word."""

import pytest

from domain.matching.joining import by_key
from domain.matching.properties import Contradiction, Described, Key, Override, groups
from domain.places import Point
from tests.builders import ALBATROSS, BLUEBIRD

_METRE: float = 1 / 111_195  # degrees of latitude
HERON = "heron"
A, B, H = (ALBATROSS, "1"), (BLUEBIRD, "1"), (HERON, "1")


def told(name: str = "Hotel Beauséjour", *, metres: float = 0, phone: str | None = None) -> Described:
    here = Point(latitude=48.85 + metres * _METRE, longitude=2.35)
    return Described(name=name, location=here, phone=phone, lodging=True)


def same(left: Key, right: Key) -> Override:
    return Override(left=left, right=right, same=True)


def apart(left: Key, right: Key) -> Override:
    return Override(left=left, right=right, same=False)


def members(properties: dict[Key, Described], *overrides: Override) -> list[tuple[Key, ...]]:
    return [group.members for group in groups(properties, overrides)]


def test_three_suppliers_records_of_one_hotel_are_one_group_with_a_link_fewer() -> None:
    (group,) = groups({A: told(), B: told(metres=20), H: told(metres=40)})
    assert group.members == (A, B, H)
    assert len(group.links) == 2
    assert all("m apart" in " ".join(link.reasons) for link in group.links)


def test_a_hotel_that_one_supplier_alone_has_is_a_group_of_its_own() -> None:
    assert members({A: told(), B: told("Grand Hotel Montclair", metres=50)}) == [(A,), (B,)]


def test_nothing_is_joined_of_nothing() -> None:
    assert groups({}) == ()


def test_two_records_of_one_supplier_are_two_hotels_however_alike() -> None:
    twin = (ALBATROSS, "2")
    assert members({A: told(), twin: told()}) == [(A,), (twin,)]


def test_of_two_records_of_one_supplier_the_nearer_one_is_joined() -> None:
    far = (ALBATROSS, "2")
    assert members({A: told(metres=5), far: told(metres=90), B: told()}) == [(A, B), (far,)]


def test_two_records_of_one_supplier_do_not_meet_by_way_of_another_supplier() -> None:
    twin = (ALBATROSS, "2")
    found = members({A: told(), twin: told(metres=30), B: told(metres=10), H: told(metres=20)})
    assert sum(len(group) for group in found) == 4
    assert not any({A, twin} <= set(group) for group in found)


def test_a_person_joins_what_does_not_look_alike() -> None:
    (group,) = groups({A: told(), B: told("Montclair", metres=5_000)}, [same(A, B)])
    assert group.members == (A, B)
    assert [(link.score, link.reasons) for link in group.links] == [(1.0, ("joined by a person",))]


def test_a_person_joins_two_records_of_one_supplier() -> None:
    twin = (ALBATROSS, "2")
    assert members({A: told(), twin: told(metres=30), B: told(metres=10)}, same(A, twin)) == [(A, twin, B)]


def test_a_person_joins_by_way_of_a_record_that_is_not_here() -> None:
    gone = (HERON, "gone")
    (group,) = groups({A: told(), B: told("Montclair", metres=5_000)}, [same(A, gone), same(gone, B)])
    assert group.members == (A, B)
    assert group.links == ()


def test_a_record_that_is_not_here_keeps_nobody_of_its_supplier_out() -> None:
    gone, here = (HERON, "gone"), H
    assert members({A: told(), here: told(metres=10)}, same(A, gone)) == [(A, here)]


def test_what_a_person_told_apart_stays_apart() -> None:
    assert members({A: told(), B: told()}, apart(A, B)) == [(A,), (B,)]


def test_it_stays_apart_by_way_of_a_third_as_well() -> None:
    found = members({A: told(), B: told(), H: told()}, apart(A, B))
    assert not any({A, B} <= set(group) for group in found)
    assert sorted(map(len, found)) == [1, 2]


def test_what_was_joined_with_it_is_apart_too() -> None:
    far = (HERON, "far")
    found = members({A: told(), B: told(), far: told("Montclair", metres=5_000)}, same(far, A), apart(far, B))
    assert found == [(A, far), (B,)]


def test_the_same_and_not_the_same_is_refused_by_name() -> None:
    with pytest.raises(Contradiction, match=f"{ALBATROSS} 1 and {BLUEBIRD} 1"):
        groups({A: told(), B: told()}, [same(B, A), apart(A, B)])


def test_a_contradiction_by_way_of_others_is_found_though_they_are_not_here() -> None:
    gone = (HERON, "gone")
    with pytest.raises(Contradiction):
        groups({A: told(), B: told()}, [same(A, gone), same(gone, B), apart(A, B)])


def test_nobody_is_another_than_himself() -> None:
    with pytest.raises(Contradiction):
        groups({A: told()}, [apart(A, A)])


def test_neighbours_on_both_sides_of_a_cell_find_each_other() -> None:
    """Whatever line of the grid runs between them: one of these steps of a kilometre in all crosses it."""
    for step in range(100):
        assert len(members({A: told(metres=10 * step), B: told(metres=10 * step + 100)})) == 1


def test_a_wrong_digit_in_the_place_does_not_hide_a_hotel_with_its_own_phone_number() -> None:
    left = {"address": "12 rue Pasteur", "postal_code": "75001", "phone": "+33 1 42 60 12 34", "lodging": True}
    here, there = Point(latitude=48.85, longitude=2.35), Point(latitude=48.86, longitude=2.35)
    one, other = (Described(name="Hotel Beauséjour", location=at, **left) for at in (here, there))  # type: ignore[arg-type]  # a test's own words
    assert members({A: one, B: other}) == [(A, B)]


def test_each_record_is_found_in_its_group() -> None:
    found = groups({A: told(), B: told(metres=20), H: told("Montclair", metres=900)})
    assert {key: group.members for key, group in by_key(found).items()} == {A: (A, B), B: (A, B), H: (H,)}


def test_each_flat_of_a_large_house_is_found_at_the_other_supplier_and_no_other_flat() -> None:
    house = {
        (supplier, str(number)): told(f"Résidence Mirabelle - Apartment {number}")
        for supplier in (ALBATROSS, BLUEBIRD)
        for number in range(100, 130)
    }
    assert members(house) == [((ALBATROSS, str(number)), (BLUEBIRD, str(number))) for number in range(100, 130)]
