"""The drift report is silent about what the sandbox says, and speaks up when a field comes or goes."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from adapters.kit.drift import Sample, Shape, sampled
from tests.conformance import mutants
from tests.conformance.exchanges import Exchange
from tests.conformance.mutants import Document

pytestmark = [pytest.mark.silver("drift noticed"), pytest.mark.each_operation]

_STRANGER: Final = "aFieldThatNobodyToldUsOf"


def compared(exchange: Exchange, told: Document | None = None) -> Sample:
    shape = exchange.supplier.shapes.get(exchange.operation)
    assert isinstance(shape, Shape), "shapes has nothing of it"
    sample = sampled(exchange.reply.body if told is None else told.written(), shape)
    if sample is None:
        assert not exchange.reply.body.strip(), "the reply is neither JSON nor XML"
        pytest.skip("its success says nothing")
    return sample


def test_it_is_silent_about_its_own_sandbox(exchange: Exchange) -> None:
    assert compared(exchange).unknown == {}


def test_it_names_a_field_that_nobody_told_us_of(exchange: Exchange) -> None:
    compared(exchange)
    told = next(mutants.documents(exchange.reply.body))
    holders = list(_objects(told.value))
    if not holders:
        pytest.skip("its reply has rows, and no names in them")
    for holder in holders:
        holder[_STRANGER] = "snow"
    assert any(_STRANGER in path for path in compared(exchange, told).unknown)


def test_it_names_a_field_that_stays_away(exchange: Exchange) -> None:
    """Of all that we read, what is taken out of every object that had it is missed."""
    usual = compared(exchange)
    told = next(mutants.documents(exchange.reply.body))
    names = sorted({name for holder in _objects(told.value) for name in holder if f".{name}".endswith(_ends(usual))})
    for name in names:
        lessened = _without(told, name)
        sample = compared(exchange, lessened)
        gone = {path for path in usual.read if path.rpartition(".")[2].removesuffix("[]") == name}
        within = {path for path in usual.read if any(path.startswith((f"{one}.", f"{one}[")) for one in gone)}
        still = {path for path in gone - within if path.rpartition(".")[0].removesuffix("[]") in _held(sample)}
        assert still <= sample.missed | sample.read.keys(), name


def _ends(sample: Sample) -> tuple[str, ...]:
    return tuple(f".{path.rpartition('.')[2]}" for path in sample.read)


def _held(sample: Sample) -> set[str]:
    """What is there to hold something: the reply itself, and every field that is not missed."""
    return {"", *(path.removesuffix("[]") for path in sample.read)}


def _without(told: Document, name: str) -> Document:
    lessened = mutants.changed(told, ())
    for holder in list(_objects(lessened.value)):
        holder.pop(name, None)
    return lessened


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)
