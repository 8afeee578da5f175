"""POST /v2/booking/save_booking and confirm_payment: each as good as its caller, since neither knows a call again."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.suppliers.kiwi.sandbox.desk import Desk, Session
from adapters.suppliers.kiwi.sandbox.gate import posted, refused, send
from adapters.suppliers.kiwi.sandbox.market import Hold
from adapters.suppliers.kiwi.sandbox.papers import standing
from adapters.suppliers.kiwi.sandbox.params import bad
from adapters.suppliers.kiwi.sandbox.trips import Ticket
from adapters.suppliers.kiwi.sandbox.world import SELLER, wished

_FIRST_NUMBER: Final = 257_000_001
_PAID_WITHIN: Final = timedelta(minutes=30)
_FROZEN_FOR: Final = timedelta(minutes=90)
_CATEGORIES: Final = ("adult", "child", "infant")
_KINDS: Final = ("hold_bag", "hand_bag")
_PHONE: Final = re.compile(r"(\+|00)[1-9][0-9]{7,13}")
_LONGEST_DOCUMENT: Final = 20
_WANTED_AT_ONCE: Final = 2

Passenger = dict[str, Any]


class Booking(msgspec.Struct, kw_only=True, eq=False):
    """`hold` are its seats, None where it is only a test."""

    id: int
    transaction_id: str
    saved: datetime
    hold: Hold | None
    surname: str = ""
    paid: bool = False
    failed: bool = False


class SaveBooking:
    def __init__(self, desk: Desk, bookings: dict[int, Booking]) -> None:
        self._desk: Final = desk
        self._bookings: Final = bookings

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = await posted(request)
        outcome = wished(self._desk.world, "save")
        session = self._session(asked)
        if outcome == "expired":
            raise bad("Expired booking token")
        if outcome == "price_changed":
            session.rise()
        session.gone = session.gone or outcome == "sold_out"
        passengers = _list(asked, "passengers")
        tickets = self._desk.tickets(session)
        if not tickets:
            send(response, {**standing(self._desk, session, tickets), "status": "error", "status_code": 200})
            return
        _check_passengers(passengers, session, self._desk.document_need(tickets))
        chosen = _chosen(_list(asked, "baggage"), passengers, self._desk.baggage(tickets)["combinations"])
        bags = sum((Decimal(one["price"]["amount"]) for _, one in chosen), Decimal(0))
        told = standing(self._desk, session, tickets, bags=bags)
        booking = self._saved(session, tickets, test=_is_test(passengers[0]))
        booking.surname = passengers[0]["surname"]
        send(response, {**told, **self._papers(booking, passengers, chosen)})

    def _session(self, asked: dict[str, Any]) -> Session:
        for name in ("booking_token", "session_id"):
            if not isinstance(asked.get(name), str):
                raise refused(name, "Missing data for required field.")
        session = self._desk.session(asked["booking_token"], asked["session_id"])
        if not session.final:
            raise bad("the flights of this session are not checked yet")
        return session

    def _saved(self, session: Session, tickets: tuple[Ticket, ...], *, test: bool) -> Booking:
        """The seats and the funds are frozen. A test freezes nothing."""
        now, number = self._desk.world.now(), _FIRST_NUMBER + len(self._bookings)
        hold = None if test else self._desk.market.take(tickets, session.party, until=now + _FROZEN_FOR)
        transaction = f"sandbox_{number}" if test else self._uuid("transaction", number).hex
        booking = self._bookings[number] = Booking(id=number, transaction_id=transaction, saved=now, hold=hold)
        return booking

    def _uuid(self, *about: object) -> uuid.UUID:
        return uuid.UUID(int=self._desk.world.seed_for(SELLER, *about).getrandbits(128), version=4)

    def _papers(
        self, booking: Booking, passengers: list[Passenger], chosen: list[tuple[int, dict[str, Any]]]
    ) -> dict[str, Any]:
        return {
            "status": "success",
            "status_code": 200,
            "booking_id": booking.id,
            "transaction_id": booking.transaction_id,
            "auth_token": str(self._uuid("auth token", booking.id)),
            "passengers": [_echoed(one, booking, place) for place, one in enumerate(passengers)],
            "baggage": [
                {
                    "passenger_id": booking.id * 10 + place,
                    "segment_code": None,
                    "bag": {**one, "price": {name: str(value) for name, value in one["price"].items()}},
                    "is_hold": one["category"] == _KINDS[0],
                }
                for place, one in chosen
            ],
            "promocode": {"used": False, "discount": 0},
            "zooz_token": None,
            "sandbox": booking.hold is None,
        }


def _list(asked: dict[str, Any], name: str) -> list[dict[str, Any]]:
    told = asked.get(name)
    if not isinstance(told, list) or not told or not all(isinstance(one, dict) for one in told):
        raise refused(name, "Missing data for required field.")
    return told


def _is_test(first: Passenger) -> bool:
    return (first["name"], first["surname"]) == ("test", "test")


def _check_passengers(passengers: list[Passenger], session: Session, need: int) -> None:
    for place, one in enumerate(passengers):
        for fault in _faults(one, need):
            raise refused(f"passengers[{place}]", fault)
    counts = tuple(sum(one["category"] == category for one in passengers) for category in _CATEGORIES)
    if counts != session.sold.passengers:
        raise refused("passengers", f"{counts} are not the {session.sold.passengers} of the booking_token")
    adults = [one for one in passengers if one["category"] == "adult"]
    if not any(one.get("email") and _PHONE.fullmatch(str(one.get("phone"))) for one in adults):
        raise refused("passengers", "no adult has an email and a valid phone")


def _faults(one: Passenger, need: int) -> Iterator[str]:
    for name in ("name", "surname", "birthday", "nationality", "title", "category"):
        if not isinstance(one.get(name), str) or not one[name]:
            yield f"{name}: Missing data for required field."
    if str(one.get("title")).lower() not in ("mr", "ms"):
        yield "title: Mr or Ms"
    if not re.fullmatch("[A-Z]{2}", str(one.get("nationality"))):
        yield "nationality: two capital letters"
    if one.get("category") not in _CATEGORIES:
        yield "category: adult, child or infant"
    if not _is_day(one.get("birthday")):
        yield "birthday: YYYY-MM-DD"
    if len(str(one.get("cardno"))) > _LONGEST_DOCUMENT:
        yield "cardno: Longer than maximum length 20."
    if need == _WANTED_AT_ONCE and not (one.get("cardno") and _is_day(one.get("expiration"))):
        yield "cardno: a document is needed for these flights"


def _is_day(told: object) -> bool:
    try:
        return isinstance(told, str) and bool(date.fromisoformat(told))
    except ValueError:
        return False


def _chosen(
    asked: list[dict[str, Any]], passengers: list[Passenger], offered: dict[str, list[dict[str, Any]]]
) -> list[tuple[int, dict[str, Any]]]:
    """Each passenger's two combinations. Raises a refusal where one is missing, or is not what was offered."""
    chosen: dict[tuple[str, int], dict[str, Any]] = {}
    for one in asked:
        combination, places = one.get("combination"), one.get("passengers")
        if not isinstance(combination, dict) or not isinstance(places, list):
            raise refused("baggage", "combination and passengers are wanted")
        kind = combination.get("category")
        fitting = [known for known in offered.get(str(kind), []) if known == combination]
        if not fitting:
            raise refused("baggage", "this combination was not offered")
        for place in places:
            if not isinstance(place, int) or not 0 <= place < len(passengers) or (str(kind), place) in chosen:
                raise refused("baggage", f"{place} is no passenger who still needs a {kind}")
            if passengers[place]["category"] not in fitting[0]["conditions"]["passenger_groups"]:
                raise refused("baggage", f"this combination is not for passenger {place}")
            chosen[str(kind), place] = fitting[0]
    if len(chosen) < len(_KINDS) * len(passengers):
        raise refused("baggage", "every passenger needs one hold_bag and one hand_bag combination")
    return [(place, one) for (_, place), one in chosen.items()]


def _echoed(one: Passenger, booking: Booking, place: int) -> dict[str, Any]:
    """`expiration` comes back as seconds."""
    expires = one.get("expiration")
    epoch = datetime.fromisoformat(expires).replace(tzinfo=UTC).timestamp() if expires else None
    return {
        **one,
        "expiration": None if epoch is None else int(epoch),
        "bid": booking.id,
        "pk": booking.id * 10 + place,
        "created_at": booking.saved.isoformat(),
        "updated_at": booking.saved.isoformat(),
        "insurance_sent": False,
        "checkin": None,
        "visa": None,
        "issuer": None,
    }


class ConfirmPayment:
    def __init__(self, desk: Desk, bookings: dict[int, Booking]) -> None:
        self._desk: Final = desk
        self._bookings: Final = bookings

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = await posted(request)
        outcome = wished(self._desk.world, "confirm")
        number = asked.get("booking_id")
        booking = self._bookings.get(number) if isinstance(number, int) else None
        if booking is None or booking.transaction_id != asked.get("transaction_id"):
            raise bad("unknown booking_id or transaction_id")
        late = self._desk.world.now() - booking.saved > _PAID_WITHIN
        if late or outcome == "expired":
            send(response, {"status": -1, "msg": "confirm payment timeout"})
            return
        if booking.paid or booking.failed or outcome == "declined":
            booking.failed = booking.failed or not booking.paid
            send(response, {"status": 1})
            return
        booking.paid = True
        if booking.hold is not None:
            self._desk.market.keep(booking.hold)
            self._desk.world.books.made(SELLER, str(booking.id), reference=None, surname=booking.surname)
        send(response, {"status": 0})
