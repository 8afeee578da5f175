"""Our books beside an agency's and a gateway's: what differs is found once, what mends itself is mended."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from domain.bookings import BookingStatus, Wishes
from domain.findings import FindingKind, FindingState, KeptFinding
from domain.jobs import Queue, Reconcile
from domain.money import Money
from domain.payments import Method, PaymentStatus
from storage import findings, reconciling
from storage.engine import transaction
from storage.reconciling import Because, Place, Run, RunState
from tests.builders import ALBATROSS, money, offer
from tests.memory_gateway import DEAF, LOST
from tests.workers.bookings.conftest import MakeOffice, Office
from tests.workers.conftest import queued
from workers.reconciling.running import give_up_reconcile, reconcile

_K: Final = FindingKind


async def compared(office: Office, *, because: Because = Because.ASKED, settled: bool = True) -> Run:
    """As the hour or an operator asks for it; with `settled`, an hour after the last booking has changed."""
    if settled:
        office.clock.forward(timedelta(hours=1))
    async with transaction(office.tools.engine) as connection:
        run = await reconciling.ask(
            connection,
            because,
            back=timedelta(days=2),
            settled_for=timedelta(minutes=10),
            now=office.clock(),
        )
    await reconcile(Reconcile(run_id=run.id), office.tools)
    async with transaction(office.tools.engine) as connection:
        ended = await reconciling.get(connection, run.id)
    assert ended is not None
    return ended


async def every(office: Office) -> list[KeptFinding]:
    async with transaction(office.tools.engine) as connection:
        return list(await findings.listed(connection, at_most=50))


async def standing(office: Office) -> list[tuple[FindingKind, str]]:
    return [
        (kept.finding.kind, kept.finding.about)
        for kept in await every(office)
        if kept.state in (FindingState.OPEN, FindingState.ACKNOWLEDGED)
    ]


def paid(office: Office, **changes: Any) -> None:
    """The gateway's only payment stands otherwise than we know."""
    (number,) = office.gateway.held
    office.gateway.held[number] = msgspec.structs.replace(office.gateway.held[number], **changes)


async def test_books_that_agree_give_no_finding(office: MakeOffice) -> None:
    held = office()
    await held.books()
    run = await compared(held)
    assert run.state is RunState.DONE
    assert (run.counts.bookings, run.counts.orders, run.counts.payments, run.counts.found) == (1, 1, 1, 0)
    assert run.counts.calls >= 2
    assert await standing(held) == []


async def test_an_order_cancelled_behind_our_back_is_found_once_and_well_again_when_it_is_back(
    office: MakeOffice,
) -> None:
    held = office()
    booking = await held.books()
    held.agency.orders["A1"]["status"] = "cancelled"
    assert (await compared(held)).counts.found == 1
    assert (await compared(held)).counts.found == 0
    assert await standing(held) == [(_K.ORDER_GONE, "item:1")]
    held.agency.orders["A1"]["status"] = "confirmed"
    assert (await compared(held)).counts.resolved == 1
    (kept,) = await every(held)
    assert (kept.state, kept.settled_by, kept.note) == (FindingState.RESOLVED, None, "The books agree again.")
    assert kept.finding.booking_id == booking.id


async def test_what_is_not_settled_yet_is_not_missed(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.agency.orders["A1"]["status"] = "cancelled"
    run = await compared(held, settled=False)
    assert (run.counts.found, await standing(held)) == (0, [])


async def test_an_order_that_stands_although_the_booking_failed_is_found(office: MakeOffice) -> None:
    held = office()
    booking = await held.books(offer(), max_price_increase_percent=0, token="tok_good")
    await held.wishes(booking.id, Wishes(cancel=True))
    assert (await held.looks_until_over(booking.id)).status is BookingStatus.CANCELLED
    held.agency.orders["A1"]["status"] = "confirmed"
    await compared(held)
    assert await standing(held) == [(_K.UNKNOWN_ORDER, "item:1")]


async def test_a_second_order_under_one_reference_is_found_at_night(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.agency.orders["A2"] = held.agency.orders["A1"] | {"id": "A2"}
    await compared(held, because=Because.HOURLY)
    assert await standing(held) == []
    await compared(held, because=Because.NIGHTLY)
    assert await standing(held) == [(_K.UNKNOWN_ORDER, "item:1")]


async def test_another_price_in_the_agencys_books_is_found(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.agency.orders["A1"]["price"] = "421.00"
    await compared(held)
    assert await standing(held) == [(_K.AMOUNT_DIFFERS, "item:1")]


async def test_money_that_the_gateway_took_less_of_or_not_at_all_is_found(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    about = f"charge:{booking.charges[0].id}"
    paid(held, captured=money("400.00"))
    await compared(held)
    assert await standing(held) == [(_K.AMOUNT_DIFFERS, about)]
    paid(held, captured=Money.zero("EUR"), status=PaymentStatus.EXPIRED)
    await compared(held)
    assert await standing(held) == [(_K.ORDER_WITHOUT_MONEY, about)]


async def test_a_refund_made_by_hand_at_the_gateway_is_found(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    paid(held, refunded=money("20.00"))
    await compared(held)
    assert await standing(held) == [(_K.REFUND_MISSING, f"charge:{booking.charges[0].id}")]


async def test_money_that_is_taken_for_a_booking_that_failed_is_found(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["book"] = ["SOLD_OUT"]
    booking = await held.books()
    assert booking.status is BookingStatus.FAILED
    paid(held, status=PaymentStatus.CAPTURED, captured=money("420.00"))
    await compared(held)
    assert await standing(held) == [(_K.MONEY_WITHOUT_ORDER, f"charge:{booking.charges[0].id}")]


async def test_a_payment_that_no_booking_knows_is_found_and_forgotten_when_it_is_given_back(
    office: MakeOffice,
) -> None:
    held = office()
    await held.books()
    (ours,) = held.gateway.held.values()
    stranger = msgspec.structs.replace(ours, id="purse_9", reference="SOMEBODY-ELSES")
    held.gateway.held["purse_9"] = stranger
    held.gateway._made_at["purse_9"] = held.clock()
    assert (await compared(held)).counts.found == 1
    assert await standing(held) == [(_K.UNKNOWN_PAYMENT, "payment:purse:purse_9")]
    held.gateway.held["purse_9"] = msgspec.structs.replace(stranger, refunded=stranger.captured)
    assert (await compared(held)).counts.resolved == 1
    assert await standing(held) == []


async def test_a_payment_that_was_made_while_we_missed_it_wakes_its_booking(office: MakeOffice) -> None:
    """The payer has followed the link, and the gateway's word of it was lost."""
    held = office()
    booking_id = await held.accepts(method=Method.LINK)
    waiting = await held.looks(booking_id)
    assert waiting.status is BookingStatus.PENDING
    held.gateway.pay(next(iter(held.gateway.held)))
    before = queued(held.tools.queue.broker, Queue.BOOKINGS)
    held.clock.forward(timedelta(minutes=12))
    run = await compared(held, settled=False)
    assert run.counts.woken == 1
    assert queued(held.tools.queue.broker, Queue.BOOKINGS) == before + 1
    kept = await held.kept(booking_id)
    assert kept.due_at is not None
    assert kept.due_at <= held.clock()
    assert (await held.looks_until_over(booking_id)).status is BookingStatus.CONFIRMED


async def test_an_order_in_doubt_that_its_supplier_has_wakes_its_booking(office: MakeOffice) -> None:
    held = office(visible_within=timedelta(minutes=30))
    held.agency.mishaps["book"] = [LOST]
    held.agency.mishaps["find"] = [DEAF] * 3
    booking_id = await held.accepts()
    doubted = await held.looks(booking_id)
    assert doubted.status is BookingStatus.IN_DOUBT
    held.agency.mishaps["find"].clear()
    run = await compared(held)
    assert run.counts.woken == 1
    assert (await held.looks_until_over(booking_id)).status is BookingStatus.CONFIRMED
    assert len(held.agency.alive) == 1


async def test_an_order_about_which_nobody_can_be_asked_is_for_people(office: MakeOffice) -> None:
    held = office(finds=False, looks=False)
    held.agency.mishaps["book"] = [LOST]
    booking_id = await held.accepts()
    assert (await held.looks(booking_id)).status is BookingStatus.IN_DOUBT
    run = await compared(held)
    assert (_K.ORDER_IN_DOUBT, "item:1") in await standing(held)
    assert run.unchecked == {ALBATROSS: {"can't be asked for its orders": 1}}


async def test_a_booking_that_is_long_due_and_nobody_looks_at_is_found_until_somebody_does(
    office: MakeOffice,
) -> None:
    held = office()
    booking_id = await held.accepts()
    await compared(held)
    assert (_K.STUCK, "due") in await standing(held)
    await held.looks_until_over(booking_id)
    await compared(held)
    assert await standing(held) == []


async def test_a_supplier_that_does_not_answer_is_named_and_nothing_is_concluded(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.agency.orders["A1"]["status"] = "cancelled"
    await compared(held)
    held.agency.mishaps["look"] = [DEAF] * 9
    run = await compared(held)
    assert run.unchecked == {ALBATROSS: {"timeout": 1}}
    assert await standing(held) == [(_K.ORDER_GONE, "item:1")]


async def test_a_run_stays_within_its_calls_and_the_next_one_goes_on_from_there(office: MakeOffice) -> None:
    held = office()
    for name in "abc":
        booking_id = await held.accepts(name=name)
        await held.looks_until_over(booking_id)
    held.clock.forward(timedelta(hours=1))
    async with transaction(held.tools.engine) as connection:
        run = await reconciling.ask(
            connection, Because.HOURLY, back=timedelta(days=1), settled_for=timedelta(), now=held.clock()
        )
        nearly = msgspec.structs.replace(run, counts=msgspec.structs.replace(run.counts, calls=998))
        await reconciling.save(connection, nearly, now=held.clock())
    await reconcile(Reconcile(run_id=run.id), held.tools)
    async with transaction(held.tools.engine) as connection:
        stopped = await reconciling.get(connection, run.id)
    assert stopped is not None
    assert (stopped.state, stopped.counts.bookings) == (RunState.STOPPED, 1)
    rest = await compared(held, because=Because.HOURLY, settled=False)
    assert rest.state is RunState.DONE
    assert rest.counts.bookings in (2, 3)  # whoever got the last call may not have been the first in the row


async def test_a_run_that_is_asked_for_twice_is_one(office: MakeOffice) -> None:
    held = office()
    asked: dict[str, Any] = {"back": timedelta(days=1), "settled_for": timedelta(), "now": held.clock()}
    async with transaction(held.tools.engine) as connection:
        first = await reconciling.ask(connection, Because.ASKED, **asked)
        assert (await reconciling.ask(connection, Because.ASKED, **asked)).id == first.id
        assert (await reconciling.ask(connection, Because.HOURLY, **asked)).id != first.id


async def test_whoever_asks_by_hand_is_not_led_back_to_a_run_of_long_ago(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.clock.forward(timedelta(hours=3))
    asked: dict[str, Any] = {"settled_for": timedelta(), "now": held.clock()}
    async with transaction(held.tools.engine) as connection:
        for because in (Because.ASKED, Because.HOURLY):
            run = await reconciling.ask(connection, because, back=timedelta(days=1), **asked)
            place = Place(at=held.clock() - timedelta(hours=2), id="b")
            stopped = msgspec.structs.replace(run, state=RunState.STOPPED, place=place)
            await reconciling.save(connection, stopped, now=held.clock())
        short = await reconciling.ask(connection, Because.ASKED, back=timedelta(hours=1), **asked)
        scheduled = await reconciling.ask(connection, Because.HOURLY, back=timedelta(hours=1), **asked)
    assert (short.place, short.since) == (None, asked["now"] - timedelta(hours=1))
    assert scheduled.place == place
    assert scheduled.since == place.at


async def test_a_run_of_which_nothing_was_heard_is_given_up_for_a_new_one(office: MakeOffice) -> None:
    held = office()
    asked: dict[str, Any] = {"back": timedelta(days=1), "settled_for": timedelta()}
    async with transaction(held.tools.engine) as connection:
        lost = await reconciling.ask(connection, Because.ASKED, now=held.clock(), **asked)
        later = held.clock() + timedelta(hours=1)
        assert (await reconciling.ask(connection, Because.ASKED, now=later, **asked)).id != lost.id
        given_up = await reconciling.get(connection, lost.id)
    assert given_up is not None
    assert given_up.state is RunState.FAILED


async def test_a_run_that_ended_is_not_done_again(office: MakeOffice) -> None:
    held = office()
    await held.books()
    run = await compared(held)
    heard = len(held.agency.heard)
    await reconcile(Reconcile(run_id=run.id), held.tools)
    assert len(held.agency.heard) == heard


async def test_a_run_that_was_given_up_says_why(office: MakeOffice) -> None:
    held = office()
    async with transaction(held.tools.engine) as connection:
        run = await reconciling.ask(
            connection, Because.ASKED, back=timedelta(days=1), settled_for=timedelta(), now=held.clock()
        )
    await give_up_reconcile(Reconcile(run_id=run.id), "PostgreSQL was away", held.tools)
    async with transaction(held.tools.engine) as connection:
        ended = await reconciling.get(connection, run.id)
    assert ended is not None
    assert (ended.state, ended.detail) == (RunState.STOPPED, "PostgreSQL was away")


async def test_nobodys_name_stands_in_a_finding(office: MakeOffice) -> None:
    held = office()
    await held.books()
    held.agency.orders["A1"]["status"] = "cancelled"
    await compared(held)
    (kept,) = await every(held)
    told = msgspec.json.encode(kept).decode().lower()
    assert "amelia" not in told
    assert "earhart" not in told
