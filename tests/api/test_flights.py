"""Searching flights, as a client sees it."""

from tests.api.hub import Hub, json


async def test_a_question_that_nobody_asked_before_is_accepted_and_asked_for_once(api: Hub) -> None:
    first, second = await api.get(api.search_path()), await api.get(api.search_path())
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["Location"] == f"/v1/searches/{api.query().id}"
    assert int(first.headers["Retry-After"]) >= 1
    assert json(first)["search"]["status"] == "pending"
    assert api.asked_for() == [api.query()]


async def test_an_answer_shows_the_journey_once_with_its_offers(api: Hub) -> None:
    await api.found(api.offer())
    answer = await api.get(api.search_path())
    assert answer.status_code == 200
    (result,) = json(answer)["results"]
    assert result["product"]["slices"][0]["segments"][0]["flight"] == "BA117"
    assert result["offers"][0]["price"] == {"amount": "420.00", "currency": "EUR"}
    assert json(answer)["page"] == {"next": None, "total": 1}
