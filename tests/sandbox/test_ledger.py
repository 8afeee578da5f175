"""The books of the sandbox."""

from sandbox.ledger import Ledger, summary
from tests.sandbox.travel import NOON, Clock


def test_a_call_is_in_the_books_before_it_is_answered() -> None:
    ledger = Ledger(clock=Clock())
    number = ledger.arrived(supplier="kiwi", operation="search", credential="key-1")
    (row,) = ledger.rows()
    assert (row.time, row.supplier, row.operation, row.status, row.credential) == (NOON, "kiwi", "search", 0, "key-1")
    ledger.answered(number, 200)
    assert [row.status for row in ledger.rows()] == [200]


def test_a_call_is_under_way_until_it_is_over_answered_or_not() -> None:
    ledger = Ledger(clock=Clock())
    answered, lost = (ledger.arrived(supplier="kiwi", operation="search", credential=None) for _ in range(2))
    ledger.answered(answered, 200)
    assert [row.under_way for row in ledger.rows()] == [True, True]
    ledger.over(answered)
    ledger.over(lost)
    assert [(row.status, row.under_way) for row in ledger.rows()] == [(200, False), (0, False)]


def test_rows_stand_in_order_of_arrival_whenever_they_are_answered() -> None:
    clock = Clock()
    ledger = Ledger(clock=clock)
    slow = ledger.arrived(supplier="kiwi", operation="search", credential=None)
    clock.go_on(seconds=1)
    ledger.answered(ledger.arrived(supplier="kiwi", operation="locations", credential=None), 404)
    ledger.answered(slow, 200)
    assert [(row.operation, row.status) for row in ledger.rows()] == [("search", 200), ("locations", 404)]


def test_the_oldest_rows_go_and_their_number_is_told() -> None:
    ledger = Ledger(clock=Clock(), most_rows=3)
    numbers = [ledger.arrived(supplier="kiwi", operation=f"{number}", credential=None) for number in range(5)]
    ledger.answered(numbers[0], 200)  # gone already, and that is no trouble
    assert [row.operation for row in ledger.rows()] == ["2", "3", "4"]
    assert ledger.dropped == 2
    assert ledger.wipe() == 3
    assert (list(ledger.rows()), ledger.dropped) == ([], 0)


def test_calls_are_filtered_and_counted() -> None:
    ledger = Ledger(clock=Clock())
    for supplier, operation, status in (("a", "x", 200), ("a", "x", 200), ("a", "y", 429), ("b", "x", 0)):
        ledger.answered(ledger.arrived(supplier=supplier, operation=operation, credential=None), status)
    assert len(list(ledger.rows(supplier="a"))) == 3
    assert len(list(ledger.rows(operation="x"))) == 3
    assert len(list(ledger.rows(supplier="a", operation="x"))) == 2
    assert summary(ledger.rows()) == {"a": {"x": {"200": 2}, "y": {"429": 1}}, "b": {"x": {"0": 1}}}
