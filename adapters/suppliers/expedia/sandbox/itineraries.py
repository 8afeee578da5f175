"""The itineraries of the pretend Rapid: what was booked by whom, in which state, and what comes back for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from adapters.suppliers.expedia.sandbox.pricing import RoomBill, fully_refundable, rounded
from adapters.suppliers.expedia.sandbox.selling import Sale
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import SELLER, World

HOLDS_LAST: Final = timedelta(minutes=30)  # then a held booking rolls itself back
_LINKS_LAST: Final = timedelta(days=400)  # those of an itinerary outlive the stay
# What a partial answer leaves out of each room's rate.
_OFTEN_IMPACTED: Final = ("cancel_refund", "refundable", "cancel_penalties")


@dataclass(kw_only=True)
class BookedRoom:
    """`refund` is what came back, once it is canceled."""

    id: str
    guest: dict[str, Any]
    occupancy: str
    bill: RoomBill
    status: str = "booked"
    refund: Decimal | None = None


@dataclass(kw_only=True)
class Itinerary:
    """`seen_from` is when it can be found, `pending_until` when its rooms are booked, both by the server's clock."""

    id: str
    key: str
    body: dict[str, Any]
    sale: Sale
    beds: str
    created_at: datetime
    rooms: list[BookedRoom]
    test: bool = False
    held_until: datetime | None = None
    seen_from: datetime | None = None
    pending_until: datetime | None = None

    @property
    def held(self) -> bool:
        return self.held_until is not None

    def standing(self) -> Iterator[BookedRoom]:
        return (room for room in self.rooms if room.status != "canceled")


class Register:
    """All itineraries of one sandbox. Rooms of test bookings are nobody's, and never taken from the world."""

    def __init__(self, world: World, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._world, self._tokens, self._clock = world, tokens, clock
        self._by_id: Final[dict[str, Itinerary]] = {}
        self._by_reference: Final[dict[tuple[str, str], str]] = {}

    def known(self, key: str, reference: str | None) -> bool:
        return reference is not None and (key, reference) in self._by_reference

    def new_id(self) -> str:
        chance = self._world.seed_for("itinerary", len(self._by_id))
        return f"{chance.randrange(7_000_000_000, 9_999_999_999)}{len(self._by_id) % 1000:03}"

    def keep(self, itinerary: Itinerary) -> None:
        self._by_id[itinerary.id] = itinerary
        if reference := itinerary.body.get("affiliate_reference_id"):
            self._by_reference[itinerary.key, reference] = itinerary.id
        if not itinerary.test:
            surname = itinerary.rooms[0].guest["family_name"]
            self._world.books.made(SELLER, itinerary.id, reference=reference, surname=surname, held=itinerary.held)

    def by_id(self, key: str, itinerary_id: str) -> Itinerary | None:
        found = self._by_id.get(itinerary_id)
        return found if found is not None and found.key == key else None

    def by_reference(self, key: str, reference: str) -> Itinerary | None:
        return self._by_id.get(self._by_reference.get((key, reference), ""))

    def visible(self, itinerary: Itinerary) -> bool:
        return itinerary.seen_from is None or self._clock() >= itinerary.seen_from

    def half_visible(self, itinerary: Itinerary) -> bool:
        """In the second half of its way into sight it is no more than a number and a date."""
        if itinerary.seen_from is None:
            return True
        return self._clock() >= itinerary.created_at + (itinerary.seen_from - itinerary.created_at) / 2

    def sweep(self) -> None:
        """Holds that nobody confirmed are rolled back."""
        now = self._clock()
        for itinerary in self._by_id.values():
            if itinerary.held_until is not None and now >= itinerary.held_until:
                itinerary.held_until = None
                for room in list(itinerary.standing()):
                    self.cancel(itinerary, room)

    def resumed(self, itinerary: Itinerary) -> None:
        itinerary.held_until = None
        if not itinerary.test:
            self._world.books.paid(SELLER, itinerary.id)

    def take(self, sale: Sale) -> bool:
        return self._move(self._world.hotels.take, sale, len(sale.bills))

    def cancel(self, itinerary: Itinerary, room: BookedRoom) -> None:
        room.refund = self.refund(itinerary, room)
        room.status = "canceled"
        if not itinerary.test:
            self._move(self._world.hotels.give_back, itinerary.sale, 1)
            if not list(itinerary.standing()):
                self._world.books.ended(SELLER, itinerary.id)

    def refund(self, itinerary: Itinerary, room: BookedRoom) -> Decimal:
        """What comes back now: all, or what the penalty in force leaves, or nothing."""
        if room.refund is not None:
            return room.refund
        now, paid = self._world.now(), room.bill.inclusive
        for start, end, step in itinerary.sale.penalties.spans:
            if start <= now < end:
                owed = room.bill.first_nights(step.nights) if step.nights else paid * (step.percent or 0) / 100
                return max(Decimal(0), paid - rounded(owed, itinerary.sale.billed_in))
        return paid if fully_refundable(itinerary.sale.rate) else Decimal(0)

    def _move(self, how: Callable[..., bool], sale: Sale, rooms: int) -> bool:
        question = sale.question
        return how(sale.listing.hotel_id, sale.rate.room.code, question.check_in, question.check_out, rooms)

    # ---- as Rapid tells them ----

    def links(self, itinerary: Itinerary, *names: str) -> dict[str, Any]:
        methods = {"retrieve": "GET", "resume": "PUT", "cancel": "DELETE", "complete_payment_session": "PUT"}
        path = f"/v3/itineraries/{itinerary.id}"
        told = {}
        for name in names:
            at = f"{path}/payment-sessions" if name == "complete_payment_session" else path
            link = self._tokens.link(methods[name], at, name, {"itinerary": itinerary.id}, lasts=_LINKS_LAST)
            told[name] = {"method": link["method"], "href": link["href"]}  # these never say when they end
        return told

    def told(self, itinerary: Itinerary, *, partial: bool = False) -> dict[str, Any]:
        body = itinerary.body
        told: dict[str, Any] = {
            "itinerary_id": itinerary.id,
            "property_id": str(itinerary.sale.listing.id),
            "links": self.links(itinerary, "resume", "cancel") if itinerary.held else {},
            "email": body["email"],
            "phone": body["phone"],
            "rooms": [self._room(itinerary, room, partial=partial) for room in itinerary.rooms],
            "creation_date_time": self._created(itinerary),
        }
        for name in ("affiliate_reference_id", "affiliate_metadata"):
            if body.get(name):
                told[name] = body[name]
        if body.get("payments"):
            told["billing_contact"] = body["payments"][0]["billing_contact"]
        if partial:
            told["impacted_fields"] = [f"rooms.rate.{name}" for name in _OFTEN_IMPACTED]
        return told

    def half_told(self, itinerary: Itinerary) -> dict[str, Any]:
        return {"itinerary_id": itinerary.id, "creation_date_time": self._created(itinerary)}

    def _created(self, itinerary: Itinerary) -> str:
        moment = itinerary.created_at.astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"

    def _room(self, itinerary: Itinerary, room: BookedRoom, *, partial: bool) -> dict[str, Any]:
        question, adults_and_ages = itinerary.sale.question, room.occupancy.partition("-")
        told: dict[str, Any] = {
            "id": room.id,
            "confirmation_id": {"expedia": f"{itinerary.id[:7]}{room.id[-3:]}"},
            "bed_group_id": itinerary.beds,
            "checkin": question.check_in.isoformat(),
            "checkout": question.check_out.isoformat(),
            "number_of_adults": int(adults_and_ages[0]),
            "child_ages": [int(age) for age in adults_and_ages[2].split(",") if age],
            **room.guest,
            "status": self._status(itinerary, room),
            "smoking": bool(room.guest.get("smoking")),
            "rate": self._rate(itinerary, room, partial=partial),
        }
        if told["status"] == "booked":
            told["confirmation_id"]["property"] = f"P{room.id}"
        if told["status"] != "canceled" and not itinerary.held:
            path = f"/v3/itineraries/{itinerary.id}/rooms/{room.id}"
            about = {"itinerary": itinerary.id, "room": room.id}
            link = self._tokens.link("DELETE", path, "cancel_room", about, lasts=_LINKS_LAST)
            told["links"] = {"cancel": {"method": link["method"], "href": link["href"]}}
        return told

    def _status(self, itinerary: Itinerary, room: BookedRoom) -> str:
        waits = itinerary.pending_until is not None and self._clock() < itinerary.pending_until
        return "pending" if room.status == "booked" and waits else room.status

    def _rate(self, itinerary: Itinerary, room: BookedRoom, *, partial: bool) -> dict[str, Any]:
        sale = itinerary.sale
        told: dict[str, Any] = {
            "id": sale.id,
            "merchant_of_record": sale.collected_by,
            "refundable": fully_refundable(sale.rate),
            "cancel_refund": {"amount": str(self.refund(itinerary, room)), "currency": sale.billed_in},
            "amenities": list(sale.amenities()),
            "cancel_penalties": sale.penalties.told(sale.billed_in),
            "pricing": room.bill.told(both=False),
        }
        return {name: value for name, value in told.items() if not (partial and name in _OFTEN_IMPACTED)}
