"""Which flight, stay and car go together."""

from datetime import date, datetime

import msgspec
import pytest

from domain.bundles import Bundle, Ground, Part, Trip, combined, ground, varied
from domain.flights import Itinerary
from domain.offers import Offer
from tests.builders import direction, itinerary, money, offer, rental_offer, segment, stay_offer

NEW_YEAR = datetime(2027, 1, 1)  # noqa: DTZ001 -- on the clocks there
FIRST, SECOND, LAST = date(2027, 3, 1), date(2027, 3, 2), date(2027, 3, 6)
ANY_DAY = Trip(check_in=None, check_out=LAST)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def there_and_back(
    *, out: tuple[str, str], back: tuple[str, str] = ("2027-03-06T18:00", "2027-03-07T06:00")
) -> Itinerary:
    """London to New York and home again, by the clocks of the airports."""
    return itinerary(
        direction(segment(departs=out[0], arrives=out[1])),
        direction(segment(origin="JFK", destination="LHR", departs=back[0], arrives=back[1])),
    )


DAYTIME = there_and_back(out=("2027-03-01T10:30", "2027-03-01T13:25"))
OVERNIGHT = there_and_back(out=("2027-03-01T21:30", "2027-03-02T00:25"))


def part(sold: Offer, amount: str, *, alone: str | None = None) -> Part:
    return Part(offer=sold, price=money(amount), alone=money(alone or amount))


def test_the_stay_begins_on_the_day_on_which_the_flight_lands() -> None:
    landed = ground(ANY_DAY, DAYTIME, now=NEW_YEAR), ground(ANY_DAY, OVERNIGHT, now=NEW_YEAR)
    assert [there and there.check_in for there in landed] == [FIRST, SECOND]


def test_across_the_date_line_the_stay_begins_before_the_traveller_has_left() -> None:
    flight = itinerary(
        direction(segment(origin="AKL", destination="HNL", departs="2027-03-01T22:00", arrives="2027-03-01T07:00"))
    )
    there = ground(ANY_DAY, flight, now=NEW_YEAR)
    assert there is not None
    assert (there.check_in, there.pick_up_at) == (FIRST, at("2027-03-01T10:00"))
    earlier = itinerary(
        direction(segment(origin="AKL", destination="HNL", departs="2027-03-01T01:00", arrives="2027-02-28T10:00"))
    )
    there = ground(ANY_DAY, earlier, now=NEW_YEAR)
    assert there is not None
    assert there.check_in == date(2027, 2, 28)


def test_who_wants_a_bed_only_later_gets_it_later_and_never_before_landing() -> None:
    later, sooner = Trip(check_in=SECOND, check_out=LAST), Trip(check_in=FIRST, check_out=LAST)
    for trip, flight in ((later, DAYTIME), (sooner, OVERNIGHT)):
        there = ground(trip, flight, now=NEW_YEAR)
        assert there is not None
        assert there.check_in == SECOND


def test_a_flight_that_lands_on_the_last_day_leaves_no_night() -> None:
    assert ground(Trip(check_in=None, check_out=SECOND), OVERNIGHT, now=NEW_YEAR) is None


def test_the_car_waits_at_the_counter_after_landing_and_is_back_before_the_flight_home() -> None:
    there = ground(ANY_DAY, DAYTIME, now=NEW_YEAR)
    assert there == Ground(
        check_in=FIRST, check_out=LAST, pick_up_at=at("2027-03-01T16:00"), drop_off_at=at("2027-03-06T16:00")
    )


@pytest.mark.parametrize(
    ("lands", "opens"),
    [("12:15", "13:00"), ("12:16", "16:00"), ("21:15", "22:00"), ("21:16", "2027-03-02T07:00"), ("05:00", "07:00")],
)
def test_who_lands_at_night_gets_the_car_in_the_morning(lands: str, opens: str) -> None:
    flight = there_and_back(out=("2027-02-28T23:00", f"2027-03-01T{lands}"))
    there = ground(ANY_DAY, flight, now=NEW_YEAR)
    assert there is not None
    assert there.pick_up_at == at(opens if "T" in opens else f"2027-03-01T{opens}")


def test_who_leaves_at_dawn_gives_the_car_back_the_evening_before() -> None:
    flight = there_and_back(out=("2027-03-01T10:30", "2027-03-01T13:25"), back=("2027-03-06T08:59", "2027-03-06T21:00"))
    there = ground(ANY_DAY, flight, now=NEW_YEAR)
    assert there is not None
    assert there.drop_off_at == at("2027-03-05T22:00")


def test_without_a_flight_the_car_is_there_from_morning_to_morning_or_as_was_told() -> None:
    trip = Trip(check_in=FIRST, check_out=LAST)
    morning = ground(trip, None, now=NEW_YEAR)
    assert morning is not None
    assert (morning.pick_up_at, morning.drop_off_at) == (at("2027-03-01T10:00"), at("2027-03-06T10:00"))
    today = ground(trip, None, now=at("2027-03-01T14:20"))
    assert today is not None
    assert today.pick_up_at == at("2027-03-01T16:00")
    told = msgspec.structs.replace(trip, pick_up_at=at("2027-03-01T12:15"), drop_off_at=at("2027-03-04T09:05"))
    there = ground(told, None, now=NEW_YEAR)
    assert there is not None
    assert (there.pick_up_at, there.drop_off_at) == (told.pick_up_at, told.drop_off_at)


def test_nobody_takes_a_car_before_landing_or_gives_it_back_after_leaving() -> None:
    too_soon = msgspec.structs.replace(ANY_DAY, pick_up_at=at("2027-03-01T13:00"))
    too_late = msgspec.structs.replace(ANY_DAY, drop_off_at=at("2027-03-06T19:00"))
    assert ground(too_soon, DAYTIME, now=NEW_YEAR) is None
    assert ground(too_late, DAYTIME, now=NEW_YEAR) is None


def test_each_flight_goes_with_what_fits_it_the_cheapest_bundle_first() -> None:
    flights = (part(offer(product=DAYTIME), "500.00"), part(offer(reference="night", product=OVERNIGHT), "400.00"))
    stays = {FIRST: part(stay_offer(), "360.00"), SECOND: part(stay_offer(reference="short"), "240.00")}
    car = part(rental_offer(), "200.00")

    def stays_for(journey: Itinerary | None) -> tuple[Part, ...]:
        there = ground(ANY_DAY, journey, now=NEW_YEAR)
        return () if there is None else (stays[there.check_in],)

    found = combined(flights, stays_for, lambda _: (car,))
    assert [str(bundle.price) for bundle in found] == ["840.00 EUR", "1060.00 EUR"]
    assert [bundle.parts[1].offer.reference for bundle in found] == ["short", "rate-1"]
    assert len({bundle.id for bundle in found}) == 2
    assert combined((), stays_for, lambda _: (car,)) == ()
    (on_the_ground,) = combined(None, lambda _: (stays[FIRST],), lambda _: (car,))
    assert (len(on_the_ground.parts), str(on_the_ground.price)) == (2, "560.00 EUR")


def test_nothing_is_saved_unless_a_part_is_sold_for_less_with_the_others() -> None:
    plain = Bundle(parts=(part(stay_offer(), "360.00"), part(rental_offer(), "200.00")))
    cheaper = Bundle(parts=(part(stay_offer(), "360.00"), part(rental_offer(), "180.00", alone="200.00")))
    assert (plain.alone, plain.saving) == (money("560.00"), money("0.00"))
    assert (cheaper.price, cheaper.alone, cheaper.saving) == (money("540.00"), money("560.00"), money("20.00"))


def test_the_cheapest_are_chosen_but_not_all_of_one_kind() -> None:
    parts = [part(stay_offer(reference=f"{kind}{number}"), f"{number}.00") for number, kind in enumerate("aaaabbc", 1)]
    chosen = varied(parts, lambda one: one.offer.reference[0], most=4, of_each=2)
    assert [one.offer.reference for one in chosen] == ["a1", "a2", "b5", "b6"]
    alike = varied(parts[:4], lambda one: one.offer.reference[0], most=3, of_each=2)
    assert [one.offer.reference for one in alike] == ["a1", "a2", "a3"]
    assert varied(reversed(parts), lambda one: one.offer.reference[0], most=4, of_each=2) == chosen
