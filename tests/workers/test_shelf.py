"""Descriptions of properties are asked for once, and again when they are no longer good."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import create_engine
from tests.builders import ALBATROSS, BLUEBIRD, NOW, hotel
from workers.shelf import PropertyShelf

WEEK = timedelta(days=7)
BELLEVUE = hotel(number="1")
CENTRAL = hotel(number="2", name="Hotel Central")


class Clock:
    def __init__(self) -> None:
        self.shows = NOW

    def __call__(self) -> datetime:
        return self.shows


async def test_what_one_search_was_told_the_next_one_knows(engine: AsyncEngine) -> None:
    shelf = PropertyShelf(engine, now=Clock())
    await shelf.keep([BELLEVUE, CENTRAL], live_for=WEEK)
    assert await shelf.held(ALBATROSS, ["1", "2", "3"]) == {"1": BELLEVUE, "2": CENTRAL}


async def test_another_process_knows_it_too(engine: AsyncEngine) -> None:
    await PropertyShelf(engine, now=Clock()).keep([BELLEVUE], live_for=WEEK)
    assert await PropertyShelf(engine, now=Clock()).held(ALBATROSS, ["1"]) == {"1": BELLEVUE}


async def test_the_same_number_at_another_supplier_is_another_hotel(engine: AsyncEngine) -> None:
    shelf = PropertyShelf(engine, now=Clock())
    await shelf.keep([BELLEVUE], live_for=WEEK)
    assert await shelf.held(BLUEBIRD, ["1"]) == {}


async def test_a_description_that_is_no_longer_good_is_asked_for_again(engine: AsyncEngine) -> None:
    clock = Clock()
    shelf = PropertyShelf(engine, now=clock)
    await shelf.keep([BELLEVUE], live_for=WEEK)
    clock.shows = NOW + WEEK
    assert await shelf.held(ALBATROSS, ["1"]) == {}


async def test_a_renamed_hotel_is_known_by_its_new_name(engine: AsyncEngine) -> None:
    clock = Clock()
    shelf = PropertyShelf(engine, now=clock)
    await shelf.keep([BELLEVUE], live_for=WEEK)
    clock.shows = NOW + timedelta(hours=2)
    renamed = hotel(number="1", name="Grand Hotel Bellevue")
    await PropertyShelf(engine, now=clock).keep([renamed], live_for=WEEK)
    assert await shelf.held(ALBATROSS, ["1"]) == {"1": renamed}


async def test_a_search_goes_on_while_postgresql_is_away() -> None:
    nowhere = create_engine("postgresql://nobody@127.0.0.1:1/nothing")
    shelf = PropertyShelf(nowhere, now=Clock())
    assert await shelf.held(ALBATROSS, ["1"]) == {}
    await shelf.keep([BELLEVUE], live_for=WEEK)
    assert await shelf.held(ALBATROSS, ["1"]) == {"1": BELLEVUE}
    await nowhere.dispose()
