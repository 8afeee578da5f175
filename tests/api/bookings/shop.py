"""What a test needs to book something over the API, and to be the worker that goes on with it."""

import itertools
from datetime import timedelta
from typing import Any, Final

import falcon.testing
import msgspec
import orjson

from domain.bookings import Booking, Charge, ChargeStatus, charge_reference
from domain.ids import short_id
from domain.money import Money
from domain.offers import Offer
from domain.payments import Method
from domain.people import Role
from domain.queries import Query
from storage import bookings, offers
from storage.bookings import Claim, Kept
from storage.engine import transaction
from tests.api.answering import misdescribed
from tests.api.hub import Hub, json
from tests.builders import rental_offer, stay_offer

ANNA: Final = "anna"
BERT: Final = "bert"
_KEYS = itertools.count(1)

AMELIA: Final = {
    "given_name": "Amelia",
    "surname": "Earhart",
    "born_on": "1987-07-24",
    "title": "ms",
    "gender": "female",
    "nationality": "US",
    "document": {"number": "X1234567", "issued_by": "US", "expires_on": "2049-01-01"},
}
CONTACT: Final = {"email": "amelia@example.com", "phone": "+442080160509", "country": "GB"}
CARD: Final = {"method": "card", "token": "pm_card_visa"}


async def on_sale(api: Hub, offer: Offer | None = None, query: Query | None = None, **what: Any) -> str:
    """The id of an offer that is in the books with its question: a flight where nothing is told."""
    sold, asked = offer or api.offer(**what), query or api.query()
    async with transaction(api.services.engine) as connection:
        await offers.keep(connection, [sold], query=asked)
    return sold.id


async def stay_on_sale(api: Hub, **what: Any) -> str:
    (stay,) = api.stays(stay_offer(**what))
    return await on_sale(api, stay, api.stay(adults=1))


async def rental_on_sale(api: Hub, **what: Any) -> str:
    (rental,) = api.rentals(rental_offer(**what))
    return await on_sale(api, rental, api.rental())


def wish(*offer_ids: str, **more: Any) -> dict[str, Any]:
    """Amelia wants these, and pays by card."""
    return {
        "items": [{"offer_id": one} for one in offer_ids],
        "travellers": [AMELIA],
        "contact": CONTACT,
        "payment": CARD,
    } | more


async def asked(
    api: Hub,
    method: str,
    path: str,
    body: object = None,
    *,
    who: str = ANNA,
    role: Role = Role.TRAVELLER,
    **headers: str,
) -> falcon.testing.Result:
    """What somebody asks who has signed in; a POST has a key of its own where none is told."""
    place, _, query_string = path.partition("?")
    told = api.signed_in(who, role=role) | {name.replace("_", "-"): value for name, value in headers.items()}
    if method in ("POST", "PUT"):
        told["Content-Type"] = "application/json"
    if method == "POST":
        told.setdefault("Idempotency-Key", f"key {next(_KEYS)}")
    sent = None if body is None else orjson.dumps(body)
    return await api.conductor.simulate_request(method, place, query_string=query_string, headers=told, body=sent)


async def booked(api: Hub, *offer_ids: str, who: str = ANNA, **more: Any) -> Any:
    """Taken by the API: a flight where nothing is told."""
    ids = offer_ids or (await on_sale(api),)
    answer = await asked(api, "POST", "/v1/bookings", wish(*ids, **more), who=who)
    assert answer.status_code == 202, answer.text
    assert misdescribed(answer, "POST", "/v1/bookings") == []
    return json(answer)


async def seen(api: Hub, named: str, *, who: str = ANNA, role: Role = Role.TRAVELLER, **wishes: object) -> Any:
    asking = "&".join(f"{name}={value}" for name, value in wishes.items())
    answer = await asked(api, "GET", f"/v1/bookings/{named}?{asking}", who=who, role=role)
    assert answer.status_code == 200, answer.text
    assert misdescribed(answer, "GET", "/v1/bookings/{booking_id}") == []
    return json(answer)


async def kept(api: Hub, booking_id: str) -> Kept:
    async with transaction(api.services.engine) as connection:
        found = await bookings.get(connection, booking_id)
    assert found is not None
    return found


async def worked(api: Hub, booking_id: str, **changes: Any) -> Booking:
    """What a worker does between two looks of ours: the booking as it stands from now on, and its wishes heeded."""
    claim = Claim(booking_id=booking_id, by="a worker")
    async with transaction(api.services.engine) as connection:
        held = await bookings.claim(connection, claim, now=api.clock.now)
        assert held is not None
        after = msgspec.structs.replace(held.booking, **changes)
        await bookings.save(connection, claim, after, now=api.clock.now)
        await bookings.heeded(connection, claim, held.wishes, now=api.clock.now)
        await bookings.give_back(connection, claim, due_at=api.clock.now, seen=held.wishes, now=api.clock.now)
    return after


def charge(booking_id: str, amount: Money, *, number: int = 1, **more: Any) -> Charge:
    """Authorised by card, where nothing else is told."""
    reference = charge_reference(booking_id, number)
    facts: dict[str, Any] = {
        "id": short_id(f"{booking_id} payment {number}"), "reference": reference, "gateway": "stripe", "method": Method.CARD, "amount": amount,
        "status": ChargeStatus.AUTHORISED, "gateway_id": f"pi_{number}",
    }  # fmt: skip
    return Charge(**(facts | more))


def captured(booking_id: str, amount: Money, **more: Any) -> Charge:
    return charge(booking_id, amount, status=ChargeStatus.CAPTURED, captured=amount, **more)


def waiting(api: Hub, booking_id: str, amount: Money, **more: Any) -> Charge:
    """A link that nobody has followed yet."""
    facts: dict[str, Any] = {
        "status": ChargeStatus.WAITING, "method": Method.LINK, "action_url": "https://pay.example.com/1",
        "waits_until": api.clock.now + timedelta(minutes=30),
    }  # fmt: skip
    return charge(booking_id, amount, **(facts | more))
