"""What the Avis Budget Group says about cars, reply by reply, as its documents show it."""

from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest

from adapters.kit import drift, verdicts
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.suppliers.avis import SUPPLIER, cars, places
from domain.cars import Distance, Mileage, Per
from domain.enquiries import RentalPlaceEnquiry
from domain.fitting import misfit
from domain.hotels import Address
from domain.offers import ComponentKind, RentalOffer
from domain.orders import Reason
from domain.payment import PaymentTime
from domain.places import Point
from domain.queries import CarQuery
from tests.builders import ATLAS, NOW, car_query, money, wall_clock

FIVE_DAYS: Final = car_query()
IN_EUROS: Final = car_query(currency="EUR")


def reply(told: object, *, status: int = 200) -> Reply:
    body = told if isinstance(told, bytes) else msgspec.json.encode(told)
    return Reply(status=status, headers={}, body=body, received_at=NOW)


def counter(code: str = "LHR", **address: Any) -> dict[str, Any]:
    return {
        "location": {
            "code": code,
            "name": "London Heathrow Airport T234",
            "telephone": "(44) 3445446000",
            "hours": "Sun-Sat 5:00 AM - 11:00 PM",
            "airport_location": True,
        },
        "address": {
            "address_line_1": "Central Heathrow Loc",
            "address_line_2": "Northrop Rd",
            "address_line_3": "Na",
            "city": "London",
            "postal_code": "TW6 2QA",
            "country_code": "GB",
            "lat": "51.47",
            "long": "-0.45",
            **address,
        },
    }


def later(**changed: Any) -> dict[str, Any]:
    return {
        "rate_code": "7I",
        "vehicle_total": 220.28,
        "taxes_fees_total": 44.05,
        "reservation_total": 264.33,
    } | changed


def now(**changed: Any) -> dict[str, Any]:
    paid = {"rate_code": "2X", "vehicle_total": 200.27, "taxes_fees_total": 40.05, "reservation_total": 240.32}
    return paid | {"original_reservation_total": 264.33} | changed


def totals(currency: str | None = "GBP", **timings: Any) -> dict[str, Any]:
    rate = {"currency": currency, "rate_code": "7I", "quote_id": "abc-1"}
    return {"rate": rate, **(timings or {"pay_later": later(), "pay_now": now()})}


def vehicle(**changed: Any) -> dict[str, Any]:
    told = {
        "category": {
            "name": "Group A - Fiat 500 or similar",
            "make": "Fiat",
            "model": 500,
            "sipp_code": "MBMR",
            "vehicle_class_code": "A",
            "vehicle_class_name": "Mini Manual",
            "vehicle_transmission": "Manual",
            "vehicle_status": "Available",
            "image_url": "https://www.avis.example/fiat.png",
        },
        "features": {"air_conditioned": True, "bluetooth_equipped": False, "smoke_free": True},
        "capacity": {
            "doors": "3",
            "seats": "4",
            "mpg": "27/35",
            "fuel_type": "Petrol",
            "luggage_capacity": {"small_suitcase": "1"},
        },
        "rate_totals": totals(),
        "distance": {"unlimited_distance": True, "distance_unit": "Mile"},
    }
    return told | changed


def answer(
    *vehicles: dict[str, Any], pick_up: str = "LHR", drop_off: str = "LHR", **reservation: Any
) -> dict[str, Any]:
    return {
        "status": {"request_time": "2022-03-04T11:06:46Z", "success": [{"code": "200", "message": "Success"}]},
        "transaction": {"transaction_id": "1"},
        "product": {"brand": "Avis"},
        "vehicles": list(vehicles or (vehicle(),)),
        "reservation": {"pickup_location": counter(pick_up), "dropoff_location": counter(drop_off), **reservation},
    }


def read(told: object, query: CarQuery = FIVE_DAYS, *, call: Call | None = None) -> Readout[RentalOffer]:
    return cars.read(reply(told), call or cars.ask(query), query, ATLAS)


def offered(told: object, query: CarQuery = FIVE_DAYS) -> dict[PaymentTime, RentalOffer]:
    """Each way to pay, and its offer."""
    readout = read(told, query)
    assert readout.skipped == ()
    return {offer.conditions.payment[0]: offer for offer in readout.records}


# ---- what is asked ----


def test_a_search_is_one_call_with_every_wish() -> None:
    call = cars.ask(car_query(driver_age=22, market="US", currency="EUR", drop_off="LGW"))
    assert (call.method, call.path, call.reads_only) == ("GET", "/cars/catalog/v2/vehicles", True)
    assert dict(call.params) == {
        "brand": "Avis",
        "pickup_date": "2027-03-01T10:00:00",
        "pickup_location": "LHR",
        "dropoff_date": "2027-03-06T10:00:00",
        "dropoff_location": "LGW",
        "country_code": "US",
        "age": "22",
        "requested_rate_currency": "EUR",
    }


def test_a_token_is_asked_for_by_get_and_shown_beside_the_clients_name() -> None:
    secrets = {**SUPPLIER.sandbox_secrets, "token": "T"}
    asked = SUPPLIER.auth.ask_token(secrets)  # type: ignore[attr-defined]  # it is a kind that asks for one
    assert (asked.method, asked.path, asked.body) == ("GET", "/oauth/token/v2", None)
    assert dict(asked.headers) == {"client_id": "sandbox-avis-client", "client_secret": "sandbox-avis-secret"}
    shown = dict(SUPPLIER.auth.signed(cars.ask(FIVE_DAYS), secrets, NOW).headers)
    assert (shown["authorization"], shown["client_id"]) == ("Bearer T", "sandbox-avis-client")


# ---- two ways to pay ----


def test_paying_at_the_counter_and_paying_now_are_two_offers_with_rate_codes_of_their_own() -> None:
    found = offered(answer())
    assert {when: offer.price for when, offer in found.items()} == {
        PaymentTime.ON_SITE: money("264.33", "GBP"),
        PaymentTime.NOW: money("240.32", "GBP"),
    }
    assert [offer.supplier_extra["rate_code"] for offer in found.values()] == ["7I", "2X"]
    assert len({offer.id for offer in found.values()}) == 2


def test_what_is_paid_at_the_counter_is_marked_line_by_line() -> None:
    found = offered(answer())
    assert {part.on_site for part in found[PaymentTime.ON_SITE].price_components} == {True}
    assert {part.on_site for part in found[PaymentTime.NOW].price_components} == {False}


def test_a_breakdown_adds_up_and_names_what_is_not_itemised() -> None:
    told = later(vehicle_total=182, reservation_total=212.2)
    del told["taxes_fees_total"]
    offer = offered(answer(vehicle(rate_totals=totals(pay_later=told))))[PaymentTime.ON_SITE]
    assert [(part.kind, part.amount) for part in offer.price_components] == [
        (ComponentKind.RENTAL, money("182.00", "GBP")),
        (ComponentKind.FEE, money("30.20", "GBP")),
    ]


def test_a_car_that_can_only_be_paid_later_is_one_offer() -> None:
    assert list(offered(answer(vehicle(rate_totals=totals(pay_later=later()))))) == [PaymentTime.ON_SITE]


def test_a_car_without_a_price_is_skipped_by_name() -> None:
    readout = read(answer(vehicle(), vehicle(rate_totals={"rate": {"currency": "GBP"}})))
    assert len(readout.records) == 2
    assert [(skip.where, skip.why) for skip in readout.skipped] == [
        ("vehicles[1]", "has no price, neither to be paid later nor now")
    ]


def test_one_way_to_pay_that_cannot_be_read_spoils_only_that_offer() -> None:
    spoilt = totals(pay_later=later(), pay_now=now(reservation_total=0))
    readout = read(answer(vehicle(rate_totals=spoilt)))
    assert [offer.conditions.payment for offer in readout.records] == [(PaymentTime.ON_SITE,)]
    assert [skip.why for skip in readout.skipped] == ["costs 0.00 GBP"]


def test_a_prepaid_rate_without_a_code_of_its_own_is_no_offer() -> None:
    """The other rate's code would book the dearer one."""
    told = totals(pay_later=later(), pay_now=now(rate_code=None))
    readout = read(answer(vehicle(rate_totals=told)))
    assert [skip.why for skip in readout.skipped] == ["has no rate code to book it by"]


# ---- money ----


def test_amounts_are_read_from_text_and_never_through_a_float() -> None:
    body = msgspec.json.encode(answer()).replace(b"264.33", b"264.330000000000000001")
    assert offered(body)[PaymentTime.ON_SITE].price.amount == Decimal("264.33")


def test_the_currency_beside_the_amount_decides_and_not_the_one_that_was_asked_for() -> None:
    assert {offer.price.currency for offer in read(answer(), IN_EUROS).records} == {"GBP"}


def test_what_they_convert_themselves_is_told_and_is_nobodys_price() -> None:
    converted = totals("EUR", pay_later=later(reservation_total=309.85, vehicle_total=258.21, taxes_fees_total=51.64))
    offer = offered(answer(vehicle(rate_totals=totals(pay_later=later()), secondary_rate_totals=converted)), IN_EUROS)[
        PaymentTime.ON_SITE
    ]
    assert offer.price == money("264.33", "GBP")
    assert offer.supplier_extra["about_EUR"] == "309.85"


def test_a_way_to_pay_that_they_did_not_convert_is_an_offer_all_the_same() -> None:
    converted = totals("EUR", pay_later=later())
    offers = offered(answer(vehicle(secondary_rate_totals=converted)), IN_EUROS)
    assert "about_EUR" in offers[PaymentTime.ON_SITE].supplier_extra
    assert "about_EUR" not in offers[PaymentTime.NOW].supplier_extra


def test_a_price_in_no_currency_is_none() -> None:
    told = totals(pay_later=later())
    told["rate"]["currency"] = None
    readout = read(answer(vehicle(rate_totals=told, secondary_rate_totals=totals("EUR", pay_later=later()))), IN_EUROS)
    assert [skip.why for skip in readout.skipped] == ["has no pay_later in a currency"]


def test_parts_that_miss_the_total_by_a_penny_are_rounding() -> None:
    offer = offered(answer(vehicle(rate_totals=totals(pay_later=later(reservation_total=264.34)))))[PaymentTime.ON_SITE]
    assert offer.price_components[-1].kind is ComponentKind.ROUNDING


def test_discounts_are_told_and_change_no_price() -> None:
    told = totals()
    told["rate"] |= {"discount": {"code": "R566100"}, "coupon_discount_amount": 25, "under_age_fee_applied": True}
    extra = offered(answer(vehicle(rate_totals=told)))[PaymentTime.NOW].supplier_extra
    assert extra["price_before_discount"] == "264.33 GBP"
    assert (extra["discount_code"], extra["coupon_discount"]) == ("R566100", "25.00 GBP")
    assert extra["young_driver_fee"] == "included"


# ---- cars ----


def test_numbers_come_as_text_and_a_model_as_a_number() -> None:
    car = offered(answer())[PaymentTime.NOW].product.car
    assert (car.acriss, car.example, car.doors, car.seats) == ("MBMR", "Fiat 500", 3, 4)
    assert (car.small_bags, car.large_bags) == (1, None)


def test_seats_that_are_no_number_are_not_known() -> None:
    car = offered(answer(vehicle(capacity={"seats": "4/5", "doors": 3})))[PaymentTime.NOW].product.car
    assert (car.seats, car.doors) == (None, 3)


@pytest.mark.parametrize("sipp", ["", "ZZZZ", None])
def test_a_class_that_is_not_in_the_matrix_is_skipped(sipp: str | None) -> None:
    told = vehicle()
    told["category"]["sipp_code"] = sipp
    readout = read(answer(told))
    assert readout.records == ()
    assert {skip.where for skip in readout.skipped} == {"pay_later of vehicles[0]", "pay_now of vehicles[0]"}


def test_a_car_that_the_counter_has_to_confirm_is_on_request() -> None:
    told = vehicle()
    told["category"]["vehicle_status"] = "OnRequest"
    assert {offer.conditions.on_request for offer in offered(answer(told)).values()} == {True}
    told["category"]["vehicle_status"] = "Gone"
    assert {skip.why for skip in read(answer(told)).skipped} == {"is Gone"}


def test_free_kilometres_are_for_the_whole_rental() -> None:
    told = {
        "unlimited_distance": False,
        "distance_unit": "Mile",
        "distance_covered": 500,
        "distance_overage": 0.15,
    }
    assert offered(answer(vehicle(distance=told)))[PaymentTime.NOW].conditions.mileage == Mileage(
        unlimited=False, included=500, unit=Distance.MILE, per=Per.RENTAL, beyond=money("0.15", "GBP")
    )
    assert offered(answer(vehicle(distance=None)))[PaymentTime.NOW].conditions.mileage is None


def test_cancellation_is_told_in_text_only_so_there_is_no_ladder() -> None:
    terms = [{"type": "location", "method": "GET", "endpoint": "https://x.example/terms"}]
    disclaimers = [{"type": "Underage Surcharge", "description": "Fees apply."}, {"description": "BE ON TIME"}]
    offer = offered(answer(terms=terms, disclaimers=disclaimers))[PaymentTime.NOW]
    assert (offer.conditions.cancellation, offer.conditions.refundable) == (None, None)
    assert offer.supplier_extra["terms_location"] == "https://x.example/terms"
    assert offer.supplier_extra["disclaimers"] == "Underage Surcharge: Fees apply.; BE ON TIME"


def test_a_car_that_says_little_is_an_offer_with_little_in_it() -> None:
    bare = {"category": {"sipp_code": "MBMR", "name": "Group A"}, "rate_totals": totals(pay_later=later())}
    told = answer(bare, terms=[{"type": "rental"}], disclaimers=[{"type": "Late"}], pickup_location={})
    offer = offered(told)[PaymentTime.ON_SITE]
    assert (offer.product.car.example, offer.product.pick_up.code) == ("Group A", "LHR")
    assert offer.supplier_extra == {
        "drop_off_hours": "Sun-Sat 5:00 AM - 11:00 PM",
        "shown_as": "Group A",
        "rate_code": "7I",
    }


def test_benefits_are_told_without_the_name_of_the_experience() -> None:
    extra = offered(answer(vehicle(rental_experience={"benefits": ["Chat."]})))[PaymentTime.NOW].supplier_extra
    assert "experience" not in extra
    assert extra["experience_benefits"] == "Chat."
    named = offered(answer(vehicle(rental_experience={"type": "AvisFirst"})))[PaymentTime.NOW].supplier_extra
    assert named["experience"] == "AvisFirst"


def test_what_the_model_has_no_place_for_is_kept_as_text() -> None:
    experience = {"type": "AvisFirst", "benefits": ["Chat with your concierge.", "Skip the pump."]}
    extra = offered(answer(vehicle(rental_experience=experience)))[PaymentTime.NOW].supplier_extra
    assert (
        extra.items()
        >= {
            "group": "A",
            "group_name": "Mini Manual",
            "shown_as": "Group A - Fiat 500 or similar",
            "fuel": "Petrol",
            "miles_per_gallon": "27/35",
            "features": "air_conditioned,smoke_free",
            "experience": "AvisFirst",
            "experience_benefits": "Chat with your concierge.; Skip the pump.",
            "pick_up_hours": "Sun-Sat 5:00 AM - 11:00 PM",
        }.items()
    )


# ---- where and when ----


def test_times_are_the_counters_own_as_they_were_asked_for() -> None:
    query = car_query(pick_up="JFK", drop_off="JFK", currency="GBP")
    rental = offered(answer(pick_up="JFK", drop_off="JFK"), query)[PaymentTime.NOW].product
    assert rental.pick_up_at == wall_clock("JFK", "2027-03-01T10:00")
    assert rental.drop_off_at == wall_clock("JFK", "2027-03-06T10:00")


def test_an_answer_repeats_no_times_so_those_of_its_call_hold() -> None:
    """Nobody who asks for another hour takes it for an answer."""
    other = msgspec.structs.replace(FIVE_DAYS, pick_up_at=FIVE_DAYS.pick_up_at.replace(hour=12))
    records = read(answer(), other, call=cars.ask(FIVE_DAYS)).records
    assert records
    assert all(misfit(other, offer) for offer in records)


def test_an_answer_about_another_counter_is_given_up() -> None:
    with pytest.raises(GiveUp):
        read(answer(pick_up="LGW"))


def test_an_airport_whose_clock_nobody_knows_is_given_up() -> None:
    with pytest.raises(GiveUp):
        read(answer(pick_up="QQQ", drop_off="QQQ"), car_query(pick_up="QQQ", drop_off="QQQ"))


def test_a_time_at_the_end_of_the_calendar_is_given_up() -> None:
    call = cars.ask(FIVE_DAYS)
    late = tuple((name, value.replace("2027-03-06", "9999-12-31")) for name, value in call.params)
    query = car_query(pick_up="HNL", drop_off="HNL")
    asked = tuple((name, value.replace("LHR", "HNL").replace("T10", "T23")) for name, value in late)
    with pytest.raises(GiveUp):
        read(answer(pick_up="HNL", drop_off="HNL"), query, call=msgspec.structs.replace(call, params=asked))


def test_lines_that_say_na_are_no_address() -> None:
    assert offered(answer())[PaymentTime.NOW].product.pick_up.address == Address(
        lines=("Central Heathrow Loc", "Northrop Rd"), city="London", postal_code="TW6 2QA", country="GB"
    )


@pytest.mark.parametrize(
    ("lat", "long", "point"),
    [
        ("51.47", "-0.45", Point(latitude=51.47, longitude=-0.45)),
        (51.47, -0.45, Point(latitude=51.47, longitude=-0.45)),
        ("0", "0", None),
        ("NA", "-0.45", None),
        ("151.47", "-0.45", None),
        (None, None, None),
    ],
)
def test_degrees_are_text_and_sometimes_nonsense(lat: Any, long: Any, point: Point | None) -> None:
    told = answer()
    told["reservation"]["pickup_location"] = counter(lat=lat, long=long)
    assert offered(told)[PaymentTime.NOW].product.pick_up.location == point


@pytest.mark.parametrize("body", [b"<html></html>", b"", b'{"vehicles": []', b"[]", b'{"vehicles": 7}'])
def test_what_is_no_answer_is_given_up(body: bytes) -> None:
    with pytest.raises(GiveUp):
        read(body)


# ---- locations ----


def found(*locations: dict[str, Any]) -> Readout[Any]:
    enquiry = RentalPlaceEnquiry(airport="LHR")
    return places.read(reply({"locations": list(locations)}), places.ask(enquiry), enquiry, ATLAS)


def test_a_location_may_be_spelled_in_two_ways() -> None:
    address = counter()["address"]
    readout = found(
        {"brand": "Avis", "code": "LHR", "name": "Heathrow", "airport_location": True, "address": address},
        {"location_code": "LH1", "location_name": "Bath Road", "airport_location": False, "address": address},
        {"brand": "Avis", "name": "Nowhere"},
    )
    assert [(place.airport, place.code, place.name, place.at_airport) for place in readout.records] == [
        ("LHR", "LHR", "Heathrow", True),
        ("LHR", "LH1", "Bath Road", False),
    ]
    assert [(skip.where, skip.why) for skip in readout.skipped] == [("locations[2]", "has no code")]


# ---- refusals ----


def error(code: str, *, details: str = "Sorry.") -> dict[str, Any]:
    return {"code": code, "message": "Not Found", "reason": "because", "details": details}


def nested(*codes: str) -> dict[str, Any]:
    return {"status": {"request_time": "x", "request_errors": len(codes), "errors": [error(code) for code in codes]}}


def failure(told: object, status: int) -> Failure:
    failed = verdicts.failure_in(reply(told, status=status), SUPPLIER, SUPPLIER.sandbox_secrets)
    assert failed is not None
    return failed


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (404, "500708", Reason.NOTHING_THERE),
        (404, "225", Reason.NOTHING_THERE),
        (404, "609", Reason.NOTHING_THERE),
        (404, "223", Reason.SOLD_OUT),
        (404, "14036", Reason.ALREADY_CANCELLED),
        (400, "150004", Reason.NO_SUCH_ORDER),
        (400, "14528", Reason.EXPIRED),
        (400, "242", Reason.NOT_POSSIBLE),
        (400, "22224", Reason.NOT_POSSIBLE),
        (400, "212", Reason.INVALID_TRAVELLER),
        (400, "14220", Reason.DECLINED),
        (400, "319", None),
    ],
)
def test_nothing_found_sold_out_and_already_cancelled_are_told_apart_by_code(
    status: int, code: str, reason: Reason | None
) -> None:
    failed = failure(nested(code), status)
    assert isinstance(failed, Answered)
    assert (failed.code, failed.reason, failed.detail) == (code, reason, "Sorry.")


@pytest.mark.parametrize("code", ["610", "40018", "500"])
def test_a_back_end_that_is_down_is_asked_again(code: str) -> None:
    assert isinstance(failure(nested(code), 500), TryLater)


def test_errors_may_stand_at_the_top_as_their_schema_has_it() -> None:
    flat = {"request_time": "x", "request_errors": 1, "errors": [error("223")]}
    failed = failure(flat, 404)
    assert (failed.code, type(failed)) == ("223", Answered)


def test_a_bad_token_is_refused_in_other_words() -> None:
    told = {"error": "invalid_grant", "error_description": "token not found, expired or invalid"}
    failed = failure(told, 401)
    assert (failed.code, failed.detail) == ("invalid_grant", "token not found, expired or invalid")
    assert isinstance(failed, GiveUp)


def test_a_404_without_a_code_of_theirs_is_a_mistake_of_ours() -> None:
    assert isinstance(failure(nested("404"), 404), GiveUp)
    assert isinstance(failure(b"<html>Not Found</html>", 404), GiveUp)


def test_of_several_errors_the_first_that_we_know_decides() -> None:
    failed = failure(nested("99999", "223"), 404)
    assert (failed.code, failed.detail) == ("223", "Sorry.")


@pytest.mark.parametrize("told", [answer(), b'{"errors": ', b'{"errors": "many"}', nested()])
def test_a_success_and_what_is_no_error_of_theirs_are_no_refusal(told: object) -> None:
    assert SUPPLIER.refusal(reply(told)) is None


def test_an_error_without_a_word_is_one_all_the_same() -> None:
    failed = failure({"errors": [{"message": " "}]}, 400)
    assert (failed.code, failed.detail) == (None, "an error without a word")


def test_the_words_of_their_example_are_all_known() -> None:
    sample = drift.sampled(msgspec.json.encode(answer()), SUPPLIER.shapes["availability"])
    assert sample is not None
    assert sample.unknown == {}
