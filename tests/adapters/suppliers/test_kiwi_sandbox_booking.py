"""The pretend Tequila checks, saves and is paid as its documents say, over the sandbox's world."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import pytest

from adapters.suppliers.kiwi import SUPPLIER
from adapters.suppliers.kiwi.sandbox import OPERATIONS, OUTCOMES, create_app
from sandbox.outcomes import Wish
from sandbox.world import World
from tests.builders import DEPARTURE, NOW

Words = dict[str, Any]

KEY: Final = "sandbox-kiwi-key"
AMELIA: Final = {
    "name": "Amelia",
    "surname": "Earhart",
    "title": "Ms",
    "birthday": "1987-07-24",
    "nationality": "US",
    "category": "adult",
    "cardno": "X1234567",
    "expiration": "2031-01-01",
    "email": "amelia@example.com",
    "phone": "+442080160509",
}


class Caller:
    """One client of one pretend Tequila, over a world whose clock stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW
        self.world: Final = World(seed=1, clock=lambda: self.now)
        self.http: Final = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=create_app(self.world)),
            base_url="http://tequila.test",
            headers={"apikey": KEY},
        )

    async def item(self, **changed: Any) -> Words:
        """The cheapest from London to New York."""
        day = f"{DEPARTURE:%d/%m/%Y}"
        asked = {"fly_from": "airport:LHR", "fly_to": "airport:JFK", "date_from": day, "date_to": day, **changed}
        found = await self.http.get("/v2/search", params=asked)
        item: Words = found.json()["data"][0]
        return item

    async def ask(self, token: str, **changed: Any) -> httpx.Response:
        asked = {"booking_token": token, "bnum": 0, "adults": 1, "children": 0, "infants": 0, **changed}
        wanted = {name: value for name, value in asked.items() if value is not None}
        return await self.http.get("/v2/booking/check_flights", params=wanted)

    async def checked(self, token: str, **changed: Any) -> Words:
        """The first answer that is final."""
        told: Words = (await self.ask(token, **changed)).json()
        while not told["flights_checked"]:
            told = (await self.ask(token, **{**changed, "session_id": told["session_id"]})).json()
        return told

    async def save(self, token: str, told: Words, **changed: Any) -> httpx.Response:
        body = {
            "booking_token": token,
            "session_id": told["session_id"],
            "passengers": [AMELIA],
            "baggage": baggage(told),
            **changed,
        }
        return await self.http.post("/v2/booking/save_booking", json=body)

    async def saved(self, **changed: Any) -> Words:
        token = (await self.item())["booking_token"]
        answer = await self.save(token, await self.checked(token), **changed)
        assert answer.status_code == 200, answer.text
        told: Words = answer.json()
        return told

    async def confirm(self, told: Words, **changed: Any) -> httpx.Response:
        body = {"booking_id": told["booking_id"], "transaction_id": told["transaction_id"], **changed}
        return await self.http.post("/v2/booking/confirm_payment", json=body)

    async def places(self, call: str, **params: Any) -> list[str]:
        answer = await self.http.get(f"/locations/{call}", params=params)
        assert answer.status_code == 200, answer.text
        return [place["id"] for place in answer.json()["locations"]]

    def wish(self, operation: str, outcome: str) -> None:
        self.world.outcomes.add(Wish(supplier="kiwi", operation=operation, outcome=outcome))


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    caller = Caller()
    yield caller
    await caller.http.aclose()


def baggage(told: Words, *, hold: int = 0, hand: int = 0) -> list[Words]:
    """The combinations at these places of their lists, for one traveller."""
    combinations = told["baggage"]["combinations"]
    return [
        {"combination": combinations["hold_bag"][hold], "passengers": [0]},
        {"combination": combinations["hand_bag"][hand], "passengers": [0]},
    ]


# ---- checks ----


async def test_a_check_is_final_after_one_or_two_answers_that_are_not(caller: Caller) -> None:
    polls = set()
    for _ in range(12):
        token = (await caller.item())["booking_token"]
        told, count = (await caller.ask(token)).json(), 0
        while not told["flights_checked"]:
            told, count = (await caller.ask(token, session_id=told["session_id"])).json(), count + 1
        polls.add(count)
    assert polls == {1, 2}


async def test_a_check_costs_what_the_search_said_in_euros(caller: Caller) -> None:
    item = await caller.item(curr="GBP")
    told = await caller.checked(item["booking_token"], currency="GBP")
    assert (told["currency"], told["conversion"]["currency"]) == ("EUR", "GBP")
    assert (
        told["total"]
        == told["orig_price"]
        == told["eur_payment_price"]
        == pytest.approx(item["conversion"]["EUR"], 0.01)
    )
    assert told["conversion"]["amount"] == pytest.approx(item["price"], abs=0.02)
    assert (told["price_change"], told["flights_invalid"], told["passenger_change"]) == (False, False, False)


async def test_bags_are_in_the_total_and_not_in_the_price_of_the_token(caller: Caller) -> None:
    item = await caller.item()
    told = await caller.checked(item["booking_token"], bnum=1)
    fee = Decimal(str(item["bags_price"]["1"]))
    assert Decimal(str(told["total"])) == Decimal(str(told["orig_price"])) + fee
    assert told["price_change"] is False
    two = await caller.checked(item["booking_token"], bnum=2)
    assert Decimal(str(two["bags_fee"])) == Decimal(str(item["bags_price"]["2"]))


async def test_a_price_that_has_changed_stays_changed_within_its_session(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    caller.wish("check", "price_changed")
    told = await caller.checked(token)
    again = (await caller.ask(token, session_id=told["session_id"])).json()
    assert told["price_change"] is again["price_change"] is True
    assert told["total"] == again["total"] > told["orig_price"]
    assert (await caller.checked(token))["price_change"] is False


async def test_other_travellers_than_in_the_token_are_noticed(caller: Caller) -> None:
    token = (await caller.item(adults=2))["booking_token"]
    assert (await caller.checked(token, adults=1))["passenger_change"] is True
    assert (await caller.checked(token, adults=2))["passenger_change"] is False


async def test_flights_are_named_with_their_numbers_as_words(caller: Caller) -> None:
    item = await caller.item()
    told = await caller.checked(item["booking_token"])
    assert [one["flight_no"] for one in told["flights"]] == [str(one["flight_no"]) for one in item["route"]]
    assert [(one["src"], one["dst"]) for one in told["flights"]] == [
        (one["flyFrom"], one["flyTo"]) for one in item["route"]
    ]


async def test_a_document_is_wanted_at_once_over_the_sea_and_not_at_home(caller: Caller) -> None:
    needs = []
    for origin, destination in (("LHR", "JFK"), ("LHR", "CDG"), ("LHR", "EDI")):
        item = await caller.item(
            fly_from=f"airport:{origin}", fly_to=f"airport:{destination}", max_stopovers=0, vehicle_type="aircraft"
        )
        told = await caller.checked(item["booking_token"])
        needs.append(told["document_options"]["document_need"])
    assert needs == [2, 1, 0]


async def test_an_infant_has_a_combination_of_no_bags(caller: Caller) -> None:
    token = (await caller.item(infants=1))["booking_token"]
    told = await caller.checked(token, infants=1)
    for kind in ("hold_bag", "hand_bag"):
        (lap,) = [
            one for one in told["baggage"]["combinations"][kind] if "infant" in one["conditions"]["passenger_groups"]
        ]
        assert (lap["indices"], lap["price"]["amount"]) == ([], 0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"booking_token": None}, "wanted"),
        ({"bnum": None}, "wanted"),
        ({"bnum": "many"}, "Could not parse bnum"),
        ({"bnum": 3}, "two hold bags"),
        ({"booking_token": "abc"}, "Invalid booking token"),
        ({"booking_token": "é"}, "Invalid booking token"),
        ({"currency": "XXX"}, "unknown currency"),
        ({"session_id": "somebody-else-s"}, "unknown session_id"),
    ],
)
async def test_a_check_that_makes_no_sense_is_refused(caller: Caller, changed: Words, words: str) -> None:
    token = (await caller.item())["booking_token"]
    answer = await caller.ask(token, **changed)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


async def test_a_token_can_not_be_changed(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    for place in (5, 300, len(token) - 8):
        letter = "A" if token[place] != "A" else "B"
        answer = await caller.ask(token[:place] + letter + token[place + 1 :])
        assert (answer.status_code, answer.json()["error"]) == (400, "Invalid booking token")


async def test_a_token_expires_after_half_an_hour(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    caller.now += timedelta(minutes=30, seconds=1)
    answer = await caller.ask(token)
    assert (answer.status_code, answer.json()["error"]) == (400, "Expired booking token")


async def test_a_session_belongs_to_its_token(caller: Caller) -> None:
    one, other = (await caller.item())["booking_token"], (await caller.item(adults=2))["booking_token"]
    told = await caller.checked(one)
    assert (await caller.ask(other, session_id=told["session_id"])).status_code == 400


# ---- bookings ----


async def test_a_booking_echoes_what_was_asked(caller: Caller) -> None:
    told = await caller.saved()
    assert (told["status"], told["status_code"], told["sandbox"]) == ("success", 200, False)
    (amelia,) = told["passengers"]
    assert (amelia["bid"], amelia["surname"]) == (told["booking_id"], "Earhart")
    assert datetime.fromtimestamp(amelia["expiration"], UTC).date() == date(2031, 1, 1)


async def test_bags_that_are_chosen_are_paid(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    checked = await caller.checked(token)
    told = (await caller.save(token, checked, baggage=baggage(checked, hold=1))).json()
    price = Decimal(str(checked["baggage"]["combinations"]["hold_bag"][1]["price"]["amount"]))
    assert Decimal(str(told["total"])) == Decimal(str(checked["total"])) + price
    assert {type(one["bag"]["price"]["amount"]) for one in told["baggage"]} == {str}


async def test_trap_saving_twice_makes_two_bookings(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    checked = await caller.checked(token)
    first, second = [(await caller.save(token, checked)).json()["booking_id"] for _ in range(2)]
    assert first != second


async def test_test_test_makes_a_booking_that_is_none(caller: Caller) -> None:
    told = await caller.saved(passengers=[{**AMELIA, "name": "test", "surname": "test"}])
    assert (told["sandbox"], told["transaction_id"]) == (True, f"sandbox_{told['booking_id']}")
    assert (await caller.confirm(told)).json() == {"status": 0}


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"booking_token": None}, "booking_token"),
        ({"session_id": 7}, "session_id"),
        ({"passengers": []}, "passengers"),
        ({"passengers": [AMELIA, AMELIA]}, "passengers"),
        ({"passengers": [{**AMELIA, "category": "child"}]}, "passengers"),
        ({"passengers": [{**AMELIA, "phone": "+0442080160509"}]}, "passengers"),
        ({"passengers": [{**AMELIA, "email": None}]}, "passengers"),
        ({"passengers": [{**AMELIA, "surname": ""}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "title": "Dr"}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "nationality": "USA"}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "category": "senior"}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "birthday": "24/07/1987"}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "cardno": "9" * 21}]}, "passengers[0]"),
        ({"passengers": [{**AMELIA, "cardno": None}]}, "passengers[0]"),
        ({"baggage": []}, "baggage"),
        ({"baggage": [{"combination": None}]}, "baggage"),
    ],
)
async def test_a_booking_that_misses_something_is_refused_by_parameter(
    caller: Caller, changed: Words, param: str
) -> None:
    token = (await caller.item())["booking_token"]
    answer = await caller.save(token, await caller.checked(token), **changed)
    assert answer.status_code == 422
    (fault,) = answer.json()["message"]
    assert fault["param"] == param


async def test_trap_baggage_is_wanted_for_everybody_and_only_as_it_was_offered(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    checked = await caller.checked(token)
    hold, hand = baggage(checked)
    cheaper = {**checked["baggage"]["combinations"]["hold_bag"][1], "price": hold["combination"]["price"]}
    wrong = (
        [hold],
        [hold, hold, hand],
        [hold, {**hand, "passengers": [1]}],
        [{**hold, "combination": cheaper}, hand],
        [{**hold, "combination": checked["baggage"]["combinations"]["hold_bag"][3]}, hand],
    )
    for told in wrong:
        assert (await caller.save(token, checked, baggage=told)).status_code == 422
    assert (await caller.save(token, checked, baggage=[hold, hand])).status_code == 200


async def test_nothing_is_saved_before_its_check_is_final(caller: Caller) -> None:
    token = (await caller.item())["booking_token"]
    checked = await caller.checked(token)
    first = (await caller.ask(token)).json()
    caller.wish("check", "pending")
    waiting = (await caller.ask(token, session_id=first["session_id"])).json()
    answer = await caller.save(token, {**checked, "session_id": waiting["session_id"]})
    assert (answer.status_code, answer.json()["error"]) == (400, "the flights of this session are not checked yet")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_a_body_that_is_none_is_refused(caller: Caller, body: bytes) -> None:
    for path in ("/v2/booking/save_booking", "/v2/booking/confirm_payment", "/v2/flights_multi"):
        answer = await caller.http.post(path, content=body)
        assert answer.status_code == 400
        assert "Could not parse the body" in answer.json()["error"]


# ---- payments ----


async def test_a_booking_is_paid_once(caller: Caller) -> None:
    told = await caller.saved()
    assert [(await caller.confirm(told)).json() for _ in range(2)] == [{"status": 0}, {"status": 1}]


async def test_trap_a_payment_after_half_an_hour_is_too_late(caller: Caller) -> None:
    told = await caller.saved()
    caller.now += timedelta(minutes=30, seconds=1)
    answer = await caller.confirm(told)
    assert (answer.status_code, answer.json()) == (200, {"status": -1, "msg": "confirm payment timeout"})


async def test_a_payment_that_failed_has_failed_for_good(caller: Caller) -> None:
    told = await caller.saved()
    caller.wish("confirm", "declined")
    assert [(await caller.confirm(told)).json() for _ in range(2)] == [{"status": 1}] * 2


@pytest.mark.parametrize("changed", [{"booking_id": 1}, {"booking_id": "x"}, {"transaction_id": "other"}])
async def test_a_payment_for_nothing_that_is_known_is_refused(caller: Caller, changed: Words) -> None:
    told = await caller.saved()
    assert (await caller.confirm(told, **changed)).status_code == 400


# ---- several cities ----


def parts(count: int) -> list[Words]:
    ways = [("LHR", "JFK"), ("JFK", "LHR")] * 5
    days = [f"{DEPARTURE + timedelta(days=4 * place):%d/%m/%Y}" for place in range(10)]
    return [
        {"fly_from": f"airport:{start}", "to": f"airport:{end}", "dateFrom": day, "dateTo": day}
        for (start, end), day in list(zip(ways, days, strict=True))[:count]
    ]


@pytest.mark.parametrize("count", [2, 9])
async def test_a_combination_costs_the_sum_of_its_parts(caller: Caller, count: int) -> None:
    found = (
        await caller.http.post("/v2/flights_multi", params={"curr": "GBP"}, json={"requests": parts(count)})
    ).json()
    assert found
    assert [one["price"] for one in found] == sorted(one["price"] for one in found)
    for one in found:
        assert len(one["route"]) == count
        assert one["price"] == pytest.approx(sum(part["price"] for part in one["route"]), abs=0.05)


async def test_more_than_nine_parts_are_answered_with_nothing_and_a_single_one_is_refused(caller: Caller) -> None:
    assert (await caller.http.post("/v2/flights_multi", json={"requests": parts(10)})).json() == []
    assert (await caller.http.post("/v2/flights_multi", json={"requests": parts(1)})).status_code == 400


@pytest.mark.parametrize("wrong", [{}, {"fly_from": 7}, {"dateFrom": "2027-03-01"}, {"to": None}])
async def test_a_part_that_can_not_be_read_is_refused(caller: Caller, wrong: Words) -> None:
    spoiled = {**parts(1)[0], **wrong} if wrong else {}
    answer = await caller.http.post("/v2/flights_multi", json={"requests": [*parts(1), spoiled]})
    assert answer.status_code == 400


# ---- places ----


async def test_places_are_found_around_a_point_the_nearest_first(caller: Caller) -> None:
    assert (await caller.places("radius", lat=51.47, lon=-0.46, radius=45))[0] == "LHR"
    assert "JFK" not in await caller.places("radius", lat=51.47, lon=-0.46, limit=100)


async def test_places_are_found_in_a_box(caller: Caller) -> None:
    found = await caller.places("box", low_lat=51, low_lon=-1, high_lat=52, high_lon=0.5, limit=50)
    assert {"LHR", "LGW"} <= set(found)
    assert "CDG" not in found


async def test_places_are_found_by_what_they_belong_to(caller: Caller) -> None:
    assert {"LHR", "LGW"} <= set(await caller.places("subentity", term="london_gb"))
    assert "london_gb" in await caller.places("subentity", term="GB", limit=500)


async def test_places_are_found_by_any_field_and_by_slug(caller: Caller) -> None:
    assert await caller.places("anything", key="icao", value="EGLL") == ["LHR"]
    assert await caller.places("slug", term="london-gb") == ["london_gb"]


async def test_all_places_are_told_page_by_page(caller: Caller) -> None:
    first = (await caller.http.get("/locations/dump", params={"limit": 100})).json()
    second = await caller.places("dump", limit=100, search_after=first["search_after"])
    assert len(second) == 100
    assert not {place["id"] for place in first["locations"]} & set(second)


@pytest.mark.parametrize("call", ["radius", "box", "subentity", "anything", "slug", "id", "query"])
async def test_a_call_for_places_names_what_it_misses(caller: Caller, call: str) -> None:
    answer = await caller.http.get(f"/locations/{call}")
    assert answer.status_code == 422
    assert answer.json()["message"][0]["errors"] == ["Missing data for required field."]


# ---- outcomes ----


async def test_a_search_finds_nothing_where_that_was_wished_for(caller: Caller) -> None:
    caller.wish("search", "nothing")
    day = f"{DEPARTURE:%d/%m/%Y}"
    asked = {"fly_from": "LHR", "fly_to": "JFK", "date_from": day, "date_to": day}
    counts = [len((await caller.http.get("/v2/search", params=asked)).json()["data"]) for _ in range(2)]
    assert counts[0] == 0 < counts[1]


def test_every_outcome_belongs_to_an_operation() -> None:
    assert OUTCOMES.keys() <= {name for _, _, name in OPERATIONS}
    assert SUPPLIER.shapes.keys() == {name for _, _, name in OPERATIONS}
