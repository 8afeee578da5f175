"""Operators see why records are one hotel, and what they decide holds."""

import asyncio
import re

import pytest

from cli import same_hotels
from cli.same_hotels import Shown
from cli.stops import Stop
from domain.hotels import Property
from domain.matching.hotel_ids import own_id
from domain.matching.properties import Key, Override, of
from storage import matches
from storage.engine import create_engine, transaction
from storage.migrate import downgrade
from tests.builders import ALBATROSS, BLUEBIRD, NOW, hotel
from tests.cli.test_drift import printed
from workers.matching import judge

BELLEVUE = hotel(supplier=ALBATROSS, number="7", name="Hotel Bellevue")
BELLEVUE_TOO = hotel(supplier=BLUEBIRD, number="B7", name="Hôtel Bellevue")
CENTRAL = hotel(supplier="cormorant", number="8", name="Grand Central")
ONE, TOO, OTHER = ((each.supplier, each.id) for each in (BELLEVUE, BELLEVUE_TOO, CENTRAL))


async def _judged(database_url: str, *told: Property) -> None:
    engine = create_engine(database_url, connections=1)
    seen = {(each.supplier, each.id): described for each in told if (described := of(each))}
    async with transaction(engine) as connection:
        await matches.note(connection, seen, at=NOW)
        await judge(connection, seen, at=NOW)
    await engine.dispose()


@pytest.fixture
def known(database_url: str) -> str:
    """A database in which all three records have been judged."""
    asyncio.run(_judged(database_url, BELLEVUE, BELLEVUE_TOO, CENTRAL))
    return database_url


def ruled(url: str, left: Key, right: Key, *, same: bool, because: str = "I was there") -> tuple[Shown, ...]:
    return same_hotels.ruled(url, Override(left=left, right=right, same=same), because=because, by="Ada")


def test_a_hotel_is_shown_with_its_records_and_why_they_are_one(known: str) -> None:
    shown = same_hotels.hotel(known, own_id(ONE))
    assert [record.key for record in shown.records] == [ONE, TOO]
    lines = printed(same_hotels.table(shown)).splitlines()
    assert f"Hotel {own_id(ONE)}" in lines[0]
    assert re.search(r"albatross:7 +Hotel Bellevue +[01]\.\d\d +like bluebird:B7; \w", lines[2])
    assert same_hotels.sentences(shown) == ()


def test_what_a_person_splits_is_two_hotels(known: str) -> None:
    one, other = ruled(known, ONE, TOO, same=False)
    assert {record.key for shown in (one, other) for record in shown.records} == {ONE, TOO}
    assert same_hotels.sentences(one) == (
        f"albatross:7 and bluebird:B7 are not the same, says Ada on {one.decisions[0].at:%Y-%m-%d}: I was there",
    )


def test_what_a_person_joins_is_one_hotel_that_is_found_by_both_ids(known: str) -> None:
    (joined,) = ruled(known, OTHER, ONE, same=True)
    assert {record.key for record in joined.records} == {ONE, TOO, OTHER}
    assert {joined.id, *joined.formerly} == {own_id(ONE), own_id(OTHER)}
    assert same_hotels.hotel(known, own_id(OTHER)) == same_hotels.hotel(known, own_id(ONE))


def test_who_changes_their_mind_takes_back_what_they_said(known: str) -> None:
    ruled(known, ONE, TOO, same=False)
    (joined,) = ruled(known, TOO, ONE, same=True, because="I looked again")
    assert [decision.because for decision in joined.decisions] == ["I looked again"]


def test_decisions_that_contradict_each_other_are_refused_and_change_nothing(known: str) -> None:
    ruled(known, ONE, TOO, same=True)
    ruled(known, TOO, OTHER, same=True)
    before = same_hotels.hotel(known, own_id(ONE))
    with pytest.raises(Stop, match="albatross 7 and cormorant 8 are told apart"):
        ruled(known, ONE, OTHER, same=False)
    assert same_hotels.hotel(known, own_id(ONE)) == before


def test_what_nobody_knows_is_told_in_one_sentence(known: str) -> None:
    with pytest.raises(Stop, match=r"Nothing is known of heron:1: no search has found it yet\."):
        ruled(known, ONE, ("heron", "1"), same=True)
    with pytest.raises(Stop, match="No hotel has the id nowhere"):
        same_hotels.hotel(known, "nowhere")


def test_a_decision_has_a_reason_and_two_records() -> None:
    with pytest.raises(Stop, match="why"):
        ruled("postgresql://nobody@127.0.0.1:9/nothing", ONE, TOO, same=True, because=" ")
    with pytest.raises(Stop, match="same one twice"):
        ruled("postgresql://nobody@127.0.0.1:9/nothing", ONE, ONE, same=True)


@pytest.mark.parametrize("written", ["albatross", "albatross:", ":7", ""])
def test_a_record_is_written_as_its_supplier_and_its_number(written: str) -> None:
    assert same_hotels.record("albatross:7:b") == ("albatross", "7:b")
    with pytest.raises(Stop, match="a colon"):
        same_hotels.record(written)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://nobody@127.0.0.1:9/nothing", "PostgreSQL: "),
        ("mysql://me:secret@127.0.0.1/x", "wants a PostgreSQL server"),
    ],
)
def test_a_database_that_is_away_is_one_sentence(url: str, why: str) -> None:
    with pytest.raises(Stop, match=why) as stop:
        same_hotels.hotel(url, own_id(ONE))
    assert "secret" not in str(stop.value)


def test_a_database_of_an_older_version_is_said_to_be_one(database_url: str) -> None:
    downgrade(database_url, "0012")
    with pytest.raises(Stop, match="travelhub migrate"):
        same_hotels.hotel(database_url, own_id(ONE))
