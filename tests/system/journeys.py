"""Somebody's journey through the running system: what is ordered at the sandbox, done by a client, and told to them."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.registry import suppliers
from adapters.kit.supplier import Selling
from adapters.payments.registry import GATEWAYS
from bench.stack import until
from tests.chaos import truth
from tests.chaos.ledger import Accepted, Ledger, judged
from tests.system.hub import Hub, Json
from tests.system.test_bookings import Agency
from tests.webhook_receiver import Received, Receiver

# Cards that go through. Whatever goes wrong at a gateway is ordered at the second one, where nobody else is disturbed.
CARDS: Final[Mapping[str, str]] = dict(zip(GATEWAYS, ("pm_card_visa", "cnon:card-nonce-ok"), strict=True))
CALM, ROUGH = CARDS
# Who can play which outcomes in which operation.
Playable = Mapping[str, Mapping[str, list[str]]]
_PATIENCE: Final = 60.0
_LOOKS_EVERY: Final = 0.4
# What each letter is told by: a part of its subject.
SUBJECTS: Final[Mapping[str, str]] = {
    "needs consent": "The price has changed",
    "payment link": "Pay for your booking",
    "confirmed": "Confirmed: ",
    "failed": "could not be made",
    "expired": "has expired",
    "cancelled": "Cancelled: ",
    "refund": "come back to you",
}


class At(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered at the sandbox, at a step of buying: an outcome that it plays, or a fault on the line.

    `vertical` None: of the gateway. `later`: not before the booking stands and is to be cancelled. `always`: whenever this
    traveller is there, and not only the first time.
    """

    step: str
    vertical: str | None = None
    plays: str | None = None
    breaks: Mapping[str, Any] | None = None
    seconds: float | None = None
    later: bool = False
    always: bool = False

    def operations(self, slug: str, playable: Playable) -> tuple[str, ...]:
        """Where it can be ordered of this seller or gateway. A search asks nothing there: it would meet what is not its."""
        if self.vertical is None:
            known: tuple[str, ...] = (self.step,)
        else:
            step, searches = getattr(suppliers()[slug].sells[self.vertical], self.step), suppliers()[slug].searches
            searching = {name for one in searches.values() for name in one.operations}
            known = () if step is None else tuple(name for name in step.operations if name not in searching)
        if self.plays is None:  # the step is one call, so that it is known which of them is sabotaged
            return known if len(known) == 1 else ()
        return tuple(name for name in known if self.plays in playable.get(slug, {}).get(name, ()))


class Fair:
    """The running system with everything that journeys share: offers on the shelf, and who is at which seller."""

    def __init__(self, hub: Hub, receiver: Receiver) -> None:
        self.hub: Final = hub
        self.receiver: Final = receiver
        self.playable: Final[Playable] = hub.sandbox.get("/_outcomes").json()["playable"]
        self.accepted: Final[list[Accepted]] = []
        self.holding_nothing: Final[set[str | None]] = set()  # airlines
        self._locks: Final = {slug: threading.Lock() for slug in (*suppliers(), *CARDS)}
        self._shelf: Final[dict[str, list[Json]]] = {}
        self._shelving: Final = threading.Lock()

    @contextmanager
    def alone_at(self, names: set[str]) -> Iterator[None]:
        """What is ordered at the sandbox meets whoever comes first: nobody else is there meanwhile."""
        with ExitStack() as held:
            for name in sorted(names):
                held.enter_context(self._locks[name])
            yield

    def holds_something(self, offer: Json) -> bool:
        """As far as we know: only who was asked to hold a seat tells."""
        return offer["airline"] is None or offer["airline"] not in self.holding_nothing

    def taken_from_shelf(self, agency: Agency, vertical: str, wanted: Callable[[Json], bool]) -> Json:
        """An offer that nobody else takes. Flights are searched for by each traveller: some sellers sell once of a search."""
        if vertical == "flights":
            return _first(_found(agency, vertical), wanted, vertical)
        with self._shelving:
            shelf = self._shelf.get(vertical)
            if shelf is None:
                shelf = self._shelf[vertical] = _found(agency, vertical)
            offer = _first(shelf, wanted, vertical)
            shelf.remove(offer)
            return offer

    def ledger(self) -> Ledger:
        """Everything that was ever accepted here, against what suppliers and gateways have in their books."""
        stack = self.hub.stack
        return judged(self.accepted, truth.bookings(stack), truth.orders(stack), truth.payments(stack))


def _found(agency: Agency, vertical: str) -> list[Json]:
    question: dict[str, str | int] = {**agency._question(vertical), "wait": 20, "limit": 200}
    answered = agency.hub.api.get(f"/v1/{vertical}/search", params=question)
    assert answered.status_code == 200, answered.text
    return [
        {**one, "airline": _airline(found)}
        for found in answered.json()["results"]
        for one in found["offers"]
        if one["bookable"]
    ]


def _airline(found: Json) -> str | None:
    """Of the first flight, where it is one."""
    slices = found["product"].get("slices") if "product" in found else None
    return str(slices[0]["segments"][0]["carrier"]) if slices else None


def _first(offers: list[Json], wanted: Callable[[Json], bool], vertical: str) -> Json:
    found = next((one for one in offers if wanted(one)), None)
    assert found is not None, f"no {vertical} like that among {len(offers)}"
    return found


class Journey:
    """One traveller with a name, an address and a web server of their own. Every wait ends within a minute."""

    _numbers = itertools.count()

    def __init__(self, fair: Fair, *, met: tuple[At, ...]) -> None:
        self.fair: Final = fair
        self.agency: Final = Agency(fair.hub)
        self.email: Final = f"{self.agency.surname.lower()}@example.com"
        self.booking: Json = {}
        self.terms: Json | None = None
        self.airlines: Final[set[str | None]] = set()
        self._met: Final = met
        self._wishes: Final[list[tuple[str, int]]] = []
        self._sellers: Final[set[str]] = set()
        self._gateway: Final = ROUGH if any(one.vertical is None for one in met) else CALM
        url = f"{fair.receiver.url}/{self.agency.surname}"
        asked = fair.hub.api.post("/v1/webhooks/subscriptions", json={"url": url}, headers=self.agency.headers)
        assert asked.status_code == 201, asked.text
        self._secret: Final = str(asked.json()["secret"])

    # ---- what the client does ----

    def finds(self, vertical: str, selling: Callable[[Selling], bool], wanted: Callable[[Json], bool]) -> Json:
        """An offer of a seller who is such, and whose sandbox can do what is ordered of it."""
        met = [one for one in self._met if one.vertical == vertical]
        sellers = {
            slug
            for slug, supplier in suppliers().items()
            if vertical in supplier.sells
            and selling(supplier.sells[vertical])
            and all(one.operations(slug, self.fair.playable) for one in met)
        }
        assert sellers, f"nobody's sandbox can do that with {vertical}"
        offer = self.fair.taken_from_shelf(
            self.agency,
            vertical,
            lambda one: one["supplier"] in sellers and wanted(one) and self.fair.holds_something(one),
        )
        self._sellers.add(offer["supplier"])
        self.airlines.add(offer["airline"])
        return offer

    @contextmanager
    def alone(self, *, later: bool) -> Iterator[None]:
        """With what is ordered for this part of the journey."""
        gateway = {self._gateway} if self._gateway == ROUGH else set()
        with self.fair.alone_at(self._sellers | gateway):
            lasting = [self._order(one) for one in self._met if one.always]
            self._wishes.extend(self._order(one) for one in self._met if one.later is later and not one.always)
            try:
                yield
            finally:
                for page, number in lasting:
                    self.fair.hub.sandbox.delete(page, params={"id": number}).raise_for_status()

    def _order(self, one: At) -> tuple[str, int]:
        sandbox, slug = self.fair.hub.sandbox, self._gateway
        if one.vertical is not None:
            slug = next(name for name in self._sellers if one.vertical in suppliers()[name].sells)
        operation = one.operations(slug, self.fair.playable)[0]
        order: Json = {"supplier": slug, "operation": operation, "count": None if one.always else 1}
        if one.plays is not None:
            page, order = "/_outcomes", {**order, "outcome": one.plays, "seconds": one.seconds}
        else:
            page, order = "/_faults", {**order, **(one.breaks or {})}
        ordered = sandbox.post(page, json=order)
        assert ordered.status_code == 201, ordered.text
        return page, ordered.json()["id"]

    def unmet(self) -> list[tuple[str, int]]:
        """What was ordered for this journey and met nobody."""
        sandbox = self.fair.hub.sandbox
        waiting = {(page, one["id"]) for page in ("/_outcomes", "/_faults") for one in _waiting(sandbox, page)}
        return [wish for wish in self._wishes if wish in waiting]

    def books(self, offers: list[Json], *, card: str | None, allows: int) -> None:
        """Until it has ended, is confirmed, or waits for somebody."""
        contact = {
            "email": self.email, "phone": "+442080160509", "country": "GB", "address_line": "1 High Street",
            "city": "London", "postal_code": "N1 1AA",
        }  # fmt: skip
        token = CARDS[self._gateway] if card == "" else card
        self.booking = self.agency.book(
            *offers, card=token, contact=contact, gateway=self._gateway, max_price_increase_percent=allows
        )
        self.fair.accepted.append(Accepted(id=self.booking["id"], surname=self.agency.surname))

    def rests(self, *also: str) -> None:
        """Until it is over, confirmed, needs consent, or its payer has something to do."""

        def resting(shown: Json) -> bool:
            waits = any(one["status"] == "waiting" and one["action_url"] for one in shown["payments"])
            return waits or shown["status"] in (*_RESTS, *also)

        self._seen(resting)

    def becomes(self, *statuses: str) -> None:
        self._seen(lambda shown: shown["status"] in statuses)

    def _seen(self, true: Callable[[Json], bool]) -> None:
        try:
            self.booking = self.agency.seen(self.booking, true)
        except TimeoutError:
            raise AssertionError(f"it does not get there: {self.standing()}") from None

    def stands(self) -> str:
        return str(self.agency.look(self.booking)["status"])

    def standing(self) -> tuple[Any, ...]:
        """For whoever wonders why a row does not end as it should."""
        shown = self.agency.look(self.booking)
        return shown["status"], shown["refusal"], shown["doubt"], self.events()

    def cancels(self) -> None:
        """Heeded when this returns."""
        answered = self.fair.hub.api.delete(f"/v1/bookings/{self.booking['id']}", headers=self.agency.headers)
        assert answered.status_code == 202, answered.text
        self.terms = answered.json()["terms"]

    def answers_price(self, *, accepted: bool) -> None:
        place = f"/v1/bookings/{self.booking['id']}"
        answered = self.fair.hub.api.put(place, json={"accept_price": accepted}, headers=self.agency.headers)
        assert answered.status_code == 202, answered.text

    def follows_link(self, **form: str) -> None:
        """Where the payer has something to do."""
        (payment,) = (one for one in self.booking["payments"] if one["action_url"])
        answered = self.fair.hub.sandbox.post(payment["action_url"], data=form)
        assert answered.status_code < 400, answered.text

    def is_cleared_up(self, outcome: str) -> None:
        """An operator calls the supplier by telephone, who looks for the traveller's name."""
        number = next(one["number"] for one in self.booking["items"] if one["status"] in ("sent", "cancelling"))
        known = [one["number"] for one in self.orders() if one["state"] != "cancelled"]
        said = {"outcome": outcome, "note": "told on the telephone"} | (
            {"order_id": known[-1]} if outcome == "booked" else {}
        )
        place = f"/v1/admin/bookings/{self.booking['id']}/items/{number}/resolve"

        def heard() -> bool:  # 409 while a worker is at it
            told = self.fair.hub.api.post(place, json=said, headers=self.fair.hub.stack.admin())
            assert told.status_code in (202, 409), told.text
            return told.status_code == 202

        until(heard, "nobody else is at the booking", seconds=_PATIENCE)

    # ---- what came of it ----

    def orders(self) -> list[Json]:
        """What suppliers have in their books under the traveller's name, in the order in which it was made."""
        told = self.fair.hub.sandbox.get("/_world/orders", params={"surname": self.agency.surname}).json()["orders"]
        return sorted(told, key=lambda one: str(one["made_at"]))

    def payments(self) -> list[Json]:
        """What gateways have in their books for this booking."""
        told = self.fair.hub.sandbox.get("/_world/payments").json()["payments"]
        ours = self.whole()["charges"]
        return [one for one in told if one["reference"] in {charge["reference"] for charge in ours}]

    def money(self, name: str) -> Decimal:
        """What was ever authorised, is still held, was captured or refunded; all that is sold here is in one currency."""
        return sum((Decimal(one[name]) for one in self.payments()), Decimal())

    def whole(self) -> Json:
        """As operators see it."""
        answered = self.fair.hub.api.get(
            f"/v1/admin/bookings/{self.booking['id']}", headers=self.fair.hub.stack.admin()
        )
        assert answered.status_code == 200, answered.text
        told: Json = answered.json()
        return told

    def events(self) -> list[str]:
        answered = self.fair.hub.api.get(f"/v1/bookings/{self.booking['id']}/events", headers=self.agency.headers)
        return [str(event["type"]) for event in answered.json()["data"]]

    def is_paid_back(self) -> None:
        """Once no refund is on its way."""
        until(lambda: "pending" not in self._refunds(), "refunds arrive", seconds=_PATIENCE)

    def _refunds(self) -> list[str]:
        self.booking = self.agency.look(self.booking)
        return [str(one["status"]) for payment in self.booking["payments"] for one in payment["refunds"]]

    def letters(self) -> frozenset[str]:
        """The kinds of letters that have come."""
        answered = httpx.get(f"{self.fair.hub.stack.mailbox}/letters", params={"to": self.email}, timeout=20)
        subjects = [str(letter["subject"]) for letter in answered.json()["letters"]]
        return frozenset(map(_kind, subjects))

    def reads(self, *kinds: str) -> None:
        """Once these letters have come."""
        self._all_come(kinds, self.letters)

    def webhooks(self) -> frozenset[str]:
        """The types of what this client has received. Raises where a message is not ours."""
        return frozenset(str(one.verified(self._secret)["type"]) for one in self._received())

    def hears(self, *types: str) -> None:
        """Once these messages have come."""
        self._all_come(types, self.webhooks)

    def _all_come(self, wanted: tuple[str, ...], come: Callable[[], frozenset[str]]) -> None:
        """They go out every five seconds: many who ask all the time would only be in each other's way."""
        deadline = time.monotonic() + _PATIENCE
        while not set(wanted) <= (came := come()):
            assert time.monotonic() < deadline, f"of {wanted} only {sorted(came)} came: {self.standing()}"
            time.sleep(_LOOKS_EVERY)

    def _received(self) -> list[Received]:
        return [one for one in self.fair.receiver.received if one.path.endswith(f"/{self.agency.surname}")]

    def ledger(self) -> Ledger:
        """This booking alone, against what suppliers and gateways have in their books."""
        stack, ours = self.fair.hub.stack, {one["reference"] for one in self.payments()}
        booking = truth.bookings(stack)[self.booking["id"]]
        accepted = Accepted(id=booking.id, surname=self.agency.surname)
        paid = [one for one in truth.payments(stack) if one.reference in ours]
        return judged([accepted], {booking.id: booking}, truth.orders(stack), paid)


_RESTS: Final = frozenset({"confirmed", "failed", "expired", "cancelled", "needs_consent"})


def _waiting(sandbox: httpx.Client, page: str) -> list[Json]:
    told = sandbox.get(page).json()
    waiting: list[Json] = told[page.removeprefix("/_")]
    return waiting


def _kind(subject: str) -> str:
    return next((kind for kind, words in SUBJECTS.items() if words in subject), subject)
