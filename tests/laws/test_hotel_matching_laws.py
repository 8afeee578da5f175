"""Hotels of several suppliers are joined into the same groups in any order, and into no impossible ones."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from domain.matching.properties import Contradiction, Described, Group, Key, Override, groups, judged
from domain.places import Point
from tests.laws.strategies import SUPPLIERS

_METRE = 1 / 111_195  # degrees of latitude
_NAMES = ("Hotel Beauséjour", "Beausejour", "Hotel Beauséjour Annexe", "Beauséjour Terminal 1", "Montclair", "é", "!")
_ADDRESSES = (None, "12 rue Pasteur", "rue Pasteur 12", "14 rue Pasteur", "place Gambetta")

keys = st.tuples(st.sampled_from(SUPPLIERS), st.sampled_from(["1", "2", "3"]))
records = st.builds(
    Described,
    name=st.sampled_from(_NAMES) | st.text(min_size=1, max_size=12),
    location=st.integers(0, 900).map(lambda metres: Point(latitude=48.85 + metres * _METRE, longitude=2.35)),
    address=st.sampled_from(_ADDRESSES),
    postal_code=st.sampled_from([None, "75001", "75018"]),
    city=st.sampled_from([None, "Paris"]),
    phone=st.sampled_from([None, "+33 1 42 60 12 34", "+33 1 42 60 99 99"]),
    stars=st.sampled_from([None, 3.0, 5.0]),
    chain=st.sampled_from([None, "Velmont"]),
    lodging=st.booleans(),
)
cities = st.dictionaries(keys, records, max_size=9)
decisions = st.lists(st.builds(Override, left=keys, right=keys, same=st.booleans()), max_size=4)


def joined(city: dict[Key, Described], told: list[Override]) -> tuple[Group, ...] | None:
    """None where people contradict each other."""
    try:
        return groups(city, told)
    except Contradiction:
        return None


@given(records, records)
def test_a_verdict_is_the_same_from_both_sides(left: Described, right: Described) -> None:
    assert judged(left, right) == judged(right, left)
    assert 0 <= judged(left, right).score <= 1


@given(records, records)
def test_every_verdict_has_a_reason(left: Described, right: Described) -> None:
    assert judged(left, right).reasons


@given(cities, decisions, st.data())
def test_the_order_in_which_records_and_decisions_come_does_not_matter(
    city: dict[Key, Described], told: list[Override], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(city.items()))))
    turned = [Override(left=one.right, right=one.left, same=one.same) for one in data.draw(st.permutations(told))]
    assert joined(shuffled, turned) == joined(city, told)


@given(cities, decisions)
def test_every_record_is_in_exactly_one_group(city: dict[Key, Described], told: list[Override]) -> None:
    found = joined(city, told)
    if found is not None:
        assert sorted(key for group in found for key in group.members) == sorted(city)


@given(cities)
def test_without_a_person_no_group_has_two_records_of_one_supplier(city: dict[Key, Described]) -> None:
    for group in groups(city):
        sold_by = [supplier for supplier, _ in group.members]
        assert len(set(sold_by)) == len(sold_by)


@given(cities)
def test_the_links_of_a_group_hold_it_together_and_are_verdicts(city: dict[Key, Described]) -> None:
    for group in groups(city):
        assert len(group.links) == len(group.members) - 1
        for link in group.links:
            verdict = judged(city[link.left], city[link.right])
            assert (verdict.same, verdict.score, verdict.reasons) == (True, link.score, link.reasons)


@given(cities, decisions)
def test_what_people_decide_is_so(city: dict[Key, Described], told: list[Override]) -> None:
    found = joined(city, told)
    if found is None:
        return
    together = {pair for group in found for pair in combinations(group.members, 2)}
    for decision in told:
        pair = (min(decision.left, decision.right), max(decision.left, decision.right))
        if {decision.left, decision.right} <= city.keys() and decision.left != decision.right:
            assert (pair in together) is decision.same


@given(cities, keys)
def test_two_records_of_one_hotel_stay_together_when_a_far_one_comes(city: dict[Key, Described], key: Key) -> None:
    far = Described(name="Grand Hotel Elsewhere", location=Point(latitude=-33.9, longitude=18.4))
    before = [group.members for group in groups({known: told for known, told in city.items() if known != key})]
    after = [group.members for group in groups({**city, key: far})]
    assert sorted([*before, (key,)]) == after
