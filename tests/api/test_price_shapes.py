"""Answers about prices, alerts, explanations and suppliers look as the document describes them."""

import json as plain_json

import falcon.testing
import msgspec

from api.openapi import document
from api.routes import ROUTES
from domain.prices import observations
from storage import prices, suppliers
from storage.engine import transaction
from storage.suppliers import Allowance, Connected
from tests.api.hub import Hub, json
from tests.api.schemas import misfits
from tests.builders import ALBATROSS


async def _described(api: Hub, method: str, path: str, answer: falcon.testing.Result) -> None:
    told = plain_json.loads(msgspec.json.encode(document(ROUTES, today=api.clock.now.date())))
    response = told["paths"][path][method]["responses"][str(answer.status_code)]
    content = response["content"][answer.headers["Content-Type"].partition(";")[0]]
    assert not misfits(content["schema"], json(answer), told)


async def test_a_history_looks_as_described(api: Hub) -> None:
    search = await api.found(api.offer())
    async with transaction(api.services.engine) as connection:
        await prices.keep(connection, observations(search))
    place = f"/v1/prices/history?origin=LHR&destination=JFK&departure_date={api.soon()}"
    answer = await api.get(place)
    assert len(json(answer)["data"]) == 1
    await _described(api, "get", "/v1/prices/history", answer)
    await _described(api, "get", "/v1/prices/history", await api.get("/v1/prices/history"))


async def test_alerts_look_as_described(api: Hub) -> None:
    wish = {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "drop_percent": 10}
    made = await api.post("/v1/alerts", wish, **api.signed_in())
    await _described(api, "post", "/v1/alerts", made)
    await _described(api, "post", "/v1/alerts", await api.post("/v1/alerts", wish, **api.signed_in()))
    await _described(api, "post", "/v1/alerts", await api.post("/v1/alerts", {}, **api.signed_in()))
    await _described(api, "get", "/v1/alerts", await api.get("/v1/alerts", **api.signed_in()))
    place = made.headers["Location"]
    await _described(api, "get", "/v1/alerts/{alert_id}", await api.get(place, **api.signed_in()))
    await _described(api, "get", "/v1/alerts/{alert_id}/events", await api.get(f"{place}/events", **api.signed_in()))
    await _described(api, "get", "/v1/alerts/{alert_id}", await api.get("/v1/alerts/nobody", **api.signed_in()))


async def test_what_operators_are_told_looks_as_described(api: Hub) -> None:
    search = await api.found()
    explained = await api.admin("GET", f"/v1/admin/searches/{search.id}/explain")
    assert json(explained)["results"]
    await _described(api, "get", "/v1/admin/searches/{search_id}/explain", explained)
    one = Connected(
        slug=ALBATROSS, title="Albatross", live=False, sells=("flights",), lists=(),
        allowances=(Allowance(id="60000", calls=10, seconds=60),), concurrency=5, breaker_seconds=60,
    )  # fmt: skip
    await suppliers.announce(api.services.redis, [one])
    standing = await api.admin("GET", "/v1/admin/suppliers")
    assert json(standing)["data"][0]["look_to_book"]["orders"] == 0
    await _described(api, "get", "/v1/admin/suppliers", standing)
