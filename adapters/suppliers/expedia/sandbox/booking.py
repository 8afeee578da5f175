"""POST /itineraries: what is sent is checked, the rate looked at once more, and the rooms are taken from the world."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import falcon.asgi
import orjson

from adapters.suppliers.expedia.sandbox.asked import Asked
from adapters.suppliers.expedia.sandbox.errors import flat, invalid, mistake
from adapters.suppliers.expedia.sandbox.itineraries import HOLDS_LAST, BookedRoom, Itinerary, Register
from adapters.suppliers.expedia.sandbox.plays import Plays, tested
from adapters.suppliers.expedia.sandbox.selling import Sale, again
from adapters.suppliers.expedia.sandbox.shopping import raise_first_nights
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import World

_REFERENCE: Final = re.compile(r"[^<>()&]{3,28}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LONGEST_NAME: Final = 60
_CARDS: Final = frozenset({"corporate_card", "customer_card", "virtual_card"})
_OURS: Final = "affiliate_collect"
# Countries whose addresses need a state, or a postal code.
_WITH_STATE: Final = frozenset({"AU", "CA", "US"})
_WITH_POSTAL_CODE: Final = frozenset({"CA", "GB", "US"})

Mistake = dict[str, Any]


class Booking:
    """Also answers GET /itineraries, which finds what was booked."""

    WANTS_TRAVELLER = True

    def __init__(
        self, world: World, tokens: Tokens, plays: Plays, register: Register, clock: Callable[[], datetime]
    ) -> None:
        self._world, self._tokens, self._plays = world, tokens, plays
        self._register, self._clock = register, clock

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        about = self._tokens.opened(Asked(request.query_string).one("token"), "book")
        body = await _body(request)
        key: str = request.context.key
        if mistakes := list(_mistakes(body, len(about["rooms"]))):
            raise invalid(*mistakes)
        reference = body.get("affiliate_reference_id")
        if self._register.known(key, reference):
            raise invalid(
                mistake(
                    "duplicate_itinerary",
                    "An itinerary already exists with this affiliate reference id.",
                    ("body", "affiliate_reference_id", reference),
                )
            )
        wish = self._plays.wished("book")
        played = self._plays.played("book", request, wish)
        sale = self._sale(about, played)
        _check_terms(body, sale)
        if not tested(request) and not self._register.take(sale):
            raise flat(410, "rooms_unavailable")
        itinerary = self._itinerary(key, body, sale, about, test=tested(request))
        seconds = timedelta(seconds=getattr(wish, "seconds", None) or 60)
        if played == "pending":
            itinerary.pending_until = self._clock() + seconds
        if played == "complete_payment_session":
            itinerary.pending_until = datetime.max.replace(tzinfo=UTC)  # nobody here ever meets the challenge
        if played == "visible_late":
            itinerary.seen_from = self._clock() + seconds
        self._register.keep(itinerary)
        if played == "stored_then_500":
            raise flat(500, "unknown_internal_error")
        response.status = 201
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(self._created(itinerary, challenged=played == "complete_payment_session"))

    def _sale(self, about: dict[str, Any], played: str | None) -> Sale:
        """Raises Refused for what is gone, costs something else, or is not paid for."""
        if played == "cc_declined":
            raise invalid(mistake("cc_declined", "The card was declined.", ("body", "payments", None)))
        sale = None if played == "rooms_unavailable" else again(self._world, about)
        if sale is None:
            raise flat(410, "rooms_unavailable")
        if about.get("dearer"):
            raise_first_nights(sale)
        if played == "price_mismatch":
            raise_first_nights(sale)
        if str(sale.total) != about["price"]:
            raise flat(
                409,
                "price_mismatch",
                ("body", "payments.amount", about["price"]),
                ("body", "price.amount", str(sale.total)),
                message="Payment amount did not match current price, please check price and try again.",
            )
        return sale

    def _itinerary(self, key: str, body: dict[str, Any], sale: Sale, about: dict[str, Any], *, test: bool) -> Itinerary:
        itinerary_id, now = self._register.new_id(), self._clock()
        return Itinerary(
            id=itinerary_id,
            key=key,
            body=body,
            sale=sale,
            beds=about["beds"],
            created_at=now,
            rooms=[
                BookedRoom(id=f"{itinerary_id[-6:]}{number:03}", guest=guest, occupancy=occupancy, bill=bill)
                for number, (guest, occupancy, bill) in enumerate(
                    zip(body["rooms"], about["rooms"], sale.bills, strict=True), 1
                )
            ],
            test=test,
            held_until=now + HOLDS_LAST if body.get("hold") else None,
        )

    def _created(self, itinerary: Itinerary, *, challenged: bool) -> dict[str, Any]:
        if challenged:
            links = self._register.links(itinerary, "complete_payment_session")
            return {"itinerary_id": itinerary.id, "links": links, "encoded_challenge_config": "QUJDREVGRw=="}
        names = ("retrieve", "resume", "cancel") if itinerary.held else ("retrieve",)
        return {"itinerary_id": itinerary.id, "links": self._register.links(itinerary, *names)}

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """By our reference and the email; a new one is not there at first, and then no more than a number."""
        asked = Asked(request.query_string)
        reference, email = asked.wanted("affiliate_reference_id"), asked.wanted("email")
        if email and not _EMAIL.fullmatch(email):
            asked.wrong("email.invalid", "Customer email address is invalid.", "email", email)
        asked.settled()
        partial = self._plays.played("find", request) == "degraded_response"
        found = self._register.by_reference(request.context.key, reference)
        told: list[dict[str, Any]] = []
        if found is not None and same_email(found, email) and found.test == tested(request):
            if self._register.visible(found):
                told = [self._register.told(found, partial=partial)]
            elif self._register.half_visible(found):
                told = [self._register.half_told(found)]
        response.status = 206 if partial and told else 200
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(told)


def same_email(itinerary: Itinerary, email: str) -> bool:
    return str(itinerary.body["email"]).casefold() == email.casefold()


async def _body(request: falcon.asgi.Request) -> dict[str, Any]:
    try:
        body = orjson.loads(await request.bounded_stream.read())
    except orjson.JSONDecodeError as error:
        raise invalid(mistake("body.invalid", "The body is no JSON.")) from error
    if not isinstance(body, dict):
        raise invalid(mistake("body.invalid", "The body is no object."))
    return body


def _mistakes(body: dict[str, Any], rooms: int) -> Iterator[Mistake]:
    reference = body.get("affiliate_reference_id")
    if reference is not None and not (isinstance(reference, str) and _REFERENCE.fullmatch(reference)):
        yield _wrong("affiliate_reference_id.invalid", "affiliate_reference_id", reference)
    email = body.get("email")
    if not email:
        yield _wrong("email.required", "email")
    elif not (isinstance(email, str) and _EMAIL.fullmatch(email)):
        yield _wrong("email.invalid", "email", email)
    yield from _phone(body.get("phone"))
    yield from _rooms(body.get("rooms"), rooms)
    yield from _payments(body.get("payments"))


def _phone(told: Any) -> Iterator[Mistake]:
    if not isinstance(told, dict) or not told.get("country_code") or not told.get("number"):
        yield _wrong("phone.required", "phone")
    elif len("".join(map(str, told.values()))) > 25 or not str(told["country_code"]).isdecimal():
        yield _wrong("phone.invalid", "phone", str(told["country_code"]))


def _rooms(told: Any, rooms: int) -> Iterator[Mistake]:
    if not isinstance(told, list) or len(told) != rooms:
        yield _wrong("number_of_rooms.invalid", "rooms", str(len(told)) if isinstance(told, list) else None)
        return
    for room in told:
        for name in ("given_name", "family_name"):
            value = room.get(name) if isinstance(room, dict) else None
            if not value:
                yield _wrong(f"{name}.required", name)
            elif len(value) > _LONGEST_NAME:
                yield _wrong(f"{name}.invalid_above_maximum", name, value)


def _payments(told: Any) -> Iterator[Mistake]:
    if not isinstance(told, list) or not told:
        yield _wrong("payments.required", "payments")
        return
    for payment in told:
        kind = payment.get("type")
        if kind != _OURS and kind not in _CARDS:
            yield _wrong("payments.type.invalid", "type", kind)
        if kind in _CARDS and not payment.get("number"):
            yield _wrong("payments.number.required", "number")
        contact = payment.get("billing_contact") or {}
        if not contact.get("given_name") or not contact.get("family_name"):
            yield _wrong("billing_contact.required", "billing_contact")
        yield from _address(contact.get("address") or {})


def _address(told: dict[str, Any]) -> Iterator[Mistake]:
    country = told.get("country_code") or ""
    if not _COUNTRY.fullmatch(country):
        yield _wrong("address.country_code.invalid", "country_code", country)
    if country in _WITH_STATE and not told.get("state_province_code"):
        yield _wrong("address.state_province_code.required", "state_province_code")
    if country in _WITH_POSTAL_CODE and not told.get("postal_code"):
        yield _wrong("address.postal_code.required", "postal_code")
    for name, value in told.items():
        if not str(value).isascii() and not _latin(str(value)):
            yield _wrong(f"address.{name}.invalid", name, value)


def _latin(text: str) -> bool:
    return all(ord(letter) < 256 for letter in text)


def _wrong(kind: str, name: str, value: str | None = None) -> Mistake:
    what = "is required" if kind.endswith("required") else "is invalid"
    return mistake(kind, f"{name.replace('_', ' ').capitalize()} {what}.", ("body", name, value))


def _check_terms(body: dict[str, Any], sale: Sale) -> None:
    """What the property collects it collects from a card, and not every rate can be held. Raises Refused."""
    if sale.collected_by == "property" and all(payment["type"] == _OURS for payment in body["payments"]):
        raise invalid(_wrong("payments.type.invalid", "type", _OURS))
    if body.get("hold") and not sale.holdable:
        raise invalid(mistake("hold.not_supported", "This rate can't be held.", ("body", "hold", "true")))
