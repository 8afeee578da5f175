"""The controls tell the truth about the sky."""

from typing import Any

import falcon.testing
import pytest

from sandbox.server import create_app
from tests.builders import NOW
from tests.sandbox.overhead import CLOCK, WORLD


@pytest.fixture
def truth() -> Any:
    CLOCK.now = NOW
    app: Any = create_app(world=WORLD, suppliers={})
    return falcon.testing.TestClient(app)


def test_a_flight_is_told_by_its_number_and_day(truth: Any) -> None:
    told = truth.simulate_get(
        "/_world/aviation/flights", params={"carrier": "LX", "number": "14", "date": "2027-01-15"}
    )
    assert told.status_code == 200
    flight = told.json["flights"][0]
    assert (flight["carrier"], flight["number"], flight["day"]) == ("LX", 14, "2027-01-15")
    assert flight["departure"]["scheduled"] < flight["arrival"]["scheduled"]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"carrier": "QQ", "number": "1", "date": "2027-01-15"}, "carrier"),
        ({"carrier": "LX", "date": "2027-01-15"}, "number"),
        ({"carrier": "LX", "number": "one", "date": "2027-01-15"}, "number"),
        ({"carrier": "LX", "number": "1", "date": "today"}, "date"),
    ],
)
def test_a_question_without_sense_is_refused_by_name(truth: Any, asked: dict[str, str], parameter: str) -> None:
    refused = truth.simulate_get("/_world/aviation/flights", params=asked)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["parameter"] == parameter


def test_positions_are_told_for_a_box(truth: Any) -> None:
    box = {"south": "46", "west": "7", "north": "47", "east": "9"}
    told = truth.simulate_get("/_world/aviation/positions", params=box).json
    assert told["now"] == "2027-01-15T12:00:00Z"
    assert told["positions"]
    assert all(46 <= one["fix"]["latitude"] <= 47 for one in told["positions"])


def test_a_box_has_four_sides(truth: Any) -> None:
    refused = truth.simulate_get("/_world/aviation/positions", params={"south": "46", "west": "7", "north": "47"})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["parameter"] == "east"
