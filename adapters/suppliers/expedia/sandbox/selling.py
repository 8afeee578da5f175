"""What is for sale: every rate of the world twice where the hotel takes the money too, each with its beds and links."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from adapters.suppliers.expedia.sandbox.asked import Guests
from adapters.suppliers.expedia.sandbox.pricing import Penalties, RoomBill, bills, fully_refundable
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import SELLER, World

LINKS_LAST: Final = timedelta(minutes=20)

_MEALS: Final = {
    "breakfast": {"id": "2104", "name": "Full Breakfast"},
    "half_board": {"id": "2106", "name": "Half Board"},
    "full_board": {"id": "2107", "name": "Full Board"},
    "all_inclusive": {"id": "2111", "name": "All-Inclusive"},
}
_WIFI: Final = {"id": "2192", "name": "Free WiFi"}
_BEDS: Final = {
    "single": ("Twin Bed", "TwinBed", "Twin"),
    "double": ("Double Bed", "FullBed", "Full"),
    "queen": ("Queen Bed", "QueenBed", "Queen"),
    "king": ("King Bed", "KingBed", "King"),
    "sofa_bed": ("Sofa Bed", "SofaBed", "Full"),
    "bunk": ("Bunk Bed", "BunkBed", "Twin"),
}


class Question:
    """Who wants to stay when, and in which money they think."""

    def __init__(self, check_in: date, check_out: date, occupancies: list[str], currency: str) -> None:
        self.check_in: Final = check_in
        self.check_out: Final = check_out
        self.occupancies: Final = occupancies
        self.currency: Final = currency

    @property
    def parties(self) -> list[Guests]:
        return [Guests(occupancy) for occupancy in self.occupancies]

    def told(self) -> dict[str, Any]:
        return {
            "in": self.check_in.isoformat(),
            "out": self.check_out.isoformat(),
            "rooms": self.occupancies,
            "currency": self.currency,
        }

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Question":
        return cls(
            date.fromisoformat(told["in"]), date.fromisoformat(told["out"]), list(told["rooms"]), told["currency"]
        )


class Sale:
    """One rate of one property for one question, collected by Expedia or by the property."""

    def __init__(self, world: World, listing: Any, rate: Any, question: Question, collected_by: str) -> None:
        self.listing: Final = listing
        self.rate: Final = rate
        self.question: Final = question
        self.collected_by: Final = collected_by
        self.hotel: Final = world.hotels.by_id(listing.hotel_id)
        self.bills: Final[list[RoomBill]] = bills(
            world, rate, self.hotel, asked=question.currency, collected_by=collected_by
        )
        self.penalties: Final = Penalties(rate, self.hotel, check_in=question.check_in, check_out=question.check_out)

    @property
    def room(self) -> Any:
        """As the listing names it."""
        return next(room for room in self.listing.rooms if room.code == self.rate.room.code)

    @property
    def id(self) -> str:
        digest = hashlib.blake2s(f"{self.room.id} {self.rate.plan} {self.collected_by}".encode(), digest_size=4)
        return str(200_000_000 + int.from_bytes(digest.digest(), "big"))

    @property
    def billed_in(self) -> str:
        return self.bills[0].billed_in

    @property
    def total(self) -> Decimal:
        """In the billable currency."""
        return sum((bill.inclusive for bill in self.bills), Decimal(0))

    @property
    def holdable(self) -> bool:
        return len(self.bills) == 1 and self.collected_by == "expedia" and fully_refundable(self.rate)

    def pricing(self) -> dict[str, Any]:
        """By occupancy: rooms that sleep the same party share a key, and cost the same."""
        return {occupancy: bill.told() for occupancy, bill in zip(self.question.occupancies, self.bills, strict=True)}

    def amenities(self) -> dict[str, Any]:
        told = [_MEALS[self.rate.board]] if self.rate.board in _MEALS else []
        if "wifi" in self.listing.amenities:
            told.append(_WIFI)
        return {amenity["id"]: amenity for amenity in told}

    def bed_groups(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """As the room stands, and with the big bed taken apart where it is the only one."""
        beds = self.rate.room.beds
        yield _bed_group(self.room.id, 1, [(bed.kind, bed.count) for bed in beds])
        if [(bed.kind, bed.count) for bed in beds] in ([("double", 1)], [("queen", 1)], [("king", 1)]):
            yield _bed_group(self.room.id, 2, [("single", 2)])

    def about(self, beds: str) -> dict[str, Any]:
        """What a token has to remember."""
        return {
            **self.question.told(),
            "listing": self.listing.id,
            "room": self.rate.room.code,
            "plan": self.rate.plan,
            "by": self.collected_by,
            "beds": beds,
            "price": str(self.total),
        }


def _bed_group(room_id: int, number: int, beds: list[tuple[str, int]]) -> tuple[str, dict[str, Any]]:
    group_id = f"{room_id}{number}"
    words = [f"{count} {_BEDS[kind][0]}{'s' if count > 1 else ''}" for kind, count in beds]
    return group_id, {
        "id": group_id,
        "description": " and ".join(words),
        "configuration": [{"type": _BEDS[kind][1], "size": _BEDS[kind][2], "quantity": count} for kind, count in beds],
    }


def on_sale(world: World, listing: Any, question: Question) -> list[Sale]:
    """Cheapest first."""
    hotel = world.hotels.by_id(listing.hotel_id)
    found = world.hotels.rates(hotel, question.check_in, question.check_out, question.parties, SELLER)
    sales = [
        Sale(world, listing, rate, question, collected_by)
        for rate in found
        for collected_by in (("expedia", "property") if rate.payment == "at_hotel" else ("expedia",))
    ]
    return sorted(sales, key=lambda sale: (sale.rate.total_eur, sale.id))


def again(world: World, about: dict[str, Any]) -> Sale | None:
    """The same rate as it is sold now; None where it is gone."""
    listing = world.hotels.listed(SELLER, about["listing"])
    if listing is None:
        return None
    for sale in on_sale(world, listing, Question.read(about)):
        if (sale.rate.room.code, sale.rate.plan, sale.collected_by) == (about["room"], about["plan"], about["by"]):
            return sale
    return None


def rate_told(sale: Sale, tokens: Tokens) -> dict[str, Any]:
    """One element of `rates`."""
    path = f"/v3/properties/{sale.listing.id}/rooms/{sale.room.id}/rates/{sale.id}"
    groups = {
        group_id: {
            "links": {"price_check": tokens.link("GET", path, "price_check", sale.about(group_id), lasts=LINKS_LAST)},
            **group,
        }
        for group_id, group in sale.bed_groups()
    }
    return {
        "id": sale.id,
        "status": "available",
        "available_rooms": sale.rate.rooms_left,
        "refundable": fully_refundable(sale.rate),
        "member_deal_available": False,
        "sale_scenario": {"package": False, "member": False, "corporate": False, "distribution": False},
        "merchant_of_record": sale.collected_by,
        "amenities": sale.amenities(),
        "links": {},
        "bed_groups": groups,
        "cancel_penalties": sale.penalties.told(sale.billed_in),
        "occupancy_pricing": sale.pricing(),
    }
