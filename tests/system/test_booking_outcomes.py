"""Every outcome that the sandboxes can give, from the client's order to the end: each is a row of a table, which is in the docs."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import Final

import pytest

from tests.chaos.ledger import Defect
from tests.system.hub import SELLERS, Json, running
from tests.system.journeys import Fair, Journey
from tests.system.outcomes import OUTCOMES, USUAL, Row, paid, takes_back
from tests.system.test_bookings import QUOTING
from tests.webhook_receiver import receiver

_AT_ONCE: Final = 16
_MINUTES: Final = 3 * 60.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SELLERS and all(QUOTING.values())), reason="not everything is sold any more"),
]


@pytest.fixture(scope="module")
def fair() -> Iterator[Fair]:
    processes = ("web", "worker", "worker_catalogue", "worker_bookings", "scheduler", "sandbox", "mailbox")
    with running(*processes) as hub, receiver() as receiving:
        yield Fair(hub, receiving)


@pytest.fixture(scope="module")
def journeys(fair: Fair, request: pytest.FixtureRequest) -> Iterator[Mapping[str, Future[Journey]]]:
    """All rows that are asked for, several at a time."""
    wanted = {item.name for item in request.session.items}
    rows = {
        name: row
        for name, row in OUTCOMES.items()
        if f"{test_a_booking_ends_as_the_table_says.__name__}[{name}]" in wanted
    }
    with ThreadPoolExecutor(_AT_ONCE) as travellers:
        yield {name: travellers.submit(travelled, fair, row) for name, row in rows.items()}


def travelled(fair: Fair, row: Row) -> Journey:
    """From the search to the end, with all letters and webhooks that are to come."""
    journey = booked(fair, row)
    while "item.held" in row.through and "item.held" not in journey.events():  # some airlines hold no seats
        fair.holding_nothing.update(journey.airlines)
        journey.cancels()
        journey.becomes("cancelled")
        journey = booked(fair, row)
    row.then(journey)
    journey.is_paid_back()
    journey.hears(*row.webhooks)
    journey.reads(*row.letters)
    return journey


def booked(fair: Fair, row: Row) -> Journey:
    """Until it rests."""
    journey = Journey(fair, met=row.met)
    offers = [
        journey.finds(vertical, row.selling.get(vertical, takes_back), row.offers.get(vertical, USUAL[vertical]))
        for vertical in row.buys
    ]
    with journey.alone(later=False):
        journey.books(offers, card=row.card, allows=row.allows)
        journey.rests(*row.rests)
    return journey


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_booking_ends_as_the_table_says(name: str, journeys: Mapping[str, Future[Journey]]) -> None:
    row, journey = OUTCOMES[name], journeys[name].result(_MINUTES)
    shown = journey.agency.look(journey.booking)
    refusal = shown["refusal"] and shown["refusal"]["reason"]
    assert (shown["status"], refusal) == (row.ends, row.refusal), shown["refusal"]
    assert journey.unmet() == []
    assert tuple(item["status"] for item in shown["items"]) == row.items
    assert tuple(order["state"] for order in journey.orders()) == row.orders
    assert set(row.through) <= set(journey.events())
    assert paid(journey) is row.paid, (journey.terms, journey.payments())
    if row.ends == "cancelled" and journey.terms is not None and not (row.astray or "kept" in row.items):
        assert journey.money("refunded") == comes_back(journey.terms), journey.terms
    assert journey.letters() == row.letters
    assert journey.webhooks() == row.webhooks
    assert {one["kind"] for one in journey.whole()["findings"]} == ({row.finding} if row.finding else set())
    astray = {Defect.MONEY_WITHOUT_BOOKING} if row.astray else set()
    assert {fault.defect for fault in journey.ledger().faults} == astray, journey.ledger().faults


def test_nothing_is_astray_when_all_is_over(fair: Fair, journeys: Mapping[str, Future[Journey]]) -> None:
    """Also no payment and no order that belongs to nobody."""
    left_to_people = {journeys[name].result(_MINUTES).booking["id"] for name in journeys if OUTCOMES[name].astray}
    for journey in journeys.values():
        journey.result(_MINUTES)
    ledger = fair.ledger()
    assert ledger.accepted >= len(journeys)
    assert {fault.booking for fault in ledger.faults} == left_to_people, ledger.faults


def comes_back(terms: Json) -> Decimal:
    """What the client was told when the booking was cancelled."""
    return sum((Decimal(one["amount"]) for one in terms["comes_back"]), Decimal())
