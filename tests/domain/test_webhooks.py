"""Webhooks: how long we go on trying, and what messages are called and signed with."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.alerts import PRICE_DROPPED
from domain.letters import LETTER_OF
from domain.saga.news import TOLD_TO_CLIENTS
from domain.webhooks import CHOSEN, MEANINGS, PAUSES, EventType, Outcome, Secrets, message_id, next_try
from tests.builders import NOW


def test_every_type_of_event_has_a_meaning() -> None:
    assert set(MEANINGS) == set(EventType)
    assert set(CHOSEN) == set(EventType) - {EventType.TEST}


def test_every_type_of_event_is_explained_to_clients() -> None:
    explained = (Path(__file__).parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")
    for kind in EventType:
        assert f"| `{kind}` | {MEANINGS[kind].partition(';')[0]} |" in explained


def test_whatever_is_written_to_travellers_can_be_heard_by_clients_too() -> None:
    assert {*LETTER_OF, PRICE_DROPPED} <= set(EventType)


def test_whatever_becomes_of_a_booking_is_of_a_type_that_can_be_chosen() -> None:
    assert set(CHOSEN) >= TOLD_TO_CLIENTS


def test_pauses_grow_for_more_than_a_day() -> None:
    pauses = [next_try(tries, jitter=0.0) for tries in range(1, len(PAUSES) + 1)]
    assert pauses == sorted(PAUSES)
    assert sum(PAUSES, timedelta()) >= timedelta(hours=24)
    assert next_try(len(PAUSES) + 1, jitter=0.0) is None


def test_chance_makes_a_pause_longer_and_never_shorter() -> None:
    assert next_try(1, jitter=1.0) == PAUSES[0] * 1.2


def test_a_message_has_one_name_without_a_full_stop() -> None:
    name = message_id("booking 7KPQRT.confirmed/3")
    assert name == message_id("booking 7KPQRT.confirmed/3")
    assert name != message_id("booking 7KPQRT.confirmed/4")
    assert "." not in name
    assert name.isascii()


def test_of_secrets_that_are_replaced_twice_the_last_two_sign() -> None:
    once = Secrets(current="first").renewed("second", now=NOW)
    twice = once.renewed("third", now=NOW + timedelta(hours=1))
    assert Secrets(current="first").signing(NOW) == ("first",)
    assert twice.signing(NOW + timedelta(hours=2)) == ("third", "second")
    assert twice.signing(NOW + timedelta(hours=25)) == ("third",)


@pytest.mark.parametrize(
    ("status", "delivered", "gone"),
    [(200, True, False), (204, True, False), (299, True, False), (199, False, False), (300, False, False),
     (410, False, True), (500, False, False), (None, False, False)],
)  # fmt: skip
def test_only_a_2xx_is_a_delivery(status: int | None, *, delivered: bool, gone: bool) -> None:
    outcome = Outcome(at=NOW, took_ms=1, status=status)
    assert (outcome.delivered, outcome.gone) == (delivered, gone)
