"""aviationstack's catalogues: what is asked, what is read, and each trap of its format by name."""

from typing import Any

import msgspec
import pytest

from adapters.kit.calls import Call, Reply
from adapters.kit.failures import BUSY, DOWN, REFUSED, SPENT, GiveUp
from adapters.suppliers.aviationstack import SUPPLIER
from adapters.suppliers.aviationstack.pages import TOTAL_CAP
from domain.catalogue import Subject
from domain.places import Airline, Airport, Point
from tests.builders import NOW

AIRPORTS = SUPPLIER.catalogues[Subject.AIRPORTS]
AIRLINES = SUPPLIER.catalogues[Subject.AIRLINES]


def airport(**changes: Any) -> dict[str, Any]:
    return {
        "id": "9969436", "gmt": "-10", "airport_id": "1", "iata_code": "AAA", "city_iata_code": "AAA",
        "icao_code": "NTGA", "country_iso2": "PF", "geoname_id": "6947726", "latitude": "-17.05",
        "longitude": "-145.41667", "airport_name": "Anaa", "country_name": "French Polynesia", "phone_number": None,
        "timezone": "Pacific/Tahiti",
    } | changes  # fmt: skip


def airline(**changes: Any) -> dict[str, Any]:
    return {
        "id": "17", "fleet_average_age": "10.9", "airline_id": "1", "callsign": "AMERICAN", "hub_code": "DFW",
        "iata_code": "AA", "icao_code": "AAL", "country_iso2": "US", "date_founded": "1934",
        "iata_prefix_accounting": "1", "airline_name": "American Airlines", "country_name": "United States",
        "fleet_size": "963", "status": "active", "type": "scheduled",
    } | changes  # fmt: skip


def reply(body: object, *, status: int = 200) -> Reply:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Reply(status=status, headers={"content-type": "application/json"}, body=raw, received_at=NOW)


def page(rows: list[Any], *, total: int | None = None, **pagination: Any) -> Reply:
    told = {"offset": 0, "limit": 100, "count": len(rows), "total": len(rows) if total is None else total}
    return reply({"pagination": told | pagination, "data": rows})


def following(call: Call | None) -> dict[str, str]:
    assert call is not None
    return dict(call.params)


def error(code: str | None, message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message} | more}


def test_the_first_question_is_for_the_first_hundred_rows() -> None:
    assert AIRPORTS.ask() == Call(operation="airports", path="/airports", params=(("limit", "100"), ("offset", "0")))
    assert AIRLINES.ask() == Call(operation="airlines", path="/airlines", params=(("limit", "100"), ("offset", "0")))


def test_the_key_travels_in_the_query_and_nowhere_else() -> None:
    signed = SUPPLIER.auth.signed(AIRPORTS.ask(), SUPPLIER.sandbox_secrets, NOW)
    assert ("access_key", "sandbox-aviationstack-key") in signed.params
    assert signed.headers == ()


def test_an_airport_is_read_though_all_its_numbers_are_text() -> None:
    readout = AIRPORTS.read(page([airport()]), AIRPORTS.ask())
    assert readout.records == (
        Airport(
            iata="AAA", icao="NTGA", name="Anaa", city="", city_code="AAA", country="PF", subdivision=None,
            timezone="Pacific/Tahiti", location=Point(latitude=-17.05, longitude=-145.41667), elevation_feet=None,
        ),
    )  # fmt: skip
    assert readout.skipped == ()


def test_an_airline_is_read() -> None:
    readout = AIRLINES.read(page([airline()]), AIRLINES.ask())
    assert readout.records == (
        Airline(iata="AA", icao="AAL", name="American Airlines", country="US", callsign="AMERICAN", active=True),
    )


@pytest.mark.parametrize("unknown", [None, "", "  "])
def test_null_and_the_empty_text_both_mean_unknown(unknown: str | None) -> None:
    flown = AIRPORTS.read(page([airport(icao_code=unknown, city_iata_code=unknown)]), AIRPORTS.ask()).records[0]
    assert isinstance(flown, Airport)
    assert (flown.icao, flown.city_code) == (None, None)

    flying = AIRLINES.read(
        page([airline(icao_code=unknown, country_iso2=unknown, callsign=unknown, status=unknown)]), AIRLINES.ask()
    ).records[0]
    assert isinstance(flying, Airline)
    assert (flying.icao, flying.country, flying.callsign, flying.active) == (None, None, None, None)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("iata_code", "no iata_code"),
        ("timezone", "no timezone"),
        ("latitude", "no latitude"),
        ("longitude", "no longitude"),
        ("country_iso2", "no country_iso2"),
        ("airport_name", "no airport_name"),
    ],
)
@pytest.mark.parametrize("unknown", [None, ""])
def test_an_airport_without_what_we_need_is_skipped_and_named_by_its_id(
    field: str, reason: str, unknown: str | None
) -> None:
    rows = [airport(), airport(id="77", **{field: unknown}), airport(iata_code="AAB")]
    readout = AIRPORTS.read(page(rows), AIRPORTS.ask())
    assert [record.iata for record in readout.records] == ["AAA", "AAB"]
    assert [(skipped.where, skipped.why) for skipped in readout.skipped] == [("offset 0 data[1]", f"id 77: {reason}")]


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude": "97.5"},
        {"latitude": "nan"},
        {"latitude": "17 S"},
        {"latitude": -17.05},
        {"timezone": "Pacific/Atlantis"},
        {"iata_code": "A1A"},
        {"iata_code": "AAAA"},
    ],
)
def test_an_airport_that_cannot_be_true_is_skipped_and_the_others_land(changes: dict[str, Any]) -> None:
    readout = AIRPORTS.read(page([airport(**changes), airport(iata_code="AAB")]), AIRPORTS.ask())
    assert [record.iata for record in readout.records] == ["AAB"]
    assert [skipped.where for skipped in readout.skipped] == ["offset 0 data[0]"]


def test_a_row_that_is_no_object_spoils_one_row() -> None:
    readout = AIRPORTS.read(page([None, "AAA", airport()]), AIRPORTS.ask())
    assert (len(readout.records), len(readout.skipped)) == (1, 2)


def test_a_field_that_nobody_reads_may_change_its_type() -> None:
    readout = AIRPORTS.read(page([airport(gmt=-10, phone_number=["1"], geoname_id=6)]), AIRPORTS.ask())
    assert len(readout.records) == 1


def test_codes_in_lower_case_are_made_upper() -> None:
    flying = AIRLINES.read(page([airline(iata_code="qf", icao_code="qfa", country_iso2="au")]), AIRLINES.ask())
    assert [(line.iata, line.icao, line.country) for line in flying.records if isinstance(line, Airline)] == [
        ("QF", "QFA", "AU")
    ]
    flown = AIRPORTS.read(page([airport(iata_code="bne", icao_code="ybbn", country_iso2="au")]), AIRPORTS.ask())
    assert [(port.iata, port.icao, port.country) for port in flown.records if isinstance(port, Airport)] == [
        ("BNE", "YBBN", "AU")
    ]


def test_an_airline_without_any_designator_is_skipped_and_one_with_either_is_not() -> None:
    rows = [airline(id="5", iata_code=None, icao_code=""), airline(iata_code=None), airline(icao_code="")]
    readout = AIRLINES.read(page(rows), AIRLINES.ask())
    assert [(line.iata, line.icao) for line in readout.records if isinstance(line, Airline)] == [
        (None, "AAL"),
        ("AA", None),
    ]
    assert readout.skipped[0].why.startswith("id 5: ")
    assert "neither" in readout.skipped[0].why


def test_an_airline_flies_when_its_status_says_so() -> None:
    rows = [airline(status=status) for status in ("active", "Active", "historical")]
    readout = AIRLINES.read(page(rows), AIRLINES.ask())
    assert [line.active for line in readout.records if isinstance(line, Airline)] == [True, True, False]


def test_a_full_page_is_followed_by_the_next_hundred() -> None:
    first = AIRPORTS.read(page([airport()] * 100, total=250), AIRPORTS.ask())
    assert following(first.next) == {"limit": "100", "offset": "100"}
    assert first.expected == 250
    assert first.next is not None
    second = AIRPORTS.read(page([airport()] * 100, total=250), first.next)
    assert following(second.next) == {"limit": "100", "offset": "200"}


def test_a_short_page_is_the_last_one() -> None:
    assert AIRPORTS.read(page([airport()] * 99, total=250), AIRPORTS.ask()).next is None


def test_an_empty_page_is_the_last_one() -> None:
    readout = AIRPORTS.read(page([]), AIRPORTS.ask())
    assert (readout.records, readout.next, readout.expected) == ((), None, 0)


def test_a_full_page_that_reaches_the_total_is_the_last_one() -> None:
    assert AIRPORTS.read(page([airport()] * 100, total=100), AIRPORTS.ask()).next is None


def test_a_total_of_ten_thousand_is_a_cap_and_neither_ends_the_paging_nor_is_expected() -> None:
    call = Call(operation="airlines", path="/airlines", params=(("limit", "100"), ("offset", "9900")))
    readout = AIRLINES.read(page([airline()] * 100, total=TOTAL_CAP), call)
    assert following(readout.next)["offset"] == "10000"
    assert readout.expected is None


def test_skipped_rows_count_towards_the_page() -> None:
    readout = AIRPORTS.read(page([airport(iata_code=None)] * 100, total=250), AIRPORTS.ask())
    assert len(readout.skipped) == 100
    assert following(readout.next)["offset"] == "100"


def test_the_offset_is_counted_by_ourselves_where_the_reply_does_not_tell_it() -> None:
    call = Call(operation="airports", path="/airports", params=(("limit", "100"), ("offset", "300")))
    readout = AIRPORTS.read(page([airport()] * 100, total=9_000, offset=None), call)
    assert following(readout.next)["offset"] == "400"
    assert AIRPORTS.read(page([None] * 100, total=9_000, offset=None), call).skipped[7].where == "offset 300 data[7]"


def test_a_page_without_pagination_is_read_and_followed() -> None:
    readout = AIRPORTS.read(reply({"data": [airport()] * 100}), AIRPORTS.ask())
    assert following(readout.next)["offset"] == "100"
    assert readout.expected is None


def test_a_plan_that_gives_smaller_pages_than_asked_for_is_read_to_its_end() -> None:
    readout = AIRPORTS.read(page([airport()] * 50, total=250, limit=50), AIRPORTS.ask())
    assert following(readout.next)["offset"] == "50"


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b'{"data": [{"id": "1"', b"[]", b'{"pagination": {}}', b"\xff\xfe"]
)
def test_a_reply_that_is_no_page_is_given_up(body: bytes) -> None:
    assert SUPPLIER.refusal(reply(body)) is None
    with pytest.raises(GiveUp, match="unreadable"):
        AIRPORTS.read(reply(body), AIRPORTS.ask())


def test_a_page_is_no_refusal() -> None:
    assert SUPPLIER.refusal(page([airport()])) is None


def test_an_error_is_found_under_a_status_of_200_too() -> None:
    refused = SUPPLIER.refusal(reply(error("invalid_access_key", "That key is not valid."), status=200))
    assert refused is not None
    assert (refused.code, refused.message) == ("invalid_access_key", "That key is not valid.")


def test_a_validation_error_names_the_parameter() -> None:
    context = {"date": [{"key": "invalid_future_date", "message": "Too soon."}], "type": [{"key": "invalid_type"}]}
    refused = SUPPLIER.refusal(reply(error("validation_error", "Failed.", context=context), status=400))
    assert refused is not None
    assert refused.message == "Failed. / date: Too soon. / type: invalid_type"


def test_the_gateways_bare_unauthorized_is_a_refusal() -> None:
    refused = SUPPLIER.refusal(reply({"message": "Unauthorized"}, status=401))
    assert refused is not None
    assert SUPPLIER.errors[refused.code or ""] is REFUSED


def test_an_error_without_words_is_still_a_refusal() -> None:
    refused = SUPPLIER.refusal(reply({"error": {}}, status=200))
    assert refused is not None
    assert (refused.code, refused.message) == (None, "an error without words")


def test_a_spent_month_is_not_waited_for_and_haste_is() -> None:
    assert SUPPLIER.errors["usage_limit_reached"] is SPENT
    assert SUPPLIER.errors["rate_limit_reached"] is BUSY
    assert SUPPLIER.errors["internal_error"] is DOWN
    assert SUPPLIER.errors["function_access_restricted"] is REFUSED


def test_both_catalogues_of_september_2026_fit_into_the_pages_that_we_allow() -> None:
    assert AIRPORTS.at_most * 100 > 6_688
    assert AIRLINES.at_most * 100 > 13_169
