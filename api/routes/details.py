"""Calls about one offer and what it is for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from api import availability, offers, quotes
from api.cars.answers import RentalOfferDetails
from api.flights.answers import FlightOfferDetails
from api.hotels import availability as rooms
from api.hotels import details
from api.problems import MEDIA_TYPE, ProblemDocument
from api.route import Answer, Group, Route, one
from api.verticals import VERTICALS

_AN_OFFER: Final = MappingProxyType({"offer_id": "The id of an offer in a search."})
_A_HOTEL: Final = MappingProxyType({"hotel_id": "The id of a result of a search for hotels."})
_PENDING: Final = ("Location", "Retry-After")
_IN_VAIN: Final = Answer(
    meaning="No supplier that could know has answered; `suppliers` says who was asked, and how that went.",
    shapes=(ProblemDocument,),
    media_type=MEDIA_TYPE,
)
_A_QUOTE: Final = MappingProxyType(
    {
        200: Answer(
            meaning="What the offer costs now: `same`, `changed` with both prices, or `gone`.",
            shapes=tuple(quotes.SHAPES.values()),
        ),
        202: Answer(
            meaning="The supplier is being asked and has not answered yet: look there, after that long.",
            shapes=(quotes.QuotePending,),
            headers=_PENDING,
        ),
        502: _IN_VAIN,
    }
)

_AVAILABLE: Final = "What the supplier has left of it now, cheapest first; nothing where it is sold out."


def _availability(*shapes: type[Any]) -> Mapping[int, Answer]:
    return MappingProxyType(
        {
            200: Answer(meaning=_AVAILABLE, shapes=shapes),
            202: Answer(
                meaning="Suppliers are being asked and have not answered yet: look there, after that long.",
                shapes=(availability.AvailabilityPending,),
                headers=_PENDING,
            ),
            502: _IN_VAIN,
        }
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/offers/{offer_id}",
        call=offers.offer,
        group=Group.DETAILS,
        summary="One offer, with what it is for",
        place=_AN_OFFER,
        answers=one("The offer.", *(vertical.details for vertical in VERTICALS.values())),
        example="/v1/offers/{offer_id}",
        cacheable=True,
    ),
    Route(
        method="POST",
        path="/v1/offers/{offer_id}/quote",
        call=quotes.ask,
        group=Group.DETAILS,
        summary="Ask what an offer costs now",
        query=quotes.QuoteWishes,
        place=_AN_OFFER,
        answers=_A_QUOTE,
        example="/v1/offers/{offer_id}/quote?wait=10",
    ),
    Route(
        method="GET",
        path="/v1/offers/{offer_id}/quote",
        call=quotes.look,
        group=Group.DETAILS,
        summary="The last quote of an offer",
        query=quotes.QuoteWishes,
        place=_AN_OFFER,
        answers=_A_QUOTE,
        example="/v1/offers/{offer_id}/quote?wait=10",
    ),
    Route(
        method="GET",
        path="/v1/quotes/{quote_id}",
        call=quotes.by_id,
        group=Group.DETAILS,
        summary="One quote",
        place=MappingProxyType({"quote_id": "The id that a quote was answered with."}),
        answers=one("The quote.", *quotes.SHAPES.values()),
        example="/v1/quotes/{quote_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/{offer_id}",
        call=offers.flight,
        group=Group.DETAILS,
        summary="The flights of an offer",
        place=_AN_OFFER,
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
        place=_AN_OFFER,
        answers=one("The offer and its rental.", RentalOfferDetails),
        example="/v1/cars/{offer_id}",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/v1/flights/{offer_id}/availability",
        call=availability.seats,
        group=Group.DETAILS,
        summary="Ask what is left on the flights of an offer",
        query=availability.SeatWishes,
        place=_AN_OFFER,
        answers=_availability(availability.SHAPES["flights"]),
        example="/v1/flights/{offer_id}/availability?cabin=business",
    ),
    Route(
        method="POST",
        path="/v1/cars/{offer_id}/check-availability",
        call=availability.car,
        group=Group.DETAILS,
        summary="Ask whether the car of an offer is still there",
        query=availability.AvailabilityWishes,
        place=_AN_OFFER,
        answers=_availability(availability.SHAPES["cars"]),
        example="/v1/cars/{offer_id}/check-availability",
    ),
    Route(
        method="GET",
        path="/v1/availability/{availability_id}",
        call=availability.look,
        group=Group.DETAILS,
        summary="What came of asking what is left",
        query=availability.AvailabilityWishes,
        place=MappingProxyType({"availability_id": "The id that asking what is left was answered with."}),
        answers=_availability(*availability.SHAPES.values()),
        example="/v1/availability/{availability_id}?wait=10",
    ),
    Route(
        method="GET",
        path="/v1/hotels/{hotel_id}",
        call=details.hotel,
        group=Group.DETAILS,
        summary="One hotel, with everything that its suppliers tell of it",
        place=_A_HOTEL,
        answers=one("The hotel.", details.HotelDetails),
        example="/v1/hotels/{hotel_id}",
        cacheable=True,
    ),
    Route(
        method="POST",
        path="/v1/hotels/{hotel_id}/check-availability",
        call=rooms.check,
        group=Group.DETAILS,
        summary="Ask what a hotel has left for some nights",
        name="check_availability_of_hotel",
        body=rooms.Nights,
        place=_A_HOTEL,
        answers=_availability(availability.SHAPES["hotels"]),
        example='{"check_in":"{soon}","check_out":"{later}","adults":2}',
    ),
)
