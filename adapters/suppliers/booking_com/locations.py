"""Where things are: the cities that the Demand API knows, and the counters of those who rent out cars."""

from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.booking_com import asking, wire
from adapters.suppliers.booking_com.asking import translated
from adapters.suppliers.booking_com.wire_cars import Depot, DepotPlace
from domain.cars import RentalPlace
from domain.enquiries import PlaceEnquiry, RentalPlaceEnquiry
from domain.hotels import Address
from domain.places import Atlas, Place, Point, is_iata_airport

MOST_PAGES: Final = 400

_CITY_ROWS: Final = 1000
_DEPOT_ROWS: Final = 100
_CITIES: Final = msgspec.json.Decoder(wire.Listed[msgspec.Raw])
_CITY: Final = msgspec.json.Decoder(wire.City)
_DEPOTS: Final = msgspec.json.Decoder(wire.Counted[msgspec.Raw])
_DEPOT: Final = msgspec.json.Decoder(Depot)
_AT_AIRPORT: Final = frozenset({"in_terminal", "car_rental_centre", "outside_terminal", "meet_greet"})
_ELSEWHERE: Final = frozenset({"airport_hotel", "shuttle_bus", "trainstation", "downtown"})


def ask_cities(enquiry: PlaceEnquiry) -> Call:
    """The list can be asked for the cities of an airport, but not for a name."""
    wanted = {"airport": enquiry.text} if is_iata_airport(enquiry.text) else {}
    return asking.call("cities", {**wanted, "languages": [asking.LANGUAGE], "rows": _CITY_ROWS})


def read_cities(reply: Reply, _: Call, enquiry: PlaceEnquiry, __: Atlas) -> Readout[Place]:
    answer = decoded(reply, _CITIES)
    places, skipped = each(answer.data, _CITY, _place, "data")
    begins = "" if is_iata_airport(enquiry.text) else enquiry.text.casefold()
    found = tuple(place for place in places if place.name.casefold().startswith(begins))
    return Readout(records=found, skipped=skipped, next=asking.page("cities", answer.next_page))


def _place(told: wire.City) -> Place:
    """Raises ValueError for a city without a name."""
    if not (name := translated(told.name)):
        raise ValueError(f"{told.id} has no name")
    return Place(id=str(told.id), name=name, kind="city", location=_point(told.coordinates))


def ask_depots(_: RentalPlaceEnquiry) -> Call:
    """All counters of the world, page by page: there is no filter."""
    return asking.call("depots", {"languages": [asking.LANGUAGE], "maximum_results": _DEPOT_ROWS})


def read_depots(reply: Reply, _: Call, enquiry: RentalPlaceEnquiry, __: Atlas) -> Readout[RentalPlace]:
    answer = decoded(reply, _DEPOTS)
    depots, skipped = each(answer.data, _DEPOT, lambda told: told, "data")
    there = tuple(_counter(told, enquiry.airport) for told in depots if told.location.airport == enquiry.airport)
    next_page = answer.metadata.next_page if answer.metadata else None
    return Readout(records=there, skipped=skipped, next=asking.page("depots", next_page))


def _counter(told: Depot, airport: str) -> RentalPlace:
    place = told.location
    return RentalPlace(
        airport=airport,
        code=str(told.id),
        name=translated(place.name),
        at_airport=_at_airport(place),
        address=Address(
            lines=(place.address,) if place.address else (),
            postal_code=place.post_code,
            country=place.country.upper() if place.country else None,
        ),
        location=_point(place.coordinates),
        phone=told.contact.telephone if told.contact else None,
    )


def _at_airport(place: DepotPlace) -> bool | None:
    if place.depot_location_type in _AT_AIRPORT:
        return True
    return False if place.depot_location_type in _ELSEWHERE else None


def _point(told: wire.Coordinates | None) -> Point | None:
    return Point(latitude=told.latitude, longitude=told.longitude) if told else None
