"""Which call meets which fault."""

from sandbox.faults import DEFAULTS, Faults, Kind, Order, misplaced
from sandbox.sabotage import SABOTAGE


def an_order(kind: Kind = Kind.GARBAGE, *, operation: str | None = None, count: int | None = 1) -> Order:
    return Order(supplier="kiwi", kind=kind, operation=operation, count=count)


def test_every_kind_of_fault_has_its_defaults_and_its_sabotage() -> None:
    assert set(SABOTAGE) == set(DEFAULTS) == set(Kind)


def test_the_oldest_fault_strikes_first_and_counts_down() -> None:
    faults = Faults()
    faults.add(an_order(Kind.GARBAGE, count=2))
    faults.add(an_order(Kind.EMPTY))
    struck = [faults.claim("kiwi", "search") for _ in range(4)]
    assert [fault and fault.kind for fault in struck] == [Kind.GARBAGE, Kind.GARBAGE, Kind.EMPTY, None]
    assert list(faults) == []


def test_a_fault_strikes_its_own_supplier_and_operation_only() -> None:
    faults = Faults()
    faults.add(an_order(operation="search"))
    assert faults.claim("kiwi", "locations") is None
    assert faults.claim("duffel", "search") is None
    assert faults.claim("kiwi", "search") is not None


def test_a_fault_without_a_count_stays_until_it_is_taken_back() -> None:
    faults = Faults()
    fault = faults.add(an_order(count=None))
    assert all(faults.claim("kiwi", "search") == fault for _ in range(20))
    assert faults.clear(fault.id) == 1
    assert faults.clear(fault.id) == 0
    assert faults.claim("kiwi", "search") is None


def test_what_is_left_can_be_seen() -> None:
    faults = Faults()
    faults.add(an_order(count=5))
    faults.claim("kiwi", "search")
    assert [fault.left for fault in faults] == [4]


def test_a_status_means_nothing_to_a_reset() -> None:
    assert misplaced(Order(supplier="kiwi", kind=Kind.RESET, status=500)) == "status"
    assert misplaced(Order(supplier="kiwi", kind=Kind.HTML, seconds=1)) == "seconds"
    assert misplaced(Order(supplier="kiwi", kind=Kind.STATUS, status=500, seconds=1)) is None
