"""Explaining an answer: when the replies came that it was made of, and whether reading them again gives the same."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from domain.fetches import Fetch, KeptOffer, kept_offer, told_bytes
from domain.offers import Offer
from domain.searches import SupplierReport

LONGEST_CONVERSATION: Final = timedelta(seconds=60)


class Verdict(StrEnum):
    """`unknown`: nothing is left to read again, or nothing was kept to compare it with."""

    EQUAL = "equal"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What was read again beside what was kept. `why` is the first difference, or why there is no verdict.

    `offer` is the first that is there and not the same.
    """

    verdict: Verdict
    kept: int
    read_again: int
    why: str | None = None
    offer: str | None = None


def conversation(fetch: Fetch, report: SupplierReport) -> tuple[datetime, datetime]:
    """From when to when the replies came. A part that was carried over from an earlier fetch has earlier ones."""
    since = report.fetched_at or fetch.started_at
    return since, since + LONGEST_CONVERSATION


def compared(kept: Iterable[KeptOffer], again: Iterable[Offer]) -> Compared:
    before = {one.id: one for one in kept}
    after = {offer.id: offer for offer in again}
    changed = next((one.id for one in before.values() if _changed(one, after.get(one.id))), None)
    why = f"{changed} differs" if changed is not None else next(_strays(before, after), None)
    verdict = Verdict.EQUAL if why is None else Verdict.DIFFERS
    return Compared(verdict=verdict, kept=len(before), read_again=len(after), why=why, offer=changed)


def difference(before: Offer, after: Offer) -> str | None:
    """The first place in which the two are not the same, with what stands there."""
    return first_difference(*(msgspec.json.decode(told_bytes(one)) for one in (before, after)))


def first_difference(one: Any, other: Any, place: str = "") -> str | None:
    """Where two documents of objects, lists and plain values part, as `conditions.board: "breakfast", now null`."""
    if isinstance(one, dict) and isinstance(other, dict):
        parts = ((f"{place}.{name}".lstrip("."), one.get(name), other.get(name)) for name in sorted({*one, *other}))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = ((f"{place}[{number}]", *pair) for number, pair in enumerate(zip(one, other, strict=True)))
    elif one == other:
        return None
    else:
        return f"{place}: {msgspec.json.encode(one).decode()}, now {msgspec.json.encode(other).decode()}"
    found = (first_difference(before, after, where) for where, before, after in parts)
    return next((difference for difference in found if difference is not None), None)


def _changed(kept: KeptOffer, offer: Offer | None) -> bool:
    return offer is not None and kept_offer(offer).print != kept.print


def _strays(before: Collection[str], after: Collection[str]) -> Iterator[str]:
    yield from (f"{offer_id} is not among what was read again" for offer_id in before if offer_id not in after)
    yield from (f"{offer_id} was not there before" for offer_id in after if offer_id not in before)
