"""What gateways tell wakes bookings, once, in any order and however late; what they say of states is not believed."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from adapters.kit.failures import Answered
from domain.bookings import Booking, BookingStatus, ChargeStatus
from domain.findings import FindingKind
from domain.jobs import HeedGatewayNotices, Queue
from domain.orders import Reason
from domain.payments import GatewayNotice, Method, NoticeKind, Payment
from domain.searches import Outcome
from storage import findings, gateway_notices
from storage.engine import transaction
from tests.builders import money
from tests.memory_gateway import MemoryGateway
from tests.workers.bookings.conftest import MakeOffice, Office
from workers.gateway_notices import heed_gateway_notices

JOB: Final = HeedGatewayNotices()


class Purse(MemoryGateway):
    """Some of its payments have a second number, which its notices tell."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.second: dict[str, str] = {}

    async def look(self, payment_id: str, *, deadline: float) -> Payment:
        number = self.second.get(payment_id, payment_id)
        if number not in self.held:
            raise Answered("no such payment", outcome=Outcome.REFUSED, reason=Reason.NO_SUCH_ORDER)
        return await super().look(number, deadline=deadline)


def at_a_purse(office: MakeOffice) -> tuple[Office, Purse]:
    here = office()
    purse = Purse(now=here.clock)
    tools = msgspec.structs.replace(here.tools, gateways={purse.name: purse})
    return Office(tools, here.agencies, purse, here.clock, here.broker), purse


async def told(
    office: Office, payment_id: str | None, *, number: str = "n-1", kind: NoticeKind = NoticeKind.PAYMENT, **more: Any
) -> bool:
    """The notice comes in; whether it is new."""
    notice = GatewayNotice(
        gateway=office.gateway.name, id=number, kind=kind, happened_at=office.clock(), payment_id=payment_id, **more
    )
    async with transaction(office.tools.engine) as connection:
        return await gateway_notices.keep(connection, notice, now=office.clock())


async def due_within(office: Office, time: timedelta) -> int:
    """How many notices somebody looks at within that time."""
    async with transaction(office.tools.engine) as connection:
        return len(await gateway_notices.due(connection, now=office.clock() + time, at_most=100))


async def waiting_notices(office: Office) -> int:
    return await due_within(office, timedelta(days=30))


async def linked(office: Office) -> tuple[Booking, str]:
    """A booking that waits for whoever pays by its link, and the payment's number."""
    booking = await office.looks(await office.accepts(method=Method.LINK))
    (charge,) = booking.charges
    assert charge.status is ChargeStatus.WAITING
    assert charge.gateway_id is not None
    return booking, charge.gateway_id


async def is_due(office: Office, booking: Booking) -> bool:
    kept = await office.kept(booking.id)
    return kept.due_at is not None and kept.due_at <= office.clock()


async def test_a_link_that_is_paid_wakes_its_booking(office: MakeOffice) -> None:
    here = office()
    booking, payment = await linked(here)
    assert not await is_due(here, booking)
    here.gateway.pay(payment)
    await told(here, payment)
    await heed_gateway_notices(JOB, here.tools)
    assert await is_due(here, booking)
    assert here.queued(Queue.BOOKINGS) == 1
    assert (await here.looks_until_over(booking.id)).status is BookingStatus.CONFIRMED


async def test_a_notice_is_heeded_once_however_often_it_comes(office: MakeOffice) -> None:
    here = office()
    booking, payment = await linked(here)
    assert await told(here, payment)
    await heed_gateway_notices(JOB, here.tools)
    await here.looks(booking.id)
    assert not await is_due(here, booking)
    assert not await told(here, payment)
    await heed_gateway_notices(JOB, here.tools)
    assert not await is_due(here, booking)
    assert here.queued(Queue.BOOKINGS) == 1


async def test_nothing_that_a_notice_says_is_believed(office: MakeOffice) -> None:
    """It tells of money that nobody has paid."""
    here = office()
    booking, payment = await linked(here)
    await told(here, payment)
    await heed_gateway_notices(JOB, here.tools)
    (charge,) = (await here.looks(booking.id)).charges
    assert charge.status is ChargeStatus.WAITING


async def test_a_notice_that_is_quicker_than_our_books_waits_for_them(office: MakeOffice) -> None:
    here, _ = at_a_purse(office)
    await told(here, "purse_1")
    await heed_gateway_notices(JOB, here.tools)
    assert await waiting_notices(here) == 1
    booking, payment = await linked(here)
    assert payment == "purse_1"
    here.clock.forward(timedelta(seconds=3))
    await heed_gateway_notices(JOB, here.tools)
    assert await waiting_notices(here) == 0
    assert await is_due(here, booking)


async def test_the_second_number_of_a_payment_leads_to_its_booking(office: MakeOffice) -> None:
    here, purse = at_a_purse(office)
    booking, payment = await linked(here)
    purse.second["behind"] = payment
    await told(here, "behind", kind=NoticeKind.REFUND)
    await heed_gateway_notices(JOB, here.tools)
    assert await waiting_notices(here) == 0
    assert await is_due(here, booking)


async def test_a_payment_that_is_nobodys_is_let_be_after_three_days(office: MakeOffice) -> None:
    here, _ = at_a_purse(office)
    await told(here, "nobodys")
    runs = 0
    while await waiting_notices(here):
        await heed_gateway_notices(JOB, here.tools)
        here.clock.forward(timedelta(hours=8))
        runs += 1
    assert runs == 3 * 3 + 1
    assert here.queued(Queue.BOOKINGS) == 0


async def test_a_payment_that_is_nobodys_is_asked_about_ever_less_often(office: MakeOffice) -> None:
    here, _ = at_a_purse(office)
    await told(here, "nobodys")
    for later, pause in ((timedelta(), timedelta(seconds=2)), (timedelta(minutes=20), timedelta(minutes=10))):
        here.clock.forward(later)
        await heed_gateway_notices(JOB, here.tools)
        assert await due_within(here, pause - timedelta(seconds=1)) == 0
        assert await due_within(here, pause + timedelta(seconds=1)) == 1


async def test_what_tells_of_no_payment_is_only_kept(office: MakeOffice) -> None:
    here = office()
    booking, payment = await linked(here)
    await told(here, None, number="n-1", kind=NoticeKind.OTHER)
    await told(here, payment, number="n-2", kind=NoticeKind.OTHER)
    await heed_gateway_notices(JOB, here.tools)
    assert await waiting_notices(here) == 0
    assert not await is_due(here, booking)


async def test_a_booking_that_is_over_stays_over(office: MakeOffice) -> None:
    here = office()
    booking = await here.books()
    (charge,) = booking.charges
    await told(here, charge.gateway_id)
    await heed_gateway_notices(JOB, here.tools)
    assert (await here.kept(booking.id)).due_at is None
    assert here.queued(Queue.BOOKINGS) == 0


async def test_a_dispute_is_found_and_stands_in_the_history_once(office: MakeOffice) -> None:
    here = office()
    booking = await here.books()
    (charge,) = booking.charges
    dispute: dict[str, Any] = {
        "kind": NoticeKind.DISPUTE,
        "dispute": "du_1",
        "amount": money("120.00"),
        "reason": "fraudulent",
    }
    for number in ("n-1", "n-2"):
        await told(here, charge.gateway_id, number=number, **dispute)
        await heed_gateway_notices(JOB, here.tools)
    (finding,) = [one for one in await here.findings(booking.id) if one.kind is FindingKind.DISPUTE]
    assert finding.about == f"charge:{charge.id}"
    assert finding.document["dispute"] == "du_1"
    assert (await here.history(booking.id)).count("payment.disputed") == 1


async def test_a_dispute_of_a_payment_that_nobody_knows_is_found_in_the_end(office: MakeOffice) -> None:
    here, _ = at_a_purse(office)
    await told(here, "nobodys", kind=NoticeKind.DISPUTE, dispute="du_1")
    await heed_gateway_notices(JOB, here.tools)
    assert await waiting_notices(here) == 1
    here.clock.forward(timedelta(minutes=11))
    await heed_gateway_notices(JOB, here.tools)
    async with transaction(here.tools.engine) as connection:
        (kept,) = await findings.listed(connection, at_most=10)
    assert (kept.finding.kind, kept.finding.booking_id) == (FindingKind.DISPUTE, None)
    assert kept.finding.about == "payment:purse:nobodys"


async def test_old_notices_are_forgotten(office: MakeOffice) -> None:
    here = office()
    await told(here, None, kind=NoticeKind.OTHER)
    await heed_gateway_notices(JOB, here.tools)
    here.clock.forward(gateway_notices.KEPT_FOR + timedelta(days=1))
    await heed_gateway_notices(JOB, here.tools)
    assert await told(here, None, kind=NoticeKind.OTHER)  # as new
