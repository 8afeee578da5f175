"""Airports by the beginning of a name or a code."""

from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.kiwi import wire
from domain.enquiries import PlaceEnquiry
from domain.places import Airport, Atlas, Point

EXAMPLE: Final = PlaceEnquiry(text="Heathrow")

_AT_MOST: Final = "50"
_AIRPORT: Final = "airport"
_PLACES: Final = msgspec.json.Decoder(wire.PlacesReply)
_PLACE: Final = msgspec.json.Decoder(wire.Place)


def ask(enquiry: PlaceEnquiry) -> Call:
    return _query(enquiry.text, _AT_MOST)


def check() -> Call:
    """One place is the least that can be asked for."""
    return _query("LHR", "1")


def _query(term: str, limit: str) -> Call:
    """Unless it is said otherwise, cities, countries and bus stations are found too."""
    params = (("term", term), ("location_types", _AIRPORT), ("limit", limit))
    return Call(operation="locations", path="/locations/query", params=params)


def read(reply: Reply, _call: Call, _enquiry: PlaceEnquiry, _atlas: Atlas) -> Readout[Airport]:
    """The airports, the likeliest first."""
    airports, skipped = each(decoded(reply, _PLACES).locations, _PLACE, _airport, "locations")
    return Readout(records=airports, skipped=skipped)


def _airport(told: wire.Place) -> Airport:
    """Raises ValueError, with its id, for what is no airport or lacks what one needs."""
    if told.type != _AIRPORT:
        raise ValueError(f"{told.id}: a {told.type}")
    city, country = told.city, told.city.country if told.city else None
    if told.location is None or not told.timezone or country is None or not country.code:
        raise ValueError(f"{told.id}: where it is is not told")
    return Airport(
        iata=told.code or told.id,
        icao=told.icao or None,
        name=told.name,
        city=(city.name if city else None) or "",
        city_code=(city.code if city else None) or None,
        country=country.code,
        subdivision=None,
        timezone=told.timezone,
        location=Point(latitude=told.location.lat, longitude=told.location.lon),
        elevation_feet=None,
    )
