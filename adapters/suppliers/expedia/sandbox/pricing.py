"""A rate of the world in Rapid's money: nights, charges of the stay, totals and fees in two currencies."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from adapters.suppliers.expedia.sandbox.world import World

# What an affiliate may be billed in; whoever asks for another currency sees it, and pays dollars.
_BILLED: Final = frozenset(
    {
        *("AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR"),
        *("JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR"),
    }
)
_ELSE_BILLED: Final = "USD"
_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
# What a charge at the desk is called here; all others are mandatory fees.
_AT_THE_DESK: Final = {"city_tax": "mandatory_tax", "tourist_tax": "mandatory_tax", "resort_fee": "resort_fee"}

_ON_SALE_FOR: Final = timedelta(days=500)  # what costs from the booking on costs from the first possible one

Amount = dict[str, str]


def billable(world: World, asked: str, hotel: Any, collected_by: str) -> str:
    """The property bills in its own money, Expedia in that of the question where it can."""
    if collected_by == "property":
        return str(hotel.currency)
    return asked if asked in _BILLED and world.rate(asked) is not None else _ELSE_BILLED


def rounded(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-_DIGITS.get(currency, 2)), ROUND_HALF_UP)


class Exchange:
    """Euros into what is charged, and that into what was asked for."""

    def __init__(self, world: World, *, billed: str, asked: str) -> None:
        self.billed: Final = billed
        self.asked: Final = asked
        self._rates: Final = {code: world.rate(code) or Decimal(1) for code in (billed, asked)}

    def charge(self, euros: Decimal) -> Decimal:
        return rounded(euros * self._rates[self.billed], self.billed)

    def pair(self, charged: Decimal, *, both: bool = True) -> dict[str, Amount]:
        told = {"billable_currency": {"value": str(charged), "currency": self.billed}}
        if both:
            shown = charged * self._rates[self.asked] / self._rates[self.billed]
            told["request_currency"] = {"value": str(rounded(shown, self.asked)), "currency": self.asked}
        return told


class RoomBill:
    """One room of a rate: every line rounded on its own, so that the totals are sums of what is shown."""

    def __init__(self, room: Any, exchange: Exchange, desk: Exchange) -> None:
        self._exchange: Final = exchange
        self._desk: Final = desk
        self.billed_in: Final = exchange.billed
        self.nights: Final = [self._night(night) for night in room.nights]
        nightly = sum((night.base_eur + night.extra_persons_eur + night.taxes_eur for night in room.nights), Decimal(0))
        once = exchange.charge(room.total_eur - nightly)
        self.stay: Final = [("property_fee", once)] if once else []
        self.fees: Final = self._fees(room.charges)

    def _night(self, night: Any) -> list[tuple[str, Decimal]]:
        lines = (
            ("base_rate", night.base_eur),
            ("extra_person_fee", night.extra_persons_eur),
            ("tax_and_service_fee", night.taxes_eur),
        )
        return [(kind, self._exchange.charge(euros)) for kind, euros in lines if euros or kind == "base_rate"]

    def _fees(self, charges: Iterable[Any]) -> dict[str, Decimal]:
        fees: dict[str, Decimal] = {}
        for charge in charges:
            if charge.place == "on_site" and charge.amount_eur:
                kind = _AT_THE_DESK.get(charge.code, "mandatory_fee")
                fees[kind] = fees.get(kind, Decimal(0)) + self._desk.charge(charge.amount_eur)
        return fees

    @property
    def inclusive(self) -> Decimal:
        return sum((value for night in (*self.nights, self.stay) for _, value in night), Decimal(0))

    @property
    def exclusive(self) -> Decimal:
        bare = {"base_rate", "extra_person_fee"}
        return sum((value for night in self.nights for kind, value in night if kind in bare), Decimal(0))

    def first_nights(self, count: int) -> Decimal:
        return sum((value for night in self.nights[:count] for _, value in night), Decimal(0))

    def told(self, *, both: bool = True) -> dict[str, Any]:
        """The pricing object; an itinerary has no request currency any more."""
        pair = self._exchange.pair
        pricing: dict[str, Any] = {"nightly": [self._lines(night) for night in self.nights]}
        if self.stay:
            pricing["stay"] = self._lines(self.stay)
        totals = {
            "inclusive": pair(self.inclusive, both=both),
            "exclusive": pair(self.exclusive, both=both),
        }
        if self.fees:
            desk = self._desk.pair
            totals["property_fees"] = desk(sum(self.fees.values(), Decimal(0)), both=both)
            pricing["fees"] = {kind: desk(value, both=both) for kind, value in self.fees.items()}
            if self._desk.billed == self._exchange.billed or both:
                totals["property_inclusive"] = self._everything(both=both)
        pricing["totals"] = totals
        return pricing

    def _everything(self, *, both: bool) -> dict[str, Amount]:
        """With the fees at the desk, which may be billed in another currency: then dollars and pesos meet as shown."""
        pair = self._exchange.pair(self.inclusive)
        desk = self._desk.pair(sum(self.fees.values(), Decimal(0)))
        told = {}
        if self._desk.billed == self._exchange.billed:
            told["billable_currency"] = _sum(pair["billable_currency"], desk["billable_currency"])
        else:
            told["billable_currency"] = _sum(pair["request_currency"], desk["request_currency"])
        if both:
            told["request_currency"] = _sum(pair["request_currency"], desk["request_currency"])
        return told

    def _lines(self, lines: Iterable[tuple[str, Decimal]]) -> list[dict[str, str]]:
        return [{"type": kind, "value": str(value), "currency": self._exchange.billed} for kind, value in lines]


def _sum(one: Amount, other: Amount) -> Amount:
    return {"value": str(Decimal(one["value"]) + Decimal(other["value"])), "currency": one["currency"]}


def bills(world: World, rate: Any, hotel: Any, *, asked: str, collected_by: str) -> list[RoomBill]:
    """One for each room, in the order of the occupancies."""
    exchange = Exchange(world, billed=billable(world, asked, hotel, collected_by), asked=asked)
    desk = Exchange(world, billed=hotel.currency, asked=asked)
    return [RoomBill(room, exchange, desk) for room in rate.rooms]


class Penalties:
    """The ladder of a rate as spans of time on the property's clock."""

    def __init__(self, rate: Any, hotel: Any, *, check_in: date, check_out: date) -> None:
        zone = ZoneInfo(hotel.timezone)
        opened = datetime(check_in.year, check_in.month, check_in.day, tzinfo=zone) - _ON_SALE_FOR
        starts = [(step.starts or opened).astimezone(zone) for step in rate.ladder]
        last = datetime(check_out.year, check_out.month, check_out.day, 12, tzinfo=zone)
        ends = [*starts[1:], max(last, starts[-1])] if starts else []
        self.spans: Final = [
            (start, end, step)
            for start, end, step in zip(starts, ends, rate.ladder, strict=True)
            if step.nights or step.percent or step.fee_eur
        ]

    def told(self, currency: str) -> list[dict[str, str]]:
        return [
            {"currency": currency, "start": stamp(start), "end": stamp(end), **_fee(step)}
            for start, end, step in self.spans
        ]


def _fee(step: Any) -> dict[str, str]:
    if step.nights:
        return {"nights": str(step.nights)}
    return {"percent": f"{step.percent}%"}


def stamp(moment: datetime) -> str:
    """Extended ISO 8601 with milliseconds and the offset."""
    return moment.isoformat(timespec="milliseconds")


def fully_refundable(rate: Any) -> bool:
    return bool(rate.refundable == "free_cancellation")
