"""The pretend Duffel answers as its documents say, over the sandbox's world."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit.calls import Reply
from adapters.kit.drift import sampled
from adapters.suppliers.duffel import SUPPLIER
from adapters.suppliers.duffel.flights import ask_for_offers, read
from adapters.suppliers.duffel.sandbox import OPERATIONS, OUTCOMES, create_app
from sandbox.outcomes import Wish
from sandbox.world import World
from tests.builders import ATLAS, DEPARTURE, NOW, flight_query

Words = dict[str, Any]

TOKEN: Final = "duffel_test_sandbox"
ADULT: Final = {"type": "adult"}


class Caller:
    """One client of one pretend Duffel, over a world whose clock stands until it is moved."""

    def __init__(self, http: httpx.AsyncClient, app: "Clockwork") -> None:
        self.http: Final = http
        self.app: Final = app

    async def ask(
        self, method: str, path: str, body: Words | None = None, *, token: str = TOKEN, **params: str
    ) -> httpx.Response:
        return await self.http.request(
            method,
            path,
            params=params,
            json=None if body is None else {"data": body},
            headers={"authorization": f"Bearer {token}", "duffel-version": "v2"},
        )

    async def told(self, method: str, path: str, body: Words | None = None, **params: str) -> Any:
        response = await self.ask(method, path, body, **params)
        assert response.status_code < 300, response.text
        return response.json()["data"]

    async def refused(self, method: str, path: str, body: Words | None = None, **params: str) -> tuple[int, str, Any]:
        """Status, type and code of an error, whose form is checked."""
        response = await self.ask(method, path, body, **params)
        told = response.json()
        assert told["meta"] == {"status": response.status_code, "request_id": response.headers["x-request-id"]}
        (error,) = told["errors"]
        assert error["title"]
        assert error["message"]
        return response.status_code, error["type"], error["code"]

    async def search(self, *, token: str = TOKEN, inline: bool = False, **changed: Any) -> httpx.Response:
        params = {} if inline else {"return_offers": "false"}
        return await self.ask("POST", "/air/offer_requests", search(**changed), token=token, **params)

    async def offers(self, *, token: str = TOKEN, **changed: Any) -> list[Words]:
        """All of them, the cheapest first, on the first page of two hundred."""
        made = (await self.search(token=token, **changed)).json()["data"]
        found = await self.ask(
            "GET", "/air/offers", token=token, offer_request_id=made["id"], sort="total_amount", limit="200"
        )
        offers: list[Words] = found.json()["data"]
        return offers

    async def ordered(self, **changed: Any) -> Words:
        (offer, *_) = await self.offers(**changed)
        order: Words = await self.told("POST", "/air/orders", order_of(offer))
        return order

    def wish(self, operation: str, outcome: str) -> None:
        self.app.world.outcomes.add(Wish(supplier="duffel", operation=operation, outcome=outcome))


class Clockwork:
    def __init__(self) -> None:
        self.now = NOW
        self.world: Final = World(seed=1, clock=lambda: self.now)


def search(origin: str = "LHR", destination: str = "JFK", **changed: Any) -> Words:
    way = {"origin": origin, "destination": destination, "departure_date": DEPARTURE.isoformat()}
    return {"slices": [way], "passengers": [ADULT], "cabin_class": "economy", "max_connections": 2, **changed}


def order_of(offer: Words, **changed: Any) -> Words:
    payment = {"type": "balance", "amount": offer["total_amount"], "currency": offer["total_currency"]}
    passport = {
        "type": "passport",
        "unique_identifier": "X1234567",
        "issuing_country_code": "US",
        "expires_on": "2031-01-01",
    }
    amelia = {
        "id": offer["passengers"][0]["id"],
        "title": "ms",
        "gender": "f",
        "given_name": "Amelia",
        "family_name": "Earhart",
        "born_on": "1987-07-24",
        "email": "amelia@example.com",
        "phone_number": "+442080160509",
        "identity_documents": [passport],
    }
    return {
        "type": "instant",
        "selected_offers": [offer["id"]],
        "passengers": [amelia],
        "payments": [payment],
        **changed,
    }


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    app = Clockwork()
    transport = httpx.ASGITransport(app=create_app(app.world))
    async with httpx.AsyncClient(transport=transport, base_url="http://duffel.test") as http:
        yield Caller(http, app)


# ---- who comes in ----


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "missing_authorization_header"),
        ({"authorization": f"Token {TOKEN}"}, 401, "missing_authorization_header"),
        ({"authorization": "Bearer somebody-else-s"}, 401, "access_token_not_found"),
        ({"authorization": "Bearer duffel_live_expired"}, 401, "expired_access_token"),
        ({"authorization": f"Bearer {TOKEN}", "duffel-version": ""}, 400, "unsupported_version"),
        ({"authorization": f"Bearer {TOKEN}", "duffel-version": "v1"}, 400, "unsupported_version"),
        (
            {"authorization": f"Bearer {TOKEN}", "accept": "text/html", "duffel-version": "v2"},
            406,
            "unsupported_format",
        ),
    ],
)
async def test_a_stranger_is_refused_in_their_words(
    caller: Caller, headers: Mapping[str, str], status: int, code: str
) -> None:
    response = await caller.http.get("/air/airlines", headers=headers)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)


async def test_a_call_without_a_version_is_refused(caller: Caller) -> None:
    response = await caller.http.get("/air/airlines", headers={"authorization": f"Bearer {TOKEN}"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "missing_version_header")


async def test_a_path_that_is_none_is_not_found_in_their_words(caller: Caller) -> None:
    assert await caller.refused("GET", "/air/submarines") == (404, "invalid_request_error", "not_found")
    assert await caller.refused("DELETE", "/air/offers") == (404, "invalid_request_error", "not_found")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"slices": []}'])
async def test_a_body_without_its_envelope_is_malformed(caller: Caller, content: bytes) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "duffel-version": "v2"}
    response = await caller.http.post("/air/offer_requests", content=content, headers=headers)
    assert (response.status_code, response.json()["errors"][0]["type"]) == (400, "invalid_request_error")


async def test_thirty_searches_a_minute_and_no_more(caller: Caller) -> None:
    wrong: Words = {"slices": []}
    agency = "duffel_test_agency"
    for left in range(29, -1, -1):
        response = await caller.ask("POST", "/air/offer_requests", wrong, token=agency)
        assert (response.headers["ratelimit-limit"], response.headers["ratelimit-remaining"]) == ("30", str(left))
    refused = await caller.ask("POST", "/air/offer_requests", wrong, token=agency)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, "rate_limit_exceeded")
    other = await caller.ask("GET", "/air/airlines", token=agency)
    assert (other.status_code, other.headers["ratelimit-limit"]) == (200, "4000")
    assert parsedate_to_datetime(other.headers["ratelimit-reset"]) == NOW + timedelta(minutes=1)
    assert (await caller.ask("POST", "/air/offer_requests", wrong, token="duffel_test_other")).status_code == 422
    caller.app.now += timedelta(minutes=1)
    assert (await caller.ask("POST", "/air/offer_requests", wrong, token=agency)).status_code == 422


async def test_a_guest_of_the_sandbox_is_not_made_to_wait(caller: Caller) -> None:
    response = await caller.ask("POST", "/air/offer_requests", {"slices": []})
    assert (response.headers["ratelimit-limit"], response.headers["ratelimit-remaining"]) == ("1200", "1199")


# ---- searching ----


async def test_both_spellings_of_the_search_are_taken(caller: Caller) -> None:
    for path in ("/air/offer_requests", "/air/offer_requests/"):
        assert (await caller.ask("POST", path, search())).status_code == 201


async def test_offers_stand_in_the_answer_unless_they_are_not_wanted(caller: Caller) -> None:
    inline = (await caller.search(inline=True)).json()["data"]
    short = (await caller.search()).json()["data"]
    assert "offers" not in short
    again = await caller.told("GET", f"/air/offer_requests/{short['id']}")
    assert len(again["offers"]) == len(inline["offers"]) > 20
    assert {passenger["id"] for offer in again["offers"] for passenger in offer["passengers"]} == {
        passenger["id"] for passenger in short["passengers"]
    }


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"slices": []}, "validation_required", "/slices"),
        ({"passengers": []}, "validation_required", "/passengers"),
        ({"passengers": [{"type": "adult", "age": 30}]}, "validation_format", "/passengers/0"),
        ({"passengers": [{"type": "child"}]}, "validation_inclusion", "/passengers/0/type"),
        ({"passengers": [{"age": "eight"}]}, "validation_format", "/passengers/0/age"),
        ({"passengers": [ADULT] * 10}, "validation_format", "/passengers"),
        ({"cabin_class": "roof"}, "validation_inclusion", "/cabin_class"),
        ({"max_connections": 3}, "validation_inclusion", "/max_connections"),
        ({"slices": [{"origin": "QQQ", "destination": "JFK"}]}, "validation_inclusion", "/slices/0/origin"),
        (
            {"slices": [{"origin": "LHR", "destination": "JFK", "departure_date": "tomorrow"}]},
            "validation_format",
            "/slices/0/departure_date",
        ),
        (
            {"slices": [{"origin": "LHR", "destination": "JFK", "departure_date": "2026-12-01"}]},
            "validation_format",
            "/slices/0/departure_date",
        ),
    ],
)
async def test_what_is_wrong_with_a_search_is_pointed_at(
    caller: Caller, changed: Words, code: str, pointer: str
) -> None:
    (error,) = (await caller.search(**changed)).json()["errors"]
    assert (error["type"], error["code"], error["source"]["pointer"]) == ("validation_error", code, pointer)


async def test_pages_follow_each_other_by_cursor(caller: Caller) -> None:
    made = (await caller.search()).json()["data"]
    seen: list[str] = []
    params = {"offer_request_id": made["id"], "limit": "50", "sort": "total_amount"}
    while True:
        page = (await caller.ask("GET", "/air/offers", None, **params)).json()
        seen += [offer["total_amount"] for offer in page["data"]]
        assert set(page["meta"]) == {"limit", "before", "after"}
        if page["meta"]["after"] is None:
            break
        params["after"] = page["meta"]["after"]
    assert len(seen) > 100
    assert seen == sorted(seen, key=Decimal)


async def test_a_page_that_is_too_long_or_nowhere_is_refused(caller: Caller) -> None:
    for params in ({"limit": "201"}, {"limit": "0"}, {"after": "nowhere"}):
        assert (await caller.refused("GET", "/air/airports", None, **params))[2] == "validation_format"


async def test_offers_are_sorted_and_narrowed_as_asked(caller: Caller) -> None:
    made = (await caller.search()).json()["data"]
    dearest = await caller.told("GET", "/air/offers", offer_request_id=made["id"], sort="-total_amount", limit="200")
    amounts = [Decimal(offer["total_amount"]) for offer in dearest]
    assert amounts == sorted(amounts, reverse=True)
    direct = await caller.told("GET", "/air/offers", offer_request_id=made["id"], max_connections="0", limit="200")
    assert {len(part["segments"]) for offer in direct for part in offer["slices"]} == {1}
    assert 0 < len(direct) < len(dearest)
    wrong = await caller.refused("GET", "/air/offers", None, offer_request_id=made["id"], sort="colour")
    assert wrong[2] == "validation_inclusion"


async def test_a_ticket_is_of_one_airline(caller: Caller) -> None:
    for offer in await caller.offers():
        carriers = {one["marketing_carrier"]["iata_code"] for part in offer["slices"] for one in part["segments"]}
        assert carriers == {offer["owner"]["iata_code"]}


async def test_a_city_has_all_of_its_airports(caller: Caller) -> None:
    way = {"origin": "LON", "destination": "JFK", "departure_date": DEPARTURE.isoformat()}
    offers = await caller.offers(slices=[way])
    left_from = {offer["slices"][0]["segments"][0]["origin"]["iata_code"] for offer in offers}
    assert {"LHR", "LGW"} <= left_from
    assert {offer["slices"][0]["origin_type"] for offer in offers} == {"city"}


@pytest.mark.parametrize("currency", ["EUR", "GBP", "JPY", "KWD"])
async def test_every_offer_is_read_in_the_currency_of_the_account(caller: Caller, currency: str) -> None:
    made = await caller.search(token=f"duffel_test_{currency.lower()}_1")
    call = ask_for_offers(made.json()["data"]["id"])
    page = await caller.ask("GET", "/air/offers", None, token=f"duffel_test_{currency.lower()}_1", **dict(call.params))
    reply = Reply(status=200, headers={}, body=page.content, received_at=NOW)
    readout = read(reply, call, flight_query(currency=currency), ATLAS)
    assert readout.skipped == ()
    assert len(readout.records) == len(page.json()["data"])


async def test_a_family_pays_for_everybody(caller: Caller) -> None:
    alone = {key(offer): offer for offer in await caller.offers()}
    family = await caller.offers(passengers=[ADULT, ADULT, {"age": 8}, {"age": 1}])
    assert family
    for offer in family:
        one = alone[key(offer)]
        base = Decimal(one["base_amount"]) * Decimal("2.85")
        assert abs(Decimal(offer["base_amount"]) - base) <= Decimal("0.02")
        assert abs(Decimal(offer["tax_amount"]) - 3 * Decimal(one["tax_amount"])) <= Decimal("0.02")


def key(offer: Words) -> tuple[object, ...]:
    flights = [
        (one["marketing_carrier"]["iata_code"], one["marketing_carrier_flight_number"], one["departing_at"])
        for part in offer["slices"]
        for one in part["segments"]
    ]
    return *flights, offer["slices"][0]["fare_brand_name"]


# ---- what test mode simulates ----


async def test_no_flights_are_an_empty_page(caller: Caller) -> None:
    assert await caller.offers(**search("PVD", "RAI")) == []


async def test_on_one_route_every_offer_can_be_held(caller: Caller) -> None:
    offers = await caller.offers(**search("JFK", "EWR"))
    assert offers
    assert {offer["payment_requirements"]["requires_instant_payment"] for offer in offers} == {False}


async def own(caller: Caller, origin: str, destination: str) -> Words:
    """The offer of the airline of test mode."""
    offers = await caller.offers(**search(origin, destination))
    return next(offer for offer in offers if offer["owner"]["iata_code"] == "ZZ")


async def test_on_one_route_the_slice_has_two_flights(caller: Caller) -> None:
    assert len((await own(caller, "LHR", "DXB"))["slices"][0]["segments"]) == 2


async def test_on_one_route_the_flight_has_a_stop(caller: Caller) -> None:
    (flight,) = (await own(caller, "DXB", "AMS"))["slices"][0]["segments"]
    assert len(flight["stops"]) == 1


async def test_on_one_route_there_are_no_bags(caller: Caller) -> None:
    (flight,) = (await own(caller, "BTS", "MRU"))["slices"][0]["segments"]
    assert {bag["quantity"] for bag in flight["passengers"][0]["baggages"]} == {0}


@pytest.mark.parametrize(("route", "services"), [(("BTS", "ABV"), 0), (("BTS", "MRU"), 1)])
async def test_on_one_route_nothing_is_sold_beside_the_flight(
    caller: Caller, route: tuple[str, str], services: int
) -> None:
    offer = await own(caller, *route)
    single = await caller.told("GET", f"/air/offers/{offer['id']}", return_available_services="true")
    assert len(single["available_services"]) == services


async def test_on_one_route_the_search_takes_too_long(caller: Caller) -> None:
    response = await caller.search(**search("STN", "LHR"))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (504, "gateway_timeout_error")


async def test_on_one_route_the_airline_changes_the_flight_with_every_look(caller: Caller) -> None:
    order = await caller.ordered(**search("LHR", "LTN"))
    before = order["slices"][0]["segments"][0]["departing_at"]
    (first,) = await caller.told("GET", "/air/airline_initiated_changes", order_id=order["id"])
    _, second = await caller.told("GET", "/air/airline_initiated_changes", order_id=order["id"])
    stale = f"/air/airline_initiated_changes/{first['id']}/actions/accept"
    assert (await caller.refused("POST", stale))[2] == "stale_airline_initiated_change_accept"
    accepted = await caller.told("POST", f"/air/airline_initiated_changes/{second['id']}/actions/accept")
    assert accepted["action_taken"] == "accepted"
    after = (await caller.told("GET", f"/air/orders/{order['id']}"))["slices"][0]["segments"][0]["departing_at"]
    assert first["removed"][0]["segments"][0]["departing_at"] == before < after


async def test_on_one_route_a_refund_is_a_credit(caller: Caller) -> None:
    order = await caller.ordered(**search("LTN", "SYD"))
    quote = await caller.told("POST", "/air/order_cancellations", {"order_id": order["id"]})
    (credit,) = quote["airline_credits"]
    assert (quote["refund_to"], credit["credit_amount"]) == ("airline_credits", order["total_amount"])


async def test_a_live_token_meets_no_simulation(caller: Caller) -> None:
    offers = await caller.offers(token="duffel_live_1", **search("PVD", "RAI"))
    assert {offer["live_mode"] for offer in offers} <= {True}
    timed_out = await caller.search(token="duffel_live_1", **search("STN", "LHR"))
    assert timed_out.status_code == 201


async def test_a_return_on_a_simulated_route_is_an_ordinary_journey(caller: Caller) -> None:
    back = {"origin": "DXB", "destination": "LHR", "departure_date": "2027-03-08"}
    offers = await caller.offers(slices=[*search("LHR", "DXB")["slices"], back])
    assert offers
    assert "ZZ" not in {offer["owner"]["iata_code"] for offer in offers}


async def test_nobody_sells_other_fares_for_an_offer(caller: Caller) -> None:
    (offer, *_) = await caller.offers()
    for spelling in ("upsell", "upsell_offers"):
        assert await caller.refused("POST", f"/air/offers/{offer['id']}/{spelling}", {}) == (
            422,
            "airline_error",
            "unsupported_action",
        )


# ---- orders ----


async def test_the_cents_of_a_payment_are_counted(caller: Caller) -> None:
    (offer, *_) = await caller.offers()
    payment = {"type": "balance", "amount": "1.00", "currency": offer["total_currency"]}
    wrong = await caller.refused("POST", "/air/orders", order_of(offer, payments=[payment]))
    assert wrong == (422, "validation_error", "payment_amount_does_not_match_order_amount")
    right = {**payment, "amount": offer["total_amount"], "currency": "USD"}
    assert (await caller.refused("POST", "/air/orders", order_of(offer, payments=[right])))[2] == wrong[2]
    assert await caller.told("GET", "/air/orders") == []


async def test_a_search_is_booked_once(caller: Caller) -> None:
    one, other, *_ = await caller.offers()
    await caller.told("POST", "/air/orders", order_of(one))
    for offer in (one, other):
        assert (await caller.refused("POST", "/air/orders", order_of(offer)))[2] == "offer_request_already_booked"


async def test_cards_are_not_enabled(caller: Caller) -> None:
    (offer, *_) = await caller.offers()
    card = {"type": "card", "amount": offer["total_amount"], "currency": offer["total_currency"]}
    assert (await caller.refused("POST", "/air/orders", order_of(offer, payments=[card])))[::2] == (
        403,
        "unavailable_feature",
    )


@pytest.mark.parametrize("kind", ["hold", "pay_later"])
async def test_both_words_for_holding_are_taken(caller: Caller, kind: str) -> None:
    (offer, *_) = await caller.offers(**search("JFK", "EWR"))
    asked = order_of(offer, type=kind)
    assert (await caller.refused("POST", "/air/orders", asked))[2] == "validation_inclusion"  # it is paid as well
    del asked["payments"]
    order = await caller.told("POST", "/air/orders", asked)
    assert order["payment_status"]["awaiting_payment"]
    assert [one["id"] for one in await caller.told("GET", "/air/orders", awaiting_payment="true")] == [order["id"]]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "sir"}, "validation_inclusion"),
        ({"gender": "x"}, "validation_inclusion"),
        ({"born_on": "2015-01-01"}, "validation_format"),
        ({"born_on": "yesterday"}, "validation_format"),
        ({"given_name": "A" * 21}, "validation_format"),
        ({"email": "nowhere"}, "validation_format"),
        ({"phone_number": "0208"}, "invalid_phone_number"),
        ({"id": "pas_x"}, "validation_inclusion"),
        ({"family_name": ""}, "validation_required"),
    ],
)
async def test_what_is_wrong_with_a_passenger_is_refused(caller: Caller, changed: Words, code: str) -> None:
    (offer, *_) = await caller.offers()
    asked = order_of(offer)
    asked["passengers"][0] |= changed
    assert await caller.refused("POST", "/air/orders", asked) == (422, "validation_error", code)


@pytest.mark.parametrize("metadata", [{"a key": "x"}, {"k" * 41: "x"}, {"key": "x" * 501}, {"key": 7}])
async def test_metadata_has_its_bounds(caller: Caller, metadata: Words) -> None:
    (offer, *_) = await caller.offers()
    refused = await caller.refused("POST", "/air/orders", order_of(offer, metadata=metadata))
    assert refused[2] == "validation_format"


async def test_an_order_is_relabelled_and_nothing_else(caller: Caller) -> None:
    order = await caller.ordered()
    path = f"/air/orders/{order['id']}"
    patched = await caller.told("PATCH", path, {"metadata": {"reference": "new"}, "total_amount": "0"})
    assert patched == {**order, "metadata": {"reference": "new"}}


async def test_orders_are_found_by_what_they_are_about(caller: Caller) -> None:
    order = await caller.ordered()
    for params in (
        {"offer_id": order["offer_id"]},
        {"booking_reference": order["booking_reference"]},
        {"passenger_name[]": "earhart"},
        {"awaiting_payment": "false"},
        {"sort": "payment_required_by"},
    ):
        assert await caller.told("GET", "/air/orders", None, **params) == [order]
    for params in ({"offer_id": "off_x"}, {"passenger_name[]": "Lindbergh"}, {"user_id": "icu_x"}):
        assert await caller.told("GET", "/air/orders", None, **params) == []


async def test_nothing_is_sold_after_the_booking(caller: Caller) -> None:
    order = await caller.ordered()
    assert await caller.told("GET", f"/air/orders/{order['id']}/available_services") == []
    assert (await caller.refused("POST", f"/air/orders/{order['id']}/services", {}))[::2] == (400, 400)


async def test_a_cancelled_order_can_only_be_relabelled(caller: Caller) -> None:
    order = await caller.ordered()
    assert order["available_actions"] == ["cancel", "change", "update"]
    quote = await caller.told("POST", "/air/order_cancellations", {"order_id": order["id"]})
    assert quote["confirmed_at"] is None
    confirm = f"/air/order_cancellations/{quote['id']}/actions/confirm"
    done = await caller.told("POST", confirm)
    assert done["confirmed_at"]
    after = await caller.told("GET", f"/air/orders/{order['id']}")
    assert (after["available_actions"], after["cancellation"]) == (["update"], done)
    assert (await caller.refused("POST", confirm))[2] == "already_cancelled"
    assert (await caller.refused("POST", "/air/order_cancellations", {"order_id": order["id"]}))[2] == (
        "already_cancelled"
    )


async def test_a_quote_of_a_cancellation_lasts_an_hour(caller: Caller) -> None:
    order = await caller.ordered()
    quote = await caller.told("POST", "/air/order_cancellations", {"order_id": order["id"]})
    caller.app.now += timedelta(hours=1)
    status, kind, _ = await caller.refused("POST", f"/air/order_cancellations/{quote['id']}/actions/confirm")
    assert (status, kind) == (422, "invalid_state_error")


async def test_a_payment_can_be_read_back(caller: Caller) -> None:
    (offer, *_) = await caller.offers(**search("JFK", "EWR"))
    asked = order_of(offer, type="hold")
    del asked["payments"]
    order = await caller.told("POST", "/air/orders", asked)
    payment = {"type": "balance", "amount": order["total_amount"], "currency": order["total_currency"]}
    body = {"order_id": order["id"], "payment": payment}
    credit = {"order_id": order["id"], "payment": {**payment, "type": "airline_credit"}}
    assert (await caller.refused("POST", "/air/payments", credit))[2] == "validation_inclusion"
    paid = await caller.told("POST", "/air/payments", body)
    assert paid["status"] == "succeeded"
    assert await caller.told("GET", f"/air/payments/{paid['id']}") == paid
    assert await caller.told("GET", "/air/payments", order_id=order["id"]) == [paid]
    assert (await caller.refused("POST", "/air/payments", body))[1] == "invalid_state_error"


# ---- places ----


async def test_places_are_suggested_without_pages(caller: Caller) -> None:
    response = await caller.ask("GET", "/places/suggestions", name="london")
    city = response.json()["data"][0]
    assert set(response.json()) == {"data"}
    assert (city["id"], city["type"]) == ("cit_lon_gb", "city")
    assert {"LHR", "LGW"} <= {airport["iata_code"] for airport in city["airports"]}


async def test_places_are_suggested_around_a_point(caller: Caller) -> None:
    near = await caller.told("GET", "/places/suggestions", lat="51.47", lng="-0.45", rad="20000")
    assert near[0]["iata_code"] == "LHR"
    for params in ({}, {"lat": "x", "lng": "1", "rad": "1"}, {"lat": "nan", "lng": "1", "rad": "1"}):
        assert (await caller.refused("GET", "/places/suggestions", None, **params))[0] == 422


async def test_airports_are_told_by_country_and_by_id(caller: Caller) -> None:
    swiss = await caller.told("GET", "/air/airports", iata_country_code="CH", limit="200")
    assert {airport["iata_country_code"] for airport in swiss} == {"CH"}
    zurich = next(airport for airport in swiss if airport["iata_code"] == "ZRH")
    assert await caller.told("GET", "/air/airports/arp_zrh_ch") == zurich
    assert (await caller.refused("GET", "/air/airports/arp_x"))[2] == "not_found"


# ---- as a whole ----


@pytest.mark.parametrize("prefix", ["orq", "off", "pas", "sli", "seg", "ord", "ore", "ase"])
async def test_ids_are_opaque_words_with_a_prefix(caller: Caller, prefix: str) -> None:
    (offer, *_) = await caller.offers()
    single = await caller.told("GET", f"/air/offers/{offer['id']}", return_available_services="true")
    order = await caller.told("POST", "/air/orders", order_of(offer))
    cancellation = await caller.told("POST", "/air/order_cancellations", {"order_id": order["id"]})
    requests = await caller.told("GET", "/air/offer_requests")
    written = msgspec.json.encode([single, order, cancellation, requests]).decode()
    assert re.search(rf'"{prefix}_0000[0-9A-Za-z]{{18}}"', written)


async def test_two_pretend_duffels_of_one_world_tell_the_same_of_the_same_search(caller: Caller) -> None:
    app = create_app(World(seed=1, clock=lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://duffel.test") as http:
        other = Caller(http, caller.app)
        assert await other.offers() == await caller.offers()


async def test_every_word_of_an_answer_is_known(caller: Caller) -> None:
    """What the sandbox says is what the adapter reads, or passes over on purpose."""
    (offer, *_) = await caller.offers(**search("JFK", "EWR"))
    asked = order_of(offer, type="hold")
    del asked["payments"]
    order = await caller.told("POST", "/air/orders", asked)
    price = {"intended_payment_methods": [{"type": "balance"}], "intended_services": []}
    payment = {"type": "balance", "amount": order["total_amount"], "currency": order["total_currency"]}
    made = await caller.search()
    quote = await caller.ask("POST", "/air/order_cancellations", {"order_id": order["id"]})
    path = f"/air/order_cancellations/{quote.json()['data']['id']}/actions/confirm"
    replies = {
        "search": made,
        "offers": await caller.ask("GET", "/air/offers", offer_request_id=made.json()["data"]["id"]),
        "offer": await caller.ask("GET", f"/air/offers/{offer['id']}", return_available_services="true"),
        "price": await caller.ask("POST", f"/air/offers/{offer['id']}/actions/price", price),
        "book": await caller.ask("POST", "/air/orders", order_of((await caller.offers())[0])),
        "order": await caller.ask("GET", f"/air/orders/{order['id']}"),
        "orders": await caller.ask("GET", "/air/orders"),
        "pay": await caller.ask("POST", "/air/payments", {"order_id": order["id"], "payment": payment}),
        "cancel": quote,
        "confirm": await caller.ask("POST", path),
        "airports": await caller.ask("GET", "/air/airports"),
        "airlines": await caller.ask("GET", "/air/airlines"),
        "places": await caller.ask("GET", "/places/suggestions", name="lon"),
    }
    assert replies.keys() == SUPPLIER.shapes.keys()
    for operation, response in replies.items():
        sample = sampled(response.content, SUPPLIER.shapes[operation])
        assert sample is not None
        assert (operation, sorted(sample.unknown), sorted(sample.missed)) == (operation, [], [])


def test_every_operation_is_named_and_its_outcomes_too() -> None:
    named = {operation for _, _, operation in OPERATIONS}
    assert named == SUPPLIER.shapes.keys()
    assert OUTCOMES.keys() <= named


@pytest.mark.parametrize(
    ("operation", "outcome"),
    sorted((operation, outcome) for operation, outcomes in OUTCOMES.items() for outcome in outcomes),
)
async def test_every_outcome_changes_what_happens(caller: Caller, operation: str, outcome: str) -> None:
    """With the wish in the way, the answer or what can be seen afterwards is another."""
    usual, wished = [await played(wish, operation) for wish in (None, outcome)]
    assert usual != wished


async def played(outcome: str | None, operation: str) -> list[object]:
    """Search, look, price, hold, pay and cancel, and what each of them said, ids and moments left out."""
    app = Clockwork()
    transport = httpx.ASGITransport(app=create_app(app.world))
    async with httpx.AsyncClient(transport=transport, base_url="http://duffel.test") as http:
        caller = Caller(http, app)
        if outcome is not None:
            caller.wish(operation, outcome)
        offers = await caller.offers(**search("JFK", "EWR"))
        if not offers:
            return ["nothing"]
        asked = order_of(offers[0], type="hold")
        del asked["payments"]
        said = [
            await caller.ask("GET", f"/air/offers/{offers[0]['id']}"),
            await caller.ask("POST", f"/air/offers/{offers[0]['id']}/actions/price", {}),
            await caller.ask("POST", "/air/orders", asked),
            await caller.ask("GET", "/air/orders"),
        ]
        for order in said[-1].json()["data"]:
            payment = {"type": "balance", "amount": order["total_amount"], "currency": order["total_currency"]}
            said.append(await caller.ask("POST", "/air/payments", {"order_id": order["id"], "payment": payment}))
            quote = await caller.ask("POST", "/air/order_cancellations", {"order_id": order["id"]})
            said.append(quote)
            if quote.status_code == 201:
                path = f"/air/order_cancellations/{quote.json()['data']['id']}/actions/confirm"
                said.append(await caller.ask("POST", path))
        return [(one.status_code, _plain(one.json())) for one in said]


def _plain(told: Words) -> object:
    data = told.get("data", told.get("errors"))
    first = data[0] if isinstance(data, list) and data else data
    return {name: first[name] for name in ("code", "total_amount") if name in first} if first else first
