"""Flights: what is asked, how it is seen and how it is shown."""

from typing import Final

from api.flights import answers, present, views, wishes
from api.vertical import Vertical
from domain.flights import Itinerary

VERTICAL: Final = Vertical(
    name="flights",
    product=Itinerary,
    search=wishes.FlightSearch,
    new=wishes.NewFlightSearch,
    wishes=wishes.FlightWishes,
    answer=answers.FlightSearchAnswer,
    details=answers.FlightOfferDetails,
    faults=wishes.faults,
    query=wishes.query,
    over_at=wishes.over_at,
    view=wishes.view,
    lens=views.LENS,
    facets=present.facets,
    shown=present.result,
    detailed=present.details,
    example={"origin": "LHR", "destination": "JFK", "departure_date": "{soon}"},
)
