"""What a caller has searched for."""

from datetime import timedelta
from typing import Any

import pytest

from api.params import from_query
from api.search.history import again, parameters
from api.verticals import VERTICALS
from api.wishes import Bearings
from domain.places import Point
from domain.queries import Cabin, Query
from storage.failures import StorageDown
from tests.api.hub import Hub, hub, json
from tests.builders import ATLAS, DEPARTURE, NOW, car_query, flight_query, hotel_query

ANNA, BELA = "anna", "bela"


async def history(api: Hub, who: str, path: str = "/v1/search/history") -> Any:
    shown = await api.get(path, **api.signed_in(who))
    assert shown.status_code == 200, shown.text
    return json(shown)


async def asked_of(api: Hub, who: str) -> list[tuple[str, int]]:
    return [(row["search_id"], row["times"]) for row in (await history(api, who))["data"]]


async def test_a_question_is_listed_once_with_when_and_how_often(api: Hub) -> None:
    began = api.clock.now
    await api.get(api.search_path(), **api.signed_in(ANNA))
    api.clock.forward(minutes=5)
    await api.post(
        "/v1/hotels/search",
        {"destination": "PAR", "check_in": api.soon(), "check_out": api.soon(days=63), "wait": 0},
        **api.signed_in(ANNA),
    )
    api.clock.forward(minutes=5)
    await api.get(api.search_path(), **api.signed_in(ANNA))
    shown = await history(api, ANNA)
    flight, stay = shown["data"]
    assert (flight["vertical"], flight["times"], stay["vertical"], stay["times"]) == ("flights", 2, "hotels", 1)
    assert flight["first_asked_at"] == began.isoformat().replace("+00:00", "Z")
    assert flight["last_asked_at"] == (began + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
    assert shown["page"] == {"next": None, "total": 2}


async def test_answers_from_memory_are_noted_too(api: Hub) -> None:
    await api.found()
    for _ in range(3):
        assert (await api.get(api.search_path(), **api.signed_in(ANNA))).status_code == 200
    assert await asked_of(api, ANNA) == [(api.query().id, 3)]


async def test_looking_at_a_search_is_not_asking_it_again(api: Hub) -> None:
    await api.found()
    await api.get(api.search_path(), **api.signed_in(ANNA))
    for _ in range(3):
        await api.get(f"/v1/searches/{api.query().id}", **api.signed_in(ANNA))
    assert await asked_of(api, ANNA) == [(api.query().id, 1)]


async def test_everybody_sees_his_own_searches_and_nobody_elses(api: Hub) -> None:
    await api.get(api.search_path(), **api.signed_in(ANNA))
    await api.get(api.stay_path(), **api.signed_in(BELA))
    await api.get(api.rental_path())
    assert await asked_of(api, ANNA) == [(api.query().id, 1)]
    assert await asked_of(api, BELA) == [(api.stay().id, 1)]
    assert (await api.get("/v1/search/history")).status_code == 401
    assert (await api._asked("DELETE", "/v1/search/history", {})).status_code == 401


async def test_what_was_searched_is_forgotten_on_request(api: Hub) -> None:
    for who in (ANNA, BELA):
        await api.get(api.search_path(), **api.signed_in(who))
    await api.services.notebook.write()
    await api.get(api.stay_path(), **api.signed_in(ANNA))
    gone = await api._asked("DELETE", "/v1/search/history", api.signed_in(ANNA))
    assert (gone.status_code, gone.content) == (204, b"")
    assert await asked_of(api, ANNA) == []
    assert await asked_of(api, BELA) == [(api.query().id, 1)]


async def test_pages_follow_each_other_without_a_gap(api: Hub) -> None:
    for day in range(60, 65):
        await api.get(api.search_path(departure_date=api.soon(days=day)), **api.signed_in(ANNA))
    every = await asked_of(api, ANNA)
    path, seen = "/v1/search/history?limit=2", []
    while path:
        shown = await api.get(path, **api.signed_in(ANNA))
        seen += [(row["search_id"], row["times"]) for row in json(shown)["data"]]
        path = shown.headers["Link"].partition(">")[0].removeprefix("<") if "Link" in shown.headers else ""
    assert len(seen) == 5
    assert seen == every


async def test_a_cursor_of_another_list_is_refused(api: Hub) -> None:
    airports = json(await api.get("/v1/airports?limit=1"))["page"]["next"]
    for cursor in (airports, "nonsense"):
        refused = await api.get(f"/v1/search/history?cursor={cursor}", **api.signed_in(ANNA))
        assert (refused.status_code, json(refused)["errors"][0]["parameter"]) == (422, "cursor")


@pytest.mark.parametrize(
    "query",
    [
        flight_query(),
        flight_query(
            return_date=DEPARTURE + timedelta(days=3), adults=2, children=1, cabin=Cabin.BUSINESS, currency="CHF"
        ),
        hotel_query(),
        hotel_query(
            location=Point(latitude=-33.86785, longitude=151.20732), rooms=2, children_ages=(3, 9), market="AU"
        ),
        car_query(),
        car_query(drop_off="LGW", driver_age=22, currency="EUR", market="US"),
    ],
)
def test_the_link_asks_exactly_the_same(query: Query) -> None:
    vertical = VERTICALS[query.vertical]
    link = again(query, ATLAS, NOW)
    assert link is not None
    read = from_query(vertical.search, link.partition("?")[2])
    bearings = Bearings(atlas=ATLAS, now=NOW, market="XX")
    assert (*read.faults, *vertical.faults(read, bearings)) == ()
    assert vertical.query(read.made(), bearings).id == query.id


def test_a_day_that_has_passed_is_not_asked_again() -> None:
    assert again(flight_query(), ATLAS, NOW + timedelta(days=60)) is None
    assert parameters(flight_query()) == {"origin": "LHR", "destination": "JFK", "departure_date": "2027-03-01"}


async def test_what_could_not_be_written_is_kept_until_the_books_are_back(redis_url: str) -> None:
    async with hub(database_url="postgresql://nobody@127.0.0.1:1/none", redis_url=redis_url, ready=False) as lonely:
        notebook = lonely.services.notebook
        assert not await notebook.write()
        await lonely.services.cache.claim(lonely.query(), patience=timedelta(seconds=5))
        notebook.note("anna", lonely.query().id, lonely.clock.now)
        for _ in range(2):
            with pytest.raises(StorageDown):
                await notebook.write()
