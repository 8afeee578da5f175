"""The table of outcomes: what may happen to a booking at the sandbox, and how it ends then."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.supplier import Selling
from bench.stack import until
from tests.system.hub import Json
from tests.system.journeys import SUBJECTS, At, Journey

_PLENTY: Final = 5
_GOES_ON: Final = frozenset({"confirming", "in_doubt", "confirmed", "failed"})
FLIGHT, ROOM, CAR = "flights", "hotels", "cars"


# What a client hears, in the order in which it mostly comes.
MESSAGES: Final = (
    *("booking.needs_consent", "payment.action_required", "payment.captured", "booking.confirmed", "booking.failed"),
    *("payment.refunded", "booking.cancelled"),
)


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


def holds(selling: Selling) -> bool:
    """Keeps something for a payer who takes their time."""
    return takes_back(selling) and selling.pay is not None


def takes_nothing_back(selling: Selling) -> bool:
    return not takes_back(selling)


def paid_to_us(offer: Json) -> bool:
    """And there are enough of it for everybody here."""
    conditions = offer["conditions"]
    plenty = conditions.get("rooms_left") is None or conditions["rooms_left"] > _PLENTY
    return plenty and bool(conditions.get("payment", ["now"]) != ["on_site"])


def refundable(offer: Json) -> bool:
    """Perhaps less a fee."""
    return paid_to_us(offer) and bool(offer["conditions"]["refundable"])


def free(offer: Json) -> bool:
    """Can be given back for nothing, as long as it is early."""
    ladder = offer["conditions"]["cancellation"]
    return refundable(offer) and (ladder is None or ladder["free_until"] is not None)


def bound(offer: Json) -> bool:
    """Whoever cancels gets nothing back."""
    return paid_to_us(offer) and offer["conditions"]["refundable"] is False


# Where a row does not say otherwise. Nobody rents out a car here that can be given back for nothing.
USUAL: Final[Mapping[str, Callable[[Json], bool]]] = MappingProxyType({FLIGHT: free, ROOM: free, CAR: refundable})


# ---- what travellers and operators do when it rests ----


def nothing(_: Journey) -> None:
    """It has ended by itself."""


def cancels(journey: Journey) -> None:
    journey.reads("confirmed")
    with journey.alone(later=True):
        journey.cancels()
        journey.becomes("cancelled")


def cancels_in_doubt(journey: Journey) -> None:
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
        # Prices move every ten minutes, perhaps just now: then it is asked about once more.
        if not _agreed(journey):
            assert _agreed(journey)
        journey.becomes("confirmed", "failed")


def _agreed(journey: Journey) -> bool:
    asked = journey.events().count("booking.needs_consent")
    journey.answers_price(accepted=True)
    until(
        lambda: journey.stands() in _GOES_ON or journey.events().count("booking.needs_consent") > asked,
        "a worker has heard the answer",
        seconds=60,
    )
    return journey.stands() in _GOES_ON


def does_not_consent(journey: Journey) -> None:
    journey.reads("needs consent")
    journey.answers_price(accepted=False)
    journey.becomes("cancelled")


def pays(**form: str) -> Callable[[Journey], None]:
    """On the page of the gateway, or of the bank."""

    def paying(journey: Journey) -> None:
        journey.reads("payment link")
        with journey.alone(later=True):
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


def cleared_up_and_cancelled_in_vain(journey: Journey) -> None:
    cleared_up("booked")(journey)
    cancels_in_vain(journey)


# ---- the table ----


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`met` is ordered at the sandbox, `then` what people do when the booking rests: also when it is one of `rests`.

    `offers` says which ones, `selling` of whom, by vertical where they are not as in most rows; `allows` is in percent.
    `items` and `orders` are how they stand at the end, ours in the order of `buys` and the suppliers' in that of time;
    `through` is what the history must tell, `finding` what operators find. `astray`: money is where it does not belong,
    until people have seen to it.
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
    astray: bool = False

    def line(self, name: str) -> str:
        """As the documentation has it."""
        ends = f"`{self.ends}`" + (f": `{self.refusal}`" if self.refusal else "")
        if self.finding:
            ends += f"; finding `{self.finding}`"
        letters = ", ".join(one for one in SUBJECTS if one in self.letters)
        webhooks = ", ".join(f"`{one}`" for one in MESSAGES if one in self.webhooks)
        return f"| {name} | {ends} | {self.paid} | {letters} | {webhooks} |"


def later(one: At) -> At:
    return msgspec.structs.replace(one, later=True)


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


def _waits(**told: Any) -> Row:
    """Booked and paid, once the payer has done something."""
    usual: dict[str, Any] = {
        "letters": frozenset({"payment link", "confirmed"}), "then": pays(action="pay"),
        "webhooks": frozenset({"payment.action_required", "booking.confirmed", "payment.captured"}),
    }  # fmt: skip
    return _sold(**{**usual, **told})


# The supplier has done what it was asked, and nobody hears of it; or it never hears of it.
_LOST: Final = MappingProxyType({"kind": "reset", "after": True})
_UNHEARD: Final = MappingProxyType({"kind": "reset"})
_BUSY: Final = MappingProxyType({"kind": "status", "status": 429, "seconds": 1})
_DOUBT: Final = ("booking.in_doubt",)
_DEARER: Final = At(vertical=ROOM, step="quote", plays="price_changed")
_STAYS_DEARER: Final = msgspec.structs.replace(_DEARER, always=True)
_GONE_CAR: Final = At(vertical=CAR, step="book", plays="sold_out")
_REFUSES: Final = At(vertical=CAR, step="cancel", plays="not_cancellable")

_QUOTED: Final = {
    "a flight, a room and a car are booked, and cancelled in time": _cancelled(
        buys=(FLIGHT, ROOM, CAR), items=("cancelled",) * 3, orders=("cancelled",) * 3, paid=Paid.PART
    ),
    "the flight is sold out when it is quoted": _fails(
        "sold_out", buys=(FLIGHT,), met=(At(vertical=FLIGHT, step="quote", plays="sold_out"),), paid=Paid.NEVER
    ),
    "the room is sold out when it is quoted": _fails(
        "sold_out", met=(At(vertical=ROOM, step="quote", plays="sold_out"),), paid=Paid.NEVER
    ),
    "the car is sold out when it is quoted": _fails(
        "sold_out",
        buys=(CAR,),
        offers={CAR: paid_to_us},
        met=(At(vertical=CAR, step="quote", plays="sold_out"),),
        paid=Paid.NEVER,
    ),
    "the price rises by less than is allowed": _sold(met=(_DEARER,)),
    "the price rises by more than is allowed, and the client agrees": _sold(
        met=(_STAYS_DEARER,),
        allows=0,
        then=consents,
        letters=frozenset({"needs consent", "confirmed"}),
        webhooks=frozenset({"booking.needs_consent", "booking.confirmed", "payment.captured"}),
    ),
    "the price rises by more than is allowed, and the client does not agree": Row(
        ends="cancelled",
        met=(_STAYS_DEARER,),
        allows=0,
        then=does_not_consent,
        paid=Paid.NEVER,
        items=("chosen",),
        orders=(),
        letters=frozenset({"needs consent", "cancelled"}),
        webhooks=frozenset({"booking.needs_consent", "booking.cancelled"}),
    ),
    "a supplier is busy when it is asked for a quote": _sold(
        buys=(CAR,), offers={CAR: paid_to_us}, met=(At(vertical=CAR, step="quote", breaks=_BUSY),)
    ),
}
_ORDERED: Final = {
    "the flight is sold out when it is ordered, after room and car were": _fails(
        "sold_out",
        buys=(ROOM, CAR, FLIGHT),
        offers={FLIGHT: bound},  # or it might be ordered before the car, which can't be given back for nothing either
        met=(At(vertical=FLIGHT, step="book", plays="sold_out"),),
        items=("cancelled", "cancelled", "refused"),
        orders=("cancelled", "cancelled"),
    ),
    "the room is sold out when it is ordered, after the car was": _fails(
        "sold_out",
        buys=(CAR, ROOM),
        offers={ROOM: bound},
        met=(At(vertical=ROOM, step="book", plays="sold_out"),),
        items=("cancelled", "refused"),
        orders=("cancelled",),
    ),
    "the car is sold out when it is ordered, after the room was": _fails(
        "sold_out", buys=(ROOM, CAR), met=(_GONE_CAR,), items=("cancelled", "refused"), orders=("cancelled",)
    ),
    "the room is sold out when it is ordered, and the car is not taken back": _fails(
        "sold_out",
        buys=(CAR, ROOM),
        offers={ROOM: bound},
        met=(At(vertical=ROOM, step="book", plays="sold_out"), _REFUSES),
        items=("kept", "refused"),
        orders=("booked",),
        finding="order_without_money",
    ),
    "the price rises between quote and order": _fails(
        "price_changed", met=(At(vertical=ROOM, step="book", plays="price_changed"),)
    ),
    "the offer has expired when it is ordered": _fails(
        "expired", buys=(FLIGHT,), met=(At(vertical=FLIGHT, step="book", plays="expired"),)
    ),
    "the seller declines what we pay it with": _fails(
        "declined", met=(At(vertical=ROOM, step="book", plays="declined"),)
    ),
    "a supplier is busy when something is ordered": _sold(met=(At(vertical=ROOM, step="book", breaks=_BUSY),)),
    "a supplier works on an order, and confirms it": _sold(
        met=(At(vertical=ROOM, step="book", plays="pending", seconds=3),)
    ),
    "the answer to an order is lost, and the order is found": _sold(
        selling={ROOM: finds}, met=(At(vertical=ROOM, step="book", breaks=_LOST),), through=_DOUBT
    ),
    "the answer to an order is lost, and the order is to be seen late": _sold(
        selling={ROOM: finds},
        met=(
            At(vertical=ROOM, step="book", breaks=_LOST),
            At(vertical=ROOM, step="book", plays="visible_late", seconds=3),
        ),
        through=_DOUBT,
    ),
    "the airline's answer to an order is an accident, and the order is found": _sold(
        buys=(FLIGHT,), met=(At(vertical=FLIGHT, step="book", plays="in_doubt"),), through=_DOUBT
    ),
    "the client cancels what is in doubt, and the order is found": Row(
        ends="cancelled",
        selling={ROOM: finds},
        met=(
            At(vertical=ROOM, step="book", breaks=_LOST),
            At(vertical=ROOM, step="book", plays="visible_late", seconds=4),
        ),
        rests=("in_doubt",),
        then=cancels_in_doubt,
        paid=Paid.LET_GO,
        items=("cancelled",),
        orders=("cancelled",),
        letters=frozenset({"cancelled"}),
        webhooks=frozenset({"booking.cancelled"}),
        through=_DOUBT,
    ),
    "an order never arrives, and an operator hears that it is not booked": _fails(
        "no_such_order",
        selling={ROOM: finds},
        met=(At(vertical=ROOM, step="book", breaks=_UNHEARD),),
        rests=("in_doubt",),
        then=cleared_up("not_booked"),
        through=_DOUBT,
    ),
    "nobody can be asked about a lost answer, and an operator hears that it is booked": _sold(
        buys=(CAR,),
        selling={CAR: tells_nobody},
        met=(At(vertical=CAR, step="book", breaks=_LOST),),
        rests=("in_doubt",),
        then=cleared_up("booked"),
        through=_DOUBT,
        finding="order_in_doubt",
    ),
    "nobody can be asked about a lost order, and an operator hears that it is not booked": _fails(
        "no_such_order",
        buys=(CAR,),
        selling={CAR: tells_nobody},
        met=(At(vertical=CAR, step="book", breaks=_UNHEARD),),
        rests=("in_doubt",),
        then=cleared_up("not_booked"),
        through=_DOUBT,
        finding="order_in_doubt",
    ),
}
_PAID: Final = {
    "the card is declined": _fails(
        "declined", buys=(CAR,), card="pm_card_chargeDeclined", paid=Paid.NEVER, items=("chosen",)
    ),
    "the card has not enough on it": _fails(
        "declined", buys=(CAR,), card="pm_card_chargeDeclinedInsufficientFunds", paid=Paid.NEVER, items=("chosen",)
    ),
    "the bank asks the card's holder, who says yes": _waits(
        buys=(CAR,), offers={CAR: paid_to_us}, card="pm_card_authenticationRequired", then=pays(answer="right")
    ),
    "the bank asks the card's holder, who says no": _fails(
        "declined",
        buys=(CAR,),
        card="pm_card_authenticationRequired",
        then=pays(answer="wrong"),
        paid=Paid.NEVER,
        items=("chosen",),
        letters=frozenset({"payment link", "failed"}),
        webhooks=frozenset({"payment.action_required", "booking.failed"}),
    ),
    "a link is paid": _waits(buys=(CAR,), offers={CAR: paid_to_us}, card=None),
    "a link is paid, for a flight that is held meanwhile": _waits(
        buys=(FLIGHT,), selling={FLIGHT: holds}, card=None, through=("item.held",)
    ),
    "a flight that was held is paid for, and the airline's answer to that is lost": _waits(
        buys=(FLIGHT,),
        selling={FLIGHT: holds},
        card=None,
        met=(At(vertical=FLIGHT, step="pay", plays="in_doubt", later=True),),
        through=("item.held", *_DOUBT),
    ),
    "a link is not paid, and the client cancels": Row(
        ends="cancelled",
        buys=(FLIGHT,),
        selling={FLIGHT: holds},
        card=None,
        through=("item.held",),
        then=cancels_before_paying,
        paid=Paid.NEVER,
        items=("cancelled",),
        orders=("cancelled",),
        letters=frozenset({"payment link", "cancelled"}),
        webhooks=frozenset({"payment.action_required", "booking.cancelled"}),
    ),
    "the gateway holds the money, and its answer is lost": _sold(
        met=(At(step="authorise", plays="broken_after"),), through=_DOUBT
    ),
    "the gateway takes the money, and its answer is lost": _sold(
        met=(At(step="capture", plays="broken_after"),), through=_DOUBT
    ),
    "the gateway no longer holds the money when it is to be taken": _fails(
        "declined", met=(At(step="capture", plays="expired"),), items=("cancelled",), orders=("cancelled",)
    ),
    "the gateway lets go of the money, and its answer is lost": _fails(
        "sold_out", buys=(CAR,), met=(_GONE_CAR, At(step="void", plays="broken_after"))
    ),
}
_UNDONE: Final = {
    "a seller keeps a fee of what is cancelled": _cancelled(buys=(CAR,), paid=Paid.PART),
    "it is cancelled when nothing comes back any more": _cancelled(
        offers={ROOM: bound},
        paid=Paid.TAKEN,
        letters=frozenset({"confirmed", "cancelled"}),
        webhooks=frozenset({"booking.confirmed", "payment.captured", "booking.cancelled"}),
    ),
    "a seller refuses to take its part back": _cancelled(
        buys=(ROOM, CAR),
        met=(later(_REFUSES),),
        items=("cancelled", "kept"),
        orders=("cancelled", "booked"),
        paid=Paid.PART,
    ),
    "the only seller refuses to take anything back": _sold(
        buys=(CAR,), met=(later(_REFUSES),), then=cancels_in_vain, through=("cancellation.refused",)
    ),
    "the seller has no way to tell of an order, nor to take it back": _sold(
        buys=(FLIGHT,),
        offers={FLIGHT: paid_to_us},
        selling={FLIGHT: takes_nothing_back},
        rests=("in_doubt",),
        then=cleared_up_and_cancelled_in_vain,
        through=(*_DOUBT, "cancellation.refused"),
        finding="order_in_doubt",
    ),
    "the answer to a cancellation is lost": _cancelled(
        buys=(CAR,), met=(At(vertical=CAR, step="cancel", breaks=_LOST, later=True),), paid=Paid.PART, through=_DOUBT
    ),
    "a seller takes its time to cancel": _cancelled(
        buys=(CAR,), met=(At(vertical=CAR, step="cancel", plays="pending", seconds=3, later=True),), paid=Paid.PART
    ),
    "a refund takes its time": _cancelled(met=(At(step="refund", plays="pending", seconds=3, later=True),)),
    "the answer to a refund is lost": _cancelled(met=(At(step="refund", plays="broken_after", later=True),)),
    "the gateway refuses a refund": _cancelled(
        met=(At(step="refund", plays="failed", seconds=1, later=True),),
        paid=Paid.TAKEN,
        letters=frozenset({"confirmed", "cancelled"}),
        webhooks=frozenset({"booking.confirmed", "payment.captured", "booking.cancelled"}),
        finding="refund_refused",
        astray=True,
    ),
}
OUTCOMES: Final[Mapping[str, Row]] = MappingProxyType({**_QUOTED, **_ORDERED, **_PAID, **_UNDONE})
# What takes longer than anybody waits for a running system: where it is tried with a clock that is put forward.
SLOW: Final[Mapping[str, str]] = MappingProxyType(
    {
        "an order never arrives, and its supplier shows none in the time in which it would": (
            "test_undoing.test_an_order_that_never_came_to_be_is_made_once_more_under_another_reference"
        ),
        "the same happens to the second order": "test_undoing.test_an_order_that_never_comes_to_be_fails_the_booking",
        "nobody pays a link for half an hour": (
            "test_buying.test_a_link_that_nobody_pays_is_dead_after_half_an_hour_and_the_flight_is_free"
        ),
        "nobody answers to a higher price for a day": "test_buying.test_a_price_that_nobody_answers_to_expires",
        "a gateway is busy for five minutes": (
            "test_buying.test_a_gateway_that_is_busy_for_too_long_fails_the_booking"
        ),
        "the price rises after the money is held, because the quote was too old": (
            "test_undoing.test_an_old_quote_is_taken_again_and_a_rise_after_the_payment_undoes_all"
        ),
    }
)
