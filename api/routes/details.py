"""Calls about one offer and what it is for."""

from types import MappingProxyType
from typing import Final

from api import offers
from api.cars.answers import RentalOfferDetails
from api.flights.answers import FlightOfferDetails
from api.route import Group, Route, one
from api.verticals import VERTICALS

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/offers/{offer_id}",
        call=offers.offer,
        group=Group.DETAILS,
        summary="One offer, with what it is for",
        place=MappingProxyType({"offer_id": "The id of an offer in a search."}),
        answers=one("The offer.", *(vertical.details for vertical in VERTICALS.values())),
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
        answers=one("The offer and its journey.", FlightOfferDetails),
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
        answers=one("The offer and its rental.", RentalOfferDetails),
        example="/v1/cars/{offer_id}",
        cacheable=True,
    ),
)
