"""What is read is exact, adds up, and answers the question that was asked."""

from collections.abc import Iterator

import msgspec
import pytest

from adapters.kit.calls import Reply
from domain.fitting import misfit
from domain.offers import Offer
from tests.conformance.exchanges import QUERIES, Exchange

pytestmark = pytest.mark.bronze("prices exact")


def leaves(value: object) -> Iterator[object]:
    """Everything that a value is made of, down to what has no parts."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from leaves(getattr(value, field))
    elif isinstance(value, dict):
        for pair in value.items():
            yield from leaves(pair)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def offers(exchange: Exchange, reply: Reply) -> tuple[Offer, ...]:
    records: tuple[Offer, ...] = exchange.read(reply).records
    assert records
    return records


def test_every_record_of_its_own_sandbox_is_read(exchange: Exchange, reply: Reply) -> None:
    readout = exchange.read(reply)
    assert readout.records
    assert readout.skipped == ()


@pytest.mark.sells
def test_no_float_reaches_an_offer(exchange: Exchange, reply: Reply) -> None:
    for offer in offers(exchange, reply):
        assert not [leaf for leaf in leaves(offer) if isinstance(leaf, float)]


@pytest.mark.sells
def test_every_breakdown_adds_up(exchange: Exchange, reply: Reply) -> None:
    for offer in offers(exchange, reply):
        parts = [part.amount for part in offer.price_components]
        assert not parts or sum(part.amount for part in parts) == offer.price.amount
        assert {part.currency for part in parts} <= {offer.price.currency}
        assert offer.price.amount > 0


@pytest.mark.sells
def test_every_offer_is_the_suppliers_own_and_an_answer_to_the_question(exchange: Exchange, reply: Reply) -> None:
    found = offers(exchange, reply)
    assert {offer.supplier for offer in found} == {exchange.supplier.slug}
    assert len({offer.id for offer in found}) == len(found)
    assert {misfit(QUERIES[exchange.vertical or ""], offer) for offer in found} == {None}


@pytest.mark.sells
def test_no_offer_is_true_for_longer_than_the_supplier_says(exchange: Exchange, reply: Reply) -> None:
    for offer in offers(exchange, reply):
        assert offer.fetched_at == reply.received_at
        assert offer.expires_at > offer.fetched_at
        if exchange.supplier.offers_live_for is not None:
            assert offer.expires_at <= offer.fetched_at + exchange.supplier.offers_live_for
