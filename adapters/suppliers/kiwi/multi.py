"""A journey over several cities: asked as one question, answered in combinations of a way for each of its parts.

A flight search has no such form yet; `ask_multi` and `read_multi` wait for one.
"""

from datetime import datetime
from itertools import chain
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.kiwi import wire
from adapters.suppliers.kiwi.flights import Clerk, day
from adapters.suppliers.kiwi.timetable import Direction, Leg
from domain.offers import FlightOffer
from domain.places import Atlas

_PARTS: Final = range(2, 10)  # one part is refused, and more than nine are answered with nothing
_COMBINATIONS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_COMBINATION: Final = msgspec.json.Decoder(wire.Combination)


def ask_multi(journey: tuple[Leg, ...], currency: str) -> Call:
    """For one adult: how to say who else travels is not documented.

    Raises ValueError for a journey of fewer than two or more than nine parts.
    """
    if len(journey) not in _PARTS:
        raise ValueError(f"a journey over several cities has two to nine parts, not {len(journey)}")
    parts = [
        {
            "fly_from": f"airport:{origin}",
            "to": f"airport:{destination}",
            "dateFrom": day(departure),
            "dateTo": day(departure),
        }
        for origin, destination, departure in journey
    ]
    return Call(
        operation="multi",
        method="POST",
        path="/v2/flights_multi",
        params=(("curr", currency),),
        headers=(("content-type", "application/json"),),
        body=msgspec.json.encode({"requests": parts}),
    )


def read_multi(reply: Reply, journey: tuple[Leg, ...], currency: str, atlas: Atlas) -> Readout[FlightOffer]:
    """An offer for each combination that goes where it was asked to.

    Neither the currency nor the travellers are echoed, so both are taken as asked.
    """
    told = decoded(reply, _COMBINATIONS)
    combiner = _Combiner(journey, currency, atlas, reply.received_at)
    offers, skipped = each(told, _COMBINATION, combiner.combined, "")
    return Readout(records=offers, skipped=skipped)


class _Combiner:
    """Writes the offers of one reply."""

    def __init__(self, journey: tuple[Leg, ...], currency: str, atlas: Atlas, received_at: datetime) -> None:
        self._clerk: Final = Clerk(journey, currency, atlas, received_at)

    def combined(self, told: wire.Combination) -> FlightOffer:
        """Raises ValueError, with the reason, for a combination that can't be sold as what was asked for."""
        directions = tuple(chain.from_iterable(self._part(part, index) for index, part in enumerate(told.route)))
        whole = wire.Itinerary(price=told.price, route=[], booking_token=told.booking_token, deep_link=told.deep_link)
        return self._clerk.written(whole, directions)

    def _part(self, part: wire.Part, index: int) -> tuple[Direction, ...]:
        try:
            return self._clerk.directions(part.route)
        except ValueError as error:
            raise ValueError(f"route[{index}]: {error}") from error
