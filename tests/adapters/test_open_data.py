"""The catalogues that need no key: all of the world's airports, the airlines of today, and how their list is made."""

import csv
from datetime import date
from pathlib import Path

import airportsdata
import pytest

from adapters.open_data import CATALOGUES, SOURCES, refresh_airlines
from adapters.open_data.airlines import airline, airlines
from adapters.open_data.airports import airport, airports
from adapters.open_data.refresh_airlines import Line, compact
from domain.catalogue import Subject
from domain.places import Atlas

TODAY = date(2027, 1, 15)
OPEN_DATA = Path(refresh_airlines.__file__).parent

# name and country of carriers that every traveller meets
WELL_KNOWN = {
    "AA": ("American Airlines", "US"), "AC": ("Air Canada", "CA"), "AD": ("Azul Brazilian Airlines", "BR"),
    "AF": ("Air France", "FR"), "AI": ("Air India", "IN"), "AS": ("Alaska Airlines", "US"),
    "B6": ("JetBlue", "US"), "BA": ("British Airways", "GB"), "CX": ("Cathay Pacific", "HK"),
    "DL": ("Delta Air Lines", "US"), "EK": ("Emirates", "AE"), "FR": ("Ryanair", "IE"),
    "G3": ("Gol Transportes Aéreos", "BR"), "IB": ("Iberia", "ES"), "JL": ("Japan Airlines", "JP"),
    "KL": ("KLM", "NL"), "LA": ("LATAM Chile", "CL"), "LH": ("Lufthansa", "DE"), "LX": ("Swiss International Air Lines", "CH"),
    "NH": ("All Nippon Airways", "JP"), "QF": ("Qantas", "AU"), "QR": ("Qatar Airways", "QA"),
    "SQ": ("Singapore Airlines", "SG"), "TK": ("Turkish Airlines", "TR"), "U2": ("easyJet", "GB"),
    "UA": ("United Airlines", "US"), "W6": ("Wizz Air", "HU"), "WN": ("Southwest Airlines", "US"),
    "WS": ("WestJet", "CA"), "6E": ("IndiGo", "IN"),
}  # fmt: skip


def listed(**changes: str) -> Line:
    """A row of OpenTravelData's list."""
    return {
        "pk": "air-albatross-v1", "validity_from": "1990-01-01", "validity_to": "", "3char_code": "ALB",
        "2char_code": "XA", "name": "Albatross", "name2": "", "type": "", "flt_freq": "100", "alt_names": "", "bases": "",
    } | changes  # fmt: skip


def held(**changes: str) -> Line:
    return {
        "iata": "XA",
        "icao": "ALB",
        "name": "Albatross",
        "country": "IS",
        "callsign": "",
        "active": "yes",
    } | changes


def correction(column: str, value: str, pk: str = "air-albatross-v1") -> Line:
    return {"pk": pk, "column": column, "value": value, "why": "we know better"}


def named(lines: list[Line]) -> list[str]:
    return [line["name"] for line in lines]


def test_there_is_a_catalogue_and_a_source_for_every_subject_but_routes_which_nobody_gives_away() -> None:
    assert set(CATALOGUES) == set(SOURCES) == set(Subject) - {Subject.ROUTES}


def test_every_airport_of_airportsdata_comes_out_or_is_named() -> None:
    readout = airports()
    assert len(readout.records) + len(readout.skipped) == readout.expected == len(airportsdata.load("IATA"))
    assert len(readout.records) > 7_000
    assert readout.next is None


def test_zurich_is_where_it_is() -> None:
    zurich = Atlas(airports().records).airport("ZRH")
    assert zurich is not None
    assert (zurich.icao, zurich.city, zurich.country, zurich.timezone) == ("LSZH", "Zurich", "CH", "Europe/Zurich")
    assert (round(zurich.location.latitude), round(zurich.location.longitude)) == (47, 9)


def test_elevations_are_feet() -> None:
    la_paz = Atlas(airports().records).airport("LPB")
    assert la_paz is not None
    assert la_paz.elevation_feet is not None
    assert 13_000 < la_paz.elevation_feet < 13_700


def test_the_airports_of_a_city_share_its_code_and_a_lone_airport_has_none() -> None:
    atlas = Atlas(airports().records)
    assert {"LHR", "LGW", "STN", "LTN", "LCY"} <= {airport.iata for airport in atlas.of_city("LON")}
    zurich = atlas.airport("ZRH")
    assert zurich is not None
    assert zurich.city_code is None


def test_a_national_identifier_is_no_icao_code() -> None:
    ocean_reef = Atlas(airports().records).airport("OCA")
    assert ocean_reef is not None
    assert ocean_reef.icao is None


def test_an_airport_without_name_country_or_time_zone_is_refused() -> None:
    zurich = airportsdata.load("IATA")["ZRH"]
    nameless, stateless, timeless = zurich.copy(), zurich.copy(), zurich.copy()
    nameless["name"] = stateless["country"] = timeless["tz"] = ""
    for row, reason in ((nameless, "no name"), (stateless, "no country"), (timeless, "not an IANA time zone")):
        with pytest.raises(ValueError, match=reason):
            airport(row, None)


def test_every_line_of_the_airlines_is_read() -> None:
    readout = airlines()
    assert readout.skipped == ()
    assert len(readout.records) == readout.expected
    assert len(readout.records) > 800


def test_well_known_airlines_have_their_names_and_countries() -> None:
    found = {line.iata: (line.name, line.country) for line in airlines().records if line.iata in WELL_KNOWN}
    assert found == WELL_KNOWN


def test_no_two_airlines_share_a_designator() -> None:
    codes = [code for line in airlines().records for code in (line.iata, line.icao) if code]
    assert len(codes) == len(set(codes))


def test_airlines_that_are_gone_are_not_listed() -> None:
    names = {line.name for line in airlines().records}
    assert not names & {"Alitalia", "Jet Airways", "Flybe", "Germania", "US Airways", "Vistara", "Wow Air"}


def test_an_airline_line_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        airline(held(name=""))


def test_an_airline_of_which_the_source_says_nothing_is_neither_active_nor_not() -> None:
    assert airline(held(active="")).active is None
    assert airline(held(active="yes")).active is True


def test_the_kept_list_is_what_a_refresh_writes() -> None:
    with (OPEN_DATA / "airlines.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == refresh_airlines.COLUMNS
    assert lines == sorted(lines, key=lambda line: (line["name"].casefold(), line["iata"], line["icao"]))
    assert {line["active"] for line in lines} == {"yes", ""}


def test_corrections_name_a_row_a_column_and_a_reason_and_each_cell_once() -> None:
    with (OPEN_DATA / "airline_corrections.csv").open(encoding="utf-8", newline="") as file:
        corrections = list(csv.DictReader(file))
    assert {correction["column"] for correction in corrections} <= set(listed())
    assert all(correction["why"] for correction in corrections)
    cells = [(correction["pk"], correction["column"]) for correction in corrections]
    assert len(cells) == len(set(cells))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pk": "gds-albatross-v1"}, "not an airline"),
        ({"pk": "trn-albatross-v1"}, "not an airline"),
        ({"type": "G"}, "not an airline"),
        ({"validity_to": "2026-12-31"}, "no longer flying"),
        ({"2char_code": "*A", "3char_code": ""}, "no designator"),
        ({"2char_code": "", "3char_code": ""}, "no designator"),
    ],
)
def test_what_is_left_out_is_counted_by_reason(changes: Line, reason: str) -> None:
    lines, left_out = compact([listed(**changes), listed(name="Bluebird")], [], [], TODAY)
    assert named(lines) == ["Bluebird"]
    assert left_out == {reason: 1}


def test_an_airline_that_will_end_still_flies() -> None:
    assert named(compact([listed(validity_to="2027-10-31")], [], [], TODAY)[0]) == ["Albatross"]


def test_cargo_airlines_are_airlines() -> None:
    assert named(compact([listed(type="C")], [], [], TODAY)[0]) == ["Albatross"]


def test_a_correction_replaces_one_cell_of_the_source() -> None:
    ended = compact([listed()], [correction("validity_to", "2020-12-31")], [], TODAY)
    assert ended == ([], {"no longer flying": 1})
    renamed, _ = compact([listed(pk="air-albatross-v1  ")], [correction("name", "Great Albatross")], [], TODAY)
    assert named(renamed) == ["Great Albatross"]


def test_a_shared_designator_goes_to_the_airline_with_more_flights() -> None:
    cargo = listed(pk="air-cargo-v1", name="Albatross Cargo", flt_freq="", **{"3char_code": "ALC"})
    shadow = listed(pk="air-shadow-v1", name="Shadow", flt_freq="1")
    lines, left_out = compact([cargo, shadow, listed()], [], [], TODAY)
    assert [(line["name"], line["iata"], line["icao"]) for line in lines] == [
        ("Albatross", "XA", "ALB"),
        ("Albatross Cargo", "", "ALC"),
    ]
    assert left_out == {"another airline flies more under its designators": 1}


def test_a_country_that_people_have_filled_in_is_kept() -> None:
    assert compact([listed(bases="LHR")], [], [held(country="IS")], TODAY)[0][0]["country"] == "IS"


def test_an_unknown_country_follows_from_the_bases_where_they_agree() -> None:
    countries = [
        compact([listed(bases=bases)], [], [], TODAY)[0][0]["country"] for bases in ("LHR=LGW", "LHR=CDG", "QQQ", "")
    ]
    assert countries == ["GB", "", "", ""]


def test_a_newcomer_does_not_inherit_the_country_of_a_designators_former_holder() -> None:
    newcomer = listed(**{"3char_code": "NEW"})
    assert compact([newcomer], [], [held(country="IS")], TODAY)[0][0]["country"] == ""


@pytest.mark.parametrize(
    ("alt_names", "callsign"),
    [
        ("en|Albatross|=sign|GOONEY|", "GOONEY"),
        ("sign|Gooney|p=sign|OLD BIRD|h", "GOONEY"),
        ("sign|OLD BIRD|h=sign|GOONEY|", "GOONEY"),
        ("sign||GOONEY", ""),
        ("en|Albatross|=en|GOONEY|s", ""),
    ],
)
def test_the_callsign_is_the_one_in_use(alt_names: str, callsign: str) -> None:
    assert compact([listed(alt_names=alt_names)], [], [], TODAY)[0][0]["callsign"] == callsign


def test_an_airline_is_active_when_the_source_knows_its_flights_or_its_beginning() -> None:
    active = [
        compact([listed(flt_freq=flights, validity_from=begun)], [], [], TODAY)[0][0]["active"]
        for flights, begun in (("7", ""), ("", "1990-01-01"), ("", ""))
    ]
    assert active == ["yes", "yes", ""]


def written(path: Path, rows: list[Line], delimiter: str) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_refresh_writes_the_list_and_tells_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path / "source.csv", [listed(), listed(pk="air-bluebird-v1", name="Bluebird")], "^")
    corrections = [correction("validity_to", "2020-12-31", pk) for pk in ("air-bluebird-v1", "air-dodo-v1")]
    written(tmp_path / "airline_corrections.csv", corrections, ",")
    kept = written(tmp_path / "airlines.csv", [held(country="IS", name="Old Albatross")], ",")
    assert refresh_airlines.main([str(source)], tmp_path) == 0
    assert kept.read_text(encoding="utf-8") == "iata,icao,name,country,callsign,active\nXA,ALB,Albatross,IS,,yes\n"
    told = capsys.readouterr().out
    assert "1 left out: no longer flying" in told
    assert "nothing to correct any more: air-dodo-v1" in told


def test_a_refresh_without_a_file_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert refresh_airlines.main([]) == 2
    assert "optd_airlines.csv" in capsys.readouterr().err


def test_a_refresh_from_a_file_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    before = (OPEN_DATA / "airlines.csv").read_bytes()
    with pytest.raises(FileNotFoundError):
        refresh_airlines.main([str(tmp_path / "nowhere.csv")])
    assert (OPEN_DATA / "airlines.csv").read_bytes() == before
