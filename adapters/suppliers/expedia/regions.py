"""Regions: the cities, quarters and airports that Rapid knows, asked for by an IATA code."""

import re
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.expedia import wire, wire_content
from adapters.suppliers.expedia.links import VERSION, followed
from adapters.suppliers.expedia.lists import something_in
from domain.enquiries import PlaceEnquiry
from domain.orders import Reason
from domain.places import Atlas, Place, Point, is_iata_airport
from domain.searches import Outcome

MOST_PAGES: Final = 20
OPERATION: Final = "regions"

_NEXT: Final = re.compile(r'<(?P<href>[^<>]+)>\s*;(?:[^,<>]*;)?\s*rel="next"')
_REGIONS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_REGION: Final = msgspec.json.Decoder(wire_content.Region)


def ask(enquiry: PlaceEnquiry) -> Call:
    """Raises Answered for a name: Rapid's regions are found by code, by country or by number only."""
    if not is_iata_airport(enquiry.text):
        raise Answered(
            f"regions are found by a code such as LHR, not by {enquiry.text[:40]!r}",
            outcome=Outcome.REFUSED,
            reason=Reason.NOT_POSSIBLE,
        )
    return Call(
        operation=OPERATION,
        path=f"{VERSION}/regions",
        params=(("include", "details"), ("language", "en-US"), ("iata_location_code", enquiry.text)),
    )


def read(reply: Reply, _: Call, __: PlaceEnquiry, ___: Atlas) -> Readout[Place]:
    told = decoded(reply, _REGIONS)
    places, skipped = each(told, _REGION, _place, "regions")
    something_in(places, skipped)
    return Readout(records=places, skipped=skipped, next=_next(reply))


def _place(told: wire_content.Region) -> Place:
    name = told.name_full or told.name
    if not name:
        raise ValueError(f"{told.id} has no name")
    centre = told.coordinates
    return Place(
        id=str(told.id),
        name=name,
        kind=told.type,
        country=told.country_code,
        code=told.iata_airport_code or told.iata_airport_metro_code,
        location=Point(latitude=centre.center_latitude, longitude=centre.center_longitude) if centre else None,
    )


def _next(reply: Reply) -> Call | None:
    """The page that the `Link` header names; the last one names none."""
    told = _NEXT.search(reply.headers.get("link", ""))
    if told is None:
        return None
    try:
        path = followed(wire.Link(href=told["href"]))
    except ValueError as error:
        raise GiveUp(f"regions: {error}", outcome=Outcome.ERROR) from error
    return Call(operation=OPERATION, path=path)
