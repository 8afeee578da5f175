"""A hotel search as people read it."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from api.hotels.answers import HotelSearchAnswer
from cli import found, hotels
from cli.client import read
from domain.cancellation import CancellationStep, Ladder
from domain.hotels import Board, Room, StayConditions
from domain.matching.hotels import merged
from domain.offers import ComponentKind, PriceComponent, StayOffer
from domain.searches import arrived, begun
from tests import builders as a
from tests.api.hub import on_the_wire

ROOM = Room(name="Double room")
FREE_UNTIL = Ladder(steps=(CancellationStep(fee=a.money("60.00"), since=datetime(2027, 2, 26, 18, tzinfo=UTC)),))
AT_ONCE = Ladder(steps=(CancellationStep(fee=a.money("60.00")),))


def answer(*offers: StayOffer) -> HotelSearchAnswer:
    """As it comes over the wire."""
    search = begun(a.hotel_query(), (a.ALBATROSS,), a.NOW)
    search = arrived(search, a.report(offers=len(offers)), offers, merge=merged, now=a.NOW)
    return read(on_the_wire(search, now=a.NOW), HotelSearchAnswer)


def shown(*offers: StayOffer) -> str:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(hotels.table(answer(*offers)))
    return captured.get()


def test_a_property_is_one_row_with_its_cheapest_offer() -> None:
    known = msgspec.structs.replace(a.hotel(), stars=Decimal("4.5"), rating=Decimal("8.7"), reviews=1204)
    row = shown(
        a.stay_offer(reference="dear", at=known, price=a.money("500.00")),
        a.stay_offer(reference="cheap", at=known, price=a.money("360.50")),
    )
    assert row.count("Hotel Bellevue") == 1
    for told in ("360.50 EUR", "4.5", "8.7 (1,204)", "0.0 km", "Double room", "breakfast", "albatross"):
        assert told in row
    assert "500.00" not in row


def test_what_is_not_known_is_left_empty() -> None:
    nowhere = msgspec.structs.replace(a.hotel(), location=None)
    row = shown(a.stay_offer(at=nowhere)).splitlines()[1]
    assert row.split() == ["360.00", "EUR", "Hotel", "Bellevue", "Double", "room", "breakfast", "albatross"]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (StayConditions(rooms=(ROOM,)), ""),
        (StayConditions(rooms=(ROOM,), board=Board.HALF_BOARD, refundable=False), "half board, not refundable"),
        (StayConditions(rooms=(ROOM,), refundable=True, cancellation=FREE_UNTIL), "free until 2027-02-26 18:00"),
        (StayConditions(rooms=(ROOM,), refundable=True, cancellation=AT_ONCE, rooms_left=2), "refundable, 2 left"),
    ],
)
def test_conditions_say_what_the_supplier_says_and_nothing_else(terms: StayConditions, said: str) -> None:
    (result,) = answer(a.stay_offer(conditions=terms)).results
    assert hotels.conditions(result.offers[0]) == said


def test_what_is_paid_at_the_desk_is_told_beside_the_price() -> None:
    parts = (
        PriceComponent(kind=ComponentKind.ROOM, amount=a.money("350.00")),
        PriceComponent(kind=ComponentKind.TAX, amount=a.money("10.00"), on_site=True),
    )
    (result,) = answer(msgspec.structs.replace(a.stay_offer(), price_components=parts)).results
    assert hotels.conditions(result.offers[0]) == "breakfast, of it 10.00 EUR on site"


def test_several_rooms_of_a_kind_are_counted() -> None:
    rooms = (Room(name="Twin room", count=2), Room(name="Suite"))
    (result,) = answer(a.stay_offer(conditions=StayConditions(rooms=rooms))).results
    assert hotels.rooms(result.offers[0]) == "2 x Twin room, Suite"


def test_no_room_anywhere_is_said() -> None:
    assert "Nobody has a room there." in [line.plain for line in found.footer(answer(), hotels.WORDS)]
