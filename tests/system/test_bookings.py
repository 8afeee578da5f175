"""Journeys are booked, paid and cancelled, in a whole running system; what suppliers and gateways really hold is the judge."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from adapters.kit.registry import suppliers
from bench.stack import until
from tests.system.hub import SELLERS, Hub, Json, running

_ENDS: Final = frozenset({"confirmed", "failed", "expired", "cancelled", "needs_consent"})
_LETTERS: Final = "bcdfghjklmnp"
# Who sells each vertical, with the calls in which its offers are quoted.
QUOTING: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    vertical: {slug: one.sells[vertical].quote.operations for slug, one in suppliers().items() if vertical in one.sells}
    for vertical in ("flights", "hotels", "cars")
}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SELLERS and all(QUOTING.values())), reason="not everything is sold any more"),
]


class Agency:
    """Somebody with a name of their own books in the running system; `seen` is what suppliers and gateways really have."""

    _numbers = itertools.count()

    def __init__(self, hub: Hub) -> None:
        number = next(self._numbers)
        self.hub: Final = hub
        self.surname: Final = f"Traveller{_LETTERS[number % len(_LETTERS)]}{_LETTERS[number // len(_LETTERS)]}"
        self.headers: Final = hub.stack.signed_in(self.surname.lower())
        self._keys: Final = itertools.count(1)
        self.day: Final = datetime.now(UTC).date() + timedelta(days=70 + 5 * number)

    def offer(self, vertical: str, *, of: str | None = None) -> Json:
        """A bookable one, of that supplier where one is told; one that can be taken back where there is any."""
        answered = self.hub.api.get(
            f"/v1/{vertical}/search", params={**self._question(vertical), "wait": 20, "limit": 200}
        )
        assert answered.status_code == 200, answered.text
        sold = [one for found in answered.json()["results"] for one in found["offers"] if one["bookable"]]
        wanted = [one for one in sold if of in (None, one["supplier"])]
        assert wanted, f"no {vertical} of {of or 'anybody'}"
        refundable = [one for one in wanted if one["conditions"]["refundable"] and not _on_site(one)]
        chosen: Json = (refundable or wanted)[0]
        return chosen

    def _question(self, vertical: str) -> dict[str, str]:
        first, last = self.day, self.day + timedelta(days=3)
        return {
            "flights": {"origin": "LHR", "destination": "CDG", "departure_date": f"{first}"},
            "hotels": {"destination": "PAR", "check_in": f"{first}", "check_out": f"{last}", "adults": "1"},
            "cars": {"pick_up": "CDG", "pick_up_at": f"{first}T12:00", "drop_off_at": f"{last}T10:00"},
        }[vertical]

    def book(self, *offers: Json, card: str | None = "pm_card_visa", **more: Any) -> Json:
        """Taken; see `ended` for what becomes of it. Without a card it is paid by link."""
        born = date(self.day.year - 40, 6, 15)
        traveller = {
            "given_name": "Amelia", "surname": self.surname, "born_on": f"{born}", "title": "ms", "gender": "female",
            "nationality": "US",
            "document": {"number": "X1234567", "issued_by": "US", "expires_on": f"{self.day.year + 5}-01-01"},
        }  # fmt: skip
        contact = {
            "email": "amelia@example.com", "phone": "+442080160509", "country": "GB", "address_line": "1 High Street",
            "city": "London", "postal_code": "N1 1AA",
        }  # fmt: skip
        payment = {"method": "link"} if card is None else {"method": "card", "token": card}
        wish = {
            "items": [{"offer_id": one["id"]} for one in offers], "travellers": [traveller], "contact": contact,
            "payment": payment, **more,
        }  # fmt: skip
        headers = {**self.headers, "Idempotency-Key": f"{self.surname} {next(self._keys)}"}
        answered = self.hub.api.post("/v1/bookings", json=wish, headers=headers)
        assert answered.status_code == 202, answered.text
        again = self.hub.api.post("/v1/bookings", json=wish, headers=headers)
        assert (again.status_code, again.content) == (202, answered.content)
        return _json(answered)

    def look(self, booking: Json, **wishes: float) -> Json:
        answered = self.hub.api.get(f"/v1/bookings/{booking['reference']}", params=wishes, headers=self.headers)
        assert answered.status_code == 200, answered.text
        return _json(answered)

    def becomes(self, booking: Json, *statuses: str) -> Json:
        """The booking when it stands so. A wait for a worker ends after the time in which a dead one is replaced."""
        return self.seen(booking, lambda shown: shown["status"] in statuses)

    def seen(self, booking: Json, true: Callable[[Json], bool]) -> Json:
        """The booking when that is true of it."""
        shown = self.look(booking)

        def looked() -> bool:
            shown.update(self.look(booking, wait=5))
            return true(shown)

        until(looked, "the booking gets there", seconds=60)
        return shown

    def orders(self) -> list[str]:
        """What suppliers really have of this traveller's: the state of each order."""
        told = self.hub.sandbox.get("/_world/orders", params={"surname": self.surname}).json()["orders"]
        return sorted(order["state"] for order in told)

    def money(self, booking: Json, name: str) -> Decimal:
        """What gateways have really held, captured or refunded for a booking."""
        rows = self.hub.sandbox.get("/_world/payments").json()["payments"]
        ours = self._references(booking)
        return sum((Decimal(row[name]) for row in rows if row["reference"] in ours), Decimal())

    def _references(self, booking: Json) -> set[str]:
        told = self.hub.api.get(f"/v1/admin/bookings/{booking['id']}", headers=self.hub.stack.admin()).json()
        return {charge["reference"] for charge in told["charges"]}


def _json(answered: Any) -> Json:
    told: Json = answered.json()
    return told


def _on_site(offer: Json) -> bool:
    return any(part["on_site"] for part in offer["price_components"]) or offer["conditions"].get("payment") == [
        "on_site"
    ]


def _sum(amounts: list[Json]) -> Decimal:
    return sum((Decimal(one["amount"]) for one in amounts), Decimal())


@pytest.fixture(scope="module")
def system() -> Iterator[Hub]:
    with running("web", "worker", "worker_catalogue", "worker_bookings", "scheduler", "sandbox") as hub:
        yield hub


@pytest.fixture
def agency(system: Hub) -> Iterator[Agency]:
    yield Agency(system)
    system.mend()
    system.sandbox.delete("/_outcomes").raise_for_status()


def test_a_flight_a_room_and_a_car_are_booked_together_and_cancelled_again(agency: Agency) -> None:
    booking = agency.book(*(agency.offer(vertical) for vertical in QUOTING), max_price_increase_percent=20)
    confirmed = agency.becomes(booking, *_ENDS)
    assert confirmed["status"] == "confirmed", confirmed["refusal"]
    assert [item["status"] for item in confirmed["items"]] == ["booked"] * 3
    assert all(item["locators"] for item in confirmed["items"])
    assert agency.orders() == ["booked"] * 3
    taken = _sum([payment["captured"] for payment in confirmed["payments"]])
    assert taken == agency.money(booking, "captured") == _sum(confirmed["prices"]) - _sum(confirmed["on_site"])

    answered = agency.hub.api.delete(f"/v1/bookings/{booking['id']}", headers=agency.headers)
    terms = answered.json()["terms"]
    assert answered.status_code == 202
    assert _sum(terms["comes_back"]) + _sum(terms["kept"]) == taken
    cancelled = agency.becomes(booking, "cancelled", "failed")
    assert cancelled["status"] == "cancelled"
    assert agency.orders() == ["cancelled"] * 3
    back = agency.money(booking, "refunded")
    assert back == _sum([payment["refunded"] for payment in cancelled["payments"]])
    certain = all(item["certain"] for item in terms["items"])
    assert back == _sum(terms["comes_back"]) if certain else back >= _sum(terms["comes_back"])
    history = agency.hub.api.get(f"/v1/bookings/{booking['id']}/events", headers=agency.headers).json()["data"]
    told = [event["type"] for event in history]
    assert [one for one in told if one in ("booking.accepted", "booking.confirmed", "booking.cancelled")] == [
        "booking.accepted", "booking.confirmed", "booking.cancelled",
    ]  # fmt: skip


def dearer(agency: Agency, vertical: str) -> Json:
    """An offer of somebody whose sandbox can raise the price when it is quoted, which it does from now on."""
    playable = agency.hub.sandbox.get("/_outcomes").json()["playable"]
    for slug, operations in QUOTING[vertical].items():
        for operation in operations:
            if "price_changed" in playable.get(slug, {}).get(operation, ()):
                offer = agency.offer(vertical, of=slug)
                wish = {"supplier": slug, "operation": operation, "outcome": "price_changed", "count": None}
                assert agency.hub.sandbox.post("/_outcomes", json=wish).status_code == 201
                return offer
    pytest.skip(f"nobody's sandbox raises the price of {vertical} on request")


def test_a_price_that_rises_waits_for_consent_and_charges_nothing_before(agency: Agency) -> None:
    booking = agency.book(dearer(agency, "hotels"))
    asked = agency.becomes(booking, *_ENDS)
    assert asked["status"] == "needs_consent", asked["refusal"]
    agreed, now = _sum(asked["consent"]["agreed"]), _sum(asked["consent"]["asked"])
    assert agreed < now
    assert (asked["payments"], agency.orders()) == ([], [])
    answers_price(agency, booking, accepted=True)
    confirmed = agency.becomes(booking, "confirmed", "failed", "needs_consent")
    if confirmed["status"] == "needs_consent":  # prices move every ten minutes: just now they did
        now = _sum(confirmed["consent"]["asked"])
        answers_price(agency, booking, accepted=True)
        confirmed = agency.becomes(booking, "confirmed", "failed")
    assert confirmed["status"] == "confirmed", confirmed["refusal"]
    assert _sum(confirmed["prices"]) == now
    assert agency.orders() == ["booked"]


def answers_price(agency: Agency, booking: Json, *, accepted: bool) -> None:
    """Heeded when this returns: until then the booking still waits."""
    place = f"/v1/bookings/{booking['id']}"
    answered = agency.hub.api.put(place, json={"accept_price": accepted}, headers=agency.headers)
    assert answered.status_code == 202, answered.text
    told = ("booking.price_answered", "booking.needs_consent")

    def heeded() -> bool:
        events = agency.hub.api.get(f"{place}/events", headers=agency.headers).json()["data"]
        last = next(str(event["type"]) for event in reversed(events) if event["type"] in told)
        return last == told[1] or str(agency.look(booking)["status"]) != "needs_consent"

    until(heeded, "a worker has heard the answer", seconds=60)


def test_a_price_that_rises_may_be_dropped_and_nothing_was_booked(agency: Agency) -> None:
    booking = agency.book(dearer(agency, "hotels"))
    agency.becomes(booking, "needs_consent")
    answers_price(agency, booking, accepted=False)
    assert agency.becomes(booking, "cancelled", "failed")["status"] == "cancelled"
    assert agency.orders() == []


def test_a_card_that_is_declined_books_nothing(agency: Agency) -> None:
    booking = agency.book(agency.offer("flights"), card="pm_card_chargeDeclined", max_price_increase_percent=50)
    failed = agency.becomes(booking, *_ENDS)
    assert (failed["status"], failed["refusal"]["reason"]) == ("failed", "declined")
    assert failed["refusal"]["supplier"] is None
    assert agency.orders() == []
    assert agency.money(booking, "captured") == 0


def test_a_link_is_paid_by_whoever_follows_it(agency: Agency) -> None:
    booking = agency.book(agency.offer("flights"), card=None, max_price_increase_percent=50)
    shown = agency.seen(booking, lambda one: any(payment["action_url"] for payment in one["payments"]))
    assert shown["status"] == "pending"
    (payment,) = shown["payments"]
    assert agency.money(booking, "captured") == 0
    paid = agency.hub.sandbox.post(payment["action_url"], data={"action": "pay"})
    assert paid.status_code < 400, paid.text
    confirmed = agency.becomes(booking, "confirmed", "failed", "expired")
    assert confirmed["status"] == "confirmed", confirmed["refusal"]
    assert agency.orders() == ["booked"]
    assert agency.money(booking, "captured") == _sum(confirmed["prices"])
