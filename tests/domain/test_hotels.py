"""A stay is completed by what its property is known to be."""

from datetime import timedelta

import msgspec
import pytest

from domain.hotels import Property, Room, RoomType, Stay, StayConditions, described, furnished, nights
from tests.builders import ALBATROSS, BLUEBIRD, DEPARTURE, hotel, stay_offer

TWIN = RoomType(code="7", name="Twin room", beds="2 single beds")
BARE = Property(supplier=ALBATROSS, id="1")


def test_a_stay_without_a_night_is_refused() -> None:
    with pytest.raises(ValueError, match="has no night"):
        Stay(property=BARE, check_in=DEPARTURE, check_out=DEPARTURE)


def test_nights_are_counted_from_date_to_date() -> None:
    assert nights(stay_offer(check_out=DEPARTURE + timedelta(days=3)).product) == 3


def test_a_property_that_was_a_number_gets_its_name() -> None:
    stay = Stay(property=BARE, check_in=DEPARTURE, check_out=DEPARTURE + timedelta(days=1))
    assert described(stay, hotel(number="1")).property.name == "Hotel Bellevue"


@pytest.mark.parametrize("other", [hotel(number="2"), hotel(supplier=BLUEBIRD, number="1")])
def test_another_hotels_name_is_refused(other: Property) -> None:
    stay = Stay(property=BARE, check_in=DEPARTURE, check_out=DEPARTURE + timedelta(days=1))
    with pytest.raises(ValueError, match="is not albatross 1"):
        described(stay, other)


def test_a_room_that_was_a_number_gets_its_name_and_its_beds() -> None:
    terms = StayConditions(rooms=(Room(name="Room type 7", code="7", count=2, sleeps=3),))
    named = furnished(terms, msgspec.structs.replace(hotel(), room_types=(TWIN,)))
    assert named.rooms == (Room(name="Twin room", code="7", count=2, beds="2 single beds", sleeps=3),)


def test_the_beds_that_an_offer_names_itself_stay() -> None:
    terms = StayConditions(rooms=(Room(name="Room type 7", code="7", beds="1 double bed"),))
    named = furnished(terms, msgspec.structs.replace(hotel(), room_types=(TWIN,)))
    assert named.rooms[0].beds == "1 double bed"


def test_a_room_that_nobody_describes_stays_as_it_is() -> None:
    terms = StayConditions(rooms=(Room(name="Double room"), Room(name="Room type 8", code="8")))
    assert furnished(terms, msgspec.structs.replace(hotel(), room_types=(TWIN,))) == terms
