"""What a price is worth in other money is for the eye: nothing that is quoted, ordered or paid has a place for it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from domain.offers import Conversion, Offer, PriceComponent
from domain.orders import Attempt, Cancellation, Order, Quote, QuoteStatus
from tests.builders import NOW, money, offer

ROOT = Path(__file__).parents[2]
ONLY_FOR_THE_EYE = {"converted", "shown_price"}


def kinds(told: Any, met: set[Any]) -> Iterator[Any]:
    """Every type that a value of this type is made of."""
    if told in met:
        return
    met.add(told)
    yield told
    parts = get_args(told)
    if isinstance(told, type) and issubclass(told, msgspec.Struct):
        parts = (*parts, *get_type_hints(told).values())
    for part in parts:
        yield from kinds(part, met)


@pytest.mark.parametrize("bought", [Quote, Order, Cancellation, Attempt, PriceComponent])
def test_what_is_bought_has_no_place_for_a_converted_amount(bought: type[Any]) -> None:
    assert Conversion not in set(kinds(bought, set()))
    assert Conversion in set(kinds(Offer, set()))


def test_whoever_sells_or_orders_never_looks_at_what_a_price_is_worth_elsewhere() -> None:
    ordering = [
        ROOT / "adapters/kit/ordering.py",
        ROOT / "domain/orders.py",
        ROOT / "storage/order_attempts.py",
        *(ROOT / "adapters/suppliers").rglob("*.py"),
    ]
    assert len(ordering) > 50
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ordering
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ONLY_FOR_THE_EYE
    ]
    assert named == []


def test_a_quote_is_compared_with_what_is_charged_and_not_with_what_it_is_worth() -> None:
    worth = Conversion(amount=money("420.00", "USD"), rate=money("1.00").amount, rate_on=NOW.date())
    shown = msgspec.structs.replace(offer(price=money("390.00")), converted=worth)
    quote = Quote(
        supplier=shown.supplier,
        price=money("390.00"),
        price_components=(),
        conditions=shown.conditions,
        quoted_at=NOW,
        expires_at=NOW,
    )
    assert quote.status(shown) is QuoteStatus.SAME
    dearer = msgspec.structs.replace(quote, price=money("420.00", "USD"))
    assert dearer.status(shown) is QuoteStatus.CHANGED
