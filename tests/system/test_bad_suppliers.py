"""A supplier in trouble spoils its own part of a search, says how, and is asked again soon."""

import re
from typing import Final

import httpx
import pytest

from bench.stack import until
from tests.system.hub import SELLER, SELLERS, Hub, Json, report

pytestmark = pytest.mark.slow

ASKED_AGAIN_AFTER: Final = 20  # seconds


def good_for(answered: httpx.Response) -> int:
    """The seconds that are left of the age an answer may reach."""
    told = re.search(r"max-age=(\d+)", answered.headers["cache-control"])
    return int(told[1]) - int(answered.headers["age"]) if told else 0


def assert_only_its_own_part_is_missing(answer: Json, outcome: str) -> None:
    """Named with a reason, while everybody else's part is there."""
    assert answer["search"]["status"] == "partial"
    told = report(answer)
    assert (told["status"], told["offers"], bool(told["detail"])) == (outcome, 0, True)
    others = {seller: report(answer, seller)["status"] for seller in SELLERS if seller != SELLER}
    assert others == dict.fromkeys(others, "ok")
    assert not {offer["supplier"] for result in answer["results"] for offer in result["offers"]} & {SELLER}


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        ("garbage", "error"),
        ("html", "error"),
        ("wrong_json", "error"),
        ("empty", "error"),
        ("cut", "error"),
        ("reset", "error"),
        (503, "error"),
        (429, "rate_limited"),
        (401, "refused"),
    ],
)
def test_a_supplier_in_trouble_is_named_and_asked_again_soon(hub: Hub, trouble: str | int, outcome: str) -> None:
    question = hub.question()
    if isinstance(trouble, int):
        hub.goes_wrong("status", status=trouble)
    else:
        hub.goes_wrong(trouble)
    answered = hub.search(question)
    assert answered.status_code == 200
    assert_only_its_own_part_is_missing(answered.json(), outcome)
    assert 0 < good_for(answered) <= ASKED_AGAIN_AFTER
    hub.mend()
    assert good_for(hub.search(hub.question())) > ASKED_AGAIN_AFTER


def test_a_supplier_that_stumbles_once_is_asked_again_at_once(hub: Hub) -> None:
    hub.goes_wrong("reset", count=1)
    answer = hub.found(hub.question())
    assert (answer["search"]["status"], report(answer)["status"]) == ("complete", "ok")
    assert [call["status"] // 100 for call in hub.calls()] == [0, 2]


def test_a_supplier_that_says_nothing_is_given_up(hub: Hub) -> None:
    question = hub.question()
    hub.goes_wrong("hang")
    search_id = hub.create(question)
    until(lambda: bool(hub.look(search_id)["search"]["suppliers"]), "the search has ended", seconds=30)
    answered = hub.search(question)
    assert_only_its_own_part_is_missing(answered.json(), "timeout")
    assert good_for(answered) <= ASKED_AGAIN_AFTER


def test_one_bad_record_among_many_is_left_out_and_named(hub: Hub) -> None:
    whole = report(hub.found(hub.question()))
    assert whole["skipped_records"] == 0
    hub.spoils()
    spoilt = hub.found(hub.question())
    told = report(spoilt)
    assert (spoilt["search"]["status"], told["status"]) == ("complete", "ok")
    assert told["offers"] > 0
    assert told["skipped_records"] == 1
    assert told["skipped"][0]["where"]
    assert told["skipped"][0]["why"]
