"""Alerts: set by whoever is signed in, seen by nobody else, and each drop told once."""

from typing import Any

import pytest

from api.alerts import MOST_ALERTS
from domain.alerts import judged
from storage import alerts
from storage.engine import transaction
from tests.api.hub import Hub, json
from tests.builders import money
from workers.alerts import event

MINE, YOURS = "mine", "yours"


def wish(api: Hub, **more: object) -> dict[str, object]:
    return {"origin": "LHR", "destination": "JFK", "departure_date": api.soon(), "below": "400.00"} | more


async def made(api: Hub, **more: object) -> Any:
    answer = await api.post("/v1/alerts", wish(api, **more), **api.signed_in(MINE))
    assert answer.status_code == 201, answer.text
    return json(answer)


async def remove(api: Hub, alert_id: str, **headers: str) -> int:
    place = f"/v1/alerts/{alert_id}"
    return (await api.conductor.simulate_request("DELETE", place, headers=headers)).status_code


async def test_an_alert_is_set_and_found_again_with_the_same_credential(api: Hub) -> None:
    answer = await api.post("/v1/alerts", wish(api), **api.signed_in(MINE))
    told = json(answer)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/alerts/{told['id']}"
    assert (told["search_id"], told["vertical"], told["active"]) == (api.query().id, "flights", True)
    assert told["parameters"] == {"origin": "LHR", "destination": "JFK", "departure_date": api.soon()}
    assert told["below"] == {"amount": "400.00", "currency": "EUR"}
    assert (told["base"], told["seen"], told["told_at"], told["drop_percent"]) == (None, None, None, None)
    assert json(await api.get(answer.headers["Location"], **api.signed_in(MINE))) == told
    assert json(await api.get("/v1/alerts", **api.signed_in(MINE)))["data"] == [told]


async def test_the_same_wish_again_is_the_same_alert(api: Hub) -> None:
    first = await made(api)
    again = await api.post("/v1/alerts", wish(api), **api.signed_in(MINE))
    assert (again.status_code, json(again)) == (200, first)


async def test_what_is_somebody_elses_is_not_there(api: Hub) -> None:
    told = await made(api)
    for place in (f"/v1/alerts/{told['id']}", f"/v1/alerts/{told['id']}/events"):
        assert (await api.get(place, **api.signed_in(YOURS))).status_code == 404
    assert json(await api.get("/v1/alerts", **api.signed_in(YOURS)))["data"] == []
    assert await remove(api, told["id"], **api.signed_in(YOURS)) == 404
    assert (await api.get(f"/v1/alerts/{told['id']}", **api.signed_in(MINE))).status_code == 200


async def test_whoever_shows_no_credential_has_no_alerts(api: Hub) -> None:
    assert (await api.get("/v1/alerts")).status_code == 401
    assert (await api.post("/v1/alerts", wish(api))).status_code == 401


async def test_an_alert_that_is_removed_is_gone_with_all_it_told(api: Hub) -> None:
    told = await made(api)
    assert await remove(api, told["id"], **api.signed_in(MINE)) == 204
    assert await remove(api, told["id"], **api.signed_in(MINE)) == 404
    assert (await api.get(f"/v1/alerts/{told['id']}/events", **api.signed_in(MINE))).status_code == 404


@pytest.mark.parametrize(
    ("more", "pointers"),
    [
        ({"below": None}, {"/below"}),
        ({"drop_percent": 10}, {"/below"}),
        ({"below": None, "drop_percent": 91}, {"/drop_percent"}),
        ({"below": "cheap"}, {"/below"}),
        ({"below": "0"}, {"/below"}),
        ({"below": "1.005", "currency": "EUR"}, {"/below"}),
        ({"below": "1.005", "currency": "JPY"}, {"/below"}),
        ({"destination": "LHR"}, {"/destination"}),
        ({"sort": "price"}, {"/sort"}),
        ({"vertical": "trains"}, {"/vertical"}),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused_by_name(
    api: Hub, more: dict[str, object], pointers: set[str]
) -> None:
    answer = await api.post("/v1/alerts", wish(api, **more), **api.signed_in(MINE))
    assert answer.status_code == 422
    assert {flaw["pointer"] for flaw in json(answer)["errors"]} == pointers


async def test_rooms_and_cars_have_alerts_too(api: Hub) -> None:
    stay = {"destination": "PAR", "check_in": api.soon(), "check_out": api.soon(days=63)}
    car = {"pick_up": "LHR", "pick_up_at": f"{api.soon()}T10:00", "drop_off_at": f"{api.soon(days=65)}T10:00"}
    for vertical, question in (("hotels", stay), ("cars", car)):
        answer = await api.post(
            "/v1/alerts", {"vertical": vertical, "drop_percent": 10, **question}, **api.signed_in(MINE)
        )
        assert (answer.status_code, json(answer)["vertical"]) == (201, vertical)
    assert {one["currency"] for one in json(await api.get("/v1/alerts", **api.signed_in(MINE)))["data"]} == {
        "EUR",
        "GBP",
    }


async def test_one_caller_has_a_hundred_alerts_at_most(api: Hub) -> None:
    for number in range(MOST_ALERTS):
        await made(api, below=f"{100 + number}.00")
    answer = await api.post("/v1/alerts", wish(api, below="99.00"), **api.signed_in(MINE))
    assert answer.status_code == 422
    assert str(MOST_ALERTS) in json(answer)["detail"]
    assert (await api.post("/v1/alerts", wish(api, below="100.00"), **api.signed_in(MINE))).status_code == 200
    assert (await api.post("/v1/alerts", wish(api, below="99.00"), **api.signed_in(YOURS))).status_code == 201


async def dropped(api: Hub, *prices: str) -> None:
    """What a worker writes down of answers in which the only offer costs this and then that."""
    for price in prices:
        search = await api.found(api.offer(price=money(price)))
        async with transaction(api.services.engine) as connection:
            for held in await alerts.listening(connection, search.id, now=api.clock.now):
                after, drop = judged(held, search)
                told = () if drop is None else (event(drop, held.caller),)
                await alerts.looked_at(connection, after, told, now=api.clock.now)
        api.clock.forward(hours=1)


async def test_each_drop_is_told_once_with_the_price_before_and_after(api: Hub) -> None:
    told = await made(api)
    await dropped(api, "420.00", "390.00", "395.00", "380.00")
    answer = json(await api.get(f"/v1/alerts/{told['id']}/events", **api.signed_in(MINE)))
    drops = [(one["data"]["from"]["amount"], one["data"]["to"]["amount"]) for one in answer["data"]]
    assert drops == [("420.00", "390.00"), ("390.00", "380.00")]
    first = answer["data"][0]
    assert (first["type"], first["data"]["alert_id"]) == ("price.dropped", told["id"])
    assert first["data"]["price"] == {"amount": "390.00", "currency": "EUR"}
    assert first["data"]["search_id"] == api.query().id
    now = json(await api.get(f"/v1/alerts/{told['id']}", **api.signed_in(MINE)))
    assert now["base"]["price"]["amount"] == now["seen"]["price"]["amount"] == "380.00"
    assert now["told_at"] == answer["data"][1]["timestamp"]


async def test_alerts_and_what_they_told_come_in_pages(api: Hub) -> None:
    for below in ("500.00", "450.00", "400.00"):
        told = await made(api, below=below)
        api.clock.forward(seconds=1)
    await dropped(api, "390.00", "380.00", "370.00")
    first = json(await api.get("/v1/alerts?limit=2", **api.signed_in(MINE)))
    rest = json(await api.get(f"/v1/alerts?limit=2&cursor={first['page']['next']}", **api.signed_in(MINE)))
    assert [one["below"]["amount"] for one in (*first["data"], *rest["data"])] == ["400.00", "450.00", "500.00"]
    events = json(await api.get(f"/v1/alerts/{told['id']}/events?limit=2", **api.signed_in(MINE)))
    assert [one["data"]["to"]["amount"] for one in events["data"]] == ["390.00", "380.00"]
    more = json(await api.get(f"/v1/alerts/{told['id']}/events?cursor={events['page']['next']}", **api.signed_in(MINE)))
    assert [one["data"]["to"]["amount"] for one in more["data"]] == ["370.00"]
    assert (await api.get(f"/v1/alerts?cursor={events['page']['next']}", **api.signed_in(MINE))).status_code == 422


async def test_an_alert_whose_journey_has_begun_is_over_and_still_there(api: Hub) -> None:
    told = await made(api)
    api.clock.forward(days=61)
    assert json(await api.get(f"/v1/alerts/{told['id']}", **api.signed_in(MINE)))["active"] is False
