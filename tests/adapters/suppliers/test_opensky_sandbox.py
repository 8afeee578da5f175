"""The pretend OpenSky answers as its documents say, and the adapter and its client get along with it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.kit.access import Access
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.suppliers.opensky import SUPPLIER
from adapters.suppliers.opensky.sandbox import OPERATIONS, create_app, credential
from domain.aviation import Position, Track
from domain.enquiries import Box, Direction, FlightsEnquiry, PositionsEnquiry, TrackEnquiry
from domain.orders import Reason
from domain.searches import Outcome
from tests.builders import ATLAS, NOW
from tests.sandbox.overhead import CLOCK, WORLD

CLIENT, SECRET = SUPPLIER.sandbox_secrets.values()
TOKEN_PATH = "/auth/realms/opensky-network/protocol/openid-connect/token"
ALPS = {"lamin": "45.8", "lomin": "5.9", "lamax": "47.8", "lomax": "10.5"}
NOWHERE = {"lamin": "-80", "lomin": "-120", "lamax": "-78", "lomax": "-119"}
A_DAY_BEFORE = datetime(2027, 1, 14, tzinfo=UTC)


class Listener:
    """Calls one sandbox, as somebody with a token or without."""

    def __init__(self) -> None:
        CLOCK.now = NOW
        self.app: Any = create_app(WORLD)  # falcon and httpx spell the type of an ASGI application differently

    def ask(self, path: str, params: Any = None, *, bearer: str | None = None) -> httpx.Response:
        headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        return asyncio.run(self._send("GET", path, params=params, headers=headers))

    def form(self, **form: str) -> httpx.Response:
        return asyncio.run(self._send("POST", TOKEN_PATH, data=form))

    def token(self, client: str = CLIENT) -> str:
        told = self.form(grant_type="client_credentials", client_id=client, client_secret=SECRET)
        return str(told.json()["access_token"])

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://sandbox") as client:
            return await client.request(method, path, **more)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@asynccontextmanager
async def calling(app: Any, secrets: Mapping[str, str] = SUPPLIER.sandbox_secrets) -> AsyncIterator[SupplierClient]:
    """The kit's own client, with the supplier's own budget."""
    access = Access(base_url="http://sandbox", secrets=secrets, budget=SUPPLIER.budget, live=False)
    client = SupplierClient(SUPPLIER, access, shared=None, over=httpx.ASGITransport(app=app))
    try:
        yield client
    finally:
        await client.aclose()


def soon() -> float:
    return asyncio.get_running_loop().time() + 30


def test_a_token_is_given_for_the_documented_form(listener: Listener) -> None:
    told = listener.form(grant_type="client_credentials", client_id=CLIENT, client_secret=SECRET)
    assert told.status_code == 200
    assert told.json().items() >= {"expires_in": 1800, "token_type": "Bearer"}.items()


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "mine"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": CLIENT, "client_secret": SECRET}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_form_gets_no_token(listener: Listener, form: dict[str, str], status: int, error: str) -> None:
    told = listener.form(**form)
    assert (told.status_code, told.json()["error"]) == (status, error)


def test_a_token_ends_after_half_an_hour_and_a_brief_one_sooner(listener: Listener) -> None:
    usual, brief = listener.token(), listener.token("sandbox-opensky-brief")
    CLOCK.go_on(seconds=5)
    assert listener.ask("/states/all", ALPS, bearer=usual).status_code == 200
    assert listener.ask("/states/all", ALPS, bearer=brief).status_code == 401
    CLOCK.go_on(seconds=1795)
    assert listener.ask("/states/all", ALPS, bearer=usual).status_code == 401


@pytest.mark.parametrize("forged", ["", "mine", "sandbox.e30.00000000", "sandbox.!!.1"])
def test_a_token_of_ones_own_making_is_no_token(listener: Listener, forged: str) -> None:
    answer = listener.ask("/states/all", ALPS, bearer=forged)
    assert (answer.status_code, answer.text) == (401, "Unauthorised")


def test_strangers_may_look_at_states_and_at_nothing_else(listener: Listener) -> None:
    assert listener.ask("/states/all", ALPS).status_code == 200
    assert listener.ask("/states/own").status_code == 403
    assert listener.ask("/tracks/all", {"icao24": "4b6929"}).status_code == 401
    assert listener.ask("/flights/all", {"begin": "1", "end": "2"}).status_code == 401


def test_a_vector_has_eighteen_elements_only_where_they_are_asked_for(listener: Listener) -> None:
    def lengths(**more: str) -> set[int]:
        return {len(vector) for vector in listener.ask("/states/all", {**ALPS, **more}).json()["states"]}

    assert lengths() == lengths(extended="0") == {17}
    assert lengths(extended="1") == lengths(extended="True") == {18}


def test_states_are_null_where_nobody_flies(listener: Listener) -> None:
    assert listener.ask("/states/all", NOWHERE).json()["states"] is None


def test_the_answer_holds_for_every_tenth_second_for_strangers_and_every_fifth_for_others(listener: Listener) -> None:
    CLOCK.go_on(seconds=17)
    seconds = int(NOW.timestamp())
    assert listener.ask("/states/all", {**ALPS, "time": str(seconds - 60)}).json()["time"] == seconds + 10
    token = listener.token()
    assert listener.ask("/states/all", ALPS, bearer=token).json()["time"] == seconds + 15
    assert listener.ask("/states/all", {**ALPS, "time": "0"}, bearer=token).json()["time"] == seconds + 15
    assert listener.ask("/states/all", {**ALPS, "time": str(seconds - 58)}, bearer=token).json()["time"] == seconds - 60


@pytest.mark.parametrize(
    "asked",
    [
        {"time": str(int(NOW.timestamp()) - 3601)},
        {"time": "yesterday"},
        {"lamin": "45"},
        {**ALPS, "lamin": "north"},
        {**ALPS, "lamin": "50"},
    ],
)
def test_a_malformed_question_is_refused_with_a_sentence(listener: Listener, asked: dict[str, str]) -> None:
    answer = listener.ask("/states/all", asked, bearer=listener.token())
    assert answer.status_code == 400
    assert 0 < len(answer.text) < 40


def test_one_aircraft_or_several_can_be_asked_for(listener: Listener) -> None:
    heard = [vector[0] for vector in listener.ask("/states/all", ALPS).json()["states"]][:2]
    found = listener.ask("/states/all", [("icao24", heard[0]), ("icao24", heard[1].upper())]).json()["states"]
    assert sorted(vector[0] for vector in found) == sorted(heard)


@pytest.mark.parametrize(
    ("asked", "price"),
    [
        (ALPS, 1),
        ({"lamin": "40", "lomin": "0", "lamax": "50", "lomax": "10"}, 2),
        ({"lamin": "40", "lomin": "0", "lamax": "50", "lomax": "40"}, 3),
        ({"lamin": "0", "lomin": "0", "lamax": "50", "lomax": "40"}, 4),
        ({}, 4),
    ],
)
def test_states_cost_by_their_area(listener: Listener, asked: dict[str, str], price: int) -> None:
    answer = listener.ask("/states/all", asked, bearer=listener.token())
    assert answer.headers["x-rate-limit-remaining"] == str(4000 - price)


def test_there_are_three_buckets_for_each_client(listener: Listener) -> None:
    token, another = listener.token(), listener.token("sandbox-opensky-feeder")
    live = {"icao24": "4b6929", "time": "0"}
    past = {"icao24": "4b6929", "begin": seconds(A_DAY_BEFORE), "end": seconds(NOW)}
    assert listener.ask("/tracks/all", live, bearer=token).headers["x-rate-limit-remaining"] == "3996"
    assert listener.ask("/flights/aircraft", past, bearer=token).headers["x-rate-limit-remaining"] == "3970"
    assert listener.ask("/states/all", ALPS, bearer=token).headers["x-rate-limit-remaining"] == "3999"
    assert listener.ask("/states/all", ALPS, bearer=another).headers["x-rate-limit-remaining"] == "7999"


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def test_a_spent_bucket_says_when_it_is_filled_again(listener: Listener) -> None:
    for _ in range(100):
        assert listener.ask("/states/all", {**NOWHERE, "lomin": "-120", "lomax": "170"}).status_code == 200
    spent = listener.ask("/states/all", NOWHERE)
    assert (spent.status_code, spent.headers["x-rate-limit-retry-after-seconds"]) == (429, str(12 * 3600 + 1))
    CLOCK.go_on(hours=12)
    assert listener.ask("/states/all", NOWHERE).headers["x-rate-limit-remaining"] == "399"


def test_ones_own_receivers_cost_nothing(listener: Listener) -> None:
    answer = listener.ask("/states/own", bearer=listener.token())
    assert "x-rate-limit-remaining" not in answer.headers
    assert all(vector[12] for vector in answer.json()["states"])


@pytest.mark.parametrize("path", ["/tracks", "/tracks/", "/tracks/all", "/api/tracks/all"])
def test_a_track_has_three_addresses(listener: Listener, path: str) -> None:
    told = listener.ask(path, {"icao24": "4b6929", "time": "0"}, bearer=listener.token()).json()
    assert (told["icao24"], told["callsign"]) == ("4b6929", "SWR2    ")


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/tracks/all", {"icao24": "ffffff", "time": "0"}, 404),
        ("/tracks/all", {"icao24": "4b6929", "time": seconds(NOW - timedelta(days=31))}, 400),
        ("/tracks/all", {}, 400),
        ("/flights/all", {"begin": seconds(NOW - timedelta(hours=3)), "end": seconds(NOW)}, 400),
        ("/flights/all", {"begin": seconds(NOW)}, 400),
        ("/flights/arrival", {"airport": "XXXX", "begin": seconds(A_DAY_BEFORE), "end": seconds(NOW)}, 404),
        ("/flights/arrival", {"begin": seconds(A_DAY_BEFORE), "end": seconds(NOW)}, 400),
        ("/flights/departure", {"airport": "LJLJ", "begin": "1", "end": seconds(NOW)}, 400),
        ("/flights/nobody", {}, 404),
    ],
)
def test_what_is_not_there_and_what_may_not_be_asked(
    listener: Listener, path: str, asked: dict[str, str], status: int
) -> None:
    answer = listener.ask(path, asked, bearer=listener.token())
    assert answer.status_code == status
    if status == 404 and path != "/flights/nobody":
        assert answer.content == b""


def test_the_keys_of_a_flight_stand_in_the_documented_order(listener: Listener) -> None:
    asked = {"airport": "LJLJ", "begin": seconds(A_DAY_BEFORE), "end": seconds(A_DAY_BEFORE + timedelta(hours=12))}
    rows = listener.ask("/flights/departure", asked, bearer=listener.token()).json()
    assert list(rows[0]) == [
        "icao24", "firstSeen", "estDepartureAirport", "lastSeen", "estArrivalAirport", "callsign",
        "estDepartureAirportHorizDistance", "estDepartureAirportVertDistance", "estArrivalAirportHorizDistance",
        "estArrivalAirportVertDistance", "departureAirportCandidatesCount", "arrivalAirportCandidatesCount",
    ]  # fmt: skip
    assert [row["firstSeen"] for row in rows] == sorted((row["firstSeen"] for row in rows), reverse=True)


def test_what_landed_today_is_told_tomorrow(listener: Listener) -> None:
    asked = {"airport": "LSZH", "begin": seconds(NOW - timedelta(hours=6)), "end": seconds(NOW)}
    assert listener.ask("/flights/arrival", asked, bearer=listener.token()).status_code == 404
    CLOCK.go_on(days=1)
    assert listener.ask("/flights/arrival", asked, bearer=listener.token()).status_code == 200


def test_the_credential_is_the_client_that_the_token_was_given_to(listener: Listener) -> None:
    shown = (b"authorization", f"Bearer {listener.token()}".encode())
    assert credential({"headers": [shown]}) == CLIENT
    assert credential({"headers": [(b"authorization", b"Bearer mine")]}) is None
    assert credential({"headers": []}) is None


def test_operations_are_the_words_of_the_declaration() -> None:
    assert {ways.operation for ways in SUPPLIER.lookups.values()} | {"token", "own"} == {
        name for _, _, name in OPERATIONS
    }


async def asked_whole(client: SupplierClient, ways: Any, enquiry: Any) -> list[Any]:
    call: Call | None = ways.ask(enquiry)
    records: list[Any] = []
    while call is not None:
        reply: Reply = await client.answered(call, deadline=soon())
        readout = ways.read(reply, call, enquiry, ATLAS)
        assert readout.skipped == ()
        records += readout.records
        call = readout.next
    return records


async def test_every_example_is_answered_and_read_without_a_loss(listener: Listener) -> None:
    async with calling(listener.app) as client:
        for ways in SUPPLIER.lookups.values():
            assert await asked_whole(client, ways, ways.example)


async def test_the_adapter_sees_who_is_in_the_air(listener: Listener) -> None:
    box = Box(south=45.8, west=5.9, north=47.8, east=10.5)
    async with calling(listener.app) as client:
        found = await asked_whole(client, SUPPLIER.lookups[PositionsEnquiry], PositionsEnquiry(box=box))
    true = {one.icao24: one for one in WORLD.aviation.airborne(NOW)}
    assert len(found) > 20
    for position in found:
        assert isinstance(position, Position)
        assert position.on_ground is true[position.icao24].fix.on_ground
        if position.location is not None:
            assert position.location.latitude == pytest.approx(true[position.icao24].fix.latitude, abs=1e-3)


async def test_the_adapter_follows_one_aircraft(listener: Listener) -> None:
    async with calling(listener.app) as client:
        [track] = await asked_whole(client, SUPPLIER.lookups[TrackEnquiry], TrackEnquiry(icao24="4b6929"))
    assert isinstance(track, Track)
    assert track.callsign == "SWR2"
    assert track.ends_at == NOW


async def test_no_flights_are_an_answer(listener: Listener) -> None:
    nobody = FlightsEnquiry(begin=A_DAY_BEFORE, end=NOW, airport="XXXX", direction=Direction.ARRIVALS)
    async with calling(listener.app) as client:
        with pytest.raises(Answered) as failure:
            await asked_whole(client, SUPPLIER.lookups[FlightsEnquiry], nobody)
    assert failure.value.reason is Reason.NOTHING_THERE


async def test_a_token_that_has_ended_is_fetched_once_more(listener: Listener) -> None:
    ways = SUPPLIER.lookups[TrackEnquiry]
    async with calling(listener.app) as client:
        assert await asked_whole(client, ways, ways.example)
        CLOCK.go_on(seconds=1800)  # at the supplier; our own clock has not moved
        assert await asked_whole(client, ways, ways.example)


async def test_wrong_credentials_are_given_up_by_their_own_code(listener: Listener) -> None:
    wrong = dict.fromkeys(SUPPLIER.sandbox_secrets, "nobody-s")
    async with calling(listener.app, wrong) as client:
        with pytest.raises(GiveUp) as failure:
            await asked_whole(client, SUPPLIER.lookups[TrackEnquiry], TrackEnquiry(icao24="4b6929"))
    assert (failure.value.code, failure.value.outcome) == ("invalid_client", Outcome.REFUSED)


async def test_spent_credits_are_not_waited_for_longer_than_anybody_would(listener: Listener) -> None:
    token = await asyncio.to_thread(listener.token)
    past = {"icao24": "4b6929", "time": seconds(NOW - timedelta(days=2))}
    for _ in range(133):
        await asyncio.to_thread(listener.ask, "/tracks/all", past, bearer=token)
    async with calling(listener.app) as client:
        with pytest.raises(TryLater) as failure:
            await asked_whole(
                client, SUPPLIER.lookups[TrackEnquiry], TrackEnquiry(icao24="4b6929", at=NOW - timedelta(days=2))
            )
    assert failure.value.outcome is Outcome.RATE_LIMITED
    assert failure.value.retry_after == 12 * 3600 + 1
