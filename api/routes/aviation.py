"""Calls about airports, airlines and who flies."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from api import answers, jobs, places, wishes
from api.aviation import answers as flying
from api.aviation import live, status
from api.aviation.live import LiveWishes, TrackWishes
from api.aviation.status import StatusWishes
from api.params import Reading
from api.problems import MEDIA_TYPE, ProblemDocument
from api.route import Answer, Group, Route, Who, one
from api.services import Services
from api.wishes import AirportWishes, NameWishes
from domain.queries import Fault


def _near_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    return wishes.near_faults(read)


_A_SYNC: Final = MappingProxyType(
    {
        202: Answer(
            meaning="Queued, or running already: its progress is found there.",
            shapes=(answers.SyncJob,),
            headers=("Location", "Retry-After"),
        )
    }
)

_COME_BACK: Final = Answer(
    meaning="Suppliers are being asked and have not answered yet: ask the same again, after that long.",
    media_type=None,
    headers=("Location", "Retry-After"),
)
_IN_VAIN: Final = Answer(
    meaning="No supplier that could know has answered; `suppliers` says who was asked, and how that went.",
    shapes=(ProblemDocument,),
    media_type=MEDIA_TYPE,
)


def _asked_now(meaning: str, shape: type[msgspec.Struct]) -> Mapping[int, Answer]:
    return MappingProxyType({200: Answer(meaning=meaning, shapes=(shape,)), 202: _COME_BACK, 502: _IN_VAIN})


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/airports",
        call=places.airports,
        group=Group.AVIATION,
        summary="Find airports by name, code, country or distance",
        query=AirportWishes,
        further=_near_faults,
        answers=one("The airports, the best match first.", answers.AirportList, headers=("Link",)),
        example="/v1/airports?query=zurich",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/airports/{iata}",
        call=places.airport,
        group=Group.AVIATION,
        summary="One airport",
        place=MappingProxyType({"iata": "IATA airport code, such as LHR."}),
        answers=one("The airport.", answers.Airport),
        example="/v1/airports/LHR",
        cacheable=True,
    ),
    Route(
        method="POST",
        path="/v1/airports/sync",
        call=jobs.sync_airports,
        group=Group.AVIATION,
        summary="Fetch all airports anew from their source",
        answers=_A_SYNC,
        who=Who.ADMIN,
    ),
    Route(
        method="GET",
        path="/v1/airlines",
        call=places.airlines,
        group=Group.AVIATION,
        summary="Find airlines by name, designator or country",
        query=NameWishes,
        answers=one("The airlines, the best match first.", answers.AirlineList, headers=("Link",)),
        example="/v1/airlines?query=swiss",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/airlines/{designator}",
        call=places.airline,
        group=Group.AVIATION,
        summary="One airline",
        place=MappingProxyType({"designator": "IATA or ICAO designator, such as BA or BAW."}),
        answers=one("The airline.", answers.Airline),
        example="/v1/airlines/BA",
        cacheable=True,
    ),
    Route(
        method="POST",
        path="/v1/airlines/sync",
        call=jobs.sync_airlines,
        group=Group.AVIATION,
        summary="Fetch all airlines anew from their source",
        answers=_A_SYNC,
        who=Who.ADMIN,
    ),
    Route(
        method="POST",
        path="/v1/routes/sync",
        call=jobs.sync_routes,
        group=Group.AVIATION,
        summary="Fetch all flight numbers and where they go anew, from a supplier that lists them",
        answers=_A_SYNC,
        who=Who.ADMIN,
    ),
    Route(
        method="GET",
        path="/v1/cache/airports",
        call=places.every_airport,
        group=Group.AVIATION,
        summary="All airports at once, for apps that work offline",
        answers=one("Every airport that we know, vanished ones marked.", answers.AirportList),
        example="/v1/cache/airports",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/cache/airlines",
        call=places.every_airline,
        group=Group.AVIATION,
        summary="All airlines at once, for apps that work offline",
        answers=one("Every airline that we know, vanished ones marked.", answers.AirlineList),
        example="/v1/cache/airlines",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/jobs/{job_id}",
        call=jobs.job,
        group=Group.AVIATION,
        summary="The progress of a sync",
        place=MappingProxyType({"job_id": "The id that the sync was answered with."}),
        answers=one("The job.", answers.SyncJob),
        example="/v1/jobs/{job_id}",
        who=Who.CALLER,
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/{flight_number}/status",
        call=status.status,
        group=Group.AVIATION,
        summary="How a flight stands; with `Accept: text/event-stream` as a stream of all that changes",
        query=StatusWishes,
        place=MappingProxyType({"flight_number": "With the airline's IATA or ICAO designator: LX14 or SWR14."}),
        answers=MappingProxyType(
            {
                200: Answer(
                    meaning="How it stands. As a stream: a `status` event, a `change` for each that follows, and `ended` "
                    "when nothing more will come; each is a FlightEvent. `Last-Event-ID` resumes without a gap.",
                    shapes=(flying.FlightStanding,),
                    events=(flying.FlightEvent,),
                ),
                202: _COME_BACK,
                204: Answer(meaning="`Last-Event-ID` was the last event of all.", media_type=None),
                502: _IN_VAIN,
            }
        ),
        example="/v1/flights/LX14/status",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/live",
        call=live.live,
        group=Group.AVIATION,
        summary="Where aircraft are, in a box",
        query=LiveWishes,
        further=live.box_faults,
        answers=_asked_now("The aircraft in the box.", live.LiveAircraft),
        example="/v1/flights/live?bbox=45.8,5.9,47.8,10.5",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/track/{identifier}",
        call=live.track,
        group=Group.AVIATION,
        summary="The way of one aircraft, or of the one that flies a flight",
        query=TrackWishes,
        place=MappingProxyType(
            {
                "identifier": "Six hexadecimal digits are an ICAO 24-bit address; else a flight number or a callsign: "
                "what is told of the flight names its aircraft, or it is looked for among all callsigns."
            }
        ),
        answers=_asked_now("Its way.", live.AircraftTrack),
        example="/v1/flights/track/LX14",
        cacheable=True,
    ),
)
