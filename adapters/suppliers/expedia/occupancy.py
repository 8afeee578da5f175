"""Who sleeps where, in Rapid's words: one text for each room."""

from adapters.suppliers.expedia.wire import Pricing
from domain.queries import HotelQuery, Party


def occupancies(query: HotelQuery) -> tuple[str, ...]:
    """`2` for two adults, `1-7,10` for one with two children; the bookings name their guests in the same order."""
    return tuple(_occupancy(party) for party in query.parties)


def _occupancy(party: Party) -> str:
    ages = ",".join(map(str, party.children_ages))
    return f"{party.adults}-{ages}" if ages else str(party.adults)


def by_room(pricing: dict[str, Pricing], query: HotelQuery) -> tuple[Pricing, ...]:
    """The price of each room. Rooms that sleep the same party share a key, so one price may be there for several.

    Raises ValueError for prices of other rooms, or of another number of nights, than were asked for.
    """
    wanted = occupancies(query)
    if set(pricing) != set(wanted):
        raise ValueError(f"priced for {', '.join(sorted(pricing)) or 'nobody'}, asked for {', '.join(wanted)}")
    for told in pricing.values():
        if isinstance(told.nightly, list) and told.nightly and len(told.nightly) != query.nights:
            raise ValueError(f"priced for {len(told.nightly)} nights, asked for {query.nights}")
    return tuple(pricing[occupancy] for occupancy in wanted)
