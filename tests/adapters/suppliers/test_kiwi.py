"""What we ask Kiwi, and how its answers become offers: every oddity of the wire by name."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.kit.calls import Readout, Reply
from adapters.kit.failures import NO, REFUSED, GiveUp
from adapters.suppliers.kiwi import SUPPLIER
from adapters.suppliers.kiwi.flights import LIVE_FOR, ask, read
from adapters.suppliers.kiwi.refusals import ERRORS, refusal
from adapters.suppliers.kiwi.timetable import CABINS
from domain.money import Money
from domain.offers import ComponentKind, FlightOffer
from domain.queries import Cabin, FlightQuery
from domain.searches import Outcome
from tests.builders import ATLAS, NOW, flight_query

BACK: Final = date(2027, 3, 8)
LEFT_OUT: Final = object()

# The same examples for everybody, and no stopwatch on a shared machine.
unhurried: Final = settings(deadline=None, derandomize=True, database=None)


def segment(**changed: Any) -> dict[str, Any]:
    """London to New York by BA117 in winter. `LEFT_OUT` removes a field, the last names win."""
    return _without(
        {
            "id": "0f6b0a7c4d3f000066215fb6_0",
            "combination_id": "0f6b0a7c4d3f000066215fb6",
            "flyFrom": "LHR",
            "flyTo": "JFK",
            "cityFrom": "London",
            "cityCodeFrom": "LON",
            "cityTo": "New York",
            "cityCodeTo": "NYC",
            "local_departure": "2027-03-01T10:30:00.000Z",
            "utc_departure": "2027-03-01T10:30:00.000Z",
            "local_arrival": "2027-03-01T13:25:00.000Z",
            "utc_arrival": "2027-03-01T18:25:00.000Z",
            "airline": "BA",
            "flight_no": 117,
            "operating_carrier": "AA",
            "operating_flight_no": "6143",
            "fare_basis": "OLIGHT",
            "fare_category": "M",
            "fare_classes": "O",
            "return": 0,
            "bags_recheck_required": False,
            "vi_connection": False,
            "guarantee": False,
            "equipment": "789",
            "vehicle_type": "aircraft",
        },
        changed,
    )


def back(**changed: Any) -> dict[str, Any]:
    """New York to London by night, a week later."""
    return segment(
        **{
            "flyFrom": "JFK",
            "flyTo": "LHR",
            "local_departure": "2027-03-08T19:00:00.000Z",
            "utc_departure": "2027-03-09T00:00:00.000Z",
            "local_arrival": "2027-03-09T06:55:00.000Z",
            "utc_arrival": "2027-03-09T06:55:00.000Z",
            "flight_no": 178,
            "operating_carrier": "BA",
            "operating_flight_no": "",
            "return": 1,
            **changed,
        }
    )


def itinerary(*route: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """One traveller's 420.50 in the currency of the envelope."""
    return _without(
        {
            "id": "0f6b0a7c4d3f000066215fb6_0",
            "flyFrom": "LHR",
            "flyTo": "JFK",
            "local_departure": "2027-03-01T10:30:00.000Z",
            "utc_departure": "2027-03-01T10:30:00.000Z",
            "local_arrival": "2027-03-01T13:25:00.000Z",
            "utc_arrival": "2027-03-01T18:25:00.000Z",
            "nightsInDest": None,
            "quality": 504.63,
            "distance": 5540.05,
            "duration": {"departure": 28500, "return": 0, "total": 28500},
            "price": 420.5,
            "conversion": {"EUR": 420.5},
            "fare": {"adults": 420.5, "children": 315.38, "infants": 42.05},
            "price_dropdown": {"base_fare": 400.5, "fees": 20},
            "bags_price": {"1": 53.388, "2": 121.5, "hand": 0},
            "baglimit": {"hold_weight": 23, "hand_weight": 8},
            "availability": {"seats": 4},
            "airlines": ["BA"],
            "route": list(route) or [segment()],
            "booking_token": "token-1",
            "facilitated_booking_available": True,
            "pnr_count": 1,
            "has_airport_change": False,
            "technical_stops": 0,
            "throw_away_ticketing": False,
            "hidden_city_ticketing": False,
            "virtual_interlining": False,
        },
        changed,
    )


def _without(fields: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**fields, **changed}.items() if value is not LEFT_OUT}


def reply(*items: Any, status: int = 200, body: bytes | None = None, **changed: Any) -> Reply:
    envelope = _without({"search_id": "a", "currency": "EUR", "fx_rate": 1, "data": list(items)}, changed)
    return Reply(
        status=status, headers={}, body=json.dumps(envelope).encode() if body is None else body, received_at=NOW
    )


def readout(*items: Any, query: FlightQuery | None = None, **changed: Any) -> Readout[FlightOffer]:
    return read(reply(*items, **changed), ask(query or flight_query()), query or flight_query(), ATLAS)


def offer(*items: Any, query: FlightQuery | None = None, **changed: Any) -> FlightOffer:
    """The one offer of the reply, of which nothing was skipped."""
    found = readout(*(items or (itinerary(),)), query=query, **changed)
    assert found.skipped == ()
    (only,) = found.records
    return only


def why_skipped(item: Any, query: FlightQuery | None = None) -> str:
    """The reason for which the item is the one record that gives no offer."""
    found = readout(item, query=query)
    assert found.records == ()
    (only,) = found.skipped
    assert only.where == "data[0]"
    return only.why


# ---- the question ----


def test_a_one_way_question_says_airports_and_days_in_their_words() -> None:
    call = ask(flight_query(adults=2, children=1, infants=1, currency="GBP"))
    assert (call.method, call.path, call.operation, call.reads_only) == ("GET", "/v2/search", "search", True)
    assert dict(call.params) == {
        "fly_from": "airport:LHR",
        "fly_to": "airport:JFK",
        "date_from": "01/03/2027",
        "date_to": "01/03/2027",
        "adults": "2",
        "children": "1",
        "infants": "1",
        "selected_cabins": "M",
        "curr": "EUR",
        "vehicle_type": "aircraft",
        "sort": "price",
        "limit": "200",
    }


def test_a_return_question_keeps_to_the_day_and_the_airports_of_the_way_back() -> None:
    params = dict(ask(flight_query(return_date=BACK)).params)
    assert (params["return_from"], params["return_to"]) == ("08/03/2027", "08/03/2027")
    assert (params["ret_from_diff_airport"], params["ret_to_diff_airport"]) == ("0", "0")


def test_every_cabin_has_a_letter_of_its_own() -> None:
    letters = {dict(ask(flight_query(cabin=cabin)).params)["selected_cabins"] for cabin in Cabin}
    assert letters == CABINS.keys()
    assert set(CABINS.values()) == set(Cabin)


def test_every_field_that_we_claim_to_honour_changes_the_question() -> None:
    other: dict[str, Any] = {
        "origin": "ZRH",
        "destination": "LAX",
        "departure_date": date(2027, 3, 2),
        "return_date": BACK,
        "adults": 2,
        "children": 1,
        "infants": 1,
        "cabin": Cabin.FIRST,
    }
    honoured = {name for name, value in other.items() if ask(flight_query(**{name: value})) != ask(flight_query())}
    assert SUPPLIER.searches["flights"].honours == honoured == other.keys()


# ---- prices ----


def test_what_is_found_there_can_be_booked_there() -> None:
    assert offer(itinerary()).bookable
    assert "flights" in SUPPLIER.sells


def test_the_price_is_for_everybody_and_the_fare_for_one() -> None:
    told = itinerary(price=1261.5, fare={"adults": 420.5, "children": 315.38, "infants": 42.05})
    assert str(offer(told, query=flight_query(adults=3)).price) == "1261.50 EUR"


def test_a_price_is_exact_to_the_digits_of_the_reply() -> None:
    body = json.dumps(json.loads(reply(itinerary(price=1)).body)).replace('"price": 1,', '"price": 1234567890123.45,')
    (found,) = read(reply(body=body.encode()), ask(flight_query()), flight_query(), ATLAS).records
    assert found.price == Money(amount=Decimal("1234567890123.45"), currency="EUR")


@pytest.mark.parametrize(
    ("told", "currency", "price"), [(1285, "GBP", "1285.00"), (64123.4, "JPY", "64123"), (90.1234, "KWD", "90.123")]
)
def test_a_price_comes_to_the_digits_of_its_currency(told: float, currency: str, price: str) -> None:
    found = offer(itinerary(price=told), query=flight_query(currency=currency), currency=currency)
    assert str(found.price) == f"{price} {currency}"


def test_trap_the_price_is_in_euros_whatever_was_asked_for_because_euros_are_charged() -> None:
    asked = flight_query(currency="GBP")
    assert dict(ask(asked).params)["curr"] == "EUR"
    assert offer(itinerary(), query=asked).price.currency == "EUR"


def test_a_reply_for_other_travellers_is_refused_as_a_whole() -> None:
    seats = {"passengers": 1, "adults": 1, "children": 0, "infants": 0}
    params = {"flyFrom_type": "airport", "to_type": "airport", "seats": seats}
    assert offer(search_params=params).price == offer().price
    with pytest.raises(GiveUp, match="priced for 1 adults, asked for 2"):
        readout(itinerary(), query=flight_query(adults=2), search_params=params)


@pytest.mark.parametrize("echo", [None, {}, {"seats": None}, {"seats": {}}, {"seats": {"adults": None}}])
def test_travellers_that_are_not_echoed_are_taken_as_asked(echo: Any) -> None:
    assert offer(query=flight_query(adults=2), search_params=echo).price == offer().price


@pytest.mark.parametrize("price", [LEFT_OUT, None, "", "cheap", [], {}, True, 0, -3, "NaN", "1e999"])
def test_an_itinerary_without_a_true_price_is_skipped(price: Any) -> None:
    assert why_skipped(itinerary(price=price))


def test_fare_and_fees_add_up_to_the_price() -> None:
    parts = offer().price_components
    assert [(part.kind, str(part.amount)) for part in parts] == [
        (ComponentKind.BASE_FARE, "400.50 EUR"),
        (ComponentKind.FEE, "20.00 EUR"),
    ]


def test_a_negative_fee_is_a_discount() -> None:
    parts = offer(itinerary(price_dropdown={"base_fare": 430.5, "fees": -10})).price_components
    assert [(part.kind, str(part.amount)) for part in parts] == [
        (ComponentKind.BASE_FARE, "430.50 EUR"),
        (ComponentKind.DISCOUNT, "-10.00 EUR"),
    ]


def test_a_fee_of_nothing_is_no_component() -> None:
    (only,) = offer(itinerary(price_dropdown={"base_fare": 420.5, "fees": 0})).price_components
    assert only.kind is ComponentKind.BASE_FARE


def test_what_their_rounding_leaves_is_named() -> None:
    parts = offer(itinerary(price_dropdown={"base_fare": 400.49, "fees": 20})).price_components
    assert [(part.kind, str(part.amount)) for part in parts][2:] == [(ComponentKind.ROUNDING, "0.01 EUR")]


@pytest.mark.parametrize(
    "told",
    [
        {"base_fare": 366.18, "fees": 18.29},  # euros beside a price in pounds
        {"base_fare": 420.5, "fees": 20},
        {"base_fare": None, "fees": 20},
        {"fees": 420.5},
        {},
        None,
        LEFT_OUT,
    ],
)
def test_components_that_can_not_be_parts_of_the_price_are_left_out(told: Any) -> None:
    found = offer(itinerary(price_dropdown=told))
    assert (found.price_components, str(found.price)) == ((), "420.50 EUR")


@unhurried
@given(
    price=st.decimals("0.01", "999999.99", places=2),
    base=st.decimals("-1000", "999999.99", places=3),
    fees=st.decimals("-1000", "1000", places=3),
)
def test_components_add_up_or_are_not_there(price: Decimal, base: Decimal, fees: Decimal) -> None:
    told = itinerary(price=str(price), price_dropdown={"base_fare": str(base), "fees": str(fees)})
    found = offer(told)
    assert found.price == Money.of(price, "EUR")
    if found.price_components:
        assert sum(part.amount.amount for part in found.price_components) == price


# ---- times ----


def test_the_z_of_local_times_is_false() -> None:
    (flight,) = offer().product.segments
    assert flight.departs_at.isoformat() == "2027-03-01T10:30:00+00:00"
    assert flight.arrives_at.isoformat() == "2027-03-01T13:25:00-05:00"
    assert flight.duration == timedelta(hours=7, minutes=55)


def test_the_items_arrival_is_the_outbounds_so_the_trip_ends_with_its_last_segment() -> None:
    found = offer(itinerary(segment(), back()), query=flight_query(return_date=BACK))
    out, home = found.product.slices
    assert out.arrives_at.isoformat() == "2027-03-01T13:25:00-05:00"
    assert home.arrives_at.isoformat() == "2027-03-09T06:55:00+00:00"
    assert home.days_later == 1


def test_a_flight_over_the_date_line_lands_before_it_left_by_the_clock() -> None:
    told = segment(
        flyFrom="SYD",
        flyTo="LAX",
        local_departure="2027-03-01T11:20:00.000Z",
        utc_departure="2027-03-01T00:20:00.000Z",
        local_arrival="2027-03-01T06:05:00.000Z",
        utc_arrival="2027-03-01T14:05:00.000Z",
    )
    (flight,) = offer(itinerary(told), query=flight_query(origin="SYD", destination="LAX")).product.segments
    assert flight.duration == timedelta(hours=13, minutes=45)


def test_a_flight_over_the_date_line_lands_the_day_before_it_left() -> None:
    told = segment(
        flyFrom="AKL",
        flyTo="HNL",
        local_departure="2027-03-01T00:05:00.000Z",
        utc_departure="2027-02-28T11:05:00.000Z",
        local_arrival="2027-02-28T09:50:00.000Z",
        utc_arrival="2027-02-28T19:50:00.000Z",
    )
    found = offer(itinerary(told), query=flight_query(origin="AKL", destination="HNL"))
    assert found.product.slices[0].days_later == -1
    assert found.product.duration == timedelta(hours=8, minutes=45)


@pytest.mark.parametrize(("utc", "lasts"), [("00:30", 110), ("01:30", 50)])
def test_in_the_hour_that_autumn_repeats_the_utc_time_decides(utc: str, lasts: int) -> None:
    told = segment(
        flyTo="CDG",
        local_departure="2027-10-31T01:30:00.000Z",
        utc_departure=f"2027-10-31T{utc}:00.000Z",
        local_arrival="2027-10-31T03:20:00.000Z",
        utc_arrival="2027-10-31T02:20:00.000Z",
    )
    query = flight_query(destination="CDG", departure_date=date(2027, 10, 31))
    assert offer(itinerary(told), query=query).product.duration == timedelta(minutes=lasts)


def test_a_night_over_the_start_of_summer_time_is_an_hour_shorter() -> None:
    told = segment(
        flyTo="LGW",
        local_departure="2027-03-28T00:30:00.000Z",
        utc_departure="2027-03-28T00:30:00.000Z",
        local_arrival="2027-03-28T03:00:00.000Z",
        utc_arrival="2027-03-28T02:00:00.000Z",
    )
    query = flight_query(destination="LGW", departure_date=date(2027, 3, 28))
    assert offer(itinerary(told), query=query).product.duration == timedelta(minutes=90)


@pytest.mark.parametrize("twin", [None, LEFT_OUT, ""])
def test_local_times_are_enough_where_the_utc_ones_are_not_told(twin: Any) -> None:
    (flight,) = offer(itinerary(segment(utc_departure=twin, utc_arrival=twin))).product.segments
    assert (flight.departs_at, flight.arrives_at) == (
        datetime.fromisoformat("2027-03-01T10:30:00+00:00"),
        datetime.fromisoformat("2027-03-01T18:25:00+00:00"),
    )


def test_a_local_time_that_comes_with_an_offset_is_not_guessed_either() -> None:
    assert "no offset yet" in why_skipped(itinerary(segment(local_arrival="2027-03-01T13:25:00-05:00")))


def test_times_that_disagree_are_not_guessed() -> None:
    assert "is not 2027-03-01T13:25" in why_skipped(itinerary(segment(utc_arrival="2027-03-01T13:25:00.000Z")))


@pytest.mark.parametrize("time", [None, LEFT_OUT, "", "2027-03-01", "soon", 1803897000, "0001-01-01T00:00:00.000Z"])
def test_a_time_that_can_not_be_read_skips_the_itinerary(time: Any) -> None:
    assert why_skipped(itinerary(segment(local_arrival=time)))
    assert why_skipped(itinerary(segment(local_arrival=time, utc_arrival=None)))


def test_a_date_alone_does_not_pass_for_midnight() -> None:
    told = itinerary(segment(local_departure="2027-03-01", utc_departure=None))
    assert why_skipped(told) == "route[0]: '2027-03-01' is not a date and a time"


def test_an_airport_that_we_do_not_know_is_named() -> None:
    via = segment(flyTo="XQZ", local_arrival="2027-03-01T11:40:00.000Z", utc_arrival="2027-03-01T10:40:00.000Z")
    assert why_skipped(itinerary(via)) == "route[0]: 'XQZ' is not an airport that we know"


# ---- routes ----


def test_a_change_of_airport_between_two_flights_is_kept() -> None:
    first = segment(
        flyTo="ORY",
        local_arrival="2027-03-01T12:45:00.000Z",
        utc_arrival="2027-03-01T11:45:00.000Z",
    )
    second = segment(
        flyFrom="CDG",
        local_departure="2027-03-01T17:00:00.000Z",
        utc_departure="2027-03-01T16:00:00.000Z",
        local_arrival="2027-03-01T19:20:00.000Z",
        utc_arrival="2027-03-02T00:20:00.000Z",
        flight_no=12,
    )
    found = offer(itinerary(first, second, has_airport_change=True))
    assert [(leg.origin, leg.destination) for leg in found.product.segments] == [("LHR", "ORY"), ("CDG", "JFK")]
    assert found.product.stops == 1
    assert found.supplier_extra["has_airport_change"] == "true"


def test_segments_out_of_order_are_not_put_in_order() -> None:
    found = why_skipped(itinerary(back(), segment()), flight_query(return_date=BACK))
    assert found == (
        "goes JFK-LHR on 2027-03-08 then LHR-JFK on 2027-03-01, asked for LHR-JFK on 2027-03-01 then JFK-LHR on 2027-03-08"
    )


@pytest.mark.parametrize(
    ("item", "query"),
    [
        (itinerary(segment(), back()), flight_query()),
        (itinerary(), flight_query(return_date=BACK)),
        (itinerary(), flight_query(origin="LGW")),
        (itinerary(), flight_query(departure_date=date(2027, 3, 2))),
        (itinerary(segment(), back()), flight_query(return_date=date(2027, 3, 9))),
        (itinerary(route=[]), flight_query()),
    ],
)
def test_a_journey_that_was_not_asked_for_is_skipped(item: Any, query: FlightQuery) -> None:
    assert "asked for" in why_skipped(item, query)


@pytest.mark.parametrize("vehicle", ["bus", "train"])
def test_a_way_over_ground_is_skipped_and_named(vehicle: str) -> None:
    assert why_skipped(itinerary(segment(vehicle_type=vehicle))) == f"route[0]: LHR-JFK goes by {vehicle}"


@pytest.mark.parametrize("vehicle", ["aircraft", None, LEFT_OUT])
def test_what_is_not_said_to_stay_on_the_ground_flies(vehicle: Any) -> None:
    assert offer(itinerary(segment(vehicle_type=vehicle)))


@pytest.mark.parametrize("number", [117, "117", "0117"])
def test_a_flight_number_is_the_same_as_a_number_and_as_a_word(number: Any) -> None:
    (flight,) = offer(itinerary(segment(flight_no=number))).product.segments
    assert flight.flight == "BA117"


@pytest.mark.parametrize("unknown", [{"airline": ""}, {"flight_no": ""}, {"flight_no": 0}])
def test_a_flight_without_a_number_is_skipped(unknown: Mapping[str, Any]) -> None:
    assert why_skipped(itinerary(segment(**unknown))) == "route[0]: LHR-JFK has no flight number"


def test_who_flies_is_told_beside_who_sells() -> None:
    (flight,) = offer().product.segments
    assert (flight.operating_carrier, flight.operating_number) == ("AA", "6143")
    (other,) = offer(itinerary(segment(operating_carrier="EC", operating_flight_no=""))).product.segments
    assert (other.operating_carrier, other.operating_number) == ("EC", None)
    (silent,) = offer(itinerary(segment(operating_carrier="", operating_flight_no=None))).product.segments
    assert (silent.operating_carrier, silent.operating_number) == (None, None)


@pytest.mark.parametrize("letter", CABINS)
def test_a_fare_category_is_a_cabin(letter: str) -> None:
    (flight,) = offer(itinerary(segment(fare_category=letter))).product.segments
    assert (flight.cabin, flight.booking_class, flight.fare_basis, flight.aircraft) == (
        CABINS[letter],
        "O",
        "OLIGHT",
        "789",
    )


def test_a_fare_category_that_we_do_not_know_is_named() -> None:
    found = offer(itinerary(segment(fare_category="Q")))
    assert found.product.segments[0].cabin is None
    assert found.supplier_extra["unknown_fare_category"] == "Q"


# ---- references, terms and what is left ----


def test_two_fares_of_one_journey_share_their_id_but_not_their_reference() -> None:
    cheap, dear = readout(itinerary(booking_token="a"), itinerary(booking_token="b", price=600)).records
    assert (cheap.reference, dear.reference) == ("a", "b")
    assert cheap.id != dear.id
    assert cheap.product == dear.product


@pytest.mark.parametrize("token", [LEFT_OUT, None, ""])
def test_an_itinerary_that_can_not_be_asked_for_again_is_skipped(token: Any) -> None:
    assert "booking_token" in why_skipped(itinerary(booking_token=token))


def test_an_offer_lives_for_half_an_hour() -> None:
    found = offer()
    assert SUPPLIER.offers_live_for == LIVE_FOR == timedelta(minutes=30)
    assert (found.fetched_at, found.expires_at) == (NOW, NOW + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("prices", "checked", "cabin"),
    [
        ({"1": 53.388, "2": 121.5, "hand": 12}, 0, 0),
        ({"1": 0, "2": 60, "hand": 0}, 1, 1),
        ({"1": 0, "2": 0}, 2, None),
        ({"1": 0}, 1, None),
        ({"2": 0, "hand": None, "personal_item": 0}, None, None),
        ({}, None, None),
        (None, None, None),
        (LEFT_OUT, None, None),
    ],
)
def test_a_bag_that_costs_nothing_is_in_the_price(prices: Any, checked: int | None, cabin: int | None) -> None:
    terms = offer(itinerary(bags_price=prices)).conditions
    assert (terms.checked_bags, terms.cabin_bags) == (checked, cabin)


def test_the_price_of_a_bag_stays_in_euros() -> None:
    found = offer(itinerary(), query=flight_query(currency="GBP"), currency="GBP")
    assert found.supplier_extra["bags_price_1_eur"] == "53.388"
    assert found.supplier_extra["hold_weight_kg"] == "23"


@pytest.mark.parametrize(
    ("guarantees", "told"), [((True, True), True), ((True, False), False), ((True, None), None), ((), None)]
)
def test_connections_that_no_carrier_answers_for_are_guaranteed_all_or_not(
    *, guarantees: tuple[bool | None, ...], told: bool | None
) -> None:
    route = [segment(), back()]
    for leg, guarantee in zip(route, guarantees, strict=False):
        leg.update(vi_connection=True, guarantee=guarantee, bags_recheck_required=True)
    found = offer(itinerary(*route, pnr_count=2, virtual_interlining=True), query=flight_query(return_date=BACK))
    assert (found.conditions.separate_tickets, found.conditions.connection_guaranteed) == (2, told)
    assert found.supplier_extra.get("bags_recheck_required") == ("true" if guarantees else None)


def test_fare_families_are_named_once_each() -> None:
    query = flight_query(return_date=BACK)
    mixed = offer(itinerary(segment(fare_family="LIGHT"), back(fare_family="FLEX")), query=query)
    same = offer(itinerary(segment(fare_family="LIGHT"), back(fare_family="LIGHT")), query=query)
    silent = offer(itinerary(segment(fare_family=""), back(fare_family=None)), query=query)
    assert [found.conditions.fare_family for found in (mixed, same, silent)] == ["LIGHT + FLEX", "LIGHT", None]


@pytest.mark.parametrize(
    ("told", "left"), [({"seats": 4}, 4), ({"seats": None}, None), ({}, None), (None, None), (LEFT_OUT, None)]
)
def test_seats_are_told_where_they_are_known(told: Any, left: int | None) -> None:
    assert offer(itinerary(availability=told)).seats_left == left


def test_what_has_no_place_is_kept_as_text() -> None:
    found = offer(itinerary(hidden_city_ticketing=True, throw_away_ticketing=True, technical_stops=1))
    assert found.supplier_extra == {
        "quality": "504.63",
        "facilitated_booking_available": "true",
        "hidden_city_ticketing": "true",
        "technical_stops": "1",
        "throw_away_ticketing": "true",
        "bags_price_1_eur": "53.388",
        "bags_price_2_eur": "121.5",
        "hold_weight_kg": "23",
    }


OPTIONAL: Final = sorted(itinerary().keys() - {"price", "route", "booking_token"})


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("nothing", [None, LEFT_OUT])
def test_a_field_that_is_not_told_costs_no_offer_and_no_cent(name: str, nothing: Any) -> None:
    assert offer(itinerary(**{name: nothing})).price == offer().price


# ---- bad records and bad replies ----


def test_one_bad_record_among_fifty_spoils_one() -> None:
    items = [itinerary(booking_token=f"token-{number}") for number in range(50)]
    items[17] = itinerary(segment(flyTo=None))
    found = readout(*items)
    assert len(found.records) == 49
    (skipped,) = found.skipped
    assert skipped.where == "data[17]"
    assert skipped.why.startswith("route[0]: Expected `str`, got `null`")


def test_the_neighbours_of_a_bad_record_are_read_as_without_it() -> None:
    items = [itinerary(booking_token=f"token-{number}", price=400 + number) for number in range(5)]
    assert readout(*items, itinerary(price="cheap")).records == readout(*items).records
    assert readout(*items, None).records == readout(*items).records


def test_a_word_that_is_no_text_spoils_one_record() -> None:
    body = reply(itinerary(booking_token="a"), itinerary(booking_token="b")).body.replace(b'"b"', b'"\xff"')
    found = read(reply(body=body), ask(flight_query()), flight_query(), ATLAS)
    assert [record.reference for record in found.records] == ["a"]
    assert [record.where for record in found.skipped] == ["data[1]"]


def test_nothing_found_is_an_answer() -> None:
    assert readout() == Readout(records=())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Bad gateway</body></html>",
        b'{"currency": "EUR", "data": [{"price": 1',
        b"[]",
        b"null",
        b'{"currency": "EUR"}',
        b'{"currency": "EUR", "data": null}',
        b'{"currency": "EUR", "data": {}}',
        b'{"data": []}',
        b'{"currency": 978, "data": []}',
        b'{"currency": "\xff", "data": []}',
    ],
)
def test_a_garbled_reply_is_given_up_by_name(body: bytes) -> None:
    with pytest.raises(GiveUp) as caught:
        read(reply(body=body), ask(flight_query()), flight_query(), ATLAS)
    assert caught.value.outcome is Outcome.ERROR


def test_a_reply_cut_anywhere_gives_no_offer() -> None:
    whole = reply(itinerary()).body
    for end in range(0, len(whole), 7):
        with pytest.raises(GiveUp):
            read(reply(body=whole[:end]), ask(flight_query()), flight_query(), ATLAS)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@unhurried
@given(name=st.sampled_from(sorted(itinerary().keys() - {"price"})), value=anything)
def test_a_field_of_the_wrong_shape_costs_the_offer_or_nothing_but_never_changes_its_price(
    name: str, value: Any
) -> None:
    found = readout(itinerary(**{name: value}))
    assert len(found.records) + len(found.skipped) == 1
    assert all(record.price == offer().price for record in found.records)


@unhurried
@given(name=st.sampled_from(sorted(segment())), value=anything)
def test_a_segment_of_the_wrong_shape_is_read_right_or_skipped(name: str, value: Any) -> None:
    found = readout(itinerary(segment(**{name: value})))
    assert len(found.records) + len(found.skipped) == 1
    for record in found.records:
        (flight,) = record.product.segments
        (right,) = offer().product.segments
        assert (flight.origin, flight.destination) == ("LHR", "JFK")
        assert (flight.departs_at, flight.arrives_at) == (right.departs_at, right.arrives_at)


def test_reading_twice_gives_the_same() -> None:
    answer = reply(itinerary(), itinerary(price=None))
    assert read(answer, ask(flight_query()), flight_query(), ATLAS) == read(
        answer, ask(flight_query()), flight_query(), ATLAS
    )


# ---- refusals ----


def said(body: Any, status: int = 400) -> tuple[str | None, str] | None:
    found = refusal(reply(status=status, body=json.dumps(body).encode()))
    return None if found is None else (found.code, found.message)


def test_an_unknown_partner_comes_as_a_bad_request_and_is_named() -> None:
    sentence = "unknown partner provided - xyz"
    assert said({"status": "Bad Request", "error": sentence}) == ("unknown_partner", sentence)
    assert ERRORS["unknown_partner"] is REFUSED


def test_an_unknown_place_is_told_in_two_forms() -> None:
    older = {"message": [{"param": "fly_from", "errors": ["Not recognized location: XQZ", "and more"]}]}
    assert said(older, 422) == ("unknown_location", "fly_from: Not recognized location: XQZ, and more")
    newer = {"status": "Unprocessable Entity", "error": "Not recognized location: XQZ"}
    assert said(newer, 422) == ("unknown_location", "Not recognized location: XQZ")
    assert ERRORS["unknown_location"] is NO


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Could not parse date_from", "unreadable_parameter"),
        ("Expired booking token", "expired_booking_token"),
        ("The moon is full", None),
    ],
)
def test_a_message_may_be_a_sentence_too(sentence: str, code: str | None) -> None:
    assert said({"message": sentence}) == (code, sentence)


def test_both_forms_at_once_are_both_told() -> None:
    body = {"status": 400, "error": "Bad", "message": [{"param": None}]}
    assert said(body) == (None, "Bad; request: refused")


def test_every_code_that_we_give_has_a_ruling() -> None:
    assert ERRORS.keys() == {
        "unknown_partner",
        "unknown_location",
        "unreadable_parameter",
        "expired_booking_token",
    }
    assert SUPPLIER.errors is ERRORS


@pytest.mark.parametrize("body", [{}, [], {"error": None}, {"message": []}, {"error": {"deep": 1}}, "error", None])
def test_no_sentence_no_refusal(body: Any) -> None:
    assert said(body, 500) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 10_000])
def test_what_is_not_json_leaves_the_ruling_to_the_status(body: bytes) -> None:
    assert refusal(reply(status=502, body=body)) is None


def test_a_success_is_no_refusal_however_long_it_is() -> None:
    assert refusal(reply(itinerary())) is None
    assert refusal(reply(*[itinerary()] * 100)) is None
    assert refusal(reply()) is None


def test_a_refusal_may_come_with_status_200() -> None:
    assert said({"status": "error", "error": "unknown partner provided"}, 200) == (
        "unknown_partner",
        "unknown partner provided",
    )


# ---- the declaration ----


def test_the_key_goes_into_its_header() -> None:
    signed = SUPPLIER.auth.signed(ask(flight_query()), {"KIWI_API_KEY": "k"}, NOW)
    assert signed.headers == (("apikey", "k"),)
    assert msgspec.structs.replace(signed, headers=()) == ask(flight_query())
