"""Whatever is due and in nobody's hands is put on the queue: so no booking depends on a message that arrives."""

from typing import Final

import structlog

from domain.jobs import LookAtBooking, SweepBookings
from storage import bookings
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)


async def sweep_bookings(job: SweepBookings, tools: Tools) -> None:
    """The next sweep is near: what can't be done now is done then."""
    try:
        async with transaction(tools.engine) as connection:
            due = await bookings.due(connection, now=tools.now(), at_most=job.at_most)
        for booking_id in due:
            await tools.queue.put(LookAtBooking(booking_id=booking_id))
    except (StorageDown, QueueDown) as error:
        _log.warning("bookings.not_swept", error=str(error))
