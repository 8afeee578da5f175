"""The pretend aviationstack answers as its documents say, over a small world."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from adapters.kit.calls import Call, Reply
from adapters.suppliers.aviationstack import SUPPLIER
from adapters.suppliers.aviationstack.sandbox import OPERATIONS, create_app, credential
from domain.catalogue import Subject
from sandbox.aviation.skies import Skies
from sandbox.timetable import Timetable
from tests.builders import NOW

PAID = "sandbox-aviationstack-key"
FREE = "sandbox-aviationstack-free"


class AirportFact(msgspec.Struct, frozen=True, kw_only=True):
    iata: str
    icao: str | None = "EGXX"
    name: str = "Somewhere"
    city: str = "Somewhere"
    city_code: str | None = None
    country: str = "GB"
    timezone: str = "Europe/London"
    latitude: float = 51.5
    longitude: float = -0.25


class AirlineFact(msgspec.Struct, frozen=True, kw_only=True):
    iata: str
    icao: str | None = None
    name: str = "Albatross"
    country: str | None = "GB"
    callsign: str | None = "ALBATROSS"


class SmallWorld:
    """As many airports as asked for, two airlines, and a clock that a test moves."""

    def __init__(self, *, airports: int = 3, seed: int = 7) -> None:
        codes = [f"{chr(65 + n // 676)}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}" for n in range(airports)]
        self.seed = seed
        self.airports: Mapping[str, AirportFact] = {code: AirportFact(iata=code) for code in reversed(codes)}
        self.airlines: Mapping[str, AirlineFact] = {
            "XB": AirlineFact(iata="XB", icao="XBB", name="Bluebird"),
            "XA": AirlineFact(iata="XA", icao=None, name="Albatross"),
        }
        self.clock = NOW
        self.aviation = Skies(Timetable(seed), seed, self.now)

    def now(self) -> datetime:
        return self.clock

    def later(self, **span: float) -> None:
        self.clock += timedelta(**span)


class Traveller:
    """Calls one sandbox, in a world whose clock moves a second with each call unless told otherwise."""

    def __init__(self, world: SmallWorld | None = None) -> None:
        self.world = world or SmallWorld()
        self._app: Any = create_app(self.world)  # falcon and httpx spell the type of an ASGI application differently

    def get(self, path: str, *, key: str | None = PAID, pause: float = 1, method: str = "GET", **params: str) -> Any:
        self.world.later(seconds=pause)
        return asyncio.run(self._send(method, path, params | ({"access_key": key} if key is not None else {})))

    async def _send(self, method: str, path: str, params: Mapping[str, str]) -> httpx.Response:
        over = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=over, base_url="http://sandbox") as client:
            return await client.request(method, path, params=params)


def code(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


def test_a_page_has_the_documented_envelope() -> None:
    answer = Traveller().get("/airports")
    assert answer.status_code == 200
    assert answer.json()["pagination"] == {"offset": 0, "limit": 100, "count": 3, "total": 3}
    assert [row["iata_code"] for row in answer.json()["data"]] == ["AAA", "AAB", "AAC"]


def test_airport_rows_have_every_documented_field_and_no_number() -> None:
    row = Traveller().get("/v1/airports").json()["data"][0]
    assert set(row) == {
        "id", "gmt", "airport_id", "iata_code", "city_iata_code", "icao_code", "country_iso2", "geoname_id",
        "latitude", "longitude", "airport_name", "country_name", "phone_number", "timezone",
    }  # fmt: skip
    assert all(value is None or isinstance(value, str) for value in row.values())
    assert (row["latitude"], row["longitude"], row["gmt"]) == ("51.5", "-0.25", "0")


def test_airline_rows_have_every_documented_field_and_no_number() -> None:
    rows = Traveller().get("/airlines").json()["data"]
    assert [row["airline_name"] for row in rows] == ["Albatross", "Bluebird"]
    assert set(rows[0]) == {
        "id", "fleet_average_age", "airline_id", "callsign", "hub_code", "iata_code", "icao_code", "country_iso2",
        "date_founded", "iata_prefix_accounting", "airline_name", "country_name", "fleet_size", "status", "type",
    }  # fmt: skip
    assert all(value is None or isinstance(value, str) for row in rows for value in row.values())
    assert rows[0]["icao_code"] == ""


def test_standard_time_is_told_in_summer_too() -> None:
    world = SmallWorld()
    world.clock = NOW + timedelta(days=181)
    assert Traveller(world).get("/airports").json()["data"][0]["gmt"] == "0"


def test_no_page_is_larger_than_a_hundred_rows() -> None:
    answer = Traveller(SmallWorld(airports=250)).get("/airports", limit="1000").json()
    assert (answer["pagination"]["limit"], answer["pagination"]["count"], len(answer["data"])) == (100, 100, 100)


def test_pages_do_not_overlap_and_cover_the_world() -> None:
    traveller = Traveller(SmallWorld(airports=250))
    pages = [traveller.get("/airports", limit="100", offset=offset).json() for offset in ("0", "100", "200", "300")]
    assert [page["pagination"]["count"] for page in pages] == [100, 100, 50, 0]
    ids = [row["airport_id"] for page in pages for row in page["data"]]
    assert len(set(ids)) == 250


def test_a_limit_that_is_no_number_is_refused_with_its_name() -> None:
    answer = Traveller().get("/airports", limit="many")
    assert (answer.status_code, code(answer)) == (400, "validation_error")
    assert list(answer.json()["error"]["context"]) == ["limit"]


def test_a_call_without_a_key_is_refused() -> None:
    answer = Traveller().get("/airports", key=None)
    assert (answer.status_code, code(answer)) == (401, "missing_access_key")
    assert "data" not in answer.json()


@pytest.mark.parametrize("wrong", ["mine", "sandbox-aviationstack-"])
def test_a_wrong_key_is_refused(wrong: str) -> None:
    answer = Traveller().get("/airports", key=wrong)
    assert (answer.status_code, code(answer)) == (401, "invalid_access_key")


def test_an_endpoint_that_does_not_exist_is_unknown() -> None:
    answer = Traveller().get("/ships")
    assert (answer.status_code, code(answer)) == (404, "invalid_api_function")


def test_only_get_is_known() -> None:
    assert Traveller().get("/airports", method="POST").status_code == 404


def test_an_endpoint_that_exists_upstream_is_not_called_unknown() -> None:
    answer = Traveller().get("/v1/taxes")
    assert (answer.status_code, code(answer)) == (501, "sandbox_not_pretended")


def test_the_sixth_call_within_a_second_is_too_fast() -> None:
    traveller = Traveller()
    assert [traveller.get("/airports", pause=0).status_code for _ in range(6)] == [200] * 5 + [429]
    assert code(traveller.get("/airports", pause=0)) == "rate_limit_reached"
    assert traveller.get("/airports", pause=0.999).status_code == 429
    assert traveller.get("/airports", pause=0.001).status_code == 200


def test_speed_is_counted_for_each_key_by_itself() -> None:
    traveller = Traveller()
    for _ in range(5):
        traveller.get("/airports", pause=0)
    assert traveller.get("/airports", pause=0, key="sandbox-aviationstack-second").status_code == 200


def test_the_free_plan_ends_after_a_hundred_calls_until_a_month_has_passed() -> None:
    traveller = Traveller()
    assert {traveller.get("/airports", key=FREE).status_code for _ in range(100)} == {200}
    spent = traveller.get("/airports", key=FREE)
    assert (spent.status_code, code(spent)) == (429, "usage_limit_reached")
    assert traveller.get("/airports", key=PAID).status_code == 200
    assert traveller.get("/airports", key=FREE, pause=30 * 24 * 3600.0).status_code == 200


def test_searching_is_for_those_who_pay() -> None:
    traveller = Traveller()
    refused = traveller.get("/airlines", key=FREE, search="blue")
    assert (refused.status_code, code(refused)) == (403, "function_access_restricted")
    found = traveller.get("/airlines", search="blue").json()
    assert [row["airline_name"] for row in found["data"]] == ["Bluebird"]
    assert found["pagination"]["total"] == 1


def test_a_few_rows_in_a_thousand_are_incomplete_and_always_the_same() -> None:
    def flawed(seed: int) -> list[str]:
        traveller = Traveller(SmallWorld(airports=3_000, seed=seed))
        pages = [traveller.get("/airports", offset=str(offset)).json()["data"] for offset in range(0, 3_000, 100)]
        needed = ("timezone", "icao_code", "latitude", "country_iso2")
        return [row["iata_code"] for page in pages for row in page if not all(row[field] for field in needed)]

    assert 1 <= len(flawed(7)) <= 40
    assert flawed(7) == flawed(7)
    assert flawed(7) != flawed(8)


def test_the_credential_is_the_key_in_the_query() -> None:
    assert credential({"query_string": b"limit=1&access_key=sandbox-aviationstack-key"}) == PAID
    assert credential({"query_string": b"limit=1"}) is None


def test_operations_are_the_words_of_the_declaration() -> None:
    listed = {ways.operation for ways in SUPPLIER.catalogues.values()}
    looked_up = {ways.operation for ways in SUPPLIER.lookups.values()}
    assert {name for _, _, name in OPERATIONS} == listed | looked_up | {"routes", "future"}


@pytest.mark.parametrize(("subject", "rows"), [(Subject.AIRPORTS, 1_234), (Subject.AIRLINES, 2)])
def test_the_adapter_reads_every_row_of_the_sandbox_or_names_it(subject: Subject, rows: int) -> None:
    traveller = Traveller(SmallWorld(airports=1_234))
    catalogue = SUPPLIER.catalogues[subject]
    call: Call | None = catalogue.ask()
    read = skipped = calls = 0
    while call is not None:
        limit, offset = (value for _, value in call.params)
        answer = traveller.get(call.path, limit=limit, offset=offset)
        readout = catalogue.read(
            Reply(status=answer.status_code, headers={}, body=answer.content, received_at=NOW), call
        )
        assert readout.expected == rows
        calls, read, skipped = calls + 1, read + len(readout.records), skipped + len(readout.skipped)
        call = readout.next
    assert read + skipped == rows
    assert calls == rows // 100 + 1
