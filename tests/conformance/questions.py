"""What every supplier of a vertical is asked, in how many other ways one might ask, and who travels."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from domain.offers import Offer
from domain.orders import OrderRequest, Quote
from domain.places import Point
from domain.queries import Cabin, CarQuery, FlightQuery, HotelQuery, Query
from domain.travellers import Gender, Title, Traveller
from tests.builders import DEPARTURE, NOW, car_query, contact, flight_query, hotel_query, traveller

QUERIES: Final[Mapping[str, Query]] = MappingProxyType(
    {"flights": flight_query(), "hotels": hotel_query(), "cars": car_query()}
)

# Vertical to each of its query's fields, and what else might be asked for in it.
OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "flights": {
            "origin": "LGW",
            "destination": "EWR",
            "departure_date": DEPARTURE + timedelta(days=1),
            "return_date": DEPARTURE + timedelta(days=9),
            "adults": 2,
            "children": 1,
            "infants": 1,
            "cabin": Cabin.BUSINESS,
            "currency": "GBP",
        },
        "hotels": {
            "location": Point(latitude=48.7262, longitude=2.3652),
            "check_in": DEPARTURE + timedelta(days=1),
            "check_out": DEPARTURE + timedelta(days=4),
            "radius_km": 2,
            "rooms": 2,
            "adults": 3,
            "children_ages": (8,),
            "currency": "USD",
            "market": "US",
        },
        "cars": {
            "pick_up": "LGW",
            "drop_off": "LGW",
            "pick_up_at": datetime(2027, 3, 1, 11, 0),  # noqa: DTZ001 -- on the clock at the counter
            "drop_off_at": datetime(2027, 3, 7, 10, 0),  # noqa: DTZ001 -- on the clock at the counter
            "driver_age": 22,
            "currency": "EUR",
            "market": "US",
        },
    }
)

# Fields that no offer shows: whom a price is for, and where they live.
UNSEEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "flights": frozenset({"adults", "children", "infants"}),
        "hotels": frozenset({"adults", "children_ages", "market"}),
        "cars": frozenset({"driver_age", "market"}),
    }
)


def travellers(query: Query) -> tuple[Traveller, ...]:
    """As many adults as the query has; the driver of a car is of the age that was asked for."""
    amelia = traveller()
    match query:
        case FlightQuery():
            return _party(query.adults)
        case HotelQuery():
            return _party(query.adults)
        case CarQuery():
            born_on = amelia.born_on.replace(year=query.pick_up_at.year - query.driver_age - 1)
            return (traveller(born_on=born_on),)


def _party(adults: int) -> tuple[Traveller, ...]:
    others = (traveller(given_name="Charles", surname="Lindbergh", title=Title.MR, gender=Gender.MALE),) * (adults - 1)
    return (traveller(), *others)


def order_request(offer: Offer, query: Query, quote: Quote, reference: str, *, hold: bool = False) -> OrderRequest:
    return OrderRequest(
        reference=reference,
        offer=offer,
        query=query,
        quote=quote,
        travellers=travellers(query),
        contact=contact(),
        sent_at=NOW,
        hold=hold,
    )
