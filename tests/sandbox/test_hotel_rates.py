"""What stays cost in the pretend world: nights, taxes, plans, fees for cancelling, and rooms that run out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sandbox.hotels.directory import Hotels
from sandbox.hotels.facts import Hotel
from sandbox.hotels.offers import Charge, Guests, Rate
from tests.sandbox.travel import DAY, NOON, Clock

COUPLE = Guests(adults=2)
CENT = Decimal("0.01")


def the_hotels(clock: Clock | None = None) -> Hotels:
    return Hotels(seed=1, noise=1.0, now=clock or Clock())


def stay(
    hotels: Hotels, hotel: Hotel, *, nights: int = 2, from_day: date = DAY, seller: str = "heron"
) -> tuple[Rate, ...]:
    return hotels.rates(hotel, from_day, from_day + timedelta(days=nights), [COUPLE], seller)


def every_rate(hotels: Hotels, code: str, *, nights: int = 2, from_day: date = DAY) -> Iterator[tuple[Hotel, Rate]]:
    for hotel in hotels.in_city(code):
        for rate in stay(hotels, hotel, nights=nights, from_day=from_day):
            yield hotel, rate


def cheapest(hotels: Hotels, code: str, *, from_day: date) -> list[Decimal]:
    """Of each hotel that has a room."""
    found = (stay(hotels, hotel, from_day=from_day) for hotel in hotels.in_city(code))
    return [min(rate.total_eur for rate in rates) for rates in found if rates]


def of_code(rate: Rate, code: str) -> list[Charge]:
    return [charge for room in rate.rooms for charge in room.charges if charge.code == code]


def an_open_one(hotels: Hotels, code: str = "PAR", *, seller: str = "heron") -> tuple[Hotel, Rate]:
    return next((hotel, rates[0]) for hotel in hotels.in_city(code) if (rates := stay(hotels, hotel, seller=seller)))


def one_after_the_other(hotels: Hotels, hotel: Hotel, rate: Rate) -> int:
    """Rooms that can be taken for the one night, until there are no more."""
    taken = [hotels.take(hotel.id, rate.room.code, DAY, DAY + timedelta(days=1), 1) for _ in range(rate.room.count + 1)]
    return taken.count(True)


@pytest.mark.parametrize("code", ["PAR", "NYC", "AMS", "DXB", "CUN", "TYO"])
def test_nights_and_charges_add_up_to_the_cent(code: str) -> None:
    for hotel, rate in every_rate(the_hotels(), code, nights=3):
        for room in rate.rooms:
            assert [night.day for night in room.nights] == [DAY + timedelta(days=later) for later in range(3)]
            by_night = sum(
                (night.base_eur + night.extra_persons_eur + night.taxes_eur for night in room.nights), Decimal(0)
            )
            for_the_stay = sum(
                (one.amount_eur for one in room.charges if one.place == "added" and one.mode == "per_stay"), Decimal(0)
            )
            assert by_night + for_the_stay == room.total_eur, hotel.id
            amounts = [room.total_eur, *(one.amount_eur for one in room.charges)]
            assert all(amount == amount.quantize(CENT) for amount in amounts)
            assert all(night.base_eur > 0 for night in room.nights)
        assert rate.total_eur == sum((room.total_eur for room in rate.rooms), Decimal(0))


def test_value_added_tax_is_inside_in_europe_and_sales_tax_on_top_in_america() -> None:
    hotels = the_hotels()
    for _, rate in every_rate(hotels, "PAR"):
        assert {charge.place for charge in of_code(rate, "vat")} == {"in_rate"}
        (vat,) = of_code(rate, "vat")
        assert abs(vat.amount_eur - rate.rooms[0].base_eur / 10) <= CENT * 2
    for _, rate in every_rate(hotels, "NYC"):
        assert of_code(rate, "vat") == []
        assert {charge.place for charge in of_code(rate, "sales_tax")} == {"added"}


def test_city_tax_is_paid_at_the_hotel_for_each_adult_and_night_beyond_the_total() -> None:
    hotels = the_hotels()
    hotel = next(one for one in hotels.in_city("PAR") if one.stars == 4 and stay(hotels, one, nights=3))
    family = [Guests(adults=2, children=(6, 9))]
    for rate in hotels.rates(hotel, DAY, DAY + timedelta(days=3), family, "heron"):
        (tax,) = of_code(rate, "city_tax")
        assert (tax.place, tax.mode) == ("on_site", "per_person_per_night")
        assert tax.unit_eur is not None
        assert tax.amount_eur == 2 * 3 * tax.unit_eur == rate.on_site_eur


def test_a_city_tax_ends_after_so_many_nights() -> None:
    hotels = the_hotels()
    for _, rate in every_rate(hotels, "LIS", nights=10):
        (tax,) = of_code(rate, "city_tax")
        assert tax.amount_eur == Decimal("4.00") * 2 * 7


def test_some_cities_take_a_share_of_the_price_at_the_hotel() -> None:
    for _, rate in every_rate(the_hotels(), "AMS"):
        (tax,) = of_code(rate, "city_tax")
        assert (tax.place, tax.percent, tax.unit_eur) == ("on_site", Decimal("12.5"), None)


def test_resorts_in_america_take_a_fee_on_site() -> None:
    fees = [
        fee
        for hotel, rate in every_rate(the_hotels(), "MIA")
        if hotel.kind == "resort"
        for fee in of_code(rate, "resort_fee")
    ]
    assert fees
    assert {fee.place for fee in fees} == {"on_site"}


def test_breakfast_costs_extra_only_where_it_is_not_in_the_price() -> None:
    seen = set()
    for _, rate in every_rate(the_hotels(), "MUC"):
        wanted = of_code(rate, "breakfast")
        seen.add((rate.board, bool(wanted)))
        assert not wanted or rate.board == "room_only"
        assert {charge.place for charge in wanted} <= {"conditional"}
    assert {("room_only", True), ("breakfast", False)} <= seen


def test_what_is_only_wanted_by_some_is_in_no_total() -> None:
    for _, rate in every_rate(the_hotels(), "MUC"):
        (room,) = rate.rooms
        assert room.total_eur == room.base_eur + room.charged_eur("in_rate") + room.charged_eur("added")


def test_every_board_is_sold_somewhere() -> None:
    hotels = the_hotels()
    boards = {rate.board for code in ("CUN", "MUC", "PAR") for _, rate in every_rate(hotels, code)}
    assert boards == {"room_only", "breakfast", "half_board", "full_board", "all_inclusive"}


def test_meals_make_a_rate_dearer() -> None:
    hotels = the_hotels()
    compared = 0
    for hotel in hotels.in_city("PAR"):
        totals = {(rate.room.code, rate.plan): rate.total_eur for rate in stay(hotels, hotel)}
        for (room, plan), total in totals.items():
            if plan == "FLEX-BB" and (room, "FLEX-RO") in totals:
                compared += 1
                assert total > totals[room, "FLEX-RO"]
    assert compared > 50


def test_what_can_not_be_cancelled_is_cheaper_and_prepaid() -> None:
    hotels = the_hotels()
    compared = 0
    for hotel in hotels.in_city("PAR"):
        by_plan = {(rate.room.code, rate.plan): rate for rate in stay(hotels, hotel)}
        for (room, plan), rate in by_plan.items():
            if plan == "SAVE-RO" and (room, "FLEX-RO") in by_plan:
                compared += 1
                flexible = by_plan[room, "FLEX-RO"]
                assert rate.total_eur < flexible.total_eur
                assert (rate.payment, flexible.payment) == ("prepaid", "at_hotel")
                assert rate.refundable == "non_refundable"
    assert compared > 50


# ---- cancelling ----


def test_the_ladder_begins_now_and_its_fees_grow() -> None:
    hotels = the_hotels()
    lengths = set()
    for hotel, rate in every_rate(hotels, "PAR", nights=3):
        first, *later = rate.ladder
        lengths.add(len(rate.ladder))
        assert first.starts is None
        fees = [step.fee_eur for step in rate.ladder]
        assert fees == sorted(set(fees))
        assert fees[-1] == rate.total_eur
        starts = [step.starts for step in later if step.starts is not None]
        assert len(starts) == len(later)
        assert starts == sorted(starts)
        for start in starts:
            assert (
                NOON < start < datetime.combine(DAY + timedelta(days=1), datetime.min.time(), ZoneInfo(hotel.timezone))
            )
    assert lengths >= {1, 2, 3}


def test_for_one_night_no_step_repeats_the_fee_of_the_one_before() -> None:
    """The first night is all there is, so that a fee of one night and one of the whole stay are the same."""
    for _, rate in every_rate(the_hotels(), "PAR", nights=1):
        fees = [step.fee_eur for step in rate.ladder]
        assert fees == sorted(set(fees))


def test_refundable_says_what_the_first_step_costs() -> None:
    kinds = set()
    for _, rate in every_rate(the_hotels(), "PAR"):
        fee = rate.ladder[0].fee_eur
        told = (
            "free_cancellation" if fee == 0 else "non_refundable" if fee == rate.total_eur else "partially_refundable"
        )
        assert rate.refundable == told
        kinds.add(told)
    assert kinds == {"free_cancellation", "partially_refundable", "non_refundable"}


def test_the_first_night_as_a_fee_is_what_the_first_night_costs() -> None:
    hotels, seen = the_hotels(), 0
    for _, rate in every_rate(hotels, "PAR", nights=3):
        (room,) = rate.rooms
        first = room.nights[0]
        for step in rate.ladder:
            if step.nights == 1:
                seen += 1
                assert step.fee_eur == first.base_eur + first.extra_persons_eur + first.taxes_eur
    assert seen


def test_the_free_days_end_as_time_goes_by() -> None:
    clock = Clock()
    hotels = the_hotels(clock)
    hotel, rate = next(
        (hotel, rate)
        for hotel, rate in every_rate(hotels, "PAR", nights=3)
        if rate.refundable == "free_cancellation" and rate.room.count > 30
    )
    ends = rate.ladder[1].starts
    assert ends is not None
    clock.now = ends - timedelta(minutes=1)
    free = [one for one in stay(hotels, hotel, nights=3) if (one.room, one.plan) == (rate.room, rate.plan)]
    assert [one.refundable for one in free] == ["free_cancellation"]
    clock.now = ends
    late = [one for one in stay(hotels, hotel, nights=3) if (one.room, one.plan) == (rate.room, rate.plan)]
    assert [one.refundable for one in late] != ["free_cancellation"]
    assert all(one.ladder[0].fee_eur > 0 for one in late)


def test_steps_begin_at_the_hotels_own_hour_on_both_sides_of_a_clock_change() -> None:
    """Clocks went forward in Paris on 28 March 2027: a stay over it has as many nights as the calendar says."""
    hotels = the_hotels()
    over = date(2027, 3, 27)
    offsets = set()
    for _, rate in every_rate(hotels, "PAR", nights=3, from_day=over + timedelta(days=1)):
        (room,) = rate.rooms
        assert [night.day.day for night in room.nights] == [28, 29, 30]
        for step in rate.ladder[1:]:
            assert step.starts is not None
            assert step.starts.hour in (12, 14, 18)
            offsets.add(step.starts.utcoffset())
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}
    for _, rate in every_rate(hotels, "PAR", nights=3, from_day=over):
        assert len(rate.rooms[0].nights) == 3


# ---- who sleeps where ----


def test_a_room_is_offered_only_to_those_who_fit() -> None:
    hotels = the_hotels()
    parties = (Guests(adults=1), COUPLE, Guests(adults=3), Guests(adults=2, children=(3, 8)))
    for party in parties:
        found = [
            rate
            for hotel in hotels.in_city("PAR")
            for rate in hotels.rates(hotel, DAY, DAY + timedelta(days=1), [party], "heron")
        ]
        assert found
        for rate in found:
            assert rate.room.adults >= party.adults
            assert rate.room.children >= len(party.children)
            assert rate.room.sleeps >= party.adults + len(party.children)
    nobody = hotels.rates(hotels.in_city("PAR")[0], DAY, DAY + timedelta(days=1), [Guests(adults=9)], "heron")
    assert nobody == ()


def test_each_party_has_a_room_and_a_third_person_costs_more() -> None:
    hotels = the_hotels()
    parties = [COUPLE, Guests(adults=2, children=(14,))]
    for hotel in hotels.in_city("PAR"):
        for rate in hotels.rates(hotel, DAY, DAY + timedelta(days=2), parties, "heron"):
            couple, family = rate.rooms
            assert (couple.adults, couple.children, family.children) == (2, (), (14,))
            assert family.base_eur > couple.base_eur
            assert couple.nights[0].extra_persons_eur == 0
            assert family.nights[0].extra_persons_eur > 0
            assert rate.rooms_left >= 2


# ---- sellers, seasons, the clock ----


def test_sellers_differ_by_a_few_per_cent_and_lack_some_plans() -> None:
    hotels = the_hotels()
    ratios, missing = [], 0
    for hotel in hotels.in_city("PAR"):
        ours, theirs = (
            {(rate.room.code, rate.plan): rate.total_eur for rate in stay(hotels, hotel, seller=seller)}
            for seller in ("heron", "bluebird")
        )
        ratios += [ours[same] / theirs[same] for same in ours.keys() & theirs.keys()]
        missing += len(ours.keys() ^ theirs.keys())
    assert Decimal("0.92") < min(ratios) < max(ratios) < Decimal("1.08")
    assert len(set(ratios)) > 20
    assert missing > 20


def test_stays_are_dearer_on_saturdays_in_summer_and_shortly_before() -> None:
    hotels = the_hotels()
    monday, july, soon = date(2027, 3, 8), date(2027, 7, 5), NOON.date() + timedelta(days=1)
    hotel, _ = an_open_one(hotels)
    week = {
        night.day.weekday(): night.base_eur
        for night in stay(hotels, hotel, from_day=monday, nights=7)[0].rooms[0].nights
    }
    assert week[5] > week[0]
    usual, summer, late = (sum(cheapest(hotels, "PAR", from_day=day)[:60]) for day in (monday, july, soon))
    assert summer > usual
    assert late > usual * Decimal("0.95")


def test_in_the_south_summer_is_in_january() -> None:
    hotels = the_hotels(Clock(datetime(2026, 11, 20, tzinfo=UTC)))
    january, july = (sum(cheapest(hotels, "SYD", from_day=day)[:60]) for day in (date(2027, 1, 18), date(2027, 7, 19)))
    assert january > july


def test_prices_hold_still_for_a_while_and_drift_within_a_day() -> None:
    clock = Clock()
    hotels = the_hotels(clock)
    before = cheapest(hotels, "PAR", from_day=DAY)
    clock.go_on(seconds=1)
    assert cheapest(hotels, "PAR", from_day=DAY) == before
    clock.go_on(hours=5)
    assert cheapest(hotels, "PAR", from_day=DAY) != before


def test_nothing_is_sold_in_the_past_too_far_ahead_for_no_night_or_for_nobody() -> None:
    hotels = the_hotels()
    hotel, _ = an_open_one(hotels)
    today = NOON.date()
    assert stay(hotels, hotel, from_day=today - timedelta(days=1)) == ()
    assert stay(hotels, hotel, from_day=today + timedelta(days=501)) == ()
    assert stay(hotels, hotel, nights=0) == ()
    assert stay(hotels, hotel, nights=-1) == ()
    assert stay(hotels, hotel, nights=91) == ()
    assert hotels.rates(hotel, DAY, DAY + timedelta(days=1), [], "heron") == ()


def test_today_is_the_hotels_own_day() -> None:
    """At noon in London it is tomorrow already in Auckland, from eleven o'clock on in summer."""
    hotels = the_hotels(Clock(datetime(2027, 1, 10, 11, 30, tzinfo=UTC)))
    sold = [stay(hotels, hotel, from_day=date(2027, 1, 10)) for hotel in hotels.in_city("AKL")]
    assert sold == [()] * len(sold)
    assert any(stay(hotels, hotel, from_day=date(2027, 1, 10)) for hotel in hotels.in_city("LON"))


# ---- rooms run out ----


def test_the_last_room_is_gone_for_everybody() -> None:
    hotels = the_hotels()
    hotel, rate = an_open_one(hotels)
    left = max(one.rooms_left for one in stay(hotels, hotel) if one.room == rate.room)
    night = DAY + timedelta(days=1)
    assert not hotels.take(hotel.id, rate.room.code, DAY, night, 500)
    taken = one_after_the_other(hotels, hotel, rate)
    assert left <= taken < rate.room.count
    for seller in ("heron", "bluebird", "gull"):
        rooms = {one.room.code for one in stay(hotels, hotel, nights=1, seller=seller)}
        assert rate.room.code not in rooms
        over_it = {one.room.code for one in stay(hotels, hotel, nights=3, seller=seller)}
        assert rate.room.code not in over_it


def test_the_night_after_is_still_free() -> None:
    hotels = the_hotels()
    hotel, rate = an_open_one(hotels)
    assert one_after_the_other(hotels, hotel, rate) > 0
    after = DAY + timedelta(days=1)
    assert rate.room.code in {one.room.code for one in stay(hotels, hotel, nights=1, from_day=after)}


def test_a_room_that_is_given_back_is_sold_again() -> None:
    hotels = the_hotels()
    hotel, rate = an_open_one(hotels)
    stays = (hotel.id, rate.room.code, DAY, DAY + timedelta(days=2))
    before = stay(hotels, hotel)
    assert hotels.take(*stays, 1)
    assert stay(hotels, hotel) != before
    assert hotels.give_back(*stays, 1)
    assert stay(hotels, hotel) == before


def test_nobody_gives_back_what_was_not_taken() -> None:
    hotels = the_hotels()
    hotel, rate = an_open_one(hotels)
    one_night = (hotel.id, rate.room.code, DAY, DAY + timedelta(days=1))
    assert not hotels.give_back(*one_night, 1)
    assert hotels.take(*one_night, 1)
    assert not hotels.give_back(*one_night, 2)
    assert not hotels.give_back(hotel.id, rate.room.code, DAY, DAY + timedelta(days=2), 1)
    assert hotels.give_back(*one_night, 1)


def test_only_rooms_that_exist_can_be_taken_for_nights_that_exist() -> None:
    hotels = the_hotels()
    hotel, rate = an_open_one(hotels)
    code, night = rate.room.code, DAY + timedelta(days=1)
    assert not hotels.take("XXX000", code, DAY, night, 1)
    assert not hotels.take(hotel.id, "???", DAY, night, 1)
    assert not hotels.take(hotel.id, code, DAY, night, 0)
    assert not hotels.take(hotel.id, code, DAY, night, -1)
    assert not hotels.take(hotel.id, code, night, DAY, 1)
    assert not hotels.take(hotel.id, code, NOON.date() - timedelta(days=2), NOON.date(), 1)


def test_hotels_fill_up_as_the_night_comes_near() -> None:
    clock = Clock()
    hotels = the_hotels(clock)
    long_ahead = sum(rate.rooms_left for _, rate in every_rate(hotels, "PAR", nights=1))
    clock.now = datetime.combine(DAY, datetime.min.time(), UTC)
    on_the_day = sum(rate.rooms_left for _, rate in every_rate(hotels, "PAR", nights=1))
    assert 0 < on_the_day < long_ahead * 0.7
