"""The pretend Tequila answers as its documents say, over a small world."""

import base64
import random
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
import msgspec
import orjson
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.suppliers.kiwi import SUPPLIER
from adapters.suppliers.kiwi.flights import ask, read
from adapters.suppliers.kiwi.sandbox import OPERATIONS, World, create_app, credential
from domain.money import Money
from domain.offers import FlightOffer
from domain.queries import Cabin, FlightQuery
from sandbox.books import Books
from sandbox.outcomes import Outcomes
from tests.builders import ATLAS, DEPARTURE, NOW, flight_query

KEY: Final = "sandbox-kiwi-key"
RATES: Final = {"EUR": Decimal(1), "GBP": Decimal("0.86"), "JPY": Decimal("163.4"), "KWD": Decimal("0.3346")}

# The airports whose cities have several, and one whose city shares its code.
PLACES: Final = {
    "LHR": ("Heathrow", "London", "LON", "GB", "Europe/London", 51.47, -0.46),
    "LGW": ("Gatwick", "London", "LON", "GB", "Europe/London", 51.15, -0.19),
    "JFK": ("John F. Kennedy", "New York", "NYC", "US", "America/New_York", 40.64, -73.78),
    "ZRH": ("Zürich", "Zürich", "ZRH", "CH", "Europe/Zurich", 47.46, 8.55),
    "SYD": ("Kingsford Smith", "Sydney", "SYD", "AU", "Australia/Sydney", -33.95, 151.18),
    "LAX": ("Los Angeles", "Los Angeles", None, "US", "America/Los_Angeles", 33.94, -118.41),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    iata: str
    name: str
    city: str
    city_code: str | None
    country: str
    timezone: str
    latitude: float
    longitude: float
    icao: str | None = None


@dataclass(kw_only=True)
class Flight:
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    carrier: str = "BA"
    number: int = 117
    operating_carrier: str = "BA"
    operating_number: int = 117
    aircraft: str = "789"


@dataclass(kw_only=True)
class Connection:
    id: str
    legs: tuple[Flight, ...]


@dataclass(kw_only=True)
class Price:
    family: str = "LIGHT"
    booking_class: str = "O"
    fare_basis: str = "OLIGHT"
    base_eur: Decimal = Decimal("200.00")
    taxes_eur: Decimal = Decimal("55.55")
    checked_bags: int = 0
    cabin_bags: int = 1
    seats: int = 20


FARES: Final = (
    Price(),
    Price(family="STANDARD", booking_class="M", fare_basis="MSTD", base_eur=Decimal("261.30"), checked_bags=1, seats=7),
    Price(family="FLEX", booking_class="Y", fare_basis="YFLEX", base_eur=Decimal("402.85"), checked_bags=2, seats=3),
)


@dataclass(kw_only=True)
class SmallWorld:
    """Three flights a day on every route: two direct ones and one over Zürich by two carriers."""

    clock: datetime = NOW
    fares_sold: tuple[Price, ...] = FARES
    airports: Mapping[str, Place] = field(default_factory=lambda: {iata: _place(iata) for iata in PLACES})
    outcomes: Outcomes = field(default_factory=Outcomes)
    books: Books = field(default_factory=lambda: Books(lambda: NOW))

    def now(self) -> datetime:
        return self.clock

    def journeys(self, origin: str, destination: str, day: date, /) -> tuple[Connection, ...]:
        morning = self._leg(origin, destination, day, time(9, 30), timedelta(hours=8), carrier="BA", number=117)
        night = self._leg(origin, destination, day, time(21, 15), timedelta(hours=8), carrier="VS", number=4)
        direct = (Connection(id=f"{leg.carrier}-{origin}{destination}-{day}", legs=(leg,)) for leg in (morning, night))
        if "ZRH" in (origin, destination):
            return tuple(direct)
        first = self._leg(origin, "ZRH", day, time(7, 0), timedelta(minutes=100), carrier="BA", number=712)
        landed = first.arrives.date()
        second = self._leg("ZRH", destination, landed, time(23, 0), timedelta(hours=9), carrier="LX", number=14)
        return (*direct, Connection(id=f"via-{origin}{destination}-{day}", legs=(first, second)))

    def journey(self, journey_id: str, /) -> Connection | None:
        told = re.fullmatch(r"[A-Za-z]+-([A-Z]{3})([A-Z]{3})-([0-9-]{10})", journey_id)
        if told is None:
            return None
        found = self.journeys(told[1], told[2], date.fromisoformat(told[3]))
        return next((one for one in found if one.id == journey_id), None)

    def sell(self, journey_id: str, family: str, cabin: str, seats: int, /) -> bool:
        raise AssertionError(f"nobody books {seats} seats of {journey_id} in {family} {cabin} here")

    def fares(self, _: Any, cabin: str, /) -> tuple[Price, ...]:
        return self.fares_sold if cabin == "economy" else ()

    def rate(self, currency: str, /) -> Decimal | None:
        return RATES.get(currency)

    def seed_for(self, *parts: object) -> random.Random:
        return random.Random(repr(parts))  # noqa: S311 - a test's chance is meant to repeat

    def _leg(self, origin: str, destination: str, day: date, at: time, lasts: timedelta, **flight: Any) -> Flight:
        departs = datetime.combine(day, at, ZoneInfo(PLACES[origin][4]))
        arrives = (departs.astimezone(UTC) + lasts).astimezone(ZoneInfo(PLACES[destination][4]))
        return Flight(origin=origin, destination=destination, departs=departs, arrives=arrives, **flight)


def _place(iata: str) -> Place:
    name, city, city_code, country, timezone, latitude, longitude = PLACES[iata]
    return Place(
        iata=iata,
        name=name,
        city=city,
        city_code=city_code,
        country=country,
        timezone=timezone,
        latitude=latitude,
        longitude=longitude,
    )


class Caller:
    """One client of one pretend Tequila."""

    def __init__(self, world: SmallWorld | None = None) -> None:
        self.world = world or SmallWorld()
        self._app: Any = create_app(self.world)

    async def get(
        self, path: str, params: Mapping[str, Any] | tuple[tuple[str, str], ...] = (), *, key: str | None = KEY
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tequila.test") as client:
            return await client.get(path, params=httpx.QueryParams(params), headers={"apikey": key} if key else {})

    async def search(self, **changed: Any) -> httpx.Response:
        params = {
            "fly_from": "airport:LHR",
            "fly_to": "airport:JFK",
            "date_from": f"{DEPARTURE:%d/%m/%Y}",
            "date_to": f"{DEPARTURE:%d/%m/%Y}",
            **changed,
        }
        return await self.get("/v2/search", {name: value for name, value in params.items() if value is not None})

    async def found(self, **changed: Any) -> list[dict[str, Any]]:
        response = await self.search(**changed)
        assert response.status_code == 200, response.text
        data: list[dict[str, Any]] = response.json()["data"]
        return data

    async def offers(self, query: FlightQuery) -> Readout[FlightOffer]:
        call: Call = ask(query)
        response = await self.get(call.path, call.params)
        reply = Reply(status=response.status_code, headers={}, body=response.content, received_at=self.world.clock)
        return read(reply, ask(query), query, ATLAS)


def carriers(item: Mapping[str, Any]) -> list[str]:
    return [segment["airline"] for segment in item["route"]]


def test_the_small_world_has_the_shape_of_the_real_one() -> None:
    world: World = SmallWorld()
    assert world.now() == NOW


# ---- the round trip: what they write is what we read ----


@pytest.mark.parametrize("currency", RATES)
async def test_a_price_read_is_the_price_of_the_world_in_euros_whatever_was_asked_for(currency: str) -> None:
    readout = await Caller().offers(flight_query(currency=currency))
    worth = {Money.of(fare.base_eur + fare.taxes_eur, "EUR") for fare in FARES}
    assert readout.skipped == ()
    assert {offer.price for offer in readout.records} == worth
    assert all(offer.price_components for offer in readout.records)


async def test_a_family_pays_for_everybody() -> None:
    readout = await Caller(SmallWorld(fares_sold=(Price(),))).offers(flight_query(adults=2, children=1, infants=1))
    assert {str(offer.price) for offer in readout.records} == {
        str(Money.of(Decimal("2.85") * Decimal("255.55"), "EUR"))
    }


async def test_a_return_reads_as_two_slices_of_the_asked_days() -> None:
    query = flight_query(return_date=DEPARTURE + timedelta(days=7))
    readout = await Caller().offers(query)
    assert readout.skipped == ()
    assert len(readout.records) == 81  # nine tickets out and nine back
    for offer in readout.records:
        out, back = offer.product.slices
        assert (out.origin, out.destination, out.departs_at.date()) == ("LHR", "JFK", query.departure_date)
        assert (back.origin, back.destination, back.departs_at.date()) == ("JFK", "LHR", query.return_date)


async def test_a_flight_over_the_date_line_lands_before_it_left_and_is_read_so() -> None:
    readout = await Caller().offers(flight_query(origin="SYD", destination="LAX"))
    direct = next(offer for offer in readout.records if offer.product.segments[0].flight == "BA117")
    (flight,) = direct.product.segments
    assert flight.duration == timedelta(hours=8)
    assert flight.arrives_at.replace(tzinfo=None) < flight.departs_at.replace(tzinfo=None)


async def test_bags_and_tickets_are_read_as_the_fare_has_them() -> None:
    readout = await Caller().offers(flight_query())
    assert {(offer.conditions.fare_family, offer.conditions.checked_bags) for offer in readout.records} == {
        ("LIGHT", 0),
        ("STANDARD", 1),
        ("FLEX", 2),
    }
    for offer in readout.records:
        stops = offer.product.stops
        assert (offer.conditions.separate_tickets, offer.conditions.connection_guaranteed) == (
            (2, True) if stops else (1, None)
        )


async def test_a_cabin_that_nobody_sells_is_an_empty_answer() -> None:
    readout = await Caller().offers(flight_query(cabin=Cabin.FIRST))
    assert (readout.records, readout.skipped) == ((), ())


# ---- what an item says ----


async def test_local_times_carry_the_false_z_and_utc_times_the_true_one() -> None:
    item = (await Caller().found(limit=1))[0]
    assert item["local_departure"] == "2027-03-01T09:30:00.000Z" == item["utc_departure"]
    assert item["local_arrival"] == "2027-03-01T12:30:00.000Z"
    assert item["utc_arrival"] == "2027-03-01T17:30:00.000Z"


async def test_the_items_arrival_is_the_outbounds_also_on_a_return() -> None:
    item = (await Caller().found(return_from="08/03/2027", return_to="08/03/2027", max_stopovers=0))[0]
    assert (item["flyFrom"], item["flyTo"], item["local_arrival"][:10]) == ("LHR", "JFK", "2027-03-01")
    assert item["nightsInDest"] == 7
    assert item["duration"]["total"] == item["duration"]["departure"] + item["duration"]["return"] == 16 * 3600


async def test_the_fares_of_one_journey_share_their_id_and_nothing_else_does() -> None:
    items = await Caller().found()
    assert len(items) == 9
    assert len({item["id"] for item in items}) == 3
    assert len({item["booking_token"] for item in items}) == 9


async def test_the_item_has_the_id_of_its_segments_in_flying_order() -> None:
    item = next(item for item in await Caller().found() if len(item["route"]) == 2)
    assert item["id"] == "|".join(segment["id"] for segment in item["route"])
    assert [segment["id"] for segment in item["route"]] == [
        f"{segment['combination_id']}_{index}" for index, segment in enumerate(item["route"])
    ]


async def test_the_price_is_for_all_and_the_fare_for_each() -> None:
    item = (await Caller().found(adults=2, children=1, infants=1))[0]
    fare = item["fare"]
    assert fare == {"adults": 255.55, "children": 191.66, "infants": 25.56}
    assert Decimal(str(item["price"])) == Decimal("728.32")
    assert Decimal(str(item["price_dropdown"]["base_fare"])) + Decimal(str(item["price_dropdown"]["fees"])) == Decimal(
        "728.32"
    )


async def test_a_whole_price_is_written_without_a_point() -> None:
    world = SmallWorld(fares_sold=(Price(base_eur=Decimal(200), taxes_eur=Decimal(50)),))
    response = await Caller(world).search()
    assert b'"price":250,' in response.content


async def test_the_envelope_tells_the_rate_and_whom_the_price_is_for() -> None:
    body = (await Caller().search(curr="GBP", adults=2, infants=1)).json()
    assert (body["currency"], body["fx_rate"]) == ("GBP", 0.86)
    assert body["search_params"]["seats"] == {"passengers": 3, "adults": 2, "children": 0, "infants": 1}
    assert body["data"][0]["conversion"]["EUR"] * 0.86 == pytest.approx(body["data"][0]["price"], abs=0.01)


async def test_bags_are_priced_in_euros_whatever_was_asked() -> None:
    pounds, euros = (await Caller().found(curr="GBP"))[0], (await Caller().found(curr="EUR"))[0]
    assert pounds["bags_price"] == euros["bags_price"]
    assert pounds["bags_price"]["1"] > 0


async def test_seats_are_told_up_to_nine() -> None:
    seats = {item["route"][0]["fare_family"]: item["availability"]["seats"] for item in await Caller().found()}
    assert seats == {"LIGHT": None, "STANDARD": 7, "FLEX": 3}


async def test_a_fare_with_too_few_seats_is_not_offered_and_infants_need_none() -> None:
    three = {item["route"][0]["fare_family"] for item in await Caller().found(adults=2, children=1, infants=1)}
    four = {item["route"][0]["fare_family"] for item in await Caller().found(adults=3, children=1, infants=1)}
    assert three - four == {"FLEX"}
    assert four == {"LIGHT", "STANDARD"}


async def test_a_booking_token_says_what_was_sold_and_when() -> None:
    item = (await Caller().found(limit=1))[0]
    token = item["booking_token"]
    assert 800 <= len(token) <= 1000
    raw = base64.urlsafe_b64decode(token)
    sold = orjson.loads(zlib.decompress(raw[2 : 2 + int.from_bytes(raw[:2], "big")]))
    assert datetime.fromisoformat(sold["at"]) == NOW
    assert sold["journeys"] == [["BA-LHRJFK-2027-03-01", "LIGHT"]]
    assert (sold["price"], sold["currency"], sold["eur"]) == ("255.55", "EUR", "255.55")


# ---- what a client may ask ----


async def test_a_bare_code_that_is_a_city_too_means_the_city() -> None:
    assert {item["flyFrom"] for item in await Caller().found(fly_from="LON")} == {"LHR", "LGW"}
    assert {item["flyFrom"] for item in await Caller().found(fly_from="city:LON,airport:SYD")} == {"LHR", "LGW", "SYD"}
    assert {item["flyFrom"] for item in await Caller().found(fly_from="london_gb")} == {"LHR", "LGW"}
    assert {item["flyTo"] for item in await Caller().found(fly_to="US")} == {"JFK", "LAX"}
    assert {item["flyTo"] for item in await Caller().found(fly_to="LAX")} == {"LAX"}


async def test_a_window_of_days_is_inclusive() -> None:
    days = {item["local_departure"][:10] for item in await Caller().found(date_to="03/03/2027")}
    assert days == {"2027-03-01", "2027-03-02", "2027-03-03"}


async def test_old_clients_may_write_the_dates_in_camel_case() -> None:
    assert await Caller().found(date_from=None, date_to=None, dateFrom="01/03/2027", dateTo="01/03/2027")


async def test_a_flight_that_has_left_is_not_sold() -> None:
    at_noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert {item["local_departure"] for item in await Caller(SmallWorld(clock=at_noon)).found()} == {
        "2027-03-01T21:15:00.000Z"
    }


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"max_stopovers": 0}, {"BA", "VS"}),
        ({"max_sector_stopovers": 0}, {"BA", "VS"}),
        ({"select_airlines": "VS"}, {"VS"}),
        ({"select_airlines": "VS,LX", "select_airlines_exclude": "true"}, {"BA"}),
        ({"select_stop_airport": "ZRH", "select_stop_airport_exclude": "1"}, {"BA", "VS"}),
        ({"dtime_from": "12:00"}, {"VS"}),
        ({"dtime_to": "08:00"}, {"BA+LX"}),
        ({"atime_from": "12:00"}, {"BA"}),
        ({"atime_to": "00:30"}, {"VS"}),
        ({"stopover_to": "02:00"}, {"BA", "VS"}),
        ({"stopover_from": "02:00", "max_stopovers": 1}, {"BA", "VS", "BA+LX"}),
        ({"max_fly_duration": 9}, {"BA", "VS"}),
        ({"price_from": 400, "price_to": 500}, {"BA", "VS", "BA+LX"}),
        ({"price_to": 200}, set()),
        ({"vehicle_type": "bus"}, set()),
        ({"limit": 0}, set()),
    ],
)
async def test_filters_leave_what_fits(asked: Mapping[str, Any], left: set[str]) -> None:
    found = {"+".join(carriers(item)) for item in await Caller().found(**asked)}
    assert found == left


async def test_the_way_back_has_clocks_of_its_own() -> None:
    window = {"return_from": "08/03/2027", "return_to": "08/03/2027"}
    items = await Caller().found(**window, ret_dtime_from="12:00", dtime_to="12:00", max_stopovers=0)
    assert {tuple(carriers(item)) for item in items} == {("BA", "VS")}


async def test_a_return_may_end_at_a_neighbouring_airport_unless_asked_not_to() -> None:
    window = {"return_from": "08/03/2027", "return_to": "08/03/2027", "fly_from": "LON"}
    ends = {(item["flyFrom"], item["route"][-1]["flyTo"]) for item in await Caller().found(**window)}
    assert ("LHR", "LGW") in ends
    strict = {
        (item["flyFrom"], item["route"][-1]["flyTo"]) for item in await Caller().found(**window, ret_to_diff_airport=0)
    }
    assert strict == {("LHR", "LHR"), ("LGW", "LGW")}


@pytest.mark.parametrize("sort", ["price", "duration", "quality", "date"])
async def test_an_order_can_be_turned_round(sort: str) -> None:
    keys = {
        "price": lambda item: item["price"],
        "duration": lambda item: item["duration"]["total"],
        "quality": lambda item: item["quality"],
        "date": lambda item: item["utc_departure"],
    }
    up = [keys[sort](item) for item in await Caller().found(sort=sort)]
    down = [keys[sort](item) for item in await Caller().found(sort=sort, asc=0)]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


async def test_a_limit_caps_the_answer_and_has_a_cap_itself() -> None:
    window = {"date_from": "01/03/2027", "date_to": "30/04/2027"}
    assert [len(await Caller().found(**window, **limit)) for limit in ({"limit": 5}, {}, {"limit": 9999})] == [
        5,
        200,
        500,
    ]


# ---- refusals ----


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"fly_from": "airport:XXX"}, 422, "Not recognized location: airport:XXX"),
        ({"fly_to": "nowhere_xx"}, 422, "Not recognized location: nowhere_xx"),
        ({"fly_from": "planet:LON"}, 422, "Not recognized location: planet:LON"),
        ({"date_from": "2027-03-01"}, 400, "Could not parse date_from"),
        ({"date_from": "31/02/2027"}, 400, "Could not parse date_from"),
        ({"date_to": "01/02/2027"}, 400, "date_to is before date_from"),
        ({"date_to": None}, 400, "belong together"),
        ({"date_from": None, "date_to": None}, 400, "date_from is missing"),
        ({"fly_to": None}, 400, "fly_to is missing"),
        ({"adults": "two"}, 400, "Could not parse adults"),
        ({"adults": 9, "children": 1}, 400, "nine passengers"),
        ({"adults": 1, "infants": 2}, 400, "an adult for each infant"),
        ({"selected_cabins": "Z"}, 400, "unknown cabin"),
        ({"curr": "XXX"}, 400, "unknown currency"),
        ({"sort": "luck"}, 400, "unknown sort"),
        ({"price_to": "cheap"}, 400, "Could not parse price_to"),
        ({"dtime_from": "noon"}, 400, "Could not parse dtime_from"),
        ({"date_to": "01/03/2028"}, 422, "more than this sandbox searches"),
    ],
)
async def test_a_bad_question_is_refused_in_a_sentence(asked: Mapping[str, Any], status: int, words: str) -> None:
    response = await Caller().search(**asked)
    assert response.status_code == status
    assert words in response.json()["error"]
    assert response.json()["status"] in {"Bad Request", "Unprocessable Entity"}


@pytest.mark.parametrize("key", [None, "", "somebody-elses-key", "sandbox-kiwi-"])
async def test_an_unknown_partner_is_a_bad_request(key: str | None) -> None:
    response = await Caller().get("/v2/search", key=key)
    assert response.status_code == 400
    assert response.json()["error"].startswith("unknown partner provided")


async def test_the_key_may_stand_in_the_query_too() -> None:
    response = await Caller().get("/locations/id", {"id": "LHR", "apikey": "sandbox-kiwi-me"}, key=None)
    assert response.status_code == 200


async def test_a_path_that_is_not_there_says_so_to_anybody() -> None:
    response = await Caller().get("/v3/search", key=None)
    assert (response.status_code, response.json()["status"]) == (404, "404 Not Found")


# ---- the quota ----


async def test_the_hundred_and_first_call_within_five_seconds_is_refused() -> None:
    caller = Caller()
    answers = [(await caller.get("/locations/id", {"id": "LHR"})).status_code for _ in range(101)]
    assert answers == [200] * 100 + [429]
    caller.world.clock += timedelta(seconds=4.999)
    assert (await caller.get("/locations/id", {"id": "LHR"})).status_code == 429
    caller.world.clock += timedelta(seconds=0.001)
    assert (await caller.get("/locations/id", {"id": "LHR"})).status_code == 200


async def test_the_six_hundred_and_first_call_within_a_minute_is_refused() -> None:
    caller = Caller()
    statuses = []
    for _ in range(6):
        statuses += [(await caller.get("/locations/id", {"id": "LHR"})).status_code for _ in range(100)]
        caller.world.clock += timedelta(seconds=5)
    assert set(statuses) == {200}
    refused = await caller.get("/locations/id", {"id": "LHR"})
    assert (refused.status_code, refused.json()["status"]) == (429, "Too Many Requests")
    caller.world.clock = NOW + timedelta(seconds=60)
    assert (await caller.get("/locations/id", {"id": "LHR"})).status_code == 200


async def test_each_key_has_a_quota_of_its_own() -> None:
    caller = Caller()
    for _ in range(100):
        await caller.get("/locations/id", {"id": "LHR"})
    assert (await caller.get("/locations/id", {"id": "LHR"})).status_code == 429
    assert (await caller.get("/locations/id", {"id": "LHR"}, key="sandbox-kiwi-other")).status_code == 200


# ---- locations ----


async def test_a_code_finds_its_airport_and_a_name_its_city_without_accents() -> None:
    caller = Caller()
    heathrow = (await caller.get("/locations/query", {"term": "LHR"})).json()
    assert [place["id"] for place in heathrow["locations"]] == ["LHR"]
    assert heathrow["locations"][0]["city"]["id"] == "london_gb"
    assert heathrow["results_retrieved"] == 1
    zurich = (await caller.get("/locations/query", {"term": "zurich", "location_types": "city"})).json()
    assert [(place["id"], place["code"], place["type"]) for place in zurich["locations"]] == [
        ("zurich_ch", "ZRH", "city")
    ]


async def test_a_term_finds_as_many_places_as_asked() -> None:
    caller = Caller()
    found = (await caller.get("/locations/query", {"term": "london"})).json()["locations"]
    assert [place["id"] for place in found] == ["LGW", "LHR", "london_gb"]
    fewer = (await caller.get("/locations/query", {"term": "london", "limit": 1})).json()["locations"]
    assert len(fewer) == 1


async def test_ids_are_looked_up_exactly_and_may_repeat() -> None:
    response = await Caller().get("/locations/id", {"id": ["LHR", "sydney_au", "XXX"]})
    assert [(place["id"], place["timezone"]) for place in response.json()["locations"]] == [
        ("LHR", "Europe/London"),
        ("sydney_au", "Australia/Sydney"),
    ]


async def test_a_search_without_a_term_is_refused_by_parameter() -> None:
    response = await Caller().get("/locations/query")
    assert response.status_code == 422
    assert response.json() == {"message": [{"param": "term", "errors": ["Missing data for required field."]}]}


# ---- what the sandbox server needs to know ----


def test_the_key_is_read_from_the_bare_scope() -> None:
    assert credential({"headers": [(b"accept", b"*/*"), (b"ApiKey", b"sandbox-kiwi-key")], "query_string": b""}) == KEY
    assert credential({"headers": [], "query_string": b"term=LHR&apikey=sandbox-kiwi-key"}) == KEY
    assert credential({"headers": [], "query_string": b""}) is None


def test_every_operation_that_we_declare_is_one_of_the_sandboxs() -> None:
    known = {name for _, _, name in OPERATIONS}
    assert {name for searching in SUPPLIER.searches.values() for name in searching.operations} <= known
    assert ask(flight_query()).operation in known


def test_our_sandbox_credentials_open_the_sandbox() -> None:
    signed = SUPPLIER.auth.signed(ask(flight_query()), SUPPLIER.sandbox_secrets, NOW)
    assert dict(signed.headers) == {"apikey": KEY}
    assert msgspec.structs.replace(signed, headers=()) == ask(flight_query())
