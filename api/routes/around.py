"""Calls around a search, and the lists that its fields are chosen from."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

from api.cars import categories, locations
from api.found import bearings
from api.hotels import amenities, destinations
from api.params import Reading
from api.problems import MEDIA_TYPE, ProblemDocument
from api.route import Answer, Group, Route, Who, one
from api.routes.search import search_faults
from api.search import bundles, compare, history, optimize, suggestions, trips
from api.services import Services
from domain.queries import Fault


def _trip_faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    yield from trips.faults(read, bearings(services))


def _held_or_new(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    return () if read.kind is optimize.HeldSearch else search_faults(read, services)


_COLUMNS: Final = tuple(table.shape for table in optimize.TABLES.values())

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/search/suggestions",
        call=suggestions.suggestions,
        group=Group.SEARCH,
        summary="What somebody means who is still typing",
        query=suggestions.SuggestionWishes,
        answers=one("Cities, airports and hotels, the best first.", suggestions.SuggestionList),
        example="/v1/search/suggestions?q=lodnon",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/search/history",
        call=history.history,
        group=Group.SEARCH,
        summary="What you have searched for",
        query=history.HistoryWishes,
        answers=one("Your searches, the newest first.", history.History, headers=("Link",)),
        example="/v1/search/history",
        who=Who.CALLER,
    ),
    Route(
        method="DELETE",
        path="/v1/search/history",
        call=history.forget,
        group=Group.SEARCH,
        summary="Forget what you have searched for",
        answers=MappingProxyType({204: Answer(meaning="It is forgotten.", media_type=None)}),
        example="/v1/search/history",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/search/bundles",
        call=bundles.search,
        group=Group.SEARCH,
        summary="A hotel, a car and flights for one trip",
        query=trips.BundleWishes,
        further=_trip_faults,
        answers=MappingProxyType(
            {
                200: Answer(
                    meaning="What can be put together of what has arrived.",
                    shapes=(bundles.TripBundles,),
                    headers=("Link",),
                ),
                202: Answer(
                    meaning="Suppliers are being asked and nothing can be put together yet: look there, after that long.",
                    shapes=(bundles.TripBundles,),
                    headers=("Location", "Retry-After"),
                ),
            }
        ),
        example="/v1/search/bundles?origin=LHR&destination=JFK&check_in={soon}&check_out={later}",
    ),
    Route(
        method="POST",
        path="/v1/search/optimize",
        call=optimize.optimize,
        group=Group.SEARCH,
        summary="All results of a search as columns, to filter and sort in the client",
        body=optimize.BODY,
        further=_held_or_new,
        answers=MappingProxyType(
            {
                200: Answer(meaning="What has arrived, complete or partial.", shapes=_COLUMNS),
                202: Answer(
                    meaning="Suppliers are being asked and none has answered yet: look there, after that long.",
                    shapes=_COLUMNS,
                    headers=("Location", "Retry-After"),
                ),
            }
        ),
        example='{"vertical":"hotels","destination":"PAR","check_in":"{soon}","check_out":"{later}"}',
    ),
    Route(
        method="POST",
        path="/v1/search/compare",
        call=compare.compare,
        group=Group.SEARCH,
        summary="Put offers side by side",
        body=compare.Comparison,
        answers=one(
            "The offers, what their prices are made of, their terms, and what differs.", *compare.COMPARED.values()
        ),
        example='{"offers":["mfzwizltoqqgc3dmnfxg6zzaob","mfzwizltoqqgc3dmnfxg6zzaoc"]}',
    ),
    Route(
        method="GET",
        path="/v1/hotels/destinations",
        call=destinations.destinations,
        group=Group.DETAILS,
        summary="Cities to search for hotels in",
        query=destinations.DestinationWishes,
        answers=one("The cities, the best match first.", destinations.DestinationList, headers=("Link",)),
        example="/v1/hotels/destinations?query=zurich",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/cars/locations",
        call=locations.locations,
        group=Group.DETAILS,
        summary="Where cars can be picked up",
        query=locations.LocationWishes,
        further=locations.faults,
        answers=MappingProxyType(
            {
                200: Answer(meaning="The airport with its counters, or airports.", shapes=(locations.PickUpLocations,)),
                202: Answer(
                    meaning="A supplier is being asked: look there, after that long.",
                    shapes=(locations.PickUpLocations,),
                    headers=("Location", "Retry-After"),
                ),
                502: Answer(
                    meaning="No supplier could tell: the problem names them.",
                    shapes=(ProblemDocument,),
                    media_type=MEDIA_TYPE,
                ),
            }
        ),
        example="/v1/cars/locations?airport=LHR",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/hotels/amenities",
        call=amenities.amenities,
        group=Group.DETAILS,
        summary="What hotels can be chosen by",
        answers=one("Every amenity that the filter takes, with words for people.", amenities.AmenityList),
        example="/v1/hotels/amenities",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/cars/categories",
        call=categories.categories,
        group=Group.DETAILS,
        summary="What the letters of a car's class mean",
        answers=one("Every letter of the ACRISS matrix, decoded.", categories.CarClasses),
        example="/v1/cars/categories",
        cacheable=True,
    ),
)
