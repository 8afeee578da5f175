"""What is left of somebody who has gone: what a booking cost and when is kept, who travelled is not."""

from datetime import date, timedelta
from typing import Final

from domain.bookings import Booking, BookingStatus
from domain.queries import CarQuery, FlightQuery, HotelQuery, Query

# A booking on which nobody works any more, though its journey may lie ahead.
_SETTLED: Final = frozenset(
    {BookingStatus.CONFIRMED, BookingStatus.FAILED, BookingStatus.EXPIRED, BookingStatus.CANCELLED}
)
_ASTRAY: Final = timedelta(days=7)  # a claim about a lost bag or a scratched car names who travelled


def under_way(booking: Booking) -> bool:
    """Money or a supplier may still move: nobody can leave it alone."""
    return booking.status not in _SETTLED


def forgettable(booking: Booking, today: date) -> bool:
    """Whether suppliers and desks need its travellers no more: nothing is bought any more, or the journey is over."""
    if under_way(booking):
        return False
    if booking.status is not BookingStatus.CONFIRMED:
        return True
    return today > max(_last_day(item.query) for item in booking.items) + _ASTRAY


def _last_day(query: Query) -> date:
    match query:
        case FlightQuery():
            return query.return_date or query.departure_date
        case HotelQuery():
            return query.check_out
        case CarQuery():
            return query.drop_off_at.date()
