"""Duffel's search as its documents have it: what is asked, and what becomes of each word of an offer."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.auth import Headers
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import GiveUp, TryLater
from adapters.suppliers.duffel import SUPPLIER
from adapters.suppliers.duffel.flights import LIVE_FOR, ask, ask_for_offers, read
from adapters.suppliers.duffel.limits import quota, retry_after
from adapters.suppliers.duffel.reference import (
    ask_for_airlines,
    ask_for_airports,
    ask_for_places,
    read_airlines,
    read_airports,
    read_places,
)
from adapters.suppliers.duffel.refusals import ERRORS, refusal
from domain.enquiries import PlaceEnquiry
from domain.money import Money
from domain.offers import ComponentKind, FlightOffer, Offer
from domain.orders import Reason
from domain.places import Airline
from domain.queries import Cabin, FlightQuery
from tests.builders import ATLAS, DEPARTURE, NOW, flight_query, money

Words = dict[str, Any]

GBP: Final = flight_query(currency="GBP")


def answer(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status=status, headers=headers or {}, body=msgspec.json.encode(body), received_at=NOW)


def airline(code: str | None = "ZZ", name: str = "Duffel Airways") -> Words:
    return {"id": "arl_0000", "name": name, "iata_code": code, "logo_symbol_url": None}


def airport(code: str, zone: str) -> Words:
    return {"id": f"arp_{code.lower()}", "iata_code": code, "time_zone": zone, "type": "airport"}


def passenger(**changed: Any) -> Words:
    """An adult's place on a flight, with a bag in the hold and one in the hand."""
    bags = [{"type": "checked", "quantity": 1}, {"type": "carry_on", "quantity": 1}]
    seat = {"passenger_id": "pas_1", "cabin_class": "economy", "cabin_class_marketing_name": "Economy"}
    return {**seat, "fare_basis_code": "Y20LGTN2", "baggages": bags, "cabin": None, **changed}


def segment(**changed: Any) -> Words:
    """London to New York in the morning."""
    return {
        "id": "seg_1",
        "origin": airport("LHR", "Europe/London"),
        "origin_terminal": "5",
        "destination": airport("JFK", "America/New_York"),
        "destination_terminal": None,
        "departing_at": f"{DEPARTURE}T10:30:00",
        "arriving_at": f"{DEPARTURE}T13:25:00",
        "duration": "PT07H55M",
        "distance": "5539.5",
        "aircraft": {"id": "arc_1", "name": "Airbus A380", "iata_code": "388"},
        "marketing_carrier": airline("BA", "British Airways"),
        "marketing_carrier_flight_number": "0117",
        "operating_carrier": airline("AA", "American Airlines"),
        "operating_carrier_flight_number": "6143",
        "stops": [],
        "passengers": [passenger()],
        **changed,
    }


def slice_of(*segments: Words, **changed: Any) -> Words:
    return {"id": "sli_1", "fare_brand_name": "Basic", "segments": list(segments or (segment(),)), **changed}


def condition(*, allowed: bool = True, amount: str | None = "40.00", currency: str | None = "GBP") -> Words:
    return {"allowed": allowed, "penalty_amount": amount, "penalty_currency": currency}


def offer(**changed: Any) -> Words:
    """One of theirs, for one adult in pounds."""
    return {
        "id": "off_1",
        "live_mode": False,
        "partial": False,
        "created_at": "2027-01-15T11:59:58.123456Z",
        "updated_at": "2027-01-15T11:59:59Z",
        "expires_at": "2027-01-15T12:29:58.123Z",
        "owner": airline(),
        "total_amount": "221.78",
        "total_currency": "GBP",
        "base_amount": "180.00",
        "base_currency": "GBP",
        "tax_amount": "41.78",
        "tax_currency": "GBP",
        "total_emissions_kg": "460",
        "payment_requirements": {
            "requires_instant_payment": False,
            "payment_required_by": "2027-01-18T12:00:00Z",
            "price_guarantee_expires_at": "2027-01-17T12:00:00Z",
        },
        "conditions": {"refund_before_departure": condition(), "change_before_departure": condition()},
        "passengers": [{"id": "pas_1", "type": "adult", "age": None}],
        "passenger_identity_documents_required": False,
        "supported_passenger_identity_document_types": ["passport"],
        "private_fares": [],
        "slices": [slice_of()],
        **changed,
    }


def page(*offers: Words, after: str | None = None) -> Words:
    return {"data": list(offers), "meta": {"limit": 200, "before": None, "after": after}}


def told(*offers: Words, query: FlightQuery = GBP, after: str | None = None) -> Readout[FlightOffer]:
    return read(answer(page(*offers, after=after)), ask_for_offers("orq_1"), query, ATLAS)


def sold(*, query: FlightQuery = GBP, **changed: Any) -> FlightOffer:
    """The one offer that becomes of one of theirs."""
    readout = told(offer(**changed), query=query)
    assert readout.skipped == ()
    (found,) = readout.records
    return found


def why_skipped(*, query: FlightQuery = GBP, **changed: Any) -> str:
    readout = told(offer(**changed), query=query)
    assert readout.records == ()
    return readout.skipped[0].why


def asked(query: FlightQuery) -> Words:
    body = ask(query).body
    assert body is not None
    data: Words = msgspec.json.decode(body)["data"]
    return data


# ---- asking ----


def test_a_search_names_slices_ages_cabin_and_stops() -> None:
    query = flight_query(return_date=date(2027, 3, 9), adults=2, children=1, infants=1, cabin=Cabin.BUSINESS)
    assert asked(query) == {
        "slices": [
            {"origin": "LHR", "destination": "JFK", "departure_date": "2027-03-01"},
            {"origin": "JFK", "destination": "LHR", "departure_date": "2027-03-09"},
        ],
        "passengers": [{"type": "adult"}, {"type": "adult"}, {"age": 8}, {"age": 1}],
        "cabin_class": "business",
        "max_connections": 2,
    }


def test_trap_the_airlines_are_waited_for_less_than_we_wait_for_duffel() -> None:
    waited = dict(ask(GBP).params)["supplier_timeout"]
    patience = SUPPLIER.patience.get("search", SUPPLIER.timeout)
    assert timedelta(seconds=2) <= timedelta(milliseconds=int(waited)) < patience


def test_trap_offers_are_paged_cheapest_first_and_not_inlined() -> None:
    assert dict(ask(GBP).params)["return_offers"] == "false"
    readout = read(answer({"data": {"id": "orq_7", "passengers": []}}, status=201), ask(GBP), GBP, ATLAS)
    assert (readout.records, readout.next) == ((), ask_for_offers("orq_7"))
    assert readout.next is not None
    assert ("sort", "total_amount") in readout.next.params


def test_every_page_is_asked_for_with_its_limit_again() -> None:
    first = told(offer(), after="g2w")
    assert first.next is not None
    assert dict(first.next.params) == {
        "offer_request_id": "orq_1",
        "sort": "total_amount",
        "limit": "200",
        "after": "g2w",
    }
    second = read(answer(page(offer(), after="h3x")), first.next, GBP, ATLAS)
    assert second.next is not None
    assert [value for name, value in second.next.params if name == "after"] == ["h3x"]
    assert read(answer(page(offer())), second.next, GBP, ATLAS).next is None


def test_the_version_goes_with_every_call() -> None:
    signed = SUPPLIER.auth.signed(ask(GBP), {"DUFFEL_ACCESS_TOKEN": "duffel_test_x"}, NOW)
    assert {("authorization", "Bearer duffel_test_x"), ("duffel-version", "v2")} <= set(signed.headers)
    assert isinstance(SUPPLIER.auth, Headers)


# ---- an offer's price ----


def test_a_price_is_what_all_travellers_pay_with_taxes() -> None:
    found = sold()
    assert found.price == money("221.78", "GBP")
    assert [(part.kind, part.amount) for part in found.price_components] == [
        (ComponentKind.BASE_FARE, money("180.00", "GBP")),
        (ComponentKind.TAX, money("41.78", "GBP")),
    ]


def test_trap_taxes_may_be_null() -> None:
    found = sold(tax_amount=None, tax_currency=None, total_amount="180.00")
    assert [part.kind for part in found.price_components] == [ComponentKind.BASE_FARE]


def test_what_fare_and_taxes_leave_open_is_named() -> None:
    found = sold(total_amount="230.00")
    assert found.price_components[-1].label == "not itemised by the supplier"
    assert sum(part.amount.amount for part in found.price_components) == Decimal("230.00")


def test_a_fare_in_another_currency_is_no_part_of_the_price() -> None:
    assert sold(base_currency="USD").price_components == ()


def test_the_price_is_in_the_money_of_the_account_whatever_was_asked_for() -> None:
    found = sold(query=flight_query(currency="EUR"))
    assert found.price == money("221.78", "GBP")
    assert [part.amount for part in found.price_components] == [money("180.00", "GBP"), money("41.78", "GBP")]


def test_a_price_in_no_money_that_we_know_is_skipped_by_name() -> None:
    assert why_skipped(total_currency="XXX") == "'XXX' is not an ISO 4217 currency"


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
def test_nobody_flies_for_nothing(amount: str) -> None:
    assert why_skipped(total_amount=amount) == f"costs {amount} GBP"


def test_an_offer_for_others_than_asked_is_skipped_by_name() -> None:
    assert why_skipped(query=flight_query(adults=2, currency="GBP")) == "priced for 1 travellers, asked for 2"


def test_a_part_of_a_journey_is_not_sold() -> None:
    assert why_skipped(partial=True) == "is a part of a journey"


def test_one_bad_offer_spoils_one_offer() -> None:
    readout = told(offer(), offer(id="off_2", slices=7), offer(id="off_3"))
    assert [found.reference for found in readout.records] == ["off_1", "off_3"]
    assert [skipped.where for skipped in readout.skipped] == ["data[1]"]


# ---- how long it stands ----


def test_an_offer_ends_when_duffel_says() -> None:
    assert sold(expires_at="2027-01-15T12:10:00Z").expires_at == datetime(2027, 1, 15, 12, 10, tzinfo=UTC)


def test_no_offer_stands_longer_than_half_an_hour() -> None:
    assert sold(expires_at="2027-01-16T12:10:00Z").expires_at == NOW + LIVE_FOR


def test_what_is_handed_out_is_alive_however_far_their_clock_is_from_ours() -> None:
    found = sold(updated_at="2026-01-01T00:00:00Z", expires_at="2026-01-01T00:20:00Z")
    assert found.expires_at == NOW + timedelta(minutes=20)


def test_an_offer_that_they_give_no_time_is_skipped_by_name() -> None:
    why = why_skipped(updated_at="2026-01-01T00:20:00Z", expires_at="2026-01-01T00:20:00Z")
    assert why == "ended at 2026-01-01T00:20:00+00:00"


# ---- its flights ----


def test_flight_times_are_the_clocks_on_the_walls() -> None:
    (flight,) = sold().product.segments
    assert flight.departs_at.isoformat() == "2027-03-01T10:30:00+00:00"
    assert flight.arrives_at.isoformat() == "2027-03-01T13:25:00-05:00"


def test_a_flight_time_with_an_offset_is_not_believed() -> None:
    assert "timezone" in why_skipped(slices=[slice_of(segment(departing_at="2027-03-01T10:30:00Z"))])


def test_a_flight_is_told_by_who_sells_and_who_flies_it() -> None:
    (flight,) = sold().product.segments
    assert (flight.flight, flight.operating_carrier, flight.operating_number) == ("BA117", "AA", "6143")
    assert (flight.cabin, flight.fare_basis, flight.aircraft) == (Cabin.ECONOMY, "Y20LGTN2", "388")


def test_trap_half_of_what_a_flight_tells_may_be_null() -> None:
    bare = segment(
        duration=None,
        origin_terminal=None,
        distance=None,
        aircraft=None,
        operating_carrier=None,
        operating_carrier_flight_number=None,
        stops=None,
        passengers=[passenger(fare_basis_code=None)],
    )
    found = sold(slices=[slice_of(bare, fare_brand_name=None, conditions=None)])
    (flight,) = found.product.segments
    assert (flight.fare_basis, flight.aircraft, flight.operating_carrier) == (None, None, None)
    assert found.conditions.fare_family is None


def test_trap_an_airline_without_a_code_can_t_sell_a_flight_but_may_fly_it() -> None:
    nameless = airline(None, "Island Air")
    assert "Island Air has no flight number" in why_skipped(slices=[slice_of(segment(marketing_carrier=nameless))])
    found = sold(slices=[slice_of(segment(operating_carrier=nameless))])
    assert found.product.segments[0].operating_carrier is None
    assert found.supplier_extra["operated_by"] == "BA117 Island Air"


def test_the_zone_of_an_airport_that_we_do_not_know_is_believed() -> None:
    found = sold(slices=[slice_of(segment(destination=airport("QZX", "America/New_York")))])
    assert found.product.segments[0].arrives_at.utcoffset() == timedelta(hours=-5)


def test_an_airport_that_nobody_knows_spoils_its_offer() -> None:
    assert "QZX" in why_skipped(slices=[slice_of(segment(destination=airport("QZX", "Nowhere/Atall")))])


@pytest.mark.parametrize(("duration", "offset"), [("PT08H00M", -4), ("PT09H00M", -5), (None, -4)])
def test_in_the_hour_that_autumn_repeats_the_duration_decides(duration: str | None, offset: int) -> None:
    """The clocks of New York go back on 7 November 2027: half past one comes twice."""
    night = segment(departing_at="2027-11-06T21:30:00", arriving_at="2027-11-07T01:30:00", duration=duration)
    found = sold(slices=[slice_of(night)])
    assert found.product.segments[0].arrives_at.utcoffset() == timedelta(hours=offset)


def test_a_duration_that_fits_no_clock_does_not_move_a_flight() -> None:
    found = sold(slices=[slice_of(segment(duration="P1DT02H00M"))])
    assert found.product.segments[0].arrives_at.isoformat() == "2027-03-01T13:25:00-05:00"


def test_a_landing_on_the_way_is_told() -> None:
    stop = {"id": "sto_1", "airport": airport("YYT", "America/St_Johns"), "duration": "PT00H45M"}
    assert sold(slices=[slice_of(segment(stops=[stop]))]).supplier_extra["stops"] == "BA117 lands at YYT"


def test_a_return_has_two_slices() -> None:
    back = segment(
        origin=airport("JFK", "America/New_York"),
        destination=airport("LHR", "Europe/London"),
        departing_at="2027-03-08T18:00:00",
        arriving_at="2027-03-09T06:00:00",
    )
    found = sold(slices=[slice_of(), slice_of(back, fare_brand_name="Flex")])
    assert [(part.origin, part.destination) for part in found.product.slices] == [("LHR", "JFK"), ("JFK", "LHR")]
    assert found.conditions.fare_family == "Basic + Flex"


def test_a_cabin_that_is_not_the_same_for_everybody_is_not_told() -> None:
    seats = [passenger(), passenger(passenger_id="pas_2", cabin_class="business")]
    people = [{"id": "pas_1", "type": "adult"}, {"id": "pas_2", "type": "adult"}]
    query = flight_query(adults=2, currency="GBP")
    found = sold(query=query, passengers=people, slices=[slice_of(segment(passengers=seats))])
    assert found.product.segments[0].cabin is None


# ---- its terms ----


def test_a_refund_costs_its_penalty_until_departure_and_everything_after() -> None:
    terms = sold().conditions
    assert terms.refundable
    assert terms.cancellation is not None
    assert terms.cancellation.fee_at(NOW) == money("40.00", "GBP")
    assert terms.cancellation.fee_at(datetime(2027, 3, 1, 10, 30, tzinfo=UTC)) == money("221.78", "GBP")


def test_what_is_not_refunded_costs_everything() -> None:
    refused = condition(allowed=False, amount=None, currency=None)
    terms = sold(conditions={"refund_before_departure": refused, "change_before_departure": refused}).conditions
    assert (terms.refundable, terms.changeable, terms.change_fee) == (False, False, None)
    assert terms.cancellation is not None
    assert terms.cancellation.fee_at(NOW) == money("221.78", "GBP")


@pytest.mark.parametrize("unknown", [None, {}, {"refund_before_departure": None, "change_before_departure": None}])
def test_trap_null_conditions_are_not_a_no(unknown: Words | None) -> None:
    terms = sold(conditions=unknown).conditions
    assert (terms.refundable, terms.changeable, terms.cancellation, terms.change_fee) == (None, None, None, None)


def test_trap_what_is_allowed_may_have_no_penalty_told() -> None:
    silent = condition(amount=None, currency=None)
    terms = sold(conditions={"refund_before_departure": silent, "change_before_departure": silent}).conditions
    assert (terms.refundable, terms.changeable) == (True, True)
    assert (terms.cancellation, terms.change_fee) == (None, None)


def test_trap_a_penalty_in_another_currency_is_kept_and_not_added() -> None:
    foreign = condition(currency="USD")
    found = sold(conditions={"refund_before_departure": foreign, "change_before_departure": foreign})
    assert (found.conditions.cancellation, found.conditions.change_fee) == (None, None)
    assert found.supplier_extra["refund_penalty"] == "40.00 USD"
    assert found.supplier_extra["change_penalty"] == "40.00 USD"


def test_no_fee_is_higher_than_the_price() -> None:
    high = {"refund_before_departure": condition(amount="900.00")}
    ladder = sold(conditions=high).conditions.cancellation
    assert ladder is not None
    assert ladder.fee_at(NOW) == money("221.78", "GBP")


def test_a_change_costs_its_penalty() -> None:
    assert sold().conditions.change_fee == money("40.00", "GBP")


def test_bags_are_those_that_everybody_has_on_every_flight() -> None:
    rich = passenger(baggages=[{"type": "checked", "quantity": 2}, {"type": "carry_on", "quantity": 1}])
    poor = passenger(baggages=[{"type": "checked", "quantity": 1}])
    onward = segment(departing_at="2027-03-01T15:00:00", arriving_at="2027-03-01T17:00:00")
    onward |= {"origin": airport("JFK", "America/New_York"), "destination": airport("LAX", "America/Los_Angeles")}
    flights = slice_of(segment(passengers=[rich]), {**onward, "passengers": [poor]})
    terms = sold(query=flight_query(destination="LAX", currency="GBP"), slices=[flights]).conditions
    assert (terms.checked_bags, terms.cabin_bags) == (1, 0)


def test_a_bag_of_quantity_zero_is_no_bag() -> None:
    none = passenger(baggages=[{"type": "checked", "quantity": 0}, {"type": "carry_on", "quantity": 0}])
    terms = sold(slices=[slice_of(segment(passengers=[none]))]).conditions
    assert (terms.checked_bags, terms.cabin_bags) == (0, 0)


def test_bags_that_nobody_tells_of_are_not_none() -> None:
    silent = passenger(baggages=None)
    terms = sold(slices=[slice_of(segment(passengers=[silent]))]).conditions
    assert (terms.checked_bags, terms.cabin_bags) == (None, None)


@pytest.mark.parametrize("lap", [{"type": "infant_without_seat"}, {"type": None, "age": 1}])
def test_an_infant_s_missing_bags_are_not_everybody_s(lap: Words) -> None:
    people = [{"id": "pas_1", "type": "adult"}, {"id": "pas_2", **lap}]
    flight = segment(passengers=[passenger(), passenger(passenger_id="pas_2", baggages=[])])
    query = flight_query(infants=1, currency="GBP")
    terms = sold(query=query, passengers=people, slices=[slice_of(flight)]).conditions
    assert (terms.checked_bags, terms.cabin_bags) == (1, 1)


def test_what_the_model_has_no_place_for_is_kept() -> None:
    cabin = {
        "name": "economy",
        "amenities": {
            "wifi": {"available": True, "cost": "paid"},
            "seat": {"pitch": "31", "type": "standard"},
            "power": {"available": False},
        },
    }
    perks = {"priority_boarding": True, "priority_check_in": False, "advance_seat_selection": None}
    found = sold(
        slices=[slice_of(segment(passengers=[passenger(cabin=cabin)]), conditions=perks)],
        passenger_identity_documents_required=True,
        private_fares=[{"type": "corporate"}],
        owner={**airline(), "conditions_of_carriage_url": "https://zz.example/terms"},
    )
    assert found.supplier_extra == {
        "owner": "Duffel Airways",
        "conditions_of_carriage": "https://zz.example/terms",
        "emissions_kg": "460",
        "identity_documents": "required: passport",
        "private_fares": "corporate",
        "terminals": "BA117 LHR 5",
        "cabins": "Economy",
        "amenities": "BA117 wifi paid, seat pitch 31",
        "perks": "priority boarding",
        "payment": "at once or later",
        "payment_required_by": "2027-01-18T12:00:00+00:00",
        "price_guaranteed_until": "2027-01-17T12:00:00+00:00",
    }


def test_unknown_words_are_passed_over() -> None:
    assert sold(brand_new_field={"a": [1]}) == sold()


# ---- limits and refusals ----

_ENDS: Final = "Fri, 15 Jan 2027 12:00:40 GMT"


def limits(limit: int, remaining: int, *, status: int = 200, reset: str = _ENDS) -> Reply:
    headers = {"ratelimit-limit": str(limit), "ratelimit-remaining": str(remaining), "ratelimit-reset": reset}
    return answer({}, status=status, headers=headers)


@pytest.mark.parametrize(("limit", "operations"), [(4000, frozenset[str]()), (30, frozenset({"search"}))])
def test_trap_the_reset_of_a_quota_is_an_http_date(limit: int, operations: frozenset[str]) -> None:
    (left,) = quota(limits(limit, 12))
    assert (left.calls, left.operations) == (12, operations)
    assert left.lasts(NOW) == 40
    windows = [window for window in SUPPLIER.budget.windows if left.of(window, "search")]
    assert [window.calls for window in windows] == [limit]


def test_headers_that_can_t_be_read_tell_nothing() -> None:
    assert quota(answer({})) == ()
    (left,) = quota(limits(4000, 1, reset="1767268800"))
    assert left.resets_at is None


def test_haste_is_told_until_when() -> None:
    assert retry_after(limits(30, 0, status=429)) == 40
    assert retry_after(limits(30, 0, status=429, reset="Fri, 15 Jan 2038 12:00:40 GMT")) == 60
    assert retry_after(limits(30, 0)) is None
    assert retry_after(answer({}, status=429)) is None


def errors(code: str | int, kind: str = "invalid_state_error", **more: Any) -> Reply:
    error = {"type": kind, "code": code, "title": "A title", "message": "A message", **more}
    return answer({"errors": [error], "meta": {"status": 422, "request_id": "x"}}, status=422)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("offer_no_longer_available", Reason.SOLD_OUT),
        ("offer_expired", Reason.EXPIRED),
        ("price_changed", Reason.PRICE_CHANGED),
        ("payment_amount_does_not_match_order_amount", Reason.PRICE_CHANGED),
        ("offer_request_already_booked", Reason.DUPLICATE),
        ("insufficient_balance", Reason.DECLINED),
        ("already_cancelled", Reason.ALREADY_CANCELLED),
        ("not_found", Reason.NO_SUCH_ORDER),
    ],
)
def test_a_definite_no_has_its_reason(code: str, reason: Reason) -> None:
    said = refusal(errors(code))
    assert said is not None
    assert ERRORS[said.code or ""].reason is reason


def test_trap_an_error_code_may_be_a_number() -> None:
    said = refusal(errors(400, "invalid_request_error"))
    assert said is not None
    assert said.code == "400"
    assert isinstance(ERRORS["400"].raised("no", code="400", retry_after=None), GiveUp)


def test_a_mistake_in_a_passenger_is_told_from_any_other() -> None:
    source = {"field": "born_on", "pointer": "/passengers/0/born_on"}
    said = refusal(errors("validation_format", "validation_error", source=source))
    assert said is not None
    assert ERRORS[said.code or ""].reason is Reason.INVALID_TRAVELLER
    assert said.message == "/passengers/0/born_on: A message"
    other = refusal(errors("validation_format", "validation_error"))
    assert other is not None
    assert ERRORS[other.code or ""].failure is GiveUp


@pytest.mark.parametrize("code", ["airline_unknown", "airline_internal", "internal_server_error"])
def test_a_failure_of_theirs_is_tried_later(code: str) -> None:
    assert ERRORS[code].failure is TryLater


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": []}', b'{"errors": 7}', b"\xff"])
def test_what_is_no_error_of_theirs_is_judged_by_its_status(body: bytes) -> None:
    assert refusal(Reply(status=500, headers={}, body=body, received_at=NOW)) is None


def test_an_answer_with_errors_further_down_is_an_answer() -> None:
    assert refusal(answer({"data": [{"errors": [{"code": "not_found"}]}]})) is None


# ---- catalogues and places ----


def row(**changed: Any) -> Words:
    heathrow = {
        "id": "arp_lhr_gb",
        "type": "airport",
        "name": "Heathrow Airport",
        "iata_code": "LHR",
        "icao_code": "EGLL",
        "iata_country_code": "GB",
        "iata_city_code": "LON",
        "city_name": "London",
        "latitude": 51.47,
        "longitude": -0.45,
        "time_zone": "Europe/London",
    }
    return {**heathrow, **changed}


def test_airports_come_page_by_page_and_the_bad_ones_are_named() -> None:
    reply = answer({"data": [row(), row(id="arp_x", time_zone=None)], "meta": {"after": "g2w"}})
    readout = read_airports(reply, ask_for_airports())
    assert [(found.iata, found.icao, found.city, found.city_code) for found in readout.records] == [
        ("LHR", "EGLL", "London", "LON")
    ]
    assert [skipped.why for skipped in readout.skipped] == ["arp_x: no time_zone"]
    assert readout.next is not None
    assert ("after", "g2w") in readout.next.params


def test_trap_an_airline_may_have_no_code() -> None:
    rows = [{"id": "arl_1", "name": "British Airways", "iata_code": "BA"}, {"id": "arl_2", "name": "Nobody"}]
    readout = read_airlines(answer({"data": rows, "meta": {"after": None}}), ask_for_airlines())
    assert readout.records == (
        Airline(iata="BA", icao=None, name="British Airways", country=None, callsign=None, active=None),
    )
    assert [skipped.why for skipped in readout.skipped] == ["arl_2: no iata_code"]
    assert readout.next is None


def test_a_city_among_the_suggestions_stands_for_its_airports() -> None:
    city = row(id="cit_lon_gb", type="city", iata_code="LON", airports=[row(), row(iata_code="LGW")])
    enquiry = PlaceEnquiry(text="lon")
    call = ask_for_places(enquiry)
    readout = read_places(answer({"data": [city, row(iata_code="LCY")]}), call, enquiry, ATLAS)
    assert call.params == (("name", "lon"),)
    assert [found.iata for found in readout.records] == ["LHR", "LGW", "LCY"]


def test_nothing_suggested_is_an_empty_answer_without_pages() -> None:
    enquiry = PlaceEnquiry(text="zzz")
    readout = read_places(answer({"data": []}), ask_for_places(enquiry), enquiry, ATLAS)
    assert (readout.records, readout.skipped) == ((), ())


def test_an_offer_is_a_value_of_ours_in_exact_money() -> None:
    found = sold(total_amount="221.785", base_amount=None)
    assert isinstance(found, Offer)
    assert found.price == Money.of("221.785", "GBP") == money("221.79", "GBP")


def test_a_call_to_search_may_be_sent_twice() -> None:
    call: Call = ask(GBP)
    assert call.reads_only
