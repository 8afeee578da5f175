"""An office: bookings in a real PostgreSQL, agencies and a gateway that keep their own books, and a clock to turn."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dramatiq
import msgspec
import pytest

from adapters.kit.supplier import Supplier
from domain.bookings import Booking, Item, People, Wishes, order_reference
from domain.cancellation import CancellationStep, Ladder
from domain.findings import Finding
from domain.ids import short_id
from domain.jobs import LookAtBooking
from domain.offers import FlightConditions, FlightOffer
from domain.payments import Method
from storage import bookings, findings
from storage.bookings import Event, Kept, StepTaken
from storage.engine import transaction
from tests.builders import ALBATROSS, contact, flight_query, money, offer, traveller, wall_clock
from tests.memory_gateway import GOOD_CARD, MemoryGateway
from tests.workers.bookings.agency import Agency, agency
from tests.workers.conftest import MakeTools, queued
from workers.bookings.looking import look_at_booking
from workers.tools import Tools

DEPARTURE_EVENING: Final = wall_clock("LHR", "2027-02-28T18:00")
# A fee from the evening before departure on.
FREE_TO_CANCEL: Final = FlightConditions(
    refundable=True,
    cancellation=Ladder(steps=(CancellationStep(fee=money("100.00"), since=DEPARTURE_EVENING),)),
)

MakeOffice = Callable[..., "Office"]


class Clock:
    """The real one, put forward by hand."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def forward(self, by: timedelta) -> None:
        self._ahead += by

    def until(self, moment: datetime) -> None:
        self._ahead = moment - datetime.now(UTC)


class Office:
    """Whoever books here books with these agencies and pays through this gateway."""

    def __init__(
        self,
        tools: Tools,
        agencies: Mapping[str, Agency],
        gateway: MemoryGateway,
        clock: Clock,
        broker: dramatiq.Broker,
    ) -> None:
        self.tools: Final = tools
        self.broker: Final = broker
        self.agencies: Final = agencies
        self.gateway: Final = gateway
        self.clock: Final = clock

    @property
    def agency(self) -> Agency:
        return self.agencies[ALBATROSS]

    async def accepts(self, *offers: FlightOffer, name: str = "one", **wanted: Any) -> str:
        """A booking, as the API leaves it; its id."""
        booking_id = short_id(name)
        items = tuple(
            Item(
                number=number,
                offer=one,
                query=flight_query(),
                price=one.price,
                reference=order_reference(booking_id, number),
            )
            for number, one in enumerate(offers or (offer(),), start=1)
        )
        method = wanted.pop("method", Method.CARD)
        booking = Booking(
            id=booking_id,
            reference=booking_id[:6].upper(),
            owner="amelia",
            created_at=self.clock(),
            items=items,
            method=method,
            gateway=self.gateway.name,
            token=wanted.pop("token", GOOD_CARD if method is Method.CARD else None),
            **wanted,
        )
        assert self.tools.vault is not None
        people = self.tools.vault.seal(People(travellers=(traveller(),), contact=contact()))
        async with transaction(self.tools.engine) as connection:
            assert await bookings.create(connection, booking, people, due_at=self.clock())
        return booking_id

    async def looks(self, booking_id: str, *, tools: Tools | None = None) -> Booking:
        await look_at_booking(LookAtBooking(booking_id=booking_id), tools or self.tools)
        return (await self.kept(booking_id)).booking

    async def looks_until_over(self, booking_id: str, *, at_most: int = 100) -> Booking:
        """As the sweeper has it done: again whenever it is due, with the clock put forward to that time."""
        for _ in range(at_most):
            await self.looks(booking_id)
            kept = await self.kept(booking_id)
            if kept.due_at is None:
                return kept.booking
            self.clock.forward(max(timedelta(), kept.due_at - self.clock()))
        raise AssertionError(f"still {kept.booking.status} after {at_most} looks")

    async def books(self, *offers: FlightOffer, **wanted: Any) -> Booking:
        return await self.looks_until_over(await self.accepts(*offers, **wanted))

    async def kept(self, booking_id: str) -> Kept:
        async with transaction(self.tools.engine) as connection:
            kept = await bookings.get(connection, booking_id)
        assert kept is not None
        return kept

    async def wishes(self, booking_id: str, wishes: Wishes) -> None:
        async with transaction(self.tools.engine) as connection:
            assert await bookings.locked(connection, booking_id) is not None
            await bookings.wish(connection, booking_id, wishes, now=self.clock())

    async def forgets(self, booking_id: str) -> None:
        async with transaction(self.tools.engine) as connection:
            await bookings.change_people(connection, booking_id, None, now=self.clock())

    def queued(self, name: str) -> int:
        """How many jobs wait there."""
        return queued(self.broker, name)

    async def events(self, booking_id: str) -> list[Event]:
        async with transaction(self.tools.engine) as connection:
            return list(await bookings.events(connection, booking_id))

    async def history(self, booking_id: str) -> list[str]:
        return [event.type for event in await self.events(booking_id)]

    async def steps(self, booking_id: str) -> list[StepTaken]:
        async with transaction(self.tools.engine) as connection:
            return list(await bookings.steps(connection, booking_id))

    async def findings(self, booking_id: str) -> list[Finding]:
        async with transaction(self.tools.engine) as connection:
            return [kept.finding for kept in await findings.listed(connection, booking_id=booking_id, at_most=20)]


@pytest.fixture
def office(tools: MakeTools, broker: dramatiq.Broker) -> MakeOffice:
    """Opens one; `abilities` are those of its agencies."""

    def opened(*slugs: str, **abilities: Any) -> Office:
        clock = Clock()
        agencies = {slug: Agency() for slug in slugs or (ALBATROSS,)}
        gateway = MemoryGateway(now=clock)

        def declared(slug: str) -> Supplier:
            return agency(slug, clock=clock, **abilities)

        held = tools(dict(agencies), suppliers=declared)
        return Office(
            msgspec.structs.replace(held, gateways={gateway.name: gateway}, now=clock),
            agencies,
            gateway,
            clock,
            broker,
        )

    return opened
