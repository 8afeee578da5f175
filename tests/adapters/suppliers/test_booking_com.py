"""What the Demand API says and how we take it: literal replies, and every trap that its documents tell of."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp, ruling_for_status
from adapters.suppliers.booking_com import (
    SUPPLIER,
    asking,
    content,
    hotels,
    locations,
)
from adapters.suppliers.booking_com.refusals import blocked_for, refusal
from domain.enquiries import PlaceEnquiry, RentalPlaceEnquiry
from domain.hotels import Amenity, Board, Property, RoomType
from domain.money import Money
from domain.offers import StayOffer
from domain.orders import Reason
from domain.payment import PaymentTime
from domain.queries import HotelQuery
from tests.builders import ATLAS, NOW, hotel_query

QUERY: Final = hotel_query()
NOTHING: Final[Mapping[str, Any]] = {}


def reply(data: Any, *, status: int = 200, headers: dict[str, str] | None = None, **beside: Any) -> Reply:
    body = msgspec.json.Encoder(decimal_format="number").encode({"request_id": "01f", "data": data, **beside})
    return Reply(status=status, headers=headers or {}, body=body, received_at=NOW)


def body_of(call: Call | None) -> dict[str, Any]:
    assert call is not None
    assert call.body is not None
    told: dict[str, Any] = msgspec.json.decode(call.body)
    return told


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


# ---- hotels: what a search says ----


def charge(number: int = 21, amount: str | None = "14.00", **more: Any) -> dict[str, Any]:
    told = {"charge": number, "mode": "percentage", "percentage": 7, "unit_amount": None, **more}
    return told if amount is None else {**told, "total_amount": Decimal(amount)}


def product(**changed: Any) -> dict[str, Any]:
    """A room at 200 with 14 of tax in the display price, and 6 more to be paid at the property."""
    return {
        "id": "1000420_95127794_2_0_0",
        "room": 1000420,
        "number_of_adults": 2,
        "children": [],
        "deal": None,
        "number_available_at_this_price": 3,
        "policies": {
            "cancellation": {"type": "free_cancellation", "free_cancellation_until": "2027-02-27T17:00:00+00:00"},
            "meal_plan": {"plan": "breakfast_included", "meals": ["breakfast"]},
            "payment": {"prepayment_required": False, "timings": ["pay_at_the_property", "pay_online_now"]},
        },
        "price": {
            "base": Decimal("200.00"),
            "book": Decimal("214.00"),
            "total": Decimal("220.00"),
            "extra_charges": {
                "included": [charge()],
                "excluded": [charge(142, "6.00", mode="per_person_per_night", percentage=None)],
                "conditional": [],
            },
        },
        "third_party_inventory": False,
        **changed,
    }


def accommodation(*products: dict[str, Any], **changed: Any) -> dict[str, Any]:
    rooms = products or (product(),)
    totals = [Decimal(room["price"]["total"]) for room in rooms if room.get("price")]
    return {
        "id": 10004,
        "currency": "EUR",
        "price": {"book": Decimal("214.00"), "total": sum(totals) or Decimal("220.00")},
        "products": list(rooms),
        "url": "https://www.booking.example/hotel/fr/10004.html",
        **changed,
    }


def searched(*accommodations: dict[str, Any], query: HotelQuery = QUERY) -> Readout[StayOffer]:
    return hotels.read(reply(list(accommodations), next_page=None), hotels.ask(query), query, ATLAS)


def offer(*products: dict[str, Any], query: HotelQuery = QUERY, **changed: Any) -> StayOffer:
    readout = searched(accommodation(*products, **changed), query=query)
    assert readout.skipped == ()
    (found,) = readout.records
    return found


def why_skipped(told: dict[str, Any], query: HotelQuery = QUERY) -> str:
    readout = searched(told, query=query)
    assert readout.records == ()
    (skipped,) = readout.skipped
    assert skipped.where == "data[0]"
    return skipped.why


def test_a_search_asks_for_rooms_and_charges_which_are_not_told_otherwise() -> None:
    assert body_of(hotels.ask(QUERY))["extras"] == ["extra_charges", "products"]


def test_a_search_is_a_post_with_lower_case_countries_and_no_key_that_is_not_theirs() -> None:
    call = hotels.ask(hotel_query(market="FR"))
    assert (call.method, call.path, call.params) == ("POST", "/accommodations/search", ())
    body = body_of(call)
    assert body["booker"] == {"country": "fr", "platform": "desktop"}
    assert set(body) == {"booker", "checkin", "checkout", "guests", "coordinates", "currency", "extras", "rows"}


def test_who_sleeps_where_is_always_said() -> None:
    guests = body_of(hotels.ask(hotel_query(rooms=2, adults=3, children_ages=(4, 9))))["guests"]
    assert guests == {
        "number_of_adults": 3,
        "number_of_rooms": 2,
        "children": [4, 9],
        "allocation": [{"number_of_adults": 2, "children": [4]}, {"number_of_adults": 1, "children": [9]}],
    }


def test_the_price_is_the_total_and_not_the_display_price() -> None:
    assert offer().price == eur("220.00")


def test_fees_outside_the_display_price_are_paid_on_site_and_in_the_total() -> None:
    told = {part.label: (part.amount, part.on_site) for part in offer().price_components}
    assert told == {
        None: (eur("200.00"), False),
        "Charge 21 (7 %)": (eur("14.00"), False),
        "Charge 142 (per person and night)": (eur("6.00"), True),
    }


def test_a_stay_that_is_paid_at_the_property_alone_is_paid_there_as_a_whole() -> None:
    at_desk = {**product()["policies"], "payment": {"timings": ["pay_at_the_property"]}}
    found = offer(product(policies=at_desk))
    assert found.conditions.payment == (PaymentTime.ON_SITE,)
    assert all(part.on_site for part in found.price_components)


def test_what_they_did_not_itemise_is_said_to_be_so() -> None:
    bare = {"base": Decimal("200.00"), "total": Decimal("220.00")}
    last = offer(product(price=bare)).price_components[-1]
    assert (last.amount, last.label) == (eur("20.00"), "not itemised by the supplier")


def test_a_charge_that_nobody_can_calculate_is_told_and_not_in_the_price() -> None:
    price = product()["price"]
    price["extra_charges"]["included"].append(charge(9, None, mode="incalculable", percentage=None))
    price["extra_charges"]["conditional"].append(charge(3, "10.00", mode="per_stay", percentage=None, condition=30))
    found = offer(product(price=price))
    assert found.price == eur("220.00")
    assert found.supplier_extra["not_in_the_price"] == (
        "Charge 3 (per stay): 10.00 under condition 30; Charge 9 (amount not known beforehand): ?"
    )


def test_amounts_are_read_exactly_whether_numbers_or_text() -> None:
    price = {**product()["price"], "total": "220.10"}
    assert offer(product(price=price), price={"total": "220.10"}).price == eur("220.10")


def test_rooms_that_do_not_come_to_the_total_spoil_the_property() -> None:
    assert why_skipped(accommodation(price={"total": Decimal("180.00")})) == (
        "costs 180.00 EUR, and its rooms 220.00 EUR"
    )


def test_a_price_in_another_currency_is_told_in_that_one() -> None:
    (offer,) = searched(accommodation(currency="USD")).records
    assert str(offer.price) == "220.00 USD"
    assert {part.amount.currency for part in offer.price_components} == {"USD"}


def test_a_price_in_no_money_that_we_know_is_none() -> None:
    assert why_skipped(accommodation(currency="XXX")) == "'XXX' is not an ISO 4217 currency"


def test_a_price_for_other_guests_is_not_taken_for_ours() -> None:
    assert "asked for 2" in why_skipped(accommodation(product(number_of_adults=1)))
    assert "children of [4]" in why_skipped(accommodation(product(children=[4])))


@pytest.mark.parametrize("total", ["0.00", "-3.00"])
def test_nothing_is_free(total: str) -> None:
    assert why_skipped(accommodation(price={"total": Decimal(total)})) == f"costs {total} EUR"


def test_one_bad_property_spoils_one_offer() -> None:
    readout = searched({"id": "x"}, accommodation())
    assert (len(readout.records), [skipped.where for skipped in readout.skipped]) == (1, ["data[0]"])


def test_two_rooms_of_a_kind_are_one_room_twice_and_two_kinds_are_two() -> None:
    query = hotel_query(rooms=2, adults=4)
    same = offer(product(), product(), query=query)
    assert [(room.name, room.count) for room in same.conditions.rooms] == [("Room type 1000420", 2)]
    assert same.price == eur("440.00")
    mixed = offer(product(), product(room=7), query=query)
    assert [room.count for room in mixed.conditions.rooms] == [1, 1]


def test_rooms_with_other_meals_have_no_common_board_and_the_meals_are_told() -> None:
    bare = {**product()["policies"], "meal_plan": {"plan": "no_plan", "meals": []}}
    found = offer(product(), product(policies=bare), query=hotel_query(rooms=2, adults=4))
    assert found.conditions.board is None
    assert found.supplier_extra["meals"] == "breakfast; no_plan"


@pytest.mark.parametrize(
    ("plan", "board"),
    [
        ("no_plan", Board.ROOM_ONLY),
        ("breakfast_included", Board.BREAKFAST),
        ("half_board", Board.HALF_BOARD),
        ("full_board", Board.FULL_BOARD),
        ("all_inclusive", Board.ALL_INCLUSIVE),
        ("something_new", None),
    ],
)
def test_meals_have_their_word(plan: str, board: Board | None) -> None:
    policies = {**product()["policies"], "meal_plan": {"plan": plan, "meals": None}}
    assert offer(product(policies=policies)).conditions.board is board


@pytest.mark.parametrize(
    ("kind", "refundable"),
    [("free_cancellation", True), ("special_conditions", True), ("non_refundable", False), ("else", None)],
)
def test_the_type_of_cancellation_says_whether_something_comes_back(kind: str, *, refundable: bool | None) -> None:
    policies = {**product()["policies"], "cancellation": {"type": kind, "free_cancellation_until": None}}
    assert offer(product(policies=policies)).conditions.refundable is refundable


def test_what_is_owed_after_the_free_time_is_not_guessed() -> None:
    found = offer()
    assert found.conditions.cancellation is None
    assert found.supplier_extra["free_cancellation_until"] == "2027-02-27T17:00:00+00:00"


def test_a_stay_without_refund_is_lost_from_the_start() -> None:
    policies = {**product()["policies"], "cancellation": {"type": "non_refundable", "free_cancellation_until": None}}
    found = offer(product(policies=policies))
    assert found.conditions.cancellation is not None
    assert found.conditions.cancellation.fee_at(NOW) == found.price


def test_a_deal_is_told() -> None:
    extra = offer(
        product(deal={"discount_percentage": 20, "public_price": 275, "tags": ["mobile_rate"]})
    ).supplier_extra
    assert (extra["deal"], extra["discount_percentage"], extra["public_price"]) == ("mobile_rate", "20", "275")


def test_nulls_where_the_schema_says_numbers_do_no_harm() -> None:
    price = {"base": None, "total": Decimal("220.00"), "extra_charges": None}
    found = offer(product(room=None, children=None, number_available_at_this_price=None, policies=None, price=price))
    assert (found.conditions.rooms_left, found.conditions.refundable, found.conditions.payment) == (None, None, ())


def test_the_next_page_is_its_token_alone() -> None:
    readout = hotels.read(reply([accommodation()], next_page="abc"), hotels.ask(QUERY), QUERY, ATLAS)
    assert body_of(readout.next) == {"page": "abc"}
    assert searched(accommodation()).next is None


def test_an_answer_to_another_question_is_refused_on_every_page() -> None:
    first = hotels.read(reply([accommodation()], next_page="abc"), hotels.ask(QUERY), QUERY, ATLAS)
    assert first.next is not None
    for call in (hotels.ask(QUERY), first.next):
        with pytest.raises(GiveUp, match="another question"):
            hotels.read(reply([accommodation()]), call, hotel_query(check_out=date(2027, 3, 5)), ATLAS)
    assert hotels.read(reply([accommodation()]), first.next, QUERY, ATLAS).records


def test_a_reply_without_a_list_is_given_up() -> None:
    with pytest.raises(GiveUp):
        hotels.read(reply({"id": 1}), hotels.ask(QUERY), QUERY, ATLAS)


# ---- hotels: content ----

DETAILS: Final = {
    "id": 10004,
    "accommodation_type": 204,
    "name": {"en-gb": "The Pavilions", "zh-cn": "x"},
    "location": {
        "address": {"en-gb": "Keizersgracht 164"},
        "coordinates": {"latitude": 52.375858, "longitude": 4.886006},
        "country": "nl",
        "postal_code": "1015 CZ",
        "city": -2140479,
    },
    "rating": {"review_score": Decimal("9.1"), "number_of_reviews": 930, "stars": Decimal("4.5")},
    "checkin_checkout_times": {"checkin_from": "15:00:00", "checkin_to": None, "checkout_to": "12:00:00"},
    "facilities": [{"id": 107, "attributes": []}, {"id": 433}, {"id": 9999}],
    "photos": [{"url": {"large": "https://images.example/1.jpg"}}],
    "description": {"text": {"en-gb": "By the canal."}, "important_information": {"en-gb": "No lift until May."}},
}
NAMES: Final = {
    "accommodation_types": [{"id": 204, "name": {"en-gb": "Hotel"}}],
    "accommodation_facilities": [
        {"id": 107, "name": {"en-gb": "Free WiFi"}},
        {"id": 433, "name": {"en-gb": "Swimming pool"}},
    ],
}


def test_a_property_is_described_with_the_names_of_its_numbers() -> None:
    first = content.read(reply([DETAILS], next_page=None), content.ask(("10004", "2")))
    assert first.records == ()
    assert first.next is not None
    (told,) = content.read(reply(NAMES), first.next).records
    assert (told.id, told.name, told.kind, told.stars) == ("10004", "The Pavilions", "Hotel", Decimal("4.5"))
    assert (told.address.lines, told.address.country) == (("Keizersgracht 164",), "NL")
    assert (told.check_in_from, told.check_in_until, told.check_out_until) == ("15:00", None, "12:00")
    assert told.amenities == (Amenity.WIFI, Amenity.POOL)
    assert told.features == ("Free WiFi", "Swimming pool")
    assert told.description == "By the canal.\n\nNo lift until May."


def described(details: dict[str, Any]) -> Readout[Property]:
    """What is read in the end, when the numbers have got their names."""
    first = content.read(reply([details], next_page=None), content.ask(("10004",)))
    assert first.next is not None
    return content.read(reply(NAMES), first.next)


def test_the_kinds_of_rooms_are_described_with_the_property_because_a_search_knows_their_numbers_alone() -> None:
    rooms = [{"id": 1000420, "name": {"en-gb": "Twin room"}}, {"id": 1000421, "name": {}}]
    (told,) = described({**DETAILS, "rooms": rooms}).records
    assert told.room_types == (RoomType(code="1000420", name="Twin room"),)


def test_a_property_without_a_name_is_skipped_and_named() -> None:
    (skipped,) = described({**DETAILS, "name": {}}).skipped
    assert skipped.why == "10004 has no name"


def test_a_text_that_is_not_translated_is_read_too() -> None:
    (told,) = described({**DETAILS, "name": "Bare"}).records
    assert told.name == "Bare"


def test_cities_may_have_negative_numbers() -> None:
    enquiry = PlaceEnquiry(text="Lon")
    rows = [{"id": -2601889, "name": {"en-gb": "London"}}, {"id": 5, "name": {"en-gb": "Paris"}}]
    readout = locations.read_cities(reply(rows, next_page="p2"), locations.ask_cities(enquiry), enquiry, ATLAS)
    assert [place.id for place in readout.records] == ["-2601889"]
    assert body_of(readout.next) == {"page": "p2"}
    assert body_of(locations.ask_cities(PlaceEnquiry(text="LHR")))["airport"] == "LHR"


def test_counters_are_picked_out_of_all_depots_of_the_world() -> None:
    enquiry = RentalPlaceEnquiry(airport="AMS")
    depot = {
        "id": 5944,
        "contact": {"telephone": "+31882847620"},
        "location": {
            "airport": "AMS", "address": "5 Aankomstpassage", "country": "nl", "depot_location_type": "in_terminal",
            "name": {"en-gb": "Schiphol"}, "coordinates": {"latitude": 52.3, "longitude": 4.7}, "post_code": "1118 AX",
        },
    }  # fmt: skip
    elsewhere = {**depot, "id": 1, "location": {**depot["location"], "airport": None}}  # type: ignore[dict-item]  # a literal of many kinds
    readout = locations.read_depots(
        reply([depot, elsewhere], metadata={"next_page": "p2"}), locations.ask_depots(enquiry), enquiry, ATLAS
    )
    (counter,) = readout.records
    assert (counter.code, counter.name, counter.at_airport, counter.address.country) == ("5944", "Schiphol", True, "NL")
    assert body_of(readout.next) == {"page": "p2"}


# ---- refusals ----


def refused(status: int, error_id: str | None, message: str = "No.") -> Reply:
    body = msgspec.json.encode({"request_id": "01f", "errors": [{"id": error_id, "message": message}]})
    return Reply(status=status, headers={}, body=body, received_at=NOW)


@pytest.mark.parametrize(
    ("status", "error_id", "reason"),
    [
        (400, "expired_token", Reason.EXPIRED),
        (400, "invalid_token", Reason.EXPIRED),
        (400, "occupancy_mismatch", Reason.NOT_POSSIBLE),
        (409, "order_unavailable", Reason.SOLD_OUT),
        (409, "duplicate_request", Reason.DUPLICATE),
        (422, "payment_refused", Reason.DECLINED),
        (422, "payment_refused_insufficient_funds", Reason.DECLINED),
        (422, "payment_refused_sca_required", Reason.DECLINED),
    ],
)
def test_a_definite_no_has_its_reason(status: int, error_id: str, reason: Reason) -> None:
    told = refusal(refused(status, error_id))
    assert told is not None
    assert SUPPLIER.errors[told.code or ""].reason is reason


def test_an_unknown_conflict_is_a_no_by_its_status() -> None:
    told = refusal(refused(409, "something_new"))
    assert told is not None
    assert told.code not in SUPPLIER.errors
    ruling = ruling_for_status(409)
    assert ruling is not None
    assert ruling.failure is Answered


def test_an_answer_with_data_is_no_refusal() -> None:
    assert refusal(reply([])) is None
    assert refusal(Reply(status=500, headers={}, body=b"<html>", received_at=NOW)) is None


def test_a_429_has_no_header_and_blocks_for_a_minute() -> None:
    assert blocked_for(refused(429, None)) == 60.0
    assert blocked_for(refused(503, None)) is None
    assert blocked_for(Reply(status=429, headers={"retry-after": "3"}, body=b"", received_at=NOW)) is None


def test_nothing_that_changes_something_is_ever_sent_twice() -> None:
    for operation in ("create", "cancel"):
        assert not asking.call(operation, NOTHING).reads_only
    assert SUPPLIER.sells["hotels"].refuses_duplicates is False


def test_days_are_written_as_days() -> None:
    body = body_of(hotels.ask(hotel_query(check_in=date(2027, 3, 1), check_out=date(2027, 3, 4))))
    assert (body["checkin"], body["checkout"]) == ("2027-03-01", "2027-03-04")
