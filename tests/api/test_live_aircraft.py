"""Where aircraft are: in a box that neighbours share, and one of them by whatever it is called."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest

from domain.aviation import Aircraft, FlightNumber, FlightState, Position, Track, Waypoint
from domain.enquiries import Box, PositionsEnquiry, TrackEnquiry
from domain.places import Point
from domain.standings import Standing
from domain.watching import FlightDay
from storage import flight_events
from storage.engine import transaction
from tests.api.answering import TROUBLE, enquiries, misdescribed, tell
from tests.api.hub import Hub, json
from tests.builders import ALBATROSS
from tests.domain.flying import status

ADDRESS: Final = "4b1805"
LX14: Final = FlightNumber(carrier="LX", number="14")
BOX: Final = "46.1,7.2,47.3,9.3"
ON_THE_GRID: Final = PositionsEnquiry(box=Box(south=46.0, west=7.0, north=47.5, east=9.5))


def position(api: Hub, latitude: float = 46.5, longitude: float = 8.0, **told: Any) -> Position:
    facts: dict[str, Any] = {
        "icao24": ADDRESS,
        "callsign": "SWR14",
        "heard_at": api.clock.now,
        "on_ground": False,
    } | told
    return Position(location=Point(latitude=latitude, longitude=longitude), **facts)


def way(api: Hub) -> Track:
    begun = api.clock.now - timedelta(hours=1)
    points = tuple(
        Waypoint(at=begun + timedelta(minutes=at), location=Point(latitude=47.0, longitude=8.0), on_ground=not at)
        for at in (0, 30)
    )
    return Track(icao24=ADDRESS, callsign="SWR14", begins_at=begun, ends_at=api.clock.now, waypoints=points)


async def flies(api: Hub, flight: FlightNumber, aircraft: Aircraft | None) -> None:
    """A worker has heard that the flight of today is in the air."""
    now, meant = api.clock.now, FlightDay(flight=flight, day=api.clock.now.date())
    leg = msgspec.structs.replace(status(FlightState.ACTIVE, flight=flight, aircraft=aircraft), day=meant.day)
    async with transaction(api.services.engine) as connection:
        await flight_events.watch(connection, [meant], until=now, because="a test", now=now)
        await flight_events.record(connection, meant, Standing(legs=(leg,)), now=now)


async def test_neighbours_ask_for_one_box_and_each_gets_his_own(api: Hub) -> None:
    inside, outside = position(api), position(api, 46.05, 7.05, icao24="4b1806")
    await tell(api, ON_THE_GRID, inside, outside, position(api, 46.5, 9.35, icao24="4b1807"))
    answer = await api.get(f"/v1/flights/live?bbox={BOX}")
    assert answer.status_code == 200
    assert misdescribed(answer, "GET", "/v1/flights/live") == []
    assert [one["icao24"] for one in json(answer)["aircraft"]] == [ADDRESS]
    neighbour = await api.get("/v1/flights/live?bbox=46.2,7.3,47.4,9.4")
    assert [one["icao24"] for one in json(neighbour)["aircraft"]] == [ADDRESS, "4b1807"]
    assert enquiries(api) == []


async def test_who_has_no_place_is_in_no_box(api: Hub) -> None:
    nowhere = Position(icao24="4b1806", heard_at=api.clock.now, on_ground=False)
    await tell(api, ON_THE_GRID, nowhere)
    assert json(await api.get(f"/v1/flights/live?bbox={BOX}"))["total"] == 0


async def test_a_box_that_nobody_has_asked_for_is_come_back_for(api: Hub) -> None:
    answer = await api.get(f"/v1/flights/live?bbox={BOX}&wait=0")
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/flights/live?bbox={BOX}&wait=0")
    assert enquiries(api) == [ON_THE_GRID]


async def test_a_supplier_that_failed_is_named(api: Hub) -> None:
    await tell(api, ON_THE_GRID, reports=(TROUBLE,))
    answer = await api.get(f"/v1/flights/live?bbox={BOX}")
    assert answer.status_code == 502
    assert [one["supplier"] for one in json(answer)["suppliers"]] == [ALBATROSS]


@pytest.mark.parametrize("bbox", ["", "1,2,3", "50,0,40,10", "0,0,95,1"])
async def test_what_is_no_box_is_refused(api: Hub, bbox: str) -> None:
    answer = await api.get(f"/v1/flights/live?bbox={bbox}")
    assert answer.status_code == 422
    assert json(answer)["errors"][0]["parameter"] == "bbox"


async def test_the_way_of_an_aircraft_is_found_by_its_address(api: Hub) -> None:
    await tell(api, TrackEnquiry(icao24=ADDRESS), way(api))
    answer = await api.get(f"/v1/flights/track/{ADDRESS.upper()}")
    assert answer.status_code == 200
    assert misdescribed(answer, "GET", "/v1/flights/track/{identifier}") == []
    told = json(answer)
    assert (told["icao24"], told["flight"], len(told["waypoints"])) == (ADDRESS, None, 2)


async def test_the_way_of_a_flight_is_that_of_the_aircraft_that_is_told_to_fly_it(api: Hub) -> None:
    await flies(api, LX14, Aircraft(icao24=ADDRESS))
    await tell(api, TrackEnquiry(icao24=ADDRESS), way(api))
    told = json(await api.get("/v1/flights/track/LX14"))
    assert (told["icao24"], told["flight"]) == (ADDRESS, "LX14")
    assert enquiries(api) == []


async def test_where_nobody_tells_the_aircraft_its_callsign_is_looked_for(api: Hub) -> None:
    """Swiss is SWR to pilots."""
    await flies(api, LX14, None)
    await tell(api, PositionsEnquiry(), position(api, callsign="DLH400", icao24="3c6444"), position(api))
    await tell(api, TrackEnquiry(icao24=ADDRESS), way(api))
    told = json(await api.get("/v1/flights/track/LX14"))
    assert (told["icao24"], told["position"]["callsign"]) == (ADDRESS, "SWR14")


async def test_a_callsign_that_is_no_flight_number_is_looked_for_as_it_is(api: Hub) -> None:
    await tell(api, PositionsEnquiry(), position(api, callsign="HBVXA"))
    await tell(api, TrackEnquiry(icao24=ADDRESS))
    told = json(await api.get("/v1/flights/track/hbvxa"))
    assert (told["icao24"], told["flight"], told["waypoints"]) == (ADDRESS, None, [])
    assert told["position"]["location"] == {"latitude": 46.5, "longitude": 8.0}


async def test_who_is_not_found_is_said_under_which_names_he_was_looked_for(api: Hub) -> None:
    await flies(api, LX14, None)
    await tell(api, PositionsEnquiry(), position(api, callsign="DLH400"))
    answer = await api.get("/v1/flights/track/LX14")
    assert answer.status_code == 404
    assert "LX14" in json(answer)["detail"]
    assert "SWR14" in json(answer)["detail"]


async def test_an_address_of_which_nobody_knows_a_way_is_not_there(api: Hub) -> None:
    await tell(api, TrackEnquiry(icao24=ADDRESS))
    answer = await api.get(f"/v1/flights/track/{ADDRESS}")
    assert answer.status_code == 404
    assert ADDRESS in json(answer)["detail"]


@pytest.mark.parametrize("word", ["x", "TOO-LONG-A-NAME", "%C3%BCber"])
async def test_what_is_nobodys_name_is_refused(api: Hub, word: str) -> None:
    answer = await api.get(f"/v1/flights/track/{word}")
    assert answer.status_code == 422
    assert json(answer)["errors"][0]["parameter"] == "identifier"


async def test_a_way_that_is_not_told_yet_is_come_back_for(api: Hub) -> None:
    answer = await api.get(f"/v1/flights/track/{ADDRESS}?wait=0")
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/flights/track/{ADDRESS}?wait=0")
