"""Whatever becomes of a field of a reply: the offers are right, or counted as skipped, or refused by name.

`make fuzz` tries thousands of combinations for each reader; here each field is tried alone, and some together.
"""

import os
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.kit.calls import Readout, Reply
from adapters.kit.failures import Failure
from tests.conformance import mutants
from tests.conformance.exchanges import Exchange
from tests.conformance.mutants import CHANGES, GIBBERISH, Change, Document
from tests.conformance.truths import lies, text_of

pytestmark = pytest.mark.silver("tampering found out")

_AT_ONCE: Final = 4


class Subject:
    """One exchange with a reply short enough to be read a thousand times, and the truth that is in it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange: Final = exchange
        self.told: Final = _shortest(exchange)
        self.truth: Final = exchange.read(mutants.reply_with(exchange.reply, self.told))
        self.paths: Final = tuple(dict.fromkeys(mutants.paths(self.told.value)))

    def judge(self, changes: list[Change]) -> None:
        reply = mutants.reply_with(self.exchange.reply, mutants.changed(self.told, changes))
        readout = self._read(reply)
        if readout is None:
            return
        removed = text_of(mutants.at(self.told.value, change.path) for change in changes)
        gibberish = any(change.how in GIBBERISH for change in changes)
        false = lies(self.truth.records, readout.records, removed, gibberish=gibberish)
        assert not false, f"{'; '.join(map(str, changes))}: {false[0]}"

    def _read(self, reply: Reply) -> "Readout[object] | None":
        """None where the supplier's reader gives the reply up by name; anything else that it raises is a crash."""
        try:
            return self.exchange.read(reply)
        except Failure:
            return None


def _shortest(exchange: Exchange) -> Document:
    """The shortest form of the reply that is read without a loss."""
    whole = exchange.read()
    for told in mutants.documents(exchange.reply.body):
        try:
            short = exchange.read(mutants.reply_with(exchange.reply, told))
        except Failure:
            continue
        if not short.skipped and bool(short.records) is bool(whole.records):
            return told
    pytest.skip("its reply says nothing that could be tampered with")


def test_the_untouched_reply_is_read_without_a_loss(exchange: Exchange) -> None:
    about = Subject(exchange)
    assert about.truth.skipped == ()
    assert bool(about.truth.records) is bool(exchange.read().records)
    assert lies(about.truth.records, about.truth.records, "") == []


def test_each_field_alone(exchange: Exchange) -> None:
    about = Subject(exchange)
    for path in about.paths:
        for how in CHANGES:
            about.judge([Change(path=path, how=how)])


def test_several_fields_at_once(exchange: Exchange) -> None:
    about = Subject(exchange)
    if not about.paths:
        pytest.skip("its reply has no field")
    change = st.builds(Change, path=st.sampled_from(about.paths), how=st.sampled_from(sorted(CHANGES)))

    @settings(settings.get_profile(f"conformance {os.environ.get('HYPOTHESIS_PROFILE', 'quick')}"))
    @given(st.lists(change, min_size=2, max_size=_AT_ONCE))
    def judged(changes: list[Change]) -> None:
        about.judge(changes)

    judged()
