"""Hotel search: which properties are near, then what their rooms cost; Rapid's answer as offers."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, decoded_together, each
from adapters.suppliers.expedia import wire
from adapters.suppliers.expedia.links import JSON, VERSION
from adapters.suppliers.expedia.lists import something_in
from adapters.suppliers.expedia.occupancy import occupancies
from adapters.suppliers.expedia.rates import Clerk
from domain.offers import StayOffer
from domain.places import Atlas, Point
from domain.queries import HotelQuery
from domain.searches import SkippedRecord

AT_ONCE: Final = 250  # properties in one call
MOST_PROPERTIES: Final = 2 * AT_ONCE  # in one search; the nearest, where more are within the radius
MOST_CALLS: Final = 4  # two circles, two batches
_RATES_EACH: Final = "4"  # the best of each property, bed groups apart
_CORNERS: Final = 24
_A_LITTLE_MORE: Final = 1.01  # degrees are no kilometres, least of all far from the equator
_KM_PER_DEGREE: Final = 111.195
_ROOM_TO_SPARE: Final = 0.9  # of the radius that would hold just enough, were they spread evenly

Rates = wire.PropertyRates[Any]  # its rates are read already, or bytes

_NEARBY: Final = msgspec.json.Decoder(dict[str, wire.Nearby])
_TOGETHER: Final[msgspec.json.Decoder[list[Rates]]] = msgspec.json.Decoder(list[wire.PropertyRates[wire.Rate]])
_APART: Final = msgspec.json.Decoder(list[msgspec.Raw])
_PROPERTY: Final[msgspec.json.Decoder[Rates]] = msgspec.json.Decoder(wire.PropertyRates[msgspec.Raw])
_RATE: Final = msgspec.json.Decoder(wire.Rate)


def ask(query: HotelQuery) -> Call:
    return _geography(query, query.radius_km)


def read(reply: Reply, call: Call, query: HotelQuery, _: Atlas) -> Readout[StayOffer]:
    return _READERS[call.operation](reply, call, query)


def _geography(query: HotelQuery, radius_km: float, *, others: tuple[str, ...] = ()) -> Call:
    """`others` are properties farther away, for the places that the nearer ones leave."""
    polygon = {"type": "Polygon", "coordinates": [_around(query.location, radius_km)]}
    return Call(
        operation="geography",
        method="POST",
        path=f"{VERSION}/properties/geography",
        params=(("include", "property_ids"), ("supply_source", "expedia")),
        headers=JSON,
        body=msgspec.json.encode(polygon),
        notes=others,
    )


def _around(centre: Point, radius_km: float) -> list[tuple[float, float]]:
    """Longitude and latitude of the corners, the first one again at the end. The whole circle lies within.

    It ends at the antimeridian: Rapid takes one polygon, and one that crosses it would be two.
    """
    degrees = _A_LITTLE_MORE * radius_km / math.cos(math.pi / _CORNERS) / _KM_PER_DEGREE
    shrunk = max(0.01, math.cos(math.radians(centre.latitude)))
    corners = []
    for corner in range(_CORNERS):
        angle = -2 * math.pi * corner / _CORNERS  # against the clock, as GeoJSON has it for outer rings
        longitude = centre.longitude - degrees / shrunk * math.sin(angle)
        latitude = centre.latitude + degrees * math.cos(angle)
        corners.append((round(_within(longitude, 180.0), 6), round(_within(latitude, 90.0), 6)))
    return [*reversed(corners), corners[-1]]


def _within(degrees: float, most: float) -> float:
    return max(-most, min(most, degrees))


def _near(reply: Reply, call: Call, query: HotelQuery) -> Readout[StayOffer]:
    """Nothing tells how far a property is, so a circle with too many of them is asked for again, smaller."""
    nearby = decoded(reply, _NEARBY)
    found = tuple(nearby)
    if len(found) > MOST_PROPERTIES and not call.notes:
        radius = query.radius_km * math.sqrt(MOST_PROPERTIES / len(found)) * _ROOM_TO_SPARE
        why = f"{len(found)} properties within {query.radius_km} km, and {MOST_PROPERTIES} are asked for prices"
        return Readout(
            records=(),
            skipped=(SkippedRecord(where="geography", why=why),),
            next=_geography(query, radius, others=found[:MOST_PROPERTIES]),
        )
    ids = tuple(dict.fromkeys((*found, *call.notes)))[:MOST_PROPERTIES]
    return Readout(records=(), next=_availability(query, ids))


def _availability(query: HotelQuery, ids: tuple[str, ...]) -> Call | None:
    """For the first batch of properties; the others are noted."""
    if not ids:
        return None
    return Call(
        operation="availability",
        path=f"{VERSION}/properties/availability",
        params=(
            ("checkin", query.check_in.isoformat()),
            ("checkout", query.check_out.isoformat()),
            ("currency", query.currency),
            ("country_code", query.market),
            ("language", "en-US"),
            *(("occupancy", occupancy) for occupancy in occupancies(query)),
            ("rate_plan_count", _RATES_EACH),
            ("sales_channel", "website"),
            ("sales_environment", "hotel_only"),
            ("filter", "expedia_collect"),  # for what the property collects it wants a traveller's card
            *(("property_id", told) for told in ids[:AT_ONCE]),
        ),
        notes=ids[AT_ONCE:],
    )


def _offers(reply: Reply, call: Call, query: HotelQuery) -> Readout[StayOffer]:
    clerk = Clerk(query, reply.received_at)
    told = decoded_together(reply, _TOGETHER, _APART)
    properties, unreadable = each(told, _PROPERTY, lambda rates: _of_property(rates, clerk), "properties")
    something_in(properties, unreadable)
    return Readout(
        records=tuple(chain.from_iterable(offers for offers, _ in properties)),
        skipped=(*unreadable, *chain.from_iterable(skipped for _, skipped in properties)),
        next=_availability(query, call.notes),
    )


def _of_property(told: Rates, clerk: Clerk) -> tuple[tuple[StayOffer, ...], tuple[SkippedRecord, ...]]:
    offers: list[StayOffer] = []
    skipped: list[SkippedRecord] = []
    for number, room in enumerate(told.rooms or ()):
        where = f"{told.property_id}.rooms[{number}].rates"
        sold, bad = each(room.rates, _RATE, partial(clerk.offers, str(told.property_id), room.room_name), where)
        offers.extend(chain.from_iterable(sold))
        skipped.extend(bad)
    return tuple(offers), tuple(skipped)


_READERS: Final[Mapping[str, Callable[[Reply, Call, HotelQuery], Readout[StayOffer]]]] = MappingProxyType(
    {"geography": _near, "availability": _offers}
)
