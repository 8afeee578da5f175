"""The table of outcomes: what may happen to a booking at the sandbox, and how it ends then."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.supplier import Selling
from bench.stack import until
from tests.system.hub import Json
from tests.system.journeys import At, Journey

FLIGHT, ROOM, CAR = "flights", "hotels", "cars"


class Paid(StrEnum):
    """What has become of the money, in the gateway's books."""

    NEVER = "nothing is held"
    LET_GO = "held, and let go"
    TAKEN = "taken, and kept"
    BACK = "taken, and all of it given back"
    PART = "taken, and given back less what is kept"


def paid(journey: Journey) -> Paid:
    """By the gateway's books."""
    authorised, captured, refunded = (journey.money(name) for name in ("authorised", "captured", "refunded"))
    assert not journey.money("held"), "still held"
    if not captured:
        return Paid.LET_GO if authorised else Paid.NEVER
    return Paid.TAKEN if not refunded else Paid.BACK if refunded == captured else Paid.PART


# ---- whose offers ----


def takes_back(selling: Selling) -> bool:
    return bool(selling.cancel.operations)


def finds(selling: Selling) -> bool:
    """Can be asked for an order whose answer was lost."""
    return takes_back(selling) and selling.find is not None


def tells_nobody(selling: Selling) -> bool:
    """Only people can find out what became of an order whose answer was lost."""
    return takes_back(selling) and selling.find is None


def paid_to_us(offer: Json) -> bool:
    return bool(offer["conditions"].get("payment", ["now"]) != ["on_site"])


def free(offer: Json) -> bool:
    """Can be given back for nothing, as long as it is early."""
    return paid_to_us(offer) and bool(offer["conditions"]["refundable"])


def bound(offer: Json) -> bool:
    """Whoever cancels gets nothing back."""
    return paid_to_us(offer) and offer["conditions"]["refundable"] is False


# ---- what travellers and operators do when it rests ----


def nothing(_: Journey) -> None:
    """It has ended by itself."""


def cancels(journey: Journey) -> None:
    journey.reads("confirmed")
    with journey.alone(later=True):
        journey.cancels()
        journey.becomes("cancelled")


def cancels_in_vain(journey: Journey) -> None:
    journey.reads("confirmed")
    with journey.alone(later=True):
        journey.cancels()
        until(lambda: "cancellation.refused" in journey.events(), "the supplier refuses", seconds=60)
        journey.becomes("confirmed")


def consents(journey: Journey) -> None:
    journey.reads("needs consent")
    with journey.alone(later=True):
        journey.answers_price(accepted=True)
        journey.becomes("confirmed", "failed")


def does_not_consent(journey: Journey) -> None:
    journey.reads("needs consent")
    journey.answers_price(accepted=False)
    journey.becomes("cancelled")


def pays(**form: str) -> Callable[[Journey], None]:
    """On the page of the gateway, or of the bank."""

    def paying(journey: Journey) -> None:
        journey.reads("payment link")
        journey.follows_link(**form)
        journey.becomes("confirmed", "failed")

    return paying


def cancels_before_paying(journey: Journey) -> None:
    journey.reads("payment link")
    journey.cancels()
    journey.becomes("cancelled")


def cleared_up(outcome: str) -> Callable[[Journey], None]:
    def clearing(journey: Journey) -> None:
        journey.is_cleared_up(outcome)
        journey.becomes("confirmed", "failed")

    return clearing


# ---- the table ----


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`met` is ordered at the sandbox, `then` what people do when the booking rests: also when it is one of `rests`.

    `offers` says which ones, `selling` of whom, by vertical where they are not as in most rows; `allows` is in percent.
    `items` and `orders` are how they stand at the end, ours in the order of `buys` and the suppliers' in that of time;
    `through` is what the history must tell, `finding` what operators find.
    """

    ends: str
    paid: Paid
    items: tuple[str, ...]
    orders: tuple[str, ...]
    letters: frozenset[str]
    webhooks: frozenset[str]
    buys: tuple[str, ...] = (ROOM,)
    offers: Mapping[str, Callable[[Json], bool]] = {}
    selling: Mapping[str, Callable[[Selling], bool]] = {}
    met: tuple[At, ...] = ()
    card: str | None = ""
    allows: int = 50
    rests: tuple[str, ...] = ()
    then: Callable[[Journey], None] = nothing
    refusal: str | None = None
    through: tuple[str, ...] = ()
    finding: str | None = None

    def line(self, name: str) -> str:
        """As the documentation has it."""
        ends = f"`{self.ends}`" + (f": `{self.refusal}`" if self.refusal else "")
        if self.finding:
            ends += f"; finding `{self.finding}`"
        letters, webhooks = ", ".join(sorted(self.letters)), ", ".join(f"`{one}`" for one in sorted(self.webhooks))
        return f"| {name} | {ends} | {self.paid} | {letters} | {webhooks} |"


def _fails(refusal: str, **told: Any) -> Row:
    """Nothing is sold; what was booked before is given back."""
    usual: dict[str, Any] = {
        "ends": "failed", "paid": Paid.LET_GO, "letters": frozenset({"failed"}),
        "webhooks": frozenset({"booking.failed"}), "items": ("refused",), "orders": (), "refusal": refusal,
    }  # fmt: skip
    return Row(**{**usual, **told})


def _sold(**told: Any) -> Row:
    """Booked and paid."""
    usual: dict[str, Any] = {
        "ends": "confirmed", "paid": Paid.TAKEN, "letters": frozenset({"confirmed"}), "items": ("booked",),
        "orders": ("booked",), "webhooks": frozenset({"booking.confirmed", "payment.captured"}),
    }  # fmt: skip
    return Row(**{**usual, **told})


def _cancelled(**told: Any) -> Row:
    """Booked and paid, and then cancelled."""
    usual: dict[str, Any] = {
        "ends": "cancelled", "paid": Paid.BACK, "letters": frozenset({"confirmed", "cancelled", "refund"}),
        "items": ("cancelled",), "orders": ("cancelled",), "then": cancels,
        "webhooks": frozenset({"booking.confirmed", "payment.captured", "booking.cancelled", "payment.refunded"}),
    }  # fmt: skip
    return Row(**{**usual, **told})


_LOST: Final = MappingProxyType({"kind": "reset", "after": True})
_UNHEARD: Final = MappingProxyType({"kind": "reset"})
_DOUBT: Final = ("booking.in_doubt",)

OUTCOMES: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "a flight, a room and a car are booked, and cancelled in time": _cancelled(
            buys=(FLIGHT, ROOM, CAR), items=("cancelled",) * 3, orders=("cancelled",) * 3, paid=Paid.PART
        ),
        "the room is sold out when it is quoted": _fails(
            "sold_out", met=(At(vertical=ROOM, step="quote", plays="sold_out"),), paid=Paid.NEVER
        ),
        "the car is sold out when it is booked, after the room was": _fails(
            "sold_out",
            buys=(ROOM, CAR),
            met=(At(vertical=CAR, step="book", plays="sold_out"),),
            items=("cancelled", "refused"),
            orders=("cancelled",),
        ),
        "the card is declined": _fails("declined", card="pm_card_chargeDeclined", paid=Paid.NEVER, items=("chosen",)),
        "the answer to an order is lost, and the order is found": _sold(
            selling={ROOM: finds}, met=(At(vertical=ROOM, step="book", breaks=_LOST),), through=_DOUBT
        ),
    }
)
