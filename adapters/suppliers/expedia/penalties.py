"""What it costs to cancel: Rapid's penalties for spans of time, and dates that are never refunded, as one ladder."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from adapters.suppliers.expedia import wire
from adapters.suppliers.expedia.prices import StayPrice, percent_of
from domain.cancellation import CancellationStep, Ladder
from domain.money import Money, total


def ladder(
    penalties: Sequence[wire.CancelPenalty] | None,
    never_refunded: Sequence[wire.DateRange] | None,
    *,
    refundable: bool | None,
    stay: StayPrice,
    rooms: int,
    check_in: date,
    now: datetime,
) -> Ladder | None:
    """None where neither penalties nor a flag are told, or where a fee of nights can't be reckoned.

    Outside of all spans a refundable rate costs nothing but the nights that are never refunded, any other everything.
    A span that is over or begun by `now` begins with the booking. After the last one its fee stays: it ends when the
    stay has begun.
    """
    if refundable is None and penalties is None:
        return None
    nights = stay.nights
    kept = _kept(never_refunded or (), stay, nights, check_in)
    outside = kept if refundable else stay.charged
    spans = sorted(penalties or (), key=lambda penalty: penalty.start)
    fees = [_fee(penalty, stay, nights, rooms) for penalty in spans]
    if outside is None or any(fee is None for fee in fees):
        return None
    moments: list[tuple[datetime, Money]] = []
    for index, (span, fee) in enumerate(zip(spans, fees, strict=True)):
        if fee is None:
            continue
        moments.append((span.start, _at_most(stay.charged, _both(fee, kept))))
        later = spans[index + 1].start if index + 1 < len(spans) else None
        if later is not None and later - span.end > timedelta(minutes=1):
            moments.append((span.end, outside))
    return Ladder(steps=tuple(_steps(outside, moments, now)))


def refundable_now(terms: Ladder | None, stay: StayPrice, now: datetime, *, flag: bool | None) -> bool | None:
    """Whether something comes back to whoever cancels now, by the ladder where its fees compare with the price."""
    fee = terms.fee_at(now) if terms else None
    if terms is None or (fee is not None and fee.currency != stay.charged.currency):
        return flag
    return fee is None or fee < stay.charged


def _steps(outside: Money, moments: Iterable[tuple[datetime, Money]], now: datetime) -> Iterator[CancellationStep]:
    """Of several fees from one moment on the highest; what holds now holds from the booking on."""
    by_moment: dict[datetime, Money] = {}
    for since, fee in moments:
        met = by_moment.get(since)
        by_moment[since] = fee if met is None or met.currency != fee.currency or met < fee else met
    begun = [fee for since, fee in by_moment.items() if since <= now]
    first = begun[-1] if begun else outside
    if first.amount:
        yield CancellationStep(fee=first)
    yield from (CancellationStep(fee=fee, since=since) for since, fee in by_moment.items() if since > now)


def _fee(penalty: wire.CancelPenalty, stay: StayPrice, nights: tuple[Money, ...], rooms: int) -> Money | None:
    """Raises ValueError for a penalty that says nothing, or nonsense."""
    if penalty.amount is not None:
        return Money.of(penalty.amount, penalty.currency or stay.charged.currency) * rooms
    try:
        if penalty.nights is not None:
            return total(nights[: int(penalty.nights)], nights[0].currency) if nights else None
        if penalty.percent is not None:
            return percent_of(stay.charged, Decimal(penalty.percent.removesuffix("%")))
    except (ValueError, InvalidOperation) as error:
        raise ValueError(f"a penalty of {penalty.nights or penalty.percent!r} is none") from error
    raise ValueError("a penalty without amount, nights or percent")


def _kept(ranges: Sequence[wire.DateRange], stay: StayPrice, nights: tuple[Money, ...], check_in: date) -> Money | None:
    """What the nights cost that are never refunded; None where there are some and nights have no prices."""
    if not ranges:
        return Money.zero(stay.charged.currency)
    if not nights:
        return None
    days = [check_in + timedelta(days=number) for number in range(len(nights))]
    lost = [
        night for day, night in zip(days, nights, strict=True) if any(span.start <= day <= span.end for span in ranges)
    ]
    return stay.charged if len(lost) == len(nights) else total(lost, nights[0].currency)


def _both(fee: Money, kept: Money | None) -> Money:
    """Nights that are never refunded come on top of the penalty for the others."""
    return fee if kept is None or not kept.amount or kept.currency != fee.currency else fee + kept


def _at_most(charged: Money, fee: Money) -> Money:
    return min(fee, charged) if fee.currency == charged.currency else fee
