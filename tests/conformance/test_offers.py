"""What is read is exact, adds up, and answers the question that was asked."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from adapters.kit.supplier import Supplier
from domain.fitting import misfit
from domain.money import Money
from domain.offers import Offer
from tests.conformance.exchanges import Exchange
from tests.conformance.questions import QUERIES
from tests.conformance.walk import Walk

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


def priced(value: object) -> Iterator[Any]:
    """Every value in it that has a price made of parts: offers and quotes."""
    if isinstance(value, msgspec.Struct):
        if {"price", "price_components"} <= set(value.__struct_fields__):
            yield value
        for field in value.__struct_fields__:
            yield from priced(getattr(value, field))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from priced(part)


def money(value: object) -> Iterator[Money]:
    if isinstance(value, Money):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from money(getattr(value, field))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from money(part)


def test_every_record_of_its_own_sandbox_is_read(exchange: Exchange) -> None:
    readout = exchange.read()
    assert readout.records or readout.next
    assert readout.skipped == ()


def test_every_conversation_comes_to_something(supplier: Supplier, walk: Walk) -> None:
    met: dict[str, int] = {}
    for exchange in walk.met.values():
        met[exchange.part.name] = met.get(exchange.part.name, 0) + len(exchange.read().records)
    assert {name for name, records in met.items() if not records} == set()
    assert walk.troubles == {}


def test_every_vertical_has_offers_that_fit(supplier: Supplier, walk: Walk) -> None:
    for vertical in supplier.searches:
        assert walk.offers[vertical], vertical


def test_every_amount_is_exact(exchange: Exchange) -> None:
    for amount in money(exchange.read().records):
        assert type(amount.amount) is Decimal
        assert amount.amount.is_finite()


@pytest.mark.searches
def test_no_float_reaches_a_price_or_its_terms(exchange: Exchange) -> None:
    """A place on the map is one, and nothing else."""
    for offer in exchange.read().records:
        for told in (offer.price, offer.price_components, offer.conditions, offer.supplier_extra):
            assert not [leaf for leaf in leaves(told) if isinstance(leaf, float)]


def test_every_breakdown_adds_up(exchange: Exchange) -> None:
    for told in priced(exchange.read().records):
        parts = [part.amount for part in told.price_components]
        assert not parts or sum(part.amount for part in parts) == told.price.amount
        assert {part.currency for part in parts} <= {told.price.currency}
        assert told.price.amount > 0


def test_what_is_paid_on_site_is_a_part_of_the_price_and_says_what_the_desk_asks_for(exchange: Exchange) -> None:
    """A total lacks nothing that has to be paid, whoever collects it and in whichever money."""
    for told in priced(exchange.read().records):
        on_site = [part for part in told.price_components if part.on_site]
        elsewhere = [part.amount.amount for part in told.price_components if not part.on_site]
        if told.price_components:
            assert told.price.amount == sum(part.amount.amount for part in on_site) + sum(elsewhere)
        assert all(
            part.on_site and part.due.currency != told.price.currency for part in told.price_components if part.due
        )


def test_every_offer_is_the_suppliers_own_and_known_by_one_id(supplier: Supplier, walk: Walk) -> None:
    for offers in walk.offers.values():
        assert {offer.supplier for offer in offers} <= {supplier.slug}
        assert len({offer.id for offer in offers}) == len(offers)


@pytest.mark.searches
def test_every_offer_is_an_answer_to_the_question(exchange: Exchange) -> None:
    """What its own sandbox says is what was asked for, and what does not fit is a misreading."""
    query = QUERIES[exchange.part.vertical or ""]
    assert {misfit(query, offer) for offer in exchange.read().records} <= {None}


@pytest.mark.searches
def test_no_offer_is_true_for_longer_than_the_supplier_says(exchange: Exchange) -> None:
    for offer in exchange.read().records:
        assert offer.fetched_at == exchange.reply.received_at
        _ends_in_time(offer, exchange)


def _ends_in_time(offer: Offer, exchange: Exchange) -> None:
    assert _aware(offer.expires_at)
    assert offer.expires_at > offer.fetched_at
    if exchange.supplier.offers_live_for is not None:
        assert offer.expires_at <= offer.fetched_at + exchange.supplier.offers_live_for


def _aware(moment: datetime) -> bool:
    return moment.tzinfo is not None


def test_every_time_says_in_which_zone(exchange: Exchange) -> None:
    moments = [leaf for leaf in leaves(exchange.read().records) if isinstance(leaf, datetime)]
    assert all(_aware(moment) for moment in moments)
