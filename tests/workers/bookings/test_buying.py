"""A booking from its acceptance to its confirmation, and what stands in the books on the way."""

from domain.bookings import BookingStatus, ChargeStatus, ItemStatus
from domain.payments import PaymentStatus
from tests.builders import money
from tests.workers.bookings.conftest import MakeOffice


async def test_a_flight_is_booked_paid_and_confirmed(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    assert booking.status is BookingStatus.CONFIRMED
    assert [item.status for item in booking.items] == [ItemStatus.BOOKED]
    assert [charge.status for charge in booking.charges] == [ChargeStatus.CAPTURED]
    assert len(held.agency.alive) == 1
    assert held.agency.alive[0]["reference"] == booking.items[0].reference
    assert held.gateway.total(PaymentStatus.CAPTURED) == money("420.00")
