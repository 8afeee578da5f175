"""Why an answer is what it is, for those who run this."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.fetches import fetch
from domain.matching.properties import Described
from domain.offers import Offer
from domain.queries import Query
from domain.searches import Outcome, Search
from storage import fetches, matches, replies
from storage.engine import transaction
from storage.replies import KeptReply
from storage.tables import HOTEL_RECORDS
from tests.api.hub import Hub, json
from tests.builders import ALBATROSS, BLUEBIRD, PARIS, hotel, money, stay_offer


async def kept(api: Hub, *offers: Offer, query: Query | None = None) -> Search:
    """A search as a worker has published it and written it down."""
    search = await api.found(*offers, query=query)
    async with transaction(api.services.engine) as connection:
        await fetches.keep(connection, fetch(search))
    return search


async def archived(api: Hub, search: Search, *, seconds: float = 0, supplier: str = ALBATROSS) -> None:
    said = KeptReply(
        supplier=supplier,
        operation="search",
        about=f"search {search.id}",
        status=200,
        received_at=api.clock.now + timedelta(seconds=seconds),
        head=b"head",
        body=b"body",
    )
    async with transaction(api.services.engine) as connection:
        await replies.keep(connection, [said])


def place(search: Search, **wishes: object) -> str:
    asked = "&".join(f"{name}={value}" for name, value in wishes.items())
    return f"/v1/admin/searches/{search.id}/explain?{asked}"


async def test_each_supplier_is_told_with_how_it_ended_and_its_replies(api: Hub) -> None:
    search = await kept(api)
    await archived(api, search)
    await archived(api, search, seconds=3600)
    told = json(await api.admin("GET", place(search)))
    albatross, bluebird = told["suppliers"]
    assert (albatross["supplier"], albatross["status"], albatross["offers"]) == (ALBATROSS, "ok", 1)
    (reply,) = albatross["replies"]
    assert (reply["operation"], reply["status"], reply["bytes"]) == ("search", 200, 8)
    assert (bluebird["supplier"], bluebird["offers"], bluebird["replies"]) == (BLUEBIRD, 0, [])
    assert told["parameters"] == {"origin": "LHR", "destination": "JFK", "departure_date": api.soon()}


async def test_a_supplier_that_is_missing_is_told_with_the_reason(api: Hub) -> None:
    search = await api.arrive(api.begun(), BLUEBIRD, outcome=Outcome.TIMEOUT, detail="it gave no answer in time")
    told = json(await api.admin("GET", place(search)))
    bluebird = next(one for one in told["suppliers"] if one["supplier"] == BLUEBIRD)
    assert (bluebird["status"], bluebird["detail"]) == ("timeout", "it gave no answer in time")


async def test_what_limits_the_answer_is_told_and_what_of_it_decides(api: Hub) -> None:
    soon = api.clock.now + timedelta(minutes=30)
    search = await kept(api, api.offer(expires_at=soon), api.offer(reference="fare-2"))
    told = json(await api.admin("GET", place(search)))
    assert [(limit["why"], limit["decides_fresh"], limit["decides_expiry"]) for limit in told["limits"]] == [
        ("flights, any time ahead", False, False),
        ("a supplier takes an offer back", True, True),
    ]
    assert told["first_to_expire"]["offer_id"] == api.offer().id
    assert told["first_to_expire"]["expires_at"] == told["expires_at"]


async def test_the_offers_of_a_result_are_told_with_what_they_have_in_common(api: Hub) -> None:
    search = await kept(api, api.offer(), api.offer(reference="fare-2", price=money("500.00")))
    (result,) = json(await api.admin("GET", place(search)))["results"]
    assert [one["id"] for one in result["offers"]] == [api.offer().id, api.offer(reference="fare-2").id]
    assert "LHRJFK" in result["alike"]
    assert result["records"] == []


async def test_the_records_of_a_hotel_are_told_with_why_they_are_one(api: Hub) -> None:
    (stay,) = api.stays(stay_offer(at=hotel(number="7", name="Hotel Bellevue")))
    search = await kept(api, stay, query=api.stay())
    (shown,) = search.results
    described = Described(name="Bellevue", location=PARIS)
    judged = {"hotel_id": shown.id, "score": 0.97, "reasons": ["the same telephone"], "judged_at": api.clock.now}
    async with transaction(api.services.engine) as connection:
        await matches.note(connection, {(ALBATROSS, "7"): described}, at=api.clock.now)
    (unjudged,) = json(await api.admin("GET", place(search)))["results"]
    assert (unjudged["alike"], unjudged["records"]) == ("Hotel Bellevue", [])
    async with transaction(api.services.engine) as connection:
        await connection.execute(update(HOTEL_RECORDS).values(judged))
    (result,) = json(await api.admin("GET", place(search)))["results"]
    (record,) = result["records"]
    assert (record["supplier"], record["property_id"], record["name"]) == (ALBATROSS, "7", "Bellevue")
    assert (record["score"], record["reasons"]) == (0.97, ["the same telephone"])


async def test_results_come_in_pages(api: Hub) -> None:
    stays = api.stays(*(stay_offer(reference=name, at=hotel(number=name)) for name in "abc"))
    search = await kept(api, *stays, query=api.stay())
    first = json(await api.admin("GET", place(search, limit=2)))
    rest = json(await api.admin("GET", place(search, limit=2, cursor=first["page"]["next"])))
    shown = [one["id"] for one in (*first["results"], *rest["results"])]
    assert shown == [result.id for result in search.results]
    assert (first["page"]["total"], rest["page"]["next"]) == (len(search.results), None)


async def test_an_answer_that_is_served_no_more_is_explained_from_the_books(api: Hub) -> None:
    search = await kept(api)
    await api.services.redis.delete(f"travelhub:search:{search.id}")
    told = json(await api.admin("GET", place(search)))
    assert (told["search_id"], told["version"]) == (search.id, search.version)


@pytest.mark.parametrize("search_id", ["nobody", "a" * 26])
async def test_what_nobody_has_asked_is_not_there(api: Hub, search_id: str) -> None:
    assert (await api.admin("GET", f"/v1/admin/searches/{search_id}/explain")).status_code == 404


async def test_it_is_for_administrators(api: Hub) -> None:
    assert (await api.get(place(await kept(api)))).status_code == 401
