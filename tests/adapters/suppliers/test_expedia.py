"""Rapid's search: the question in its words, and every trap on the way from its answer to an offer."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.expedia import SUPPLIER, content, hotels, regions
from adapters.suppliers.expedia.quota import remaining
from adapters.suppliers.expedia.refusals import refusal
from domain.enquiries import PlaceEnquiry
from domain.hotels import Amenity, Board, Property
from domain.offers import ComponentKind, StayOffer
from domain.orders import Reason
from domain.payment import PaymentTime
from domain.places import Point, great_circle_km
from domain.queries import HotelQuery
from tests.builders import ATLAS, NOW, PARIS, hotel_query, money

# Two nights from 1 March 2027.
STAY: Final = hotel_query(check_out=date(2027, 3, 3))
LINK: Final = "/v3/properties/19248/rooms/r1/rates/333?token=AbC_d-9~x"


def reply(told: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status=status, headers=headers or {}, body=msgspec.json.encode(told), received_at=NOW)


def amount(value: str, currency: str = "EUR") -> dict[str, str]:
    return {"value": value, "currency": currency}


def charge(billed: str, shown: str | None = None, *, currency: str = "EUR", asked: str = "EUR") -> dict[str, Any]:
    return {"billable_currency": amount(billed, currency), "request_currency": amount(shown or billed, asked)}


def line(kind: str, value: str, currency: str = "EUR") -> dict[str, str]:
    return {"type": kind, **amount(value, currency)}


NIGHT: Final = (line("base_rate", "100.00"), line("tax_and_service_fee", "10.00"))


def pricing(**changed: Any) -> dict[str, Any]:
    """Two nights of 110, and a cleaning fee of 30."""
    told = {
        "nightly": [list(NIGHT), list(NIGHT)],
        "stay": [line("property_fee", "30.00")],
        "totals": {"inclusive": charge("250.00"), "exclusive": charge("200.00")},
    }
    return told | changed


def penalty(start: str, end: str, **fee: str) -> dict[str, str]:
    return {"currency": "EUR", "start": start, "end": end, **fee}


LAST_WEEK: Final = penalty("2027-02-22T18:00:00.000+01:00", "2027-03-01T18:00:00.000+01:00", nights="1")
NO_SHOW: Final = penalty("2027-03-01T18:00:00.000+01:00", "2027-03-03T12:00:00.000+01:00", percent="100%")


def rate(**changed: Any) -> dict[str, Any]:
    told = {
        "id": "333",
        "status": "available",
        "available_rooms": 12,
        "refundable": True,
        "merchant_of_record": "expedia",
        "amenities": {"2104": {"id": "2104", "name": "Full Breakfast"}},
        "bed_groups": {"1": beds()},
        "cancel_penalties": [LAST_WEEK, NO_SHOW],
        "occupancy_pricing": {"2": pricing()},
    }
    return told | changed


def beds(description: str = "1 Queen Bed", href: str = LINK, expires: str | None = "2027-01-15T12:10:00.000Z") -> Any:
    link = {"method": "GET", "href": href} | ({"expires": expires} if expires else {})
    return {"id": "1", "description": description, "links": {"price_check": link}}


def properties(*rates: dict[str, Any], room: str = "Fancy Queen Room") -> list[dict[str, Any]]:
    rooms = [{"id": "r1", "room_name": room, "rates": list(rates)}]
    return [{"property_id": "19248", "status": "available", "rooms": rooms, "score": 10052}]


def availability(query: HotelQuery = STAY, ids: tuple[str, ...] = ("19248",)) -> Call:
    call = hotels.read(reply({told: {"property_id": told} for told in ids}), hotels.ask(query), query, ATLAS).next
    assert call is not None
    return call


def read(*rates: dict[str, Any], query: HotelQuery = STAY) -> Readout[StayOffer]:
    return hotels.read(reply(properties(*rates)), availability(query), query, ATLAS)


def offer(query: HotelQuery = STAY, **changed: Any) -> StayOffer:
    readout = read(rate(**changed), query=query)
    assert readout.skipped == ()
    (only,) = readout.records
    return only


def reason(query: HotelQuery = STAY, **changed: Any) -> str:
    readout = read(rate(**changed), query=query)
    assert readout.records == ()
    (skipped,) = readout.skipped
    assert skipped.where == "19248.rooms[0].rates[0]"
    return skipped.why


# ---- the question ----


@pytest.mark.parametrize(
    "where",
    [PARIS, Point(latitude=69.65, longitude=18.96), Point(latitude=-33.9, longitude=151.2)],
    ids=["Paris", "Tromsø", "Sydney"],
)
def test_the_circle_lies_within_the_polygon_and_almost_fills_it(where: Point) -> None:
    call = hotels.ask(hotel_query(location=where, radius_km=20))
    ring = msgspec.json.decode(call.body or b"", type=dict[str, Any])["coordinates"][0]
    corners = [Point(latitude=latitude, longitude=longitude) for longitude, latitude in ring]
    middles = [
        Point(latitude=(one.latitude + other.latitude) / 2, longitude=(one.longitude + other.longitude) / 2)
        for one, other in pairwise(corners)
    ]
    assert ring[0] == ring[-1]
    assert min(great_circle_km(where, middle) for middle in middles) >= 20
    assert max(great_circle_km(where, corner) for corner in corners) <= 20.6


def test_the_ring_goes_against_the_clock_as_geojson_has_it() -> None:
    ring = msgspec.json.decode(hotels.ask(STAY).body or b"", type=dict[str, Any])["coordinates"][0]
    doubled = sum(one[0] * other[1] - other[0] * one[1] for one, other in pairwise(ring))
    assert doubled > 0


def test_a_circle_over_the_antimeridian_ends_there() -> None:
    call = hotels.ask(hotel_query(location=Point(latitude=-16.8, longitude=179.9), radius_km=50))
    ring = msgspec.json.decode(call.body or b"", type=dict[str, Any])["coordinates"][0]
    assert max(longitude for longitude, _ in ring) == 180.0


def test_every_room_is_an_occupancy_of_its_own_and_the_comma_stays_inside() -> None:
    query = hotel_query(rooms=2, adults=3, children_ages=(7, 10, 4))
    params = availability(query).params
    assert [value for name, value in params if name == "occupancy"] == ["2-7,4", "1-10"]


def test_the_market_the_currency_and_the_days_are_told() -> None:
    params = dict(availability(hotel_query(market="US", currency="JPY")).params)
    assert (params["country_code"], params["currency"]) == ("US", "JPY")
    assert (params["checkin"], params["checkout"]) == ("2027-03-01", "2027-03-04")


def test_only_what_needs_no_card_of_the_traveller_is_asked_for() -> None:
    assert dict(availability().params)["filter"] == "expedia_collect"


def test_more_than_250_properties_are_asked_for_in_batches() -> None:
    first = availability(ids=tuple(map(str, range(400))))
    readout = hotels.read(reply([]), first, STAY, ATLAS)
    assert readout.next is not None
    asked = [[value for name, value in call.params if name == "property_id"] for call in (first, readout.next)]
    assert [len(ids) for ids in asked] == [250, 150]
    assert asked[0] + asked[1] == list(map(str, range(400)))
    assert hotels.read(reply([]), readout.next, STAY, ATLAS).next is None


def test_where_too_many_are_near_the_nearest_are_asked_for_and_the_loss_is_named() -> None:
    wide = reply({str(told): {"property_id": str(told)} for told in range(2000)})
    readout = hotels.read(wide, hotels.ask(STAY), STAY, ATLAS)
    smaller = readout.next
    assert smaller is not None
    assert smaller.operation == "geography"
    assert [skipped.why[:15] for skipped in readout.skipped] == ["2000 properties"]
    nearest = [str(told) for told in range(1000, 1300)]
    answered = hotels.read(reply({told: {"property_id": told} for told in nearest}), smaller, STAY, ATLAS).next
    assert answered is not None
    asked = [value for name, value in answered.params if name == "property_id"]
    assert asked == nearest[:250]
    assert len(asked) + len(answered.notes) == hotels.MOST_PROPERTIES
    assert set(nearest) <= {*asked, *answered.notes}


def test_a_smaller_circle_is_really_smaller() -> None:
    wide = reply({str(told): {"property_id": str(told)} for told in range(2000)})
    smaller = hotels.read(wide, hotels.ask(STAY), STAY, ATLAS).next
    assert smaller is not None
    ring = msgspec.json.decode(smaller.body or b"", type=dict[str, Any])["coordinates"][0]
    reach = max(great_circle_km(PARIS, Point(latitude=latitude, longitude=longitude)) for longitude, latitude in ring)
    assert reach == pytest.approx(STAY.radius_km * math.sqrt(500 / 2000) * 0.9, rel=0.05)


def test_nowhere_is_an_empty_answer_and_no_further_call() -> None:
    readout = hotels.read(reply({}), hotels.ask(STAY), STAY, ATLAS)
    assert (readout.records, readout.skipped, readout.next) == ((), (), None)


def test_a_property_without_rooms_is_no_offer_and_no_loss() -> None:
    gone = [{"property_id": "1", "unavailable_reason": {"code": "no_inventory_available"}}]
    readout = hotels.read(reply(gone), availability(), STAY, ATLAS)
    assert (readout.records, readout.skipped) == ((), ())


# ---- the price ----


def test_the_price_is_what_is_charged_and_its_lines_add_up() -> None:
    read_offer = offer()
    assert read_offer.price == money("250.00")
    assert [(part.kind, part.label, str(part.amount.amount)) for part in read_offer.price_components] == [
        (ComponentKind.ROOM, "base_rate", "200.00"),
        (ComponentKind.TAX, "tax_and_service_fee", "20.00"),
        (ComponentKind.FEE, "property_fee", "30.00"),
    ]


def test_fees_at_the_property_are_outside_the_total_and_inside_our_price() -> None:
    totals = {"inclusive": charge("250.00"), "property_fees": charge("17.50"), "property_inclusive": charge("267.50")}
    fees = {"resort_fee": charge("10.00"), "mandatory_tax": charge("7.50")}
    read_offer = offer(occupancy_pricing={"2": pricing(totals=totals, fees=fees)})
    assert read_offer.price == money("267.50")
    on_site = [(part.label, part.amount) for part in read_offer.price_components if part.on_site]
    assert on_site == [("resort_fee", money("10.00")), ("mandatory_tax", money("7.50"))]


def test_fees_that_are_only_told_in_total_are_still_paid() -> None:
    totals = {"inclusive": charge("250.00"), "property_fees": charge("17.50")}
    read_offer = offer(occupancy_pricing={"2": pricing(totals=totals)})
    assert read_offer.price == money("267.50")
    assert [part.label for part in read_offer.price_components if part.on_site] == ["property_fees"]


def test_a_total_that_holds_more_than_its_parts_is_no_price() -> None:
    totals = {"inclusive": charge("250.00"), "property_inclusive": charge("290.00")}
    assert "290.00 EUR" in reason(occupancy_pricing={"2": pricing(totals=totals)})


def test_fees_beyond_their_own_total_are_no_price() -> None:
    totals = {"inclusive": charge("250.00"), "property_fees": charge("5.00")}
    fees = {"resort_fee": charge("10.00")}
    assert "fees of 10.00 EUR" in reason(occupancy_pricing={"2": pricing(totals=totals, fees=fees)})


def test_a_fee_in_the_hotels_own_money_is_in_the_price_with_what_it_is_worth_and_with_what_the_desk_asks_for() -> None:
    fees = {"mandatory_tax": charge("12.00", "12.60", currency="CHF"), "resort_fee": charge("10.00")}
    read_offer = offer(occupancy_pricing={"2": pricing(fees=fees)})
    assert read_offer.price == money("272.60")
    assert [(part.label, part.amount, part.due) for part in read_offer.price_components if part.on_site] == [
        ("resort_fee", money("10.00"), None),
        ("mandatory_tax", money("12.60"), money("12.00", "CHF")),
    ]


def test_a_fee_that_nobody_tells_the_worth_of_leaves_no_total_to_sell() -> None:
    fees = {"mandatory_tax": {"billable_currency": amount("12.00", "CHF")}}
    why = reason(occupancy_pricing={"2": pricing(fees=fees)})
    assert why == "mandatory tax at the property: 12.00 CHF, and nobody tells what that is in EUR"


def test_in_two_rooms_a_fee_is_due_twice() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=4)
    fees = {"mandatory_tax": charge("12.00", "12.60", currency="CHF")}
    (part,) = [
        part for part in offer(query, occupancy_pricing={"2": pricing(fees=fees)}).price_components if part.on_site
    ]
    assert (part.amount, part.due) == (money("25.20"), money("24.00", "CHF"))


def test_the_request_currency_is_for_looking_at_and_what_is_billed_is_the_price() -> None:
    night = [line("base_rate", "309.00", "CAD"), line("tax_and_service_fee", "37.00", "CAD")]
    totals = {
        "inclusive": charge("692.00", "474.00", currency="CAD"),
        "exclusive": charge("618.00", "423.00", currency="CAD"),
    }
    read_offer = offer(occupancy_pricing={"2": {"nightly": [night, night], "totals": totals}})
    assert read_offer.price == money("692.00", "CAD")
    assert [(part.kind, str(part.amount)) for part in read_offer.price_components] == [
        (ComponentKind.ROOM, "618.00 CAD"),
        (ComponentKind.TAX, "74.00 CAD"),
    ]
    assert read_offer.supplier_extra["about_EUR"] == "474.00"


def test_where_neither_what_is_billed_nor_what_was_asked_for_is_the_hotels_money_the_totals_own_rate_counts() -> None:
    """Billed in dollars, asked for in euros, 43.20 francs at the desk: 40 euros of 200, which are 220 dollars."""
    totals = {
        "inclusive": charge("220.00", "200.00", currency="USD"),
        "property_fees": charge("43.20", "40.00", currency="CHF"),
        "property_inclusive": charge("264.00", "240.00", currency="USD"),
    }
    fees = {"resort_fee": charge("43.20", "40.00", currency="CHF")}
    night = [line("base_rate", "110.00", "USD")]
    read_offer = offer(occupancy_pricing={"2": {"nightly": [night, night], "totals": totals, "fees": fees}})
    assert read_offer.price == money("264.00", "USD")
    assert read_offer.price_components[-1].amount == money("44.00", "USD")
    assert read_offer.price_components[-1].due == money("43.20", "CHF")


def test_rooms_that_are_billed_in_two_currencies_are_no_price() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=3, children_ages=(7,))
    strange = pricing(totals={"inclusive": charge("200.00", currency="CAD")}, nightly=None, stay=None)
    why = reason(query, occupancy_pricing={"2-7": pricing(), "1": strange})
    assert "CAD do not compare or add up" in why


def test_two_rooms_with_the_same_party_share_a_key_and_are_both_paid() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=4)
    read_offer = offer(query)
    assert read_offer.price == money("500.00")
    assert [room.count for room in read_offer.conditions.rooms] == [2]


def test_rooms_with_different_parties_are_added_up() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=3, children_ages=(7,))
    cheaper = pricing(totals={"inclusive": charge("200.00")}, nightly=None, stay=None)
    assert offer(query, occupancy_pricing={"2-7": pricing(), "1": cheaper}).price == money("450.00")


@pytest.mark.parametrize("occupancies", [("3",), ("2", "1"), ()])
def test_a_price_for_other_guests_is_not_ours(occupancies: tuple[str, ...]) -> None:
    assert "asked for 2" in reason(occupancy_pricing={told: pricing() for told in occupancies})


def test_a_price_for_other_nights_is_not_ours() -> None:
    assert reason(occupancy_pricing={"2": pricing(nightly=[list(NIGHT)])}) == "priced for 1 nights, asked for 2"


def test_lines_where_lists_belong_are_read_as_the_one_example_has_them() -> None:
    told = pricing(nightly=line("base_rate", "220.00"), stay=line("base_rate", "30.00"))
    assert offer(occupancy_pricing={"2": told}).price == money("250.00")


def test_a_line_below_zero_is_a_discount() -> None:
    told = pricing(stay=[line("property_fee", "40.00"), line("adjustment", "-10.00")])
    kinds = {part.label: part.kind for part in offer(occupancy_pricing={"2": told}).price_components}
    assert kinds["adjustment"] is ComponentKind.DISCOUNT


def test_a_line_that_nobody_knows_is_a_fee_under_its_own_name() -> None:
    told = pricing(stay=[line("moon_tax", "30.00")])
    assert ("moon_tax", ComponentKind.FEE) in {
        (part.label, part.kind) for part in offer(occupancy_pricing={"2": told}).price_components
    }


def test_amounts_are_decimal_text_or_numbers_and_never_floats() -> None:
    told = pricing(nightly=None, stay=None)
    told["totals"] = {"inclusive": {"billable_currency": {"value": Decimal("250.1"), "currency": "EUR"}}}
    raw = msgspec.json.Encoder(decimal_format="number").encode(properties(rate(occupancy_pricing={"2": told})))
    readout = hotels.read(Reply(status=200, headers={}, body=raw, received_at=NOW), availability(), STAY, ATLAS)
    assert [read_offer.price for read_offer in readout.records] == [money("250.10")]


# ---- the terms ----


def test_a_penalty_of_nights_and_one_of_percent_make_a_ladder() -> None:
    terms = offer().conditions.cancellation
    assert terms is not None
    assert [(step.fee, step.since and step.since.isoformat()) for step in terms.steps] == [
        (money("110.00"), "2027-02-22T18:00:00+01:00"),
        (money("250.00"), "2027-03-01T18:00:00+01:00"),
    ]
    assert offer().conditions.refundable is True


def test_a_penalty_of_an_amount_is_one_for_each_room() -> None:
    query = hotel_query(check_out=date(2027, 3, 3), rooms=2, adults=4)
    told = penalty("2027-02-22T18:00:00.000+01:00", "2027-03-03T12:00:00.000+01:00", amount="10.00")
    terms = offer(query, cancel_penalties=[told]).conditions.cancellation
    assert terms is not None
    assert [step.fee for step in terms.steps] == [money("20.00")]


def test_a_penalty_that_holds_already_holds_from_the_booking_on() -> None:
    begun = penalty("2026-12-01T00:00:00.000+01:00", "2027-03-01T18:00:00.000+01:00", percent="30%")
    conditions = offer(refundable=False, cancel_penalties=[begun, NO_SHOW]).conditions
    assert conditions.cancellation is not None
    assert [(step.fee, step.since is None) for step in conditions.cancellation.steps] == [
        (money("75.00"), True),
        (money("250.00"), False),
    ]
    assert conditions.refundable is True


def test_what_is_not_refundable_costs_everything_at_any_time() -> None:
    conditions = offer(refundable=False, cancel_penalties=[]).conditions
    assert conditions.cancellation is not None
    assert [(step.fee, step.since) for step in conditions.cancellation.steps] == [(money("250.00"), None)]
    assert conditions.refundable is False


def test_what_is_refundable_without_penalties_never_costs_anything() -> None:
    conditions = offer(cancel_penalties=[]).conditions
    assert conditions.cancellation is not None
    assert conditions.cancellation.steps == ()


def test_between_two_spans_a_refundable_rate_costs_nothing() -> None:
    early = penalty("2027-02-01T00:00:00.000+01:00", "2027-02-02T00:00:00.000+01:00", amount="10.00")
    terms = offer(cancel_penalties=[NO_SHOW, early]).conditions.cancellation
    assert terms is not None
    assert [str(step.fee.amount) for step in terms.steps] == ["10.00", "0.00", "250.00"]


def test_nights_that_are_never_refunded_are_owed_at_any_time() -> None:
    terms = offer(nonrefundable_date_ranges=[{"start": "2027-03-02", "end": "2027-03-02"}]).conditions.cancellation
    assert terms is not None
    assert [str(step.fee.amount) for step in terms.steps] == ["110.00", "220.00", "250.00"]
    assert terms.steps[0].since is None


def test_without_penalties_and_without_a_flag_nothing_is_known() -> None:
    told = {name: value for name, value in rate().items() if name not in ("refundable", "cancel_penalties")}
    (only,) = read(told).records
    assert (only.conditions.refundable, only.conditions.cancellation) == (None, None)


def test_a_penalty_without_an_offset_is_no_moment() -> None:
    naive = penalty("2027-02-22T18:00:00", "2027-03-01T18:00:00", nights="1")
    assert "start" in reason(cancel_penalties=[naive])


def test_nights_of_a_penalty_may_be_a_number() -> None:
    told = {**LAST_WEEK, "nights": 1}
    terms = offer(cancel_penalties=[told]).conditions.cancellation
    assert terms is not None
    assert terms.steps[0].fee == money("110.00")


@pytest.mark.parametrize("fee", [{"percent": "a third"}, {"nights": "some"}, {}])
def test_a_penalty_that_says_nothing_spoils_its_rate_alone(fee: dict[str, str]) -> None:
    broken = {name: value for name, value in LAST_WEEK.items() if name != "nights"} | fee
    readout = read(rate(cancel_penalties=[broken]), rate())
    assert (len(readout.records), len(readout.skipped)) == (1, 1)


def test_the_greatest_number_of_rooms_means_that_nobody_knows() -> None:
    assert offer().conditions.rooms_left == 12
    assert offer(available_rooms=2_147_483_647).conditions.rooms_left is None


@pytest.mark.parametrize(
    ("names", "board"),
    [
        (("Full Breakfast",), Board.BREAKFAST),
        (("Free WiFi", "Half board"), Board.HALF_BOARD),
        (("Full Board",), Board.FULL_BOARD),
        (("Breakfast Buffet", "All-Inclusive"), Board.ALL_INCLUSIVE),
        (("Breakfast available (surcharge)",), Board.ROOM_ONLY),
        ((), Board.ROOM_ONLY),
    ],
)
def test_the_board_is_the_richest_that_is_named(names: tuple[str, ...], board: Board) -> None:
    told = {str(number): {"id": str(number), "name": name} for number, name in enumerate(names)}
    assert offer(amenities=told).conditions.board is board


def test_without_a_list_of_amenities_the_board_is_not_known() -> None:
    assert offer(amenities=None).conditions.board is None


def test_each_group_of_beds_is_booked_by_its_own_link() -> None:
    told = {"1": beds(), "2": beds("2 Twin Beds", f"{LINK}2")}
    readout = read(rate(bed_groups=told))
    assert [(one.conditions.rooms[0].beds, one.reference) for one in readout.records] == [
        ("1 Queen Bed", LINK),
        ("2 Twin Beds", f"{LINK}2"),
    ]
    assert len({one.id for one in readout.records}) == 2


def test_whom_the_property_charges_is_shown_but_not_sold() -> None:
    shown = offer(merchant_of_record="property")
    assert (shown.bookable, shown.conditions.payment) == (False, (PaymentTime.ON_SITE,))
    assert (offer().bookable, offer().conditions.payment) == (True, (PaymentTime.NOW,))


def test_what_the_model_has_no_place_for_is_kept() -> None:
    extra = offer(
        promotions={"deal": {"id": "1", "description": "Save 15 %"}, "value_adds": {"2": {"description": "Free spa"}}},
        deposits=[{"value": "70.00", "due": "2027-02-01", "currency": "EUR"}],
        card_on_file_limit=amount("500.00", "USD"),
        refundable_damage_deposit=amount("250.00", "USD"),
        sale_scenario={"package": False, "member": True},
    ).supplier_extra
    assert extra["deal"] == "Save 15 %"
    assert extra["value_adds"] == "Free spa"
    assert extra["deposits"] == "70.00 EUR by 2027-02-01"
    assert extra["card_on_file_limit"] == "500.00 USD"
    assert extra["refundable_damage_deposit"] == "250.00 USD"
    assert extra["member"] == "true"
    assert extra["amenities"] == "Full Breakfast"


# ---- what is no offer ----


def test_a_sold_out_rate_is_no_offer() -> None:
    assert reason(status="sold_out") == "is sold_out"


def test_a_rate_for_packages_is_not_sold_alone() -> None:
    assert reason(sale_scenario={"package": True}) == "is sold in packages only"


def test_a_rate_without_beds_has_no_link_and_is_no_offer() -> None:
    assert "no link" in reason(bed_groups={})


def test_an_offer_lives_as_long_as_its_link_and_never_longer_than_declared() -> None:
    assert offer().expires_at == NOW + timedelta(minutes=10)
    for late in ("2027-01-16T00:00:00.000Z", None):
        assert offer(bed_groups={"1": beds(expires=late)}).expires_at == NOW + timedelta(minutes=15)


def test_a_link_that_has_ended_before_it_came_tells_of_clocks_that_disagree() -> None:
    early = offer(bed_groups={"1": beds(expires="2027-01-15T11:00:00Z")})
    assert early.expires_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("href", ["https://evil.example/steal?token=1", "/v2/properties/1", "", "//[", "v3/x"])
def test_a_link_that_leads_elsewhere_is_not_followed(href: str) -> None:
    assert "link" in reason(bed_groups={"1": beds(href=href)})


def test_an_absolute_link_is_followed_at_our_own_address() -> None:
    told = offer(bed_groups={"1": beds(href=f"https://api.ean.com{LINK}")})
    assert told.reference == LINK


def test_ids_may_be_numbers() -> None:
    told = properties(rate(id=333))
    told[0]["property_id"] = 19248
    readout = hotels.read(reply(told), availability(), STAY, ATLAS)
    assert [read_offer.product.property.id for read_offer in readout.records] == ["19248"]


def test_one_bad_property_spoils_no_other() -> None:
    readout = hotels.read(reply([{"property_id": None}, *properties(rate())]), availability(), STAY, ATLAS)
    assert (len(readout.records), [skipped.where for skipped in readout.skipped]) == (1, ["properties[0]"])


@pytest.mark.parametrize("told", [{"no": "list"}, "text", None, [["a list of something else"], 42]])
def test_an_answer_that_is_no_list_of_properties_is_given_up(told: object) -> None:
    with pytest.raises(GiveUp):
        hotels.read(reply(told), availability(), STAY, ATLAS)


# ---- errors and quota ----


def error(kind: str, *nested: str) -> dict[str, Any]:
    return {"type": kind, "message": "No.", "errors": [{"type": told, "message": f"{told}!"} for told in nested]}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (error("invalid_input", "something.new", "duplicate_itinerary"), "duplicate_itinerary"),
        (error("invalid_input", "something.new"), "something.new"),
        (error("room_already_cancelled"), "room_already_cancelled"),
        ({"type": "too_many_requests"}, "too_many_requests"),
    ],
)
def test_the_nested_error_that_we_know_goes_before_all_others(told: object, code: str) -> None:
    said = refusal(reply(told, status=400))
    assert said is not None
    assert said.code == code


def test_all_mistakes_are_told_at_once() -> None:
    said = refusal(reply(error("invalid_input", "checkin.required", "checkout.required"), status=400))
    assert said is not None
    assert said.message == "checkin.required!; checkout.required!"


@pytest.mark.parametrize("told", [[], {}, "busy", {"fault": "strange"}])
def test_an_error_of_another_shape_leaves_the_ruling_to_the_status(told: object) -> None:
    assert refusal(reply(told, status=503)) is None


def test_numbers_in_the_fields_of_a_refused_signature_do_no_harm() -> None:
    fields = [{"name": "timestamp", "type": "header", "value": 198284729}]
    said = refusal(reply({"type": "request_unauthenticated", "message": "No.", "fields": fields}, status=401))
    assert said is not None
    assert SUPPLIER.errors[said.code or ""].failure is GiveUp


def test_what_is_left_is_a_percentage_and_its_reset_in_milliseconds() -> None:
    headers = {"rate-limit-minute-remaining": "37.5", "rate-limit-minute-reset": "1800014460000"}
    (minute,) = remaining(reply([], headers=headers))
    assert (minute.seconds, minute.share, minute.calls) == (60.0, 0.375, None)
    assert minute.resets_at == datetime(2027, 1, 15, 12, 1, tzinfo=UTC)


def test_each_window_is_one_that_the_budget_has() -> None:
    headers = {"rate-limit-minute-remaining": "50", "rate-limit-day-remaining": "20"}
    told = remaining(reply([], headers=headers))
    assert {left.seconds for left in told} == {window.seconds for window in SUPPLIER.budget.windows}


@pytest.mark.parametrize("value", ["plenty", "", "nan", "inf"])
def test_a_quota_that_nobody_can_read_is_none(value: str) -> None:
    assert remaining(reply([], headers={"rate-limit-minute-remaining": value})) == ()
    assert remaining(reply([])) == ()


# ---- content ----


def described(**changed: Any) -> Property:
    told = {
        "property_id": "19248",
        "name": "Hotel Bellevue",
        "address": {"line_1": "1 Rue X", "city": "Paris", "postal_code": "75001", "country_code": "FR"},
        "location": {"coordinates": {"latitude": 48.85, "longitude": 2.35}},
        "ratings": {"property": {"rating": "3.5", "type": "Star"}, "guest": {"count": 483, "overall": "4.1"}},
        "category": {"id": "1", "name": "Hotel"},
        "chain": {"id": "-6", "name": "Bellevue Hotels"},
        "checkin": {"24_hour": "24-hour check-in", "begin_time": "3:00 PM", "end_time": "anytime", "min_age": 18},
        "checkout": {"time": "noon"},
        "fees": {"mandatory": "<p>City tax: EUR 2 &amp; more</p>"},
        "policies": {"know_before_you_go": "&lt;b&gt;Cash only&lt;/b&gt;"},
        "amenities": {"1": {"name": "Free WiFi"}, "2": {"name": "No pool"}, "3": {"name": "Full-service spa"}},
        "attributes": {"general": {"4": {"id": "4", "name": "Caters to adults only"}}},
        "images": [
            {"links": {"70px": {"href": "https://i.example/2_t.jpg"}}},
            {
                "hero_image": True,
                "links": {
                    "350px": {"href": "https://i.example/1_b.jpg"},
                    "1000px": {"href": "https://i.example/1_z.jpg"},
                },
            },
        ],
        "descriptions": {"headline": "Near the river"},
    }
    readout = content.read(reply({"19248": told | changed}), content.ask(("19248",)))
    assert readout.skipped == ()
    (only,) = readout.records
    return only


def test_a_property_is_described_in_our_words() -> None:
    told = described()
    assert (told.id, told.name, told.kind, told.chain) == ("19248", "Hotel Bellevue", "Hotel", "Bellevue Hotels")
    assert (told.stars, told.rating, told.reviews) == (Decimal("3.5"), Decimal("8.2"), 483)
    assert told.address.lines == ("1 Rue X",)
    assert told.amenities == (Amenity.WIFI, Amenity.SPA)
    assert "No pool" in told.features
    assert told.photos == ("https://i.example/1_z.jpg", "https://i.example/2_t.jpg")


def test_hours_are_free_text_and_only_real_ones_are_read() -> None:
    told = described()
    assert (told.check_in_from, told.check_in_until, told.check_out_until) == ("15:00", None, "12:00")
    assert [content.clock(text) for text in ("12:30 AM", "11 PM", "midnight", "14:00", "late")] == [
        "00:30",
        "23:00",
        "00:00",
        "14:00",
        None,
    ]


def test_what_one_should_know_before_paying_is_told_without_tags() -> None:
    told = described()
    assert told.description is not None
    assert "Fees at the property: City tax: EUR 2 & more" in told.description
    assert "Know before you go: Cash only" in told.description
    assert {"Check-in from the age of 18", "Caters to adults only"} <= set(told.features)


def test_a_place_that_its_owner_hides_is_told_as_the_owner_wants() -> None:
    hidden = {
        "coordinates": {"latitude": 48.85, "longitude": 2.35},
        "obfuscated_coordinates": {"latitude": 48.86, "longitude": 2.36},
        "obfuscation_required": True,
    }
    told = described(location=hidden, address={"line_1": "Secret", "city": "Paris", "obfuscation_required": True})
    assert told.location == Point(latitude=48.86, longitude=2.36)
    assert told.address.lines == ()


@pytest.mark.parametrize("rating", ["0.0", "", "nan", "six"])
def test_no_rating_is_none(rating: str) -> None:
    assert described(ratings={"property": {"rating": rating}, "guest": {"overall": rating}}).stars is None


def test_one_bad_description_spoils_no_other() -> None:
    good = {"property_id": "1", "name": "Good"}
    readout = content.read(reply({"1": good, "2": {"property_id": "2"}}), content.ask(("1", "2")))
    assert ([told.id for told in readout.records], [bad.where for bad in readout.skipped]) == (["1"], ["2[0]"])


# ---- regions ----


def test_regions_go_on_where_the_link_header_says() -> None:
    enquiry = PlaceEnquiry(text="SGF")
    told = [{"id": 4605779, "type": "airport", "name": "Springfield", "iata_airport_code": "SGF"}]
    link = '<https://api.ean.com/v3/regions?token=QWx==>; rel="next"; expires=2027-01-15T13:00:00Z'
    readout = regions.read(reply(told, headers={"link": link}), regions.ask(enquiry), enquiry, ATLAS)
    assert [(place.id, place.code) for place in readout.records] == [("4605779", "SGF")]
    assert readout.next == Call(operation="regions", path="/v3/regions?token=QWx==")
    assert regions.read(reply(told), regions.ask(enquiry), enquiry, ATLAS).next is None


def test_regions_are_not_found_by_a_name() -> None:
    with pytest.raises(Answered) as refused:
        regions.ask(PlaceEnquiry(text="Springfield"))
    assert refused.value.reason is Reason.NOT_POSSIBLE
