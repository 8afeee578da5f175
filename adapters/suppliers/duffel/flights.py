"""Flight search: an offer request without its offers, then these page by page, the cheapest first."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, decoded_together, each
from adapters.suppliers.duffel import fares, wire
from adapters.suppliers.duffel.remarks import remarks
from adapters.suppliers.duffel.timetable import Timetable
from domain.offers import FlightOffer, Offer, offer_id
from domain.places import Atlas
from domain.queries import FlightQuery

SLUG: Final = "duffel"
LIVE_FOR: Final = timedelta(minutes=30)  # as long as offers were seen to live after their search
MOST_PAGES: Final = 10
PAGE: Final = "200"

# How long Duffel waits for airlines. Well below our own patience, or the answer of all others is lost with the slowest.
_AIRLINES_WAIT_MS: Final = "12000"
_MOST_CONNECTIONS: Final = 2
# A query counts children; Duffel wants to know how old they are on the last day of travel.
CHILD_SEARCHED: Final = 8
INFANT_SEARCHED: Final = 1

_REQUEST: Final = msgspec.json.Decoder(wire.Single[wire.OfferRequest])
_OFFERS: Final = msgspec.json.Decoder(wire.Page[wire.Offer])
_OFFERS_APART: Final = msgspec.json.Decoder(wire.Page[msgspec.Raw])
_OFFER: Final = msgspec.json.Decoder(wire.Offer)


def ask(query: FlightQuery) -> Call:
    ages = (*[None] * query.adults, *[CHILD_SEARCHED] * query.children, *[INFANT_SEARCHED] * query.infants)
    return ask_for(query, ages)


def ask_for(query: FlightQuery, ages: tuple[int | None, ...]) -> Call:
    """For travellers of these ages, None for an adult. There is no wish for a currency: the account has one."""
    return Call(
        operation="search",
        method="POST",
        path="/air/offer_requests",
        params=(("return_offers", "false"), ("supplier_timeout", _AIRLINES_WAIT_MS)),
        headers=(("content-type", "application/json"),),
        body=msgspec.json.encode(
            {
                "data": {
                    "slices": list(_slices(query)),
                    "passengers": [{"type": "adult"} if age is None else {"age": age} for age in ages],
                    "cabin_class": query.cabin,
                    "max_connections": _MOST_CONNECTIONS,
                }
            }
        ),
    )


def _slices(query: FlightQuery) -> Iterator[Mapping[str, str]]:
    ways = [(query.origin, query.destination, query.departure_date)]
    if query.return_date is not None:
        ways.append((query.destination, query.origin, query.return_date))
    for origin, destination, day in ways:
        yield {"origin": origin, "destination": destination, "departure_date": day.isoformat()}


def ask_for_offers(request_id: str) -> Call:
    params = (("offer_request_id", request_id), ("sort", "total_amount"), ("limit", PAGE))
    return Call(operation="offers", path="/air/offers", params=params)


def next_page(call: Call, cursor: wire.Cursor | None) -> Call | None:
    """The same call after the cursor; None on the last page."""
    if cursor is None or not cursor.after:
        return None
    params = tuple(pair for pair in call.params if pair[0] != "after")
    return msgspec.structs.replace(call, params=(*params, ("after", cursor.after)))


def read(reply: Reply, call: Call, query: FlightQuery, atlas: Atlas) -> Readout[FlightOffer]:
    """An offer for each of theirs that is priced for all travellers of the query, in whatever currency they charge."""
    return _READERS[call.operation](reply, call, query, atlas)


def read_request(reply: Reply) -> wire.OfferRequest:
    return decoded(reply, _REQUEST).data


def read_offers(reply: Reply) -> wire.Page[Any]:
    """A page of offers, each read, or all as their bytes where one of them is bad."""
    return decoded_together(reply, _OFFERS, _OFFERS_APART)


def _read_request(reply: Reply, _call: Call, _query: FlightQuery, _atlas: Atlas) -> Readout[FlightOffer]:
    return Readout(records=(), next=ask_for_offers(read_request(reply).id))


def _read_page(reply: Reply, call: Call, query: FlightQuery, atlas: Atlas) -> Readout[FlightOffer]:
    page = read_offers(reply)
    clerk = _Clerk(query, atlas, reply.received_at)
    offers, skipped = each(page.data, _OFFER, clerk.offer, "data")
    return Readout(records=offers, skipped=skipped, next=next_page(call, page.meta))


_READERS: Final[Mapping[str, Callable[[Reply, Call, FlightQuery, Atlas], Readout[FlightOffer]]]] = MappingProxyType(
    {"search": _read_request, "offers": _read_page}
)


class _Clerk:
    """Writes the offers of one page."""

    __slots__ = ("_received_at", "_timetable", "_travellers")

    def __init__(self, query: FlightQuery, atlas: Atlas, received_at: datetime) -> None:
        self._travellers: Final = query.travellers
        self._timetable: Final = Timetable(atlas)
        self._received_at: Final = received_at

    def offer(self, told: wire.Offer) -> FlightOffer:
        """Raises ValueError, with the reason, for an offer that can't be sold as what was asked for."""
        if not told.id:
            raise ValueError("has no id")
        if told.partial:
            raise ValueError("is a part of a journey")
        if len(told.passengers) != self._travellers:
            raise ValueError(f"priced for {len(told.passengers)} travellers, asked for {self._travellers}")
        price = fares.price(told)
        journey = self._timetable.itinerary(told.slices)
        return Offer(
            id=offer_id(SLUG, told.id),
            supplier=SLUG,
            reference=told.id,
            product=journey,
            price=price,
            price_components=fares.components(told, price),
            conditions=fares.conditions(told, price, journey.slices[0].departs_at),
            fetched_at=self._received_at,
            expires_at=expiry(told, self._received_at),
            supplier_extra=remarks(told),
        )


def expiry(told: wire.Offer, received_at: datetime) -> datetime:
    """When the offer ends by our clock, at most half an hour ahead.

    What is handed out is alive by Duffel's clock. Where ours holds it for dead, it lives as long as theirs still gives
    it. Raises ValueError where they give it nothing.
    """
    ends = told.expires_at
    if ends <= received_at:
        ends = received_at + (told.expires_at - (told.updated_at or told.created_at or told.expires_at))
    if ends <= received_at:
        raise ValueError(f"ended at {told.expires_at.isoformat()}")
    return min(ends, received_at + LIVE_FOR)
