"""Counters: by a keyword, and as an answer about cars tells of them."""

import math
from collections.abc import Iterator
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.avis import wire
from adapters.suppliers.avis.asking import BRAND, getting
from domain.cars import RentalPlace
from domain.enquiries import RentalPlaceEnquiry
from domain.hotels import Address
from domain.places import Atlas, Point

OPERATION: Final = "locations"

_LOCATIONS: Final = msgspec.json.Decoder(wire.Locations)
_LISTED: Final = msgspec.json.Decoder(wire.Listed)
_FILLER: Final = frozenset({"", "NA", "N/A"})


def ask(enquiry: RentalPlaceEnquiry) -> Call:
    return getting(OPERATION, "/cars/locations/v2/keyword", {"brand": BRAND, "keyword": enquiry.airport})


def read(reply: Reply, _: Call, enquiry: RentalPlaceEnquiry, __: Atlas) -> Readout[RentalPlace]:
    """Every counter that they take for an answer: in the terminal, near it, and in its city."""

    def place(told: wire.Listed) -> RentalPlace:
        location = wire.Location(
            code=told.code or told.location_code,
            name=told.name or told.location_name,
            telephone=told.telephone,
            airport_location=told.airport_location,
        )
        if not location.code:
            raise ValueError("has no code")
        return rental_place(wire.Counter(location=location, address=told.address), enquiry.airport)

    places, skipped = each(decoded(reply, _LOCATIONS).locations, _LISTED, place, "locations")
    return Readout(records=places, skipped=skipped)


def rental_place(told: wire.Counter | None, airport: str) -> RentalPlace:
    """At an airport their code is the airport's own."""
    location = (told and told.location) or wire.Location()
    address = (told and told.address) or wire.Address()
    return RentalPlace(
        airport=airport,
        code=location.code or airport,
        name=location.name,
        at_airport=location.airport_location,
        address=Address(
            lines=tuple(_lines(address)),
            city=address.city,
            postal_code=address.postal_code,
            country=address.country_code,
        ),
        location=_point(address),
        phone=location.telephone,
    )


def _lines(told: wire.Address) -> Iterator[str]:
    """Some lines are filled with "NA"."""
    for line in (told.address_line_1, told.address_line_2, told.address_line_3):
        if line is not None and line.strip().upper() not in _FILLER:
            yield line.strip()


def _point(told: wire.Address) -> Point | None:
    """Degrees are text. None for what is no place on Earth, and for the filler at 0, 0."""
    try:
        latitude, longitude = float(told.lat or ""), float(told.long or "")
        found = Point(latitude=latitude, longitude=longitude)
    except ValueError:
        return None
    return found if math.hypot(latitude, longitude) else None
