"""Clients hear what a growing answer has taken back: in its head, and with the arrival that did it."""

from tests.api.hub import Hub, json
from tests.api.test_searches import events
from tests.builders import ALBATROSS, BLUEBIRD, hotel, stay_offer


async def test_a_hotel_that_goes_on_under_another_id_is_named_to_whoever_looks_or_follows(api: Hub) -> None:
    (bellevue,) = api.stays(stay_offer(supplier=ALBATROSS, at=hotel(supplier=ALBATROSS)))
    (too,) = api.stays(stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD)))
    first = await api.arrive(api.begun(api.stay()), BLUEBIRD, too)
    await api.arrive(first, ALBATROSS, bellevue)
    whole = json(await api.get(api.stay_path()))
    shown, now = first.results[0].id, whole["results"][0]["id"]
    taken_back = [{"version": 2, "result": shown, "now": [now]}]
    assert shown != now
    assert (whole["search"]["version"], whole["search"]["replaced"]) == (2, taken_back)
    arrivals = [event["data"]["replaced"] for event in await events(api, first.id) if event["event"] == "arrival"]
    assert arrivals == [[], taken_back]


async def test_whoever_follows_from_the_middle_hears_only_of_what_was_taken_back_since(api: Hub) -> None:
    (bellevue,) = api.stays(stay_offer(supplier=ALBATROSS, at=hotel(supplier=ALBATROSS)))
    (too,) = api.stays(stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD)))
    search = await api.arrive(await api.arrive(api.begun(api.stay()), BLUEBIRD, too), ALBATROSS, bellevue)
    first, *_ = await events(api, search.id)
    rest = await events(api, search.id, Last_Event_ID=first["id"])
    assert [len(event["data"]["replaced"]) for event in rest] == [1, 1]
