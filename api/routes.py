"""Every call that we answer: routing, strict reading and the OpenAPI document all come from this table."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from api import answers, documents, events, jobs, offers, operations, places, searches, wishes
from api.cars.answers import RentalOfferDetails
from api.flights.answers import FlightOfferDetails
from api.found import bearings
from api.params import Reading
from api.route import HTML, STREAM, TEXT, Answer, Group, Route, Who
from api.services import Services
from api.vertical import Vertical
from api.verticals import NEW_SEARCH, VERTICALS, EveryWish
from api.wishes import AirportWishes, NameWishes
from domain.queries import Fault


def _search_faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    """The shape that was read tells the vertical."""
    vertical = next(one for one in VERTICALS.values() if read.kind in (one.search, one.new))
    yield from vertical.faults(read, bearings(services))
    yield from wishes.cursor_faults(read)


def _near_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    return wishes.near_faults(read)


_PAGED: Final = ("Link",)


def _a_search(*verticals: Vertical, created: bool = False) -> Mapping[int, Answer]:
    shapes = tuple(vertical.answer for vertical in verticals)
    return MappingProxyType(
        {
            200: Answer(
                meaning="What has arrived, complete or partial.",
                shapes=shapes,
                headers=("Location", *_PAGED) if created else _PAGED,
            ),
            202: Answer(
                meaning="Suppliers are being asked and none has answered yet: look there, after that long.",
                shapes=shapes,
                headers=("Location", "Retry-After"),
            ),
        }
    )


_A_SYNC: Final = MappingProxyType(
    {
        202: Answer(
            meaning="Queued, or running already: its progress is found there.",
            shapes=(answers.SyncJob,),
            headers=("Location", "Retry-After"),
        )
    }
)


def _one(meaning: str, *shapes: type[msgspec.Struct], headers: tuple[str, ...] = ()) -> Mapping[int, Answer]:
    return MappingProxyType({200: Answer(meaning=meaning, shapes=shapes, headers=headers)})


def _up_or_down(shape: type[msgspec.Struct]) -> Mapping[int, Answer]:
    return MappingProxyType(
        {
            200: Answer(meaning="All is well.", shapes=(shape,)),
            503: Answer(meaning="Something is missing; the answer names it.", shapes=(shape,)),
        }
    )


def _searches(vertical: Vertical) -> Iterator[Route]:
    """By query string and by body."""
    common: dict[str, Any] = {
        "path": f"/v1/{vertical.name}/search",
        "group": Group.SEARCH,
        "further": _search_faults,
        "answers": _a_search(vertical),
    }
    yield Route(
        method="GET",
        call=searches.by_query_string(vertical),
        name=f"{vertical.name}_search",
        summary=f"Search {vertical.name}",
        query=vertical.search,
        example=f"{common['path']}?{urlencode(vertical.example, safe='{}:')}",
        cacheable=True,
        **common,
    )
    yield Route(
        method="POST",
        call=searches.by_body(vertical),
        name=f"{vertical.name}_search_by_body",
        summary=f"Search {vertical.name} with a body",
        body=vertical.search,
        example=msgspec.json.encode(vertical.example).decode(),
        **common,
    )


ROUTES: Final = (
    *(route for vertical in VERTICALS.values() for route in _searches(vertical)),
    Route(
        method="POST",
        path="/v1/searches",
        call=searches.create,
        group=Group.SEARCH,
        summary="Create a search and come back for its answer",
        body=NEW_SEARCH,
        further=_search_faults,
        answers=_a_search(*VERTICALS.values(), created=True),
        example='{"vertical":"hotels","destination":"PAR","check_in":"{soon}","check_out":"{later}"}',
    ),
    Route(
        method="GET",
        path="/v1/searches/{search_id}",
        call=searches.look,
        group=Group.SEARCH,
        summary="Look at a search, waiting for it to end",
        query=EveryWish,
        place=MappingProxyType({"search_id": "The id of a search that somebody asked for within a day."}),
        answers=_a_search(*VERTICALS.values()),
        example="/v1/searches/{search_id}?wait=10",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/searches/{search_id}/events",
        call=searches.follow,
        group=Group.SEARCH,
        summary="Follow a search as server-sent events, one for each supplier and one at its end",
        place=MappingProxyType({"search_id": "The id of a search that somebody asked for within a day."}),
        answers=MappingProxyType(
            {
                200: Answer(
                    meaning="`arrival` events, then `completed` with the search's head. `Last-Event-ID` resumes.",
                    shapes=(events.Arrival,),
                    media_type=STREAM,
                ),
                204: Answer(meaning="`Last-Event-ID` was the last event of all.", media_type=None),
            }
        ),
        example="/v1/searches/{search_id}/events",
    ),
    Route(
        method="GET",
        path="/v1/offers/{offer_id}",
        call=offers.offer,
        group=Group.DETAILS,
        summary="One offer, with what it is for",
        place=MappingProxyType({"offer_id": "The id of an offer in a search."}),
        answers=_one("The offer.", *(vertical.details for vertical in VERTICALS.values())),
        example="/v1/offers/{offer_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/{offer_id}",
        call=offers.flight,
        group=Group.DETAILS,
        summary="The flights of an offer",
        place=MappingProxyType({"offer_id": "The id of an offer in a search."}),
        answers=_one("The offer and its journey.", FlightOfferDetails),
        example="/v1/flights/{offer_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/cars/{offer_id}",
        call=offers.car,
        group=Group.DETAILS,
        summary="The rental of an offer",
        place=MappingProxyType({"offer_id": "The id of an offer in a search."}),
        answers=_one("The offer and its rental.", RentalOfferDetails),
        example="/v1/cars/{offer_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/airports",
        call=places.airports,
        group=Group.AVIATION,
        summary="Find airports by name, code, country or distance",
        query=AirportWishes,
        further=_near_faults,
        answers=_one("The airports, the best match first.", answers.AirportList, headers=_PAGED),
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
        answers=_one("The airport.", answers.Airport),
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
        answers=_one("The airlines, the best match first.", answers.AirlineList, headers=_PAGED),
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
        answers=_one("The airline.", answers.Airline),
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
        answers=_one("Every airport that we know, vanished ones marked.", answers.AirportList),
        example="/v1/cache/airports",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/cache/airlines",
        call=places.every_airline,
        group=Group.AVIATION,
        summary="All airlines at once, for apps that work offline",
        answers=_one("Every airline that we know, vanished ones marked.", answers.AirlineList),
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
        answers=_one("The job.", answers.SyncJob),
        example="/v1/jobs/{job_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/livez",
        call=operations.alive,
        group=Group.OPERATIONS,
        summary="Is this process alive?",
        answers=_one("It is.", answers.Alive),
        example="/livez",
        unlimited=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        call=operations.ready,
        group=Group.OPERATIONS,
        summary="Can this process answer searches?",
        answers=_up_or_down(answers.Readiness),
        example="/readyz",
        unlimited=True,
    ),
    Route(
        method="GET",
        path="/v1/admin/health",
        call=operations.health,
        group=Group.OPERATIONS,
        summary="How each dependency stands",
        answers=_up_or_down(answers.Health),
        example="/v1/admin/health",
        who=Who.ADMIN,
    ),
    Route(
        method="GET",
        path="/v1/admin/suppliers",
        call=operations.suppliers,
        group=Group.OPERATIONS,
        summary="How each supplier stands, over all processes",
        answers=_one("The suppliers.", answers.SupplierStandings),
        example="/v1/admin/suppliers",
        who=Who.ADMIN,
    ),
    Route(
        method="GET",
        path="/v1/admin/metrics",
        call=operations.metrics,
        group=Group.OPERATIONS,
        summary="Counters for Prometheus",
        answers=MappingProxyType({200: Answer(meaning="Prometheus' text format.", media_type=TEXT)}),
        example="/v1/admin/metrics",
        who=Who.ADMIN,
    ),
    Route(
        method="GET",
        path="/openapi.json",
        call=documents.openapi,
        group=Group.ABOUT,
        summary="This API, for programs",
        answers=MappingProxyType({200: Answer(meaning="An OpenAPI 3.1 document.")}),
        example="/openapi.json",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/docs",
        call=documents.docs,
        group=Group.ABOUT,
        summary="This API, for people",
        answers=MappingProxyType({200: Answer(meaning="A page.", media_type=HTML)}),
        example="/docs",
        cacheable=True,
    ),
)
UNLIMITED: Final = frozenset(route.path for route in ROUTES if route.unlimited)
